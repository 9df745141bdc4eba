"""`bfloat16` in kernels: each operation is the exact one, rounded once, over all numbers where there is one operand.

Arrays hold the numbers by their bits. `ml_dtypes`, whose arrays kernels take, needn't be there.
"""

from __future__ import annotations

import math
import operator
from fractions import Fraction

import numpy as np
import pytest

import cumbia
from cumbia import cuda
from cumbia.cuda import bf16
from tests.cuda.test_math import kernel_of

BITS = np.arange(65536, dtype=np.uint32).astype(np.uint16)
RNG = np.random.default_rng(16)
PAIRS = tuple(RNG.permutation(np.concatenate([BITS] * 4)) for _ in range(2))
NEAR = tuple(RNG.integers(0x3E00, 0x4100, 100000).astype(np.uint16) | (RNG.integers(0, 2, 100000) << 15).astype(np.uint16) for _ in range(2))


def single(bits: np.ndarray) -> np.ndarray:
    return (bits.astype(np.uint32) << 16).view(np.float32)


SIZES = single(BITS[:0x7F80]).astype(np.float64)
MIDDLES = (SIZES + np.append(SIZES[1:], 2.0**128)) / 2


def rounded(x: np.ndarray) -> np.ndarray:
    """The bits of the numbers nearest to floats, found among all numbers; a nan is one of them."""
    x = np.asarray(x, np.float64)
    size = np.abs(x)
    with np.errstate(invalid="ignore"):
        low = np.clip(np.searchsorted(SIZES, size, side="right") - 1, 0, SIZES.size - 1)
        up = (size > MIDDLES[low]) | (size == MIDDLES[low]) & (low % 2 == 1)
    made = (low + up).astype(np.uint16)
    made[np.isnan(x)] = 0x7FC0
    return made | (np.signbit(x).astype(np.uint16) << 15)


def computed(expression: str, *arrays: np.ndarray, dtype: object = None) -> np.ndarray:
    """What an expression of `x`, `y`, `z` gives, which are the numbers of the arrays' bits."""
    names = "xyz"[: len(arrays)]
    for name in names:
        expression = expression.replace(f"{name}[i]", f"cuda.bf16.uint16_as_bfloat16({name})")
    if dtype is None:
        expression = f"cuda.bf16.bfloat16_as_uint16({expression})"
    kernel = kernel_of(expression, *names)
    made = np.zeros(arrays[0].size, np.uint16 if dtype is None else dtype)
    kernel.forall(made.size)(*arrays, made)
    return made


def same(made: np.ndarray, wanted: np.ndarray) -> None:
    """The same bits; a nan is a nan."""
    differ = (made != wanted) & ~(np.isnan(single(made)) & np.isnan(single(wanted)))
    assert not differ.any(), (made[differ][:5], wanted[differ][:5], np.flatnonzero(differ)[:5])


@pytest.mark.parametrize("symbol", ["+", "-", "*", "/"])
@pytest.mark.parametrize("x, y", [PAIRS, NEAR], ids=["all", "near"])
def test_arithmetic_of_two(symbol, x, y):
    with np.errstate(all="ignore"):
        wanted = rounded(eval(f"x {symbol} y", {"x": single(x), "y": single(y)}))
    same(computed(f"x[i] {symbol} y[i]", x, y), wanted)


def exactly(number: Fraction) -> int:
    """The bits nearest to a number that isn't zero."""
    size = abs(number)
    low = int(np.searchsorted(SIZES, float(size), side="right")) - 1
    # `float` rounds: one beside it may be meant.
    while Fraction(SIZES[low]) > size:
        low -= 1
    while low + 1 < SIZES.size and Fraction(SIZES[low + 1]) <= size:
        low += 1
    middle = Fraction(MIDDLES[low])
    up = size > middle or size == middle and low % 2 == 1
    return low + up | (0x8000 if number < 0 else 0)


@pytest.mark.parametrize("symbol", ["+", "-", "*", "/"])
def test_arithmetic_is_rounded_once(symbol):
    x, y = (np.concatenate([near[:3000], RNG.integers(0, 0x200, 500).astype(np.uint16)]) for near in NEAR)
    made = computed(f"x[i] {symbol} y[i]", x, y)
    function = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}[symbol]
    for a, b, bits in zip(single(x).tolist(), single(y).tolist(), made.tolist()):
        if b == 0 and symbol == "/":
            continue
        exact = function(Fraction(a), Fraction(b))
        assert exact == 0 and bits & 0x7FFF == 0 or bits == exactly(exact), (a, b)


