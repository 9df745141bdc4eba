"""Library bodies: the discrete distributions of `numpy.random.Generator`, `integers` and
`bytes`."""

from broadcasting import item, shape_of, spread_to
from generators import above_one, draw, given, given_int, joined, number_at, positive, probability, probability_above_zero, probability_below_one


def whole(f, rng, size, count, a, b, c):
    return draw(f, rng, size, count, prim.dtype("int64"), a, b, c)


def most(x):
    """The largest mean that NumPy draws a Poisson variate of."""
    return 9.223372006484771e18


def check_mean(a):
    if prim.is_array(a):
        if not np.all(a <= most(a)):
            raise ValueError("lam value too large")
        if not np.all(a >= 0.0):
            raise ValueError("lam < 0 or lam contains NaNs")
    else:
        if not a >= 0.0:
            raise ValueError("lam < 0 or lam is NaN")
        if not a <= most(a):
            raise ValueError("lam value too large")


@implements("Generator.poisson")
def poisson(rng, lam=1.0, size=None):
    a = given(lam)
    check_mean(a)
    return whole(prim.rng_poisson, rng, size, 1, a, 0.0, 0.0)


@implements("Generator.geometric")
def geometric(rng, p, size=None):
    a = given(p)
    probability_above_zero(a, "p")
    return whole(prim.rng_geometric, rng, size, 1, a, 0.0, 0.0)


@implements("Generator.logseries")
def logseries(rng, p, size=None):
    a = given(p)
    probability_below_one(a, "p")
    return whole(prim.rng_logseries, rng, size, 1, a, 0.0, 0.0)


@implements("Generator.zipf")
def zipf(rng, a, size=None):
    x = given(a)
    above_one(x, "a")
    return whole(prim.rng_zipf, rng, size, 1, x, 0.0, 0.0)


@implements("Generator.negative_binomial")
def negative_binomial(rng, n, p, size=None):
    a = given(n)
    b = given(p)
    if np.any(np.isnan(a)):
        raise ValueError("n must not be NaN")
    positive(a, "n")
    probability_above_zero(b, "p")
    if np.any((1 - b) / b * (a + 10 * np.sqrt(a)) > most(a)):
        raise ValueError("n too large or p too small, see Generator.negative_binomial Notes")
    return whole(prim.rng_negative_binomial, rng, size, 2, a, b, 0.0)


@implements("Generator.binomial")
def binomial(rng, n, p, size=None):
    if prim.is_number(n) and prim.kind(prim.dtype(n)) == "f":
        # NumPy takes the number's whole part.
        return binomial(rng, int(n), p, size)
    a = given_int(n)
    b = given(p)
    if prim.is_array(a) or prim.is_array(b):
        probability(as_line(b), "p")
    else:
        probability(b, "p")
    if np.any(a < 0):
        raise ValueError("n < 0")
    if prim.is_array(a) or prim.is_array(b):
        # The order of the parameters tells which one an error names.
        return whole(prim.rng_binomial, rng, size, 2, b, a, 0)
    return whole(prim.rng_binomial, rng, size, 2, b, a, 0)


def as_line(x):
    if prim.is_array(x):
        return x
    out = prim.empty(1, prim.dtype("float64"))
    out[0] = x
    return out


@implements("Generator.hypergeometric")
def hypergeometric(rng, ngood, nbad, nsample, size=None):
    a = given_int(ngood)
    b = given_int(nbad)
    c = given_int(nsample)
    if np.any(a >= 1000000000) or np.any(b >= 1000000000):
        raise ValueError("both ngood and nbad must be less than 1000000000")
    if np.any(a + b < c):
        raise ValueError("ngood + nbad < nsample")
    if np.any(a < 0):
        raise ValueError("ngood < 0")
    if np.any(b < 0):
        raise ValueError("nbad < 0")
    if np.any(c < 0):
        raise ValueError("nsample < 0")
    return whole(prim.rng_hypergeometric, rng, size, 3, a, b, c)


# Integers


@implements("Generator.integers")
def integers(rng, low, high=None, size=None, dtype=None, endpoint=False):
    if dtype is None:
        return integers_of(rng, low, high, size, prim.dtype("int64"), endpoint)
    drawn = integers_of(rng, low, high, size, prim.dtype_given(dtype), endpoint)
    if size is None and not prim.is_array(drawn) and not prim.is_str(dtype):
        # `int` and `bool` themselves give Python's numbers.
        if dtype is int:
            return int(drawn)
        if dtype is bool:
            return bool(drawn)
    return drawn


def integers_of(rng, low, high, size, dtype, endpoint):
    if prim.kind(dtype) not in ("b", "i", "u"):
        prim.error("Unsupported dtype {} for integers", dtype)
    if high is None:
        return integers_between(rng, 0, bound(low), size, dtype, endpoint)
    return integers_between(rng, bound(low), bound(high), size, dtype, endpoint)


