"""`asdict`, `astuple`, `replace`, `_asdict`, `_make`: values and what is refused."""

import dataclasses
from collections import namedtuple
from typing import NamedTuple

import numpy as np
import pytest
from harness import IDENTITY, Cases, check, copy_arguments, jit, refused


class Point(NamedTuple):
    x: float
    y: float = 2.0

    def norm(self):
        return self.x + self.y


Pair = namedtuple("Pair", "a b")


Entry = namedtuple("Entry", "index count")


class Renamed(namedtuple("Renamed", "a b")):
    def _asdict(self):
        return {"own": self.a}


@dataclasses.dataclass
class State:
    x: float
    v: float = 0.0


@dataclasses.dataclass(frozen=True)
class Frozen:
    x: int
    y: int


@dataclasses.dataclass
class Inner:
    k: int
    items: list


@dataclasses.dataclass
class Outer:
    x: float
    inner: Inner
    data: np.ndarray
    pair: tuple = (1, "a")
    point: Frozen = Frozen(3, 4)


@dataclasses.dataclass
class Empty:
    pass


class Plain:
    def __init__(self):
        self.x = 1


def outer():
    return Outer(1.0, Inner(3, [1, 2]), np.arange(6.0).reshape(2, 3).T)


case = Cases()


@case((State(1.0, 2.0),), (Frozen(1, 2),), (Empty(),))
def both(r):
    return dataclasses.asdict(r), dataclasses.astuple(r)


@case((outer(),))
def deep(m):
    t = dataclasses.astuple(m)
    t[1][1].append(9)
    t[2][0] = 7.0
    return t, m.inner.items, m.data[0, 0]


@case((State(1.0, 2.0),), (Frozen(1, 2),))
def replaced(r):
    new = dataclasses.replace(r, x=r.x + 1)
    same = dataclasses.replace(r)
    return new, r, new == r, same == r


@case((outer(),))
def replaced_shares_the_fields(m):
    n = dataclasses.replace(m, x=5.0)
    n.inner.items.append(3)
    return n, m, n.inner is m.inner, n is m


@case((Point(1.0),), (Pair(1, 2),), (Pair("a", "b"),))
def as_dict(p):
    d = p._asdict()
    return d, list(d), p._fields


@case(((1.0, 5.0), Point(2.0, 3.0)))
def made_of_items(t, p):
    q = Point._make(t)
    return q, q.norm(), Pair._make(p), Pair._make(("a", 1))


@pytest.mark.parametrize(**case.params())
def test_like_cpython(func, call, deviation):
    check(func, *call)


@pytest.mark.skipif(IDENTITY, reason="counts what compiled code allocates")
def test_no_leaks():
    from cumbia._cumbia import live_allocations

    for _, func, call, _ in case.rows:
        compiled = jit(func)
        before = live_allocations()
        for _ in range(3):
            compiled(*copy_arguments(call, {})[0])
        assert live_allocations() == before, func.__name__


def test_refusals():
    def mixed(m):
        return dataclasses.asdict(m)

    def too_many(t):
        return Point._make(t)

    def unknown(s):
        return dataclasses.replace(s, z=1.0)

    def factory(s):
        return dataclasses.asdict(s, dict_factory=dict)

    refused(mixed, outer(), _code="CB0322")
    refused(too_many, (1.0, 2.0, 3.0), _code="CB0410", _raises=TypeError)
    refused(unknown, State(1.0), _code="CB0410", _raises=TypeError)
    refused(factory, State(1.0), _code="CB0506")


def test_what_is_no_dataclass():
    def of_a_namedtuple(p):
        return dataclasses.astuple(p)

    def of_a_plain_object(p):
        return dataclasses.asdict(p)

    check(of_a_namedtuple, Point(1.0))
    check(of_a_plain_object, Plain())


def test_fields_with_names_of_methods():
    def both(e):
        return 10 * e.index + e.count, e._replace(index=7), e

    def of_its_own(n):
        entries = [Entry(i, i * i) for i in range(n)]
        return sum(e.index for e in entries), max(e.count for e in entries)

    def methods_of_others(p):
        return p.index(2.0), p.count(2.0)

    check(both, Entry(4, 2))
    check(of_its_own, 5)
    check(methods_of_others, Pair(1.0, 2.0))


def test_a_method_of_the_class_itself():
    def as_dict(r):
        return r._asdict()

    # Such a class isn't taken for a namedtuple.
    if not IDENTITY:
        with pytest.raises(TypeError, match="argument 'r'"):
            jit(as_dict)(Renamed(1, 2))
