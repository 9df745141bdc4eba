"""Sorting: sort, argsort, unique.

A stable merge sort with insertion sort below it; nan comes last. Equal elements keep
their order, also where NumPy's default (`kind="quicksort"`) leaves it open: positions
from argsort are those of ``kind="stable"``.
"""

from axes import normalize
from copying import as_array
from positions import flat
from searching import before


def sort_line(a, room):
    """Sorts a line in place; `room` is a line of the same length."""
    n = len(a)
    if n <= 16:
        for i in range(1, n):
            x = a[i]
            k = i
            while k > 0 and before(x, a[k - 1]):
                a[k] = a[k - 1]
                k -= 1
            a[k] = x
    else:
        half = n // 2
        sort_line(a[:half], room[:half])
        sort_line(a[half:], room[half:])
        if before(a[half], a[half - 1]):
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
        if right < n and before(a[right], room[left]):
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
            while k > 0 and before(keys[at], keys[order[k - 1]]):
                order[k] = order[k - 1]
                k -= 1
            order[k] = at
    else:
        half = n // 2
        sort_positions(order[:half], keys, room[:half])
        sort_positions(order[half:], keys, room[half:])
        if before(keys[order[half]], keys[order[half - 1]]):
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
        if right < n and before(keys[order[right]], keys[room[left]]):
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


def positions_along(out, a, axis, room):
    """Positions that sort the lines along an axis."""
    if a.ndim == 1:
        for i in range(len(a)):
            out[i] = i
        sort_positions(out, a, room)
    elif axis > 0:
        for i in range(len(a)):
            positions_along(out[i], a[i], axis - 1, room)
    else:
        for k in range(a.shape[1]):
            positions_along(out[:, k], a[:, k], 0, room)


def check(a, kind, order):
    """Refuses what isn't supported."""
    if order is not None:
        prim.error("order= is not supported")


@implements("numpy.sort")
def sort(a, axis=-1, kind=None, order=None, stable=None):
    x = as_array(a)
    check(x, kind, order)
    if axis is None:
        out = flat(x).copy()
        sort_line(out, prim.empty(out.shape, prim.dtype(x)))
        return out
    else:
        at = normalize(axis, x.ndim)
        out = x.copy("K")
        sort_along(out, at, prim.empty(x.shape[at], prim.dtype(x)))
        return out


@implements("ndarray.sort")
def sort_method(a, axis=-1, kind=None, order=None, stable=None):
    check(a, kind, order)
    if prim.readonly(a):
        raise ValueError("sort array is read-only")
    else:
        at = normalize(axis, a.ndim)
        sort_along(a, at, prim.empty(a.shape[at], prim.dtype(a)))


@implements("numpy.argsort", "ndarray.argsort")
def argsort(a, axis=-1, kind=None, order=None, stable=None):
    x = as_array(a)
    check(x, kind, order)
    if axis is None:
        line = x if x.ndim == 1 else flat(x)
        out = prim.empty(line.shape, np.int64)
        positions_along(out, line, 0, prim.empty(line.shape, np.int64))
        return out
    else:
        at = normalize(axis, x.ndim)
        out = prim.empty_f(x.shape, np.int64) if prim.layout(x) == "F" else prim.empty(x.shape, np.int64)
        positions_along(out, x, at, prim.empty(x.shape[at], np.int64))
        return out


@implements("numpy.unique")
def unique(ar):
    x = as_array(ar)
    line = x.flatten()
    check(line, None, None)
    sort_line(line, prim.empty(line.shape, prim.dtype(x)))
    n = 0
    for i in range(len(line)):
        if n == 0 or before(line[n - 1], line[i]):
            line[n] = line[i]
            n += 1
    return line[:n].copy()
