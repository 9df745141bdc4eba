"""Triangles and diagonals: tril, triu and their indices, diag_indices, fill_diagonal, argwhere."""

from copying import as_array
from axes import product
from searching import lines_of, nonzero
from taking import as_line, number_for, put_one
from truth import count_nonzero


def keep(out, m, k, lower):
    """Copies a triangle; the rest is zero."""
    if m.ndim == 2:
        for i in range(len(m)):
            keep_row(out[i], m[i], i + k, lower)
    else:
        for i in range(len(m)):
            keep(out[i], m[i], k, lower)


def keep_row(out, row, last, lower):
    zero = prim.cast(0, prim.dtype(out))
    for j in range(len(out)):
        out[j] = prim.select((j <= last) == lower, row[j], zero)


def triangle(m, k, lower):
    """A triangle of each matrix; a line stands for equal rows."""
    x = as_array(m)
    if x.ndim == 0:
        prim.error("a triangle needs at least one axis, not {}", m)
    elif x.ndim == 1:
        n = len(x)
        out = prim.empty((n, n), prim.dtype(x))
        keep(out, prim.view(x, (n, n), (0,) + x.strides, 0), k, lower)
        return out
    else:
        out = prim.empty(x.shape, prim.dtype(x))
        keep(out, x, k, lower)
        return out


def diagonal(k):
    """The number of a diagonal, counted from the main one."""
    if not prim.is_integer(k):
        prim.error("k must be an integer here, not {}", k)
    return int(k)


@implements("numpy.tril")
def tril(m, k=0):
    return triangle(m, diagonal(k), True)


@implements("numpy.triu")
def triu(m, k=0):
    return triangle(m, diagonal(k) - 1, False)


def triangle_indices(rows, columns, k, lower):
    """Row and column of each element of a triangle."""
    count = 0
    for i in range(rows):
        for j in range(columns):
            if (j <= i + k) == lower:
                count += 1
    row = prim.empty(count, np.int64)
    column = prim.empty(count, np.int64)
    at = 0
    for i in range(rows):
        for j in range(columns):
            if (j <= i + k) == lower:
                row[at] = i
                column[at] = j
                at += 1
    return row, column


def width(n, m):
    if m is None:
        return int(n)
    else:
        return int(m)


@implements("numpy.tril_indices")
def tril_indices(n, k=0, m=None):
    return triangle_indices(int(n), width(n, m), diagonal(k), True)


@implements("numpy.triu_indices")
def triu_indices(n, k=0, m=None):
    return triangle_indices(int(n), width(n, m), diagonal(k) - 1, False)


def need_matrix(arr):
    if as_array(arr).ndim != 2:
        prim.error("input array must be 2-d, not {}", arr)


@implements("numpy.tril_indices_from")
def tril_indices_from(arr, k=0):
    need_matrix(arr)
    return tril_indices(as_array(arr).shape[0], k, as_array(arr).shape[1])


@implements("numpy.triu_indices_from")
def triu_indices_from(arr, k=0):
    need_matrix(arr)
    return triu_indices(as_array(arr).shape[0], k, as_array(arr).shape[1])


def repeated(x, n):
    if n == 0:
        return ()
    else:
        return (x,) + repeated(x, n - 1)


@implements("numpy.diag_indices")
def diag_indices(n, ndim=2):
    if not prim.is_literal(ndim):
        prim.error("ndim must be a constant: the result's type depends on it")
    else:
        return repeated(np.arange(n), ndim)


@implements("numpy.diag_indices_from")
def diag_indices_from(arr):
    x = as_array(arr)
    if x.ndim < 2:
        prim.error("input array must be at least 2-d, not {}", arr)
    else:
        if not equal_extents(x.shape):
            raise ValueError("All dimensions of input must be of equal length")
        return diag_indices(x.shape[0], x.ndim)


def equal_extents(shape):
    if len(shape) < 2:
        return True
    else:
        return shape[0] == shape[1] and equal_extents(shape[1:])


def diagonal_step(shape):
    """How far the elements of the diagonal are apart in C order."""
    if len(shape) == 0:
        return 0
    else:
        return product(shape[1:]) + diagonal_step(shape[1:])


@implements("numpy.fill_diagonal")
def fill_diagonal(a, val, wrap=False):
    if not prim.is_array(a):
        prim.error("argument 1 must be numpy.ndarray, not {}", a)
    elif a.ndim < 2:
        prim.error("array must be at least 2-d, not {}", a)
    else:
        if a.ndim > 2 and not equal_extents(a.shape):
            raise ValueError("All dimensions of input must be of equal length")
    if prim.readonly(a):
        raise ValueError("underlying array is read-only")
    else:
        end = a.size
        if a.ndim == 2 and not wrap:
            end = min(end, a.shape[1] * a.shape[1])
        values = number_for(a, val)
        step = diagonal_step(a.shape)
        if len(values) > 0:
            for k in range((end + step - 1) // step):
                put_one(as_line(a), k * step, values[k % len(values)])


def store_rows(out, a, position, at):
    """Stores the positions of nonzero elements as rows; gives how many there are so far."""
    for i in range(len(a)):
        if a.ndim > 1:
            at = store_rows(out, a[i], position + (i,), at)
        elif a[i]:
            store_row(out[at], position + (i,), 0)
            at += 1
    return at


def store_row(row, position, k):
    if len(position) > 0:
        row[k] = position[0]
        store_row(row, position[1:], k + 1)


@implements("numpy.argwhere")
def argwhere(a):
    x = as_array(a)
    out = prim.empty((count_nonzero(x), x.ndim), np.int64)
    if x.ndim > 0:
        store_rows(out, x, (), 0)
    return out


@implements("numpy.mask_indices")
def mask_indices(n, mask_func, k=0):
    return nonzero(mask_func(np.ones((n, n), np.int64), k))
