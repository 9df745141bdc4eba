"""Library bodies: what `cumbia.cuda.libdevice` needs beside primitives, and roundings.

A result rounded down is the nearest one, or the number below it where the exact result is
smaller: `more` is a `float64` with the sign of what is missing. Of `float32`, what is missing is
exact in `float64`, or has the right sign at least. Devices have instructions for it, with the
same bits, and this stands for them elsewhere.
"""

from double_double import two_sum


def below(r, more):
    least = np.nextafter(r, prim.cast(-np.inf, prim.dtype(r)))
    return prim.select(more < 0.0, least, r)


def above(r, more):
    most = np.nextafter(r, prim.cast(np.inf, prim.dtype(r)))
    return prim.select(more > 0.0, most, r)


def toward_zero(r, more):
    return prim.select(r > prim.cast(0, prim.dtype(r)), below(r, more), prim.select(r < prim.cast(0, prim.dtype(r)), above(r, more), r))


def double(x):
    return prim.cast(x, np.float64)


def beyond(s, e, r):
    """The sign of `s + e - r`, where `s` is next to the sum."""
    d = s - double(r)
    return prim.select(d == 0.0, e, d)


def negative_zero(r, cancels):
    """A sum of 0 that is rounded down is negative, unless both terms are the positive one."""
    return prim.select((r == prim.cast(0, prim.dtype(r))) & cancels, prim.cast(-0.0, prim.dtype(r)), r)


def missing_of_sum(x, y, r):
    s, e = two_sum(double(x), double(y))
    return beyond(s, e, r)


def sum_cancels(x, y):
    return (x != prim.cast(0, prim.dtype(x))) | prim.signbit(x) | prim.signbit(y)


def add_rd(x, y):
    r = x + y
    return prim.native("add_rm", x, y, negative_zero(below(r, missing_of_sum(x, y, r)), sum_cancels(x, y)))


def add_ru(x, y):
    r = x + y
    return prim.native("add_rp", x, y, above(r, missing_of_sum(x, y, r)))


def add_rz(x, y):
    r = x + y
    return prim.native("add_rz", x, y, toward_zero(r, missing_of_sum(x, y, r)))


# The product of two float32 is exact in float64.
def mul_rd(x, y):
    r = x * y
    return prim.native("mul_rm", x, y, below(r, double(x) * double(y) - double(r)))


def mul_ru(x, y):
    r = x * y
    return prim.native("mul_rp", x, y, above(r, double(x) * double(y) - double(r)))


def mul_rz(x, y):
    r = x * y
    return prim.native("mul_rz", x, y, toward_zero(r, double(x) * double(y) - double(r)))


def missing_of_quotient(x, y, r):
    more = prim.fma(-double(r), double(y), double(x))
    return prim.select(prim.signbit(y), -more, more)


def div_rd(x, y):
    r = x / y
    return prim.native("div_rm", x, y, below(r, missing_of_quotient(x, y, r)))


def div_ru(x, y):
    r = x / y
    return prim.native("div_rp", x, y, above(r, missing_of_quotient(x, y, r)))


def div_rz(x, y):
    r = x / y
    return prim.native("div_rz", x, y, toward_zero(r, missing_of_quotient(x, y, r)))


def rcp_rd(y):
    x = np.float32(1.0)
    r = x / y
    return prim.native("rcp_rm", y, below(r, missing_of_quotient(x, y, r)))


def rcp_ru(y):
    x = np.float32(1.0)
    r = x / y
    return prim.native("rcp_rp", y, above(r, missing_of_quotient(x, y, r)))


def rcp_rz(y):
    x = np.float32(1.0)
    r = x / y
    return prim.native("rcp_rz", y, toward_zero(r, missing_of_quotient(x, y, r)))


def missing_of_root(x, r):
    return prim.fma(-double(r), double(r), double(x))


def sqrt_rd(x):
    r = prim.sqrt(x)
    return prim.native("sqrt_rm", x, below(r, missing_of_root(x, r)))


def sqrt_ru(x):
    r = prim.sqrt(x)
    return prim.native("sqrt_rp", x, above(r, missing_of_root(x, r)))


