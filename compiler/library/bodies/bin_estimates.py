"""How many bins a histogram should have, by the rules that NumPy knows by name.

The rules are those of its documentation (`numpy.histogram_bin_edges`), by Sturges,
Rice, Scott, Freedman and Diaconis, and Doane. Stone's isn't here.
"""


def spread_of(x):
    """The distance from the smallest to the largest element."""
    return float(np.max(x)) - float(np.min(x))


def width_by(rule, x):
    """The width of bins."""
    n = len(x)
    if rule == "sqrt":
        return spread_of(x) / float(np.sqrt(n))
    elif rule == "sturges":
        return spread_of(x) / float(np.log2(n) + 1.0)
    elif rule == "rice":
        return spread_of(x) / (2.0 * n ** (1.0 / 3))
    elif rule == "scott":
        return (24.0 * np.pi**0.5 / n) ** (1.0 / 3.0) * float(np.std(x))
    elif rule == "fd":
        return middle_half(x) * 2.0 * n ** (-1.0 / 3.0)
    elif rule == "doane":
        return by_skewness(x)
    elif rule == "auto":
        careful = max(width_by("fd", x), width_by("sqrt", x) / 2)
        return min(careful, width_by("sturges", x))
    else:
        prim.error("{} is not an estimator for `bins` that is supported", rule)


def middle_half(x):
    """The distance between the quartiles."""
    quartiles = np.percentile(x, (75, 25))
    return float(quartiles[0] - quartiles[1])


def by_skewness(x):
    """Doane's rule."""
    n = len(x)
    if n > 2:
        usual = float(np.sqrt(6.0 * (n - 2) / ((n + 1.0) * (n + 3))))
        deviation = np.std(x)
        if deviation > 0.0:
            skewness = float(np.mean(((x - np.mean(x)) / deviation) ** 3))
            return spread_of(x) / (1.0 + float(np.log2(n)) + float(np.log2(1.0 + abs(skewness) / usual)))
    return 0.0


def within(x, first, last):
    """The elements in a range."""
    out = prim.empty(len(x), prim.dtype(x))
    n = 0
    for i in range(len(x)):
        if x[i] >= first and x[i] <= last:
            out[n] = x[i]
            n += 1
    return out[:n]


def estimated_bins(line, rule, first, last, limited):
    """The number of bins that a rule says for the elements, or for those in a range."""
    if limited:
        return bins_by(within(line, first, last), rule, first, last)
    else:
        return bins_by(line, rule, first, last)


def bins_by(x, rule, first, last):
    """The number of bins of equal width between two edges."""
    if len(x) == 0:
        return 1
    width = width_by(rule, x)
    if width == 0.0:
        return 1
    if prim.kind(prim.dtype(x)) != "f" and width < 1.0:
        width = 1.0
    return int(np.ceil((float(last) - float(first)) / width))
