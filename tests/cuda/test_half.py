"""`float16` in kernels: as NumPy, operation by operation, over all halves where there is one operand."""

from __future__ import annotations

import math
import operator
from fractions import Fraction

import numpy as np
import pytest

import cumbia
from cumbia import cuda
from tests.cuda.test_math import kernel_of

HALVES = np.arange(65536, dtype=np.uint32).astype(np.uint16).view(np.float16)
NUMBERS = HALVES[np.isfinite(HALVES)]
RNG = np.random.default_rng(16)
PAIRS = tuple(RNG.permutation(np.concatenate([HALVES] * 4)) for _ in range(2))
THREE = tuple(RNG.permutation(np.concatenate([HALVES] * 2)) for _ in range(3))


def computed(expression: str, *arrays: np.ndarray, dtype: object = np.float16) -> np.ndarray:
    kernel = kernel_of(expression.replace("[i]", ""), *"xyz"[: len(arrays)])
    made = np.zeros(arrays[0].size, dtype)
    kernel.forall(made.size)(*arrays, made)
    return made


def same(made: np.ndarray, wanted: np.ndarray) -> None:
    """The same bits; a nan is a nan."""
    assert made.dtype == wanted.dtype
    differ = (made.view(np.uint16) != wanted.view(np.uint16)) & ~(np.isnan(made) & np.isnan(wanted))
    assert not differ.any(), (made[differ][:5], wanted[differ][:5], np.flatnonzero(differ)[:5])


@pytest.mark.parametrize("symbol", ["+", "-", "*", "/"])
def test_arithmetic_of_two(symbol):
    x, y = PAIRS
    with np.errstate(all="ignore"):
        wanted = eval(f"x {symbol} y", {"x": x, "y": y})
    same(computed(f"x[i] {symbol} y[i]", x, y), wanted)


def test_arithmetic_is_rounded_once():
    # Between two halves by less than float32 tells: 1 + 2**-11 + 2**-24 is above the middle.
    x, y = np.array([1.0], np.float16), np.array([2.0**-11], np.float16)
    assert computed("x[i] + y[i]", x, y)[0] == 1.0
    with np.errstate(all="ignore"):
        for a, b in zip(*(pair[:3000] for pair in PAIRS)):
            if np.isfinite(a) and np.isfinite(b) and np.isfinite(a * b):
                exact = Fraction(float(a)) * Fraction(float(b))
                near = [Fraction(float(n)) for n in (np.nextafter(a * b, np.float16(-np.inf)), np.nextafter(a * b, np.float16(np.inf))) if np.isfinite(n)]
                assert all(abs(exact - Fraction(float(a * b))) <= abs(exact - other) for other in near)


@pytest.mark.parametrize("symbol", ["//", "%", "**"])
def test_quotients_remainders_and_powers(symbol):
    # To the C library 1 to the power of a signaling nan is a nan, of a quiet one 1.
    x, y = (np.where(np.isnan(pair), np.float16(np.nan), pair) for pair in PAIRS)
    with np.errstate(all="ignore"):
        wanted = eval(f"x {symbol} y", {"x": x, "y": y})
    made = computed(f"x[i] {symbol} y[i]", x, y)
    if symbol != "**":
        same(made, wanted)
        return
    rarely_next(made, wanted)


@pytest.mark.parametrize("symbol", ["==", "!=", "<", "<=", ">", ">="])
def test_comparisons(symbol):
    x, y = PAIRS
    x = np.where(RNG.random(x.size) < 0.3, y, x)
    with np.errstate(all="ignore"):
        wanted = eval(f"x {symbol} y", {"x": x, "y": y})
    np.testing.assert_array_equal(computed(f"x[i] {symbol} y[i]", x, y, dtype=bool), wanted)


