"""Axes: what ``axis=`` means for an array's type, and tuples by axis.

All of this happens at compile time: axes, marks and the number of dimensions are
constants, and the recursion over them is pruned. *Marks* are a tuple with a 1 for
each axis that is reduced and a 0 for each that is kept.
"""


def normalize(axis, ndim):
    """An axis counted from the front."""
    if not prim.is_integer(axis):
        prim.error("axis must be an integer, not {}", axis)
    elif not prim.is_literal(axis):
        prim.error("axis must be a constant here, since the type of the result depends on it")
    elif axis < -ndim or axis >= ndim:
        prim.error("axis {} is out of bounds for array of dimension {}", axis, ndim)
    elif axis < 0:
        return axis + ndim
    else:
        return axis


def marks_of(axis, ndim):
    """Which axes are reduced: all for None, else those of an integer or tuple."""
    if axis is None:
        return (1,) * ndim
    elif ndim == 0 and prim.is_literal(axis) and (axis == 0 or axis == -1):
        # Reductions take a number as a line.
        return ()
    elif prim.is_tuple(axis):
        return mark_each(axis, (0,) * ndim)
    else:
        at = normalize(axis, ndim)
        return prim.tuple_set((0,) * ndim, at, 1)


def strict_marks(axis, ndim):
    """The same for functions that don't take a number as a line."""
    if ndim == 0 and prim.is_integer(axis):
        prim.error("axis is out of bounds for an array of this dimension")
    else:
        return marks_of(axis, ndim)


def mark_each(axes, marks):
    """Marks with those of a tuple of axes added."""
    if len(axes) == 0:
        return marks
    else:
        axis = normalize(axes[0], len(marks))
        if marks[axis] == 1:
            prim.error("duplicate value in 'axis'")
        else:
            return mark_each(axes[1:], prim.tuple_set(marks, axis, 1))


def count_marks(marks):
    """How many axes are reduced."""
    if len(marks) == 0:
        return 0
    else:
        return marks[0] + count_marks(marks[1:])


def first_mark(marks):
    """The first reduced axis."""
    if marks[0] == 1:
        return 0
    else:
        return 1 + first_mark(marks[1:])


def kept(items, marks):
    """The items of the axes that are kept."""
    if len(items) == 0:
        return ()
    elif marks[0] == 1:
        return kept(items[1:], marks[1:])
    else:
        return (items[0],) + kept(items[1:], marks[1:])


def replaced(items, marks, value):
    """The items with `value` in the place of each reduced axis."""
    if len(items) == 0:
        return ()
    elif marks[0] == 1:
        return (value,) + replaced(items[1:], marks[1:], value)
    else:
        return (items[0],) + replaced(items[1:], marks[1:], value)


def product(items):
    """The product of a tuple of integers."""
    if len(items) == 0:
        return 1
    elif len(items) == 1:
        return items[0]
    else:
        return items[0] * product(items[1:])


def reduced_size(shape, marks):
    """How many elements go into one result."""
    if len(shape) == 0:
        return 1
    elif marks[0] == 1:
        return shape[0] * reduced_size(shape[1:], marks[1:])
    else:
        return reduced_size(shape[1:], marks[1:])


def without(items, axis):
    """The items but for one."""
    return items[:axis] + items[axis + 1:]


def inserted(items, axis, value):
    """The items with one more, at an axis of the result."""
    return items[:axis] + (value,) + items[axis:]


def permuted(items, order):
    """The items in the order of a tuple of axes."""
    if len(order) == 0:
        return ()
    else:
        return (items[order[0]],) + permuted(items, order[1:])


def counted(n):
    """``(0, 1, ..., n - 1)``"""
    if n == 0:
        return ()
    else:
        return counted(n - 1) + (n - 1,)


def dtype_or(dtype, default):
    """The dtype that ``dtype=`` asks for, or the default for None."""
    if dtype is None:
        return default
    else:
        return prim.dtype_given(dtype)


def no_out(out):
    """Refuses ``out=``."""
    if out is not None:
        prim.error("out= is not supported yet: assign the result to a view of the array")


def constant_flag(flag):
    """Refuses a flag that isn't a constant, where the result's type depends on it."""
    if not prim.is_literal(flag):
        prim.error("keepdims must be a constant: the result's type depends on it")
