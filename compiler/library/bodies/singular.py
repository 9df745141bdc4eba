"""Singular values and what is made of them: svd, pinv, matrix_rank, lstsq, cond.

By LAPACK where it is (`lapack.py`). Else one-sided Jacobi: pairs of columns are turned until all are orthogonal (J. Demmel and
K. Veselic, Jacobi's method is more accurate than QR, 1992). Values agree with LAPACK's to
some units in the last place of the largest; vectors are determined but for a factor of
magnitude 1, and where values are equal, for more.
"""

from arrays import of_length
from copying import as_array
from eigen import of_hermitian
from lapack import lapack_least_squares, lapack_singular
from multiplying import conjugated, matmul_of
from products import in_dtype
from solving import common_dtype, copied, linalg_dtype, real_dtype, stack_of, wide_dtype


def dot_rows(x, y):
    """``sum(conj(x) * y)``"""
    total = prim.cast(0, prim.dtype(x))
    other = of_length(y, len(x))
    for k in range(len(x)):
        total = total + np.conjugate(x[k]) * other[k]
    return total


def square_sum(x):
    """The sum of squared magnitudes."""
    total = abs(prim.cast(0, prim.dtype(x)))
    for k in range(len(x)):
        size = abs(x[k])
        total = total + size * size
    return total


def turn(x, y, c, s):
    """``x, y = c * x - conj(s) * y, s * x + c * y``"""
    other = of_length(y, len(x))
    t = np.conjugate(s)
    for k in range(len(x)):
        p = x[k]
        q = other[k]
        x[k] = c * p - t * q
        other[k] = s * p + c * q


def turn_pair(w, v, i, j, tiny):
    """Makes two rows orthogonal; gives whether they weren't."""
    p = square_sum(w[i])
    q = square_sum(w[j])
    r = dot_rows(w[i], w[j])
    size = abs(r)
    if size == 0 or size <= tiny * np.sqrt(p) * np.sqrt(q):
        return False
    tau = (q - p) / (size + size)
    t = 1 / (abs(tau) + np.hypot(prim.cast(1, prim.dtype(tau)), tau))
    if tau < 0:
        t = -t
    c = 1 / np.sqrt(1 + t * t)
    s = prim.cast(c * t, prim.dtype(r)) * (r / size)
    turn(w[i], w[j], prim.cast(c, prim.dtype(r)), s)
    turn(v[i], v[j], prim.cast(c, prim.dtype(r)), s)
    return True


def orthogonalize(w, v):
    """Turns rows until they are orthogonal; `v` gets the same turns."""
    n = len(w)
    eps = np.finfo(prim.dtype(abs(prim.cast(0, prim.dtype(w))))).eps
    for sweep in range(60):
        turned = False
        for i in range(n):
            for j in range(i + 1, n):
                if turn_pair(w, v, i, j, eps):
                    turned = True
        if not turned:
            return
    prim.guard(False, "numpy.linalg.LinAlgError", "SVD did not converge")


def complete(rows, have):
    """Orthonormal rows from a position on, beside those before it."""
    n = rows.shape[1]
    for i in range(have, len(rows)):
        row = rows[i]
        for k in range(n):
            for m in range(n):
                row[m] = prim.cast(1 if m == k else 0, prim.dtype(rows))
            for again in range(2):
                for j in range(i):
                    part = dot_rows(rows[j], row)
                    other = of_length(rows[j], n)
                    for m in range(n):
                        row[m] = row[m] - part * other[m]
            rest = square_sum(row)
            # Some unit vector has at least this much left beside fewer than `n` others.
            if rest * 2 * n >= 1:
                size = np.sqrt(rest)
                for m in range(n):
                    row[m] = row[m] / size
                break


def largest(values, i):
    """The position of the largest value from one on."""
    best = i
    for j in range(i + 1, len(values)):
        if values[j] > values[best]:
            best = j
    return best


def swap(a, i, j):
    t = a[i]
    a[i] = a[j]
    a[j] = t


