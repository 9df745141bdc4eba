"""Instances as keys, elements of sets, and what is looked for, sorted and gone over by their
methods."""

from dataclasses import dataclass

import pytest
from harness import Cases, check, refused


class Plain:
    def __init__(self, a):
        self.a = a


class Equal:
    def __init__(self, a):
        self.a = a

    def __eq__(self, other):
        return self.a == other.a


class Ordered:
    def __init__(self, a, b=0):
        self.a = a
        self.b = b

    def __lt__(self, other):
        return self.a < other.a


@dataclass(frozen=True)
class Frozen:
    x: int
    y: float = 2.0


@dataclass(frozen=True)
class Nested:
    name: str
    inner: Frozen


@dataclass(unsafe_hash=True)
class Hashed:
    x: int
    y: str = "a"


@dataclass
class Unhashable:
    x: int


@dataclass(eq=False)
class ByIdentity:
    x: int


@dataclass(order=True)
class Sortable:
    p: int
    name: str = "a"


@dataclass(order=True, frozen=True)
class SortableFrozen:
    p: int
    name: str = "a"


class Iterator:
    def __init__(self, n):
        self.n = n
        self.i = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.i >= self.n:
            raise StopIteration
        self.i += 1
        return self.i


class Restarting(Iterator):
    def __iter__(self):
        self.i = 0
        return self


class Generating:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        for i in range(self.n):
            yield i * i


class Sequence:
    def __init__(self, items):
        self.items = items

    def __getitem__(self, i):
        return self.items[i]

    def __len__(self):
        return len(self.items)


class Containing:
    def __init__(self, items):
        self.items = items

    def __contains__(self, x):
        return x in self.items


class Backwards(Sequence):
    def __reversed__(self):
        for i in range(3):
            yield -i


case = Cases()


@case((1,), (3,))
def frozen_keys(n):
    d = {Frozen(i % 2, i * 0.5): i for i in range(n)}
    d[Frozen(0)] = -1
    return d, Frozen(0, 0.0) in d, Frozen(7) in d, d.get(Frozen(9), 5), d[Frozen(0)]


@case((0,), (20,))
def frozen_in_sets(n):
    s = {Frozen(i % 7) for i in range(n)}
    return s, len(s), Frozen(3) in s, {Nested("a", Frozen(1)), Nested("a", Frozen(1))}


@case(({Frozen(1): 2}, Frozen(1)), ({Frozen(1): 2}, Frozen(3)))
def frozen_looked_up(d, key):
    return d[key]


@case(([Frozen(1), Frozen(2), Frozen(1)],), ([],))
def frozen_counted(xs):
    counts = {}
    for x in xs:
        counts[x] = counts.get(x, 0) + 1
    return counts, set(xs), len(set(xs))


@case((Hashed(1), [Hashed(2), Hashed(1)]),)
def hashed_keys(h, xs):
    d = {h: 0}
    for x in xs:
        d[x] = d.get(x, 10) + 1
    s = set(xs)
    return d, Hashed(2) in d, Hashed(5) in d, len(s), h in s


@case((Hashed(4), {Hashed(4): 1}), (Hashed(5), {Hashed(4): 1}))
def hashed_missing(h, d):
    return d[h]


@case(([Plain(1), Plain(2)],))
def by_identity(xs):
    d = {}
    for x in xs:
        d[x] = x.a
    other = Plain(1)
    d[other] = 7
    s = {xs[0], xs[0], xs[1]}
    return d[xs[0]], d[other], xs[1] in d, Plain(1) in d, len(d), len(s), xs[0] in s, other in s


@case(([Plain(1), Plain(2)],))
def identity_results(xs):
    return {x: x.a for x in xs}, xs[1] in xs, Plain(1) in xs, xs.count(xs[0]), xs == [xs[0], xs[1]]


@case(([ByIdentity(1), ByIdentity(1)],))
def dataclass_by_identity(xs):
    return xs[0] == xs[1], {xs[0]: 1}[xs[0]], xs[1] in {xs[0]: 1}, xs[0] in xs


@case(([Plain(3), Plain(4)],))
def changed_keys(xs):
    d = {x: 0 for x in xs}
    for x in d:
        x.a += 1
        d[x] += x.a
    return d