def bound(x):
    if prim.is_number(x) and prim.kind(prim.dtype(x)) == "f":
        return int(x)
    return given_int(x)


def least(dtype):
    """The smallest integer of a dtype."""
    if prim.kind(dtype) == "i":
        return -(1 << (8 * dtype.itemsize - 2)) * 2
    return 0


def limit(dtype):
    """The largest one, as far as Python's integers of 64 bits go."""
    if prim.kind(dtype) == "b":
        return 1
    elif prim.kind(dtype) == "i":
        return (1 << (8 * dtype.itemsize - 2)) - 1 + (1 << (8 * dtype.itemsize - 2))
    elif dtype.itemsize == 8:
        return 9223372036854775807
    else:
        return (1 << (8 * dtype.itemsize)) - 1


def width_of(dtype):
    if prim.kind(dtype) == "b":
        return 0
    return dtype.itemsize


def check_range(low, high, all_zero, dtype, endpoint):
    """The largest integer that may be drawn."""
    if low < least(dtype):
        prim.guard(False, "ValueError", "low is out of bounds for " + dtype.name)
    if endpoint:
        if high > limit(dtype):
            prim.guard(False, "ValueError", "high is out of bounds for " + dtype.name)
        if low > high:
            raise ValueError("high < 0" if all_zero else "low > high")
        return high
    if dtype.itemsize < 8 and high > limit(dtype) + 1:
        prim.guard(False, "ValueError", "high is out of bounds for " + dtype.name)
    if low >= high:
        raise ValueError("high <= 0" if all_zero else "low >= high")
    return high - 1


def integers_between(rng, low, high, size, dtype, endpoint):
    if prim.is_array(low) or prim.is_array(high):
        return integers_among(rng, low, high, size, dtype, endpoint)
    if size is None:
        top = check_range(low, high, low == 0, dtype, endpoint)
        prim.rng_forget_spare(rng)
        return prim.cast(prim.rng_integer(rng, low, prim.wrap_sub(top, low), width_of(dtype)), dtype)
    out = prim.empty(size, dtype)
    if out.size > 0:
        top = check_range(low, high, low == 0, dtype, endpoint)
        prim.rng_fill_integers(rng, low, prim.wrap_sub(top, low), width_of(dtype), out, out.size)
    return out


def integers_among(rng, low, high, size, dtype, endpoint):
    if size is not None:
        wanted = prim.empty(size, dtype)
        if wanted.size == 0:
            return wanted
    if np.any(low < least(dtype)):
        prim.guard(False, "ValueError", "low is out of bounds for " + dtype.name)
    if endpoint:
        if np.any(high > limit(dtype)):
            prim.guard(False, "ValueError", "high is out of bounds for " + dtype.name)
    elif dtype.itemsize < 8 and np.any(high > limit(dtype) + 1):
        prim.guard(False, "ValueError", "high is out of bounds for " + dtype.name)
    all_zero = not np.any(low)
    if endpoint:
        if np.any(low > high):
            raise ValueError("high < 0" if all_zero else "low > high")
    elif np.any(low >= high):
        raise ValueError("high <= 0" if all_zero else "low >= high")
    prim.rng_forget_spare(rng)
    if size is None:
        out = prim.empty(joined((shape_of(low), shape_of(high))), dtype)
        each(rng, prim.view_c(out, out.size), 0, spread_to(low, out.shape), spread_to(high, out.shape), out.shape, width_of(dtype), endpoint)
        return out
    out = prim.empty(size, dtype)
    # NumPy goes through the limits in the shape that they have together with the output, as
    # far as the output has elements.
    whole = joined((shape_of(low), shape_of(high), out.shape))
    each(rng, prim.view_c(out, out.size), 0, spread_to(low, whole), spread_to(high, whole), whole, width_of(dtype), endpoint)
    return out


def each(rng, line, at, low, high, shape, width, endpoint):
    """Draws from a position on; gives the next one."""
    for i in range(shape[0]):
        if at < len(line):
            if len(shape) == 1:
                first = int(number_at(low, i))
                last = int(number_at(high, i))
                if not endpoint:
                    last = last - 1
                drawn = prim.rng_integer(rng, first, prim.wrap_sub(last, first), width)
                line[at] = prim.cast(drawn, prim.dtype(line))
                at = at + 1
            else:
                at = each(rng, line, at, item(low, i), item(high, i), shape[1:], width, endpoint)
    return at


@implements("Generator.bytes")
def bytes(rng, length):
    if not prim.is_integer(length):
        prim.error("Generator.bytes() takes an int, not {}", length)
    n = int(length)
    if n > 0:
        count = (n - 1) // 4 + 1
    else:
        # As C divides.
        count = 1 - (1 - n) // 4
    words = prim.empty(count, prim.dtype("uint32"))
    prim.rng_fill_integers(rng, 0, 4294967295, 4, words, count)
    return prim.bytes_of_memory(words, 4 * count)[:n]
