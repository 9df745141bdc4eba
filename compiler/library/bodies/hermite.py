"""`numpy.polynomial.hermite`: series of Hermite polynomials, those of physicists.

Roots are always complex, as those of `np.roots` are here; products, quotients and powers
are of double precision, since the dtype of NumPy's depends on values in single precision.
"""

from gauss_quadrature import by_hermite, positive_degree
from power_series import polymulx
from series import added, divided, from_powers, from_roots, line_of_one, linear, multiplied, raised, series
from series import subtracted, summed
from series_calculus import derivative, integral
from series_values import clenshaw, companion, fit, roots, values, values_2d, values_3d
from series_values import vandermonde, vandermonde_2d, vandermonde_3d


def value_step(a, c0, c1, x, n):
    return a - c1 * (2 * (n - 1)), c0 + c1 * (x * 2)


def value_end(c0, c1, x):
    return c0 + c1 * (x * 2)


def hermite_at(c, x):
    """The value of a line of coefficients at a number."""
    return clenshaw(value_step, value_end, c, x)


@implements("numpy.polynomial.hermite.hermval")
def hermval(x, c, tensor=True):
    """Values of a Hermite series."""
    return values(hermite_at, -2, x, c, tensor)


@implements("numpy.polynomial.hermite.hermval2d")
def hermval2d(x, y, c):
    """Values of a Hermite series in two variables."""
    return values_2d(hermval, x, y, c)


@implements("numpy.polynomial.hermite.hermval3d")
def hermval3d(x, y, z, c):
    """Values of a Hermite series in three variables."""
    return values_3d(hermval, x, y, z, c)


@implements("numpy.polynomial.hermite.hermgrid2d")
def hermgrid2d(x, y, c):
    """Values of a Hermite series in two variables on a grid."""
    return hermval(y, hermval(x, c))


@implements("numpy.polynomial.hermite.hermgrid3d")
def hermgrid3d(x, y, z, c):
    """Values of a Hermite series in three variables on a grid."""
    return hermval(z, hermval(y, hermval(x, c)))


@implements("numpy.polynomial.hermite.hermline")
def hermline(off, scl):
    """``off + scl * x``"""
    return linear(off, scl, off, scl / 2)


@implements("numpy.polynomial.hermite.hermadd")
def hermadd(c1, c2):
    """The sum of two Hermite series."""
    return added(c1, c2)


@implements("numpy.polynomial.hermite.hermsub")
def hermsub(c1, c2):
    """The difference of two Hermite series."""
    return subtracted(c1, c2)


@implements("numpy.polynomial.hermite.hermmulx")
def hermmulx(c):
    """A Hermite series times x."""
    a = series(c)
    n = len(a)
    if n == 1 and a[0] == 0:
        return a[:n]
    out = prim.empty(n + 1, prim.dtype(a))
    out[0] = a[0] * 0
    out[1] = a[0] / 2
    for i in range(1, n):
        out[i + 1] = a[i] / 2
        out[i - 1] = out[i - 1] + a[i] * i
    return out[: n + 1]


def series_step(times_x, c1, n):
    return c1 * (2 * (n - 1)), times_x(c1) * 2


def series_last(times_x, c1):
    return times_x(c1) * 2


@implements("numpy.polynomial.hermite.hermmul")
def hermmul(c1, c2):
    """The product of two Hermite series."""
    return multiplied(series_step, series_last, hermmulx, c1, c2)


@implements("numpy.polynomial.hermite.hermdiv")
def hermdiv(c1, c2):
    """Quotient and remainder of two Hermite series."""
    return divided(hermmul, c1, c2)


@implements("numpy.polynomial.hermite.hermpow")
def hermpow(c, pow, maxpower=16):
    """A Hermite series to a power."""
    return raised(hermmul, c, pow, maxpower)


@implements("numpy.polynomial.hermite.poly2herm")
def poly2herm(pol):
    """A polynomial as a Hermite series."""
    return from_powers(hermmulx, pol)


