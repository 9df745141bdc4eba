"""Functions of `float32` in kernels: within 1 ULP, special values as NumPy's, no double precision.

Arguments are a sample of all `float32` and what lies next to where formulas change; references
are NumPy's functions of `float64`. Every 17th of all arguments was compared once:
docs/decisions/0082-float32-on-devices.md has the largest errors.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.cuda.test_math import kernel_of

ONE = (
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin", "arccos",
    "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "cbrt",
)
TWO = ("arctan2", "hypot", "power")
PYTHONS = {
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh",
    "arctanh": "atanh", "arctan2": "atan2", "power": "pow",
}
# No divisor of 2**32, so that all mantissas have their turn.
STEP = 16411
FEW = [0.0, 1.0, 0.5, 1.5, 2.0, 3.0, 7.0, 1e-45, 1.2e-38, 1e-20, 1e20, 3.4e38, 16777216.0, np.inf, np.nan]


def sample() -> np.ndarray:
    everywhere = np.arange(0, 2**32, STEP, dtype=np.uint64).astype(np.uint32).view(np.float32)
    near = np.linspace(-12, 12, 100_003).astype(np.float32)
    steps = np.float32(np.pi / 4) * np.arange(1, 40_000, dtype=np.float32)
    edges = np.array([88.72284, 88.722839, -103.97208, -87.33654, 89.41599, 0.41421357, 2.4142137, 1e-4, 2e-4])
    edges = edges.astype(np.float32)
    return np.concatenate([everywhere, near, steps, edges, -edges, FEW, np.negative(FEW)]).astype(np.float32)


def computed(expression: str, *arrays: np.ndarray) -> np.ndarray:
    kernel = kernel_of(expression, *"xy"[: len(arrays)])
    made = np.zeros(arrays[0].size, np.float32)
    kernel.forall(made.size)(*arrays, made)
    return made


def errors(made: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """In units of the last place of float32; infinite where one is no number and the other is."""
    with np.errstate(all="ignore"):
        rounded = wanted.astype(np.float32)
        largest = np.finfo(np.float32).max
        unit = np.spacing(np.minimum(np.abs(rounded), largest / np.float32(2))).astype(float)
        unit = np.where(np.abs(rounded) > largest / 2, 2.0**104, unit)
        error = np.abs(made.astype(float) - wanted) / unit
        same = (made == rounded) | np.isnan(made) & np.isnan(rounded)
        edge = (np.abs(wanted) > largest) & (np.abs(made) == largest) & (np.abs(wanted) < largest * (1 + 2.0**-24))
        outside = ~np.isfinite(rounded) | ~np.isfinite(made)
        error = np.where(outside, np.where(same | edge, 0, np.inf), error)
        signs = (made == 0) & (rounded == 0) & (np.signbit(made) != np.signbit(rounded))
        return np.where(signs, np.inf, error)


@pytest.mark.parametrize("name", ONE)
def test_numpys_functions_of_one(name):
    x = sample()
    made = computed(f"np.{name}(x)", x)
    with np.errstate(all="ignore"):
        error = errors(made, getattr(np, name)(x.astype(float)))
    at = np.argmax(error)
    assert error[at] <= 1, (x[at], made[at])


@pytest.mark.parametrize("name", TWO)
def test_numpys_functions_of_two(name):
    generator = np.random.default_rng(7)
    few = np.array([*FEW, -0.0, -1.0, -2.0, -3.0, -2.5, -np.inf, 2.5, -1e30], np.float32)
    x, y = (part.ravel() for part in np.meshgrid(few, few))
    a = generator.integers(0, 2**32, 200_000, dtype=np.uint64).astype(np.uint32).view(np.float32)
    b = generator.integers(0, 2**32, 200_000, dtype=np.uint64).astype(np.uint32).view(np.float32)
    with np.errstate(all="ignore"):
        c = np.exp(generator.uniform(-80, 80, 200_000)).astype(np.float32)
        near = (c * generator.uniform(-3, 3, 200_000)).astype(np.float32)
        reach = (generator.uniform(-104, 89, 200_000) / np.log(c.astype(float))).astype(np.float32)
    x = np.concatenate([x, a, c, c, generator.uniform(0.9, 1.1, 200_000)]).astype(np.float32)
    y = np.concatenate([y, b, near, reach, reach * 30]).astype(np.float32)
    made = computed(f"np.{name}(x, y)", x, y)
    with np.errstate(all="ignore"):
        error = errors(made, getattr(np, name)(x.astype(float), y.astype(float)))
    at = np.argmax(error)
    assert error[at] <= 1, (x[at], y[at], made[at])


@pytest.mark.parametrize("name", ["erf", "erfc"])
def test_error_functions(name):
    x = sample()
    x = x[np.isfinite(x)]
    wanted = np.array([getattr(math, name)(value) for value in x.tolist()])
    error = errors(computed(f"math.{name}(x)", x), wanted)
    at = np.argmax(error)
    assert error[at] <= 1, x[at]


@pytest.mark.parametrize("name", [*ONE, *TWO, "erf", "erfc", "sqrt", "fabs", "degrees", "copysign"])
def test_math_keeps_float32(name):
    """The same bits as NumPy's function has in kernels, and no double precision in assembly."""
    pythons = PYTHONS.get(name, name)
    if not hasattr(math, pythons):
        pytest.skip(f"this Python has no math.{pythons}")
    two = name in (*TWO, "copysign")
    x = np.linspace(1.0, 5, 1000) if name == "arccosh" else np.linspace(0.01, 0.99, 1000)
    arrays = [x.astype(np.float32), np.linspace(0.1, 3, 1000).astype(np.float32)][: 1 + two]
    names = ", ".join("xy"[: len(arrays)])
    made = computed(f"math.{pythons}({names})", *arrays)
    if name not in ("erf", "erfc", "degrees"):
        assert np.array_equal(made, computed(f"np.{name}({names})", *arrays))
    kernel = kernel_of(f"math.{pythons}({names})", *"xy"[: len(arrays)])
    ptx = kernel.inspect_asm("void(" + "float32[::1], " * len(arrays) + "float32[::1])")
    assert ".f64" not in ptx
    assert "fma.rn.f32" in ptx or name in ("sqrt", "fabs", "degrees", "copysign")


