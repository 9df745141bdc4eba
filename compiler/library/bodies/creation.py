"""Library bodies: creation."""
