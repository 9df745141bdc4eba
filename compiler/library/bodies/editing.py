"""Arrays with elements taken out or put in: delete, insert, resize; `item`; windows that slide.

Without an axis these work on the elements in C order.
"""

from arrays import converted, copy_elements
from axes import normalize
from copying import array, as_array
from shape import ravel


def part(x, axis, begin, end):
    """A view of a range along an axis."""
    return x[(slice(None),) * axis + (slice(begin, end),)]


def found(i, n, axis):
    """A position counted from the front."""
    prim.guard(
        -n <= i < n, "IndexError", "index {} is out of bounds for axis {} with size {}", int(i), axis, n
    )
    return int(i) + n if i < 0 else int(i)


def kept_flags(obj, n, axis):
    """Which positions are left."""
    flags = np.ones(n, dtype=np.bool_)
    if prim.is_slice(obj):
        flags[obj] = False
    else:
        places = as_array(obj)
        if prim.kind(prim.dtype(places)) == "b":
            if places.ndim != 1:
                prim.error("boolean array argument obj to delete must be one dimensional: {}", obj)
            else:
                prim.guard(
                    len(places) == n,
                    "ValueError",
                    "boolean array argument obj to delete must be one dimensional and match the axis length of {}",
                    n,
                )
                for i in range(n):
                    flags[i] = not places[i]
        else:
            line = ravel(places)
            if prim.kind(prim.dtype(line)) == "f" or prim.kind(prim.dtype(line)) == "c":
                prim.guard(len(line) == 0, "IndexError", "arrays used as indices must be of integer (or boolean) type")
            else:
                for i in range(len(line)):
                    flags[found(line[i], n, axis)] = False
    return flags


def count(flags):
    """How many are true."""
    n = 0
    for flag in flags:
        if flag:
            n += 1
    return n


def delete_along(x, obj, axis):
    """Takes positions along an axis out."""
    n = x.shape[axis]
    if prim.is_integer(obj) and not prim.is_bool_literal(obj):
        at = found(obj, n, axis)
        out = prim.empty(prim.tuple_set(x.shape, axis, n - 1), prim.dtype(x))
        copy_elements(part(out, axis, 0, at), part(x, axis, 0, at))
        copy_elements(part(out, axis, at, n - 1), part(x, axis, at + 1, n))
        return out
    else:
        flags = kept_flags(obj, n, axis)
        out = prim.empty(prim.tuple_set(x.shape, axis, count(flags)), prim.dtype(x))
        to = 0
        for i in range(n):
            if flags[i]:
                copy_elements(part(out, axis, to, to + 1), part(x, axis, i, i + 1))
                to += 1
        return out


@implements("numpy.delete")
def delete(arr, obj, axis=None):
    """The array without some positions."""
    x = as_array(arr)
    if axis is None:
        return delete_along(ravel(x), obj, 0)
    else:
        return delete_along(x, obj, normalize(axis, x.ndim))


def insert_along(x, obj, values, axis):
    """Puts values in before a position along an axis."""
    n = x.shape[axis]
    prim.guard(
        -n <= obj <= n, "IndexError", "index {} is out of bounds for axis {} with size {}", int(obj), axis, n
    )
    at = int(obj) + n if obj < 0 else int(obj)
    new = new_values(x, values)
    if new.ndim > x.ndim:
        prim.error("could not broadcast the values {} into the array", values)
    elif new.ndim == 0:
        more = 1
        return put_in(x, new, at, more, axis)
    elif new.ndim < x.ndim and not (x.ndim == 1 or axis == 0 or axis == x.ndim - 1):
        prim.error("np.insert of values with fewer dimensions is supported along the first and the last axis only")
    elif x.ndim == 1:
        return put_in(x, new, at, len(new), axis)
    elif new.ndim == x.ndim and axis == 0:
        return put_in(x, new, at, new.shape[0], axis)
    elif new.ndim < x.ndim and axis == 0:
        return put_in(x, new, at, 1, axis)
    else:
        prim.error("np.insert of arrays is supported along the first axis only: of numbers along each")


def new_values(x, values):
    """Values in the array's dtype; Python's numbers are refused where they don't fit."""
    if prim.is_array(values):
        return values
    elif prim.is_number(values):
        return converted(values, prim.dtype(x))
    else:
        return array(values, prim.dtype(x))


def put_in(x, new, at, more, axis):
    """The array with a gap in which the values are."""
    n = x.shape[axis]
    out = prim.empty(prim.tuple_set(x.shape, axis, n + more), prim.dtype(x))
    copy_elements(part(out, axis, 0, at), part(x, axis, 0, at))
    copy_elements(part(out, axis, at + more, n + more), part(x, axis, at, n))
    gap = part(out, axis, at, at + more)
    gap[...] = new
    return out


@implements("numpy.insert")
def insert(arr, obj, values, axis=None):
    """The array with values before a position."""
    x = as_array(arr)
    if axis is None:
        return inserted(ravel(x), obj, values, 0)
    else:
        return inserted(x, obj, values, normalize(axis, x.ndim))


