"""Loops over `prange` whose turns race, as users have written them.

Among them are the patterns of wrong results that were reported to Numba (its issues 3069,
3522, 3681, 4170, 4555, 4922, 7133, 7344, 7867, 8515, 9518, 9829): those that race, or that
reduce in a way that has no parts. Each is to be refused, warned of or found by the detector.
"""

import math

import numpy as np
from cumbia import jit, prange


def previous_element(a):
    for i in prange(1, a.shape[0]):
        a[i] = a[i - 1] + 1


def next_element(a):
    for i in prange(a.shape[0] - 1):
        a[i] = a[i + 1] * 0.5


def both_neighbours_in_place(a):
    for i in prange(1, a.shape[0] - 1):
        a[i] = (a[i - 1] + a[i + 1]) / 2


def writes_two(a, b):
    for i in prange(len(a) - 1):
        b[i] = a[i]
        b[i + 1] = a[i] + 1


def modulo(a, out, k):
    for i in prange(len(a)):
        out[i % k] = a[i]


def halves(a, out):
    for i in prange(len(a)):
        out[i // 2] += a[i]


def through_an_index(a, p, out):
    for i in prange(len(a)):
        out[p[i]] = a[i]


def histogram(p, cnt):
    for i in prange(p.shape[0]):
        cnt[p[i]] += 1


def histogram_of_values(a, cnt):
    for i in prange(a.shape[0]):
        k = int(math.floor((a[i] + 1.0) * 2.0))
        if 0 <= k < cnt.shape[0]:
            cnt[k] += 1


def histogram_of_image(img, cnt):
    for y in prange(img.shape[0]):
        for x in range(img.shape[1]):
            cnt[img[y, x] // 32] += 1


def one_place(a, out):
    for i in prange(len(a)):
        out[0] += a[i]


def last_writer(a, out):
    for i in prange(len(a)):
        out[-1] = a[i]


def shared_scalar(a, out):
    t = 0.0
    for i in prange(len(a)):
        out[i] = t
        t = a[i]


def shared_counter(a, out):
    k = 0
    for i in prange(len(a)):
        if a[i] > 0:
            out[k] = a[i]
            k += 1


def shared_row_buffer(M, R):
    row = np.empty(M.shape[1])
    for i in prange(M.shape[0]):
        for j in range(M.shape[1]):
            row[j] = M[i, j] * 2
        for j in range(M.shape[1]):
            R[i, j] = row[j] + 1


def shared_vector(S, out):
    v = np.ones(S.shape[0])
    for i in prange(S.shape[0]):
        v[0] = i
        v[1] = i * 2
        out[i] = (S @ v)[i]


def sum_of_rows(M):
    total = np.zeros(M.shape[1])
    for i in prange(M.shape[0]):
        for j in range(M.shape[1]):
            total[j] += M[i, j]
    return total


def whole_row_added(M, k):
    for i in prange(M.shape[0]):
        M[k, :] += M[i]


def same_column(M):
    for i in prange(M.shape[0]):
        M[:, 0] = i


def row_above(M):
    for i in prange(1, M.shape[0]):
        M[i, :] = M[i - 1, :] * 0.5


def slices_overlap(a, k):
    for i in prange(len(a) // k - 1):
        a[i * k : (i + 1) * k + 1] = i


def slice_of_next(a, out, k):
    for i in prange(len(a) // k - 1):
        out[i * k : (i + 1) * k] = out[(i + 1) * k : (i + 2) * k] + 1


def nested_loops(M, out):
    for i in prange(M.shape[0]):
        for j in prange(M.shape[1]):
            out[j] += M[i, j]


def inner_index_alone(M, R):
    for i in prange(M.shape[0]):
        for j in range(M.shape[1]):
            R[0, j] = M[i, j]


def transposed_in_place(S):
    for i in prange(S.shape[0]):
        for j in range(S.shape[1]):
            S[i, j] = S[j, i]


def scan(a):
    for i in prange(1, a.shape[0]):
        a[i] += a[i - 1]


def game_of_life_in_place(img):
    for y in prange(1, img.shape[0] - 1):
        for x in range(1, img.shape[1] - 1):
            img[y, x] = img[y - 1, x] ^ img[y + 1, x] ^ img[y, x - 1]


def gauss_seidel(S):
    for i in prange(1, S.shape[0] - 1):
        for j in range(1, S.shape[1] - 1):
            S[i, j] = 0.25 * (S[i - 1, j] + S[i + 1, j] + S[i, j - 1] + S[i, j + 1])


def view_of_a_row(M):
    row = M[0]
    for i in prange(M.shape[0]):
        row[i % 2] = M[i, 1]


def view_of_everything(a):
    v = a[:]
    for i in prange(1, len(a)):
        v[i] = a[i - 1]


def reshaped_view(flat, m):
    grid = flat.reshape(-1, 6)
    for i in prange(1, grid.shape[0]):
        flat[i * m] = grid[i - 1, 0] + 1


def transposed_view(S):
    t = S.T
    for i in prange(S.shape[0]):
        for j in range(S.shape[1]):
            t[i, j] = S[i, j] + 1


def argument_twice(a, twice):
    for i in prange(1, len(a)):
        a[i] = twice[i - 1] + 1


def argument_overlaps(a, shifted):
    for i in prange(len(shifted)):
        shifted[i] = a[i] + 1


@jit
def put(values, k, value):
    values[k] = value


@jit
def previous(values, k):
    return values[k - 1]


@jit
def accumulate(values, k, value):
    values[k] += value


def writes_in_a_called_function(a, out):
    for i in prange(len(a)):
        put(out, i // 2, a[i])


def reads_in_a_called_function(a):
    for i in prange(1, len(a)):
        a[i] = previous(a, i) * 0.5


def histogram_in_a_called_function(p, cnt):
    for i in prange(len(p)):
        accumulate(cnt, p[i], 1)


def nested_function(a, out):
    def store(k, value):
        out[k] = value

    for i in prange(len(a)):
        store(i % 4, a[i])


def rows_sorted_twice(M):
    for i in prange(M.shape[0]):
        M[i // 2].sort()


def tuple_of_arrays(two):
    for i in prange(1, len(two[0])):
        two[0][i] = two[0][i - 1] + two[1][i]


def field_of_neighbour(rec):
    for i in prange(1, len(rec)):
        rec["pos"][i] = rec["pos"][i - 1] + 1


def copied_by_numpy(M):
    for i in prange(1, M.shape[0]):
        np.copyto(M[i], M[i - 1])


def filled_by_out(M, out):
    for i in prange(M.shape[0]):
        np.add(M[i], M[i], out=out[:6])


def strides_meet(a):
    for i in prange(8):
        a[2 * i] = 1.0
        a[3 * i] = 2.0


def backwards_meets_forwards(a):
    for i in prange(len(a)):
        a[i] = a[len(a) - 1 - i]


def band(S):
    for i in prange(S.shape[0]):
        for j in range(max(0, i - 1), min(S.shape[0], i + 2)):
            S[j, 0] = i


def complex_neighbour(w):
    for i in prange(1, len(w)):
        w[i] = w[i - 1] * 1j


def while_loop_scatter(a, out):
    for i in prange(len(a)):
        j = i
        while j > 0:
            out[j] += a[i]
            j = j // 2


def one_turn_reads_all(a, out):
    for i in prange(len(a)):
        out[i] = a[i] * 2
        if i == 5:
            out[0] = out.sum()


# Reported to Numba.


def issue_3522(M, R, k):
    R[k, :] = 0.0
    for i in prange(M.shape[0]):
        R[k, :] += M[i]


def issue_3681(S, Q):
    for i in prange(S.shape[0]):
        for j in range(S.shape[0]):
            if i == j:
                continue
            Q[0, 1] += S[i, j]


def issue_4170(a):
    y = np.zeros(4)
    for i in prange(a.shape[0]):
        y[:] += a[i]
    return y


def issue_4170_element(a):
    y = np.zeros(4)
    for i in prange(a.shape[0]):
        y[i % 4] += a[i]
    return y


def issue_7133():
    vector = np.zeros(2)
    for i in prange(2):
        for j in range(2):
            vector[j] += 1
            vector[i] += 1
    return vector


def issue_7867():
    acc = 10000
    for i in prange(4):
        acc //= 2
    return acc


def issue_8515(n):
    counters = np.zeros(n)
    for i in prange(n):
        counters[i] += i
        if i > 0:
            counters[i] -= counters[i - 1]
    return counters


def issue_9829(p, k64):
    most = 5
    for i in prange(len(k64)):
        if k64[i] == 3:
            k64[i] = most + 1
            most += 1
    return k64


def difference_of_reductions(a):
    s = 1.0
    for i in prange(len(a)):
        s = a[i] - s
    return s


def two_operators(a):
    s = 1.0
    for i in prange(len(a)):
        s += a[i]
        s *= 0.5
    return s


def power_reduction(a):
    s = 2.0
    for i in prange(3):
        s **= 1.5
    return s


def reduction_read_in_between(a, out):
    s = 0.0
    for i in prange(len(a)):
        s += a[i]
        out[i] = s


# What functions do that turns call.


def _put(array, k, value):
    array[k] = value


def _put_next(array, k, value):
    _put(array, k + 1, value)


def _clear(array):
    for j in range(len(array)):
        array[j] = 0.0


def _add_first(array, value):
    array[0] += value


def _shift(array, k):
    array[k] = array[k - 1]


def called_with_a_quotient(a, out):
    for i in prange(len(a)):
        _put(out, i // 2, a[i])


def called_with_a_constant(a, out):
    for i in prange(len(a)):
        _put(out, 3, a[i])


def called_for_two_elements(a, out):
    for i in prange(len(a) - 1):
        _put(out, i, a[i])
        _put_next(out, i, a[i])


def called_with_all(a, out):
    for i in prange(len(a)):
        _clear(out)
        out[i] = a[i]


def called_for_the_first(a, out):
    for i in prange(len(a)):
        _add_first(out, a[i])


def called_for_a_neighbour(a):
    for i in prange(1, len(a)):
        _shift(a, i)


def called_by_keywords(a, out):
    for i in prange(len(a)):
        _put(value=a[i], array=out, k=i % 3)


def called_in_an_inner_loop(a, out):
    for i in prange(len(a)):
        for j in range(2):
            _put(out, i + j, a[i])
