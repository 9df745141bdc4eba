"""Classes of Numba's programs whose fields have types: `numba.experimental.jitclass`."""

import pickle

import numpy as np
import pytest

from cumbia import CompileError, boolean, complex64, float32, float64, int16, int32, int64, jit, types, uint8, uint32, uint64
from cumbia._command import as_numba

jitclass = as_numba.stands_for("numba.experimental", None).jitclass


@jitclass([("total", float64), ("n", int32), ("flag", boolean), ("data", float32[:]), ("small", uint8)])
class Sum:
    def __init__(self, size=3):
        self.total = 0
        self.n = size
        self.n = 0.5
        self.flag = 2
        self.data = np.zeros(size, np.float32)
        self.small = 300

    def add(self, x):
        self.total += x
        self.n += 1
        self.data[0] += x
        self.small += 1

    @property
    def mean(self):
        return self.total / self.n

    @mean.setter
    def mean(self, value):
        self.total = value

    @staticmethod
    def squared(x):
        return x * x

    def __len__(self):
        return self.data.size


def seen(made):
    return made.total, made.n, made.flag, made.data.tolist(), made.small, made.mean, len(made)


KINDS = [float, np.int64, bool, list, np.int64]


@pytest.mark.parametrize("tier", ["fast", "best"])
def test_fields_have_their_types(tier):
    @jit(tier=tier)
    def compiled(a):
        made = Sum(len(a))
        for x in a:
            made.add(x)
        return made

    def by_python(a):
        made = Sum(len(a))
        for x in a:
            made.add(x)
        return made

    a = np.arange(5.0)
    for made in (compiled(a), by_python(a)):
        assert type(made) is Sum
        assert seen(made) == (10.0, 5, True, [10.0, 0.0, 0.0, 0.0, 0.0], 49, 2.0, 5)
        assert [type(one) for one in seen(made)[:5]] == KINDS
        made.n = 2.75
        made.mean = 7
        assert (made.n, made.total) == (2, 7.0) and type(made.total) is float
        again = pickle.loads(pickle.dumps(made))
        assert seen(again) == seen(made)


def test_methods_are_compiled_where_python_calls_them():
    made = Sum()
    made.add(1.5)
    assert len(Sum.add.signatures) >= 1
    assert Sum.squared(3) == 9 and made.total == 1.5 and made.data[0] == 1.5

    @jit
    def feed(made, a):
        for x in a:
            made.add(x)
        made.mean = 3
        return made.mean, Sum.squared(2.0)

    assert feed(made, np.ones(2)) == (1.0, 4.0) and made.total == 3.0 and made.n == 3


@jitclass({"y": complex64, "z": uint64})
class Hinted:
    x: int
    name: str
    w: "float"

    def __init__(self, x, w):
        self.x = x
        self.y = x
        self.z = -1
        self.w = w
        self.w = -w

    def all(self):
        return self.x, self.y, self.z, self.w


def test_annotations_are_types():
    @jit
    def make(x, w):
        return Hinted(x, w)

    for made in (make(2.5, 3), Hinted(np.float32(2.5), 3)):
        assert made.all() == (2, np.complex64(2.5), 2**64 - 1, -3.0)
        assert [type(one) for one in (made.x, made.y, made.z, made.w)] == [int, np.complex64, np.uint64, float]
    assert make(2, 1.0).x == 2


def test_narrow_integers_are_computed_with_in_64_bits():
    @jit
    def area(made):
        return made.n * made.n, made.small * made.small

    made = Sum()
    made.n = 100_000
    made.small = 255
    assert area(made) == (10**10, 65_025)

    @jitclass([("hashed", uint32), ("total", int16)])
    class Hash:
        def __init__(self):
            self.hashed = 2166136261
            self.total = 0

        def feed(self, data):
            for one in data:
                self.hashed ^= one
                self.hashed *= 16777619
                self.total += one
            return self.hashed, self.total

    assert Hash().feed(np.frombuffer(b"hello", np.uint8)) == (1335831723, sum(b"hello"))


class Base:
    def put(self, value):
        self.value = value

    @property
    def twice(self):
        return self.value * 2

    @twice.setter
    def twice(self, value):
        self.value = value / 2


@jitclass([("value", float64)])
class Float(Base):
    def __init__(self):
        self.value = 0


@jitclass([("value", int32)])
class Int(Base):
    def __init__(self):
        self.value = 0


def test_inherited_methods_store_what_each_class_declares():
    @jit
    def work(made):
        made.put(7)
        before = made.twice
        made.twice = 5
        return before, made.value

    got = work(Float()), work(Int())
    assert got == ((14.0, 2.5), (14, 2)) and [type(one[1]) for one in got] == [float, np.int64]
    made = Int()
    made.put(3.5)
    assert made.value == 3 and made.twice == 6
    assert Base.put is not Float.put and not vars(Base.put)


def test_what_is_no_number_stays():
    made = Sum()
    for value in (None, "a", (1, 2), 1j, np.complex64(1j), np.timedelta64(3, "s")):
        made.total = value
        assert made.total is value


def test_fields_that_are_not_there():
    @jitclass([("x", int64)])
    class Bare:
        def get(self):
            return self.x

        def put(self):
            self.x = 1

    made = Bare()
    for call in (made.get, made.put):
        with pytest.raises((AttributeError, CompileError), match="'x'"):
            call()
    with pytest.raises(AttributeError, match="'Bare' object has no attribute 'x'"):
        made.x
    made.x = 2.5
    assert made.get() == 2
    made.put()
    assert made.x == 1
    del made.x
    assert not hasattr(made, "x")


def test_numbers_are_converted_where_no_method_stores_too():
    @jit
    def store(made, x):
        made.total = x
        made.n += x
        made.small = x
        return made.total, made.n, made.small

    for x in (5, 5.75, np.float32(5.75), np.int64(261), True):
        made = Sum(0)
        got = store(made, x)
        assert got == (float(x), int(x), int(x) % 256)
        assert [type(one) for one in got] == [float, np.int64, np.int64] and seen(made)[0] == got[0]
    made = Sum(0)
    made.n = 2**31 - 1
    assert store(made, 2) == (2.0, 1 - 2**31, 2)
    for wrong in ("a", None, 1j):
        with pytest.raises(CompileError, match="'total' is float in this object"):
            store(Sum(), wrong)


def test_without_numbers_a_class_is_as_it_is():
    @jitclass([("data", float64[:])])
    class Plain:
        def __init__(self, data):
            self.data = data

        def first(self):
            return self.data[0]

    made = Plain(np.ones(2))
    assert vars(made).keys() == {"data"} and made.first() == 1.0
    assert isinstance(types.List(Plain.class_type.instance_type), types.List)
    for wrong, told in (([(1, int32)], "keys should be strings, got 1"), ({"x": 3}, "should be Numba type instances, got 3")):
        with pytest.raises(TypeError, match=told):
            jitclass(wrong)
