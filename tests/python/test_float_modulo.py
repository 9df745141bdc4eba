"""`%` of floats, whose divisors that are powers of two have a way of their own."""

import numpy as np
import pytest
from cumbia import jit

DIVIDENDS = [
    0.0, 1.0, 2.0, 3.5, 4.3, 0.3, 5e-324, 1e-310, 2.3e-308, 1e-20, 1e300, 1.7976931348623157e308,
    float("inf"), 4503599627370497.5, 9007199254740993.0, 1.9999999999999998,
]  # fmt: skip
DIVIDENDS += [-x for x in DIVIDENDS] + [float("nan")]
DIVISORS = [
    1.0, 2.0, 1024.0, 2.0**60, 2.0**61, 2.0**1023, 0.5, 3.0, 1.5, -2.0, 1e-300, float("inf"),
    float("nan"),
]  # fmt: skip


def modulo(x, y):
    return x % y


def by_two(x):
    return x % 2.0


def fraction(x):
    return x % 1


def shown(value):
    return type(value).__name__, "nan" if value != value else np.asarray(value).tobytes()


@pytest.mark.parametrize("tier", ["fast", "best"])
@pytest.mark.parametrize("kind", [float, np.float64, np.float32])
def test_numbers(kind, tier):
    compiled = [jit(cache=False, tier=tier)(f) for f in (by_two, fraction)]
    both = jit(cache=False, tier=tier)(modulo)
    with np.errstate(all="ignore"):
        for x in map(kind, DIVIDENDS):
            for mine, func in zip(compiled, (by_two, fraction), strict=True):
                assert shown(mine(x)) == shown(func(x)), x
            for y in map(kind, DIVISORS):
                if y != 0:
                    assert shown(both(x, y)) == shown(modulo(x, y)), (x, y)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_arrays(dtype):
    compiled = jit(cache=False)(modulo)
    with np.errstate(all="ignore"):
        x = np.array(DIVIDENDS, dtype)
        for y in np.array(DIVISORS, dtype):
            wanted = x % y
            got = compiled(x, y)
            assert got.dtype == wanted.dtype
            assert [shown(one) for one in got] == [shown(one) for one in wanted]


def test_by_zero():
    compiled = jit(cache=False)(modulo)
    with pytest.raises(ZeroDivisionError):
        compiled(1.0, 0.0)
    with np.errstate(all="ignore"):
        assert np.isnan(compiled(np.float64(1.0), np.float64(0.0)))
