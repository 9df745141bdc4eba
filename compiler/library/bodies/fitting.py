"""Polynomials and their roots: poly, roots, polyfit.

As `np.linalg.eigvals` gives complex numbers here, so does `roots`. Not here: the roots of
a matrix's characteristic polynomial and complex roots in `poly`, whose result may be real
or complex depending on values; the covariance and the diagnostics of a fit.
"""

from copying import as_array
from shape import atleast_1d


def single_or_double(dtype):
    """The dtype of floats; integers count as doubles."""
    return dtype if prim.kind(dtype) == "f" else prim.dtype(np.float64)


@implements("numpy.poly")
def poly(seq_of_zeros):
    """The coefficients of a polynomial with given roots."""
    if prim.is_tuple(seq_of_zeros) and len(seq_of_zeros) == 0:
        return 1.0
    else:
        return product_of_roots(atleast_1d(as_array(seq_of_zeros)), seq_of_zeros)


def product_of_roots(given, seq_of_zeros):
    if given.ndim != 1:
        prim.error("np.poly() takes a line of roots here, not {}", seq_of_zeros)
    elif prim.kind(prim.dtype(given)) == "c":
        prim.error("np.poly() of complex roots is not compiled: the result may be real")
    else:
        dtype = single_or_double(prim.dtype(given))
        if len(given) == 0:
            raise NotImplementedError("np.poly() of an array without roots gives a number, which is not compiled: write 1.0 for it")
        a = prim.empty(1, dtype)
        a[0] = prim.cast(1, dtype)
        factor = prim.empty(2, dtype)
        factor[0] = prim.cast(1, dtype)
        for i in range(len(given)):
            factor[1] = -prim.cast(given[i], dtype)
            a = np.convolve(a, factor)
        return a


@implements("numpy.roots")
def roots(p):
    """The roots of a polynomial."""
    line = atleast_1d(as_array(p))
    if line.ndim != 1:
        raise ValueError("Input must be a rank-1 array.")
    else:
        first = 0
        while first < len(line) and line[first] == 0:
            first += 1
        end = len(line)
        while end > first and line[end - 1] == 0:
            end -= 1
        zeros = len(line) - end if end > first else 0
        n = end - first
        dtype = prim.dtype(np.complex64) if prim.dtype(line) == np.float32 else prim.dtype(np.complex128)
        if prim.dtype(line) == np.complex64:
            dtype = prim.dtype(np.complex64)
        out = prim.zeros(max(n - 1, 0) + zeros, dtype)
        if n > 1:
            out[: n - 1] = np.linalg.eigvals(companion(line[first:end]))
        return out


def companion(p):
    """The matrix that has the roots for eigenvalues."""
    n = len(p) - 1
    dtype = prim.dtype(p) if prim.kind(prim.dtype(p)) in ("f", "c") else prim.dtype(np.float64)
    a = prim.zeros((n, n), dtype)
    for i in range(1, n):
        a[i, i - 1] = prim.cast(1, dtype)
    for j in range(n):
        a[0, j] = -prim.cast(p[j + 1], dtype) / prim.cast(p[0], dtype)
    return a


@implements("numpy.polyfit")
def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False):
    """The coefficients of the polynomial closest to points, by least squares."""
    if full or cov:
        prim.error("full= and cov= of np.polyfit() are not compiled")
    else:
        at = as_array(x) + 0.0
        values = as_array(y) + 0.0
        order = int(deg) + 1
        if order < 1:
            raise ValueError("expected deg >= 0")
        if at.ndim != 1:
            raise TypeError("expected 1D vector for x")
        elif values.ndim < 1 or values.ndim > 2:
            raise TypeError("expected 1D or 2D array for y")
        else:
            if at.size == 0:
                raise TypeError("expected non-empty vector for x")
            if at.shape[0] != values.shape[0]:
                raise TypeError("expected x and y to have same length")
            limit = len(at) * np.finfo(prim.dtype(at)).eps if rcond is None else rcond
            left = np.vander(at, order)
            c, rank = fitted(left, values, limit, w)
            if rank != order:
                prim.warn_note("np.polyfit(np.ones(2), np.ones(2), 1)")
            return c


def fitted(left, values, limit, w):
    if w is None:
        scale = np.sqrt(np.sum(left * left, axis=0))
        solution = np.linalg.lstsq(left / scale, values, limit)
        return unscaled(solution[0], scale), solution[2]
    else:
        weights = as_array(w) + 0.0
        if weights.ndim != 1:
            raise TypeError("expected a 1-d array for weights")
        else:
            if weights.shape[0] != values.shape[0]:
                raise TypeError("expected w and y to have the same length")
            weighted = left * weights[:, None]
            scale = np.sqrt(np.sum(weighted * weighted, axis=0))
            solution = np.linalg.lstsq(weighted / scale, (values.T * weights).T, limit)
            return unscaled(solution[0], scale), solution[2]


def unscaled(c, scale):
    return (c.T / scale).T
