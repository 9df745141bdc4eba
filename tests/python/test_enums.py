"""Enums: members as globals, arguments, results; identity, values, IntEnum's arithmetic."""

import enum
import sys

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


class Text(str, enum.Enum):
    FAST = "fast"
    SAFE = "safe"


class Accent(enum.Enum):
    A = "a"
    E = "\u00e9"


class Equal(enum.Enum):
    A = 1
    B = 2

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


class Worded(enum.Enum):
    A = 1

    def __str__(self):
        return "worded"


@case((Color.RED,), (Mode.FAST,), (Text.SAFE,), (Accent.E,), (Planet.MARS,))
def texts(c):
    return str(c), repr(c), f"{c}", f"{c!r:>30}", c.name, f"{c.name}"


@case((1,))
def texts_of_constants(n):
    return str(Color.RED), f"{Mode.FAST}", repr(Text.SAFE), Color.BLUE.name


@case((Accent.E,), (Accent.A,))
def values_of_text(c):
    return c.value, len(c.value), c.value + c.name


@case(([Color.RED, Color.BLUE],), ((Color.GREEN, Color.BLUE),))
def counted(cs):
    n = 0
    for c in cs:
        if c is Color.BLUE:
            n += 1
    return n, cs[0]


@case(([Color.RED, Color.BLUE],), ([Color.BLUE],))
def list_of_members(cs):
    cs.append(Color.GREEN)
    return Color.RED in cs, cs.index(Color.BLUE), cs.count(Color.RED), [c.value for c in cs], cs


@case(({Color.RED: 1},))
def dict_of_members(d):
    d[Color.GREEN] = 5
    return d[Color.RED], Color.BLUE in d, [k.name for k in d], d


@case(([Color.RED, None],), ([None, Color.RED],))
def optional_members(cs):
    return cs[0] is Color.RED, Color.RED is not cs[1], cs[0] is None, cs


@case(([Color.RED], [Color.RED]), ([Color.RED], [Color.BLUE, Color.RED]))
def lists_compared(a, b):
    return a == b, a != b


@case((3,), (0,))
def containers_made(n):
    c = Color.RED
    out = []
    for i in range(n):
        c = Color.BLUE if i % 2 else Color.GREEN
        out.append((c, i))

    def last():
        return c

    return last(), out, {"a": c}, [c, Color.RED]


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
    def lookup(n):
        return Color(n)

    def order(c):
        return c < Color.RED

    refused(lookup, 1.5, _code="CB0404", _raises=ValueError)
    refused(order, Color.RED, _code="CB0303", _raises=TypeError)


def test_members_and_other_values_are_not_confused():
    def equal(a, b):
        return a == b

    def inside(x, items):
        return x in items

    def looked_up(d, k):
        return d[k]

    def ordered(items):
        return sorted(items)

    def items(s):
        return [x for x in s]

    def text(x):
        return str(x)

    check(equal, Text.FAST, "fast")
    refused(equal, Equal.A, Equal.B, _code="CB0303")
    refused(equal, Equal.A, 3, _code="CB0303")
    refused(equal, [Color.RED], [Mode.OFF], _code="CB0303")
    check(equal, [Mode.SLOW], [2])
    check(equal, [Mode.SLOW, Mode.OFF], [2, 1])
    check(inside, 0, [Mode.OFF])
    check(inside, Mode.OFF, [1, 0])
    check(inside, Mode.SLOW, {0, 1})
    check(looked_up, {2: 1.5}, Mode.SLOW)
    check(looked_up, {0: 1.5}, Mode.SLOW)
    check(looked_up, {Mode.SLOW: 1.5}, 2)
    check(looked_up, {Mode.SLOW: 1.5}, Mode.OFF)
    check(inside, "fast", [Text.FAST])
    check(inside, "slow", [Text.FAST])
    refused(looked_up, {0: 1.5}, Color.RED, _code="CB0303")
    check(ordered, [Mode.FAST, Mode.OFF, Mode.SLOW])
    refused(ordered, [Color.RED, Color.GREEN], _code="CB0303", _raises=TypeError)
    refused(text, Worded.A, _code="CB0303")
    refused(text, [Color.RED], _code="CB0303")
    refused(text, (Color.RED, 1), _code="CB0303")
    for members in [{Color.RED, Color.BLUE}, set(Color), {Mode.SLOW, Mode.OFF, Mode.FAST}, set(Mode)]:
        check(items, members)


def test_members_of_sets_and_keys():
    def made(n):
        found = set()
        for i in range(n):
            found.add(Color.RED if i % 2 else Color.BLUE)
        return found, Color.RED in found, Color.GREEN in found, {Color.GREEN, Color.RED, Color.BLUE}

    def counted(members):
        counts = {}
        for member in members:
            counts[member] = counts.get(member, 0) + 1
        return counts, set(counts)

    def missing(member):
        return {Color.RED: 1}[member]

    def taken(members):
        members.discard(Color.RED)
        members.add(Color.GREEN)
        return members.pop() in Color

    check(made, 3)
    check(made, 0)
    check(counted, [Color.RED, Color.BLUE, Color.RED])
    check(counted, [Mode.SLOW, Mode.FAST, Mode.SLOW])
    check(missing, Color.RED)
    check(missing, Color.BLUE)
    check(taken, {Color.RED})


def test_members_of_a_class():
    def inside(c):
        return c in Color, Color.RED in Color

    def another_inside():
        return Mode.OFF not in Color

    def value_inside(n):
        return n in Color

    def numbers(m):
        return f"{m:4d}|{m}", hex(m), bin(m), m.bit_length(), round(m), m.real

    check(inside, Color.RED)
    # Values are looked for since 3.12.
    if sys.version_info >= (3, 12):
        refused(another_inside, _code="CB0303")
        refused(value_inside, 1, _code="CB0303")
    else:
        check(another_inside)
        refused(value_inside, 1, _code="CB0303", _raises=TypeError)
    check(numbers, Mode.FAST)
    check(numbers, Mode.OFF)


class Wrapping(enum.IntEnum):
    """Adds in a way of its own."""

    LOW = 1
    HIGH = 2

    def __add__(self, other):
        return -100


class Counting(enum.IntEnum):
    """Has a method of an int in a way of its own."""

    LOW = 1
    HIGH = 2

    def bit_length(self):
        return 77


def test_arithmetic_of_its_own_is_not_that_of_ints():
    def added(m):
        return m + 1

    def length(m):
        return m.bit_length()

    refused(added, Wrapping.LOW, _code="CB0303")
    check(length, Counting.HIGH)
