"""Truth of elements: any, all, count_nonzero."""

from copying import as_array
from folds import in_lanes
from masked import reduction
from reduce import reduce


def any_line(acc, line, dtype, step):
    if acc:
        return acc
    for i in range(len(line)):
        if line[i]:
            return np.bool_(True)
    return acc


def all_line(acc, line, dtype, step):
    if not acc:
        return acc
    for i in range(len(line)):
        if not line[i]:
            return np.bool_(False)
    return acc


def either(x, y):
    return x | y


def both(x, y):
    return x & y


def count_line(acc, line, dtype, step):
    for i in range(len(line)):
        acc = acc + prim.cast(line[i] != 0, dtype)
    return acc


def count_one(acc, x):
    return acc + x


def truths(a):
    """An array of bool with the truth of each element."""
    if prim.kind(prim.dtype(a)) == "b":
        return a
    else:
        return a.astype(np.bool_)


@implements("numpy.any", "ndarray.any")
def any(a, axis=None, out=None, keepdims=False, *, where=True):
    """Whether an element is true."""
    x = as_array(a)
    return reduction(x, axis, prim.dtype(np.bool_), out, keepdims, where, np.bool_(False), any_line, either, False)


@implements("numpy.all", "ndarray.all")
def all(a, axis=None, out=None, keepdims=False, *, where=True):
    """Whether all elements are true."""
    x = as_array(a)
    return reduction(x, axis, prim.dtype(np.bool_), out, keepdims, where, np.bool_(True), all_line, both, False)


@implements("numpy.count_nonzero")
def count_nonzero(a, axis=None, *, keepdims=False):
    """How many elements are true."""
    x = as_array(a)
    if axis is None and not keepdims and x.ndim > 0:
        return reduce(x, None, prim.dtype(np.int64), False, np.int64(0), count_line, count_one, False)
    else:
        return reduce(truths(x), axis, prim.dtype(np.int64), keepdims, np.int64(0), in_lanes, count_one, False)
