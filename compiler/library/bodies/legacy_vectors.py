"""Library bodies: vectors of NumPy's global `RandomState`, and angles: multinomial, dirichlet, vonmises.

As in `legacy_distributions.py`, with the bits of NumPy's streams. The method for angles is by
D. J. Best and N. I. Fisher, Efficient simulation of the von Mises distribution (1979). Not
here: `hypergeometric`, `multivariate_normal`.
"""

import math

from copying import as_array
from drawn_items import compensated_sum
from generators import not_negative
from legacy_distributions import floats, gamma_1, one_binomial
from numpy_random import number


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
