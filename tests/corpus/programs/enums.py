"""Enumerations as arguments, constants, results."""

import enum

from tests.corpus import call, program


class Colour(enum.Enum):
    RED = 1
    GREEN = 2
    BLUE = 4


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 10


class Mode(str, enum.Enum):
    FAST = "fast"
    SAFE = "safe"


class Bits(enum.IntFlag):
    READ = 1
    WRITE = 2


@program(call(Colour.RED), call(Colour.BLUE))
def compared(c):
    if c is Colour.RED:
        return 1
    if c == Colour.BLUE:
        return 2
    return 3


@program(call(Colour.GREEN))
def value_and_name(c):
    return c.value, c.name, c.value + 1


@program(call(1), call(-1))
def result(n):
    return Colour.RED if n > 0 else Colour.GREEN


@program(call(Level.HIGH), call(Level.LOW))
def int_enum(level):
    return level + 1, level > Level.LOW, level * 2, level == 10


@program(call(2))
def constants_within(n):
    return n * Colour.GREEN.value + Level.HIGH, Colour.RED == Colour.RED, Colour.RED != Colour.BLUE


@program(call(2), call(3))
def by_value(n):
    return Colour(n)


@program(call("RED"))
def by_name(name):
    return Colour[name]


@program(call(1))
def iteration(n):
    total = 0
    for c in Colour:
        total += c.value
    return total + n, len(Colour)


@program(call(Colour.RED), call(Colour.GREEN))
def matched(c):
    match c:
        case Colour.RED:
            return "stop"
        case Colour.GREEN | Colour.BLUE:
            return "go"


@program(call(Colour.RED))
def as_key(c):
    d = {Colour.RED: 1.5, Colour.BLUE: 2.5}
    return d[c], c in d


@program(call(Mode.FAST))
def string_enum(m):
    return m == "fast", m.value, m is Mode.SAFE


@program(call(Bits.READ | Bits.WRITE))
def flags(b):
    return bool(b & Bits.READ), b | Bits.READ, b & Bits.WRITE


@program(call(Colour.RED))
def text(c):
    return str(c), repr(c), f"{c.name}"


@program(call([Colour.RED, Colour.BLUE]), call((Colour.GREEN, Colour.BLUE)))
def in_containers(cs):
    n = 0
    for c in cs:
        if c is Colour.BLUE:
            n += 1
    return n, cs[0]


class Shape(enum.Enum):
    DISC = "disc"
    SQUARE = "square"
    CIRCLE = "disc"

    @property
    def sides(self):
        return 4 if self is Shape.SQUARE else 0


@program(call("disc", "CIRCLE"), call("square", "SQUARE"), call("disk", "DISC"), call("disc", "circle"))
def by_text(value, name):
    shape = Shape(value)
    return shape, Shape[name], shape is Shape[name], Shape["DISC"].sides, shape.sides


@program(call([1, 2, 4]), call([1, 3]), call([]))
def values_to_members(values):
    found = [Colour(v) for v in values]
    return found, len(found)


@program(call(10), call(11))
def level_or_low(n):
    try:
        return Level(n)
    except ValueError:
        return Level.LOW


@program(call("GREEN"), call("GREY"))
def name_is_tried(name):
    try:
        return Colour[name].value
    except KeyError:
        return -1


@program(call(1))
def the_class_is_no_tuple(n):
    return Colour == (Colour.RED, Colour.GREEN, Colour.BLUE)


@program(call(0))
def no_member_by_position(n):
    return Colour[0]


@program(call(Bits.READ, Bits.WRITE), call(Bits.READ | Bits.WRITE, Bits.READ))
def flag_operators(a, b):
    return a | b, a & b, a ^ b, ~a, a in b, a | 4, 4 | a, a + 1, bool(a & b)


@program(call(Bits.READ), call(Bits(3)), call(Bits(0)))
def flag_texts(a):
    return a.name, a.value, str(a), repr(a), f"{a}", list(a), len(a)


class Access(enum.Flag):
    NONE = 0
    VIEW = enum.auto()
    EDIT = enum.auto()
    OWN = enum.auto()
    ALL = VIEW | EDIT | OWN


@program(call(Access.VIEW), call(Access.ALL), call(Access.VIEW | Access.OWN), call(Access.NONE))
def permissions(a):
    if not a:
        return [repr(a.name)], a, "nothing", False
    allowed = [flag.name for flag in Access if flag in a]
    a &= ~Access.VIEW
    return allowed, a, repr(a), Access.EDIT in a


@program(call(3), call(8), call(-1), call(0))
def flags_by_value(n):
    return Access(n)


@program(call([Access.VIEW, Access(5), Access.VIEW]))
def flags_as_keys(items):
    counts = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return counts, Access(5) in counts


@program(call([Colour.RED, Colour.BLUE, Colour.RED]), call([]))
def set_of_members(items):
    seen = set(items)
    return seen, len(seen), Colour.RED in {Colour.RED, Colour.GREEN}, Colour.BLUE in seen


@program(call([Level.HIGH, Level.LOW, Level.HIGH]))
def int_members(items):
    return sorted(items), max(items), sum(items), set(items), items.count(10), {1: "a"}[Level.LOW]


@program(call(Level.HIGH))
def int_member_text(level):
    return f"{level:5d}", hex(level), level.bit_length(), str(level), repr(level)


@program(call(1))
def membership_of_a_class(n):
    return Colour.RED in Colour, Level.LOW in Level
