"""Library bodies: NumPy's logarithms and inverse hyperbolic functions, at most 1 ULP.

`x = 2**n * m` with m from sqrt(1/2) to sqrt(2), and `log(m) = 2 * atanh(s)` of
`s = (m - 1) / (m + 1)`, as in FDLIBM; but s has two parts, and the large terms are summed
with their errors, which leaves little more than half an ULP. Whatever is a logarithm of
something near 1 goes through the same function, with the exact distance from 1.

The only branches lead round what is rare: numbers that have no logarithm, and subnormal
ones, which vector forms leave to the function, one by one. `float32` is computed in `float64` and rounded once.
"""

from double_double import either, fast_two_sum, power_of_two, quotient, root, two_product, two_sum
from minimax import log_tail, log_tail_single


def exponent_of(i):
    """The exponent of a number with these bits, as float64: its mantissa is then at least sqrt(1/2)."""
    e = (i - 4604544271217802189) >> 52
    # The bits of 1.5 * 2**52.
    return prim.from_bits(e + 4843621399236968448) - 6755399441055744.0, e << 52


def is_rare(x):
    """Whether a number isn't positive, normal and finite."""
    return not (x >= 2.2250738585072014e-308 and x < np.inf)


def split(x, rare):
    """`n` and `m` with `x == 2**n * m`, for a positive number."""
    if prim.rarely(rare):
        n, m = split_normal(prim.select(x < 2.2250738585072014e-308, x * 18014398509481984.0, x))
        tiny = x < 2.2250738585072014e-308
        return prim.select(tiny, n - 54.0, n), m
    return split_normal(x)


def split_normal(x):
    i = prim.bits(x)
    n, shift = exponent_of(i)
    return n, prim.from_bits(i - shift)


def mantissa_log(f, f_low, t, t_low):
    """`log((t + f) / (t - f))`, that is twice atanh of `f / t`, in two parts."""
    s, s_low = quotient(f, f_low, t, t_low)
    z = s * s
    return 2.0 * s, prim.fma(s * z, log_tail(z), 2.0 * s_low)


def mantissa_parts(m):
    """The logarithm of `m`."""
    t = 1.0 + m
    return mantissa_log(m - 1.0, prim.cast(0.0, np.float64), t, m - (t - 1.0))


def with_exponent(n, b, low):
    """`n * ln(2) + b + low`"""
    h, l = fast_two_sum(n * 0.6931471805598903, b)
    return h, l + prim.fma(n, 5.497923018708371e-14, low)


def of_domain(rare, x, y):
    """The logarithm `y` of x, or what it is for nan, inf, zero and negative numbers."""
    if prim.rarely(rare):
        y = prim.select(x < np.inf, y, x)
        # -1 / 0 and 0 / 0, by operations that set the processor's flags.
        above = prim.select(prim.fabs(x) < np.inf, x - x, prim.cast(0.0, np.float64))
        pole = prim.divide(either(x == 0.0, -1.0, above), either(x > 0.0, 1.0, 0.0))
        return prim.select(x > 0.0, y, prim.select(x == x, pole, x))
    return y


def single(x):
    """Exponent, and logarithm of the mantissa, with 30 bits; for any float32."""
    i = prim.bits(x)
    n, shift = exponent_of(i)
    m = prim.from_bits(i - shift)
    s = prim.divide(m - 1.0, m + 1.0)
    z = s * s
    return n, prim.fma(s * z, log_tail_single(z), 2.0 * s)


