"""Library bodies: searching."""
