"""Axes in another order, added or taken away, reversed: views of the same memory."""

from arrays import broadcasts
from axes import counted, inserted, kept, mark_each, normalize, permuted, without
from broadcasting import single_shape, spread_to, strides_for
from copying import as_array
from positions import flat


def normalized(axes, ndim):
    """A tuple of axes counted from the front."""
    if len(axes) == 0:
        return ()
    else:
        return (normalize(axes[0], ndim),) + normalized(axes[1:], ndim)


def in_order(axes, first, step):
    """Whether axes are ``first, first + step, ...``."""
    if len(axes) == 0:
        return True
    elif axes[0] != first:
        return False
    else:
        return in_order(axes[1:], first + step, step)


def reordered(a, order):
    """The array with its axes in an order."""
    if in_order(order, 0, 1):
        return a
    elif in_order(order, a.ndim - 1, -1):
        return a.T
    else:
        return prim.view(a, permuted(a.shape, order), permuted(a.strides, order), 0)


@implements("numpy.transpose", "numpy.permute_dims")
def transpose(a, axes=None):
    if prim.is_number(a) and not prim.is_weak(a) and axes is None:
        return a
    x = as_array(a)
    if axes is None:
        return x.T
    elif not prim.is_tuple(axes):
        prim.error("axes must be a tuple of constants, not {}", axes)
    elif len(axes) != x.ndim:
        prim.error("axes don't match array")
    else:
        order = normalized(axes, x.ndim)
        mark_each(order, (0,) * x.ndim)
        return reordered(x, order)


@implements("ndarray.transpose")
def transpose_method(a, axes=None, n1=None, n2=None, n3=None):
    if n1 is None:
        if prim.is_integer(axes):
            return transpose(a, (axes,))
        else:
            return transpose(a, axes)
    elif n2 is None:
        return transpose(a, (axes, n1))
    elif n3 is None:
        return transpose(a, (axes, n1, n2))
    else:
        return transpose(a, (axes, n1, n2, n3))


@implements("numpy.swapaxes", "ndarray.swapaxes")
def swapaxes(a, axis1, axis2):
    x = as_array(a)
    i = normalize(axis1, x.ndim)
    j = normalize(axis2, x.ndim)
    return reordered(x, prim.tuple_set(prim.tuple_set(counted(x.ndim), i, j), j, i))


def moved(left, source, destination, taken, at):
    """The order of axes from a position on: those that are sent there, else the next of what is left."""
    if at == len(taken):
        return ()
    elif taken[at] == 1:
        return (sent(source, destination, at),) + moved(left, source, destination, taken, at + 1)
    else:
        return (left[0],) + moved(left[1:], source, destination, taken, at + 1)


def sent(source, destination, at):
    """The axis that goes to a position."""
    if destination[0] == at:
        return source[0]
    else:
        return sent(source[1:], destination[1:], at)


@implements("numpy.rollaxis")
def rollaxis(a, axis, start=0):
    """The array with an axis moved before another."""
    x = as_array(a)
    i = normalize(axis, x.ndim)
    if start == x.ndim:
        return reordered(x, without(counted(x.ndim), i) + (i,))
    else:
        before = normalize(start, x.ndim)
        return reordered(x, inserted(without(counted(x.ndim), i), before - 1 if i < before else before, i))


@implements("numpy.moveaxis")
def moveaxis(a, source, destination):
    x = as_array(a)
    if prim.is_tuple(source) and prim.is_tuple(destination):
        if len(source) != len(destination):
            prim.error("`source` and `destination` arguments must have the same number of elements")
        else:
            left = kept(counted(x.ndim), mark_each(source, (0,) * x.ndim))
            taken = mark_each(destination, (0,) * x.ndim)
            return reordered(x, moved(left, normalized(source, x.ndim), normalized(destination, x.ndim), taken, 0))
    elif prim.is_tuple(source) or prim.is_tuple(destination):
        prim.error("`source` and `destination` arguments must have the same number of elements")
    else:
        i = normalize(source, x.ndim)
        return reordered(x, inserted(without(counted(x.ndim), i), normalize(destination, x.ndim), i))


def chosen(marks, index):
    """An index with something for each marked axis, and all of the others."""
    if len(marks) == 0:
        return ()
    elif marks[0] == 1:
        return (index,) + chosen(marks[1:], index)
    else:
        return (slice(None),) + chosen(marks[1:], index)


