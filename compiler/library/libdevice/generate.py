"""Writes the bodies of `cumbia.cuda.libdevice` from one table: `python generate.py`.

A row is a name, the types of what it takes, and its result as an expression of `x`, `y` and `z`:
`f` is float32, `d` float64, `i` int32, `l` int64, `h` the bits of a float16 in an int16. What an
expression calls is a primitive or in `device_rounding.py`. A test holds the files to the table.
"""

from __future__ import annotations

from pathlib import Path

BODIES = Path(__file__).parent.parent / "bodies"
TYPES = {"f": "np.float32", "d": "np.float64", "i": "np.int32", "l": "np.int64", "h": "np.int16"}

# A letter before the name says where a float32's name has its `f`.
BOTH = """
acos = prim.acos(x)
acosh = prim.acosh(x)
asin = prim.asin(x)
asinh = prim.asinh(x)
atan = prim.atan(x)
atanh = prim.atanh(x)
cbrt = prim.cbrt(x)
ceil = prim.ceil(x)
cos = prim.cos(x)
cosh = prim.cosh(x)
cospi = cosine_of_pi(x)
erf = prim.erf(x)
erfc = prim.erfc(x)
erfcx = of_special(erfcx, x)
exp = prim.exp(x)
exp10 = prim.pow(prim.cast(10, prim.dtype(x)), x)
exp2 = prim.exp2(x)
expm1 = prim.expm1(x)
fabs = prim.fabs(x)
floor = prim.floor(x)
lgamma = prim.lgamma(x)
log = prim.log(x)
log10 = prim.log10(x)
log1p = prim.log1p(x)
log2 = prim.log2(x)
logb = exponent(x)
nearbyint = prim.rint(x)
normcdf = of_special(ndtr, x)
rcbrt = prim.divide(prim.cast(1, prim.dtype(x)), prim.cbrt(x))
rint = prim.rint(x)
round = away(x)
rsqrt = prim.divide(prim.cast(1, prim.dtype(x)), prim.sqrt(x))
sin = prim.sin(x)
sinh = prim.sinh(x)
sinpi = sine_of_pi(x)
sqrt = prim.sqrt(x)
tan = prim.tan(x)
tanh = prim.tanh(x)
tgamma = prim.tgamma(x)
trunc = prim.trunc(x)
frexp = (prim.frexp_mantissa(x), prim.cast(prim.frexp_exponent(x), np.int32))
ilogb = whole_exponent(x)
llrint = to_integer(prim.rint(x), np.int64, True)
llround = to_integer(away(x), np.int64, True)
modf = parts(x)
sincos = (prim.sin(x), prim.cos(x))
sincospi = (sine_of_pi(x), cosine_of_pi(x))
"""
BOTH_OF_TWO = """
atan2 = prim.atan2(x, y)
copysign = prim.copysign(x, y)
fdim = positive_difference(x, y)
fmax = prim.fmax(x, y)
fmin = prim.fmin(x, y)
fmod = prim.fmod(x, y)
hypot = prim.hypot(x, y)
nextafter = np.nextafter(x, y)
pow = prim.pow(x, y)
remainder = prim.remainder(x, y)
"""
BOTH_WITH_INT = """
ldexp = prim.ldexp(x, int(y))
powi = prim.pow(x, prim.cast(y, prim.dtype(x)))
scalbn = prim.ldexp(x, int(y))
"""

FAST = """
fast_cosf f = fast_cos(x)
fast_exp10f f = fast_exp10(x)
fast_expf f = fast_exp(x)
fast_fdividef ff = prim.native("div_approx", x, y, x / y)
fast_log10f f = fast_log10(x)
fast_log2f f = fast_log2(x)
fast_logf f = fast_log(x)
fast_powf ff = fast_pow(x, y)
fast_sincosf f = (fast_sin(x), fast_cos(x))
fast_sinf f = fast_sin(x)
fast_tanf f = fast_tan(x)
"""

