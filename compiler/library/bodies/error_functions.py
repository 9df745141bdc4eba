"""Library bodies: SciPy's erf, erfc, erfcx, ndtr and log_ndtr.

`erf(x)` is odd: below 7/8 a polynomial in x**2, whose first term has two parts; from there on
`1 - exp(-x**2) * erfcx(x)`, where the errors of the exponential count little. The other
functions come from `erfcx(x) = exp(x**2) * erfc(x)`, which falls as 1 / x: `(1 + 5 / 4 * x) *
erfcx(x)` is nearly constant, and a polynomial in `(x - 3.75) / (x + 3.75)` gives it for all
positive x (Shepherd and Laframboise 1981). Squares, quotients and products have two parts,
so that erf, erfc and erfcx are within 1 ULP.

No branches: what underflows is the same operations. `float32` is computed in `float64` and
rounded once. `math.erf` and `math.erfc` aren't these: they are the C library's.
"""

from double_double import either, fast_two_sum, power_of_two, quotient, two_product, two_sum
from exponentials import limited, reduced, widely_scaled
from logarithms import log1p_wide, np_log
from minimax import erf_rest, erf_tail_single, erfc_tail, erfc_tail_single, erfcx_near, erfcx_near_single, exp_tail, exp_tail_single


def wide(a):
    """An operand as float64."""
    return prim.cast(a, np.float64)


def of_dtype(y, like):
    """A result in float32 where the operand has that dtype."""
    if prim.dtype(like) == np.float32:
        return prim.cast(y, np.float32)
    else:
        return y


def erf(a):
    x = wide(a)
    size = prim.fabs(x)
    if prim.dtype(a) == np.float32:
        small = prim.fma(size * (x * x), erf_tail_single(x * x), size * 1.1283791670955126)
        large = erf_above_single(limited(size, 4.0))
    else:
        p, low = erf_below(size)
        small = p + low
        large = erf_above(limited(size, 6.0))
    return of_dtype(prim.copysign(prim.select(size < 0.875, small, large), x), a)


def erf_below(a):
    """In two parts, for a from 0 to 7/8."""
    p, low = two_product(a, prim.cast(1.1283791670955126, np.float64))
    z = a * a
    return p, prim.fma(a, z * prim.fma(z, erf_rest(z), -0.37612638903183754), prim.fma(a, 1.533545961316588e-17, low))


def erf_above(a):
    """For a from 7/8 to 6."""
    z, z_low = two_product(a, a)
    n, r, low = reduced(-z)
    e = 1.0 + (r + prim.fma(r * r, exp_tail(r), low - z_low))
    return prim.fma(-e * power_of_two(n), erfcx_near(a - 0.875), 1.0)


def erf_above_single(a):
    """With 30 bits, for a from 7/8 to 4."""
    z = a * a
    n = prim.fma(z, -1.4426950408889634, 6755399441055744.0) - 6755399441055744.0
    r = prim.fma(n, -0.6931471805599453, -z)
    e = prim.fma(r * r, exp_tail_single(r), 1.0 + r)
    return prim.fma(-e * power_of_two(n), erfcx_near_single(a - 0.875), 1.0)


def scaled_tail(a, a_low):
    """`erfcx(a + a_low)` in two parts, for a from 0 to about 1e300."""
    over, over_low = fast_two_sum(prim.cast(-3.75, np.float64), a)
    under, under_low = fast_two_sum(prim.cast(3.75, np.float64), a)
    i = prim.divide(1.0, under)
    u = over * i
    u_low = (prim.fma(-u, under, over) + (over_low - u * under_low)) * i
    p, low = two_product(u, erfc_tail(u))
    h, l = fast_two_sum(prim.cast(0.8280415397517817, np.float64), p)
    # The polynomial's slope: near enough, as u_low is next to nothing.
    slope = prim.select(a < 0.47, prim.fma(a, -0.85, 0.2), either(a < 4.0, -0.2, -0.11))
    l = l + (prim.fma(u_low, slope, low) + -5.025216865589823e-17)
    factor, factor_low = two_product(prim.cast(1.25, np.float64), a)
    d, d_low = two_sum(prim.cast(1.0, np.float64), factor)
    return quotient(h, l, d, prim.fma(1.25, a_low, d_low + factor_low))


def gaussian(z, z_low):
    """`exp(-(z + z_low))` as a power of two and a factor in two parts, for z to 1,500."""
    n, r, low = reduced(-z)
    r, low = fast_two_sum(r, low - z_low)
    s, e = fast_two_sum(prim.cast(1.0, np.float64), r)
    h, l = fast_two_sum(s, e + prim.fma(r * r, exp_tail(r), low))
    return n, h, l


