"""`numpy.pad`: a frame around an array.

The modes that take elements from the array ('edge', 'reflect', 'symmetric', 'wrap') fill
one axis after the other, from what the axes before it have filled. Statistics
('maximum', 'mean', 'median', 'minimum') and 'linear_ramp' are refused.
"""

from arrays import copy_elements
from copying import as_array


def pair(x):
    """The widths, or values, before and behind: a number stands for both."""
    if prim.is_tuple(x):
        if len(x) == 1:
            return (x[0], x[0])
        elif len(x) == 2:
            return x
        else:
            prim.error("operands could not be broadcast together with remapped shapes: {} isn't a pair", x)
    elif prim.is_number(x):
        return (x, x)
    else:
        prim.error("pad takes numbers and tuples of them, not {}", x)


def of_axis(x, axis, ndim):
    """The pair of an axis."""
    if prim.is_number(x):
        return (x, x)
    elif not prim.is_tuple(x) or len(x) == 0:
        prim.error("pad takes numbers and tuples of them, not {}", x)
    elif not prim.is_tuple(x[0]):
        return pair(x)
    elif len(x) == 1:
        return pair(x[0])
    elif len(x) != ndim:
        prim.error("operands could not be broadcast together: {} has not a pair for each axis", x)
    else:
        return pair(x[axis])


def widths(pad_width, axis, ndim):
    """The widths of all axes, checked."""
    if axis == ndim:
        return ()
    else:
        before, behind = of_axis(pad_width, axis, ndim)
        if not (prim.is_integer(before) and prim.is_integer(behind)):
            prim.error("`pad_width` must be of integral type.")
        else:
            if before < 0 or behind < 0:
                raise ValueError("index can't contain negative values")
            return ((int(before), int(behind)),) + widths(pad_width, axis + 1, ndim)


def grown(shape, frame):
    """The shape with the frame."""
    if len(shape) == 0:
        return ()
    else:
        return (shape[0] + frame[0][0] + frame[0][1],) + grown(shape[1:], frame[1:])


def center(out, shape, frame):
    """The view inside the frame."""
    return prim.view(out, shape, out.strides, first_of(out.strides, frame))


def first_of(strides, frame):
    """The offset of the first element inside the frame."""
    if len(strides) == 0:
        return 0
    else:
        return strides[0] * frame[0][0] + first_of(strides[1:], frame[1:])


def part(out, axis, begin, end):
    """A view of a range along an axis."""
    return out[(slice(None),) * axis + (slice(begin, end),)]


def put_values(out, frame, values, axis):
    """Numbers in the frame, one axis after the other."""
    if axis < out.ndim:
        low, high = of_axis(values, axis, out.ndim)
        before = part(out, axis, 0, frame[axis][0])
        before[...] = prim.cast(low, prim.dtype(low))
        behind = part(out, axis, out.shape[axis] - frame[axis][1], out.shape[axis])
        behind[...] = prim.cast(high, prim.dtype(high))
        put_values(out, frame, values, axis + 1)


def source(i, n, mode):
    """The position inside from which a position outside is taken."""
    if mode == "edge":
        return min(max(i, 0), n - 1)
    elif mode == "wrap":
        return i % n
    elif mode == "symmetric":
        k = i % (2 * n)
        return k if k < n else 2 * n - 1 - k
    else:
        if n == 1:
            return 0
        k = i % (2 * n - 2)
        return k if k < n else 2 * n - 2 - k


def copy_row(out, to, i, axis):
    """Copies one position along an axis to another."""
    if out.ndim == 1:
        out[to] = out[i]
    else:
        prefix = (slice(None),) * axis
        copy_elements(out[prefix + (to,)], out[prefix + (i,)])


def put_copies(out, shape, frame, mode, axis):
    """Elements of the array in the frame, one axis after the other."""
    if axis < out.ndim:
        n = shape[axis]
        before, behind = frame[axis]
        if before + behind > 0:
            prim.guard(
                n > 0,
                "ValueError",
                "can't extend empty axis {} using modes other than 'constant' or 'empty'",
                axis,
            )
            for i in range(before):
                copy_row(out, i, before + source(i - before, n, mode), axis)
            for i in range(n, n + behind):
                copy_row(out, before + i, before + source(i, n, mode), axis)
        put_copies(out, shape, frame, mode, axis + 1)


@implements("numpy.pad")
def pad(array, pad_width, mode="constant", constant_values=None, reflect_type=None):
    """The array in a frame."""
    x = as_array(array)
    frame = widths(pad_width, 0, x.ndim)
    shape = grown(x.shape, frame)
    if not prim.is_literal(mode):
        prim.error("mode must be a constant here")
    elif constant_values is not None and mode != "constant":
        prim.error("unsupported keyword arguments for this mode: constant_values")
    elif reflect_type is not None and reflect_type != "even":
        prim.error("reflect_type= is supported as 'even' only")
    elif reflect_type is not None and mode != "reflect" and mode != "symmetric":
        prim.error("unsupported keyword arguments for this mode: reflect_type")
    else:
        out = prim.empty_f(shape, prim.dtype(x)) if prim.layout(x) == "F" else prim.empty(shape, prim.dtype(x))
        copy_elements(center(out, x.shape, frame), x)
        if mode == "constant":
            put_values(out, frame, 0 if constant_values is None else constant_values, 0)
        elif mode == "edge" or mode == "reflect" or mode == "symmetric" or mode == "wrap":
            put_copies(out, x.shape, frame, mode, 0)
        elif mode == "empty":
            pass
        else:
            prim.error("np.pad with this mode is not supported: constant, edge, empty, reflect, symmetric and wrap are")
        return out
