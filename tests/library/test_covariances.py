"""Weighted means, covariances, correlations."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import filled, layouts
from tests.library.differential import agree, compiled, nearly

# Products are added up in another order than BLAS does.
RTOL = {"float32": 1e-10, "int32": 1e-12, "float64": 1e-10, "complex128": 1e-10, "bool": 1e-12}


@pytest.mark.parametrize("dtype", ["bool", "int32", "float32", "float64", "complex128"])
def test_average(dtype):
    weights = filled((3, 4), "int32") + 1
    for a in layouts((3, 4), dtype) if dtype == "float64" else [filled((3, 4), dtype)]:
        for axis in (None, 0, -1):
            agree(f"np.average(a, axis={axis})", a)
            agree(f"np.average(a, axis={axis}, returned=True)", a)
            agree(f"np.average(a, axis={axis}, weights=b, returned=True)", a, weights)
            agree(f"np.average(a, axis={axis}, weights=b, keepdims=True)", a, weights / 7)
        agree("np.average(a, 0, b)", a, np.arange(3.0))
        agree("np.average(a, 1, b, returned=True)", a, np.arange(4))
        agree("np.average(a, 1, b)", a, np.arange(3))
        agree("np.average(a, 1, b)", a, np.zeros(4))
        agree("np.average(a, axis=(0, 1), weights=b)", a, weights)
    agree("np.average(a, weights=b)", filled((5,), dtype), np.arange(5))
    agree("np.average((1, 2, 4), weights=(a, 2, 3))", 1)


@pytest.mark.parametrize("dtype", sorted(RTOL))
def test_cov(dtype):
    rtol = RTOL[dtype]
    for a in layouts((3, 8), dtype):
        nearly("np.cov(a)", a, rtol=rtol)
        nearly("np.cov(a[0])", a, rtol=rtol)
        nearly("np.corrcoef(a)", a, rtol=rtol)
    a, b = filled((3, 8), dtype), filled((2, 8), "float64")
    for keywords in ("rowvar=False", "bias=True", "ddof=2", "ddof=0", "bias=False"):
        nearly(f"np.cov(a, {keywords})", a, rtol=rtol)
    nearly("np.cov(a, b)", a, b, rtol=rtol)
    nearly("np.cov(a[0], b[0])", a, b, rtol=rtol)
    nearly("np.corrcoef(a[1], b[0])", a, b, rtol=rtol)
    nearly("np.corrcoef(a, b)", a, b, rtol=rtol)
    nearly("np.corrcoef(a, rowvar=False)", a, rtol=rtol)
    agree("np.corrcoef(a[0])", a)


def test_weights():
    a = filled((3, 5), "float64")
    for keywords in ("fweights=b", "aweights=c", "fweights=b, aweights=c", "fweights=b, aweights=c, ddof=0"):
        nearly(f"np.cov(a, {keywords})", a, np.arange(5), np.arange(5) / 3, rtol=1e-12)
    agree("np.cov(a, fweights=b)", a, np.arange(4))
    agree("np.cov(a, fweights=b)", a, np.arange(5) - 3)
    agree("np.cov(a, aweights=b)", a, np.arange(5) - 3.0)
    agree("np.cov(a, aweights=b)", a, np.zeros(5))


def test_single_precision():
    nearly("np.cov(a, dtype=np.float32)", filled((3, 8), "float64"), rtol=2e-5)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("np.average(a, weights=a[0])", "Axis must be specified"),
        ("np.average(a, returned=len(a) > 1)", "returned must be a constant"),
        ("np.cov(a, fweights=a[0])", "fweights must be integer"),
        ("np.cov(a[np.newaxis])", "more than 2 dimensions"),
    ],
)
def test_refusals(expression, words):
    with pytest.raises(CompileError, match=words):
        compiled(f"return {expression}", "a")(np.ones((2, 3)))


def test_one_variable_of_two_dimensions():
    with pytest.raises(ValueError, match="single variable"):
        compiled("return np.cov(a)", "a")(np.ones((1, 3)))