def product(h, l, q, q_low):
    """`(h + l) * (q + q_low)` rounded."""
    p, low = two_product(h, q)
    return p + (low + prim.fma(h, q_low, l * q))


def tail(a, a_low, z, z_low):
    """`erfc(a + a_low)` for a from 0 to 28, of whose square z is given."""
    n, h, l = gaussian(z, z_low)
    q, q_low = scaled_tail(a, a_low)
    return widely_scaled(product(h, l, q, q_low), n, z > 690.0)


def tail_single(a):
    """With 30 bits, for a from 0 to 11."""
    z, z_low = two_product(a, a)
    n = prim.fma(z, -1.4426950408889634, 6755399441055744.0) - 6755399441055744.0
    r = prim.fma(n, -0.6931471805599453, -z) - z_low
    e = prim.fma(r * r, exp_tail_single(r), 1.0 + r) * power_of_two(n)
    return e * scaled_tail_single(a)


def scaled_tail_single(a):
    i = prim.divide(1.0, (a + 3.75) * prim.fma(1.25, a, 1.0))
    u = (a - 3.75) * (prim.fma(1.25, a, 1.0) * i)
    return prim.fma(u, erfc_tail_single(u), 0.8280415397517817) * ((a + 3.75) * i)


def erfc(a):
    x = wide(a)
    if prim.dtype(a) == np.float32:
        y = tail_single(limited(prim.fabs(x), 11.0))
    else:
        size = limited(prim.fabs(x), 28.0)
        z, z_low = two_product(size, size)
        y = tail(size, prim.cast(0.0, np.float64), z, z_low)
        # Near 0 the sum with 1 loses least.
        p, low = erf_below(size)
        h, l = fast_two_sum(prim.cast(1.0, np.float64), -p)
        y = prim.select(size < 0.47, h + (l - low), y)
    return of_dtype(prim.select(x < 0.0, 2.0 - y, y), a)


def erfcx(a):
    x = wide(a)
    size = prim.fabs(x)
    if prim.dtype(a) == np.float32:
        h = scaled_tail_single(limited(size, 1e9))
        l = prim.cast(0.0, np.float64)
    else:
        h, l = scaled_tail(limited(size, 1e9), prim.cast(0.0, np.float64))
    y = prim.select(size > 1e9, prim.divide(0.5641895835477563, size), h + l)
    return of_dtype(prim.select(x < 0.0, two_gaussians(size, h, l), y), a)


def two_gaussians(size, h, l):
    """`2 * exp(size**2) - (h + l)`, infinite beyond 26.63."""
    size = limited(size, 26.64)
    z, z_low = two_product(size, size)
    n, e, e_low = gaussian(-z, -z_low)
    # Beyond 2**100 what is taken away doesn't matter.
    down = power_of_two(-limited(n, 100.0))
    s, s_low = two_sum(2.0 * e, -h * down)
    return (s + (s_low + prim.fma(2.0, e_low, -l * down))) * power_of_two(n - 2.0) * 4.0


def ndtr(a):
    x = wide(a)
    size = limited(prim.fabs(x), 39.5)
    z, z_low = two_product(size, size)
    h, l = two_product(size, prim.cast(0.7071067811865476, np.float64))
    y = half_tail(h, prim.fma(size, -4.833646656726457e-17, l), 0.5 * z, 0.5 * z_low)
    return of_dtype(prim.select(x > 0.0, 1.0 - y, y), a)


def half_tail(a, a_low, z, z_low):
    """Half of `tail`, rounded once."""
    n, h, l = gaussian(z, z_low)
    q, q_low = scaled_tail(a, a_low)
    return widely_scaled(0.5 * product(h, l, q, q_low), n, z > 690.0)


def log_ndtr(a):
    """`log(erfcx(-x / sqrt(2)) / 2) - x**2 / 2` for negative numbers, `log(1 - ndtr(-x))` for others."""
    x = wide(a)
    size = prim.fabs(x)
    middle = limited(size, 1e9)
    q, q_low = scaled_tail(middle * 0.7071067811865476, prim.cast(0.0, np.float64))
    below = prim.fma(size * -0.5, size, np_log(0.5 * (q + q_low)))
    above = log1p_wide(-ndtr(-size))
    return of_dtype(prim.select(x > 0.0, above, below), a)