# The last two letters of each name say how it rounds.
ROUNDED = """
fadd ff = add_{how}(x, y)
fsub ff = add_{how}(x, -y)
fmul ff = mul_{how}(x, y)
fdiv ff = div_{how}(x, y)
frcp f = rcp_{how}(x)
fsqrt f = sqrt_{how}(x)
fmaf fff = fma_{how}(x, y, z)
dadd dd = add_double_{how}(x, y)
double2float d = narrowed_{how}(x)
int2float i = of_int_{how}(prim.cast(x, np.int64), np.float32)
uint2float i = of_int_{how}(prim.cast(prim.cast(x, np.uint32), np.int64), np.float32)
ll2float l = of_int_{how}(x, np.float32)
ull2float l = of_unsigned_{how}(prim.cast(x, np.uint64), np.float32)
ll2double l = of_int_{how}(x, np.float64)
ull2double l = of_unsigned_{how}(prim.cast(x, np.uint64), np.float64)
double2int d = to_integer({whole}(x), np.int32, True)
double2uint d = prim.cast(to_integer({whole}(x), np.uint32, True), np.int32)
double2ll d = to_integer({whole}(x), np.int64, True)
double2ull d = prim.cast(to_integer({whole}(x), np.uint64, True), np.int64)
float2int f = to_integer({whole}(x), np.int32, False)
float2uint f = prim.cast(to_integer({whole}(x), np.uint32, False), np.int32)
float2ll f = to_integer({whole}(x), np.int64, True)
float2ull f = prim.cast(to_integer({whole}(x), np.uint64, True), np.int64)
"""
NEAREST = {
    "fadd": "x + y", "fsub": "x - y", "fmul": "x * y", "fdiv": "x / y", "fsqrt": "prim.sqrt(x)",
    "frcp": "prim.divide(np.float32(1.0), x)", "fmaf": "prim.fma(x, y, z)", "dadd": "x + y",
    "double2float": "prim.cast(x, np.float32)", "int2float": "prim.cast(x, np.float32)",
    "uint2float": "prim.cast(prim.cast(x, np.uint32), np.float32)",
    "ll2float": "prim.cast(x, np.float32)", "ll2double": "prim.cast(x, np.float64)",
    "ull2float": "prim.cast(prim.cast(x, np.uint64), np.float32)",
    "ull2double": "prim.cast(prim.cast(x, np.uint64), np.float64)",
}

OTHERS = """
dmul_rn dd = x * y
ddiv_rn dd = x / y
drcp_rn d = prim.divide(np.float64(1.0), x)
dsqrt_rn d = prim.sqrt(x)
fma ddd = prim.fma(x, y, z)
fma_rn ddd = prim.fma(x, y, z)
fmaf fff = prim.fma(x, y, z)
frsqrt_rn f = prim.cast(prim.divide(1.0, prim.sqrt(prim.cast(x, np.float64))), np.float32)
int2double_rn i = prim.cast(x, np.float64)
uint2double_rn i = prim.cast(prim.cast(x, np.uint32), np.float64)
saturatef f = saturated(x)
isfinited d = prim.cast(prim.isfinite(x), np.int32)
isinfd d = prim.cast(prim.isinf(x), np.int32)
isnand d = prim.cast(prim.isnan(x), np.int32)
signbitd d = prim.cast(prim.signbit(x), np.int32)
finitef f = prim.cast(prim.isfinite(x), np.int32)
isinff f = prim.cast(prim.isinf(x), np.int32)
isnanf f = prim.cast(prim.isnan(x), np.int32)
signbitf f = prim.cast(prim.signbit(x), np.int32)
double_as_longlong d = prim.bits(x)
longlong_as_double l = prim.from_bits(x)
float_as_int f = prim.bits(x)
int_as_float i = prim.from_bits(x)
double2hiint d = prim.cast(prim.bits(x) >> np.int64(32), np.int32)
double2loint d = prim.cast(prim.bits(x), np.int32)
hiloint2double ii = prim.from_bits((prim.cast(x, np.int64) << np.int64(32)) | prim.cast(prim.cast(y, np.uint32), np.int64))
half2float h = prim.cast(prim.from_bits(x), np.float32)
float2half_rn f = prim.bits(prim.cast(x, np.float16))
abs i = np.absolute(x)
llabs l = np.absolute(x)
brev i = prim.cast(reversed_32(prim.cast(x, np.uint32)), np.int32)
brevll l = prim.cast(reversed_64(prim.cast(x, np.uint64)), np.int64)
clz i = prim.clz(x)
clzll l = prim.cast(prim.clz(x), np.int32)
ffs i = prim.cast(ffs(x), np.int32)
ffsll l = prim.cast(ffs(x), np.int32)
popc i = prim.popcount(x)
popcll l = prim.cast(prim.popcount(x), np.int32)
hadd ii = (x & y) + ((x ^ y) >> np.int32(1))
rhadd ii = (x | y) - ((x ^ y) >> np.int32(1))
uhadd ii = by_unsigned(lower_mean, x, y)
urhadd ii = by_unsigned(upper_mean, x, y)
max ii = prim.maximum(x, y)
min ii = prim.minimum(x, y)
umax ii = by_unsigned(prim.maximum, x, y)
umin ii = by_unsigned(prim.minimum, x, y)
llmax ll = prim.maximum(x, y)
llmin ll = prim.minimum(x, y)
ullmax ll = by_unsigned_64(prim.maximum, x, y)
ullmin ll = by_unsigned_64(prim.minimum, x, y)
mul24 ii = ((x << np.int32(8)) >> np.int32(8)) * ((y << np.int32(8)) >> np.int32(8))
umul24 ii = (x & np.int32(0xFFFFFF)) * (y & np.int32(0xFFFFFF))
mulhi ii = prim.smulhi(x, y)
umulhi ii = by_unsigned(prim.umulhi, x, y)
mul64hi ll = prim.smulhi(x, y)
umul64hi ll = by_unsigned_64(prim.umulhi, x, y)
sad iii = prim.select(x < y, y - x, x - y) + z
usad iii = prim.select(prim.cast(x, np.uint32) < prim.cast(y, np.uint32), y - x, x - y) + z
byte_perm iii = chosen_bytes(x, y, z)
"""

