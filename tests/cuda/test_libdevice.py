"""`cumbia.cuda.libdevice`: every name is compiled, gives what it says, or is refused by name."""

from __future__ import annotations

import importlib.util
import inspect
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import cumbia
from cumbia import CompileError, cuda
from cumbia.cuda import _kernels, _libdevice_texts, libdevice

GENERATOR = Path(__file__).parents[2] / "compiler" / "library" / "libdevice" / "generate.py"
RNG = np.random.default_rng(86)
DTYPES = {"f": np.float32, "d": np.float64, "i": np.int32, "l": np.int64, "h": np.int16}


def generator():
    spec = importlib.util.spec_from_file_location("generate", GENERATOR)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TABLE = generator()
ROWS = {name: types for rows in TABLE.table().values() for name, types, _ in rows}
REFUSED = TABLE.REFUSED.split()


def test_the_files_are_those_of_the_table():
    for path, text in TABLE.written().items():
        assert path.read_text() == text, path.name


def test_all_of_numbas_names_are_there():
    assert set(libdevice.NAMES) == {*ROWS, *REFUSED}
    assert len(libdevice.NAMES) == 317 and not set(ROWS) & set(REFUSED)


def kernel_of(name, count, items=""):
    letters = "xyz"[:count]
    values = ", ".join(f"{letter}[i]" for letter in letters)
    text = (
        f"def kernel({', '.join(letters)}, out):\n"
        f"    i = cuda.grid(1)\n"
        f"    if i < x.size:\n"
        f"        out[i] = libdevice.{name}({values}){items}\n"
    )
    scope = {"cuda": cuda, "libdevice": libdevice}
    exec(compile(text, "<kernel>", "exec"), scope)
    return _kernels.of_text(scope["kernel"], text)


def computed(name, *arrays, dtype=None, items=""):
    out = np.zeros(arrays[0].size, dtype or arrays[0].dtype)
    kernel_of(name, len(arrays), items).forall(out.size)(*arrays, out)
    return out


TUPLES = ("frexp", "frexpf", "modf", "modff", "sincos", "sincosf", "sincospi", "sincospif", "fast_sincosf")


@pytest.mark.parametrize("name", ROWS)
def test_each_is_compiled_for_devices(name):
    types = [{"f": "float32", "d": "float64", "i": "int32", "l": "int64", "h": "int16"}[t] for t in ROWS[name]]
    signature = f"void({', '.join(f'{t}[::1]' for t in types)}, float64[::1])"
    kernel = kernel_of(name, len(types), "[0]" if name in TUPLES else "")
    ptx, _ = cuda.compile_ptx(kernel, signature, cc=(8, 0))
    assert ".visible .entry" in ptx
    # Nothing of single precision is computed in double, but where it says so.
    assert "__nv" not in ptx


@pytest.mark.parametrize("name", REFUSED)
def test_the_others_are_refused_by_name(name):
    kernel = kernel_of(name, 1)
    with pytest.raises(cumbia.errors.CumbiaError, match=rf"CB0706.*\n?.*libdevice.{name}\(\)|libdevice.{name}\(\)"):
        kernel[1, 1](np.ones(1), np.ones(1))


def test_only_in_kernels():
    with pytest.raises(RuntimeError, match="libdevice.sinf"):
        libdevice.sinf(1.0)


SAMPLE = {
    np.float32: np.concatenate([
        RNG.integers(0, 2**32, 6000, dtype=np.uint64).astype(np.uint32).view(np.float32),
        RNG.normal(0, 3, 6000).astype(np.float32),
        np.array([0.0, -0.0, 1.0, -1.0, 0.5, 2.5, -2.5, np.inf, -np.inf, np.nan, 1e-45, 3.4e38], np.float32),
    ]),
}
SAMPLE[np.float64] = np.concatenate([
    RNG.integers(0, 2**63, 6000, dtype=np.uint64).view(np.float64) * RNG.choice([-1.0, 1.0], 6000),
    SAMPLE[np.float32].astype(np.float64),
])

