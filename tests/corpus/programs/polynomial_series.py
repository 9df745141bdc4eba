"""`numpy.polynomial`: series as people use them, with the answers that have NumPy's bits."""

import numpy as np
import numpy.polynomial.polynomial as poly
from numpy.polynomial import chebyshev, hermite, laguerre
from numpy.polynomial import legendre as leg
from numpy.polynomial.polynomial import polyval
from tests.corpus import call, program

POINTS = np.linspace(-1.0, 1.0, 9)


@program(call(POINTS, np.array([1.0, -2.0, 0.5])), call(POINTS[:0], np.array([3.0])), call(0.25, np.array([1, 2, 3])))
def value_and_slope(x, c):
    return polyval(x, c), polyval(x, poly.polyder(c)), polyval(x, poly.polyint(c, lbnd=1))


@program(call(np.array([2.0, -1.0, 0.5]), 1.0, 8), call(np.array([4.0]), 1.0, 3))
def newton(c, x, steps):
    slope = poly.polyder(c)
    for _ in range(steps):
        x -= poly.polyval(x, c) / (poly.polyval(x, slope) + 1e-9)
    return x


@program(call([1, 2, 1], [1, 1]), call([1, 2], [0, 0]), call([5], [1, 2, 3]))
def long_division(above, below):
    quotient, rest = poly.polydiv(above, below)
    return quotient, rest, poly.polyadd(poly.polymul(quotient, below), rest)


@program(call(5), call(1), call(0), call(-2))
def first_polynomials(n):
    rows = leg.legvander(POINTS, n)
    return rows, rows.shape[-1], chebyshev.chebvander([0.5], n).sum()


@program(call(np.array([1.0, 0.0, 2.0, 4.0])), call(np.zeros(0)), call(np.array([3])))
def other_bases(c):
    return (
        chebyshev.cheb2poly(chebyshev.poly2cheb(c)),
        leg.poly2leg(c),
        hermite.poly2herm(c),
        laguerre.lag2poly(laguerre.poly2lag(c)),
    )


@program(call(np.array([1.0, 2.0, 4.0]), 3), call(np.array([1.0, 2.0]), 0), call(np.array([1.0]), -1), call([1, 1], 17))
def powers(c, n):
    return leg.legpow(c, n)


@program(call(np.arange(6.0).reshape(3, 2), 2), call(np.arange(6.0).reshape(3, 2), 3))
def of_columns(table, m):
    return leg.legder(table, m), chebyshev.chebint(table, 1, [0.5], axis=1), leg.legval(POINTS, table)


@program(call(np.arange(6.0).reshape(2, 3)))
def surface(c):
    total = 0.0
    for x in POINTS:
        for y in POINTS:
            total += poly.polyval2d(x, y, c)
    return total, poly.polygrid2d(POINTS, POINTS[::3], c)


@program(call(np.array([1.0, 2.0, 3.0])))
def full_fit(x):
    return poly.polyfit(x, x, 1, full=True)


@program(call(np.array([1.0, 2.0, 3.0])))
def an_object(c):
    return np.polynomial.Polynomial(c)(2.0)
