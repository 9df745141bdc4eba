"""Matrix multiplication: matmul, `@`, dot, inner, vdot.

Floats and complex numbers are multiplied by the runtime, which has BLAS or a kernel of its
own. Of integers and booleans (`or` of `and`), rows of the result are built from rows of the
second matrix, which are contiguous, block by block so that what is read again is still in
the cache.
"""

from arrays import copy_elements, of_length
from axes import inserted, permuted, counted, product, without
from broadcasting import compatible, joint, strides_for
from copying import as_array, duplicate, has_c_order
from on_threads import product_on_threads
from outputs import check_out, rank
from products import complex_inner, in_dtype, inner_line, is_routine, plus, routine_number, times


def packed(a):
    """The array in C order; a copy where it isn't."""
    if prim.layout(a) == "C":
        return a
    else:
        if has_c_order(a):
            return prim.view_c(a, a.shape)
        return duplicate(a, prim.dtype(a), "C")


def part(a, offset, n):
    """A line of contiguous elements, from an offset in bytes."""
    return prim.view_c(prim.view(a, (n,), (a.itemsize,), offset), n)


def add_one(out, x, row):
    """``out += x * row``"""
    source = of_length(row, len(out))
    for k in range(len(out)):
        out[k] = plus(out[k], times(x, source[k]))


def add_four(out, x, i, j, y, offset):
    """Four rows of `y`, times four neighbours in a row of `x`, added in order."""
    n = len(out)
    step = y.strides[0]
    a = part(y, offset, n)
    b = part(y, offset + step, n)
    c = part(y, offset + 2 * step, n)
    d = part(y, offset + 3 * step, n)
    p, q, r, s = x[i, j], x[i, j + 1], x[i, j + 2], x[i, j + 3]
    for k in range(n):
        out[k] = plus(plus(plus(plus(out[k], times(p, a[k])), times(q, b[k])), times(r, c[k])), times(s, d[k]))


def add_product(out, x, y):
    """``out += x @ y`` of matrices; `out` and `y` are in C order."""
    rows, inner = x.shape
    columns = y.shape[1]
    for left in range(0, columns, 512):
        width = min(512, columns - left)
        for top in range(0, inner, 64):
            bottom = min(top + 64, inner)
            for i in range(rows):
                line = part(out, i * out.strides[0] + left * out.itemsize, width)
                j = top
                while j + 4 <= bottom:
                    add_four(line, x, i, j, y, j * y.strides[0] + left * y.itemsize)
                    j += 4
                while j < bottom:
                    add_one(line, x[i, j], part(y, j * y.strides[0] + left * y.itemsize, width))
                    j += 1


def fill_product(out, x, y):
    """``out[...] = x @ y`` of matrices of floats; `out` is in C order."""
    prim.matrix_product(
        routine_number(prim.dtype(out)), x.shape[0], y.shape[1], x.shape[1],
        x, x.strides[0], x.strides[1], y, y.strides[0], y.strides[1], out,
    )


def line_times(x, y, dtype):
    """A vector times a matrix."""
    if is_routine(dtype):
        out = prim.empty(y.shape[1], dtype)
        prim.matrix_product(
            routine_number(dtype), 1, y.shape[1], len(x), x, 0, x.strides[0], y, y.strides[0], y.strides[1], out
        )
        return out
    elif prim.layout(y) == "F":
        return times_line(y.T, x, dtype)
    else:
        out = prim.zeros(y.shape[1], dtype)
        for j in range(len(x)):
            add_one(out, x[j], y[j])
        return out


def times_line(x, y, dtype):
    """A matrix times a vector."""
    if is_routine(dtype):
        out = prim.empty(x.shape[0], dtype)
        prim.matrix_product(
            routine_number(dtype), x.shape[0], 1, len(y), x, x.strides[0], x.strides[1], y, y.strides[0], 0, out
        )
        return out
    elif prim.layout(x) == "F":
        return line_times(y, x.T, dtype)
    else:
        out = prim.empty(x.shape[0], dtype)
        for i in range(len(out)):
            out[i] = inner_line(x[i], y, dtype)
        return out


def matrices(x, y, dtype):
    """The product of two matrices."""
    if is_routine(dtype):
        out = prim.empty((x.shape[0], y.shape[1]), dtype)
        fill_product(out, x, y)
        return out
    else:
        out = prim.zeros((x.shape[0], y.shape[1]), dtype)
        if prim.on_threads_numpy and len(out) > 1 and out.size * len(y) >= 8 * prim.enough:
            product_on_threads(out, x, packed(y), add_product)
        else:
            add_product(out, x, packed(y))
        return out


def stacks(out, x, y):
    """Products of stacks with as many axes; those of integers are added."""
    if out.ndim == 2:
        if is_routine(prim.dtype(out)):
            fill_product(out, x, y)
        else:
            add_product(out, x, packed(y))
    else:
        for i in range(len(out)):
            stacks(out[i], x[i], y[i])


def holes(n):
    """Places for extents in a message."""
    if n == 0:
        return ""
    else:
        return "{}," + holes(n - 1)