def inserted(x, obj, values, axis):
    if prim.is_integer(obj):
        return insert_along(x, obj, values, axis)
    elif prim.is_slice(obj):
        return insert_each(x, np.arange(x.shape[axis])[obj], values, axis, False)
    elif prim.is_list(obj) or prim.is_tuple(obj) or prim.is_array(obj):
        return insert_each(x, positions_of(as_array(obj)), values, axis, prim.is_tuple(obj))
    else:
        prim.error("np.insert takes positions as an integer, a slice, or an array or list of them, not {}", obj)


def positions_of(obj):
    if prim.kind(prim.dtype(obj)) != "i" and prim.kind(prim.dtype(obj)) != "u":
        prim.error("positions of np.insert are integers, not {}", obj)
    elif obj.ndim != 1:
        prim.error("positions of np.insert are an array of one dimension here, not {}", obj)
    else:
        return obj.astype(np.int64)


def insert_each(x, positions, values, axis, as_tuple):
    """Values before each of some positions; before a single one as many as there are."""
    n = x.shape[axis]
    new = as_rank(new_values(x, values), x.ndim)
    more = new.shape[axis] if len(positions) == 1 else len(positions)
    at = np.empty(more, np.int64)
    for k in range(more):
        i = positions[0] if len(positions) == 1 else positions[k]
        if len(positions) == 1 and (i < -n or i > n):
            shown = "(" + str(i) + ",)" if as_tuple else "[" + str(i) + "]"
            raise IndexError("index " + shown + " is out of bounds for axis " + str(axis) + " with size " + str(n))
        at[k] = i + n if i < 0 else i
    order = np.argsort(at, kind="stable")
    for k in range(more):
        at[order[k]] += k
    out = prim.empty(prim.tuple_set(x.shape, axis, n + more), prim.dtype(x))
    spread = np.broadcast_to(new, prim.tuple_set(x.shape, axis, more))
    old = np.ones(n + more, np.bool_)
    for k in range(more):
        if at[k] < 0 or at[k] >= n + more:
            raise IndexError("index " + str(at[k]) + " is out of bounds for axis " + str(axis) + " with size " + str(n + more))
        old[at[k]] = False
        copy_elements(part(out, axis, at[k], at[k] + 1), part(spread, axis, k, k + 1))
    k = 0
    for i in range(n + more):
        if old[i]:
            copy_elements(part(out, axis, i, i + 1), part(x, axis, k, k + 1))
            k += 1
    return out


def as_rank(values, ndim):
    """The values with axes in front."""
    if values.ndim > ndim:
        prim.error("the values {} have more dimensions than the array", values)
    else:
        return np.array(values, ndmin=ndim)


@implements("numpy.resize")
def resize(a, new_shape):
    """The elements in another shape, repeated as often as needed."""
    line = ravel(a)
    shape = new_shape if prim.is_tuple(new_shape) else (new_shape,)
    for extent in shape:
        if extent < 0:
            raise ValueError("all elements of `new_shape` must be non-negative")
    out = prim.zeros(shape, prim.dtype(line))
    flat = prim.view_c(out, out.size)
    if len(line) > 0:
        for i in range(len(flat)):
            flat[i] = line[i % len(line)]
    return out


@implements("ndarray.item")
def item(a, *args):
    """An element as a Python number."""
    if len(args) == 0:
        if a.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return a[(0,) * a.ndim].item()
    elif len(args) == 1 and prim.is_tuple(args[0]):
        return at_index(a, args[0])
    elif len(args) == 1 and a.ndim != 1:
        return at_place(a, args[0])
    else:
        return at_index(a, args)


def at_index(a, index):
    """The element at an index for each axis."""
    if len(index) != a.ndim:
        prim.error("incorrect number of indices for array: {}", a)
    else:
        return a[index].item()


def at_place(a, place):
    """The element at a place in C order."""
    n = a.size
    prim.guard(-n <= place < n, "IndexError", "index {} is out of bounds for size {}", int(place), n)
    return of_place(a, int(place) + n if place < 0 else int(place))


def of_place(a, place):
    if a.ndim == 0:
        return a[()].item()
    elif a.ndim == 1:
        return a[place].item()
    else:
        inner = a.size // a.shape[0]
        return of_place(a[place // inner], place % inner)


@implements("numpy.lib.stride_tricks.sliding_window_view")
def sliding_window_view(x, window_shape, axis=None, *, subok=False, writeable=False):
    """All windows of a size along one axis; they share the array's memory."""
    a = as_array(x)
    if writeable:
        prim.error("writeable windows are not supported: they overlap")
    elif axis is None and a.ndim != 1:
        prim.error("sliding_window_view needs axis= here: it is supported along one axis")
    elif not prim.is_integer(window_shape):
        prim.error("sliding_window_view is supported along one axis, with an integer: not {}", window_shape)
    else:
        at = 0 if axis is None else normalize(axis, a.ndim)
        if window_shape < 0:
            raise ValueError("`window_shape` cannot contain negative values")
        if a.shape[at] < window_shape:
            raise ValueError("window shape cannot be larger than input array shape")
        size = int(window_shape)
        shape = prim.tuple_set(a.shape, at, a.shape[at] - size + 1) + (size,)
        return prim.frozen(prim.view(a, shape, a.strides + (a.strides[at],), 0))


@implements("numpy.isscalar")
def isscalar(element):
    """Whether it is a number or a text."""
    return prim.is_number(element) or prim.is_text(element) or prim.is_time(element)
