"""Sums and means of expressions, whose elements aren't stored: NumPy's bits."""

import numpy as np
import pytest

from tests.library.arrays import filled, layouts
from tests.library.calls import check_calls
from tests.library.differential import agree

LENGTHS = [0, 1, 7, 8, 9, 127, 128, 129, 136, 255, 256, 257, 1000, 1031, 5000]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_lines(dtype):
    for n in LENGTHS:
        a, b = filled(n, dtype), filled(n, dtype) * 3
        agree("np.sum(a * b), np.mean(a - b), (a * b + 1).sum(), ((a - b) ** 2).mean(), np.sum(-a)", a, b)
        agree("np.sum(a[::-1] * b), np.sum(a * b[:1]), np.sum(2.5 * a)", a, b)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int32", "uint32", "int64", "uint64"])
def test_integers(dtype):
    for n in (0, 1, 100, 1000):
        a = filled(n, dtype)
        agree("np.sum(a * a), (a > 0).sum(), np.sum(a & a), np.mean(a * a), (a * 2.5).mean(), np.sum(a > 50)", a)


def test_shapes_and_layouts():
    for shape in ((3, 5), (20, 30), (2, 3, 4), (1, 5), (0, 4)):
        for a in layouts(shape, "float64"):
            agree("np.sum(a * a), (a + a.T.T).mean(), np.sum(a * a[:1])", a)
    agree("np.sum(a * b)", filled((4, 1), "float64"), filled(50, "float64"))
    agree("np.sum(a * b), np.mean(a + b)", filled((300,), "float32"), filled((300,), "float64"))


def test_other_uses_stay():
    a = filled((6, 7), "float64")
    agree("np.sum(a * a, axis=0), np.sum(a * a, 1), (a * a).sum(keepdims=True), np.sum(a * a, initial=3.0), np.sum(a * a, dtype=np.float32)", a)
    agree("np.sum(a * 1j), np.mean(a * 1j), np.sum(np.array(2.0) * 3)", a)
    check_calls("np.sum(a * b)", [(np.ones(3), np.ones(4))])
    check_calls("np.sum(a ** b)", [(np.arange(4), np.array([1, 2, -1, 0]))])


def test_statements_between():
    for body in (
        "x = a * 2\na[0] = 100\nreturn x.sum(), a",
        "x = a * 2\ny = x.sum()\na[0] = 100\nreturn y, np.sum(a + 1)",
        "x = a * 2\nreturn x.sum(), x.mean(), x",
        "f = (a * 2).sum\na += 1\nreturn f()",
        "s = 0.0\nfor i in range(3):\n    s += np.sum(a * i)\nreturn s",
        "try:\n    return np.sum(a * b)\nexcept ValueError as error:\n    return np.float64(-1.0)",
    ):
        from tests.library.test_array_attributes import check_statements

        check_statements(body, filled(200, "float64"), np.ones(3))


def test_special_values():
    for x in ([-0.0, -0.0], [np.inf, -np.inf], [np.nan, 1.0], [1e308] * 9, [-0.0] * 9, [5e-324] * 200):
        agree("np.sum(a * 1.0), np.mean(a * 1.0), np.sum(-a)", np.array(x))
