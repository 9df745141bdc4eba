"""Elements by positions along one axis: take_along_axis, put_along_axis, partition, argpartition.

Elements on both sides of the positions that `partition` is asked for come sorted; NumPy
leaves their order open. Equal keys keep their order in `argpartition`.
"""

from arrays import broadcasts
from axes import normalize, without
from broadcasting import common_shape, spread_to
from copying import as_array
from positions import flat
from sorting import argsort, sort
from taking import check_integers


def bounded(i, n, axis):
    """A position counted from the front."""
    prim.guard(i >= -n and i < n, "IndexError", "index {} is out of bounds for axis {} with size {}", i, axis, n)
    return i + n if i < 0 else i


def take_each(out, a, indices, axis, name):
    """Elements along an axis; all arrays agree on the other axes."""
    if out.ndim == 1:
        for i in range(len(out)):
            out[i] = a[bounded(int(indices[i]), len(a), name)]
    elif axis > 0:
        for i in range(len(out)):
            take_each(out[i], a[i], indices[i], axis - 1, name)
    else:
        for k in range(out.shape[1]):
            take_each(out[:, k], a[:, k], indices[:, k], 0, name)


def put_each(a, indices, values, axis, name):
    if a.ndim == 1:
        for i in range(len(indices)):
            a[bounded(int(indices[i]), len(a), name)] = prim.cast(values[i], prim.dtype(a))
    elif axis > 0:
        for i in range(len(a)):
            put_each(a[i], indices[i], values[i], axis - 1, name)
    else:
        for k in range(a.shape[1]):
            put_each(a[:, k], indices[:, k], values[:, k], 0, name)


def others(s, t, axis):
    """The shape of two arrays broadcast together, but for an axis."""
    return common_shape(without(s, axis), without(t, axis))


def check_bounds(line, n, axis):
    """Raises IndexError before anything is written."""
    for i in range(len(line)):
        bounded(int(line[i]), n, axis)


def check_along(a, indices):
    if prim.kind(prim.dtype(indices)) == "b":
        prim.error("`indices` must be an integer array, not {}", indices)
    else:
        check_integers(indices)
        if a.ndim != indices.ndim:
            prim.error("`indices` and `arr` must have the same number of dimensions; indices is {}", indices)


@implements("numpy.take_along_axis")
def take_along_axis(arr, indices, axis=-1):
    a = as_array(arr)
    x = as_array(indices)
    if axis is None:
        if x.ndim != 1:
            prim.error("when axis=None, `indices` must have a single dimension.")
        else:
            return take_along_axis(flat(a), x, 0)
    else:
        check_along(a, x)
        at = normalize(axis, a.ndim)
        shape = others(a.shape, x.shape, at)
        wide = shape[:at] + (a.shape[at],) + shape[at:]
        full = shape[:at] + (x.shape[at],) + shape[at:]
        out = prim.empty(full, prim.dtype(a))
        take_each(out, spread_to(a, wide), spread_to(x, full), at, at)
        return out


@implements("numpy.put_along_axis")
def put_along_axis(arr, indices, values, axis):
    x = as_array(indices)
    v = as_array(values)
    if not prim.is_array(arr):
        prim.error("put_along_axis writes to an array, not {}", arr)
    elif axis is None:
        if x.ndim != 1:
            prim.error("when axis=None, `indices` must have a single dimension.")
        elif arr.ndim != 1 and prim.layout(arr) != "C":
            prim.error("axis=None needs an array in C order, not {}", arr)
        else:
            put_along_axis(prim.view_c(arr, arr.size) if arr.ndim != 1 else arr, x, v, 0)
    elif prim.readonly(arr):
        raise ValueError("assignment destination is read-only")
    elif v.ndim > arr.ndim:
        prim.error("the values {} have more axes than the array", values)
    else:
        check_along(arr, x)
        at = normalize(axis, arr.ndim)
        shape = others(arr.shape, x.shape, at)
        full = shape[:at] + (x.shape[at],) + shape[at:]
        wide = shape[:at] + (arr.shape[at],) + shape[at:]
        prim.guard(broadcasts(v.shape, full), "ValueError", "shape mismatch: value array of shape {} could not be broadcast to indexing result of shape {}", v.shape, full)
        check_bounds(flat(x), arr.shape[at], at)
        put_each(spread_to(arr, wide), spread_to(x, full), spread_to(v.copy(), full), at, at)


def check_kth(kth, n):
    """Raises ValueError for positions that aren't there."""
    if prim.is_tuple(kth):
        if len(kth) > 0:
            check_kth(kth[0], n)
            check_kth(kth[1:], n)
    elif prim.is_array(kth):
        line = flat(kth)
        for i in range(len(line)):
            check_kth(int(line[i]), n)
    elif not prim.is_integer(kth):
        prim.error("Partition index must be integer, not {}", kth)
    else:
        k = int(kth)
        if n > 0:
            prim.guard(k >= -n and k < n, "ValueError", "kth(={}) out of bounds ({})", k + n if k < 0 else k, n)


def check_partition(kind, order):
    if order is not None:
        prim.error("order= is not supported: there are no fields")
    elif kind != "introselect":
        prim.error("select kind must be 'introselect', not {}", kind)


def extent(x, axis):
    if axis is None:
        return x.size
    else:
        return x.shape[normalize(axis, x.ndim)]


@implements("numpy.partition")
def partition(a, kth, axis=-1, kind="introselect", order=None):
    check_partition(kind, order)
    x = as_array(a)
    check_kth(kth, extent(x, axis))
    return sort(x, axis)


@implements("ndarray.partition")
def partition_method(a, kth, axis=-1, kind="introselect", order=None):
    check_partition(kind, order)
    if prim.readonly(a):
        raise ValueError("partition array is read-only")
    else:
        check_kth(kth, extent(a, axis))
        a.sort(axis)


@implements("numpy.argpartition", "ndarray.argpartition")
def argpartition(a, kth, axis=-1, kind="introselect", order=None):
    check_partition(kind, order)
    x = as_array(a)
    if x.ndim == 0:
        return argsort(x)
    else:
        check_kth(kth, extent(x, axis))
        return argsort(x, axis)
