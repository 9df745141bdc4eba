"""`np.where` as part of an expression that is computed in one loop."""

import numpy as np
import pytest

from tests.library.arrays import filled, layouts
from tests.library.calls import check_calls
from tests.library.differential import agree
from tests.library.test_array_attributes import check_statements


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int64", "float32", "float64", "complex128"])
@pytest.mark.parametrize("other", ["bool", "uint8", "int16", "float64"])
def test_dtypes(dtype, other):
    a, b = filled(7, dtype), filled(7, other)
    agree("np.where(a, a, b), np.where(b, a[::-1], b) + a, np.where(a == b, b, a).sum()", a, b)
    agree("np.where(a, 2.5, b), np.where(b, a, True), np.where(a[:, None], b, a[0]), np.where(b, 1, 0)", a, b)


def test_shapes_and_layouts():
    for shape in ((3, 5), (2, 3, 4), (1, 5), (0, 4), (4, 1)):
        for a in layouts(shape, "float64"):
            agree("np.where(a > 1, a, 0.0), np.where(a > 1, a.T.T * 2, a[:1]), np.where(a[..., :1], a, -a)", a)
    agree("np.where(a, b, b), np.where(b > 3, a, b)", np.array(True), np.arange(6.0))
    agree("np.where(a, a, 2.0), np.where(a > 0, a, a)", np.array(1.5))


def test_nested_and_special_values():
    a = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0, 1.5, -2.5])
    agree("np.where(a < 0, 0.0, np.where(a > 1, 1.0, a)) * 2 + 1, np.where(a, 1.0, -1.0), np.where(np.isnan(a), 0, a)", a)
    agree("np.where(a > 0, np.sqrt(np.abs(a)), a ** 2), np.mean(np.where(a == a, 1.0, 2.0))", a)


def test_integers():
    agree("np.where(a > 3, 200, a), np.where(a > 3, b, a), np.where(a, a, 7)", np.arange(6, dtype=np.uint8), 255)


def test_statements():
    for body in (
        "a[:] = np.where(a > b, a, b)\nreturn a",
        "a[1:] = np.where(a[:-1] > 0, a[:-1], b[1:])\nreturn a",
        "x = np.where(a > b, a, b)\na[0] = 100\nreturn x, x.sum()",
        "b += np.where(a > 0, a, -a)\nreturn b",
        "np.add(a, np.where(a > 0, 1.0, 2.0), out=b)\nreturn b",
        "s = 0.0\nfor i in range(3):\n    s += np.sum(np.where(a > i, a, 0.5))\nreturn s",
    ):
        check_statements(body, filled(20, "float64"), np.ones(20))


def test_shapes_that_do_not_fit():
    check_calls("np.where(a > 0, a, b) + 1", [(np.ones(3), np.ones(4)), (np.ones((2, 3)), np.ones((3, 2)))])
    check_calls("np.where(a[:2], b, 1.0)", [(np.ones(3), np.ones(4))])