def matching(x, y, n, m):
    """Raises what NumPy does unless the inner extents are equal."""
    prim.guard(
        n == m,
        "ValueError",
        "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size {} is different from {})",
        m,
        n,
    )


def spread_stack(x, batch):
    """A stack of matrices repeated to leading extents."""
    n = x.ndim - 2
    strides = strides_for(x.shape[:n], x.strides[:n], len(batch)) + x.strides[n:]
    return prim.view(x, batch + x.shape[n:], strides, 0)


def common_batch(x, y):
    """The leading extents of two stacks."""
    s = x.shape[:x.ndim - 2]
    t = y.shape[:y.ndim - 2]
    prim.guard(
        compatible(s, t),
        "ValueError",
        "operands could not be broadcast together with remapped shapes [original->remapped]: {}->("
        + holes(len(s)) + "newaxis,newaxis) {}->(" + holes(len(t)) + "newaxis,newaxis)  and requested shape {}",
        *((x.shape,) + s + (y.shape,) + t + ((x.shape[x.ndim - 2], y.shape[y.ndim - 1]),))
    )
    return joint(s, t)


def as_matrix(x, axis):
    """A vector as a matrix of one row or column."""
    return prim.view(x, inserted(x.shape, axis, 1), inserted(x.strides, axis, 0), 0)


def matmul_in(x, y, dtype):
    """The product of arrays of one dtype with one axis or more."""
    if y.ndim == 1:
        matching(x, y, x.shape[x.ndim - 1], len(y))
    else:
        matching(x, y, x.shape[x.ndim - 1], y.shape[y.ndim - 2])
    if x.ndim == 1 and y.ndim == 1:
        return inner_line(x, y, dtype)
    elif x.ndim == 2 and y.ndim == 1:
        return times_line(x, y, dtype)
    elif x.ndim == 1 and y.ndim == 2:
        return line_times(x, y, dtype)
    elif x.ndim == 2 and y.ndim == 2:
        return matrices(x, y, dtype)
    elif y.ndim == 1:
        out = matmul_in(x, as_matrix(y, 1), dtype)
        return prim.view_c(out, out.shape[:out.ndim - 1])
    elif x.ndim == 1:
        out = matmul_in(as_matrix(x, 0), y, dtype)
        return prim.view_c(out, without(out.shape, out.ndim - 2))
    else:
        batch = common_batch(x, y)
        out = prim.zeros(batch + (x.shape[x.ndim - 2], y.shape[y.ndim - 1]), dtype)
        stacks(out, spread_stack(x, batch), spread_stack(y, batch))
        return out


def matmul_of(a, b):
    """``a @ b``"""
    if prim.is_number(a):
        prim.error("matmul: Input operand 0 does not have enough dimensions (has 0, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires 1): {}", a)
    elif prim.is_number(b):
        prim.error("matmul: Input operand 1 does not have enough dimensions (has 0, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires 1): {}", b)
    else:
        x = as_array(a)
        y = as_array(b)
        if x.ndim == 0:
            prim.error("matmul: Input operand 0 does not have enough dimensions (has 0, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires 1): {}", a)
        elif y.ndim == 0:
            prim.error("matmul: Input operand 1 does not have enough dimensions (has 0, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires 1): {}", b)
        else:
            dtype = prim.result_type(prim.dtype(x), prim.dtype(y))
            return matmul_in(in_dtype(x, dtype), in_dtype(y, dtype), dtype)


def matmul_into(a, b):
    """``a @= b``"""
    if not prim.is_array(a) or a.ndim < 2:
        prim.error("inplace matrix multiplication requires the first operand to have at least one and the second at least two dimensions: {}", a)
    elif prim.readonly(a):
        raise ValueError("output array is read-only")
    else:
        return stored(a, matmul_of(a, b))


def stored(out, result):
    """The result in an array of its shape."""
    if not prim.is_array(result) or result.ndim != out.ndim:
        prim.error("the product has another number of dimensions than the array that it is stored in, {}", out)
    elif rank(prim.dtype(result)) > rank(prim.dtype(out)):
        prim.error("Cannot cast ufunc 'matmul' output to {} with casting rule 'same_kind'", out)
    else:
        prim.guard(
            out.shape == result.shape,
            "ValueError",
            "the product of shape {} doesn't fit the output of shape {}",
            result.shape,
            out.shape,
        )
        copy_elements(out, result)
        return out


@implements("numpy.matmul")
def matmul(x1, x2, /, out=None, *, dtype=None):
    """Matrix products, of stacks of matrices too."""
    if dtype is not None:
        wanted = prim.dtype_given(dtype)
        result = matmul_of(in_dtype(as_array(x1), wanted), in_dtype(as_array(x2), wanted))
    else:
        result = matmul_of(x1, x2)
    if out is None:
        return result
    else:
        check_out(out)
        return stored(out, result)


@implements("numpy.linalg.matmul")
def linalg_matmul(x1, x2, /):
    """`matmul` without keywords."""
    return matmul_of(x1, x2)


# dot and its kin


