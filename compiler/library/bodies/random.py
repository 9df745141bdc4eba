"""Library bodies: the `random` module, with the streams of CPython.

All draw from the module's one global generator, whose state the boundary lends to the
call (`python/src/streams.rs`). Each distribution makes the same draws in the same order
and the same arithmetic as CPython 3.11's, by the published methods that it names, so
that numbers agree bit for bit.

Integers are Python's, of 64 bits: a range that is wider raises OverflowError. Not here:
`binomialvariate` of 3.12, seeds other than ints, and generators of the user's own.
"""

from bisect import bisect_right
from math import in_range, log, of_unit


def integer(x):
    if not (prim.is_integer(x) and prim.is_weak(x)):
        prim.error("the functions of random take Python ints here, not {}", x)
    return int(x)


# The generator


@implements("random.seed")
def seed(a=None, version=2):
    if a is None:
        prim.refuse("random.seed() without a number takes chance from the system", "call it outside, or seed with an int")
    if not (prim.is_integer(a) and prim.is_weak(a)):
        prim.refuse("random.seed() takes an int here, not {}", "seed outside, or with an int", a)
    prim.py_random_seed(int(a))


@implements("random.random")
def random():
    return prim.py_random()


@implements("random.getrandbits")
def getrandbits(k, /):
    n = integer(k)
    if n < 0:
        raise ValueError("number of bits must be non-negative")
    if n > 64:
        raise OverflowError("integer result too large: it does not fit in 64 bits")
    r = prim.py_random_bits(n)
    if r < 0:
        raise OverflowError("integer result too large: it does not fit in 64 bits")
    return r


