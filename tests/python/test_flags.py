"""`enum.Flag` and `IntFlag`: operators, boundaries, iteration, names and texts, keys."""

import enum
from typing import NamedTuple

import numpy as np
import pytest
from harness import Cases, check, refused


class Perm(enum.Flag):
    R = 4
    W = 2
    X = 1


class Named(enum.Flag):
    NONE = 0
    A = enum.auto()
    B = enum.auto()
    C = enum.auto()
    AB = A | B
    FIRST = A


class Bits(enum.IntFlag):
    A = 1
    B = 2
    D = 8


class Sparse(enum.Flag, boundary=enum.CONFORM):
    LOW = 1
    HIGH = 16


class Strict(enum.IntFlag, boundary=enum.STRICT):
    ONE = 1
    FOUR = 4


class Kept(enum.Flag, boundary=enum.KEEP):
    ONE = 1
    FOUR = 4


class Own(enum.Flag):
    A = 1
    B = 2

    def __or__(self, other):
        return Own.A


class Ejected(enum.IntFlag, boundary=enum.EJECT):
    A = 1


class Wide(enum.Flag):
    """A bit that no member has alone."""

    A = 1
    BC = 6


class Shown(enum.IntFlag):
    A = 1
    B = 2

    def __str__(self):
        return "flags"


class Pair(NamedTuple):
    mode: Perm
    number: int


READ_WRITE = Perm.R | Perm.W
UNKNOWN = Bits(64)

case = Cases()
PERMS = [(a, b) for a in [Perm(0), Perm.R, Perm.W | Perm.X, Perm(7)] for b in [Perm.R, Perm(3), Perm(0)]]
BITS = [(a, b) for a in [Bits(0), Bits.A, Bits.A | Bits.D, Bits(4)] for b in [Bits.B, Bits(9)]]


@case(*PERMS)
def of_flags(a, b):
    return a | b, a & b, a ^ b, ~a, a in b, b not in a, a is b, a == b, a != b, bool(a), len(a)


@case(*BITS)
def of_int_flags(a, b):
    return a | b, a & b, a ^ b, ~a, a in b, a == b, a < b, a + b, a << 1, -a, int(a), a * 2.0, abs(a)


@case((Bits.A, 4), (Bits.A, 0), (Bits.D, -1), (Bits.B, -17), (Bits.A, True))
def with_ints(a, n):
    return a | n, n | a, a & n, n & a, a ^ n, n ^ a, a == n, n == a, a + n


@case((Perm.R,), (Perm(6),), (Perm(0),), (Perm(7),))
def looked_at(a):
    return a.name, a.value, str(a), repr(a), f"{a}", f"{a!r}", list(a), [x.value for x in a]


@case((Bits.A,), (Bits(3),), (Bits(0),), (Bits(64),), (Bits(65),))
def looked_at_ints(a):
    return a.name, a.value, str(a), repr(a), f"{a}", list(a), len(a), f"{a:3d}"


@case((Named.NONE,), (Named.AB,), (Named.C,), (Named(7),), (Named.FIRST,))
def named(a):
    return a.name, str(a), repr(a), a is Named.AB, a == Named.NONE, bool(a), a | Named.NONE, list(a)


@case((0,), (1,), (3,), (7,), (8,), (-1,), (-8,), (-9,), (100,))
def by_value(n):
    return Perm(n)


@case(*[(n,) for n in (0, 1, 4, 7, 15, 16, -1, -2, -16, -17, -100, 1 << 40)])
def by_value_kept(n):
    return Bits(n), Kept(n)


@case(*[(n,) for n in (0, 1, 16, 17, 2, 18, 32, -1, -17, -32, -33)])
def by_value_conform(n):
    return Sparse(n)


@case(*[(n,) for n in (0, 1, 4, 5, 2, 8, -1, -5)])
def by_value_strict(n):
    return Strict(n)


@case((Strict.ONE, 2), (Strict.ONE, 4))
def strict_with_ints(a, n):
    return a | n


@case((Sparse.LOW,), (Sparse(0),))
def inverted(a):
    return ~a, ~a | Sparse.LOW


