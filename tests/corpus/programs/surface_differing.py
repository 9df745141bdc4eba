"""Ordinary constructs that Numba 0.68 compiles with results other than Python's.

`surface_shared.py` has those in which the results agree and `surface_rejected.py` those
that it rejects.
"""

import asyncio

import numpy as np

from tests.corpus import call, program


@program(call(1.5), call(1e100), call(float("nan")))
def fstring_float(x):
    return f"a{x}"


@program(call(1.5), call(-0.0), call(1e22))
def str_of_float(x):
    return str(x)


@program(call(2.675, 2), call(1234.5, -2))
def round_ndigits(x, digits):
    return round(x, digits)


@program(call(70), deviation="big-int")
def big_int(n):
    return 2**n


@program(call(np.datetime64("2024-01-03"), np.datetime64("2024-01-01")))
def datetime64_difference(a, b):
    return a - b


@program(call(np.float32(1.0), np.float32(2.0)))
def float32_scalar_arithmetic(a, b):
    return a + b


@program(call(0), call(3))
def unbound_after_empty_loop(n):
    for i in range(n):
        pass
    return i


@program(call(3), after=asyncio.run)
async def async_def(n):
    return n + 1


@program(call(2.0), call(float("nan")))
def isnan_and_sqrt_of_scalar(x):
    return np.isnan(x), np.sqrt(x)
