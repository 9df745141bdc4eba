"""Warnings of elements that several turns of a loop over `prange` may touch."""

import warnings

import numpy as np
from cumbia import jit, prange
from cumbia.errors import CumbiaParallelSafetyWarning
from test_parallel import nested, two_loops


def scaled(a, b, k):
    for i in prange(a.shape[0]):
        b[i] = a[i] * k


def neighbours(a, b):
    for i in prange(1, a.shape[0] - 1):
        b[i] = a[i - 1] + a[i + 1]


def rows(a, out):
    for i in prange(a.shape[0]):
        s = 0.0
        for j in range(a.shape[1]):
            if a[i, j] < 0:
                continue
            s += a[i, j]
        out[i] = s


def warned(func, *args):
    """The warnings of compiling a function for these arguments."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        jit(parallel=True, cache=False)(func)(*args)
    assert all(w.category is CumbiaParallelSafetyWarning for w in caught), caught
    first = func.__code__.co_firstlineno
    return [(w.lineno - first, str(w.message)) for w in caught]


def histogram(a, out):
    for i in prange(a.shape[0]):
        out[int(a[i])] += 1


def one_element(a, out):
    for i in prange(a.shape[0]):
        out[0] = a[i]


def in_place(a, out):
    for i in prange(1, a.shape[0] - 1):
        a[i] = (
            a[i - 1]
            + a[i + 1]
        )


def other_column(a, out):
    for i in prange(3):
        for j in range(3):
            out[j, i] = out[j, 0] + 1


def half(a, out):
    for i in prange(a.shape[0]):
        k = i // 2
        out[k] = i


def test_races_are_warned_of():
    a, square = np.zeros(10), np.zeros((10, 10))
    # What all turns add to is put together.
    assert warned(histogram, a, a) == []
    for func in (one_element, half):
        assert "same element of 'out'" in warned(func, a, a)[0][1]
    [(line, text)] = warned(in_place, a, a)
    assert line == 2 and "'a'" in text and "1 line below" in text
    [(line, text)] = warned(other_column, a, square)
    assert line == 3 and "(here)" in text


def rows_and_columns(a, b, c, n):
    for i in prange(1, a.shape[0] - 1):
        row = i + 1
        a[i, 0] = b[i - 1, 0] + b[i + 1, 0]
        for j in range(n):
            a[i, j] += a[i, j - 1] * 2
            c[i * n + j] = b[row, j]
        local = np.zeros(3)
        local[0] = 1
        local[n % 3] += a[i, 1]


def test_what_is_apart_is_not_warned_of():
    square = np.zeros((10, 10))
    assert warned(rows_and_columns, square, square.copy(), np.zeros(100), 10) == []
    assert warned(scaled, np.zeros(5), np.zeros(5), 2.0) == []
    assert warned(neighbours, np.zeros(5), np.zeros(5)) == []
    assert warned(rows, square, np.zeros(10)) == []
    assert warned(two_loops, np.arange(5), np.arange(5)) == []
    assert warned(nested, square) == []
