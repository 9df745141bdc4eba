"""Instances of ordinary classes: attributes, methods, operators, shapes, writing back."""

import abc
import typing

import numpy as np
import pytest
from harness import IDENTITY, Cases, CompileError, check, copy_arguments, jit, native, refused


class Base:
    scale = 2.0
    COUNT = 3

    def __init__(self, x):
        self.x = x

    def double(self):
        return self.x * 2

    @property
    def half(self):
        return self.x / 2

    @half.setter
    def half(self, value):
        self.x = value * 2

    @property
    def fixed(self):
        return 1.5

    @staticmethod
    def add(a, b):
        return a + b

    @classmethod
    def scaled(cls, k):
        return cls.scale * k


class Derived(Base):
    scale = 3.0

    def __init__(self, x, data):
        self.x = x
        self.data = data
        self.odd = object()
        self.inner = Base(4.0)
        self.name = "d"
        self.nothing = None
        self.__private = 7

    def double(self):
        return self.x * 20

    def private(self):
        return self.__private

    def set_private(self, value):
        self.__private = value

    @jit
    def total(self, y):
        s = 0.0
        for i in range(len(self.data)):
            s += self.data[i]
        self.x += 1.0
        self.inner.x = float(s)
        return s + y + self.double() + self.half


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a


class Both(Slotted):
    """Slots of the base, and a dict."""

    def __init__(self, a, c):
        self.a = a
        self.c = c


class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        if isinstance(other, Vector):
            return self.x + other.x, self.y + other.y
        return self.x + other, self.y + other

    def __radd__(self, other):
        return other + self.x

    def __iadd__(self, other):
        self.x += other
        self.y += other
        return self

    def __neg__(self):
        return -self.x, -self.y

    def __abs__(self):
        return (self.x * self.x + self.y * self.y) ** 0.5

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __len__(self):
        return 2

    def __getitem__(self, i):
        if i == 0:
            return self.x
        if i == 1:
            return self.y
        raise IndexError("no such coordinate")

    def __setitem__(self, i, value):
        if i == 0:
            self.x = value
        else:
            self.y = value

    def __contains__(self, value):
        return value == self.x or value == self.y

    def __call__(self, k, more=1.0):
        return self.x * k + self.y * more

    def __repr__(self):
        return f"Vector({self.x}, {self.y})"


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2


T = typing.TypeVar("T")


class Boxed(typing.Generic[T]):
    def __init__(self, value):
        self.value = value


class Empty:
    LIMIT = 4


class Node:
    """Refers to others, in a circle at times."""

    def __init__(self, value, next=None):
        self.value = value
        self.next = next


class Watched:
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value + 1)


class Lazy:
    def __getattr__(self, name):
        return 3


def derived():
    return Derived(1.5, np.arange(3.0))


case = Cases()


@case((derived(),))
def attributes(d):
    return d.x, d.data.sum(), d.inner.x, d.name, d.nothing, d.scale, d.COUNT


@case((derived(), 2.5))
def writes(d, value):
    d.x = value
    d.inner.x += value
    d.data[0] = value
    d.name += "!"
    return d.x


@case((derived(),), (Base(3.0),))
def methods(d):
    return d.double(), d.half, d.add(1, 2), d.scaled(4), d.fixed


@case((derived(), 5.0), (Base(3.0), 7.5))
def a_property_is_set(d, value):
    d.half = value
    return d.x


@case((derived(),), (Base(3.0),))
def classes(d):
    return type(d) is Base, type(d) is Derived, isinstance(d, Base), isinstance(d, Derived), d.__class__ is Base


@case((derived(),))
def private_names(d):
    before = d.private()
    d.set_private(before + 1)
    return before, d.private()


@case((derived(),))
def an_attribute_that_is_not_used_may_be_anything(d):
    return hasattr(d, "odd"), hasattr(d, "even"), hasattr(d, "double"), d.x


@case((Base(1.0),))
def an_attribute_that_is_not_there(b):
    b.x = 2.0
    return b.nope


@case((Slotted(1),))
def slots(s):
    s.a += 1
    return s.a, hasattr(s, "b"), hasattr(s, "a")


@case((Slotted(1),))
def a_slot_without_a_value(s):
    s.a = 5
    return s.b


