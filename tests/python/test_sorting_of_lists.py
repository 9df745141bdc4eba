"""Sorted lists are CPython's where `<` orders nothing: with nan the result depends on which
elements are compared, and from 3.13 on runs are found in another way. Run under each version.
"""

from __future__ import annotations

import math
import random

import pytest

from tests.python.harness import check


def in_order(xs):
    return sorted(xs)


def in_reverse(xs):
    return sorted(xs, reverse=True)


def in_place(xs):
    xs.sort()
    return len(xs)


def by_key(xs):
    return sorted(range(len(xs)), key=lambda i: xs[i])


def pairs(xs):
    return sorted([(x, i) for i, x in enumerate(xs)])


def drawn(rng, length, shape):
    if shape == "random":
        xs = [rng.uniform(-1, 1) for _ in range(length)]
    elif shape == "few":
        xs = [float(rng.randint(0, 3)) for _ in range(length)]
    elif shape == "runs":
        xs = [float((i * rng.choice([1, 1, -1])) % 50) for i in range(length)]
    elif shape == "descending":
        xs = [float(-(i // 3)) for i in range(length)]
    else:
        xs = [float(i) for i in range(length)]
    share = rng.choice([0.0, 0.02, 0.2, 0.9])
    return [math.nan if rng.random() < share else x for x in xs]


@pytest.mark.parametrize("shape", ["random", "few", "runs", "descending", "ascending"])
@pytest.mark.parametrize("seed", range(3))
def test_with_nan(shape, seed):
    rng = random.Random(seed)
    for length in (2, 5, 40, 64, 130, 700):
        xs = drawn(rng, length, shape)
        for func in (in_order, in_reverse, in_place, by_key):
            check(func, xs)


@pytest.mark.parametrize("seed", range(2))
def test_equal_elements_keep_their_order(seed):
    rng = random.Random(seed)
    for shape in ("few", "runs", "descending"):
        xs = [x for x in drawn(rng, 300, shape) if x == x]
        check(by_key, xs)
        check(pairs, xs)


def galloping(n):
    """Runs in which one side wins for long."""
    xs = [float(i) for i in range(n)] + [i + 0.5 for i in range(0, n, 40)]
    xs += [math.nan] + [float(-i) for i in range(n // 2)] + [float(i % 7) for i in range(n)]
    return sorted(xs), sorted(xs, reverse=True)


def test_long_wins():
    for n in (10, 700):
        check(galloping, n)


def orders(a, b):
    return a < b, a <= b, a > b, a >= b, max([a, b]), min([a, b])


def orders_of_tuples(a, b):
    s, t = tuple(a), tuple(b)
    return s < t, s <= t, s > t, s >= t, s > (1.0,), s <= (1.0,), (1.0,) >= s, (1.0, 2.0) < t


@pytest.mark.parametrize("func", [orders, orders_of_tuples])
@pytest.mark.parametrize(
    ("a", "b"),
    [([math.nan], [1.0]), ([1.0], [math.nan]), ([1.0, math.nan], [1.0, 2.0]), ([1.0], [1.0, math.nan]), ([2.0], [1.0])],
)
def test_operators_with_nan(func, a, b):
    check(func, a, b)
    check(func, b, a)