def check_ones(shape, marks):
    """Raises ValueError unless the marked extents are 1."""
    if len(shape) > 0:
        if marks[0] == 1:
            if shape[0] != 1:
                raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
        check_ones(shape[1:], marks[1:])


@implements("numpy.expand_dims")
def expand_dims(a, axis):
    x = as_array(a)
    if prim.is_tuple(axis):
        marks = mark_each(axis, (0,) * (x.ndim + len(axis)))
        return x[chosen(marks, None)]
    else:
        return x[(slice(None),) * normalize(axis, x.ndim + 1) + (None,)]


@implements("numpy.squeeze", "ndarray.squeeze")
def squeeze(a, axis=None):
    x = as_array(a)
    if axis is None and prim.is_number(a) and not prim.is_weak(a):
        return a
    elif axis is None and x.ndim == 0:
        return x
    elif axis is None and x.ndim == 1:
        prim.error("np.squeeze of {} depends on its length: write a[0] for its only element, or leave squeeze out", a)
    elif axis is None:
        prim.error("np.squeeze of {} without axis= gives as many dimensions as the shape says: name the axes of extent 1, as in a.squeeze(axis=0) or a.squeeze(axis=(0, 2)), or write a.reshape(-1) for one dimension", a)
    elif prim.is_tuple(axis):
        marks = mark_each(axis, (0,) * x.ndim)
        check_ones(x.shape, marks)
        return prim.view(x, kept(x.shape, marks), kept(x.strides, marks), 0)
    else:
        at = normalize(axis, x.ndim)
        if x.shape[at] != 1:
            raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
        if prim.layout(x) == "C":
            return prim.view_c(x, without(x.shape, at))
        else:
            return x[(slice(None),) * at + (0,)]


@implements("numpy.broadcast_to")
def broadcast_to(array, shape):
    x = as_array(array)
    extents = shape if prim.is_tuple(shape) else (shape,)
    if x.ndim > len(extents):
        prim.error("input operand has more dimensions than allowed by the axis remapping")
    else:
        prim.guard(
            broadcasts(x.shape, extents),
            "ValueError",
            "operands could not be broadcast together with remapped shapes [original->remapped]: {}  and requested shape {}",
            x.shape,
            extents,
        )
        return prim.frozen(prim.view(x, extents, strides_for(x.shape, x.strides, len(extents)), 0))


def turned(marks):
    """An index that reverses the marked axes."""
    if len(marks) == 0:
        return ()
    elif marks[0] == 1:
        return (slice(None, None, -1),) + turned(marks[1:])
    else:
        return (slice(None),) + turned(marks[1:])


@implements("numpy.flip")
def flip(m, axis=None):
    x = as_array(m)
    if axis is None:
        return x[turned((1,) * x.ndim)]
    elif prim.is_tuple(axis):
        return x[turned(mark_each(axis, (0,) * x.ndim))]
    else:
        return x[turned(mark_each((axis,), (0,) * x.ndim))]


@implements("numpy.flipud")
def flipud(m):
    return flip(m, 0)


@implements("numpy.fliplr")
def fliplr(m):
    return flip(m, 1)


def rolled(out, a, shift, axis):
    """Stores the rows shifted along an axis."""
    n = a.shape[axis]
    for i in range(n):
        to = (i + shift) % n
        if a.ndim == 1:
            out[to] = a[i]
        else:
            prefix = (slice(None),) * axis
            out[prefix + (to,)] = a[prefix + (i,)]


def sum_of(shifts):
    """The sum of a tuple of shifts."""
    if len(shifts) == 0:
        return 0
    else:
        return shifts[0] + sum_of(shifts[1:])


def roll_each(x, shifts, axes):
    """Shifts along several axes."""
    if len(shifts) == 1 and len(axes) > 1:
        return roll_each(x, shifts * len(axes), axes)
    elif len(shifts) != len(axes):
        prim.error("shape mismatch: the shifts and axes of np.roll must be as many")
    elif len(axes) == 0:
        return x.copy()
    elif len(axes) == 1:
        return roll(x, shifts[0], axes[0])
    else:
        return roll_each(roll(x, shifts[0], axes[0]), shifts[1:], axes[1:])


