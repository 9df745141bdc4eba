"""Axes in another order, added or taken away, reversed: views of the same memory."""

from axes import counted, inserted, mark_each, normalize, permuted, without
from broadcasting import strides_for
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


@implements("numpy.transpose")
def transpose(a, axes=None):
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


@implements("numpy.moveaxis")
def moveaxis(a, source, destination):
    x = as_array(a)
    if prim.is_tuple(source) or prim.is_tuple(destination):
        prim.error("np.moveaxis of several axes is not supported")
    else:
        i = normalize(source, x.ndim)
        return reordered(x, inserted(without(counted(x.ndim), i), normalize(destination, x.ndim), i))


@implements("numpy.expand_dims")
def expand_dims(a, axis):
    x = as_array(a)
    if prim.is_tuple(axis):
        prim.error("np.expand_dims of several axes is not supported")
    else:
        return x[(slice(None),) * normalize(axis, x.ndim + 1) + (None,)]


@implements("numpy.squeeze", "ndarray.squeeze")
def squeeze(a, axis=None):
    x = as_array(a)
    if axis is None:
        prim.error("np.squeeze needs axis=: without it the result's dimension depends on the shape")
    elif prim.is_tuple(axis):
        prim.error("np.squeeze of several axes is not supported")
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
        check_fits(x.shape, extents)
        return prim.view(x, extents, strides_for(x.shape, x.strides, len(extents)), 0)


def check_fits(have, want):
    """Raises ValueError unless a shape can be broadcast to another."""
    if len(want) > len(have):
        check_fits(have, want[1:])
    elif len(want) > 0:
        if have[0] != want[0] and have[0] != 1:
            raise ValueError("operands could not be broadcast together with the requested shape")
        check_fits(have[1:], want[1:])


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


@implements("numpy.roll")
def roll(a, shift, axis=None):
    x = as_array(a)
    if prim.is_tuple(shift) or prim.is_tuple(axis):
        prim.error("np.roll of several axes is not supported")
    elif axis is None:
        line = x if x.ndim == 1 else flat(x)
        out = prim.empty(line.shape, prim.dtype(x))
        rolled(out, line, int(shift), 0)
        return prim.view_c(out, x.shape)
    else:
        out = prim.empty(x.shape, prim.dtype(x))
        rolled(out, x, int(shift), normalize(axis, x.ndim))
        return out