@case((Both(1, 2.5),))
def slots_and_a_dict(s):
    s.a += 1
    s.c *= 2
    return s.a + s.c


@case(([Base(1.0), Base(2.0)],), ([],))
def a_list_of_them(items):
    total = 0.0
    for item in items:
        total += item.x
        item.x = 0.0
    return total


@case(([Base(1.0)] * 3,))
def one_object_thrice(items):
    for item in items:
        item.x += 1.0
    return items[0] is items[2], items[1].x


@case(({"a": Base(1.0), "b": Base(2.0)},))
def values_of_a_dict(table):
    table["a"].x = table["b"].x
    return table["a"].x


@case(*[(b, b) for b in (Base(1.0),)], (Base(1.0), Base(1.0)))
def aliases(a, b):
    a.x = 5.0
    return a is b, b.x, a == b, a != b, a is not b


@case((Base(1.0), 0), (Base(1.0), 2))
def changed_before_it_raises(b, n):
    b.x = 7.0
    b.x = float(10 // n)
    return b


@case((Base(1.0),))
def a_result_is_the_argument(b):
    return b, [b], (b, 1)


@case((Square(3.0),))
def of_an_abstract_class(s):
    return s.area()


@case((Boxed(3.0),), (Boxed([1, 2]),))
def of_a_generic_class(b):
    return b.value


@case((Empty(),))
def without_attributes(e):
    return e.LIMIT, bool(e), not e, 1 if e else 2


@case((Vector(1.0, 2.0), Vector(3.0, 4.0)))
def operators(a, b):
    return a + b, a + 1.0, 2.0 + a, -a, abs(a), a == b, a != b, a < b, a > b, a == a


@case((Vector(1.0, 2.0),))
def containers_of_their_own(v):
    v[0] = 9.0
    v[1] = 8.0
    return len(v), v[0], v[1], 8.0 in v, 8.0 not in v, v(2.0), v(2.0, more=3.0)


@case((Vector(1.0, 2.0), 1), (Vector(1.0, 2.0), 2))
def an_exception_in_an_operator(v, i):
    v.x = 3.0
    return v[i]


@case((Vector(1.0, 2.0),))
def texts(v):
    return str(v), repr(v), f"{v} {v!r} {v!s}"


@case((Vector(1.0, 2.0),))
def in_place(v):
    w = v
    v += 2.0
    return v is w, w.x


@case((derived(), 2.0))
def by_a_name(d, value):
    setattr(d, "x", value)
    got = getattr(d, "x") + getattr(d, "nope", 10.0) + getattr(d, "double")()
    return got, getattr(d, "name", None), getattr(d, "nope", None)


@case((np.ones(3), 3, "a"))
def hasattr_of_builtins(a, n, s):
    return hasattr(a, "shape"), hasattr(n, "shape"), hasattr(n, "real"), hasattr(s, "__len__"), hasattr(None, "x")


@case((Node(1, Node(2, Node(3))),))
def a_chain(node):
    return node.value + node.next.value + node.next.next.value, node.next.next.next is None


@pytest.mark.parametrize(**case.params())
def test_like_cpython(func, call, deviation):
    check(func, *call, _deviation=deviation) if deviation else check(func, *call)


@pytest.mark.skipif(IDENTITY, reason="counts what compiled code allocates")
def test_no_leaks():
    from cumbia._cumbia import live_allocations

    for _, func, call, _ in case.rows:
        compiled = jit(func)
        before = live_allocations()
        for _ in range(3):
            try:
                compiled(*copy_arguments(call, {})[0])
            except (ZeroDivisionError, AttributeError, IndexError, ValueError):
                pass
        assert live_allocations() == before, func.__name__


def test_a_jitted_method():
    d, e = derived(), derived()
    assert d.total(1) == Derived.total.py_func(e, 1)
    assert (d.x, d.inner.x) == (e.x, e.inner.x) == (2.5, 3.0)


def test_functions_as_attributes():
    def decay(t, y):
        return -y

    def growth(t, y):
        return y * t

    class Solver:
        def __init__(self, f, h):
            self.f = f
            self.h = h
            self.root = np.sqrt

        @jit
        def run(self, y, n):
            for i in range(n):
                y += self.h * self.f(i * self.h, y)
            return y + float(self.root(4.0))

        @jit
        def which(self):
            return self.f

    for f in (decay, growth, jit(decay), decay):
        solver = Solver(f, 0.25)
        expected = Solver.run.py_func(solver, 1.0, 7)
        assert solver.run(1.0, 7) == expected
        assert solver.which() is f


def test_shapes_of_one_class():
    @jit
    def look(b):
        return b.x * 2

    b = Base(1.0)
    assert look(b) == 2.0
    b.x = 3
    assert look(b) == 6 and type(look(b)) is int
    b.x = "ab"
    assert look(b) == "abab"
    b.more = 1
    assert look(b) == "abab"
    del b.x
    with pytest.raises(AttributeError, match="'Base' object has no attribute 'x'"):
        look(b)
    b.x = 1.0
    assert look(b) == 2.0


def test_what_a_class_has_is_guarded():
    class Config:
        rate = 2.0

        def step(self):
            return self.rate

        @staticmethod
        def fixed():
            return 1

        @classmethod
        def given(cls):
            return cls.rate

    @jit
    def use(c):
        return c.step(), c.fixed(), c.given(), hasattr(c, "extra")

    c = Config()
    assert use(c) == (2.0, 1, 2.0, False)
    Config.rate = 3.0
    assert use(c) == (3.0, 1, 3.0, False)
    Config.step = lambda self: 9
    assert use(c) == (9, 1, 3.0, False)
    Config.fixed = staticmethod(lambda: 7)
    Config.given = classmethod(lambda cls: 8)
    assert use(c) == (9, 7, 8, False)
    Config.extra = 1
    assert use(c) == (9, 7, 8, True)


def test_untouched_attributes_stay_the_same_objects():
    def change(d):
        d.x = 2.5

    d = derived()
    before = d.data, d.odd, d.inner, d.name
    native(change)(d)
    assert d.x == 2.5
    assert all(a is b for a, b in zip(before, (d.data, d.odd, d.inner, d.name), strict=True))


def test_circles():
    def value(node):
        return node.value

    def onward(node):
        return node.next.value

    def back(node):
        return node.next.next.value

    a, b = Node(1), Node(2)
    a.next, b.next = b, a
    assert native(value)(a) == 1
    assert native(onward)(a) == 2
    if not IDENTITY:
        with pytest.raises(CompileError, match="attribute 'next'"):
            native(back)(a)
    a.next = a
    assert native(value)(a) == 1


def test_refusals():
    def odd(d):
        return d.odd

    def new(b):
        b.other = 1

    def other_type(b):
        b.x = "text"

    def numpy_scalar(b, a):
        b.x = a[0]

    def to_untaken(d):
        d.odd = 1

    def looked_at(w):
        return w.x

    def dynamic(b, name):
        return getattr(b, name)

    def no_setter(b):
        b.fixed = 2.0

    refused(odd, derived(), _code="CB0403", _raises=None)
    refused(new, Base(1.0), _code="CB0225")
    refused(other_type, Base(1.0), _code="CB0322")
    refused(numpy_scalar, Base(1.0), np.ones(2), _code="CB0322")
    refused(to_untaken, derived(), _code="CB0225")
    refused(dynamic, Base(1.0), "x", _code="CB0411")
    check(no_setter, Base(1.0))
    for value in (Watched(), Lazy()):
        if not IDENTITY:
            with pytest.raises(TypeError, match="argument 'w'"):
                native(looked_at)(value)


def test_an_operator_of_a_derived_class_on_the_right_is_refused():
    class More(Vector):
        def __radd__(self, other):
            return 0.0

    def add(a, b):
        return a + b

    refused(add, Vector(1.0, 2.0), More(1.0, 2.0), _code="CB0303")


def test_generators_share_none_with_python():
    def given(b):
        yield b.x

    if not IDENTITY:
        with pytest.raises((TypeError, CompileError), match="can't (share a Base|be given to Python)"):
            list(native(given)(Base(1.0)))


def test_a_field_that_may_be_none_takes_a_number():
    class Last:
        def __init__(self, x, some):
            self.x = x if some else None

    def f(x, some):
        last = Last(x, some)
        before = last.x
        last.x = x + 1
        return before, last.x

    check(f, 2, False)
    check(f, 2.5, True)
    check(f, np.float32(2), False)
