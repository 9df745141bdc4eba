"""One matrix to LAPACK: the leaves of `solving.py`, `orthogonal.py`, `eigen.py`, `singular.py`.

For where `prim.has_lapack`. The routines and the sizes of their workspaces are those that
NumPy takes, so that with NumPy's own LAPACK results are NumPy's bits. Outputs are in C order;
matrices may have any strides, and are copied by the runtime.
"""

from products import in_dtype, routine_number


def rows_of(x):
    """How far apart rows are."""
    return x.strides[0]


def columns_of(x):
    return x.strides[1]


def lapack_solution(out, a, b):
    """Solves for a matrix of right sides."""
    dtype = prim.dtype(out)
    x = in_dtype(a, dtype)
    y = in_dtype(b, dtype)
    info = prim.lapack_solve(
        routine_number(dtype), len(x), y.shape[1], x, rows_of(x), columns_of(x), y, rows_of(y), columns_of(y), out
    )
    if info != 0:
        prim.guard(False, "numpy.linalg.LinAlgError", "Singular matrix")


def lapack_inverse_found(out, a):
    """The inverse of a matrix; whether there is one."""
    dtype = prim.dtype(out)
    x = in_dtype(a, dtype)
    return prim.lapack_inverse(routine_number(dtype), len(x), x, rows_of(x), columns_of(x), out) == 0


def lapack_inverse(out, a):
    """The inverse of a matrix."""
    if not lapack_inverse_found(out, a):
        prim.guard(False, "numpy.linalg.LinAlgError", "Singular matrix")


def lapack_determinant(a, dtype):
    """Sign, logarithm of the magnitude, and the determinant."""
    x = in_dtype(a, dtype)
    sign = prim.empty(1, dtype)
    log = prim.empty(1, prim.dtype(abs(prim.cast(0, dtype))))
    whole = prim.empty(1, dtype)
    prim.lapack_determinant(routine_number(dtype), len(x), x, rows_of(x), columns_of(x), sign, log, whole)
    return sign[0], log[0], whole[0]


def lapack_factor(out, a, upper):
    """The triangular factor of a positive definite matrix."""
    dtype = prim.dtype(out)
    x = in_dtype(a, dtype)
    if prim.lapack_cholesky(routine_number(dtype), upper, len(x), x, rows_of(x), columns_of(x), out) != 0:
        prim.guard(False, "numpy.linalg.LinAlgError", "Matrix is not positive definite")


def lapack_orthogonal(q, raw, taus, a, wanted):
    """The factored matrix, the reflections' factors and so many columns of Q."""
    dtype = prim.dtype(raw)
    x = in_dtype(a, dtype)
    info = prim.lapack_qr(
        routine_number(dtype), len(x), x.shape[1], wanted, x, rows_of(x), columns_of(x), raw, taus, q
    )
    if info != 0:
        prim.guard(False, "numpy.linalg.LinAlgError", "Incorrect argument found while performing QR factorization")


def lapack_eigenvalues(values, vectors, a, lower, wants_vectors):
    """Eigenvalues of a Hermitian matrix in ascending order, and vectors as columns if wanted."""
    dtype = prim.dtype(vectors)
    x = in_dtype(a, dtype)
    info = prim.lapack_eigh(
        routine_number(dtype), wants_vectors, not lower, len(x), x, rows_of(x), columns_of(x), values, vectors
    )
    if info != 0:
        prim.guard(False, "numpy.linalg.LinAlgError", "Eigenvalues did not converge")


def lapack_general(values, vectors, a, dtype, wants_vectors):
    """Complex eigenvalues of a matrix, and vectors as columns if wanted."""
    x = in_dtype(a, dtype)
    info = prim.lapack_eig(
        routine_number(dtype), wants_vectors, len(x), x, rows_of(x), columns_of(x), values, vectors
    )
    if info != 0:
        prim.guard(False, "numpy.linalg.LinAlgError", "Eigenvalues did not converge")


def fill_unit(out):
    """Makes a square matrix of zeros and ones on the diagonal."""
    for i in range(len(out)):
        for k in range(len(out)):
            out[i, k] = prim.cast(1 if i == k else 0, prim.dtype(out))


def lapack_singular(u, s, vh, a, wanted):
    """Singular values (0), as many vectors (1) or all vectors (2) of a matrix."""
    dtype = prim.dtype(u)
    x = in_dtype(a, dtype)
    if len(s) == 0 and wanted == 2:
        fill_unit(u)
        fill_unit(vh)
        return
    info = prim.lapack_svd(
        routine_number(dtype), wanted, len(x), x.shape[1], x, rows_of(x), columns_of(x), u, s, vh
    )
    if info != 0:
        prim.guard(False, "numpy.linalg.LinAlgError", "SVD did not converge")


def lapack_least_squares(x, y, rcond, dtype):
    """Solutions for right sides, sums of squared residuals, the rank and singular values."""
    m = x.shape[0]
    n = x.shape[1]
    sides = y.shape[1]
    a = in_dtype(x, dtype)
    b = in_dtype(y, dtype)
    real = prim.dtype(abs(prim.cast(0, dtype)))
    if sides == 0:
        b = prim.zeros((m, 1), dtype)
    solution = prim.zeros((n, b.shape[1]), dtype)
    sums = prim.zeros(b.shape[1], real)
    s = prim.empty(min(m, n), real)
    limit = np.float64(np.finfo(real).eps) * max(m, n) if rcond is None else np.float64(rcond)
    rank = 0
    if m > 0:
        rank = prim.lapack_least_squares(
            routine_number(dtype), m, n, b.shape[1], a, rows_of(a), columns_of(a), b, rows_of(b), columns_of(b),
            limit, solution, sums, s,
        )
        if rank < 0:
            prim.guard(False, "numpy.linalg.LinAlgError", "SVD did not converge in Linear Least Squares")
    residuals = prim.empty(sides if rank == n and m > n else 0, real)
    for i in range(len(residuals)):
        residuals[i] = sums[i]
    if sides == 0:
        solution = prim.zeros((n, 0), dtype)
    return solution, residuals, np.int32(rank), s
