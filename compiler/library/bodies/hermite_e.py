"""`numpy.polynomial.hermite_e`: series of Hermite polynomials, those of statisticians.

Roots are always complex, as those of `np.roots` are here; products, quotients and powers
are of double precision, since the dtype of NumPy's depends on values in single precision.
"""

from gauss_quadrature import by_hermite, positive_degree
from power_series import itself, polymulx
from series import added, divided, from_powers, from_roots, line_of_one, linear, multiplied, raised, series
from series import subtracted, summed
from series_calculus import derivative, integral
from series_values import clenshaw, companion, fit, roots, values, values_2d, values_3d
from series_values import vandermonde, vandermonde_2d, vandermonde_3d


def value_step(a, c0, c1, x, n):
    return a - c1 * (n - 1), c0 + c1 * x


def value_end(c0, c1, x):
    return c0 + c1 * x


def hermite_e_at(c, x):
    """The value of a line of coefficients at a number."""
    return clenshaw(value_step, value_end, c, x)


@implements("numpy.polynomial.hermite_e.hermeval")
def hermeval(x, c, tensor=True):
    """Values of a HermiteE series."""
    return values(hermite_e_at, -2, x, c, tensor)


@implements("numpy.polynomial.hermite_e.hermeval2d")
def hermeval2d(x, y, c):
    """Values of a HermiteE series in two variables."""
    return values_2d(hermeval, x, y, c)


@implements("numpy.polynomial.hermite_e.hermeval3d")
def hermeval3d(x, y, z, c):
    """Values of a HermiteE series in three variables."""
    return values_3d(hermeval, x, y, z, c)


@implements("numpy.polynomial.hermite_e.hermegrid2d")
def hermegrid2d(x, y, c):
    """Values of a HermiteE series in two variables on a grid."""
    return hermeval(y, hermeval(x, c))


@implements("numpy.polynomial.hermite_e.hermegrid3d")
def hermegrid3d(x, y, z, c):
    """Values of a HermiteE series in three variables on a grid."""
    return hermeval(z, hermeval(y, hermeval(x, c)))


@implements("numpy.polynomial.hermite_e.hermeline")
def hermeline(off, scl):
    """``off + scl * x``"""
    return linear(off, scl, off, scl)


@implements("numpy.polynomial.hermite_e.hermeadd")
def hermeadd(c1, c2):
    """The sum of two HermiteE series."""
    return added(c1, c2)


@implements("numpy.polynomial.hermite_e.hermesub")
def hermesub(c1, c2):
    """The difference of two HermiteE series."""
    return subtracted(c1, c2)


@implements("numpy.polynomial.hermite_e.hermemulx")
def hermemulx(c):
    """A HermiteE series times x."""
    a = series(c)
    n = len(a)
    if n == 1 and a[0] == 0:
        return a[:n]
    out = prim.empty(n + 1, prim.dtype(a))
    out[0] = a[0] * 0
    out[1] = a[0]
    for i in range(1, n):
        out[i + 1] = a[i]
        out[i - 1] = out[i - 1] + a[i] * i
    return out[: n + 1]


def series_step(times_x, c1, n):
    return c1 * (n - 1), times_x(c1)


def series_last(times_x, c1):
    return times_x(c1)


@implements("numpy.polynomial.hermite_e.hermemul")
def hermemul(c1, c2):
    """The product of two HermiteE series."""
    return multiplied(series_step, series_last, hermemulx, c1, c2)


@implements("numpy.polynomial.hermite_e.hermediv")
def hermediv(c1, c2):
    """Quotient and remainder of two HermiteE series."""
    return divided(hermemul, c1, c2)


@implements("numpy.polynomial.hermite_e.hermepow")
def hermepow(c, pow, maxpower=16):
    """A HermiteE series to a power."""
    return raised(hermemul, c, pow, maxpower)