@implements("random.randbytes")
def randbytes(n):
    """Four bytes from each number of 32 bits, the lowest first; of the last the highest bits."""
    count = integer(n)
    if count < 0:
        raise ValueError("number of bits must be non-negative")
    out = []
    for at in range(0, count, 4):
        bits = min(8 * (count - at), 32)
        word = prim.py_random_bits(bits)
        for _ in range(bits // 8):
            out.append(word & 255)
            word >>= 8
    return bytes(out)


def below(n):
    """A number from 0 to `n - 1`, by rejection."""
    k = 64 - prim.clz(n)
    r = prim.py_random_bits(k)
    while r >= n:
        r = prim.py_random_bits(k)
    return r


# Integers and items


@implements("random.randrange")
def randrange(start, stop=None, step=1):
    first = integer(start)
    if stop is None:
        if first > 0:
            return below(first)
        raise ValueError("empty range for randrange()")
    last = integer(stop)
    by = integer(step)
    width = last - first
    if by == 1:
        if prim.python_minor() >= 12:
            prim.guard(width > 0, "ValueError", "empty range in randrange({}, {})", first, last)
        else:
            prim.guard(width > 0, "ValueError", "empty range for randrange() ({}, {}, {})", first, last, width)
        return first + below(width)
    if by == 0:
        raise ValueError("zero step for randrange()")
    if by > 0:
        n = (width + by - 1) // by
    else:
        n = (width + by + 1) // by
    if prim.python_minor() >= 12:
        prim.guard(n > 0, "ValueError", "empty range in randrange({}, {}, {})", first, last, by)
    elif n <= 0:
        raise ValueError("empty range for randrange()")
    return first + by * below(n)


@implements("random.randint")
def randint(a, b):
    return randrange(a, integer(b) + 1)


@implements("random.choice")
def choice(seq):
    n = len(seq)
    if n == 0:
        raise IndexError("Cannot choose from an empty sequence")
    return seq[below(n)]


@implements("random.shuffle")
def shuffle(x):
    if prim.is_array(x):
        if x.ndim != 1:
            prim.error("random.shuffle() of {} is not compiled: rows are views of one memory", x)
    for k in range(1, len(x)):
        i = len(x) - k
        j = below(i + 1)
        here = x[i]
        x[i] = x[j]
        x[j] = here


def log_four(x):
    """`ceil(log(x, 4))`"""
    return int(prim.ceil(log(x, 4)))


@implements("random.sample")
def sample(population, k, *, counts=None):
    if prim.is_array(population):
        prim.error("Population must be a sequence, and {} is none to Python", population)
    if prim.is_set(population) or prim.is_dict(population):
        prim.refuse("Population must be a sequence, not {}", "for dicts or sets, use sorted(d)", population)
    if counts is not None:
        return sample_with_counts(population, k, counts)
    else:
        return sample_of(population, k)


def sample_with_counts(population, k, counts):
    limits = []
    total = 0
    for count in counts:
        total += integer(count)
        limits.append(total)
    if len(limits) != len(population):
        raise ValueError("The number of counts does not match the population")
    if len(limits) == 0:
        raise IndexError("pop from empty list")
    if total <= 0:
        raise ValueError("Total of counts must be greater than zero")
    return [population[bisect_right(limits, at)] for at in sample_of(range(total), k)]


def sample_of(population, k):
    n = len(population)
    wanted = integer(k)
    if wanted < 0 or wanted > n:
        raise ValueError("Sample larger than population or is negative")
    # CPython compares the sizes of a list of all and of a set of those selected.
    room = 21
    if wanted > 5:
        room = room + 4 ** log_four(wanted * 3)
    if n <= room:
        return from_pool(population, n, wanted)
    return from_selected(population, n, wanted)


def from_pool(population, n, wanted):
    pool = [x for x in population]
    result = []
    for i in range(wanted):
        j = below(n - i)
        result.append(pool[j])
        pool[j] = pool[n - i - 1]
    return result


def from_selected(population, n, wanted):
    selected = {-1}
    result = []
    for i in range(wanted):
        j = below(n)
        while j in selected:
            j = below(n)
        selected.add(j)
        result.append(population[j])
    return result


@implements("random.choices")
def choices(population, weights=None, *, cum_weights=None, k=1):
    if cum_weights is None:
        if weights is None:
            return uniform_choices(population, integer(k))
        return weighted_choices(population, accumulated(weights), integer(k))
    if weights is not None:
        prim.error("Cannot specify both weights and cumulative weights")
    return weighted_choices(population, cum_weights, integer(k))


def uniform_choices(population, k):
    n = float(len(population))
    result = []
    for i in range(k):
        result.append(population[int(prim.floor(prim.py_random() * n))])
    return result


def accumulated(weights):
    result = []
    total = 0
    for i in range(len(weights)):
        if i == 0:
            total = weights[0]
        else:
            total = total + weights[i]
        result.append(total)
    return result


def weighted_choices(population, cumulative, k):
    n = len(population)
    if len(cumulative) != n:
        raise ValueError("The number of weights does not match the population")
    total = cumulative[n - 1] + 0.0
    if total <= 0.0:
        raise ValueError("Total of weights must be greater than zero")
    if not prim.isfinite(total):
        raise ValueError("Total of weights must be finite")
    result = []
    for i in range(k):
        result.append(population[bisect_right(cumulative, prim.py_random() * total, 0, n - 1)])
    return result


# Distributions


@implements("random.uniform")
def uniform(a, b):
    return a + (b - a) * prim.py_random()


@implements("random.triangular")
def triangular(low=0.0, high=1.0, mode=None):
    u = prim.py_random()
    if mode is None:
        return from_corner(low, high, u, 0.5)
    if prim.is_weak(low) and prim.is_weak(high) and prim.is_weak(mode):
        if high - low == 0:
            return low
    return from_corner(low, high, u, (mode - low) / (high - low))


def from_corner(low, high, u, c):
    if u > c:
        return high + (low - high) * root((1.0 - u) * (1.0 - c))
    return low + (high - low) * root(u * c)


def root(x):
    x = float(x)
    if x < 0.0:
        raise ValueError("math domain error")
    return prim.sqrt(x)


def standard():
    # The ratio of uniform deviates (A. J. Kinderman and J. F. Monahan, ACM TOMS 3, 1977).
    while True:
        u1 = prim.py_random()
        u2 = 1.0 - prim.py_random()
        z = prim.divide(1.7155277699214135 * (u1 - 0.5), u2)
        if z * z / 4.0 <= -prim.log(u2):
            return z


@implements("random.normalvariate")
def normalvariate(mu=0.0, sigma=1.0):
    return mu + standard() * sigma


@implements("random.lognormvariate")
def lognormvariate(mu, sigma):
    return in_range(prim.exp, mu + standard() * sigma)


@implements("random.gauss")
def gauss(mu=0.0, sigma=1.0):
    # In pairs (G. E. P. Box and M. E. Muller, 1958): the second is kept.
    z = prim.py_random_kept()
    if z != z:
        angle = prim.py_random() * 6.283185307179586
        radius = prim.sqrt(-2.0 * prim.log(1.0 - prim.py_random()))
        z = prim.cos(angle) * radius
        prim.py_random_keep(prim.sin(angle) * radius)
    return mu + z * sigma


@implements("random.expovariate")
def expovariate(lambd):
    return -prim.log(1.0 - prim.py_random()) / lambd


@implements("random.vonmisesvariate")
def vonmisesvariate(mu, kappa):
    # N. I. Fisher, "Statistical Analysis of Circular Data", 1993.
    if kappa <= 1e-6:
        return 6.283185307179586 * prim.py_random()
    s = 0.5 / kappa
    r = s + root(1.0 + s * s)
    u1 = prim.py_random()
    z = prim.cos(3.141592653589793 * u1)
    d = z / (r + z)
    u2 = prim.py_random()
    while not (u2 < 1.0 - d * d or u2 <= (1.0 - d) * in_range(prim.exp, d)):
        u1 = prim.py_random()
        z = prim.cos(3.141592653589793 * u1)
        d = z / (r + z)
        u2 = prim.py_random()
    q = 1.0 / r
    f = (q + z) / (1.0 + q * z)
    if prim.py_random() > 0.5:
        return (mu + of_unit(prim.acos, f)) % 6.283185307179586
    return (mu - of_unit(prim.acos, f)) % 6.283185307179586


@implements("random.gammavariate")
def gammavariate(alpha, beta):
    if alpha <= 0.0 or beta <= 0.0:
        raise ValueError("gammavariate: alpha and beta must be > 0.0")
    if alpha > 1.0:
        return gamma_above(alpha) * beta
    if alpha == 1.0:
        return -prim.log(1.0 - prim.py_random()) * beta
    return gamma_below(alpha) * beta


def gamma_above(alpha):
    # R. C. H. Cheng, Applied Statistics 26, 1977.
    ainv = root(2.0 * alpha - 1.0)
    b = alpha - 1.3862943611198906
    c = alpha + ainv
    while True:
        u1 = prim.py_random()
        if 1e-7 < u1 < 0.9999999:
            u2 = 1.0 - prim.py_random()
            v = prim.log(prim.divide(u1, 1.0 - u1)) / ainv
            x = alpha * in_range(prim.exp, v)
            z = u1 * u1 * u2
            r = b + c * v - x
            if r + 2.504077396776274 - 4.5 * z >= 0.0 or r >= prim.log(z):
                return x


def gamma_below(alpha):
    # Algorithm GS (W. J. Kennedy and J. E. Gentle, "Statistical Computing", 1980).
    while True:
        u = prim.py_random()
        b = (2.718281828459045 + alpha) / 2.718281828459045
        p = b * u
        if p <= 1.0:
            x = p ** (1.0 / alpha)
            if prim.py_random() <= in_range(prim.exp, -x):
                return x
        else:
            x = -prim.log(float((b - p) / alpha))
            if prim.py_random() <= x ** (alpha - 1.0):
                return x


@implements("random.betavariate")
def betavariate(alpha, beta):
    y = gammavariate(alpha, 1.0)
    if y:
        return y / (y + gammavariate(beta, 1.0))
    return 0.0


@implements("random.paretovariate")
def paretovariate(alpha):
    u = 1.0 - prim.py_random()
    return u ** (-1.0 / alpha)


@implements("random.weibullvariate")
def weibullvariate(alpha, beta):
    u = 1.0 - prim.py_random()
    return alpha * (-prim.log(u)) ** (1.0 / beta)
