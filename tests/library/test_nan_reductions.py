"""Reductions that pass over nan."""

import numpy as np
import pytest

from tests.library.arrays import filled, layouts
from tests.library.differential import agree, nearly

FUNCTIONS = ["nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmin", "nanmax"]
POSITIONS = ["nanargmin", "nanargmax"]
RUNNING = ["nancumsum", "nancumprod"]


def spoiled(a):
    """The array, with nan in a part of it where it is writable."""
    if a.dtype.kind in "fc" and a.flags.writeable and a.ndim > 0:
        a[..., ::3] = np.nan
        a[:1] = np.nan
    return a


@pytest.mark.parametrize("function", FUNCTIONS + POSITIONS + RUNNING)
@pytest.mark.parametrize("dtype", ["bool", "int32", "float32", "float64"])
def test_axes(function, dtype):
    for shape in [(), (9,), (3, 7), (2, 3, 4)] if dtype == "float64" else [(3, 7)]:
        for a in layouts(shape, dtype):
            spoiled(a)
            for axis in (None, *range(len(shape))):
                agree(f"np.{function}(a, axis={axis})", a)
            if function not in RUNNING and len(shape) > 1:
                agree(f"np.{function}(a, axis=-1, keepdims=True)", a)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_several_axes(function):
    for a in layouts((2, 3, 4), "float64"):
        spoiled(a)
        agree(f"np.{function}(a, axis=(0, 2))", a)
        agree(f"np.{function}(a, axis=(1, 0), keepdims=True)", a)


@pytest.mark.parametrize("function", FUNCTIONS + POSITIONS)
def test_nothing_but_nan(function):
    agree(f"np.{function}(a)", np.full(4, np.nan))
    agree(f"np.{function}(a, axis=0)", np.full((3, 2), np.nan))
    agree(f"np.{function}(a)", np.zeros(0))
    agree(f"np.{function}(a, axis=1)", np.zeros((2, 0)))
    agree(f"np.{function}(a)", np.array([np.nan, np.inf, -np.inf, -0.0]))


@pytest.mark.parametrize("function", ["nansum", "nanmean", "nanvar", "nanprod"])
def test_complex_numbers(function):
    a = spoiled(filled((3, 5), "complex128"))
    for axis in (None, 0, 1):
        nearly(f"np.{function}(a, axis={axis})", a, rtol=1e-14)  # products use the processor's FMA in NumPy


@pytest.mark.parametrize("function", FUNCTIONS[:5])
def test_keywords(function):
    a, mask = spoiled(filled((3, 7), "float32")), filled((3, 7), "bool")
    agree(f"np.{function}(a, axis=0, where=b)", a, mask)
    agree(f"np.{function}(a, axis=1, where=b, keepdims=True)", a, mask)
    agree(f"np.{function}(a, axis=1, dtype=np.float64)", a)
    agree(f"np.{function}(a, axis=0, out=b)", a, np.zeros(7))
    agree(f"np.{function}(a, axis=0, out=b)", a.astype(np.float64), np.zeros(7, np.float32))
    if function in ("nanvar", "nanstd"):
        for ddof in (1, 2, 5, 0.5):
            agree(f"np.{function}(a, ddof={ddof})", a)
            agree(f"np.{function}(a, axis=1, ddof={ddof})", a)
        agree(f"np.{function}(a, axis=0, mean=b)", a, np.zeros(7, np.float32))
    if function in ("nansum", "nanprod"):
        agree(f"np.{function}(a, initial=3)", a)


def test_positions_into_out():
    a = filled((3, 7), "float64")
    a[1, ::2] = np.nan
    for function in POSITIONS:
        agree(f"np.{function}(a, axis=1, out=b)", a, np.zeros(3, np.int64))
        agree(f"np.{function}(a, axis=1, keepdims=True)", a)
