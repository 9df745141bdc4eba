"""Reductions: every dtype, layout and axis, bit for bit."""

import numpy as np
import pytest

from tests.library.arrays import DTYPES, FEW_DTYPES, filled, layouts
from tests.library.differential import agree

SHAPES = [(), (0,), (1,), (7,), (131,), (0, 3), (3, 0), (5, 1), (3, 7), (2, 3, 4)]
KEEPDIMS = [
    "sum",
    "prod",
    "mean",
    "var",
    "std",
    "any",
    "all",
    "min",
    "max",
    "argmin",
    "argmax",
    "count_nonzero",
]
OTHERS = ["ptp", "cumsum", "cumprod"]


def axes(ndim):
    return [None, *range(ndim), -1][: ndim + 2 if ndim > 1 else ndim + 1]


def shapes(dtype):
    """All shapes for floats; for other dtypes those that differ in what is compiled."""
    if dtype.startswith("float"):
        return SHAPES
    return SHAPES[-3:] if dtype in FEW_DTYPES else [(7,), (3, 7)]


@pytest.mark.parametrize("function", KEEPDIMS + OTHERS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_axes_and_layouts(function, dtype):
    if function == "ptp" and dtype == "bool":
        pytest.skip("a TypeError in NumPy")
    if function in ("prod", "cumprod") and dtype.startswith("complex"):
        pytest.skip("test_products_of_complex_numbers")
    for shape in shapes(dtype):
        for a in layouts(shape, dtype):
            for axis in axes(len(shape)):
                agree(f"np.{function}(a, axis={axis})", a)
    if function in KEEPDIMS:
        for a in layouts((2, 3, 4), dtype):
            agree(f"np.{function}(a, keepdims=True)", a)
            agree(f"np.{function}(a, axis=1, keepdims=True)", a)


@pytest.mark.parametrize("function", ["prod", "cumprod"])
def test_products_of_complex_numbers(function):
    # Of whole numbers, which are exact: for others NumPy's last digits depend on whether
    # it uses the processor's FMA, which it does for arrays of complex numbers.
    for dtype in ("complex64", "complex128"):
        for shape in [(7,), (3, 4), (2, 3, 2)]:
            for a in layouts(shape, dtype):
                whole = (a * 2).round()
                for axis in axes(len(shape)):
                    agree(f"np.{function}(a, axis={axis})", whole)


@pytest.mark.parametrize("function", [f for f in KEEPDIMS if not f.startswith("arg")])
def test_several_axes(function):
    for dtype in ("int32", "float64"):
        for a in layouts((2, 3, 4), dtype):
            for axis in ("(0, 2)", "(1, 0)", "(0, 1, 2)", "(-1,)", "()"):
                agree(f"np.{function}(a, axis={axis})", a)


@pytest.mark.parametrize(
    "function",
    ["sum", "prod", "mean", "var", "std", "any", "all", "min", "max", "argmin", "argmax"],
)
def test_methods(function):
    for a in layouts((3, 7), "float64"):
        agree(f"a.{function}()", a)
        agree(f"a.{function}(1)", a)
        agree(f"a.{function}(axis=0, keepdims=True)", a)


@pytest.mark.parametrize("function", ["sum", "prod", "mean", "cumsum", "cumprod"])
def test_dtype(function):
    for source in FEW_DTYPES[:-1]:
        for a in layouts((3, 7), source):
            for dtype in ("np.float32", "float", "np.int16", "'uint64'"):
                agree(f"np.{function}(a, axis=0, dtype={dtype})", a)
                agree(f"np.{function}(a, dtype={dtype})", a)


@pytest.mark.parametrize("function", ["var", "std"])
@pytest.mark.parametrize("ddof", [1, 2, 5, 0.5])
def test_degrees_of_freedom(function, ddof):
    for dtype in ("int32", "float32", "float64", "complex128"):
        for a in layouts((3, 5), dtype):
            agree(f"np.{function}(a, ddof={ddof})", a)
            agree(f"np.{function}(a, axis=1, ddof={ddof})", a)


@pytest.mark.parametrize(
    "function",
    [
        "sum",
        "mean",
        "var",
        "min",
        "max",
        "argmin",
        "argmax",
        "nansum",
        "nanmean",
        "nanmin",
        "nanmax",
    ],
)
def test_nan(function):
    for dtype in ("float32", "float64"):
        for shape in [(9,), (40,), (3, 7)]:
            for places in (slice(2, 3), slice(1, None, 3), slice(None)):
                a = filled(shape, dtype)
                a.reshape(-1)[places] = np.nan
                agree(f"np.{function}(a)", a)
                agree(f"np.{function}(a, axis=0)", a)
                agree(f"np.{function}(a.T)", a)


@pytest.mark.parametrize("function", ["nansum", "nanmean", "nanmin", "nanmax"])
def test_nan_functions_of_whole_numbers(function):
    for a in layouts((3, 4), "int32"):
        agree(f"np.{function}(a, axis=1)", a)


def test_empty_and_initial():
    for function in ("min", "max", "argmin", "argmax", "sum", "prod", "any", "all", "mean"):
        for shape in [(0,), (0, 3), (3, 0), (0, 0)]:
            for axis in (None, *range(len(shape))):
                agree(f"np.{function}(a, axis={axis})", np.zeros(shape))
    for function in ("sum", "prod", "min", "max"):
        agree(f"np.{function}(a, initial=2.5)", filled((9,), "float64"))
        agree(f"np.{function}(a, axis=1, initial=3)", filled((4, 3), "int32"))
        agree(f"np.{function}(a, initial=3)", np.zeros(0))


def test_numbers_and_tuples():
    for function in ("sum", "mean", "max", "argmin", "any", "prod"):
        agree(f"np.{function}(a)", 3)
        agree(f"np.{function}(a)", np.float32(2.5))
        agree(f"np.{function}((a, 2.5, 7))", 3)
        agree(f"np.{function}(((a, 2), (3, 4)), axis=0)", 3)


def test_wrapping_integers():
    a = np.full(300, 2**62, np.int64)
    for function in ("sum", "prod", "cumsum", "cumprod"):
        agree(f"np.{function}(a)", a)
        agree(f"np.{function}(a, dtype=np.int8)", a)
        agree(f"np.{function}(a)", a.astype(np.uint64) * 4 - 1)


def test_first_of_equal_ones():
    a = np.array([3, 1, 3, 1, 2, 3, 1])
    for function in ("argmin", "argmax"):
        agree(f"np.{function}(a)", a)
        agree(f"np.{function}(a)", a.astype(float))
        agree(f"np.{function}(a, axis=0)", np.stack([a, a[::-1]], axis=1))
        agree(f"np.{function}(a)", a > 1)


def test_differences():
    for dtype in ("bool", "uint8", "float64"):
        for shape in [(0,), (1,), (9,), (3, 5), (2, 3, 4)]:
            for a in layouts(shape, dtype):
                agree("np.diff(a)", a)
                agree("np.diff(a, axis=0)", a)
                agree("np.diff(a, n=2)", a)
                agree("np.diff(a, n=0)", a)
