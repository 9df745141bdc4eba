"""Smallest and largest elements: min, max, ptp.

A nan wins over every number. Which of two zeros of different
signs is the result depends on the order, in NumPy on the width of its vectors.
"""

from axes import marks_of, reduced_size
from copying import as_array
from folds import in_lanes
from masked import everywhere, reduction
from outputs import deliver_same_kind, loop_dtype, start_with


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


def is_empty(a, axis):
    """Whether there is nothing to choose from."""
    return reduced_size(a.shape, marks_of(axis, a.ndim)) == 0


def smallest(x, axis, out, keepdims, initial, where):
    """The minimum of an array."""
    dtype = loop_dtype(x, None, out, prim.dtype(x))
    if initial is not None:
        start = start_with(initial, 0, dtype)
        return reduction(x, axis, dtype, out, keepdims, where, start, in_lanes, lower, False)
    elif not everywhere(where):
        prim.error("reduction operation 'minimum' does not have an identity, so to use a where mask one has to specify 'initial'")
    else:
        if is_empty(x, axis):
            raise ValueError("zero-size array to reduction operation minimum which has no identity")
        return reduction(x, axis, dtype, out, keepdims, True, highest(dtype), in_lanes, lower, False)


def largest(x, axis, out, keepdims, initial, where):
    """The maximum of an array."""
    dtype = loop_dtype(x, None, out, prim.dtype(x))
    if initial is not None:
        start = start_with(initial, 0, dtype)
        return reduction(x, axis, dtype, out, keepdims, where, start, in_lanes, higher, False)
    elif not everywhere(where):
        prim.error("reduction operation 'maximum' does not have an identity, so to use a where mask one has to specify 'initial'")
    else:
        if is_empty(x, axis):
            raise ValueError("zero-size array to reduction operation maximum which has no identity")
        return reduction(x, axis, dtype, out, keepdims, True, lowest(dtype), in_lanes, higher, False)


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
