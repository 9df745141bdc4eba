"""Ufuncs of compiled functions, beside NumPy's own and Numba's."""
