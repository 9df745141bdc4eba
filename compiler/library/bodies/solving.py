"""Linear equations: solve, inv, det, slogdet, cholesky, matrix_power.

By LAPACK where it is (`lapack.py`). Else matrices are factored by Gaussian elimination with
partial pivoting, row by row (Golub and Van Loan, Matrix Computations, 3.4), as LAPACK's
`getrf` does but in one block; results then differ from NumPy's in their last bits. Stacks of
matrices go one after the other. Integers become float64, float32 and complex64 stay.
"""

from arrays import of_length
from axes import without
from broadcasting import compatible, joint, strides_for
from copying import as_array, duplicate
from lapack import lapack_determinant, lapack_factor, lapack_inverse, lapack_inverse_found, lapack_solution
from multiplying import conjugated, matmul_of
from products import in_dtype


def linalg_dtype(dtype):
    """The dtype in which linear algebra computes."""
    if prim.kind(dtype) == "f" or prim.kind(dtype) == "c":
        return dtype
    elif prim.kind(dtype) == "b" or prim.kind(dtype) == "i" or prim.kind(dtype) == "u":
        return prim.dtype(np.float64)
    else:
        prim.error("array type {} is unsupported in linalg", dtype)


def wide_dtype(dtype):
    """The dtype in which matrices of a dtype are factored: NumPy has it always double."""
    return prim.result_type(linalg_dtype(dtype), prim.dtype(np.float64))


def common_dtype(x, y):
    """The dtype in which linear algebra computes with two arrays."""
    return prim.result_type(linalg_dtype(prim.dtype(x)), linalg_dtype(prim.dtype(y)))


def real_dtype(dtype):
    """The dtype of absolute values."""
    return prim.dtype(abs(prim.cast(0, dtype)))


def stack_of(a):
    """An array of matrices."""
    x = as_array(a)
    if x.ndim < 2:
        prim.error("the array {} must be at least two-dimensional", x)
    else:
        return x


def square(a):
    """An array of square matrices."""
    x = stack_of(a)
    prim.guard(
        x.shape[x.ndim - 1] == x.shape[x.ndim - 2],
        "numpy.linalg.LinAlgError",
        "Last 2 dimensions of the array must be square",
    )
    return x


def copied(x, dtype):
    """A copy in C order to work in."""
    return duplicate(x, dtype, "C")


def size_of(x):
    """A magnitude to compare pivots by: of complex numbers the sum of both parts'."""
    if prim.kind(prim.dtype(x)) == "c":
        return abs(x.real) + abs(x.imag)
    else:
        return abs(x)


def swap_rows(a, i, j):
    """Swaps two rows."""
    x = a[i]
    y = of_length(a[j], len(x))
    for k in range(len(x)):
        t = x[k]
        x[k] = y[k]
        y[k] = t


def subtract_row(a, i, factor, j, first):
    """``a[i, first:] -= factor * a[j, first:]``"""
    n = a.shape[1] - first
    x = prim.view_c(prim.view(a, (n,), (a.itemsize,), i * a.strides[0] + first * a.itemsize), n)
    y = prim.view_c(prim.view(a, (n,), (a.itemsize,), j * a.strides[0] + first * a.itemsize), n)
    for k in range(n):
        x[k] = x[k] - factor * y[k]


def eliminate(a, order):
    """Factors a matrix in place; gives the sign of the permutation, 0 where a pivot is 0.

    Row `i` of the factors is row ``order[i]`` of the matrix.
    """
    n = len(a)
    sign = 1
    for i in range(n):
        order[i] = i
    for j in range(n):
        best = j
        most = size_of(a[j, j])
        for i in range(j + 1, n):
            size = size_of(a[i, j])
            if size > most:
                most = size
                best = i
        if best != j:
            swap_rows(a, j, best)
            t = order[j]
            order[j] = order[best]
            order[best] = t
            sign = -sign
        pivot = a[j, j]
        if size_of(pivot) == 0:
            return 0
        for i in range(j + 1, n):
            factor = a[i, j] / pivot
            a[i, j] = factor
            if size_of(factor) != 0:
                subtract_row(a, i, factor, j, j + 1)
    return sign


