"""Differences of neighbours: diff, ediff1d, gradient, and areas below lines: trapezoid."""

from arrays import copy_elements
from axes import counted, normalize
from copying import as_array
from outputs import rank
from positions import flat


def subtracted(x, y):
    """A difference of elements; of bool whether they are different."""
    if prim.kind(prim.dtype(x)) == "b":
        return x != y
    else:
        return x - y


def differences(out, a, axis):
    """Differences of neighbours along an axis."""
    if axis > 0:
        for i in range(len(out)):
            differences(out[i], a[i], axis - 1)
    elif a.ndim == 1:
        for i in range(len(out)):
            out[i] = subtracted(a[i + 1], a[i])
    else:
        for i in range(len(out)):
            subtract(out[i], a[i + 1], a[i])


def subtract(out, a, b):
    """Differences of two arrays of one shape."""
    if a.ndim == 1:
        for i in range(len(out)):
            out[i] = subtracted(a[i], b[i])
    else:
        for i in range(len(out)):
            subtract(out[i], a[i], b[i])


def section(a, axis, start, length):
    """A view of a range along an axis."""
    return prim.view(a, prim.tuple_set(a.shape, axis, length), a.strides, start * a.strides[axis])


def joined(a, b, axis):
    """Two arrays, the second perhaps a number or with an extent of 1, one after the other along an axis."""
    x = as_array(a)
    y = as_array(b)
    if x.ndim == 0:
        return joined(spread_along(x, y, axis), y, axis)
    elif y.ndim == 0:
        return joined(x, spread_along(y, x, axis), axis)
    elif x.ndim != y.ndim:
        prim.error("all the input array dimensions must be the same: {}", b)
    else:
        prim.guard(
            prim.tuple_set(x.shape, axis, 0) == prim.tuple_set(y.shape, axis, 0),
            "ValueError",
            "all the input array dimensions except for the concatenation axis must match exactly, but the shapes are {} and {}",
            x.shape,
            y.shape,
        )
        n = x.shape[axis]
        m = y.shape[axis]
        out = prim.empty(prim.tuple_set(x.shape, axis, n + m), prim.result_type(prim.dtype(x), prim.dtype(y)))
        copy_elements(section(out, axis, 0, n), x)
        copy_elements(section(out, axis, n, m), y)
        return out


def spread_along(x, like, axis):
    """A number as an array of one row along an axis of another array."""
    return prim.view(x, prim.tuple_set(like.shape, axis, 1), (0,) * like.ndim, 0)


def diff_times(x, n, at):
    """Differences along an axis, n times."""
    if n == 0:
        return x
    else:
        shape = prim.tuple_set(x.shape, at, max(x.shape[at] - 1, 0))
        out = prim.empty_f(shape, prim.dtype(x)) if prim.layout(x) == "F" else prim.empty(shape, prim.dtype(x))
        differences(out, x, at)
        return diff_times(out, n - 1, at)


@implements("numpy.diff")
def diff(a, n=1, axis=-1, prepend=None, append=None):
    """Differences of neighbours, n times."""
    x = as_array(a)
    if x.ndim == 0:
        prim.error("diff requires input that is at least one dimensional")
    elif not prim.is_literal(n):
        prim.error("n must be a constant here")
    elif n < 0:
        prim.error("order must be non-negative")
    elif n == 0:
        return a
    else:
        at = normalize(axis, x.ndim)
        before = x if prepend is None else joined(prepend, x, at)
        return diff_times(before if append is None else joined(before, append, at), n, at)


def fits(x, y):
    """Refuses a number before or behind differences that can't be cast to their dtype."""
    if rank(prim.dtype(x)) > rank(prim.dtype(y)):
        prim.error("dtype of `to_begin` and `to_end` must be compatible with input `ary` under the `same_kind` rule: {}", x)


def in_line(x):
    """The elements of what is put before or behind differences."""
    if x is None:
        return ()
    else:
        return as_array(x).ravel()


