"""Counting in bins: histogram, histogram_bin_edges, digitize.

Elements of bins of one width are found by their distance from the first edge and set
right by a comparison with the edges, as in NumPy; others are searched for. Weights are
added up in the order of the elements: for edges that are given, NumPy adds them up
sorted, so that floats may differ in their last bits.
"""

from bin_estimates import estimated_bins
from copying import as_array
from positions import flat
from sums import is_inexact


def in_a_line(a):
    """The elements in C order; bool as uint8."""
    if prim.kind(prim.dtype(a)) == "b":
        return in_a_line(a.astype(np.uint8))
    elif prim.kind(prim.dtype(a)) == "c":
        prim.error("a histogram of complex numbers is not supported: {}", a)
    elif a.ndim == 1:
        return a
    else:
        return flat(a)


def as_float(x):
    """A limit as a float; floats are kept as they are."""
    if prim.is_weak(x):
        return float(x)
    elif prim.kind(prim.dtype(x)) == "f":
        return x
    else:
        return np.float64(x)


def limits(line, range):
    """The outer edges that elements or `range` give."""
    if range is not None:
        if len(range) != 2:
            prim.error("range must have two items, not {}", range)
        else:
            first = as_float(range[0])
            last = as_float(range[1])
            if first > last:
                raise ValueError("max must be larger than min in range parameter.")
            prim.guard(
                np.isfinite(first) and np.isfinite(last),
                "ValueError",
                "supplied range of [{}, {}] is not finite",
                first,
                last,
            )
            return apart(first, last)
    else:
        zero = as_float(prim.cast(0, prim.dtype(line)))
        first = zero
        last = zero + 1
        if len(line) > 0:
            least, most = extremes(line)
            first = as_float(least)
            last = as_float(most)
            prim.guard(
                np.isfinite(first) and np.isfinite(last),
                "ValueError",
                "autodetected range of [{}, {}] is not finite",
                first,
                last,
            )
        return apart(first, last)


def extremes(line):
    """The least and the largest element, both of a strip while it is in the cache."""
    strip = 2048
    least = line[0]
    most = line[0]
    for start in range(0, len(line), strip):
        part = line[start:start + strip]
        least = np.minimum(least, np.min(part))
        most = np.maximum(most, np.max(part))
    return least, most


def apart(first, last):
    """Edges of a range that isn't empty."""
    if first == last:
        return first - 0.5, last + 0.5
    return first, last


def edge_dtype(line):
    """The dtype of edges between limits."""
    if is_inexact(prim.dtype(line)):
        return prim.dtype(line)
    else:
        return prim.dtype(np.float64)


def widest(line, first):
    """The dtype of edges, with a limit that is given."""
    if prim.is_weak(first):
        return edge_dtype(line)
    else:
        return prim.result_type(edge_dtype(line), prim.dtype(first))


def equal_edges(first, last, bins, dtype, unit):
    """Edges of bins of one width, of nothing from 0 to 1."""
    if bins < 1:
        raise ValueError("`bins` must be positive, when an integer")
    if unit:
        return np.linspace(0.0, 1.0, int(bins) + 1, dtype=dtype)
    return np.linspace(first, last, int(bins) + 1, dtype=dtype)


def rising_edges(first, last, bins, dtype, unit):
    """As `equal_edges`, of bins that aren't empty."""
    edges = equal_edges(first, last, bins, dtype, unit)
    for i in range(len(edges) - 1):
        if edges[i] >= edges[i + 1]:
            prim.guard(False, "ValueError", "Too many bins for data range. Cannot create {} finite-sized bins.", int(bins))
    return edges


def checked_edges(edges):
    """Edges that are given."""
    if edges.ndim != 1:
        prim.error("`bins` must be 1d, when an array")
    else:
        for i in range(len(edges) - 1):
            if edges[i] > edges[i + 1]:
                raise ValueError("`bins` must increase monotonically, when an array")
        return edges


def check_bins(bins):
    """Refuses bins of other kinds."""
    if prim.is_text(bins):
        if not prim.is_literal(bins):
            prim.error("the name of an estimator for `bins` must be a constant")
    elif prim.is_number(bins) and not prim.is_integer(bins):
        prim.error("`bins` must be an integer, a string, or an array, not {}", bins)


def number_of(bins, line, first, last, range, weights):
    """How many bins there are, which a name leaves to the elements."""
    if not prim.is_text(bins):
        return bins
    elif weights is not None:
        prim.error("Automated estimation of the number of bins is not supported for weighted data")
    else:
        return estimated_bins(line, bins, first, last, range is not None)


