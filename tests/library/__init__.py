"""Library functions compiled, beside NumPy's."""
