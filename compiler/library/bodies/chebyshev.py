"""`numpy.polynomial.chebyshev`: series of Chebyshev polynomials of the first kind.

Products and quotients are those of Laurent series in z, where ``T_n = (z^n + z^-n) / 2``.
Roots are always complex, as those of `np.roots` are here.
"""

from gauss_quadrature import positive_degree
from power_series import itself, polymulx
from series import added, from_powers, from_roots, line_of_one, linear, quotient_of_one, series, subtracted, summed
from series import too_large, trimmed, two_series
from series_calculus import derivative, integral
from series_values import clenshaw, companion, fit, roots, values, values_2d, values_3d
from series_values import vandermonde, vandermonde_2d, vandermonde_3d


def value_step(a, c0, c1, x, n):
    return a - c1, c0 + c1 * (2 * x)


def value_end(c0, c1, x):
    return c0 + c1 * x


def chebyshev_at(c, x):
    """The value of a line of coefficients at a number."""
    return clenshaw(value_step, value_end, c, x)


@implements("numpy.polynomial.chebyshev.chebval")
def chebval(x, c, tensor=True):
    """Values of a Chebyshev series."""
    return values(chebyshev_at, -2, x, c, tensor)


@implements("numpy.polynomial.chebyshev.chebval2d")
def chebval2d(x, y, c):
    """Values of a Chebyshev series in two variables."""
    return values_2d(chebval, x, y, c)


@implements("numpy.polynomial.chebyshev.chebval3d")
def chebval3d(x, y, z, c):
    """Values of a Chebyshev series in three variables."""
    return values_3d(chebval, x, y, z, c)


@implements("numpy.polynomial.chebyshev.chebgrid2d")
def chebgrid2d(x, y, c):
    """Values of a Chebyshev series in two variables on a grid."""
    return chebval(y, chebval(x, c))


@implements("numpy.polynomial.chebyshev.chebgrid3d")
def chebgrid3d(x, y, z, c):
    """Values of a Chebyshev series in three variables on a grid."""
    return chebval(z, chebval(y, chebval(x, c)))


@implements("numpy.polynomial.chebyshev.chebline")
def chebline(off, scl):
    """``off + scl * x``"""
    return linear(off, scl, off, scl)


@implements("numpy.polynomial.chebyshev.chebadd")
def chebadd(c1, c2):
    """The sum of two Chebyshev series."""
    return added(c1, c2)


@implements("numpy.polynomial.chebyshev.chebsub")
def chebsub(c1, c2):
    """The difference of two Chebyshev series."""
    return subtracted(c1, c2)


@implements("numpy.polynomial.chebyshev.chebmulx")
def chebmulx(c):
    """A Chebyshev series times x."""
    a = series(c)
    n = len(a)
    if n == 1 and a[0] == 0:
        return a[:n]
    out = prim.empty(n + 1, prim.dtype(a))
    out[0] = a[0] * 0
    out[1] = a[0]
    for i in range(1, n):
        half = a[i] / 2
        out[i + 1] = half
        out[i - 1] = out[i - 1] + half
    return out[: n + 1]


def laurent(c):
    """The coefficients of ``z^-n`` to ``z^n``."""
    n = len(c) - 1
    out = prim.empty(2 * n + 1, prim.dtype(c))
    out[n] = c[0] / 2 + c[0] / 2
    for i in range(1, n + 1):
        half = c[i] / 2
        out[n + i] = half
        out[n - i] = half
    return out


def from_laurent(z):
    """The Chebyshev series of such coefficients."""
    n = len(z) // 2
    out = prim.empty(n + 1, prim.dtype(z))
    out[0] = z[n]
    for i in range(1, n + 1):
        out[i] = z[n + i] * 2
    return out


@implements("numpy.polynomial.chebyshev.chebmul")
def chebmul(c1, c2):
    """The product of two Chebyshev series."""
    x, y = two_series(c1, c2)
    return trimmed(from_laurent(np.convolve(laurent(x), laurent(y))))


