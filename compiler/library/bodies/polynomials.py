"""Polynomials as arrays of coefficients, the highest power first: polyval, polyadd, polysub, polyder, polyint."""

from arrays import copy_elements
from copying import as_array, duplicate
from shape import atleast_1d


@implements("numpy.polyval")
def polyval(p, x):
    """A polynomial's values by Horner's rule."""
    coefficients = as_array(p)
    if coefficients.ndim != 1:
        prim.error("the coefficients must be one-dimensional, not {}", p)
    elif prim.is_number(x):
        return horner(coefficients, prim.to_numpy(x))
    elif as_array(x).ndim == 0:
        return horner(coefficients, as_array(x)[()])
    else:
        return horner_array(coefficients, as_array(x))


def horner(p, x):
    """The value at a number."""
    work = prim.result_type(prim.dtype(p), prim.dtype(x))
    at = prim.cast(x, work)
    y = prim.cast(0, work)
    for i in range(len(p)):
        y = y * at + prim.cast(p[i], work)
    return y


def horner_array(p, x):
    """The values at each element of an array."""
    work = prim.result_type(prim.dtype(p), prim.dtype(x))
    at = duplicate(x, work, "K")
    y = np.zeros_like(at)
    for i in range(len(p)):
        y[...] = y * at + prim.cast(p[i], work)
    return y


def aligned(a, n, dtype):
    """Coefficients with zeros in front, in a dtype."""
    out = prim.zeros(n, dtype)
    copy_elements(out[n - len(a):], a)
    return out


def coefficients(a):
    """Coefficients as a line."""
    line = atleast_1d(a)
    if line.ndim != 1:
        prim.error("the coefficients must be one-dimensional, not {}", a)
    else:
        return line


@implements("numpy.polyadd")
def polyadd(a1, a2):
    """The sum of two polynomials."""
    x = coefficients(a1)
    y = coefficients(a2)
    work = prim.result_type(prim.dtype(x), prim.dtype(y))
    n = max(len(x), len(y))
    return aligned(x, n, work) + aligned(y, n, work)


@implements("numpy.polysub")
def polysub(a1, a2):
    """The difference of two polynomials."""
    x = coefficients(a1)
    y = coefficients(a2)
    work = prim.result_type(prim.dtype(x), prim.dtype(y))
    n = max(len(x), len(y))
    return aligned(x, n, work) - aligned(y, n, work)


@implements("numpy.polyder")
def polyder(p, m=1):
    """The derivative, m times."""
    a = as_array(p)
    if a.ndim != 1:
        prim.error("the coefficients must be one-dimensional, not {}", p)
    elif not prim.is_literal(m) or not prim.is_integer(m):
        prim.error("m must be a constant integer here")
    elif m < 0:
        prim.error("Order of derivative must be positive (see polyint)")
    elif m == 0:
        return a
    else:
        n = len(a) - 1
        powers = np.arange(n, 0, -1)
        return polyder(a[:max(n, 0)] * powers, m - 1)


@implements("numpy.polyint")
def polyint(p, m=1, k=None):
    """The antiderivative, m times, with constants of integration k."""
    a = as_array(p)
    if a.ndim != 1:
        prim.error("the coefficients must be one-dimensional, not {}", p)
    elif not prim.is_literal(m) or not prim.is_integer(m):
        prim.error("m must be a constant integer here")
    elif m < 0:
        prim.error("Order of integral must be positive (see polyder)")
    elif k is not None and not prim.is_number(k):
        prim.error("k= of np.polyint is supported as one number")
    elif k is not None and m > 1:
        prim.error("k= of np.polyint is supported for m=1")
    elif m == 0:
        return a
    else:
        parts = a / np.arange(len(a), 0, -1)
        constant = 0 if k is None else k
        out = prim.empty(len(a) + 1, prim.result_type(prim.dtype(parts), prim.dtype(constant)))
        copy_elements(out[:len(a)], parts)
        out[len(a)] = prim.cast(constant, prim.dtype(out))
        return polyint(out, m - 1)


def without_zeros(a):
    """Coefficients without zeros in front; the zero polynomial is one zero."""
    line = coefficients(a)
    first = 0
    while first < len(line) and line[first] == 0:
        first = first + 1
    if first == len(line):
        return np.zeros(1, prim.dtype(line))
    return line[first:].copy()


@implements("numpy.polymul")
def polymul(a1, a2):
    """The product of two polynomials."""
    return np.convolve(without_zeros(a1), without_zeros(a2))


@implements("numpy.polydiv")
def polydiv(u, v):
    """Quotient and remainder of two polynomials."""
    above = coefficients(u)
    below = coefficients(v)
    work = prim.result_type(prim.result_type(prim.dtype(above), prim.dtype(below)), prim.dtype("float64"))
    if prim.kind(prim.dtype(above)) == "c" or prim.kind(prim.dtype(below)) == "c":
        prim.error("np.polydiv() of complex coefficients is not compiled")
    if prim.dtype(above) == prim.dtype("float32") and prim.dtype(below) == prim.dtype("float32"):
        return divided(above.astype(np.float32), below.astype(np.float32), prim.dtype("float32"))
    return divided(above.astype(work), below.astype(work), work)


def divided(rest, below, work):
    m = len(rest) - 1
    n = len(below) - 1
    if m < 0 or n < 0:
        raise IndexError("index 0 is out of bounds for axis 0 with size 0")
    scale = prim.divide(prim.cast(1, work), below[0])
    quotient = prim.zeros(max(m - n + 1, 1), work)
    for k in range(m - n + 1):
        d = scale * rest[k]
        quotient[k] = d
        for i in range(n + 1):
            rest[k + i] = rest[k + i] - d * below[i]
    first = 0
    while first < m and abs(rest[first]) <= 1e-8:
        first = first + 1
    return quotient, rest[first:]
