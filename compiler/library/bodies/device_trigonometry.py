"""Library bodies: NumPy's sin, cos, tan and their inverses of `float32` in kernels.

In `float32` alone, within 1 ULP. Angles up to 32,768 are reduced by pi / 2 in three parts,
of which the first makes an exact difference; beyond, by 88 digits of 2 / pi that matter for the
exponent, in integers (the table is that of `trigonometry.py`). That is the one branch here.
"""

from device_pairs import either, quotient, root
from double_double import fast_two_sum, two_product, two_sum
from inverse_trigonometry import np_arccos, np_arcsin, np_arctan, np_arctan2
from minimax_device import asin_tail, atan_tail, cos_tail, sin_tail
from trigonometry import np_cos, np_sin, np_tan, word_of


def reduced(x):
    """The quadrant as an integer, of which two bits count, and `r` in two parts."""
    if prim.rarely(not (prim.fabs(x) <= np.float32(32768.0))):
        return far(x)
    magic = prim.fma(x, np.float32(0.6366197723675814), np.float32(12582912.0))
    n = magic - np.float32(12582912.0)
    # Exact, as a multiple of 2**-24 below 1.
    high = prim.fma(n, np.float32(-1.5707963705062866), x)
    p, p_low = two_product(n, np.float32(4.371138828673793e-08))
    r, low = two_sum(high, p)
    return prim.bits(magic), r, low + prim.fma(n, np.float32(1.7151245100058819e-15), p_low)


def far(x):
    """The same for a large number; nan for infinities and nan."""
    i = prim.cast(prim.bits(x), np.int64)
    mantissa = (i & 8388607) | 8388608
    # x == mantissa * 2**e; bits of 2 / pi whose product with it is a multiple of 4 are dropped.
    place = ((i >> 23) & 255) - 88
    word = place >> 6
    turn = place & 63
    below = (word_of(word + 1, turn) >> 32) & 4294967295
    product = prim.wrap_add(prim.wrap_mul(mantissa, word_of(word, turn)), prim.wrap_mul(mantissa, below) >> 32)
    # Two bits of quadrant, rounded; what is left is from -1/2 to 1/2 of one.
    n = prim.cast(((product >> 61) + 1) >> 1, np.int32)
    rest = (product << 2) >> 2
    f = prim.cast(rest, np.float32)
    f_low = prim.cast(rest - prim.cast(f, np.int64), np.float32) * np.float32(2.168404344971009e-19)
    f = f * np.float32(2.168404344971009e-19)
    p, p_low = two_product(f, np.float32(1.5707963705062866))
    p_low = prim.fma(f, np.float32(-4.371138828673793e-08), prim.fma(f_low, np.float32(1.5707963705062866), p_low))
    r, r_low = fast_two_sum(p, p_low)
    negative = i < 0
    nothing = x - x
    return (
        prim.select(negative, prim.wrap_neg(n), n),
        prim.select(negative, -r, r) + nothing,
        prim.select(negative, -r_low, r_low),
    )


def sine_parts(r, low, z, c):
    """What sin(r + low) is beyond r, where c is about its cosine."""
    return prim.fma(r * z, sin_tail(z), low * c)


def cosine_parts(r, low, z, z_low):
    """1 - z / 2 and what is missing from the cosine."""
    half = np.float32(0.5) * z
    h = np.float32(1.0) - half
    rest = (np.float32(1.0) - h) - half
    return h, rest + prim.fma(z * z, cos_tail(z), prim.fma(-r, low, np.float32(-0.5) * z_low))


def both(x):
    """The quadrant, sine and cosine of what is left."""
    n, r, low = reduced(x)
    z, z_low = two_product(r, r)
    h, rest = cosine_parts(r, low, z, z_low)
    c = h + rest
    return n, r + sine_parts(r, low, z, c), c


def turned(n, s, c):
    """The sine of `n * pi / 2 + r`, from the sine and cosine of r."""
    y = prim.select((n & np.int32(1)) == np.int32(0), s, c)
    # The second bit of the quadrant is the sign.
    return prim.from_bits(prim.bits(y) ^ ((n & np.int32(2)) << np.int32(30)))


