"""Errors in units in the last place (ULP) of the result's format.

The unit is that of the true value, the smallest one below the normal range. A result
beyond the range is right if the true value rounds there. What isn't a number on both
sides has no error; a nan, sign of zero or infinity that differs has an infinite one.
"""

import mpmath
import numpy as np
from mpmath import mp, mpf


def units(values):
    """One unit in the last place of each; of infinity that of the largest number."""
    below = np.nextafter(np.finfo(values.dtype).max, values.dtype.type(0))
    return np.spacing(np.minimum(np.abs(values), below))


def many(function, arguments):
    """The errors at arguments, by NumPy's `longdouble`."""
    dtype = arguments[0].dtype
    got = function.compiled()(*arguments)
    assert got.dtype == dtype
    want = function.extended(*arguments)
    with np.errstate(all="ignore"):
        rounded = want.astype(dtype)
        largest = np.finfo(dtype).max
        unit = units(rounded).astype(np.longdouble)
        error = np.abs(got.astype(np.longdouble) - want) / unit
        # Half a unit beyond the largest number, either is right.
        edge = np.abs(np.abs(want) - largest) <= unit
        outside = ~np.isfinite(rounded) | ~np.isfinite(got)
        same = (got == rounded) | (np.isnan(got) & np.isnan(rounded))
        error = np.where(outside, np.where(same, 0, np.where(edge, 0.5, np.inf)), error)
        return np.where((rounded == 0) & (np.signbit(got) != np.signbit(rounded)), np.inf, error)


def by_mpmath(function, arguments, got):
    """The error of one result, a finite number."""
    dtype = type(got)
    exact = function.exact(*(mpf(float(a)) for a in arguments))
    if isinstance(exact, mpmath.mpc) or mp.isnan(exact):
        return 0.0 if np.isnan(got) else float("inf")
    info = np.finfo(dtype)
    if abs(exact) > mpf(float(info.max)):
        unit = mpf(2) ** (info.maxexp - 1 - info.nmant)
        return float(abs(abs(exact) - mpf(float(info.max))) / unit) if np.isfinite(got) else 0.0
    if not np.isfinite(got):
        return 0.5 if abs(exact) > mpf(float(info.max)) * (1 - mpf(2) ** -60) else float("inf")
    if exact == 0:
        return 0.0 if got == 0 else float("inf")
    exponent = max(int(mp.floor(mp.log(abs(exact), 2))), info.minexp)
    if function.least is not None and dtype is np.float64 and arguments[0] < 0:
        exponent = max(exponent, function.least)
    return float(abs(mpf(float(got)) - exact) / mpf(2) ** (exponent - info.nmant))


def largest(function, arguments, again=50):
    """The largest error at arguments and where: the first by `longdouble`, the rest by mpmath.

    The `again` worst, and as many others, are computed once more by mpmath; of functions that
    `longdouble` doesn't have, a thousand times as many by mpmath alone.
    """
    if function.extended is None:
        return exactly(function, [a[:: max(1, a.size // (1000 * again))] for a in arguments])
    with np.errstate(all="ignore"):
        errors = many(function, arguments)
    order = np.argsort(errors, kind="stable")
    # Infinite ones are what mpmath shall not hide.
    if not np.isfinite(errors[order[-1]]):
        return float("inf"), tuple(a[order[-1]] for a in arguments)
    picked = np.concatenate([order[-again:], order[:: max(1, order.size // again)]])
    return exactly(function, [a[picked] for a in arguments])


def exactly(function, arguments):
    """The largest error by mpmath alone."""
    finite = np.all([np.isfinite(a) for a in arguments], axis=0)
    arguments = [a[finite] for a in arguments]
    results = function.compiled()(*arguments)
    worst, place = 0.0, tuple(a[0] for a in arguments)
    for *operands, got in zip(*arguments, results, strict=True):
        if any(a == 0 for a in operands) or np.isnan(got):
            continue
        error = by_mpmath(function, operands, got)
        if error > worst:
            worst, place = error, tuple(operands)
    return worst, place
