"""Warnings of NumPy's functions: the same ones, of the same places, compiled and not.

How they are issued is in `tests/python/test_warnings.py`.
"""

import traceback
import warnings

import numpy as np
import pytest

from tests.library.differential import compiled, plain

NAN = np.nan
NOTHING = np.empty(0)
NO_ROWS = np.empty((0, 2))
NO_COLUMNS = np.empty((2, 0))
NO_RESULTS = np.empty((0, 0))
LEVEL = np.array([[0.0, 1.0], [1.0, 1.0]])
MIXED = np.array([[0.0, 1.0], [0.0, 0.0]])
ALL_NAN = np.array([NAN, NAN])
COLUMN_NAN = np.array([[NAN, 1.0], [NAN, 2.0]])
SQUARE_NAN = np.full((2, 2), NAN)


def told(function, arguments, filter_):
    """The warnings of a call, or the exception that one became, with NumPy's frames."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter(filter_)
        try:
            function(*arguments)
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)[1:]
            return type(error), str(error), [(f.filename, f.name, f.lineno) for f in frames]
    return [(w.category, str(w.message), w.filename, w.lineno) for w in caught]


def warned_alike(body, *arguments):
    """What a body warns of; asserts that it is the same compiled."""
    parameters = ", ".join("ab"[: len(arguments)])
    body = f"return {body}"
    said = []
    for filter_ in ("always", "error"):
        want = told(plain(body, parameters), arguments, filter_)
        assert told(compiled(body, parameters), arguments, filter_) == want, (body, filter_)
        said.append(want)
    return said[0]


@pytest.mark.parametrize("dtype", ["f8", "f4", "c16", "c8", "i8"])
@pytest.mark.parametrize("name", ["mean", "var", "std"])
def test_nothing(name, dtype):
    for operand in (NOTHING, NO_ROWS, NO_COLUMNS, NO_RESULTS):
        a = operand.astype(dtype)
        warned_alike(f"np.{name}(a)", a)
        warned_alike(f"a.{name}()", a)
        warned_alike(f"np.nan{name}(a)", a)
        if a.ndim > 1:
            warned_alike(f"np.{name}(a, axis=0)", a)
            warned_alike(f"a.{name}(axis=1, keepdims=True)", a)
            warned_alike(f"np.nan{name}(a, axis=0)", a)
    assert warned_alike(f"np.{name}(a)", NOTHING.astype(dtype))
    assert not warned_alike(f"np.{name}(a)", np.ones(3, dtype))
    assert not warned_alike(f"np.{name}(a, axis=0)", np.ones((3, 2), dtype))


@pytest.mark.parametrize("dtype", ["f8", "f4", "c8", "i8"])
@pytest.mark.parametrize("name", ["np.var(a, ", "np.std(a, ", "a.var(", "a.std("])
def test_no_degrees_of_freedom(name, dtype):
    assert warned_alike(f"{name}ddof=1)", np.ones(1, dtype))
    assert warned_alike(f"{name}ddof=2)", np.arange(2).astype(dtype))
    assert warned_alike(f"{name}axis=0, ddof=1)", np.ones((1, 2), dtype))
    assert warned_alike(f"{name}axis=0, ddof=2)", MIXED.astype(dtype))
    assert warned_alike(f"{name}axis=0, ddof=2)", LEVEL.T.copy().astype(dtype))
    assert warned_alike(f"{name}axis=0, ddof=2)", np.array([[0, 0], [1, 2]], dtype))
    assert warned_alike(f"{name}axis=0, ddof=2)", np.empty((1, 0), dtype))
    assert not warned_alike(f"{name}ddof=1)", np.ones(2, dtype))


def test_variances_of_nan_and_where():
    warned_alike("np.var(a, ddof=1)", np.array([NAN]))
    warned_alike("np.var(a, axis=0, ddof=1)", np.array([[NAN]]))
    warned_alike("np.nanvar(a, ddof=1)", np.array([1.0]))
    warned_alike("np.nanstd(a, axis=0, ddof=2)", COLUMN_NAN)
    warned_alike("np.mean(a, where=b)", np.ones(3), np.zeros(3, bool))
    warned_alike("np.mean(a, axis=0, where=b)", np.ones((2, 2)), np.array([[True, False]] * 2))
    warned_alike("np.var(a, where=b)", np.ones(3), np.zeros(3, bool))
    warned_alike("np.var(a, ddof=1, where=b)", np.ones(3), np.array([True, False, False]))


@pytest.mark.parametrize("name", ["nanmean", "nanvar", "nanstd", "nanmedian", "nanmin", "nanmax"])
def test_slices_of_nothing_but_nan(name):
    assert warned_alike(f"np.{name}(a)", ALL_NAN)
    assert warned_alike(f"np.{name}(a, axis=0)", COLUMN_NAN)
    assert warned_alike(f"np.{name}(a, axis=1)", SQUARE_NAN)
    assert not warned_alike(f"np.{name}(a)", np.array([NAN, 1.0]))
    assert not warned_alike(f"np.{name}(a, axis=1)", COLUMN_NAN)


def test_medians_and_quantiles():
    for name in ("median", "nanmedian"):
        for a in (NOTHING, NOTHING.astype("f4"), NOTHING.astype("i8")):
            assert warned_alike(f"np.{name}(a)", a)
        assert warned_alike(f"np.{name}(a, axis=0)", NO_ROWS)
        warned_alike(f"np.{name}(a, axis=0)", NO_RESULTS)
    assert not warned_alike("np.median(a)", np.array([NAN, 1.0]))
    for call in ("np.nanpercentile(a, 30", "np.nanquantile(a, 0.3"):
        for a in (ALL_NAN, COLUMN_NAN, NOTHING):
            assert warned_alike(f"{call}{')' if a.ndim == 1 else ', axis=0)'}", a)
        assert not warned_alike(f"{call})", np.array([NAN, 1.0]))
    assert warned_alike("np.nanquantile(a, b)", ALL_NAN, np.array([0.3]))


def test_averages_and_covariances():
    assert warned_alike("np.average(a)", NOTHING)
    assert warned_alike("np.average(a, axis=0)", NO_ROWS)
    for a in (np.ones(1), NOTHING, np.ones((2, 1)), NO_COLUMNS):
        assert warned_alike("np.cov(a)", a)
    assert warned_alike("np.cov(a, ddof=2)", np.array([0.0, 1.0]))
    assert warned_alike("np.cov(a, ddof=2)", MIXED)
    assert warned_alike("np.cov(a, ddof=3)", np.array([[0.0, 1.0], [2.0, 0.0]]))
    for a in (np.ones(1), np.ones((2, 1)), np.ones(3), np.ones((2, 3)), LEVEL):
        assert warned_alike("np.corrcoef(a)", a)
    assert not warned_alike("np.corrcoef(a)", np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert warned_alike("np.corrcoef(a, b)", np.array([0.0, 1.0]), np.ones(2))


def test_fits():
    assert warned_alike("np.polyfit(a, a, 2)", np.ones(4))
    assert warned_alike("np.polyfit(a, a, 1, w=b)", np.ones(3), np.ones(3))
    assert not warned_alike("np.polyfit(a, a, 1)", np.arange(4.0))
    for name in (
        "polynomial.polyfit",
        "chebyshev.chebfit",
        "legendre.legfit",
        "hermite.hermfit",
        "hermite_e.hermefit",
        "laguerre.lagfit",
    ):
        assert warned_alike(f"np.polynomial.{name}(a, a, 2)", np.ones(4))
        assert not warned_alike(f"np.polynomial.{name}(a, a, 1)", np.arange(4.0))


def test_means_of_expressions():
    for a in (NOTHING, NOTHING.astype("f4")):
        assert warned_alike("np.mean(a * a)", a)
        assert warned_alike("(a * a + 1).mean()", a)
        assert warned_alike("np.var(a * a)", a)
    assert warned_alike("(a * a).mean(axis=0)", NO_ROWS)
    assert not warned_alike("np.mean(a * a)", np.ones(2))


def test_truth_values_in_a_histogram():
    assert warned_alike("np.histogram(a, bins=2)", np.array([True, False, True]))
    assert warned_alike("np.histogram_bin_edges(a, bins=2)", np.array([True, False, True]))
    assert not warned_alike("np.histogram(a, bins=2)", np.arange(3))


def test_median_of_no_slices():
    assert not warned_alike("np.median(a, axis=0)", np.empty((3, 0)))
    assert warned_alike("np.median(a, axis=1)", np.empty((3, 0)))
    assert warned_alike("np.median(a, axis=0)", np.empty((0, 0)))


def test_cross_products_of_flat_vectors():
    assert warned_alike("np.cross(a, b)", np.arange(2.0), np.arange(3.0))
    assert not warned_alike("np.cross(a, b)", np.arange(3.0), np.arange(3.0))
