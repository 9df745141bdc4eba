"""The NumPy library beside NumPy and Numba."""
