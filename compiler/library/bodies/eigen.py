"""Eigenvalues and eigenvectors: eigh, eigvalsh, eig, eigvals.

By LAPACK where it is (`lapack.py`). Else Hermitian matrices by Jacobi's method, cyclic (Golub and Van Loan, Matrix Computations, 8.5);
general ones: Hessenberg form and the QR algorithm with Wilkinson's shifts, in complex
numbers (the same, 7.5); these aren't in LAPACK's order, and their vectors have norm 1 and a
largest element that is real and positive. NumPy gives real numbers where a real matrix has
no complex eigenvalues; types can't depend on values here, so that the results of `eig` and
`eigvals` are always complex.
"""

from arrays import of_length
from lapack import lapack_eigenvalues, lapack_general
from products import in_dtype
from solving import copied, linalg_dtype, real_dtype, square, wide_dtype


def take_half(work, a, lower):
    """The matrix that one half of `a` stands for."""
    for i in range(len(a)):
        work[i, i] = prim.cast(prim.cast(a[i, i], prim.dtype(work)).real, prim.dtype(work))
        for k in range(i):
            x = prim.cast(a[i, k] if lower else a[k, i], prim.dtype(work))
            work[i, k] = x if lower else np.conjugate(x)
            work[k, i] = np.conjugate(x) if lower else x


def turn_rows(a, i, j, c, s):
    """``a[i], a[j] = c * a[i] - s * a[j], conj(s) * a[i] + c * a[j]``"""
    x = a[i]
    y = of_length(a[j], len(x))
    t = np.conjugate(s)
    for k in range(len(x)):
        p = x[k]
        q = y[k]
        x[k] = c * p - s * q
        y[k] = t * p + c * q


def turn_columns(a, i, j, c, s):
    """The columns, by the conjugate transpose of the same."""
    t = np.conjugate(s)
    for k in range(len(a)):
        p = a[k, i]
        q = a[k, j]
        a[k, i] = c * p - t * q
        a[k, j] = s * p + c * q


def clear(work, v, i, j):
    """Makes an element zero; gives whether it mattered."""
    r = work[i, j]
    size = abs(r)
    p = work[i, i].real
    q = work[j, j].real
    if size == 0 or (abs(p) + size == abs(p) and abs(q) + size == abs(q)):
        return False
    tau = (q - p) / (size + size)
    t = 1 / (abs(tau) + np.hypot(prim.cast(1, prim.dtype(tau)), tau))
    if tau < 0:
        t = -t
    c = 1 / np.sqrt(1 + t * t)
    s = prim.cast(c * t, prim.dtype(r)) * (r / size)
    turn_rows(work, i, j, prim.cast(c, prim.dtype(r)), s)
    turn_columns(work, i, j, prim.cast(c, prim.dtype(r)), s)
    work[i, j] = prim.cast(0, prim.dtype(r))
    work[j, i] = prim.cast(0, prim.dtype(r))
    # Rows of `v` are conjugated vectors.
    turn_rows(v, i, j, prim.cast(c, prim.dtype(r)), s)
    return True


def jacobi(values, vectors, a, lower):
    """Eigenvalues in ascending order, and their vectors as columns."""
    n = len(a)
    dtype = prim.dtype(vectors)
    work = prim.empty((n, n), dtype)
    take_half(work, a, lower)
    v = prim.zeros((n, n), dtype)
    for i in range(n):
        v[i, i] = prim.cast(1, dtype)
    rest = True
    sweep = 0
    while rest:
        rest = False
        for i in range(n):
            for j in range(i + 1, n):
                if clear(work, v, i, j):
                    rest = True
        sweep += 1
        prim.guard(sweep < 60, "numpy.linalg.LinAlgError", "Eigenvalues did not converge")
    for i in range(n):
        values[i] = work[i, i].real
    for i in range(n):
        least = i
        for j in range(i + 1, n):
            if values[j] < values[least]:
                least = j
        if least != i:
            t = values[i]
            values[i] = values[least]
            values[least] = t
            turn_rows(v, i, least, prim.cast(0, dtype), prim.cast(-1, dtype))
        for k in range(n):
            vectors[k, i] = np.conjugate(v[i, k])


def each_eigenvalues(values, vectors, a, lower, wants_vectors):
    if a.ndim == 2:
        if prim.has_lapack:
            lapack_eigenvalues(values, vectors, a, lower, wants_vectors)
        else:
            jacobi(values, vectors, a, lower)
    else:
        for i in range(len(a)):
            each_eigenvalues(values[i], vectors[i], a[i], lower, wants_vectors)


def is_lower(UPLO):
    """Which half is looked at."""
    if UPLO == "L" or UPLO == "l":
        return True
    elif UPLO == "U" or UPLO == "u":
        return False
    else:
        prim.error("UPLO argument must be a constant 'L' or 'U'")


