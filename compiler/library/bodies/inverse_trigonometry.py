"""Library bodies: NumPy's arcsin, arccos, arctan and arctan2, at most 1 ULP.

Arguments are brought into a range where one polynomial serves: for arcsin and arccos by
`asin(x) = pi / 2 - 2 * asin(sqrt((1 - x) / 2))` above 1/2 (as in FDLIBM), for the arc
tangent by the quotient of the smaller and the larger side, and by `atan(t) = pi / 4 +
atan((t - 1) / (t + 1))` above tan(pi / 8). Quotients and roots have two parts, and the
constant is added last with its error.

The only branches lead round what is rare: sides of infinite, or very large or small,
magnitude, which vector forms leave to the function, one by one. `float32` is
computed in `float64` and rounded once.
"""

from double_double import either, fast_two_sum, quotient, root, two_sum
from minimax import asin_tail, asin_tail_single, atan_tail, atan_tail_single


def arc(size):
    """The argument brought below 1/2, what it lost, and asin of it without the first term."""
    large = size > 0.5
    z = prim.select(large, 0.5 - 0.5 * size, size * size)
    r, r_low = root(z, prim.cast(0.0, np.float64))
    s = prim.select(large, r, size)
    # The derivative of the arc sine is about 1 + z / 2.
    low = either(large, prim.fma(0.5 * z, r_low, r_low), 0.0)
    return large, s, prim.fma(s * z, asin_tail(z), low)


def arc_single(size):
    large = size > 0.5
    z = prim.select(large, 0.5 - 0.5 * size, size * size)
    s = prim.select(large, prim.sqrt(z), size)
    return large, prim.fma(s * z, asin_tail_single(z), s)