def swap_lines(a, i, j):
    x = a[i]
    y = of_length(a[j], len(x))
    for k in range(len(x)):
        t = x[k]
        x[k] = y[k]
        y[k] = t


def scale_of(w):
    """The largest magnitude; nan where there is one."""
    most = abs(prim.cast(0, prim.dtype(w)))
    for i in range(len(w)):
        for k in range(w.shape[1]):
            size = abs(w[i, k])
            if not size <= most:
                most = size
    return most


def decompose(left, s, right, w, v):
    """The decomposition of ``w.T``, which has no more columns than rows.

    Rows of `left` are left vectors, those of `right` conjugated right ones; `v` is square.
    """
    n = len(w)
    m = w.shape[1]
    scale = scale_of(w)
    prim.guard(np.isfinite(scale), "numpy.linalg.LinAlgError", "SVD did not converge")
    if scale == 0:
        scale = scale + 1
    for i in range(n):
        for k in range(m):
            w[i, k] = w[i, k] / scale
        for k in range(n):
            v[i, k] = prim.cast(1 if i == k else 0, prim.dtype(v))
    orthogonalize(w, v)
    for i in range(n):
        s[i] = np.sqrt(square_sum(w[i]))
    have = 0
    for i in range(n):
        j = largest(s, i)
        if j != i:
            swap(s, i, j)
            swap_lines(w, i, j)
            swap_lines(v, i, j)
        size = s[i]
        if size > 0:
            have = i + 1
        for k in range(m):
            left[i, k] = w[i, k] / size if size > 0 else w[i, k]
        for k in range(n):
            right[i, k] = np.conjugate(v[i, k])
        s[i] = size * scale
    complete(left, have)


def svd_matrix(u, s, vh, a):
    """The decomposition of a matrix."""
    dtype = prim.dtype(u)
    if a.shape[0] >= a.shape[1]:
        w = copied(a.T, dtype)
        left = prim.empty((u.shape[1], u.shape[0]), dtype)
        decompose(left, s, vh, w, prim.empty((len(w), len(w)), dtype))
        for i in range(len(u)):
            for k in range(u.shape[1]):
                u[i, k] = left[k, i]
    else:
        # The conjugate transpose, whose columns are the conjugated rows.
        w = copied(a, dtype)
        for i in range(len(w)):
            for k in range(w.shape[1]):
                w[i, k] = np.conjugate(w[i, k])
        right = prim.empty((len(w), len(w)), dtype)
        decompose(vh, s, right, w, prim.empty((len(w), len(w)), dtype))
        for i in range(len(u)):
            for k in range(u.shape[1]):
                u[i, k] = np.conjugate(right[k, i])
        for i in range(len(vh)):
            for k in range(vh.shape[1]):
                vh[i, k] = np.conjugate(vh[i, k])


def each_svd(u, s, vh, a, wanted):
    if a.ndim == 2:
        if prim.has_lapack:
            lapack_singular(u, s, vh, a, wanted)
        else:
            svd_matrix(u, s, vh, a)
    else:
        for i in range(len(a)):
            each_svd(u[i], s[i], vh[i], a[i], wanted)


def svd_of(x, full):
    """Left vectors, values and right vectors of a stack."""
    dtype = linalg_dtype(prim.dtype(x))
    batch = x.shape[:x.ndim - 2]
    m = x.shape[x.ndim - 2]
    n = x.shape[x.ndim - 1]
    k = min(m, n)
    wide = wide_dtype(dtype)
    u = prim.empty(batch + (m, m if full else k), wide)
    s = prim.empty(batch + (k,), np.float64)
    vh = prim.empty(batch + (n if full else k, n), wide)
    each_svd(u, s, vh, x, 2 if full else 1)
    return in_dtype(u, dtype), in_dtype(s, real_dtype(dtype)), in_dtype(vh, dtype)