@implements("numpy.linalg.eigh")
def eigh(a, UPLO="L"):
    """Eigenvalues and eigenvectors of Hermitian matrices."""
    values, vectors = of_hermitian(a, UPLO, True)
    return prim.EighResult(values, vectors)


def of_hermitian(a, UPLO, wants_vectors):
    """Eigenvalues, and vectors if they are wanted."""
    x = square(a)
    dtype = linalg_dtype(prim.dtype(x))
    wide = wide_dtype(dtype)
    values = prim.empty(x.shape[:x.ndim - 1], np.float64)
    vectors = prim.empty(x.shape, wide)
    each_eigenvalues(values, vectors, x, is_lower(UPLO), wants_vectors)
    return in_dtype(values, real_dtype(dtype)), in_dtype(vectors, dtype)


@implements("numpy.linalg.eigvalsh")
def eigvalsh(a, UPLO="L"):
    """Eigenvalues of Hermitian matrices."""
    return of_hermitian(a, UPLO, False)[0]


# General matrices


def complex_dtype(dtype):
    """The complex dtype of a precision."""
    return prim.result_type(linalg_dtype(dtype), prim.dtype(np.complex64))


def hessenberg(h, q):
    """Clears what is below the first subdiagonal, by reflections that `q` collects."""
    n = len(h)
    v = prim.empty(n, prim.dtype(h))
    for j in range(n - 2):
        most = abs(h[j + 1, j]) - abs(h[j + 1, j])
        for i in range(j + 1, n):
            size = abs(h[i, j])
            most = most + size * size
        norm = np.sqrt(most)
        head = abs(h[j + 1, j])
        if norm > head or head == 0:
            if norm > 0:
                for i in range(j + 1, n):
                    v[i] = h[i, j]
                if head > 0:
                    v[j + 1] = v[j + 1] + (v[j + 1] / head) * norm
                else:
                    v[j + 1] = prim.cast(norm, prim.dtype(h))
                total = norm - norm
                for i in range(j + 1, n):
                    size = abs(v[i])
                    total = total + size * size
                reflect_left(h, v, j + 1, 2 / total)
                reflect_right(h, v, j + 1, 2 / total)
                reflect_right(q, v, j + 1, 2 / total)
                for i in range(j + 2, n):
                    h[i, j] = prim.cast(0, prim.dtype(h))


def reflect_left(a, v, first, factor):
    """``a -= factor * v (v^H a)``"""
    for k in range(a.shape[1]):
        total = prim.cast(0, prim.dtype(a))
        for i in range(first, len(a)):
            total = total + np.conjugate(v[i]) * a[i, k]
        total = total * factor
        for i in range(first, len(a)):
            a[i, k] = a[i, k] - v[i] * total


def reflect_right(a, v, first, factor):
    """``a -= factor * (a v) v^H``"""
    for i in range(len(a)):
        total = prim.cast(0, prim.dtype(a))
        for k in range(first, len(v)):
            total = total + a[i, k] * v[k]
        total = total * factor
        for k in range(first, len(v)):
            a[i, k] = a[i, k] - total * np.conjugate(v[k])


def complex_root(z):
    """A square root of a complex number."""
    size = abs(z)
    if size == 0:
        return z
    p = np.sqrt((size + abs(z.real)) / 2)
    q = z.imag / (p + p)
    if z.real >= 0:
        return prim.cast(p, prim.dtype(z)) + prim.cast(q, prim.dtype(z)) * 1j
    return prim.cast(q, prim.dtype(z)) + prim.cast(p, prim.dtype(z)) * 1j


def shift_of(h, m):
    """The eigenvalue of the last two rows that is nearer to the last element."""
    a = h[m - 1, m - 1]
    b = h[m - 1, m]
    c = h[m, m - 1]
    d = h[m, m]
    half = (a - d) / 2
    root = complex_root(half * half + b * c)
    if abs(half + root) < abs(half - root):
        root = -root
    whole = half + root
    if abs(whole) == 0:
        return d
    return d - (b * c) / whole


def triangular(h, q):
    """Makes a Hessenberg matrix upper triangular by unitary turns that `q` collects."""
    n = len(h)
    eps = np.finfo(prim.dtype(abs(prim.cast(0, prim.dtype(h))))).eps
    m = n - 1
    tries = 0
    while m > 0:
        low = m
        while low > 0:
            near = abs(h[low - 1, low - 1]) + abs(h[low, low])
            if near == 0:
                near = near + 1
            if abs(h[low, low - 1]) <= eps * near:
                h[low, low - 1] = prim.cast(0, prim.dtype(h))
                break
            low -= 1
        if low == m:
            m -= 1
            tries = 0
        else:
            tries += 1
            prim.guard(tries < 300, "numpy.linalg.LinAlgError", "Eigenvalues did not converge")
            shift = shift_of(h, m)
            if tries % 10 == 0:
                # Another shift breaks cycles.
                shift = shift + abs(h[m, m - 1])
            qr_step(h, q, low, m, shift)