# What NumPy has: by 2 ULP, the reference in float64 for single precision.
NUMPY = {
    "acos": np.arccos, "acosh": np.arccosh, "asin": np.arcsin, "asinh": np.arcsinh, "atan": np.arctan,
    "atanh": np.arctanh, "cbrt": np.cbrt, "ceil": np.ceil, "cos": np.cos, "cosh": np.cosh, "exp": np.exp,
    "exp2": np.exp2, "expm1": np.expm1, "fabs": np.abs, "floor": np.floor, "log": np.log, "log10": np.log10,
    "log1p": np.log1p, "log2": np.log2, "nearbyint": np.rint, "rcbrt": lambda x: 1 / np.cbrt(x), "rint": np.rint,
    "rsqrt": lambda x: 1 / np.sqrt(x), "sin": np.sin, "sinh": np.sinh, "sqrt": np.sqrt, "tan": np.tan,
    "tanh": np.tanh, "trunc": np.trunc, "exp10": lambda x: np.power(10.0, x),
    "round": lambda x: np.copysign(np.floor(np.abs(x) + 0.5) - (np.abs(x) == 0.49999999999999994), x),
}


def close(made, wanted, ulps):
    """Within so many units of the last place of what is made."""
    with np.errstate(all="ignore"):
        rounded = wanted.astype(made.dtype)
        same = (made == rounded) | np.isnan(made) & np.isnan(rounded)
        unit = np.spacing(np.abs(rounded)).astype(float)
        near = np.abs(made.astype(float) - wanted.astype(float)) <= ulps * unit
        edge = np.isinf(rounded) ^ np.isinf(made)
        wide = np.abs(wanted.astype(float)) > np.finfo(made.dtype).max * (1 - 2.0**-20)
        assert (same | near | edge & wide).all(), (made[~(same | near)][:5], rounded[~(same | near)][:5])


@pytest.mark.parametrize("name", NUMPY)
def test_functions_of_double_precision(name):
    x = SAMPLE[np.float64]
    if name == "round":
        x = x[np.abs(x) < 2.0**51]
    with np.errstate(all="ignore"):
        # The C library's cube root, which NumPy has, is within 4.
        close(computed(name, x), NUMPY[name](x), 6 if name in ("cbrt", "rcbrt") else 2)


@pytest.mark.parametrize("name", NUMPY)
def test_functions_of_single_precision(name):
    x = SAMPLE[np.float32]
    with np.errstate(all="ignore"):
        close(computed({"cospi": "cospif"}.get(name, f"{name}f"), x), NUMPY[name](x.astype(np.float64)), 2)


