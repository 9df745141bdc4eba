"""Library bodies: math."""
