"""`lambda`."""

import math

import numpy as np

from tests.corpus import call, program


@program(call(4), call(-2.5))
def assigned(x):
    square = lambda v: v * v  # noqa: E731
    return square(x) + square(2)


@program(call(2.0))
def called_at_once(x):
    return (lambda a, b=10: a * b)(x), (lambda a, b=10: a * b)(x, 3)


def integrate(f, a, b, n):
    h = (b - a) / n
    s = 0.5 * (f(a) + f(b))
    for i in range(1, n):
        s += f(a + i * h)
    return s * h


@program(call(100))
def passed_to_a_function(n):
    return integrate(lambda x: x * x, 0.0, 1.0, n) + integrate(lambda x: math.sqrt(x), 0.0, 1.0, n)


def newton(f, df, x, steps):
    for _ in range(steps):
        x -= f(x) / df(x)
    return x


@program(call(2.0), call(9.0))
def two_lambdas_with_a_capture(a):
    return newton(lambda x: x * x - a, lambda x: 2 * x, 1.0, 20)


@program(call(np.array([3.0, -1.0, 2.0])))
def key_of_max(a):
    return max(range(len(a)), key=lambda i: -abs(a[i]))


@program(call(1), call(-1))
def conditional(n):
    f = (lambda: 1) if n > 0 else (lambda: 2)
    return f()


@program(call(3), after=lambda f: f(4))
def returned(n):
    return lambda x: x**2 + n


@program(call(1, 2, 3))
def star_arguments(a, b, c):
    total = lambda *xs: sum(xs)  # noqa: E731
    return total(), total(a), total(a, b, c)


@program(call(2, 5))
def keyword_only(a, b):
    f = lambda x, *, scale=1: x * scale  # noqa: E731
    return f(a), f(b, scale=3)


@program(call(3))
def unused_and_never_called(n):
    f = lambda: undefined_name  # noqa: E731, F821
    return n
