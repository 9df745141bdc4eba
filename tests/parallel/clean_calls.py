"""Loops over `prange` without races whose turns call functions of arrays."""

import numpy as np
from cumbia import prange


def _put(array, k, value):
    array[k] = value


def _put_pair(array, k, value):
    _put(array, 2 * k, value)
    _put(array, 2 * k + 1, -value)


def _clear(array):
    for j in range(len(array)):
        array[j] = 0.0


def _fill(array, value):
    array[:] = value


def _span(array, first, behind, value):
    for j in range(first, behind):
        array[j] = value


def _total(array):
    s = 0.0
    for j in range(len(array)):
        s += array[j]
    return s


def _through(array, where, k, value):
    # Which elements isn't known: nothing is said.
    array[where[k]] = value


def _own(k, value):
    array = np.zeros(3)
    _put(array, k % 3, value)
    return array[k % 3]


def _swap(array, i, j):
    array[i], array[j] = array[j], array[i]


def _rebound(array, k):
    array = array.copy()
    array[0] = k
    return array[0]


def _from_the_end(array, k):
    array[len(array) - 1 - k] = k


def own_element(a, out):
    for i in prange(len(a)):
        _put(out, i, a[i])


def shifted_element(a, out):
    for i in prange(len(a) - 1):
        _put(out, i + 1, a[i])


def by_keywords(a, out):
    for i in prange(len(a)):
        _put(value=a[i], k=i, array=out)


def two_elements(a, out):
    for i in prange(len(a) // 2):
        _put_pair(out, i, a[i])


def own_row(M):
    for i in prange(M.shape[0]):
        _clear(M[i])


def own_row_by_name(M):
    for i in prange(M.shape[0]):
        row = M[i]
        _fill(row, i)


def element_of_own_row(M):
    for i in prange(M.shape[0]):
        _put(M[i], 0, 1.0)


def own_column(M):
    for j in prange(M.shape[1]):
        _fill(M[:, j], j)


def own_span(a, out):
    n = len(out) // 4
    for i in prange(4):
        _span(out, i * n, (i + 1) * n, a[i])


def only_read(a, out):
    for i in prange(len(a)):
        out[i] = _total(a) + i


def unknown_element(a, out):
    where = np.arange(len(out))
    for i in prange(len(a)):
        _through(out, where, i, a[i])


def array_of_the_function(a, out):
    for i in prange(len(a)):
        out[i] = _own(i, a[i])


def one_turn_alone(a, out):
    for i in prange(len(a)):
        if i == 0:
            _put(out, 0, a[i])


def triangle(S):
    n = min(S.shape[0], S.shape[1])
    for i in prange(n):
        for j in range(i + 1, n):
            _put(S[i], j, S[j, i])


def copied_by_the_function(a, out):
    for i in prange(len(a)):
        out[i] = _rebound(a, i)


def from_the_end(a, out):
    for i in prange(len(out)):
        _from_the_end(out, i)


def swapped_with_the_other_half(out):
    n = len(out)
    for i in prange(n // 2):
        _swap(out, i, n - 1 - i)
