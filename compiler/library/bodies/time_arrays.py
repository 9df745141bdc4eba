"""Functions of arrays of `datetime64` and `timedelta64`.

They work on the counts, which are integers where the elements lie (`prim.ticks`), and see to
NaT, the least count: sums and extrema with one are NaT, and in order it comes last, which is
its place after 1 has been taken from all counts.
"""

from arrays import assign
from copying import as_array
from datetimes import cast_elements, divide, nat, ticks_in


def in_unit(a, dtype):
    """The counts of an array, or of one value, in the unit of a dtype."""
    if not prim.is_array(a):
        return ticks_in(a, dtype)
    elif prim.dtype(a) == dtype:
        return prim.ticks(a)
    elif prim.is_time(prim.dtype(a)):
        out = prim.empty(a.shape, dtype)
        cast_elements(out, a)
        return prim.ticks(out)
    else:
        prim.error("{} doesn't go together with dates and differences here", a)


def common(a, b):
    """The dtype that two have in common."""
    if prim.is_number(a) or prim.is_number(b):
        prim.error("numbers and dates or differences don't go together here: {}", (a, b))
    elif prim.kind(prim.dtype(a)) != prim.kind(prim.dtype(b)):
        prim.error("dates and differences don't go together here: {}", (a, b))
    elif prim.kind(prim.dtype(a)) == "M":
        return prim.common_date(a, b)
    else:
        return prim.common_delta(a, b)


def ordered(counts):
    """Integers in the order of the times."""
    return counts - 1


def restored(keys, dtype):
    return prim.time(keys + 1, dtype)


def lost_where(result, lost, dtype):
    """Counts with NaT where there was one."""
    if prim.is_array(result):
        result[lost] = nat()
        return prim.time(result, dtype)
    elif lost:
        return prim.time(nat(), dtype)
    else:
        return prim.time(int(result), dtype)


def no_out(out):
    if out is not None:
        prim.error("out= is not compiled for dates and differences")


@implements("numpy.sum/times", "ndarray.sum/times")
def sum(a, axis=None, dtype=None, out=None, keepdims=False):
    no_out(out)
    if dtype is not None or not prim.is_array(a) or prim.kind(prim.dtype(a)) == "M":
        prim.error("the sum of {} is not compiled", a)
    else:
        return sums(a, axis, keepdims)


def sums(a, axis, keepdims):
    x = prim.ticks(a)
    return lost_where(np.sum(x, axis, None, None, keepdims), np.any(x == nat(), axis, None, keepdims), prim.dtype(a))


@implements("numpy.mean/times", "ndarray.mean/times")
def mean(a, axis=None, dtype=None, out=None, keepdims=False):
    no_out(out)
    if dtype is not None or not prim.is_array(a) or prim.kind(prim.dtype(a)) == "M":
        prim.error("the mean of {} is not compiled", a)
    else:
        total = sums(a, axis, keepdims)
        if prim.is_array(total):
            if total.size > 0:
                return total / (a.size // total.size)
            else:
                return total
        else:
            return divide(total, a.size)


@implements("numpy.min/times", "numpy.amin/times", "ndarray.min/times")
def min(a, axis=None, out=None, keepdims=False):
    no_out(out)
    result = np.min(prim.ticks(a), axis, None, keepdims)
    return lost_where(result, result == nat(), prim.dtype(a))


@implements("numpy.max/times", "numpy.amax/times", "ndarray.max/times")
def max(a, axis=None, out=None, keepdims=False):
    no_out(out)
    x = prim.ticks(a)
    return lost_where(np.max(x, axis, None, keepdims), np.any(x == nat(), axis, None, keepdims), prim.dtype(a))


@implements("numpy.ptp/times")
def ptp(a, axis=None, out=None, keepdims=False):
    no_out(out)
    return max(a, axis, None, keepdims) - min(a, axis, None, keepdims)


@implements("numpy.argmin/times", "ndarray.argmin/times")
def argmin(a, axis=None, out=None, *, keepdims=False):
    no_out(out)
    return np.argmin(prim.ticks(a), axis, None, keepdims=keepdims)


@implements("numpy.argmax/times", "ndarray.argmax/times")
def argmax(a, axis=None, out=None, *, keepdims=False):
    no_out(out)
    return np.argmax(ordered(prim.ticks(a)), axis, None, keepdims=keepdims)


@implements("numpy.sort/times")
def sort(a, axis=-1, kind=None, order=None, *, stable=None):
    keys = ordered(prim.ticks(a))
    return restored(np.sort(keys, axis, kind, order, stable=stable), prim.dtype(a))


@implements("ndarray.sort/times")
def sort_in_place(self, axis=-1, kind=None, order=None, *, stable=None):
    keys = np.sort(ordered(prim.ticks(self)), axis, kind, order, stable=stable)
    assign(prim.ticks(self), keys + 1)


@implements("numpy.argsort/times", "ndarray.argsort/times")
def argsort(a, axis=-1, kind=None, order=None, *, stable=None):
    return np.argsort(ordered(prim.ticks(a)), axis, kind, order, stable=stable)


@implements("numpy.unique/times")
def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None):
    found = np.unique(ordered(prim.ticks(ar)), return_index, return_inverse, return_counts, axis)
    if prim.is_tuple(found):
        return (restored(found[0], prim.dtype(ar)),) + found[1:]
    else:
        return restored(found, prim.dtype(ar))


