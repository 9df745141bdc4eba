"""Library bodies: functions of `math` and `**` where `fastmath` has `afn`.

What NumPy's functions give for Python floats: within 1 ULP, in loops of vectors in tier 2,
and a nan or an infinity where Python raises. Sine and cosine are within 2 ULP and take half as
long: one polynomial, and what is left of the angle in one part. Loops that may raise can't be vectorized, so
without the second the first would gain little. Functions of the C library that no body
computes keep theirs.
"""

from error_functions import erf, erfc
from gamma_functions import gamma, log_gamma
from minimax import sin_tail_wide


@implements("math.sqrt/approximate")
def sqrt(x, /):
    return prim.sqrt(float(x))


@implements("math.cbrt/approximate")
def cbrt(x, /):
    return float(np.cbrt(float(x)))


@implements("math.exp/approximate")
def exp(x, /):
    return float(np.exp(float(x)))


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
    return float(erf(float(x)))


@implements("math.erfc/approximate")
def near_erfc(x, /):
    return float(erfc(float(x)))


@implements("math.gamma/approximate")
def near_gamma(x, /):
    return gamma(float(x))


@implements("math.lgamma/approximate")
def near_lgamma(x, /):
    return log_gamma(float(x))
