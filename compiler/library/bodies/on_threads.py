"""Array operations on several threads, for functions that are compiled with ``parallel=True``.

Each of these gives, for every number of threads, the bits of the form without threads: what is
cut is cut by lengths alone, floating sums where NumPy's own halves meet, and of operations whose
order can't be seen anything. Callers ask `prim.on_threads_...`, which is known when compiling,
and whether there is as much as `prim.enough` elements to do; nothing here looks.
"""

from broadcasting import item
from pairwise import pairwise, pairwise_complex


def parts_of(n):
    """How many parts a line of so many elements is cut into."""
    return min(64, n)


def first_of(part, parts, n):
    """The first element of a part."""
    each = n // parts
    return part * each + min(part, n % parts)


def halves(n, kind):
    """Where pairwise summation cuts so many elements."""
    if kind == "c":
        return (n - n % 8) // 2
    else:
        half = n // 2
        return half - half % 8


def bounds_of(n, kind):
    """Where the 64 parts of a pairwise sum of many elements begin, and the last one ends."""
    bounds = prim.empty(65, np.int64)
    bounds[0] = 0
    bounds[64] = n
    width = 64
    while width > 1:
        for at in range(0, 64, width):
            first = bounds[at]
            bounds[at + width // 2] = first + halves(bounds[at + width] - first, kind)
        width = width // 2
    return bounds


def added_up(parts):
    """64 parts of a pairwise sum, put together as its halves are."""
    width = 32
    while width > 0:
        for i in range(width):
            parts[i] = parts[2 * i] + parts[2 * i + 1]
        width = width // 2
    return parts[0]


def pairwise_sum(line, dtype):
    """The sum of a long line of inexact numbers, as `pairwise` has it."""
    bounds = bounds_of(len(line), prim.kind(dtype))
    parts = prim.empty(64, dtype)
    for b in prange(64):
        part = line[bounds[b]:bounds[b + 1]]
        if prim.kind(dtype) == "c":
            parts[b] = pairwise_complex(part, dtype)
        else:
            parts[b] = pairwise(part, dtype)
    return added_up(parts)


def buffered_sum(acc, line, dtype, size, fold, step):
    """The sum of a line that is cast, whose buffers are added one after the other."""
    n = len(line)
    count = (n + size - 1) // size
    parts = prim.empty(count, dtype)
    for b in prange(count):
        part = line[b * size:min(b * size + size, n)]
        parts[b] = fold(prim.cast(-0.0, dtype), part, dtype, step)
    for b in range(count):
        acc = acc + parts[b]
    return acc


def fold_parts(acc, line, dtype, fold, step):
    """A long line into an accumulator, by an operation whose order can't be seen."""
    n = len(line)
    count = parts_of(n)
    parts = prim.empty(count, dtype)
    for b in prange(count):
        first = first_of(b, count, n)
        part = line[first + 1:first_of(b + 1, count, n)]
        parts[b] = fold(prim.cast(line[first], dtype), part, dtype, step)
    for b in range(count):
        acc = step(acc, parts[b])
    return acc


def fold_extreme(acc, line, dtype, fold, step):
    """The minimum or maximum of a long line; where it is a zero or a nan, which one it is follows from the order."""
    best = fold_parts(acc, line, dtype, fold, step)
    if prim.kind(dtype) == "f" and not (best < 0 or best > 0):
        return fold(acc, line, dtype, step)
    else:
        return best


def rows_folded(a, out, dtype, fold, step, ordered, line):
    """Each row of a matrix into an accumulator of its own."""
    for i in prange(len(out)):
        out[i] = line(out[i], a[i], dtype, fold, step, ordered)


def best_position(line, largest, best_of_line):
    """Where the best element of a long line is: the best of those of its parts."""
    n = len(line)
    count = parts_of(n)
    found = prim.empty(count, np.int64)
    best = prim.empty(count, prim.dtype(line))
    for b in prange(count):
        first = first_of(b, count, n)
        at = first + best_of_line(line[first:first_of(b + 1, count, n)], largest)
        found[b] = at
        best[b] = line[at]
    return found[best_of_line(best, largest)]


def items(operands, i):
    """What the operands have at a position of their first axis."""
    if len(operands) == 0:
        return ()
    else:
        return (item(operands[0], i),) + items(operands[1:], i)


def line_on_threads(f, out, operands):
    """`line` of `elementwise.py`."""
    for i in prange(len(out)):
        out[i] = prim.cast(f(*items(operands, i)), prim.dtype(out))


def rows_on_threads(f, out, operands, nest):
    """`nest` of `elementwise.py`, for more than one axis."""
    for i in prange(len(out)):
        nest(f, out[i], items(operands, i))


def between(operands, first, end):
    """A piece of each line."""
    if len(operands) == 0:
        return ()
    elif prim.is_array(operands[0]):
        return (operands[0][first:end],) + between(operands[1:], first, end)
    else:
        return (operands[0],) + between(operands[1:], first, end)


def halves_on_threads(f, dtype, operands, n, halves_of):
    """`sum_of_halves` of `elementwise.py`, of many elements."""
    bounds = bounds_of(n, "f")
    parts = prim.empty(64, dtype)
    for b in prange(64):
        first = bounds[b]
        end = bounds[b + 1]
        room = prim.empty(128, dtype)
        parts[b] = halves_of(f, dtype, room, between(operands, first, end), end - first)
    return added_up(parts)


def items_on_threads(f, dtype, wanted, operands, n):
    """The sum of many elements of integers, each computed when it is added."""
    total = prim.cast(0, wanted)
    for i in prange(n):
        total += prim.cast(prim.cast(f(*items(operands, i)), dtype), wanted)
    return total


def spread_on_threads(view, value):
    """`spread` of `arrays.py`, over a line."""
    for i in prange(len(view)):
        view[i] = value


def copy_on_threads(view, line):
    """Copies a line, cast."""
    for i in prange(len(view)):
        view[i] = prim.cast(line[i], prim.dtype(view))


def progress_on_threads(out, first, delta):
    """`progress` of `ranges.py`, behind the first two numbers."""
    for i in prange(2, len(out)):
        out[i] = first + prim.cast(i, prim.dtype(out)) * delta


def spaced_on_threads(out, first, step, finish):
    """`spaced` of `ranges.py`."""
    work = prim.dtype(first)
    for i in prange(len(out)):
        out[i] = finish(prim.cast(i, work) * step + first, out)


def squared_on_threads(out, line, means, squared_difference):
    """`squared_differences` of `moments.py`, over a line."""
    for i in prange(len(out)):
        out[i] = squared_difference(line[i], means[i])


def squared_rows(out, a, means, squared_differences):
    """The same over the rows of what has more axes."""
    for i in prange(len(out)):
        squared_differences(out[i], a[i], means[i])


def inner_parts(x, y, dtype, inner):
    """The sum of products of integers."""
    n = len(x)
    count = parts_of(n)
    parts = prim.empty(count, dtype)
    for b in prange(count):
        first = first_of(b, count, n)
        end = first_of(b + 1, count, n)
        parts[b] = inner(x[first:end], y[first:end], dtype)
    return parts


def product_on_threads(out, x, y, add):
    """``out += x @ y`` of matrices of integers, by rows of `out`."""
    count = parts_of(len(out))
    for b in prange(count):
        first = first_of(b, count, len(out))
        end = first_of(b + 1, count, len(out))
        add(out[first:end], x[first:end], y)
