"""Arguments at which the elementary functions are measured."""

import numpy as np
from mpmath import mp, mpf

from .functions import ANY


def drawn(function, dtype, count, generator):
    """`count` arguments of each draw."""
    columns = []
    for _ in range(function.arity):
        columns.append(np.concatenate([one(draw, dtype, count, generator) for draw in function.draws]))
    if function.name == "power":
        columns[1] = exponents(columns[0], dtype, generator)
    elif function.arity == 2:
        columns[1] = of_like_size(columns[0], columns[1], dtype, generator)
    return columns


def one(draw, dtype, count, generator):
    if draw == ANY:
        unsigned = np.uint64 if dtype == np.float64 else np.uint32
        top = np.iinfo(unsigned).max
        return generator.integers(0, top, count, dtype=unsigned, endpoint=True).view(dtype)
    with np.errstate(over="ignore"):
        return generator.uniform(*draw, count).astype(dtype)


def exponents(base, dtype, generator):
    """Exponents that bring results into the range, and others."""
    with np.errstate(all="ignore"):
        reach = generator.uniform(-745, 745, base.size) / np.log(np.abs(base.astype(float)))
        whole = np.rint(generator.uniform(-30, 30, base.size))
        choice = generator.integers(0, 3, base.size)
        return np.choose(choice, [reach, whole, generator.uniform(-3, 3, base.size)]).astype(dtype)


def of_like_size(first, second, dtype, generator):
    """Half of the second operands near the first."""
    with np.errstate(all="ignore"):
        near = (first * generator.uniform(-3, 3, first.size)).astype(dtype)
    return np.where(generator.random(first.size) < 0.5, near, generator.permutation(second))


def around(values, dtype, reach=2):
    """Numbers and their neighbours."""
    values = np.asarray(values, dtype)
    found = [values]
    up = down = values
    for _ in range(reach):
        up, down = np.nextafter(up, dtype(np.inf)), np.nextafter(down, dtype(-np.inf))
        found += [up, down]
    return np.concatenate(found)


def hard(function, dtype):
    """Arguments where an error would be seen: ends of intervals, next to zeros and multiples."""
    kinds = {"exponents": ends_of_exponents, "mantissas": ends_of_mantissas, "quadrants": quadrants, "poles": poles}
    values = [0.5, 1.0, 2.0, 0.41421356237309503, 2.414213562373095, 3e-9, 1e-9, 1e9]
    if function.hard:
        values = [*values, *kinds[function.hard](dtype)]
    values = around(values, dtype)
    return np.concatenate([values, -values])


def ends_of_exponents(dtype):
    """Where the multiple of ln(2) changes, and where results leave the range."""
    half = np.arange(-2200, 2100) * 0.5
    return np.concatenate([half * float(mp.log(2)), half, [709.782712893384, -745.1332191019412, 710.4758600739439]])


def ends_of_mantissas(dtype):
    """Where the exponent changes: powers of two and of ten, multiples of the root of 1/2."""
    powers = np.ldexp(1.0, np.arange(-1070, 1024, 7))
    return np.concatenate([powers, powers * float(mp.sqrt(0.5)), 10.0 ** np.arange(-30, 30), [float(mp.sqrt(2)) - 1, float(mp.sqrt(0.5)) - 1]])


def quadrants(dtype):
    """Multiples of pi / 4, and for each exponent the number nearest to a multiple of pi / 2.

    The denominators of the convergents of `2**e / (pi / 2)` are the mantissas whose
    multiples come nearest to integers (Kahan's programme of 1983).
    """
    found = [float(mp.pi / 4 * n) for n in range(1, 3000)]
    found += [16383.9, 16384.0, 16384.1]
    bits = np.finfo(dtype).nmant + 1
    with mp.workprec(1400):
        for e in range(-bits, np.finfo(dtype).maxexp - bits):
            rest = mpf(2) ** e / (mp.pi / 2)
            before, denominator = 0, 1
            while True:
                whole = mp.floor(rest)
                following = int(1 / (rest - whole)) * denominator + before
                if following >= 2**bits:
                    break
                before, denominator = denominator, following
                rest = 1 / (rest - whole)
            found.append(float(denominator) * 2.0**e)
    return found


def poles(dtype):
    """About gamma: its poles, where its logarithm is 0, where formulas change, where it leaves the range."""
    found = [*np.arange(1, 200) * 0.5, 4.0, 0.8125, 1.1875, 1.8125, 2.1875, 0.9375, 1.0625, 1.9375, 2.0625]
    found += [171.62437695630271, 177.5, 5.562684646268003e-309, 1e-17, 1e-290, 1e290, 2.55e305]
    return [*found, *(-x for x in zeros_of_log_gamma())]


def zeros_of_log_gamma():
    """Those below -2: two for each pair of poles, by bisection; below -18 they are between two float64."""
    found = []
    for pole in range(-18, -2):
        # Nearest to the pole the magnitude of gamma is above 1, in the middle below.
        middle = mpf(pole) + mpf("0.5") if pole != -3 else mpf("-2.6")
        for end in (mpf(pole), mpf(pole) + 1):
            inside, outside = middle, end
            for _ in range(70):
                between = (inside + outside) / 2
                above = abs(mp.gamma(between)) > 1
                inside, outside = (inside, between) if above else (between, outside)
            found.append(float(inside))
    return found
