"""Sets as sorted arrays: unique, union1d, intersect1d, setdiff1d, setxor1d, isin.

Arrays are sorted, and neighbours compared; all nan of floats are one unless
``equal_nan=False``. What depends on a flag's value in its type (how many arrays `unique`
gives) needs a constant. ``sorted=False`` gives the same order as ``sorted=True``, which
NumPy leaves open. `unique_all` and its like give plain tuples.
"""

from axes import normalize, without, permuted, counted, inserted
from copying import as_array
from joining import concatenate
from positions import flat
from searching import before
from sorting import order_of, refine, sort_line


def is_inexact(x):
    return prim.kind(prim.dtype(x)) == "f" or prim.kind(prim.dtype(x)) == "c"


def differs(x, y, equal_nan):
    """Whether sorted neighbours are different."""
    if is_inexact(x):
        return x != y and not (equal_nan and np.isnan(x) and np.isnan(y))
    else:
        return x != y


def sorted_copy(x):
    """The elements in order, as a new line."""
    line = x.flatten()
    sort_line(line, line)
    return line


def head(line, n):
    """The first elements, as a new line."""
    out = prim.empty(n, prim.dtype(line))
    for i in range(n):
        out[i] = line[i]
    return out


def distinct(line, equal_nan):
    """The different elements of a sorted line, which is overwritten."""
    n = 0
    for i in range(len(line)):
        if n == 0 or differs(line[n - 1], line[i], equal_nan):
            line[n] = line[i]
            n += 1
    return head(line, n)


def with_counts(line, equal_nan):
    """The different elements of a sorted line, which is overwritten, and how often they are there."""
    counts = prim.empty(len(line), np.int64)
    n = 0
    start = 0
    for i in range(len(line)):
        if n == 0 or differs(line[n - 1], line[i], equal_nan):
            if n > 0:
                counts[n - 1] = i - start
            start = i
            line[n] = line[i]
            n += 1
    if n > 0:
        counts[n - 1] = len(line) - start
    return head(line, n), head(counts, n)


def constant(flag):
    """Refuses a flag that isn't a constant."""
    if not prim.is_literal(flag):
        prim.error("the flags of np.unique must be constants: the result's type depends on them")


def starts_of(line, order, equal_nan):
    """Where runs of equal elements start in a line read in an order, and its length at the end."""
    n = len(order)
    starts = prim.empty(n + 1, np.int64)
    count = 0
    for i in range(n):
        if i == 0 or differs(line[order[i - 1]], line[order[i]], equal_nan):
            starts[count] = i
            count += 1
    starts[count] = n
    return starts[:count + 1]


def first_positions(order, starts):
    out = prim.empty(len(starts) - 1, np.int64)
    for k in range(len(out)):
        out[k] = order[starts[k]]
    return out


def inverse_positions(order, starts, shape):
    """For each element which one of the different it is."""
    out = prim.empty(len(order), np.int64)
    for k in range(len(starts) - 1):
        for i in range(starts[k], starts[k + 1]):
            out[order[i]] = k
    return prim.view_c(out, shape)


def run_lengths(starts):
    out = prim.empty(len(starts) - 1, np.int64)
    for k in range(len(out)):
        out[k] = starts[k + 1] - starts[k]
    return out


def with_returns(values, order, starts, shape, return_index, return_inverse, return_counts):
    """The different elements and what the flags ask for."""
    result = (values,)
    a = (first_positions(order, starts),) if return_index else ()
    b = (inverse_positions(order, starts, shape),) if return_inverse else ()
    c = (run_lengths(starts),) if return_counts else ()
    return result + a + b + c


def picked(line, positions):
    out = prim.empty(len(positions), prim.dtype(line))
    for k in range(len(out)):
        out[k] = line[positions[k]]
    return out


def order_of_rows(rows):
    """Positions that sort rows, their first element first."""
    order = prim.empty(len(rows), np.int64)
    turn = prim.empty(len(rows), np.int64)
    room = prim.empty(len(rows), prim.dtype(rows))
    for i in range(len(rows)):
        order[i] = i
    for k in range(rows.shape[1] - 1, -1, -1):
        refine(order, rows[:, k], room, turn)
    return order


