"""Namedtuples and dataclasses: arguments, results, made in compiled code, compared."""

import dataclasses
from collections import namedtuple
from typing import NamedTuple

import numpy as np
import pytest
from harness import Cases, CompileError, check, jit, native, refused

Point = namedtuple("Point", "x y")
Sample = namedtuple("Sample", ["data", "weight", "label"], defaults=[1.0, None])


class Vector(NamedTuple):
    x: float
    y: float = 0.5
    SCALE = 3

    @jit
    def norm2(self):
        return self.x * self.x + self.y * self.y

    @jit
    def scaled(self, k):
        return Vector(self.x * k, self.y * k)


class Special(NamedTuple):
    x: int

    def __eq__(self, other):
        return True


@dataclasses.dataclass(frozen=True)
class Params:
    rate: float
    steps: int = 10
    flag: bool = False
    LIMIT = 100

    @jit
    def total(self):
        return self.rate * self.steps


@dataclasses.dataclass(frozen=True, order=True)
class Version:
    major: int
    minor: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Slotted:
    a: int
    b: float


@dataclasses.dataclass
class Mutable:
    a: int
    data: np.ndarray


@dataclasses.dataclass(frozen=True)
class WithPost:
    a: int

    def __post_init__(self):
        pass


class Constants:
    SIZE = 7
    RATIO = 0.5


ORIGIN = Point(0, 0)
DEFAULTS = Params(0.5, 3)

case = Cases()


@case((Point(1, 2),), (Point(1.5, 2j),), (Point(None, (1, 2)),))
def attributes(p):
    return p.x, p.y


@case((Point(1, 2),))
def identity(p):
    return p


@case((Point(1, 2),), (Point(1.5, 2),))
def arithmetic(p):
    return p.x * 2 + p.y, p[0], p[-1], p[:1], len(p)


@case((Point(1, 2),))
def unpacking(p):
    x, y = p
    return y, x


@case((Point(1, 2),))
def iteration(p):
    s = 0
    for v in p:
        s += v
    return s


@case((1, 2), (1.5, None))
def made(a, b):
    return Point(a, b)


@case((1, 2))
def made_by_keyword(a, b):
    return Point(y=a, x=b), Point(a, y=b)


@case((np.arange(3.0),))
def made_with_defaults(a):
    return Sample(a), Sample(a, 2.0), Sample(a, label=3)


@case((Point(1, 2), 5))
def replaced(p, v):
    return p._replace(x=v), p._replace(y=v, x=v), p._replace(), p._replace(y=2.5)


@case((Point(1, 2),))
def field_names(p):
    return p._fields, Point._fields


@case((Point(1, 2), Point(1, 2)), (Point(1, 2), Point(2, 1)), (Point(1, 2), (1, 2)))
def compared(p, q):
    return p == q, p != q, p < q, p <= q, p > q, p >= q


@case((Point(1, 2), 2), (Point(1, 2), 3))
def searched(p, v):
    return v in p, p.count(v), v not in p


@case((Point(1, 2), 2), (Point(1, 2), 3))
def indexed(p, v):
    return p.index(v)


@case((Point(1, 2),))
def concatenated(p):
    return p + (3,), p * 2, p + p, tuple(p)


@case((Point(Point(1, 2), Point(3, 4)),))
def nested(p):
    return p.x.y + p.y.x, Point(p, p.x)


@case((5, True), (5, False))
def chosen(n, p):
    q = Point(n, 1) if p else Point(0, n)
    return q.x - q.y, q


@case((5, True), (5, False))
def optional(n, p):
    q = Point(n, 1) if p else None
    if q is not None:
        return q
    return None


@case((5, True), (5, False))
def attribute_of_none(n, p):
    q = Point(n, 1) if p else None
    return q.x


@case((4,), (0,))
def loop(n):
    p = Point(0, 1)
    for i in range(n):
        p = Point(p.y, p.x + p.y)
    return p


@case((Vector(1.5, 2.0),), (Vector(3, 4),))
def methods(v):
    return v.norm2(), v.scaled(2), v.scaled(k=0.5).x


@case((2.5,))
def typed(x):
    v = Vector(x)
    return v, v.y, v.SCALE, Vector.SCALE


