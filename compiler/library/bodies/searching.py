"""Finding and counting: nonzero, flatnonzero, searchsorted, bincount."""

from copying import as_array
from positions import flat
from truth import count_nonzero


@implements("numpy.flatnonzero")
def flatnonzero(a):
    x = as_array(a)
    line = x if x.ndim == 1 else flat(x)
    out = prim.empty(count_nonzero(line), np.int64)
    at = 0
    for i in range(len(line)):
        if line[i]:
            out[at] = i
            at += 1
    return out


@implements("numpy.nonzero", "ndarray.nonzero")
def nonzero(a):
    x = as_array(a)
    if x.ndim == 0:
        prim.error("calling nonzero on 0d arrays is not allowed: use np.atleast_1d(scalar).nonzero()")
    else:
        out = lines_of(count_nonzero(x), x.ndim)
        store_positions(out, x, (), 0)
        return out


def lines_of(n, count):
    """A tuple of lines for positions."""
    if count == 0:
        return ()
    else:
        return lines_of(n, count - 1) + (prim.empty(n, np.int64),)


def store_positions(out, a, position, at):
    """Stores the positions of nonzero elements; gives how many there are so far."""
    for i in range(len(a)):
        if a.ndim > 1:
            at = store_positions(out, a[i], position + (i,), at)
        elif a[i]:
            store_position(out, position + (i,), at)
            at += 1
    return at


def store_position(out, position, at):
    if len(out) > 0:
        out[0][at] = position[0]
        store_position(out[1:], position[1:], at)


def before(x, y):
    """Whether a number comes before another when sorted: nan comes last."""
    if prim.kind(prim.dtype(x)) == "f":
        return x < y or (np.isnan(y) and not np.isnan(x))
    elif prim.kind(prim.dtype(x)) == "c":
        return complex_before(x.real, x.imag, y.real, y.imag)
    else:
        return x < y


def complex_before(a, b, c, d):
    """Whether ``a + bj`` comes before ``c + dj``: by real, then by imaginary part.

    Numbers with a nan come last: first those with a nan as imaginary part alone, then
    those with a nan as real part alone, then those with two.
    """
    if a < c:
        return not np.isnan(b) or np.isnan(d)
    elif a > c:
        return np.isnan(d) and not np.isnan(b)
    elif a == c or (np.isnan(a) and np.isnan(c)):
        return b < d or (np.isnan(d) and not np.isnan(b))
    else:
        return np.isnan(c)


def insertion_point(a, v, right):
    """Where a number belongs in a sorted line."""
    low = 0
    high = len(a)
    common = prim.result_type(prim.dtype(a), prim.dtype(v))
    key = prim.cast(v, common)
    while low < high:
        middle = low + (high - low) // 2
        x = prim.cast(a[middle], common)
        if right:
            smaller = not before(key, x)
        else:
            smaller = before(x, key)
        if smaller:
            low = middle + 1
        else:
            high = middle
    return low


def insertion_points(out, a, v, right):
    if v.ndim == 1:
        for i in range(len(v)):
            out[i] = insertion_point(a, v[i], right)
    else:
        for i in range(len(v)):
            insertion_points(out[i], a, v[i], right)


@implements("numpy.searchsorted", "ndarray.searchsorted")
def searchsorted(a, v, side="left", sorter=None):
    x = as_array(a)
    if sorter is not None:
        prim.error("sorter= is not supported: sort the array first")
    elif x.ndim != 1:
        prim.error("np.searchsorted needs a sorted array of one dimension, not {}", a)
    elif side != "left" and side != "right":
        prim.error("side must be 'left' or 'right', not {}", side)
    elif prim.is_number(v):
        return np.int64(insertion_point(x, v, side == "right"))
    elif as_array(v).ndim == 0:
        return np.int64(insertion_point(x, as_array(v)[()], side == "right"))
    else:
        values = as_array(v)
        out = prim.empty(values.shape, np.int64)
        insertion_points(out, x, values, side == "right")
        return out


@implements("numpy.bincount")
def bincount(x, weights=None, minlength=0):
    a = as_array(x)
    if a.ndim != 1:
        prim.error("object too deep for desired array: np.bincount takes one dimension, not {}", x)
    elif prim.kind(prim.dtype(a)) == "f" or prim.kind(prim.dtype(a)) == "c":
        prim.error("np.bincount takes integers, not {}", x)
    else:
        if minlength < 0:
            raise ValueError("'minlength' must not be negative")
        size = int(minlength)
        for i in range(len(a)):
            if int(a[i]) < 0:
                raise ValueError("'list' argument must have no negative elements")
            size = max(size, int(a[i]) + 1)
        if weights is None:
            counts = prim.zeros(size, np.int64)
            for i in range(len(a)):
                counts[int(a[i])] += 1
            return counts
        else:
            w = as_array(weights)
            if len(w) != len(a):
                raise ValueError("The weights and list don't have the same length.")
            sums = prim.zeros(size, np.float64)
            for i in range(len(a)):
                sums[int(a[i])] += prim.cast(w[i], np.float64)
            return sums
