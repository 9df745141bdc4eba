"""searchsorted and digitize beside NumPy: also in lines that aren't sorted, and with nan."""

import numpy as np
import pytest

from tests.library.calls import check_calls


def lines(kind):
    """Pairs of a line and what is sought in it."""
    numbers = np.random.default_rng(3)
    for turn in range(40):
        n, m = numbers.integers(0, 30, 2)
        a, v = numbers.integers(-5, 20, n).astype(kind), numbers.integers(-5, 20, m).astype(kind)
        if kind != "int64" and turn % 3 == 0:
            a[numbers.random(n) < 0.2] = np.nan
            v[numbers.random(m) < 0.2] = np.nan
        if turn % 4 == 1:
            a = np.sort(a)
        if turn % 7 == 3:
            v = v[: m // 2 * 2].reshape(2, -1)
        yield a[::-1] if turn % 5 == 2 else a, v


@pytest.mark.parametrize("kind", ["float64", "int64", "float32", "complex128"])
def test_as_numpy_walks(kind):
    for expression in ("np.searchsorted(a, b)", "np.searchsorted(a, b, 'right')"):
        check_calls(expression, lines(kind))


def test_digitize_with_nan():
    edges = [np.array(e) for e in ([1.5, np.nan], [np.nan, 1.5], [3, 2, np.nan], [1, 1, 1.0], [2.0, 2, 1], [1, 2, np.nan, 1.0], [0.0])]
    check_calls("np.digitize(a, b)", [(np.array([np.nan, 1, 2.5]), e) for e in edges])
