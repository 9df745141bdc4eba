"""Elements by positions along one axis: take_along_axis, put_along_axis, partition, argpartition.

`argpartition` gives the positions of a stable sort; NumPy leaves open how both sides of the
position that is asked for are ordered. `partition` of complex numbers sorts as well.
"""

from arrays import broadcasts, copy_elements
from axes import normalize, without
from broadcasting import common_shape, spread_to
from copying import as_array, from_items
from positions import flat
from sorting import argsort, is_in_place, is_plain, kind_of
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
    if prim.is_array(arr) and not prim.is_array(values):
        put_along_axis(arr, indices, from_items(values, prim.dtype(arr)), axis)
    elif not prim.is_array(arr):
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
    elif prim.is_array(kth) and kth.ndim > 1:
        prim.error("object too deep for desired array: kth is {}", kth)
    elif prim.is_array(kth) and prim.kind(prim.dtype(kth)) != "i" and prim.kind(prim.dtype(kth)) != "u":
        prim.error("Partition index must be integer, not {}", kth)
    elif prim.is_array(kth):
        line = flat(kth)
        for i in range(len(line)):
            check_kth(int(line[i]), n)
    elif prim.is_list(kth):
        for k in kth:
            check_kth(k, n)
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


def count_of(kth):
    """How many positions are asked for."""
    if prim.is_tuple(kth) or prim.is_list(kth):
        return len(kth)
    elif prim.is_array(kth):
        return kth.size
    else:
        return 1


def store_kth(out, kth, at, n):
    """Stores positions, counted from the front."""
    if prim.is_tuple(kth):
        if len(kth) > 0:
            store_kth(out, kth[0], at, n)
            store_kth(out, kth[1:], at + 1, n)
    elif prim.is_array(kth):
        line = flat(kth)
        for i in range(len(line)):
            store_kth(out, int(line[i]), at + i, n)
    elif prim.is_list(kth):
        for i in range(len(kth)):
            store_kth(out, kth[i], at + i, n)
    else:
        out[at] = int(kth) + n if int(kth) < 0 else int(kth)


def wanted(kth, n):
    """The positions asked for, in order."""
    check_kth(kth, n)
    out = prim.empty(count_of(kth), np.int64)
    store_kth(out, kth, 0, n)
    out.sort()
    return out


def select_line(line, at):
    """Brings elements to their positions in a line that the runtime can work on."""
    begin = 0
    for i in range(len(at)):
        k = int(at[i])
        if k >= begin and k < len(line):
            address = prim.address(line) + begin * line.itemsize
            prim.partition_numbers(address, len(line) - begin, kind_of(prim.dtype(line)), line.itemsize, k - begin)
            begin = k + 1


def partition_line(a, at, room):
    if not is_plain(prim.dtype(a)):
        a.sort()
    elif is_in_place(a):
        select_line(a, at)
    else:
        copy_elements(room, a)
        select_line(room, at)
        copy_elements(a, room)


def partition_along(a, axis, at, room):
    """Partitions the lines along an axis in place."""
    if a.ndim == 1:
        partition_line(a, at, room)
    elif axis > 0:
        for i in range(len(a)):
            partition_along(a[i], axis - 1, at, room)
    else:
        for k in range(a.shape[1]):
            partition_along(a[:, k], 0, at, room)


@implements("numpy.partition")
def partition(a, kth, axis=-1, kind="introselect", order=None):
    check_partition(kind, order)
    x = as_array(a)
    if axis is None:
        out = flat(x).copy()
        partition_line(out, wanted(kth, len(out)), out)
        return out
    else:
        k = normalize(axis, x.ndim)
        out = x.copy("K")
        partition_along(out, k, wanted(kth, x.shape[k]), prim.empty(x.shape[k], prim.dtype(x)))
        return out


@implements("ndarray.partition")
def partition_method(a, kth, axis=-1, kind="introselect", order=None):
    check_partition(kind, order)
    if prim.readonly(a):
        raise ValueError("partition array is read-only")
    else:
        k = normalize(axis, a.ndim)
        partition_along(a, k, wanted(kth, a.shape[k]), prim.empty(a.shape[k], prim.dtype(a)))


@implements("numpy.argpartition", "ndarray.argpartition")
def argpartition(a, kth, axis=-1, kind="introselect", order=None):
    check_partition(kind, order)
    x = as_array(a)
    if x.ndim == 0:
        return argsort(x)
    else:
        check_kth(kth, extent(x, axis))
        return argsort(x, axis)
