"""What each of NVIDIA's functions computes, and the types of what it takes and gives.

A row is a name, letters for the types of `x`, `y` and `z`, those of the results, and a text: `f`
is `float32`, `d` `float64`, `i` `int32`, `l` `int64`, `h` an `int16` that has the bits of a
`float16`. In rows of both precisions `d` stands for either, and names of `float32` end in `f`.
Not here: which are refused, which the compiler knows by what it has no body for.
"""

from __future__ import annotations

__all__ = ["described"]

_TYPES = {"f": "float32", "d": "float64", "i": "int32", "l": "int64", "h": "int16"}

_BOTH = """
acos d d | The arc cosine, from 0 to pi.
acosh d d | The inverse of the hyperbolic cosine.
asin d d | The arc sine, from -pi/2 to pi/2.
asinh d d | The inverse of the hyperbolic sine.
atan d d | The arc tangent, from -pi/2 to pi/2.
atan2 dd d | The angle of the point (y, x): the arc tangent of ``x / y``, from -pi to pi.
atanh d d | The inverse of the hyperbolic tangent.
cbrt d d | The cube root.
ceil d d | Rounded up to a whole number.
copysign dd d | The size of `x` with the sign of `y`.
cos d d | The cosine of an angle in radians.
cosh d d | The hyperbolic cosine.
cospi d d | The cosine of ``pi * x``.
erf d d | The error function.
erfc d d | The complementary error function, ``1 - erf(x)``.
erfcinv d d | The inverse of `erfc`.
erfcx d d | The scaled complementary error function, ``exp(x * x) * erfc(x)``.
erfinv d d | The inverse of `erf`.
exp d d | The exponential.
exp10 d d | 10 to the power of `x`.
exp2 d d | 2 to the power of `x`.
expm1 d d | The exponential, less 1.
fabs d d | The number without its sign.
fdim dd d | ``x - y`` if that is positive, else 0.
floor d d | Rounded down to a whole number.
fmax dd d | The larger number; a number rather than a nan.
fmin dd d | The smaller number; a number rather than a nan.
fmod dd d | The remainder of ``x / y``, rounded toward zero; it has the sign of `x`.
frexp d di | A fraction from 1/2 to 1 and a power of two, whose product is `x`.
hypot dd d | The length of (x, y).
ilogb d i | The exponent of the power of two that is next below the number's size.
j0 d d | The Bessel function of the first kind of order 0.
j1 d d | The Bessel function of the first kind of order 1.
jn id d | The Bessel function of the first kind of order `x`.
ldexp di d | ``x * 2**y``.
lgamma d d | The logarithm of the gamma function's size.
llrint d l | The nearest integer, ties to even.
llround d l | The nearest integer, ties away from zero.
log d d | The natural logarithm.
log10 d d | The logarithm to base 10.
log1p d d | The natural logarithm of ``1 + x``.
log2 d d | The logarithm to base 2.
logb d d | As `ilogb`, as a float.
modf d dd | The part behind the point, and the whole one.
nearbyint d d | Rounded to the nearest whole number, ties to even.
nextafter dd d | The number next to `x` on the way to `y`.
normcdf d d | The probability that a normally distributed number is below `x`.
normcdfinv d d | The inverse of `normcdf`.
pow dd d | `x` to the power of `y`.
powi di d | `x` to the power of the integer `y`.
rcbrt d d | 1 divided by the cube root.
remainder dd d | What ``x / y`` leaves when it is rounded to the nearest integer.
remquo dd di | The remainder, and the last bits of the quotient.
rint d d | Rounded to the nearest whole number, ties to even.
round d d | Rounded to the nearest whole number, ties away from zero.
rsqrt d d | 1 divided by the square root.
scalbn di d | ``x * 2**y``.
sin d d | The sine of an angle in radians.
sincos d dd | The sine and the cosine.
sincospi d dd | The sine and the cosine of ``pi * x``.
sinh d d | The hyperbolic sine.
sinpi d d | The sine of ``pi * x``.
sqrt d d | The square root.
tan d d | The tangent of an angle in radians.
tanh d d | The hyperbolic tangent.
tgamma d d | The gamma function.
trunc d d | Rounded toward zero to a whole number.
y0 d d | The Bessel function of the second kind of order 0.
y1 d d | The Bessel function of the second kind of order 1.
yn id d | The Bessel function of the second kind of order `x`.
"""

# The last letters say how it rounds.
_ROUNDED = """
fadd ff f | ``x + y``
fsub ff f | ``x - y``
fmul ff f | ``x * y``
fdiv ff f | ``x / y``
frcp f f | ``1 / x``
fsqrt f f | The square root
fmaf fff f | ``x * y + z``, rounded once
dadd dd d | ``x + y``
dmul dd d | ``x * y``
ddiv dd d | ``x / y``
drcp d d | ``1 / x``
dsqrt d d | The square root
fma ddd d | ``x * y + z``, rounded once
double2float d f | As a `float32`
double2int d i | As an integer
double2ll d l | As an integer
double2uint d i | As an integer without a sign, of which this is the bits
double2ull d l | As an integer without a sign, of which this is the bits
float2int f i | As an integer
float2ll f l | As an integer
float2uint f i | As an integer without a sign, of which this is the bits
float2ull f l | As an integer without a sign, of which this is the bits
int2float i f | An integer as a `float32`
ll2double l d | An integer as a `float64`
ll2float l f | An integer as a `float32`
uint2float i f | The bits of an integer without a sign, as a `float32`
ull2double l d | The bits of an integer without a sign, as a `float64`
ull2float l f | The bits of an integer without a sign, as a `float32`
"""