@pytest.mark.parametrize("name", ["sinpi", "cospi"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sines_of_multiples_of_pi(name, dtype):
    n = np.arange(-40, 40)
    x = (n / 4).astype(dtype)
    made = computed(name + ("f" if dtype is np.float32 else ""), x)
    root = math.sqrt(0.5)
    sines = np.array([0, root, 1, root, 0, -root, -1, -root])
    wanted = sines[(n + (0 if name == "sinpi" else 2)) % 8]
    np.testing.assert_allclose(made, wanted, rtol=4e-7 if dtype is np.float32 else 5e-16, atol=0)
    y = RNG.uniform(-0.25, 0.25, 500).astype(dtype)
    exact = (np.sin if name == "sinpi" else np.cos)(np.longdouble(np.pi) * y + np.longdouble(1.2246467991473532e-16) * y)
    close(computed(name + ("f" if dtype is np.float32 else ""), y), exact.astype(np.float64), 2)


WAYS = {"rd": -1, "ru": 1, "rz": 0, "rn": None}
EXACT = {
    "fadd": lambda x, y: x + y, "fsub": lambda x, y: x - y, "fmul": lambda x, y: x * y,
    "fdiv": lambda x, y: x / y, "frcp": lambda x: 1 / x, "fmaf": lambda x, y, z: x * y + z,
    "dadd": lambda x, y: x + y, "double2float": lambda x: x,
    "int2float": lambda x: x, "ll2float": lambda x: x, "ll2double": lambda x: x,
    "uint2float": lambda x: x % 2**32, "ull2float": lambda x: x % 2**64, "ull2double": lambda x: x % 2**64,
}


def rounded(exact: Fraction, dtype, how):
    """The float next to a number, in a direction."""
    info = np.finfo(dtype)
    if abs(exact) >= Fraction(float(info.max)) * 2:
        near = dtype(math.copysign(math.inf, exact))
    else:
        with np.errstate(all="ignore"):
            near = dtype(exact.numerator / exact.denominator)
    around = [np.nextafter(near, dtype(-np.inf)), near, np.nextafter(near, dtype(np.inf))]
    finite = [n for n in around if np.isfinite(n)]
    if how is None:
        return near
    low = [n for n in finite if Fraction(float(n)) <= exact]
    high = [n for n in finite if Fraction(float(n)) >= exact]
    down = max(low) if low else dtype(-np.inf)
    up = min(high) if high else dtype(np.inf)
    return {-1: down, 1: up, 0: down if exact > 0 else up}[how]


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("name", EXACT)
def test_roundings(name, how):
    types = ROWS[f"{name}_{how}"]
    arrays = []
    for letter in types:
        if letter in "il":
            width = np.dtype(DTYPES[letter]).itemsize * 8
            x = RNG.integers(-(2 ** (width - 1)), 2 ** (width - 1), 600).astype(DTYPES[letter])
            x[:4] = [0, 1, -1, 2 ** (width - 1) - 1]
        else:
            bits = np.uint32 if letter == "f" else np.uint64
            x = RNG.integers(0, np.iinfo(bits).max, 600, dtype=bits).view(DTYPES[letter])
            if name != "double2float":
                x[300:] = RNG.normal(0, 3, 300).astype(x.dtype)
            else:
                x[300:] = RNG.normal(0, 1e38, 300)
            x[~np.isfinite(x) | (x == 0)] = 1.5
        arrays.append(x)
    result = np.float64 if "double" in name[-6:] or name[0] == "d" and name != "double2float" else np.float32
    made = computed(f"{name}_{how}", *arrays, dtype=result)
    for at, values in enumerate(zip(*arrays)):
        exact = EXACT[name](*(Fraction(v.item()) for v in values))
        if exact == 0:
            assert made[at] == 0 and bool(np.signbit(made[at])) == (how == "rd" and types[0] in "fd")
        elif how == "rn":
            ends = [rounded(exact, result, way) for way in (-1, 1)]
            finite = [n for n in ends if np.isfinite(n)]
            assert made[at] in ends
            assert not np.isfinite(made[at]) or all(
                abs(exact - Fraction(float(made[at]))) <= abs(exact - Fraction(float(n))) for n in finite
            )
        else:
            assert made[at] == rounded(exact, result, WAYS[how]), (values, made[at])


@pytest.mark.parametrize("how", ["rd", "ru", "rz"])
def test_roundings_of_roots(how):
    x = np.abs(SAMPLE[np.float32][:2000])
    x = x[np.isfinite(x)]
    made = computed(f"fsqrt_{how}", x)
    for value, root in zip(x, made):
        square, exact = Fraction(float(root)) ** 2, Fraction(float(value))
        next_up = Fraction(float(np.nextafter(root, np.float32(np.inf)))) ** 2
        next_down = Fraction(float(np.nextafter(root, np.float32(-np.inf)))) ** 2
        if how == "ru":
            assert square >= exact and (root == 0 or next_down < exact)
        else:
            assert square <= exact < next_up


@pytest.mark.parametrize("name, x, y, down, up", [
    ("fadd", np.inf, -np.inf, np.nan, np.nan), ("fadd", 3e38, 3e38, 3.4028235e38, np.inf),
    ("fadd", 0.0, 0.0, 0.0, 0.0), ("fadd", 0.0, -0.0, -0.0, 0.0), ("fadd", 1.0, -1.0, -0.0, 0.0),
    ("fmul", -3e38, 3e38, -np.inf, -3.4028235e38), ("fmul", 1e-40, 1e-40, 0.0, 1e-45),
    ("fdiv", 1.0, 0.0, np.inf, np.inf), ("fdiv", 1.0, np.inf, 0.0, 0.0), ("fdiv", 0.0, 0.0, np.nan, np.nan),
    ("fdiv", -1e-45, 2.0, -1e-45, -0.0), ("fmul", np.inf, 2.0, np.inf, np.inf),
])
def test_roundings_at_the_edges(name, x, y, down, up):
    arrays = [np.array([v], np.float32) for v in (x, y)]
    for how, wanted in (("rd", down), ("ru", up)):
        (made,) = computed(f"{name}_{how}", *arrays)
        wanted = np.float32(wanted)
        assert made.tobytes() == wanted.tobytes() or np.isnan(made) and np.isnan(wanted), (how, made)


@pytest.mark.parametrize("how, whole", [("rd", np.floor), ("ru", np.ceil), ("rz", np.trunc), ("rn", np.rint)])
@pytest.mark.parametrize("source", ["float", "double"])
@pytest.mark.parametrize("target", ["int", "uint", "ll", "ull"])
def test_floats_as_integers(source, target, how, whole):
    dtype = np.float32 if source == "float" else np.float64
    integer = {"int": np.int32, "uint": np.uint32, "ll": np.int64, "ull": np.uint64}[target]
    x = np.concatenate([RNG.normal(0, 1e3, 200), RNG.normal(0, 1e12, 50), [0.5, -0.5, 2.5, 1e30, -1e30, np.inf, -np.inf]]).astype(dtype)
    info = np.iinfo(integer)
    wanted = [
        (info.max if v > 0 else info.min) if math.isinf(v) else min(max(int(whole(v)), info.min), info.max)
        for v in x.tolist()
    ]
    signed = np.int32 if info.bits == 32 else np.int64
    made = computed(f"{source}2{target}_{how}", x, dtype=signed)
    np.testing.assert_array_equal(made.view(integer), np.array(wanted, integer))
    nan = computed(f"{source}2{target}_{how}", np.array([np.nan], dtype), dtype=signed).view(integer)[0]
    assert nan == (0 if source == "float" and info.bits == 32 else 1 << info.bits - 1 if info.min == 0 else info.min)


def test_parts_of_numbers():
    x = SAMPLE[np.float64]
    x = x[np.isfinite(x)]
    mantissa, power = np.frexp(x)
    np.testing.assert_array_equal(computed("frexp", x, items="[0]"), mantissa)
    np.testing.assert_array_equal(computed("frexp", x, items="[1]", dtype=np.int32), power)
    rest, whole = np.modf(x)
    np.testing.assert_array_equal(computed("modf", x, items="[0]"), rest)
    np.testing.assert_array_equal(computed("modf", x, items="[1]"), whole)
    np.testing.assert_array_equal(computed("ldexp", mantissa, power), x)
    some = x[x != 0]
    np.testing.assert_array_equal(computed("ilogb", some, dtype=np.int32), np.frexp(some)[1] - 1)
    np.testing.assert_array_equal(computed("logb", some), np.frexp(some)[1] - 1.0)
    np.testing.assert_array_equal(computed("double_as_longlong", x, dtype=np.int64), x.view(np.int64))
    bits = x.view(np.int64)
    np.testing.assert_array_equal(computed("longlong_as_double", bits, dtype=np.float64), x)
    high = computed("double2hiint", x, dtype=np.int32)
    low = computed("double2loint", x, dtype=np.int32)
    np.testing.assert_array_equal(computed("hiloint2double", high, low, dtype=np.float64), x)


def test_halves():
    bits = np.arange(65536).astype(np.uint16).view(np.int16)
    made = computed("half2float", bits, dtype=np.float32)
    np.testing.assert_array_equal(made, bits.view(np.float16).astype(np.float32))
    finite = np.isfinite(made)
    np.testing.assert_array_equal(computed("float2half_rn", made[finite], dtype=np.int16), bits[finite])


def wrapped(value, bits=32):
    value %= 1 << bits
    return value - (1 << bits) if value >> (bits - 1) else value


def unsigned(value, bits=32):
    return value % (1 << bits)


INTEGERS = {
    "hadd": lambda x, y: (x + y) >> 1, "rhadd": lambda x, y: (x + y + 1) >> 1,
    "uhadd": lambda x, y: (unsigned(x) + unsigned(y)) >> 1,
    "urhadd": lambda x, y: (unsigned(x) + unsigned(y) + 1) >> 1,
    "max": max, "min": min, "umax": lambda x, y: max(unsigned(x), unsigned(y)),
    "umin": lambda x, y: min(unsigned(x), unsigned(y)),
    "mul24": lambda x, y: wrapped(x, 24) * wrapped(y, 24),
    "umul24": lambda x, y: unsigned(x, 24) * unsigned(y, 24),
    "mulhi": lambda x, y: (x * y) >> 32, "umulhi": lambda x, y: (unsigned(x) * unsigned(y)) >> 32,
    "sad": lambda x, y, z: abs(x - y) + z, "usad": lambda x, y, z: abs(unsigned(x) - unsigned(y)) + z,
    "byte_perm": lambda x, y, z: sum(
        ((unsigned(y) << 32 | unsigned(x)) >> 8 * (unsigned(z) >> 4 * n & 7) & 255) << 8 * n for n in range(4)
    ),
    "abs": abs, "brev": lambda x: int(f"{unsigned(x):032b}"[::-1], 2), "popc": lambda x: unsigned(x).bit_count(),
    "clz": lambda x: 32 - unsigned(x).bit_length(), "ffs": lambda x: (x & -x).bit_length(),
}
LONG = {
    "llmax": max, "llmin": min, "ullmax": lambda x, y: max(unsigned(x, 64), unsigned(y, 64)),
    "ullmin": lambda x, y: min(unsigned(x, 64), unsigned(y, 64)), "mul64hi": lambda x, y: (x * y) >> 64,
    "umul64hi": lambda x, y: (unsigned(x, 64) * unsigned(y, 64)) >> 64, "llabs": abs,
    "brevll": lambda x: int(f"{unsigned(x, 64):064b}"[::-1], 2), "popcll": lambda x: unsigned(x, 64).bit_count(),
    "clzll": lambda x: 64 - unsigned(x, 64).bit_length(), "ffsll": lambda x: (x & -x).bit_length(),
}


@pytest.mark.parametrize("name", [*INTEGERS, *LONG])
def test_integers(name):
    bits = 32 if name in INTEGERS else 64
    dtype = np.int32 if bits == 32 else np.int64
    arrays = []
    for _ in ROWS[name]:
        x = RNG.integers(-(2 ** (bits - 1)), 2 ** (bits - 1), 500).astype(dtype)
        x[:6] = RNG.permutation(np.array([0, 1, -1, 2 ** (bits - 1) - 1, -(2 ** (bits - 1)), 5], dtype))
        arrays.append(x)
    count = name in ("popcll", "clzll", "ffsll")
    made = computed(name, *arrays, dtype=np.int32 if count else dtype)
    meaning = {**INTEGERS, **LONG}[name]
    wanted = [wrapped(meaning(*(v.item() for v in values)), bits) for values in zip(*arrays)]
    assert made.tolist() == wanted


def test_small_functions():
    x = np.array([-1.0, 0.0, 0.25, 1.0, 2.0, np.nan, np.inf], np.float32)
    assert computed("saturatef", x).tolist() == [0, 0, 0.25, 1, 1, 0, 1]
    assert computed("isnanf", x, dtype=np.int32).tolist() == [0, 0, 0, 0, 0, 1, 0]
    assert computed("finitef", x, dtype=np.int32).tolist() == [1, 1, 1, 1, 1, 0, 0]
    y = np.full(7, 1.0, np.float32)
    np.testing.assert_array_equal(computed("fdimf", x, y), np.array([0, 0, 0, 0, 1, np.nan, np.inf], np.float32))
    z = np.array([1.5, 0.7, 2.0])
    np.testing.assert_allclose(computed("erfcx", z), [math.exp(v * v) * math.erfc(v) for v in z], rtol=1e-14)
    np.testing.assert_allclose(computed("normcdf", z), [math.erfc(-v / math.sqrt(2)) / 2 for v in z], rtol=1e-14)
    np.testing.assert_allclose(computed("tgamma", z), [math.gamma(v) for v in z], rtol=1e-14)
    np.testing.assert_allclose(computed("powi", z, np.array([2, -3, 5], np.int32)), z ** np.array([2.0, -3, 5]), rtol=1e-15)


@pytest.mark.parametrize("name", ["sin", "cos", "tan", "exp", "exp10", "log", "log2", "log10"])
def test_fast_functions_emulated_are_the_precise_ones(name):
    x = np.abs(RNG.normal(0, 3, 500)).astype(np.float32)
    np.testing.assert_array_equal(computed(f"fast_{name}f", x), computed(f"{name}f", x))


def test_fast_power():
    x = RNG.normal(0, 3, 500).astype(np.float32)
    y = np.concatenate([RNG.normal(0, 3, 250), RNG.integers(-5, 6, 250)]).astype(np.float32)
    np.testing.assert_array_equal(computed("fast_powf", x, y), computed("powf", x, y))
    np.testing.assert_array_equal(computed("fast_fdividef", x, y), computed("fdiv_rn", x, y))


@cuda.jit
def of_a_complex_number(out):
    out[0] = cuda.libdevice.sinf(1 + 2j)


@cuda.jit
def of_a_text(out):
    out[0] = cuda.libdevice.sinf("a")


@cuda.jit
def of_an_array(out):
    out[0] = cuda.libdevice.sinf(out)


@cuda.jit
def of_nothing(out):
    out[0] = cuda.libdevice.fmaf(1, 2, None)


@cuda.jit
def half_of_a_complex_number(out):
    out[0] = cuda.fp16.hadd(1j, 2j)


@cuda.jit
def half_of_a_tuple(out):
    out[0] = cuda.fp16.hfma(1, 2, (1, 2))


@cuda.jit
def bits_of_an_array(out):
    out[0] = cuda.popc(out)


@pytest.mark.parametrize(
    "kernel",
    [of_a_complex_number, of_a_text, of_an_array, of_nothing, half_of_a_complex_number, half_of_a_tuple, bits_of_an_array],
)
def test_what_is_no_real_number(kernel):
    with pytest.raises(CompileError, match="number is taken here, not") as caught:
        kernel[1, 1](np.zeros(1))
    assert caught.value.code in {"CB0303", "CB0506"}


TEXTS = _libdevice_texts.described()
LETTERS = {"float32": "f", "float64": "d", "int32": "i", "int64": "l", "int16": "h"}


def test_texts_are_of_the_tables_types():
    assert set(libdevice._REFUSED) == set(REFUSED)
    for name, types in ROWS.items():
        assert "".join(LETTERS[one] for one in TEXTS[name][0]) == types, name
        function = getattr(libdevice, name)
        assert len(inspect.signature(function).parameters) == len(types)
        assert "Returns" in function.__doc__ and "Refused" not in function.__doc__
    for name in REFUSED:
        assert "Refused" in getattr(libdevice, name).__doc__


def test_results_have_the_types_of_the_texts():
    names = sorted(ROWS)
    for at in range(0, len(names), 40):
        lines = ["def kernel(out):"]
        expected = []
        for name in names[at : at + 40]:
            takes, gives, _ = TEXTS[name]
            values = ", ".join(f"np.{one}(1)" for one in takes)
            lines.append(f"    r = libdevice.{name}({values})")
            for number, one in enumerate(gives):
                item = f"r[{number}]" if len(gives) > 1 else "r"
                lines.append(f"    out[{len(expected)}] = {item}.dtype.num")
                expected.append(np.dtype(one).num)
        text = "\n".join(lines) + "\n"
        scope = {"np": np, "libdevice": libdevice}
        exec(compile(text, "<kernel>", "exec"), scope)
        made = np.zeros(len(expected), np.int64)
        _kernels.of_text(scope["kernel"], text)[1, 1](made)
        assert made.tolist() == expected, names[at : at + 40]


def test_all_names_of_the_package_are_given():
    scope = {}
    exec("from cumbia.cuda import *", scope)
    for name in ("grid", "jit", "float32x4", "float4", "uchar2", "libdevice", "bf16", "fp16", "cg", "types", "warpsize"):
        assert name in scope, name
    assert {name for name in cuda._vectors.__all__} <= set(scope)