@pytest.mark.parametrize("expression, wanted", [
    ("-x[i]", operator.neg), ("+x[i]", operator.pos), ("abs(x[i])", abs), ("np.fabs(x[i])", np.fabs),
    ("np.negative(x[i])", np.negative), ("np.square(x[i])", np.square), ("np.sqrt(x[i])", np.sqrt),
    ("np.reciprocal(x[i])", np.reciprocal), ("np.sign(x[i])", np.sign), ("np.floor(x[i])", np.floor),
    ("np.ceil(x[i])", np.ceil), ("np.trunc(x[i])", np.trunc), ("np.rint(x[i])", np.rint),
    ("np.spacing(x[i])", np.spacing), ("np.radians(x[i])", np.radians), ("np.degrees(x[i])", np.degrees),
])
def test_exact_functions_of_one(expression, wanted):
    with np.errstate(all="ignore"):
        same(computed(expression, HALVES), wanted(HALVES))


def distance(made: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """How many halves lie between; nans are equal."""
    def place(x: np.ndarray) -> np.ndarray:
        bits = x.view(np.int16).astype(int)
        return np.where(bits < 0, -(bits & 0x7FFF), bits)

    both = np.isnan(made) & np.isnan(wanted)
    assert (np.isnan(made) == np.isnan(wanted)).all()
    return np.where(both, 0, np.abs(place(made) - place(wanted)))


def rarely_next(made: np.ndarray, wanted: np.ndarray) -> None:
    """The same, or next to it where the result is next to a middle.

    One float32 in 2**13 is, and there two that differ by 1 ULP round to two sides.
    """
    error = distance(made, wanted)
    assert error.max() <= 1 and np.count_nonzero(error) <= made.size / 2**11


@pytest.mark.parametrize("name", [
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin", "arccos",
    "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "cbrt",
])
def test_functions_of_one(name):
    with np.errstate(all="ignore"):
        wanted = getattr(np, name)(HALVES)
        exact = getattr(np, name)(HALVES.astype(np.float64))
        made = computed(f"np.{name}(x[i])", HALVES)
        rarely_next(made, wanted)
        rarely_next(made, exact.astype(np.float16))


@pytest.mark.parametrize("name", ["arctan2", "hypot", "logaddexp", "fmod", "copysign", "nextafter", "heaviside",
                                  "maximum", "minimum", "fmax", "fmin"])
def test_functions_of_two(name):
    x, y = PAIRS
    with np.errstate(all="ignore"):
        wanted = getattr(np, name)(x, y)
    made = computed(f"np.{name}(x[i], y[i])", x, y)
    if name in ("arctan2", "hypot", "logaddexp"):
        rarely_next(made, wanted)
    else:
        same(made, wanted)


@pytest.mark.parametrize("name", ["isnan", "isinf", "isfinite", "signbit"])
def test_predicates(name):
    np.testing.assert_array_equal(computed(f"np.{name}(x[i])", HALVES, dtype=bool), getattr(np, name)(HALVES))


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.int32, np.int64, np.uint64, np.float32, np.float64])
def test_conversions_from(dtype):
    x = RNG.integers(-120, 120, 4000).astype(dtype)
    if np.dtype(dtype).itemsize > 1:
        more = RNG.integers(0, 2**31 if np.dtype(dtype).itemsize > 2 else 2**15, 4000).astype(dtype)
        x = np.concatenate([x, more])
    if np.dtype(dtype).kind == "f":
        middles = (NUMBERS[:-1].astype(np.float64) + NUMBERS[1:].astype(np.float64)) / 2
        near = [np.nextafter(middles.astype(dtype), dtype(side)) for side in (-np.inf, np.inf)]
        x = np.concatenate([x, middles.astype(dtype), *near, np.array([65519.99, 65520, 1e30, -1e-30, np.nan], dtype)])
    with np.errstate(all="ignore"):
        wanted = x.astype(np.float16)
    same(computed("x[i]", x), wanted)
    same(computed("np.float16(x[i])", x), wanted)


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.float32, np.float64])
def test_conversions_to(dtype):
    name = np.dtype(dtype).name
    x = NUMBERS if np.dtype(dtype).itemsize > 2 else NUMBERS[np.abs(NUMBERS) < 100]
    made = computed(f"np.{name}(x[i])", x, dtype=dtype)
    np.testing.assert_array_equal(made, x.astype(dtype))


