"""Library bodies: functions of `math` and `**` where `fastmath` has `afn`.

What NumPy's functions give for Python floats: within 1 ULP, in loops of vectors in tier 2,
and a nan or an infinity where Python raises. `exp`, `erf`, `sin` and `cos` are within 3 ULP and
take less: arguments are reduced in one part, and sines are one polynomial. Loops that may raise can't be vectorized, so
without the second the first would gain little. Functions of the C library that no body
computes keep theirs.
"""

from double_double import clamped, power_of_two
from error_functions import erfc
from exponentials import limited, widely_scaled
from gamma_functions import gamma, log_gamma
from minimax import erf_rest_near, erfcx_nearly, exp_tail_near, sin_tail_wide


@implements("math.sqrt/approximate")
def sqrt(x, /):
    return prim.sqrt(float(x))


@implements("math.cbrt/approximate")
def cbrt(x, /):
    return float(np.cbrt(float(x)))


def exp_parts(a):
    """`n` and `exp(a - n * ln(2))`, for `|a|` up to 1,500."""
    n = prim.fma(a, 1.4426950408889634, 6755399441055744.0) - 6755399441055744.0
    # The first difference is exact.
    r = prim.fma(n, -2.3190468138462996e-17, prim.fma(n, -0.6931471805599453, a))
    return n, 1.0 + prim.fma(r * r, exp_tail_near(r), r)


@implements("math.exp/approximate")
def exp(x, /):
    a = clamped(prim.cast(float(x), np.float64), -750.0, 710.0)
    n, y = exp_parts(a)
    return float(widely_scaled(y, n, a < -700.0))


@implements("math.exp2/approximate")
def exp2(x, /):
    return float(np.exp2(float(x)))


@implements("math.expm1/approximate")
def expm1(x, /):
    return float(np.expm1(float(x)))


@implements("math.log/approximate")
def log(x, base=None, /):
    if base is None:
        return float(np.log(float(x)))
    return float(np.log(float(x)) / np.log(float(base)))


@implements("math.log2/approximate")
def log2(x, /):
    return float(np.log2(float(x)))


@implements("math.log10/approximate")
def log10(x, /):
    return float(np.log10(float(x)))


@implements("math.log1p/approximate")
def log1p(x, /):
    return float(np.log1p(float(x)))


@implements("math.pow/approximate")
def pow(x, y, /):
    return float(np.power(float(x), float(y)))


@implements("numbers.py_float_power/approximate")
def power(x, y):
    return float(np.power(float(x), float(y)))


def sine_of_rest(n, x):
    """The sine of `x - n * pi`, which is from -pi / 2 to pi / 2."""
    # The first difference is exact, as it has no bits below 2**-52 where it is small.
    r = prim.fma(n, -3.141592653589793, x)
    r = prim.fma(n, -1.2246467991473532e-16, r)
    r = prim.fma(n, 2.9947698097183397e-33, r)
    z = r * r
    return prim.fma(r * z, sin_tail_wide(z), r)


@implements("math.sin/approximate")
def sin(x, /):
    a = prim.cast(float(x), np.float64)
    if prim.rarely(not (prim.fabs(a) <= 16384.0)):
        return float(np.sin(a))
    magic = prim.fma(a, 0.3183098861837907, 6755399441055744.0)
    y = sine_of_rest(magic - 6755399441055744.0, a)
    y = prim.from_bits(prim.bits(y) ^ ((prim.bits(magic) & 1) << 63))
    # -0.0 has lost its sign.
    return float(prim.select(prim.fabs(a) < 1e-9, a, y))


@implements("math.cos/approximate")
def cos(x, /):
    a = prim.fabs(prim.cast(float(x), np.float64))
    if prim.rarely(not (a <= 16384.0)):
        return float(np.cos(a))
    # An odd multiple of pi / 2.
    magic = prim.fma(a, 0.3183098861837907, -0.5) + 6755399441055744.0
    y = sine_of_rest((magic - 6755399441055744.0) + 0.5, a)
    return float(prim.from_bits(prim.bits(y) ^ (((prim.bits(magic) + 1) & 1) << 63)))


@implements("math.tan/approximate")
def tan(x, /):
    return float(np.tan(float(x)))


@implements("math.asin/approximate")
def asin(x, /):
    return float(np.arcsin(float(x)))


@implements("math.acos/approximate")
def acos(x, /):
    return float(np.arccos(float(x)))


@implements("math.atan/approximate")
def atan(x, /):
    return float(np.arctan(float(x)))


@implements("math.atan2/approximate")
def atan2(y, x, /):
    return float(np.arctan2(float(y), float(x)))


@implements("math.sinh/approximate")
def sinh(x, /):
    return float(np.sinh(float(x)))


@implements("math.cosh/approximate")
def cosh(x, /):
    return float(np.cosh(float(x)))


@implements("math.tanh/approximate")
def tanh(x, /):
    return float(np.tanh(float(x)))


@implements("math.asinh/approximate")
def asinh(x, /):
    return float(np.arcsinh(float(x)))


@implements("math.acosh/approximate")
def acosh(x, /):
    return float(np.arccosh(float(x)))


@implements("math.atanh/approximate")
def atanh(x, /):
    return float(np.arctanh(float(x)))


@implements("math.erf/approximate")
def near_erf(x, /):
    # As `error_functions.erf`.
    a = prim.cast(float(x), np.float64)
    size = prim.fabs(a)
    z = size * size
    small = prim.fma(size, z * prim.fma(z, erf_rest_near(z), -0.37612638903183754), size * 1.1283791670955126)
    large = limited(size, 6.0)
    n, e = exp_parts(-large * large)
    large = prim.fma(-e * power_of_two(n), erfcx_nearly(large - 0.875), 1.0)
    return float(prim.copysign(prim.select(size < 0.875, small, large), a))


@implements("math.erfc/approximate")
def near_erfc(x, /):
    return float(erfc(float(x)))


@implements("math.gamma/approximate")
def near_gamma(x, /):
    return gamma(float(x))


@implements("math.lgamma/approximate")
def near_lgamma(x, /):
    return log_gamma(float(x))
