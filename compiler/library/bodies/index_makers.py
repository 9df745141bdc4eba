"""What is subscripted to make arrays and indices: r_, c_, s_, index_exp, mgrid, ogrid.

An item of `r_` and `c_` is an array, a number or a slice, which stands for a range, or
for numbers at equal distances where its step is imaginary. Not here: their directives as
strings, and matrices.
"""

from copying import as_array
from arrays import converted
from joining import concatenate
from ranges import linspace
from shape import atleast_1d


@implements("numpy.s_.__getitem__")
def s_item(key):
    return key


@implements("numpy.index_exp.__getitem__")
def index_exp_item(key):
    if prim.is_tuple(key):
        return key
    else:
        return (key,)


def or_else(x, default):
    if x is None:
        return default
    else:
        return x


def is_imaginary(step):
    if step is None:
        return False
    else:
        return prim.kind(prim.dtype(step)) == "c"


def progression(piece):
    """The numbers that a slice stands for."""
    if piece.stop is None:
        prim.error("the slice needs a stop")
    elif is_imaginary(piece.step):
        return linspace(or_else(piece.start, 0), piece.stop, int(abs(piece.step)))
    else:
        return np.arange(or_else(piece.start, 0), piece.stop, or_else(piece.step, 1))


# Joining


def in_row(item):
    if prim.is_slice(item):
        return progression(item)
    elif prim.is_str(item):
        prim.error("directives of np.r_ and np.c_ are not compiled")
    else:
        return atleast_1d(as_array(item))


def in_column(item):
    if prim.is_slice(item):
        return progression(item)[:, None]
    elif prim.is_str(item):
        prim.error("directives of np.r_ and np.c_ are not compiled")
    else:
        x = as_array(item)
        if x.ndim == 0:
            return x.reshape((1, 1))
        elif x.ndim == 1:
            return x[:, None]
        else:
            return x


def each(items, part):
    if len(items) == 0:
        return ()
    else:
        return (part(items[0]),) + each(items[1:], part)


def each_type(items):
    """What tells the result's dtype: numbers of Python's are weak."""
    if len(items) == 0:
        return ()
    elif prim.is_slice(items[0]):
        return (progression(items[0]),) + each_type(items[1:])
    elif prim.is_number(items[0]):
        return (items[0],) + each_type(items[1:])
    else:
        return (as_array(items[0]),) + each_type(items[1:])


def joined(key, part, axis):
    items = key if prim.is_tuple(key) else (key,)
    if len(items) == 0:
        raise ValueError("need at least one array to concatenate")
    else:
        dtype = prim.dtype(np.result_type(*each_type(items)))
        return concatenate(each(in_dtype(items, dtype), part), axis, None, dtype=dtype, casting="unsafe")


def in_dtype(items, dtype):
    """Python's numbers as elements, refused where they don't fit."""
    if len(items) == 0:
        return ()
    elif not prim.is_slice(items[0]) and prim.is_number(items[0]) and prim.is_weak(items[0]):
        return (converted(items[0], dtype),) + in_dtype(items[1:], dtype)
    else:
        return (items[0],) + in_dtype(items[1:], dtype)


@implements("numpy.r_.__getitem__")
def r_item(key):
    return joined(key, in_row, 0)


@implements("numpy.c_.__getitem__")
def c_item(key):
    return joined(key, in_column, -1)


# Grids


def numbers_of(pieces):
    """Starts, stops and steps."""
    if len(pieces) == 0:
        return ()
    else:
        step = pieces[0].step
        size = abs(step) if is_imaginary(step) else or_else(step, 1)
        return (or_else(pieces[0].start, 0), pieces[0].stop, size) + numbers_of(pieces[1:])


def grid_line(piece, dtype):
    """The coordinates along an axis."""
    start = or_else(piece.start, 0)
    if is_imaginary(piece.step):
        n = int(abs(piece.step))
        line = np.arange(0, n, 1, dtype)
        if n == 1:
            return line * 1 + start
        else:
            return line * ((piece.stop - start) / float(n - 1)) + start
    else:
        step = or_else(piece.step, 1)
        n = int(math.ceil((piece.stop - start) / step))
        return np.arange(0, n, 1, dtype) * step + start


def grid_lines(pieces, dtype):
    if len(pieces) == 0:
        return ()
    else:
        return (grid_line(pieces[0], dtype),) + grid_lines(pieces[1:], dtype)


def check(pieces):
    if len(pieces) > 0:
        if not prim.is_slice(pieces[0]) or pieces[0].stop is None:
            prim.error("an axis of a grid is a slice with a stop")
        else:
            check(pieces[1:])


def single(piece):
    """A grid of one axis."""
    check((piece,))
    return progression_of_grid(piece)


def progression_of_grid(piece):
    start = or_else(piece.start, 0)
    if is_imaginary(piece.step):
        return grid_line(piece, np.result_type(start, piece.stop, 1.0))
    else:
        return np.arange(start, piece.stop, or_else(piece.step, 1))


def open_axes(lines, k, n):
    """Each line along its axis of an open grid."""
    if k == n:
        return ()
    else:
        shape = prim.tuple_set((1,) * n, k, len(lines[k]))
        return (lines[k].reshape(shape),) + open_axes(lines, k + 1, n)


def extents(lines):
    if len(lines) == 0:
        return ()
    else:
        return (len(lines[0]),) + extents(lines[1:])


def fill_grid(out, axes, k):
    if k < len(axes):
        row = out[k]
        row[...] = axes[k]
        fill_grid(out, axes, k + 1)


@implements("numpy.mgrid.__getitem__")
def mgrid_item(key):
    """The coordinates of all points of a grid, axis by axis."""
    if prim.is_tuple(key):
        check(key)
        dtype = np.result_type(0, *numbers_of(key))
        lines = grid_lines(key, dtype)
        out = prim.empty((len(key),) + extents(lines), dtype)
        fill_grid(out, open_axes(lines, 0, len(lines)), 0)
        return out
    else:
        return single(key)


@implements("numpy.ogrid.__getitem__")
def ogrid_item(key):
    """The coordinates of a grid, each along its axis."""
    if prim.is_tuple(key):
        check(key)
        lines = grid_lines(key, np.result_type(0, *numbers_of(key)))
        return open_axes(lines, 0, len(lines))
    else:
        return single(key)
