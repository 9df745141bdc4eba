"""Numbers as unevaluated sums of two doubles, and powers of two.

The error-free transformations are Dekker's (1971) and Knuth's; products are exact by
`fma`. Operands are `float64`. For what is larger than about 1e300 or smaller than about
1e-290 they don't hold: callers scale.
"""


def fast_two_sum(a, b):
    """`a + b` and its error, where `a` is 0 or not smaller than `b`."""
    s = a + b
    return s, b - (s - a)


def two_sum(a, b):
    """`a + b` and its error."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


def two_product(a, b):
    """`a * b` and its error."""
    p = a * b
    return p, prim.fma(a, b, -p)


def root(u, low):
    """The square root of `u + low`, which isn't negative."""
    s = prim.sqrt(u)
    return s, prim.divide(prim.fma(-s, s, u) + low, s + s + 1e-300)


def quotient(a, a_low, b, b_low):
    """`(a + a_low) / (b + b_low)`, by one division."""
    i = 1.0 / b
    q = a * i
    return q, i * (prim.fma(-q, b, a) + (a_low - q * b_low))


def power_of_two(n):
    """`2.0**n` for a whole number as float64, from -1022 to 1023; 0 for -1023, inf for 1024."""
    # 1.5 * 2**52 + 1023: the sum's last bits are the biased exponent.
    return prim.from_bits(prim.bits(n + 6755399441056767.0) << 52)


def half_power_of_two(n):
    """`2.0**(n - 1)`, as `power_of_two`, for n up to 1024."""
    return prim.from_bits(prim.bits(n + 6755399441056766.0) << 52)


def scaled(x, n):
    """`x * 2**n` rounded once, for n from -2044 to 2046."""
    # Half of n, to a whole number.
    half = prim.fma(n, 0.5, 6755399441055744.0) - 6755399441055744.0
    return x * power_of_two(half) * power_of_two(n - half)


def clamped(x, low, high):
    """A number between two constants; a nan stays."""
    x = prim.select(x > high, prim.cast(high, prim.dtype(x)), x)
    return prim.select(x < low, prim.cast(low, prim.dtype(x)), x)


def either(condition, x, y):
    """`x if condition else y` of float64, both known, without a branch."""
    return prim.select(condition, prim.cast(x, np.float64), prim.cast(y, np.float64))