def add_row(out, i, factor, j):
    """``out[i] -= factor * out[j]``"""
    x = out[i]
    y = of_length(out[j], len(x))
    for k in range(len(x)):
        x[k] = x[k] - factor * y[k]


def substitute(a, out):
    """Solves with factors, for right sides that are permuted, in place."""
    n = len(a)
    for i in range(n):
        for j in range(i):
            add_row(out, i, a[i, j], j)
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            add_row(out, i, a[i, j], j)
        row = out[i]
        pivot = a[i, i]
        for k in range(len(row)):
            row[k] = row[k] / pivot


def solve_matrix(out, a, b):
    """Solves for a matrix of right sides."""
    if prim.has_lapack:
        lapack_solution(out, a, b)
    else:
        solve_by_elimination(out, a, b)


def solve_by_elimination(out, a, b):
    work = copied(a, prim.dtype(out))
    order = prim.empty(len(a), np.int64)
    if eliminate(work, order) == 0 and len(a) > 0:
        prim.guard(False, "numpy.linalg.LinAlgError", "Singular matrix")
    for i in range(len(a)):
        for k in range(b.shape[1]):
            out[i, k] = prim.cast(b[order[i], k], prim.dtype(out))
    substitute(work, out)


def each_pair(f, out, a, b):
    """Calls a function for each matrix of stacks with as many axes."""
    if out.ndim == 2:
        f(out, a, b)
    else:
        for i in range(len(out)):
            each_pair(f, out[i], a[i], b[i])


def each(f, out, a):
    """The same for one stack."""
    if a.ndim == 2:
        f(out, a)
    else:
        for i in range(len(a)):
            each(f, out[i], a[i])


def each_number(f, out, a):
    """Numbers that belong to matrices."""
    if a.ndim == 3:
        for i in range(len(a)):
            out[i] = f(a[i])
    else:
        for i in range(len(a)):
            each_number(f, out[i], a[i])


def numbers_of(f, x, dtype):
    """A number for each matrix of a stack."""
    if x.ndim == 2:
        return f(x)
    else:
        out = prim.empty(x.shape[:x.ndim - 2], dtype)
        each_number(f, out, x)
        return out


def spread_last(x, batch):
    """A stack repeated to leading extents."""
    n = x.ndim - 2
    return prim.view(
        x, batch + x.shape[n:], strides_for(x.shape[:n], x.strides[:n], len(batch)) + x.strides[n:], 0
    )


@implements("numpy.linalg.solve")
def solve(a, b):
    """Solutions of linear equations."""
    x = square(a)
    y = as_array(b)
    dtype = common_dtype(x, y)
    n = x.shape[x.ndim - 1]
    wide = wide_dtype(dtype)
    if y.ndim == 0:
        prim.error("solve: Input operand 1 does not have enough dimensions: {}", y)
    elif y.ndim == 1:
        prim.guard(
            len(y) == n,
            "ValueError",
            "solve1: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (m,m),(m)->(m) (size {} is different from {})",
            len(y),
            n,
        )
        out = solve_stack(x, prim.view(y, (len(y), 1), (y.strides[0], 0), 0), wide)
        return in_dtype(prim.view_c(out, out.shape[:out.ndim - 1]), dtype)
    else:
        prim.guard(
            y.shape[y.ndim - 2] == n,
            "ValueError",
            "solve: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (m,m),(m,n)->(m,n) (size {} is different from {})",
            y.shape[y.ndim - 2],
            n,
        )
        return in_dtype(solve_stack(x, y, wide), dtype)


def solve_stack(x, y, dtype):
    """Solves for stacks whose inner extents fit."""
    if x.ndim == 2 and y.ndim == 2:
        out = prim.empty((x.shape[0], y.shape[1]), dtype)
        solve_matrix(out, x, y)
        return out
    else:
        s = x.shape[:x.ndim - 2]
        t = y.shape[:y.ndim - 2]
        prim.guard(
            compatible(s, t),
            "ValueError",
            "operands could not be broadcast together: stacks of shapes {} and {}",
            s,
            t,
        )
        batch = joint(s, t)
        out = prim.empty(batch + (x.shape[x.ndim - 1], y.shape[y.ndim - 1]), dtype)
        each_pair(solve_matrix, out, spread_last(x, batch), spread_last(y, batch))
        return out


