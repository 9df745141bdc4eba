"""Gaussian quadrature for series of polynomials: points and weights.

The points are eigenvalues of the companion matrix of the last polynomial, which is
symmetric (Golub and Welsch, Calculation of Gauss Quadrature Rules, 1969), made better by
one step of Newton's method. High degrees are as good as NumPy's, which says that it tested up to 100.
"""


def positive_degree(deg):
    """The number of points."""
    if not prim.is_integer(deg):
        prim.error("deg must be an integer, received {}", deg)
    else:
        if deg <= 0:
            raise ValueError("deg must be a positive integer")
        return int(deg)


def last_polynomial(n):
    """The coefficients of one polynomial of a basis."""
    c = np.zeros(n + 1)
    c[n] = 1.0
    return c


def evened(x):
    """What is odd about its middle."""
    return (x - x[::-1]) / 2


def by_slopes(matrix_of, value, derived, n):
    """Points, and weights but for a factor, by the polynomial's derivative and the polynomial before."""
    c = last_polynomial(n)
    x = np.linalg.eigvalsh(matrix_of(c))
    slope = value(x, derived(c))
    x -= value(x, c) / slope
    before = value(x, c[1:])
    before /= np.max(np.abs(before))
    slope /= np.max(np.abs(slope))
    return x, 1 / (before * slope)


def normed(x, n, total, factor):
    """A Hermite polynomial, divided by what makes it of norm 1 under the weight function."""
    c0 = np.zeros(len(x))
    c1 = np.full(len(x), 1.0 / np.sqrt(np.sqrt(total)))
    if n == 0:
        return c1
    for i in range(n, 1, -1):
        before = c0
        c0 = -c1 * np.sqrt((i - 1.0) / i)
        c1 = before + c1 * x * np.sqrt(factor / i)
    return c0 + c1 * x * np.sqrt(factor)


def by_hermite(matrix_of, n, total, factor):
    """Points and weights for both kinds of Hermite polynomials.

    `total` is the integral of the weight function, squared; the polynomials' recurrence is that of ``factor * x``.
    """
    x = np.linalg.eigvalsh(matrix_of(last_polynomial(n)))
    x -= normed(x, n, total, factor) / (normed(x, n - 1, total, factor) * np.sqrt(factor * n))
    before = normed(x, n - 1, total, factor)
    before /= np.max(np.abs(before))
    w = 1 / (before * before)
    w = (w + w[::-1]) / 2
    w *= np.sqrt(total) / np.sum(w)
    return evened(x), w
