"""Library bodies: NumPy's exponential and hyperbolic functions, at most 1 ULP.

`x = n * ln(2) + r` with `|r| <= ln(2) / 2` (Cody and Waite, with an exact product by
`fma`), a polynomial for `exp(r) - 1 - r`, and the large terms summed with their errors.
The hyperbolic functions come from `sinh(n * ln(2) + r) = sinh(n * ln(2)) * cosh(r) +
cosh(n * ln(2)) * sinh(r)`, where the factors of n are sums of two powers of two: no
cancellation of rounded values, and no case for small arguments.

No branches: what overflows and what is subnormal is the same operations. `float32` is
computed in `float64` and rounded once.
"""

from double_double import clamped, fast_two_sum, half_power_of_two, power_of_two, quotient, two_product, two_sum
from minimax import cosh_tail, cosh_tail_single, exp_rest, exp_tail, exp_tail_single, sinh_tail, sinh_tail_single


def reduced(x):
    """`n`, `r`, and what `r` lost; for `|x|` up to 1,500."""
    n = prim.fma(x, 1.4426950408889634, 6755399441055744.0) - 6755399441055744.0
    # 42 bits of ln(2): the product is exact, and so is the difference.
    high = prim.fma(n, -0.6931471805598903, x)
    low = n * 5.497923018708371e-14
    r = high - low
    return n, r, (high - r) - low


def one_plus(r, q):
    """`1 + r + q`, where `q` is small against `r`."""
    s, e = fast_two_sum(prim.cast(1.0, np.float64), r)
    return s + (e + q)


def widely_scaled(y, n, small):
    """`y * 2**n` rounded once, for n up to 1024 or, where it is small, from -1100 to -900."""
    n = prim.select(small, n + 1000.0, n)
    # By half of it and by 2: 2**1024 isn't a number.
    y = y * half_power_of_two(n) * 2.0
    return prim.select(small, y * 9.332636185032189e-302, y)


