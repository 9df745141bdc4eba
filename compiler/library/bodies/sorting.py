"""Sorting: sort, argsort, unique.

A stable merge sort with insertion sort below it; nan comes last. Equal elements keep
their order, also where NumPy's default (`kind="quicksort"`) leaves it open: positions
from argsort are those of ``kind="stable"``.
"""

from axes import normalize
from copying import as_array
from positions import flat
from searching import complex_before


def comes_first(x, y):
    """Whether an element goes before another; there are no nan, but in complex numbers."""
    if prim.kind(prim.dtype(x)) == "c":
        return complex_before(x.real, x.imag, y.real, y.imag)
    else:
        return x < y


def nan_last(a):
    """Moves nan to the end of a line of floats; gives how many numbers there are."""
    if prim.kind(prim.dtype(a)) == "f":
        n = 0
        for i in range(len(a)):
            if not np.isnan(a[i]):
                a[n] = a[i]
                n += 1
        for i in range(n, len(a)):
            a[i] = prim.cast(np.nan, prim.dtype(a))
        return n
    else:
        return len(a)


def nan_positions_last(order, keys):
    """The same for positions, which become those of all elements; numbers and nan keep their order."""
    if prim.kind(prim.dtype(keys)) == "f":
        n = 0
        for i in range(len(keys)):
            if not np.isnan(keys[i]):
                order[n] = i
                n += 1
        at = n
        for i in range(len(keys)):
            if np.isnan(keys[i]):
                order[at] = i
                at += 1
        return n
    else:
        for i in range(len(keys)):
            order[i] = i
        return len(keys)


def sort_line(a, room):
    """Sorts a line in place; `room` is a line of the same length."""
    n = nan_last(a)
    sort_run(a[:n], room[:n])


def sort_run(a, room):
    """Sorts elements without nan."""
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


def positions_along(out, a, axis, room):
    """Positions that sort the lines along an axis."""
    if a.ndim == 1:
        n = nan_positions_last(out, a)
        sort_positions(out[:n], a, room[:n])
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


def differs(x, y):
    """Whether sorted neighbours are different; all nan are one."""
    if prim.kind(prim.dtype(x)) == "f" or prim.kind(prim.dtype(x)) == "c":
        return x != y and not (np.isnan(x) and np.isnan(y))
    else:
        return x != y


@implements("numpy.unique")
def unique(ar):
    x = as_array(ar)
    line = x.flatten()
    check(line, None, None)
    sort_line(line, prim.empty(line.shape, prim.dtype(x)))
    n = 0
    for i in range(len(line)):
        if n == 0 or differs(line[n - 1], line[i]):
            line[n] = line[i]
            n += 1
    return line[:n].copy()