@case(([Equal(3), Equal(1)],), ([],))
def found_by_method(xs):
    return Equal(1) in xs, Equal(5) in xs, Equal(5) not in xs, xs.count(Equal(3)), Equal(1) in (Equal(2), Equal(1))


@case(([Equal(3), Equal(1)], 1), ([Equal(3), Equal(1)], 9))
def removed_by_method(xs, a):
    xs.remove(Equal(a))
    return len(xs), xs[0].a


@case(([Ordered(3), Ordered(1), Ordered(2)],), ([],), ([Ordered(1, i) for i in range(40)],))
def sorted_by_method(xs):
    up, down = sorted(xs), sorted(xs, reverse=True)
    return [(x.a, x.b) for x in up], [(x.a, x.b) for x in down]


@case(([Ordered(i * 7 % 31, i) for i in range(100)],))
def sort_in_place(xs):
    xs.sort()
    return [(x.a, x.b) for x in xs], max(xs).a, min(xs).a


@case(([(1, Ordered(3)), (2, Ordered(1))],))
def sorted_by_key(pairs):
    return [i for i, x in sorted(pairs, key=lambda pair: pair[1])]


@case(([Sortable(3, "b"), Sortable(3, "a"), Sortable(1)],), ([],))
def dataclasses_sorted(xs):
    return sorted(xs), sorted(xs, reverse=True), Sortable(2) < Sortable(3), [x for x in xs if x >= Sortable(3, "b")]


@case(([SortableFrozen(3, "b"), SortableFrozen(3, "a"), SortableFrozen(1)],))
def frozen_sorted(xs):
    return sorted(xs), max(xs), min(xs), sorted({x for x in xs})


ITERABLES = [(Iterator(3),), (Restarting(3),), (Generating(3),), (Sequence([3, 1, 2]),)]


@case(*ITERABLES)
def enumerated(x):
    return [(i, item) for i, item in enumerate(x)], list(enumerate(x, 5)), dict(enumerate(x))


@case(*ITERABLES)
def zipped(x):
    return list(zip(x, [1.5, 2.5, 3.5, 4.5])), [(a, b) for a, b in zip("ab", x)]


@case(*ITERABLES, (Generating(2),), (Generating(4),), (Sequence([]),))
def unpacked(x):
    a, b, c = x
    return a, b, c


@case(*ITERABLES, (Generating(1),), (Generating(0),), (Restarting(7),))
def unpacked_to_a_list(x):
    a, *b = x
    return a, b


@case(*ITERABLES, (Generating(1),), (Restarting(7),))
def unpacked_from_both_ends(x):
    a, *b, c = x
    return a, b, c


@case(*ITERABLES, (Sequence([]),))
def searched(x):
    return 1 in x, 7 in x, 7 not in x


@case((Containing([1, 2]),))
def asked(x):
    return 1 in x, 7 in x, 7 not in x


@case((Sequence([3, 1, 2]),), (Backwards([3, 1, 2]),))
def backwards(x):
    return list(reversed(x)), [i for i in reversed(x)]


@case(*ITERABLES)
def consumed(x):
    return [*x, 0], {*x}, sum(x), sorted(x), max(x, default=-1), list(map(str, x)), any(x), all(x)


@case(({1, 2, 3},), ({1},), (range(3),), ({1: 2, 3: 4, 5: 6},), ({1: 2},), (range(5),))
def other_iterables(x):
    a, b, c = x
    return a, b, c


@case((range(4),), ({4},), ("abc",), (range(1),))
def others_to_a_list(x):
    a, *b, c = x
    return a, b, c


@case((3,))
def generators_unpacked(n):
    a, b, c = (i * i for i in range(n))
    d, *e = map(str, range(n))
    return a, b, c, d, e


@case((2,))
def generators_of_another_length(n):
    a, b, c = (i for i in range(n))
    return a, b, c


@pytest.mark.parametrize(**case.params())
def test_against_python(func, call, deviation):
    check(func, *call, _deviation=deviation)


def test_refusals():
    def key(x):
        return {x: 1}

    def strict(x):
        return list(zip(x, [1], strict=True))

    refused(key, Unhashable(1), _code="CB0321", _raises=TypeError)
    refused(key, Equal(1), _code="CB0321", _raises=TypeError)
    refused(strict, Iterator(1), _code="CB0506")


