"""Differences of neighbours, gradients, areas."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import filled, layouts
from tests.library.differential import agree, compiled, nearly

DTYPES = ["int32", "float32", "float64"]


@pytest.mark.parametrize("dtype", ["bool", "uint8", "float64"])
def test_diff_with_more(dtype):
    for a in layouts((3, 5), dtype):
        agree("np.diff(a, prepend=b)", a, filled((), dtype)[()])
        agree("np.diff(a, axis=0, append=b)", a, a[:1])
        agree("np.diff(a, n=2, axis=0, prepend=b, append=c)", a, a[:1], a[1:])
        agree("np.diff(a, append=b)", a, a[:, :2])
        agree("np.diff(a, append=b)", a, a[:2])
    agree("np.diff(a, n=3)", filled((2,), dtype))
    agree("np.diff(a, prepend=0)", filled((4,), "float32"))


@pytest.mark.parametrize("dtype", DTYPES + ["complex128"])
def test_ediff1d(dtype):
    for shape in [(0,), (1,), (6,), (2, 3)]:
        for a in layouts(shape, dtype):
            agree("np.ediff1d(a)", a)
            agree("np.ediff1d(a, to_end=b)", a, 3)
            agree("np.ediff1d(a, to_end=(1, 2), to_begin=b)", a, filled((2, 2), dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("order", [1, 2])
def test_gradient(dtype, order):
    for a in layouts((4, 5), dtype) if dtype == "float64" else [filled((4, 5), dtype)]:
        for axis in (None, 0, (1,)):
            agree(f"np.gradient(a, axis={axis}, edge_order={order})", a)
            agree(f"np.gradient(a, b, axis={axis}, edge_order={order})", a, 2)
            agree(f"np.gradient(a, b, axis={axis}, edge_order={order})", a, np.float64(0.3))
        agree(f"np.gradient(a, b, c, edge_order={order})", a, 2.0, np.array([0, 1, 3, 4, 7.0]))
        agree(f"np.gradient(a, b, c, edge_order={order})", a, np.array([1, 2, 4, 8]), np.arange(5))
    for n in range(5):
        agree(f"np.gradient(a, edge_order={order})", filled((n,), dtype))
        agree(f"np.gradient(a, b, edge_order={order})", filled((n,), dtype), np.arange(n) ** 2)
    agree("np.gradient(a, b)", filled((4,), dtype), np.arange(3))


@pytest.mark.parametrize("dtype", DTYPES + ["bool"])
def test_trapezoid(dtype):
    for a in layouts((3, 5), dtype):
        agree("np.trapezoid(a)", a)
        agree("np.trapezoid(a, axis=0, dx=2)", a)
        agree("np.trapezoid(a, b)", a, np.arange(5) ** 2)
        agree("np.trapezoid(a, b, axis=0)", a, np.arange(3) ** 2.0)
        agree("np.trapezoid(a, b, axis=0)", a, filled((3, 5), "float64"))
    for n in (0, 1, 2):
        agree("np.trapezoid(a)", filled((n,), dtype))
    agree("np.trapezoid(a, b)", filled((4,), dtype), np.arange(3))


def test_complex_numbers():
    a = filled((4, 5), "complex128")
    # NumPy multiplies arrays of complex numbers with the processor's FMA.
    nearly("np.trapezoid(a, b, axis=0)", a, a, rtol=1e-13)
    agree("np.gradient(a)", a)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("np.gradient(a > 0)", "boolean subtract"),
        ("np.gradient(a, edge_order=3)", "edge_order"),
        ("np.gradient(a, 1, 2, 3)", "invalid number of arguments"),
        ("np.gradient(a, a)", "invalid number of arguments"),
        ("np.ediff1d(a, to_end=1j)", "same_kind"),
        ("np.diff(a, prepend=a[0])", "dimensions must be the same"),
    ],
)
def test_refusals(expression, words):
    with pytest.raises(CompileError, match=words):
        compiled(f"return {expression}", "a")(np.ones((2, 3)))
