"""Sorting: sort, argsort, lexsort, sort_complex.

Lines of integers, floats and bools are sorted by the runtime (`prim.sort_numbers`,
`prim.sorted_positions`); what isn't without gaps is copied first. Complex numbers and
dates have a merge sort here, with insertion sort below it. Equal elements keep their
order, also where NumPy's default (`kind="quicksort"`) leaves it open: positions from
argsort are those of ``kind="stable"``. nan comes last.
"""

from arrays import copy_elements
from axes import normalize
from copying import as_array
from positions import flat
from searching import complex_before


def is_plain(dtype):
    """Whether the runtime sorts elements of a dtype."""
    return kind_of(dtype) >= 0


def kind_of(dtype):
    """The runtime's number for a kind of elements; -1 for others."""
    if prim.kind(dtype) == "f":
        return 2
    elif prim.kind(dtype) == "i":
        return 1
    elif prim.kind(dtype) == "u" or prim.kind(dtype) == "b":
        return 0
    else:
        return -1


def is_in_place(line):
    """Whether the runtime can work on a line where it is."""
    if prim.layout(line) == "C":
        return prim.address(line) % line.itemsize == 0
    else:
        return False


def comes_first(x, y):
    """Whether an element goes before another."""
    if prim.kind(prim.dtype(x)) == "c":
        return complex_before(x.real, x.imag, y.real, y.imag)
    else:
        return x < y


def sort_line(a, room):
    """Sorts a line in place; `room` is a line of the same length, or the line itself if it is a new one."""
    if is_plain(prim.dtype(a)):
        if is_in_place(a):
            prim.sort_numbers(prim.address(a), len(a), kind_of(prim.dtype(a)), a.itemsize)
        else:
            copy_elements(room, a)
            prim.sort_numbers(prim.address(room), len(a), kind_of(prim.dtype(a)), a.itemsize)
            copy_elements(a, room)
    else:
        sort_run(a, prim.empty(len(a), prim.dtype(a)))


def order_line(order, keys, positions, room):
    """Stores the positions that sort a line; `positions` and `room` are lines of its length.

    They are used where the runtime can't work in place, and may be `order` and `keys` if it can.
    """
    if is_plain(prim.dtype(keys)):
        if is_in_place(keys) and is_in_place(order):
            prim.sorted_positions(prim.address(order), prim.address(keys), len(keys), kind_of(prim.dtype(keys)), keys.itemsize)
        else:
            copy_elements(room, keys)
            prim.sorted_positions(prim.address(positions), prim.address(room), len(keys), kind_of(prim.dtype(keys)), keys.itemsize)
            copy_elements(order, positions)
    else:
        for i in range(len(order)):
            order[i] = i
        sort_positions(order, keys, prim.empty(len(order), np.int64))


def sort_run(a, room):
    """Sorts elements of any kind."""
    n = len(a)
    if n <= 16:
        for i in range(1, n):
            x = a[i]
            k = i
            while k > 0 and comes_first(x, a[k - 1]):
                a[k] = a[k - 1]
                k -= 1
            a[k] = x
    else:
        half = n // 2
        sort_run(a[:half], room[:half])
        sort_run(a[half:], room[half:])
        if comes_first(a[half], a[half - 1]):
            merge(a, room, half)


def merge(a, room, half):
    """Merges two sorted halves."""
    for i in range(half):
        room[i] = a[i]
    left = 0
    right = half
    n = len(a)
    for k in range(n):
        if left == half:
            return
        if right < n and comes_first(a[right], room[left]):
            a[k] = a[right]
            right += 1
        else:
            a[k] = room[left]
            left += 1


def sort_positions(order, keys, room):
    """Sorts positions by the keys there."""
    n = len(order)
    if n <= 16:
        for i in range(1, n):
            at = order[i]
            k = i
            while k > 0 and comes_first(keys[at], keys[order[k - 1]]):
                order[k] = order[k - 1]
                k -= 1
            order[k] = at
    else:
        half = n // 2
        sort_positions(order[:half], keys, room[:half])
        sort_positions(order[half:], keys, room[half:])
        if comes_first(keys[order[half]], keys[order[half - 1]]):
            merge_positions(order, keys, room, half)


def merge_positions(order, keys, room, half):
    """Merges two halves of positions with sorted keys."""
    for i in range(half):
        room[i] = order[i]
    left = 0
    right = half
    n = len(order)
    for k in range(n):
        if left == half:
            return
        if right < n and comes_first(keys[order[right]], keys[room[left]]):
            order[k] = order[right]
            right += 1
        else:
            order[k] = room[left]
            left += 1


def sort_along(a, axis, room):
    """Sorts the lines along an axis in place."""
    if a.ndim == 1:
        sort_line(a, room)
    elif axis > 0:
        for i in range(len(a)):
            sort_along(a[i], axis - 1, room)
    elif a.ndim == 2:
        for k in range(a.shape[1]):
            sort_line(a[:, k], room)
    else:
        for k in range(a.shape[1]):
            sort_along(a[:, k], 0, room)


def positions_along(out, a, axis, positions, room):
    """Positions that sort the lines along an axis."""
    if a.ndim == 1:
        order_line(out, a, positions, room)
    elif axis > 0:
        for i in range(len(a)):
            positions_along(out[i], a[i], axis - 1, positions, room)
    else:
        for k in range(a.shape[1]):
            positions_along(out[:, k], a[:, k], 0, positions, room)


