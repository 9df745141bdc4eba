"""where, clip, sorting, searching, counting, products."""

import numpy as np
import pytest

from tests.library.arrays import DTYPES, FEW_DTYPES, filled, layouts
from tests.library.differential import agree, nearly
from tests.library.test_linear_algebra import same_error


def test_where():
    matrix = filled((3, 4), "float64")
    conditions = [
        matrix > 0,
        matrix[0] > 0,
        matrix[:, :1] > 0,
        filled((2, 3, 4), "bool"),
        np.array(True),
        True,
        0,
        np.zeros((0, 4), bool),
        filled((4, 3), "bool").T,
        filled((3, 4), "int32"),
        matrix,
    ]
    choices = [
        matrix,
        matrix[1],
        1,
        2.5,
        1j,
        np.float32(3),
        filled((1, 4), "float32"),
        filled((3, 4), "int64"),
        filled((4,), "uint8"),
        filled((5,), "float64"),
    ]
    for condition in conditions:
        for x in choices:
            for y in (
                matrix,
                0,
                np.float32(3),
                filled((1, 4), "int16"),
                filled((3, 4), "complex64"),
            ):
                agree("np.where(a, b, c)", condition, x, y)


@pytest.mark.parametrize("dtype", FEW_DTYPES)
def test_positions_of_truth(dtype):
    for shape in [(0,), (9,), (3, 5), (2, 3, 4)]:
        for a in layouts(shape, dtype):
            agree("np.nonzero(a)", a)
            agree("np.where(a)", a)
            agree("np.flatnonzero(a)", a)


def test_clip():
    values = [
        filled((3, 4), "float64"),
        filled((3, 4), "float32"),
        filled((3, 4), "int32") - 50,
        filled((7,), "uint8"),
        filled((4, 3), "float64").T,
        np.array([np.nan, 1, 2]),
        np.zeros(0),
        3,
        2.5,
        np.float32(7),
        np.array(2.0),
    ]
    bounds = [
        (0, 1),
        (0.5, None),
        (None, 2),
        (np.float32(0.1), np.float64(1)),
        (5, 1),
        (np.nan, 1),
        (-1, 300),
        (300, 400),
        (-5, -3),
        (-0.0, 0.0),
    ]
    for value in values:
        for low, high in bounds:
            agree("np.clip(a, b, c)", value, low, high)
    for value in values[:3]:
        agree("np.clip(a, b, c)", value, value[0], 20)
        agree("np.clip(a, b, c)", value, -1, value[:, :1])
        agree("a.clip(2, 30)", value)
        agree("np.clip(a, None, 1)", value)
        agree("np.clip(a, max=1, min=0)", value)


@pytest.mark.parametrize("dtype", DTYPES)
def test_sort(dtype):
    for n in (0, 1, 2, 16, 17, 33, 1000):
        a = filled((n,), dtype)
        if a.dtype.kind in "fc" and n > 5:
            a[::7] = np.nan
            a[3] = np.inf
            a[4] = -np.inf
        for line in (a, np.repeat(a, 2)[::2], a[::-1]):
            agree("np.sort(a)", line)
            agree("np.argsort(a, kind='stable')", line)
            agree("np.unique(a)", line)


def test_sort_along_axes():
    for dtype in ("int32", "float64"):
        for a in layouts((2, 3, 4), dtype):
            for axis in (None, 0, 1, 2, -1):
                agree(f"np.sort(a, axis={axis})", a)
                agree(f"np.argsort(a, axis={axis}, kind='stable')", a)
    for a in layouts((5, 6), "float64"):
        agree("a.argsort(0, 'stable')", a)
        agree("np.unique(a)", a)


@pytest.mark.parametrize("side", ["left", "right"])
def test_searchsorted(side):
    values = [
        3,
        3.5,
        np.float32(7),
        -1,
        1000,
        np.nan,
        np.arange(-2, 70, 3),
        np.arange(0, 60, 0.7),
        np.arange(6.0).reshape(2, 3) * 9,
        np.array(5.0),
    ]
    for dtype in ("float64", "float32", "int64", "uint8"):
        line = np.sort(filled((80,), dtype))
        with_nan = (
            np.append(line, [np.nan, np.nan]).astype(dtype) if dtype.startswith("f") else line
        )
        for value in values:
            agree(f"np.searchsorted(a, b, side='{side}')", line, value)
            agree(f"a.searchsorted(b, side='{side}')", line[::2], value)
            agree(f"np.searchsorted(a, b, '{side}')", with_nan, value)


