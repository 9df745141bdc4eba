"""Library bodies: SciPy's gamma, rgamma, gammaln, loggamma of real numbers and gammasgn.

All come from Stirling's series about the middle: `log(gamma(z + 1/2)) = z * log(z) - z +
log(2 * pi) / 2 + f(z)`, where `z * f(z)` is a function of `z**-2` (DLMF 5.11.8), here a
polynomial for z from 3.5 on. Smaller arguments are shifted by three: `gamma(y + 4) = (y + 1) *
(y + 2) * (y + 3) * gamma(y + 1)`. Negative ones are reflected: `gamma(-y) * gamma(y + 1) *
sin(pi * y) = -pi`. So one quotient of two-part products ends `gamma`, and the difference of two
logarithms `gammaln`; around the zeros of that, at 1 and 2, a polynomial for `log(gamma(2 + d))`
takes the place of the series.

Exponent, sine, products and shifts have two parts: gamma and rgamma are within 1 ULP, gammaln
of positive numbers as well. Between its zeros on the negative side, from -2.457 to -18, where
two logarithms cancel, its error is below 2**-55 or 1 ULP.

No branches, but that logarithms of gamma of negative numbers, which are rare, have a cold block.
`float32` is computed in `float64` and rounded once. `math.gamma` and `math.lgamma` aren't these
but for `fastmath`: they are CPython's.
"""

from double_double import either, fast_two_sum, power_of_two, quotient, scaled, two_product, two_sum
from error_functions import of_dtype, wide
from exponentials import limited, reduced
from logarithms import one_plus_log, split_normal
from minimax import exp_tail, exp_tail_single, log_gamma_tail, log_gamma_tail_single, log_tail, sin_pi_rest, sin_pi_tail_single, stirling_tail, stirling_tail_single
from powers import log_long


def gamma(a):
    x = wide(a)
    if prim.dtype(a) == np.float32:
        over, under = ratio_single(x)
        return prim.cast(either(is_pole(x), np.nan, prim.divide(over, under)), np.float32)
    over, over_low, under, under_low, n = ratio(x)
    q, low = quotient(over, over_low, under, under_low)
    y = prim.select(is_tiny(x), prim.divide(1.0, x), scaled(q + low, n))
    return either(is_pole(x), np.nan, y)


def rgamma(a):
    """`1 / gamma(x)`, which has no poles."""
    x = wide(a)
    if prim.dtype(a) == np.float32:
        over, under = ratio_single(x)
        return prim.cast(either(is_pole(x), 0.0, prim.divide(under, over)), np.float32)
    over, over_low, under, under_low, n = ratio(x)
    q, low = quotient(under, under_low, over, over_low)
    y = prim.select(is_tiny(x), x, scaled(q + low, -n))
    return either(is_pole(x), 0.0, y)


def is_pole(x):
    """Whether gamma has no value, nor an infinity of a sign; so at minus infinity."""
    return (x < 0.0) & (prim.rint(x) == x)


def is_tiny(x):
    """Whether gamma is 1 / x; products with smaller numbers aren't exact."""
    return prim.fabs(x) < 1e-17


def ratio(x):
    """`gamma(x) / 2**n` as the quotient of two numbers in two parts."""
    size = prim.fabs(x)
    negative = x < 0.0
    y = limited(size, 190.0)
    z, z_low, d, d_low = shifted(y)
    e, e_low = stirling(z, z_low, prim.cast(1.0, np.float64))
    n, h, l = exp_parts(e, e_low)
    s, s_low = sine(-distance(size))
    # y * (y + 1) * (y + 2) * (y + 3), or the sine and gamma(y + 4).
    a = prim.select(negative, s, y)
    b = prim.select(negative, h, d)
    p, p_low = two_product(a, b)
    p_low = prim.fma(a, prim.select(negative, l, d_low), prim.fma(either(negative, s_low, 0.0), b, p_low))
    over = prim.select(negative, d, h)
    over_low = prim.select(negative, d_low, l)
    return over, over_low, p, p_low, prim.select(negative, -n, n)