def test_a_float32_and_a_python_number():
    x = np.linspace(0.1, 4, 100, dtype=np.float32)
    assert np.array_equal(computed("math.pow(x, 2)", x), computed("math.pow(x, np.float32(2))", x))
    assert np.array_equal(computed("math.hypot(x, 2.0)", x), computed("math.hypot(x, np.float32(2))", x))


def test_domains_are_checked():
    for expression, value, error in [
        ("math.log(x)", 0.0, ValueError), ("math.exp(x)", 89.0, OverflowError),
        ("math.sin(x)", np.inf, ValueError), ("math.asin(x)", 1.5, ValueError),
        ("math.gamma(x)", -1.0, ValueError), ("math.pow(x, 0.5)", -1.0, ValueError),
    ]:
        with pytest.raises(error):
            computed(expression, np.array([value], np.float32))


def test_doubles_are_as_they_were():
    x = np.linspace(0.01, 20, 1000)
    made = np.zeros(x.size)
    kernel_of("math.sin(x) + np.float64(0)", "x").forall(x.size)(x, made)
    assert (np.abs(made - np.sin(x)) <= 2 * np.spacing(np.abs(np.sin(x)))).all()


def test_large_angles():
    """Where the quadrant comes from digits of 2 / pi: next to multiples of pi / 2 too."""
    exponents = np.arange(15, 128)
    mantissas = np.random.default_rng(2).integers(2**23, 2**24, (400, exponents.size))
    x = np.ldexp(mantissas.astype(float), exponents - 23).astype(np.float32).ravel()
    # The float32 that comes nearest to a multiple of pi / 2.
    x = np.concatenate([x, -x, np.array([16367173 * 2.0**72, 12.566371, 32768.0, 32768.004], np.float32)])
    for name in ("sin", "cos", "tan"):
        error = errors(computed(f"np.{name}(x)", x), getattr(np, name)(x.astype(float)))
        assert error.max() <= 1, x[np.argmax(error)]


