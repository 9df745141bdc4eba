"""Elementwise functions of arrays with two results: divmod. Numbers are `numbers.py`'s."""


@implements("numpy.divmod", "builtins.divmod")
def divmod(x1, x2, /):
    return x1 // x2, x1 % x2
