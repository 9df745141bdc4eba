"""`np.lib.stride_tricks.as_strided`: views within an array's elements, and no others."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

from tests.python.harness import check, native, refused


def windows(a, size):
    n = len(a) - size + 1
    s = a.strides[0]
    return as_strided(a, shape=(n, size), strides=(s, s))


def sums_of_windows(a, size):
    n = len(a) - size + 1
    w = as_strided(a, (n, size), (a.strides[0], a.strides[0]))
    return w.sum(axis=1), w.shape


def repeated(a, n):
    return as_strided(a, (n, len(a)), (0, a.strides[0])).copy()


def every_other(a):
    return as_strided(a, (len(a) // 2,), (2 * a.strides[0],))


def trajectories(x, dimension, delay):
    s0, s1 = x.strides
    shape = (x.shape[0], x.shape[1] - (dimension - 1) * delay, dimension)
    return as_strided(x, shape=shape, strides=(s0, s1, delay * s1)).copy()


def stored(a):
    w = np.lib.stride_tricks.as_strided(a, (2, 2), (a.strides[0], a.strides[0]))
    w[0, 1] = 7
    return w


def empty_view(a):
    return as_strided(a, (0, 3), (8, 8)).shape


@pytest.mark.parametrize(
    "a",
    [np.arange(6.0), np.arange(6, dtype=np.int32), np.arange(12.0)[::2], np.arange(6.0)[::-1]],
    ids=lambda a: f"{a.dtype}{a.strides}",
)
def test_views(a):
    check(windows, a, 3)
    check(sums_of_windows, a, 2)
    check(repeated, a, 3)
    check(every_other, a)
    check(stored, a)
    check(empty_view, a)


def test_three_axes():
    check(trajectories, np.arange(20.0).reshape(2, 10), 3, 2)
    check(trajectories, np.asfortranarray(np.arange(20.0).reshape(2, 10)), 2, 3)


def beyond(a, n):
    return as_strided(a, (n,), (a.strides[0],))


def backwards(a):
    return as_strided(a, (2,), (-a.strides[0],))


@pytest.mark.parametrize("a", [np.arange(4.0), np.arange(0.0), np.arange(8.0)[::2]])
def test_other_memory_is_not_read(a):
    with pytest.raises(ValueError, match="leave the elements"):
        native(beyond)(a, 5)
    with pytest.raises(ValueError, match="leave the elements"):
        native(backwards)(a)
    with pytest.raises(ValueError, match="negative dimensions"):
        native(beyond)(a, -1)
    with pytest.raises((OverflowError, ValueError)):
        native(beyond)(a, 2**62)


def without_strides(a):
    return as_strided(a, (2,))


def read_only(a):
    return as_strided(a, (2,), (8,), writeable=False)


def test_what_is_refused():
    refused(without_strides, np.arange(4.0), _code="CB0506")
    refused(read_only, np.arange(4.0), _code="CB0506")