@implements("numpy.polynomial.hermite.herm2poly")
def herm2poly(c):
    """A Hermite series as a polynomial."""
    a = series(c)
    n = len(a)
    if n == 2:
        a[1] = a[1] * 2
    if n < 3:
        return a[:n]
    return summed(series_step, series_last, polymulx, a, line_of_one(1, prim.dtype(a)))


@implements("numpy.polynomial.hermite.hermfromroots")
def hermfromroots(roots):
    """The Hermite series with given roots."""
    return from_roots(hermline, hermmul, roots)


def derived(c):
    n = len(c) - 1
    out = prim.empty((n,) + c.shape[1:], prim.dtype(c))
    for j in range(n, 0, -1):
        out[j - 1] = (2 * j) * c[j]
    return out


@implements("numpy.polynomial.hermite.hermder")
def hermder(c, m=1, scl=1, axis=0):
    """The derivative, m times."""
    return derivative(derived, c, m, scl, axis)


def antiderived(c):
    n = len(c)
    out = prim.empty((n + 1,) + c.shape[1:], prim.dtype(c))
    out[0] = c[0] * 0
    out[1] = c[0] / 2
    for j in range(1, n):
        out[j + 1] = c[j] / (2 * (j + 1))
    return out


@implements("numpy.polynomial.hermite.hermint")
def hermint(c, m=1, k="<missing>", lbnd=0, scl=1, axis=0):
    """The antiderivative, m times."""
    return integral(antiderived, hermite_at, c, m, k, lbnd, scl, axis)


def twice(x):
    return x * 2


def following(v, before, x, i):
    return v * (x * 2) - before * (2 * (i - 1))


@implements("numpy.polynomial.hermite.hermvander")
def hermvander(x, deg):
    """Values of the Hermite polynomials, in a last axis."""
    return vandermonde(twice, following, x, deg)


@implements("numpy.polynomial.hermite.hermvander2d")
def hermvander2d(x, y, deg):
    """Products of values in two variables, in a last axis."""
    return vandermonde_2d(hermvander, x, y, deg)


@implements("numpy.polynomial.hermite.hermvander3d")
def hermvander3d(x, y, z, deg):
    """Products of values in three variables, in a last axis."""
    return vandermonde_3d(hermvander, x, y, z, deg)


@implements("numpy.polynomial.hermite.hermfit")
def hermfit(x, y, deg, rcond=None, full=False, w=None):
    """The Hermite series closest to points, by least squares."""
    return fit("np.polynomial.hermite.hermfit", hermvander, x, y, deg, rcond, full, w)


def beside(i, n):
    return np.sqrt(np.float64(0.5) * i)


def last_column(a, i, n):
    factor = np.float64(1)
    for j in range(n - 1, i, -1):
        factor = factor * (1.0 / np.sqrt(np.float64(2.0) * j))
    return factor * a[i] / (2.0 * a[n])


def single_root(a, b):
    return -0.5 * a / b


def matrix_of(a):
    return companion(a, beside, beside, last_column, single_root)


def rotated(a):
    return matrix_of(a)[::-1, ::-1]


@implements("numpy.polynomial.hermite.hermcompanion")
def hermcompanion(c):
    """The matrix that has a series's roots for eigenvalues."""
    return matrix_of(series(c))


@implements("numpy.polynomial.hermite.hermroots")
def hermroots(c):
    """A series's roots, always complex."""
    return roots(rotated, single_root, series(c))


@implements("numpy.polynomial.hermite.hermgauss")
def hermgauss(deg):
    """Points and weights of Gauss-Hermite quadrature."""
    return by_hermite(matrix_of, positive_degree(deg), np.pi, 2.0)


@implements("numpy.polynomial.hermite.hermweight")
def hermweight(x):
    """The weight function ``exp(-x**2)``."""
    return np.exp(-(x ** 2))
