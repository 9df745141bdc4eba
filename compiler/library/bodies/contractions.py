"""Sums of products over chosen axes, and products without sums: tensordot, kron, cross, vecdot.

Also diagonals and traces of arrays with any number of axes, and products of several matrices.
"""

from axes import counted, dtype_or, mark_each, normalize, permuted, product, without
from copying import as_array
from multiplying import conjugated, dot_of, exactly, lines_times_lines, matmul_of, packed
from outputs import deliver
from products import in_dtype, outer
from sums import sum_dtype


def dropped(n, axes):
    """The axes of an array that aren't in a tuple."""
    return unmarked(mark_each(axes, (0,) * n), 0)


def unmarked(marks, at):
    """The positions of zeros."""
    if at == len(marks):
        return ()
    elif marks[at] == 1:
        return unmarked(marks, at + 1)
    else:
        return (at,) + unmarked(marks, at + 1)


def all_normal(axes, ndim):
    """A tuple of axes counted from the front."""
    if len(axes) == 0:
        return ()
    else:
        return (normalize(axes[0], ndim),) + all_normal(axes[1:], ndim)


def as_axes(axes):
    """One axis as a tuple."""
    if prim.is_tuple(axes):
        return axes
    else:
        return (axes,)


def reordered(x, order):
    return prim.view(x, permuted(x.shape, order), permuted(x.strides, order), 0)


def shapes_match(x, y, i, j):
    """Whether axes of two arrays have the same extents."""
    if len(i) == 0:
        return True
    else:
        return x.shape[i[0]] == y.shape[j[0]] and shapes_match(x, y, i[1:], j[1:])


def contracted(x, y, i, j):
    """The sums over axes of both, given as tuples."""
    if len(i) != len(j):
        prim.error("shape-mismatch for sum: axes of {} and another number of axes", i)
    else:
        if not shapes_match(x, y, i, j):
            raise ValueError("shape-mismatch for sum")
        dtype = prim.result_type(prim.dtype(x), prim.dtype(y))
        rest_x = dropped(x.ndim, i)
        rest_y = dropped(y.ndim, j)
        inner = product(permuted(x.shape, i))
        before = permuted(x.shape, rest_x)
        after = permuted(y.shape, rest_y)
        left = packed(reordered(in_dtype(x, dtype), rest_x + i))
        right = packed(reordered(in_dtype(y, dtype), j + rest_y))
        out = lines_times_lines(
            prim.view_c(left, (product(before), inner)), prim.view_c(right, (inner, product(after))), dtype
        )
        return prim.view_c(out, before + after)


@implements("numpy.tensordot")
def tensordot(a, b, axes=2):
    """Sums of products over axes of both arrays."""
    x = as_array(a)
    y = as_array(b)
    if prim.is_tuple(axes):
        if len(axes) != 2:
            prim.error("axes of np.tensordot is an integer or a pair, not {}", axes)
        else:
            return contracted(x, y, all_normal(as_axes(axes[0]), x.ndim), all_normal(as_axes(axes[1]), y.ndim))
    elif not prim.is_integer(axes) or not prim.is_literal(axes):
        prim.error("axes of np.tensordot must be constants, not {}", axes)
    elif axes < 0 or axes > x.ndim or axes > y.ndim:
        prim.error("axes of np.tensordot is out of bounds for {}", x)
    else:
        return contracted(x, y, counted(x.ndim)[x.ndim - axes:], counted(axes))


@implements("numpy.linalg.tensordot")
def linalg_tensordot(x1, x2, /, *, axes=2):
    """Sums of products over axes of both arrays."""
    return tensordot(x1, x2, axes)


def kron_shape(s, t):
    """Extents multiplied; of different numbers of axes, from the back."""
    if len(s) > len(t):
        return (s[0],) + kron_shape(s[1:], t)
    elif len(t) > len(s):
        return (t[0],) + kron_shape(s, t[1:])
    elif len(s) == 0:
        return ()
    else:
        return (s[0] * t[0],) + kron_shape(s[1:], t[1:])


def padded(items, n, value):
    """Items with more of them in front."""
    return (value,) * (n - len(items)) + items


def interleaved(s, t):
    """``(s[0], t[0], s[1], t[1], ...)``"""
    if len(s) == 0:
        return ()
    else:
        return (s[0], t[0]) + interleaved(s[1:], t[1:])


@implements("numpy.kron")
def kron(a, b):
    """Each element of one array times the other array."""
    x = as_array(a)
    y = as_array(b)
    if x.ndim == 0 and y.ndim == 0:
        return x[()] * y[()]
    else:
        return kron_arrays(x, y, x.ndim if x.ndim > y.ndim else y.ndim)


