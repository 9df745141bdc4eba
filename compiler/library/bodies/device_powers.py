"""Library bodies: NumPy's cbrt, hypot and power of `float32` in kernels.

In `float32` alone, within 1 ULP, as `powers.py` has them in `float64`.
"""

from device_exponentials import one_plus, reduced
from device_logarithms import split
from device_pairs import clamped, either, power_of_two, quotient, root, scaled, whole
from double_double import fast_two_sum, two_product
from minimax_device import exp_tail, inverse_cube_root, log_tail_long
from powers import np_cbrt, np_hypot, np_power, wholeness


@implements("powers.np_cbrt/device")
def device_cbrt(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return cbrt_single(x)
    else:
        return np_cbrt(a)


def cbrt_single(x):
    size = prim.fabs(x)
    n, f = split(size)
    third = whole(n, np.float32(0.3333333333333333))
    # From sqrt(1/2) / 2 to 2 * sqrt(2).
    m = (np.float32(1.0) + f) * power_of_two(prim.fma(third, np.float32(-3.0), n))
    y = closer_single(m, inverse_cube_root(m))
    c = m * (y * y)
    square, low = two_product(c, c)
    residual = prim.fma(low, c, prim.fma(square, c, -m))
    c = prim.fma(residual * (y * y), np.float32(-0.3333333333333333), c)
    c = c * power_of_two(third)
    return prim.copysign(prim.select((size == np.float32(0.0)) | (size - size != np.float32(0.0)), size, c), x)


def closer_single(m, y):
    """An inverse cube root with the cube of the error."""
    e = prim.fma(-m * y, y * y, np.float32(1.0))
    return prim.fma(y * e, prim.fma(e, np.float32(0.2222222222222222), np.float32(0.3333333333333333)), y)


@implements("powers.np_hypot/device")
def device_hypot(a, b):
    x = prim.promote_float(a, b)
    y = prim.promote_float(b, a)
    if prim.dtype(x) == np.float32:
        return hypot_single(x, y)
    else:
        return np_hypot(a, b)


def hypot_single(x, y):
    u = prim.fabs(x)
    v = prim.fabs(y)
    large = prim.select(u > v, u, v)
    small = prim.select(u > v, v, u)
    # Squares neither overflow nor lose bits: by 2**-70 or 2**100.
    above = large > np.float32(1.152921504606847e18)
    below = large < np.float32(9.094947017729282e-13)
    factor = either(above, 8.470329472543003e-22, either(below, 1.2676506002282294e30, 1.0))
    back = either(above, 1.1805916207174113e21, either(below, 7.888609052210118e-31, 1.0))
    large = large * factor
    small = small * factor
    p, p_low = two_product(large, large)
    q, q_low = two_product(small, small)
    h, l = fast_two_sum(p, q)
    s, s_low = root(h, l + (p_low + q_low))
    r = (s + s_low) * back
    return either((u == np.inf) | (v == np.inf), np.inf, prim.select(h == np.float32(0.0), h, r))


def log_long(f):
    """`log(1 + f)` in two parts, right to about 2**-40 of it."""
    t, t_low = fast_two_sum(np.float32(2.0), f)
    s, s_low = quotient(f, np.float32(0.0), t, t_low)
    z, z_low = two_product(s, s)
    z_low = prim.fma(np.float32(2.0) * s, s_low, z_low)
    # s**3
    c, c_low = two_product(s, z)
    c_low = prim.fma(s, z_low, prim.fma(s_low, z, c_low))
    # 2/3 * s**3
    d, d_low = two_product(c, np.float32(0.6666666865348816))
    d_low = prim.fma(c, np.float32(-1.9868215e-08), prim.fma(c_low, np.float32(0.6666666865348816), d_low))
    # 2/5 * s**5, of which the first part is enough but for its product.
    e, e_low = two_product(c, z)
    e_low = prim.fma(c, z_low, prim.fma(c_low, z, e_low))
    g, g_low = two_product(e, np.float32(0.4000000059604645))
    g_low = prim.fma(e, np.float32(-5.9604645e-09), prim.fma(e_low, np.float32(0.4000000059604645), g_low))
    rest = prim.fma(e * z, log_tail_long(z), g_low)
    d, more = fast_two_sum(d, g)
    h, l = fast_two_sum(np.float32(2.0) * s, d)
    return h, l + (prim.fma(np.float32(2.0), s_low, d_low + more) + rest)


@implements("powers.np_power/device")
def device_power(a, b):
    x = prim.promote_float(a, b)
    y = prim.promote_float(b, a)
    if prim.dtype(x) == np.float32:
        return power_single(x, y)
    else:
        return np_power(a, b)


def power_single(x, y):
    size = prim.fabs(x)
    n, f = split(size)
    b, low = log_long(f)
    h, l = fast_two_sum(n * np.float32(0.693145751953125), b)
    h, l = fast_two_sum(h, l + prim.fma(n, np.float32(1.428606765330187e-06), low))
    # Beyond these the result overflows or is 0, or 1 where x is.
    y_in = clamped(y, -3e33, 3e33)
    p, p_low = two_product(h, y_in)
    p_low = prim.fma(l, y_in, p_low)
    inside = prim.fabs(p) <= np.float32(150.0)
    p = clamped(p, -150.0, 150.0)
    p_low = prim.select(inside, p_low, np.float32(0.0))
    n, r, lost = reduced(p)
    r, lost = fast_two_sum(r, lost + p_low)
    result = scaled(one_plus(r, prim.fma(r * r, exp_tail(r), lost)), n)
    if prim.rarely(not (x > np.float32(0.0) and size < np.inf and prim.fabs(y) < np.inf)):
        return special(x, y, result)
    return result


def special(x, y, result):
    """The power for any base, as C's `pow`, from that of its magnitude."""
    size = prim.fabs(x)
    full, odd = wholeness(y)
    up = y > np.float32(0.0)
    negative = prim.signbit(x)
    result = prim.select(size == np.float32(0.0), either(up, 0.0, np.inf), result)
    result = prim.select(size == np.inf, either(up, np.inf, 0.0), result)
    endless = prim.fabs(y) == np.inf
    result = prim.select(endless, either((size > np.float32(1.0)) == up, np.inf, 0.0), result)
    result = prim.select(endless & (size == np.float32(1.0)), np.float32(1.0), result)
    result = prim.select(negative & odd, -result, result)
    bad = negative & ~full & (size > np.float32(0.0)) & (size < np.inf)
    result = prim.select(bad, prim.cast(np.nan, np.float32), result)
    result = prim.select((x == x) & (y == y), result, x + y)
    return prim.select((y == np.float32(0.0)) | (x == np.float32(1.0)), np.float32(1.0), result)