def test_fused():
    x, y, z = (np.concatenate([near, PAIRS[0][:4000]]) for near in (*NEAR, NEAR[0][::-1]))
    # Products in the middle of two numbers, by 7 * 37, which what is added decides.
    x = np.append(x, np.array([0x40E0, 0x40E0, 0x40E0, 0xC0E0], np.uint16))
    y = np.append(y, np.array([0x4214] * 4, np.uint16))
    z = np.append(z, np.array([0, 1, 0x8001, 1], np.uint16))
    made = computed("cuda.bf16.hfma(x[i], y[i], z[i])", x, y, z)
    assert made[-4:].tolist() == [0x4382, 0x4382, 0x4381, 0xC381]
    same(computed("cuda.fma(x[i], y[i], z[i])", x, y, z), made)
    numbers = zip(*(single(part).tolist() for part in (x, y, z)), made.tolist())
    for a, b, c, bits in list(numbers)[-8000:]:
        if not all(map(math.isfinite, (a, b, c))):
            continue
        exact = Fraction(a) * Fraction(b) + Fraction(c)
        assert exact == 0 and bits & 0x7FFF == 0 or bits == exactly(exact), (a, b, c)


@pytest.mark.parametrize("symbol", ["==", "!=", "<", "<=", ">", ">="])
def test_comparisons(symbol):
    x, y = PAIRS
    x = np.where(RNG.random(x.size) < 0.3, y, x)
    wanted = eval(f"x {symbol} y", {"x": single(x), "y": single(y)})
    np.testing.assert_array_equal(computed(f"x[i] {symbol} y[i]", x, y, dtype=bool), wanted)


@pytest.mark.parametrize("expression", [
    "-x[i]", "abs(x[i])", "np.fabs(x[i])", "np.square(x[i])", "np.sqrt(x[i])", "np.reciprocal(x[i])",
    "np.sign(x[i])", "np.floor(x[i])", "np.ceil(x[i])", "np.trunc(x[i])", "np.rint(x[i])", "x[i] // 2", "x[i] % 3",
])
def test_exact_functions_of_one(expression):
    with np.errstate(all="ignore"):
        wanted = eval(expression, {"x": [single(BITS)], "i": 0, "np": np, "abs": abs})
    same(computed(expression, BITS), rounded(wanted))


