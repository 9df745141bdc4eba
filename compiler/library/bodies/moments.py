"""Means and variances: mean, var, std.

Sums are NumPy's; a mean divides in the dtype that the sum and an int64 have in
common and casts back. The variance is computed in two passes, as NumPy does.
"""

from arrays import broadcast_source, broadcasts
from axes import constant_flag, dtype_or, reduced_size, strict_marks
from copying import as_array
from masked import chosen, everywhere
from nest import room_like
from on_threads import squared_on_threads, squared_rows
from outputs import check_out, loop_dtype
from sums import is_inexact, sum_chosen
from warned import empty_mean, no_degrees


def mean_dtype(dtype):
    """The dtype of a mean: float64 for integers."""
    if is_inexact(dtype):
        return prim.dtype_given(dtype)
    else:
        return prim.dtype(np.float64)


def mean_loop(array, dtype, out):
    """The dtype in which a mean adds up."""
    if is_inexact(prim.dtype(array)):
        return loop_dtype(array, dtype, out, prim.dtype(array))
    else:
        return dtype_or(dtype, np.float64)


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


def divide_each(a, counts):
    """Divides elements by counts of the same shape in place."""
    if a.ndim == 0:
        a[()] = ratio(a[()], counts[()])
    elif a.ndim == 1:
        for i in range(len(a)):
            a[i] = ratio(a[i], counts[i])
    else:
        for i in range(len(a)):
            divide_each(a[i], counts[i])


def divided(total, count):
    """A sum, of one slice or of several, divided by its count or counts."""
    if prim.is_array(total):
        if prim.is_array(count):
            divide_each(total, count)
        else:
            divide_by(total, count)
        return total
    else:
        return ratio(total, count)


def counted_items(a, axis, keepdims, where):
    """How many elements go into each result: one number, or an array of them for `where`."""
    marks = strict_marks(axis, a.ndim)
    if everywhere(where):
        return np.int64(reduced_size(a.shape, marks))
    else:
        return chosen(where, a, axis, keepdims)


@implements("numpy.mean")
def mean(a, axis=None, dtype=None, out=None, keepdims=False, *, where=True):
    """The arithmetic mean."""
    return mean_as(("np.mean(", ", "), as_array(a), axis, dtype, out, keepdims, where)


@implements("ndarray.mean")
def mean_method(a, axis=None, dtype=None, out=None, keepdims=False, *, where=True):
    """The arithmetic mean."""
    return mean_as(("", ".mean("), a, axis, dtype, out, keepdims, where)


def mean_as(call, x, axis, dtype, out, keepdims, where):
    """The mean of an array, with the warnings of a call."""
    count = counted_items(x, axis, keepdims, where)
    result = divided(sum_chosen(x, axis, mean_loop(x, dtype, out), out, keepdims, None, where), count)
    empty_mean(result, count, prim.dtype(result) if is_inexact(prim.dtype(x)) else prim.dtype(x), call)
    return result


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
    elif prim.layout(a) == "F" and a.ndim > 1:
        squared_differences(out.T, a.T, means.T)
    elif prim.on_threads_numpy and a.size >= prim.enough and len(a) > 1:
        if a.ndim == 1:
            squared_on_threads(out, a, means, squared_difference)
        else:
            squared_rows(out, a, means, squared_each)
    else:
        squared_each(out, a, means)


def squared_each(out, a, means):
    """The same on one thread, of arrays with an axis or more."""
    if a.ndim == 1:
        for i in range(len(a)):
            out[i] = squared_difference(a[i], means[i])
    else:
        for i in range(len(a)):
            squared_each(out[i], a[i], means[i])


def real_dtype(dtype):
    """The dtype of a complex dtype's parts."""
    if dtype == prim.dtype(np.complex64):
        return prim.dtype(np.float32)
    elif dtype == prim.dtype(np.complex128):
        return prim.dtype(np.float64)
    else:
        return prim.dtype_given(dtype)


