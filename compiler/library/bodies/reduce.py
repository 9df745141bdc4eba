"""The frame of all reductions: which elements are combined, in which order.

`reduce` takes an operation as two functions. ``step(acc, x)`` combines one element
with an accumulator, ``fold(acc, line, dtype, step)`` those of a 1-d view. Floating
sums depend on the order, and NumPy's is kept bit for bit:

- axes are sorted by the size of their strides, and neighbours that lie without gaps
  are joined (`nest.py`, for arrays whose order isn't known when compiling; for C and
  F order the result of this is known);
- where the innermost axis is reduced, each of its lines is folded; where it is kept,
  whole lines are added up one after the other;
- NumPy works in buffers of 8192 elements where it has to cast, and where several
  axes without a common stride are reduced: `nest.py` says when. The facts are those
  of NumPy 2.3 and later (``nditer``'s choice of its core).

`ordered` says whether the order can be seen in the result.
"""

from axes import marks_of, count_marks, first_mark, kept, replaced, product, constant_flag
from copying import as_array
from arrays import of_length, spread
from nest import reduce_nest, buffer_size
from extrema import highest_line, lowest_line
from folds import in_lanes
from on_threads import buffered_sum, fold_extreme, fold_parts, pairwise_sum, rows_folded
from pairwise import sum_line


def reduce(array, axis, dtype, keepdims, start, fold, step, ordered):
    """Reduces an array over axes; `start` is the accumulator's first value."""
    constant_flag(keepdims)
    a = as_array(array)
    marks = marks_of(axis, a.ndim)
    if count_marks(marks) == a.ndim:
        total = reduce_all(a, dtype, start, fold, step, ordered)
        if keepdims and a.ndim > 0:
            out = prim.empty((1,) * a.ndim, dtype)
            spread(out, total)
            return out
        else:
            return total
    elif prim.layout(a) == "F" and a.ndim > 1:
        return reduce_axes(a.T, marks[::-1], dtype, keepdims, start, fold, step, ordered).T
    else:
        return reduce_axes(a, marks, dtype, keepdims, start, fold, step, ordered)


def reduce_all(a, dtype, start, fold, step, ordered):
    """All elements into one."""
    if a.ndim == 0:
        return step(start, prim.cast(a[()], dtype))
    elif a.ndim == 1:
        return fold_long(start, a, dtype, fold, step, ordered)
    elif prim.layout(a) == "C":
        return fold_long(start, prim.view_c(a, a.size), dtype, fold, step, ordered)
    elif prim.layout(a) == "F":
        return fold_long(start, prim.view_c(a.T, a.size), dtype, fold, step, ordered)
    else:
        out = prim.empty((1,) * a.ndim, dtype)
        spread(out, start)
        reduce_nest(a, out, (1,) * a.ndim, dtype, fold, step, ordered)
        return out[(0,) * a.ndim]


def reduce_axes(a, marks, dtype, keepdims, start, fold, step, ordered):
    """Some axes of an array that isn't known to be in F order."""
    if keepdims:
        out = prim.empty(replaced(a.shape, marks, 1), dtype)
    else:
        out = prim.empty(kept(a.shape, marks), dtype)
    spread(out, start)
    if prim.layout(a) == "C" and count_marks(marks) == 1:
        at = first_mark(marks)
        if at == a.ndim - 1:
            rows = product(a.shape[:at])
            fold_rows(prim.view_c(a, (rows, a.shape[at])), prim.view_c(out, rows), dtype, fold, step, ordered)
        else:
            shape = (product(a.shape[:at]), a.shape[at], product(a.shape[at + 1:]))
            fold_middle(prim.view_c(a, shape), prim.view_c(out, (shape[0], shape[2])), dtype, fold, step, ordered)
    else:
        reduce_nest(a, prim.view_c(out, replaced(a.shape, marks, 1)), marks, dtype, fold, step, ordered)
    return out


def fold_rows(a, out, dtype, fold, step, ordered):
    """The last axis of two."""
    if prim.on_threads_reduction and a.size >= prim.enough and len(out) > 1:
        rows_folded(a, out, dtype, fold, step, ordered, fold_line)
    else:
        for i in range(len(out)):
            out[i] = fold_line(out[i], a[i], dtype, fold, step, ordered)


def fold_middle(a, out, dtype, fold, step, ordered):
    """The middle axis of three."""
    inner = a.shape[2]
    if ordered and inner == 1:
        for i in range(len(out)):
            out[i, 0] = fold_line(out[i, 0], a[i, :, 0], dtype, fold, step, ordered)
    else:
        blocks = a.shape[1] // 8
        for i in range(len(out)):
            for j in range(blocks):
                step_lines(out[i], a[i], 8 * j, dtype, step)
            for j in range(8 * blocks, a.shape[1]):
                step_line(out[i], a[i, j], dtype, step)


def step_line(out, line, dtype, step):
    """Combines a line into a line of results."""
    source = of_length(line, len(out))
    for k in range(len(out)):
        out[k] = step(out[k], prim.cast(source[k], dtype))


def step_lines(out, a, at, dtype, step):
    """Combines eight lines into a line of results, in order."""
    n = len(out)
    r0 = of_length(a[at], n)
    r1 = next_line(r0, a)
    r2 = next_line(r1, a)
    r3 = next_line(r2, a)
    r4 = next_line(r3, a)
    r5 = next_line(r4, a)
    r6 = next_line(r5, a)
    r7 = next_line(r6, a)
    for k in range(n):
        x = step(out[k], prim.cast(r0[k], dtype))
        x = step(x, prim.cast(r1[k], dtype))
        x = step(x, prim.cast(r2[k], dtype))
        x = step(x, prim.cast(r3[k], dtype))
        x = step(x, prim.cast(r4[k], dtype))
        x = step(x, prim.cast(r5[k], dtype))
        x = step(x, prim.cast(r6[k], dtype))
        out[k] = step(x, prim.cast(r7[k], dtype))


def next_line(line, a):
    """The line behind one of an array's lines; the caller knows that there is one."""
    return prim.view(line, line.shape, line.strides, a.strides[0])


def fold_long(acc, line, dtype, fold, step, ordered):
    """A line into an accumulator, on several threads where that is asked for and pays."""
    if prim.on_threads_reduction and len(line) >= prim.enough:
        if fold is sum_line:
            if prim.dtype(line) != dtype:
                return buffered_sum(acc, line, dtype, buffer_size(), fold, step)
            else:
                return acc + pairwise_sum(line, dtype)
        elif fold is in_lanes:
            return fold_parts(acc, line, dtype, fold, step)
        elif (fold is lowest_line or fold is highest_line) and prim.kind(dtype) != "c":
            return fold_extreme(acc, line, dtype, fold, step)
        else:
            return fold_line(acc, line, dtype, fold, step, ordered)
    else:
        return fold_line(acc, line, dtype, fold, step, ordered)


def fold_line(acc, line, dtype, fold, step, ordered):
    """A line into an accumulator; cast lines go through a buffer in NumPy."""
    if ordered and prim.dtype(line) != dtype:
        n = len(line)
        if n <= buffer_size():
            return fold(acc, line, dtype, step)
        for at in range(0, n, buffer_size()):
            acc = fold(acc, line[at:min(at + buffer_size(), n)], dtype, step)
        return acc
    else:
        return fold(acc, line, dtype, step)
