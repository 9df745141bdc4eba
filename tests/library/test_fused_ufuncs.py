"""Ufuncs of ``vectorize`` in array expressions: fused where nobody can tell, else in order."""

import warnings

import numpy as np
import pytest
from cumbia import UnsupportedError, jit, vectorize
from cumbia._parallel_diagnostics import Part

from tests.library.arrays import filled, layouts

BY = 3


@vectorize
def bent(x):
    return x * x + x if x > 1 else x - x * x


@vectorize(["f4(f4,f4)", "f8(f8,f8)"])
def longer(x, y):
    return np.sqrt(x * x + y * y) if x > y else x - y


@vectorize(["i8(i8,i8)"])
def turns(x, y):
    steps = 0
    while x > 1 and steps < y:
        x = x // 2 if x % 2 == 0 else 3 * x + 1
        steps += 1
    return steps


@vectorize
def scaled(x):
    return x * BY


@vectorize(["f8(f8)"])
def below(x):
    if x < 0:
        raise ValueError("below")
    return x


@vectorize(["f8(f8)"])
def above(x):
    if x > 2:
        raise KeyError("above")
    return x


@vectorize(["f8(f8,f8,f8)"])
def three(x, y, z):
    return x * y + z


@vectorize(["i4(f8)"])
def cut(x):
    return x * 2


@vectorize
def inverse(x):
    return 1.0 / x


def loops(function):
    """How many operations each loop of array expressions has, in the order of the text."""
    found = []
    for _, rows in function._parallel_report(None):
        for row in rows:
            texts = [text for name, text in Part(*row).facts if name == "fused"]
            found += [1 if text.startswith("one") else int(text.split()[0]) for text in texts]
    return found


def same(got, expected):
    assert type(got) is type(expected)
    assert got.dtype == expected.dtype and np.shape(got) == np.shape(expected)
    assert np.asarray(got).tobytes() == np.asarray(expected).tobytes()


def check(function, *operands):
    """Compiled as undecorated, with fusion and without."""
    compiled = jit(function)
    expected = function(*operands)
    same(compiled(*operands), expected)
    same(jit(parallel={"fusion": False})(function)(*operands), expected)
    return compiled


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", "float32", "float64", "complex128"])
def test_dtypes_and_layouts(dtype):
    def call(a, b):
        return scaled(a) + b * 2

    for a in layouts((3, 4), dtype):
        check(call, a, a[0])
        check(call, a[::-1, ::-2], a[:, :1][:, ::-1])
    check(call, filled((0, 3), dtype), filled((1, 1), dtype))
    check(call, filled((3,), dtype), filled((), dtype))
    check(call, filled((), dtype), filled((), dtype))


def test_one_loop():
    def call(a, b):
        return bent(a) + b * 2

    def nested(a):
        return bent(longer(a, 1.0)) - 1.0

    def added(a, b):
        return np.sum(longer(a, b) * 2.0)

    a, b = filled((1000,), "float64"), filled((1000,), "float64")
    assert loops(check(call, a, b)) == [3]
    assert loops(check(nested, a)) == [3]
    assert loops(check(added, a, b)) == [2]


def test_three_operands_and_broadcasting():
    def call(a, b, c):
        return three(a, b, c) * 2.0

    rows = filled((5, 1), "float64")
    assert loops(check(call, rows, rows[:, 0], filled((4, 1, 1), "float64"))) == [2]
    check(call, rows, 2.0, filled((1,), "float64"))
    compiled = jit(call)
    for function in (call, compiled):
        with pytest.raises(ValueError, match=r"broadcast together with shapes \(2,\) \(3,\) \(2,\) "):
            function(np.ones(2), np.ones(3), np.ones(2))


def test_a_dear_function_is_not_repeated():
    def call(a, b):
        return turns(a, 100) + b

    a, b = np.arange(1, 40), np.arange(39) * 2
    # Nobody knows that these have one shape.
    assert loops(check(call, a, b)) == [1, 1]

    def own(a):
        return turns(a, 100) + a

    assert loops(check(own, a)) == [2]


def test_assignments():
    def whole(out, a):
        out[:] = bent(a) * 2.0
        return out

    def given(out, a):
        return bent(a, out=out)

    def in_place(out, a):
        out += bent(a)
        return out

    for function, wanted in ((whole, [2]), (given, [1]), (in_place, [1, 1])):
        compiled = jit(function)
        for of in (lambda b: b[1:-1], lambda b: b[2:], lambda b: b[:-2], lambda b: b[-2::-1][:-1]):
            mine, yours = filled((50,), "float64"), filled((50,), "float64")
            same(compiled(of(mine), mine[1:-1]), function(of(yours), yours[1:-1]))
            same(mine, yours)
        assert loops(jit_of(function)) == wanted


def jit_of(function, dtype=np.float64):
    compiled = jit(function)
    compiled(np.ones(3, dtype), np.ones(3, dtype))
    return compiled


def test_integers_in_place():
    def call(out, a):
        out += scaled(a)
        return out

    compiled = jit(call)
    for step in (1, -1):
        out, a = np.arange(9), np.arange(9)[::step] + 3
        same(compiled(out.copy(), a), call(out.copy(), a))
    of_itself = jit(lambda a: call(a, a))
    assert of_itself(np.arange(5)).tolist() == [0, 4, 8, 12, 16]
    assert loops(jit_of(call, np.int64)) == [2]


def test_what_raises_raises_in_order():
    def call(a, b):
        return below(a) + above(b)

    good, bad = np.ones(4), np.array([1.0, 5.0, -1.0])
    compiled = jit(call)
    compiled(good, good)
    assert loops(compiled) == [1]
    # The first function's element comes later than the second's.
    for function in (call, compiled):
        with pytest.raises(ValueError, match="below"):
            function(bad, bad)
        with pytest.raises(KeyError, match="above"):
            function(bad[:2], bad[:2])


