"""Norms of vectors and matrices: norm, vector_norm, matrix_norm, cond.

Orders must be constants where they choose a kind of norm; another number is taken as the
exponent of a vector's norm.
"""

from axes import normalize
from copying import as_array
from contractions import dropped, reordered
from multiplying import packed
from products import in_dtype, inner_line, routine_number
from singular import values_of
from solving import each, inverse_or_nan, linalg_dtype, real_dtype, square, stack_of


def floats(a):
    """The array in a dtype of floats."""
    x = as_array(a)
    if prim.dtype(x) == linalg_dtype(prim.dtype(x)):
        return x
    else:
        return x.astype(np.float64)


def square_of(x):
    """Squared magnitudes."""
    if prim.kind(prim.dtype(x)) == "c":
        sizes = abs(x)
        return sizes * sizes
    else:
        return x * x


def root_of_all(x, keepdims):
    """The square root of the sum of all squares, which NumPy takes as a product of vectors."""
    line = x.ravel("K")
    if prim.kind(prim.dtype(x)) == "c":
        real = real_dtype(prim.dtype(x))
        n = len(line)
        step = line.strides[0]
        rest = prim.view(line, (n,), line.strides, line.itemsize // 2)
        # Real and imaginary parts are lines of real numbers.
        total = prim.cast(prim.real_dot(routine_number(real), n, line, step, line, step), real)
        result = np.sqrt(total + prim.cast(prim.real_dot(routine_number(real), n, rest, step, rest, step), real))
    else:
        result = np.sqrt(inner_line(line, line, prim.dtype(x)))
    if keepdims:
        out = prim.empty((1,) * x.ndim, prim.dtype(result))
        out[...] = result
        return out
    else:
        return result


def root_of_squares(x, axis, keepdims):
    """The square root of the sum of squares."""
    return np.sqrt(square_of(x).sum(axis, keepdims=keepdims))


def is_infinite(ord):
    """Whether a constant order is infinity."""
    if not prim.is_literal(ord):
        return False
    else:
        return ord == np.inf


def is_minus_infinite(ord):
    if not prim.is_literal(ord):
        return False
    else:
        return ord == -np.inf


def vector(x, ord, axis, keepdims):
    """Norms of lines."""
    if ord is None or (prim.is_literal(ord) and not prim.is_str(ord) and ord == 2):
        return root_of_squares(x, axis, keepdims)
    elif prim.is_str(ord):
        prim.error("Invalid norm order for vectors: {}", ord)
    elif is_infinite(ord):
        return abs(x).max(axis, keepdims=keepdims)
    elif is_minus_infinite(ord):
        return abs(x).min(axis, keepdims=keepdims)
    elif prim.is_literal(ord) and ord == 0:
        return (x != 0).astype(prim.dtype(abs(x))).sum(axis, keepdims=keepdims)
    elif prim.is_literal(ord) and ord == 1:
        return abs(x).sum(axis, keepdims=keepdims)
    else:
        return with_exponent(abs(x), ord, axis, keepdims)


def with_exponent(sizes, ord, axis, keepdims):
    """The norm for another number."""
    if prim.is_literal(ord):
        return (sizes**ord).sum(axis, keepdims=keepdims) ** (1.0 / ord)
    elif axis is None or sizes.ndim == 1:
        if keepdims:
            prim.error("keepdims of a norm whose order isn't a constant is not supported")
        return any_order(sizes, ord)
    else:
        prim.error("the order of norms along an axis must be a constant, not {}", ord)


def any_order(sizes, ord):
    """The norm of one vector for an order that isn't known when compiling."""
    if ord == np.inf:
        return sizes.max()
    if ord == -np.inf:
        return sizes.min()
    if ord == 0:
        return (sizes != 0).astype(prim.dtype(sizes)).sum()
    if ord == 2:
        return np.sqrt((sizes * sizes).sum())
    if ord == 1:
        return sizes.sum()
    return (sizes**ord).sum() ** prim.cast(1.0 / ord, prim.dtype(sizes))


def sums_then_max(x, sum_axis, other):
    """The largest sum of magnitudes."""
    return abs(x).sum(sum_axis).max(other)


def sums_then_min(x, sum_axis, other):
    return abs(x).sum(sum_axis).min(other)


def value_norm(x, ord):
    """Norms made of singular values."""
    s = values_of(x)
    last = s.ndim - 1
    if ord == "nuc":
        return s.sum(last)
    elif ord == 2:
        return s.max(last)
    else:
        return s.min(last)


def last_two(x, i, j):
    """The array with two axes at the end."""
    return reordered(x, dropped(x.ndim, (i, j)) + (i, j))


def matrix(x, ord, axes, keepdims):
    """Norms of matrices over two axes."""
    i = normalize(axes[0], x.ndim)
    j = normalize(axes[1], x.ndim)
    if i == j:
        prim.error("Duplicate axes given.")
    else:
        result = matrix_of(last_two(x, i, j), ord)
        if keepdims:
            shape = prim.tuple_set(prim.tuple_set(x.shape, i, 1), j, 1)
            return prim.view_c(packed(as_array(result)), shape)
        else:
            return result


def matrix_of(x, ord):
    """Norms over the last two axes."""
    n = x.ndim
    if ord is None or (prim.is_str(ord) and (ord == "fro" or ord == "f")):
        return root_of_squares(x, (n - 2, n - 1), False)
    elif prim.is_str(ord):
        if ord == "nuc":
            return value_norm(x, ord)
        else:
            prim.error("Invalid norm order for matrices: {}", ord)
    elif not prim.is_literal(ord):
        prim.error("the order of a norm of matrices must be a constant, not {}", ord)
    elif ord == 2 or ord == -2:
        return value_norm(x, ord)
    elif ord == 1:
        return sums_then_max(x, n - 2, n - 2)
    elif ord == -1:
        return sums_then_min(x, n - 2, n - 2)
    elif is_infinite(ord):
        return sums_then_max(x, n - 1, n - 2)
    elif is_minus_infinite(ord):
        return sums_then_min(x, n - 1, n - 2)
    else:
        prim.error("Invalid norm order for matrices: {}", ord)


def is_euclidean(ord, ndim):
    """Whether an order is that of the norm of all elements."""
    if not prim.is_literal(ord):
        return False
    elif prim.is_str(ord):
        return ndim == 2 and (ord == "fro" or ord == "f")
    else:
        return ndim == 1 and ord == 2


@implements("numpy.linalg.norm")
def norm(x, ord=None, axis=None, keepdims=False):
    """Norms of vectors or matrices; of all elements where neither order nor axes are given."""
    a = floats(x)
    if axis is None:
        if ord is None or is_euclidean(ord, a.ndim):
            return root_of_all(a, keepdims)
        elif a.ndim == 1:
            return vector(a, ord, 0, keepdims)
        elif a.ndim == 2:
            return matrix(a, ord, (0, 1), keepdims)
        else:
            prim.error("Improper number of dimensions to norm: {}", a)
    elif prim.is_tuple(axis):
        if len(axis) == 1:
            return vector(a, ord, axis[0], keepdims)
        elif len(axis) == 2:
            return matrix(a, ord, axis, keepdims)
        else:
            prim.error("Improper number of dimensions to norm: axes {}", axis)
    else:
        return vector(a, ord, axis, keepdims)


@implements("numpy.linalg.matrix_norm")
def matrix_norm(x, /, *, keepdims=False, ord="fro"):
    """Norms of matrices over the last two axes."""
    return matrix(floats(stack_of(x)), ord, (-2, -1), keepdims)


@implements("numpy.linalg.vector_norm")
def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):
    """Norms of vectors; without an axis, of all elements."""
    a = floats(x)
    if axis is None:
        line = a.ravel()
        result = vector(line, ord, 0, False)
        if keepdims:
            out = prim.empty((1,) * a.ndim, prim.dtype(result))
            out[...] = result
            return out
        else:
            return result
    elif prim.is_tuple(axis):
        if len(axis) == 1:
            return vector(a, ord, axis[0], keepdims)
        else:
            prim.error("np.linalg.vector_norm over several axes is not supported: {}", axis)
    else:
        return vector(a, ord, axis, keepdims)


