"""Smallest and largest elements: min, max, ptp, nanmin, nanmax.

A nan wins over every number, but in nanmin and nanmax. Which of two zeros of different
signs is the result depends on the order, in NumPy on the width of its vectors.
"""

from axes import marks_of, no_out, reduced_size
from copying import as_array
from folds import in_lanes
from reduce import reduce


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


@implements("numpy.min", "numpy.amin", "ndarray.min")
def min(a, axis=None, out=None, keepdims=False, initial=None):
    no_out(out)
    x = as_array(a)
    dtype = prim.dtype(x)
    if initial is not None:
        return reduce(x, axis, dtype, keepdims, prim.cast(initial, dtype), in_lanes, lower, False)
    if is_empty(x, axis):
        raise ValueError("zero-size array to reduction operation minimum which has no identity")
    return reduce(x, axis, dtype, keepdims, highest(dtype), in_lanes, lower, False)


@implements("numpy.max", "numpy.amax", "ndarray.max")
def max(a, axis=None, out=None, keepdims=False, initial=None):
    no_out(out)
    x = as_array(a)
    dtype = prim.dtype(x)
    if initial is not None:
        return reduce(x, axis, dtype, keepdims, prim.cast(initial, dtype), in_lanes, higher, False)
    if is_empty(x, axis):
        raise ValueError("zero-size array to reduction operation maximum which has no identity")
    return reduce(x, axis, dtype, keepdims, lowest(dtype), in_lanes, higher, False)


@implements("numpy.ptp")
def ptp(a, axis=None, out=None, keepdims=False):
    top = max(a, axis, out, keepdims)
    bottom = min(a, axis, out, keepdims)
    if prim.kind(prim.dtype(top)) == "b":
        prim.error("numpy boolean subtract, the `-` operator, is not supported")
    elif prim.is_array(top):
        subtract_from(top, bottom)
        return top
    else:
        return top - bottom


def subtract_from(a, b):
    if a.ndim == 1:
        for i in range(len(a)):
            a[i] = a[i] - b[i]
    else:
        for i in range(len(a)):
            subtract_from(a[i], b[i])


def fmin_pair(x, y):
    return np.fmin(x, y)


def fmax_pair(x, y):
    return np.fmax(x, y)


@implements("numpy.nanmin")
def nanmin(a, axis=None, out=None, keepdims=False):
    x = as_array(a)
    if prim.kind(prim.dtype(x)) == "f":
        no_out(out)
        if is_empty(x, axis):
            raise ValueError("zero-size array to reduction operation fmin which has no identity")
        start = prim.cast(np.nan, prim.dtype(x))
        return reduce(x, axis, prim.dtype(x), keepdims, start, in_lanes, fmin_pair, False)
    elif prim.kind(prim.dtype(x)) == "c":
        prim.error("np.nanmin of complex numbers is not supported")
    else:
        return min(x, axis, out, keepdims)


@implements("numpy.nanmax")
def nanmax(a, axis=None, out=None, keepdims=False):
    x = as_array(a)
    if prim.kind(prim.dtype(x)) == "f":
        no_out(out)
        if is_empty(x, axis):
            raise ValueError("zero-size array to reduction operation fmax which has no identity")
        start = prim.cast(np.nan, prim.dtype(x))
        return reduce(x, axis, prim.dtype(x), keepdims, start, in_lanes, fmax_pair, False)
    elif prim.kind(prim.dtype(x)) == "c":
        prim.error("np.nanmax of complex numbers is not supported")
    else:
        return max(x, axis, out, keepdims)
