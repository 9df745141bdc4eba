"""Elementary functions of whole arrays beside NumPy, Numba and C with libmvec."""
