"""Functions along axes, blocks, rounding to decimals, fits, texts of integers."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import filled, layouts
from tests.library.calls import check_calls
from tests.library.differential import agree, compiled, nearly


def test_along_an_axis():
    for shape in ((4,), (2, 3), (2, 3, 4)):
        for a in layouts(shape, "float64"):
            for axis in range(-len(shape), len(shape)):
                agree(f"np.apply_along_axis(np.sum, {axis}, a)", a)
                agree(f"np.apply_along_axis(lambda x: x[::-1] * 2, {axis}, a)", a)
                agree(f"np.apply_along_axis(lambda x, k: x[:k], {axis}, a, 2).shape", a)
                agree(f"np.apply_along_axis(lambda x: np.outer(x, x), {axis}, a)", a)
    agree("np.apply_along_axis(lambda x: len(x), 0, a)", filled((3, 2), "int8"))
    agree("np.apply_along_axis(sorted_copy, 1, a)".replace("sorted_copy", "np.sort"), filled((3, 5), "int32"))
    check_calls("np.apply_along_axis(np.sum, 0, a)", [(np.ones((3, 0)),), (np.ones((0, 3)),)])
    check_calls("np.apply_along_axis(lambda x: x[:int(x[0])], 1, a)", [(np.array([[1.0, 2.0], [2.0, 1.0]]),)])


def test_over_axes():
    a = filled((2, 3, 4), "float64")
    for axes in ("(0, 2)", "1", "(-1,)", "(0, 1, 2)", "()"):
        agree(f"np.apply_over_axes(np.sum, a, {axes})", a)
    agree("np.apply_over_axes(np.cumsum, a, (0, 1))", a)


def test_blocks():
    a, b = filled((2, 2), "float64"), filled((2, 2), "float64")
    agree("np.block([[a, b], [b, a]]), np.block([a, b]), np.block([[a], [b]]), np.block(a), np.block([[[a]], [[b]]])", a, b)
    agree("np.block([a, a]), np.block([[a], [a]])", filled(3, "int8"))
    check_calls("np.block([[a, b]])", [(np.ones((2, 2)), np.ones((3, 2)))])


DECIMALS = [0.0, -0.0, 2.5, -2.5, 1.005, 2.675, 1e300, np.inf, np.nan, 123456.789, 0.05, -0.15]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_rounding(dtype):
    a = np.array(DECIMALS, dtype)
    for n in (-3, -1, 0, 1, 2, 8, 9, 12, 30, 400):
        agree(f"np.round(a, {n}), np.around(a, decimals={n}), a.round({n})", a)
        agree("np.round(a, b), a.round(decimals=b)", a, n)
    agree("np.round(a, 1, out=b), b", a, np.zeros_like(a))
    agree("a.round(), np.round(a), a.round(1, b)", a, np.zeros_like(a))
    for x in a:
        agree("np.round(a, 2), np.round(a)", x)
    for b in layouts((2, 3), dtype):
        agree("np.round(a, 1)", b)


def test_rounding_integers_and_complex_numbers():
    for dtype in ("int8", "int64", "uint16"):
        agree("np.round(a, 1), np.round(a, -1), a.round(), np.round(a, b)", filled((2, 3), dtype), -2)
    agree("np.round(a, 1), a.round(2)", filled((2, 3), "complex128"))
    agree("np.round(a, 2), np.round(37, -1), np.round(2.5)", 3.14159)


def test_roots():
    agree("np.poly(a)", np.array([1.0, -2.0, 3.0]))
    agree("np.poly(a), np.poly((1, 2))", np.array([1, 2], np.int32))
    agree("np.poly(a).dtype", np.array([1, 2], np.float32))
    for p in ([1.0, -6.0, 11.0, -6.0], [2.0, 0.0, -8.0], [0.0, 1.0, -3.0, 2.0, 0.0, 0.0], [1, 0, 1], [3.0], [0.0, 0.0]):
        found = compiled("return np.sort_complex(np.roots(a))", "a")(np.array(p))
        assert np.allclose(found, np.sort_complex(np.roots(p).astype(complex)), rtol=1e-6, atol=1e-9)
    check_calls("np.roots(a)", [(np.ones((2, 2)),)])


def test_fits():
    x = np.linspace(-2, 3, 20)
    y = 3 * x**3 - x + 2 + np.cos(7 * x)
    for degree in (0, 1, 3, 5):
        nearly(f"np.polyfit(a, b, {degree})", x, y, rtol=1e-9)
        nearly(f"np.polyfit(a, b, {degree}, w=a * a + 1)", x, y, rtol=1e-9)
    nearly("np.polyfit(a, b, 2)", x, np.stack((y, y * y), 1), rtol=1e-9)
    nearly("np.polyfit(a, b, 1)", np.arange(5), np.arange(5) * 2 + 1, rtol=1e-9)
    for a, b, d in ((x, y, -1), (x[:0], y[:0], 1), (x, y[:3], 1), (x[None], y, 1)):
        check_calls("np.polyfit(a, b, c)", [(a, b, d)])
    with pytest.raises(CompileError, match="full="):
        compiled("return np.polyfit(a, b, 1, full=True)", "a, b")(x, y)


def test_window():
    for m in (0, 1, 2, 11):
        for beta in (0, 5, 14.0):
            nearly("np.kaiser(a, b)", m, beta, rtol=1e-13)


def test_spacing():
    for dtype in ("float32", "float64"):
        agree("np.spacing(a)", np.array([0.0, -0.0, 1.0, -1.0, 3.5, 1e-40, np.inf, -np.inf, np.nan, np.finfo(dtype).max], dtype))
    agree("np.spacing(a), np.spacing(2)", 1.5)


def test_digits():
    for n in (0, 1, 5, 10, 255, 2**62, -1, -3, -4, -8, -255, -(2**62)):
        check_calls("np.binary_repr(a), np.binary_repr(a, 64), np.base_repr(a, 3), np.base_repr(a, 36, 2), np.base_repr(a)", [(n,)])
        check_calls("np.binary_repr(a, width=3)", [(n,)])
    check_calls("np.base_repr(a, 37)", [(5,)])
    check_calls("np.base_repr(a, 1)", [(5,)])
