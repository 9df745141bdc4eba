"""Dataclasses that can be changed: stores, identity, aliases, lists of them, writing back."""

import dataclasses
import functools
import typing

import numpy as np
import pytest
from harness import Cases, CompileError, check, jit, native, refused


@dataclasses.dataclass
class State:
    x: float
    v: float = 0.0
    steps: int = 0
    LIMIT = 3

    def move(self, dt):
        self.x += self.v * dt
        self.steps += 1
        return self

    @property
    def energy(self):
        return 0.5 * self.v * self.v


@dataclasses.dataclass(order=True)
class Item:
    key: int
    name: str


@dataclasses.dataclass(eq=False)
class ByIdentity:
    n: int


@dataclasses.dataclass
class Holder:
    items: list
    data: np.ndarray
    inner: State
    label: str = ""


@dataclasses.dataclass(slots=True)
class Slotted:
    a: int
    b: float


@dataclasses.dataclass
class Empty:
    pass


@dataclasses.dataclass(frozen=True)
class Box:
    state: State
    n: int


def state():
    return State(1.0, 2.0)


def holder():
    return Holder([1.0, 2.0], np.arange(3.0), state(), "a")


case = Cases()


@case((State(0.0, 1.0), 10), (State(0.5, -1.0), 0))
def stores(s, n):
    for _ in range(n):
        s.x += s.v * 0.1
        s.v -= s.x * 0.1
        s.steps += 1
    return s.x


@case((2.0,))
def locals_alias(x):
    s = State(x)
    t = s
    t.x = 5.0
    s.steps += 2
    u = State(x)
    return s.x, t.steps, s is t, s is u, s is not u, s == u, u == State(x)


@case((State(1.0),))
def returned_is_the_argument(s):
    s.x = 3.0
    return s


@case((1.5, 3))
def made_and_returned(x, n):
    return State(x, steps=n)


@case((1.5,))
def one_object_in_two_places(x):
    s = State(x)
    return s, [s, State(x), s], {"a": s}


@case(*[(s, s) for s in (state(),)], (state(), state()))
def aliased_arguments(a, b):
    a.x = 7.0
    b.v = 1.0
    return a.v, b.x, a is b, a == b


@case((state(), 0.5))
def methods(s, dt):
    return s.move(dt).move(dt).x, s.energy, s.LIMIT, s.steps


@case(([State(0.0, 1.0), State(1.0, -1.0)],), ([],), ([State(2.0)],))
def list_of_them(states):
    for s in states:
        s.x += s.v
        s.steps += 1
    return len(states)


@case(([state(), State(3.0)],))
def elements_are_shared(states):
    a = states[0]
    a.x = 9.0
    states.append(a)
    states[1] = State(4.0)
    return states[0].x, states[-1] is a, states[1].x


@case(([state()] * 3,))
def the_same_element_thrice(states):
    for s in states:
        s.steps += 1
    return states[0].steps


@case((holder(),))
def nested(h):
    h.items.append(3.5)
    h.data[0] = 8.0
    h.inner.x += h.items[0]
    h.label += "b"
    return h.inner, h.items


@case((holder(), state()))
def fields_replaced(h, s):
    h.inner = s
    h.items = [4.0]
    h.data = h.data * 2.0
    s.v = -1.0
    return h.inner is s, h.items is h.items, h.data[2]


@case((holder(),))
def field_outlives_its_holder(h):
    old = h.items
    h.items = [0.0]
    old.append(1.0)
    return old, h.items


@case((3,))
def strings_in_fields(n):
    item = Item(n, "a")
    for i in range(n):
        item.name = item.name + str(i)
    return item.name, item


@case((Item(1, "b"), Item(1, "a")), (Item(0, "b"), Item(1, "a")))
def ordered(a, b):
    return a < b, a >= b, a == b, a != b


@case((state(),), (State(float("nan"), -0.0, 7),))
def text(s):
    return str(s), repr(s), f"{s}"


@case((state(), 0.0), (state(), 2.0))
def exception_midway(s, by):
    s.x = 5.0
    s.v = 1 / by
    s.steps = 4
    return s.v


@case((state(), 0.0), (state(), 2.0))
def exception_caught(s, by):
    t = State(by)
    try:
        t.x = 5.0
        s.v = 1 / by
        s.steps = 4
    except ZeroDivisionError:
        t.steps = 9
    return t, s.steps


