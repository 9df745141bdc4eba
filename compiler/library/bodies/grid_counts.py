"""Counting in bins along several axes: histogramdd, histogram2d.

How many axes there are must be known when compiling: from coordinates in a tuple, or from
bins in one. Weights are added up in the order of the points, in double, as NumPy does.
"""

from axes import product
from copying import as_array
from histograms import bin_among, limits
from sums import is_inexact


def lines_of(sample, count):
    """The coordinates of points as a line for each axis, in one dtype."""
    if prim.is_tuple(sample):
        dtype = common_dtype(sample)
        lines = in_dtype(sample, dtype)
        if not same_lengths(lines):
            raise ValueError(
                "setting an array element with a sequence. The requested array has an inhomogeneous shape after 1 "
                f"dimensions. The detected shape was ({len(sample)},) + inhomogeneous part."
            )
        return lines
    elif not prim.is_array(sample):
        prim.error("the coordinates must be a tuple of arrays or an array here, not {}", sample)
    elif sample.ndim != 2:
        prim.error("the coordinates must be an array of two dimensions, not {}", sample)
    else:
        if sample.shape[1] != count:
            raise ValueError("The dimension of bins must be equal to the dimension of the sample x.")
        return columns(sample, count)


def columns(sample, count):
    if count == 0:
        return ()
    else:
        return columns(sample, count - 1) + (sample[:, count - 1],)


def common_dtype(items):
    if len(items) == 1:
        return prim.dtype(as_array(items[0]))
    else:
        return prim.result_type(prim.dtype(as_array(items[0])), common_dtype(items[1:]))


def in_dtype(items, dtype):
    if len(items) == 0:
        return ()
    else:
        line = as_array(items[0])
        if line.ndim != 1:
            prim.error("coordinates must have one dimension, not {}", items[0])
        elif prim.kind(dtype) == "c":
            prim.error("a histogram of complex numbers is not supported: {}", items[0])
        elif prim.dtype(line) == dtype:
            return (line,) + in_dtype(items[1:], dtype)
        else:
            return (line.astype(dtype),) + in_dtype(items[1:], dtype)


def same_lengths(lines):
    if len(lines) < 2:
        return True
    else:
        return len(lines[0]) == len(lines[1]) and same_lengths(lines[1:])


def axes_count(sample, bins):
    """How many axes there are."""
    if prim.is_tuple(sample):
        return len(sample)
    elif prim.is_tuple(bins):
        return len(bins)
    else:
        prim.error(
            "np.histogramdd() of coordinates in an array takes bins as a tuple here, one for each axis, not {}", bins
        )


def each_axis(x, count):
    """What is given for each axis, as a tuple."""
    if prim.is_number(x):
        return (x,) * count
    elif prim.is_tuple(x):
        if len(x) != count:
            raise ValueError("The dimension of bins must be equal to the dimension of the sample x.")
        else:
            return x
    elif prim.is_list(x):
        if len(x) != count:
            raise ValueError("The dimension of bins must be equal to the dimension of the sample x.")
        return first_items(x, count)
    else:
        prim.error("bins must be a number, or a tuple with as many items as there are axes, not {}", x)


def first_items(x, count):
    if count == 0:
        return ()
    else:
        return first_items(x, count - 1) + (x[count - 1],)


def each_range(range, count):
    if range is None:
        return (None,) * count
    elif prim.is_tuple(range):
        if len(range) != count:
            raise ValueError("range argument must have one entry per dimension")
        else:
            return range
    elif prim.is_list(range):
        if len(range) != count:
            raise ValueError("range argument must have one entry per dimension")
        return first_items(range, count)
    elif prim.is_array(range):
        if len(range) != count:
            raise ValueError("range argument must have one entry per dimension")
        return first_items(range, count)
    else:
        prim.error("range must be a tuple of pairs here, not {}", range)


def pair(range):
    """The limits along one axis."""
    if range is None or prim.is_tuple(range):
        return range
    else:
        if len(range) < 2:
            raise ValueError(f"not enough values to unpack (expected 2, got {len(range)})")
        if len(range) > 2:
            raise ValueError("too many values to unpack (expected 2)")
        return range[0], range[1]


def edges_between(line, count, range):
    """Edges of so many bins of one width."""
    first, last = limits(line, range)
    if range is None and not is_inexact(prim.dtype(line)):
        return np.linspace(first, last, int(count) + 1, dtype=np.float64)
    else:
        return np.linspace(first, last, int(count) + 1)


def edges_of(line, bins, range, axis):
    """The edges along an axis."""
    if prim.is_number(bins):
        if not prim.is_integer(bins):
            raise TypeError(f"`bins[{axis}]` must be an integer, when a scalar")
        else:
            if bins < 1:
                raise ValueError(f"`bins[{axis}]` must be positive, when an integer")
            return edges_between(line, bins, pair(range))
    else:
        edges = as_array(bins)
        if edges.ndim != 1:
            raise ValueError(f"`bins[{axis}]` must be a scalar or 1d array")
        else:
            for i in np.arange(len(edges) - 1):
                if edges[i] > edges[i + 1]:
                    raise ValueError(f"`bins[{axis}]` must be monotonically increasing, when an array")
            return edges