def distance(made: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """How many numbers lie between; nans are equal."""
    def place(bits: np.ndarray) -> np.ndarray:
        bits = bits.view(np.int16).astype(int)
        return np.where(bits < 0, -(bits & 0x7FFF), bits)

    assert (np.isnan(single(made)) == np.isnan(single(wanted))).all()
    return np.where(np.isnan(single(made)), 0, np.abs(place(made) - place(wanted)))


@pytest.mark.parametrize("name", [
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin", "arccos",
    "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "cbrt",
])
def test_functions_of_one(name):
    x = single(BITS).astype(np.float64)
    with np.errstate(all="ignore"):
        wanted = rounded(getattr(np, name)(x))
    # One float32 in 2**16 lies so near to a middle that an error of 1 ULP decides.
    error = distance(computed(f"np.{name}(x[i])", BITS), wanted)
    assert error.max() <= 1 and np.count_nonzero(error) <= 8


@pytest.mark.parametrize("name", ["arctan2", "hypot", "fmod", "copysign", "maximum", "minimum", "fmax", "fmin"])
def test_functions_of_two(name):
    x, y = PAIRS
    with np.errstate(all="ignore"):
        wanted = rounded(getattr(np, name)(single(x), single(y)))
    assert distance(computed(f"np.{name}(x[i], y[i])", x, y), wanted).max() <= 1


def test_neighbors():
    x, y = PAIRS
    a, b = single(x), single(y)
    made = computed("np.nextafter(x[i], y[i])", x, y)
    finite = np.isfinite(a) & np.isfinite(b) & (a != b)
    up = (a < b)[finite]
    towards = single(made)[finite]
    assert ((towards > a[finite]) == up).all() and ((towards < a[finite]) == ~up).all()
    assert (distance(made[finite], x[finite]) == 1).all()
    spacing = single(computed("np.spacing(x[i])", np.array([0x3F80, 0xBF80, 0x3FC0, 0x0000, 0x7F7F], np.uint16)))
    assert spacing.tolist() == [2.0**-7, -(2.0**-7), 2.0**-7, 2.0**-133, math.inf]


@pytest.mark.parametrize("name", ["isnan", "isinf", "isfinite", "signbit"])
def test_predicates(name):
    wanted = getattr(np, name)(single(BITS))
    np.testing.assert_array_equal(computed(f"np.{name}(x[i])", BITS, dtype=bool), wanted)


def converted(expression: str, values: np.ndarray) -> np.ndarray:
    """The bits that an expression of `x` gives for plain values."""
    kernel = kernel_of(f"cuda.bf16.bfloat16_as_uint16({expression})", "x")
    made = np.zeros(values.size, np.uint16)
    kernel.forall(made.size)(values, made)
    return made


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_conversions_from_floats(dtype):
    middles = MIDDLES.astype(dtype)
    near = [np.nextafter(middles, dtype(side)) for side in (0, np.inf)]
    x = np.concatenate([middles, *near, np.array([1e38, 3.4e38, -1e-30, 1e-45, np.nan, np.inf], dtype)])
    x = np.concatenate([x, -x])
    same(converted("cuda.bf16.bfloat16(x)", x), rounded(x))
    name = "float32_to_bfloat16" if dtype is np.float32 else "float64_to_bfloat16"
    same(converted(f"cuda.bf16.{name}(x)", x), rounded(x))


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64])
def test_conversions_from_integers(dtype):
    info = np.iinfo(dtype)
    x = RNG.integers(info.min, info.max, 3000, dtype=dtype, endpoint=True)
    x = np.concatenate([x, x >> dtype(info.bits // 2), x >> dtype(info.bits // 4)])
    # Middles of two numbers, and one beside them.
    bits = [n for n in range(9, info.bits - 1)]
    x = np.concatenate([x, np.array([k * 2**n // 512 + d for n in bits for k in (257, 259) for d in (-1, 0, 1)], dtype)])
    if info.bits == 64:
        # Beside a middle by less than float64 tells.
        x = np.append(x, np.array([257 * 2**54 + 1, 257 * 2**54 - 1, 257 * 2**54], dtype))
    wanted = np.array([exactly(Fraction(int(n))) if n else 0 for n in x], np.uint16)
    same(converted("cuda.bf16.bfloat16(x)", x), wanted)
    if info.bits < 16:
        return
    name = np.dtype(dtype).name
    same(converted(f"cuda.bf16.{name}_to_bfloat16_rn(x)", x), wanted)
    numbers = single(wanted).tolist()
    for way in ("rz", "rd", "ru"):
        made = converted(f"cuda.bf16.{name}_to_bfloat16_{way}(x)", x)
        for n, near, bits, got in zip(x.tolist(), numbers, wanted.tolist(), made.tolist()):
            near = Fraction(near)
            up = way == "ru" or way == "rz" and n < 0
            step = 0 if near == n or up == (near > n) else 1 if up == (n > 0) else -1
            assert got == bits + step, (way, n)


@pytest.mark.parametrize("way, function", [("rn", np.rint), ("rz", np.trunc), ("rd", np.floor), ("ru", np.ceil)])
def test_conversions_in_a_direction(way, function):
    x = np.concatenate([MIDDLES[:-1].astype(np.float32), single(BITS)])
    made = converted(f"cuda.bf16.float32_to_bfloat16_{way}(x)", x)
    near = rounded(x)
    size, bits = np.abs(x), near & 0x7FFF
    with np.errstate(invalid="ignore"):
        above, below = single(bits) > size, single(bits) < size
    up = {"rn": None, "rz": False, "rd": np.signbit(x), "ru": ~np.signbit(x)}[way]
    wanted = near if up is None else near + (up & below).astype(np.uint16) - (~np.asarray(up) & above).astype(np.uint16)
    same(made, wanted)
    for dtype in (np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64):
        info = np.iinfo(dtype)
        numbers = [n for n in function(single(BITS).astype(np.float64)).tolist()]
        # Devices have the number nearest to what doesn't fit, 0 for a nan, and in 64 bits the highest bit.
        nan = 0 if info.bits < 64 else 1 << 63 if info.min == 0 else -(1 << 63)
        wanted = [nan if math.isnan(n) else int(min(max(n, info.min), info.max)) if math.isfinite(n) else (info.max if n > 0 else info.min) for n in numbers]
        made = computed(f"cuda.bf16.bfloat16_to_{np.dtype(dtype).name}_{way}(x[i])", BITS, dtype=dtype)
        clipped = np.array([min(max(n, info.min), info.max) for n in wanted], dtype)
        np.testing.assert_array_equal(made, clipped)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
def test_conversions_to_bytes(dtype):
    info = np.iinfo(dtype)
    made = computed(f"cuda.bf16.bfloat16_to_{np.dtype(dtype).name}_rz(x[i])", BITS, dtype=dtype)
    numbers = np.nan_to_num(np.trunc(single(BITS)).astype(np.float64), nan=0.0)
    np.testing.assert_array_equal(made, np.clip(numbers, info.min, info.max).astype(dtype))


def test_conversions_to():
    x = BITS[np.abs(single(BITS)) < 30000]
    for name in ("int16", "int32", "int64", "float32", "float64"):
        made = computed(f"np.{name}(x[i])", x, dtype=name)
        np.testing.assert_array_equal(made, single(x).astype(name))
    np.testing.assert_array_equal(computed("float(x[i])", x, dtype=float), single(x).astype(float))
    np.testing.assert_array_equal(computed("int(x[i])", x, dtype=int), single(x).astype(int))


@pytest.mark.parametrize("expression, size", [
    ("x[i] + 0.1", 2), ("3 * x[i]", 2), ("x[i] + True", 2), ("x[i] + np.int8(3)", 2), ("np.uint8(3) + x[i]", 2),
    ("x[i] + np.float32(1)", 4), ("x[i] + np.int16(1)", 4), ("x[i] + np.float16(1)", 4),
    ("x[i] + np.int32(1)", 8), ("x[i] + np.float64(1)", 8), ("math.sqrt(abs(x[i]))", 2), ("x[i] ** 2", 2),
])
def test_common_types(expression, size):
    made = computed(f"({expression}).dtype.itemsize", BITS[:200], dtype=int)
    assert (made == size).all()


def test_python_numbers():
    # A constant is rounded before it is added.
    with np.errstate(all="ignore"):
        same(computed("x[i] + 0.1", BITS), rounded(single(BITS) + single(rounded(np.array([0.1])))))
        same(computed("x[i] * (1 << 40)", BITS), rounded(single(BITS) * np.float32(2.0**40)))


ONE_OPERAND = {
    "hneg": operator.neg, "habs": np.abs, "hsin": np.sin, "hcos": np.cos, "hlog": np.log, "hlog2": np.log2,
    "hlog10": np.log10, "hexp": np.exp, "hexp2": np.exp2, "hexp10": lambda x: 10.0**x, "hfloor": np.floor,
    "hceil": np.ceil, "hsqrt": np.sqrt, "hrsqrt": lambda x: 1 / np.sqrt(x), "hrcp": np.reciprocal, "hrint": np.rint,
    "htrunc": np.trunc, "htanh": np.tanh, "htanh_approx": np.tanh,
}


@pytest.mark.parametrize("name", ONE_OPERAND)
def test_names_of_one(name):
    with np.errstate(all="ignore"):
        wanted = rounded(ONE_OPERAND[name](single(BITS).astype(np.float64)))
    error = distance(computed(f"cuda.bf16.{name}(x[i])", BITS), wanted)
    assert error.max() <= 1 and np.count_nonzero(error) <= 16


TWO_OPERANDS = {
    "hadd": operator.add, "hsub": operator.sub, "hmul": operator.mul, "hdiv": operator.truediv, "hmax": np.fmax,
    "hmin": np.fmin, "hmax_nan": np.maximum, "hmin_nan": np.minimum, "hadd_rn": operator.add, "hsub_rn": operator.sub,
    "hmul_rn": operator.mul,
}
SATURATED = {"hadd_sat": operator.add, "hsub_sat": operator.sub, "hmul_sat": operator.mul}
COMPARED = {
    "heq": operator.eq, "hge": operator.ge, "hgt": operator.gt, "hle": operator.le, "hlt": operator.lt,
    "hne": lambda x, y: (x < y) | (x > y), "hequ": lambda x, y: ~((x < y) | (x > y)), "hneu": operator.ne,
    "hgeu": lambda x, y: ~(x < y), "hgtu": lambda x, y: ~(x <= y), "hleu": lambda x, y: ~(x > y),
    "hltu": lambda x, y: ~(x >= y),
}


@pytest.mark.parametrize("name", TWO_OPERANDS)
def test_names_of_two(name):
    x, y = PAIRS
    with np.errstate(all="ignore"):
        wanted = rounded(TWO_OPERANDS[name](single(x), single(y)))
    same(computed(f"cuda.bf16.{name}(x[i], y[i])", x, y), wanted)


@pytest.mark.parametrize("name", SATURATED)
def test_names_of_what_is_saturated(name):
    x, y = PAIRS
    with np.errstate(all="ignore"):
        plain = SATURATED[name](single(x), single(y))
    wanted = rounded(np.clip(np.nan_to_num(plain, nan=0.0, posinf=2.0, neginf=-2.0), 0, 1))
    made = single(computed(f"cuda.bf16.{name}(x[i], y[i])", x, y))
    # Zeros have no sign here.
    np.testing.assert_array_equal(made, single(wanted))


def test_names_of_what_is_fused_and_bounded():
    x, y = NEAR
    z = x[::-1]
    plain = single(computed("cuda.bf16.hfma(x[i], y[i], z[i])", x, y, z))
    made = single(computed("cuda.bf16.hfma_sat(x[i], y[i], z[i])", x, y, z))
    np.testing.assert_array_equal(made, np.clip(plain, 0, 1))
    made = single(computed("cuda.bf16.hfma_relu(x[i], y[i], z[i])", x, y, z))
    np.testing.assert_array_equal(made, np.maximum(plain, 0))
    assert np.isnan(single(computed("cuda.bf16.hfma_relu(x[i], x[i], x[i])", np.array([0x7FC0], np.uint16))))


@pytest.mark.parametrize("name", COMPARED)
def test_names_of_comparisons(name):
    x, y = PAIRS
    x = np.where(RNG.random(x.size) < 0.3, y, x)
    wanted = COMPARED[name](single(x), single(y))
    np.testing.assert_array_equal(computed(f"cuda.bf16.{name}(x[i], y[i])", x, y, dtype=bool), wanted)


def test_names_of_predicates_and_bits():
    x = single(BITS)
    np.testing.assert_array_equal(computed("cuda.bf16.hisnan(x[i])", BITS, dtype=bool), np.isnan(x))
    wanted = np.where(np.isinf(x), np.sign(x), 0).astype(np.int32)
    np.testing.assert_array_equal(computed("cuda.bf16.hisinf(x[i])", BITS, dtype=np.int32), wanted)
    np.testing.assert_array_equal(computed("cuda.bf16.bfloat16_as_int16(x[i])", BITS, dtype=np.int16), BITS.view(np.int16))
    made = computed("cuda.bf16.bfloat16_to_float32(x[i])", BITS, dtype=np.float32)
    np.testing.assert_array_equal(made, x)
    kernel = kernel_of("cuda.bf16.bfloat16_as_int16(cuda.bf16.int16_as_bfloat16(x))", "x")
    made = np.zeros(BITS.size, np.int16)
    kernel.forall(made.size)(BITS.view(np.int16), made)
    np.testing.assert_array_equal(made, BITS.view(np.int16))


def test_every_name_has_a_body_and_a_text():
    tested = {*ONE_OPERAND, *TWO_OPERANDS, *SATURATED, *COMPARED, "hfma", "hfma_sat", "hfma_relu", "hisnan", "hisinf"}
    names = set(bf16.__all__) - {"bfloat16"}
    assert {name for name in names if name.startswith("h")} == tested
    for name in names:
        function = getattr(bf16, name)
        assert function.__doc__ and function.__module__ == "cumbia.cuda.bf16"
        with pytest.raises(RuntimeError, match=rf"bf16.{name}\(\)"):
            function(1)


def test_memory_of_a_block():
    @cuda.jit
    def reverse(x, y, factor):
        tile = cuda.shared.array(64, bf16.bfloat16)
        own = cuda.local.array(2, dtype=bf16.bfloat16)
        i = cuda.threadIdx.x
        tile[i] = bf16.uint16_as_bfloat16(x[i])
        cuda.syncthreads()
        own[0] = tile[63 - i]
        own[1] = own[0] * factor
        y[i] = bf16.bfloat16_as_uint16(own[1])

    x = rounded(RNG.normal(size=64))
    y = np.zeros(64, np.uint16)
    reverse[1, 64](x, y, 1.5)
    same(y, rounded(single(x[::-1]) * np.float32(1.5)))


def test_arrays_of_ml_dtypes():
    ml_dtypes = pytest.importorskip("ml_dtypes")

    @cuda.jit("void(bfloat16[:], bfloat16, bfloat16[:])")
    def scale(x, factor, y):
        i = cuda.grid(1)
        if i < x.size:
            y[i] = x[i] * factor

    @cuda.jit
    def other(x, factor, y):
        i = cuda.grid(1)
        if i < x.size:
            y[i] = x[i] * factor + ml_dtypes.bfloat16(1)

    x = RNG.normal(size=32).astype(ml_dtypes.bfloat16)
    y = np.zeros(16, ml_dtypes.bfloat16)
    factor = ml_dtypes.bfloat16(1.5)
    scale[1, 32](x[::2], 1.5, y)
    same(y.view(np.uint16), (x[::2] * factor).view(np.uint16))
    other[1, 32](x[::2], factor, y)
    same(y.view(np.uint16), (x[::2] * factor + ml_dtypes.bfloat16(1)).view(np.uint16))
    there = cuda.to_device(x)
    other[1, 32](there, factor, there)
    same(there.copy_to_host().view(np.uint16), (x * factor + ml_dtypes.bfloat16(1)).view(np.uint16))
    with pytest.raises(TypeError):
        # No such number is this one, and NumPy's scalars aren't rounded.
        scale[1, 32](x[::2], np.float64(0.1), y)
    assert cumbia.bfloat16(0.1) == ml_dtypes.bfloat16(0.1)
    assert cumbia.from_dtype(ml_dtypes.bfloat16) is cumbia.bfloat16
    with pytest.raises(TypeError, match=r"bfloat16 is for kernels"):
        cumbia.jit(lambda x: x[0])(x)


def test_constants_of_the_module():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    weights, one = np.arange(4).astype(ml_dtypes.bfloat16), ml_dtypes.bfloat16(1)

    @cuda.jit
    def take(y):
        i = cuda.grid(1)
        y[i] = cuda.const.array_like(weights)[i] + one

    y = np.zeros(4, ml_dtypes.bfloat16)
    take[1, 4](y)
    assert y.astype(float).tolist() == [1, 2, 3, 4]


def test_arguments_of_errors():
    @cuda.jit
    def refuse(x):
        raise ValueError(float(bf16.uint16_as_bfloat16(x[0])), 2)

    with pytest.raises(ValueError) as caught:
        refuse[1, 1](rounded(np.array([1.5])))
    assert caught.value.args == (1.5, 2)

    @cuda.jit
    def scalar(x):
        raise ValueError(bf16.uint16_as_bfloat16(x[0]))

    with pytest.raises(cumbia.UnsupportedError, match="convert what it tells by int.., float.."):
        scalar[1, 1](rounded(np.array([1.5])))


def test_printing(capsys):
    @cuda.jit
    def show(x):
        print(bf16.uint16_as_bfloat16(x[0]))

    show[1, 1](rounded(np.array([1.5])))
    assert capsys.readouterr().out == "1.500000\n"


def test_processors_refuse_them():
    @cumbia.jit
    def half(x):
        return cumbia.bfloat16(x)

    with pytest.raises(cumbia.errors.CumbiaError, match=r"bfloat16\(\) is for kernels: half precision"):
        half(1.0)
    with pytest.raises(cumbia.errors.CumbiaError, match=r"float16\(\) is for kernels: half precision"):
        cumbia.jit(lambda x: cumbia.float16(x))(1.0)
    with pytest.raises(TypeError, match="for bfloat16: half precision"):
        cumbia.jit("bfloat16(bfloat16)")(lambda x: x)
    with pytest.raises(TypeError, match="has bfloat16: half precision"):
        cumbia.vectorize(["bfloat16(bfloat16)"])(lambda x: x)


def test_numbers_need_no_package(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    with pytest.raises(TypeError, match="ml_dtypes, which isn't installed"):
        cumbia.bfloat16(1.0)
    assert repr(cumbia.bfloat16[:, ::1]) == "bfloat16[:, ::1]"


@pytest.mark.parametrize("expression, match", [
    ("cuda.atomic.add(cuda.shared.array(1, cuda.bf16.bfloat16), 0, y[i])", "no such atomic operation on elements of bfloat16"),
    ("cuda.shfl_sync(0xFFFFFFFF, x[i], 0)", "lanes exchange numbers of 32 or 64 bits"),
    ("round(x[i], 2)", "round.. of a bfloat16 to digits"),
])
def test_what_there_is_not(expression, match):
    with pytest.raises(cumbia.errors.CumbiaError, match=match):
        computed(expression, BITS[:32], BITS[:32].copy())
