"""Library bodies: NumPy's sin, cos and tan, at most 1 ULP.

`x = n * pi / 2 + r` with `|r| <= pi / 4`, r in two parts. Up to 16,384, pi / 2 in three
parts of which two make exact products (Cody and Waite); beyond, the digits of 2 / pi that
matter for the exponent (Payne and Hanek 1983): 192 bits from a table, of which the
product with the mantissa keeps the last two bits before the point and 126 behind it. The
nearest that a double comes to a multiple of pi / 2 is 2**-61, so at least 65 are left.

Which of the two it is, is the one branch here: vector forms leave large arguments to the
function, one by one. `float32` is computed in `float64` and rounded once.
"""

from double_double import fast_two_sum, power_of_two, quotient, two_product, two_sum
from minimax import cos_tail, cos_tail_single, sin_tail, sin_tail_single


def reduced(x):
    """The quadrant as an integer, of which two bits count, and `r` in two parts."""
    if prim.rarely(not (prim.fabs(x) <= 16384.0)):
        return far(x)
    magic = prim.fma(x, 0.6366197723675814, 6755399441055744.0)
    n = magic - 6755399441055744.0
    # 39 bits of pi / 2 each: both products are exact, and so is the difference.
    high = prim.fma(n, -1.5707963267923333, x)
    r, low = two_sum(high, n * -2.5633441515905732e-12)
    return prim.bits(magic), r, prim.fma(n, -3.9455541665632055e-24, low)


def far(x):
    """The same for a large number; nan for infinities and nan."""
    i = prim.bits(x)
    mantissa = (i & 4503599627370495) | 4503599627370496
    # x == mantissa * 2**e
    e = ((i >> 52) & 2047) - 1075
    # Bits of 2 / pi whose product with the mantissa is a multiple of 4 are dropped; in
    # front of the first are 64 zeros.
    place = e + 62
    word = place >> 6
    turn = place & 63
    w0 = word_of(word, turn)
    w1 = word_of(word + 1, turn)
    w2 = word_of(word + 2, turn)
    # The product's middle and high words, without its last and without what overflows.
    c = prim.cast(prim.umulhi(prim.cast(mantissa, np.uint64), prim.cast(w2, np.uint64)), np.int64)
    m = prim.wrap_mul(mantissa, w1)
    low = m + c
    carry = prim.select(prim.cast(low, np.uint64) < prim.cast(m, np.uint64), prim.cast(1, np.int64), prim.cast(0, np.int64))
    d = prim.cast(prim.umulhi(prim.cast(mantissa, np.uint64), prim.cast(w1, np.uint64)), np.int64)
    high = prim.wrap_mul(mantissa, w0) + d + carry
    # Two bits of quadrant, rounded; what is left is from -1/2 to 1/2 of one.
    n = ((high >> 61) + 1) >> 1
    rest = (high << 2) | ((low >> 62) & 3)
    below = low << 2
    f, f_low = fast_two_sum(
        prim.cast(rest >> 32, np.float64) * 2.3283064365386963e-10,
        prim.cast(rest & 4294967295, np.float64) * 5.421010862427522e-20,
    )
    last = prim.cast(below & 4294967295, np.float64) * 2.938735877055719e-39
    f_low = f_low + prim.fma(prim.cast((below >> 32) & 4294967295, np.float64), 1.2621774483536189e-29, last)
    f, f_low = fast_two_sum(f, f_low)
    p, p_low = two_product(f, prim.cast(1.5707963267948966, np.float64))
    p_low = prim.fma(f, 6.123233995736766e-17, prim.fma(f_low, 1.5707963267948966, p_low))
    r, r_low = fast_two_sum(p, p_low)
    negative = i < 0
    nothing = x - x
    return (
        prim.select(negative, -n, n),
        prim.select(negative, -r, r) + nothing,
        prim.select(negative, -r_low, r_low),
    )


def word_of(word, turn):
    """64 bits of 2 / pi, after a word of zeros, from bit `64 * word + turn` on."""
    first = digits(word) << turn
    # A shift by 64 in two steps.
    second = (digits(word + 1) >> 1) & 9223372036854775807
    return first | (second >> (63 - turn))


