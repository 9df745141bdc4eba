"""Arrays from several arrays: concatenate, stack, vstack, hstack, append, repeat."""

from arrays import copy_elements
from axes import normalize
from copying import as_array
from shape import atleast_1d, atleast_2d, ravel
from views import expand_dims


def common_dtype(arrays):
    """The common dtype of a tuple of arrays."""
    if len(arrays) == 1:
        return prim.dtype(arrays[0])
    else:
        return prim.result_type(prim.dtype(arrays[0]), common_dtype(arrays[1:]))


def total_extent(arrays, axis):
    """The sum of the extents along an axis."""
    if len(arrays) == 0:
        return 0
    else:
        return arrays[0].shape[axis] + total_extent(arrays[1:], axis)


def check_shapes(arrays, first, axis):
    """Raises ValueError unless all arrays agree but for the axis."""
    if len(arrays) > 0:
        if arrays[0].ndim != first.ndim:
            prim.error("all the input arrays must have same number of dimensions: one is {}", arrays[0])
        elif not (prim.tuple_set(arrays[0].shape, axis, 0) == prim.tuple_set(first.shape, axis, 0)):
            raise ValueError("all the input array dimensions except for the concatenation axis must match exactly")
        check_shapes(arrays[1:], first, axis)


def place(out, arrays, at, axis):
    """Copies the arrays to their places, one behind the other."""
    if len(arrays) > 0:
        end = at + arrays[0].shape[axis]
        copy_elements(out[(slice(None),) * axis + (slice(at, end),)], arrays[0])
        place(out, arrays[1:], end, axis)


def as_arrays(items):
    """Each item of a tuple as an array."""
    if len(items) == 0:
        return ()
    else:
        return (as_array(items[0]),) + as_arrays(items[1:])


def need_arrays(items):
    """Refuses what isn't a tuple of at least one item."""
    if not prim.is_tuple(items):
        prim.error("a tuple of arrays is needed, not {}", items)
    elif len(items) == 0:
        prim.error("need at least one array to concatenate")


def all_f(arrays):
    """Whether all arrays are known to be in F order."""
    if len(arrays) == 0:
        return True
    elif prim.layout(arrays[0]) != "F":
        return False
    else:
        return all_f(arrays[1:])


def joined(arrays, at):
    """Arrays along an axis counted from the front."""
    check_shapes(arrays[1:], arrays[0], at)
    shape = prim.tuple_set(arrays[0].shape, at, total_extent(arrays, at))
    out = prim.empty_f(shape, common_dtype(arrays)) if all_f(arrays) else prim.empty(shape, common_dtype(arrays))
    place(out, arrays, 0, at)
    return out


def each_ravel(arrays):
    if len(arrays) == 0:
        return ()
    else:
        return (ravel(arrays[0]),) + each_ravel(arrays[1:])


@implements("numpy.concatenate")
def concatenate(arrays, axis=0):
    need_arrays(arrays)
    parts = as_arrays(arrays)
    if axis is None:
        return joined(each_ravel(parts), 0)
    elif parts[0].ndim == 0:
        prim.error("zero-dimensional arrays cannot be concatenated")
    else:
        return joined(parts, normalize(axis, parts[0].ndim))


def each_expanded(arrays, axis):
    if len(arrays) == 0:
        return ()
    else:
        return (expand_dims(arrays[0], axis),) + each_expanded(arrays[1:], axis)


def check_equal_shapes(arrays, first):
    if len(arrays) > 0:
        if arrays[0].ndim != first.ndim:
            prim.error("all input arrays must have the same shape: one is {}", arrays[0])
        elif not (arrays[0].shape == first.shape):
            raise ValueError("all input arrays must have the same shape")
        check_equal_shapes(arrays[1:], first)


@implements("numpy.stack")
def stack(arrays, axis=0):
    need_arrays(arrays)
    parts = as_arrays(arrays)
    check_equal_shapes(parts[1:], parts[0])
    at = normalize(axis, parts[0].ndim + 1)
    return joined(each_expanded(parts, at), at)


def each_2d(arrays):
    if len(arrays) == 0:
        return ()
    else:
        return (atleast_2d(arrays[0]),) + each_2d(arrays[1:])


def each_1d(arrays):
    if len(arrays) == 0:
        return ()
    else:
        return (atleast_1d(arrays[0]),) + each_1d(arrays[1:])


@implements("numpy.vstack")
def vstack(tup):
    need_arrays(tup)
    return joined(each_2d(tup), 0)


@implements("numpy.hstack")
def hstack(tup):
    need_arrays(tup)
    parts = each_1d(tup)
    if parts[0].ndim == 1:
        return joined(parts, 0)
    else:
        return joined(parts, 1)


@implements("numpy.column_stack")
def column_stack(tup):
    need_arrays(tup)
    return joined(each_column(tup), 1)


def each_column(arrays):
    if len(arrays) == 0:
        return ()
    else:
        part = as_array(arrays[0])
        column = part.reshape((part.size, 1)) if part.ndim < 2 else part
        return (column,) + each_column(arrays[1:])


@implements("numpy.append")
def append(arr, values, axis=None):
    return concatenate((as_array(arr), as_array(values)), axis)


@implements("numpy.repeat", "ndarray.repeat")
def repeat(a, repeats, axis=None):
    x = as_array(a)
    if not prim.is_integer(repeats):
        prim.error("np.repeat takes one number of repetitions, not {}", repeats)
    elif axis is not None and x.ndim != 1:
        prim.error("axis= of np.repeat is supported for one dimension only")
    else:
        if repeats < 0:
            raise ValueError("repeats may not contain negative values.")
        line = ravel(x)
        out = prim.empty(len(line) * repeats, prim.dtype(x))
        for i in range(len(line)):
            for k in range(repeats):
                out[i * repeats + k] = line[i]
        return out