@implements("numpy.polynomial.chebyshev.chebdiv")
def chebdiv(c1, c2):
    """Quotient and remainder of two Chebyshev series."""
    x, y = two_series(c1, c2)
    m = len(x)
    n = len(y)
    if y[n - 1] == 0:
        raise ZeroDivisionError
    if m < n:
        return line_of_one(x[0] * 0, prim.dtype(x)), x[:m]
    if n == 1:
        quotient, rest = quotient_of_one(x, y)
        return quotient, rest[:1]
    above = laurent(x)
    below = laurent(y)
    leading = below[0]
    below /= leading
    size = len(below)
    degrees = len(above) - size
    quotient = prim.empty(degrees + 1, prim.dtype(x))
    # Series that are symmetric in z and 1 / z are divided from both ends at once.
    for i in range(degrees // 2):
        j = degrees - i
        top = above[i]
        quotient[i] = top
        quotient[j] = top
        for k in range(size):
            above[i + k] = above[i + k] - top * below[k]
        for k in range(size):
            above[j + k] = above[j + k] - top * below[k]
    middle = degrees // 2
    top = above[middle]
    quotient[middle] = top
    for k in range(size):
        above[middle + k] = above[middle + k] - top * below[k]
    quotient /= leading
    rest = above[middle + 1:middle - 1 + size]
    return trimmed(from_laurent(quotient)), trimmed(from_laurent(rest))


@implements("numpy.polynomial.chebyshev.chebpow")
def chebpow(c, pow, maxpower=16):
    """A Chebyshev series to a power."""
    a = series(c)
    n = int(pow)
    if n != pow or n < 0:
        raise ValueError("Power must be a non-negative integer.")
    if too_large(n, maxpower):
        raise ValueError("Power is too large")
    if n == 0:
        return line_of_one(1, prim.dtype(a))
    if n == 1:
        return a[:]
    factor = laurent(a)
    product = factor
    for i in range(1, n):
        product = np.convolve(product, factor)
    return from_laurent(product)


@implements("numpy.polynomial.chebyshev.poly2cheb")
def poly2cheb(pol):
    """A polynomial as a Chebyshev series."""
    return from_powers(chebmulx, pol)


def series_step(times_x, c1, n):
    return c1, times_x(c1) * 2


def series_last(times_x, c1):
    return times_x(c1)


@implements("numpy.polynomial.chebyshev.cheb2poly")
def cheb2poly(c):
    """A Chebyshev series as a polynomial."""
    a = series(c)
    n = len(a)
    if n < 3:
        return a[:n]
    return summed(series_step, series_last, polymulx, a, line_of_one(1, prim.dtype(a)))


@implements("numpy.polynomial.chebyshev.chebfromroots")
def chebfromroots(roots):
    """The Chebyshev series with given roots."""
    return from_roots(chebline, chebmul, roots)


def derived(c):
    n = len(c) - 1
    out = prim.empty((n,) + c.shape[1:], prim.dtype(c))
    for j in range(n, 2, -1):
        out[j - 1] = (2 * j) * c[j]
        c[j - 2] += j * c[j] / (j - 2)
    if n > 1:
        out[1] = 4 * c[2]
    out[0] = c[1]
    return out


@implements("numpy.polynomial.chebyshev.chebder")
def chebder(c, m=1, scl=1, axis=0):
    """The derivative, m times."""
    return derivative(derived, c, m, scl, axis)


def antiderived(c):
    n = len(c)
    out = prim.empty((n + 1,) + c.shape[1:], prim.dtype(c))
    out[0] = c[0] * 0
    out[1] = c[0]
    if n > 1:
        out[2] = c[1] / 4
    for j in range(2, n):
        out[j + 1] = c[j] / (2 * (j + 1))
        out[j - 1] -= c[j] / (2 * (j - 1))
    return out


@implements("numpy.polynomial.chebyshev.chebint")
def chebint(c, m=1, k="<missing>", lbnd=0, scl=1, axis=0):
    """The antiderivative, m times."""
    return integral(antiderived, chebyshev_at, c, m, k, lbnd, scl, axis)


def following(v, before, x, i):
    return v * (2 * x) - before


@implements("numpy.polynomial.chebyshev.chebvander")
def chebvander(x, deg):
    """Values of the Chebyshev polynomials, in a last axis."""
    return vandermonde(itself, following, x, deg)


@implements("numpy.polynomial.chebyshev.chebvander2d")
def chebvander2d(x, y, deg):
    """Products of values in two variables, in a last axis."""
    return vandermonde_2d(chebvander, x, y, deg)


@implements("numpy.polynomial.chebyshev.chebvander3d")
def chebvander3d(x, y, z, deg):
    """Products of values in three variables, in a last axis."""
    return vandermonde_3d(chebvander, x, y, z, deg)


@implements("numpy.polynomial.chebyshev.chebfit")
def chebfit(x, y, deg, rcond=None, full=False, w=None):
    """The Chebyshev series closest to points, by least squares."""
    return fit("np.polynomial.chebyshev.chebfit", chebvander, x, y, deg, rcond, full, w)


def beside(i, n):
    return np.sqrt(0.5) if i == 1 else np.float64(0.5)


def last_column(a, i, n):
    first = np.float64(1) if i == 0 else np.sqrt(0.5)
    return a[i] / a[n] * (first / np.sqrt(0.5)) * 0.5


def single_root(a, b):
    return -a / b


def matrix_of(a):
    return companion(a, beside, beside, last_column, single_root)


def rotated(a):
    return matrix_of(a)[::-1, ::-1]


@implements("numpy.polynomial.chebyshev.chebcompanion")
def chebcompanion(c):
    """The matrix that has a series's roots for eigenvalues."""
    return matrix_of(series(c))


@implements("numpy.polynomial.chebyshev.chebroots")
def chebroots(c):
    """A series's roots, always complex."""
    return roots(rotated, single_root, series(c))


@implements("numpy.polynomial.chebyshev.chebgauss")
def chebgauss(deg):
    """Points and weights of Gauss-Chebyshev quadrature."""
    n = positive_degree(deg)
    return np.cos(np.pi * np.arange(1, 2 * n, 2) / (2.0 * n)), np.ones(n) * (np.pi / n)


@implements("numpy.polynomial.chebyshev.chebweight")
def chebweight(x):
    """The weight function ``1 / sqrt(1 - x**2)``."""
    return 1.0 / (np.sqrt(1.0 + x) * np.sqrt(1.0 - x))


@implements("numpy.polynomial.chebyshev.chebpts1")
def chebpts1(npts):
    """Chebyshev points of the first kind."""
    n = int(npts)
    if n != npts:
        raise ValueError("npts must be integer")
    if n < 1:
        raise ValueError("npts must be >= 1")
    return np.sin(0.5 * np.pi / n * np.arange(1 - n, n + 1, 2))


@implements("numpy.polynomial.chebyshev.chebpts2")
def chebpts2(npts):
    """Chebyshev points of the second kind."""
    n = int(npts)
    if n != npts:
        raise ValueError("npts must be integer")
    if n < 2:
        raise ValueError("npts must be >= 2")
    return np.cos(np.linspace(-np.pi, 0, n))


def called(func, at, args):
    if prim.is_missing(args):
        return func(at)
    else:
        return func(at, *args)


@implements("numpy.polynomial.chebyshev.chebinterpolate")
def chebinterpolate(func, deg, args="<missing>"):
    """The series that agrees with a function in Chebyshev points."""
    if not prim.is_integer(deg):
        raise TypeError("deg must be an int")
    else:
        if deg < 0:
            raise ValueError("expected deg >= 0")
        n = int(deg) + 1
        at = chebpts1(n)
        c = np.dot(chebvander(at, n - 1).T, called(func, at, args))
        c[0] /= n
        c[1:] /= 0.5 * n
        return c
