"""Loops that append to lists and add them up, in the optimizing tier.

What a list's header says is carried from turn to turn, and sums are checked for many terms
at once: each program here is a way in which that could go wrong. Sums are compared with
CPython's, which has no largest int; where those leave 64 bits, cumbia raises.
"""

import pytest

from cumbia import jit

MOST = 2**63 - 1
TIERS = ["fast", "best"]


def total(items, start):
    for item in items:
        start += item
    return start


def total_and_difference(items, start):
    a = start
    b = start
    for item in items:
        a += item
        b -= item
    return a, b


def total_of_positions(items, start):
    for i, item in enumerate(items):
        start += i
        if item > 5:
            start += item
    return start


def appended(n, start):
    items = []
    for i in range(n):
        items.append(i * 3)
    return total_plain(items, start)


def total_plain(items, start):
    for item in items:
        start += item
    return start


ITEMS = [
    [],
    [1],
    [-1, 2, -3],
    list(range(5000)),
    [2**51] * 1023 + [-(2**51)] * 1500,
    [2**52] * 3000,
    [2**53, -(2**53)] * 2000,
    [2**62, -(2**62)] * 700,
    [1] * 1024 + [MOST - 5000] + [1] * 1024,
    [-1] * 1500 + [-MOST - 1 + 1500],
]
STARTS = [0, 1, -1, 2**62, 2**62 - 1, -(2**62), -(2**62) - 1, MOST, -MOST - 1, MOST - 1024]


def raises(items, start, sign=1):
    """Whether a sum leaves 64 bits on the way."""
    for item in items:
        start += sign * item
        if not -MOST - 1 <= start <= MOST:
            return True
    return False


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("start", STARTS)
def test_sums_overflow_where_they_do(tier, start):
    compiled = jit(total, tier=tier)
    both = jit(total_and_difference, tier=tier)
    for items in ITEMS:
        if raises(items, start):
            with pytest.raises(OverflowError):
                compiled(items, start)
        else:
            assert compiled(items, start) == total(items, start)
        if raises(items, start) or raises(items, start, -1):
            with pytest.raises(OverflowError):
                both(items, start)
        else:
            assert both(items, start) == total_and_difference(items, start)


@pytest.mark.parametrize("tier", TIERS)
def test_sums_with_a_condition_and_a_second_term(tier):
    compiled = jit(total_of_positions, tier=tier)
    for items in ITEMS[:5]:
        assert compiled(items, 7) == total_of_positions(items, 7)


@pytest.mark.parametrize("tier", TIERS)
def test_appended_items_are_there(tier):
    compiled = jit(appended, tier=tier)
    for n in (-1, 0, 1, 3, 4, 8, 9, 1000, 1025, 70_000):
        assert compiled(n, 5) == appended(n, 5)


def two_lists(n):
    a = []
    b = []
    for i in range(n):
        a.append(i)
        b.append(len(a) + len(b))
    return a, b


def one_list_by_two_names(n, same):
    a = [1]
    b = a if same else [2]
    for i in range(n):
        a.append(i)
        b.append(len(a))
    return a, b


def shrinking(n):
    a = []
    for i in range(n):
        a.append(i)
        if i % 5 == 4:
            a.pop()
            a.pop(0)
    return a


def while_growing(n):
    a = [0]
    for x in a:
        if x < n:
            a.append(x + 1)
    return a


def fails_midway(items, n):
    for i in range(n):
        items.append(10 // (5 - i))
    return len(items)


def never_bound(n, flag):
    if flag:
        items = []
    for i in range(n):
        items.append(i)
    return n


def dropped(n, flag):
    items = [1]
    if flag:
        del items
    for i in range(n):
        items.append(i)
    return n


def nested(n):
    out = []
    for i in range(n):
        row = []
        for j in range(i):
            row.append(i * j)
            out.append(len(row))
    return out


PROGRAMS = [
    (two_lists, [(0,), (1,), (100,)]),
    (one_list_by_two_names, [(50, True), (50, False), (0, True)]),
    (shrinking, [(0,), (4,), (5,), (333,)]),
    (while_growing, [(0,), (100,)]),
    (nested, [(0,), (30,)]),
]


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize(("function", "calls"), PROGRAMS, ids=lambda value: getattr(value, "__name__", ""))
def test_lists_that_grow(tier, function, calls):
    compiled = jit(function, tier=tier)
    for args in calls:
        assert compiled(*args) == function(*args)


@pytest.mark.parametrize("tier", TIERS)
def test_an_exception_leaves_what_was_appended(tier):
    compiled = jit(fails_midway, tier=tier)
    items = [1]
    with pytest.raises(ZeroDivisionError):
        compiled(items, 10)
    assert items == [1, 2, 2, 3, 5, 10]


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("function", [never_bound, dropped])
def test_a_list_that_isnt_there(tier, function):
    compiled = jit(function, tier=tier)
    unbound = function is dropped
    assert compiled(3, not unbound) == 3
    assert compiled(0, unbound) == 0
    with pytest.raises(UnboundLocalError):
        compiled(3, unbound)
