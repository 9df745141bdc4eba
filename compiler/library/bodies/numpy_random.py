"""Library bodies: the functions of `np.random`, with the streams of NumPy's global
`RandomState`.

All draw from that generator (MT19937), whose state the boundary lends to the call
(`python/src/streams.rs`), by the frozen ("legacy") methods, whose streams NumPy promises
never to change: floats of 53 bits, normal variates by Marsaglia's polar method, integers
by masks and rejection.

Parameters are numbers; a `size` gives an array. Not here: array parameters, `randint` of
other dtypes than int64, `shuffle` and `permutation` of several axes.
Further distributions are in `legacy_distributions.py`.
"""

from copying import as_array
from drawn_items import compensated_sum, count_of, distribution, is_new, shaped


def number(x):
    if not prim.is_number(x):
        prim.error("np.random takes numbers as parameters here, not {}", x)
    return float(x)


def fill(size, f, a, b):
    """One draw, or an array of draws in C order."""
    if size is None:
        return f(a, b)
    out = prim.empty(size, prim.dtype("float64"))
    line = prim.view_c(out, out.size)
    for i in range(len(line)):
        line[i] = f(a, b)
    return out


# The generator


@implements("numpy.random.seed")
def seed(seed):
    if not prim.is_integer(seed):
        prim.error("np.random.seed() takes an int here, not {}", seed)
    n = int(seed)
    if n < 0 or n > 4294967295:
        raise ValueError("Seed must be between 0 and 2**32 - 1")
    prim.np_random_seed(n)


def unit(a, b):
    return prim.np_random()


@implements("numpy.random.random", "numpy.random.random_sample", "numpy.random.ranf", "numpy.random.sample")
def random(size=None):
    return fill(size, unit, 0.0, 0.0)


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
    return fill(shape(d0, d1, d2, d3), unit, 0.0, 0.0)


# Normal variates


def polar(a, b):
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


def scaled_polar(loc, scale):
    return loc + scale * polar(0.0, 0.0)


@implements("numpy.random.randn")
def randn(d0=None, d1=None, d2=None, d3=None, /):
    return fill(shape(d0, d1, d2, d3), polar, 0.0, 0.0)


@implements("numpy.random.standard_normal")
def standard_normal(size=None):
    return fill(size, polar, 0.0, 0.0)


def not_negative(x, text):
    if prim.signbit(x) and x == x:
        prim.guard(False, "ValueError", text)
    return x


@implements("numpy.random.normal")
def normal(loc=0.0, scale=1.0, size=None):
    return fill(size, scaled_polar, number(loc), not_negative(number(scale), "scale < 0"))


def exp_polar(loc, scale):
    return prim.exp(scaled_polar(loc, scale))


@implements("numpy.random.lognormal")
def lognormal(mean=0.0, sigma=1.0, size=None):
    return fill(size, exp_polar, number(mean), not_negative(number(sigma), "sigma < 0"))


# Other floats


def between(low, width):
    return low + width * prim.np_random()


@implements("numpy.random.uniform")
def uniform(low=0.0, high=1.0, size=None):
    a = number(low)
    width = number(high) - a
    if not prim.isfinite(width):
        raise OverflowError("Range exceeds valid bounds")
    return fill(size, between, a, width)


def waiting(scale, b):
    return scale * -prim.log(1.0 - prim.np_random())


@implements("numpy.random.exponential")
def exponential(scale=1.0, size=None):
    return fill(size, waiting, not_negative(number(scale), "scale < 0"), 0.0)


@implements("numpy.random.standard_exponential")
def standard_exponential(size=None):
    return fill(size, waiting, 1.0, 0.0)


# Integers: masked words that are too large are drawn again.


def mask_of(n):
    """All bits below and with the highest one of `n`, which isn't negative."""
    if n == 0:
        return 0
    return prim.shift_right_logical(-1, prim.clz(n))


def up_to(n):
    """A number from 0 to `n`, which isn't negative."""
    mask = mask_of(n)
    if n <= 4294967295:
        r = prim.np_random_word() & mask
        while r > n:
            r = prim.np_random_word() & mask
        return r
    r = prim.np_random_long() & mask
    while r > n:
        r = prim.np_random_long() & mask
    return r


def drawn(low, width):
    # No draw at all where there is one number only.
    if width == 0:
        return low
    return low + up_to(width)


def fill_integers(size, low, width):
    if size is None:
        return drawn(low, width)
    out = prim.empty(size, prim.dtype("int64"))
    line = prim.view_c(out, out.size)
    for i in range(len(line)):
        line[i] = drawn(low, width)
    return out


def whole(x):
    if not prim.is_integer(x):
        prim.error("np.random.randint() takes integers here, not {}", x)
    return int(x)


@implements("numpy.random.randint")
def randint(low, high=None, size=None, dtype=None):
    if dtype is not None:
        if prim.dtype(dtype) != prim.dtype("int64"):
            prim.error("np.random.randint() of a dtype other than int64 is not compiled")
        if size is None:
            prim.error("np.random.randint() of one number takes no dtype here")
    if high is None:
        if whole(low) <= 0:
            raise ValueError("high <= 0")
        return fill_integers(size, 0, whole(low) - 1)
    if whole(low) >= whole(high):
        raise ValueError("low >= high")
    return fill_integers(size, whole(low), whole(high) - 1 - whole(low))


# Items


@implements("numpy.random.shuffle")
def shuffle(x):
    if not prim.is_array(x):
        prim.error("np.random.shuffle() takes an array here, not {}", x)
    if x.ndim != 1:
        prim.error("np.random.shuffle() of {} is not compiled yet", x)
    n = len(x)
    for k in range(1, n):
        i = n - k
        j = up_to(i)
        here = x[i]
        x[i] = x[j]
        x[j] = here


@implements("numpy.random.permutation")
def permutation(x):
    if prim.is_integer(x):
        numbers = np.arange(int(x))
        shuffle(numbers)
        return numbers
    if not prim.is_array(x):
        prim.error("np.random.permutation() takes an int or an array here, not {}", x)
    items = x.copy()
    shuffle(items)
    return items


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
