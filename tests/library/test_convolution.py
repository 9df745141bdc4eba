"""Sliding products of two lines."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import filled, layouts
from tests.library.differential import agree, compiled, nearly

MODES = ["full", "same", "valid"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64"])
def test_whole_numbers(mode, dtype):
    a = filled((23,), dtype)
    for n in (0, 1, 2, 3, 4, 7, 22, 23):
        for expression in ("np.convolve(a, b, {!r})", "np.convolve(b, a, {!r})", "np.correlate(a, b, mode={!r})", "np.correlate(b, a, {!r})"):
            agree(expression.format(mode), a, filled((n,), dtype))
    agree(f"np.convolve(a, b, {mode!r})", a, filled((3,), "int8"))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("dtype", "rtol"), [("float32", 1e-4), ("float64", 1e-11), ("complex128", 1e-11)])
def test_floats(mode, dtype, rtol):
    # NumPy adds long products up by BLAS, in another order.
    for a in layouts((31,), dtype):
        for n in (1, 4, 12, 31):
            b = filled((n,), dtype)
            nearly(f"np.convolve(a, b, {mode!r})", a, b, rtol=rtol)
            nearly(f"np.correlate(a, b, {mode!r})", a, b, rtol=rtol)
            nearly(f"np.correlate(b, a, {mode!r})", a, b, rtol=rtol)


def test_other_arguments():
    agree("np.convolve(a, 2)", np.arange(4))
    agree("np.convolve((1, 2, 3), (0, 1, a))", 0.5)
    agree("np.correlate((1, 2, 3), (0, 1, a))", 0.5)
    agree("np.convolve(a, a)", np.zeros(0))
    with pytest.raises(CompileError, match="mode must be one of"):
        compiled("return np.convolve(a, a, 'part')", "a")(np.ones(3))
    with pytest.raises(CompileError, match="object too deep"):
        compiled("return np.convolve(a, a)", "a")(np.ones((3, 2)))