def check(kind, order, stable):
    """Refuses what isn't supported, and what NumPy refuses."""
    if order is not None:
        prim.error("order= is not supported: there are no fields")
    elif stable is not None:
        if kind is not None:
            prim.error("`kind` and keyword parameters can't be provided at the same time. Use only one of them.")
    elif kind is not None:
        if not (kind == "quicksort" or kind == "heapsort" or kind == "mergesort" or kind == "stable" or kind == "quick" or kind == "heap"):
            prim.error("sort kind must be one of 'quick', 'heap', or 'stable', not {}", kind)


@implements("numpy.sort")
def sort(a, axis=-1, kind=None, order=None, *, stable=None):
    check(kind, order, stable)
    x = as_array(a)
    if axis is None:
        out = flat(x).copy()
        sort_line(out, out)
        return out
    else:
        at = normalize(axis, x.ndim)
        out = x.copy("K")
        sort_along(out, at, prim.empty(x.shape[at], prim.dtype(x)))
        return out


@implements("ndarray.sort")
def sort_method(a, axis=-1, kind=None, order=None, *, stable=None):
    check(kind, order, stable)
    at = normalize(axis, a.ndim)
    if prim.readonly(a):
        raise ValueError("sort array is read-only")
    else:
        sort_along(a, at, prim.empty(a.shape[at], prim.dtype(a)))


@implements("numpy.argsort", "ndarray.argsort")
def argsort(a, axis=-1, kind=None, order=None, *, stable=None):
    check(kind, order, stable)
    x = as_array(a)
    if axis is None or x.ndim == 0:
        line = x if x.ndim == 1 else flat(x)
        return order_of(line)
    elif x.ndim == 1:
        normalize(axis, 1)
        return order_of(x)
    else:
        at = normalize(axis, x.ndim)
        out = prim.empty_f(x.shape, np.int64) if prim.layout(x) == "F" else prim.empty(x.shape, np.int64)
        positions_along(out, x, at, prim.empty(x.shape[at], np.int64), prim.empty(x.shape[at], prim.dtype(x)))
        return out


def order_of(line):
    """The positions that sort a line, as a new array."""
    out = prim.empty(line.shape, np.int64)
    order_line(out, line, prim.empty(line.shape, np.int64), prim.empty(line.shape, prim.dtype(line)))
    return out


def refine(order, key, room, turn):
    """Sorts positions by another key, which goes before those so far."""
    for i in range(len(order)):
        room[i] = key[order[i]]
    order_line(turn, room, turn, room)
    for i in range(len(order)):
        turn[i] = order[turn[i]]
    for i in range(len(order)):
        order[i] = turn[i]


def lexsort_line(order, keys, turn):
    """Positions that sort by the last line of a tuple first, or by the last row."""
    for i in range(len(order)):
        order[i] = i
    if prim.is_array(keys):
        room = prim.empty(len(order), prim.dtype(keys))
        for k in range(len(keys)):
            refine(order, keys[k], room, turn)
    else:
        refine_each(order, keys, turn)


def refine_each(order, keys, turn):
    if len(keys) > 0:
        refine(order, keys[0], prim.empty(len(order), prim.dtype(keys[0])), turn)
        refine_each(order, keys[1:], turn)


def heads(keys, i):
    """Item `i` of each array."""
    if prim.is_array(keys):
        return keys[:, i]
    elif len(keys) == 0:
        return ()
    else:
        return (keys[0][i],) + heads(keys[1:], i)


def columns(keys, k):
    """Column `k` of each array."""
    if prim.is_array(keys):
        return keys[:, :, k]
    elif len(keys) == 0:
        return ()
    else:
        return (keys[0][:, k],) + columns(keys[1:], k)


def lexsort_along(out, keys, axis, turn):
    if out.ndim == 1:
        lexsort_line(out, keys, turn)
    elif axis > 0:
        for i in range(len(out)):
            lexsort_along(out[i], heads(keys, i), axis - 1, turn)
    else:
        for k in range(out.shape[1]):
            lexsort_along(out[:, k], columns(keys, k), 0, turn)


def same_shapes(keys, shape):
    if len(keys) == 0:
        return True
    elif len(keys[0].shape) != len(shape):
        return False
    else:
        return keys[0].shape == shape and same_shapes(keys[1:], shape)


def as_keys(items):
    if len(items) == 0:
        return ()
    else:
        return (as_array(items[0]),) + as_keys(items[1:])


@implements("numpy.lexsort")
def lexsort(keys, axis=-1):
    if prim.is_tuple(keys):
        if len(keys) == 0:
            prim.error("need sequence of keys with len > 0 in lexsort")
        else:
            arrays = as_keys(keys)
            if not same_shapes(arrays, arrays[0].shape):
                raise ValueError("all keys need to be the same shape")
            return lexsorted(arrays, arrays[0].shape, axis)
    else:
        x = as_array(keys)
        if x.ndim == 0:
            prim.error("need sequence of keys with len > 0 in lexsort")
        else:
            if len(x) == 0:
                raise TypeError("need sequence of keys with len > 0 in lexsort")
            return lexsorted(x, x.shape[1:], axis)


def lexsorted(keys, shape, axis):
    if len(shape) == 0:
        return np.int64(0)
    else:
        at = normalize(axis, len(shape))
        out = prim.empty(shape, np.int64)
        lexsort_along(out, keys, at, prim.empty(shape[at], np.int64))
        return out


@implements("numpy.sort_complex")
def sort_complex(a):
    x = sort(a)
    if prim.kind(prim.dtype(x)) == "c":
        return x
    elif (prim.kind(prim.dtype(x)) == "i" or prim.kind(prim.dtype(x)) == "u") and x.itemsize <= 2:
        return x.astype(np.complex64)
    else:
        return x.astype(np.complex128)