def rows_differ(x, y):
    for k in range(len(x)):
        if x[k] != y[k]:
            return True
    return False


def row_starts(rows, order):
    n = len(order)
    starts = prim.empty(n + 1, np.int64)
    count = 0
    for i in range(n):
        if i == 0 or rows_differ(rows[order[i - 1]], rows[order[i]]):
            starts[count] = i
            count += 1
    starts[count] = n
    return starts[:count + 1]


def unique_rows(x, at, return_index, return_inverse, return_counts):
    """`unique` along an axis."""
    front = x.transpose(inserted(without(counted(x.ndim), at), 0, at))
    n = x.shape[at]
    others = x.size // n if n > 0 else 0
    rows = prim.view_c(flat(front), (n, others))
    order = order_of_rows(rows)
    starts = row_starts(rows, order)
    first = first_positions(order, starts)
    picked_rows = prim.empty((len(first), others), prim.dtype(x))
    for k in range(len(first)):
        for i in range(others):
            picked_rows[k, i] = rows[first[k], i]
    shaped = prim.view_c(picked_rows, (len(first),) + without(x.shape, at))
    values = np.moveaxis(shaped, 0, at)
    return with_returns(values, order, starts, (n,), return_index, return_inverse, return_counts)


@implements("numpy.unique")
def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True, sorted=True):
    constant(return_index)
    constant(return_inverse)
    constant(return_counts)
    x = as_array(ar)
    plain = not return_index and not return_inverse and not return_counts
    if axis is not None and x.ndim == 1:
        # Nothing but its complaints.
        normalize(axis, 1)
    if axis is not None and x.ndim != 1:
        result = unique_rows(x, normalize(axis, x.ndim), return_index, return_inverse, return_counts)
        return result[0] if plain else result
    elif plain:
        return distinct(sorted_copy(x), equal_nan)
    elif not return_index and not return_inverse:
        return with_counts(sorted_copy(x), equal_nan)
    else:
        line = x if x.ndim == 1 else flat(x)
        order = order_of(line)
        starts = starts_of(line, order, equal_nan)
        values = picked(line, first_positions(order, starts))
        return with_returns(values, order, starts, x.shape, return_index, return_inverse, return_counts)


@implements("numpy.unique_values")
def unique_values(x):
    return unique(x, False, False, False, None, equal_nan=False)


@implements("numpy.unique_counts")
def unique_counts(x):
    return unique(x, False, False, True, None, equal_nan=False)


@implements("numpy.unique_inverse")
def unique_inverse(x):
    return unique(x, False, True, False, None, equal_nan=False)


@implements("numpy.unique_all")
def unique_all(x):
    return unique(x, True, True, True, None, equal_nan=False)


def line_of(x):
    """The elements in C order, as a line."""
    a = as_array(x)
    if a.ndim == 1:
        return a
    else:
        return flat(a)


@implements("numpy.union1d")
def union1d(ar1, ar2):
    return unique(concatenate((weak_or_line(ar1), weak_or_line(ar2)), None))


def weak_or_line(x):
    """A number as it is; other elements as a line."""
    if prim.is_number(x):
        return x
    else:
        return line_of(x)


@implements("numpy.intersect1d")
def intersect1d(ar1, ar2, assume_unique=False, return_indices=False):
    constant(return_indices)
    if return_indices:
        return intersection_positions(line_of(ar1), line_of(ar2), assume_unique)
    else:
        x = line_of(ar1) if assume_unique else unique(ar1)
        y = line_of(ar2) if assume_unique else unique(ar2)
        both = sorted_copy(concatenate((x, y)))
        n = 0
        for i in range(len(both) - 1):
            if both[i] == both[i + 1]:
                both[n] = both[i]
                n += 1
        return head(both, n)


def intersection_positions(x, y, assume_unique):
    """The common elements, and where they are in both lines."""
    if assume_unique:
        return common_positions(x, y)
    else:
        a, at = unique(x, True)
        b, to = unique(y, True)
        values, i, k = common_positions(a, b)
        return values, picked(at, i), picked(to, k)