def kron_arrays(x, y, n):
    """The same for a number of axes that both are brought to."""
    ones = (1,) * n
    none = (0,) * n
    left = prim.view(x, interleaved(padded(x.shape, n, 1), ones), interleaved(padded(x.strides, n, 0), none), 0)
    right = prim.view(y, interleaved(ones, padded(y.shape, n, 1)), interleaved(none, padded(y.strides, n, 0)), 0)
    return prim.view_c(packed(left * right), kron_shape(x.shape, y.shape))


# Products of vectors


def last(x, axis):
    """The array with an axis at the end."""
    at = normalize(axis, x.ndim)
    return reordered(x, without(counted(x.ndim), at) + (at,))


def component(x, i):
    """An element of each vector."""
    n = x.ndim - 1
    return prim.view(x, x.shape[:n], x.strides[:n], i * x.strides[n])


def whole(x):
    """An array without axes as its element."""
    if prim.is_array(x) and x.ndim == 0:
        return x[()]
    else:
        return x


def cross_last(x, y):
    """The cross products of vectors along the last axes."""
    dtype = prim.result_type(prim.dtype(x), prim.dtype(y))
    if x.shape[x.ndim - 1] != 3 or y.shape[y.ndim - 1] != 3:
        if x.shape[x.ndim - 1] != 2 and x.shape[x.ndim - 1] != 3 or y.shape[y.ndim - 1] != 2 and y.shape[y.ndim - 1] != 3:
            raise ValueError("incompatible dimensions for cross product\n(dimension must be 2 or 3)")
        if x.shape[x.ndim - 1] == 2 and y.shape[y.ndim - 1] == 2:
            raise NotImplementedError("np.cross() of two vectors of two elements is a number, which is not compiled: write a[0] * b[1] - a[1] * b[0]")
        prim.warn_note("np.cross(np.zeros(2), np.zeros(3))")
        if x.shape[x.ndim - 1] == 2:
            return flat_by_vector(x, y, dtype)
        return vector_by_flat(x, y, dtype)
    a, b, c = whole(component(x, 0)), whole(component(x, 1)), whole(component(x, 2))
    p, q, r = whole(component(y, 0)), whole(component(y, 1)), whole(component(y, 2))
    return of_parts(b * r - c * q, c * p - a * r, a * q - b * p, dtype)


def flat_by_vector(x, y, dtype):
    """Products of vectors whose third element is 0, as NumPy leaves it out."""
    a, b = whole(component(x, 0)), whole(component(x, 1))
    p, q, r = whole(component(y, 0)), whole(component(y, 1)), whole(component(y, 2))
    return of_parts(b * r, negated(a * r), a * q - b * p, dtype)


def vector_by_flat(x, y, dtype):
    a, b, c = whole(component(x, 0)), whole(component(x, 1)), whole(component(x, 2))
    p, q = whole(component(y, 0)), whole(component(y, 1))
    return of_parts(negated(c * q), c * p, a * q - b * p, dtype)


def negated(x):
    return -x


def of_parts(first, second, third, dtype):
    """Vectors along the last axis."""
    if prim.is_array(first):
        out = prim.empty(first.shape + (3,), dtype)
        component(out, 0)[...] = first
        component(out, 1)[...] = second
        component(out, 2)[...] = third
        return out
    else:
        out = prim.empty(3, dtype)
        out[0] = first
        out[1] = second
        out[2] = third
        return out


@implements("numpy.cross")
def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """Cross products of vectors of three elements."""
    x = as_array(a)
    y = as_array(b)
    if axis is None:
        out = cross_last(last(x, axisa), last(y, axisb))
        return placed(out, axisc)
    else:
        out = cross_last(last(x, axis), last(y, axis))
        return placed(out, axis)


def placed(out, axis):
    """The array with its last axis at another place."""
    at = normalize(axis, out.ndim)
    n = out.ndim - 1
    if at == n:
        return out
    else:
        front = counted(n)
        return reordered(out, front[:at] + (n,) + front[at:])


@implements("numpy.linalg.cross")
def linalg_cross(x1, x2, /, *, axis=-1):
    """Cross products of vectors of three elements."""
    x = as_array(x1)
    y = as_array(x2)
    if x.ndim > 0 and y.ndim > 0:
        n = x.shape[normalize(axis, x.ndim)]
        m = y.shape[normalize(axis, y.ndim)]
        if n != 3 or m != 3:
            prim.guard(
                False,
                "ValueError",
                "Both input arrays must be (arrays of) 3-dimensional vectors, but they are {} and {} dimensional instead.",
                n,
                m,
            )
    return cross(x, y, -1, -1, -1, axis)