def is_sharp(first, last, count, dtype):
    """Whether bins are so wide beside the rounding of edges that what lies well inside is sure."""
    width = float(last) - float(first)
    most = max(abs(float(first)), abs(float(last)))
    if prim.kind(dtype) == "f" and dtype.itemsize == 8:
        return count < 1048576 and width > 1e-290 and width < 1e290 and width * 1048576.0 > most * count
    elif prim.kind(dtype) == "f" and dtype.itemsize == 4:
        return count < 1024 and width > 1e-290 and width * 1024.0 > most * count
    else:
        return False


def slack(dtype):
    """How near to an edge, in bins, an element is compared with it."""
    if dtype.itemsize == 8:
        return 1e-6
    else:
        return 0.00390625


def sure_bin(x, first, last, inverse, count, near):
    """The bin of one width in which an element lies; `-1 - bin` if a neighbour is possible, `count` for those outside."""
    inside = prim.logical_and(x >= first, x <= last)
    place = (prim.select(inside, float(x), float(first)) - float(first)) * inverse
    part = place - prim.floor(place)
    at = max(min(prim.int_of_float(place), count - 1), 0)
    sure = prim.logical_and(part > near, part < 1.0 - near)
    return prim.select(inside, prim.select(sure, at, prim.wrap_sub(-1, at)), count)


def sure_bins(out, line, first, last, inverse, count, near):
    """Bins of a strip of elements: a loop of its own, which has no branches."""
    for i in range(len(out)):
        out[i] = sure_bin(line[i], first, last, inverse, count, near)


def rough_bin(x, dtype, first, last, width, count):
    """As `sure_bin`, always with a neighbour: computed as NumPy does."""
    inside = prim.logical_and(x >= first, x <= last)
    # What is outside isn't computed with: it could overflow.
    y = prim.select(inside, prim.cast(x, dtype), prim.cast(first, dtype))
    place = prim.int_of_float(((y - first) / width) * count)
    return prim.select(inside, prim.wrap_sub(-1, max(min(place, count - 1), 0)), count)


def rough_bins(out, line, dtype, first, last, width, count):
    """As `sure_bins`."""
    for i in range(len(out)):
        out[i] = rough_bin(line[i], dtype, first, last, width, count)


def exact_bin(x, at, edges, count):
    """The bin of an element that is in this one or a neighbour."""
    step = edges.strides[0]
    if x < prim.load(edges, prim.wrap_mul(at, step)):
        return max(at - 1, 0)
    elif at != count - 1 and x >= prim.load(edges, prim.wrap_mul(at + 1, step)):
        return at + 1
    else:
        return at


def bin_among(x, edges):
    """The bin of given edges in which an element lies, or -1."""
    n = len(edges)
    if not (x >= edges[0] and x <= edges[n - 1]):
        return -1
    low = 0
    size = n
    while size > 1:
        half = size // 2
        low = prim.select(edges[low + half] <= x, low + half, low)
        size -= half
    return min(low, n - 2)


def weight_at(weights, i, dtype):
    """How much an element counts."""
    if weights is None:
        return prim.cast(1, dtype)
    else:
        return prim.cast(weights[i], dtype)


def count_dtype(weights):
    """The dtype of what is counted."""
    if weights is None:
        return prim.dtype(np.int64)
    else:
        return prim.dtype(weights)


def bin_dtype(weights):
    """The dtype in which weights of a block of elements are added up."""
    if weights is None:
        return prim.dtype(np.int64)
    elif prim.kind(prim.dtype(weights)) == "c":
        return prim.dtype(np.complex128)
    else:
        return prim.dtype(np.float64)


def count_equal(out, line, edges, first, last, weights):
    """Counts in bins of one width; weights are added up in blocks, as NumPy does."""
    width = last - first
    dtype = prim.dtype(edges)
    count = len(edges) - 1
    sharp = is_sharp(first, last, count, dtype)
    inverse = count / (float(last) - float(first)) if sharp else 0.0
    block = 65536
    strip = 1024
    room = prim.empty(min(strip, len(line)), prim.dtype(np.int64))
    for begin in range(0, len(line), block):
        part = prim.zeros(count, bin_dtype(weights))
        end = min(begin + block, len(line))
        for start in range(begin, end, strip):
            bins = prim.view_c(room, min(strip, end - start))
            values = prim.view(line, (len(bins),), line.strides, start * line.strides[0])
            if sharp:
                sure_bins(bins, values, first, last, inverse, count, slack(dtype))
            else:
                rough_bins(bins, values, dtype, first, last, width, count)
            for i in range(len(bins)):
                at = prim.to_python(bins[i])
                if at < count:
                    if at < 0:
                        at = exact_bin(prim.cast(values[i], dtype), prim.wrap_sub(-1, at), edges, count)
                    place = prim.wrap_mul(at, part.itemsize)
                    prim.store(part, place, prim.load(part, place) + weight_at(weights, start + i, prim.dtype(part)))
        for k in range(count):
            out[k] = prim.cast(out[k] + prim.cast(part[k], prim.dtype(out)), prim.dtype(out))