def all_edges(lines, bins, ranges, axis):
    if axis == len(lines):
        return ()
    else:
        edges = edges_of(lines[axis], bins[axis], ranges[axis], axis)
        return (edges,) + all_edges(lines, bins, ranges, axis + 1)


def counts_shape(edges):
    if len(edges) == 0:
        return ()
    else:
        return (max(len(edges[0]) - 1, 0),) + counts_shape(edges[1:])


def place_of(lines, edges, shape, i):
    """The position of a point's bin in C order, or -1."""
    if len(lines) == 0:
        return 0
    else:
        at = bin_among(lines[0][i], edges[0])
        inner = place_of(lines[1:], edges[1:], shape[1:], i)
        if at < 0 or inner < 0:
            return -1
        return at * product(shape[1:]) + inner


def count_points(out, lines, edges, shape, weights):
    """Counts, in an array of one dimension."""
    n = len(lines[0])
    if weights is None:
        for i in range(n):
            at = place_of(lines, edges, shape, i)
            if at >= 0:
                out[at] += 1.0
    else:
        w = as_array(weights)
        if w.ndim != 1:
            raise ValueError("object too deep for desired array")
        elif prim.kind(prim.dtype(w)) == "c":
            prim.error("Cannot cast array data from complex weights: {}", weights)
        else:
            if len(w) != n:
                raise ValueError("The weights and list don't have the same length.")
            for i in range(n):
                at = place_of(lines, edges, shape, i)
                if at >= 0:
                    out[at] += prim.cast(w[i], np.float64)


def along(widths, axis, ndim):
    """Widths of bins as an array that is broadcast along the other axes."""
    return widths.reshape((1,) * axis + (len(widths),) + (1,) * (ndim - axis - 1))


def divided(counts, edges, axis):
    if axis == len(edges):
        return counts
    else:
        return divided(counts / along(np.diff(edges[axis]), axis, counts.ndim), edges, axis + 1)


def counted_points(sample, bins, range, density, weights):
    """Counts and edges, which are a tuple."""
    count = axes_count(sample, bins)
    lines = lines_of(sample, count)
    edges = all_edges(lines, each_axis(bins, count), each_range(range, count), 0)
    shape = counts_shape(edges)
    counts = prim.zeros(shape, np.float64)
    if counts.size > 0:
        count_points(prim.view_c(counts, counts.size), lines, edges, shape, weights)
    if density is None or (prim.is_literal(density) and not density):
        return counts, edges
    elif not prim.is_literal(density):
        prim.error("density must be a constant")
    else:
        total = np.sum(counts)
        return divided(counts, edges, 0) / total, edges


def as_list(items):
    """Arrays of one type as a list."""
    all_items = [items[0]]
    append_each(all_items, items[1:])
    return all_items


def append_each(to, items):
    if len(items) > 0:
        to.append(items[0])
        append_each(to, items[1:])


@implements("numpy.histogramdd")
def histogramdd(sample, bins=10, range=None, density=None, weights=None):
    """Counts of points in bins along several axes, and a list of the edges of these."""
    if prim.is_list(sample):
        prim.error("the coordinates must be a tuple of arrays or an array here, not {}", sample)
    else:
        counts, edges = counted_points(sample, bins, range, density, weights)
        return counts, as_list(edges)


def plane_bins(bins):
    """The bins of two axes."""
    if prim.is_text(bins):
        prim.error("bins of two axes must be a number, a tuple or an array, not {}", bins)
    elif prim.is_number(bins):
        return bins
    elif prim.is_tuple(bins):
        if len(bins) == 1 or len(bins) == 2:
            return bins
        else:
            return as_array(bins), as_array(bins)
    elif prim.is_list(bins) and not prim.is_number(bins[0]):
        return bins
    elif prim.is_list(bins) and prim.is_integer(bins[0]):
        if len(bins) > 2:
            raise NotImplementedError("edges of np.histogram2d() in a list of ints are not compiled: use an array")
        return bins
    else:
        edges = as_array(bins)
        if edges.ndim != 1:
            prim.error("bins of two axes must be a number, a tuple or an array, not {}", bins)
        else:
            if len(edges) == 1:
                raise ValueError("The dimension of bins must be equal to the dimension of the sample x.")
            if len(edges) == 2:
                raise NotImplementedError("two numbers in an array as bins of np.histogram2d() are not compiled: use a tuple")
            return edges, edges


@implements("numpy.histogram2d")
def histogram2d(x, y, bins=10, range=None, density=None, weights=None):
    """Counts of points in bins along two axes, and the edges of these."""
    a = as_array(x)
    b = as_array(y)
    if a.ndim != 1 or b.ndim != 1:
        prim.error("coordinates must have one dimension, not {}", x)
    else:
        if len(a) != len(b):
            raise ValueError("x and y must have the same length.")
        counts, edges = counted_points((a, b), plane_bins(bins), range, density, weights)
        return counts, edges[0], edges[1]
