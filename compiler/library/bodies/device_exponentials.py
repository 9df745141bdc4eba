"""Library bodies: NumPy's exponential and hyperbolic functions of `float32` in kernels.

In `float32` alone, as `exponentials.py` has them in `float64`: within 1 ULP, without branches.
"""

from device_pairs import clamped, half_power_of_two, limited, power_of_two, quotient, whole
from double_double import fast_two_sum, two_product, two_sum
from exponentials import np_cosh, np_exp, np_exp2, np_expm1, np_sinh, np_tanh
from minimax_device import cosh_tail, exp_rest, exp_tail, sinh_tail


def reduced(x):
    """`n`, `r` and what `r` lost, where `x = n * ln(2) + r`, for `|x|` up to 200."""
    n = whole(x, np.float32(1.4426950408889634))
    # 15 bits of ln(2): the product is exact, and so is the difference.
    high = prim.fma(n, np.float32(-0.693145751953125), x)
    low = n * np.float32(1.428606765330187e-06)
    r = high - low
    return n, r, (high - r) - low


def one_plus(r, q):
    """`1 + r + q`, where `q` is small against `r`."""
    s, e = fast_two_sum(np.float32(1.0), r)
    return s + (e + q)


def widely_scaled(y, n):
    """`y * 2**n` rounded once, for n from -152 to 128."""
    small = n < np.float32(-120.0)
    n = prim.select(small, n + np.float32(100.0), n)
    # By half of it and by 2: 2**128 isn't a number.
    y = y * half_power_of_two(n) * np.float32(2.0)
    return y * prim.select(small, np.float32(7.888609052210118e-31), np.float32(1.0))


@implements("exponentials.np_exp/device")
def device_exp(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return exp_single(x)
    else:
        return np_exp(a)


def exp_single(a):
    n, r, low = reduced(clamped(a, -104.0, 89.0))
    return widely_scaled(np.float32(1.0) + (r + prim.fma(r * r, exp_tail(r), low)), n)


@implements("exponentials.np_exp2/device")
def device_exp2(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return exp2_single(x)
    else:
        return np_exp2(a)


def exp2_single(a):
    x = clamped(a, -151.0, 128.0)
    n = whole(x, np.float32(1.0))
    f = x - n
    r, low = two_product(f, np.float32(0.6931471805599453))
    low = prim.fma(f, np.float32(-1.904654299957768e-09), low)
    return widely_scaled(np.float32(1.0) + (r + prim.fma(r * r, exp_tail(r), low)), n)


@implements("exponentials.np_expm1/device")
def device_expm1(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return expm1_single(x)
    else:
        return np_expm1(a)


def expm1_single(a):
    x = clamped(a, -20.0, 89.0)
    n, r0, low = reduced(x)
    # Where 2**n - 1 cancels with r, the square counts as well.
    z, z_low = two_product(r0, r0)
    r, more = fast_two_sum(r0, np.float32(0.5) * z)
    q = more + prim.fma(z * r0, exp_rest(r0), prim.fma(np.float32(0.5), z_low, low))
    # Half of 2**n - 1 + 2**n * (r + q), so that 2**128 is a number.
    up = power_of_two(n - np.float32(1.0))
    s, s_low = two_sum(up, np.float32(-0.5))
    h, l = two_sum(s, up * r)
    return prim.select(prim.fabs(a) < np.float32(3e-8), a, np.float32(2.0) * (h + (l + prim.fma(up, q, s_low))))


def parts(a):
    """Of `a = n * ln(2) + r`, from 0 to 89.5: r, `sinh(r) - r`, `cosh(r) - 1`, and powers of two."""
    n, r, low = reduced(a)
    z = r * r
    s = prim.fma(r * z, sinh_tail(z), low)
    c = prim.fma(z, prim.fma(z, cosh_tail(z), np.float32(0.5)), r * low)
    # Beyond 2**40 the negative one doesn't matter.
    small = limited(n, 40.0)
    return r, s, c, power_of_two(n - np.float32(2.0)), power_of_two(np.float32(-2.0) - small)


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


@implements("exponentials.np_sinh/device")
def device_sinh(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return sinh_single(x)
    else:
        return np_sinh(a)


def sinh_single(x):
    size = prim.fabs(x)
    h, l = half_sinh(*parts(limited(size, 89.5)))
    return prim.select(size < np.float32(2e-4), x, prim.copysign(np.float32(2.0) * (h + l), x))


@implements("exponentials.np_cosh/device")
def device_cosh(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return cosh_single(x)
    else:
        return np_cosh(a)


def cosh_single(x):
    h, l = half_cosh(*parts(limited(prim.fabs(x), 89.5)))
    return np.float32(2.0) * (h + l)


@implements("exponentials.np_tanh/device")
def device_tanh(a):
    x = prim.promote_float(a)
    if prim.dtype(x) == np.float32:
        return tanh_single(x)
    else:
        return np_tanh(a)


def tanh_single(x):
    size = prim.fabs(x)
    e, e_low = positive_expm1(np.float32(2.0) * limited(size, 10.0))
    g, g_low = two_sum(e, np.float32(2.0))
    q, low = quotient(e, e_low, g, g_low + e_low)
    return prim.select(size < np.float32(1e-4), x, prim.copysign(q + low, x))


def positive_expm1(w):
    """`exp(w) - 1` as a sum, for w from 0 to 40; of what is large only the leading part counts."""
    n, r, lost = reduced(w)
    z, z_low = two_product(r, r)
    q = prim.fma(np.float32(0.5), z, prim.fma(z * r, exp_rest(r), prim.fma(np.float32(0.5), z_low, lost)))
    up = power_of_two(n)
    # Where n isn't 0, 2**n - 1 is not smaller than 2**n * r.
    h, l = fast_two_sum(up - np.float32(1.0), up * r)
    return fast_two_sum(h, prim.fma(up, q, l))
