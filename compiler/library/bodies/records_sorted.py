"""Sorting arrays of records, by fields that are named when running, and of texts.

Positions are merged, so that equal elements keep their order: as in `sorting.py`, also
where NumPy's default leaves it open. nan and NaT come last.
"""

from searching import complex_before


@implements("numpy.sort/records")
def numpy_sort(a, axis=-1, kind=None, order=None, *, stable=None):
    return prim.of_units(np.take(prim.units(a), ordered(a, axis, order), 0), a)


@implements("structured_array.sort")
def sort_in_place(self, axis=-1, kind=None, order=None, *, stable=None):
    if prim.readonly(self):
        raise ValueError("sort array is read-only")
    else:
        self[:] = prim.of_units(np.take(prim.units(self), ordered(self, axis, order), 0), self)


@implements("numpy.argsort/records")
def numpy_argsort(a, axis=-1, kind=None, order=None, *, stable=None):
    return ordered(a, axis, order)


@implements("structured_array.argsort")
def argsort(self, axis=-1, kind=None, order=None, *, stable=None):
    return ordered(self, axis, order)


def ordered(a, axis, order):
    """The positions that sort an array."""
    if not prim.is_records(a):
        prim.error("sorting {} is not compiled", a)
    elif a.ndim != 1 or not (axis == -1 or axis == 0):
        prim.error("{} is sorted in one dimension, along its axis", a)
    else:
        fields = sorted_fields(a, order)
        positions = np.arange(len(a))
        sort_positions(positions, a, fields, np.empty_like(positions))
        return positions


def sorted_fields(a, order):
    """Positions of the fields in the order in which they count."""
    if prim.is_text_array(a):
        if order is not None:
            raise ValueError("Cannot specify order when the array has no fields.")
        return np.arange(0)
    else:
        names = a.dtype.names
        if order is None:
            return np.arange(len(names))
        elif prim.is_str(order):
            return with_rest(names, [order])
        elif prim.is_tuple(order) or prim.is_list(order):
            return with_rest(names, [name for name in order])
        else:
            prim.error("order= is the name of a field or several of them, not {}", order)


def with_rest(names, first):
    fields = np.empty(len(names), np.int64)
    count = 0
    for name in first:
        at = place_of(names, name, 0)
        if at < 0:
            not_removed("unknown field name: " + name)
        for k in range(count):
            if fields[k] == at:
                not_removed("duplicate field name: " + name)
        fields[count] = at
        count += 1
    for at in range(len(names)):
        known = False
        for k in range(count):
            if fields[k] == at:
                known = True
        if not known:
            fields[count] = at
            count += 1
    return fields


def not_removed(text):
    """What NumPy raises while it handles that a name isn't in a list."""
    try:
        raise ValueError("list.remove(x): x not in list")
    except ValueError:
        raise ValueError(text) from None


def place_of(names, name, k):
    if k == len(names):
        return -1
    else:
        if names[k] == name:
            return k
        return place_of(names, name, k + 1)


def sort_positions(order, a, fields, room):
    n = len(order)
    if n <= 16:
        for i in range(1, n):
            at = order[i]
            k = i
            while k > 0 and comes_first(a, at, order[k - 1], fields):
                order[k] = order[k - 1]
                k -= 1
            order[k] = at
    else:
        half = n // 2
        sort_positions(order[:half], a, fields, room[:half])
        sort_positions(order[half:], a, fields, room[half:])
        if comes_first(a, order[half], order[half - 1], fields):
            merge_positions(order, a, fields, room, half)


def merge_positions(order, a, fields, room, half):
    for i in range(half):
        room[i] = order[i]
    left = 0
    right = half
    n = len(order)
    for k in range(n):
        if left == half:
            return
        if right < n and comes_first(a, order[right], room[left], fields):
            order[k] = order[right]
            right += 1
        else:
            order[k] = room[left]
            left += 1


def comes_first(a, i, j, fields):
    """Whether the element at `i` goes before the one at `j`."""
    if prim.is_text_array(a):
        return a[i] < a[j]
    else:
        x, y = a[i], a[j]
        for k in range(len(fields)):
            which = compare_field(x, y, fields[k], 0)
            if which != 0:
                return which < 0
        return False


def compare_field(x, y, which, k):
    """-1, 0 or 1 by one field."""
    if k == len(x):
        return 0
    else:
        if which == k:
            return compare_values(x[k], y[k])
        return compare_field(x, y, which, k + 1)


def compare_all(x, y, k):
    if k == len(x):
        return 0
    else:
        which = compare_values(x[k], y[k])
        if which != 0:
            return which
        return compare_all(x, y, k + 1)


def compare_values(x, y):
    if prim.is_row(x):
        return compare_all(x, y, 0)
    elif prim.is_array(x) or prim.is_records(x):
        prim.error("records with a field that is {} are not sorted", x)
    elif before(x, y):
        return -1
    elif before(y, x):
        return 1
    else:
        return 0


def before(x, y):
    if prim.is_numpy_text(x):
        return x < y
    elif prim.kind(prim.dtype(x)) == "c":
        return complex_before(x.real, x.imag, y.real, y.imag)
    else:
        return x < y or (y != y and x == x)
