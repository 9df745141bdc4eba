"""Library bodies: SciPy's erf and erfc of `float32` in kernels, which `math` has as well.

In `float32` alone and without branches, within 1 ULP, as `error_functions.py` has them in `float64`.
"""

from device_exponentials import reduced, widely_scaled
from device_pairs import either, limited, power_of_two, quotient
from double_double import fast_two_sum, two_product, two_sum
from error_functions import erf, erfc
from minimax_device import erf_rest, erfc_tail, erfcx_near, exp_tail


@implements("error_functions.erf/device")
def device_erf(a):
    if prim.dtype(a) == np.float32:
        return erf_single(a)
    else:
        return erf(a)


def erf_single(x):
    size = prim.fabs(x)
    p, low = erf_below(limited(size, 0.875))
    y = prim.select(size < np.float32(0.875), p + low, erf_above(limited(size, 4.0)))
    # Whose products are subnormal.
    y = prim.select(size < np.float32(1e-18), two_thirds_root(size), y)
    return prim.copysign(y, x)


def two_thirds_root(a):
    """`2 / sqrt(pi) * a` rounded once but for its last subnormal bit."""
    a = a * np.float32(16777216.0)
    y = prim.fma(a, np.float32(1.128379225730896), a * np.float32(-5.8635383e-08))
    return y * np.float32(5.960464477539063e-08)


def erf_below(a):
    """In two parts, for a from 0 to 7/8."""
    p, low = two_product(a, np.float32(1.128379225730896))
    z = a * a
    low = prim.fma(a, np.float32(-5.8635383e-08), low)
    return p, prim.fma(a, z * prim.fma(z, erf_rest(z), np.float32(-0.37612637877464294)), low)


def erf_above(a):
    """For a from 7/8 to 4."""
    z, z_low = two_product(a, a)
    n, r, low = reduced(-z)
    e = np.float32(1.0) + (r + prim.fma(r * r, exp_tail(r), low - z_low))
    return prim.fma(-e * power_of_two(n), erfcx_near(a - np.float32(0.875)), np.float32(1.0))


def scaled_tail(a):
    """`erfcx(a)` in two parts, for a from 0 on."""
    over, over_low = two_sum(np.float32(-3.75), a)
    under, under_low = two_sum(np.float32(3.75), a)
    u, u_low = quotient(over, over_low, under, under_low)
    p, low = two_product(u, erfc_tail(u))
    h, l = fast_two_sum(np.float32(0.8280415534973145), p)
    # The polynomial's slope: near enough, as u_low is next to nothing.
    slope = prim.select(a < np.float32(0.47), prim.fma(a, np.float32(-0.85), np.float32(0.2)), either(a < np.float32(4.0), -0.2, -0.11))
    l = l + (prim.fma(u_low, slope, low) + np.float32(-1.3745533e-08))
    factor, factor_low = two_product(np.float32(1.25), a)
    d, d_low = two_sum(np.float32(1.0), factor)
    return quotient(h, l, d, d_low + factor_low)


@implements("error_functions.erfc/device")
def device_erfc(a):
    if prim.dtype(a) == np.float32:
        return erfc_single(a)
    else:
        return erfc(a)


def erfc_single(x):
    size = limited(prim.fabs(x), 11.0)
    z, z_low = two_product(size, size)
    n, r, low = reduced(-z)
    r, low = fast_two_sum(r, low - z_low)
    s, e = fast_two_sum(np.float32(1.0), r)
    h, l = fast_two_sum(s, e + prim.fma(r * r, exp_tail(r), low))
    q, q_low = scaled_tail(size)
    p, p_low = two_product(h, q)
    y = widely_scaled(p + (p_low + prim.fma(h, q_low, l * q)), prim.select(n < np.float32(-152.0), np.float32(-152.0), n))
    # Near 0 the sum with 1 loses least.
    p, low = erf_below(limited(size, 0.875))
    h, l = fast_two_sum(np.float32(1.0), -p)
    y = prim.select(size < np.float32(0.47), h + (l - low), y)
    return prim.select(x < np.float32(0.0), np.float32(2.0) - y, y)
