"""Weighted means and how variables vary together: average, cov, corrcoef.

Products of variables are added up in lanes: floats may differ in their last bits from
NumPy's, which calls BLAS.
"""

from arrays import copy_elements, spread
from axes import constant_flag, dtype_or, marks_of, normalize, reduced_size
from copying import as_array
from differences import joined
from moments import mean_as
from products import in_dtype
from sums import is_inexact
from warned import constant_variables, few_observations


def weight_dtype(x, w):
    """The dtype of a weighted mean."""
    common = prim.result_type(prim.dtype(x), prim.dtype(w))
    if is_inexact(prim.dtype(x)):
        return common
    else:
        return prim.result_type(common, prim.dtype(np.float64))


def weights_for(w, x, axis):
    """Weights as an array of the axes of what is averaged."""
    if w.ndim == x.ndim:
        if w.shape == x.shape:
            return w
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    elif axis is None:
        prim.error("Axis must be specified when shapes of a and weights differ.")
    elif prim.is_tuple(axis) or w.ndim != 1:
        prim.error("weights of several axes, but not all, are not supported: {}", w)
    else:
        at = normalize(axis, x.ndim)
        if len(w) != x.shape[at]:
            raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
        shape = x.shape
        return prim.view(w, shape, prim.tuple_set((0,) * x.ndim, at, w.strides[0]), 0)


def weighted(x, w, axis, keepdims):
    """The weighted mean and the sums of the weights."""
    dtype = weight_dtype(x, w)
    scale = np.sum(w, axis, dtype, None, keepdims)
    if np.any(scale == 0):
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    products = in_dtype(x, dtype) * in_dtype(w, dtype)
    return np.sum(products, axis, None, None, keepdims) / scale, scale


def filled_like(total, value):
    """A number in the shape of what has been averaged."""
    if prim.is_array(total):
        out = prim.empty(total.shape, prim.dtype(total))
        spread(out, prim.cast(value, prim.dtype(total)))
        return out
    else:
        return prim.cast(value, prim.dtype(total))


@implements("numpy.average")
def average(a, axis=None, weights=None, returned=False, *, keepdims=False):
    """The weighted mean."""
    constant_flag(keepdims)
    x = as_array(a)
    if not prim.is_literal(returned):
        prim.error("returned must be a constant: the result's type depends on it")
    elif weights is None:
        result = mean_as(("np.average(", ", "), x, axis, None, None, keepdims, True)
        if prim.is_array(result):
            if result.size == 0:
                raise ZeroDivisionError("division by zero")
        if returned:
            return result, filled_like(result, reduced_size(x.shape, marks_of(axis, x.ndim)))
        else:
            return result
    else:
        result, scale = weighted(x, weights_for(as_array(weights), x, axis), axis, keepdims)
        if returned:
            return result, scale
        else:
            return result


def dot_lines(x, y):
    """The sum of the products of a line with another one, conjugated, in four lanes."""
    n = len(x)
    other = prim.view(y, (n,), y.strides, 0)
    s0 = prim.cast(0, prim.dtype(x))
    s1 = s0
    s2 = s0
    s3 = s0
    rows = n // 4
    for i in range(rows):
        s0 += x[4 * i] * np.conjugate(other[4 * i])
        s1 += x[4 * i + 1] * np.conjugate(other[4 * i + 1])
        s2 += x[4 * i + 2] * np.conjugate(other[4 * i + 2])
        s3 += x[4 * i + 3] * np.conjugate(other[4 * i + 3])
    for i in range(4 * rows, n):
        s0 += x[i] * np.conjugate(other[i])
    return (s0 + s1) + (s2 + s3)


def variables(m, rowvar):
    """Observations with one row for each variable."""
    x = as_array(m)
    if x.ndim > 2:
        prim.error("m has more than 2 dimensions: {}", m)
    elif x.ndim == 2:
        if rowvar:
            return x
        else:
            return x.T
    else:
        return prim.view(x, (1, x.size), (0, x.itemsize if x.ndim == 0 else x.strides[0]), 0)


def cov_dtype(m, y):
    """The dtype of covariances."""
    own = prim.result_type(prim.dtype(as_array(m)), prim.dtype(np.float64))
    if y is None:
        return own
    else:
        return prim.result_type(own, prim.dtype(as_array(y)))


def observations(m, y, rowvar, dtype):
    """A new array with all variables."""
    if y is None:
        source = variables(m, rowvar)
        out = prim.empty(source.shape, dtype)
        copy_elements(out, source)
        return out
    else:
        return joined(variables(m, rowvar), variables(y, rowvar), 0).astype(dtype)


