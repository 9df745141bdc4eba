"""Library bodies: `choice`, `shuffle`, `permutation` and `permuted` of
`numpy.random.Generator`.

Samples without replacement are by R. W. Floyd's algorithm (J. Bentley, "Programming Pearls:
a sample of brilliance", CACM 30, 1987), or from the tail of a shuffle (D. E. Knuth, TAOCP 2,
3.4.2) where many of a large population are drawn, with NumPy's limit between the two.
"""

from axes import normalize
from copying import as_array
from generators import is_side_by_side


@implements("Generator.shuffle")
def shuffle(rng, x, axis=0):
    if prim.is_list(x):
        if not prim.is_literal(axis):
            prim.error("axis must be a constant here")
        if axis != 0:
            raise NotImplementedError("Axis argument is only supported on ndarray objects")
        shuffle_list(rng, x)
    elif prim.is_array(x):
        if prim.readonly(x):
            raise ValueError("array is read-only")
        if x.ndim == 0:
            prim.error("len() of unsized object")
        shuffle_axis(rng, x, normalize(axis, x.ndim))
    else:
        prim.error("Generator.shuffle() takes an array or a list, not {}", x)


def shuffle_list(rng, x):
    n = len(x)
    for k in range(1, n):
        i = n - k
        j = prim.rng_interval(rng, i)
        here = x[j]
        x[j] = x[i]
        x[i] = here


def shuffle_axis(rng, x, axis):
    if x.ndim == 1:
        shuffle_line(rng, x, 1)
    elif x.size > 0:
        rows = np.swapaxes(x, 0, axis)
        n = len(rows)
        for k in range(1, n):
            i = n - k
            j = prim.rng_interval(rng, i)
            if i != j:
                kept = rows[j].copy()
                rows[j] = rows[i]
                rows[i] = kept


def shuffle_line(rng, x, first):
    """Shuffles a line; `first` is 0 where NumPy draws for the only item left as well."""
    n = len(x)
    for k in range(n - first):
        i = n - 1 - k
        j = prim.rng_interval(rng, i)
        here = x[j]
        x[j] = x[i]
        x[i] = here


@implements("Generator.permutation")
def permutation(rng, x, axis=0):
    if prim.is_integer(x):
        numbers = np.arange(int(x))
        shuffle_line(rng, numbers, 1)
        return numbers
    items = as_array(x)
    if items.ndim == 0:
        prim.error("axis 0 is out of bounds for array of dimension 0")
    if items.ndim == 1:
        line = items.copy()
        if normalize(axis, 1) == 0:
            shuffle_line(rng, line, 1)
        return line
    at = normalize(axis, items.ndim)
    order = np.arange(items.shape[at])
    shuffle_line(rng, order, 1)
    # As NumPy's indexing lays it out: the axis that is drawn along comes first in memory.
    return np.moveaxis(np.take(np.moveaxis(items, at, 0), order, axis=0), 0, at)


@implements("Generator.permuted")
def permuted(rng, x, *, axis=None, out=None):
    items = as_array(x)
    if out is None:
        if axis is None and items.ndim > 1 and prim.layout(items) == "A":
            prim.error("Generator.permuted() of {} is compiled with axis= only: the order of its memory isn't known", x)
        return permuted_in_place(rng, items.copy(order="K"), axis)
    if not prim.is_array(out):
        prim.error("out must be a numpy array")
    if prim.readonly(out):
        raise ValueError("out is read-only")
    if out.ndim != items.ndim:
        raise ValueError("out must have the same shape as x")
    elif out.shape != items.shape:
        raise ValueError("out must have the same shape as x")
    if prim.dtype(out) != prim.dtype(items):
        prim.error("Generator.permuted() with out= of another dtype is not compiled: {}", out)
    out[...] = items
    return permuted_in_place(rng, out, axis)


def permuted_in_place(rng, out, axis):
    if axis is None:
        if out.ndim == 0:
            prim.error("len() of unsized object")
        elif out.ndim == 1:
            shuffle_line(rng, out, 1)
        elif prim.layout(out) == "C":
            shuffle_line(rng, prim.view_c(out, out.size), 1)
        elif prim.layout(out) == "F":
            shuffle_line(rng, prim.view_c(out.T, out.size), 1)
        elif is_side_by_side(out):
            prim.error("Generator.permuted() of a view is compiled with axis= only")
        else:
            line = out.ravel()
            shuffle_line(rng, line, 1)
            out[...] = line.reshape(out.shape)
    else:
        each_line(rng, np.moveaxis(out, normalize(axis, out.ndim), -1))
    return out


def each_line(rng, x):
    if x.ndim == 1:
        shuffle_line(rng, x, 0)
    else:
        for i in range(len(x)):
            each_line(rng, x[i])


# Choice


@implements("Generator.choice")
def choice(rng, a, size=None, replace=True, p=None, axis=0, shuffle=True):
    if not prim.is_literal(replace):
        prim.error("replace= must be written as True or False")
    if prim.is_integer(a):
        n = int(a)
        if n <= 0 and count_of(size) != 0:
            raise ValueError("a must be a positive integer unless no samples are taken")
        return positions(rng, n, size, replace, p, shuffle)
    items = as_array(a)
    if items.ndim == 0:
        prim.error("Generator.choice() takes an int or a sequence, not {}", a)
    at = normalize(axis, items.ndim)
    if items.shape[at] == 0 and count_of(size) != 0:
        raise ValueError("a cannot be empty unless no samples are taken")
    drawn = positions(rng, items.shape[at], size, replace, p, shuffle)
    if size is None and items.ndim == 1:
        return items[drawn]
    return np.take(items, drawn, axis=at)


def count_of(size):
    """How many samples; NumPy counts one where there is no size."""
    if size is None:
        return 1
    if prim.is_tuple(size):
        return product(size)
    return int(size)


