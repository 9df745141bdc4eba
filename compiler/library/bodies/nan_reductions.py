"""Reductions that pass over nan: nansum, nanprod, nanmean, nanvar, nanstd, nanmin,
nanmax, nanargmin, nanargmax, nancumsum, nancumprod.

As in NumPy, most are the plain reduction of a copy with the neutral element in the
place of each nan, so the order of a sum, and its bits, are NumPy's. Integers have no
nan: for them the plain function is called.
"""

from arrays import broadcast_source, copy_elements
from axes import constant_flag, dtype_or
from copying import as_array
from extrema import is_empty, largest, smallest
from folds import in_lanes
from masked import everywhere, reduction
from moments import divide_each, mean_as, one_of, ratio, real_dtype, rooted, strong, variance
from nest import room_like
from outputs import deliver, loop_dtype, start_with
from positions import deliver_positions, positions
from scans import cumprod, cumsum
from sums import is_inexact, prod, sum, sum_chosen
from warned import all_nan, empty_mean, of_nothing


def replaced_nan(a, value):
    """A copy with a value in the place of each nan; arrays without nan are themselves."""
    if is_inexact(prim.dtype(a)):
        out = room_like(a, prim.dtype(a))
        copy_elements(out, a)
        put_for_nan(out, prim.cast(value, prim.dtype(a)))
        return out
    else:
        return a


def put_for_nan(a, value):
    """Stores a value where an array has nan."""
    if a.ndim == 0:
        if np.isnan(a[()]):
            a[()] = value
    elif a.ndim == 1:
        for i in range(len(a)):
            a[i] = prim.select(np.isnan(a[i]), value, a[i])
    elif prim.layout(a) == "C":
        put_for_nan(prim.view_c(a, a.size), value)
    else:
        for i in range(len(a)):
            put_for_nan(a[i], value)


def count_numbers(a, axis, keepdims, where):
    """How many elements of each slice aren't nan."""
    return sum_chosen(as_array(~np.isnan(a)), axis, prim.dtype(np.int64), None, keepdims, None, where)


def check_inexact(dtype, out):
    """Refuses what NumPy refuses where the array may have nan."""
    if dtype is not None and not is_inexact(prim.dtype_given(dtype)):
        prim.error("If a is inexact, then dtype must be inexact")
    elif out is not None and not is_inexact(prim.dtype(out)):
        prim.error("If a is inexact, then out must be inexact")


@implements("numpy.nansum")
def nansum(a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True):
    """The sum of the elements that aren't nan."""
    return sum(replaced_nan(as_array(a), 0), axis, dtype, out, keepdims, initial, where)


@implements("numpy.nanprod")
def nanprod(a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True):
    """The product of the elements that aren't nan."""
    return prod(replaced_nan(as_array(a), 1), axis, dtype, out, keepdims, initial, where)


@implements("numpy.nancumsum")
def nancumsum(a, axis=None, dtype=None, out=None):
    """Running sums with nan as 0."""
    return cumsum(replaced_nan(as_array(a), 0), axis, dtype, out)


@implements("numpy.nancumprod")
def nancumprod(a, axis=None, dtype=None, out=None):
    """Running products with nan as 1."""
    return cumprod(replaced_nan(as_array(a), 1), axis, dtype, out)


@implements("numpy.nanmean")
def nanmean(a, axis=None, dtype=None, out=None, keepdims=False, *, where=True):
    """The mean of the elements that aren't nan."""
    x = as_array(a)
    call = ("np.nanmean(", ", ")
    if is_inexact(prim.dtype(x)):
        check_inexact(dtype, out)
        counts = count_numbers(x, axis, keepdims, where)
        result = mean_of_numbers(x, axis, dtype, out, keepdims, where, counts)
        empty_mean(result, counts, prim.dtype(x), call)
        return result
    else:
        return mean_as(call, x, axis, dtype, out, keepdims, where)


def mean_of_numbers(x, axis, dtype, out, keepdims, where, counts):
    """The means of numbers of which there are so many."""
    loop = loop_dtype(x, dtype, out, prim.dtype(x))
    return divided_by(sum_chosen(replaced_nan(x, 0), axis, loop, out, keepdims, None, where), counts)


def divided_by(total, counts):
    """Sums divided by their counts."""
    if prim.is_array(total):
        divide_each(total, as_array(counts))
        return total
    else:
        return ratio(total, counts)


@implements("numpy.nanvar")
def nanvar(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=None):
    """The variance of the elements that aren't nan."""
    return variance_of_numbers(("np.nanvar(", ", "), as_array(a), axis, dtype, out, one_of(ddof, correction), keepdims, where, mean)


def variance_of_numbers(call, x, axis, dtype, out, lost, keepdims, where, mean):
    """`nanvar` of an array, with the warnings of a call."""
    if is_inexact(prim.dtype(x)):
        check_inexact(dtype, out)
        constant_flag(keepdims)
        squares = room_like(x, real_dtype(prim.dtype(x)))
        means = means_of_numbers(x, axis, dtype, mean, where)
        squared_or_zero(squares, x, broadcast_source(means, x.shape))
        loop = loop_dtype(squares, real_or_none(dtype), out, prim.dtype(squares))
        total = sum_chosen(squares, axis, loop, out, keepdims, None, where)
        counts = count_numbers(x, axis, keepdims, where)
        if np.any(counts <= lost):
            of_nothing(total, prim.dtype(x), call, "")
        return by_degrees(total, counts, lost)
    else:
        return variance(call, x, axis, dtype, out, lost, keepdims, where, mean)


def real_or_none(dtype):
    """The dtype of the parts of what ``dtype=`` asks for."""
    if dtype is None:
        return dtype
    else:
        return real_dtype(prim.dtype_given(dtype))


