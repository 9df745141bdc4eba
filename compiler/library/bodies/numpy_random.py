"""Library bodies: the functions of `np.random`, with the streams of NumPy's global
`RandomState`.

All draw from that generator (MT19937), whose state the boundary lends to the call
(`python/src/streams.rs`), by the frozen ("legacy") methods, whose streams NumPy promises
never to change: floats of 53 bits, normal variates by Marsaglia's polar method, integers
by masks and rejection.

Integers are in `legacy_integers.py`, further distributions in `legacy_distributions.py`.
"""

from copying import as_array
from drawn_items import compensated_sum, count_of, distribution, is_new, shaped
from generators import not_negative
from legacy_draws import floats, number
from legacy_integers import fill_integers, up_to


# The generator


@implements("numpy.random.seed")
def seed(seed):
    if not prim.is_integer(seed):
        prim.error("np.random.seed() takes an int here, not {}", seed)
    n = int(seed)
    if n < 0 or n > 4294967295:
        raise ValueError("Seed must be between 0 and 2**32 - 1")
    prim.np_random_seed(n)


def unit(a, b, c):
    return prim.np_random()


@implements("numpy.random.random", "numpy.random.random_sample", "numpy.random.ranf", "numpy.random.sample")
def random(size=None):
    return floats(size, unit, 0.0, 0.0, 0.0)


def given(items):
    """The items before the first None."""
    if len(items) == 0:
        return ()
    elif items[0] is None:
        return ()
    else:
        return (items[0],) + given(items[1:])


def shape(a, b, c, d):
    sizes = given((a, b, c, d))
    if len(sizes) == 0:
        return None
    return sizes


@implements("numpy.random.rand")
def rand(d0=None, d1=None, d2=None, d3=None, /):
    return floats(shape(d0, d1, d2, d3), unit, 0.0, 0.0, 0.0)


# Normal variates


def polar(a, b, c):
    z = prim.np_random_kept()
    if z == z:
        return z
    x = 0.0
    y = 0.0
    r = 0.0
    while r >= 1.0 or r == 0.0:
        x = 2.0 * prim.np_random() - 1.0
        y = 2.0 * prim.np_random() - 1.0
        r = x * x + y * y
    f = prim.sqrt(prim.divide(-2.0 * prim.log(r), r))
    prim.np_random_keep(f * x)
    return f * y


def scaled_polar(loc, scale, c):
    return loc + scale * polar(0.0, 0.0, 0.0)


@implements("numpy.random.randn")
def randn(d0=None, d1=None, d2=None, d3=None, /):
    return floats(shape(d0, d1, d2, d3), polar, 0.0, 0.0, 0.0)


@implements("numpy.random.standard_normal")
def standard_normal(size=None):
    return floats(size, polar, 0.0, 0.0, 0.0)


@implements("numpy.random.normal")
def normal(loc=0.0, scale=1.0, size=None):
    a = number(loc)
    b = number(scale)
    not_negative(b, "scale")
    return floats(size, scaled_polar, a, b, 0.0)


def exp_polar(loc, scale, c):
    return prim.exp(scaled_polar(loc, scale, 0.0))


@implements("numpy.random.lognormal")
def lognormal(mean=0.0, sigma=1.0, size=None):
    a = number(mean)
    b = number(sigma)
    not_negative(b, "sigma")
    return floats(size, exp_polar, a, b, 0.0)


# Other floats


def between(low, width, c):
    return low + width * prim.np_random()


@implements("numpy.random.uniform")
def uniform(low=0.0, high=1.0, size=None):
    a = number(low)
    width = number(high) - a
    if not np.all(np.isfinite(width)):
        raise OverflowError("Range exceeds valid bounds")
    return floats(size, between, a, width, 0.0)


def waiting(scale, b, c):
    return scale * -prim.log(1.0 - prim.np_random())


@implements("numpy.random.exponential")
def exponential(scale=1.0, size=None):
    a = number(scale)
    not_negative(a, "scale")
    return floats(size, waiting, a, 0.0, 0.0)


@implements("numpy.random.standard_exponential")
def standard_exponential(size=None):
    return floats(size, waiting, 1.0, 0.0, 0.0)


# Items


@implements("numpy.random.shuffle")
def shuffle(x):
    if not prim.is_array(x) and not prim.is_list(x):
        prim.error("np.random.shuffle() takes an array or a list here, not {}", x)
    elif prim.is_array(x) and x.ndim == 0:
        raise TypeError("len() of unsized object")
    else:
        if prim.is_array(x):
            if prim.readonly(x):
                raise ValueError("array is read-only")
        n = len(x)
        for k in range(1, n):
            i = n - k
            j = up_to(i)
            if prim.is_list(x) or x.ndim == 1:
                here = x[i]
                x[i] = x[j]
                x[j] = here
            elif i != j:
                row = x[i].copy()
                x[i] = x[j]
                x[j] = row


