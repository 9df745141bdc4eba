"""Nests of loops of which tier 2 makes several turns at once, and integers that it narrows.

The same bits as plain Python: for sizes around the number of turns, for views of other
strides, and where what is written lies over what is read.
"""

import functools
import math

import numpy as np
import pytest

from cumbia import jit


def row_sums(a, x, out):
    for i in range(a.shape[0]):
        s = 0.0
        for j in range(a.shape[1]):
            s += a[i, j] * x[j]
        out[i] = s


def product(a, b, out):
    rows, inner = a.shape
    columns = b.shape[1]
    for i in range(rows):
        for j in range(columns):
            s = 0.0
            for k in range(inner):
                s += a[i, k] * b[k, j]
            out[i, j] = s


def product_by_rows(a, b, out):
    rows, inner = a.shape
    columns = b.shape[1]
    for i in range(rows):
        for j in range(columns):
            out[i, j] = 0.0
        for k in range(inner):
            for j in range(columns):
                out[i, j] += a[i, k] * b[k, j]


def distances(a, b, out):
    for i in range(a.shape[0]):
        for j in range(b.shape[0]):
            s = 0.0
            for k in range(min(a.shape[1], b.shape[1])):
                d = a[i, k] - b[j, k]
                s += d * d
            out[i, j] = math.sqrt(s)


def windows(a, b, out):
    rows, columns = out.shape
    y_size, x_size = b.shape
    y_half, x_half = y_size // 2, x_size // 2
    for i in range(y_half, rows - y_half):
        for j in range(x_half, columns - x_half):
            s = 0.0
            for y in range(y_size):
                for x in range(x_size):
                    s += b[y, x] * a[i + y - y_half, j + x - x_half]
            out[i, j] = s


def subtracted_columns(a, b, out):
    rows, columns = a.shape
    for j in range(columns):
        for k in range(j + 1, columns):
            s = 0.0
            for i in range(rows):
                s += a[i, j] * a[i, k]
            for i in range(rows):
                a[i, k] -= s * a[i, j]


def running(a, b, out):
    total = 0.0
    for i in range(a.shape[0]):
        s = total
        for j in range(a.shape[1]):
            s = s * 0.5 + a[i, j]
        total = total + s
        out[i, 0] = total


def by_steps(a, b, out):
    for i in range(1, a.shape[0], 3):
        s = 1.0
        for j in range(a.shape[1]):
            s = s + a[i, j] * b[j, 0]
        out[i, 0] = s


def blocked(a, b, out):
    n, inner = out.shape[0], a.shape[1]
    for ii in range(0, n, 3):
        for kk in range(0, inner, 5):
            for i in range(ii, min(ii + 3, a.shape[0])):
                for k in range(kk, min(kk + 5, inner)):
                    for j in range(min(n, b.shape[1])):
                        out[i, j] += a[i, k] * b[k, j]


def shortest(a, b, out):
    n = out.shape[0]
    for i in range(n):
        for j in range(n):
            out[i, j] = (i * 7 + j * 3) % 11 - 1.5
    for k in range(n):
        for i in range(n):
            for j in range(n):
                through = out[i, k] + out[k, j]
                if through < out[i, j]:
                    out[i, j] = through


def eliminated(a, b, out):
    n = min(a.shape)
    for k in range(n):
        for i in range(n):
            if i != k:
                for j in range(n):
                    a[i, j] -= 0.125 * a[i, k] * a[k, j]


MATRICES = [blocked, shortest, eliminated, product, product_by_rows, distances, windows, subtracted_columns, running, by_steps]


@functools.cache
def compiled(func):
    return jit(func, tier="best")


def laid_out(a, order):
    """The same numbers in another layout."""
    if order == "C":
        return a.copy()
    if order == "F":
        return np.asfortranarray(a)
    if order == "backwards":
        return a[::-1, ::-1].copy()[::-1, ::-1]
    room = np.zeros((2 * a.shape[0], 3 * a.shape[1]), a.dtype)
    room[::2, ::3] = a
    return room[::2, ::3]


def same(func, fast, *args):
    """Call both on equal arguments; every array is the same afterwards, bit for bit."""
    mine, theirs = args, tuple(a.copy() for a in args)
    raised = []
    for call, given in ((func, theirs), (fast, mine)):
        try:
            call(*given)
            raised.append("")
        except IndexError as error:
            raised.append(str(error))
    assert raised[0] == raised[1]
    for got, want in zip(mine, theirs):
        assert got.tobytes() == want.tobytes()


