"""Minimax polynomials by Remez' exchange, with coefficients that are doubles, or `float32`.

`fit` gives the coefficients of a polynomial in z that is as near to a function as it
can be, measured by a weight. The first coefficients matter most: each is rounded to a
double in turn and the rest is fitted again to what remains, so that rounding a large
coefficient is made up for by the smaller ones.

The exchange is the textbook one (Remez 1934; see Muller, Elementary Functions,
chapter 3): solve for equal errors of alternating sign at n + 2 points, move the points
to the extrema of the error, repeat. It assumes a smooth function that has no zero of the
weight inside the interval, and doesn't look for the best polynomial among those with
rounded coefficients.
"""

import struct

from mpmath import mp, mpf

mp.prec = 200

#: Points at which the error is looked at, for each that is exchanged.
DENSITY = 24
#: Leading coefficients that are rounded one by one.
IN_TURN = 3
#: How far below 0 an interval may begin for that.
LONG = 0.5


def exchange(f, weight, low, high, degree):
    """Coefficients of a minimax polynomial, and the largest weighted error.

    The end points may be zeros of `f`'s denominators: only the open interval is used.
    """
    count = degree + 2
    middle, half = (low + high) / 2, (high - low) / 2
    total = DENSITY * count
    grid = [middle - half * mp.cos(mp.pi * (2 * i + 1) / (2 * total)) for i in range(total)]
    values = [f(x) for x in grid]
    weights = [weight(x) for x in grid]
    powers = [[x**j for j in range(degree + 1)] for x in grid]
    chosen = [DENSITY * i + DENSITY // 2 for i in range(count)]
    best = None
    for _ in range(12):
        rows = [
            [*(powers[at][j] for j in range(degree + 1)), (-1) ** i / weights[at]]
            for i, at in enumerate(chosen)
        ]
        solution = mp.lu_solve(mp.matrix(rows), mp.matrix([values[at] for at in chosen]))
        coefficients = [solution[j] for j in range(degree + 1)]
        errors = [
            (values[i] - sum(c * p for c, p in zip(coefficients, powers[i], strict=True))) * weights[i]
            for i in range(total)
        ]
        largest = max(abs(e) for e in errors)
        if best is None or largest < best[1]:
            best = coefficients, largest
        # The largest error of each run of one sign.
        runs = []
        for i, e in enumerate(errors):
            if runs and (errors[runs[-1]] > 0) == (e > 0):
                if abs(e) > abs(errors[runs[-1]]):
                    runs[-1] = i
            else:
                runs.append(i)
        while len(runs) > count:
            runs.pop(0 if abs(errors[runs[0]]) < abs(errors[runs[-1]]) else -1)
        if len(runs) < count or runs == chosen:
            break
        chosen = runs
    return best


def single(c):
    """The `float32` next to a number."""
    return struct.unpack("f", struct.pack("f", float(c)))[0]


def fit(f, weight, low, high, bound, degree=1, rounded=float):
    """The polynomial of the least degree from `degree` on whose weighted error is below `bound`.

    Inside an interval whose middle is 0 the exchanges after the first would have a zero of
    the weight where errors are largest: all coefficients are rounded at once then if the
    interval is long.

    Returns
    -------
    list of float
        Coefficients, the constant first.
    """
    low, high = mpf(low), mpf(high)
    while exchange(f, weight, low, high, degree)[1] >= bound:
        degree += 1
    if low < -LONG:
        return [rounded(c) for c in exchange(f, weight, low, high, degree)[0]]
    known = []
    for place in range(min(IN_TURN, degree)):

        def rest(z, place=place):
            return (f(z) - sum(c * z**j for j, c in enumerate(known))) / z**place

        coefficients, _ = exchange(
            rest, lambda z, place=place: weight(z) * abs(z) ** place, low, high, degree - place
        )
        known.append(rounded(coefficients[0]))
    place = len(known)

    def last(z):
        return (f(z) - sum(c * z**j for j, c in enumerate(known))) / z**place

    coefficients, _ = exchange(last, lambda z: weight(z) * abs(z) ** place, low, high, degree - place)
    return known + [rounded(c) for c in coefficients]
