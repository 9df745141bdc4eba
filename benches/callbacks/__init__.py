"""Functions that C calls, beside Numba's."""
