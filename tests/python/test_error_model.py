"""`error_model="numpy"`: Python's numbers are divided as NumPy's are."""

import itertools
import math

import numpy as np
import pytest

from cumbia import jit
from tests.python.harness import IDENTITY

pytestmark = pytest.mark.skipif(IDENTITY, reason="an option of compiled code")


def true(a, b):
    return a / b


def floor(a, b):
    return a // b


def modulo(a, b):
    return a % b


def both(a, b):
    return divmod(a, b)


FLOATS = [0.0, -0.0, 1.0, -2.5, math.inf, -math.inf, math.nan, 1e-310, 1e308, 7.0]
INTS = [0, 1, -1, 7, -7, 2**62, -(2**63), 2**63 - 1, 2**53 + 1]


def as_numpy(function, a, b):
    """What NumPy's scalars give, as Python's numbers."""
    kind = np.float64 if isinstance(a, float) or isinstance(b, float) else np.int64
    with np.errstate(all="ignore"):
        got = function(kind(a), kind(b))
    return tuple(x.item() for x in got) if isinstance(got, tuple) else got.item()


def same(got, expected):
    if isinstance(expected, tuple):
        return all(map(same, got, expected))
    if type(got) is not type(expected):
        return False
    if isinstance(expected, float):
        signs = math.copysign(1, got) == math.copysign(1, expected)
        return math.isnan(expected) and math.isnan(got) or got == expected and signs
    return got == expected


@pytest.mark.parametrize("function", [true, floor, modulo, both])
def test_floats(function):
    f = jit(error_model="numpy")(function)
    for a, b in itertools.product(FLOATS, FLOATS):
        expected = as_numpy(function, a, b)
        got = f(a, b)
        assert same(got, expected), (function.__name__, a, b, got, expected)
    assert f.stats.compiles == 1


@pytest.mark.parametrize("function", [true, floor, modulo, both])
def test_integers(function):
    f, plain = jit(error_model="numpy")(function), jit(function)
    for a, b in itertools.product(INTS, INTS):
        if b:
            # As ever, also where NumPy's would wrap.
            expected = function(a, b)
            parts = expected if isinstance(expected, tuple) else (expected,)
            if any(isinstance(part, int) and not -(2**63) <= part < 2**63 for part in parts):
                with pytest.raises(OverflowError):
                    f(a, b)
                continue
        elif function is true:
            expected = math.nan if a == 0 else math.copysign(math.inf, a)
        else:
            expected = (0, 0) if function is both else 0
        got = f(a, b)
        assert same(got, expected), (function.__name__, a, b, got, expected)
        if not b:
            with pytest.raises(ZeroDivisionError):
                plain(a, b)


@pytest.mark.parametrize("function", [true, floor, modulo])
def test_mixed_and_constants(function):
    f = jit(error_model="numpy")(function)
    for a, b in [(3, 0.0), (-3, 0.0), (2.5, 0), (True, 0.0), (0, 0.0), (7, 2.0)]:
        assert same(f(a, b), as_numpy(function, float(a), float(b))), (a, b)

    @jit(error_model="numpy")
    def by_constants(x, n):
        return x / 0.0, x // 0.0, x % 0.0, n / 0, n // 0, n % 0, 1.0 / 0, 1 // 0

    got = by_constants(2.0, -3)
    expected = (math.inf, math.inf, math.nan, -math.inf, 0, 0, math.inf, 0)
    assert same(got, expected), got


def test_complex():
    f = jit(error_model="numpy")(true)
    with np.errstate(all="ignore"):
        for a, b in itertools.product([1 + 2j, -1j, 0j], [0j, complex(0.0, -0.0), 2 - 1j]):
            expected = complex(np.complex128(a) / np.complex128(b)) if b == 0 else a / b
            got = f(a, b)
            assert same(got.real, expected.real) and same(got.imag, expected.imag), (a, b, got)


def test_in_loops_functions_and_lambdas():
    """The option is the function's own, and that of what is nested in it."""

    @jit
    def raising(x):
        return 1.0 / x

    @jit(error_model="numpy")
    def outer(xs):
        inverse = lambda x: 1.0 / x  # noqa: E731
        s = 0.0
        for x in xs:
            s += min(inverse(x), 5.0)
        return s

    assert outer([1.0, 0.0, 2.0]) == 6.5

    @jit(error_model="numpy")
    def calls(x):
        return raising(x)

    with pytest.raises(ZeroDivisionError):
        calls(0.0)

    @jit
    def asks(x):
        return outer([x])

    assert asks(0.0) == 5.0


def test_what_stays():
    """Powers, shifts and conversions raise as ever."""

    @jit(error_model="numpy")
    def powers(x, n):
        return x**n

    with pytest.raises(ZeroDivisionError):
        powers(0.0, -1)
    with pytest.raises(ZeroDivisionError):
        powers(0, -1.5)
    with pytest.raises(ValueError):
        jit(error_model="numpy")(lambda a, b: a << b)(1, -1)


def test_both_tiers_and_the_cache_know_the_option(tmp_path, monkeypatch):
    monkeypatch.setenv("CUMBIA_CACHE", "1")
    monkeypatch.setenv("CUMBIA_CACHE_DIR", str(tmp_path / "cache"))
    for tier in ("fast", "best"):
        for model, expected in (("numpy", math.inf), ("python", ZeroDivisionError)):
            f = jit(error_model=model, tier=tier)(true)
            if expected is ZeroDivisionError:
                with pytest.raises(ZeroDivisionError):
                    f(1.0, 0.0)
            else:
                assert f(1.0, 0.0) == expected


def test_other_values_are_refused():
    with pytest.raises(ValueError, match="'error_model' takes 'python' or 'numpy', not 'java'"):
        jit(error_model="java")
    with pytest.raises(TypeError):
        jit(error_model=True)