def values_of(x):
    """Singular values of a stack."""
    if prim.has_lapack:
        dtype = linalg_dtype(prim.dtype(x))
        n = x.ndim - 2
        s = prim.empty(x.shape[:n] + (min(x.shape[n], x.shape[n + 1]),), np.float64)
        each_values(s, prim.empty(1, wide_dtype(dtype)), x)
        return in_dtype(s, real_dtype(dtype))
    else:
        return svd_of(x, False)[1]


def each_values(s, unused, a):
    if a.ndim == 2:
        lapack_singular(unused, s, unused, a, 0)
    else:
        for i in range(len(a)):
            each_values(s[i], unused, a[i])


def hermitian_values(x):
    """Singular values of Hermitian matrices."""
    return np.sort(abs(of_hermitian(x, "L", False)[0]))[..., ::-1]


def hermitian_svd(x):
    """The decomposition of Hermitian matrices, by their eigenvalues."""
    s, u = of_hermitian(x, "L", True)
    sign = np.sign(s)
    sizes = abs(s)
    order = np.argsort(sizes)[..., ::-1]
    u = np.take_along_axis(u, order[..., None, :], -1)
    signs = np.take_along_axis(sign, order, -1)
    vh = np.conjugate(np.swapaxes(u * signs[..., None, :], -2, -1))
    return u, np.take_along_axis(sizes, order, -1), vh


@implements("numpy.linalg.svd")
def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    """Left singular vectors, singular values, right singular vectors."""
    x = stack_of(a)
    if not prim.is_literal(compute_uv):
        prim.error("compute_uv must be a constant: the result's type depends on it")
    elif not prim.is_literal(hermitian):
        prim.error("hermitian must be a constant")
    elif hermitian:
        if compute_uv:
            u, s, vh = hermitian_svd(x)
            return prim.SVDResult(u, s, vh)
        else:
            return hermitian_values(x)
    elif compute_uv:
        u, s, vh = svd_of(x, full_matrices)
        return prim.SVDResult(u, s, vh)
    else:
        return values_of(x)


@implements("numpy.linalg.svdvals")
def svdvals(x, /):
    """Singular values."""
    return values_of(stack_of(x))


# What is made of them


def last_axis_max(s):
    """The largest of each line, along an axis that stays."""
    return s.max(s.ndim - 1, keepdims=True, initial=0)


def cutoff(x, s, tol, rtol, each_extent):
    """What is small enough to be zero."""
    m = x.shape[x.ndim - 2]
    n = x.shape[x.ndim - 1]
    if tol is not None:
        return tol
    elif rtol is not None:
        return last_axis_max(s) * rtol
    else:
        return last_axis_max(s) * (max(m, n) * np.finfo(prim.dtype(s)).eps)


@implements("numpy.linalg.matrix_rank")
def matrix_rank(A, tol=None, hermitian=False, *, rtol=None):
    """Numbers of singular values that aren't zero."""
    x = as_array(A)
    if not prim.is_literal(hermitian):
        prim.error("hermitian must be a constant")
    elif x.ndim < 2:
        return 1 if np.any(x != 0) else 0
    elif tol is not None and rtol is not None:
        prim.error("`tol` and `rtol` can't be both set.")
    elif prim.is_array(tol) or prim.is_array(rtol):
        prim.error("tol and rtol of np.linalg.matrix_rank must be numbers")
    else:
        s = hermitian_values(x) if hermitian else values_of(x)
        return np.count_nonzero(s > cutoff(x, s, tol, rtol, True), s.ndim - 1)


def inverse_values(s, least):
    """Reciprocals of what is larger; 0 else."""
    for i in range(len(s)):
        if s[i] > least:
            s[i] = 1 / s[i]
        else:
            s[i] = s[i] - s[i]


def pinv_matrix(out, a, rcond, hermitian):
    """The pseudo-inverse of a matrix."""
    c = conjugated(a)
    u, s, vh = hermitian_svd(c) if hermitian else svd_of(c, False)
    if len(s) > 0:
        inverse_values(s, prim.cast(rcond, prim.dtype(s)) * s.max())
    out[...] = matmul_of(vh.T, s[:, None] * u.T)


