"""The functions of `cmath` and NumPy's of complex numbers in kernels: as Python's.

Real functions below them are within 1 ULP on devices, so results are compared by parts within a
few units of the larger one; where a part isn't finite they are equal.
"""

from __future__ import annotations

import cmath
import itertools

import numpy as np
import pytest

from tests.cuda.test_math import computed

FUNCTIONS = (
    "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "exp", "log", "log10", "sin",
    "sinh", "sqrt", "tan", "tanh",
)
EXTREME = [-np.inf, -2.5, -0.0, 0.0, 1.25, np.inf, np.nan]
RNG = np.random.default_rng(11)
ORDINARY = RNG.normal(0, 2, 200) + 1j * RNG.normal(0, 2, 200)


def grid(values):
    return np.array([complex(re, im) for re, im in itertools.product(values, values)])


def of_python(function, items):
    """The results of those items for which Python has one, and which these are."""
    results, kept = [], []
    for item in items.tolist():
        try:
            results.append(function(item))
            kept.append(item)
        except (ValueError, OverflowError):
            pass
    return np.array(kept), np.array(results)


def same(made, wanted, ulps):
    """Whether parts agree, within units of the number's larger part where all is finite."""
    for part in ("real", "imag"):
        a, b = getattr(made, part), getattr(wanted, part)
        unit = np.spacing(np.maximum(np.abs(wanted.real), np.abs(wanted.imag)))
        exact = (a == b) & (np.signbit(a) == np.signbit(b)) | np.isnan(a) & np.isnan(b)
        with np.errstate(invalid="ignore"):
            near = np.isfinite(wanted) & (np.abs(a - b) <= ulps * unit)
        assert (exact | near).all(), (made[~(exact | near)], wanted[~(exact | near)])


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("numbers", [ORDINARY, grid(EXTREME)], ids=["ordinary", "extreme"])
def test_functions_of_cmath(name, numbers):
    z, wanted = of_python(getattr(cmath, name), numbers)
    same(computed(f"cmath.{name}(z)", "c16", z=z), wanted, 8)


def test_rect_phase_and_polar():
    z = ORDINARY
    r, phi = np.abs(z), np.angle(z)
    made = computed("cmath.rect(r, phi)", "c16", r=r, phi=phi)
    same(made, np.array([cmath.rect(*pair) for pair in zip(r.tolist(), phi.tolist())]), 4)
    same(computed("cmath.phase(z) + 0j", "c16", z=z), np.array([complex(cmath.phase(one)) for one in z]), 4)
    same(computed("complex(*cmath.polar(z))", "c16", z=z), r + 1j * phi, 4)


def test_logarithms_of_a_base():
    z = ORDINARY
    wanted = np.array([cmath.log(one, 2 + 1j) for one in z.tolist()])
    same(computed("cmath.log(z, 2 + 1j)", "c16", z=z), wanted, 8)


@pytest.mark.parametrize(
    ("expression", "value", "error"),
    [
        ("cmath.log(z)", 0j, ValueError), ("cmath.exp(z)", 800 + 0j, OverflowError),
        ("cmath.atanh(z)", 1 + 0j, ValueError), ("cmath.cos(z)", complex(np.inf, 1), ValueError),
    ],
)
def test_domains(expression, value, error):
    with pytest.raises(error):
        computed(expression, "c16", z=np.array([value]))


@pytest.mark.parametrize("dtype", ["c8", "c16"])
@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sin", "cos", "sinh", "cosh", "tanh", "abs", "angle"])
def test_numpys_functions(name, dtype):
    z = ORDINARY.astype(dtype)
    wanted = getattr(np, name)(z)
    made = computed(f"np.{name}(z)", wanted.dtype, z=z)
    assert (np.abs(made - wanted) <= 8 * np.spacing(np.abs(wanted))).all()


def test_angles_of_other_numbers():
    x = np.array([1.5, -2.0, 0.0, 7.0])
    assert np.array_equal(computed("np.angle(x)", "f8", x=x), np.angle(x))


def test_powers_of_integers_with_a_modulus():
    most = 2**63 - 1
    x = np.array([*range(-40, 60), most, -most - 1, most - 7, 2**40 + 3])
    for n, m in [(5, 7), (0, 1), (0, -3), (3, -7), (most, most - 24), (2**62 + 5, -most), (65537, 2**32 + 15)]:
        made = computed(f"pow(int(x), {n}, {m})", "i8", x=x)
        assert np.array_equal(made, [pow(one, n, m) for one in x.tolist()]), (n, m)


@pytest.mark.parametrize("digits", [-1, 0, 2, 5])
def test_roundings_to_digits(digits):
    x = RNG.normal(0, 100, 300)
    made = computed(f"round(x, {digits})", "f8", x=x)
    assert np.array_equal(made, [round(one, digits) for one in x.tolist()])
