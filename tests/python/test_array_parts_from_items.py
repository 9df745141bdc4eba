"""Tuples and lists of numbers that are assigned to parts of arrays, and as positions."""

import numpy as np
import pytest

from tests.python.harness import check


def first_row(a):
    a[0] = (1, 2.5, 3)
    return a


def row_of_list(a, xs):
    a[1] = xs
    return a


def column(a):
    a[:, 1] = [7, 8]
    return a


def whole(a):
    a[...] = (1, 2, 3)
    return a


def one_for_all(a):
    a[0] = (4,)
    return a


def part_of_a_row(a):
    a[0, :2] = 1, 2
    return a


def too_few(a):
    a[0] = (1, 2)
    return a


def wrong_in_all(a):
    a[:] = [1, 2]
    return a


def beyond_the_dtype(a, n):
    a[0] = n, 1, 2
    return a


ARRAYS = [
    np.zeros((2, 3)), np.zeros((2, 3), np.int64), np.zeros((2, 3), np.uint8),
    np.zeros((2, 3), np.float32), np.zeros((2, 3), complex), np.zeros((2, 3), bool),
    np.zeros((3, 2)).T, np.zeros((2, 6))[:, ::2], np.zeros((2, 3))[::-1, ::-1],
]  # fmt: skip


@pytest.mark.parametrize("a", ARRAYS, ids=lambda a: f"{a.dtype}{a.strides}")
@pytest.mark.parametrize(
    "function",
    [first_row, column, whole, one_for_all, part_of_a_row, too_few, wrong_in_all],
    ids=lambda f: f.__name__,
)
def test_rows_and_parts(function, a):
    if function is first_row and a.dtype == bool:
        pytest.skip("2.5 is no bool")
    check(function, a)


@pytest.mark.parametrize("xs", [[1, 2, 3], [1], [1, 2], [0.5, -1.5, 2.5], [True, False, True]])
def test_lists(xs):
    check(row_of_list, np.zeros((2, 3)), xs)
    check(row_of_list, np.zeros((2, 2, 3)), xs)


def test_edges():
    check(wrong_in_all, np.zeros((0, 2)))
    check(wrong_in_all, np.zeros((0, 3)))
    check(wrong_in_all, np.zeros((2, 2, 2)))
    read_only = np.zeros((2, 3))
    read_only.flags.writeable = False
    check(first_row, read_only)
    for n in (255, 256, -1):
        check(beyond_the_dtype, np.zeros((2, 3), np.uint8), n)


def partitioned(a, k):
    return np.sort(np.partition(a, k)[:k[0]]), np.partition(a, k)[k[0]]


def partition_at(a, k):
    return np.partition(a, k)[k[0]]


def partition_at_constants(a):
    return np.partition(a, [1, 2])[1], np.partition(a, [-1])[-1]


@pytest.mark.parametrize("k", [[0, 3], [2], [-1, 1], [9], [-9]])
def test_partition_at_a_list(k):
    check(partition_at, np.array([3.0, 1, 2, 5, 0]), k)


def test_partition_at_constants():
    check(partition_at_constants, np.array([3.0, 1, 2, 5, 0]))
    check(partitioned, np.array([3, 1, 2, 5, 0]), [2])