def test_interp():
    xp = np.sort(filled((20,), "float64"))
    fp = filled((21,), "float64")[1:]
    jump, steep, unset = xp.copy(), xp.copy(), fp.copy()
    jump[4] = jump[5]
    steep[5:] = np.inf
    unset[3], unset[8] = np.inf, np.nan
    points = [
        0.3,
        -5,
        99,
        np.nan,
        np.float32(0.2),
        1,
        np.linspace(-3, 3, 77),
        np.linspace(-3, 3, 7, dtype="f4"),
        np.arange(4).reshape(2, 2),
        np.array(0.5),
        np.zeros(0),
        xp,
    ]
    for x in points:
        for curve in [
            (xp, fp),
            (np.arange(20), fp),
            (xp[:1], fp[:1]),
            (xp[:0], fp[:0]),
            (xp[:5], fp[:4]),
            (steep, fp),
            (xp, unset),
            (jump, fp),
        ]:
            agree("np.interp(a, b, c)", x, *curve)
        agree("np.interp(a, b, c, left=-1, right=2.5)", x, xp, fp)


def test_bincount():
    for x in (
        np.array([1, 2, 2, 5]),
        np.array([3, -1]),
        np.array([1, 4], "u1"),
        np.array([True, False]),
        np.arange(20)[::-3],
    ):
        agree("np.bincount(a)", x)
        agree("np.bincount(a, minlength=9)", x)
        agree("np.bincount(a, minlength=-1)", x)
        agree("np.bincount(a, b)", x, np.arange(len(x)) * 0.5)
        agree("np.bincount(a, weights=b)", x, np.arange(3))
    agree("np.bincount(a)", np.zeros(0, int))


def test_products_of_integers():
    for dtype in ("int64", "uint8", "bool"):
        m, n = filled((3, 4), dtype), filled((4, 5), dtype)
        for a, b in [
            (m, n),
            (m, n[:, 0]),
            (m[0], n),
            (m[0], m[1]),
            (n.T, m.T),
            (m, m),
            (m[:0], n),
            (m, m.T),
            (m[:, :0], n[:0]),
        ]:
            agree("np.dot(a, b)", a, b)
            agree("a.dot(b)", a, b)
            agree("np.outer(a, b)", a, b)


def test_products_of_floats():
    # NumPy's BLAS adds in another order: each sum of four to a hundred terms of size one
    # may differ by some units in the last place of its largest partial sum.
    for dtype, rtol in (("float64", 1e-12), ("float32", 1e-4), ("complex128", 1e-12)):
        m, n = (
            np.abs(filled((3, 100), dtype)).astype(dtype),
            np.abs(filled((100, 5), dtype)).astype(dtype),
        )
        for a, b in [(m, n), (m, n[:, 0]), (m[0], n), (m[0], m[1]), (n.T, m.T), (m, m), (m, m.T)]:
            nearly("np.dot(a, b)", a, b, rtol=rtol)
    nearly("np.dot(a, b)", filled((4,), "int32"), np.abs(filled((4,), "float32")), rtol=1e-12)


@pytest.mark.parametrize("dtype", FEW_DTYPES)
def test_diagonals(dtype):
    for shape in [(4, 4), (3, 5), (5, 2), (0, 3)]:
        for a in layouts(shape, dtype):
            agree("np.trace(a)", a)
            agree("a.trace(1)", a)
            agree("np.trace(a, -1)", a)
            agree("np.diag(a)", a)
            agree("np.diag(a, 2)", a)
            agree("np.diag(a[0:1, 1])", a)


def test_where_of_shapes_that_do_not_fit():
    for a, b, c in ((3, 4, 3), (3, 3, 4), ((2, 3), 3, (2, 2)), (0, 2, 3), (1, (2, 1), (3, 3))):
        shapes = [np.ones(n) for n in (a, b, c)]
        same_error("np.where(a, b, c)", *shapes)
        same_error("np.where(a > 0, b, c)", *shapes)
    same_error("np.where(a, 1, b)", np.ones(3), np.ones(4))
