"""NumPy's global generator in compiled code: arrays of parameters, integers of all dtypes,
rows that are shuffled, vectors of normal variates."""

import warnings

import numpy as np
import pytest

from tests.library.calls import function
from tests.library.test_numpy_random import same_stream
from tests.python.harness import native

TWICE = range(2)
NAN = float("nan")


DISTRIBUTIONS = [
    "normal(a, 2)",
    "normal(b, a)",
    "normal(1, -a)",
    "normal(a, b, 3)",
    "normal(a, b, (3, 2))",
    "normal(a[0:1][0], b)",
    "lognormal(b, 1)",
    "uniform(a, b)",
    "uniform(-a, a * 1.5)",
    "exponential(a)",
    "exponential([1, 2])",
    "gamma(a)",
    "standard_gamma(a, (3, 2))",
    "beta(a, 2)",
    "chisquare(b)",
    "standard_t(a)",
    "wald(a, a)",
    "weibull(a)",
    "laplace(a)",
    "vonmises(a, 1.0)",
    "triangular(a, a + 1, 5)",
    "poisson(a)",
    "poisson(-a)",
    "binomial(10, a / 5)",
    "binomial(10, a / 5, (4, 2))",
    "binomial(10, a / 5, 3)",
    "negative_binomial(a, 0.2)",
    "geometric(a / 5)",
    "zipf(a + 1)",
]


@pytest.mark.parametrize("text", DISTRIBUTIONS)
def test_arrays_of_parameters(text):
    for a, b in (
        (np.array([1.0, 2.0]), np.array([1.0, 2.0])),
        (np.array([1.0, 2.0, 3.0]), np.array([[1.0], [2.0]])),
        (np.array([1, 2])[::-1], np.array([[1.0, 3.0], [2.0, 4.0]], np.float32).T),
    ):
        same_stream(f"np.random.{text}, np.random.rand()", a, b, seeds=TWICE)


def test_wrong_arrays_of_parameters():
    for text, *args in (
        ("binomial(a, 0.5)", np.array([1, -2])),
        ("binomial(a, b)", np.array([1, 20]), np.array([0.2, NAN])),
        ("poisson(a)", np.array([2, NAN])),
        ("triangular(a, 2, 4)", np.array([1, 3.0])),
        ("uniform(a)", np.array([1, np.inf])),
        ("normal(np.array(2.0))",),
        ("normal(a, 1, 3)", np.array([1.0, 2.0])),
    ):
        same_stream(f"np.random.{text}", *args, seeds=TWICE)


SAMPLES = [(5, 6, 4), (50, 60, 40), (500, 6, 200), (2**40, 2**40, 30), (5, 6, 1), (-5, 6, 4)]
SAMPLES += [(5, -6, 1), (5, 6, -4), (5, 6, 12), (5, 6, 0), (100, 100, 11), (3, 8, 11), (10**9, 10**6, 10**5)]


def test_hypergeometric():
    for numbers in SAMPLES:
        text = "np.random.hypergeometric(a, b, c), np.random.hypergeometric(a, b, c, 50)"
        same_stream(text, *numbers, seeds=TWICE)
    for numbers in ((np.array([5, 6]), 6, 4), (np.array([5, 6]), 6, 0), (np.array([5, 6]), 6, 14)):
        same_stream("np.random.hypergeometric(a, b, c)", *numbers, seeds=TWICE)


def test_bytes():
    for n in (0, 1, 4, 5, 17, -1, -4, -5):
        same_stream("np.random.bytes(a), np.random.randn()", n, seeds=TWICE)


INTEGERS = ["np.int8", "np.uint8", "np.int16", "np.uint16", "np.int32", "np.uint32", "np.int64"]


@pytest.mark.parametrize("dtype", [*INTEGERS, "np.uint64", "bool", "int", "'i4'", "np.bool_", "np.intp"])
def test_integers_of_a_dtype(dtype):
    text = f"np.random.randint(a, b, dtype={dtype}), np.random.randint(a, b, 7, {dtype}), np.random.randint(a, b, (2, 3), dtype={dtype}), np.random.randint(b, size=9, dtype={dtype}), np.random.randint(a, b, 0, {dtype}), np.random.randn()"
    limits = [(0, 2), (0, 1), (1, 2), (0, 100), (-5, 100), (0, 256), (0, 2**32), (0, 257)]
    for low, high in [*limits, (-128, 128), (3, 3), (0, 128), (0, 2**31)]:
        same_stream(text, low, high, seeds=TWICE)


def test_integers_between_arrays():
    same_stream("np.random.randint(a, b)", np.array([1, 2]), np.array([3, 4]))
    same_stream("np.random.randint(a, b)", np.array([1, 5]), np.array([3, 4]))
    same_stream("np.random.randint(a, b, (3, 2))", np.array([1, 2]), 30)
    same_stream("np.random.randint(a)", np.array([[1, 2]]))
    same_stream("np.random.randint(a, 5)", [1, 2])
    same_stream("np.random.randint(2.5)")


def test_rows_and_lists():
    for a in (
        np.arange(12).reshape(4, 3),
        np.arange(24).reshape(4, 3, 2)[::-1],
        np.zeros((0, 2)),
        np.array(1.0),
        [1, 2, 3, 4],
    ):
        same_stream("np.random.shuffle(a)", a)
        same_stream("np.random.permutation(a)", a)
    same_stream("np.random.shuffle(a)", ["a", "b", "c"])
    for n in (7, np.int32(7), np.uint8(7), 0):
        same_stream("np.random.permutation(a)", n)


@pytest.mark.parametrize("check", ["warn", "raise", "ignore", "x"])
def test_multivariate_normal(check):
    for cov in ([[1.0, 0.5], [0.5, 1.0]], [[1, 2], [2, 1]], [[1.0, 2]], [1.0, 2]):
        for size in ("None", "3", "(2, 2)", "0"):
            text = f"np.random.multivariate_normal(a, b, {size}, {check!r}), np.random.randn()"
            same_stream(text, np.array([1.0, 2]), np.array(cov), seeds=TWICE)
    same_stream("np.random.multivariate_normal(a, b)", [1, 2], [[2, 1], [1, 2]])
    same_stream("np.random.multivariate_normal(a, b)", np.ones((1, 2)), np.ones((1, 1)))
    same_stream("np.random.multivariate_normal(a, b)", np.ones(2), np.ones((1, 1)))


@pytest.mark.parametrize("of", ["np.random", "np.random.default_rng(1)"])
def test_covariances_that_are_none_warn(of):
    f = native(function(f"{of}.multivariate_normal(a, b)", 2))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        f(np.zeros(2), np.array([[1.0, 2.0], [2.0, 1.0]]))
        f(np.zeros(2), np.array([[2.0, 1.0], [1.0, 2.0]]))
    assert [str(w.message) for w in caught] == ["covariance is not symmetric positive-semidefinite."]
