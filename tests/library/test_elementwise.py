"""Operators and elementwise functions of whole arrays, fused or not."""

import numpy as np
import pytest
from cumbia import jit

from tests.library.arrays import DTYPES, filled, layouts
from tests.library.differential import agree, compiled, nearly, plain, same_effect

OPERATORS = [
    "a + b",
    "a - b",
    "a * b",
    "a / b",
    "a // b",
    "a % b",
    "a & b",
    "a | b",
    "a ^ b",
    "a < b",
    "a <= b",
    "a == b",
    "a != b",
    "a + b * a - b",
    "np.maximum(a, b)",
    "np.add(a, b)",
    "np.logical_and(a, b)",
]
UNARY = ["-a", "+a", "~a", "abs(a)", "a ** 2", "np.sign(a)", "np.isnan(a)", "np.square(a)", "np.floor(a)"]


def refused_by_numpy(expression, *arguments):
    """Whether NumPy has no loop for these types, or has it in half precision."""
    with np.errstate(all="ignore"):
        try:
            value = eval(expression, {"np": np}, dict(zip("ab", arguments)))
        except TypeError:
            return True
    return value.dtype == np.float16


@pytest.mark.parametrize("first", DTYPES)
@pytest.mark.parametrize("second", DTYPES)
def test_operators_of_all_dtypes(first, second):
    a, b = filled((7,), first), filled((7,), second)
    for expression in OPERATORS:
        if refused_by_numpy(expression, a, b):
            continue
        if "c" in a.dtype.kind + b.dtype.kind and "/" in expression:
            nearly(expression, a, b, rtol=1e-6)
        elif "c" in a.dtype.kind + b.dtype.kind and "*" in expression:
            # NumPy contracts products of complex numbers on some processors.
            continue
        else:
            agree(expression, a, b)


@pytest.mark.parametrize("dtype", DTYPES)
def test_one_operand(dtype):
    for shape in [(), (0,), (5,), (2, 3), (2, 3, 4)]:
        for a in layouts(shape, dtype):
            for expression in UNARY:
                if np.dtype(dtype).kind == "c" and expression in ("abs(a)", "a ** 2", "np.square(a)", "np.sign(a)", "np.floor(a)"):
                    continue
                if not refused_by_numpy(expression, a):
                    agree(expression, a)


SHAPES = [
    ((3, 4), (3, 4)),
    ((3, 4), (4,)),
    ((3, 1), (1, 4)),
    ((3, 1), (4,)),
    ((3, 4), ()),
    ((), ()),
    ((0,), (1,)),
    ((0, 3), (3,)),
    ((1,), (5,)),
    ((2, 3, 4), (3, 1)),
    ((2, 3, 4), (2, 3, 4)),
    ((2, 1, 4), (3, 1)),
    ((1, 3, 2), (2, 1, 2)),
]


def strides(a):
    """Strides that can be seen: not of axes of extent 1."""
    return a.size and [s for s, n in zip(a.strides, a.shape) if n != 1]


@pytest.mark.parametrize(("one", "other"), SHAPES)
def test_broadcasting_of_all_layouts(one, other):
    for a in layouts(one, "float64"):
        for b in layouts(other, "float64"):
            for expression in ("a + b", "b - a", "(a + b) * 2 - b / 3", "a * (a + b)", "np.exp(a) + np.sin(b)"):
                if "np." in expression:
                    nearly(expression, a, b, rtol=1e-14)
                    continue
                agree(expression, a, b)
                got, want = (f(a, b) for f in (compiled(f"return {expression}", "a, b"), plain(f"return {expression}", "a, b")))
                # Known when compiling as F order; NumPy looks at the extents too.
                if a.shape == b.shape or a.flags.c_contiguous or b.flags.c_contiguous:
                    assert strides(got) == strides(want), (expression, a.strides, b.strides)


IN_PLACE = [
    "a += b",
    "a -= b * 2",
    "a *= a\na -= b",
    "a[...] = a * b + 1",
    "a[...] = b",
    "a += a",
    "a /= b + 10",
    "c = a\nc += b",
]


@pytest.mark.parametrize(("one", "other"), [*SHAPES, ((3,), (2, 3)), ((4,), (3,)), ((1,), (4,)), ((), (1,))])
def test_in_place(one, other):
    for i in range(len(list(layouts(one, "float64")))):
        for b in layouts(other, "float64"):
            for body in IN_PLACE:

                def make(i=i, b=b):
                    a = list(layouts(one, "float64"))[i]
                    return (a, b), (a,)

                same_effect(body, make)


OVERLAPS = [
    "a[1:] += a[:-1]",
    "a[:-1] += a[1:]",
    "a[1:] = a[:-1] * 2",
    "a[:] = a[::-1] + 1",
    "a[::2] = a[1::2] + a[::2]",
    "a[2:5] *= a[3:6]",
    "b = a[2:6]\nb -= a[:4]\nb += b[::-1]",
    "a += a[0]",
    "a += a[0:1]",
    "t = a + 1\na[0] = 99\na[:] = t * 2",
    "t = a * 2\na[:] = 0\na += t",
    "a[3:] = 1 - a[3:]",
]