def test_python_numbers():
    x = NUMBERS[np.abs(NUMBERS) < 1000]
    np.testing.assert_array_equal(computed("float(x[i])", x, dtype=np.float64), x.astype(float))
    np.testing.assert_array_equal(computed("int(x[i])", x, dtype=np.int64), x.astype(np.int64))
    # A constant is a half before it is added.
    with np.errstate(all="ignore"):
        same(computed("x[i] + 0.1", NUMBERS), NUMBERS + 0.1)
        same(computed("3 * x[i]", NUMBERS), 3 * NUMBERS)


@pytest.mark.parametrize("other, result", [
    (np.int8, np.float16), (np.uint8, np.float16), (np.int16, np.float32), (np.int32, np.float64),
    (np.float32, np.float32), (np.float64, np.float64), (np.bool_, np.float16),
])
def test_common_types(other, result):
    x = NUMBERS[::7]
    y = (RNG.integers(0, 100, x.size)).astype(other)
    assert (x + y).dtype == result
    with np.errstate(all="ignore"):
        wanted = x + y
    made = computed("x[i] + y[i]", x, y, dtype=result)
    np.testing.assert_array_equal(made, wanted)


def test_fused():
    x, y, z = THREE
    made = computed("cuda.fp16.hfma(x[i], y[i], z[i])", x, y, z)
    same(computed("cuda.fma(x[i], y[i], z[i])", x, y, z), made)
    with np.errstate(all="ignore"):
        doubles = x.astype(float) * y.astype(float) + z.astype(float)
        wanted = doubles.astype(np.float16)
    # float64 has room enough, but where a sum is cut, which rounding doesn't see.
    same(made, wanted)


ONE_OPERAND = {
    "hneg": operator.neg, "habs": np.abs, "hsin": np.sin, "hcos": np.cos, "hlog": np.log, "hlog2": np.log2,
    "hlog10": np.log10, "hexp": np.exp, "hexp2": np.exp2, "hexp10": lambda x: 10.0 ** x.astype(float),
    "hfloor": np.floor, "hceil": np.ceil, "hsqrt": np.sqrt, "hrsqrt": lambda x: 1 / np.sqrt(x.astype(float)),
    "hrcp": np.reciprocal, "hrint": np.rint, "htrunc": np.trunc,
}


@pytest.mark.parametrize("name", ONE_OPERAND)
def test_names_of_one(name):
    with np.errstate(all="ignore"):
        wanted = ONE_OPERAND[name](HALVES).astype(np.float16)
    rarely_next(computed(f"cuda.fp16.{name}(x[i])", HALVES), wanted)


TWO_OPERANDS = {
    "hadd": operator.add, "hsub": operator.sub, "hmul": operator.mul, "hdiv": operator.truediv,
    "hmax": np.fmax, "hmin": np.fmin,
}
COMPARED = {
    "heq": operator.eq, "hge": operator.ge, "hgt": operator.gt, "hle": operator.le, "hlt": operator.lt,
    "hne": lambda x, y: (x < y) | (x > y),
}


@pytest.mark.parametrize("name", TWO_OPERANDS)
def test_names_of_two(name):
    x, y = PAIRS
    with np.errstate(all="ignore"):
        wanted = TWO_OPERANDS[name](x, y)
    same(computed(f"cuda.fp16.{name}(x[i], y[i])", x, y), wanted)


@pytest.mark.parametrize("name", COMPARED)
def test_names_of_comparisons(name):
    x, y = PAIRS
    x = np.where(RNG.random(x.size) < 0.3, y, x)
    with np.errstate(all="ignore"):
        wanted = COMPARED[name](x, y)
    np.testing.assert_array_equal(computed(f"cuda.fp16.{name}(x[i], y[i])", x, y, dtype=bool), wanted)


def test_every_name_has_a_body():
    tested = {*ONE_OPERAND, *TWO_OPERANDS, *COMPARED, "hfma"}
    assert tested == set(cuda.fp16.__all__)