@implements("numpy.ediff1d")
def ediff1d(ary, to_end=None, to_begin=None):
    """Differences of neighbours in C order, with more before and behind them."""
    a = as_array(ary)
    line = a if a.ndim == 1 else flat(a)
    before = in_line(to_begin)
    behind = in_line(to_end)
    n = max(len(line) - 1, 0)
    out = prim.empty(len(before) + n + len(behind), prim.dtype(line))
    if prim.kind(prim.dtype(line)) == "b":
        prim.error("numpy boolean subtract, the `-` operator, is not supported")
    for i in range(n):
        out[len(before) + i] = line[i + 1] - line[i]
    if to_begin is not None:
        fits(before, line)
        copy_elements(out[:len(before)], before)
    if to_end is not None:
        fits(behind, line)
        copy_elements(out[len(before) + n:], behind)
    return out


# Gradients


def column(v, ndim, axis):
    """A line as an array of several axes."""
    return prim.view(v, prim.tuple_set((1,) * ndim, axis, len(v)), prim.tuple_set((0,) * ndim, axis, v.strides[0]), 0)


def gradient_floats(f):
    """The array in the dtype of its gradient."""
    if prim.kind(prim.dtype(f)) == "b":
        prim.error("numpy boolean subtract, the `-` operator, is not supported: the gradient of {}", f)
    elif prim.kind(prim.dtype(f)) == "i" or prim.kind(prim.dtype(f)) == "u":
        return f.astype(np.float64)
    else:
        return f


def check_places(h, n):
    """What NumPy raises for places that don't fit; there must be two, before anything else is looked at."""
    if not prim.is_number(h):
        places = as_array(h)
        if places.ndim > 1:
            prim.error("distances must be either scalars or 1d, not {}", h)
        elif places.ndim == 1:
            if len(places) != n:
                raise ValueError("when 1d, distances must match the length of the corresponding dimension")
            if n < 2:
                raise IndexError("index 0 is out of bounds for axis 0 with size 0")


def gradient_along(f, h, axis, edge_order):
    """The gradient along an axis; `h` is a distance or the line of places."""
    check_places(h, f.shape[axis])
    if f.shape[axis] < edge_order + 1:
        raise ValueError(
            "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements are required."
        )
    out = prim.empty_f(f.shape, prim.dtype(f)) if prim.layout(f) == "F" else prim.empty(f.shape, prim.dtype(f))
    if prim.is_number(h):
        uniform(out, f, h, axis, edge_order)
    elif as_array(h).ndim == 0:
        uniform(out, f, as_array(h)[()], axis, edge_order)
    else:
        steps = np.diff(gradient_floats(as_array(h)))
        if np.all(steps == steps[0]):
            uniform(out, f, steps[0], axis, edge_order)
        else:
            uneven(out, f, steps, axis, edge_order)
    return out


def uniform(out, f, h, axis, edge_order):
    """Central differences, one-sided ones at the ends."""
    n = f.shape[axis]
    if n > 2:
        inner = section(out, axis, 1, n - 2)
        inner[...] = (section(f, axis, 2, n - 2) - section(f, axis, 0, n - 2)) / (2.0 * h)
    first = section(out, axis, 0, 1)
    last = section(out, axis, n - 1, 1)
    if edge_order == 1:
        first[...] = (section(f, axis, 1, 1) - section(f, axis, 0, 1)) / h
        last[...] = (section(f, axis, n - 1, 1) - section(f, axis, n - 2, 1)) / h
    else:
        weighted(first, f, axis, 0, -1.5 / h, 2.0 / h, -0.5 / h)
        weighted(last, f, axis, n - 3, 0.5 / h, -2.0 / h, 1.5 / h)


def weighted(out, f, axis, at, a, b, c):
    """Three neighbours times their weights."""
    out[...] = a * section(f, axis, at, 1) + b * section(f, axis, at + 1, 1) + c * section(f, axis, at + 2, 1)