@pytest.mark.parametrize("func", MATRICES, ids=lambda func: func.__name__)
@pytest.mark.parametrize("order", ["C", "F", "backwards", "spread"])
def test_matrices_of_sizes_around_the_turns(func, order):
    fast = compiled(func)
    rng = np.random.default_rng(5)
    for rows, inner in [(0, 3), (3, 5), (4, 4), (5, 0), (9, 8), (13, 11)]:
        a = laid_out(rng.uniform(-1, 1, (rows, inner)) * 10.0 ** rng.integers(-3, 1, (rows, inner)), order)
        b = laid_out(rng.uniform(-1, 1, (inner, rows)), order)
        size = max(rows, inner)
        same(func, fast, a, b, laid_out(np.full((size, size), 7.0), order))


@pytest.mark.parametrize("func", [product, product_by_rows, distances, windows])
def test_results_over_operands(func):
    fast = compiled(func)
    for shift in (0, 1, 9, 10, 40):
        rooms = []
        for call in (func, fast):
            room = np.random.default_rng(6).uniform(-1, 1, 400)
            a, out = room[:81].reshape(9, 9), room[shift : shift + 81].reshape(9, 9)
            call(a, room[200:281].reshape(9, 9), out)
            call(room[200:281].reshape(9, 9), a, out)
            rooms.append(room)
        assert rooms[0].tobytes() == rooms[1].tobytes()


def test_sums_over_what_they_read():
    fast = compiled(row_sums)
    for start in (0, 3, 60, 72):
        rooms = []
        for call in (row_sums, fast):
            room = np.random.default_rng(7).uniform(-1, 1, 100)
            call(room[:72].reshape(9, 8), room[80:88], room[start : start + 9])
            call(room[:72].reshape(9, 8), room[start : start + 8], room[start : start + 9])
            rooms.append(room)
        assert rooms[0].tobytes() == rooms[1].tobytes()


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.uint8])
def test_other_dtypes(dtype):
    for func in (product, product_by_rows, row_sums):
        fast = compiled(func)
        rng = np.random.default_rng(8)
        a = rng.integers(0, 9, (11, 9)).astype(dtype)
        if func is row_sums:
            same(func, fast, a, a[0].copy(), np.zeros(11))
        else:
            same(func, fast, a, a.T.copy(), np.zeros((11, 11)))


def test_an_index_out_of_range_in_a_later_turn():
    fast = compiled(row_sums)
    for call in (row_sums, fast):
        out = np.full(10, 5.0)
        with pytest.raises(IndexError, match="index 10 is out of bounds for axis 0 with size 10"):
            call(np.ones((12, 4)), np.arange(4.0), out)
        assert out.tolist() == [6.0] * 10
        out = np.full(10, 5.0)
        with pytest.raises(IndexError, match="index 3 is out of bounds for axis 0 with size 3"):
            call(np.ones((10, 4)), np.arange(3.0), out)
        assert out.tolist() == [5.0] * 10


@pytest.mark.parametrize("size", [1, 3, 4])
def test_windows_out_of_range(size):
    fast = compiled(windows)
    outs = []
    for call in (windows, fast):
        out = np.zeros((12, 12))
        try:
            call(np.ones((12, 11)), np.ones((size, size)), out)
        except IndexError as error:
            outs.append((str(error), out.tobytes()))
        else:
            outs.append(("", out.tobytes()))
    assert outs[0] == outs[1]


def contrast(a, b, out):
    for i in range(1, a.shape[0]):
        d = int(a[i]) - int(a[i - 1])
        e = abs(d) * 3 + (int(b[i]) >> 1) - 100
        out[i] = min(max(abs(e), 5), 255) if e != -100 else 77


def weights(a, b, out):
    for i in range(a.shape[0]):
        s = int(a[i]) * int(b[i]) + (int(a[i]) << 3) - (int(b[i]) & 15)
        out[i] = s ^ (int(a[i]) * 257)


def mean(a, b, out):
    total = 0
    for i in range(a.shape[0]):
        total += (int(a[i]) + 2 * int(b[i]) + 1) * 3
    out[0] = total % 97


@pytest.mark.parametrize("func", [contrast, weights, mean], ids=lambda func: func.__name__)
@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int16, np.int32, np.bool_])
def test_narrow_integers(func, dtype):
    fast = compiled(func)
    rng = np.random.default_rng(9)
    low, high = (0, 2) if dtype is np.bool_ else (np.iinfo(dtype).min, int(np.iinfo(dtype).max) + 1)
    for n in (1, 2, 31, 200):
        a, b = (rng.integers(low, high, n).astype(dtype) for _ in range(2))
        a[: n // 3], b[n // 2 :] = low, high - 1
        for of in (np.int64, np.float64):
            same(func, fast, a, b, np.zeros(n, of))
