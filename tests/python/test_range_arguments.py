"""`range` and `slice` objects: as arguments and results, sliced, compared, `slice.indices`."""

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
    return a[s] * 2.0


def elements(xs, s):
    return xs[s]


def slice_parts(s):
    return s.start, s.stop, s.step


def sliced(r, s):
    part = r[s]
    return part, list(part), len(part), part[:1], part[::-1]


def constant_slices(r):
    return r[1:], r[:-1], r[::-1], r[5:2], r[-2:9:3], r[:]


def compared(a, b):
    return a == b, a != b, (a, 1) == (b, 1), a == 3, a != None  # noqa: E711


def bounds(s, n):
    return s.indices(n)


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


SHORT = [range(0), range(1), range(6), range(3, 10, 4), range(10, 0, -3), range(7, 6, -1)]


@pytest.mark.parametrize("r", SHORT)
def test_slicing_a_range(r):
    check(constant_slices, r)
    for s in [*SLICES, slice(9, None, -2), slice(-100, 100, 7), slice(2, 2)]:
        check(sliced, r, s)


def test_comparing():
    for a in SHORT:
        for b in [*SHORT, range(6, 6), range(0, 6, 1), range(3, 9, 4), range(0, 1, 5)]:
            check(compared, a, b)


@pytest.mark.parametrize("n", [0, 1, 5, 2**62, -1])
def test_indices(n):
    for s in [*SLICES, slice(2, 20, 3), slice(-3, -10, -1), slice(0, 0), slice(1, 2, 0)]:
        check(bounds, s, n)


def test_zero_step():
    check(sliced, range(5), slice(None, None, 0))


@pytest.mark.skipif(IDENTITY, reason="of compiled code")
def test_slicing_beyond_64_bits():
    def last(r):
        return r[::-2]

    with pytest.raises(OverflowError):
        jit(last)(range(0, -(2**63), -(2**62)))
