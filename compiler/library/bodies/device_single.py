"""Library bodies: functions of `math` in kernels, where `float32` stays what it is.

CPython makes a Python float of every argument. In kernels, as in Numba's, a `float32` has results
of that dtype, computed without double precision (`device_exponentials.py` and its like). The
checks are those of `math.py`; numbers of other types are Python floats as there.
"""

from math import norm


def kept(x):
    if prim.is_weak(x):
        return float(x)
    elif prim.dtype(x) == np.float32:
        return x
    else:
        return float(x)


def both_single(x, y):
    """Whether a result of both is a float32: a Python number adapts to the other one."""
    return prim.dtype(kept(x) + kept(y)) == np.float32


def in_range(f, x):
    r = f(x)
    if prim.rarely(prim.isinf(r)):
        if prim.isfinite(x):
            raise OverflowError("math range error")
    return r


def of_finite(f, x):
    if prim.isinf(x):
        raise ValueError("math domain error")
    return f(x)


def of_positive(f, x):
    if x <= 0.0:
        raise ValueError("math domain error")
    return f(x)


def of_unit(f, x):
    if x > 1.0 or x < -1.0:
        raise ValueError("math domain error")
    return f(x)


def remaindered(f, x, y):
    r = f(x, y)
    if prim.rarely(r != r):
        if x == x and y == y:
            raise ValueError("math domain error")
    return r


@implements("math.sqrt/single")
def sqrt(x, /):
    x = kept(x)
    if x < 0.0:
        raise ValueError("math domain error")
    return prim.sqrt(x)


@implements("math.cbrt/single")
def cbrt(x, /):
    return prim.cbrt(kept(x))


@implements("math.exp/single")
def exp(x, /):
    return in_range(prim.exp, kept(x))


@implements("math.exp2/single")
def exp2(x, /):
    return in_range(prim.exp2, kept(x))


@implements("math.expm1/single")
def expm1(x, /):
    return in_range(prim.expm1, kept(x))


@implements("math.log/single")
def log(x, base=None, /):
    if base is None:
        return of_positive(prim.log, kept(x))
    numerator = of_positive(prim.log, kept(x))
    return numerator / of_positive(prim.log, kept(base))


@implements("math.log2/single")
def log2(x, /):
    return of_positive(prim.log2, kept(x))


@implements("math.log10/single")
def log10(x, /):
    return of_positive(prim.log10, kept(x))


@implements("math.log1p/single")
def log1p(x, /):
    x = kept(x)
    if x <= -1.0:
        raise ValueError("math domain error")
    return prim.log1p(x)


@implements("math.pow/single")
def pow(x, y, /):
    x = kept(x)
    y = kept(y)
    r = prim.pow(x, y)
    if prim.rarely(not prim.isfinite(r)):
        if prim.isfinite(x) and prim.isfinite(y):
            if r != r or x == 0.0:
                raise ValueError("math domain error")
            raise OverflowError("math range error")
    return r


@implements("math.sin/single")
def sin(x, /):
    return of_finite(prim.sin, kept(x))


@implements("math.cos/single")
def cos(x, /):
    return of_finite(prim.cos, kept(x))


@implements("math.tan/single")
def tan(x, /):
    return of_finite(prim.tan, kept(x))


@implements("math.asin/single")
def asin(x, /):
    return of_unit(prim.asin, kept(x))


@implements("math.acos/single")
def acos(x, /):
    return of_unit(prim.acos, kept(x))


@implements("math.atan/single")
def atan(x, /):
    return prim.atan(kept(x))


@implements("math.atan2/single")
def atan2(y, x, /):
    return prim.atan2(kept(y), kept(x))


@implements("math.sinh/single")
def sinh(x, /):
    return in_range(prim.sinh, kept(x))


@implements("math.cosh/single")
def cosh(x, /):
    return in_range(prim.cosh, kept(x))


@implements("math.tanh/single")
def tanh(x, /):
    return prim.tanh(kept(x))


@implements("math.asinh/single")
def asinh(x, /):
    return prim.asinh(kept(x))


@implements("math.acosh/single")
def acosh(x, /):
    x = kept(x)
    if x < 1.0:
        raise ValueError("math domain error")
    return prim.acosh(x)


@implements("math.atanh/single")
def atanh(x, /):
    x = kept(x)
    if x >= 1.0 or x <= -1.0:
        raise ValueError("math domain error")
    return prim.atanh(x)


@implements("math.degrees/single")
def degrees(x, /):
    return kept(x) * (180.0 / 3.141592653589793)


@implements("math.radians/single")
def radians(x, /):
    return kept(x) * (3.141592653589793 / 180.0)


@implements("math.hypot/single")
def hypot(*coordinates):
    if len(coordinates) == 2:
        if both_single(coordinates[0], coordinates[1]):
            return prim.hypot(kept(coordinates[0]), kept(coordinates[1]))
        else:
            return norm(coordinates)
    else:
        return norm(coordinates)


@implements("math.erf/single")
def erf(x, /):
    return prim.erf(kept(x))


@implements("math.erfc/single")
def erfc(x, /):
    return prim.erfc(kept(x))


@implements("math.gamma/single")
def gamma(x, /):
    x = kept(x)
    if x <= 0.0 and x == prim.floor(x):
        # The poles, and minus infinity.
        raise ValueError("math domain error")
    return in_range(prim.tgamma, x)


@implements("math.lgamma/single")
def lgamma(x, /):
    x = kept(x)
    if x <= 0.0 and x == prim.floor(x) and prim.isfinite(x):
        raise ValueError("math domain error")
    return in_range(prim.lgamma, x)


@implements("math.fabs/single")
def fabs(x, /):
    return prim.fabs(kept(x))


@implements("math.copysign/single")
def copysign(x, y, /):
    return prim.copysign(kept(x), kept(y))


@implements("math.fmod/single")
def fmod(x, y, /):
    return remaindered(prim.fmod, kept(x), kept(y))


@implements("math.remainder/single")
def remainder(x, y, /):
    return remaindered(prim.remainder, kept(x), kept(y))