def ratio_single(x):
    """`gamma(x)` as the quotient of two numbers with 30 bits."""
    size = prim.fabs(x)
    negative = x < 0.0
    y = limited(size, 45.0)
    d = (y + 1.0) * ((y + 2.0) * (y + 3.0))
    z = y + 3.5
    i = prim.divide(1.0, z)
    e = prim.fma(z, plain_log(z) - 1.0, prim.fma(i, stirling_tail_single(i * i), 0.9189385332046728))
    n = prim.fma(e, 1.4426950408889634, 6755399441055744.0) - 6755399441055744.0
    r = prim.fma(n, -0.6931471805599453, e)
    h = prim.fma(r * r, exp_tail_single(r), 1.0 + r) * power_of_two(n)
    r = -distance(size)
    w = r * r
    s = prim.fma(r * w, sin_pi_tail_single(w), r)
    p = prim.select(negative, s * h, prim.select(negative, y, prim.copysign(y, x)) * d)
    return prim.select(negative, d, h), p


def distance(y):
    """The distance from the nearest whole number, with the other sign where that is odd; y isn't negative."""
    whole = prim.rint(y)
    half = 0.5 * whole
    r = y - whole
    return prim.select(prim.rint(half) == half, r, -r)


def shifted(y):
    """`y + 3.5` and `(y + 1) * (y + 2) * (y + 3)`, for y from 0."""
    t, t_low = two_sum(y, prim.cast(2.0, np.float64))
    p, p_low = two_product(t, t)
    q, q_low = fast_two_sum(p, prim.cast(-1.0, np.float64))
    q_low = q_low + prim.fma(2.0 * t, t_low, p_low)
    d, d_low = two_product(t, q)
    z, z_low = fast_two_sum(t, prim.cast(1.5, np.float64))
    return z, z_low + t_low, d, prim.fma(t, q_low, prim.fma(t_low, q, d_low))


def sine(r):
    """`sin(pi * r) / pi` for r from -1/2 to 1/2."""
    z, z_low = two_product(r, r)
    q, low = two_product(z, prim.cast(-1.6449340668482264, np.float64))
    low = prim.fma(z, -3.040672350398476e-17, prim.fma(z_low, -1.6449340668482264, low))
    t, t_low = fast_two_sum(prim.cast(1.0, np.float64), q)
    t, t_low = fast_two_sum(t, t_low + prim.fma(z * z, sin_pi_rest(z), low))
    s, s_low = two_product(r, t)
    return s, prim.fma(r, t_low, s_low)


def stirling(z, z_low, down):
    """`log(gamma(z + z_low + 1/2))` for z from 3.5, right to about 67 bits of its terms.

    Where z is so large that a term overflows, it is multiplied by a power of two.
    """
    n, m = split_normal(z)
    b, low = log_long(m)
    h, l = fast_two_sum(n * 0.6931471805598903, b)
    l = l + prim.fma(n, 5.497923018708371e-14, low)
    i = prim.divide(1.0, z)
    tail = prim.fma(i, stirling_tail(i * i), -3.8782941580672414e-17)
    z = z * down
    # The derivative of z * log(z) - z is log(z).
    p, p_low = two_product(z, h)
    p_low = prim.fma(z, l, prim.fma(z_low * down, h, p_low))
    c, c_low = fast_two_sum(z, prim.cast(-0.9189385332046728, np.float64))
    e, e_low = fast_two_sum(p, -c)
    return e, (e_low - c_low) + (p_low + tail)


def exp_parts(e, e_low):
    """`exp(e + e_low)` as a power of two and a factor in two parts."""
    n, r, low = reduced(e)
    r, low = fast_two_sum(r, low + e_low)
    s, rest = fast_two_sum(prim.cast(1.0, np.float64), r)
    h, l = fast_two_sum(s, rest + prim.fma(r * r, exp_tail(r), low))
    return n, h, l


def gammaln(a):
    """The logarithm of gamma's magnitude."""
    x = wide(a)
    y = log_gamma_single(x) if prim.dtype(a) == np.float32 else log_gamma(x)
    return of_dtype(prim.select(x == -np.inf, x, y), a)


def loggamma(a):
    """Of real numbers the same, where gamma is positive to the right of 0."""
    x = wide(a)
    y = log_gamma_single(x) if prim.dtype(a) == np.float32 else log_gamma(x)
    return of_dtype(either(x < 0.0, np.nan, y), a)