# Those whose rounding isn't there, and functions that nothing here computes.
REFUSED = """
dmul_rd dmul_ru dmul_rz ddiv_rd ddiv_ru ddiv_rz drcp_rd drcp_ru drcp_rz dsqrt_rd dsqrt_ru dsqrt_rz
fma_rd fma_ru fma_rz erfcinv erfcinvf erfinv erfinvf normcdfinv normcdfinvf j0 j0f j1 j1f jn jnf
y0 y0f y1 y1f yn ynf remquo remquof
"""

WHOLE = {"rd": "prim.floor", "ru": "prim.ceil", "rz": "prim.trunc", "rn": "prim.rint"}


def rows(text: str) -> list[tuple[str, str]]:
    """The left sides and expressions of a table."""
    return [tuple(part.strip() for part in line.split(" = ", 1)) for line in text.strip().splitlines()]  # type: ignore[misc]


def table() -> dict[str, list[tuple[str, str, str]]]:
    """Files, and their rows: names, letters of types, expressions."""
    single = {"cospi": "cospif", "sincos": "sincosf"}
    math = []
    for text, tail in ((BOTH, ""), (BOTH_OF_TWO, "2"), (BOTH_WITH_INT, "i")):
        for name, expression in rows(text):
            for letter in "df":
                types = letter * 2 if tail == "2" else letter + tail
                full = name if letter == "d" else single.get(name, name + "f")
                math.append((full, types, expression))
    rounded = []
    for left, expression in rows(ROUNDED):
        name, types = left.split()
        for how, whole in WHOLE.items():
            made = NEAREST[name] if how == "rn" and name in NEAREST else expression.format(how=how, whole=whole)
            rounded.append((f"{name}_{how}", types, made))
    others = [(*left.split(), expression) for left, expression in rows(FAST + OTHERS.lstrip())]
    return {"libdevice_math": math, "libdevice_rounded": rounded, "libdevice_rest": others}  # type: ignore[dict-item]


HEAD = '''"""Library bodies: {what} of `cumbia.cuda.libdevice`. Written by `libdevice/generate.py`."""

{imports}
'''
FILES = {
    "libdevice_math": (
        "functions in both precisions",
        "from device_arguments import real\n"
        "from device_rounding import away, cosine_of_pi, exponent, of_special, parts, positive_difference, sine_of_pi, to_integer, whole_exponent\n"
        "from error_functions import erfcx, ndtr",
    ),
    "libdevice_rounded": (
        "operations with a rounding",
        "from device_arguments import real\n"
        "from device_rounding import add_double_rd, add_double_ru, add_double_rz, add_rd, add_ru, add_rz, div_rd, div_ru, div_rz, fma_rd, fma_ru, fma_rz\n"
        "from device_rounding import mul_rd, mul_ru, mul_rz, narrowed_rd, narrowed_ru, narrowed_rz, rcp_rd, rcp_ru, rcp_rz, sqrt_rd, sqrt_ru, sqrt_rz\n"
        "from device_rounding import of_int_rd, of_int_ru, of_int_rz, of_unsigned_rd, of_unsigned_ru, of_unsigned_rz, to_integer",
    ),
    "libdevice_rest": (
        "approximate functions, integers and bits",
        "from cuda import ffs, reversed_32, reversed_64\n"
        "from device_arguments import real\n"
        "from device_fast import fast_cos, fast_exp, fast_exp10, fast_log, fast_log10, fast_log2, fast_pow, fast_sin, fast_tan\n"
        "from device_rounding import by_unsigned, by_unsigned_64, chosen_bytes, lower_mean, saturated, upper_mean",
    ),
}


def written() -> dict[Path, str]:
    """The files and what is in them."""
    texts = {}
    for file, row in table().items():
        what, imports = FILES[file]
        parts = [HEAD.format(what=what, imports=imports)]
        for name, types, expression in row:
            letters = "xyz"[: len(types)]
            lines = [f'@implements("cumbia.cuda.libdevice.{name}")', f"def nv_{name}({', '.join(letters)}):"]
            lines += [f"    {at} = real({at}, {TYPES[letter]})" for at, letter in zip(letters, types)]
            parts.append("\n".join([*lines, f"    return {expression}\n"]))
        texts[BODIES / f"{file}.py"] = "\n\n".join(parts)
    return texts


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text)