@implements("numpy.rot90")
def rot90(m, k=1, axes=None):
    """The array turned in the plane of two axes, the first two by default."""
    x = as_array(m)
    if axes is None:
        return rot90(x, k, (0, 1))
    elif not prim.is_literal(k):
        prim.error("k must be a constant here, since the type of the result depends on it")
    elif not prim.is_tuple(axes) or len(axes) != 2:
        prim.error("len(axes) must be 2.")
    else:
        i = normalize(axes[0], x.ndim)
        j = normalize(axes[1], x.ndim)
        if i == j:
            prim.error("Axes must be different.")
        elif k % 4 == 0:
            return x[:]
        elif k % 4 == 2:
            return flip(x, (i, j))
        elif k % 4 == 1:
            return swapaxes(flip(x, j), i, j)
        else:
            return flip(swapaxes(x, i, j), j)


def shapes_of(arrays):
    if len(arrays) == 0:
        return ()
    else:
        return (arrays[0].shape,) + shapes_of(arrays[1:])


def each_array(items):
    """Each item as an array."""
    if len(items) == 0:
        return ()
    else:
        return (as_array(items[0]),) + each_array(items[1:])


def each_spread(arrays, shape):
    """Each array as a view of a shape."""
    if len(arrays) == 0:
        return ()
    else:
        return (spread_to(arrays[0], shape),) + each_spread(arrays[1:], shape)


@implements("numpy.broadcast_arrays")
def broadcast_arrays(*args, subok=False):
    """Views of the arrays in their common shape."""
    arrays = each_array(args)
    return each_spread(arrays, single_shape(shapes_of(arrays)))


@implements("numpy.broadcast_shapes")
def broadcast_shapes(*args):
    """The common shape of shapes."""
    return single_shape(as_shapes(args))


def as_shapes(shapes):
    """Shapes and extents as shapes."""
    if len(shapes) == 0:
        return ()
    else:
        return (checked_shape(shapes[0] if prim.is_tuple(shapes[0]) else (shapes[0],)),) + as_shapes(shapes[1:])


def checked_shape(shape):
    if len(shape) == 0:
        return ()
    else:
        if not prim.is_integer(shape[0]):
            prim.error("'{}' object cannot be interpreted as an integer", shape[0])
        if shape[0] < 0:
            raise ValueError("negative dimensions are not allowed")
        return (int(shape[0]),) + checked_shape(shape[1:])


@implements("numpy.roll")
def roll(a, shift, axis=None):
    x = as_array(a)
    if prim.is_tuple(shift) and not prim.is_tuple(axis):
        if axis is None:
            return roll(x, sum_of(shift))
        else:
            return roll(x, sum_of(shift), axis)
    elif prim.is_tuple(axis):
        return roll_each(x, shift if prim.is_tuple(shift) else (shift,) * len(axis), axis)
    elif axis is None:
        line = x if x.ndim == 1 else flat(x)
        out = prim.empty(line.shape, prim.dtype(x))
        rolled(out, line, int(shift), 0)
        return prim.view_c(out, x.shape)
    else:
        out = prim.empty(x.shape, prim.dtype(x))
        rolled(out, x, int(shift), normalize(axis, x.ndim))
        return out


@implements("numpy.lib.stride_tricks.as_strided")
def as_strided(x, shape=None, strides=None, subok=False, writeable=True):
    """A view of other extents and strides, within the elements of the array."""
    a = as_array(x)
    if shape is None or strides is None:
        prim.error("as_strided() takes both shape and strides in compiled code")
    elif not writeable:
        prim.error("as_strided() gives a view that can be written to where the array can")
    elif not (prim.is_tuple(shape) and prim.is_tuple(strides)):
        prim.error("as_strided() takes tuples as shape and strides, not {}", shape)
    else:
        if has_elements(shape):
            inside = (
                a.size > 0
                and before(shape, strides) >= before(a.shape, a.strides)
                and behind(shape, strides) <= behind(a.shape, a.strides)
            )
            if not inside:
                raise ValueError("as_strided() would leave the elements of the array")
        return prim.view(a, shape, strides, 0)


def has_elements(shape):
    if len(shape) == 0:
        return True
    else:
        if shape[0] < 0:
            raise ValueError("negative dimensions are not allowed")
        return shape[0] > 0 and has_elements(shape[1:])


def before(shape, strides):
    """The offset of the element that lies first in memory."""
    if len(shape) == 0:
        return 0
    else:
        return min(0, (shape[0] - 1) * strides[0]) + before(shape[1:], strides[1:])


def behind(shape, strides):
    """The offset of the element that lies last in memory."""
    if len(shape) == 0:
        return 0
    else:
        return max(0, (shape[0] - 1) * strides[0]) + behind(shape[1:], strides[1:])