def unit(n, dtype):
    """The identity matrix."""
    out = prim.zeros((n, n), dtype)
    for i in range(n):
        out[i, i] = prim.cast(1, dtype)
    return out


def invert(out, a):
    """The inverse of a matrix."""
    if prim.has_lapack:
        lapack_inverse(out, a)
    else:
        solve_by_elimination(out, a, unit(len(a), prim.dtype(out)))


def inverse_or_nan(out, a):
    """The inverse of a matrix; nan where there is none."""
    if prim.has_lapack:
        found = lapack_inverse_found(out, a)
    else:
        found = eliminate(copied(a, prim.dtype(out)), prim.empty(len(a), np.int64)) != 0
        if found:
            invert(out, a)
    if not found:
        for i in range(len(out)):
            for k in range(len(out)):
                out[i, k] = prim.cast(np.nan, prim.dtype(out))


@implements("numpy.linalg.inv")
def inv(a):
    """Inverse matrices."""
    x = square(a)
    out = prim.empty(x.shape, wide_dtype(prim.dtype(x)))
    each(invert, out, x)
    return in_dtype(out, linalg_dtype(prim.dtype(x)))


# Determinants


def det_of(a):
    """The determinant of a matrix."""
    if prim.has_lapack:
        return lapack_determinant(a, wide_dtype(prim.dtype(a)))[2]
    else:
        return det_by_elimination(a)


def det_by_elimination(a):
    dtype = wide_dtype(prim.dtype(a))
    work = copied(a, dtype)
    sign = eliminate(work, prim.empty(len(a), np.int64))
    total = prim.cast(sign, dtype)
    if sign != 0:
        for i in range(len(a)):
            total = total * work[i, i]
    return total


@implements("numpy.linalg.det")
def det(a):
    """Determinants."""
    x = square(a)
    return narrowed(numbers_of(det_of, x, wide_dtype(prim.dtype(x))), linalg_dtype(prim.dtype(x)))


def narrowed(x, dtype):
    """An array or number in a dtype."""
    if prim.is_array(x):
        return in_dtype(x, dtype)
    else:
        return prim.cast(x, dtype)


def sign_and_log(a):
    """The sign, or for complex numbers the direction, and the logarithm of the magnitude."""
    if prim.has_lapack:
        return lapack_determinant(a, wide_dtype(prim.dtype(a)))[:2]
    else:
        return sign_by_elimination(a)


def sign_by_elimination(a):
    dtype = wide_dtype(prim.dtype(a))
    work = copied(a, dtype)
    turns = eliminate(work, prim.empty(len(a), np.int64))
    sign = prim.cast(turns, dtype)
    log = abs(prim.cast(0, dtype))
    if turns == 0:
        return sign, log - prim.cast(np.inf, prim.dtype(log))
    for i in range(len(a)):
        size = abs(work[i, i])
        sign = sign * (work[i, i] / size)
        log = log + np.log(size)
    return sign, log


def each_sign(signs, logs, a):
    if a.ndim == 3:
        for i in range(len(a)):
            sign, log = sign_and_log(a[i])
            signs[i] = sign
            logs[i] = log
    else:
        for i in range(len(a)):
            each_sign(signs[i], logs[i], a[i])


@implements("numpy.linalg.slogdet")
def slogdet(a):
    """Signs of determinants and logarithms of their magnitudes."""
    x = square(a)
    if x.ndim == 2:
        sign, log = sign_and_log(x)
        dtype = linalg_dtype(prim.dtype(x))
        return prim.SlogdetResult(prim.cast(sign, dtype), prim.cast(log, real_dtype(dtype)))
    else:
        dtype = wide_dtype(prim.dtype(x))
        signs = prim.empty(x.shape[:x.ndim - 2], dtype)
        logs = prim.empty(x.shape[:x.ndim - 2], real_dtype(dtype))
        each_sign(signs, logs, x)
        dtype = linalg_dtype(prim.dtype(x))
        return prim.SlogdetResult(in_dtype(signs, dtype), in_dtype(logs, real_dtype(dtype)))