def digits(word):
    table = (
        0,
        -6703182060581546711,
        -277156292786332224,
        -2638381946312093631,
        -121206125134887583,
        -5249950069107600672,
        452944820249399836,
        -135693905287338178,
        -1692731182770600828,
        -1613291254968254911,
        4148332274289687028,
        -7168499653074671557,
        2303758334597371919,
        -1211730484530615009,
        7869616827067468215,
        5712322887342352941,
        8441921394348257659,
        4397547296490951402,
        7780917995555872008,
        6197850593633725355,
        -1094449336203069923,
        -6204956014196417784,
    )
    return prim.lookup(table, word)


def sine(r, low, z, c):
    """sin(r + low), where c is about its cosine."""
    return r + prim.fma(r * z, sin_tail(z), low * c)


def cosine(r, low, z, z_low):
    h = 1.0 - 0.5 * z
    rest = (1.0 - h) - 0.5 * z
    return h + (rest + prim.fma(z * z, cos_tail(z), prim.fma(-r, low, -0.5 * z_low)))


def both(x):
    """The quadrant, sine and cosine of what is left."""
    n, r, low = reduced(x)
    z, z_low = two_product(r, r)
    c = cosine(r, low, z, z_low)
    return n, sine(r, low, z, c), c


def reduced_single(x):
    """The quadrant, and `r` in one part: a `float32` isn't as near to a multiple of pi / 2."""
    if prim.rarely(not (prim.fabs(x) <= 1e6)):
        n, r, low = far(x)
        return n, r + low
    magic = prim.fma(x, 0.6366197723675814, 6755399441055744.0)
    n = magic - 6755399441055744.0
    # 33 bits of pi / 2, and the rest.
    r = prim.fma(n, -6.077100506506192e-11, prim.fma(n, -1.5707963267341256, x))
    return prim.bits(magic), r


def both_single(x):
    """The same with 30 bits."""
    n, r = reduced_single(x)
    z = r * r
    c = prim.fma(z * z, cos_tail_single(z), prim.fma(z, -0.5, 1.0))
    return n, prim.fma(r * z, sin_tail_single(z), r), c


def turned(n, s, c):
    """The sine of `n * pi / 2 + r`, from the sine and cosine of r."""
    y = prim.select((n & 1) == 0, s, c)
    # The second bit of the quadrant is the sign.
    return prim.from_bits(prim.bits(y) ^ ((n & 2) << 62))


def np_sin(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        n, s, c = both_single(prim.cast(x, np.float64))
        return prim.select(x == 0.0, x, prim.cast(turned(n, s, c), np.float32))
    n, s, c = both(x)
    # A small number's square is 0, and -0.0 has lost its sign.
    return prim.select(prim.fabs(x) < 1e-9, x, turned(n, s, c))


def np_cos(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        n, s, c = both_single(prim.cast(x, np.float64))
        return prim.cast(turned(n + 1, s, c), np.float32)
    n, s, c = both(x)
    return turned(n + 1, s, c)


def np_tan(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        n, s, c = both_single(prim.cast(x, np.float64))
        odd = (n & 1) == 1
        q = prim.divide(prim.select(odd, c, s), prim.select(odd, -s, c))
        return prim.select(x == 0.0, x, prim.cast(q, np.float32))
    n, r, low = reduced(x)
    z, z_low = two_product(r, r)
    # Both in two parts: the quotient is rounded once.
    h = 1.0 - 0.5 * z
    c_rest = ((1.0 - h) - 0.5 * z) + prim.fma(z * z, cos_tail(z), prim.fma(-r, low, -0.5 * z_low))
    c, c_low = fast_two_sum(h, c_rest)
    s, s_low = fast_two_sum(r, prim.fma(r * z, sin_tail(z), low * c))
    odd = (n & 1) == 1
    q, q_low = quotient(
        prim.select(odd, c, s), prim.select(odd, c_low, s_low), prim.select(odd, -s, c), prim.select(odd, -s_low, c_low)
    )
    return prim.select(prim.fabs(x) < 1e-9, x, q + q_low)
