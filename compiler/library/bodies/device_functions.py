"""Library bodies: what C's library does on processors, for kernels, which have none.

`prim.exp` and its like are the functions of `math`, with its checks around them; here they are
NumPy's (1 ULP), so their last bits may differ from the processor's. `fmod`, `remainder`,
`ldexp`, `frexp`, `nextafter` and with them `%` and `//` are exact.
"""

from device_errors import device_erf, device_erfc
from device_exponentials import device_cosh, device_exp, device_exp2, device_expm1, device_sinh, device_tanh
from device_logarithms import device_arccosh, device_arcsinh, device_arctanh, device_log, device_log10, device_log1p, device_log2
from device_powers import device_cbrt, device_hypot, device_power
from device_trigonometry import device_arccos, device_arcsin, device_arctan, device_arctan2, device_cos, device_sin, device_tan
from gamma_functions import gamma, gammaln


def alike(x, r):
    """A result as the argument: Python's float, or of its dtype."""
    if prim.is_weak(x):
        return float(r)
    else:
        return prim.cast(r, prim.dtype(prim.promote_float(x)))


def of_two(x, y, r):
    if prim.is_weak(x) and prim.is_weak(y):
        return float(r)
    else:
        return prim.cast(r, prim.dtype(prim.promote_float(x, y)))


@implements("prim.exp/device")
def exp(x):
    return alike(x, device_exp(x))


@implements("prim.exp2/device")
def exp2(x):
    return alike(x, device_exp2(x))


@implements("prim.expm1/device")
def expm1(x):
    return alike(x, device_expm1(x))


@implements("prim.log/device")
def log(x):
    return alike(x, device_log(x))


@implements("prim.log2/device")
def log2(x):
    return alike(x, device_log2(x))


@implements("prim.log10/device")
def log10(x):
    return alike(x, device_log10(x))


@implements("prim.log1p/device")
def log1p(x):
    return alike(x, device_log1p(x))


@implements("prim.sin/device")
def sin(x):
    return alike(x, device_sin(x))


@implements("prim.cos/device")
def cos(x):
    return alike(x, device_cos(x))


@implements("prim.tan/device")
def tan(x):
    return alike(x, device_tan(x))


@implements("prim.asin/device")
def asin(x):
    return alike(x, device_arcsin(x))


@implements("prim.acos/device")
def acos(x):
    return alike(x, device_arccos(x))


@implements("prim.atan/device")
def atan(x):
    return alike(x, device_arctan(x))


@implements("prim.atan2/device")
def atan2(y, x):
    return of_two(y, x, device_arctan2(y, x))


@implements("prim.sinh/device")
def sinh(x):
    return alike(x, device_sinh(x))


@implements("prim.cosh/device")
def cosh(x):
    return alike(x, device_cosh(x))


@implements("prim.tanh/device")
def tanh(x):
    return alike(x, device_tanh(x))


@implements("prim.asinh/device")
def asinh(x):
    return alike(x, device_arcsinh(x))


@implements("prim.acosh/device")
def acosh(x):
    return alike(x, device_arccosh(x))


@implements("prim.atanh/device")
def atanh(x):
    return alike(x, device_arctanh(x))


@implements("prim.cbrt/device")
def cbrt(x):
    return alike(x, device_cbrt(x))


@implements("prim.hypot/device")
def hypot(x, y):
    return of_two(x, y, device_hypot(x, y))


# Of a complex number.
@implements("prim.magnitude/device")
def magnitude(z):
    return device_hypot(z.real, z.imag)


@implements("prim.pow/device")
def pow(x, y):
    return of_two(x, y, device_power(x, y))


@implements("prim.erf/device")
def erf_of(x):
    return alike(x, device_erf(x))


@implements("prim.erfc/device")
def erfc_of(x):
    return alike(x, device_erfc(x))


@implements("prim.tgamma/device")
def tgamma(x):
    return alike(x, gamma(x))


@implements("prim.lgamma/device")
def lgamma(x):
    return alike(x, gammaln(x))


# Exact functions. All floats are float64 in between, where float32 is exact too.


@implements("prim.fmod/device")
def fmod(x, y):
    return of_two(x, y, exact_remainder(float(x), float(y)))


@implements("numpy.fmod/device")
def np_fmod(x, y):
    if prim.kind(prim.dtype(prim.promote(x, y))) == "f":
        return of_two(x, y, exact_remainder(float(x), float(y)))
    else:
        return prim.c_remainder(prim.promote(x, y), prim.promote(y, x))


def exact_remainder(x, y):
    """What is left of `x` after multiples of `y`, with the sign of `x`."""
    a = prim.fabs(x)
    b = prim.fabs(y)
    if a != a:
        return x
    if b != b:
        return y
    if a == np.inf or b == 0.0:
        return np.nan
    if a < b:
        return x
    # Multiples of `b` by powers of two are exact; so are quotients below 2**52 without what
    # is behind the point, and what remains.
    t = b
    limit = a * 8.881784197001252e-16
    while t <= limit:
        t = t * 1125899906842624.0
    a = left_of(a, t)
    while t > b:
        t = t * 8.881784197001252e-16
        a = left_of(a, t)
    return prim.copysign(a, x)


def left_of(a, t):
    r = prim.fma(-prim.trunc(prim.divide(a, t)), t, a)
    if r < 0.0:
        r = r + t
    elif r >= t:
        r = r - t
    return r