def product(shape):
    if len(shape) == 0:
        return 1
    return shape[0] * product(shape[1:])


def shaped(line, size):
    if prim.is_tuple(size):
        return line.reshape(size)
    return line


def positions(rng, n, size, replace, p, shuffle):
    """Drawn positions: an int, or an array of them."""
    if p is not None:
        chances = checked(p, n)
        if replace:
            return by_chance(rng, chances, size)
        return unlike_by_chance(rng, chances, n, size)
    if replace:
        if size is None:
            one = prim.empty(1, prim.dtype("int64"))
            prim.rng_fill_integers(rng, 0, n - 1, 8, one, 1)
            return int(one[0])
        out = prim.empty(size, prim.dtype("int64"))
        if out.size > 0:
            prim.rng_fill_integers(rng, 0, n - 1, 8, out, out.size)
        return out
    k = count_of(size)
    check_count(n, k)
    line = sample(rng, n, k, shuffle)
    if size is None:
        return int(line[0])
    return shaped(line, size)


def check_count(n, k):
    if k > n:
        raise ValueError("Cannot take a larger sample than population when replace is False")
    if k < 0:
        raise ValueError("negative dimensions are not allowed")


def checked(p, n):
    """The probabilities as new doubles; they are tested as NumPy does."""
    given = as_array(p)
    if given.ndim == 0:
        prim.error("object of type {} has no len()", p)
    tolerance = 1.4901161193847656e-08
    if prim.is_array(p) and prim.dtype(given) == prim.dtype("float32"):
        tolerance = 0.0003452669770922512
    if given.ndim != 1:
        raise ValueError("p must be 1-dimensional")
    chances = given.astype(np.float64)
    if len(chances) != n:
        raise ValueError("a and p must have same size")
    total = compensated_sum(chances, len(chances))
    if total != total:
        raise ValueError("Probabilities contain NaN")
    if np.any(chances < 0):
        raise ValueError("Probabilities are not non-negative")
    if abs(total - 1.0) > tolerance:
        raise ValueError("Probabilities do not sum to 1. See Notes section of docstring for more information.")
    return chances


def compensated_sum(line, n):
    """W. Kahan, "Further remarks on reducing truncation errors", CACM 8, 1965."""
    if n <= 0:
        return 0.0
    total = float(line[0])
    lost = 0.0
    for i in range(1, n):
        y = float(line[i]) - lost
        t = total + y
        lost = (t - total) - y
        total = t
    return total


def distribution(chances):
    whole = np.cumsum(chances)
    # As NumPy's division, which a constant in front of the loop would round twice.
    last = whole[-1]
    for i in range(len(whole)):
        whole[i] = whole[i] / last
    return whole


def by_chance(rng, chances, size):
    whole = distribution(chances)
    if size is None:
        return int(np.searchsorted(whole, prim.rng_unit(rng), side="right"))
    draws = prim.empty(size, prim.dtype("float64"))
    prim.rng_fill_unit(rng, 8, draws, draws.size)
    out = prim.empty(size, prim.dtype("int64"))
    line = prim.view_c(draws, draws.size)
    to = prim.view_c(out, out.size)
    for i in range(len(line)):
        to[i] = np.searchsorted(whole, line[i], side="right")
    return out


def unlike_by_chance(rng, chances, n, size):
    k = count_of(size)
    check_count(n, k)
    if np.count_nonzero(chances > 0) < k:
        raise ValueError("Fewer non-zero entries in p than size")
    found = prim.zeros(k, prim.dtype("int64"))
    have = 0
    while have < k:
        draws = prim.empty(k - have, prim.dtype("float64"))
        prim.rng_fill_unit(rng, 8, draws, len(draws))
        for i in range(have):
            chances[found[i]] = 0.0
        whole = distribution(chances)
        start = have
        for i in range(len(draws)):
            position = int(np.searchsorted(whole, draws[i], side="right"))
            if is_new(found, start, have, position):
                found[have] = position
                have = have + 1
    if size is None:
        return int(found[0])
    return shaped(found, size)


def is_new(found, start, have, position):
    for i in range(start, have):
        if found[i] == position:
            return False
    return True


def sample(rng, n, k, shuffle):
    """So many different positions below n."""
    cutoff = 50 if shuffle else 20
    if n > 10000 and k > n // cutoff:
        numbers = np.arange(n)
        first = max(n - k, 1)
        for back in range(n - first):
            i = n - 1 - back
            swap(numbers, i, prim.rng_bounded(rng, i))
        return numbers[n - k :].copy()
    out = prim.empty(k, prim.dtype("int64"))
    # A hash set of -1 and the numbers so far: which numbers are new is all that counts.
    mask = all_ones(int(1.2 * k))
    slots = prim.empty(mask + 1, prim.dtype("int64"))
    for i in range(len(slots)):
        slots[i] = -1
    for i in range(k):
        j = n - k + i
        drawn = prim.rng_bounded(rng, j)
        at = place_of(slots, mask, drawn)
        if slots[at] == drawn:
            drawn = j
            at = place_of(slots, mask, j)
        slots[at] = drawn
        out[i] = drawn
    if shuffle:
        for back in range(k - 1):
            i = k - 1 - back
            swap(out, i, prim.rng_bounded(rng, i))
    return out


def place_of(slots, mask, number):
    at = number & mask
    while slots[at] != -1 and slots[at] != number:
        at = (at + 1) & mask
    return at


def all_ones(n):
    """All bits below and with the highest one of `n`."""
    if n == 0:
        return 0
    return prim.shift_right_logical(-1, prim.clz(n))


def swap(line, i, j):
    here = line[j]
    line[j] = line[i]
    line[i] = here
