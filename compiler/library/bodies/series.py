"""Series of polynomials whatever their basis: what the modules of `numpy.polynomial` share.

Coefficients stand in the order of degrees, the lowest first. Here are lines of coefficients,
sums, products by Clenshaw's recurrence, powers, quotients and products of roots. A basis is
given by functions: its product with x, its product of two series, what its recurrence takes.
Values and fits are in `series_values.py`, derivatives and integrals in `series_calculus.py`.

Coefficients that have no common type of numbers for NumPy (booleans) are refused.
"""

from copying import as_array, duplicate
from shape import atleast_1d


def line_of(c):
    """Coefficients as a line that has some."""
    a = atleast_1d(as_array(c))
    if a.size == 0:
        raise ValueError("Coefficient array is empty")
    if a.ndim != 1:
        raise ValueError("Coefficient array is not 1-d")
    else:
        return a


def series_dtype(dtype):
    """The dtype of coefficients: integers become float64."""
    if prim.kind(dtype) == "f" or prim.kind(dtype) == "c":
        return dtype
    elif prim.kind(dtype) == "i" or prim.kind(dtype) == "u":
        return prim.dtype(np.float64)
    else:
        prim.error("Coefficient arrays have no common type: {}", dtype)


def pair_dtype(x, y):
    """The dtype of two lines of coefficients."""
    return prim.result_type(series_dtype(prim.dtype(x)), series_dtype(prim.dtype(y)))


def trimmed(a):
    """A line without zeros of the highest degrees; one coefficient stays."""
    n = len(a)
    while n > 1 and a[n - 1] == 0:
        n -= 1
    return a[:n]


def series(c):
    """New coefficients without zeros of the highest degrees."""
    a = line_of(c)
    return duplicate(trimmed(a), series_dtype(prim.dtype(a)), "C")


def two_series(c1, c2):
    """The same of two, in their common dtype."""
    x = line_of(c1)
    y = line_of(c2)
    dtype = pair_dtype(x, y)
    return duplicate(trimmed(x), dtype, "C"), duplicate(trimmed(y), dtype, "C")


def line_of_one(x, dtype):
    """One coefficient."""
    out = prim.empty(1, dtype)
    out[0] = prim.cast(x, dtype)
    return out


def is_double(dtype):
    """Whether floats of a dtype have double precision."""
    return prim.result_type(dtype, prim.dtype(np.float64)) == dtype


@implements("numpy.polynomial.polyutils.trimcoef", "numpy.polynomial.polynomial.polytrim")
@implements("numpy.polynomial.chebyshev.chebtrim", "numpy.polynomial.legendre.legtrim")
@implements("numpy.polynomial.hermite.hermtrim", "numpy.polynomial.hermite_e.hermetrim")
@implements("numpy.polynomial.laguerre.lagtrim")
def trimcoef(c, tol=0):
    """Coefficients without those at the end that are nearly zero."""
    if tol < 0:
        raise ValueError("tol must be non-negative")
    a = series(c)
    n = len(a)
    while n > 0 and not abs(a[n - 1]) > tol:
        n -= 1
    if n == 0:
        a[0] = a[0] * 0
        return a[:1]
    return a[:n]


def added(c1, c2):
    """The sum of two series."""
    x, y = two_series(c1, c2)
    if len(x) > len(y):
        for i in range(len(y)):
            x[i] = x[i] + y[i]
        return trimmed(x)
    for i in range(len(x)):
        y[i] = y[i] + x[i]
    return trimmed(y)


def subtracted(c1, c2):
    """The difference of two series."""
    x, y = two_series(c1, c2)
    if len(x) > len(y):
        for i in range(len(y)):
            x[i] = x[i] - y[i]
        return trimmed(x)
    for i in range(len(y)):
        y[i] = -y[i]
    for i in range(len(x)):
        y[i] = y[i] + x[i]
    return trimmed(y)


def summed(step, last, times_x, c, xs):
    """``sum(c[k] * xs * p_k)`` by Clenshaw's recurrence (1955), where `xs` is a series too.

    `step(times_x, c0, c1, n)` gives what is subtracted from the next coefficient and what
    is added to the last one; `last(times_x, c1)` is the series times the basis's p_1.
    """
    n = len(c)
    if n == 1:
        return added(c[0] * xs, last(times_x, np.zeros(1, prim.dtype(c))))
    below = c[n - 2] * xs
    top = c[n - 1] * xs
    for k in range(n - 3, -1, -1):
        taken, given = step(times_x, top, k + 2)
        top = added(below, given)
        below = subtracted(c[k] * xs, taken)
    return added(below, last(times_x, top))


def multiplied(step, last, times_x, c1, c2):
    """The product of two series."""
    x, y = two_series(c1, c2)
    if not is_double(prim.dtype(x)):
        prim.error("a product in this basis of {} is not compiled: its dtype depends on values; use float64", x)
    elif len(x) > len(y):
        return summed(step, last, times_x, y, x)
    else:
        return summed(step, last, times_x, x, y)


