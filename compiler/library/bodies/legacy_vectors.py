"""Library bodies: vectors of NumPy's global `RandomState`, and angles: multinomial, dirichlet,
multivariate_normal, vonmises.

As in `legacy_distributions.py`, with the bits of NumPy's streams. The method for angles is by
D. J. Best and N. I. Fisher, Efficient simulation of the von Mises distribution (1979).
"""

import math

from copying import as_array
from drawn_items import compensated_sum
from generators import not_negative
from legacy_distributions import gamma_1, one_binomial
from legacy_draws import floats, number
from numpy_random import standard_normal


def of_vectors(size, d):
    """The shape of so many vectors."""
    if size is None:
        return (d,)
    elif prim.is_tuple(size):
        return size + (d,)
    else:
        return (int(size), d)


def line_of(x, name):
    """Parameters as a line of doubles."""
    given = as_array(x)
    if given.ndim != 1:
        prim.error("{} must be a line of numbers here", x)
    else:
        return given.astype(np.float64)


@implements("numpy.random.multinomial")
def multinomial(n, pvals, size=None):
    """How often each of several outcomes came in so many trials."""
    if not prim.is_integer(n):
        prim.error("np.random.multinomial() takes an integer as n here, not {}", n)
    else:
        chances = line_of(pvals, "pvals")
        d = len(chances)
        if not np.all((chances >= 0.0) & (chances <= 1.0)):
            raise ValueError("pvals < 0, pvals > 1 or pvals contains NaNs")
        if compensated_sum(chances, d - 1) > 1.0 + 1e-12:
            raise ValueError("sum(pvals[:-1]) > 1.0")
        if n < 0:
            raise ValueError("n < 0")
        out = prim.zeros(of_vectors(size, d), prim.dtype("int64"))
        rows = prim.view_c(out, (out.size // max(d, 1), d))
        for i in range(len(rows)):
            spread_trials(rows[i], int(n), chances)
        return out


def spread_trials(counts, n, chances):
    """One vector: binomial counts, each of what is left."""
    d = len(counts)
    left = n
    rest = 1.0
    for j in range(d - 1):
        p = prim.divide(float(chances[j]), rest)
        drawn = 0
        if left > 0 and p != 0.0:
            drawn = one_binomial(left, p, 0.0)
        counts[j] = drawn
        left = left - drawn
        if left <= 0:
            return
        rest = rest - float(chances[j])
    if left > 0 and d > 0:
        counts[d - 1] = left


@implements("numpy.random.dirichlet")
def dirichlet(alpha, size=None):
    """Parts of 1."""
    shapes = line_of(alpha, "alpha")
    k = len(shapes)
    if np.any(shapes <= 0.0):
        raise ValueError("alpha <= 0")
    out = prim.zeros(of_vectors(size, k), prim.dtype("float64"))
    rows = prim.view_c(out, (out.size // max(k, 1), k))
    for i in range(len(rows)):
        total = 0.0
        for j in range(k):
            x = gamma_1(float(shapes[j]))
            rows[i, j] = x
            total = total + x
        factor = prim.divide(1.0, total)
        for j in range(k):
            rows[i, j] = rows[i, j] * factor
    return out


@implements("numpy.random.multivariate_normal")
def multivariate_normal(mean, cov, size=None, check_valid="warn", tol=1e-8):
    """Normal variates by the singular values of their covariances."""
    if not prim.is_literal(check_valid):
        prim.error("check_valid= must be written as a constant")
    m = as_array(mean)
    given = as_array(cov)
    if m.ndim != 1:
        raise ValueError("mean must be 1 dimensional")
    if given.ndim != 2:
        raise ValueError("cov must be 2 dimensional and square")
    if given.shape[0] != given.shape[1]:
        raise ValueError("cov must be 2 dimensional and square")
    if m.shape[0] != given.shape[0]:
        raise ValueError("mean and cov must have same length")
    if prim.kind(prim.dtype(m)) == "c" or prim.kind(prim.dtype(given)) == "c":
        prim.error("np.random.multivariate_normal() takes real numbers, not {}", cov)
    out = prim.empty(of_vectors(size, len(m)), prim.dtype("float64"))
    rows = standard_normal(out.size).reshape((-1, len(m)))
    c = given.astype(np.float64)
    u, s, v = np.linalg.svd(c)
    if check_valid != "ignore":
        if check_valid != "warn" and check_valid != "raise":
            raise ValueError("check_valid must equal 'warn', 'raise', or 'ignore'")
        if not np.allclose(np.dot(v.T * s, v), c, rtol=tol, atol=tol):
            if check_valid == "raise":
                raise ValueError("covariance is not symmetric positive-semidefinite.")
            prim.warn_note("np.random.RandomState(0).multivariate_normal(np.zeros(2), np.array([[1, 2], [2, 1]]))")
    made = np.dot(rows, np.sqrt(s)[:, None] * v)
    made += m
    return made.reshape(out.shape)


def one_angle(mu, kappa, c):
    if kappa != kappa:
        return kappa
    if kappa < 1e-8:
        return math.pi * (2.0 * prim.np_random() - 1.0)
    if kappa < 1e-5:
        s = prim.divide(1.0, kappa) + kappa
    else:
        r = 1.0 + prim.sqrt(1.0 + 4.0 * kappa * kappa)
        rho = prim.divide(r - prim.sqrt(2.0 * r), 2.0 * kappa)
        s = prim.divide(1.0 + rho * rho, 2.0 * rho)
    w = 0.0
    while True:
        z = math.cos(math.pi * prim.np_random())
        w = prim.divide(1.0 + s * z, s + z)
        y = kappa * (s - w)
        v = prim.np_random()
        if y * (2.0 - y) - v >= 0.0 or prim.log(prim.divide(y, v)) + 1.0 - y >= 0.0:
            break
    u = prim.np_random()
    angle = math.acos(w)
    if u < 0.5:
        angle = -angle
    angle = angle + mu
    turned = math.fmod(abs(angle) + math.pi, 2.0 * math.pi) - math.pi
    if angle < 0.0:
        return -turned
    return turned


@implements("numpy.random.vonmises")
def vonmises(mu, kappa, size=None):
    """Angles around one of them."""
    a = number(mu)
    b = number(kappa)
    not_negative(b, "kappa")
    return floats(size, one_angle, a, b, 0.0)