@implements("trigonometry.np_sin/device")
def device_sin(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return sin_single(x)
    else:
        return np_sin(a)


def sin_single(x):
    n, s, c = both(x)
    # -0.0 has lost its sign, and squares of small numbers are 0.
    return prim.select(prim.fabs(x) < np.float32(1e-4), x, turned(n, s, c))


@implements("trigonometry.np_cos/device")
def device_cos(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return cos_single(x)
    else:
        return np_cos(a)


def cos_single(x):
    n, s, c = both(x)
    return turned(prim.wrap_add(n, np.int32(1)), s, c)


@implements("trigonometry.np_tan/device")
def device_tan(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return tan_single(x)
    else:
        return np_tan(a)


def tan_single(x):
    n, r, low = reduced(x)
    z, z_low = two_product(r, r)
    # Both in two parts: the quotient is rounded once.
    c, c_low = fast_two_sum(*cosine_parts(r, low, z, z_low))
    s, s_low = fast_two_sum(r, sine_parts(r, low, z, c))
    odd = (n & np.int32(1)) == np.int32(1)
    q, q_low = quotient(
        prim.select(odd, c, s), prim.select(odd, c_low, s_low), prim.select(odd, -s, c), prim.select(odd, -s_low, c_low)
    )
    return prim.select(prim.fabs(x) < np.float32(1e-4), x, q + q_low)


def arc(size):
    """The argument brought below 1/2, and asin of it without the first term."""
    large = size > np.float32(0.5)
    z = prim.select(large, prim.fma(size, np.float32(-0.5), np.float32(0.5)), size * size)
    r, r_low = root(z, np.float32(0.0))
    s = prim.select(large, r, size)
    # The derivative of the arc sine is about 1 + z / 2.
    low = either(large, prim.fma(np.float32(0.5) * z, r_low, r_low), 0.0)
    return large, s, prim.fma(s * z, asin_tail(z), low)


@implements("inverse_trigonometry.np_arcsin/device")
def device_arcsin(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return asin_single(x)
    else:
        return np_arcsin(a)


def asin_single(x):
    large, s, w = arc(prim.fabs(x))
    h, l = fast_two_sum(either(large, 1.5707963705062866, 0.0), prim.select(large, np.float32(-2.0) * s, s))
    l = l + prim.select(large, prim.fma(w, np.float32(-2.0), np.float32(-4.371138828673793e-08)), w)
    return prim.copysign(h + l, x)


@implements("inverse_trigonometry.np_arccos/device")
def device_arccos(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return acos_single(x)
    else:
        return np_arccos(a)


def acos_single(x):
    large, s, w = arc(prim.fabs(x))
    positive = x > np.float32(0.0)
    factor = either(positive, -1.0, 1.0) * either(large, -2.0, 1.0)
    start = prim.select(large, either(positive, 0.0, 3.1415927410125732), np.float32(1.5707963705062866))
    h, l = fast_two_sum(start, factor * s)
    return h + prim.fma(factor, w, prim.fma(start, np.float32(-2.7827534e-08), l))


@implements("inverse_trigonometry.np_arctan/device")
def device_arctan(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return atan_single(x)
    else:
        return np_arctan(a)


def atan_single(x):
    size = prim.fabs(x)
    # Nothing changes beyond, and the quotient of infinity is none.
    size = prim.select(size > np.float32(1e9), np.float32(1e9), size)
    above = size > np.float32(0.41421356237309503)
    steep = size > np.float32(2.414213562373095)
    over, over_low = two_sum(size, np.float32(-1.0))
    under, under_low = two_sum(size, np.float32(1.0))
    between = above & ~steep
    q, q_low = quotient(
        prim.select(above, either(steep, -1.0, over), size),
        either(between, over_low, 0.0),
        prim.select(above, prim.select(steep, size, under), np.float32(1.0)),
        either(between, under_low, 0.0),
    )
    return prim.copysign(from_start(either(above, either(steep, 2.0, 1.0), 0.0), np.float32(1.0), q, q_low), x)


def from_start(start, sign, q, q_low):
    """`start * pi / 4 + sign * atan(q + q_low)`."""
    z = q * q
    w = prim.fma(q * z, atan_tail(z), prim.fma(-z, q_low, q_low))
    # 21 bits of pi / 4: its multiples are exact.
    h, l = fast_two_sum(start * np.float32(0.785398006439209), sign * q)
    return h + prim.fma(sign, w, prim.fma(start, np.float32(1.5695823663008923e-07), l))


@implements("inverse_trigonometry.np_arctan2/device")
def device_arctan2(a, b):
    y = prim.promote_float(a, b)
    x = prim.promote_float(b, a)
    if prim.dtype(x) == np.float32:
        return angle(y, x)
    else:
        return np_arctan2(a, b)


def angle(y, x):
    up = prim.fabs(y)
    right = prim.fabs(x)
    steep = up > right
    small = prim.select(steep, right, up)
    large = prim.select(steep, up, right)
    # For 0 and infinity too.
    endless = large == np.inf
    small = prim.select(endless, either(small == np.inf, 1.0, 0.0), small)
    large = prim.select(endless | (large == np.float32(0.0)), np.float32(1.0), large)
    # A quotient below 2**-50 is computed as 2**50 times that; then sides away from overflow and
    # underflow, by powers of two.
    faint = small < np.float32(8.881784197001252e-16) * large
    small = small * either(faint, 1125899906842624.0, 1.0)
    factor = either(large > np.float32(2.9e17), 2.168404344971009e-19, either(large < np.float32(3.4e-18), 5.192296858534828e33, 1.0))
    small = small * factor
    large = large * factor
    beyond = ~faint & (small > np.float32(0.41421356237309503) * large)
    top, top_low = fast_two_sum(-large, small)
    under, under_low = fast_two_sum(large, small)
    q, q_low = quotient(
        prim.select(beyond, top, small),
        either(beyond, top_low, 0.0),
        prim.select(beyond, under, large),
        either(beyond, under_low, 0.0),
    )
    # The arc tangent of next to nothing is itself.
    q = prim.select(faint, (q + q_low) * np.float32(8.881784197001252e-16), q)
    q_low = either(faint, 0.0, q_low)
    start = either(beyond, 1.0, 0.0)
    start = prim.select(steep, np.float32(2.0) - start, start)
    sign = either(steep, -1.0, 1.0)
    left = prim.signbit(x)
    start = prim.select(left, np.float32(4.0) - start, start)
    r = from_start(start, prim.select(left, -sign, sign), q, q_low)
    return prim.copysign(prim.select((x == x) & (y == y), r, x + y), y)