@implements("prim.remainder/device")
def remainder(x, y):
    return of_two(x, y, nearest_remainder(float(x), float(y)))


def nearest_remainder(x, y):
    """What is left after the nearest multiple, of two the even one."""
    b = prim.fabs(y)
    if x != x or y != y or prim.isinf(x) or b == 0.0 or prim.isinf(b):
        return x if prim.isfinite(x) and prim.isinf(b) else exact_remainder(x, y)
    # Twice the divisor tells whether the multiple is even.
    a = prim.fabs(x)
    if b <= 8.98846567431158e307:
        a = prim.fabs(exact_remainder(a, b + b))
    # Now less than two divisors are left.
    if a > b:
        below = a - b
        # Above one and a half it is the second, which is even.
        a = below - b if below >= b - below else below
    elif a > b - a:
        a = a - b
    return -a if prim.signbit(x) else a


@implements("prim.ldexp/device")
def ldexp(x, n):
    return alike(x, times_power(float(x), int(n)))


def times_power(x, n):
    # Rounded once, since only the last product can be subnormal.
    n = min(max(n, -2200), 2200)
    while n > 1023:
        x = x * 8.98846567431158e307
        n = n - 1023
    while n < -1022:
        x = x * 2.004168360008973e-292
        n = n + 969
    return x * prim.from_bits((n + 1023) << 52)


@implements("prim.frexp_exponent/device")
def frexp_exponent(x):
    return parts_of(float(x))[1]


@implements("prim.frexp_mantissa/device")
def frexp_mantissa(x):
    return alike(x, parts_of(float(x))[0])


def parts_of(x):
    """A number between a half and one, and the power of two that it is to be multiplied by."""
    if x == 0.0 or not prim.isfinite(x):
        return x, 0
    e = -1022
    if prim.fabs(x) < 2.2250738585072014e-308:
        x = x * 18014398509481984.0
        e = e - 54
    bits = prim.bits(x)
    e = e + ((bits >> 52) & 2047)
    return prim.from_bits((bits & -9218868437227405313) | 4602678819172646912), e


@implements("prim.nextafter/device")
def nextafter(x, y):
    return after(prim.promote_float(x, y), prim.promote_float(y, x), x, y)


@implements("numpy.nextafter/device")
def np_nextafter(x, y):
    return after(prim.promote_float(x, y), prim.promote_float(y, x), x, y)


def after(a, b, x, y):
    if a != a or b != b:
        return of_two(x, y, a + b)
    if a == b:
        return of_two(x, y, b)
    bits = prim.bits(a)
    one = prim.cast(1, prim.dtype(bits))
    if a == prim.cast(0, prim.dtype(a)):
        return of_two(x, y, prim.copysign(prim.from_bits(one), b))
    outwards = (a < b) == (a > prim.cast(0, prim.dtype(a)))
    return of_two(x, y, prim.from_bits(prim.wrap_add(bits, one if outwards else -one)))


# The quotient of Python's ints, rounded once.


def int_quotient(a, b):
    x = int(a)
    y = int(b)
    if y == 0:
        raise ZeroDivisionError("division by zero")
    most = 9007199254740992
    if x >= -most and x <= most and y >= -most and y <= most:
        return prim.divide(float(x), float(y))
    return wide_quotient(x, y)


def wide_quotient(x, y):
    one = np.uint64(1)
    zero = np.uint64(0)
    a = prim.cast(prim.wrap_neg(x) if x < 0 else x, np.uint64)
    b = prim.cast(prim.wrap_neg(y) if y < 0 else y, np.uint64)
    q = a // b
    # Less than 2**63, so that twice of it is a number.
    r = a - q * b
    scale = 1.0
    # Two bits more than a float has, and below them whether anything is left.
    while q < np.uint64(36028797018963968):
        if q == zero and r == zero:
            break
        r = r << one
        q = q << one
        scale = scale * 0.5
        if r >= b:
            r = r - b
            q = q | one
    if r != zero:
        q = q | one
    result = float(prim.cast(q, np.float64)) * scale
    return -result if (x < 0) != (y < 0) else result


# `pow(x, n, m)` of Python's ints, where n isn't negative and m isn't 0.


@implements("prim.pow_mod/device")
def pow_mod(x, n, m):
    zero = np.uint64(0)
    size = prim.cast(prim.wrap_neg(m) if m < 0 else m, np.uint64)
    base = prim.cast(prim.wrap_neg(x) if x < 0 else x, np.uint64) % size
    if x < 0 and base != zero:
        base = size - base
    result = np.uint64(1) % size
    while n > 0:
        if (n & 1) == 1:
            result = product_modulo(result, base, size)
        base = product_modulo(base, base, size)
        n = n >> 1
    if m < 0 and result != zero:
        return int(prim.wrap_neg(prim.cast(size - result, np.int64)))
    return int(prim.cast(result, np.int64))


def product_modulo(a, b, size):
    """`a * b % size` of numbers below the size, which is at most 2**63."""
    if size <= np.uint64(4294967296):
        return a * b % size
    one = np.uint64(1)
    result = np.uint64(0)
    while b != np.uint64(0):
        if (b & one) == one:
            result = result + a
            if result >= size:
                result = result - size
        a = a + a
        if a >= size:
            a = a - size
        b = b >> one
    return result