_WAYS = {
    "rd": "down",
    "rn": "to the nearest, ties to even",
    "ru": "up",
    "rz": "toward zero",
}

_OTHERS = """
abs i i | The number without its sign.
brev i i | The bits in the opposite order.
brevll l l | The bits in the opposite order.
byte_perm iii i | Four bytes of the eight of `x` and `y`, as the digits of `z` choose them.
clz i i | How many bits above the highest one that is set.
clzll l i | How many bits above the highest one that is set.
double2hiint d i | The upper half of the bits.
double2loint d i | The lower half of the bits.
double_as_longlong d l | The bits.
fast_cosf f f | The cosine, by the device's approximation.
fast_exp10f f f | 10 to the power of `x`, by the device's approximation.
fast_expf f f | The exponential, by the device's approximation.
fast_fdividef ff f | ``x / y``, by the device's approximation.
fast_log10f f f | The logarithm to base 10, by the device's approximation.
fast_log2f f f | The logarithm to base 2, by the device's approximation.
fast_logf f f | The natural logarithm, by the device's approximation.
fast_powf ff f | `x` to the power of `y`, by the device's approximation.
fast_sincosf f ff | The sine and the cosine, by the device's approximations.
fast_sinf f f | The sine, by the device's approximation.
fast_tanf f f | The tangent, by the device's approximation.
ffs i i | The place of the lowest bit that is set, from 1; 0 if there is none.
ffsll l i | The place of the lowest bit that is set, from 1; 0 if there is none.
finitef f i | 1 if it is neither infinite nor a nan, else 0.
float2half_rn f h | The bits of the `float16` next to it.
float_as_int f i | The bits.
fma ddd d | ``x * y + z``, rounded once.
fmaf fff f | ``x * y + z``, rounded once.
frsqrt_rn f f | 1 divided by the square root, rounded to the nearest.
hadd ii i | The mean of two integers, rounded down.
half2float h f | The `float16` that has these bits.
hiloint2double ii d | The number whose bits have the halves `x` and `y`.
int2double_rn i d | The integer as a float.
int_as_float i f | The number that has these bits.
isfinited d i | 1 if it is neither infinite nor a nan, else 0.
isinfd d i | 1 if it is infinite, else 0.
isinff f i | 1 if it is infinite, else 0.
isnand d i | 1 if it is a nan, else 0.
isnanf f i | 1 if it is a nan, else 0.
llabs l l | The number without its sign.
llmax ll l | The larger integer.
llmin ll l | The smaller integer.
longlong_as_double l d | The number that has these bits.
max ii i | The larger integer.
min ii i | The smaller integer.
mul24 ii i | The product of the lower 24 bits, which have a sign.
mul64hi ll l | The upper half of the product.
mulhi ii i | The upper half of the product.
popc i i | How many bits are set.
popcll l i | How many bits are set.
rhadd ii i | The mean of two integers, rounded up.
sad iii i | ``abs(x - y) + z``.
saturatef f f | At least 0 and at most 1; 0 for a nan.
signbitd d i | 1 if the sign is set, else 0.
signbitf f i | 1 if the sign is set, else 0.
uhadd ii i | The mean of two integers without signs, rounded down.
uint2double_rn i d | An integer without a sign as a float.
ullmax ll l | The larger integer, without signs.
ullmin ll l | The smaller integer, without signs.
umax ii i | The larger integer, without signs.
umin ii i | The smaller integer, without signs.
umul24 ii i | The product of the lower 24 bits.
umul64hi ll l | The upper half of the product, without signs.
umulhi ii i | The upper half of the product, without signs.
urhadd ii i | The mean of two integers without signs, rounded up.
usad iii i | ``abs(x - y) + z``, without signs.
"""


def described() -> dict[str, tuple[tuple[str, ...], tuple[str, ...], str]]:
    """Give for each name the types it takes, those it gives, and a text."""
    found = {}

    def add(name: str, types: str, results: str, text: str) -> None:
        spelled = (tuple(_TYPES[letter] for letter in letters) for letters in (types, results))
        found[name] = (*spelled, text)

    for name, types, results, text in _rows(_BOTH):
        add(name, types, results, text)
        add(f"{name}f", types.replace("d", "f"), results.replace("d", "f"), text)
    for name, types, results, text in _rows(_ROUNDED):
        for way, how in _WAYS.items():
            joined = "" if text.endswith("rounded once") else ", rounded"
            add(f"{name}_{way}", types, results, f"{text}{joined} {how}.")
    for row in _rows(_OTHERS):
        add(*row)
    return found  # type: ignore[return-value]


def _rows(table: str) -> list[tuple[str, str, str, str]]:
    rows = []
    for line in table.strip().splitlines():
        left, text = line.split(" | ")
        name, types, results = left.split()
        rows.append((name, types, results, text))
    return rows