@implements("numpy.vecdot")
def vecdot(x1, x2, /, out=None, *, axis=-1):
    """Products of vectors along an axis, the first conjugated."""
    x = as_array(x1)
    y = as_array(x2)
    if x.ndim == 0 or y.ndim == 0:
        prim.error("vecdot: an operand does not have enough dimensions (gufunc core with signature (n),(n)->() requires 1)")
    else:
        left = last(x, axis)
        right = last(y, axis)
        n = left.shape[left.ndim - 1]
        m = right.shape[right.ndim - 1]
        prim.guard(
            n == m,
            "ValueError",
            "vecdot: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n),(n)->() (size {} is different from {})",
            m,
            n,
        )
        dtype = prim.result_type(prim.dtype(x), prim.dtype(y))
        a = conjugated(in_dtype(left, dtype))
        b = in_dtype(right, dtype)
        row = prim.view(a, a.shape[:a.ndim - 1] + (1, n), a.strides[:a.ndim - 1] + (0, a.strides[a.ndim - 1]), 0)
        column = prim.view(b, b.shape + (1,), b.strides + (0,), 0)
        result = matmul_of(row, column)
        if result.ndim == 2:
            value = result[0, 0]
        else:
            value = prim.view_c(result, result.shape[:result.ndim - 2])
        if out is None:
            return value
        else:
            return deliver(out, value)


@implements("numpy.linalg.vecdot")
def linalg_vecdot(x1, x2, /, *, axis=-1):
    """Products of vectors along an axis, the first conjugated."""
    return vecdot(x1, x2, None, axis=axis)


@implements("numpy.matvec")
def matvec(x1, x2, /):
    """Matrices times vectors."""
    y = as_array(x2)
    if y.ndim == 0:
        prim.error("matvec: Input operand 1 does not have enough dimensions (has 0, gufunc core with signature (m,n),(n)->(m) requires 1): {}", y)
    if as_array(x1).ndim < 2:
        raise ValueError(f"matvec: Input operand 0 does not have enough dimensions (has {as_array(x1).ndim}, gufunc core with signature (m,n),(n)->(m) requires 2)")
    x = as_array(x1)
    prim.guard(
        x.shape[x.ndim - 1] == y.shape[y.ndim - 1],
        "ValueError",
        "matvec: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (m,n),(n)->(m) (size {} is different from {})",
        y.shape[y.ndim - 1],
        x.shape[x.ndim - 1],
    )
    result = matmul_of(x, prim.view(y, y.shape + (1,), y.strides + (0,), 0))
    return prim.view_c(result, result.shape[:result.ndim - 1])


@implements("numpy.vecmat")
def vecmat(x1, x2, /):
    """Vectors, conjugated, times matrices."""
    x = conjugated(as_array(x1))
    n = x.ndim - 1
    y = as_array(x2)
    if x.ndim == 0:
        raise ValueError("vecmat: Input operand 0 does not have enough dimensions (has 0, gufunc core with signature (n),(n,m)->(m) requires 1)")
    if y.ndim < 2:
        raise ValueError(f"vecmat: Input operand 1 does not have enough dimensions (has {y.ndim}, gufunc core with signature (n),(n,m)->(m) requires 2)")
    prim.guard(
        x.shape[n] == y.shape[y.ndim - 2],
        "ValueError",
        "vecmat: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n),(n,m)->(m) (size {} is different from {})",
        y.shape[y.ndim - 2],
        x.shape[n],
    )
    row = prim.view(x, x.shape[:n] + (1, x.shape[n]), x.strides[:n] + (0, x.strides[n]), 0)
    result = matmul_of(row, y)
    return prim.view_c(result, without(result.shape, result.ndim - 2))


@implements("numpy.linalg.outer")
def linalg_outer(x1, x2, /):
    """All products of elements of two vectors."""
    if as_array(x1).ndim != 1 or as_array(x2).ndim != 1:
        prim.error("Input arrays must be one-dimensional, but they are {}", x1)
    else:
        return outer(x1, x2)


@implements("numpy.matrix_transpose", "numpy.linalg.matrix_transpose")
def matrix_transpose(x, /):
    """The last two axes swapped."""
    a = as_array(x)
    n = a.ndim
    if n < 2:
        prim.error("Input array must be at least 2-dimensional, but it is {}", x)
    elif n == 2:
        return a.T
    else:
        return reordered(a, counted(n - 2) + (n - 1, n - 2))


# Several matrices