@case((Perm.R,), (Perm.W,))
def constants(a):
    return a & READ_WRITE, READ_WRITE, UNKNOWN, Perm.R | Perm.W, READ_WRITE == Perm.R | Perm.W, Perm(3)


@case((Perm.R, 3), (Perm(0), 0))
def changed(a, n):
    for i in range(n):
        a |= Perm.X
        a ^= Perm.W
        a &= ~Perm.R
    if not a:
        return None
    return a


@case((Perm.R,), (Perm.R | Perm.W,), (Perm(0),))
def asked(a):
    if a & Perm.W:
        return "w"
    if Perm.R in a:
        return "r"
    return "none" if not a else "x"


@case(([Perm.R, Perm(6), Perm.R],), ([],))
def in_containers(members):
    counts = {}
    for member in members:
        counts[member] = counts.get(member, 0) + 1
    return counts, Perm(6) in counts, Perm.W in members, members, (len(members), Perm.X)


@case(([Bits.A, Bits(9), Bits.A],))
def in_sets(members):
    return set(members), {Bits.A, Bits(9)}, Bits.A in set(members), sorted(members), max(members)


@case(({Perm.R: 1, Perm(6): 2}, Perm(6)), ({Perm.R: 1}, Perm.W), ({Perm.R: 1}, Perm(3)))
def looked_up(d, key):
    return d[key]


@case((Pair(Perm.R, 1),), (Pair(Perm(3), 2),))
def in_tuples(pair):
    return pair, pair.mode | Perm.X, pair._replace(mode=Perm(0))


@case((Perm.R, None), (None, Perm(6)))
def optional(a, b):
    return a is None, a == Perm.R, b == Perm(6), a, b


@case((Bits.D, np.arange(20)), (Bits(3), np.arange(20)))
def with_arrays(a, xs):
    return xs[a], xs & a, xs[0] | np.int64(a), np.int64(4) + a


@case((2,))
def of_the_class(n):
    total = 0
    for member in Named:
        total += member.value * n
    return total, len(Named), list(Named), [m.name for m in Named], Named["AB"], Perm.R in Perm


@case((Perm.R,), (Perm(6),))
def named_in_the_class(a):
    return a in Perm


@case(("AB",), ("FIRST",), ("NONE",), ("D",))
def by_name(name):
    return Named[name]


@case((Perm.R,), (3,))
def classes(a):
    return isinstance(a, Perm), isinstance(a, enum.Flag), isinstance(a, enum.Enum), isinstance(a, int)


@case((Bits.A,))
def classes_of_ints(a):
    return isinstance(a, Bits), isinstance(a, enum.Flag), isinstance(a, enum.Enum), isinstance(a, int)


@case((Perm.R,), (Perm.W,), (Perm(6),))
def matched(a):
    match a:
        case Perm.R:
            return 1
        case Perm.W:
            return 2
        case _:
            return 3


@pytest.mark.parametrize(**case.params())
def test_against_python(func, call, deviation):
    check(func, *call, _deviation=deviation)


def test_refusals():
    def union(a, b):
        return a | b

    def text(a):
        return str(a)

    def lifted(a):
        return {a}

    def less(a):
        return a < Perm.R

    refused(union, Own.A, Own.B, _code="CB0303")
    refused(union, Ejected.A, Ejected.A, _code="CB0303")
    refused(union, Wide.A, Wide.BC, _code="CB0303")
    refused(union, Perm.R, 1, _code="CB0303", _raises=TypeError)
    refused(union, Perm.R, Named.A, _code="CB0303", _raises=TypeError)
    refused(text, Shown.A, _code="CB0303")
    refused(lifted, Perm.R, _code="CB0320")
    refused(less, Perm.W, _code="CB0303", _raises=TypeError)


def test_members_are_the_very_ones():
    from harness import native

    def both(a, b):
        return a | b

    made = native(both)(Perm.R, Perm.X)
    assert made is Perm.R | Perm.X
    assert native(both)(Bits.A, Bits(64)) is Bits(65)
