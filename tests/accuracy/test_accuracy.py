"""A short measurement of the elementary functions, their special values, and the page."""

import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from . import report
from .__main__ import narrow
from .functions import DEVICES, FUNCTIONS, HAS_EXTENDED, HAS_SCIPY, SPECIAL as SCIPYS
from .measure import by_mpmath, exactly, largest, units
from .samples import around, drawn, hard, zeros_of_log_gamma

ROOT = Path(__file__).parents[2]
KNOWN = (*FUNCTIONS, *SCIPYS) if HAS_SCIPY else FUNCTIONS
NAMES = [f.name for f in KNOWN]
SPECIAL = [0.0, 1.0, 0.5, 1.5, 2.0, 3.0, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-20, 1e20, 1e300, 1.7976931348623157e308, np.inf]


@pytest.mark.skipif(not HAS_EXTENDED, reason="longdouble is no longer than float64 here")
@pytest.mark.parametrize("function", KNOWN, ids=NAMES)
def test_at_most_one_unit_in_the_last_place(function):
    generator = np.random.default_rng(3)
    error, at = largest(function, drawn(function, np.float64, 3000, generator), again=10)
    assert error <= 1, at
    error, at = narrow(function, drawn(function, np.float32, 3000, generator))
    assert error <= 0.51, at


@pytest.mark.parametrize("function", DEVICES, ids=lambda f: f.name)
def test_functions_of_devices(function):
    # Compositions of two functions, of which each has an error of its own.
    generator = np.random.default_rng(3)
    error, at = largest(function, drawn(function, np.float64, 1000, generator), again=1)
    assert error <= 2, at
    error, at = exactly(function, [drawn(function, np.float32, 500, generator)[0]])
    assert error <= 2, at


@pytest.mark.parametrize("function", [f for f in KNOWN if f.arity == 1], ids=lambda f: f.name)
def test_hard_cases(function):
    error, at = exactly(function, [hard(function, np.float64)[::29]])
    assert error <= 1, at


@pytest.mark.skipif(not HAS_SCIPY, reason="SciPy isn't here")
@pytest.mark.parametrize("name", ["gamma", "gammaln"])
def test_float32_next_to_zeros(name):
    """Where the reference of float64 isn't near enough to the value itself."""
    function = next(f for f in SCIPYS if f.name == name)
    arguments = np.array([*zeros_of_log_gamma(), 1.0, 2.0], np.float32)
    error, at = exactly(function, [around(arguments, np.float32, 9)])
    assert error <= 0.53, at


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("function", KNOWN, ids=NAMES)
def test_special_values_are_those_of_numpy(function, dtype):
    with np.errstate(all="ignore"):
        values = np.array([*SPECIAL, *(-x for x in SPECIAL), np.nan]).astype(dtype)
        operands = np.array(list(itertools.product(values, repeat=function.arity)), dtype)
        arguments = [np.ascontiguousarray(column) for column in operands.T]
        want = function.library(*arguments)
    got = function.compiled()(*arguments)
    assert got.dtype == want.dtype
    one_by_one = [function.compiled()(*row) for row in operands]
    assert np.array(one_by_one).tobytes() == got.tobytes()
    for *place, x, y in zip(*arguments, got, want, strict=True):
        size, signs = function.unlike
        if 0 < abs(place[0]) < size and ("-" in signs if place[0] < 0 else "+" in signs):
            # SciPy's is another number than the value rounds to.
            assert by_mpmath(function, place, x) <= 1, place
        elif np.isfinite(y) and y != 0 and np.isfinite(x):
            # NumPy has errors of its own, up to 4 units.
            assert abs(x - y) <= 5 * units(np.array(y)), place
        else:
            assert (np.isnan(x) and np.isnan(y)) or (x == y and np.signbit(x) == np.signbit(y)), (place, x, y)


def test_the_page_is_as_written():
    results = report.load()
    assert report.PAGE.read_text() == report.text(results)
    assert list(results["functions"]) == [f.name for f in (*FUNCTIONS, *SCIPYS, *DEVICES)]
    # Those of devices are compositions of two functions, each with an error of its own.
    most = {f.name: 2 for f in DEVICES}
    for name, row in results["functions"].items():
        assert row["float64"]["error"] <= most.get(name, 1), name
        assert row["float32"]["error"] <= most.get(name, 1), name


def test_the_polynomials_are_as_generated():
    generator = ROOT / "compiler" / "library" / "coefficients" / "generate.py"
    assert subprocess.run([sys.executable, generator, "--check"]).returncode == 0