def np_arcsin(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        wide = prim.cast(x, np.float64)
        large, y = arc_single(prim.fabs(wide))
        y = prim.select(large, prim.fma(y, -2.0, 1.5707963267948966), y)
        return prim.cast(prim.copysign(y, wide), np.float32)
    large, s, w = arc(prim.fabs(x))
    h, l = fast_two_sum(either(large, 1.5707963267948966, 0.0), prim.select(large, -2.0 * s, s))
    l = l + prim.select(large, prim.fma(w, -2.0, 6.123233995736766e-17), w)
    return prim.copysign(h + l, x)


def np_arccos(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        wide = prim.cast(x, np.float64)
        large, y = arc_single(prim.fabs(wide))
        start = either(large, either(wide > 0.0, 0.0, 3.141592653589793), 1.5707963267948966)
        factor = either(large, either(wide > 0.0, 2.0, -2.0), either(wide > 0.0, -1.0, 1.0))
        return prim.cast(prim.fma(factor, y, start), np.float32)
    large, s, w = arc(prim.fabs(x))
    positive = x > 0.0
    factor = either(large, either(positive, 2.0, -2.0), either(positive, -1.0, 1.0))
    start = either(large, either(positive, 0.0, 3.141592653589793), 1.5707963267948966)
    h, l = fast_two_sum(start, factor * s)
    return h + prim.fma(factor, w, prim.fma(start, 3.8981718325193755e-17, l))


def np_arctan(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        wide = prim.cast(x, np.float64)
        size = prim.fabs(wide)
        steep = size > 1.0
        q = prim.select(steep, prim.divide(1.0, size), size)
        beyond = q > 0.41421356237309503
        q = prim.select(beyond, prim.divide(q - 1.0, q + 1.0), q)
        z = q * q
        y = prim.fma(q * z, atan_tail_single(z), q) + either(beyond, 0.7853981633974483, 0.0)
        y = prim.select(steep, 1.5707963267948966 - y, y)
        return prim.cast(prim.copysign(y, wide), np.float32)
    size = prim.fabs(x)
    # Nothing changes beyond, and the quotient of infinity is none.
    size = prim.select(size > 1e18, prim.cast(1e18, np.float64), size)
    above = size > 0.41421356237309503
    far = size > 2.414213562373095
    over, over_low = two_sum(size, prim.cast(-1.0, np.float64))
    under, under_low = two_sum(size, prim.cast(1.0, np.float64))
    q, q_low = quotient(
        prim.select(above, either(far, -1.0, over), size),
        either(above & ~far, over_low, 0.0),
        either(above, prim.select(far, size, under), 1.0),
        either(above & ~far, under_low, 0.0),
    )
    z = q * q
    w = prim.fma(q * z, atan_tail(z), prim.fma(-z, q_low, q_low))
    start = either(above, either(far, 2.0, 1.0), 0.0)
    h, l = fast_two_sum(start * 0.7853981633974483, q)
    return prim.copysign(h + (prim.fma(start, 3.061616997868383e-17, l) + w), x)


def np_arctan2(a, b):
    y = prim.promote_float(a, b)
    x = prim.promote_float(b, a)
    if prim.dtype(x) == np.float32:
        return prim.cast(angle_single(prim.cast(y, np.float64), prim.cast(x, np.float64)), np.float32)
    return angle(y, x)


def sides(y, x):
    """Whether the magnitude of y is the larger one, the smaller and the larger."""
    up = prim.fabs(y)
    right = prim.fabs(x)
    steep = up > right
    return steep, prim.select(steep, right, up), prim.select(steep, up, right)


def finite_sides(small, large):
    """Sides whose quotient is theirs for 0 and inf too."""
    endless = large == np.inf
    small = prim.select(endless, either(small == np.inf, 1.0, 0.0), small)
    return small, prim.select(endless | (large == 0.0), prim.cast(1.0, np.float64), large)


def quarter(steep, beyond, x):
    """The multiple of pi / 4 to start from, and the sign of what is added."""
    start = either(beyond, 1.0, 0.0)
    start = prim.select(steep, 2.0 - start, start)
    sign = either(steep, -1.0, 1.0)
    left = prim.signbit(x)
    return prim.select(left, 4.0 - start, start), prim.select(left, -sign, sign)


def brought_in(small, large):
    """Sides away from overflow and underflow, and a factor that the quotient still needs."""
    small, large = finite_sides(small, large)
    # Powers of two: 2**-500, 2**900.
    factor = either(large > 1e140, 3.054936363499605e-151, either(large < 1e-140, 8.452712498170644e270, 1.0))
    # A quotient below 2**-400 is computed as 2**400 times that.
    faint = small < 3.8725919148493183e-121 * large
    small = prim.select(faint, small * 2.5822498780869086e120, small)
    return small * factor, large * factor, either(faint, 3.8725919148493183e-121, 1.0)


def angle(y, x):
    steep, small, large = sides(y, x)
    # On an axis they may be 0.
    extreme = not ((small >= 1e-140 or small == 0.0) and large >= 1e-140 and large <= 1e140)
    last = prim.cast(1.0, np.float64)
    if prim.rarely(extreme):
        small, large, last = brought_in(small, large)
    beyond = small > 0.41421356237309503 * large and last == 1.0
    top, top_low = fast_two_sum(-large, small)
    under, under_low = fast_two_sum(large, small)
    q, q_low = quotient(
        prim.select(beyond, top, small),
        either(beyond, top_low, 0.0),
        prim.select(beyond, under, large),
        either(beyond, under_low, 0.0),
    )
    z = q * q
    start, sign = quarter(steep, beyond, x)
    if prim.rarely(last != 1.0):
        # The arc tangent of next to nothing is itself.
        q = (q + q_low) * last
        h, l = fast_two_sum(start * 0.7853981633974483, sign * q)
        return finished(h + prim.fma(start, 3.061616997868383e-17, l), y, x)
    w = prim.fma(q * z, atan_tail(z), prim.fma(-z, q_low, q_low))
    # 50 bits of pi / 4: its multiples are exact.
    h, l = fast_two_sum(start * 0.7853981633974483, sign * q)
    r = h + prim.fma(sign, w, prim.fma(start, 3.061616997868383e-17, l))
    if prim.rarely(extreme):
        return finished(r, y, x)
    return prim.copysign(r, y)


def finished(r, y, x):
    return prim.copysign(prim.select((x == x) & (y == y), r, x + y), y)


def angle_single(y, x):
    steep, small, large = sides(y, x)
    extreme = not (large > 0.0 and large < np.inf)
    if prim.rarely(extreme):
        small, large = finite_sides(small, large)
    beyond = small > 0.41421356237309503 * large
    q = prim.divide(prim.select(beyond, small - large, small), prim.select(beyond, small + large, large))
    z = q * q
    start, sign = quarter(steep, beyond, x)
    r = prim.fma(start, 0.7853981633974483, sign * prim.fma(q * z, atan_tail_single(z), q))
    if prim.rarely(extreme):
        return finished(r, y, x)
    return prim.copysign(r, y)
