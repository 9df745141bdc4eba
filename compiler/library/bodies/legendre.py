"""`numpy.polynomial.legendre`: series of Legendre polynomials.

Roots are always complex, as those of `np.roots` are here; products, quotients and powers
are of double precision, since the dtype of NumPy's depends on values in single precision.
"""

from gauss_quadrature import by_slopes, evened, positive_degree
from power_series import itself, polymulx
from series import added, divided, from_powers, from_roots, line_of_one, linear, multiplied, raised, series
from series import subtracted, summed
from series_calculus import derivative, integral
from series_values import clenshaw, companion, fit, roots, values, values_2d, values_3d
from series_values import vandermonde, vandermonde_2d, vandermonde_3d


def value_step(a, c0, c1, x, n):
    k = float(n)
    return a - c1 * ((k - 1.0) / k), c0 + c1 * x * ((2.0 * k - 1.0) / k)


def value_end(c0, c1, x):
    return c0 + c1 * x


def legendre_at(c, x):
    """The value of a line of coefficients at a number."""
    return clenshaw(value_step, value_end, c, x)


@implements("numpy.polynomial.legendre.legval")
def legval(x, c, tensor=True):
    """Values of a Legendre series."""
    return values(legendre_at, -2, x, c, tensor)


@implements("numpy.polynomial.legendre.legval2d")
def legval2d(x, y, c):
    """Values of a Legendre series in two variables."""
    return values_2d(legval, x, y, c)


@implements("numpy.polynomial.legendre.legval3d")
def legval3d(x, y, z, c):
    """Values of a Legendre series in three variables."""
    return values_3d(legval, x, y, z, c)


@implements("numpy.polynomial.legendre.leggrid2d")
def leggrid2d(x, y, c):
    """Values of a Legendre series in two variables on a grid."""
    return legval(y, legval(x, c))


@implements("numpy.polynomial.legendre.leggrid3d")
def leggrid3d(x, y, z, c):
    """Values of a Legendre series in three variables on a grid."""
    return legval(z, legval(y, legval(x, c)))


@implements("numpy.polynomial.legendre.legline")
def legline(off, scl):
    """``off + scl * x``"""
    return linear(off, scl, off, scl)


@implements("numpy.polynomial.legendre.legadd")
def legadd(c1, c2):
    """The sum of two Legendre series."""
    return added(c1, c2)


@implements("numpy.polynomial.legendre.legsub")
def legsub(c1, c2):
    """The difference of two Legendre series."""
    return subtracted(c1, c2)


@implements("numpy.polynomial.legendre.legmulx")
def legmulx(c):
    """A Legendre series times x."""
    a = series(c)
    n = len(a)
    if n == 1 and a[0] == 0:
        return a[:n]
    out = prim.empty(n + 1, prim.dtype(a))
    out[0] = a[0] * 0
    out[1] = a[0]
    for i in range(1, n):
        out[i + 1] = a[i] * (i + 1) / (2 * i + 1)
        out[i - 1] = out[i - 1] + a[i] * i / (2 * i + 1)
    return out[: n + 1]


def series_step(times_x, c1, n):
    return c1 * (n - 1) / n, times_x(c1) * (2 * n - 1) / n


def series_last(times_x, c1):
    return times_x(c1)


@implements("numpy.polynomial.legendre.legmul")
def legmul(c1, c2):
    """The product of two Legendre series."""
    return multiplied(series_step, series_last, legmulx, c1, c2)


@implements("numpy.polynomial.legendre.legdiv")
def legdiv(c1, c2):
    """Quotient and remainder of two Legendre series."""
    return divided(legmul, c1, c2)


@implements("numpy.polynomial.legendre.legpow")
def legpow(c, pow, maxpower=16):
    """A Legendre series to a power."""
    return raised(legmul, c, pow, maxpower)


@implements("numpy.polynomial.legendre.poly2leg")
def poly2leg(pol):
    """A polynomial as a Legendre series."""
    return from_powers(legmulx, pol)