@implements("numpy.searchsorted/times", "ndarray.searchsorted/times")
def searchsorted(a, v, side="left", sorter=None):
    if not prim.is_array(a):
        prim.error("np.searchsorted of {} is not compiled", a)
    else:
        dtype = common(a, v)
        keys = ordered(in_unit(a, dtype))
        if prim.is_array(v):
            return np.searchsorted(keys, ordered(in_unit(v, dtype)), side, sorter)
        else:
            return np.searchsorted(keys, prim.wrap_sub(ticks_in(v, dtype), 1), side, sorter)


@implements("numpy.diff/times")
def diff(a, n=1, axis=-1):
    if not prim.is_literal(n) or not prim.is_literal(axis):
        prim.error("n= and axis= of np.diff of dates and differences are constants")
    elif n < 0:
        raise ValueError("order must be non-negative but got " + repr(n))
    elif n == 0:
        return a
    elif axis == -1 or axis == a.ndim - 1:
        return diff(a[..., 1:] - a[..., :-1], n - 1, axis)
    elif axis == 0:
        return diff(a[1:] - a[:-1], n - 1, axis)
    else:
        prim.error("np.diff of dates and differences is compiled along the first and last axis")


@implements("numpy.where/times")
def where(condition, x, y):
    dtype = common(x, y)
    if prim.is_time(prim.dtype(as_array(condition))):
        prim.error("np.where takes a condition, not {}", condition)
    return times_of(np.where(condition, in_unit(x, dtype), in_unit(y, dtype)), dtype)


def times_of(counts, dtype):
    if prim.is_array(counts):
        return prim.time(counts, dtype)
    else:
        return prim.time(int(counts), dtype)


@implements("numpy.nanmin/times")
def nanmin(a, axis=None, out=None, keepdims=False):
    no_out(out)
    not_empty(a, axis, "fmin")
    return times_of(np.nanmin(ordered(prim.ticks(a)), axis, None, keepdims) + 1, prim.dtype(a))


@implements("numpy.nanmax/times")
def nanmax(a, axis=None, out=None, keepdims=False):
    no_out(out)
    not_empty(a, axis, "fmax")
    return times_of(np.nanmax(prim.ticks(a), axis, None, keepdims), prim.dtype(a))


def not_empty(a, axis, name):
    if a.size == 0 and (axis is None or a.ndim == 1):
        raise ValueError("zero-size array to reduction operation " + name + " which has no identity")


@implements("numpy.cumsum/times", "ndarray.cumsum/times")
def cumsum(a, axis=None, dtype=None, out=None):
    no_out(out)
    if prim.kind(prim.dtype(a)) == "M" or a.ndim != 1 or dtype is not None:
        prim.error("running sums are compiled of differences in one dimension, not of {}", a)
    else:
        sums = prim.empty(len(a), prim.dtype(a))
        total = prim.time(0, prim.dtype(a))
        for i in range(len(a)):
            total = total + a[i]
            sums[i] = total
        return sums


@implements("numpy.isin/times")
def isin(element, test_elements, assume_unique=False, invert=False):
    dtype = common(element, test_elements)
    x = in_unit(element, dtype)
    found = np.isin(x, in_unit(test_elements, dtype)) & (x != nat())
    if invert:
        return ~found
    else:
        return found


@implements("numpy.clip/times", "ndarray.clip/times")
def clip(a, a_min=None, a_max=None):
    if a_min is None:
        return np.minimum(a, a_max)
    elif a_max is None:
        return np.maximum(a, a_min)
    else:
        return np.minimum(np.maximum(a, a_min), a_max)


@implements("numpy.full_like/times")
def full_like(a, fill_value):
    out = prim.empty(a.shape, prim.dtype(a))
    assign(prim.ticks(out), np.full(a.shape, ticks_in(fill_value, prim.dtype(a))))
    return out


@implements("numpy.full/times")
def full(shape, fill_value):
    return prim.time(np.full(shape, prim.ticks(fill_value)), prim.dtype(fill_value))


@implements("numpy.zeros_like/times")
def zeros_like(a):
    return prim.zeros(a.shape, prim.dtype(a))


@implements("numpy.arange/times")
def arange(start, stop, step=None):
    if prim.is_array(start) or prim.is_array(stop) or prim.is_array(step):
        prim.error("np.arange takes no arrays: {}", start)
    elif step is None:
        return counted(start, stop, 1, common(start, stop))
    elif prim.is_number(step):
        return counted(start, stop, prim.to_python(step) + 0, common(start, stop))
    else:
        reach = common(start, stop)
        if prim.kind(reach) == "M":
            dtype = prim.common_date(prim.time(0, reach), step)
            return counted(start, stop, ticks_in(step, prim.common_delta(prim.time(0, reach), step)), dtype)
        else:
            dtype = prim.common_delta(prim.time(0, reach), step)
            return counted(start, stop, ticks_in(step, dtype), dtype)


def counted(start, stop, step, dtype):
    first = ticks_in(start, dtype)
    last = ticks_in(stop, dtype)
    if first == nat() or last == nat() or step == nat():
        raise ValueError("arange: cannot use NaT (not-a-time) datetime values")
    if step == 0:
        raise ValueError("arange: step cannot be zero")
    return prim.time(np.arange(first, last, step), dtype)
