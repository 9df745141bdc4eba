"""Orthogonal factors: qr.

By LAPACK where it is (`lapack.py`). Else Householder reflections with the signs of LAPACK's `larfg`: the new diagonal element has the
sign opposite to the old one's, and a column that is zero below the diagonal isn't reflected
(Golub and Van Loan, Matrix Computations, 5.2).
"""

from lapack import lapack_orthogonal
from products import in_dtype
from solving import copied, each, linalg_dtype, size_of, stack_of, wide_dtype


def column_norm(a, j, first):
    """The norm of a column from a row on, scaled so that it doesn't overflow."""
    most = abs(prim.cast(0, prim.dtype(a)))
    for i in range(first, len(a)):
        size = size_of(a[i, j])
        if size > most:
            most = size
    if most == 0 or not np.isfinite(most):
        return most
    total = most - most
    for i in range(first, len(a)):
        size = abs(a[i, j]) / most
        total = total + size * size
    return most * np.sqrt(total)


def reflector(a, j):
    """Makes the reflection that clears column `j` below the diagonal; gives its factor.

    The vector, without its first element of 1, is stored below the diagonal.
    """
    dtype = prim.dtype(a)
    rest = column_norm(a, j, j + 1)
    head = a[j, j]
    if rest == 0 and head.imag == 0:
        return prim.cast(0, dtype)
    norm = np.hypot(abs(head), rest)
    beta = -norm if head.real >= 0 else norm
    tau = prim.cast((beta - head) / beta, dtype)
    scale = head - beta
    for i in range(j + 1, len(a)):
        a[i, j] = a[i, j] / scale
    a[j, j] = prim.cast(beta, dtype)
    return tau


def reflect(target, a, j, tau, first, line):
    """Applies ``I - tau v v^H`` to the columns of `target` from one on."""
    n = target.shape[1]
    for k in range(first, n):
        line[k] = target[j, k]
    for i in range(j + 1, len(a)):
        v = np.conjugate(a[i, j])
        for k in range(first, n):
            line[k] = line[k] + v * target[i, k]
    for k in range(first, n):
        line[k] = tau * line[k]
        target[j, k] = target[j, k] - line[k]
    for i in range(j + 1, len(a)):
        v = a[i, j]
        for k in range(first, n):
            target[i, k] = target[i, k] - v * line[k]


def reduce_columns(a, taus):
    """Makes a matrix upper triangular; what is below the diagonal are the reflections."""
    n = a.shape[1]
    line = prim.empty(n, prim.dtype(a))
    for j in range(len(taus)):
        taus[j] = reflector(a, j)
        reflect(a, a, j, np.conjugate(taus[j]), j + 1, line)


def build(q, a, taus):
    """The product of the reflections, as many columns as `q` has."""
    line = prim.empty(q.shape[1], prim.dtype(q))
    for i in range(len(q)):
        for k in range(q.shape[1]):
            q[i, k] = prim.cast(1 if i == k else 0, prim.dtype(q))
    for j in range(len(taus) - 1, -1, -1):
        reflect(q, a, j, taus[j], 0, line)


def upper(r, a):
    """The upper triangle."""
    for i in range(len(r)):
        for k in range(r.shape[1]):
            if k >= i:
                r[i, k] = a[i, k]
            else:
                r[i, k] = prim.cast(0, prim.dtype(r))


def factor(q, r, a):
    """Both factors of a matrix."""
    if prim.has_lapack:
        raw = prim.empty(a.shape, prim.dtype(r))
        taus = prim.empty(min(a.shape[0], a.shape[1]), prim.dtype(r))
        lapack_orthogonal(q, raw, taus, a, q.shape[1])
        upper(r, raw)
    else:
        work = copied(a, prim.dtype(r))
        taus = prim.empty(min(a.shape[0], a.shape[1]), prim.dtype(r))
        reduce_columns(work, taus)
        upper(r, work)
        build(q, work, taus)


def factor_raw(raw, taus, a):
    """The triangular factor, what is below its diagonal, and the reflections' factors."""
    if prim.has_lapack:
        lapack_orthogonal(raw, raw, taus, a, 0)
    else:
        work = copied(a, prim.dtype(raw))
        reduce_columns(work, taus)
        for i in range(len(raw)):
            for k in range(raw.shape[1]):
                raw[i, k] = work[i, k]


def factor_r(r, a):
    """The triangular factor."""
    raw = prim.empty(a.shape, prim.dtype(r))
    factor_raw(raw, prim.empty(min(a.shape[0], a.shape[1]), prim.dtype(r)), a)
    upper(r, raw)


def each_raw(raw, taus, a):
    if a.ndim == 2:
        factor_raw(raw, taus, a)
    else:
        for i in range(len(a)):
            each_raw(raw[i], taus[i], a[i])


def each_factor(q, r, a):
    if a.ndim == 2:
        factor(q, r, a)
    else:
        for i in range(len(a)):
            each_factor(q[i], r[i], a[i])


@implements("numpy.linalg.qr")
def qr(a, mode="reduced"):
    """An orthogonal and an upper triangular factor."""
    x = stack_of(a)
    dtype = linalg_dtype(prim.dtype(x))
    wide = wide_dtype(dtype)
    batch = x.shape[:x.ndim - 2]
    m = x.shape[x.ndim - 2]
    n = x.shape[x.ndim - 1]
    if mode == "r":
        r = prim.empty(batch + (min(m, n), n), wide)
        each(factor_r, r, x)
        return in_dtype(r, dtype)
    elif mode == "complete":
        q = prim.empty(batch + (m, m), wide)
        r = prim.empty(batch + (m, n), wide)
        each_factor(q, r, x)
        return prim.QRResult(in_dtype(q, dtype), in_dtype(r, dtype))
    elif mode == "raw":
        raw = prim.empty(x.shape, wide)
        taus = prim.empty(batch + (min(m, n),), wide)
        each_raw(raw, taus, x)
        return np.swapaxes(in_dtype(raw, dtype), -1, -2), in_dtype(taus, dtype)
    elif mode == "reduced":
        q = prim.empty(batch + (m, min(m, n)), wide)
        r = prim.empty(batch + (min(m, n), n), wide)
        each_factor(q, r, x)
        return prim.QRResult(in_dtype(q, dtype), in_dtype(r, dtype))
    else:
        prim.error("the mode of np.linalg.qr must be a constant 'reduced', 'complete', 'r' or 'raw'")
