# Comparisons of tuples, and of values that may be None.
#
# A tuple is taken apart by its head: every length and every position is known when
# compiling, so nothing is left of the recursion. As in CPython, the first items that
# differ decide; an item that is the very same object counts as equal there, which only
# a nan would notice.
#
# Tuples of any length are lists in memory; their other methods are in collections.py.

from lists import position


def equal(a, b):
    if len(a) != len(b):
        return False
    if len(a) == 0:
        return True
    if a[0] == b[0]:
        return equal(a[1:], b[1:])
    return False


def not_equal(a, b):
    return not equal(a, b)


def less(a, b):
    if len(a) == 0 or len(b) == 0:
        return len(a) < len(b)
    if a[0] == b[0]:
        return less(a[1:], b[1:])
    return a[0] < b[0]


def less_equal(a, b):
    if len(a) == 0 or len(b) == 0:
        return len(a) <= len(b)
    if a[0] == b[0]:
        return less_equal(a[1:], b[1:])
    return a[0] <= b[0]


def greater(a, b):
    if len(a) == 0 or len(b) == 0:
        return len(a) > len(b)
    if a[0] == b[0]:
        return greater(a[1:], b[1:])
    return a[0] > b[0]


def greater_equal(a, b):
    if len(a) == 0 or len(b) == 0:
        return len(a) >= len(b)
    if a[0] == b[0]:
        return greater_equal(a[1:], b[1:])
    return a[0] >= b[0]


def contains(items, x):
    if len(items) == 0:
        return False
    if items[0] == x:
        return True
    return contains(items[1:], x)


def optional_equal(a, b):
    if a is None:
        return b is None
    if b is None:
        return False
    return a == b


def optional_not_equal(a, b):
    if a is None:
        return b is not None
    if b is None:
        return True
    return a != b


@implements("tuple.count")
def count(items, value):
    if prim.is_collection(items):
        return prim.list_count_as(prim.storage(items), value)
    if len(items) == 0:
        return 0
    return (1 if items[0] == value else 0) + count(items[1:], value)


@implements("tuple.index")
def index(items, value, start=0, stop=9223372036854775807):
    n = len(items)
    if prim.is_collection(items):
        found = prim.list_find_as(prim.storage(items), value, position(start), position(stop))
    else:
        if start < 0:
            start = max(start + n, 0)
        if stop < 0:
            stop = max(stop + n, 0)
        found = first(items, value, 0, start, stop)
    if found < 0:
        raise ValueError("tuple.index(x): x not in tuple")
    return found


def first(items, value, at, start, stop):
    if len(items) == 0:
        return -1
    if at >= start and at < stop and items[0] == value:
        return at
    return first(items[1:], value, at + 1, start, stop)