def count_between(out, line, edges, weights):
    """Counts between edges that are given."""
    for i in range(len(line)):
        at = bin_among(line[i], edges)
        if at >= 0:
            out[at] += weight_at(weights, i, prim.dtype(out))


def weight_line(weights, a):
    """Weights in C order, or None."""
    if weights is None:
        return None
    else:
        w = as_array(weights)
        if w.ndim != a.ndim:
            prim.error("weights should have the same shape as a.")
        elif prim.kind(prim.dtype(w)) == "b":
            prim.error("weights of bool are not supported")
        else:
            if not (w.shape == a.shape):
                raise ValueError("weights should have the same shape as a.")
            return w if w.ndim == 1 else flat(w)


def densities(counts, edges):
    """Counts as a density: the area below is 1."""
    widths = np.diff(edges).astype(np.float64)
    return counts / widths / np.sum(counts)


def in_bins(counts, edges, density):
    """What `histogram` gives."""
    if density is None or (prim.is_literal(density) and not density):
        return counts, edges
    elif not prim.is_literal(density):
        prim.error("density must be a constant: the result's type depends on it")
    else:
        return densities(counts, edges), edges


@implements("numpy.histogram")
def histogram(a, bins=10, range=None, density=None, weights=None):
    """Counts of elements in bins, and the edges of these."""
    check_bins(bins)
    x = as_array(a)
    note_bool(x)
    line = in_a_line(x)
    w = weight_line(weights, x)
    if prim.is_number(bins) or prim.is_text(bins):
        first, last = limits(line, range)
        edges = rising_edges(first, last, number_of(bins, line, first, last, range, weights), widest(line, first), range is None and len(line) == 0)
        counts = prim.zeros(len(edges) - 1, count_dtype(w))
        count_equal(counts, line, edges, first, last, w)
        return in_bins(counts, edges, density)
    else:
        edges = checked_edges(as_array(bins))
        counts = prim.zeros(max(len(edges) - 1, 0), count_dtype(w))
        if len(counts) > 0:
            count_between(counts, line, edges, w)
        return in_bins(counts, edges, density)


def note_bool(a):
    """NumPy says that it takes truth values for integers."""
    if prim.kind(prim.dtype(a)) == "b":
        prim.warn_note("np.histogram(np.zeros(1, np.bool_))")


@implements("numpy.histogram_bin_edges")
def histogram_bin_edges(a, bins=10, range=None, weights=None):
    """The edges of the bins of a histogram."""
    check_bins(bins)
    if prim.is_number(bins) or prim.is_text(bins):
        if prim.kind(prim.dtype(as_array(a))) == "b":
            prim.warn_note("np.histogram_bin_edges(np.zeros(1, np.bool_))")
        line = in_a_line(as_array(a))
        first, last = limits(line, range)
        return rising_edges(first, last, number_of(bins, line, first, last, range, weights), widest(line, first), range is None and len(line) == 0)
    else:
        return checked_edges(as_array(bins))


# Places among edges


def trend(bins):
    """1 if the edges don't decrease, -1 if they don't increase, else 0.

    The first two that differ tell which it is, and each edge only ends a trend that it goes
    against: so nan, which goes against none, is taken as in NumPy.
    """
    i = 1
    while i < len(bins) and bins[i] == bins[0]:
        i += 1
    if i >= len(bins):
        return 1
    up = bins[0] < bins[i]
    for k in range(i + 1, len(bins)):
        if bins[k - 1] > bins[k] if up else bins[k - 1] < bins[k]:
            return 0
    return 1 if up else -1


@implements("numpy.digitize")
def digitize(x, bins, right=False):
    """The bins in which numbers lie, counted from 1."""
    edges = as_array(bins)
    if edges.ndim != 1:
        prim.error("object of too small depth for desired array: bins are {}", bins)
    elif not prim.is_literal(right):
        prim.error("right must be a constant")
    elif prim.kind(prim.dtype(as_array(x))) == "c" or prim.kind(prim.dtype(edges)) == "c":
        prim.error("np.digitize() of complex numbers: {}", x)
    else:
        direction = trend(edges)
        if direction == 0:
            raise ValueError("bins must be monotonically increasing or decreasing")
        if direction == 1:
            return np.searchsorted(edges, x, "left" if right else "right")
        return len(edges) - np.searchsorted(edges[::-1], x, "left" if right else "right")
