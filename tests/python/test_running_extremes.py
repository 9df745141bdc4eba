"""Running minima and maxima of floats, which the optimizing tier looks at as integers.

The first zero stays, whatever its sign, and nans are passed over: each array here has some
of what an order of integers could get wrong, and each result is compared to the bit.
"""

import itertools

import numpy as np
import pytest

from cumbia import jit

TIERS = ["fast", "best"]


def extent(a):
    low = a[0]
    high = a[0]
    for i in range(a.shape[0]):
        if a[i] < low:
            low = a[i]
        if a[i] > high:
            high = a[i]
    return low, high


def last_of_equals(a):
    low = a[0]
    high = a[0]
    for i in range(a.shape[0]):
        if a[i] <= low:
            low = a[i]
        if high <= a[i]:
            high = a[i]
    return low, high


def by_builtins(a):
    low = a[0]
    high = a[0]
    for x in a:
        low = min(low, x)
        high = max(high, x)
    return low, high


def of_differences(a):
    most = np.zeros(1, a.dtype)[0]
    total = most
    for i in range(1, a.shape[0]):
        d = abs(a[i] - a[i - 1])
        total += d
        if d > most:
            most = d
    return most, total


def of_rows(a):
    out = np.empty(a.shape[0] // 4, a.dtype)
    rows = a[: out.shape[0] * 4].reshape(-1, 4)
    for i in range(rows.shape[0]):
        high = rows[i, 0]
        for j in range(1, 4):
            if rows[i, j] > high:
                high = rows[i, j]
        out[i] = high
    return out, out.shape[0]


FUNCTIONS = [extent, last_of_equals, by_builtins, of_differences, of_rows]
NAN = np.array([0x7FF8000000000000], np.uint64).view(np.float64)[0]
SPECIAL = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, NAN, -NAN, 5e-324, -5e-324]


def arrays():
    for few in itertools.product(SPECIAL, repeat=2):
        yield np.array(few * 10)
        yield np.array([few[0]] * 17 + [few[1]] * 4)
    rng = np.random.default_rng(5)
    for n in (1, 2, 7, 8, 63, 1023, 1024, 1025, 3000):
        yield rng.normal(size=n)
        yield rng.choice(SPECIAL, n)
        yield np.abs(rng.normal(size=n)) * rng.integers(0, 2, n)


def bits(values):
    return [(np.asarray(v).dtype, np.asarray(v).tobytes()) for v in values]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("func", FUNCTIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_bits(func, tier, dtype):
    compiled = jit(tier=tier)(func)
    for a in arrays():
        a = a.astype(dtype)
        with np.errstate(all="ignore"):
            assert bits(compiled(a)) == bits(func(a)), a
            backward = a[::-1]
            assert bits(compiled(backward)) == bits(func(backward)), backward