def common_positions(x, y):
    both = concatenate((x, y))
    order = order_of(both)
    first = prim.empty(len(both), np.int64)
    second = prim.empty(len(both), np.int64)
    n = 0
    for i in range(len(both) - 1):
        if both[order[i]] == both[order[i + 1]]:
            first[n] = order[i]
            second[n] = order[i + 1] - len(x)
            n += 1
    return picked(both, first[:n]), head(first, n), head(second, n)


@implements("numpy.setxor1d")
def setxor1d(ar1, ar2, assume_unique=False):
    x = line_of(ar1) if assume_unique else unique(ar1)
    y = line_of(ar2) if assume_unique else unique(ar2)
    both = sorted_copy(concatenate((x, y)))
    n = 0
    last = len(both) - 1
    previous = True
    for i in range(len(both)):
        following = i == last or both[i] != both[min(i + 1, last)]
        if previous and following:
            both[n] = both[i]
            n += 1
        previous = following
    return head(both, n)


def holds(line, x):
    """Whether a sorted line has a number."""
    low = 0
    high = len(line)
    while low < high:
        middle = low + (high - low) // 2
        if before(line[middle], x):
            low = middle + 1
        else:
            high = middle
    return low < len(line) and line[low] == x


def members(x, tests, invert):
    """For each element of a line whether it is among others."""
    common = prim.result_type(prim.dtype(x), prim.dtype(tests))
    pool = tests.astype(common)
    sort_line(pool, pool)
    out = prim.empty(x.shape, np.bool_)
    if prim.kind(common) == "i" or prim.kind(common) == "u" or prim.kind(common) == "b":
        if len(pool) > 0:
            span = prim.cast(pool[len(pool) - 1], np.float64) - prim.cast(pool[0], np.float64)
            if span <= 6.0 * (len(x) + len(pool)):
                look_up(out, x, pool, int(span), invert)
                return out
    if len(x) < 64 or len(pool) < 64 or prim.kind(common) == "c":
        for i in range(len(x)):
            out[i] = holds(pool, prim.cast(x[i], common)) != invert
    else:
        walk(out, x.astype(common), pool, invert)
    return out


def walk(out, keys, pool, invert):
    """The same for many: both in order, side by side."""
    order = order_of(keys)
    at = 0
    for i in range(len(order)):
        key = keys[order[i]]
        while at < len(pool) and before(pool[at], key):
            at += 1
        out[order[i]] = (at < len(pool) and pool[at] == key) != invert


def look_up(out, x, pool, span, invert):
    """The same for integers that aren't far apart, by a table."""
    common = prim.dtype(pool)
    low = pool[0]
    high = pool[len(pool) - 1]
    table = prim.zeros(span + 1, np.bool_)
    for i in range(len(pool)):
        table[distance(pool[i], low)] = True
    for i in range(len(x)):
        key = prim.cast(x[i], common)
        out[i] = (key >= low and key <= high and bool(table[distance(key, low)])) != invert


def distance(x, low):
    return prim.wrap_sub(prim.cast(x, np.int64), prim.cast(low, np.int64))


@implements("numpy.isin")
def isin(element, test_elements, assume_unique=False, invert=False, *, kind=None):
    x = as_array(element)
    if kind is not None:
        if kind != "sort" and kind != "table":
            prim.error("kind must be None, 'sort' or 'table', not {}", kind)
        elif kind == "table" and (is_inexact(x) or is_inexact(as_array(test_elements))):
            prim.error("The 'table' method is only supported for boolean or integer arrays. Please select 'sort' or None for kind.")
    return prim.view_c(members(line_of(x), line_of(test_elements), bool(invert)), x.shape)


@implements("numpy.setdiff1d")
def setdiff1d(ar1, ar2, assume_unique=False):
    x = line_of(ar1) if assume_unique else unique(ar1)
    keep = members(x, line_of(ar2), True)
    out = prim.empty(len(x), prim.dtype(x))
    n = 0
    for i in range(len(x)):
        if keep[i]:
            out[n] = x[i]
            n += 1
    return head(out, n)
