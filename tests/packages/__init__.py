"""Published packages that are written with Numba, run with cumbia in its place."""