@implements("numpy.polynomial.hermite_e.poly2herme")
def poly2herme(pol):
    """A polynomial as a HermiteE series."""
    return from_powers(hermemulx, pol)


@implements("numpy.polynomial.hermite_e.herme2poly")
def herme2poly(c):
    """A HermiteE series as a polynomial."""
    a = series(c)
    n = len(a)
    if n < 3:
        return a[:n]
    return summed(series_step, series_last, polymulx, a, line_of_one(1, prim.dtype(a)))


@implements("numpy.polynomial.hermite_e.hermefromroots")
def hermefromroots(roots):
    """The HermiteE series with given roots."""
    return from_roots(hermeline, hermemul, roots)


def derived(c):
    n = len(c) - 1
    out = prim.empty((n,) + c.shape[1:], prim.dtype(c))
    for j in range(n, 0, -1):
        out[j - 1] = j * c[j]
    return out


@implements("numpy.polynomial.hermite_e.hermeder")
def hermeder(c, m=1, scl=1, axis=0):
    """The derivative, m times."""
    return derivative(derived, c, m, scl, axis)


def antiderived(c):
    n = len(c)
    out = prim.empty((n + 1,) + c.shape[1:], prim.dtype(c))
    out[0] = c[0] * 0
    out[1] = c[0]
    for j in range(1, n):
        out[j + 1] = c[j] / (j + 1)
    return out


@implements("numpy.polynomial.hermite_e.hermeint")
def hermeint(c, m=1, k="<missing>", lbnd=0, scl=1, axis=0):
    """The antiderivative, m times."""
    return integral(antiderived, hermite_e_at, c, m, k, lbnd, scl, axis)


def following(v, before, x, i):
    return v * x - before * (i - 1)


@implements("numpy.polynomial.hermite_e.hermevander")
def hermevander(x, deg):
    """Values of the Hermite polynomials He_n, in a last axis."""
    return vandermonde(itself, following, x, deg)


@implements("numpy.polynomial.hermite_e.hermevander2d")
def hermevander2d(x, y, deg):
    """Products of values in two variables, in a last axis."""
    return vandermonde_2d(hermevander, x, y, deg)


@implements("numpy.polynomial.hermite_e.hermevander3d")
def hermevander3d(x, y, z, deg):
    """Products of values in three variables, in a last axis."""
    return vandermonde_3d(hermevander, x, y, z, deg)


@implements("numpy.polynomial.hermite_e.hermefit")
def hermefit(x, y, deg, rcond=None, full=False, w=None):
    """The HermiteE series closest to points, by least squares."""
    return fit("np.polynomial.hermite_e.hermefit", hermevander, x, y, deg, rcond, full, w)


def beside(i, n):
    return np.sqrt(np.float64(i))


def last_column(a, i, n):
    factor = np.float64(1)
    for j in range(n - 1, i, -1):
        factor = factor * (1.0 / np.sqrt(np.float64(j)))
    return factor * a[i] / a[n]


def single_root(a, b):
    return -a / b


def matrix_of(a):
    return companion(a, beside, beside, last_column, single_root)


def rotated(a):
    return matrix_of(a)[::-1, ::-1]


@implements("numpy.polynomial.hermite_e.hermecompanion")
def hermecompanion(c):
    """The matrix that has a series's roots for eigenvalues."""
    return matrix_of(series(c))


@implements("numpy.polynomial.hermite_e.hermeroots")
def hermeroots(c):
    """A series's roots, always complex."""
    return roots(rotated, single_root, series(c))


@implements("numpy.polynomial.hermite_e.hermegauss")
def hermegauss(deg):
    """Points and weights of Gauss-Hermite quadrature."""
    return by_hermite(matrix_of, positive_degree(deg), 2 * np.pi, 1.0)


@implements("numpy.polynomial.hermite_e.hermeweight")
def hermeweight(x):
    """The weight function ``exp(-x**2 / 2)``."""
    return np.exp(-0.5 * x ** 2)
