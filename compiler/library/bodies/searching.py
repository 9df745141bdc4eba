"""Finding and counting: nonzero, flatnonzero, searchsorted, bincount."""

from copying import as_array
from positions import flat
from truth import count_nonzero


@implements("numpy.flatnonzero")
def flatnonzero(a):
    x = as_array(a)
    return line_positions(x if x.ndim == 1 else flat(x))


def line_positions(line):
    """The positions of nonzero elements of a line.

    Each position is stored, and stays if its element isn't zero: there is nothing to predict.
    """
    count = count_nonzero(line)
    out = prim.empty(count, np.int64)
    at = 0
    i = 0
    while at < count:
        out[at] = i
        at += int(line[i] != 0)
        i += 1
    return out


@implements("numpy.nonzero", "ndarray.nonzero")
def nonzero(a):
    x = as_array(a)
    if x.ndim == 0:
        prim.error("calling nonzero on 0d arrays is not allowed: use np.atleast_1d(scalar).nonzero()")
    elif x.ndim == 1:
        return (line_positions(x),)
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


def is_smaller(x, key, right):
    """Whether the place of a key, which is no nan, is behind an element; nan come last."""
    if right:
        return x <= key
    else:
        return x < key


def short_search(a, key, right):
    """Where a number belongs in a line of its dtype, without branches to predict."""
    if prim.kind(prim.dtype(a)) == "f":
        if np.isnan(key):
            return insertion_point(a, key, right)
    base = prim.to_numpy(0)
    n = prim.to_numpy(len(a))
    if n == 0:
        return 0
    while n > 1:
        half = n >> 1
        base = prim.select(is_smaller(prim.load(a, (base + half - 1) * a.itemsize), key, right), base + half, base)
        n = n - half
    return int(base) + int(is_smaller(prim.load(a, base * a.itemsize), key, right))


def insertion_points(out, a, v, right):
    """Where each element of a line belongs; in a line that isn't sorted, where NumPy comes to."""
    common = prim.result_type(prim.dtype(a), prim.dtype(v))
    if prim.layout(a) == "C" and prim.dtype(a) == common and prim.kind(common) != "c":
        if len(a) <= 32768 and len(a) <= 8 * len(v) and is_sorted(a):
            for i in range(len(v)):
                out[i] = short_search(a, prim.cast(v[i], common), right)
            return
    search_in_turn(out, a, v, right)


def is_sorted(a):
    for i in range(1, len(a)):
        if before(a[i], a[i - 1]):
            return False
    return True


def search_in_turn(out, a, v, right):
    """Binary searches that start where the one before them ended, as NumPy has them."""
    common = prim.result_type(prim.dtype(a), prim.dtype(v))
    low = 0
    high = len(a)
    for i in range(len(v)):
        key = prim.cast(v[i], common)
        last = prim.cast(v[max(i - 1, 0)], common)
        if not before(key, last) if right else before(last, key):
            high = len(a)
        else:
            low = 0
            high = min(high + 1, len(a))
        while low < high:
            middle = low + (high - low) // 2
            x = prim.cast(a[middle], common)
            if not before(key, x) if right else before(x, key):
                low = middle + 1
            else:
                high = middle
        out[i] = low


def in_order_of(a, sorter):
    """The elements in the order of `sorter`."""
    order = as_array(sorter)
    if prim.kind(prim.dtype(order)) == "f" or prim.kind(prim.dtype(order)) == "c" or prim.kind(prim.dtype(order)) == "b":
        prim.error("sorter must only contain integers, not {}", sorter)
    elif order.ndim != 1:
        prim.error("object too deep for desired array: sorter is {}", sorter)
    else:
        if len(order) != len(a):
            raise ValueError("sorter.size must equal a.size")
        out = prim.empty(len(a), prim.dtype(a))
        for i in range(len(order)):
            k = int(order[i])
            if k < 0 or k >= len(a):
                raise ValueError("Sorter index out of range.")
            out[i] = a[k]
        return out


@implements("numpy.searchsorted", "ndarray.searchsorted")
def searchsorted(a, v, side="left", sorter=None):
    x = as_array(a)
    if x.ndim != 1:
        prim.error("object too deep for desired array: np.searchsorted needs one dimension, not {}", a)
    elif not prim.is_literal(side):
        prim.error("side must be a constant")
    elif side != "left" and side != "right":
        prim.error("search side must be 'left' or 'right', not {}", side)
    elif sorter is not None:
        return searched(in_order_of(x, sorter), v, side == "right")
    else:
        return searched(x, v, side == "right")


def searched(x, v, right):
    """Where a number, or each of an array, belongs in a sorted line."""
    if prim.is_number(v):
        return np.int64(insertion_point(x, v, right))
    elif as_array(v).ndim == 0:
        return np.int64(insertion_point(x, as_array(v)[()], right))
    else:
        values = as_array(v)
        out = prim.empty(values.shape, np.int64)
        insertion_points(flat(out), x, flat(values), right)
        return out


@implements("numpy.bincount")
def bincount(x, weights=None, minlength=0):
    a = as_array(x)
    if a.ndim != 1:
        prim.error("object too deep for desired array: np.bincount takes one dimension, not {}", x)
    elif prim.kind(prim.dtype(a)) == "f" or prim.kind(prim.dtype(a)) == "c":
        prim.error("np.bincount takes integers, not {}", x)
    elif weights is not None and prim.kind(prim.dtype(as_array(weights))) == "c":
        prim.error("np.bincount takes real weights, as a cast of complex ones isn't safe: {}", weights)
    elif weights is not None and as_array(weights).ndim != 1:
        prim.error("object too deep for desired array: the weights of np.bincount are of one dimension, not {}", weights)
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
