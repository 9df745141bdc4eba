"""Library bodies: functions of `math` and `**` where `fastmath` has `afn`.

What NumPy's functions give for Python floats: within 1 ULP, in loops of vectors in tier 2,
and a nan or an infinity where Python raises. `exp`, `erf`, `pow`, `sin` and `cos` are within 3 ULP and
take less: arguments are reduced in one part, sines are one polynomial, and the error function is
`1 - exp(-q)` of one. Loops that may raise can't be vectorized, so without the second the first
would gain little. Functions of the C library that no body computes keep theirs.
"""

from double_double import clamped, either, fast_two_sum, power_of_two, scaled, two_product
from error_functions import erfc
from exponentials import limited, widely_scaled
from gamma_functions import gamma, log_gamma
from logarithms import is_rare, split
from minimax import erfc_log_rest, exp_tail_near, log_tail_near, sin_tail_wide
from powers import signed, special


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


def near_log_parts(m):
    """The logarithm of a mantissa in two parts, right to about 2**-62 of it; the second is up to 2**-12 of it."""
    f = m - 1.0
    t = 1.0 + m
    i = 1.0 / t
    s = f * i
    s_low = i * prim.fma(-s, m - (t - 1.0), prim.fma(-s, t, f))
    # s**2 and s**3 in two parts; what follows is small enough for one.
    twice = s + s
    z, z_low = two_product(s, s)
    z_low = prim.fma(twice, s_low, z_low)
    c, c_low = two_product(s, z)
    c_low = prim.fma(s, z_low, prim.fma(s_low, z, c_low))
    d, d_low = two_product(c, prim.cast(0.6666666666666666, np.float64))
    d_low = prim.fma(c, 3.700743415417188e-17, prim.fma(c_low, 0.6666666666666666, d_low))
    h, l = fast_two_sum(twice, d)
    return h, l + prim.fma(c * z, log_tail_near(z), prim.fma(2.0, s_low, d_low))


def near_power(x, y):
    """As `powers.power`: a logarithm of two parts, an exponential of one."""
    size = prim.fabs(x)
    rare = is_rare(size)
    n, m = split(size, rare)
    b, low = near_log_parts(m)
    h, l = fast_two_sum(n * 0.6931471805598903, b)
    l = l + prim.fma(n, 5.497923018708371e-14, low)
    p, p_low = two_product(h, y)
    p_low = prim.fma(l, y, p_low)
    extreme = not (prim.fabs(p) <= 700.0)
    if prim.rarely(extreme):
        p = clamped(h * clamped(y, -1e300, 1e300), -800.0, 800.0)
        p_low = either(prim.fabs(p) < 800.0, p_low, 0.0)
    n = prim.fma(p + p_low, 1.4426950408889634, 6755399441055744.0) - 6755399441055744.0
    # The difference is exact.
    r = prim.fma(n, -0.6931471805599453, p) + prim.fma(n, -2.3190468138462996e-17, p_low)
    result = 1.0 + prim.fma(r * r, exp_tail_near(r), r)
    if prim.rarely(extreme):
        return special(x, y, scaled(result, n))
    result = result * power_of_two(n)
    if prim.rarely(rare):
        return special(x, y, result)
    return signed(x, y, result)


@implements("math.pow/approximate")
def pow(x, y, /):
    return float(near_power(prim.cast(float(x), np.float64), prim.cast(float(y), np.float64)))


@implements("numbers.py_float_power/approximate")
def power(x, y):
    return float(near_power(prim.cast(float(x), np.float64), prim.cast(float(y), np.float64)))


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
    # `erfc(x) = exp(-q)`, and near 0 no less right than elsewhere: q is nearly a multiple of x there.
    a = prim.cast(float(x), np.float64)
    size = limited(prim.fabs(a), 5.95)
    q = prim.fma(size * size, erfc_log_rest(size), size * 1.1283791670955126)
    # 1.5 * 2**52 + 1023: the sum's last bits are the biased exponent.
    magic = prim.fma(q, -1.4426950408889634, 6755399441056767.0)
    up = prim.from_bits(prim.bits(magic) << 52)
    r = prim.fma(magic - 6755399441056767.0, -0.6931471805599453, -q)
    return float(prim.copysign(prim.fma(up, prim.fma(r * r, exp_tail_near(r), r), up - 1.0), a))


@implements("math.erfc/approximate")
def near_erfc(x, /):
    return float(erfc(float(x)))


@implements("math.gamma/approximate")
def near_gamma(x, /):
    return gamma(float(x))


@implements("math.lgamma/approximate")
def near_lgamma(x, /):
    return log_gamma(float(x))