def from_powers(times_x, pol):
    """A polynomial in another basis, by Horner's rule."""
    a = series(pol)
    dtype = prim.result_type(prim.dtype(a), prim.dtype(np.float64))
    out = prim.zeros(1, dtype)
    for i in range(len(a) - 1, -1, -1):
        out = added(times_x(out), line_of_one(a[i], dtype))
    return out


def raised(multiply, c, power, maxpower):
    """A series to a power, by one product after another."""
    a = series(c)
    n = int(power)
    if n != power or n < 0:
        raise ValueError("Power must be a non-negative integer.")
    if too_large(n, maxpower):
        raise ValueError("Power is too large")
    if n == 0:
        return line_of_one(1, prim.dtype(a))
    out = a
    for i in range(1, n):
        out = multiply(out, a)
    return out


def too_large(n, limit):
    if limit is None:
        return False
    else:
        return n > limit


def quotient_of_one(x, y):
    """A series divided by a number: the quotient, and a remainder of zero."""
    divisor = y[0]
    rest = line_of_one(x[0] * 0, prim.dtype(x))
    return x / divisor, rest


def divided(multiply, c1, c2):
    """Quotient and remainder of two series, degree by degree."""
    x, y = two_series(c1, c2)
    if not is_double(prim.dtype(x)):
        prim.error("a quotient in this basis of {} is not compiled: its dtype depends on values; use float64", x)
    else:
        m = len(x)
        n = len(y)
        if y[n - 1] == 0:
            raise ZeroDivisionError
        if m < n:
            return line_of_one(x[0] * 0, prim.dtype(x)), x[:m]
        if n == 1:
            quotient, rest = quotient_of_one(x, y)
            return quotient, rest[:1]
        out = prim.empty(m - n + 1, prim.dtype(x))
        for i in range(m - n, -1, -1):
            basis = prim.zeros(i + 1, np.float64)
            basis[i] = np.float64(1)
            p = multiply(basis, y)
            end = len(p) - 1
            q = x[n + i - 1] / p[end]
            if end != n + i - 1:
                raise ValueError(
                    f"operands could not be broadcast together with shapes ({n + i - 1},) ({end},) "
                )
            for k in range(end):
                x[k] = x[k] - q * p[k]
            out[i] = q
        return out, trimmed(x[: n - 1])


def from_roots(line, multiply, roots):
    """The series of ``(x - r)`` for all roots multiplied, in pairs."""
    given = as_array(roots)
    if given.ndim == 0:
        prim.error("the roots must be a line, not {}", roots)
    elif given.ndim != 1:
        raise ValueError("Coefficient array is not 1-d")
    else:
        dtype = prim.result_type(series_dtype(prim.dtype(given)), prim.dtype(np.float64))
        n = len(given)
        if n == 0:
            if prim.kind(dtype) == "c":
                raise NotImplementedError("the product of no complex roots is real, which is not compiled")
            return line_of_one(1, dtype)
        ordered = np.sort(given.astype(dtype))
        parts = [line(-ordered[i], 1) for i in range(n)]
        while n > 1:
            half = n // 2
            made = [multiply(parts[i], parts[i + half]) for i in range(half)]
            if n % 2 == 1:
                made[0] = multiply(made[0], parts[n - 1])
            parts = made
            n = half
        return parts[0]


def linear(off, scl, first, second):
    """``off + scl * x`` as the coefficients `first` and `second`."""
    if not (prim.is_number(off) and prim.is_number(scl)):
        prim.error("a line is made of two numbers here, not {}", off)
    elif prim.is_literal(scl):
        if scl == 0:
            return line_of_one(off, prim.dtype(off))
        else:
            return two(first, second)
    elif prim.dtype(off) != prim.result_type(prim.dtype(first), prim.dtype(second)):
        prim.error("a line of {} and another type is not compiled: the dtype depends on values", off)
    else:
        out = two(first, second)
        if scl == 0:
            out[0] = off
            return out[:1]
        return out[:2]


def two(x, y):
    """Two coefficients."""
    dtype = prim.result_type(prim.dtype(x), prim.dtype(y))
    out = prim.empty(2, dtype)
    out[0] = prim.cast(x, dtype)
    out[1] = prim.cast(y, dtype)
    return out


@implements("numpy.polynomial.polyutils.getdomain")
def getdomain(x):
    """The least interval, or rectangle, that has all points."""
    line = line_of(x)
    points = duplicate(line, series_dtype(prim.dtype(line)), "C")
    if prim.kind(prim.dtype(points)) == "c":
        out = prim.empty(2, prim.dtype(np.complex128))
        out[0] = complex(np.min(points.real), np.min(points.imag))
        out[1] = complex(np.max(points.real), np.max(points.imag))
        return out
    else:
        return two(np.min(points), np.max(points))


@implements("numpy.polynomial.polyutils.mapparms")
def mapparms(old, new):
    """Offset and scale of the linear map between two intervals."""
    length = old[1] - old[0]
    return (old[1] * new[0] - old[0] * new[1]) / length, (new[1] - new[0]) / length


@implements("numpy.polynomial.polyutils.mapdomain")
def mapdomain(x, old, new):
    """Points mapped from an interval to another."""
    off, scl = mapparms(old, new)
    if prim.is_number(x):
        return off + scl * x
    else:
        return off + scl * as_array(x)
