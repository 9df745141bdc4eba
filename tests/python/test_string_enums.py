"""Members of enums that are strings, used as strings; which enums members are of."""

import enum

import pytest

from tests.python.harness import check, native, refused


class Mode(str, enum.Enum):
    FAST = "fast"
    SAFE = "safe"


class Kind(enum.StrEnum):
    A = enum.auto()
    B = enum.auto()


class Emptiable(str, enum.Enum):
    NOTHING = ""
    FAST = "fast"


def as_text(m):
    return m + "x", "x" + m, m * 2, m.upper(), m.startswith("f"), len(m), m[0], m[1:]


def compared_as_text(m):
    return m == "fast", "fast" == m, m != "fast", m < "g", m is Mode.FAST, m == Mode.FAST


def contained(m):
    return "a" in m, m in "fastest", m in ["fast"], m in {"fast"}, m in ("fast", "b"), m in {"a": 1}


def looked_up(m, d):
    return d[m]


def text_of(m):
    return f"{m}|{m.value}|{m.name}", str(m), repr(m), [c for c in m]


def branches(m):
    if m == "fast":
        return 1
    if m == Mode.SAFE:
        return 2
    return 3


def matched_text(m):
    match m:
        case "fast":
            return 1
        case Mode.SAFE:
            return 2
    return 3


def classes_of(m):
    return isinstance(m, str), isinstance(m, enum.Enum), isinstance(m, int), isinstance(m, Mode)


def from_text(s):
    return Mode(s), Mode(s) == s, Mode(s).upper()


def constants():
    return Mode.FAST + "!", Kind.A == "a", Kind.B.value, [k.title() for k in Kind], Kind("b")


@pytest.mark.parametrize("m", [Mode.FAST, Mode.SAFE, Kind.A], ids=str)
@pytest.mark.parametrize(
    "function",
    [as_text, compared_as_text, contained, text_of, branches, matched_text, classes_of],
    ids=lambda f: f.__name__,
)
def test_members_that_are_strings(function, m):
    check(function, m)


def test_strings_by_members():
    check(looked_up, Mode.FAST, {"fast": 3})
    # The KeyError of the compiled function has the string.
    with pytest.raises(KeyError, match="safe"):
        native(looked_up)(Mode.SAFE, {"fast": 3})
    check(looked_up, Mode.SAFE, {Mode.SAFE: 3})
    check(from_text, "safe")
    check(from_text, "other")
    check(constants)


class Shouting(str, enum.Enum):
    A = "a"

    def upper(self):
        return "!"


def upper(m):
    return m.upper()


def equal_to_text(m):
    return m == "a"


def test_a_class_that_replaces_a_method_of_str():
    check(upper, Shouting.A)
    refused(equal_to_text, Shouting.A, _code="CB0303")


def is_enum(m):
    return isinstance(m, enum.Enum), isinstance(m, enum.IntEnum), isinstance(m, enum.Flag)


class Permission(enum.Flag):
    READ = 1


class Bit(enum.IntFlag):
    ONE = 1


class Grade(enum.IntEnum):
    LOW = 1


class Colour(enum.Enum):
    RED = 1


@pytest.mark.parametrize("m", [Permission.READ, Bit.ONE, Grade.LOW, Colour.RED, Mode.FAST, Kind.A])
def test_classes_of_the_enum_module(m):
    check(is_enum, m)