@case((True, 1.0), (False, 1.0))
def may_be_none(make, x):
    s = None
    if make:
        s = State(x)
    if s is None:
        return -1.0
    s.x += 1.0
    return s.x


@case((4,))
def made_in_a_loop(n):
    best = State(0.0)
    for i in range(n):
        s = State(float(i), steps=i)
        if s.x > best.x:
            best = s
    best.v = 3.0
    return best


@case((5,))
def a_list_is_built(n):
    out = [State(float(i)) for i in range(n)]
    for s in out:
        s.v = s.x * 2.0
    return out, sum([s.v for s in out])


def change(s, by):
    s.x += by
    return State(s.x, by)


@case((state(),))
def through_calls(s):
    t = change(s, 1.0)
    change(t, 2.0)
    return s.x, t


@case((state(),))
def closures(s):
    def add(by):
        s.x += by

    add(1.0)
    add(2.0)
    return s.x


@case((Box(state(), 1),))
def within_a_frozen_one(b):
    b.state.x = 6.0
    return b.state.x, b.n


@case((Slotted(1, 2.5),))
def slotted(s):
    s.a += 1
    return s.b, Slotted(2, 0.5)


@case((Empty(),))
def empty(e):
    return e, Empty() is e, e == Empty()


@case((state(), Item(1, "a"), ByIdentity(2)))
def kinds(a, b, c):
    return isinstance(a, State), isinstance(b, State), type(c) is ByIdentity, bool(a), c is c


@case((ByIdentity(2), 3))
def identity_only(a, n):
    b = ByIdentity(n)
    b.n, a.n = a.n, b.n
    return b.n, a is b


@case((state(),), (State(0.0, 5.0),))
def matched(s):
    match s:
        case State(x=1.0, v=v):
            return v
        case State():
            return s.x
    return -1.0


@case((state(), 2))
def in_a_generator(s, n):
    def steps():
        for i in range(n):
            s.x += 1.0
            yield s.x

    total = 0.0
    for x in steps():
        total += x
    return total, s


@case(({"a": state(), "b": State(2.0)},))
def values_of_a_dict(d):
    for k in d:
        d[k].x += 1.0
    d["c"] = d["a"]
    return d["a"].x


@case(((state(), 2.0),))
def in_a_tuple(pair):
    s, x = pair
    s.x = x
    return pair


@case(([state(), State(0.5), State(0.75)],))
def sorted_by_a_field(states):
    return [s.x for s in sorted(states, key=lambda s: s.x)]


@pytest.mark.parametrize(**case.params())
def test_against_python(func, call, deviation):
    check(func, *call, _deviation=deviation)


def test_refusals():
    def as_float(s):
        s.steps = 1.5

    def as_none(s):
        s.steps = None

    def from_int(s):
        s.x = 1

    def unknown(s):
        s.other = 1

    def read_only(s):
        s.energy = 2.0

    def hashed(s):
        return {s}

    def found(s, states):
        return s in states

    def equal_lists(states):
        return states == states[:1]

    def in_text(states):
        return str(states)

    def ordered_list(states):
        return sorted(states)

    def raised(s):
        raise ValueError(s)

    def by_identity(a):
        return a == a

    s = state()
    refused(as_float, s, _code="CB0322")
    refused(as_none, s, _code="CB0322")
    refused(from_int, s, _code="CB0322")
    refused(unknown, s, _code="CB0225")
    refused(read_only, s, _code="CB0225", _raises=AttributeError)
    for func, args in (
        (hashed, (s,)),
        (in_text, ([state()],)),
        (ordered_list, ([state()],)),
        (raised, (s,)),
    ):
        with pytest.raises(CompileError):
            native(func)(*args)
    assert s == state()
    check(by_identity, ByIdentity(1))
    check(found, s, [state()])
    check(equal_lists, [state()])


@dataclasses.dataclass
class Full:
    x: float
    items: list = dataclasses.field(default_factory=list)
    table: dict = dataclasses.field(default_factory=dict)
    area: float = dataclasses.field(init=False)
    KIND: typing.ClassVar[int] = 3
    scale: dataclasses.InitVar[float] = 2.0
    _: dataclasses.KW_ONLY
    name: str = "a"
    inner: State = dataclasses.field(default_factory=lambda: State(9.0))

    def __post_init__(self, scale):
        if self.x < 0:
            raise ValueError(f"{self.x} is negative")
        self.area = self.x * scale
        self.x += 1.0


