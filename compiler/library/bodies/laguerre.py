"""`numpy.polynomial.laguerre`: series of Laguerre polynomials.

Roots are always complex, as those of `np.roots` are here; products, quotients and powers
are of double precision, since the dtype of NumPy's depends on values in single precision.
"""

from gauss_quadrature import by_slopes, positive_degree
from power_series import polymulx
from series import added, divided, from_powers, from_roots, line_of_one, linear, multiplied, raised, series
from series import subtracted, summed
from series_calculus import derivative, integral
from series_values import clenshaw, companion, fit, roots, values, values_2d, values_3d
from series_values import vandermonde, vandermonde_2d, vandermonde_3d


def value_step(a, c0, c1, x, n):
    return a - c1 * (n - 1) / n, c0 + c1 * (2 * n - 1 - x) / n


def value_end(c0, c1, x):
    return c0 + c1 * (1 - x)


def laguerre_at(c, x):
    """The value of a line of coefficients at a number."""
    return clenshaw(value_step, value_end, c, x)


@implements("numpy.polynomial.laguerre.lagval")
def lagval(x, c, tensor=True):
    """Values of a Laguerre series."""
    return values(laguerre_at, -2, x, c, tensor)


@implements("numpy.polynomial.laguerre.lagval2d")
def lagval2d(x, y, c):
    """Values of a Laguerre series in two variables."""
    return values_2d(lagval, x, y, c)


@implements("numpy.polynomial.laguerre.lagval3d")
def lagval3d(x, y, z, c):
    """Values of a Laguerre series in three variables."""
    return values_3d(lagval, x, y, z, c)


@implements("numpy.polynomial.laguerre.laggrid2d")
def laggrid2d(x, y, c):
    """Values of a Laguerre series in two variables on a grid."""
    return lagval(y, lagval(x, c))


@implements("numpy.polynomial.laguerre.laggrid3d")
def laggrid3d(x, y, z, c):
    """Values of a Laguerre series in three variables on a grid."""
    return lagval(z, lagval(y, lagval(x, c)))


@implements("numpy.polynomial.laguerre.lagline")
def lagline(off, scl):
    """``off + scl * x``"""
    return linear(off, scl, off + scl, -scl)


@implements("numpy.polynomial.laguerre.lagadd")
def lagadd(c1, c2):
    """The sum of two Laguerre series."""
    return added(c1, c2)


@implements("numpy.polynomial.laguerre.lagsub")
def lagsub(c1, c2):
    """The difference of two Laguerre series."""
    return subtracted(c1, c2)


@implements("numpy.polynomial.laguerre.lagmulx")
def lagmulx(c):
    """A Laguerre series times x."""
    a = series(c)
    n = len(a)
    if n == 1 and a[0] == 0:
        return a[:n]
    out = prim.empty(n + 1, prim.dtype(a))
    out[0] = a[0]
    out[1] = -a[0]
    for i in range(1, n):
        out[i + 1] = -a[i] * (i + 1)
        out[i] = out[i] + a[i] * (2 * i + 1)
        out[i - 1] = out[i - 1] - a[i] * i
    return out[: n + 1]


def series_step(times_x, c1, n):
    return c1 * (n - 1) / n, subtracted((2 * n - 1) * c1, times_x(c1)) / n


def series_last(times_x, c1):
    return subtracted(c1, times_x(c1))


@implements("numpy.polynomial.laguerre.lagmul")
def lagmul(c1, c2):
    """The product of two Laguerre series."""
    return multiplied(series_step, series_last, lagmulx, c1, c2)


@implements("numpy.polynomial.laguerre.lagdiv")
def lagdiv(c1, c2):
    """Quotient and remainder of two Laguerre series."""
    return divided(lagmul, c1, c2)


@implements("numpy.polynomial.laguerre.lagpow")
def lagpow(c, pow, maxpower=16):
    """A Laguerre series to a power."""
    return raised(lagmul, c, pow, maxpower)


@implements("numpy.polynomial.laguerre.poly2lag")
def poly2lag(pol):
    """A polynomial as a Laguerre series."""
    return from_powers(lagmulx, pol)