@implements("numpy.random.permutation")
def permutation(x):
    if prim.is_integer(x):
        numbers = np.arange(x)
        shuffle(numbers)
        return numbers
    given = as_array(x)
    if given.ndim == 0:
        raise IndexError("x must be an integer or at least 1-dimensional")
    elif given.ndim == 1:
        items = given.copy()
        shuffle(items)
        return items
    else:
        return np.take(given, permutation(len(given)), axis=0)


@implements("numpy.random.choice")
def choice(a, size=None, replace=True, p=None):
    if not prim.is_literal(replace):
        prim.error("replace= must be written as True or False")
    if prim.is_integer(a):
        n = int(a)
        if n <= 0 and count_of(size) != 0:
            raise ValueError("a must be greater than 0 unless no samples are taken")
        return picked(n, size, replace, p)
    items = as_array(a)
    if items.ndim != 1:
        prim.error("a must be 1-dimensional")
    if len(items) == 0 and count_of(size) != 0:
        raise ValueError("'a' cannot be empty unless no samples are taken")
    if size is None:
        return items[picked(len(items), None, replace, p)]
    return taken(items, picked(len(items), size, replace, p))


def taken(a, positions):
    out = prim.empty(positions.shape, prim.dtype(a))
    line = prim.view_c(out, out.size)
    wanted = prim.view_c(positions, positions.size)
    for i in range(len(line)):
        line[i] = a[wanted[i]]
    return out


def picked(n, size, replace, p):
    """Drawn positions: an int, or an array of them."""
    if p is not None:
        chances = chances_of(p, n)
        if replace:
            return by_chance(chances, size)
        check_count(n, count_of(size))
        return unlike_by_chance(chances, count_of(size), size)
    elif replace:
        return fill_integers(size, 0, n - 1)
    elif size is None:
        return int(permutation(n)[0])
    else:
        check_count(n, count_of(size))
        return shaped(permutation(n)[: count_of(size)], size)


def check_count(n, k):
    if k > n:
        raise ValueError("Cannot take a larger sample than population when 'replace=False'")
    if k < 0:
        raise ValueError("Negative dimensions are not allowed")


def chances_of(p, n):
    """The probabilities as new doubles; they are tested as NumPy does."""
    given = as_array(p)
    if given.ndim == 0:
        prim.error("object of type {} has no len()", p)
    elif given.ndim != 1:
        raise ValueError("'p' must be 1-dimensional")
    else:
        tolerance = 1.4901161193847656e-08
        if prim.is_array(p) and prim.dtype(given) == prim.dtype("float32"):
            tolerance = 0.0003452669770922512
        chances = given.astype(np.float64)
        if len(chances) != n:
            raise ValueError("'a' and 'p' must have same size")
        total = compensated_sum(chances, len(chances))
        if total != total:
            raise ValueError("probabilities contain NaN")
        if np.any(chances < 0):
            raise ValueError("probabilities are not non-negative")
        if abs(total - 1.0) > tolerance:
            raise ValueError("probabilities do not sum to 1")
        return chances


def by_chance(chances, size):
    whole = distribution(chances)
    if size is None:
        return int(np.searchsorted(whole, prim.np_random(), side="right"))
    out = prim.empty(size, prim.dtype("int64"))
    line = prim.view_c(out, out.size)
    for i in range(len(line)):
        line[i] = np.searchsorted(whole, prim.np_random(), side="right")
    return out


def unlike_by_chance(chances, k, size):
    """Positions that differ: drawn again, without those found, until there are enough."""
    if np.count_nonzero(chances > 0) < k:
        raise ValueError("Fewer non-zero entries in p than size")
    found = prim.zeros(k, prim.dtype("int64"))
    draws = prim.empty(k, prim.dtype("float64"))
    have = 0
    while have < k:
        for i in range(have, k):
            draws[i] = prim.np_random()
        for i in range(have):
            chances[found[i]] = 0.0
        whole = distribution(chances)
        start = have
        for i in range(start, k):
            position = int(np.searchsorted(whole, draws[i], side="right"))
            if is_new(found, start, have, position):
                found[have] = position
                have = have + 1
    if size is None:
        return int(found[0])
    return shaped(found, size)