@implements("numpy.linalg.cond")
def cond(x, p=None):
    """How much equations with a matrix amplify errors."""
    a = stack_of(x)
    if a.shape[a.ndim - 1] == 0 or a.shape[a.ndim - 2] == 0:
        prim.guard(False, "numpy.linalg.LinAlgError", "cond is not defined on empty arrays")
    if p is None or (prim.is_literal(p) and not prim.is_str(p) and (p == 2 or p == -2)):
        s = values_of(a)
        last = s.ndim - 1
        largest = s[(slice(None),) * last + (0,)]
        least = s[(slice(None),) * last + (-1,)]
        if p is None or p == 2:
            return without_nan(largest / least, a)
        else:
            return without_nan(least / largest, a)
    else:
        wide = np.complex128 if prim.kind(prim.dtype(a)) == "c" else np.float64
        b = in_dtype(square(a), prim.dtype(wide))
        inverse = prim.empty(b.shape, wide)
        each(inverse_or_nan, inverse, b)
        result = matrix_of(floats(a), p) * matrix_of(inverse, p)
        real = real_dtype(linalg_dtype(prim.dtype(a)))
        if prim.is_array(result):
            return without_nan(in_dtype(result, real), a)
        else:
            return without_nan(prim.cast(result, real), a)


def without_nan(r, a):
    """Infinity for nan, but where the matrix has one."""
    if prim.is_array(r):
        n = a.ndim
        bad = np.isnan(r) & ~np.isnan(a).any((n - 2, n - 1))
        return np.where(bad, prim.cast(np.inf, prim.dtype(r)), r)
    else:
        if np.isnan(r) and not np.isnan(a).any():
            return prim.cast(np.inf, prim.dtype(r))
        return r
