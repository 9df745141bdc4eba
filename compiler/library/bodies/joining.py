"""Arrays from several arrays: concatenate, stack and their kin, append.

The arrays are in a tuple, of any types, or in a list, of one type. A *part* is what an
array contributes: a function of the array and the axis, such as the array with an axis
more. `repeat` and `tile` are in `repeating.py`.
"""

from arrays import copy_elements
from axes import dtype_or, normalize
from copying import as_array
from outputs import check_out, rank
from shape import atleast_1d, atleast_2d, atleast_3d, ravel
from views import expand_dims


# Parts


def whole(x, axis):
    """The array itself."""
    return as_array(x)


def line(x, axis):
    """The elements in C order."""
    return ravel(x)


def opened(x, axis):
    """The array with another axis."""
    return expand_dims(x, axis)


def of_one(x, axis):
    """The array with at least one axis."""
    return atleast_1d(x)


def of_two(x, axis):
    """The array with at least two axes."""
    return atleast_2d(x)


def of_three(x, axis):
    """The array with at least three axes."""
    return atleast_3d(x)


def column(x, axis):
    """A vector as a column, a matrix as it is."""
    array = as_array(x)
    return array.reshape((array.size, 1)) if array.ndim < 2 else array


# Joining


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


def check_extents(extents, first, axis, at, index):
    """Raises ValueError unless extents agree but for the axis."""
    if len(extents) > 0:
        if at != axis:
            prim.guard(
                extents[0] == first[0],
                "ValueError",
                "all the input array dimensions except for the concatenation axis must match exactly, but along dimension {}, the array at index 0 has size {} and the array at index {} has size {}",
                at,
                first[0],
                index,
                extents[0],
            )
        check_extents(extents[1:], first[1:], axis, at + 1, index)


def check_shapes(arrays, first, axis, index):
    """Raises ValueError unless all arrays agree but for the axis."""
    if len(arrays) > 0:
        if arrays[0].ndim != first.ndim:
            prim.error("all the input arrays must have same number of dimensions: one is {}", arrays[0])
        else:
            check_extents(arrays[0].shape, first.shape, axis, 0, index)
            check_shapes(arrays[1:], first, axis, index + 1)


def section(out, axis, begin, end):
    """A view of a range along an axis."""
    return out[(slice(None),) * axis + (slice(begin, end),)]


def place(out, arrays, at, axis):
    """Copies the arrays to their places, one behind the other."""
    if len(arrays) > 0:
        end = at + arrays[0].shape[axis]
        copy_elements(section(out, axis, at, end), arrays[0])
        place(out, arrays[1:], end, axis)


def each(items, part, axis):
    """The part of each item of a tuple."""
    if len(items) == 0:
        return ()
    else:
        return (part(items[0], axis),) + each(items[1:], part, axis)


def all_f(arrays):
    """Whether all arrays are known to be in F order."""
    if len(arrays) == 0:
        return True
    elif prim.layout(arrays[0]) != "F":
        return False
    else:
        return all_f(arrays[1:])


def sample_of(items):
    """An item for its number of axes: the first of a tuple, or the first of a list, which isn't empty."""
    if prim.is_tuple(items):
        if len(items) == 0:
            prim.error("need at least one array to concatenate")
        else:
            return as_array(items[0])
    elif prim.is_list(items):
        prim.guard(len(items) > 0, "ValueError", "need at least one array to concatenate")
        return as_array(items[0])
    else:
        prim.error("a tuple or a list of arrays is needed, not {}", items)


def room(shape, wanted, dtype, in_f, out, casting):
    """Where the result goes: a new array, or `out`."""
    if casting != "same_kind" and casting != "unsafe":
        prim.error("casting= is supported as 'same_kind' and 'unsafe' here")
    elif out is not None and dtype is not None:
        prim.error("concatenate() only takes `out` or `dtype` as an argument, but both were provided.")
    elif out is not None:
        check_out(out)
        if casting == "same_kind" and rank(wanted) > rank(prim.dtype(out)):
            prim.error("cannot cast to {} with casting rule 'same_kind'", out)
        elif out.ndim != len(shape):
            prim.error("Output array has wrong dimensionality")
        else:
            prim.guard(out.shape == shape, "ValueError", "Output array is the wrong shape")
            return out
    else:
        made = dtype_or(dtype, wanted)
        if casting == "same_kind" and rank(wanted) > rank(made):
            prim.error("cannot cast to the dtype that is asked for with casting rule 'same_kind'")
        elif in_f:
            return prim.empty_f(shape, made)
        else:
            return prim.empty(shape, made)


