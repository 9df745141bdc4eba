"""Library bodies: NumPy's cbrt, hypot and power of floats, at most 1 ULP.

The cube root is that of the mantissa and of the exponent modulo 3: a polynomial for the
inverse root, two iterations of third order, one correction of the root itself with an
exact residual. `hypot` sums squares and takes the root with two parts. The power is `exp(y * log(x))`
with a logarithm of two parts that is right to about 67 bits.

The only branches lead round what is rare, which vector forms leave to the function, one by
one: bases and results that aren't normal numbers. `float32` is computed in `float64` and rounded once.
"""

from double_double import clamped, either, fast_two_sum, root, scaled, power_of_two, two_product, two_sum
from exponentials import exp_single, one_plus, reduced
from logarithms import is_rare, split
from minimax import exp_tail, inverse_cube_root, log_tail, log_tail_long


def np_cbrt(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return prim.cast(cbrt_wide(prim.cast(x, np.float64)), np.float32)
    return cbrt_wide(x)


def cbrt_wide(x):
    size = prim.fabs(x)
    rare = is_rare(size)
    n, m = split(size, rare)
    third = prim.fma(n, 0.3333333333333333, 6755399441055744.0) - 6755399441055744.0
    # From sqrt(1/2) / 2 to 2 * sqrt(2).
    m = m * power_of_two(prim.fma(third, -3.0, n))
    y = closer(m, closer(m, inverse_cube_root(m)))
    c = m * (y * y)
    square, low = two_product(c, c)
    residual = prim.fma(low, c, prim.fma(square, c, -m))
    c = prim.fma(residual * (y * y), -0.3333333333333333, c)
    c = c * power_of_two(third)
    if prim.rarely(rare):
        c = prim.select((x == 0.0) | (x - x != 0.0), size, c)
    return prim.copysign(c, x)


def closer(m, y):
    """An inverse cube root with the cube of the error."""
    e = prim.fma(-m * y, y * y, 1.0)
    return prim.fma(y * e, prim.fma(e, 0.2222222222222222, 0.3333333333333333), y)


def np_hypot(a, b):
    x = prim.promote_float(a, b)
    y = prim.promote_float(b, a)
    if prim.dtype(x) == np.float32:
        u = prim.fabs(prim.cast(x, np.float64))
        v = prim.fabs(prim.cast(y, np.float64))
        r = prim.sqrt(prim.fma(u, u, v * v))
        return prim.cast(either((u == np.inf) | (v == np.inf), np.inf, r), np.float32)
    u = prim.fabs(x)
    v = prim.fabs(y)
    large = prim.select(u > v, u, v)
    small = prim.select(u > v, v, u)
    # Squares neither overflow nor lose bits: by 2**-600 or 2**700.
    factor = either(large > 1e150, 2.409919865102884e-181, either(large < 1e-130, 5.260135901548374e210, 1.0))
    back = either(large > 1e150, 4.149515568880993e180, either(large < 1e-130, 1.90109156629516e-211, 1.0))
    p, p_low = two_product(large * factor, large * factor)
    q, q_low = two_product(small * factor, small * factor)
    h, l = fast_two_sum(p, q)
    s, s_low = root(h, l + (p_low + q_low))
    r = (s + s_low) * back
    return either((u == np.inf) | (v == np.inf), np.inf, prim.select(h == 0.0, h, r))


def log_long(m):
    """The logarithm of a mantissa in two parts, right to about 2**-67 of it."""
    f = m - 1.0
    t = 1.0 + m
    t_low = m - (t - 1.0)
    i = 1.0 / t
    s = f * i
    s_low = i * (prim.fma(-s, t, f) - s * t_low)
    z, z_low = two_product(s, s)
    z_low = prim.fma(2.0 * s, s_low, z_low)
    # s**3
    c, c_low = two_product(s, z)
    c_low = prim.fma(s, z_low, prim.fma(s_low, z, c_low))
    # 2/3 * s**3
    d, d_low = two_product(c, prim.cast(0.6666666666666666, np.float64))
    d_low = prim.fma(c, 3.700743415417188e-17, prim.fma(c_low, 0.6666666666666666, d_low))
    # 2/5 * s**5
    e, e_low = two_product(c, z)
    e_low = prim.fma(c, z_low, prim.fma(c_low, z, e_low))
    g, g_low = two_product(e, prim.cast(0.4, np.float64))
    g_low = prim.fma(e, -2.2204460492503132e-17, prim.fma(e_low, 0.4, g_low))
    rest = prim.fma(e * z, log_tail_long(z), g_low)
    d, more = fast_two_sum(d, g)
    h, l = fast_two_sum(2.0 * s, d)
    return h, l + (prim.fma(2.0, s_low, d_low + more) + rest)


def np_power(a, b):
    x = prim.promote_float(a, b)
    y = prim.promote_float(b, a)
    if prim.dtype(x) == np.float32:
        return prim.cast(power_single(prim.cast(x, np.float64), prim.cast(y, np.float64)), np.float32)
    return power(x, y)


def np_float_power(a, b):
    return power(prim.cast(a, np.float64), prim.cast(b, np.float64))


def power(x, y):
    size = prim.fabs(x)
    rare = is_rare(size)
    n, m = split(size, rare)
    b, low = log_long(m)
    h, l = fast_two_sum(n * 0.6931471805598903, b)
    l = l + prim.fma(n, 5.497923018708371e-14, low)
    p, p_low = two_product(h, y)
    p_low = prim.fma(l, y, p_low)
    extreme = not (prim.fabs(p) <= 700.0)
    if prim.rarely(extreme):
        # Beyond these the result overflows or is 0, or 1 where x is.
        p = clamped(h * clamped(y, -1e300, 1e300), -800.0, 800.0)
        p_low = either(prim.fabs(p) < 800.0, p_low, 0.0)
    n, r, lost = reduced(p)
    r, lost = fast_two_sum(r, lost + p_low)
    result = one_plus(r, prim.fma(r * r, exp_tail(r), lost))
    if prim.rarely(extreme):
        return special(x, y, scaled(result, n))
    result = result * power_of_two(n)
    if prim.rarely(rare):
        return special(x, y, result)
    return signed(x, y, result)


def power_single(x, y):
    """With 30 bits: the logarithm needs some 40, for exponents up to 128 * ln(2)."""
    size = prim.fabs(x)
    rare = is_rare(size)
    n, m = split(size, rare)
    t = 1.0 + m
    s = prim.divide(m - 1.0, t)
    z = s * s
    p = y * prim.fma(n, 0.6931471805599453, prim.fma(s * z, log_tail(z), 2.0 * s))
    extreme = not (prim.fabs(p) <= 200.0)
    result = exp_single(p)
    if prim.rarely(rare | extreme):
        return special(x, y, result)
    return signed(x, y, result)


def wholeness(y):
    """Whether y is whole, and whether odd; everything from 2**53 on is even."""
    whole = prim.rint(y) == y
    half = 0.5 * y
    return whole, whole & (prim.rint(half) != half)


def signed(x, y, result):
    """The power of a finite x that isn't 0, from that of its magnitude."""
    if x < 0.0:
        whole, odd = wholeness(y)
        result = either(whole, prim.select(odd, -result, result), np.nan)
    return result


def special(x, y, result):
    """The power for any base, as C's `pow`, from that of its magnitude."""
    size = prim.fabs(x)
    whole, odd = wholeness(y)
    up = y > 0.0
    negative = prim.signbit(x)
    pole = prim.divide(1.0, either(up, 1.0, size))
    result = prim.select(size == 0.0, either(up, 0.0, pole), result)
    result = prim.select(size == np.inf, either(up, np.inf, 0.0), result)
    endless = prim.fabs(y) == np.inf
    result = prim.select(endless, either((size > 1.0) == up, np.inf, 0.0), result)
    result = either(endless & (size == 1.0), 1.0, result)
    result = prim.select(negative & odd, -result, result)
    bad = negative & ~whole & (size > 0.0) & (size < np.inf)
    result = either(bad, np.nan, result)
    result = prim.select((x == x) & (y == y), result, x + y)
    return either((y == 0.0) | (x == 1.0), 1.0, result)