@pytest.mark.parametrize("body", OVERLAPS)
def test_overlapping_operands(body):
    def make():
        a = np.arange(10.0)
        return (a,), (a,)

    same_effect(body, make)


PLANES = [
    "a[1:-1, 1:-1] = 0.25 * (a[:-2, 1:-1] + a[2:, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:])",
    "a[0] += a[1]",
    "a[:, 0] *= 2",
    "a[...] = a.T * 2",
    "a += a[:, 0]",
    "a += a.T",
    "a[:, 1:] -= a[:, :-1]",
    "a[0] = a[:, 0] * 1",
    "a[0:2] = a[1] + a[2]",
]


@pytest.mark.parametrize("body", PLANES)
def test_overlapping_planes(body):
    def make():
        a = filled((4, 4), "float64")
        return (a,), (a,)

    same_effect(body, make)


@pytest.mark.parametrize("number", [3, 300, -1, -129, 2.5, True, 0, np.int64(3), np.uint8(255), np.float32(0.5)])
@pytest.mark.parametrize("dtype", ["uint8", "int8", "int64", "float32"])
def test_numbers(dtype, number):
    for a in (filled((4,), dtype), np.zeros((0,), dtype)):
        for expression in ("a + b", "b - a", "a * b", "a < b", "a == b", "b >= a", "a // b", "a & b", "np.minimum(a, b)"):
            if "&" in expression and "f" in np.result_type(a, number).kind:
                continue
            agree(expression, a, number)


EXPRESSIONS = [
    "a[:, None] * a[None, :] + a",
    "np.exp(a)[:, None] + np.sin(a)",
    "(a * 2).reshape(5, 2).T + 1",
    "a.reshape(2, 5) + np.arange(5)",
    "-a[::2] * a[1::2]",
    "a.sum() + (a * a).sum()",
    "np.sum(a * a + 1)",
    "(a > 3).any()",
    "a + 1 if a[0] < 1 else a - 1",
    "[a * 2, a + 1][0] + a",
    "(a + 1, a * 2)",
    "1 / a",
    "a / 0 - a % 0 + a // 0",
    "a ** 3",
    "a ** 0.5 + a ** -1",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions(expression):
    if "exp" in expression or "**" in expression:
        nearly(expression, np.arange(1.0, 11.0), rtol=1e-14)
    else:
        agree(expression, np.arange(10.0))


STATEMENTS = [
    "t = a * b\nu = t + a\nreturn u - t",
    "t = a * b\na[0] = 99\nreturn t + a",
    "for i in range(3):\n    a = a * 2 + i\nreturn a",
    "t = a + b\nif a[0, 0] > 0:\n    return t * 2\nreturn t",
    "t = a - b\na += t\nreturn t",
    "x = a\nx = x + b\nx += 1\nreturn x",
    "t = a * 2\nb[:] = t\nreturn t + b",
    "t = np.sqrt(a * a)\nreturn t, t + 1",
]


@pytest.mark.parametrize("body", STATEMENTS)
def test_across_statements(body):
    def make():
        a, b = filled((2, 3), "float64"), filled((2, 3), "float64") + 1
        return (a, b), (a, b)

    same_effect(body, make)


def failing(function, *arguments):
    with pytest.raises(Exception) as raised:
        function(*arguments)
    trace = raised.value.__traceback__
    lines = []
    while trace is not None:
        lines.append(trace.tb_lineno)
        trace = trace.tb_next
    return type(raised.value), str(raised.value), lines[1:]


def test_what_does_not_fit_names_the_operands_and_the_line():
    def shapes(a, b, c):
        t = a * c
        u = t + b
        return u - c

    def in_place(a, b, c):
        c += a
        return c

    def stored(a, b, c):
        c[:] = a + 1
        return c

    def read_only(a, b, c):
        a += 1
        return a

    def read_only_store(a, b, c):
        a[:] = a + 1
        return a

    def out_of_bounds(a, b, c):
        u = c.astype(np.uint8)
        return u + 300

    def negative_power(a, b, c):
        return c.astype(np.int64) ** b.astype(np.int64)

    a, b, c = np.ones((2, 3)), -np.ones(2), np.ones(3)
    a.flags.writeable = False
    functions = [shapes, in_place, stored, read_only, read_only_store, out_of_bounds]
    for function in functions:
        assert failing(jit(function), a, b, c) == failing(function, a, b, c), function.__name__
    assert failing(jit(negative_power), a, b[:1], c) == failing(negative_power, a, b[:1], c)


def test_a_generator_and_a_closure_use_whole_arrays():
    def halves(a):
        while a[0] > 1:
            a = a / 2
            yield a

    def f(a):
        scale = a * 2

        def shifted(b):
            return scale + b * 3

        total = a * 0
        for x in halves(a):
            total += shifted(x)
        return total

    a = np.array([5.0, 3.0])
    np.testing.assert_array_equal(jit(f)(a), f(a))
