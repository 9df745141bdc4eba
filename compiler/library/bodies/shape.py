"""Library bodies: shape."""