@dataclasses.dataclass
class Fuller(Full):
    more: int = 4


@dataclasses.dataclass
class Checks:
    x: float

    def __post_init__(self):
        self.check()
        self.x = self.x * 2

    def check(self):
        if self.x < 0:
            raise ValueError("negative")


@dataclasses.dataclass
class Unset:
    x: float
    y: float = dataclasses.field(init=False)


@dataclasses.dataclass
class OfTheClass:
    x: float
    fixed: int = dataclasses.field(default=7, init=False)


made = Cases()


@made((2.0,), (-2.0,))
def with_everything(x):
    a = Full(x)
    a.items.append(2.5)
    a.table["k"] = 1
    b = Full(x, [1.5], scale=5.0, name="q")
    c = Fuller(x, more=7)
    d = Full(x)
    return a, b.area, b.x, b.items, b.name, c, a == d, a.items is d.items, a.KIND, c.inner.x


@made((2.0,), (-2.0,))
def checked(x):
    return Checks(x).x


@made((3,))
def in_a_list(n):
    made = [Fuller(float(i), more=i) for i in range(n)]
    made[0].items.append(1.0)
    return made, len(made[1].items)


@pytest.mark.parametrize(**made.params())
def test_made_by_init(func, call, deviation):
    check(func, *call)


def test_init_is_refused():
    def unset(x):
        return Unset(x).x

    def missing():
        return Full()

    def unknown(x):
        return Full(x, area=1.0)

    def of_the_class(x):
        return OfTheClass(x).fixed

    refused(of_the_class, 1.0, _code="CB0404")
    refused(unset, 1.0, _code="CB0404")
    refused(missing, _code="CB0410", _raises=TypeError)
    refused(unknown, 1.0, _code="CB0410", _raises=TypeError)


def test_what_a_class_does_itself_is_refused():
    @dataclasses.dataclass
    class Checked:
        n: int

        def __setattr__(self, name, value):
            object.__setattr__(self, name, value + 1)

    @dataclasses.dataclass
    class Dropped:
        n: int

        def __del__(self):
            pass

    @dataclasses.dataclass
    class After:
        n: int

        def __post_init__(self):
            self.n += 1

    def n_of(s):
        return s.n

    def make(n):
        return After(n)

    for cls in (Checked, Dropped):
        with pytest.raises(TypeError, match="argument 's'"):
            native(n_of)(cls(1))
    check(n_of, After(1))
    check(make, 1)


def test_attributes_of_an_instance_that_hide_the_class():
    @dataclasses.dataclass
    class Cached:
        n: int
        LIMIT = 3

        @functools.cached_property
        def twice(self):
            return self.n * 2

    def limit(s):
        return s.LIMIT

    plain, hiding, cached = Cached(1), Cached(1), Cached(1)
    hiding.LIMIT = 5
    assert cached.twice == 2
    cached.other = 1
    assert native(limit)(plain) == 3
    assert native(limit)(cached) == 3
    with pytest.raises(TypeError, match="argument 's'"):
        native(limit)(hiding)


def test_generators_share_none_with_python():
    def given(s):
        yield s.x

    def yielded(x):
        yield State(x)

    for func, arg in ((given, state()), (yielded, 1.0)):
        with pytest.raises((TypeError, CompileError), match="can't (share a State|be given to Python)"):
            list(native(func)(arg))


def test_untouched_fields_stay_the_same_objects():
    def change_x(s, h):
        s.x = 2.0
        h.inner.v = 4.0

    s, h = State(10.5, 1e300), holder()
    before = s.v, h.items, h.data, h.inner, h.label
    native(change_x)(s, h)
    assert s.x == 2.0 and h.inner.v == 4.0
    assert all(a is b for a, b in zip(before, (s.v, h.items, h.data, h.inner, h.label), strict=True))


def test_methods_that_are_jitted():
    @dataclasses.dataclass
    class Counter:
        n: int

        @jit
        def up(self, by):
            self.n += by
            return self.n

    c = Counter(1)
    assert c.up(4) == 5
    assert c.n == 5
