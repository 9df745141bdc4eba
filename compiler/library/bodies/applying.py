"""Functions applied along axes: apply_along_axis, apply_over_axes, vectorize; and block.

What the function gives first tells the shape and dtype of the result, as in NumPy.
"""

from axes import normalize
from copying import as_array
from joining import concatenate
from views import expand_dims, moveaxis


@implements("numpy.apply_along_axis")
def apply_along_axis(func1d, axis, arr, *args):
    """A function of each line along an axis."""
    x = as_array(arr)
    if x.ndim == 0:
        prim.error("np.apply_along_axis() takes an array of at least one axis, not {}", arr)
    else:
        at = normalize(axis, x.ndim)
        lines = moveaxis(x, at, -1)
        lead = lines.shape[: x.ndim - 1]
        if product(lead) == 0:
            raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
        first = as_array(func1d(leading(lines), *args))
        out = prim.zeros(lead + first.shape, prim.dtype(first))
        fill_lines(func1d, out, lines, args, first, True)
        return moved_back(out, at, first.ndim, x.ndim - 1)


def product(items):
    if len(items) == 0:
        return 1
    else:
        return items[0] * product(items[1:])


def leading(lines):
    """The first line."""
    if lines.ndim == 1:
        return lines
    else:
        return leading(lines[0])


def fill_lines(f, out, lines, args, first, at_first):
    """Applies the function to each line; of the first one the result is known."""
    if lines.ndim == 1:
        if at_first:
            store(out, first)
        else:
            store(out, as_array(f(lines, *args)))
    else:
        for i in range(len(lines)):
            fill_lines(f, part(out, i), lines[i], args, first, at_first and i == 0)


def part(out, i):
    """A view of a part, also where no axis is left."""
    return prim.view(out, out.shape[1:], out.strides[1:], i * out.strides[0])


def store(out, result):
    if out.ndim == 0:
        out[()] = prim.cast(result[()], prim.dtype(out)) if result.ndim == 0 else refused(result)
    else:
        out[...] = result


def refused(result):
    prim.error("the function gives {} after a number", result)


def moved_back(out, at, count, lead):
    """The axes of the results in the place of the one that was taken."""
    if count == 0:
        return out
    elif count == 1:
        return moveaxis(out, -1, at)
    elif count == 2:
        return moveaxis(out, (lead, lead + 1), (at, at + 1))
    else:
        prim.error("the function of np.apply_along_axis() may give at most two axes here")


@implements("numpy.apply_over_axes")
def apply_over_axes(func, a, axes):
    """A function applied along each of several axes, one after the other."""
    x = as_array(a)
    if prim.is_tuple(axes):
        return over_each(func, x, axes, x.ndim)
    elif prim.is_integer(axes):
        return over_each(func, x, (axes,), x.ndim)
    else:
        prim.error("the axes must be a tuple here, not {}", axes)


def over_each(func, value, axes, ndim):
    if len(axes) == 0:
        return value
    elif not prim.is_literal(axes[0]):
        prim.error("the axes of np.apply_over_axes() must be constants")
    else:
        axis = axes[0] + ndim if axes[0] < 0 else axes[0]
        return over_each(func, of_rank(as_array(func(value, axis)), value.ndim, axis), axes[1:], ndim)


def of_rank(result, ndim, axis):
    if result.ndim == ndim:
        return result
    elif result.ndim + 1 == ndim:
        return expand_dims(result, axis)
    else:
        prim.error("function is not returning an array of the correct shape")


# Blocks


@implements("numpy.block")
def block(arrays):
    """An array of nested lists of blocks."""
    if prim.is_tuple(arrays):
        prim.error(
            "arrays is a tuple. Only lists can be used to arrange blocks, and np.block does not allow implicit conversion from tuple to ndarray."
        )
    else:
        depth = depth_of(arrays)
        rank = rank_of(arrays)
        return combined(arrays, depth, rank if rank > depth else depth)


def depth_of(x):
    """How deep lists are nested."""
    if prim.is_list(x):
        if len(x) == 0:
            raise ValueError("List at arrays cannot be empty")
        return 1 + depth_of(x[0])
    else:
        return 0


def rank_of(x):
    """The number of axes of the blocks."""
    if prim.is_list(x):
        return rank_of(x[0])
    elif prim.is_tuple(x):
        prim.error(
            "arrays is a tuple. Only lists can be used to arrange blocks, and np.block does not allow implicit conversion from tuple to ndarray."
        )
    else:
        return as_array(x).ndim


def combined(x, depth, ndim):
    if prim.is_list(x):
        if len(x) == 0:
            raise ValueError("List at arrays cannot be empty")
        return concatenate([combined(item, depth - 1, ndim) for item in x], -depth)
    else:
        return of_axes(as_array(x).copy(), ndim)


def of_axes(a, ndim):
    """The array with axes of one element in front."""
    if a.ndim < ndim:
        return of_axes(a[None], ndim)
    else:
        return a
