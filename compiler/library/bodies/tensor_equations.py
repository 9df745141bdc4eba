"""Equations of tensors, as those of matrices: tensorsolve, tensorinv."""

from axes import counted, product, without
from contractions import reordered
from copying import as_array


@implements("numpy.linalg.tensorinv")
def tensorinv(a, ind=2):
    """The inverse with respect to the first axes."""
    x = as_array(a)
    if not prim.is_literal(ind) or not prim.is_integer(ind):
        prim.error("ind must be a constant integer: the order of the axes depends on it")
    elif ind <= 0:
        raise ValueError("Invalid ind argument.")
    else:
        inverse = np.linalg.inv(x.reshape((product(x.shape[ind:]), -1)))
        return inverse.reshape(x.shape[ind:] + x.shape[:ind])


def moved_last(order, axes):
    """The order of axes when some go to the end, one after the other."""
    if len(axes) == 0:
        return order
    elif not prim.is_literal(axes[0]) or axes[0] < 0 or axes[0] >= len(order):
        prim.error("axes must be constants, each an axis of the array: {}", axes[0])
    else:
        return moved_last(without(order, position(order, axes[0])) + (axes[0],), axes[1:])


def position(order, axis):
    if order[0] == axis:
        return 0
    else:
        return 1 + position(order[1:], axis)


def in_order(x, axes):
    if axes is None:
        return x
    elif not prim.is_tuple(axes):
        prim.error("axes must be a tuple of constants, not {}", axes)
    else:
        return reordered(x, moved_last(counted(x.ndim), axes))


@implements("numpy.linalg.tensorsolve")
def tensorsolve(a, b, axes=None):
    """The tensor x with ``tensordot(a, x, x.ndim) == b``."""
    x = in_order(as_array(a), axes)
    y = as_array(b)
    if x.ndim < y.ndim:
        prim.error("the coefficients must have at least as many axes as the right side, not {}", a)
    else:
        shape = x.shape if x.ndim == y.ndim else x.shape[y.ndim:]
        size = product(shape)
        prim.guard(
            x.size == size * size,
            "numpy.linalg.LinAlgError",
            "Input arrays must satisfy the requirement             prod(a.shape[b.ndim:]) == prod(a.shape[:b.ndim])",
        )
        return np.linalg.solve(x.reshape((size, size)), y.ravel()).reshape(shape)