@case((Point(1, 2),), ((1, 2),), (Vector(1.0),), (3,))
def instances(p):
    return isinstance(p, Point), isinstance(p, tuple), isinstance(p, (Vector, int)), type(p) is Point


@case((3,))
def global_record(n):
    return ORIGIN.x + n, ORIGIN, DEFAULTS.rate * n, DEFAULTS.steps


@case((Sample(np.arange(4.0), 2.0, 1),))
def with_array(s):
    total = 0.0
    for v in s.data:
        total += v * s.weight
    s.data[0] = total
    return s.data, s


@case((3,))
def fresh_array(n):
    return Sample(np.zeros(n), 1, 2)


@case((Params(0.5),), (Params(2.0, 3, True),), (Params(1, 2),))
def dataclass_fields(p):
    return p.rate * p.steps, p.flag, p.LIMIT


@case((Params(0.5),), (Params(2.0, 3, True),))
def dataclass_result(p):
    return p


@case((2.5, 3))
def dataclass_made(r, n):
    return Params(r), Params(r, n), Params(steps=n, rate=r), Params(r, flag=True, steps=1)


@case((Params(0.5),))
def dataclass_method(p):
    return p.total(), Params(p.rate, 2).total()


@case((Params(0.5), Params(0.5)), (Params(0.5), Params(0.5, 2)))
def dataclass_equal(p, q):
    return p == q, p != q


@case((Version(1, 2), Version(1, 3)), (Version(1, 2), Version(1, 2)), (Version(2), Version(1, 3)))
def dataclass_order(p, q):
    return p < q, p <= q, p > q, p >= q, p == q


@case((Slotted(1, 2.0),))
def dataclass_slots(s):
    return s.a + s.b, Slotted(s.a, s.b * 2)


@case((Mutable(1, np.arange(3.0)),))
def dataclass_mutable(m):
    return m.a + m.data[1] + len(m.data)


@case((True, 3.0), (False, 3.0))
def dataclass_optional(p, x):
    q = Params(x) if p else None
    return q.rate if q else -1.0


@case((3,))
def class_constants(n):
    return Constants.SIZE + n, Constants.RATIO


@case((Params(0.5),), (3,))
def dataclass_instances(p):
    return isinstance(p, Params), isinstance(p, tuple), isinstance(p, Constants), type(p) is Params


@case((WithPost(3),))
def post_init_argument(w):
    return w.a


@case((np.array([3.0, 1.0, 2.0]),))
def extremes(a):
    low = Point(a[0], 0)
    for i in range(len(a)):
        if a[i] < low.x:
            low = Point(a[i], i)
    return low


@case((4,), (0,))
def list_of_records(n):
    points = []
    for i in range(n):
        points.append(Point(i, i * 0.5))
    s = 0.0
    for p in points:
        s += p.x * p.y
    return s, len(points)


@case((3,))
def dict_of_records(n):
    d = {}
    for i in range(n):
        d[Point(i, n)] = i * 2
    s = 0
    for key in d:
        s += key.x * d[key]
    return s, d[Point(1, n)], Point(9, 9) in d


@case((3,))
def record_from_list(n):
    points = [Point(i, n) for i in range(n)]
    return points[1], points[-1].x, Point(1, n) in points


class Tagged(NamedTuple):
    name: str
    tags: list
    place: tuple = (1.0, 2)


@dataclasses.dataclass
class Log:
    values: list
    names: dict


@dataclasses.dataclass(frozen=True)
class Hidden:
    a: int
    b: int = dataclasses.field(default=1, repr=False)


class OwnText(NamedTuple):
    x: int

    def __repr__(self):
        return "own"


@case((Point(1.5, 2),), (Point("q'", None),), (Point(Point(1, "a"), Vector(0.5)),))
def texts(p):
    return str(p), repr(p), f"{p}", f"{p!r:>40}"


@case((Params(0.5),), (Log([1], {"a": 2.5}),), (Slotted(1, 2.0),))
def texts_of_dataclasses(p):
    return str(p), repr(p), f"{p}"


@case((Tagged("e", [1, 2]),), (Tagged("", []),))
def fields_with_objects(p):
    p.tags.append(5)
    total = 0.0
    for x in p.place:
        total += x
    return p.name, p.tags, total, p


