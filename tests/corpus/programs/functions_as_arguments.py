"""Functions passed in, jitted or plain, built in or of a library."""

import math

import numpy as np

from tests.corpus import call, jit, program


@jit
def square(x):
    return x * x


def cube(x):
    return x * x * x


def apply(f, x):
    return f(x)


@program(call(square, 3), call(square, 2.5))
def jitted(f, x):
    return f(x) + 1


@program(call(cube, 3), call(cube, 0.5))
def plain(f, x):
    return f(x) + 1


@program(call(math.sqrt, 4.0), call(math.cos, 0.0))
def of_math(f, x):
    return f(x)


@program(call(4.0))
def global_ones_by_name(x):
    return apply(square, x) + apply(cube, x) + apply(math.sqrt, x)


@program(call(np.sin, np.linspace(0, 1, 5)), deviation="last-digits")
def ufunc(f, a):
    return f(a)


@program(call(abs, -3), call(float, 2), call(int, 2.7))
def builtins_passed(f, x):
    return f(x)


@program(call(cube, 4))
def passed_on(f, n):
    total = 0
    for i in range(n):
        total += apply(f, i)
    return total


@program(call(-2.0), call(2.0))
def chosen(x):
    f = square if x > 0 else cube
    return f(x)


@program(call(0.5))
def in_a_tuple(x):
    total = 0.0
    for f in (math.sin, math.cos, square):
        total += f(x)
    return total


@program(call("cube", 2.0), call("square", 2.0))
def in_a_dict(name, x):
    table = {"square": square, "cube": cube}
    return table[name](x)


@program(call(lambda x: x + 0.5, 1.0))
def a_lambda_from_outside(f, x):
    return f(x)


def bisect(f, lo, hi):
    while hi - lo > 1e-9:
        mid = (lo + hi) / 2
        if f(lo) * f(mid) <= 0:
            hi = mid
        else:
            lo = mid
    return lo


@program(call(0.0, 2.0))
def root_finding(lo, hi):
    return bisect(lambda x: math.cos(x) - x, lo, hi)


@program(call(None, 2.0), call(square, 2.0))
def optional_function(f, x):
    return x if f is None else f(x)
