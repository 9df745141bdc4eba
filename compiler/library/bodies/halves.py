"""Library bodies: functions of `float16` and `bfloat16`, which kernels have.

NumPy computes them in `float32` and rounds, and so is it done here; quotients, remainders and
powers too. With an operand of another dtype they are the functions of the common one. A number
of Python's is a `float16` or `bfloat16` first. `nextafter` and `spacing` go by the bits.
"""


def single(x):
    return prim.cast(x, np.float32)


def like(x, y):
    return prim.cast(y, prim.dtype(x))


def of_two(f, x, y):
    a = prim.promote(x, y)
    b = prim.promote(y, x)
    if prim.dtype(a) == np.float16 or prim.dtype(a) == np.bfloat16:
        return like(a, f(single(a), single(b)))
    else:
        return f(a, b)


@implements("numpy.cbrt/half")
def cbrt(x):
    return like(x, np.cbrt(single(x)))


@implements("numpy.exp/half")
def exp(x):
    return like(x, np.exp(single(x)))


@implements("numpy.exp2/half")
def exp2(x):
    return like(x, np.exp2(single(x)))


@implements("numpy.expm1/half")
def expm1(x):
    return like(x, np.expm1(single(x)))


@implements("numpy.log/half")
def log(x):
    return like(x, np.log(single(x)))


@implements("numpy.log2/half")
def log2(x):
    return like(x, np.log2(single(x)))


@implements("numpy.log10/half")
def log10(x):
    return like(x, np.log10(single(x)))


@implements("numpy.log1p/half")
def log1p(x):
    return like(x, np.log1p(single(x)))


@implements("numpy.sin/half")
def sin(x):
    return like(x, np.sin(single(x)))


@implements("numpy.cos/half")
def cos(x):
    return like(x, np.cos(single(x)))


@implements("numpy.tan/half")
def tan(x):
    return like(x, np.tan(single(x)))


@implements("numpy.sinh/half")
def sinh(x):
    return like(x, np.sinh(single(x)))


@implements("numpy.cosh/half")
def cosh(x):
    return like(x, np.cosh(single(x)))


@implements("numpy.tanh/half")
def tanh(x):
    return like(x, np.tanh(single(x)))


@implements("numpy.arcsin/half", "numpy.asin/half")
def arcsin(x):
    return like(x, np.arcsin(single(x)))


@implements("numpy.arccos/half", "numpy.acos/half")
def arccos(x):
    return like(x, np.arccos(single(x)))


@implements("numpy.arctan/half", "numpy.atan/half")
def arctan(x):
    return like(x, np.arctan(single(x)))


@implements("numpy.arcsinh/half", "numpy.asinh/half")
def arcsinh(x):
    return like(x, np.arcsinh(single(x)))


@implements("numpy.arccosh/half", "numpy.acosh/half")
def arccosh(x):
    return like(x, np.arccosh(single(x)))


@implements("numpy.arctanh/half", "numpy.atanh/half")
def arctanh(x):
    return like(x, np.arctanh(single(x)))


@implements("numpy.deg2rad/half", "numpy.radians/half")
def deg2rad(x):
    return like(x, np.deg2rad(single(x)))


@implements("numpy.rad2deg/half", "numpy.degrees/half")
def rad2deg(x):
    return like(x, np.rad2deg(single(x)))


@implements("numpy.arctan2/half", "numpy.atan2/half")
def arctan2(x, y):
    return of_two(np.arctan2, x, y)


@implements("numpy.hypot/half")
def hypot(x, y):
    return of_two(np.hypot, x, y)


@implements("numpy.heaviside/half")
def heaviside(x, y):
    return of_two(np.heaviside, x, y)


@implements("numpy.logaddexp/half")
def logaddexp(x, y):
    return of_two(np.logaddexp, x, y)


@implements("numpy.logaddexp2/half")
def logaddexp2(x, y):
    return of_two(np.logaddexp2, x, y)


@implements("numpy.fmod/half")
def fmod(x, y):
    return of_two(np.fmod, x, y)


@implements("numpy.ldexp/half")
def ldexp(x, n):
    return like(x, np.ldexp(single(x), n))


@implements("powers.np_power/half")
def power(x, y):
    return of_two(np.power, x, y)


@implements("powers.np_float_power/half")
def float_power(x, y):
    return np.float_power(prim.cast(x, np.float64), prim.cast(y, np.float64))


@implements("numbers.np_float_floor_divide/half")
def floor_divide(x, y):
    return of_two(np.floor_divide, x, y)


@implements("numbers.np_float_modulo/half")
def modulo(x, y):
    return of_two(np.remainder, x, y)


@implements("numbers.np_float_divmod/half")
def both_of_division(x, y):
    return of_two(np.floor_divide, x, y), of_two(np.remainder, x, y)


@implements("numbers.np_float_round/half")
def rounded_decimal(x, digits):
    if prim.dtype(x) == np.float16:
        prim.refuse("round() of a float16 to digits is not compiled", "round a float32: round(np.float32(x), digits)")
    else:
        prim.refuse("round() of a bfloat16 to digits is not compiled", "round a float32: round(np.float32(x), digits)")


@implements("numpy.nextafter/half")
def nextafter(x, y):
    a = prim.promote(x, y)
    b = prim.promote(y, x)
    if prim.dtype(a) == np.float16 or prim.dtype(a) == np.bfloat16:
        return next_half(a, b)
    else:
        return np.nextafter(a, b)


