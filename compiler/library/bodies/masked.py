"""Reductions of the elements that ``where=`` chooses.

A run of chosen elements is folded at once, as NumPy does for each line. Arrays that
aren't in C or F order are walked through in the order of their axes, so sums of floats
may differ in their last bits from NumPy's there.
"""

from arrays import broadcast_source, broadcasts, spread
from axes import constant_flag, count_marks, kept, marks_of, replaced
from copying import as_array, c_contiguous
from broadcasting import compatible
from outputs import deliver
from reduce import reduce


def everywhere(where):
    """Whether ``where=`` is the constant True."""
    if prim.is_literal(where):
        return where == True  # noqa: E712 - a constant
    else:
        return False


def reduction(a, axis, dtype, out, keepdims, where, start, fold, step, ordered):
    """`reduce` with ``where=`` and ``out=``."""
    if everywhere(where):
        return deliver(out, reduce(a, axis, dtype, keepdims, start, fold, step, ordered))
    else:
        return deliver(out, reduce_masked(a, mask_for(where, a.shape), axis, dtype, keepdims, start, fold, step))


def mask_for(where, shape):
    """The mask as an array of the shape."""
    mask = as_array(where)
    if prim.kind(prim.dtype(mask)) != "b":
        prim.error("where must be of bool: cannot cast {} to dtype('bool') according to the rule 'safe'", mask)
    elif mask.ndim > len(shape):
        prim.error("input operand has more dimensions than allowed by the axis remapping: where is {}", mask)
    else:
        prim.guard(
            compatible(mask.shape, shape),
            "ValueError",
            "operands could not be broadcast together with remapped shapes [original->remapped]: {} {} ",
            shape,
            mask.shape,
        )
        prim.guard(
            broadcasts(mask.shape, shape),
            "ValueError",
            "non-broadcastable operand with shape {} doesn't match the broadcast shape {}",
            shape,
            mask.shape,
        )
        return broadcast_source(mask, shape)


def chosen(where, a, axis, keepdims):
    """How many elements of each slice ``where=`` chooses."""
    mask = mask_for(where, a.shape)
    return reduce(mask, axis, prim.dtype(np.int64), keepdims, np.int64(0), count_run, count_step, False)


def count_run(acc, line, dtype, step):
    for i in range(len(line)):
        acc = acc + prim.cast(line[i], dtype)
    return acc


def count_step(acc, x):
    return acc + x


def reduce_masked(a, mask, axis, dtype, keepdims, start, fold, step):
    """Reduces the elements where the mask, which has the array's shape, is True."""
    constant_flag(keepdims)
    marks = marks_of(axis, a.ndim)
    if a.ndim == 0:
        if mask[()]:
            return step(start, prim.cast(a[()], dtype))
        return start
    elif prim.layout(a) == "C" and a.ndim > 1 and count_marks(marks) == a.ndim:
        room = spread_over((1,) * a.ndim, dtype, start)
        if c_contiguous(mask.shape, mask.strides, mask.itemsize):
            first = prim.view_c(room, 1)
            first[0] = fold_runs(start, prim.view_c(a, a.size), prim.view_c(mask, a.size), dtype, fold, step)
        else:
            walk(a, mask, room, marks, dtype, fold, step)
        return shaped(room, a, marks, keepdims)
    elif prim.layout(a) == "F" and a.ndim > 1:
        room = spread_over(replaced(a.shape[::-1], marks[::-1], 1), dtype, start)
        walk(a.T, mask.T, room, marks[::-1], dtype, fold, step)
        return shaped(room.T, a, marks, keepdims)
    else:
        room = spread_over(replaced(a.shape, marks, 1), dtype, start)
        walk(a, mask, room, marks, dtype, fold, step)
        return shaped(room, a, marks, keepdims)


def spread_over(shape, dtype, value):
    """An array of one value."""
    out = prim.empty(shape, dtype)
    spread(out, value)
    return out


def shaped(room, a, marks, keepdims):
    """Results with the reduced axes as extents of 1, in the shape that is asked for."""
    if keepdims:
        return room
    elif count_marks(marks) == a.ndim:
        return room[(0,) * a.ndim]
    else:
        return prim.view(room, kept(room.shape, marks), kept(room.strides, marks), 0)


def walk(a, mask, out, marks, dtype, fold, step):
    """Combines the chosen elements into `out`, which has extents of 1 on the marked axes."""
    if a.ndim == 1:
        if marks[0] == 1:
            out[0] = fold_runs(out[0], a, mask, dtype, fold, step)
        else:
            for i in range(len(a)):
                if mask[i]:
                    out[i] = step(out[i], prim.cast(a[i], dtype))
    elif marks[0] == 1:
        for i in range(len(a)):
            walk(a[i], mask[i], out[0], marks[1:], dtype, fold, step)
    else:
        for i in range(len(a)):
            walk(a[i], mask[i], out[i], marks[1:], dtype, fold, step)


def fold_runs(acc, line, mask, dtype, fold, step):
    """Folds each run of chosen elements."""
    n = len(line)
    begin = 0
    while begin < n:
        end = begin
        while end < n and mask[end]:
            end += 1
        if end > begin:
            acc = fold(acc, line[begin:end], dtype, step)
        begin = end + 1
    return acc