def aligned(x, y, i, j):
    """Raises what NumPy does unless two extents are equal."""
    if x.shape[i] != y.shape[j]:
        raise ValueError(
            f"shapes {spelled(x.shape)} and {spelled(y.shape)} not aligned: {x.shape[i]} (dim {i}) != {y.shape[j]} (dim {j})"
        )


def spelled(shape):
    """A shape as NumPy's C code writes it, without spaces."""
    if len(shape) == 1:
        return f"({shape[0]},)"
    return "(" + inside(shape) + ")"


def inside(shape):
    if len(shape) == 1:
        return f"{shape[0]}"
    return f"{shape[0]}," + inside(shape[1:])


def lines_times_lines(x, y, dtype):
    """The sums over the last axis of `x` and the first of `y`, of any number of axes each."""
    if x.ndim == 1 and y.ndim == 1:
        return inner_line(x, y, dtype)
    elif x.ndim == 2 and y.ndim == 1:
        return times_line(x, y, dtype)
    elif x.ndim == 1 and y.ndim == 2:
        return line_times(x, y, dtype)
    elif x.ndim == 2 and y.ndim == 2:
        return matrices(x, y, dtype)
    else:
        n = x.shape[x.ndim - 1]
        before = x.shape[:x.ndim - 1]
        after = y.shape[1:]
        left = prim.view_c(packed(x), (product(before), n))
        right = prim.view_c(packed(y), (n, product(after)))
        return prim.view_c(matrices(left, right, dtype), before + after)


def axis_first(y, axis):
    """The array with an axis in front."""
    order = (axis,) + without(counted(y.ndim), axis)
    if axis == 0:
        return y
    elif y.ndim == 2:
        return y.T
    else:
        return prim.view(y, permuted(y.shape, order), permuted(y.strides, order), 0)


def scaled(x, y, dtype):
    """The product with a number."""
    left = in_dtype(x, dtype)
    right = in_dtype(y, dtype)
    if x.ndim == 0 and y.ndim == 0:
        return times(left[()], right[()])
    elif x.ndim == 0:
        return left[()] * right
    else:
        return left * right[()]


def dot_of(a, b, axis):
    """Sums over the last axis of `a` and an axis of `b`, counted from its end."""
    x = as_array(a)
    y = as_array(b)
    dtype = prim.result_type(prim.dtype(x), prim.dtype(y))
    if x.ndim == 0 or y.ndim == 0:
        return scaled(x, y, dtype)
    elif y.ndim == 1:
        aligned(x, y, x.ndim - 1, 0)
        return lines_times_lines(in_dtype(x, dtype), in_dtype(y, dtype), dtype)
    elif axis == 1:
        # NumPy's message shows the second operand with its last two axes swapped.
        n = y.ndim
        order = counted(n - 2) + (n - 1, n - 2)
        aligned(x, prim.view(y, permuted(y.shape, order), permuted(y.strides, order), 0), x.ndim - 1, n - 2)
        return lines_times_lines(in_dtype(x, dtype), axis_first(in_dtype(y, dtype), n - 1), dtype)
    else:
        aligned(x, y, x.ndim - 1, y.ndim - axis)
        return lines_times_lines(in_dtype(x, dtype), axis_first(in_dtype(y, dtype), y.ndim - axis), dtype)


def exactly(out, result):
    """The result in an array that has its dtype, its shape and C order."""
    if out is None:
        return result
    else:
        check_out(out)
        if not prim.is_array(result):
            if out.ndim != 0 or prim.dtype(out) != prim.dtype(result):
                prim.error("output array is not acceptable (must have the right datatype, number of dimensions, and be a C-Array): {}", out)
            else:
                out[()] = result
        elif prim.dtype(out) != prim.dtype(result) or out.ndim != result.ndim:
            prim.error("output array is not acceptable (must have the right datatype, number of dimensions, and be a C-Array): {}", out)
        else:
            prim.guard(
                has_c_order(out) and out.shape == result.shape,
                "ValueError",
                "output array is not acceptable (must have the right datatype, number of dimensions, and be a C-Array)",
            )
            copy_elements(out, result)
        return out


@implements("numpy.dot", "ndarray.dot")
def dot(a, b, out=None):
    """Sums of products over the last axis of `a` and the last but one of `b`."""
    return exactly(out, dot_of(a, b, 2))


@implements("numpy.inner")
def inner(a, b, /):
    """Sums of products over the last axes."""
    return dot_of(a, b, 1)


@implements("numpy.vdot")
def vdot(a, b, /):
    """The product of two arrays as vectors; of complex numbers, with `a` conjugated."""
    x = as_array(a).ravel()
    y = as_array(b).ravel()
    prim.guard(len(x) == len(y), "ValueError", "cannot reshape array of size {} into shape {}", len(y), (len(x),))
    dtype = prim.result_type(prim.dtype(x), prim.dtype(y))
    if prim.kind(dtype) == "c":
        return complex_inner(in_dtype(x, dtype), in_dtype(y, dtype), dtype, True)
    else:
        return inner_line(in_dtype(x, dtype), in_dtype(y, dtype), dtype)


def conjugated(x):
    """The conjugate, of real numbers the array itself."""
    if prim.kind(prim.dtype(x)) == "c":
        return np.conjugate(x)
    else:
        return x
