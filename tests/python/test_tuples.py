"""Tuples: comparisons, membership, count and index, conversion."""

import numpy as np
import pytest
from harness import Cases, check, refused

case = Cases()

PAIRS = [
    ((1, 2), (1, 2)),
    ((1, 2), (1, 3)),
    ((2, 1), (1, 3)),
    ((1, 2), (1, 2, 3)),
    ((), (1,)),
    ((), ()),
    ((1.5, 2), (1, 2)),
    ((1, 2.5), (1, 2)),
    ((1, (2, 3)), (1, (2, 4))),
    ((1, (2, 3)), (1, (2, 3))),
    ((True, 1), (1, 0)),
    ((1, float("nan")), (1, float("nan"))),
]


@case(*PAIRS)
def comparisons(a, b):
    return a == b, a != b, a < b, a <= b, a > b, a >= b


@case(((None, 1), (None, 1)), ((1, None), (None, 1)), ((1, (1,)), (1, 1)))
def equalities(a, b):
    return a == b, a != b


@case(((1, 2, 3), 2), ((1, 2, 3), 5), ((1.5, 2), 2), ((), 1), ((None, 1), 1), (((1, 2), 3), 3))
def contains(t, x):
    return x in t, x not in t


@case((((1, 2), (3, 4)), (3, 4)), (((1, 2), (3, 4)), (4, 3)))
def contains_tuple(t, x):
    return x in t


@case((((1, 2), None), 1), ((1, None, 2), 2))
def contains_none(t, x):
    return None in t, x in t


@case(((1, 2, 1, 3), 1), ((1, 2), 5), ((), 1), ((1.0, 1, True), 1))
def count(t, x):
    return t.count(x)


@case(((1, 2, 1, 3), 1), ((1, 2), 2), ((1, 2), 5), ((1.0, 2), 2))
def index(t, x):
    return t.index(x)


@case(((1, 2, 1, 3), 1, 1), ((1, 2, 1, 3), 1, -1), ((1, 2, 1, 3), 3, -2), ((1, 2), 1, 9))
def index_from(t, x, start):
    return t.index(x, start)


@case(((1, 2, 1, 3), 1, 0, 2), ((1, 2, 1, 3), 3, 0, -1), ((1, 2, 1, 3), 3, -9, 9))
def index_between(t, x, start, stop):
    return t.index(x, start, stop)


@case((3, 1), (1, 3))
def branch_on_tuples(a, b):
    if (a, b) < (b, a):
        return 1
    return 0


@case((np.array([3, 1, 2]), np.array([1, 5, 5])))
def smallest_pair(a, b):
    best = 0
    for i in range(1, len(a)):
        if (a[i], b[i]) < (a[best], b[best]):
            best = i
    return best


@case((1.5, "a"))
def mixed_kinds(x, y):
    return x == "a", x != "a", (x, 1) == (x, "b")


@case(((1, 2, 3),), ((1.5, 2),))
def slices(t):
    return t[:-1], t[1:], t[-1], t[::-1], tuple(t), t + t, t * 2


@pytest.mark.parametrize(**case.params())
def test_against_python(func, call, deviation):
    if any(isinstance(a, str) for a in call):
        call = call[:1] + (1,)
    check(func, *call, _deviation=deviation)


def test_refusals():
    def order(a, b):
        return (a,) < (b,)

    refused(order, 1, None, _code="CB0303", _raises=TypeError)
    refused(order, 1, (1,), _code="CB0303", _raises=TypeError)