def each_pinv(out, a, rcond, hermitian):
    if a.ndim == 2:
        pinv_matrix(out, a, rcond, hermitian)
    else:
        for i in range(len(a)):
            each_pinv(out[i], a[i], rcond, hermitian)


@implements("numpy.linalg.pinv")
def pinv(a, rcond=None, hermitian=False, *, rtol=None):
    """Pseudo-inverses."""
    x = stack_of(a)
    dtype = linalg_dtype(prim.dtype(x))
    m = x.shape[x.ndim - 2]
    n = x.shape[x.ndim - 1]
    out = prim.empty(x.shape[:x.ndim - 2] + (n, m), dtype)
    if not prim.is_literal(hermitian):
        prim.error("hermitian must be a constant")
    elif rcond is not None and rtol is not None:
        prim.error("`rtol` and `rcond` can't be both set.")
    elif prim.is_array(rcond) or prim.is_array(rtol):
        prim.error("rcond and rtol of np.linalg.pinv must be numbers")
    elif rcond is not None:
        each_pinv(out, x, rcond, hermitian)
    elif rtol is not None:
        each_pinv(out, x, rtol, hermitian)
    else:
        each_pinv(out, x, 1e-15, hermitian)
    return out


@implements("numpy.linalg.lstsq")
def lstsq(a, b, rcond=None):
    """Least-squares solutions, sums of squared residuals, the rank, singular values."""
    x = as_array(a)
    y = as_array(b)
    if x.ndim != 2:
        prim.error("{} must be two-dimensional", x)
    elif y.ndim == 1:
        solution, residuals, rank, s = least_squares(x, prim.view(y, (len(y), 1), (y.strides[0], 0), 0), rcond)
        return prim.view_c(solution, len(solution)), residuals, rank, s
    elif y.ndim == 2:
        return least_squares(x, y, rcond)
    else:
        prim.error("{} must be one- or two-dimensional", y)


def least_squares(x, y, rcond):
    """The same for a matrix of right sides."""
    m = x.shape[0]
    n = x.shape[1]
    if m != y.shape[0]:
        prim.guard(False, "numpy.linalg.LinAlgError", "Incompatible dimensions")
    dtype = common_dtype(x, y)
    if prim.has_lapack:
        solution, residuals, rank, s = lapack_least_squares(x, y, rcond, wide_dtype(dtype))
    else:
        solution, residuals, rank, s = by_singular_values(x, y, rcond, wide_dtype(dtype))
    real = real_dtype(dtype)
    return in_dtype(solution, dtype), in_dtype(residuals, real), rank, in_dtype(s, real)


def by_singular_values(x, y, rcond, dtype):
    """The same by the singular values of the matrix."""
    m = x.shape[0]
    n = x.shape[1]
    work = copied(x, dtype)
    right = copied(y, dtype)
    u, s, vh = svd_of(work, False)
    least = s.sum() - s.sum()
    if len(s) > 0:
        if rcond is None:
            least = s[0] * prim.cast(np.finfo(prim.dtype(s)).eps * max(m, n), prim.dtype(s))
        elif rcond >= 0:
            least = s[0] * prim.cast(rcond, prim.dtype(s))
        else:
            least = s[0] * prim.cast(np.finfo(prim.dtype(s)).eps, prim.dtype(s))
    rank = 0
    for i in range(len(s)):
        if s[i] > least:
            rank += 1
    parts = matmul_of(conjugated(u).T, right)
    for i in range(len(s)):
        for k in range(parts.shape[1]):
            parts[i, k] = parts[i, k] / s[i] if i < rank else parts[i, k] - parts[i, k]
    solution = matmul_of(conjugated(vh).T, parts)
    known = rank == n and m > n
    residuals = prim.zeros(y.shape[1] if known else 0, prim.dtype(s))
    if known:
        error = matmul_of(work, solution)
        for i in range(m):
            for k in range(len(residuals)):
                size = abs(right[i, k] - error[i, k])
                residuals[k] = residuals[k] + size * size
    return solution, residuals, np.int32(rank), s