def counts_of(fweights, n):
    """Checked numbers of repetitions."""
    f = as_array(fweights)
    if prim.kind(prim.dtype(f)) != "i" and prim.kind(prim.dtype(f)) != "u" and prim.kind(prim.dtype(f)) != "b":
        prim.error("fweights must be integer, not {}", fweights)
    elif f.ndim != 1:
        prim.error("cannot handle multidimensional fweights")
    else:
        if len(f) != n:
            raise RuntimeError("incompatible numbers of samples and fweights")
        if np.any(f < 0):
            raise ValueError("fweights cannot be negative")
        return f.astype(np.float64)


def importance_of(aweights, n):
    """Checked weights of observations."""
    w = as_array(aweights)
    if w.ndim != 1:
        prim.error("cannot handle multidimensional aweights")
    else:
        if len(w) != n:
            raise RuntimeError("incompatible numbers of samples and aweights")
        if np.any(w < 0):
            raise ValueError("aweights cannot be negative")
        return w.astype(np.float64)


def weights_of(fweights, aweights, n):
    """All weights, or None."""
    if fweights is None and aweights is None:
        return None
    elif aweights is None:
        return counts_of(fweights, n)
    elif fweights is None:
        return importance_of(aweights, n)
    else:
        return counts_of(fweights, n) * importance_of(aweights, n)


def center(x, w):
    """Takes the (weighted) means from the rows; gives the sum of the weights."""
    if w is None:
        x -= np.sum(x, 1, None, None, True) / np.float64(x.shape[1])
        return np.float64(x.shape[1])
    else:
        total = np.sum(w)
        if total == 0:
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        x -= np.sum(x * w, 1, None, None, True) / total
        return total


def factor(x, w, total, aweights, lost):
    """What sums of products are divided by."""
    if w is None:
        fact = np.float64(x.shape[1]) - lost
    elif aweights is None:
        fact = total - lost
    else:
        fact = total - lost * np.sum(w * as_array(aweights)) / total
    return np.maximum(fact, 0.0)


def covariances(name, m, y, rowvar, bias, ddof, fweights, aweights, dtype):
    """The matrix of covariances, also of one variable."""
    x = observations(m, y, rowvar, dtype_or(dtype, cov_dtype(m, y)))
    if ddof is None:
        lost = np.float64(0.0 if bias else 1.0)
    else:
        lost = np.float64(ddof)
    w = weights_of(fweights, aweights, x.shape[1])
    total = center(x, w)
    divisor = factor(x, w, total, aweights, lost)
    scale = 1.0 / divisor
    out = prim.empty((len(x), len(x)), prim.dtype(x))
    for i in range(len(x)):
        row = x[i]
        if w is not None:
            row = x[i] * w
        for j in range(i, len(x)):
            c = prim.cast(dot_lines(row, x[j]) * scale, prim.dtype(x))
            out[i, j] = c
            out[j, i] = np.conjugate(c)
    if divisor == 0:
        few_observations(out, x.shape[1], name)
    return out


def is_single(m, y):
    """Whether there is one variable, by the types."""
    return y is None and as_array(m).ndim < 2


def check_several(c):
    """A matrix of one variable loses its axes in NumPy, which its type can't tell here."""
    if len(c) == 1:
        raise ValueError("compiled np.cov and np.corrcoef take a single variable as an array of one dimension")


@implements("numpy.cov")
def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    """Covariances of variables."""
    if not prim.is_literal(rowvar):
        prim.error("rowvar must be a constant")
    else:
        c = covariances("np.cov", m, y, rowvar, bias, ddof, fweights, aweights, dtype)
        if is_single(m, y):
            return prim.view_c(c, ())
        else:
            check_several(c)
            return c


def limited(x):
    """A coefficient between -1 and 1."""
    if prim.kind(prim.dtype(x)) == "c":
        return prim.complex(np.clip(x.real, -1, 1), np.clip(x.imag, -1, 1))
    else:
        return np.clip(x, -1, 1)


@implements("numpy.corrcoef")
def corrcoef(x, y=None, rowvar=True, *, dtype=None):
    """Correlation coefficients of variables."""
    if not prim.is_literal(rowvar):
        prim.error("rowvar must be a constant")
    else:
        c = covariances("np.corrcoef", x, y, rowvar, False, None, None, None, dtype)
        constant_variables(c, is_single(x, y))
        if is_single(x, y):
            return c[0, 0] / c[0, 0]
        elif len(c) == 0:
            return c
        else:
            check_several(c)
            deviations = prim.empty(len(c), prim.dtype(np.sqrt(c[0, 0].real)))
            for i in range(len(c)):
                deviations[i] = np.sqrt(c[i, i].real)
            for i in range(len(c)):
                for j in range(len(c)):
                    c[i, j] = limited(c[i, j] / deviations[i] / deviations[j])
            return c
