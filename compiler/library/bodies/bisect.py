"""Library bodies: the `bisect` module, over whatever has a length and items.

The halving and the one comparison per step are CPython's, so that also sequences that
aren't sorted give its answer.
"""


def bounds(a, lo, hi):
    if lo < 0:
        raise ValueError("lo must be non-negative")
    if hi is None:
        return int(lo), len(a)
    if hi < 0:
        # CPython takes -1 for "no bound"; others are empty ranges.
        if hi == -1:
            return int(lo), len(a)
    return int(lo), int(hi)


def middle(lo, hi):
    return lo + (hi - lo) // 2


@implements("bisect.bisect_left")
def bisect_left(a, x, lo=0, hi=None, *, key=None):
    low, high = bounds(a, lo, hi)
    while low < high:
        mid = middle(low, high)
        if key is None:
            if a[mid] < x:
                low = mid + 1
            else:
                high = mid
        else:
            if key(a[mid]) < x:
                low = mid + 1
            else:
                high = mid
    return low


@implements("bisect.bisect_right", "bisect.bisect")
def bisect_right(a, x, lo=0, hi=None, *, key=None):
    low, high = bounds(a, lo, hi)
    while low < high:
        mid = middle(low, high)
        if key is None:
            if x < a[mid]:
                high = mid
            else:
                low = mid + 1
        else:
            if x < key(a[mid]):
                high = mid
            else:
                low = mid + 1
    return low


@implements("bisect.insort_left")
def insort_left(a, x, lo=0, hi=None, *, key=None):
    if key is None:
        a.insert(bisect_left(a, x, lo, hi), x)
    else:
        a.insert(bisect_left(a, key(x), lo, hi, key=key), x)


@implements("bisect.insort_right", "bisect.insort")
def insort_right(a, x, lo=0, hi=None, *, key=None):
    if key is None:
        a.insert(bisect_right(a, x, lo, hi), x)
    else:
        a.insert(bisect_right(a, key(x), lo, hi, key=key), x)
