"""Distributions of NumPy's global generator in compiled code: its bits, and its state afterwards."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.differential import compiled
from tests.library.test_numpy_random import same_stream

ONE = ["standard_gamma", "chisquare", "standard_t", "pareto", "weibull", "power", "rayleigh"]
TWO = ["gamma", "f", "beta", "laplace", "gumbel", "logistic", "wald", "noncentral_chisquare"]
NAN = float("nan")


@pytest.mark.parametrize("name", ONE)
def test_one_parameter(name):
    for a in (0.3, 1.0, 2.5, 40.0, 1e-4, 0.0, -0.0, -1.0, NAN, 3, np.float32(0.7)):
        if a == a or name in ("weibull", "rayleigh"):
            same_stream(f"np.random.{name}(a), np.random.{name}(a, 50)", a)
    same_stream(f"np.random.{name}(a, (2, 3)), np.random.{name}(a, 0), np.random.randn()", 1.5)


@pytest.mark.parametrize("name", TWO)
def test_two_parameters(name):
    for a, b in ((0.3, 0.7), (1.0, 2.0), (2.5, 0.4), (40.0, 3.0), (1e-4, 1e-4), (0.0, 1.0), (1.0, 0.0), (-1.0, 1.0), (1.0, -1.0)):
        same_stream(f"np.random.{name}(a, b), np.random.{name}(a, b, (5, 20))", a, b)


def test_others():
    same_stream("np.random.standard_cauchy(), np.random.standard_cauchy(50)")
    same_stream("np.random.rayleigh(), np.random.laplace(), np.random.gumbel(size=3), np.random.logistic(1), np.random.poisson()")
    for a, b, c in ((3.0, 4.0, 2.0), (0.5, 1.0, 3.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, -1.0)):
        same_stream("np.random.noncentral_f(a, b, c), np.random.noncentral_f(a, b, c, 50)", a, b, c)
    for a, b, c in ((0.0, 1.0, 2.0), (0.0, 0.0, 2.0), (0.0, 2.0, 2.0), (1.0, 0.0, 2.0), (1.0, 3.0, 2.0), (1.0, 1.0, 1.0)):
        same_stream("np.random.triangular(a, b, c), np.random.triangular(a, b, c, 50)", a, b, c)


def test_counts_of_one_parameter():
    for a in (0.0, 0.3, 3.0, 9.9, 10.0, 50.0, 1e3, 1e6, 1e12, 1e19, -1.0, NAN):
        same_stream("np.random.poisson(a), np.random.poisson(a, 200)", a)
    for name in ("geometric", "logseries"):
        for a in (1e-17, 1e-15, 1e-10, 1e-5, 0.01, 0.2, 0.34, 0.9, 0.999, 1.0, 0.0, -1.0, 2.0, NAN):
            same_stream(f"np.random.{name}(a), np.random.{name}(a, 200)", a)
    for a in (1.1, 2.0, 5.0, 10.0, 1.0, 0.5, NAN):
        same_stream("np.random.zipf(a), np.random.zipf(a, 200)", a)


def test_counts_of_two_parameters():
    for n, p in ((1.0, 0.5), (5.0, 0.1), (0.3, 0.9), (100.0, 0.01), (2.0, 0.0), (2.0, 1.0), (0.0, 0.5), (-1.0, 0.5), (2.0, 1.5)):
        same_stream("np.random.negative_binomial(a, b), np.random.negative_binomial(a, b, 100)", n, p)
    near = [(60, 0.5), (61, 0.5), (100, 0.4), (1000, 0.1), (1000, 0.9), (10**6, 0.3), (10**12, 0.5)]
    for n, p in [(0, 0.5), (1, 0.5), (10, 0.3), (10, 0.9), *near, (5, 0.0), (5, 1.0), (-1, 0.5), (5, 1.5), (5, NAN)]:
        same_stream("np.random.binomial(a, b), np.random.binomial(a, b, 300)", n, p)


def test_refusals():
    for expression, words in (
        ("np.random.poisson('a')", "numbers and arrays as parameters"),
        ("np.random.gamma(2.0, a * 1j)", "real parameters"),
        ("np.random.binomial(a, 0.5)", "integers are needed"),
        ("np.random.binomial(2.5, 0.5)", "integer is needed"),
    ):
        with pytest.raises(CompileError, match=words):
            compiled(f"return {expression}", "a")(np.ones(2))


def test_multinomial():
    for p in ([0.2, 0.3, 0.5], [0.1] * 10, [1.0, 0.0, 0.0], [0.0, 1.0], [1.0], [0.3, 0.2], [0.5, 0.6, 0.1], [-0.1, 1.1], [NAN, 0.5]):
        for n in (0, 1, 100, 10000):
            same_stream(f"np.random.multinomial({n}, a), np.random.randn()", np.array(p))
        for size in ("3", "(2, 2)", "0"):
            same_stream(f"np.random.multinomial(7, a, {size}), np.random.randn()", np.array(p))
        same_stream("np.random.multinomial(-1, a)", np.array(p))
    same_stream("np.random.multinomial(7, a)", [0.2, 0.8])
    same_stream("np.random.multinomial(7, a)", np.array([0.5, 0.5], np.float32))


def test_dirichlet():
    for alpha in ([1.0, 2.0], [0.1, 0.2, 0.3], [5.0], [0.0, 1.0], [-1.0, 2.0], [1e-3, 1e-3]):
        for size in ("None", "3", "(2, 2)", "0"):
            same_stream(f"np.random.dirichlet(a, {size}), np.random.randn()", np.array(alpha))
    same_stream("np.random.dirichlet((1, 2, 3), 2)")


def test_angles():
    for mu in (0.0, 1.0, -2.0, 10.0, -10.0):
        for kappa in (0.0, 1e-9, 1e-6, 0.5, 4.0, 50.0, 1e3, 1e7, -1.0, NAN):
            same_stream("np.random.vonmises(a, b), np.random.vonmises(a, b, 50)", mu, kappa)
