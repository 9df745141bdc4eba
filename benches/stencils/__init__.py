"""Stencils, beside Numba's and NumPy's slices."""
