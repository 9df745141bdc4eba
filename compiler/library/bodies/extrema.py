"""Smallest and largest elements: min, max, ptp.

A nan wins over every number. Which of two zeros of different
signs is the result depends on the order, in NumPy on the width of its vectors.
"""

from axes import marks_of, reduced_size
from copying import as_array
from folds import in_lanes
from masked import everywhere, reduction
from outputs import deliver_same_kind, loop_dtype, start_with
from pairwise import groups


def highest(dtype):
    """The value that every other one is below."""
    if prim.kind(dtype) == "f":
        return prim.cast(np.inf, dtype)
    elif prim.kind(dtype) == "c":
        return prim.cast(complex(np.inf, np.inf), dtype)
    elif prim.kind(dtype) == "b":
        return prim.cast(True, dtype)
    elif prim.kind(dtype) == "u":
        return prim.cast(-1, dtype)
    else:
        return prim.cast((1 << (8 * dtype.itemsize - 2)) - 1 + (1 << (8 * dtype.itemsize - 2)), dtype)


def lowest(dtype):
    """The value that every other one is above."""
    if prim.kind(dtype) == "f":
        return prim.cast(-np.inf, dtype)
    elif prim.kind(dtype) == "c":
        return prim.cast(complex(-np.inf, -np.inf), dtype)
    elif prim.kind(dtype) == "i":
        return prim.cast(-(1 << (8 * dtype.itemsize - 2)) - (1 << (8 * dtype.itemsize - 2)), dtype)
    else:
        return prim.cast(0, dtype)


def lower(x, y):
    return np.minimum(x, y)


def higher(x, y):
    return np.maximum(x, y)


def above(x, y):
    return prim.select(x > y, x, y)


def below(x, y):
    return prim.select(x < y, x, y)


def lowest_line(acc, line, dtype, step):
    """The minimum of a line and an accumulator."""
    return extreme_line(acc, line, dtype, step, below)


def highest_line(acc, line, dtype, step):
    """The maximum of a line and an accumulator."""
    return extreme_line(acc, line, dtype, step, above)


def extreme_line(acc, line, dtype, step, better):
    """In four lanes by a comparison alone; where the sum shows that there may be a nan, with care."""
    n = len(line)
    rows = n // 4
    if prim.kind(dtype) != "f":
        return in_lanes(acc, line, dtype, step)
    elif rows == 0:
        return in_lanes(acc, line, dtype, step)
    else:
        a = groups(line, rows, 4)
        r0 = acc
        r1 = acc
        r2 = acc
        r3 = acc
        total = prim.cast(0, dtype)
        for i in range(rows):
            x0 = prim.cast(a[i, 0], dtype)
            x1 = prim.cast(a[i, 1], dtype)
            x2 = prim.cast(a[i, 2], dtype)
            x3 = prim.cast(a[i, 3], dtype)
            r0 = better(x0, r0)
            r1 = better(x1, r1)
            r2 = better(x2, r2)
            r3 = better(x3, r3)
            total += (x0 + x1) + (x2 + x3)
        if np.isnan(total):
            return in_lanes(acc, line, dtype, step)
        acc = step(step(r0, r1), step(r2, r3))
        for i in range(4 * rows, n):
            acc = step(acc, prim.cast(line[i], dtype))
        return acc


def is_empty(a, axis):
    """Whether there is nothing to choose from."""
    return reduced_size(a.shape, marks_of(axis, a.ndim)) == 0


def smallest(x, axis, out, keepdims, initial, where):
    """The minimum of an array."""
    dtype = loop_dtype(x, None, out, prim.dtype(x))
    if initial is not None:
        start = start_with(initial, 0, dtype)
        return reduction(x, axis, dtype, out, keepdims, where, start, lowest_line, lower, False)
    elif not everywhere(where):
        prim.error("reduction operation 'minimum' does not have an identity, so to use a where mask one has to specify 'initial'")
    else:
        if is_empty(x, axis):
            raise ValueError("zero-size array to reduction operation minimum which has no identity")
        return reduction(x, axis, dtype, out, keepdims, True, highest(dtype), lowest_line, lower, False)


def largest(x, axis, out, keepdims, initial, where):
    """The maximum of an array."""
    dtype = loop_dtype(x, None, out, prim.dtype(x))
    if initial is not None:
        start = start_with(initial, 0, dtype)
        return reduction(x, axis, dtype, out, keepdims, where, start, highest_line, higher, False)
    elif not everywhere(where):
        prim.error("reduction operation 'maximum' does not have an identity, so to use a where mask one has to specify 'initial'")
    else:
        if is_empty(x, axis):
            raise ValueError("zero-size array to reduction operation maximum which has no identity")
        return reduction(x, axis, dtype, out, keepdims, True, lowest(dtype), highest_line, higher, False)


@implements("numpy.min", "numpy.amin", "ndarray.min")
def min(a, axis=None, out=None, keepdims=False, initial=None, where=True):
    """The smallest element."""
    return smallest(as_array(a), axis, out, keepdims, initial, where)


@implements("numpy.max", "numpy.amax", "ndarray.max")
def max(a, axis=None, out=None, keepdims=False, initial=None, where=True):
    """The largest element."""
    return largest(as_array(a), axis, out, keepdims, initial, where)


@implements("numpy.ptp")
def ptp(a, axis=None, out=None, keepdims=False):
    """The distance from the smallest to the largest element."""
    x = as_array(a)
    if prim.kind(prim.dtype(x)) == "b":
        prim.error("numpy boolean subtract, the `-` operator, is not supported")
    else:
        top = largest(x, axis, None, keepdims, None, True)
        bottom = smallest(x, axis, None, keepdims, None, True)
        return deliver_same_kind(out, top - bottom)
