"""Medians, percentiles and quantiles."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import filled, layouts
from tests.library.differential import agree, compiled, plain

METHODS = [
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
    "lower",
    "higher",
    "midpoint",
    "nearest",
]


def with_nan(shape, dtype="float64"):
    a = filled(shape, dtype)
    a.reshape(-1)[::4] = np.nan
    return a


@pytest.mark.parametrize("function", ["median", "nanmedian"])
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32", "float64"])
def test_medians(function, dtype):
    for shape in [(), (1,), (2,), (9,), (3, 4), (2, 3, 4)]:
        for a in layouts(shape, dtype) if dtype == "float64" else [filled(shape, dtype)]:
            for axis in (None, *range(len(shape))):
                agree(f"np.{function}(a, axis={axis})", a)
    for a in layouts((2, 3, 4), dtype):
        agree(f"np.{function}(a, axis=(0, -1))", a)
        agree(f"np.{function}(a, axis=1, keepdims=True)", a)
        agree(f"np.{function}(a, keepdims=True)", a)


@pytest.mark.parametrize("function", ["median", "nanmedian"])
def test_medians_with_nan(function):
    for dtype in ("float32", "float64"):
        for shape in [(9,), (3, 4), (1, 5)]:
            for axis in (None, *range(len(shape))):
                agree(f"np.{function}(a, axis={axis})", with_nan(shape, dtype))
    agree(f"np.{function}(a)", np.full(3, np.nan))
    agree(f"np.{function}(a)", np.array([np.inf, -np.inf]))
    agree(f"np.{function}(a)", np.array([-0.0, -0.0, -0.0]))
    for shape in [(0,), (3, 0), (0, 3)]:
        for axis in (None, *range(len(shape))):
            agree(f"np.{function}(a, axis={axis})", np.zeros(shape))


@pytest.mark.parametrize("order", ["random", "sorted", "reversed", "equal", "few", "pipe"])
def test_selection(order):
    rng = np.random.default_rng(4)
    n = 5001
    a = {
        "random": rng.standard_normal(n),
        "sorted": np.arange(n) * 1.5,
        "reversed": np.arange(n)[::-1] * 1.5,
        "equal": np.full(n, 2.5),
        "few": rng.integers(0, 3, n) * 1.0,
        "pipe": np.concatenate([np.arange(2500), np.arange(2501)[::-1]]) * 1.0,
    }[order]
    for line in (a, a[1:], a.astype(np.int16)):
        agree("np.median(a)", line)
        agree("np.percentile(a, b)", line, np.array([1.0, 99.0, 50.0, 0.0, 100.0]))
        agree("np.percentile(a, b)", line, np.linspace(0, 100, 37))


@pytest.mark.parametrize("method", METHODS)
def test_methods(method):
    for a in (filled((3, 4), "float64"), filled((3, 4), "int32"), np.arange(1.0), np.arange(10)):
        for q in (0, 10, 33.3, 100.0, 50, np.linspace(0, 100, 21), np.array([20, 80])):
            agree(f"np.percentile(a, b, method='{method}')", a, q)
        for q in (0, 0.25, 1, np.array([0, 1]), np.array([0.1, 0.6])):
            agree(f"np.quantile(a, b, method='{method}')", a, q)
    agree(f"np.percentile(a, (20, 70), axis=0, method='{method}')", filled((5, 3), "float32"))


@pytest.mark.parametrize("function", ["percentile", "nanpercentile"])
def test_axes_and_dtypes(function):
    for dtype in ("uint8", "int32", "float32", "float64"):
        for a in layouts((3, 4), dtype) if dtype == "float64" else [filled((3, 4), dtype)]:
            for q in (40, np.float64(40), np.float32(40), (10, 90.5), np.array([[10, 20], [30, 40.0]])):
                agree(f"np.{function}(a, b, axis=1)", a, q)
    for a in layouts((2, 3, 4), "float64"):
        for axis in (0, 2, (0, 1), (2, 0), None):
            agree(f"np.{function}(a, (25, 75), axis={axis})", a)
            agree(f"np.{function}(a, 25, axis={axis}, keepdims=True)", a)
            agree(f"np.{function}(a, (25, 75), {axis}, keepdims=True)", a)


@pytest.mark.parametrize("function", ["quantile", "nanquantile"])
def test_nan_and_infinities(function):
    for q in (0.5, 0, np.array([0.1, 0.9])):
        for axis in (None, 0, 1):
            agree(f"np.{function}(a, b, axis={axis})", with_nan((3, 4)), q)
        agree(f"np.{function}(a, b)", np.full(3, np.nan), q)
        agree(f"np.{function}(a, b)", np.array([1, np.inf, np.inf]), q)
        agree(f"np.{function}(a, b)", np.array([-0.0, 0.0, -0.0]), q)


def test_out_of_range():
    a = filled((5,), "float64")
    for q in (-1.0, 100.5, 101, np.nan, np.array([50, 200])):
        agree("np.percentile(a, b)", a, q)
        agree("np.quantile(a, b)", a, q)
    agree("np.percentile(a, 50)", a[:0])
    agree("np.percentile(a, b)", a, np.zeros(0))
    with pytest.raises(ValueError, match=r"^Percentiles must be in the range \[0, 100\]$"):
        compiled("return np.percentile(a, b)", "a, b")(a, 101)


def test_out():
    agree("np.median(a, axis=0, out=b)", filled((3, 4), "int32"), np.zeros(4))
    agree("np.percentile(a, 30, axis=1, out=b)", filled((3, 4), "float64"), np.zeros(3))
    agree("np.quantile(a, (0.1, 0.2), axis=1, out=b)", filled((3, 4), "float64"), np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("np.percentile(a, 5, method='best')", "not a valid method"),
        ("np.percentile(a > 0, 5)", "boolean subtract"),
        ("np.median(a + 1j)", "real numbers"),
        ("np.quantile(a, 0.5, weights=a)", "weights"),
        ("np.quantile(a, 0.5, axis=2)", "out of bounds"),
    ],
)
def test_refusals(expression, words):
    with pytest.raises(CompileError, match=words):
        compiled(f"return {expression}", "a")(np.ones((2, 3)))


def test_numbers_without_axes():
    for a in (np.array(3), np.array(2.5, "float32"), np.array(np.nan)):
        for expression in ("np.median(a, keepdims=True)", "np.median(a)", "np.nanmedian(a, keepdims=True)"):
            agree(expression, a)
        agree("np.percentile(a, 50, keepdims=True)", a)
        agree("np.percentile(a, (10, 20), keepdims=True)", a)
    agree("np.median([3, 1, a])", 2)
    with pytest.raises(CompileError, match="out of bounds"):
        compiled("return np.median(a, axis=1)", "a")(np.array(2.5))


def test_nan_quantiles_of_nothing():
    for shape in [(0,), (3, 0), (0, 3)]:
        for axis in (None, 0):
            agree(f"np.nanquantile(a, 0.5, axis={axis})", np.zeros(shape))
    with pytest.raises(ValueError, match="take one q"):
        compiled("return np.nanquantile(a, (0.5, 1))", "a")(np.zeros(0))


def test_orders_that_go_wrong():
    # Each pivot that the middle of three would give is the least but one.
    n = 4000
    a = np.zeros(n)
    values = list(range(n))
    left = list(range(n))
    while len(left) > 3:
        low, middle = left[0], left[(len(left) - 1) // 2]
        a[low], a[middle] = values.pop(0), values.pop(0)
        left = [i for i in left if i not in (low, middle)]
    for i in left:
        a[i] = values.pop(0)
    agree("np.median(a)", a)
    agree("np.percentile(a, b)", a, np.array([90.0, 10, 50]))


def test_no_axes_of_empty_arrays():
    for shape in ((0,), (0, 3), (2, 0), (2, 2), (0, 3, 4)):
        a = np.ones(shape)
        for function in ("median", "nanmedian", "percentile", "quantile"):
            q = ", 0.5" if function in ("percentile", "quantile") else ""
            for axis in ("()", "(0,)", "(1, 2)") if len(shape) == 3 else ("()", "(0,)"):
                agree(f"np.{function}(a{q}, axis={axis})", a)
    texts = []
    for make in (compiled, plain):
        with pytest.raises(ValueError) as error:  # noqa: PT011 - compared below
            make("return np.median(a, axis=())", "a")(np.ones((0, 3)))
        texts.append(str(error.value))
    assert texts[0] == texts[1]
