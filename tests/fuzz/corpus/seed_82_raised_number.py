"""Seed 82: the exceptions have different texts | KeyError | KeyError"""

from cumbia import jit


@jit
def f(p0, p1):
    if p0 > 2:
        raise KeyError(3)
    if p0 > 1:
        raise ValueError(p1)
    raise RuntimeError(p0)


CALLS = [(3, 1.5), (2, 1.5), (1, 1.5)]