def np_log(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        wide = prim.cast(x, np.float64)
        n, b = single(wide)
        return prim.cast(of_domain(is_rare(wide), wide, prim.fma(n, 0.6931471805599453, b)), np.float32)
    rare = is_rare(x)
    n, m = split(x, rare)
    return of_domain(rare, x, whole_log(n, m))


def whole_log(n, m):
    """`n * ln(2) + log(m)` with fewer operations: at most 0.8 ULP.

    `log(1 + f) = f - (f * f / 2 - s * (f * f / 2 + R))`, as in FDLIBM, has the exact f in front.
    """
    f = m - 1.0
    s = prim.divide(f, m + 1.0)
    z = s * s
    half = 0.5 * f
    low = prim.fma(s, prim.fma(half, f, z * log_tail(z)), n * 5.497923018708371e-14)
    return prim.fma(n, 0.6931471805598903, f + prim.fma(-half, f, low))


def np_log2(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        wide = prim.cast(x, np.float64)
        n, b = single(wide)
        return prim.cast(of_domain(is_rare(wide), wide, prim.fma(b, 1.4426950408889634, n)), np.float32)
    rare = is_rare(x)
    n, m = split(x, rare)
    b, low = mantissa_parts(m)
    q, q_low = two_product(b, prim.cast(1.4426950408889634, np.float64))
    h, l = fast_two_sum(n, q)
    rest = prim.fma(b, 2.0355273740931033e-17, prim.fma(low, 1.4426950408889634, q_low))
    return of_domain(rare, x, h + (l + rest))


def np_log10(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        wide = prim.cast(x, np.float64)
        n, b = single(wide)
        y = prim.fma(n, 0.6931471805599453, b) * 0.4342944819032518
        return prim.cast(of_domain(is_rare(wide), wide, y), np.float32)
    rare = is_rare(x)
    n, m = split(x, rare)
    b, low = mantissa_parts(m)
    h, l = with_exponent(n, b, low)
    q, q_low = two_product(h, prim.cast(0.4342944819032518, np.float64))
    rest = prim.fma(h, 1.098319650216765e-17, prim.fma(l, 0.4342944819032518, q_low))
    return of_domain(rare, x, q + rest)


def one_plus_log(h, l, more):
    """`log(h + l) + more * ln(2)`, where h is a positive number and l its error."""
    i = prim.bits(h)
    n, shift = exponent_of(i)
    m = prim.from_bits(i - shift)
    # Beyond 2**100 the error doesn't matter.
    small = prim.select(n > 100.0, prim.cast(100.0, np.float64), n)
    f, f_low = fast_two_sum(m - 1.0, l * power_of_two(-small))
    t = 2.0 + f
    b, low = mantissa_log(f, f_low, t, (f - (t - 2.0)) + f_low)
    return with_exponent(n + more, b, low)


def one_plus_single(x):
    """`log(1 + x)` with 30 bits, for a finite x above -1."""
    n, b = single(1.0 + x)
    # The sum loses the bits of a small x.
    y = prim.fma(n, 0.6931471805599453, b)
    return prim.select(prim.fabs(x) < 1e-6, x * prim.fma(x, -0.5, 1.0), y)


def np_log1p(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        wide = prim.cast(x, np.float64)
        u = 1.0 + wide
        y = prim.cast(of_domain(is_rare(u), u, one_plus_single(wide)), np.float32)
        return prim.select(x == 0.0, x, y)
    return log1p_wide(x)


def log1p_wide(x):
    u, l = two_sum(prim.cast(1.0, np.float64), x)
    h, l = one_plus_log(u, l, 0.0)
    return prim.select(prim.fabs(x) < 5e-17, x, of_domain(is_rare(u), u, h + l))


def np_arcsinh(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        wide = prim.cast(x, np.float64)
        size = prim.fabs(wide)
        square = size * size
        y = one_plus_single(size + prim.divide(square, 1.0 + prim.sqrt(1.0 + square)))
        return prim.cast(prim.copysign(prim.select(size < np.inf, y, size), wide), np.float32)
    return asinh_wide(x)


def asinh_wide(x):
    """`log(1 + a + a**2 / (1 + sqrt(1 + a**2)))` of the magnitude."""
    a = prim.fabs(x)
    p, p_low = two_product(a, a)
    u, u_low = two_sum(p, prim.cast(1.0, np.float64))
    s, s_low = root(u, u_low + p_low)
    d, d_low = fast_two_sum(s, prim.cast(1.0, np.float64))
    q, q_low = quotient(p, p_low, d, d_low + s_low)
    f, f_low = fast_two_sum(a, q)
    h, l = two_sum(prim.cast(1.0, np.float64), f)
    l = l + (f_low + q_low)
    more = 0.0
    if not (a <= 1e9):
        # log(2 * a)
        h = a
        l = prim.cast(0.0, np.float64)
        more = 1.0
    h, l = one_plus_log(h, l, more)
    y = h + l
    if not (a >= 3e-9 and a < np.inf):
        y = a
    return prim.copysign(y, x)


def np_arccosh(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        wide = prim.cast(x, np.float64)
        above = wide - 1.0
        u = above + prim.sqrt(above * (wide + 1.0))
        y = prim.select(wide < np.inf, one_plus_single(u), wide)
        return prim.cast(prim.select(wide >= 1.0, y, prim.sqrt(above)), np.float32)
    return acosh_wide(x)


def acosh_wide(x):
    """`log(1 + (x - 1) + sqrt(x**2 - 1))`"""
    p, p_low = two_product(x, x)
    u, u_low = two_sum(p, prim.cast(-1.0, np.float64))
    s, s_low = root(u, u_low + p_low)
    d, d_low = two_sum(x, prim.cast(-1.0, np.float64))
    f, f_low = two_sum(d, s)
    h, l = two_sum(prim.cast(1.0, np.float64), f)
    l = l + (f_low + (s_low + d_low))
    more = 0.0
    if not (x <= 1e9):
        # log(2 * x)
        h = x
        l = prim.cast(0.0, np.float64)
        more = 1.0
    h, l = one_plus_log(h, l, more)
    y = h + l
    if not (x >= 1.0 and x < np.inf):
        y = prim.select(x < 1.0, prim.sqrt(x - 1.0), x)
    return y


def np_arctanh(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        wide = prim.cast(x, np.float64)
        size = prim.fabs(wide)
        y = 0.5 * one_plus_single(prim.divide(2.0 * size, 1.0 - size))
        y = prim.select(size < 1.0, y, either(size == 1.0, np.inf, prim.sqrt(1.0 - size)))
        return prim.cast(prim.copysign(prim.select(wide == wide, y, wide), wide), np.float32)
    return atanh_wide(x)


def atanh_wide(x):
    """Half of `log((1 + a) / (1 - a))` of the magnitude."""
    size = prim.fabs(x)
    over, over_low = two_sum(prim.cast(1.0, np.float64), size)
    under, under_low = two_sum(prim.cast(1.0, np.float64), -size)
    n, shift = exponent_of(prim.bits(over / under))
    factor = power_of_two(n)
    f, f_low = two_sum(over, -under * factor)
    f, f_low = fast_two_sum(f, f_low + (over_low - under_low * factor))
    t, t_low = two_sum(over, under * factor)
    b, low = mantissa_log(f, f_low, t, t_low + (over_low + under_low * factor))
    h, l = with_exponent(n, b, low)
    y = 0.5 * (h + l)
    if not (size >= 3e-9 and size < 1.0):
        # 1 / 0, or the root of a negative number: by operations that set the processor's flags.
        y = prim.select(size < 1.0, size, prim.divide(1.0, prim.sqrt(1.0 - size)))
        y = prim.select(x == x, y, x)
    return prim.copysign(y, x)
