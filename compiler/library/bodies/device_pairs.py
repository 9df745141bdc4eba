"""What the functions of `float32` for devices share: sums of two numbers, and powers of two.

On a processor these functions are computed in `float64` and rounded once, which most devices do
at a thirtieth to a sixty-fourth of the speed. Here they are computed in `float32` alone, the
large terms as sums of two numbers (`double_double.py`, whose transformations hold for both). A
kernel that is emulated gives the same bits.
"""


def either(condition, x, y):
    """`x if condition else y` of `float32`, both known, without a branch."""
    return prim.select(condition, prim.cast(x, np.float32), prim.cast(y, np.float32))


def limited(x, high):
    return prim.select(x > high, prim.cast(high, np.float32), x)


def clamped(x, low, high):
    """A number between two constants; a nan stays."""
    return prim.select(x < low, prim.cast(low, np.float32), limited(x, high))


def whole(x, factor):
    """The whole number next to `x * factor`, up to 2**22."""
    return prim.fma(x, factor, np.float32(12582912.0)) - np.float32(12582912.0)


def power_of_two(n):
    """`2.0**n` for a whole number as float32, from -126 to 127; 0 for -127, inf for 128."""
    # 1.5 * 2**23 + 127: the sum's last bits are the biased exponent.
    return prim.from_bits(prim.bits(n + np.float32(12583039.0)) << np.int32(23))


def half_power_of_two(n):
    """`2.0**(n - 1)`, as `power_of_two`, for n up to 128."""
    return prim.from_bits(prim.bits(n + np.float32(12583038.0)) << np.int32(23))


def scaled(x, n):
    """`x * 2**n` rounded once, for n from -252 to 254."""
    half = whole(n, np.float32(0.5))
    return x * power_of_two(half) * power_of_two(n - half)


def root(u, low):
    """The square root of `u + low`, which isn't negative."""
    s = prim.sqrt(u)
    return s, prim.divide(prim.fma(-s, s, u) + low, s + s + np.float32(1e-37))


def quotient(a, a_low, b, b_low):
    """`(a + a_low) / (b + b_low)`, by one division."""
    i = prim.divide(np.float32(1.0), b)
    q = a * i
    return q, i * (prim.fma(-q, b, a) + (a_low - q * b_low))
