"""Frames of exceptions: lines and names, through several functions."""

import math

import numpy as np

from tests.corpus import call, jit, program


def inner(a, i):
    return a[i]


def middle(a, i):
    total = 0.0
    for k in range(i):
        total += inner(a, k)
    return total


@program(call(np.ones(3), 2), call(np.ones(3), 5))
def three_frames(a, n):
    s = 1.0
    s += middle(a, n)
    return s


@jit
def decorated(x):
    return math.log(x)


@program(call(2.0), call(-2.0))
def decorated_helper(x):
    y = x + 0.0

    return decorated(y)


@program(call(np.arange(4), 1), call(np.arange(4), 10))
def expression_over_several_lines(a, i):
    return (
        a[0]
        + a[1]
        + a[
            i
        ]
    )


def factorial(n):
    if n < 0:
        raise ValueError("negative")
    if n == 3:
        return factorial(-1)
    return n * factorial(n - 1)


@program(call(6))
def recursion(n):
    return factorial(n)


@program(call(5), call(0))
def raised_in_a_nested_function(n):
    def reciprocal(k):
        return 1 / k

    return reciprocal(n)


@program(call(5), call(0))
def raised_in_a_lambda(n):
    f = lambda k: 10 // k  # noqa: E731
    return f(n)


@program(call(np.array([2, 1, 0])))
def raised_in_a_loop_condition(a):
    i = 0
    while 10 // int(a[i]) > 0:
        i += 1
    return i


@program(call(3), call(0))
def raised_in_a_default_of_a_call(n):
    return max(
        1,
        10 // n,
    )


@program(call([1, 0, 2]))
def raised_in_a_comprehension(xs):
    return [
        10 // x
        for x in xs
    ]


@program(call([3, 1, 0]))
def raised_in_a_key(xs):
    return sorted(xs, key=lambda x: 6 // x)


@program(call([1, 0]))
def raised_in_a_generator(xs):
    def inverses():
        for x in xs:
            yield 1 / x

    total = 0.0
    for y in inverses():
        total += y
    return total


@program(call(2), call(0))
def finally_keeps_the_line(n):
    try:
        x = 1 // n
    finally:
        n = 5
    return x


@program(call(0))
def reraised_line(n):
    try:
        return 1 // n
    except ZeroDivisionError:
        n += 1
        raise
