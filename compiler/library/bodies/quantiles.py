"""Medians and quantiles: median, percentile, quantile and their nan- forms.

Each slice is copied to a line, in which the elements that are needed are selected
(C. A. R. Hoare, Algorithm 65: Find, 1961); for many quantiles the line is sorted. The
methods are those of R. J. Hyndman and Y. Fan, Sample quantiles in statistical packages,
1996, and the three others that NumPy has.

``overwrite_input=`` is accepted, and the array left as it is. Not here: weights, complex
numbers.
"""

from arrays import copy_elements
from axes import constant_flag, count_marks, kept, product, reduced_size, replaced, strict_marks
from copying import as_array
from moments import mean_dtype, ratio
from warned import each_all_nan, of_nothing
from multiplying import holes
from outputs import deliver, rank


def inverse(marks):
    """Marks of the other axes."""
    if len(marks) == 0:
        return ()
    else:
        return (1 - marks[0],) + inverse(marks[1:])


def is_across(a, marks):
    """Whether the lines of two axes lie across the order in memory."""
    return (prim.layout(a) != "F" and marks[0] == 1) or (prim.layout(a) == "F" and marks[1] == 1)


def turned(a):
    """The transpose in C order, by strips of eight columns."""
    rows, columns = a.shape
    out = prim.empty((columns, rows), prim.dtype(a))
    strips = columns // 8
    for s in range(strips):
        source = prim.view(a, (rows, 8), a.strides, 8 * s * a.strides[1])
        target = prim.view_c(out[8 * s:8 * s + 8], (8, rows))
        for i in range(rows):
            for k in range(8):
                target[k, i] = source[i, k]
    for k in range(8 * strips, columns):
        for i in range(rows):
            out[k, i] = a[i, k]
    return out


def lines_of(a, marks):
    """A copy with one line for each slice that is reduced."""
    if a.ndim == 2 and count_marks(marks) == 1 and is_across(a, marks):
        return turned(a if marks[0] == 1 else a.T)
    other = inverse(marks)
    shape = kept(a.shape, marks) + kept(a.shape, other)
    strides = kept(a.strides, marks) + kept(a.strides, other)
    room = prim.empty((product(kept(a.shape, marks)), reduced_size(a.shape, marks)), prim.dtype(a))
    copy_elements(prim.view_c(room, shape), prim.view(a, shape, strides, 0))
    return room


def numbers_first(line):
    """Moves what isn't nan to the front; gives how many numbers there are."""
    if prim.kind(prim.dtype(line)) == "f":
        n = 0
        for i in range(len(line)):
            if not np.isnan(line[i]):
                line[n] = line[i]
                n += 1
        return n
    else:
        return len(line)


def middle_of(x, y, z):
    """The middle one of three numbers."""
    low = prim.select(x < y, x, y)
    high = prim.select(x < y, y, x)
    return prim.select(z < low, low, prim.select(z > high, high, z))


def select(a, k, low, high):
    """Puts the element at `k` that belongs there when sorted; none behind it is smaller."""
    turns = 0
    while low < high:
        at = (low + high) // 2
        if turns > 24:
            # An order that is met with bad luck: go on at places that don't follow it.
            at = low + (turns * 2654435761) % (high - low + 1)
        turns += 1
        pivot = middle_of(a[low], a[at], a[high])
        i = low
        j = high
        while i <= j:
            while a[i] < pivot:
                i += 1
            while a[j] > pivot:
                j -= 1
            if i <= j:
                x = a[i]
                a[i] = a[j]
                a[j] = x
                i += 1
                j -= 1
        if k <= j:
            high = j
        elif k >= i:
            low = i
        else:
            return


def smallest_to(a, k, n):
    """Swaps the smallest of the elements from `k` to `n` to `k`."""
    best = k
    for i in range(k + 1, n):
        if a[i] < a[best]:
            best = i
    x = a[k]
    a[k] = a[best]
    a[best] = x


def in_place(a, n, k, both, known):
    """Puts what belongs at `k`, and at ``k + 1`` where both are asked for, there.

    What belongs at `known`, or -1, is there already.
    """
    if k >= known:
        select(a, k, max(known, 0), n - 1)
    else:
        select(a, k, 0, known)
    if both and k + 1 < n:
        smallest_to(a, k + 1, n)


def check_real(a):
    """Refuses complex numbers."""
    if prim.kind(prim.dtype(a)) == "c":
        prim.error("a must be an array of real numbers, not {}", a)