# Cholesky


def inner_rows(x, y, n):
    """``sum(x[:n] * conj(y[:n]))``"""
    total = prim.cast(0, prim.dtype(x))
    for k in range(n):
        total = total + x[k] * np.conjugate(y[k])
    return total


def cholesky_lower(out, a):
    """The lower factor, from the lower half of a matrix."""
    if prim.has_lapack:
        lapack_factor(out, a, False)
    else:
        lower_factor(out, a)


def lower_factor(out, a):
    n = len(a)
    for i in range(n):
        for j in range(i):
            rest = prim.cast(a[i, j], prim.dtype(out)) - inner_rows(out[i], out[j], j)
            out[i, j] = rest / out[j, j]
        rest = prim.cast(a[i, i], prim.dtype(out)).real - inner_rows(out[i], out[i], i).real
        if not rest > 0:
            prim.guard(False, "numpy.linalg.LinAlgError", "Matrix is not positive definite")
        out[i, i] = prim.cast(np.sqrt(rest), prim.dtype(out))


@implements("numpy.linalg.cholesky")
def cholesky(a, /, *, upper=False):
    """Triangular factors of positive definite matrices."""
    x = square(a)
    out = prim.zeros(x.shape, wide_dtype(prim.dtype(x)))
    if upper:
        # From the upper half: the factor of the conjugate transpose.
        each(cholesky_upper, out, x)
    else:
        each(cholesky_lower, out, x)
    return in_dtype(out, linalg_dtype(prim.dtype(x)))


def cholesky_upper(out, a):
    """The upper factor, from the upper half of a matrix."""
    if prim.has_lapack:
        lapack_factor(out, a, True)
    else:
        upper_factor(out, a)


def upper_factor(out, a):
    work = prim.zeros(a.shape, prim.dtype(out))
    lower_factor(work, conjugated(a).T)
    for i in range(len(a)):
        for j in range(i + 1):
            out[j, i] = np.conjugate(work[i, j])


# Powers


def unit_stack(x, dtype):
    """Identity matrices in the shape of a stack."""
    out = prim.zeros(x.shape, dtype)
    each(fill_unit_of, out, x)
    return out


def fill_unit_of(out, a):
    for i in range(len(out)):
        out[i, i] = prim.cast(1, prim.dtype(out))


def power_by_squares(x, n):
    """A power for a positive exponent, by NumPy's order of products."""
    if n == 1:
        return x.copy()
    if n == 2:
        return matmul_of(x, x)
    if n == 3:
        return matmul_of(matmul_of(x, x), x)
    square_of = x.copy()
    result = x.copy()
    found = False
    rest = n
    while rest > 0:
        if rest % 2 == 1:
            if found:
                result = matmul_of(result, square_of)
            else:
                result = square_of
                found = True
        rest = rest // 2
        if rest > 0:
            square_of = matmul_of(square_of, square_of)
    return result


@implements("numpy.linalg.matrix_power")
def matrix_power(a, n):
    """Powers of square matrices, by repeated squaring."""
    x = square(a)
    if not prim.is_integer(n):
        prim.error("exponent must be an integer, not {}", n)
    elif prim.is_literal(n) and n < 0:
        return power_by_squares(inv(x), -n)
    elif prim.is_literal(n) and n == 0:
        return unit_stack(x, prim.dtype(x))
    elif prim.is_literal(n):
        return power_by_squares(copied(x, prim.dtype(x)), n)
    else:
        if n == 0:
            return unit_stack(x, prim.dtype(x))
        return power_or_inverse(x, n)


def power_or_inverse(x, n):
    """A power whose exponent isn't known; of integers a negative one is refused."""
    if prim.kind(prim.dtype(x)) == "f" or prim.kind(prim.dtype(x)) == "c":
        if n < 0:
            return power_by_squares(inv(x), -n)
        return power_by_squares(copied(x, prim.dtype(x)), n)
    else:
        if n < 0:
            raise TypeError("a negative power of integers needs a constant exponent, since its dtype is float64")
        return power_by_squares(copied(x, prim.dtype(x)), n)