def test_what_was_written_before_an_exception():
    def call(out, a):
        out[:] = below(a) * 2.0

    for function in (call, jit(call)):
        out = np.zeros(3)
        with pytest.raises(ValueError, match="below"):
            function(out, np.array([1.0, -1.0, 1.0]))
        assert out.tolist() == [0.0, 0.0, 0.0]


def test_globals_that_change():
    @vectorize(["f8(f8)"])
    def of_global(x):
        return x * BY

    def call(a):
        return of_global(a) + 1.0

    compiled = jit(call)
    a = filled((7,), "float64")
    same(compiled(a), a * 3 + 1.0)


def test_results_that_are_converted():
    def call(a):
        return cut(a) * np.int32(2)

    # A float isn't stored in an integer without a look at it.
    check(call, np.array([1.0, 2.5, -3.0]))

    @vectorize(["f4(f8)"])
    def narrow(x):
        return x / 3

    def narrowed(a):
        return narrow(a) + a

    assert loops(check(narrowed, filled((9,), "float64"))) == [2]


def test_numbers_of_python():
    def call(a, n):
        return longer(a, 2) + n

    check(call, filled((5,), "float32"), np.float32(1.5))
    check(call, filled((5,), "float64"), 1.5)

    def too_large(a):
        return scaled(a) + 300

    for function in (too_large, jit(too_large)):
        with pytest.raises(OverflowError, match="300 out of bounds for int8"):
            function(np.ones(3, np.int8))


def test_order_in_memory_is_numpys():
    def call(a, b):
        return bent(a) + b, bent(a)

    a = np.asfortranarray(filled((3, 4), "float64"))
    for got, expected in zip(jit(call)(a, a), call(a, a)):
        assert got.strides == expected.strides
        same(got, expected)


def test_warnings_are_those_of_the_operations_around():
    def call(a, b, c):
        return inverse(a) + b / c

    compiled = jit(call)
    for a, c, texts in (
        (0.0, 1.0, []),
        (1.0, 0.0, ["divide by zero encountered in divide"]),
        (0.0, 0.0, ["divide by zero encountered in divide"]),
    ):
        operands = np.full(3, a), np.ones(3), np.full(3, c)
        found = []
        for function in (call, compiled):
            with warnings.catch_warnings(record=True) as noted:
                warnings.simplefilter("always")
                function(*operands)
            found.append([(str(one.message), one.lineno) for one in noted])
        assert found[0] == found[1]
        assert [text for text, _ in found[0]] == texts
    assert loops(compiled) == [3]


def test_warnings_where_an_operand_is_lost():
    def call(a, b):
        a += inverse(b)
        return a

    compiled = jit(call)
    for a, b, count in ((1.0, 0.0, 0), (-np.inf, 0.0, 1)):
        for function in (call, compiled):
            with warnings.catch_warnings(record=True) as noted:
                warnings.simplefilter("always")
                function(np.full(3, a), np.full(3, b))
            assert len(noted) == count


def test_refused_as_before():
    with pytest.raises(UnsupportedError, match="has no implementation|takes"):
        jit(lambda a: bent(a, where=a > 1))(np.ones(3))


def test_in_loops_and_on_threads():
    def call(rows):
        total = 0.0
        for i in range(len(rows)):
            total += np.sum(bent(rows[i]) * 2.0)
        return total

    rows = filled((20, 33), "float64")
    assert jit(call)(rows) == call(rows)

    def wide(a):
        return bent(a) + a

    a = filled((200_000,), "float64")
    same(jit(parallel=True)(wide)(a), wide(a))


@vectorize(["b1(f8)"])
def positive(x):
    return x > 0


class Held:
    f = inverse


def in_closure():
    @vectorize
    def local(x):
        return 1.0 / x

    return lambda a, b: local(a) + 1.0 / b


def by_another_name(a, b):
    f = inverse
    return f(a) + 1.0 / b


def of_a_tuple(a, b):
    f = (inverse, bent)[0]
    return f(a) + 1.0 / b


def by_an_attribute(a, b):
    return Held.f(a) + 1.0 / b


def masks(a, b):
    return np.where(positive(a) & (b > 0), a, ~positive(b))


def sums(a, b):
    return np.sum(inverse(a) * b) + inverse(a).mean() + inverse(b).max()


def used_again(a, b):
    t = inverse(a)
    t2 = t + t * b
    return t2 - t


def into_itself(a, b):
    c = a.copy()
    inverse(c, out=c)
    c *= inverse(b) + 1.0
    c[1:] = inverse(c[:-1]) * 2
    return c


def narrower(a, b):
    out = np.empty(len(a), np.float32)
    inverse(a, out=out)
    return out


def nothing(a, b):
    return inverse(a[:0]) + b[:0]


def numbers(a, b):
    return inverse(2.0) + inverse(a) + inverse(b[1])


def chosen(a, b):
    return np.where(b != 0, inverse(a) / b, 0)


@pytest.mark.parametrize(
    "function",
    [
        in_closure(), by_another_name, of_a_tuple, by_an_attribute, masks, sums, used_again, into_itself,
        narrower, nothing, numbers, chosen,
    ],
)  # fmt: skip
def test_values_and_warnings(function):
    a, b = np.array([1.0, -2.0, 0.0, 4.0]), np.array([0.0, 3.0, 1.0, -1.0])
    found = []
    for one in (function, jit(function)):
        with warnings.catch_warnings(record=True) as noted:
            warnings.simplefilter("always")
            found.append((one(a, b), sorted(str(note.message) for note in noted)))
    same(found[1][0], found[0][0])
    assert found[1][1] == found[0][1]
