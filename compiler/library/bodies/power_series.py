"""`numpy.polynomial.polynomial`: polynomials as coefficients of powers, the lowest first.

Values by Horner's rule. Roots are always complex, as those of `np.roots` are here.
"""

from copying import as_array
from series import added, from_roots, line_of_one, linear, quotient_of_one, raised, series, subtracted, trimmed
from series import two_series
from series_calculus import derivative, integral
from series_values import companion, fit, floats, values, values_2d, values_3d
from series_values import vandermonde, vandermonde_2d, vandermonde_3d
from series_values import roots


def horner(c, x):
    """The value of a line of coefficients at a number."""
    n = len(c)
    y = c[n - 1] + x * 0
    for i in range(n - 2, -1, -1):
        y = c[i] + y * x
    return y


@implements("numpy.polynomial.polynomial.polyval")
def polyval(x, c, tensor=True):
    """Values of a polynomial."""
    return values(horner, -1, x, c, tensor)


@implements("numpy.polynomial.polynomial.polyval2d")
def polyval2d(x, y, c):
    """Values of a polynomial in two variables."""
    return values_2d(polyval, x, y, c)


@implements("numpy.polynomial.polynomial.polyval3d")
def polyval3d(x, y, z, c):
    """Values of a polynomial in three variables."""
    return values_3d(polyval, x, y, z, c)


@implements("numpy.polynomial.polynomial.polygrid2d")
def polygrid2d(x, y, c):
    """Values of a polynomial in two variables on a grid."""
    return polyval(y, polyval(x, c))


@implements("numpy.polynomial.polynomial.polygrid3d")
def polygrid3d(x, y, z, c):
    """Values of a polynomial in three variables on a grid."""
    return polyval(z, polyval(y, polyval(x, c)))


@implements("numpy.polynomial.polynomial.polyvalfromroots")
def polyvalfromroots(x, r, tensor=True):
    """Values of the product of ``(x - root)``."""
    zeros = floats(r)
    if prim.is_number(x):
        return np.prod(x - zeros, axis=0)
    else:
        at = as_array(x)
        if at.ndim == 0:
            return np.prod(at[()] - zeros, axis=0)
        elif not prim.is_literal(tensor):
            prim.error("tensor= must be a constant: the result's type depends on it")
        elif tensor:
            shape = zeros.shape + (1,) * at.ndim
            each = prim.view(zeros, shape, zeros.strides + (0,) * at.ndim, 0)
            return np.prod(at - each, axis=0)
        elif at.ndim >= zeros.ndim:
            raise ValueError("x.ndim must be < r.ndim when tensor == False")
        else:
            return np.prod(at - zeros, axis=0)


@implements("numpy.polynomial.polynomial.polyline")
def polyline(off, scl):
    """``off + scl * x``"""
    return linear(off, scl, off, scl)


@implements("numpy.polynomial.polynomial.polyadd")
def polyadd(c1, c2):
    """The sum of two polynomials."""
    return added(c1, c2)


@implements("numpy.polynomial.polynomial.polysub")
def polysub(c1, c2):
    """The difference of two polynomials."""
    return subtracted(c1, c2)


@implements("numpy.polynomial.polynomial.polymulx")
def polymulx(c):
    """A polynomial times x."""
    a = series(c)
    n = len(a)
    if n == 1 and a[0] == 0:
        return a[:n]
    out = prim.empty(n + 1, prim.dtype(a))
    out[0] = a[0] * 0
    for i in range(n):
        out[i + 1] = a[i]
    return out[: n + 1]


@implements("numpy.polynomial.polynomial.polymul")
def polymul(c1, c2):
    """The product of two polynomials."""
    x, y = two_series(c1, c2)
    return trimmed(np.convolve(x, y))


@implements("numpy.polynomial.polynomial.polydiv")
def polydiv(c1, c2):
    """Quotient and remainder of two polynomials, by long division."""
    x, y = two_series(c1, c2)
    m = len(x)
    n = len(y)
    leading = y[n - 1]
    if leading == 0:
        raise ZeroDivisionError
    if m < n:
        return line_of_one(x[0] * 0, prim.dtype(x)), x[:m]
    if n == 1:
        quotient, rest = quotient_of_one(x, y)
        return quotient, rest[:1]
    monic = y / leading
    for i in range(m - n, -1, -1):
        top = x[i + n - 1]
        for k in range(n - 1):
            x[i + k] = x[i + k] - monic[k] * top
    return x[n - 1:] / leading, trimmed(x[: n - 1])


@implements("numpy.polynomial.polynomial.polypow")
def polypow(c, pow, maxpower=None):
    """A polynomial to a power."""
    return raised(np.convolve, c, pow, maxpower)


@implements("numpy.polynomial.polynomial.polyfromroots")
def polyfromroots(roots):
    """The monic polynomial with given roots."""
    return from_roots(polyline, polymul, roots)


def derived(c):
    n = len(c) - 1
    out = prim.empty((n,) + c.shape[1:], prim.dtype(c))
    for i in range(n, 0, -1):
        out[i - 1] = i * c[i]
    return out


@implements("numpy.polynomial.polynomial.polyder")
def polyder(c, m=1, scl=1, axis=0):
    """The derivative, m times."""
    return derivative(derived, c, m, scl, axis)


def antiderived(c):
    n = len(c)
    out = prim.empty((n + 1,) + c.shape[1:], prim.dtype(c))
    out[0] = c[0] * 0
    out[1] = c[0]
    for i in range(1, n):
        out[i + 1] = c[i] / (i + 1)
    return out


@implements("numpy.polynomial.polynomial.polyint")
def polyint(c, m=1, k="<missing>", lbnd=0, scl=1, axis=0):
    """The antiderivative, m times."""
    return integral(antiderived, horner, c, m, k, lbnd, scl, axis)


def itself(x):
    return x


def next_power(v, before, x, i):
    return v * x


@implements("numpy.polynomial.polynomial.polyvander")
def polyvander(x, deg):
    """Powers of the elements, in a last axis."""
    return vandermonde(itself, next_power, x, deg)


@implements("numpy.polynomial.polynomial.polyvander2d")
def polyvander2d(x, y, deg):
    """Products of powers of two variables, in a last axis."""
    return vandermonde_2d(polyvander, x, y, deg)


@implements("numpy.polynomial.polynomial.polyvander3d")
def polyvander3d(x, y, z, deg):
    """Products of powers of three variables, in a last axis."""
    return vandermonde_3d(polyvander, x, y, z, deg)


@implements("numpy.polynomial.polynomial.polyfit")
def polyfit(x, y, deg, rcond=None, full=False, w=None):
    """The polynomial closest to points, by least squares."""
    return fit("np.polynomial.polynomial.polyfit", polyvander, x, y, deg, rcond, full, w)


def one(i, n):
    return 1


def zero(i, n):
    return 0


def ratio(a, i, n):
    return a[i] / a[n]


def single_root(a, b):
    return -a / b


def matrix_of(a):
    return companion(a, one, zero, ratio, single_root)


@implements("numpy.polynomial.polynomial.polycompanion")
def polycompanion(c):
    """The matrix that has a polynomial's roots for eigenvalues."""
    return matrix_of(series(c))


@implements("numpy.polynomial.polynomial.polyroots")
def polyroots(c):
    """A polynomial's roots, always complex."""
    return roots(matrix_of, single_root, series(c))