def uneven(out, f, steps, axis, edge_order):
    """The same for distances that differ: second order by Taylor's expansion."""
    n = f.shape[axis]
    if n > 2:
        dx1 = column(steps[:n - 2], f.ndim, axis)
        dx2 = column(steps[1:], f.ndim, axis)
        a = -dx2 / (dx1 * (dx1 + dx2))
        b = (dx2 - dx1) / (dx1 * dx2)
        c = dx1 / (dx2 * (dx1 + dx2))
        inner = section(out, axis, 1, n - 2)
        inner[...] = a * section(f, axis, 0, n - 2) + b * section(f, axis, 1, n - 2) + c * section(f, axis, 2, n - 2)
    first = section(out, axis, 0, 1)
    last = section(out, axis, n - 1, 1)
    if edge_order == 1:
        first[...] = (section(f, axis, 1, 1) - section(f, axis, 0, 1)) / steps[0]
        last[...] = (section(f, axis, n - 1, 1) - section(f, axis, n - 2, 1)) / steps[n - 2]
    else:
        d1 = steps[0]
        d2 = steps[1]
        weighted(
            first, f, axis, 0, -(2.0 * d1 + d2) / (d1 * (d1 + d2)), (d1 + d2) / (d1 * d2), -d1 / (d2 * (d1 + d2))
        )
        d1 = steps[n - 3]
        d2 = steps[n - 2]
        weighted(last, f, axis, n - 3, d2 / (d1 * (d1 + d2)), -(d2 + d1) / (d1 * d2), (2.0 * d2 + d1) / (d2 * (d1 + d2)))


def gradients(f, distances, axes, edge_order):
    """A tuple of gradients, one for each axis."""
    if len(axes) == 0:
        return ()
    else:
        first = gradient_along(f, distances[0], normalize(axes[0], f.ndim), edge_order)
        return (first,) + gradients(f, distances[1:], axes[1:], edge_order)


@implements("numpy.gradient")
def gradient(f, *varargs, axis=None, edge_order=1):
    """Slopes by differences of neighbours, along each axis."""
    a = gradient_floats(as_array(f))
    axes = counted(a.ndim) if axis is None else (axis if prim.is_tuple(axis) else (axis,))
    if not prim.is_literal(edge_order) or edge_order > 2 or edge_order < 1:
        prim.error("edge_order must be the constant 1 or 2")
    elif len(varargs) == 0:
        distances = (1.0,) * len(axes)
    elif len(varargs) == 1:
        distances = varargs * len(axes)
    else:
        distances = varargs
    if len(varargs) > 1 and len(varargs) != len(axes):
        prim.error("invalid number of arguments: np.gradient takes one distance, or one for each axis")
    elif len(varargs) == 1 and len(axes) > 1 and not prim.is_number(varargs[0]) and as_array(varargs[0]).ndim > 0:
        prim.error("invalid number of arguments: np.gradient takes distances for each axis")
    elif len(axes) == 1:
        return gradients(a, distances, axes, edge_order)[0]
    else:
        return gradients(a, distances, axes, edge_order)


# Areas


@implements("numpy.trapezoid")
def trapezoid(y, x=None, dx=1.0, axis=-1):
    """The area below a piecewise linear curve."""
    a = as_array(y)
    at = normalize(axis, a.ndim)
    n = max(a.shape[at] - 1, 0)
    upper = section(a, at, min(1, a.shape[at]), n)
    lower = section(a, at, 0, n)
    if x is None:
        return (dx * (upper + lower) / 2.0).sum(axis)
    elif as_array(x).ndim == 1:
        steps = np.diff(as_array(x))
        return (column(steps, a.ndim, at) * (upper + lower) / 2.0).sum(axis)
    else:
        return (np.diff(as_array(x), 1, axis) * (upper + lower) / 2.0).sum(axis)
