"""What differs between versions of Python follows the version that runs.

Compensated sums from 3.12 on, and texts of exceptions. Run under each version.
"""

import math
import random

import numpy as np
import pytest

from tests.python.harness import check


def total(xs):
    return sum(xs)


def total_from(xs, start):
    return sum(xs, start)


def total_of_products(xs):
    return sum(x * 0.1 for x in xs)


@pytest.mark.parametrize("seed", range(20))
def test_sums_of_floats(seed):
    rng = random.Random(seed)
    for length in (0, 1, 2, 3, 10, 100):
        xs = [rng.uniform(-1, 1) * 10.0 ** rng.randint(-20, 20) for _ in range(length)]
        check(total, xs)
        check(total, tuple(xs[:10]))
        if xs:
            check(total_from, xs, rng.choice([0, 0.5, -1e20]))
            check(total_of_products, xs)


@pytest.mark.parametrize(
    "values",
    [
        (1, 2.5, 0.1),
        (0.1, 1, 1e16, -1e16),
        (0.1, 1e100, 1.0, -1e100, np.float64(1)),
        (0.1, np.float64(0.2), 0.3),
        (0.1, 0.2, 0.3, 1j, 0.2),
        (0.1, True, 0.2),
        (1e308, 1e308, -1e308),
        (math.inf, 1.0),
        (math.inf, -math.inf),
        (1.0, math.nan),
        (-0.0, -0.0),
        (1e16, 1.0, -1e16),
    ],
    ids=str,
)
def test_sums_of_several_classes(values):
    check(total, values)


def test_sums_of_arrays_are_not_compensated():
    check(total, np.array([1e16, 1.0, -1e16]))
    check(total, np.array([1e16, 1.0, -1e16], dtype=np.float32))


def greatest(xs):
    return max(xs)


def least(xs):
    return min(xs)


def drawn(a, b):
    return random.randint(a, b)


def drawn_by(a, b, step):
    return random.randrange(a, b, step)


def no_attribute(n):
    x = None
    try:
        if n:
            x.low = n
    except AttributeError as e:
        return str(e)
    return ""


def no_attribute_of_an_int(n):
    try:
        n.low = 1
    except AttributeError as e:
        return str(e)
    return ""


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (greatest, ((),)),
        (least, ([],)),
        (drawn, (5, 2)),
        (drawn_by, (5, 2, 1)),
        (drawn_by, (5, 2, 2)),
        (drawn_by, (2, 5, -2)),
        (no_attribute, (1,)),
        (no_attribute_of_an_int, (1,)),
    ],
    ids=lambda x: x.__name__ if callable(x) else None,
)
def test_texts(function, args):
    check(function, *args)
