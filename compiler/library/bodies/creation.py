"""New arrays: zeros, ones, empty, full, their ``_like`` forms, eye, identity."""

from arrays import assign, fill, spread
from axes import dtype_or
from copying import as_array


def new(shape, dtype, order):
    """An array in C or F order, not set."""
    if order == "C":
        return prim.empty(shape, dtype)
    elif order == "F":
        return prim.empty_f(shape, dtype)
    else:
        prim.error("order must be 'C' or 'F' here")


def new_like(a, dtype, order, shape):
    """An array for ``_like`` functions: 'K' and 'A' keep F order where it is known."""
    extents = a.shape if shape is None else shape
    if order == "K" or order == "A":
        if prim.layout(a) == "F" and (order == "A" or has_axes(shape, a.ndim)):
            return prim.empty_f(extents, dtype_or(dtype, prim.dtype(a)))
        else:
            return prim.empty(extents, dtype_or(dtype, prim.dtype(a)))
    else:
        return new(extents, dtype_or(dtype, prim.dtype(a)), order)


def has_axes(shape, ndim):
    """Whether a new shape is none, or has as many axes."""
    if shape is None:
        return True
    elif prim.is_tuple(shape):
        return len(shape) == ndim
    else:
        return ndim == 1


def put(out, value):
    """Set all elements as `numpy.full` does: Python integers are checked, the rest cast."""
    if prim.kind(prim.dtype(out)) in ("i", "u") and prim.is_weak(value) and prim.is_integer(value):
        fill(out, value)
    elif prim.is_weak(value):
        spread(out, prim.cast(prim.to_numpy(value), prim.dtype(out)))
    else:
        spread(out, prim.cast(value, prim.dtype(out)))


@implements("numpy.zeros")
def zeros(shape, dtype=None, order="C"):
    if order == "F":
        return prim.zeros_f(shape, dtype_or(dtype, np.float64))
    elif order == "C":
        return prim.zeros(shape, dtype_or(dtype, np.float64))
    else:
        prim.error("order must be 'C' or 'F'")


@implements("numpy.empty")
def empty(shape, dtype=None, order="C"):
    return new(shape, dtype_or(dtype, np.float64), order)


@implements("numpy.ones")
def ones(shape, dtype=None, order="C"):
    out = new(shape, dtype_or(dtype, np.float64), order)
    spread(out, prim.cast(1, prim.dtype(out)))
    return out


@implements("numpy.full")
def full(shape, fill_value, dtype=None, order="C"):
    if not prim.is_number(fill_value):
        values = as_array(fill_value)
        out = new(shape, dtype_or(dtype, prim.dtype(values)), order)
        assign(out, values)
        return out
    else:
        out = new(shape, dtype_or(dtype, prim.dtype(fill_value)), order)
        put(out, fill_value)
        return out


@implements("numpy.zeros_like")
def zeros_like(a, dtype=None, order="K", subok=True, shape=None):
    out = new_like(as_array(a), dtype, order, shape)
    spread(out, prim.cast(0, prim.dtype(out)))
    return out


@implements("numpy.ones_like")
def ones_like(a, dtype=None, order="K", subok=True, shape=None):
    out = new_like(as_array(a), dtype, order, shape)
    spread(out, prim.cast(1, prim.dtype(out)))
    return out


@implements("numpy.empty_like")
def empty_like(prototype, dtype=None, order="K", subok=True, shape=None):
    return new_like(as_array(prototype), dtype, order, shape)


@implements("numpy.full_like")
def full_like(a, fill_value, dtype=None, order="K", subok=True, shape=None):
    if not prim.is_number(fill_value):
        out = new_like(as_array(a), dtype, order, shape)
        assign(out, as_array(fill_value))
        return out
    else:
        out = new_like(as_array(a), dtype, order, shape)
        put(out, fill_value)
        return out


@implements("ndarray.fill")
def fill_method(a, value):
    if not prim.is_number(value):
        prim.error("the fill value must be a number, not {}", value)
    else:
        fill(a, value)


@implements("numpy.eye")
def eye(N, M=None, k=0, dtype=None, order="C"):
    columns = N if M is None else M
    out = zeros((N, columns), dtype, order)
    for i in range(max(0, -k), min(N, columns - k)):
        out[i, i + k] = prim.cast(1, prim.dtype(out))
    return out


@implements("numpy.identity")
def identity(n, dtype=None):
    return eye(n, None, 0, dtype)
