"""NumPy's elementary functions: scalars, arrays of any layout, keywords, special values."""

import numpy as np

from tests.corpus import call, made, program

ODD = np.array([0.0, -0.0, 1.0, -1.0, 1e-310, 5e300, np.inf, -np.inf, np.nan, 0.3, 40000.5, -7.25])
ODD_SINGLE = np.array([0.0, -0.0, 1.0, -1.0, 1e-40, 5e30, np.inf, -np.inf, np.nan, 0.3, 40000.5, -7.25], np.float32)
GRID = np.linspace(0.1, 3.0, 24).reshape(4, 6)


@program(call(0.5), call(np.float64(-2.25)), call(np.float32(1.5)), call(3), call(np.int16(2)), deviation="last-digits")
def of_a_number(x):
    return np.exp(x), np.sin(x), np.arctan(x), np.cosh(x), np.cbrt(x)


@program(call(ODD), call(ODD_SINGLE), call(ODD[:0]), call(ODD[3:4]), deviation="last-digits")
def of_special_values(a):
    return np.exp(a), np.expm1(a), np.log(a), np.log1p(a), np.sin(a), np.tan(a), np.tanh(a), np.arctan(a), np.arcsinh(a)


@program(call(GRID), call(GRID.T), call(GRID[::-1, ::2]), call(GRID.astype(np.float32)), deviation="last-digits")
def of_layouts(a):
    return np.log2(a) + np.hypot(a, 2.0), np.arctan2(a, a[:1]), a**1.5


@program(call(np.array(0.75)), call(np.array(-1.5, np.float32)), deviation="last-digits")
def of_no_axes(a):
    return np.cos(a), np.exp2(a), np.arccosh(2.0 + np.abs(a))


@program(made(lambda: (np.linspace(-1, 1, 9), np.zeros(9), np.arange(9) % 2 == 0)), deviation="last-digits")
def keywords(a, out, mask):
    np.arcsin(a, out=out)
    np.arccos(a, out=out, where=mask)
    np.sinh(out, out=out)
    return out


@program(call(GRID, 2.5), call(GRID, -3), call(GRID.astype(np.float32), 0.5), call(-GRID, 3.0), deviation="last-digits")
def powers(a, n):
    b = a.copy()
    b **= n
    return b, np.power(a, n), np.float_power(a, n), 2.0**a, a[0, 0] ** n


@program(call(ODD, 2.0), call(ODD, -0.5), call(ODD, np.inf), call(ODD, np.nan), call(ODD, 0.0), call(ODD, -3.0), deviation="last-digits")
def powers_of_special_values(a, n):
    return np.power(a, n), np.power(n, a)


@program(call(GRID), deviation="last-digits")
def nested(a):
    return np.exp(-np.square(np.sin(a))) / np.sqrt(1.0 + np.log1p(np.cosh(a)))
