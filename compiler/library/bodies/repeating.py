"""The same elements several times: repeat, tile."""

from arrays import copy_elements
from axes import normalize
from copying import as_array
from shape import ravel


def whole_counts(repeats):
    """An array of counts, which must be integers."""
    counts = as_array(repeats)
    if prim.kind(prim.dtype(counts)) in ("f", "c"):
        prim.error("Cannot cast array data to dtype('int64') according to the rule 'safe': the counts are {}", repeats)
    elif counts.ndim > 1:
        prim.error("object too deep for desired array: the counts are {}", repeats)
    else:
        return counts


def total(counts):
    """The sum of counts, checked."""
    n = 0
    for i in range(len(counts)):
        if counts[i] < 0:
            raise ValueError("repeats may not contain negative values.")
        n += int(counts[i])
    return n


def row(out, to, a, i, axis):
    """Copies one position along an axis."""
    if a.ndim == 1:
        out[to] = a[i]
    else:
        prefix = (slice(None),) * axis
        out[prefix + (to,)] = a[prefix + (i,)]


def repeat_each(x, axis, count):
    """Each position along an axis as often as a number says."""
    if count < 0:
        raise ValueError("negative dimensions are not allowed")
    n = x.shape[axis]
    times = int(count)
    out = prim.empty(prim.tuple_set(x.shape, axis, n * times), prim.dtype(x))
    for i in range(n):
        for k in range(times):
            row(out, i * times + k, x, i, axis)
    return out


def repeat_by(x, axis, counts):
    """Each position along an axis as often as its count says."""
    n = x.shape[axis]
    prim.guard(
        len(counts) == n,
        "ValueError",
        "operands could not be broadcast together with shape ({},) ({},)",
        n,
        len(counts),
    )
    out = prim.empty(prim.tuple_set(x.shape, axis, total(counts)), prim.dtype(x))
    to = 0
    for i in range(n):
        for _ in range(int(counts[i])):
            row(out, to, x, i, axis)
            to += 1
    return out


def repeat_along(x, repeats, axis):
    """Elements along an axis several times."""
    if prim.is_integer(repeats):
        return repeat_each(x, axis, repeats)
    else:
        counts = whole_counts(repeats)
        if counts.ndim == 0:
            return repeat_each(x, axis, counts[()])
        elif len(counts) == 1:
            return repeat_each(x, axis, counts[0])
        else:
            return repeat_by(x, axis, counts)


@implements("numpy.repeat", "ndarray.repeat")
def repeat(a, repeats, axis=None):
    """Each element several times, one behind the other."""
    x = as_array(a)
    if axis is None or x.ndim == 0:
        return repeat_along(ravel(x), repeats, 0)
    else:
        return repeat_along(x, repeats, normalize(axis, x.ndim))


def woven(a, b):
    """``(a[0], b[0], a[1], b[1], ...)``"""
    if len(a) == 0:
        return ()
    else:
        return (a[0], b[0]) + woven(a[1:], b[1:])


def times_each(a, b):
    """The products of extents."""
    if len(a) == 0:
        return ()
    else:
        return (a[0] * b[0],) + times_each(a[1:], b[1:])


def not_negative(reps):
    """Raises ValueError for numbers of copies below 0."""
    if len(reps) > 0:
        if reps[0] < 0:
            raise ValueError("negative dimensions are not allowed")
        not_negative(reps[1:])


def tiled(x, reps):
    """Copies side by side, one number of copies for each axis."""
    out = prim.empty(times_each(x.shape, reps), prim.dtype(x))
    if out.size > 0:
        cells = woven(reps, x.shape)
        source = prim.view(x, cells, woven((0,) * x.ndim, x.strides), 0)
        copy_elements(prim.view_c(out, cells), source)
    return out


@implements("numpy.tile")
def tile(A, reps):
    """Copies of an array side by side."""
    x = as_array(A)
    if prim.is_tuple(reps):
        counts = reps
    elif prim.is_integer(reps):
        counts = (reps,)
    else:
        prim.error("the numbers of copies must be an integer or a tuple, not {}", reps)
    not_negative(counts)
    if len(counts) < x.ndim:
        return tiled(x, (1,) * (x.ndim - len(counts)) + counts)
    else:
        more = len(counts) - x.ndim
        wide = prim.view(x, (1,) * more + x.shape, (0,) * more + x.strides, 0)
        return tiled(wide, counts)