def qr_step(h, q, low, m, shift):
    """One step on the rows from `low` to `m`, by turns that chase the bulge."""
    x = h[low, low] - shift
    y = h[low + 1, low]
    for k in range(low, m):
        size = np.hypot(abs(x), abs(y))
        if size > 0:
            c = x / size
            s = y / size
            for j in range(max(k - 1, 0), len(h)):
                p = h[k, j]
                r = h[k + 1, j]
                h[k, j] = np.conjugate(c) * p + np.conjugate(s) * r
                h[k + 1, j] = c * r - s * p
            for i in range(min(k + 2, m) + 1):
                p = h[i, k]
                r = h[i, k + 1]
                h[i, k] = p * c + r * s
                h[i, k + 1] = np.conjugate(c) * r - np.conjugate(s) * p
            for i in range(len(q)):
                p = q[i, k]
                r = q[i, k + 1]
                q[i, k] = p * c + r * s
                q[i, k + 1] = np.conjugate(c) * r - np.conjugate(s) * p
        if k + 2 <= m:
            x = h[k + 1, k]
            y = h[k + 2, k]


def back_vectors(vectors, h, q):
    """Eigenvectors of ``q h q^H``, `h` triangular."""
    n = len(h)
    eps = np.finfo(prim.dtype(abs(prim.cast(0, prim.dtype(h))))).eps
    norm = abs(prim.cast(0, prim.dtype(h)))
    for i in range(n):
        for k in range(i, n):
            norm = max(norm, abs(h[i, k]))
    least = eps * norm if norm > 0 else norm + 1
    x = prim.empty(n, prim.dtype(h))
    for m in range(n):
        x[m] = prim.cast(1, prim.dtype(h))
        for i in range(m - 1, -1, -1):
            total = -h[i, m]
            for k in range(i + 1, m):
                total = total - h[i, k] * x[k]
            gap = h[i, i] - h[m, m]
            if abs(gap) < least:
                gap = prim.cast(least, prim.dtype(h))
            x[i] = total / gap
        column(vectors, q, x, m)


def column(vectors, q, x, m):
    """One vector, of norm 1, its largest element real."""
    n = len(q)
    most = abs(prim.cast(0, prim.dtype(x)))
    for k in range(m + 1):
        most = max(most, abs(x[k]))
    for k in range(m + 1):
        x[k] = x[k] / most
    total = most - most
    best = 0
    for i in range(n):
        value = prim.cast(0, prim.dtype(x))
        for k in range(m + 1):
            value = value + q[i, k] * x[k]
        vectors[i, m] = value
        size = abs(value)
        total = total + size * size
        if size > abs(vectors[best, m]):
            best = i
    head = vectors[best, m]
    factor = np.conjugate(head) / (abs(head) * np.sqrt(total))
    for i in range(n):
        vectors[i, m] = vectors[i, m] * factor
    vectors[best, m] = prim.cast(vectors[best, m].real, prim.dtype(vectors))


def decompose(values, vectors, a):
    """Eigenvalues and vectors of a matrix."""
    dtype = prim.dtype(values)
    n = len(a)
    h = copied(a, dtype)
    for i in range(n):
        for k in range(n):
            prim.guard(
                np.isfinite(h[i, k]), "numpy.linalg.LinAlgError", "Array must not contain infs or NaNs"
            )
    q = prim.zeros((n, n), dtype)
    for i in range(n):
        q[i, i] = prim.cast(1, dtype)
    hessenberg(h, q)
    triangular(h, q)
    for i in range(n):
        values[i] = h[i, i]
    back_vectors(vectors, h, q)


def each_decompose(values, vectors, a, wants_vectors):
    if a.ndim == 2:
        if prim.has_lapack:
            prim.guard(
                np.all(np.isfinite(a)), "numpy.linalg.LinAlgError", "Array must not contain infs or NaNs"
            )
            lapack_general(values, vectors, a, wide_dtype(prim.dtype(a)), wants_vectors)
        else:
            decompose(values, vectors, a)
    else:
        for i in range(len(a)):
            each_decompose(values[i], vectors[i], a[i], wants_vectors)


@implements("numpy.linalg.eig")
def eig(a):
    """Eigenvalues and eigenvectors, always complex."""
    values, vectors = of_general(a, True)
    return prim.EigResult(values, vectors)


def of_general(a, wants_vectors):
    """Eigenvalues, and vectors if they are wanted."""
    x = square(a)
    dtype = complex_dtype(prim.dtype(x))
    values = prim.empty(x.shape[:x.ndim - 1], np.complex128)
    vectors = prim.empty(x.shape, np.complex128)
    each_decompose(values, vectors, x, wants_vectors)
    return in_dtype(values, dtype), in_dtype(vectors, dtype)


@implements("numpy.linalg.eigvals")
def eigvals(a):
    """Eigenvalues, always complex."""
    return of_general(a, False)[0]