def means_of_numbers(x, axis, dtype, mean, where):
    """The means that distances are taken from, with the array's axes."""
    if mean is None:
        return as_array(mean_of_numbers(x, axis, dtype, None, True, where, count_numbers(x, axis, True, where)))
    elif as_array(mean).ndim > x.ndim:
        prim.error("the means have more axes than the array: {}", mean)
    else:
        return as_array(strong(mean, x))


def squared_or_zero(out, a, means):
    """Squared distances from the means, 0 for each nan."""
    if a.ndim == 0:
        out[()] = square_of(a[()], means[()], prim.dtype(out))
    elif a.ndim == 1:
        for i in range(len(a)):
            out[i] = square_of(a[i], means[i], prim.dtype(out))
    elif prim.layout(a) == "F":
        squared_or_zero(out.T, a.T, means.T)
    else:
        for i in range(len(a)):
            squared_or_zero(out[i], a[i], means[i])


def square_of(x, m, dtype):
    """``|x - m| ** 2`` in the dtype of the elements, or 0 if `x` is nan."""
    d = prim.cast(x - m, prim.dtype(x))
    if prim.kind(prim.dtype(d)) == "c":
        square = d.real * d.real + d.imag * d.imag
    else:
        square = d * d
    return prim.select(np.isnan(x), prim.cast(0, dtype), prim.cast(square, dtype))


def by_degrees(total, counts, lost):
    """Sums of squares divided by degrees of freedom; nan where there are none."""
    if prim.is_array(total):
        degrees_each(total, as_array(counts), lost)
        return total
    else:
        return over_degrees(total, counts, lost)


def over_degrees(total, count, lost):
    """One sum divided."""
    degrees = count - lost
    if degrees <= 0:
        return prim.cast(np.nan, prim.dtype(total))
    return ratio(total, degrees)


def degrees_each(a, counts, lost):
    """Divides all elements in place."""
    if a.ndim == 0:
        a[()] = over_degrees(a[()], counts[()], lost)
    elif a.ndim == 1:
        for i in range(len(a)):
            a[i] = over_degrees(a[i], counts[i], lost)
    else:
        for i in range(len(a)):
            degrees_each(a[i], counts[i], lost)


@implements("numpy.nanstd")
def nanstd(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=None):
    """The standard deviation of the elements that aren't nan."""
    lost = one_of(ddof, correction)
    return rooted(variance_of_numbers(("np.nanstd(", ", "), as_array(a), axis, dtype, out, lost, keepdims, where, mean))


def fmin_pair(x, y):
    return np.fmin(x, y)


def fmax_pair(x, y):
    return np.fmax(x, y)


@implements("numpy.nanmin")
def nanmin(a, axis=None, out=None, keepdims=False, initial=None, where=True):
    """The smallest element that isn't nan."""
    x = as_array(a)
    if prim.kind(prim.dtype(x)) == "c":
        prim.error("np.nanmin of complex numbers is not supported")
    elif prim.kind(prim.dtype(x)) != "f":
        if initial is None and is_empty(x, axis):
            raise ValueError("zero-size array to reduction operation fmin which has no identity")
        return smallest(x, axis, out, keepdims, initial, where)
    elif initial is None and not everywhere(where):
        prim.error("reduction operation 'fmin' does not have an identity, so to use a where mask one has to specify 'initial'")
    else:
        if initial is None and is_empty(x, axis):
            raise ValueError("zero-size array to reduction operation fmin which has no identity")
        dtype = loop_dtype(x, None, out, prim.dtype(x))
        start = start_with(initial, np.nan, dtype)
        result = reduction(x, axis, dtype, out, keepdims, where, start, in_lanes, fmin_pair, False)
        all_nan(result, ("np.nanmin(", ", "))
        return result


@implements("numpy.nanmax")
def nanmax(a, axis=None, out=None, keepdims=False, initial=None, where=True):
    """The largest element that isn't nan."""
    x = as_array(a)
    if prim.kind(prim.dtype(x)) == "c":
        prim.error("np.nanmax of complex numbers is not supported")
    elif prim.kind(prim.dtype(x)) != "f":
        if initial is None and is_empty(x, axis):
            raise ValueError("zero-size array to reduction operation fmax which has no identity")
        return largest(x, axis, out, keepdims, initial, where)
    elif initial is None and not everywhere(where):
        prim.error("reduction operation 'fmax' does not have an identity, so to use a where mask one has to specify 'initial'")
    else:
        if initial is None and is_empty(x, axis):
            raise ValueError("zero-size array to reduction operation fmax which has no identity")
        dtype = loop_dtype(x, None, out, prim.dtype(x))
        start = start_with(initial, np.nan, dtype)
        result = reduction(x, axis, dtype, out, keepdims, where, start, in_lanes, fmax_pair, False)
        all_nan(result, ("np.nanmax(", ", "))
        return result


def refuse_all_nan(a, axis):
    """What NumPy raises where a slice has nothing but nan."""
    if is_inexact(prim.dtype(a)):
        if a.size > 0 and np.any(count_numbers(a, axis, False, True) == 0):
            raise ValueError("All-NaN slice encountered")


@implements("numpy.nanargmin")
def nanargmin(a, axis=None, out=None, *, keepdims=False):
    """The position of the smallest element that isn't nan."""
    x = as_array(a)
    refuse_all_nan(x, axis)
    return deliver_positions(out, positions(replaced_nan(x, np.inf), axis, keepdims, False), False)


@implements("numpy.nanargmax")
def nanargmax(a, axis=None, out=None, *, keepdims=False):
    """The position of the largest element that isn't nan."""
    x = as_array(a)
    refuse_all_nan(x, axis)
    return deliver_positions(out, positions(replaced_nan(x, -np.inf), axis, keepdims, True), True)
