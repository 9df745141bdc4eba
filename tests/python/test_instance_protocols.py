"""Truth and iteration of instances by the methods of their classes."""

import gc
import sys
from dataclasses import dataclass

import numpy as np
import pytest

from tests.python.harness import IDENTITY, check, native


class Samples:
    def __init__(self, xs):
        self.xs = xs

    def __len__(self):
        return len(self.xs)

    def __getitem__(self, i):
        return self.xs[i]


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n


class Evens:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        for i in range(self.n):
            yield 2 * i


class Delegating:
    def __init__(self, xs):
        self.xs = xs

    def __iter__(self):
        return iter(self.xs)


class Fails:
    def __init__(self, at):
        self.at = at
        self.n = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n == self.at:
            raise ValueError("no more")
        if self.n > 5:
            raise StopIteration
        return self.n


class Wanted:
    def __init__(self, n):
        self.n = n

    def __bool__(self):
        if self.n < 0:
            raise ValueError("negative")
        return self.n > 1


class Length:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n


class Both:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return 0

    def __bool__(self):
        return self.n > 1


@dataclass(frozen=True)
class Frozen:
    n: int

    def __bool__(self):
        return self.n > 1


@dataclass
class Mutable:
    n: int

    def __len__(self):
        return self.n


class Plain:
    def __init__(self, n):
        self.n = n


ITERABLE = [
    Samples([1, 2, 3]), Samples([]), Samples(np.array([1.5, 2.5])), Countdown(3), Countdown(0),
    Evens(4), Evens(0), Delegating([4, 5]),
]  # fmt: skip


def total(it):
    t = 0
    for x in it:
        t += x
    return t


def squares(it):
    return [x * x for x in it]


def consumed(it):
    return sum(it)


def listed(it):
    return list(it)


def first_over(it, limit):
    for i, x in enumerate(iter(it)):
        if x > limit:
            break
    else:
        return -1
    return i


def side_by_side(it):
    return [(a, b) for a, b in zip(iter(it), range(2))]


def twice(it):
    return [(a, b) for a in it for b in it]


def two_items(it):
    return next(it), next(it)


def tried(it):
    seen = 0
    try:
        for x in it:
            seen += x
    except ValueError as e:
        return str(e) + str(seen)
    return str(seen)


@pytest.mark.parametrize("function", [total, squares, consumed, listed, side_by_side, twice])
@pytest.mark.parametrize("it", ITERABLE, ids=lambda it: type(it).__name__)
def test_iteration(function, it):
    check(function, it)


@pytest.mark.parametrize("it", ITERABLE, ids=lambda it: type(it).__name__)
def test_leaving_a_loop(it):
    check(first_over, it, 1)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_next(n):
    check(two_items, Countdown(n))


@pytest.mark.parametrize("at", [1, 3, 9])
def test_exceptions_of_an_iterator(at):
    check(tried, Fails(at))
    check(total, Fails(at))
    check(consumed, Fails(at))


def branch(v):
    if v:
        return 1
    return 0


def negated(v):
    return not v, bool(v), 1 if v else 2


def chosen(v, w):
    return (v or w).n, (v and w).n


def counted_down(v):
    turns = 0
    while v:
        v.n -= 1
        turns += 1
    return turns


def filtered(v, xs):
    return [x for x in xs if v and x > 1]


def guarded(v):
    try:
        if not v:
            return 0
    except ValueError:
        return -1
    return 1


def maybe(v, n):
    if v and v.n > n:
        return v.n
    return n


@pytest.mark.parametrize(
    "function", [branch, negated, guarded], ids=lambda f: f.__name__
)
@pytest.mark.parametrize("kind", [Wanted, Length, Both, Frozen, Mutable, Plain])
@pytest.mark.parametrize("n", [0, 1, 2])
def test_truth(function, kind, n):
    check(function, kind(n))


@pytest.mark.parametrize("kind", [Wanted, Length, Both, Frozen, Mutable, Plain])
@pytest.mark.parametrize("n", [0, 3])
def test_truth_in_expressions(kind, n):
    check(chosen, kind(n), kind(5))
    check(filtered, kind(n), [1, 2, 3])
    check(maybe, kind(n), 1)


@pytest.mark.parametrize("kind", [Wanted, Length, Mutable])
def test_truth_as_it_changes(kind):
    check(counted_down, kind(4))


def test_exceptions_of_truth():
    check(guarded, Wanted(-1))
    check(negated, Wanted(-1))
    # Up to Python 3.12 a branch has the position of the whole statement.
    if sys.version_info >= (3, 13):
        check(branch, Wanted(-1))


def test_what_is_callable():
    def asks(v):
        return callable(v)

    class Calls:
        def __init__(self, n):
            self.n = n

        def __call__(self):
            return self.n

    check(asks, Calls(1))
    check(asks, Plain(1))


def first_over_one(it):
    return first_over(it, 1)


@pytest.mark.skipif(IDENTITY, reason="of compiled code")
def test_nothing_is_left_behind():
    from cumbia._cumbia import live_allocations

    compiled = [native(f) for f in (total, squares, tried, first_over_one)]
    for function in compiled:
        function(Evens(4))
    gc.collect()
    before = live_allocations()
    for function in compiled:
        for it in (Evens(4), Evens(0)):
            function(it)
    assert live_allocations() == before