def sqrt_rz(x):
    r = prim.sqrt(x)
    return prim.native("sqrt_rz", x, toward_zero(r, missing_of_root(x, r)))


def missing_of_fma(x, y, z, r):
    s, e = two_sum(double(x) * double(y), double(z))
    return beyond(s, e, r)


def fma_rd(x, y, z):
    r = prim.fma(x, y, z)
    cancels = (z != np.float32(0.0)) | prim.signbit(z) | (prim.signbit(x) != prim.signbit(y))
    return prim.native("fma_rm", x, y, z, negative_zero(below(r, missing_of_fma(x, y, z, r)), cancels))


def fma_ru(x, y, z):
    r = prim.fma(x, y, z)
    return prim.native("fma_rp", x, y, z, above(r, missing_of_fma(x, y, z, r)))


def fma_rz(x, y, z):
    r = prim.fma(x, y, z)
    return prim.native("fma_rz", x, y, z, toward_zero(r, missing_of_fma(x, y, z, r)))


def missing_of_doubles(x, y):
    s, e = two_sum(x, y)
    # Beyond the largest number, what is missing has the other sign.
    overflown = prim.isinf(s) & prim.isfinite(x) & prim.isfinite(y)
    return prim.select(overflown, -s, e)


def add_double_rd(x, y):
    r = below(x + y, missing_of_doubles(x, y))
    return prim.native("add_rm", x, y, negative_zero(r, sum_cancels(x, y)))


def add_double_ru(x, y):
    return prim.native("add_rp", x, y, above(x + y, missing_of_doubles(x, y)))


def add_double_rz(x, y):
    return prim.native("add_rz", x, y, toward_zero(x + y, missing_of_doubles(x, y)))


def narrowed_rd(x):
    r = prim.cast(x, np.float32)
    return below(r, x - double(r))


def narrowed_ru(x):
    r = prim.cast(x, np.float32)
    return above(r, x - double(r))


def narrowed_rz(x):
    r = prim.cast(x, np.float32)
    return toward_zero(r, x - double(r))


def missing_of_whole(x, r, least_beyond):
    """The sign of an integer less a float: where the float is no such integer, it is larger."""
    whole = prim.cast(r, prim.dtype(x))
    more = double(x > whole) - double(x < whole)
    return prim.select(double(r) >= least_beyond, -1.0, more)


def of_int_rd(x, dtype):
    r = prim.cast(x, dtype)
    return below(r, missing_of_whole(x, r, 9223372036854775808.0))


def of_int_ru(x, dtype):
    r = prim.cast(x, dtype)
    return above(r, missing_of_whole(x, r, 9223372036854775808.0))


def of_int_rz(x, dtype):
    r = prim.cast(x, dtype)
    return toward_zero(r, missing_of_whole(x, r, 9223372036854775808.0))


def of_unsigned_rd(x, dtype):
    r = prim.cast(x, dtype)
    return below(r, missing_of_whole(x, r, 18446744073709551616.0))


def of_unsigned_ru(x, dtype):
    r = prim.cast(x, dtype)
    return above(r, missing_of_whole(x, r, 18446744073709551616.0))


def of_unsigned_rz(x, dtype):
    r = prim.cast(x, dtype)
    return toward_zero(r, missing_of_whole(x, r, 18446744073709551616.0))


def bounds(dtype):
    """What is next below the least integer, and above the largest, with half of that range."""
    if dtype == np.int32:
        return -2147483649.0, 2147483648.0
    elif dtype == np.uint32:
        return -1.0, 4294967296.0
    elif dtype == np.int64:
        return -9223372036854777856.0, 9223372036854775808.0
    else:
        return -1.0, 18446744073709551616.0


def to_integer(x, dtype, marks):
    """A whole number as an integer, the nearest where it is out of range.

    A nan is 0, or the integer with the highest bit alone if `marks`, as devices have it.
    """
    x = double(x)
    low, high = bounds(dtype)
    size = 8 * dtype.itemsize
    fits = (x > low) & (x < high)
    r = prim.cast(prim.select(fits, x, 0.0), dtype)
    top = prim.cast(1, dtype) << prim.cast(size - 1, dtype)
    if prim.kind(dtype) == "u":
        least = prim.cast(0, dtype)
        most = ~least
    else:
        least = top
        most = ~top
    r = prim.select(x <= low, least, r)
    r = prim.select(x >= high, most, r)
    return prim.select(x != x, top, r) if marks else r