def join(items, part, axis, dtype, out, casting):
    """The parts of the items along an axis counted from the front."""
    if prim.is_tuple(items):
        arrays = each(items, part, axis)
        first = arrays[0]
        if first.ndim == 0:
            prim.error("zero-dimensional arrays cannot be concatenated")
        else:
            check_shapes(arrays[1:], first, axis, 1)
            shape = prim.tuple_set(first.shape, axis, total_extent(arrays, axis))
            result = room(shape, common_dtype(arrays), dtype, all_f(arrays), out, casting)
            place(result, arrays, 0, axis)
            return result
    else:
        return join_list(items, part, axis, dtype, out, casting)


def join_list(items, part, axis, dtype, out, casting):
    """`join` for a list that isn't empty."""
    first = part(items[0], axis)
    if first.ndim == 0:
        prim.error("zero-dimensional arrays cannot be concatenated")
    else:
        total = 0
        for i in range(len(items)):
            extents = part(items[i], axis).shape
            check_extents(extents, first.shape, axis, 0, i)
            total += extents[axis]
        shape = prim.tuple_set(first.shape, axis, total)
        result = room(shape, prim.dtype(first), dtype, prim.layout(first) == "F", out, casting)
        at = 0
        for i in range(len(items)):
            array = part(items[i], axis)
            end = at + array.shape[axis]
            copy_elements(section(result, axis, at, end), array)
            at = end
        return result


def has_weak(items):
    """Whether Python's numbers are among the items."""
    if len(items) == 0:
        return False
    else:
        return (prim.is_number(items[0]) and prim.is_weak(items[0])) or has_weak(items[1:])


def samples(items):
    """What tells the common dtype: Python's numbers are weak without an axis."""
    if len(items) == 0:
        return ()
    elif prim.is_number(items[0]):
        return (items[0],) + samples(items[1:])
    else:
        return (as_array(items[0]),) + samples(items[1:])


@implements("numpy.concatenate", "numpy.concat")
def concatenate(arrays, axis=0, out=None, *, dtype=None, casting="same_kind"):
    """Arrays along an axis that they have."""
    first = sample_of(arrays)
    if axis is None and dtype is None and out is None and prim.is_tuple(arrays) and has_weak(arrays):
        return join(arrays, line, 0, np.result_type(*samples(arrays)), None, "unsafe")
    elif axis is None:
        return join(arrays, line, 0, dtype, out, casting)
    elif first.ndim == 0:
        prim.error("zero-dimensional arrays cannot be concatenated")
    else:
        return join(arrays, whole, normalize(axis, first.ndim), dtype, out, casting)


def check_equal_shapes(items):
    """Raises ValueError unless all arrays have one shape."""
    if prim.is_list(items):
        first = as_array(items[0]).shape
        for i in range(len(items)):
            prim.guard(as_array(items[i]).shape == first, "ValueError", "all input arrays must have the same shape")
    else:
        check_equal_tuple(items[1:], as_array(items[0]))


def check_equal_tuple(items, first):
    if len(items) > 0:
        if as_array(items[0]).ndim != first.ndim:
            prim.error("all input arrays must have the same shape: one is {}", items[0])
        else:
            prim.guard(
                as_array(items[0]).shape == first.shape, "ValueError", "all input arrays must have the same shape"
            )
            check_equal_tuple(items[1:], first)


@implements("numpy.stack")
def stack(arrays, axis=0, out=None, *, dtype=None, casting="same_kind"):
    """Arrays of one shape along a new axis."""
    if prim.is_list(arrays):
        prim.guard(len(arrays) > 0, "ValueError", "need at least one array to stack")
    first = sample_of(arrays)
    check_equal_shapes(arrays)
    return join(arrays, opened, normalize(axis, first.ndim + 1), dtype, out, casting)


@implements("numpy.vstack", "numpy.row_stack")
def vstack(tup, *, dtype=None, casting="same_kind"):
    """Arrays one below the other."""
    sample_of(tup)
    return join(tup, of_two, 0, dtype, None, casting)


@implements("numpy.hstack")
def hstack(tup, *, dtype=None, casting="same_kind"):
    """Arrays side by side."""
    if sample_of(tup).ndim < 2:
        return join(tup, of_one, 0, dtype, None, casting)
    else:
        return join(tup, of_one, 1, dtype, None, casting)


@implements("numpy.dstack")
def dstack(tup):
    """Arrays along a third axis."""
    sample_of(tup)
    return join(tup, of_three, 2, None, None, "same_kind")


@implements("numpy.column_stack")
def column_stack(tup):
    """Vectors and matrices as columns."""
    sample_of(tup)
    return join(tup, column, 1, None, None, "same_kind")


@implements("numpy.append")
def append(arr, values, axis=None):
    """Values behind an array."""
    return concatenate((as_array(arr), as_array(values)), axis)
