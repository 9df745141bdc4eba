"""Seed 117: the exceptions are of different classes | OverflowError | IndexError"""

import numpy as np

from cumbia import jit


@jit
def f(p0, p1):
    v6 = np.uint64(2) - p1
    p0[v6, -2] += 2


CALLS = [(np.zeros((2, 4), np.int32), np.uint64(9)), (np.zeros((2, 4), np.int32), np.uint64(1))]
