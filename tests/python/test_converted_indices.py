"""Indices that are converted floats: one comparison tells in the second tier whether all is well.

What isn't well must come out as in Python: nan, infinities, numbers beyond 64 bits, negative
positions, and positions past the end, for each form of the index.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import cumbia

VALUES = (
    0.0, -0.0, 0.99, 4.0, 4.99, 5.0, 6.5, -0.5, -1.0, -5.0, -5.99, -6.0, -7.5,
    2.0**31, -(2.0**31), 2.0**53, 9.2e18, 9223372036854774784.0, 2.0**63, -(2.0**63),
    -9223372036854777856.0, 1e19, -1e19, 1e300, math.inf, -math.inf, math.nan,
)  # fmt: skip


TOO_LARGE = "integer result too large: it does not fit in 64 bits"


def plain(counts, x):
    counts[int(x)] += 1


def lesser(counts, x):
    counts[min(int(x), len(counts) - 1)] += 1


def lesser_behind(counts, x):
    counts[min(len(counts) - 1, int(x))] += 1


def greater(counts, x):
    counts[max(int(x), 0)] += 1


def used_again(counts, x):
    k = int(x)
    counts[k] += k


def least_of_given(counts, x):
    most = counts[0]
    counts[min(int(x), most)] += 1


def rows(counts, x):
    square = counts[:4].reshape(2, 2)
    square[int(x), int(x) - 1] += 1


def loaded(counts, x):
    for value in (x, 1.0):
        counts[int(value)] = counts[int(value)] + 1


# Sizes below fail before the conversion.
LEAST = {rows: 4, least_of_given: 1}


def outcome(function, size, x):
    counts = np.zeros(size, np.int64)
    try:
        result = function(counts, x)
    except Exception as error:
        result = type(error), str(error)
    return result, counts.tolist()


@pytest.mark.parametrize("tier", ["fast", "best"])
@pytest.mark.parametrize(
    "function",
    [plain, lesser, lesser_behind, greater, used_again, least_of_given, rows, loaded],
    ids=lambda function: function.__name__,
)
def test_what_does_not_fit_is_as_in_python(function, tier):
    compiled = cumbia.jit(function, tier=tier)
    for size in (5, 4, 1, 0):
        if size < LEAST.get(function, 0):
            continue
        for x in VALUES:
            if -(2.0**63) + 2048 * (function is rows) <= x < 2.0**63 or not math.isfinite(x):
                expected = outcome(function, size, x)
            else:
                # Python's integers have no end.
                expected = (OverflowError, TOO_LARGE), [0] * size
            assert outcome(compiled, size, x) == expected, (size, x)


def test_both_tiers_say_the_same():
    for function in (plain, lesser, lesser_behind, greater, used_again, rows, loaded):
        fast, best = (cumbia.jit(function, tier=tier) for tier in ("fast", "best"))
        for x in VALUES:
            assert outcome(fast, 4, x) == outcome(best, 4, x), (function, x)