@case((Log([], {}),), (Log([1.0], {"a": 2}),))
def dataclass_with_objects(log):
    log.values.append(2.5)
    log.names["q"] = len(log.values)
    return len(log.values), log.values


@case((Point([Point("a", None)], {"q": (1, "b")}),), (Point([Tagged("a", [])], 1),))
def nested_objects(p):
    return p.x[0], p


@case(([Point(1.0, 2.0), Point(3.0, -1.0)],))
def list_argument(ps):
    total = 0.0
    for p in ps:
        total += p.x * p.y
    ps[0] = ps[1]
    ps.append(Point(0.0, 0.5))
    return total, max(ps).x, sorted(ps), Point(0.0, 0.5) in ps, ps


@case(({"k": Point("a", [1])},))
def dict_argument(d):
    d["k"].y.append(2)
    return d["k"].x, [v.y for v in d.values()], d


@case(([Params(0.5), Params(1.5, 3)],))
def list_of_dataclasses(ps):
    total = 0.0
    for p in ps:
        total += p.rate * p.steps
    ps.append(Params(0.25))
    return total, Params(0.5) in ps, Params(7.0) in ps, ps


@pytest.mark.parametrize(**case.params())
def test_against_python(func, call, deviation):
    check(func, *call, _deviation=deviation)


@native
def swapped(p):
    return Point(p.y, p.x)


def test_records_pass_through_calls():
    def twice(p):
        return swapped(swapped(Point(p.y, p.x)))

    check(twice, Point(1, 2.5))


def test_other_types_are_other_specializations():
    def double(p):
        return p.x * 2

    for value in (Point(1, 2), Point(1.5, 2), Vector(2.0), Point(np.float32(1), 2)):
        check(double, value)


def test_class_constants_are_guarded():
    class Config:
        N = 3

    @jit
    def scaled(x):
        return x * Config.N

    compiled = native(scaled)
    assert compiled(2) == 6
    Config.N = 5
    assert compiled(2) == 10
    Config.N = 1.5
    assert compiled(2) == 3.0


def test_refusals():
    def too_many(a):
        return Point(a, a, a)

    def missing(a):
        return Point(a)

    def unknown_keyword(a):
        return Point(a, z=1)

    def without_form(m):
        m.a = 2
        return m

    def as_dict(p):
        return p._asdict()

    def no_field(p):
        return p.z

    refused(too_many, 1, _code="CB0410", _raises=TypeError)
    refused(missing, 1, _code="CB0410", _raises=TypeError)
    refused(unknown_keyword, 1, _code="CB0410", _raises=TypeError)
    check(as_dict, Point(1, 2))
    refused(no_field, Point(1, 2), _code="CB0403", _raises=AttributeError)
    # A field that no container holds: the object can't be one of compiled code.
    with pytest.raises((TypeError, CompileError), match="is not compiled|argument 'm'"):
        native(without_form)(Mutable(1, range(3)))
    with pytest.raises(TypeError, match="argument 'p'"):
        native(no_field)(Special(1))
    check(no_field, Constants())


def test_texts_of_their_own_are_refused():
    def text(x):
        return str(x)

    def padded(x):
        return f"{x:>20}"

    refused(text, Hidden(1), _code="CB0303")
    refused(text, OwnText(1), _code="CB0303")
    refused(text, [Point(1, 2)], _code="CB0303")
    refused(padded, Point(1, 2), _code="CB0506", _raises=TypeError)


@dataclasses.dataclass(frozen=True)
class Frozen:
    x: int


class Thawed(Frozen):
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)


def test_assignment_of_its_own_is_refused():
    def assign(p):
        p.x = 5

    check(assign, Frozen(1))
    with pytest.raises(TypeError, match="argument 'p'"):
        native(assign)(Thawed(1))


def test_match_args_of_their_own():
    @dataclasses.dataclass(frozen=True)
    class Turned:
        __match_args__ = ("b", "a")
        a: int
        b: int

    @dataclasses.dataclass(frozen=True, match_args=False)
    class Without:
        a: int

    def first(t):
        match t:
            case Turned(x):
                return x
            case Without(a=y):
                return y

    def too_many(t):
        match t:
            case Without(x):
                return x

    check(first, Turned(1, 2))
    check(first, Without(3))
    refused(too_many, Without(3), _code="CB0303", _raises=TypeError)
