"""`cmath` in compiled code against CPython's: all kinds of parts, and random arguments."""

import cmath
import itertools
import math
import random

import numpy as np
import pytest

from tests.library.calls import check_calls

INF, NAN = math.inf, math.nan
PARTS = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.75, 1.5, -3.0, INF, -INF, NAN, 5e-324, -1e-310, 1e-160, 1e155, -1e308, 7e307, 709.5,
    -711.0, 1e-17, 2.0, 1.2,
]  # fmt: skip
ONE = "acos acosh asin asinh atan atanh cos cosh exp isfinite isinf isnan log log10 phase polar sin sinh sqrt tan tanh".split()


def test_nothing_of_the_module_is_left_out():
    names = {name for name in dir(cmath) if not name.startswith("_")}
    assert names == {*ONE, "isclose", "rect", "e", "inf", "infj", "nan", "nanj", "pi", "tau"}


@pytest.mark.parametrize("name", ONE)
def test_of_one(name):
    check_calls(f"cmath.{name}(a)", [(complex(x, y),) for x in PARTS for y in PARTS])
    check_calls(f"cmath.{name}(a)", [(x,) for x in (0, 2, True, 0.5, -0.5, np.float32(0.3), np.complex64(1 + 2j))])


@pytest.mark.parametrize("name", ONE)
def test_on_random_numbers(name):
    numbers = random.Random(1)

    def part():
        return numbers.choice([1, -1]) * numbers.random() * 10.0 ** numbers.choice([0, 0, 0, 1, -3, 3, 150, -150, -308])

    check_calls(f"cmath.{name}(a)", [(complex(part(), part()),) for _ in range(1000)])


def test_of_two():
    some = [complex(x, y) for x in (0.0, -0.0, 1.0, -2.5, INF, NAN) for y in (0.0, -0.0, 1.0, 3.0, -INF, NAN)]
    check_calls("cmath.log(a, b)", itertools.product(some, some))
    check_calls("cmath.log(a, 10)", [(z,) for z in some])
    check_calls("cmath.rect(a, b)", itertools.product(PARTS, PARTS))
    check_calls("cmath.isclose(a, b)", itertools.product(some, some))
    check_calls("cmath.isclose(a, b, rel_tol=c, abs_tol=d)", itertools.product(some[:12], some[:12], (0.1, -1.0), (0.0, 2.0)))


def test_constants():
    check_calls("cmath.pi, cmath.e, cmath.tau, cmath.inf, cmath.nan, cmath.infj, cmath.nanj", [()])
