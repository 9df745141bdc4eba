"""Library bodies: distributions of vectors of `numpy.random.Generator`."""

from broadcasting import item, shape_of, spread_to
from copying import as_array
from drawn_items import compensated_sum
from generators import given_int, incompatible, joined, number_at, probability


def with_last(size, n):
    """The shape of as many vectors as `size` says."""
    if size is None:
        return (n,)
    elif prim.is_tuple(size):
        return size + (n,)
    else:
        return (int(size), n)


@implements("Generator.dirichlet")
def dirichlet(rng, alpha, size=None):
    line = as_array(alpha)
    if line.ndim != 1:
        prim.error("alpha must be one-dimensional, not {}", alpha)
    a = line.astype(np.float64)
    if np.any(a < 0):
        raise ValueError("alpha < 0")
    k = len(a)
    out = prim.zeros(with_last(size, k), prim.dtype("float64"))
    if k > 0 and out.size > 0:
        if np.max(a) < 0.1:
            broken_sticks(rng, a, prim.view_c(out, out.size))
        else:
            normalized_gammas(rng, a, prim.view_c(out, out.size))
    return out


def broken_sticks(rng, a, out):
    """Small parameters: pieces of a stick, by beta variates (A. Gelman et al., "Bayesian
    Data Analysis", appendix A), which divides by nothing that might be zero."""
    k = len(a)
    rest = prim.empty(k, prim.dtype("float64"))
    total = 0.0
    for back in range(k):
        j = k - 1 - back
        total = total + a[j]
        rest[j] = total
    if total > 0.0:
        for i in range(len(out) // k):
            left = 1.0
            j = 0
            while j < k - 1:
                v = prim.rng_beta(rng, a[j], rest[j + 1])
                out[i * k + j] = left * v
                left = left * (1.0 - v)
                if rest[j + 1] == 0.0:
                    j = k
                j = j + 1
            out[i * k + k - 1] = left


def normalized_gammas(rng, a, out):
    k = len(a)
    for i in range(len(out) // k):
        total = 0.0
        for j in range(k):
            v = prim.rng_gamma_1(rng, a[j])
            out[i * k + j] = v
            total = total + v
        scale = prim.divide(1.0, total)
        for j in range(k):
            out[i * k + j] = out[i * k + j] * scale


@implements("Generator.multinomial")
def multinomial(rng, n, pvals, size=None):
    trials = given_int(n)
    given = as_array(pvals)
    if given.ndim == 0:
        raise ValueError("pvals must have at least 1 dimension and the last dimension of pvals must be greater than 0.")
    p = given.astype(np.float64, order="C")
    d = p.shape[p.ndim - 1]
    if d == 0:
        raise ValueError("pvals must have at least 1 dimension and the last dimension of pvals must be greater than 0.")
    probability(p, "pvals")
    line = prim.view_c(p, p.size)
    for i in range(len(line) // d):
        check_sum(line[i * d : i * d + d], given, prim.is_array(pvals))
    if prim.is_array(trials) or p.ndim > 1:
        return multinomials(rng, trials, p, size)
    out = prim.zeros(with_last(size, d), prim.dtype("int64"))
    if trials < 0:
        raise ValueError("n < 0")
    for i in range(out.size // d):
        prim.rng_multinomial(rng, trials, out, i * d, p, 0, d)
    return out


def check_sum(line, given, was_array):
    if compensated_sum(line, len(line) - 1) > 1.0 + 1e-12:
        if was_array and prim.kind(prim.dtype(given)) == "f" and prim.dtype(given) != prim.dtype("float64"):
            if np.sum(given) < 1.0001:
                if given.ndim == 1:
                    raise ValueError("sum(pvals[:-1].astype(np.float64)) > 1.0. The pvals array is cast to 64-bit floating point prior to checking the sum. Precision changes when casting may cause problems even if the sum of the original pvals is valid.")
                raise ValueError("sum(pvals[...,:-1].astype(np.float64)) > 1.0. The pvals array is cast to 64-bit floating point prior to checking the sum. Precision changes when casting may cause problems even if the sum of the original pvals is valid.")
        if given.ndim == 1:
            raise ValueError("sum(pvals[:-1]) > 1.0")
        raise ValueError("sum(pvals[...,:-1]) > 1.0")


def multinomials(rng, n, p, size):
    """Several: trials and probabilities are broadcast together."""
    if np.any(n < 0):
        raise ValueError("n < 0")
    d = p.shape[p.ndim - 1]
    # Where each vector of probabilities begins.
    starts = (np.arange(p.size // d) * d).reshape(p.shape[:-1])
    if size is None:
        shape = joined((shape_of(n), starts.shape))
    else:
        shape = prim.empty(size, prim.dtype("int8")).shape
        whole = joined((shape_of(n), starts.shape, shape))
        if len(whole) != len(shape):
            incompatible(shape, whole)
        elif whole != shape:
            incompatible(shape, whole)
    out = prim.zeros(shape + (d,), prim.dtype("int64"))
    rows(rng, out, spread_to(n, shape), spread_to(starts, shape), p, d)
    return out


def rows(rng, out, n, starts, base, d):
    if out.ndim == 1:
        prim.rng_multinomial(rng, whole_of(n), out, 0, base, whole_of(starts), d)
    else:
        for i in range(len(out)):
            rows(rng, out[i], item(n, i), item(starts, i), base, d)


def whole_of(x):
    if prim.is_array(x):
        return int(x[()])
    return int(x)


@implements("Generator.multivariate_hypergeometric")
def multivariate_hypergeometric(rng, colors, nsample, size=None, method="marginals"):
    if not prim.is_literal(method):
        prim.error("method= must be written as 'marginals' or 'count'")
    if method != "marginals" and method != "count":
        raise ValueError('method must be "count" or "marginals".')
    if not prim.is_integer(nsample):
        raise ValueError("nsample must be an integer")
    k = int(nsample)
    if k < 0:
        raise ValueError("nsample must be nonnegative.")
    given = as_array(colors)
    if given.ndim != 1 or prim.kind(prim.dtype(given)) not in ("i", "u"):
        raise ValueError("colors must be a one-dimensional sequence of nonnegative integers not exceeding 9223372036854775807.")
    if np.any(given < 0) or prim.dtype(given) == prim.dtype("uint64") and np.any(given > 9223372036854775807):
        raise ValueError("colors must be a one-dimensional sequence of nonnegative integers not exceeding 9223372036854775807.")
    counts = given.astype(np.int64)
    total = 0
    for i in range(len(counts)):
        if counts[i] > 9223372036854775807 - total:
            raise ValueError("sum(colors) must not exceed the maximum value of a 64 bit signed integer (9223372036854775807)")
        total = total + int(counts[i])
    if method == "marginals" and total >= 1000000000:
        raise ValueError('When method is "marginals", sum(colors) must be less than 1000000000.')
    if method == "count" and total > 1152921504606846975:
        raise ValueError("When method is 'count', sum(colors) must not exceed 1152921504606846975")
    if k > total:
        raise ValueError("nsample > sum(colors)")
    out = prim.zeros(with_last(size, len(counts)), prim.dtype("int64"))
    if len(counts) > 0:
        times = out.size // len(counts)
        if method == "count":
            if not prim.rng_colors_by_count(
                rng, total, len(counts), counts, k, times, out
            ):
                prim.guard(
                    False,
                    "MemoryError",
                    "Insufficient memory for multivariate_hypergeometric with method='count' and sum(colors)={}",
                    total,
                )
        else:
            prim.rng_colors_by_marginals(
                rng, total, len(counts), counts, k, times, out
            )
    return out


@implements("Generator.multivariate_normal")
def multivariate_normal(rng, mean, cov, size=None, check_valid="warn", tol=1e-8, *, method="svd"):
    if not prim.is_literal(method) or not prim.is_literal(check_valid):
        prim.error("method= and check_valid= must be written as constants")
    if method != "svd" and method != "eigh" and method != "cholesky":
        raise ValueError("method must be one of {'eigh', 'svd', 'cholesky'}")
    m = as_array(mean)
    given = as_array(cov)
    if prim.kind(prim.dtype(m)) == "c" or prim.kind(prim.dtype(given)) == "c":
        raise TypeError("mean and cov must not be complex")
    if m.ndim != 1:
        raise ValueError("mean must be 1 dimensional")
    if given.ndim != 2:
        raise ValueError("cov must be 2 dimensional and square")
    if given.shape[0] != given.shape[1]:
        raise ValueError("cov must be 2 dimensional and square")
    if m.shape[0] != given.shape[0]:
        raise ValueError("mean and cov must have same length")
    n = m.shape[0]
    out = prim.empty(with_last(size, n), prim.dtype("float64"))
    prim.rng_fill_normal(rng, 8, out, out.size)
    draws = prim.view_c(out, out.size).reshape((-1, n))
    c = given.astype(np.float64)
    if method == "cholesky":
        factor = np.linalg.cholesky(c)
    elif method == "eigh":
        s, u = np.linalg.eigh(c)
        check_psd(check_valid, not np.any(s < -tol))
        factor = u * np.sqrt(np.abs(s))
    else:
        u, s, vh = np.linalg.svd(c)
        if check_valid != "ignore":
            check_psd(check_valid, np.allclose(np.dot(vh.T * s, vh), c, rtol=tol, atol=tol))
        factor = u * np.sqrt(s)
    made = m + draws @ factor.T
    return made.reshape(out.shape)


def check_psd(check_valid, is_psd):
    if check_valid == "ignore":
        return
    if check_valid != "warn" and check_valid != "raise":
        raise ValueError("check_valid must equal 'warn', 'raise', or 'ignore'")
    if not is_psd:
        if check_valid == "raise":
            raise ValueError("covariance is not symmetric positive-semidefinite.")
        prim.warn_note(
            "np.random.default_rng(0).multivariate_normal(np.zeros(2), np.array([[1, 2], [2, 1]]))"
        )
