"""Library bodies: NumPy's logarithms and inverse hyperbolic functions of `float32` in kernels.

In `float32` alone and without branches, within 1 ULP: `x = 2**n * (1 + f)` with 1 + f from
sqrt(1/2) to sqrt(2), where f is exact, and `log(1 + f) = f - f**2 / 2 + f**3 * P(f)`.
"""

from device_pairs import either, limited, power_of_two, quotient, root
from double_double import fast_two_sum, two_product, two_sum
from logarithms import np_arccosh, np_arcsinh, np_arctanh, np_log, np_log10, np_log1p, np_log2
from minimax_device import log_rest


def split(a):
    """`n` and `f` with `a == 2**n * (1 + f)`, for a positive number."""
    # Subnormal numbers have their exponent in the mantissa.
    small = a < np.float32(1.1754943508222875e-38)
    x = prim.select(small, a * np.float32(8388608.0), a)
    n, m = split_normal(x)
    return n - either(small, 23.0, 0.0), m - np.float32(1.0)


def split_normal(x):
    bits = prim.bits(x)
    e = prim.wrap_sub(bits, np.int32(0x3F3504F3)) >> np.int32(23)
    return prim.cast(e, np.float32), prim.from_bits(prim.wrap_sub(bits, e << np.int32(23)))


def of_domain(a, y):
    """The logarithm `y` of a, or what it is for nan, inf, zero and negative numbers."""
    y = prim.select(a < np.inf, y, a)
    y = prim.select(a > 0.0, y, either(a == 0.0, -np.inf, np.nan))
    return prim.select(a != a, a, y)


def with_exponent(n, f, low):
    """`n * ln(2) + log(1 + f) + low`, rounded about once."""
    z = f * f
    q = prim.fma(n, np.float32(-2.12194440e-4), prim.fma(f * z, log_rest(f), low))
    # 9 bits of ln(2): the product is exact.
    return prim.fma(n, np.float32(0.693359375), f + prim.fma(np.float32(-0.5), z, q))


def log_parts(f):
    """`log(1 + f)` in two parts."""
    z, z_low = two_product(f, f)
    h, l = fast_two_sum(f, np.float32(-0.5) * z)
    return h, l + prim.fma(f * z, log_rest(f), np.float32(-0.5) * z_low)


@implements("logarithms.np_log/device")
def device_log(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return log_single(x)
    else:
        return np_log(a)


def log_single(a):
    n, f = split(a)
    return of_domain(a, with_exponent(n, f, np.float32(0.0)))


@implements("logarithms.np_log2/device")
def device_log2(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return log2_single(x)
    else:
        return np_log2(a)


def log2_single(a):
    n, f = split(a)
    b, low = log_parts(f)
    q, q_low = two_product(b, np.float32(1.4426950216293335))
    h, l = fast_two_sum(n, q)
    rest = prim.fma(b, np.float32(1.925963033500011e-08), prim.fma(low, np.float32(1.4426950216293335), q_low))
    return of_domain(a, h + (l + rest))


@implements("logarithms.np_log10/device")
def device_log10(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return log10_single(x)
    else:
        return np_log10(a)


def log10_single(a):
    n, f = split(a)
    b, low = log_parts(f)
    q, q_low = two_product(b, np.float32(0.4342944920063019))
    # 16 bits of log10(2): the product is exact.
    h, l = fast_two_sum(n * np.float32(0.30103302001953125), q)
    rest = prim.fma(b, np.float32(-1.0103049952192578e-08), prim.fma(low, np.float32(0.4342944920063019), q_low))
    return of_domain(a, h + (l + prim.fma(n, np.float32(-3.0243554e-06), rest)))


def one_plus_log(h, l, more):
    """`log(h + l) + more * ln(2)`, where h is a positive number and l its error."""
    n, m = split_normal(h)
    # Beyond 2**40 the error doesn't matter.
    f, f_low = fast_two_sum(m - np.float32(1.0), l * power_of_two(-limited(n, 40.0)))
    # The derivative is 1 / (1 + f).
    return with_exponent(n + more, f, f_low * prim.fma(f, f - np.float32(1.0), np.float32(1.0)))


@implements("logarithms.np_log1p/device")
def device_log1p(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return log1p_single(x)
    else:
        return np_log1p(a)


def log1p_single(x):
    u, l = two_sum(np.float32(1.0), x)
    y = of_domain(u, one_plus_log(u, l, np.float32(0.0)))
    return prim.select(prim.fabs(x) < np.float32(1e-8), x, y)


@implements("logarithms.np_arcsinh/device")
def device_arcsinh(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return asinh_single(x)
    else:
        return np_arcsinh(a)


def asinh_single(x):
    """`log(1 + a + a**2 / (1 + sqrt(1 + a**2)))` of the magnitude."""
    a = prim.fabs(x)
    p, p_low = two_product(a, a)
    u, u_low = two_sum(p, np.float32(1.0))
    s, s_low = root(u, u_low + p_low)
    d, d_low = fast_two_sum(s, np.float32(1.0))
    q, q_low = quotient(p, p_low, d, d_low + s_low)
    f, f_low = fast_two_sum(a, q)
    h, l = two_sum(np.float32(1.0), f)
    # Beyond it is log(2 * a).
    far = a > np.float32(1e5)
    y = one_plus_log(prim.select(far, a, h), either(far, 0.0, l + (f_low + q_low)), either(far, 1.0, 0.0))
    y = prim.select((a >= np.float32(1e-4)) & (a < np.inf), y, a)
    return prim.copysign(y, x)


@implements("logarithms.np_arccosh/device")
def device_arccosh(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return acosh_single(x)
    else:
        return np_arccosh(a)


def acosh_single(x):
    """`log(1 + (x - 1) + sqrt(x**2 - 1))`"""
    p, p_low = two_product(x, x)
    u, u_low = two_sum(p, np.float32(-1.0))
    s, s_low = root(u, u_low + p_low)
    d, d_low = two_sum(x, np.float32(-1.0))
    f, f_low = two_sum(d, s)
    h, l = two_sum(np.float32(1.0), f)
    far = x > np.float32(1e5)
    # log(2 * x)
    l = either(far, 0.0, l + (f_low + (s_low + d_low)))
    y = one_plus_log(prim.select(far, x, h), l, either(far, 1.0, 0.0))
    y = prim.select(x < np.inf, y, x)
    return prim.select(x >= np.float32(1.0), y, prim.select(x != x, x, prim.cast(np.nan, np.float32)))


@implements("logarithms.np_arctanh/device")
def device_arctanh(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return atanh_single(x)
    else:
        return np_arctanh(a)


def atanh_single(x):
    """Half of `log(1 + 2 * a / (1 - a))` of the magnitude."""
    size = prim.fabs(x)
    under, under_low = two_sum(np.float32(1.0), -size)
    q, q_low = quotient(np.float32(2.0) * size, np.float32(0.0), under, under_low)
    h, l = two_sum(np.float32(1.0), q)
    y = np.float32(0.5) * one_plus_log(h, l + q_low, np.float32(0.0))
    y = prim.select(size < np.float32(1.0), y, either(size == np.float32(1.0), np.inf, np.nan))
    y = prim.select((size < np.float32(1e-4)) | (x != x), size, y)
    return prim.copysign(y, x)