@implements("numpy.polynomial.laguerre.lag2poly")
def lag2poly(c):
    """A Laguerre series as a polynomial."""
    a = series(c)
    n = len(a)
    if n == 1:
        return a[:n]
    return summed(series_step, series_last, polymulx, a, line_of_one(1, prim.dtype(a)))


@implements("numpy.polynomial.laguerre.lagfromroots")
def lagfromroots(roots):
    """The Laguerre series with given roots."""
    return from_roots(lagline, lagmul, roots)


def derived(c):
    n = len(c) - 1
    out = prim.empty((n,) + c.shape[1:], prim.dtype(c))
    for j in range(n, 1, -1):
        out[j - 1] = -c[j]
        c[j - 1] += c[j]
    out[0] = -c[1]
    return out


@implements("numpy.polynomial.laguerre.lagder")
def lagder(c, m=1, scl=1, axis=0):
    """The derivative, m times."""
    return derivative(derived, c, m, scl, axis)


def antiderived(c):
    n = len(c)
    out = prim.empty((n + 1,) + c.shape[1:], prim.dtype(c))
    out[0] = c[0]
    out[1] = -c[0]
    for j in range(1, n):
        out[j] += c[j]
        out[j + 1] = -c[j]
    return out


@implements("numpy.polynomial.laguerre.lagint")
def lagint(c, m=1, k="<missing>", lbnd=0, scl=1, axis=0):
    """The antiderivative, m times."""
    return integral(antiderived, laguerre_at, c, m, k, lbnd, scl, axis)


def one_minus(x):
    return 1 - x


def following(v, before, x, i):
    return (v * (2 * i - 1 - x) - before * (i - 1)) / i


@implements("numpy.polynomial.laguerre.lagvander")
def lagvander(x, deg):
    """Values of the Laguerre polynomials, in a last axis."""
    return vandermonde(one_minus, following, x, deg)


@implements("numpy.polynomial.laguerre.lagvander2d")
def lagvander2d(x, y, deg):
    """Products of values in two variables, in a last axis."""
    return vandermonde_2d(lagvander, x, y, deg)


@implements("numpy.polynomial.laguerre.lagvander3d")
def lagvander3d(x, y, z, deg):
    """Products of values in three variables, in a last axis."""
    return vandermonde_3d(lagvander, x, y, z, deg)


@implements("numpy.polynomial.laguerre.lagfit")
def lagfit(x, y, deg, rcond=None, full=False, w=None):
    """The Laguerre series closest to points, by least squares."""
    return fit("np.polynomial.laguerre.lagfit", lagvander, x, y, deg, rcond, full, w)


def beside(i, n):
    return -i


def last_column(a, i, n):
    return -(a[i] / a[n] * n)


def single_root(a, b):
    return 1 + a / b


def matrix_of(a):
    out = companion(a, beside, beside, last_column, single_root)
    n = len(out)
    if n > 1:
        for i in range(n - 1):
            out[i, i] = prim.cast(2 * i + 1, prim.dtype(out))
        out[n - 1, n - 1] = prim.cast((2.0 * (n - 1) + 1.0) - last_column(a, n - 1, n), prim.dtype(out))
    return out


def rotated(a):
    return matrix_of(a)[::-1, ::-1]


@implements("numpy.polynomial.laguerre.lagcompanion")
def lagcompanion(c):
    """The matrix that has a series's roots for eigenvalues."""
    return matrix_of(series(c))


@implements("numpy.polynomial.laguerre.lagroots")
def lagroots(c):
    """A series's roots, always complex."""
    return roots(rotated, single_root, series(c))


@implements("numpy.polynomial.laguerre.laggauss")
def laggauss(deg):
    """Points and weights of Gauss-Laguerre quadrature."""
    x, w = by_slopes(matrix_of, lagval, lagder, positive_degree(deg))
    w /= np.sum(w)
    return x, w


@implements("numpy.polynomial.laguerre.lagweight")
def lagweight(x):
    """The weight function ``exp(-x)``."""
    return np.exp(-x)