@pytest.mark.parametrize("name", ["sqrt", "sin", "cos", "tan", "exp", "log", "atan", "tanh", "erf", "fabs"])
def test_functions_of_math_give_halves(name):
    x = np.linspace(0.125, 4, 500).astype(np.float16)
    made = computed(f"math.{name}(x[i])", x)
    wanted = np.array([getattr(math, name)(float(v)) for v in x]).astype(np.float16)
    assert distance(made, wanted).max() <= 1
    kind = computed(f"math.{name}(x[i]).dtype.itemsize", x, dtype=np.int64)
    assert (kind == 2).all()


def test_exceptions_of_math():
    with pytest.raises(ValueError, match="math domain error"):
        computed("math.sqrt(x[i])", np.array([-1.0], np.float16))


def test_memory_of_a_block():
    @cuda.jit
    def reverse(x, y, factor):
        tile = cuda.shared.array(64, np.float16)
        own = cuda.local.array(2, np.float16)
        i = cuda.threadIdx.x
        tile[i] = x[i]
        cuda.syncthreads()
        own[0] = tile[63 - i]
        own[1] = own[0] * factor
        y[i] = own[1]

    x = RNG.normal(size=64).astype(np.float16)
    y = np.zeros(64, np.float16)
    reverse[1, 64](x, y, np.float16(1.5))
    same(y, x[::-1] * np.float16(1.5))


def test_signatures_and_views():
    @cuda.jit("void(float16[:], float16, float16[:])")
    def scale(x, factor, y):
        i = cuda.grid(1)
        if i < x.size:
            y[i] = x[i] * factor

    x = np.arange(32, dtype=np.float16)
    y = np.zeros(16, np.float16)
    scale[1, 32](x[::2], 0.5, y)
    same(y, x[::2] * np.float16(0.5))
    with pytest.raises(TypeError):
        # No half is this number, and NumPy's scalars aren't rounded.
        scale[1, 32](x[::2], np.float64(0.1), y)
    assert cumbia.float16(0.1) == np.float16(0.1) and cumbia.types.f2 is cumbia.float16


def test_host_arrays_and_device_arrays():
    @cuda.jit
    def double(x):
        i = cuda.grid(1)
        if i < x.shape[0]:
            x[i, 0] += x[i, 1]

    x = RNG.normal(size=(40, 2)).astype(np.float16)
    wanted = x[:, 0] + x[:, 1]
    there = cuda.to_device(np.asfortranarray(x))
    double[2, 32](there)
    same(np.ascontiguousarray(there.copy_to_host()[:, 0]), wanted)


def test_arguments_of_errors():
    @cuda.jit
    def refuse(x):
        raise ValueError(float(x[0]), 2)

    with pytest.raises(ValueError) as caught:
        refuse[1, 1](np.array([1.5, -0.25], np.float16))
    assert caught.value.args == (1.5, 2)

    @cuda.jit
    def scalar(x):
        raise ValueError(x[0])

    with pytest.raises(cumbia.UnsupportedError, match="convert what it tells by int.., float.."):
        scalar[1, 1](np.array([1.5, -0.25], np.float16))


def test_printing(capsys):
    @cuda.jit
    def show(x):
        print(x[0], x[1])

    show[1, 1](np.array([1.5, -0.25], np.float16))
    assert capsys.readouterr().out == "1.500000 -0.250000\n"


def test_processors_refuse_halves():
    @cumbia.jit
    def half(x):
        return np.float16(x)

    with pytest.raises(cumbia.errors.CumbiaError, match="half precision"):
        half(1.0)
    with pytest.raises(TypeError, match="half precision"):
        cumbia.jit("float16(float16)")(lambda x: x)
    with pytest.raises(TypeError, match="half precision"):
        cumbia.jit(lambda x: x[0])(np.zeros(2, np.float16))


@pytest.mark.parametrize("expression, match", [
    ("cuda.atomic.add(ys, 0, x[i])", "no such atomic operation on elements of float16"),
    ("cuda.shfl_sync(0xFFFFFFFF, x[i], 0)", "lanes exchange numbers of 32 or 64 bits"),
    ("round(x[i], 2)", "round.. of a float16 to digits"),
])
def test_what_there_is_not(expression, match):
    with pytest.raises(cumbia.errors.CumbiaError, match=match):
        computed(expression, HALVES[:32], HALVES[:32].copy())
