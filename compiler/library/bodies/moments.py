"""Means and variances: mean, var, std, nanmean.

Sums are NumPy's; a mean divides in the dtype that the sum and an int64 have in
common and casts back. The variance is computed in two passes, as NumPy does.
"""

from arrays import broadcast_source
from axes import constant_flag, dtype_or, marks_of, no_out, reduced_size
from copying import as_array
from nest import room_like
from sums import is_inexact, sum_as, without_nan, count_numbers


def mean_dtype(dtype):
    """The dtype of a mean: float64 for integers."""
    if is_inexact(dtype):
        return prim.dtype(dtype)
    else:
        return prim.dtype(np.float64)


def ratio(total, count):
    """A sum divided by a count, in the sum's dtype."""
    wide = prim.result_type(prim.dtype(total), prim.dtype(count))
    return prim.cast(prim.cast(total, wide) / prim.cast(count, wide), prim.dtype(total))


def divide_by(a, count):
    """Divides all elements in place."""
    if a.ndim == 0:
        a[()] = ratio(a[()], count)
    elif a.ndim == 1:
        for i in range(len(a)):
            a[i] = ratio(a[i], count)
    else:
        for i in range(len(a)):
            divide_by(a[i], count)


def divided(total, count):
    """A sum, of one slice or of several, divided by a count."""
    if prim.is_array(total):
        divide_by(total, count)
        return total
    else:
        return ratio(total, count)


@implements("numpy.mean", "ndarray.mean")
def mean(a, axis=None, dtype=None, out=None, keepdims=False):
    no_out(out)
    x = as_array(a)
    wanted = dtype_or(dtype, mean_dtype(prim.dtype(x)))
    count = reduced_size(x.shape, marks_of(axis, x.ndim))
    return divided(sum_as(x, axis, wanted, keepdims, None), np.int64(count))


def squared_difference(x, m):
    """``|x - m| ** 2``, a real number."""
    d = x - m
    if prim.kind(prim.dtype(d)) == "c":
        return d.real * d.real + d.imag * d.imag
    else:
        return d * d


def squared_differences(out, a, means):
    """Squared distances of all elements from their means, which are broadcast."""
    if a.ndim == 0:
        out[()] = squared_difference(a[()], means[()])
    elif a.ndim == 1:
        for i in range(len(a)):
            out[i] = squared_difference(a[i], means[i])
    elif prim.layout(a) == "F":
        squared_differences(out.T, a.T, means.T)
    else:
        for i in range(len(a)):
            squared_differences(out[i], a[i], means[i])


def real_dtype(dtype):
    """The dtype of a complex dtype's parts."""
    if dtype == prim.dtype(np.complex64):
        return prim.dtype(np.float32)
    elif dtype == prim.dtype(np.complex128):
        return prim.dtype(np.float64)
    else:
        return prim.dtype(dtype)


@implements("numpy.var", "ndarray.var")
def var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    no_out(out)
    constant_flag(keepdims)
    x = as_array(a)
    wanted = dtype_or(dtype, mean_dtype(prim.dtype(x)))
    count = np.int64(reduced_size(x.shape, marks_of(axis, x.ndim)))
    means = as_array(sum_as(x, axis, wanted, True, None))
    divide_by(means, count)
    room = room_like(x, real_dtype(prim.result_type(prim.dtype(x), wanted)))
    squared_differences(room, x, broadcast_source(means, x.shape))
    total = sum_as(room, axis, real_dtype(wanted), keepdims, None)
    return divided(total, degrees(count, ddof))


def degrees(count, ddof):
    """``max(count - ddof, 0)``"""
    if prim.is_integer(ddof):
        return np.maximum(count - np.int64(ddof), np.int64(0))
    else:
        return np.maximum(count - np.float64(ddof), np.float64(0.0))


def roots(a):
    """Square roots of all elements in place."""
    if a.ndim == 1:
        for i in range(len(a)):
            a[i] = np.sqrt(a[i])
    else:
        for i in range(len(a)):
            roots(a[i])


@implements("numpy.std", "ndarray.std")
def std(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    result = var(a, axis, dtype, out, ddof, keepdims)
    if prim.is_array(result):
        roots(result)
        return result
    else:
        return np.sqrt(result)


def divide_each(a, counts):
    """Divides elements by counts of the same shape in place."""
    if a.ndim == 1:
        for i in range(len(a)):
            a[i] = a[i] / prim.cast(counts[i], prim.dtype(a))
    else:
        for i in range(len(a)):
            divide_each(a[i], counts[i])


@implements("numpy.nanmean")
def nanmean(a, axis=None, dtype=None, out=None, keepdims=False):
    x = as_array(a)
    if is_inexact(prim.dtype(x)):
        no_out(out)
        wanted = dtype_or(dtype, prim.dtype(x))
        counts = count_numbers(x, axis, keepdims)
        total = sum_as(without_nan(x), axis, wanted, keepdims, None)
        if prim.is_array(total):
            divide_each(total, counts)
            return total
        else:
            return total / prim.cast(counts, wanted)
    else:
        return mean(x, axis, dtype, out, keepdims)
