"""Enums: members as globals, arguments, results; identity, values, IntEnum's arithmetic."""

import enum

import numpy as np
import pytest
from harness import Cases, check, native, refused


class Color(enum.Enum):
    RED = 1
    GREEN = 2
    BLUE = 4
    CRIMSON = 1


class Mode(enum.IntEnum):
    OFF = 0
    SLOW = 2
    FAST = 5


class Name(enum.Enum):
    A = "a"
    B = "b"


class Flags(enum.Flag):
    X = enum.auto()
    Y = enum.auto()


class Planet(enum.Enum):
    EARTH = 1.5
    MARS = 0.5

    def double(self):
        return self.value * 2


case = Cases()


@case((Color.RED,), (Color.BLUE,))
def identities(c):
    return c is Color.RED, c is not Color.RED, c == Color.BLUE, c != Color.BLUE, c is Color.CRIMSON


@case((Color.RED,), (Color.GREEN,))
def returned(c):
    return c


@case((True,), (False,))
def chosen(p):
    return Color.RED if p else Color.BLUE


@case((Color.RED,), (Color.GREEN,), (Color.BLUE,))
def branches(c):
    if c is Color.RED:
        return 10
    elif c == Color.GREEN:
        return 20
    return 30


@case((Color.RED,), (Color.BLUE,))
def values(c):
    return c.value, c.value + 1, Color.GREEN.value, Color.GREEN.name


@case((1,))
def constants(n):
    return Color.RED, Color(2), Color.CRIMSON, Name.A.value, Name.B


@case((Mode.FAST, 3), (Mode.OFF, 0), (Mode.SLOW, 2))
def int_enum(m, n):
    return m + n, m * 2, m == n, m < n, n - m, -m, m == Mode.SLOW, m is Mode.OFF, m == 2.0


@case((Mode.FAST, np.arange(6.0)), (Mode.OFF, np.arange(6.0)))
def int_enum_index(m, a):
    return a[m], a[Mode.SLOW]


@case((Mode.FAST,), (Mode.OFF,))
def int_enum_truth(m):
    if m:
        return 1
    return 0


@case((Mode.FAST,), (Mode.SLOW,))
def int_enum_builtins(m):
    return abs(m), int(m), float(m), divmod(m, 3), bool(m)


@case((Mode.FAST,), (Mode.SLOW,))
def int_enum_range(m):
    s = 0
    for i in range(m):
        s += i
    return s, m.value


@case((Color.RED,), (3,))
def different(c):
    return c == 1, c != 1, c == None, c is None  # noqa: E711


@case((Color.RED,), (Mode.FAST,), (3,))
def instances(c):
    return isinstance(c, Color), isinstance(c, int), isinstance(c, Mode), type(c) is Color


@case((Color.RED,), (Color.GREEN,))
def membership(c):
    return c in (Color.RED, Color.BLUE), c not in (Color.GREEN,)


@case((0,))
def over_the_class(n):
    for c in Color:
        n += c.value
    return n, len(Color)


@case((True,), (False,))
def optional_member(p):
    c = Color.RED if p else None
    if c is None:
        return 0
    return c.value


@case((Color.RED, Color.RED), (Color.RED, Color.BLUE))
def two(a, b):
    return a is b, a == b, a != b


@case((Flags.X,), (Flags.Y,))
def flags(f):
    return f is Flags.X, f == Flags.Y, f, f.value


@case((Planet.EARTH,), (Planet.MARS,))
def methods(p):
    return p.value * 2.0, p is Planet.MARS


@case(((Color.RED, 1),))
def in_tuples(t):
    return t[0] is Color.RED, t == (Color.RED, 1), t == (Color.BLUE, 1)


@pytest.mark.parametrize(**case.params())
def test_against_python(func, call, deviation):
    check(func, *call, _deviation=deviation)


@native
def is_red(c):
    return c is Color.RED


def test_members_pass_through_calls():
    def both(c):
        return is_red(c), is_red(Color.RED), is_red(Color.BLUE)

    check(both, Color.RED)


def test_refusals():
    def union(f):
        return f | Flags.Y

    def name(c):
        return c.name

    def lookup(n):
        return Color(n)

    def order(c):
        return c < Color.RED

    refused(union, Flags.X, _code="CB0303")
    refused(name, Color.RED, _code="CB0403")
    refused(lookup, 1, _code="CB0404")
    refused(order, Color.RED, _code="CB0303", _raises=TypeError)