def log_gamma(x):
    """As C's `lgamma`."""
    if prim.rarely(not (x >= 1e-290 and x <= 1e290)):
        return log_gamma_rare(x)
    far = x >= 4.0
    z, z_low, d, d_low = shifted(limited(x, 4.0))
    beyond, beyond_low = fast_two_sum(x, prim.cast(-0.5, np.float64))
    e, e_low = stirling(prim.select(far, beyond, z), prim.select(far, beyond_low, z_low), prim.cast(1.0, np.float64))
    # What gamma is to be divided by: 1, or x * (x + 1) * (x + 2) * (x + 3).
    p, p_low = two_product(x, d)
    p_low = prim.fma(x, d_low, p_low)
    # Around 1 and 2 it is x and 1, of `gamma(2 + d)`.
    first = prim.fabs(x - 1.0) < 0.1875
    second = prim.fabs(x - 2.0) < 0.1875
    near, near_low = about_two(prim.select(first, x - 1.0, x - 2.0))
    e = prim.select(first | second, near, e)
    e_low = prim.select(first | second, near_low, e_low)
    h, l = one_plus_log(
        prim.select(first, x, either(second | far, 1.0, p)), either(first | second | far, 0.0, p_low), 0.0
    )
    v, v_low = two_sum(e, -h)
    return v + (v_low + (e_low - l))


def log_gamma_rare(x):
    """The same for all numbers but those around 1 and 2."""
    size = prim.fabs(x)
    # Next to 0 the sign doesn't matter, and a sine would be too small to divide by.
    negative = x < -1e-17
    r = prim.fabs(size - prim.rint(size))
    s, s_low = sine(r)
    far = size >= 4.0
    y = limited(size, 4.0)
    # Where (y + 1) * (y + 2) * (y + 3) is 6, so that the product isn't subnormal.
    small = size < 1e-290
    up = either(small, 1.2676506002282294e30, 1.0)
    z, z_low, d, d_low = shifted(y)
    beyond, beyond_low = two_sum(size, either(negative, 0.5, -0.5))
    factor = either(far | negative, 1.0, y * up)
    b = either(far, 1.0, d)
    p, p_low = two_product(factor, b)
    p_low = prim.fma(factor, either(far, 0.0, d_low), p_low)
    q, q_low = quotient(p, p_low, either(negative, s, 1.0), either(negative, s_low, 0.0))
    h, l = one_plus_log(q, q_low, either(small, -100.0, 0.0))
    # So that z * log(z) is finite where the result is.
    large = size > 1e290
    e, e_low = stirling(
        prim.select(far, beyond, z), prim.select(far, beyond_low, z_low), either(large, 8.673617379884035e-19, 1.0)
    )
    v, v_low = two_sum(e, -h)
    v = (v + (v_low + (e_low - l))) * either(large, 1.152921504606847e18, 1.0)
    v = prim.select(negative, -v, v)
    return either((size == np.inf) | ((r == 0.0) & (x <= 0.0)), np.inf, v)


def log_gamma_single(x):
    """With 30 bits, for numbers from float32."""
    if prim.rarely(not (x > 0.0 and x < np.inf)):
        return log_gamma_rare(x)
    far = x >= 4.0
    z = prim.select(far, x - 0.5, x + 3.5)
    i = prim.divide(1.0, z)
    e = prim.fma(z, plain_log(z) - 1.0, prim.fma(i, stirling_tail_single(i * i), 0.9189385332046728))
    p = (x * (x + 1.0)) * ((x + 2.0) * (x + 3.0))
    # Around 1 and 2 the difference cancels.
    first = prim.fabs(x - 1.0) < 0.0625
    second = prim.fabs(x - 2.0) < 0.0625
    d = prim.select(first, x - 1.0, x - 2.0)
    near = d * prim.fma(d, log_gamma_tail_single(d), 0.42278433509846713)
    return prim.select(first | second, near, e) - plain_log(prim.select(first, x, either(second | far, 1.0, p)))


def plain_log(z):
    """The logarithm of a positive number in one part."""
    n, m = split_normal(z)
    s = prim.divide(m - 1.0, m + 1.0)
    w = s * s
    return prim.fma(n, 0.6931471805599453, prim.fma(s * w, log_tail(w), 2.0 * s))


def about_two(d):
    """`log(gamma(2 + d))` for d from -3/16 to 3/16."""
    p, low = two_product(d, prim.cast(0.42278433509846713, np.float64))
    return p, prim.fma(d * d, log_gamma_tail(d), prim.fma(d, 4.942915152430645e-18, low))


def gammasgn(a):
    """The sign of gamma; of its poles but 0 there is none."""
    x = wide(a)
    # Below 0 it is that of the parity of the next whole number.
    half = 0.5 * prim.floor(x)
    y = either(prim.signbit(x) & ((x == 0.0) | (prim.floor(half) != half)), -1.0, 1.0)
    return of_dtype(either((x == x) & ~is_pole(x), y, np.nan), a)
