"""Products of vectors and matrices: dot, outer, trace.

Sums go in order, with no blocking: floats may differ in their last bits from NumPy's,
which calls BLAS. Integers are exact.
"""

from arrays import of_length
from axes import dtype_or, no_out
from copying import as_array, duplicate
from sums import sum_dtype


def times(x, y):
    """A product of elements; of booleans `and`."""
    if prim.kind(prim.dtype(x)) == "b":
        return x & y
    else:
        return x * y


def plus(x, y):
    """A sum of elements; of booleans `or`."""
    if prim.kind(prim.dtype(x)) == "b":
        return x | y
    else:
        return x + y


def in_dtype(a, dtype):
    """The array, cast if it has another dtype."""
    if prim.dtype(a) == dtype:
        return a
    else:
        return duplicate(a, dtype, "K")


def inner_line(x, y, dtype):
    """The product of two vectors of one length."""
    total = prim.cast(0, dtype)
    other = of_length(y, len(x))
    for i in range(len(x)):
        total = plus(total, times(x[i], other[i]))
    return total


def add_scaled(out, x, row):
    """``out += x * row``"""
    source = of_length(row, len(out))
    for k in range(len(out)):
        out[k] = plus(out[k], times(x, source[k]))


def product_of(x, y, dtype):
    """The product of two arrays of one dtype and one or two dimensions."""
    if x.shape[x.ndim - 1] != y.shape[0]:
        raise ValueError("shapes not aligned")
    if x.ndim == 1 and y.ndim == 1:
        return inner_line(x, y, dtype)
    elif y.ndim == 1:
        out = prim.empty(x.shape[0], dtype)
        for i in range(len(out)):
            out[i] = inner_line(x[i], y, dtype)
        return out
    elif x.ndim == 1:
        out = prim.zeros(y.shape[1], dtype)
        for j in range(len(x)):
            add_scaled(out, x[j], y[j])
        return out
    elif prim.layout(y) == "F":
        out = prim.empty((x.shape[0], y.shape[1]), dtype)
        for i in range(len(out)):
            for k in range(out.shape[1]):
                out[i, k] = inner_line(x[i], y.T[k], dtype)
        return out
    else:
        out = prim.zeros((x.shape[0], y.shape[1]), dtype)
        for i in range(len(out)):
            for j in range(x.shape[1]):
                add_scaled(out[i], x[i, j], y[j])
        return out


@implements("numpy.dot", "ndarray.dot")
def dot(a, b, out=None):
    no_out(out)
    x = as_array(a)
    y = as_array(b)
    if x.ndim == 0 or y.ndim == 0:
        prim.error("np.dot with a number is not supported yet: multiply instead")
    elif x.ndim > 2 or y.ndim > 2:
        prim.error("np.dot of arrays with more than two dimensions is not supported yet")
    else:
        dtype = prim.result_type(prim.dtype(x), prim.dtype(y))
        return product_of(in_dtype(x, dtype), in_dtype(y, dtype), dtype)


@implements("numpy.outer")
def outer(a, b, out=None):
    no_out(out)
    x = as_array(a).ravel()
    y = as_array(b).ravel()
    dtype = prim.result_type(prim.dtype(x), prim.dtype(y))
    result = prim.empty((len(x), len(y)), dtype)
    for i in range(len(x)):
        for j in range(len(y)):
            result[i, j] = times(prim.cast(x[i], dtype), prim.cast(y[j], dtype))
    return result


@implements("numpy.trace", "ndarray.trace")
def trace(a, offset=0, axis1=0, axis2=1, dtype=None, out=None):
    no_out(out)
    x = as_array(a)
    if x.ndim != 2:
        prim.error("np.trace is supported for two dimensions, not for {}", x)
    elif axis1 != 0 or axis2 != 1:
        prim.error("axis1= and axis2= of np.trace are not supported")
    else:
        wanted = dtype_or(dtype, sum_dtype(prim.dtype(x)))
        return diagonal_of(x, offset).sum(0, wanted)


def diagonal_of(a, offset):
    """A view of a diagonal of a matrix."""
    rows, columns = a.shape
    down = max(-offset, 0)
    right = max(offset, 0)
    n = max(min(rows - down, columns - right), 0)
    at = down * a.strides[0] + right * a.strides[1] if n > 0 else 0
    return prim.view(a, (n,), (a.strides[0] + a.strides[1],), at)


@implements("numpy.diag")
def diag(v, k=0):
    x = as_array(v)
    if x.ndim == 1:
        n = len(x) + abs(k)
        out = prim.zeros((n, n), prim.dtype(x))
        line = diagonal_of(out, k)
        for i in range(len(x)):
            line[i] = x[i]
        return out
    elif x.ndim == 2:
        return diagonal_of(x, k).copy()
    else:
        prim.error("Input must be 1- or 2-d.")
