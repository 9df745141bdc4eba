"""Structs as Numba's programs make them, which are ordinary objects here: `numba.experimental.structref`."""

import numpy as np
import pytest

import cumbia
from cumbia import CompileError, jit, types
from cumbia import _structref as structref
from cumbia.extending import overload_attribute, overload_method


@structref.register
class BoxType(types.StructRef):
    pass


class Box(structref.StructRefProxy):
    def __new__(cls, values, counter):
        return structref.StructRefProxy.__new__(cls, values, counter)

    @property
    def values(self):
        return get_values(self)

    @values.setter
    def values(self, value):
        set_values(self, value)

    @property
    def counter(self):
        return get_counter(self)

    def times(self, n):
        return times(self, n)


structref.define_proxy(Box, BoxType, ["values", "counter"])


@overload_method(BoxType, "times")
def _times(self, n):
    assert isinstance(self, BoxType) and isinstance(self.field_dict["counter"], types.Number)
    return lambda self, n: self.values * n + self.counter


@overload_attribute(BoxType, "both")
def _both(self):
    return lambda self: (self.values, self.counter)


@jit
def get_values(box):
    return box.values


@jit
def set_values(box, value):
    box.values = value


@jit
def get_counter(box):
    return box.counter


@jit
def times(box, n):
    return box.times(n)


@jit
def make(values, counter):
    return Box(values, counter=counter)


def test_made_in_compiled_code():
    values = np.arange(3.0)
    box = make(values, 11)
    assert type(box) is Box and box.values is values and box.counter == 11
    assert type(make(1, 2.5).counter) is float and make(3.4j, (4,)).counter == (4,)


def test_made_in_python():
    box = Box(1, 2.3)
    assert (box.values, box.counter) == (1, 2.3) and type(box.values) is int
    box.values += 10
    assert box.values == 11
    with pytest.raises(TypeError, match="Box has 2 fields, and 1 values are given"):
        structref.StructRefProxy.__new__(Box, 1)
    with pytest.raises(TypeError, match="StructRefProxy has no constructor"):
        structref.StructRefProxy(1)


def test_stores_are_seen_through_every_name():
    @jit
    def work(a, b, more):
        b.counter += 1
        more[0].counter *= 2
        a.values[0] = 5.0
        return a.counter, a is b, a is more[0]

    box = Box(np.zeros(2), 3)
    assert work(box, box, [box]) == (8, True, True)
    assert box.counter == 8 and box.values.tolist() == [5.0, 0.0]
    assert make.py_func(1, 2).counter == 2

    @jit
    def same(box):
        return box, [box]

    one, [other] = same(box)
    assert one is box and other is box


def test_arrays_in_fields_are_the_callers():
    values = np.zeros(100_000)

    @jit
    def store(box):
        box.values[7] = 1.0
        return box.values

    box = Box(values, 0)
    assert store(box) is values and values[7] == 1.0


def test_what_is_registered_counts_before_what_the_class_has():
    @jit
    def work(n):
        box = Box(np.arange(3.0), 11)
        return box.times(n), box.both

    got, (values, counter) = work(3)
    assert Box(np.arange(3.0), 11).times(3).tolist() == [11.0, 14.0, 17.0]
    assert got.tolist() == [11.0, 14.0, 17.0] and values.tolist() == [0.0, 1.0, 2.0] and counter == 11

    @jit
    def unknown(box):
        return box.thrice

    with pytest.raises(AttributeError, match="thrice"):
        unknown(Box(1, 2))


def test_other_attributes_of_a_proxy_are_pythons_own():
    box = Box(1, 2)
    box.note = object()
    assert get_counter(box) == 2

    @jit
    def note(box):
        return box.note

    with pytest.raises((AttributeError, CompileError), match="note"):
        note(box)


BOX_OF_NUMBERS = BoxType([("values", types.int64[:]), ("counter", types.int64)])


@structref.register
class PlainType(types.StructRef):
    pass


PLAIN = PlainType([
    ("a", types.float32), ("b", types.Array(types.float64, 2, "F")), ("c", types.unicode_type), ("d", types.List(types.int64)),
    ("e", types.Tuple((types.boolean, types.complex128))), ("f", types.DictType(types.unicode_type, types.float64)),
    ("g", types.Optional(types.float64)), ("h", types.int64[:]),
])  # fmt: skip
structref.define_boxing(PlainType, structref.StructRefProxy)


def test_new():
    @jit
    def init(box, values, counter):
        box.values = values
        box.counter = counter

    @jit
    def numbers(values, counter):
        box = structref.new(BOX_OF_NUMBERS)
        before = box.counter, len(box.values)
        init(box, values, counter)
        box.values += box.values
        box.counter *= counter
        return before, box

    before, box = numbers(np.arange(4), 13)
    assert before == (0, 0) and type(box) is Box
    assert box.values.tolist() == [0, 2, 4, 6] and box.counter == 169
    assert numbers(np.arange(8)[::2], 2)[1].values.tolist() == [0, 4, 8, 12]

    @jit
    def plain():
        one = structref.new(PLAIN)
        one.d.append(1)
        one.f["x"] = 0.5
        one.g = 2.5
        return one, (one.a, one.b, one.c, one.d, one.e, one.f, one.g, one.h)

    made, (a, b, c, d, e, f, g, h) = plain()
    assert type(a) is np.float32 and b.shape == (0, 0) and b.flags.f_contiguous
    assert (c, d, e, f, g, h.dtype, len(h)) == ("", [1], (False, 0j), {"x": 0.5}, 2.5, np.int64, 0)
    assert isinstance(made, structref.StructRefProxy) and type(made) is not structref.StructRefProxy
    with pytest.raises(AttributeError, match="'values'"):
        made.values