def check_in_lines(axis, extents):
    """Raises what NumPy does where the axes that stay leave it no length of lines to find."""
    if prim.is_tuple(axis) and len(axis) != 1:
        prim.guard(
            product(extents) != 0,
            "ValueError",
            "cannot reshape array of size 0 into shape (" + holes(len(extents)) + "newaxis)",
            *extents
        )


# Medians


def median_of(line, n, dtype):
    """The median of the first `n` elements, one or more: the mean of those in the middle."""
    half = n // 2
    if n % 2 == 1:
        in_place(line, n, half, False, -1)
        return prim.cast(0, dtype) + prim.cast(line[half], dtype)
    in_place(line, n, half - 1, True, -1)
    # The neutral element of a sum takes the sign from a zero.
    return ratio(prim.cast(0, dtype) + (prim.cast(line[half - 1], dtype) + prim.cast(line[half], dtype)), np.int64(2))


def medians(array, axis, out, keepdims, skip):
    """The common part of `median` and `nanmedian`."""
    constant_flag(keepdims)
    a = as_array(array)
    check_real(a)
    dtype = mean_dtype(prim.dtype(a))
    marks = strict_marks(axis, a.ndim)
    if not skip:
        check_in_lines(axis, kept(a.shape, marks))
    room = lines_of(a, marks)
    results = prim.empty(room.shape[0], dtype)
    empty = 0
    for r in range(len(results)):
        n = numbers_first(room[r])
        if n == 0 or (n < room.shape[1] and not skip):
            results[r] = prim.cast(np.nan, dtype)
            empty += n == 0
        else:
            results[r] = median_of(room[r], n, dtype)
    if a.size == 0 and (skip or room.shape[1] == 0):
        call = ("np.nanmedian(", ", ") if skip else ("np.median(", ", ")
        of_nothing(kept_results(results, a, marks), prim.dtype(a), call, "")
    elif skip:
        each_all_nan(empty, len(kept(a.shape, marks)) > 0, ("np.nanmedian(", ", "))
    return deliver(out, shaped_results(results, (), a.shape, marks, keepdims))


def kept_results(results, a, marks):
    """Results as a number where all axes are reduced."""
    if len(kept(a.shape, marks)) == 0:
        return results[0]
    else:
        return results


def shaped_results(results, first, shape, marks, keepdims):
    """Results of the slices in the shape of the axes that are kept, behind those of `q`."""
    if keepdims:
        extents = first + replaced(shape, marks, 1)
    else:
        extents = first + kept(shape, marks)
    if len(extents) == 0 and not keepdims:
        return results[0]
    else:
        return prim.view_c(results, extents)


