"""choose, select, piecewise; isclose, allclose, array_equal, array_equiv."""

import numpy as np
import pytest

from cumbia import jit
from tests.library.arrays import filled
from tests.library.differential import agree
from tests.library.test_sorting import changed


@pytest.mark.parametrize("dtype", ["bool", "int8", "float64", "complex128"])
def test_choose(dtype):
    table = np.array([[0, 1, 2], [2, 1, 0]])
    three = filled((2, 3), dtype), filled((3,), dtype), filled((2, 1), "int32")
    for mode in ("raise", "wrap", "clip"):
        for k in (table, table[0], 1, np.array(2), table - 1, np.array([5, -7, 1])):
            agree(f"np.choose(a, (b, c, d), mode='{mode}')", k, *three)
            agree(f"np.choose(a, (b, 7, 2), mode='{mode}')", k, three[1])
            agree(f"np.choose(a, b, mode='{mode}')", k, filled((3, 3), dtype))
            agree(f"np.choose(a, b, mode='{mode}')", k, filled((3, 2, 3), dtype))


@pytest.mark.parametrize("dtype", ["bool", "int8", "float64", "complex128"])
def test_select(dtype):
    a = filled((3, 4), dtype)
    for expression in [
        "np.select((a > 0, a > -1), (a, b), 7)",
        "np.select([a > 0, a > -1], [a, a], 7)",
        "np.select([a > 0, a > -1], [1, 2], 0.5)",
        "np.select((a > 0, a > -1), (1, b), default=-1)",
        "np.select([a > 0], [a])",
        "np.select([a > 0, a < 0], [a[0], b[0]])",
        "np.select([a > 0], [a, a])",
    ]:
        agree(expression, a, a.copy())


@pytest.mark.parametrize("dtype", ["bool", "int8", "float64"])
def test_piecewise(dtype):
    a = filled((3, 4), dtype)
    for expression in [
        "np.piecewise(a, (a < 0, a >= 0), (-1, 1))",
        "np.piecewise(a, [a < 1, a >= 2], (lambda x: x * 2, lambda x: x * 3))",
        "np.piecewise(a, (a < 0,), (lambda x: x * 0, lambda x: x))",
        "np.piecewise(a[0], a[0] < 1, (3,))",
        "np.piecewise(a, [a < 0], (3, lambda x: x))",
        "np.piecewise(a, [a < 0, a >= 0], [-1, 1])",
        "np.piecewise(a, [a < 0, a >= 0], [lambda x: x * x, lambda x: x + x])",
        "np.piecewise(a, [a < 0], [lambda x: x * x, lambda x: x + x])",
        "np.piecewise(a, (a < 0, a > 1), [lambda x: x * x, lambda x: x + x, lambda x: x])",
        "np.piecewise(a, (a < 0, a > 1), (lambda x, y: x * y, lambda x, y: x, 3), 2)",
        "np.piecewise(a, [a < 0, a > 1], (1,))",
        "np.piecewise(a, (a < 0, a > 1), (1, 2, 3, 4))",
        "np.piecewise(a, (a < 0, a > 1), [1])",
    ]:
        agree(expression, a)


def test_closeness():
    values = [
        filled((3, 4), "float64"),
        filled((3, 4), "float32"),
        filled((3, 4), "int32"),
        filled((4,), "complex128"),
        np.array([np.nan, np.inf, -np.inf, 1.0]),
        np.array([np.nan, np.inf, np.inf, 1.0000001], "f4"),
        2,
        2.5,
        np.float32(1),
        np.array(1.0),
        True,
        filled((3, 4), "bool"),
        np.asfortranarray(filled((3, 4), "float64")),
    ]
    for x in values:
        for y in values:
            agree("np.isclose(a, b)", x, y)
            agree("np.isclose(a, b, equal_nan=True)", x, y)
            agree("np.allclose(a, b, 0.1, atol=1)", x, y)
            agree("np.array_equal(a, b)", x, y)
            agree("np.array_equal(a, b, equal_nan=True)", x, y)
            agree("np.array_equiv(a, b)", x, y)
    agree("np.allclose(a, b)", np.zeros(3), np.zeros(4))
    agree("np.isclose(a, (1, 2, 3))", np.arange(3))
    agree("np.isclose(a, b, equal_nan=c)", values[4], values[4], True)


def test_clip_into():
    for a in (filled((3, 4), "float64"), filled((3, 4), "int32"), np.arange(5)):
        for out in (np.zeros((3, 4)), np.zeros((3, 4), "f4"), np.zeros(5)):
            changed("np.clip(a, 1, 2, out=b)", a, out)
        agree("np.clip(a, None, None)", a)
        agree("np.clip(a, (1, 2, 3, 4), None)", a)
        changed("np.clip(a, 1, 3, out=a)", a)
        changed("a.clip(1, 3, a)", a)


def test_array_equal_of_dates_takes_nat_for_a_nan():
    def f(a, b):
        return np.array_equal(a, b, equal_nan=True), np.array_equal(a, b)

    dates = np.array(["2020-01-01", "NaT"], "M8[D]")
    spans = np.array([1, 2, "NaT"], "m8[s]")
    for a, b in ((dates, dates.copy()), (dates, dates[::-1]), (spans, spans), (spans[:2], spans[:2])):
        assert jit(f)(a, b) == f(a, b)
