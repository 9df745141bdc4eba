"""Library bodies: reductions."""