def means_of(x, axis, wanted, mean, where):
    """The means that distances are taken from, with the array's axes."""
    if mean is None:
        means = as_array(sum_chosen(x, axis, wanted, None, True, None, where))
        count = counted_items(x, axis, True, where)
        if prim.is_array(count):
            divide_each(means, count)
        else:
            divide_by(means, count)
        return means
    else:
        given = as_array(strong(mean, x))
        if given.ndim > x.ndim:
            prim.error("the means have more axes than the array: {}", mean)
        else:
            prim.guard(
                broadcasts(given.shape, x.shape),
                "ValueError",
                "operands could not be broadcast together with shapes {} {} ",
                x.shape,
                given.shape,
            )
            return given


def strong(x, like):
    """A Python number in the dtype that it has beside an array's elements."""
    if prim.is_number(x) and prim.is_weak(x):
        return prim.promote(x, prim.cast(0, prim.dtype(like)))
    else:
        return x


def variance(call, x, axis, dtype, out, ddof, keepdims, where, mean):
    """`var` of an array, with the warnings of a call."""
    constant_flag(keepdims)
    wanted = dtype_or(dtype, mean_dtype(prim.dtype(x)))
    means = means_of(x, axis, wanted, mean, where)
    room = room_like(x, real_dtype(prim.result_type(prim.dtype(x), prim.dtype(means))))
    squared_differences(room, x, broadcast_source(means, x.shape))
    if dtype is None and out is None:
        # Integers and bool add up in the dtype of a mean also where the means are given.
        total = sum_chosen(room, axis, sum_loop(x, room), None, keepdims, None, where)
    elif dtype is None:
        total = sum_chosen(room, axis, prim.result_type(sum_loop(x, room), prim.dtype(out)), out, keepdims, None, where)
    else:
        total = sum_chosen(room, axis, real_dtype(wanted), out, keepdims, None, where)
    count = counted_items(x, axis, keepdims, where)
    no_degrees(total, count, ddof, mean, prim.dtype(total) if is_inexact(prim.dtype(x)) else prim.dtype(x), call)
    return divided(total, degrees(count, ddof))


def sum_loop(x, squares):
    """The dtype in which squares add up where none is asked for."""
    if is_inexact(prim.dtype(x)):
        return prim.dtype(squares)
    else:
        return prim.dtype(np.float64)


def degrees(count, ddof):
    """``max(count - ddof, 0)``"""
    if prim.is_array(count):
        return np.maximum(count - ddof, 0)
    elif prim.is_integer(ddof):
        return np.maximum(count - np.int64(ddof), np.int64(0))
    else:
        return np.maximum(count - np.float64(ddof), np.float64(0.0))


def one_of(ddof, correction):
    """The degrees of freedom that are lost, by either of two names."""
    if correction is None:
        return ddof
    elif prim.is_literal(ddof) and ddof == 0:
        return correction
    else:
        if ddof != 0:
            raise ValueError("ddof and correction can't be provided simultaneously.")
        return correction


@implements("numpy.var")
def var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=None):
    """The variance."""
    return variance(("np.var(", ", "), as_array(a), axis, dtype, out, one_of(ddof, correction), keepdims, where, mean)


@implements("ndarray.var")
def var_method(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None):
    """The variance."""
    return variance(("", ".var("), a, axis, dtype, out, ddof, keepdims, where, mean)


def roots(a):
    """Square roots of all elements in place."""
    if a.ndim == 0:
        a[()] = np.sqrt(a[()])
    elif a.ndim == 1:
        for i in range(len(a)):
            a[i] = np.sqrt(a[i])
    else:
        for i in range(len(a)):
            roots(a[i])


def rooted(result):
    """Square roots of a variance or of several."""
    if prim.is_array(result):
        if prim.kind(prim.dtype(result)) != "f" and prim.kind(prim.dtype(result)) != "c":
            prim.error("cannot cast the output of sqrt to {} with casting rule 'same_kind'", result)
        else:
            roots(result)
            return result
    else:
        return np.sqrt(result)


@implements("numpy.std")
def std(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=None):
    """The standard deviation."""
    x = as_array(a)
    return rooted(variance(("np.std(", ", "), x, axis, dtype, out, one_of(ddof, correction), keepdims, where, mean))


@implements("ndarray.std")
def std_method(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None):
    """The standard deviation."""
    return rooted(variance(("", ".std("), a, axis, dtype, out, ddof, keepdims, where, mean))
