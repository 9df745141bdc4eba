"""Reductions over arrays whose memory order is known at run time only.

NumPy sorts the axes by the size of their strides, joins neighbours without gaps, and
iterates in that order. Here the axes are columns of a small table made at run time,
so one text serves every number of dimensions. Its rows: extent, stride of the array,
stride of the result (0 where the axis is reduced), counter. Outermost axis first.

Which elements NumPy folds at once when the innermost axis is reduced (2.3 and later):

- one line, in general;
- if several reduced axes are innermost and the line has at most half a buffer, as
  many of these axes as it takes to fill a buffer of 8192 elements, copied to it, cut
  into pieces of a whole number of lower axes;
- if elements are cast, the same, also of one axis only.

Axes with a stride of 0 and an extent above 1 (broadcast views) stay in their place;
NumPy may sort others past them.
"""

from axes import count_marks


def buffer_size():
    """Elements in a buffer of NumPy's iterators."""
    return 8192


def reduce_nest(a, out, marks, dtype, fold, step, ordered):
    """Reduces `a` into `out`, which has extents of 1 on the marked axes."""
    if a.size > 0:
        table = prim.empty((4, a.ndim), np.int64)
        for i in range(a.ndim):
            table[0, i] = a.shape[i]
            table[1, i] = a.strides[i]
            table[2, i] = 0 if marks[i] == 1 else out.strides[i]
            table[3, i] = 0
        first = arrange(table)
        last = a.ndim - 1
        if count_marks(marks) < a.ndim and table[2, last] != 0:
            step_lines(a, out, table, first, dtype, step)
        elif ordered:
            fold_ordered(a, out, table, first, dtype, fold, step)
        else:
            fold_lines(a, out, table, first, table[0, last], dtype, fold, step)


def arrange(table):
    """Sorts and joins the axes; those from the result on are left."""
    sort_axes(table)
    last = table.shape[1] - 1
    at = last
    for k in range(last - 1, -1, -1):
        extent = table[0, k]
        if extent != 1:
            joined = table[1, k] == table[1, at] * table[0, at] and table[2, k] == table[2, at] * table[0, at]
            if joined:
                table[0, at] *= extent
            else:
                at -= 1
                for row in range(4):
                    table[row, at] = table[row, k]
    return at


def sort_axes(table):
    """Sorts the axes by the size of their strides, the smallest last."""
    last = table.shape[1] - 1
    for _ in range(last):
        for k in range(last, 0, -1):
            if belongs_inside(table, k - 1, k):
                for row in range(4):
                    table[row, k - 1], table[row, k] = table[row, k], table[row, k - 1]


def belongs_inside(table, outer, inner):
    """Whether two neighbouring axes are in the wrong order; extents of 1 go outward."""
    if table[0, inner] == 1:
        return table[0, outer] != 1
    elif table[0, outer] == 1:
        return False
    near = abs(table[1, inner])
    far = abs(table[1, outer])
    return near != 0 and far != 0 and far < near


def advance(table, first, top, at, to):
    """The next turn of the axes `first` to `top`: whether there is one, and offsets."""
    k = top
    while k >= first:
        table[3, k] += 1
        at += table[1, k]
        to += table[2, k]
        if table[3, k] < table[0, k]:
            return True, at, to
        at -= table[1, k] * table[0, k]
        to -= table[2, k] * table[0, k]
        table[3, k] = 0
        k -= 1
    return False, at, to


def step_lines(a, out, table, first, dtype, step):
    """The innermost axis is kept: whole lines are combined."""
    last = table.shape[1] - 1
    n = table[0, last]
    at = prim.cast(0, np.int64)
    to = prim.cast(0, np.int64)
    more = True
    while more:
        line = prim.view(a, (n,), (table[1, last],), at)
        result = prim.view(out, (n,), (table[2, last],), to)
        for i in range(n):
            result[i] = step(result[i], prim.cast(line[i], dtype))
        more, at, to = advance(table, first, last - 1, at, to)


def fold_lines(a, out, table, first, piece, dtype, fold, step):
    """The innermost axis is reduced: each line is folded, in pieces of a size."""
    last = table.shape[1] - 1
    n = table[0, last]
    at = prim.cast(0, np.int64)
    to = prim.cast(0, np.int64)
    more = True
    while more:
        line = prim.view(a, (n,), (table[1, last],), at)
        acc = prim.load(out, to)
        for begin in range(0, n, piece):
            acc = fold(acc, line[begin:min(begin + piece, n)], dtype, step)
        prim.store(out, to, acc)
        more, at, to = advance(table, first, last - 1, at, to)


def fold_ordered(a, out, table, first, dtype, fold, step):
    """As `fold_lines`, with NumPy's choice of what is folded at once."""
    low = table.shape[1] - 1
    size = table[0, low]
    cast = prim.dtype(a) != dtype
    several = low > first and table[2, low - 1] == 0
    if cast or (several and 2 * size <= min(size * table[0, low - 1], buffer_size())):
        while size < buffer_size() and low > first and table[2, low - 1] == 0:
            low -= 1
            size *= table[0, low]
        piece = size
        if size > buffer_size():
            core = size // table[0, low]
            piece = core * (buffer_size() // core)
    else:
        piece = size
    if low == table.shape[1] - 1:
        fold_lines(a, out, table, first, piece, dtype, fold, step)
    else:
        fold_blocks(a, out, table, first, size, piece, dtype, fold, step)


def fold_blocks(a, out, table, first, size, piece, dtype, fold, step):
    """Several reduced axes of `size` elements together, through a buffer."""
    last = table.shape[1] - 1
    n = table[0, last]
    buffer = prim.empty(piece, dtype)
    filled = prim.cast(0, np.int64)
    seen = prim.cast(0, np.int64)
    at = prim.cast(0, np.int64)
    to = prim.cast(0, np.int64)
    more = True
    while more:
        line = prim.view(a, (n,), (table[1, last],), at)
        for i in range(n):
            buffer[filled + i] = prim.cast(line[i], dtype)
        filled += n
        seen += n
        if filled == piece or seen == size:
            # A strided view as the lines are, so that `fold` is compiled once.
            run = prim.view(buffer, (filled,), (buffer.itemsize,), 0)
            prim.store(out, to, fold(prim.load(out, to), run, dtype, step))
            filled *= 0
            if seen == size:
                seen *= 0
        more, at, to = advance(table, first, last - 1, at, to)


def room_like(a, dtype):
    """An array of a's shape with the axes in the same order in memory."""
    if prim.layout(a) == "C" or a.ndim < 2:
        return prim.empty(a.shape, dtype)
    elif prim.layout(a) == "F":
        return prim.empty_f(a.shape, dtype)
    else:
        room = prim.empty(a.size, dtype)
        return prim.view(room, a.shape, keep_order_strides(a, dtype.itemsize), 0)


def keep_order_strides(a, itemsize):
    """Strides that pack the elements in the order in which the array has its axes."""
    table = prim.empty((4, a.ndim), np.int64)
    for i in range(a.ndim):
        table[0, i] = a.shape[i]
        table[1, i] = a.strides[i]
        table[2, i] = i
        table[3, i] = 0
    sort_axes(table)
    stride = np.int64(itemsize)
    for k in range(a.ndim - 1, -1, -1):
        table[3, table[2, k]] = stride
        stride *= table[0, k]
    return row_tuple(table, a.ndim)


def row_tuple(table, n):
    """The last row of the table, as a tuple."""
    if n == 0:
        return ()
    else:
        return row_tuple(table, n - 1) + (table[3, n - 1],)
