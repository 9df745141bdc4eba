"""What is asked of arrays of dates and differences: truth, membership, the middle, counts.

Only a count of zero is false; NaT is true. The middle of differences is found by their counts,
as NumPy's arithmetic of differences goes: halves are cut off toward zero.
"""

from axes import no_out
from datetimes import nat, ticks_in
from time_arrays import common, ordered, restored


@implements("numpy.any/times", "ndarray.any/times")
def any(a, axis=None, out=None, keepdims=False):
    no_out(out)
    return np.any(prim.ticks(a) != 0, axis, None, keepdims)


@implements("numpy.all/times", "ndarray.all/times")
def all(a, axis=None, out=None, keepdims=False):
    no_out(out)
    return np.all(prim.ticks(a) != 0, axis, None, keepdims)


@implements("numpy.count_nonzero/times")
def count_nonzero(a, axis=None, *, keepdims=False):
    return np.count_nonzero(prim.ticks(a), axis, keepdims=keepdims)


@implements("numpy.nonzero/times", "ndarray.nonzero/times")
def nonzero(a):
    return np.nonzero(prim.ticks(a))


@implements("numpy.flatnonzero/times")
def flatnonzero(a):
    return np.flatnonzero(prim.ticks(a))


def differences_only(a, name):
    if not prim.is_array(a) or prim.kind(prim.dtype(a)) != "m":
        prim.error(name + " of {} is not defined by NumPy, which adds two values: convert to counts by astype(np.int64)", a)


@implements("numpy.median/times")
def median(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    no_out(out)
    differences_only(a, "np.median")
    if axis is not None or keepdims:
        prim.error("np.median of differences is compiled without axis= and keepdims=")
    else:
        counts = np.sort(np.ravel(prim.ticks(a)))
        n = len(counts)
        # NaT is the least count.
        if n == 0 or counts[0] == nat():
            return prim.time(nat(), prim.dtype(a))
        elif n % 2 == 1:
            return prim.time(int(counts[n // 2]), prim.dtype(a))
        return prim.time(prim.c_quotient(prim.wrap_add(int(counts[n // 2 - 1]), int(counts[n // 2])), 2), prim.dtype(a))


@implements("ndarray.fill/times")
def fill(a, value):
    if not prim.is_time(value):
        prim.error("an array of dates or differences is filled with one of its kind, not {}", value)
    else:
        prim.ticks(a)[...] = ticks_in(value, prim.dtype(a))


@implements("numpy.divmod/times")
def divmod_of(x1, x2):
    return x1 // x2, x1 % x2


def empty(name):
    if prim.python_minor() >= 12:
        raise ValueError(name + "() iterable argument is empty")
    raise ValueError(name + "() arg is an empty sequence")


@implements("builtins.max/times")
def largest(a, /):
    if not prim.is_array(a) or a.ndim != 1:
        prim.error("max() of {} is not compiled", a)
    else:
        if len(a) == 0:
            empty("max")
        best = a[0]
        for i in range(1, len(a)):
            if a[i] > best:
                best = a[i]
        return best


@implements("builtins.min/times")
def smallest(a, /):
    if not prim.is_array(a) or a.ndim != 1:
        prim.error("min() of {} is not compiled", a)
    else:
        if len(a) == 0:
            empty("min")
        best = a[0]
        for i in range(1, len(a)):
            if a[i] < best:
                best = a[i]
        return best


@implements("numpy.lexsort/times")
def lexsort(keys, axis=-1):
    return np.lexsort(each_ordered(keys), axis)


def each_ordered(keys):
    if len(keys) == 0:
        return ()
    elif prim.is_time(prim.dtype(keys[0])):
        return (ordered(prim.ticks(keys[0])),) + each_ordered(keys[1:])
    else:
        return (keys[0],) + each_ordered(keys[1:])


@implements("numpy.partition/times")
def partition(a, kth, axis=-1, kind="introselect"):
    return restored(np.partition(ordered(prim.ticks(a)), kth, axis, kind), prim.dtype(a))


@implements("numpy.argpartition/times")
def argpartition(a, kth, axis=-1, kind="introselect"):
    return np.argpartition(ordered(prim.ticks(a)), kth, axis, kind)


def in_common(a, b):
    """The counts of two arrays in the unit that both have, in order, and that unit."""
    dtype = common(a, b)
    if prim.dtype(a) != prim.dtype(b):
        prim.error("arrays of two units don't go together here: convert one by astype: {}", (a, b))
    else:
        return ordered(prim.ticks(a)), ordered(prim.ticks(b)), dtype


@implements("numpy.union1d/times")
def union1d(ar1, ar2):
    x, y, dtype = in_common(ar1, ar2)
    return restored(np.union1d(x, y), dtype)


@implements("numpy.intersect1d/times")
def intersect1d(ar1, ar2, assume_unique=False):
    x, y, dtype = in_common(ar1, ar2)
    both = np.intersect1d(x, y, assume_unique)
    # NaT, which isn't equal to itself, comes last.
    return restored(both[both != 9223372036854775807], dtype)


@implements("numpy.setdiff1d/times")
def setdiff1d(ar1, ar2, assume_unique=False):
    x, y, dtype = in_common(ar1, ar2)
    return restored(np.setdiff1d(x, y, assume_unique), dtype)


@implements("numpy.ediff1d/times")
def ediff1d(ary):
    line = np.ravel(ary)
    return line[1:] - line[:-1]