@structref.register
class NodeType(types.StructRef):
    def preprocess_fields(self, fields):
        self.name = f"NodeType#{id(self)}"
        return [("value", types.Optional(types.int64)), ("small", types.float32), ("next", types.Optional(self))]


class Node(structref.StructRefProxy):
    pass


structref.define_proxy(Node, NodeType, ["value", "small", "next"])


@structref.register
class MeasuredType(types.StructRef):
    def preprocess_fields(self, fields):
        return [("value", types.Optional(types.int64)), ("small", types.float32), ("name", types.unliteral(dict(fields)["name"]))]


class Measured(structref.StructRefProxy):
    value = property(lambda self: read(self)[0])


structref.define_proxy(Measured, MeasuredType, ["value", "small", "name"])


@jit
def read(one):
    return one.value, one.small, one.name


def test_types_that_a_struct_declares():
    @jit
    def work(x):
        one = Measured(None, x, "a")
        before = one.value
        one.value = 3
        one.small += 1
        return before, one

    before, one = work(0.1)
    assert before is None and read(one) == (3, np.float32(0.1) + 1, "a") and type(read(one)[1]) is np.float32
    assert type(read(Measured(4, 1.5, "b"))[1]) is np.float32 and Measured(4, 1.5, "b").value == 4

    @jit
    def node():
        return Node(1, 2.0, None).next

    assert node() is None

    @jit
    def pair():
        return Node(1, 2.0, Node(1, 2.0, None))

    with pytest.raises(CompileError, match="field 'next' of NodeType is of its own type"):
        pair()

    @jit
    def linked():
        one, other = Node(1, 2.0, None), Node(1, 2.0, None)
        one.next = other

    with pytest.raises(CompileError, match="'next' is None in this object"):
        linked()


@pytest.mark.parametrize("tier", ["fast", "best"])
@pytest.mark.parametrize("first", [1, 1.5, True, 1j, np.int16(1), np.uint8(1), np.float32(1), np.complex64(1)])
def test_a_field_keeps_its_type(first, tier):
    @jit(tier=tier)
    def store(box, x):
        box.counter = x
        return box.counter

    @jit(tier=tier)
    def add(box, a):
        for x in a:
            box.counter += x
        return box.counter

    kind = type(first)
    for x in (3, 2.75, True, np.float64(2.75), np.float32(0.5), np.int8(-1), np.uint64(7), np.bool_(False)):
        box = Box(1, first)
        whole = int(x) if isinstance(first, (int, np.integer)) else x
        want = bool(x) if kind is bool else 255 if kind is np.uint8 and x == -1 else kind(whole)
        for got in (store(box, x), box.counter):
            assert got == want and type(got) is kind
    if kind is not bool:
        got = add(Box(1, first), np.arange(4.0))
        assert got == first + 6 and type(got) is kind
    for wrong in ("a", None, np.timedelta64(1, "s")):
        with pytest.raises(CompileError, match="'counter' is .* in this object, and can't become"):
            store(Box(1, first), wrong)


def test_a_property_that_is_set_is_no_field():
    class Base(structref.StructRefProxy):
        @property
        def half(self):
            return self.value / 2

        @half.setter
        def half(self, value):
            self.value = 2 * value

    class OwnType(types.StructRef):
        pass

    structref.define_proxy(Base, OwnType, ["value"])

    @jit
    def work(box):
        box.half = 3
        return box.value, box.half

    assert work(Base(1.5)) == (6.0, 3.0)


def test_constructors_of_other_classes():
    @structref.register
    class OwnType(types.StructRef):
        pass

    class Maker:
        pass

    structref.define_attributes(OwnType)
    structref.define_constructor(Maker, OwnType, ["x", "y"])

    @jit
    def work(x):
        made = Maker(x, 2)
        made.y += 1
        return made, made.x, made.y

    made, x, y = work(0.5)
    assert (x, y) == (0.5, 3) and isinstance(made, structref.StructRefProxy)


def test_types_and_mistakes():
    one = types.StructRef([("a", types.int64), ("b", types.float64)])
    assert one.field_dict == {"a": types.int64, "b": types.float64}
    assert repr(one) == "StructRef(('a', int64), ('b', float64))"
    assert BoxType([("a", types.int64)]) == BoxType([("a", types.int64)]) != PlainType([("a", types.int64)])
    with pytest.raises(ValueError, match="expecting a str for field name"):
        types.StructRef([(1, types.int64)])
    with pytest.raises(ValueError, match="expecting a Numba Type for field type"):
        types.StructRef([("a", 123)])
    for function in (structref.register, structref.define_attributes):
        with pytest.raises(ValueError, match="cannot register"):
            function(types.StructRef)
    with pytest.raises(ValueError, match="cannot register"):
        structref.define_boxing(types.StructRef, Box)
    with pytest.raises(TypeError, match=r"derives from structref\.StructRefProxy"):
        structref.define_boxing(BoxType, int)
    with pytest.raises(NotImplementedError, match="can't be changed"):
        structref.define_boxing(BoxType, Node)
    assert cumbia.typeof(Box(1, 2.5)).startswith("Box")


def test_a_proxy_without_a_constructor():
    @structref.register
    class BareType(types.StructRef):
        pass

    class Bare(structref.StructRefProxy):
        pass

    structref.define_boxing(BareType, Bare)

    @jit
    def work():
        return Bare(1)

    with pytest.raises((TypeError, CompileError), match="constructor|Bare"):
        work()