def np_exp(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return prim.cast(exp_single(prim.cast(x, np.float64)), np.float32)
    x = clamped(x, -750.0, 710.0)
    n, r, low = reduced(x)
    # The rounding of the inner sum costs a quarter of an ULP; its error would cost three operations.
    return widely_scaled(1.0 + (r + prim.fma(r * r, exp_tail(r), low)), n, x < -700.0)


def exp_single(x):
    """With 30 bits; between the bounds of float32 the exponent is one of float64."""
    x = clamped(x, -110.0, 90.0)
    n = prim.fma(x, 1.4426950408889634, 6755399441055744.0) - 6755399441055744.0
    r = prim.fma(n, -0.6931471805599453, x)
    return prim.fma(r * r, exp_tail_single(r), 1.0 + r) * power_of_two(n)


def np_exp2(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        wide = prim.cast(x, np.float64)
        wide = clamped(wide, -160.0, 130.0)
        n = (wide + 6755399441055744.0) - 6755399441055744.0
        r = (wide - n) * 0.6931471805599453
        return prim.cast(prim.fma(r * r, exp_tail_single(r), 1.0 + r) * power_of_two(n), np.float32)
    x = clamped(x, -1080.0, 1024.0)
    n = (x + 6755399441055744.0) - 6755399441055744.0
    f = x - n
    r, low = two_product(f, prim.cast(0.6931471805599453, np.float64))
    low = prim.fma(f, 2.3190468138462996e-17, low)
    return widely_scaled(one_plus(r, prim.fma(r * r, exp_tail(r), low)), n, x < -1000.0)


def np_expm1(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return prim.cast(expm1_single(prim.cast(x, np.float64)), np.float32)
    return expm1_wide(x)


def expm1_single(a):
    """With 30 bits."""
    x = clamped(a, -40.0, 90.0)
    n = prim.fma(x, 1.4426950408889634, 6755399441055744.0) - 6755399441055744.0
    r = prim.fma(n, -0.6931471805599453, x)
    up = power_of_two(n)
    y = prim.fma(up, prim.fma(r * r, exp_tail_single(r), r), up - 1.0)
    return prim.select(a == 0.0, a, y)


def expm1_wide(a):
    x = clamped(a, -60.0, 710.0)
    n, r0, low = reduced(x)
    # Where 2**n - 1 cancels with r, the square counts as well.
    z, z_low = two_product(r0, r0)
    r, more = fast_two_sum(r0, 0.5 * z)
    q = more + prim.fma(z * r0, exp_rest(r0), prim.fma(0.5, z_low, low))
    # Half of 2**n - 1 + 2**n * (r + q), so that 2**1024 is a number.
    up = power_of_two(n - 1.0)
    s, s_low = two_sum(up, prim.cast(-0.5, np.float64))
    h, l = two_sum(s, up * r)
    return prim.select(prim.fabs(a) < 5e-17, a, 2.0 * (h + (l + prim.fma(up, q, s_low))))


def limited(x, high):
    return prim.select(x > high, prim.cast(high, np.float64), x)


def parts(a):
    """Of `a = n * ln(2) + r`, from 0 to 710.5: r, `sinh(r) - r`, `cosh(r) - 1`, and powers of two."""
    n, r, low = reduced(a)
    z = r * r
    s = prim.fma(r * z, sinh_tail(z), low)
    c = prim.fma(z, prim.fma(z, cosh_tail(z), 0.5), r * low)
    # Beyond 2**100 the negative one doesn't matter.
    small = limited(n, 100.0)
    return r, s, c, power_of_two(n - 2.0), power_of_two(-2.0 - small)


def parts_single(a):
    """Of `a = n * ln(2) + r`, up to 90: r, its sinh and cosh with 30 bits, and halves of powers."""
    n = prim.fma(a, 1.4426950408889634, 6755399441055744.0) - 6755399441055744.0
    r = prim.fma(n, -0.6931471805599453, a)
    z = r * r
    s = prim.fma(r * z, sinh_tail_single(z), r)
    c = prim.fma(z, prim.fma(z, cosh_tail_single(z), 0.5), 1.0)
    return r, s, c, power_of_two(n - 1.0), power_of_two(-1.0 - n)


def half_sinh(r, s, c, up, down):
    """Half of sinh(a), and what is missing."""
    cosh_n, cosh_low = fast_two_sum(up, down)
    sinh_n, sinh_low = fast_two_sum(up, -down)
    p, p_low = two_product(cosh_n, r)
    h, l = two_sum(sinh_n, p)
    return h, l + (prim.fma(sinh_n, c, prim.fma(cosh_n, s, p_low)) + prim.fma(cosh_low, r, sinh_low))


def half_cosh(r, s, c, up, down):
    cosh_n, cosh_low = fast_two_sum(up, down)
    sinh_n, sinh_low = fast_two_sum(up, -down)
    p, p_low = two_product(sinh_n, r)
    h, l = fast_two_sum(cosh_n, p)
    return h, l + (prim.fma(cosh_n, c, prim.fma(sinh_n, s, p_low)) + prim.fma(sinh_low, r, cosh_low))


def np_sinh(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        wide = prim.cast(x, np.float64)
        r, s, c, up, down = parts_single(limited(prim.fabs(wide), 90.0))
        return prim.cast(prim.copysign(prim.fma(up + down, s, (up - down) * c), wide), np.float32)
    return sinh_wide(x)


def sinh_wide(x):
    size = prim.fabs(x)
    h, l = half_sinh(*parts(limited(size, 710.5)))
    return prim.select(size < 3e-9, x, prim.copysign(2.0 * (h + l), x))


def np_cosh(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        r, s, c, up, down = parts_single(limited(prim.fabs(prim.cast(x, np.float64)), 90.0))
        return prim.cast(prim.fma(up - down, s, (up + down) * c), np.float32)
    return cosh_wide(x)


def cosh_wide(x):
    h, l = half_cosh(*parts(limited(prim.fabs(x), 710.5)))
    return 2.0 * (h + l)


def np_tanh(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return prim.cast(tanh_single(prim.cast(x, np.float64)), np.float32)
    size = prim.fabs(x)
    e, e_low = positive_expm1(2.0 * limited(size, 40.0))
    g, g_low = two_sum(e, prim.cast(2.0, np.float64))
    q, low = quotient(e, e_low, g, g_low + e_low)
    return prim.select(size < 3e-9, x, prim.copysign(q + low, x))


def positive_expm1(w):
    """`exp(w) - 1` as a sum, for w from 0 to 90; of what is large only the leading part counts."""
    n, r, lost = reduced(w)
    z, z_low = two_product(r, r)
    q = prim.fma(0.5, z, prim.fma(z * r, exp_rest(r), prim.fma(0.5, z_low, lost)))
    up = power_of_two(n)
    # Where n isn't 0, 2**n - 1 is not smaller than 2**n * r.
    h, l = fast_two_sum(up - 1.0, up * r)
    return fast_two_sum(h, prim.fma(up, q, l))


def tanh_single(x):
    """`(e - 1) / (e + 1)` of `e = exp(2 * |x|)`, with 30 bits."""
    size = prim.fabs(x)
    w = limited(2.0 * size, 40.0)
    n = prim.fma(w, 1.4426950408889634, 6755399441055744.0) - 6755399441055744.0
    r = prim.fma(n, -0.6931471805599453, w)
    up = power_of_two(n)
    e = prim.fma(up, prim.fma(r * r, exp_tail_single(r), r), up - 1.0)
    return prim.copysign(prim.divide(e, e + 2.0), x)
