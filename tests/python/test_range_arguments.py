"""`range` and `slice` objects as arguments."""

import numpy as np
import pytest

from cumbia import jit
from tests.python.harness import IDENTITY, check


def parts(r):
    return r.start, r.stop, r.step, len(r)


def looped(r):
    total = 0
    for i in r:
        total = total * 3 + i
    return total


def listed(r):
    return list(r), sum(r), [i for i in r if i % 2]


def indexed(r, i):
    return r[i]


def contains(r, x):
    return x in r


def given_back(r):
    return r


def rows(a, s):
    return a[s]


def elements(xs, s):
    return xs[s]


def slice_parts(s):
    return s.start, s.stop, s.step


def in_a_tuple(t):
    r, n = t
    return r[n], list(r)


RANGES = [
    range(0),
    range(5),
    range(3, 10, 4),
    range(10, 0, -3),
    range(5, 5),
    range(-(2**63), -(2**63) + 3),
    range(2**63 - 1, 2**63 - 3, -1),
]


@pytest.mark.parametrize("r", RANGES)
@pytest.mark.parametrize("function", [parts, given_back])
def test_ranges(function, r):
    check(function, r)


@pytest.mark.parametrize("r", RANGES[:5])
@pytest.mark.parametrize("function", [looped, listed])
def test_loops(function, r):
    check(function, r)


@pytest.mark.parametrize("i", [0, 1, -1, 4, 5, -6])
def test_items(i):
    check(indexed, range(5), i)
    check(indexed, range(10, 0, -2), i)
    check(contains, range(10, 0, -2), i)


SLICES = [slice(None), slice(3), slice(1, 4), slice(None, None, -1), slice(-2, None), slice(4, 0, -2)]


@pytest.mark.parametrize("s", SLICES)
def test_slices(s):
    check(rows, np.arange(6.0), s)
    check(rows, np.arange(12).reshape(4, 3), s)
    check(elements, [1, 2, 3, 4, 5], s)
    check(elements, "abcde", s)
    check(slice_parts, s)


def test_in_a_tuple():
    check(in_a_tuple, (range(4), 2))


@pytest.mark.skipif(IDENTITY, reason="of compiled code")
@pytest.mark.parametrize(
    "r", [range(2**70), range(0, 5, 2**64), range(-(2**63), 2**63 - 1), slice(2**64)]
)
def test_numbers_beyond_64_bits(r):
    with pytest.raises((TypeError, OverflowError)):
        jit(given_back)(r)
