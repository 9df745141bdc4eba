"""Products of elements and of lines, diagonals: outer, diag.

Long sums of floats are the runtime's, which has BLAS; where it is NumPy's, they have NumPy's
bits. Integers are exact. Products of matrices are in `multiplying.py`.
"""

from arrays import of_length
from copying import as_array, duplicate
from on_threads import inner_parts
from outputs import deliver_same_kind


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


def is_routine(dtype):
    """Whether BLAS and LAPACK have routines for a dtype."""
    return prim.kind(dtype) == "f" or prim.kind(dtype) == "c"


def routine_number(dtype):
    """A dtype's number among the routines of BLAS and LAPACK."""
    if prim.kind(dtype) == "c":
        return 2 if dtype == prim.dtype(np.complex64) else 3
    else:
        return 0 if dtype == prim.dtype(np.float32) else 1


def inner_line(x, y, dtype):
    """The product of two vectors of one length."""
    if prim.kind(dtype) == "f":
        return prim.cast(
            prim.real_dot(routine_number(dtype), len(x), x, x.strides[0], y, y.strides[0]), dtype
        )
    elif prim.kind(dtype) == "c":
        return complex_inner(x, y, dtype, False)
    elif prim.on_threads_reduction and len(x) >= prim.enough:
        parts = inner_parts(x, y, dtype, inner_exact)
        total = prim.cast(0, dtype)
        for i in range(len(parts)):
            total = plus(total, parts[i])
        return total
    else:
        return inner_exact(x, y, dtype)


def inner_exact(x, y, dtype):
    """The product of two vectors of integers or booleans."""
    total = prim.cast(0, dtype)
    other = of_length(y, len(x))
    for i in range(len(x)):
        total = plus(total, times(x[i], other[i]))
    return total


def complex_inner(x, y, dtype, conjugated):
    """The product of two vectors of complex numbers, the first conjugated if asked."""
    out = prim.empty(1, dtype)
    prim.complex_dot(routine_number(dtype), len(x), x, x.strides[0], y, y.strides[0], conjugated, out)
    return out[0]


@implements("numpy.outer")
def outer(a, b, out=None):
    """All products of elements of two arrays, seen as vectors."""
    x = as_array(a).ravel()
    y = as_array(b).ravel()
    dtype = prim.result_type(prim.dtype(x), prim.dtype(y))
    result = prim.empty((len(x), len(y)), dtype)
    for i in range(len(x)):
        p = prim.cast(x[i], dtype)
        for j in range(len(y)):
            result[i, j] = times(p, prim.cast(y[j], dtype))
    return deliver_same_kind(out, result)


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
