"""Instances of ordinary classes that compiled code makes: `__init__`, `super()`, what is refused."""

import abc

import pytest
from harness import IDENTITY, Cases, check, copy_arguments, jit, refused


class Base:
    def __init__(self, x):
        self.x = x


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...


class Empty:
    pass


class Counter:
    def __init__(self, start, by=1, *, name="c"):
        self.value = start
        self.by = by
        self.name = name
        self.log = []

    def step(self):
        self.value += self.by
        self.log.append(self.value)
        return self.value

    @classmethod
    def from_text(cls, text):
        return cls(int(text), name=text)

    def again(self):
        return type(self)(self.value)


class Doubling(Counter):
    def __init__(self, start):
        super().__init__(start, by=3)
        self.twice = self.value * 2
        self.by += 2

    def step(self):
        return super().step() * 100


class Named(Counter):
    """The base's `__init__` by name."""

    def __init__(self, start):
        Counter.__init__(self, start, 7)
        self.k = 1.0


class Inherits(Doubling):
    pass


class Checked:
    def __init__(self, n):
        if n > 100:
            raise ValueError(f"{n} is too large")
        self.n, self.total = n, 0
        for i in range(n):
            self.total += i
        self.check()
        self.n += 1
        if n == 3:
            return
        self.total = -1

    def check(self):
        if self.n < 0:
            raise ValueError("negative")


class Branches:
    def __init__(self, n):
        if n > 2:
            self.k = 1.0
        else:
            self.k = 2.0
        try:
            self.q = 10 // n
        except ZeroDivisionError:
            self.q = -1
        with_default = self.q or 4
        self.items = [with_default * i for i in range(3)]
        self.inner = Base(self.k)


class Points:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Points(self.x + other.x, self.y + other.y)


class Registers:
    """Gives itself away before it is whole."""

    def __init__(self, kept):
        self.k = 1
        kept.append(self)


class Registered(Registers):
    def __init__(self, kept):
        super().__init__(kept)


class Extended(Registers):
    def __init__(self, kept):
        super().__init__(kept)
        self.z = 3


class SomeTimes:
    def __init__(self, n):
        if n > 2:
            self.k = 1.0


class Sets:
    def __init__(self, n):
        self.later()
        self.n = n

    def later(self):
        pass


class Observed:
    def __init__(self, x):
        self.x = x

    @property
    def x(self):
        return 1

    @x.setter
    def x(self, value):
        pass


case = Cases()


@case((3,), (2.5,))
def made_within(n):
    c = Counter(n)
    c.step()
    d = Counter(by=2, start=n, name="d")
    d.step()
    return c.step(), d.value, c.log, d.name, c is d


@case((3,))
def made_and_returned(n):
    return Counter(n), [Counter(i) for i in range(n)], Doubling(n), Inherits(1)


@case((2,))
def of_derived_classes(n):
    d, e, f = Doubling(n), Named(n), Inherits(n)
    return d.step(), d.twice, d.by, e.step(), e.k, f.step(), type(f) is Inherits, isinstance(f, Counter)


@case((4,), (3,), (0,), (-1,), (101,))
def with_checks(n):
    c = Checked(n)
    return c.total, c.n


@case((0,), (2,), (7,))
def with_branches(n):
    b = Branches(n)
    return b.k, b.q, b.items, b.inner.x


@case((1.0, 2))
def operators_that_make(x, n):
    p = Points(x, x)
    for _ in range(n):
        p = p + Points(1.0, 2.0)
    return p.x, p.y, p


@case(("42",))
def by_a_class_method(text):
    c = Counter.from_text(text)
    d = Doubling(1)
    return c.value, c.name, c.again().value, type(d.again()) is Doubling


@case((1,))
def gives_itself_away(n):
    kept = []
    r = Registered(kept)
    r.k += n
    return kept[0] is r, kept[0].k, len(kept)


@case((Counter(5), 2))
def an_argument_and_a_new_one(c, n):
    d = Counter(c.value + n)
    c.log.append(d.step())
    pair = [c, d]
    return len(pair), pair[1] is d, c, d


@case((Base(1.0), Base(2.0)))
def kept_in_an_argument(a, b):
    a.x = 3.0
    pairs = {"a": a, "new": Base(9.0)}
    return pairs["new"].x, pairs["a"] is a


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
            try:
                compiled(*copy_arguments(call, {})[0])
            except (ZeroDivisionError, AttributeError, IndexError, ValueError):
                pass
        assert live_allocations() == before, func.__name__


def test_a_new_object_in_an_argument():
    class Holder:
        def __init__(self, base):
            self.base = base

    def replace(h):
        old = h.base
        h.base = Base(old.x + 1.0)
        return h.base

    check(replace, Holder(Base(1.0)))


def test_what_can_not_be_made():
    def sometimes(n):
        return SomeTimes(n).k

    def sets(n):
        return Sets(n).n

    def observed(n):
        return Observed(n).x

    def too_many(n):
        return Base(n, n)

    def abstract():
        return Shape()

    def plain_with_arguments(n):
        return Empty(n)

    def extended(n):
        kept = []
        e = Extended(kept)
        return kept[0] is e

    refused(extended, 3, _code="CB0404")
    refused(sometimes, 3, _code="CB0404")
    refused(sets, 3, _code="CB0225")
    refused(observed, 3, _code="CB0404")
    refused(too_many, 3, _code="CB0410", _raises=TypeError)
    refused(abstract, _code="CB0404", _raises=TypeError)
    refused(plain_with_arguments, 3, _code="CB0410", _raises=TypeError)
