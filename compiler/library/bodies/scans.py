"""Running results along an axis: cumsum, cumprod, cumulative_sum, cumulative_prod."""

from arrays import copy_elements, spread
from axes import normalize
from copying import as_array
from outputs import deliver, loop_dtype
from positions import flat
from sums import add, both, either, multiply, sum_dtype


def scan(out, a, axis, dtype, step):
    """Combines each element along an axis with the result before it."""
    if a.ndim == 1:
        if len(a) > 0:
            acc = prim.cast(a[0], dtype)
            out[0] = acc
            for i in range(1, len(a)):
                acc = step(acc, prim.cast(a[i], dtype))
                out[i] = acc
    elif axis == 0:
        if len(a) > 0:
            copy_elements(out[0], a[0])
            for i in range(1, len(a)):
                combine(out[i], out[i - 1], a[i], dtype, step)
    else:
        for i in range(len(a)):
            scan(out[i], a[i], axis - 1, dtype, step)


def combine(out, before, a, dtype, step):
    """Elementwise results of the results before and an array."""
    if a.ndim == 1:
        for i in range(len(a)):
            out[i] = step(before[i], prim.cast(a[i], dtype))
    else:
        for i in range(len(a)):
            combine(out[i], before[i], a[i], dtype, step)


def scanned(array, axis, dtype, out, default, step):
    """The common part of cumsum and cumprod."""
    a = as_array(array)
    wanted = loop_dtype(a, dtype, out, default)
    if axis is None:
        line = a if a.ndim == 1 else flat(a)
        result = prim.empty(line.shape, wanted)
        scan(result, line, 0, wanted, step)
        if out is not None and out.ndim != 1:
            prim.error("provided out is the wrong size for the accumulation: {}", out)
        elif out is not None:
            if len(out) != len(result):
                raise ValueError("provided out is the wrong size for the accumulation.")
            return deliver(out, result)
        else:
            return result
    elif a.ndim == 0:
        # As of one element, which is the axis.
        return scanned(flat(a), axis, dtype, out, default, step)
    else:
        at = normalize(axis, a.ndim)
        result = prim.empty_f(a.shape, wanted) if prim.layout(a) == "F" else prim.empty(a.shape, wanted)
        scan(result, a, at, wanted, step)
        return deliver(out, result)


def running_sum(a, axis, dtype, out, default):
    """Running sums; of bool in bool the disjunction."""
    if prim.kind(loop_dtype(a, dtype, out, default)) == "b":
        return scanned(a, axis, dtype, out, default, either)
    else:
        return scanned(a, axis, dtype, out, default, add)


def running_product(a, axis, dtype, out, default):
    """Running products; of bool in bool the conjunction."""
    if prim.kind(loop_dtype(a, dtype, out, default)) == "b":
        return scanned(a, axis, dtype, out, default, both)
    else:
        return scanned(a, axis, dtype, out, default, multiply)


@implements("numpy.cumsum", "ndarray.cumsum")
def cumsum(a, axis=None, dtype=None, out=None):
    """Running sums."""
    x = as_array(a)
    return running_sum(x, axis, dtype, out, sum_dtype(prim.dtype(x)))


@implements("numpy.cumprod", "ndarray.cumprod")
def cumprod(a, axis=None, dtype=None, out=None):
    """Running products."""
    x = as_array(a)
    return running_product(x, axis, dtype, out, sum_dtype(prim.dtype(x)))


def along_axis(x, axis):
    """The axis of cumulative_sum and its like."""
    if x.ndim == 0:
        prim.error("cumulative sums and products take at least one dimension, not {}", x)
    elif axis is None and x.ndim > 1:
        prim.error("For arrays which have more than one dimension ``axis`` argument is required.")
    elif axis is None:
        return 0
    else:
        return normalize(axis, x.ndim)


def in_axes(x, axis):
    """An array with axes; a number is a line where no axis is asked for."""
    if x.ndim == 0 and axis is None:
        return flat(x)
    else:
        return x


def with_initial(running, axis, initial):
    """Running results with a first one before them."""
    n = running.shape[axis]
    room = prim.empty(prim.tuple_set(running.shape, axis, n + 1), prim.dtype(running))
    first = prim.view(room, prim.tuple_set(room.shape, axis, 1), room.strides, 0)
    spread(first, prim.cast(initial, prim.dtype(running)))
    copy_elements(prim.view(room, running.shape, room.strides, room.strides[axis]), running)
    return room


@implements("numpy.cumulative_sum")
def cumulative_sum(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
    """Running sums along an axis, after a 0 if `include_initial`."""
    a = in_axes(as_array(x), axis)
    at = along_axis(a, axis)
    if include_initial:
        running = running_sum(a, at, dtype, None, loop_dtype(a, None, out, sum_dtype(prim.dtype(a))))
        return deliver(out, with_initial(running, at, 0))
    else:
        return running_sum(a, at, dtype, out, sum_dtype(prim.dtype(a)))


@implements("numpy.cumulative_prod")
def cumulative_prod(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
    """Running products along an axis, after a 1 if `include_initial`."""
    a = in_axes(as_array(x), axis)
    at = along_axis(a, axis)
    if include_initial:
        running = running_product(a, at, dtype, None, loop_dtype(a, None, out, sum_dtype(prim.dtype(a))))
        return deliver(out, with_initial(running, at, 1))
    else:
        return running_product(a, at, dtype, out, sum_dtype(prim.dtype(a)))