@implements("numpy.median")
def median(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    """The middle of the sorted elements; nan where there is one."""
    return medians(a, axis, out, keepdims, False)


@implements("numpy.nanmedian")
def nanmedian(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    """The middle of the sorted elements that aren't nan."""
    return medians(a, axis, out, keepdims, True)


# Quantiles


def is_discrete(method, q):
    """Whether the results are elements, without interpolation."""
    if method == "linear":
        return prim.kind(prim.dtype(q)) == "i" or prim.kind(prim.dtype(q)) == "u" or prim.kind(prim.dtype(q)) == "b"
    else:
        return method in ("inverted_cdf", "closest_observation", "lower", "higher", "nearest")


def position(n, q, method):
    """The index of the element that a method without interpolation takes."""
    if method == "linear":
        return int((n - 1) * q)
    elif method == "lower":
        return int(np.floor((n - 1) * q))
    elif method == "higher":
        return int(np.ceil((n - 1) * q))
    elif method == "nearest":
        return int(np.rint((n - 1) * q))
    elif method == "inverted_cdf":
        virtual = n * q - 1
        return max(int(np.ceil(virtual)), 0)
    else:
        virtual = n * q - 1 - 0.5
        below = np.floor(virtual)
        if virtual == below and below % 2 == 1:
            return max(int(below), 0)
        return max(int(below) + 1, 0)


def between(n, q, alpha, beta):
    """Hyndman's and Fan's index, for 0-based positions."""
    return n * q + (alpha + q * (1 - alpha - beta)) - 1


def virtual_index(n, q, method):
    """Where between two elements a quantile lies."""
    if method == "linear":
        return (n - 1) * q
    elif method == "averaged_inverted_cdf":
        return (n * q) - 1
    elif method == "interpolated_inverted_cdf":
        return between(n, q, 0, 1)
    elif method == "hazen":
        return between(n, q, 0.5, 0.5)
    elif method == "weibull":
        return between(n, q, 0, 0)
    elif method == "median_unbiased":
        return between(n, q, 1 / 3.0, 1 / 3.0)
    elif method == "normal_unbiased":
        return between(n, q, 3 / 8.0, 3 / 8.0)
    elif method == "midpoint":
        return 0.5 * (np.floor((n - 1) * q) + np.ceil((n - 1) * q))
    else:
        prim.error("{} is not a valid method", method)


def weight_of(gamma, virtual, method):
    """The weight of the upper of two elements."""
    if method == "averaged_inverted_cdf":
        return prim.select(gamma == 0, gamma * 0 + 0.5, gamma * 0 + 1.0)
    elif method == "midpoint":
        return prim.select(virtual % 1 == 0, gamma * 0, gamma * 0 + 0.5)
    else:
        return gamma


def interpolated(x, y, t):
    """Between two elements, from the nearer one, so that the ends are met exactly."""
    d = y - x
    return prim.select(t >= 0.5, y - d * (1 - t), x + d * t)


def quantile_of(line, n, q, method, known):
    """A quantile of the first `n` elements of a line, one or more, and the place that is known then.

    All places are known, and the line is sorted, where `known` is `n`.
    """
    if is_discrete(method, q):
        k = position(n, q, method)
        if known == n:
            return line[k], known
        in_place(line, n, k, False, known)
        return line[k], k
    else:
        virtual = virtual_index(n, q, method)
        if virtual < 0:
            low = 0
            high = 0
            gamma = virtual
        elif virtual >= n - 1:
            # Both are the last one, which NumPy counts as -1.
            low = n - 1
            high = n - 1
            gamma = virtual + 1
        else:
            low = int(np.floor(virtual))
            high = low + 1
            gamma = virtual - np.floor(virtual)
        if known != n:
            in_place(line, n, low, high > low, known)
            known = low
        return interpolated(line[low], line[high], python_like(weight_of(gamma, virtual, method), q, virtual)), known


def python_like(t, q, virtual):
    """A weight that is as weak as the quantile that was asked for."""
    if prim.is_weak(q):
        return 1.0 * prim.to_python(t)
    elif prim.kind(prim.dtype(q)) == "f":
        return t
    else:
        # Weights have the dtype of the index, which may be an integer.
        return prim.cast(t, prim.dtype(virtual))


def check_range(q, percent):
    """What NumPy raises for quantiles out of range."""
    if not (q >= 0 and q <= 1):
        if percent:
            raise ValueError("Percentiles must be in the range [0, 100]")
        raise ValueError("Quantiles must be in the range [0, 1]")


def check_ranges(q, percent):
    for i in range(len(q)):
        check_range(q[i], percent)


def result_dtype(a, q, method):
    """The dtype of the results."""
    if is_discrete(method, q):
        return prim.dtype(a)
    elif prim.kind(prim.dtype(a)) == "b":
        prim.error("numpy boolean subtract, the `-` operator, is not supported: quantiles of {}", a)
    else:
        zero = prim.cast(0, prim.dtype(a))
        virtual = virtual_index(1, q, method)
        return prim.dtype(interpolated(zero, zero, python_like(weight_of(virtual, virtual, method), q, virtual)))



def quantiles(array, q, axis, out, method, keepdims, weights, skip, percent):
    """The common part of the four functions; `q` is a number or an array, between 0 and 1."""
    constant_flag(keepdims)
    a = as_array(array)
    check_real(a)
    if weights is not None:
        prim.error("weights= of quantiles is not supported yet")
    elif not prim.is_literal(method):
        prim.error("method must be a constant string")
    elif not prim.is_number(q) and q.ndim == 0:
        return quantiles(a, q[()], axis, out, method, keepdims, weights, skip, percent)
    elif not prim.is_number(q) and q.ndim > 2:
        prim.error("q must be a scalar or 1d")
    else:
        marks = strict_marks(axis, a.ndim)
        if not skip:
            check_in_lines(axis, kept(a.shape, marks))
        if prim.is_number(q):
            check_range(q, percent)
            room = lines_of(a, marks)
            results = prim.empty(room.shape[0], result_dtype(a, q, method))
            check_size(a, room, skip, q, method, prim.dtype(results))
            for r in range(len(results)):
                results[r] = quantile_or_nan(room[r], q, method, skip, prim.dtype(results))
            if skip:
                without_numbers(results, a, marks, percent)
            return stored(out, shaped_results(results, (), a.shape, marks, keepdims))
        else:
            line = prim.view_c(q.copy(), q.size)
            check_ranges(line, percent)
            room = lines_of(a, marks)
            table = prim.empty((len(line), room.shape[0]), result_dtype(a, prim.cast(0, prim.dtype(line)), method))
            check_size(a, room, skip, q, method, prim.dtype(table))
            for r in range(room.shape[0]):
                quantiles_or_nan(table[:, r], room[r], line, method, skip)
            if skip and len(line) > 0:
                without_numbers(table[0], a, marks, percent)
            return stored(out, shaped_results(table, q.shape, a.shape, marks, keepdims))


def without_numbers(results, a, marks, percent):
    """Notes what NumPy warns of: slices of nothing but nan, or of nothing."""
    call = ("np.nanpercentile(q=50, a=", ", ") if percent else ("np.nanquantile(q=0.5, a=", ", ")
    if a.size == 0:
        of_nothing(kept_results(results, a, marks), prim.dtype(a), call, "")
    elif prim.kind(prim.dtype(results)) == "f":
        each_all_nan(int(np.sum(np.isnan(results))), len(kept(a.shape, marks)) > 0, call)


def check_size(a, room, skip, q, method, dtype):
    """What NumPy raises where slices have no elements; or where the type of the result can't be kept."""
    if skip:
        if room.size == 0 and not (prim.is_number(q) and prim.kind(dtype) == "f"):
            raise ValueError("compiled nanquantile and nanpercentile of no elements take one q, and interpolate")
    elif room.shape[1] == 0 and room.shape[0] > 0:
        # NumPy asks for the last element, whether it is nan; of integers it takes what it needs.
        if prim.kind(prim.dtype(a)) == "f":
            raise IndexError("index -1 is out of bounds for axis 0 with size 0")
        elif prim.is_number(q):
            if is_discrete(method, q):
                raise IndexError("cannot do a non-empty take from an empty axes.")
            raise IndexError("index 0 is out of bounds for axis 0 with size 0")
        else:
            if is_discrete(method, prim.cast(0, prim.dtype(q))):
                raise IndexError("cannot do a non-empty take from an empty axes.")
            if q.size == 1:
                raise IndexError("index 0 is out of bounds for axis 0 with size 0")
            raise IndexError("index -1 is out of bounds for axis 0 with size 0")


def quantile_or_nan(line, q, method, skip, dtype):
    """One quantile of a line."""
    n = numbers_first(line)
    if n == 0 or (n < len(line) and not skip):
        return prim.cast(np.nan, dtype)
    result, known = quantile_of(line, n, q, method, -1)
    return prim.cast(result, dtype)


def quantiles_or_nan(out, line, q, method, skip):
    """Several quantiles of a line."""
    n = numbers_first(line)
    if n == 0 or (n < len(line) and not skip):
        for j in range(len(q)):
            out[j] = prim.cast(np.nan, prim.dtype(out))
    else:
        known = -1
        if len(q) > 8:
            copy_elements(line[:n], np.sort(line[:n]))
            known = n
        for j in range(len(q)):
            result, known = quantile_of(line, n, q[j], method, known)
            out[j] = prim.cast(result, prim.dtype(out))


def stored(out, result):
    """The results, stored where there is an `out` of their kind."""
    if out is None:
        return result
    elif rank(prim.dtype(result)) > rank(prim.dtype(out)):
        prim.error("cannot cast quantiles to {} with casting rule 'same_kind'", out)
    else:
        return deliver(out, result)


def hundredth(q):
    """Percentiles as quantiles."""
    if prim.is_number(q):
        return q / 100
    else:
        return as_array(q) / 100


def number_or_array(q):
    """A quantile, or an array of them."""
    if prim.is_number(q):
        return q
    else:
        return as_array(q)


@implements("numpy.percentile")
def percentile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None):
    """The elements below which percentages of all are."""
    return quantiles(a, hundredth(q), axis, out, method, keepdims, weights, False, True)


@implements("numpy.quantile")
def quantile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None):
    """The elements below which parts of all are."""
    return quantiles(a, number_or_array(q), axis, out, method, keepdims, weights, False, False)


@implements("numpy.nanpercentile")
def nanpercentile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None):
    """The same of the elements that aren't nan."""
    return quantiles(a, hundredth(q), axis, out, method, keepdims, weights, True, True)


@implements("numpy.nanquantile")
def nanquantile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None):
    """The same of the elements that aren't nan."""
    return quantiles(a, number_or_array(q), axis, out, method, keepdims, weights, True, False)