def of_bits(a, bits):
    if prim.dtype(a) == np.float16:
        return prim.from_bits(bits)
    else:
        return prim.bfloat_of_bits(bits)


def next_half(a, b):
    bits = prim.bits(a)
    if a != a or b != b:
        return like(a, np.float32(np.nan))
    if a == b:
        return a
    if a == like(a, 0):
        return of_bits(a, np.int16(1) | (prim.bits(b) & np.int16(-32768)))
    if (a < b) == (bits >= np.int16(0)):
        return of_bits(a, bits + np.int16(1))
    return of_bits(a, bits - np.int16(1))


@implements("numpy.spacing/half")
def spacing(x):
    if prim.dtype(x) == np.float16:
        return spacing_half(x)
    else:
        return spacing_bfloat(x)


# To the next number away from zero, as `ml_dtypes` has it.
def spacing_bfloat(x):
    if not prim.isfinite(x):
        return like(x, np.float32(np.nan))
    return prim.bfloat_of_bits(prim.bits(x) + np.int16(1)) - x


# As NumPy has it: below a power of two if the number is negative, and never negative itself.
def spacing_half(x):
    if not prim.isfinite(x):
        return like(x, np.float32(np.nan))
    bits = int(prim.bits(x))
    if bits == 0x7BFF:
        return like(x, np.float32(np.inf))
    exponent = (bits >> 10) & 31
    if bits < 0 and (bits & 1023) == 0:
        exponent = exponent - 1
    if exponent > 10:
        return prim.from_bits(prim.cast((exponent - 10) << 10, np.int16))
    return prim.from_bits(prim.cast(1 << max(exponent - 1, 0), np.int16))


# `math` gives a float16 of a float16, with the exceptions of `math`.
@implements("math.log/half")
def math_log(x, base=None, /):
    if base is None:
        return like(x, math.log(single(x)))
    return of_two(math.log, x, base)


@implements("math.sqrt/half")
def math_sqrt(x, /):
    return like(x, math.sqrt(single(x)))


@implements("math.cbrt/half")
def math_cbrt(x, /):
    return like(x, math.cbrt(single(x)))


@implements("math.exp/half")
def math_exp(x, /):
    return like(x, math.exp(single(x)))


@implements("math.exp2/half")
def math_exp2(x, /):
    return like(x, math.exp2(single(x)))


@implements("math.expm1/half")
def math_expm1(x, /):
    return like(x, math.expm1(single(x)))


@implements("math.log2/half")
def math_log2(x, /):
    return like(x, math.log2(single(x)))


@implements("math.log10/half")
def math_log10(x, /):
    return like(x, math.log10(single(x)))


@implements("math.log1p/half")
def math_log1p(x, /):
    return like(x, math.log1p(single(x)))


@implements("math.sin/half")
def math_sin(x, /):
    return like(x, math.sin(single(x)))


@implements("math.cos/half")
def math_cos(x, /):
    return like(x, math.cos(single(x)))


@implements("math.tan/half")
def math_tan(x, /):
    return like(x, math.tan(single(x)))


@implements("math.asin/half")
def math_asin(x, /):
    return like(x, math.asin(single(x)))


@implements("math.acos/half")
def math_acos(x, /):
    return like(x, math.acos(single(x)))


@implements("math.atan/half")
def math_atan(x, /):
    return like(x, math.atan(single(x)))


@implements("math.sinh/half")
def math_sinh(x, /):
    return like(x, math.sinh(single(x)))


@implements("math.cosh/half")
def math_cosh(x, /):
    return like(x, math.cosh(single(x)))


@implements("math.tanh/half")
def math_tanh(x, /):
    return like(x, math.tanh(single(x)))


@implements("math.asinh/half")
def math_asinh(x, /):
    return like(x, math.asinh(single(x)))


@implements("math.acosh/half")
def math_acosh(x, /):
    return like(x, math.acosh(single(x)))


@implements("math.atanh/half")
def math_atanh(x, /):
    return like(x, math.atanh(single(x)))


@implements("math.degrees/half")
def math_degrees(x, /):
    return like(x, math.degrees(single(x)))


@implements("math.radians/half")
def math_radians(x, /):
    return like(x, math.radians(single(x)))


@implements("math.erf/half")
def math_erf(x, /):
    return like(x, math.erf(single(x)))


@implements("math.erfc/half")
def math_erfc(x, /):
    return like(x, math.erfc(single(x)))


@implements("math.gamma/half")
def math_gamma(x, /):
    return like(x, math.gamma(single(x)))


@implements("math.lgamma/half")
def math_lgamma(x, /):
    return like(x, math.lgamma(single(x)))


@implements("math.fabs/half")
def math_fabs(x, /):
    return like(x, math.fabs(single(x)))


@implements("math.pow/half")
def math_pow(x, y, /):
    return of_two(math.pow, x, y)


@implements("math.atan2/half")
def math_atan2(x, y, /):
    return of_two(math.atan2, x, y)


@implements("math.hypot/half")
def math_hypot(x, y, /):
    return of_two(math.hypot, x, y)


@implements("math.copysign/half")
def math_copysign(x, y, /):
    return of_two(math.copysign, x, y)


@implements("math.fmod/half")
def math_fmod(x, y, /):
    return of_two(math.fmod, x, y)


@implements("math.remainder/half")
def math_remainder(x, y, /):
    return of_two(math.remainder, x, y)