@implements("numpy.polynomial.legendre.leg2poly")
def leg2poly(c):
    """A Legendre series as a polynomial."""
    a = series(c)
    n = len(a)
    if n < 3:
        return a[:n]
    return summed(series_step, series_last, polymulx, a, line_of_one(1, prim.dtype(a)))


@implements("numpy.polynomial.legendre.legfromroots")
def legfromroots(roots):
    """The Legendre series with given roots."""
    return from_roots(legline, legmul, roots)


def derived(c):
    n = len(c) - 1
    out = prim.empty((n,) + c.shape[1:], prim.dtype(c))
    for j in range(n, 2, -1):
        out[j - 1] = (2 * j - 1) * c[j]
        c[j - 2] += c[j]
    if n > 1:
        out[1] = 3 * c[2]
    out[0] = c[1]
    return out


@implements("numpy.polynomial.legendre.legder")
def legder(c, m=1, scl=1, axis=0):
    """The derivative, m times."""
    return derivative(derived, c, m, scl, axis)


def antiderived(c):
    n = len(c)
    out = prim.empty((n + 1,) + c.shape[1:], prim.dtype(c))
    out[0] = c[0] * 0
    out[1] = c[0]
    if n > 1:
        out[2] = c[1] / 3
    for j in range(2, n):
        out[j + 1] = c[j] / (2 * j + 1)
        out[j - 1] -= c[j] / (2 * j + 1)
    return out


@implements("numpy.polynomial.legendre.legint")
def legint(c, m=1, k="<missing>", lbnd=0, scl=1, axis=0):
    """The antiderivative, m times."""
    return integral(antiderived, legendre_at, c, m, k, lbnd, scl, axis)


def following(v, before, x, i):
    return (v * x * (2 * i - 1) - before * (i - 1)) / i


@implements("numpy.polynomial.legendre.legvander")
def legvander(x, deg):
    """Values of the Legendre polynomials, in a last axis."""
    return vandermonde(itself, following, x, deg)


@implements("numpy.polynomial.legendre.legvander2d")
def legvander2d(x, y, deg):
    """Products of values in two variables, in a last axis."""
    return vandermonde_2d(legvander, x, y, deg)


@implements("numpy.polynomial.legendre.legvander3d")
def legvander3d(x, y, z, deg):
    """Products of values in three variables, in a last axis."""
    return vandermonde_3d(legvander, x, y, z, deg)


@implements("numpy.polynomial.legendre.legfit")
def legfit(x, y, deg, rcond=None, full=False, w=None):
    """The Legendre series closest to points, by least squares."""
    return fit("np.polynomial.legendre.legfit", legvander, x, y, deg, rcond, full, w)


def norm(i):
    return 1.0 / np.sqrt(np.float64(2 * i + 1))


def beside(i, n):
    return i * norm(i - 1) * norm(i)


def last_column(a, i, n):
    return a[i] / a[n] * (norm(i) / norm(n - 1)) * (n / (2 * n - 1))


def single_root(a, b):
    return -a / b


def matrix_of(a):
    return companion(a, beside, beside, last_column, single_root)


def rotated(a):
    return matrix_of(a)[::-1, ::-1]


@implements("numpy.polynomial.legendre.legcompanion")
def legcompanion(c):
    """The matrix that has a series's roots for eigenvalues."""
    return matrix_of(series(c))


@implements("numpy.polynomial.legendre.legroots")
def legroots(c):
    """A series's roots, always complex."""
    return roots(rotated, single_root, series(c))


@implements("numpy.polynomial.legendre.leggauss")
def leggauss(deg):
    """Points and weights of Gauss-Legendre quadrature."""
    n = positive_degree(deg)
    x, w = by_slopes(matrix_of, legval, legder, n)
    w = (w + w[::-1]) / 2
    w *= 2.0 / np.sum(w)
    return evened(x), w


@implements("numpy.polynomial.legendre.legweight")
def legweight(x):
    """The weight function 1."""
    return x * 0.0 + 1.0