def chain_cost(sizes):
    """Where products of matrices of these extents are best split: a table of positions.

    Dynamic programming over chains (Cormen et al., Introduction to Algorithms, 15.2).
    """
    n = len(sizes) - 1
    cost = prim.zeros((n, n), np.float64)
    split = prim.zeros((n, n), np.int64)
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            best = np.inf
            for k in range(i, j):
                c = cost[i, k] + cost[k + 1, j] + float(sizes[i] * sizes[k + 1] * sizes[j + 1])
                if c < best:
                    best = c
                    split[i, j] = k
            cost[i, j] = best
    return split


def extents_of(sizes, arrays, i):
    if i < len(arrays):
        sizes[i + 1] = arrays[i].shape[1]
        extents_of(sizes, arrays, i + 1)


def chain_part(arrays, split, i, j):
    """The product of the matrices from one to another."""
    if i == j:
        return arrays[i]
    else:
        return chain_tried(arrays, split, i, j, i)


def chain_tried(arrays, split, i, j, k):
    """The same, split at a place or a later one."""
    if k == j - 1:
        return dot_of(chain_part(arrays, split, i, k), chain_part(arrays, split, k + 1, j), 2)
    else:
        if split[i, j] == k:
            return dot_of(chain_part(arrays, split, i, k), chain_part(arrays, split, k + 1, j), 2)
        return chain_tried(arrays, split, i, j, k + 1)


def in_order(arrays):
    """The product from the left."""
    if len(arrays) == 1:
        return arrays[0]
    else:
        return in_order((dot_of(arrays[0], arrays[1], 2),) + arrays[2:])


def as_matrices(arrays):
    """All operands as arrays; a vector at the front as a row, at the back as a column, stays."""
    if len(arrays) == 0:
        return ()
    else:
        return (packed(as_array(arrays[0])),) + as_matrices(arrays[1:])


def all_matrices(arrays):
    if len(arrays) == 0:
        return True
    elif arrays[0].ndim != 2:
        return False
    else:
        return all_matrices(arrays[1:])


@implements("numpy.linalg.multi_dot")
def multi_dot(arrays, *, out=None):
    """The product of several matrices, in the order that takes the fewest steps."""
    if not prim.is_tuple(arrays):
        prim.error("np.linalg.multi_dot takes a tuple of arrays here, not {}", arrays)
    elif len(arrays) < 2:
        prim.error("Expecting at least two arrays.")
    else:
        items = as_matrices(arrays)
        if len(items) == 2 or len(items) > 5 or not all_matrices(items):
            return exactly(out, in_order(items))
        else:
            sizes = prim.empty(len(items) + 1, np.int64)
            sizes[0] = items[0].shape[0]
            extents_of(sizes, items, 0)
            return exactly(out, chain_part(items, chain_cost(sizes), 0, len(items) - 1))


# Diagonals


def diagonals(x, offset, axis1, axis2):
    """A view of the diagonals over two axes, along a new last axis."""
    i = normalize(axis1, x.ndim)
    j = normalize(axis2, x.ndim)
    if i == j:
        prim.error("axis1 and axis2 cannot be the same")
    else:
        rest = dropped(x.ndim, (i, j))
        down = max(-offset, 0)
        right = max(offset, 0)
        n = max(min(x.shape[i] - down, x.shape[j] - right), 0)
        at = down * x.strides[i] + right * x.strides[j] if n > 0 else 0
        return prim.view(
            x, permuted(x.shape, rest) + (n,), permuted(x.strides, rest) + (x.strides[i] + x.strides[j],), at
        )


def trace_of(x, offset, axis1, axis2, dtype, out):
    """Sums of diagonals."""
    if x.ndim < 2:
        prim.error("diag requires an array of at least two dimensions, not {}", x)
    else:
        line = diagonals(x, offset, axis1, axis2)
        wanted = dtype_or(dtype, sum_dtype(prim.dtype(x)))
        return deliver(out, line.sum(line.ndim - 1, wanted))


@implements("numpy.trace", "ndarray.trace")
def trace(a, offset=0, axis1=0, axis2=1, dtype=None, out=None):
    """The sums of diagonals."""
    return trace_of(as_array(a), offset, axis1, axis2, dtype, out)


@implements("numpy.linalg.trace")
def linalg_trace(x, /, *, offset=0, dtype=None):
    """The sums of the diagonals of matrices."""
    return trace_of(as_array(x), offset, -2, -1, dtype, None)


@implements("numpy.linalg.diagonal")
def linalg_diagonal(x, /, *, offset=0):
    """The diagonals of matrices."""
    return diagonals(as_array(x), offset, -2, -1)