def away(x):
    """The next whole number, of two the one further from zero."""
    t = prim.trunc(x)
    one = prim.cast(1, prim.dtype(x))
    zero = prim.cast(0, prim.dtype(x))
    step = prim.select(prim.fabs(x - t) >= prim.cast(0.5, prim.dtype(x)), one, zero)
    return prim.copysign(prim.fabs(t) + step, x)


def parts(x):
    t = prim.trunc(x)
    rest = prim.select(prim.isinf(x), prim.cast(0, prim.dtype(x)), x - t)
    return prim.copysign(rest, x), t


def positive_difference(x, y):
    return prim.select(x <= y, prim.cast(0, prim.dtype(x)), x - y)


def exponent(x):
    e = prim.cast(prim.frexp_exponent(x) - 1, prim.dtype(x))
    r = prim.select(prim.isfinite(x), e, x * x)
    return prim.select(x == prim.cast(0, prim.dtype(x)), prim.cast(-np.inf, prim.dtype(x)), r)


def whole_exponent(x):
    e = prim.cast(prim.frexp_exponent(x) - 1, np.int32)
    e = prim.select(prim.isinf(x), np.int32(2147483647), e)
    return prim.select((x != x) | (x == prim.cast(0, prim.dtype(x))), np.int32(-2147483648), e)


def within_half(x):
    """`x` less an even number, from -1 to 1, exactly."""
    two = prim.cast(2, prim.dtype(x))
    return x - two * prim.rint(x / two)


def sine_of_half(r):
    """sin(pi * r) from -1/2 to 1/2."""
    pi = prim.cast(np.pi, prim.dtype(r))
    size = prim.fabs(r)
    near = prim.sin(pi * size)
    far = prim.cos(pi * (prim.cast(0.5, prim.dtype(r)) - size))
    return prim.copysign(prim.select(size <= prim.cast(0.25, prim.dtype(r)), near, far), r)


def sine_of_pi(x):
    r = within_half(x)
    one = prim.cast(1, prim.dtype(x))
    size = prim.fabs(r)
    size = prim.select(size > prim.cast(0.5, prim.dtype(x)), one - size, size)
    # A whole number has a zero of its own sign.
    return prim.copysign(sine_of_half(size), prim.select(r == prim.cast(0, prim.dtype(x)), x, r))


def cosine_of_pi(x):
    return sine_of_half(prim.cast(0.5, prim.dtype(x)) - prim.fabs(within_half(x)))


def of_special(f, x):
    return prim.cast(f(x), prim.dtype(x))


def saturated(x):
    one = np.float32(1.0)
    return prim.select(x > np.float32(0.0), prim.select(x < one, x, one), np.float32(0.0))


def by_unsigned(f, x, y):
    return prim.cast(f(prim.cast(x, np.uint32), prim.cast(y, np.uint32)), np.int32)


def by_unsigned_64(f, x, y):
    return prim.cast(f(prim.cast(x, np.uint64), prim.cast(y, np.uint64)), np.int64)


def lower_mean(x, y):
    return (x & y) + ((x ^ y) >> np.uint32(1))


def upper_mean(x, y):
    return (x | y) - ((x ^ y) >> np.uint32(1))


def chosen_bytes(x, y, selector):
    both = (prim.cast(prim.cast(y, np.uint32), np.uint64) << np.uint64(32)) | prim.cast(prim.cast(x, np.uint32), np.uint64)
    s = prim.cast(prim.cast(selector, np.uint32), np.uint64)
    r = np.uint64(0)
    for at in (0, 1, 2, 3):
        place = (s >> prim.cast(4 * at, np.uint64)) & np.uint64(7)
        byte = (both >> (place * np.uint64(8))) & np.uint64(255)
        r = r | (byte << prim.cast(8 * at, np.uint64))
    return prim.cast(r, np.int32)
