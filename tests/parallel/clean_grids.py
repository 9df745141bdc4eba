"""Loops over `prange` without races: matrices, stencils, tiles, simulations."""

import math

import numpy as np
from cumbia import jit, prange


def row_sums(M, out):
    for i in prange(M.shape[0]):
        t = 0.0
        for j in range(M.shape[1]):
            t += M[i, j]
        out[i] = t


def row_sums_in_place(M, out):
    for i in prange(M.shape[0]):
        out[i] = 0.0
        for j in range(M.shape[1]):
            out[i] += M[i, j]


def row_sums_by_slice(M, out):
    for i in prange(M.shape[0]):
        out[i] = M[i, :].sum()


def row_sums_by_index(M, out):
    for i in prange(len(M)):
        out[i] = np.sum(M[i])


def column_sums(M, out):
    for j in prange(M.shape[1]):
        t = 0.0
        for i in range(M.shape[0]):
            t += M[i, j]
        out[j] = t


def column_by_slice(M, out):
    for j in prange(M.shape[1]):
        out[j] = M[:, j].max()


def elements(M, R):
    for i in prange(M.shape[0]):
        for j in range(M.shape[1]):
            R[i, j] = M[i, j] * 2 + 1


def elements_in_place(M):
    rows, columns = M.shape
    for i in prange(rows):
        for j in range(columns):
            M[i, j] = math.sin(M[i, j])


def nested_pranges(M, R):
    for i in prange(M.shape[0]):
        for j in prange(M.shape[1]):
            R[i, j] = M[i, j] + i * j


def chained_subscripts(M, R):
    for i in prange(len(M)):
        for j in range(len(M[0])):
            R[i][j] = M[i][j] - 1


def columns_outside(M, R):
    for j in prange(M.shape[1]):
        for i in range(M.shape[0]):
            R[i, j] = M[i, j]


def column_scans(M):
    for j in prange(M.shape[1]):
        for i in range(1, M.shape[0]):
            M[i, j] += M[i - 1, j]


def row_scans(M):
    for i in prange(M.shape[0]):
        for j in range(1, M.shape[1]):
            M[i, j] += M[i, j - 1]


def row_scans_backwards(M):
    for i in prange(M.shape[0]):
        for j in range(M.shape[1] - 2, -1, -1):
            M[i, j] += M[i, j + 1]


def whole_rows(M, R):
    for i in prange(M.shape[0]):
        R[i] = M[i] * 2


def whole_rows_by_slice(M, R):
    for i in prange(M.shape[0]):
        R[i, :] = M[i, :] + 1


def whole_columns(M, R):
    for j in prange(M.shape[1]):
        R[:, j] = M[:, j] / 2


def parts_of_rows(M):
    half = M.shape[1] // 2
    for i in prange(M.shape[0]):
        M[i, :half] = M[i, half:]


def row_by_ellipsis(V):
    for i in prange(V.shape[0]):
        V[i, ...] = i


def last_axis_by_ellipsis(V):
    for i in prange(V.shape[2]):
        V[..., i] *= 2


def row_view(M):
    for i in prange(M.shape[0]):
        row = M[i]
        for j in range(len(row)):
            row[j] *= 2


def row_view_by_slice(M, R):
    for i in prange(M.shape[0]):
        source = M[i, :]
        target = R[i, :]
        for j in range(source.shape[0]):
            target[j] = source[j] + 1


def column_view(M):
    for j in prange(M.shape[1]):
        column = M[:, j]
        column[0] = 0.0
        for i in range(1, len(column)):
            column[i] = column[i - 1] + 1


def inner_view(M, R):
    for i in prange(1, M.shape[0] - 1):
        inner = R[i, 1:-1]
        for j in range(len(inner)):
            inner[j] = M[i - 1, j + 1] + M[i + 1, j + 1]


def rows_sorted(M):
    for i in prange(M.shape[0]):
        M[i].sort()


def rows_filled(M):
    for i in prange(M.shape[0]):
        M[i].fill(i)


def rows_normalised(M):
    for i in prange(M.shape[0]):
        t = 0.0
        for j in range(M.shape[1]):
            t += M[i, j] ** 2
        t = math.sqrt(t) + 1
        for j in range(M.shape[1]):
            M[i, j] /= t


def softmax(M, R):
    for i in prange(M.shape[0]):
        most = M[i, 0]
        for j in range(M.shape[1]):
            most = max(most, M[i, j])
        total = 0.0
        for j in range(M.shape[1]):
            R[i, j] = math.exp(M[i, j] - most)
            total += R[i, j]
        for j in range(M.shape[1]):
            R[i, j] /= total


def argmax_of_rows(M, k64):
    for i in prange(M.shape[0]):
        best = 0
        for j in range(1, M.shape[1]):
            if M[i, j] > M[i, best]:
                best = j
        k64[i] = best


def matrix_vector(S, a, out):
    for i in prange(S.shape[0]):
        t = 0.0
        for j in range(S.shape[1]):
            t += S[i, j] * a[j]
        out[i] = t


def matrix_product(S, Q):
    n = S.shape[0]
    C = np.zeros((n, n))
    for i in prange(n):
        for j in range(n):
            t = 0.0
            for k in range(n):
                t += S[i, k] * Q[k, j]
            C[i, j] = t
    return C


def matrix_product_by_rows(S, Q):
    C = np.zeros(S.shape)
    for i in prange(S.shape[0]):
        for k in range(S.shape[1]):
            for j in range(Q.shape[1]):
                C[i, j] += S[i, k] * Q[k, j]
    return C


def matrix_product_by_dot(S, Q):
    C = np.empty(S.shape)
    for i in prange(S.shape[0]):
        C[i] = S[i] @ Q
    return C


def transposed(M):
    R = np.empty((M.shape[1], M.shape[0]))
    for i in prange(M.shape[0]):
        for j in range(M.shape[1]):
            R[j, i] = M[i, j]
    return R


def transposed_by_view(M, R):
    t = R.T
    for j in prange(M.shape[1]):
        for i in range(M.shape[0]):
            t[j, i] = M[i, j]


def fortran_order(F):
    for j in prange(F.shape[1]):
        for i in range(F.shape[0]):
            F[i, j] = i - j


def diagonal(S):
    for i in prange(S.shape[0]):
        S[i, i] = 1.0


def diagonal_from_row(S, a):
    for i in prange(S.shape[0]):
        S[i, i] += a[i]


def anti_diagonal(S):
    n = S.shape[0]
    for i in prange(n):
        S[i, n - 1 - i] = 2.0


def upper_triangle(S):
    n = S.shape[0]
    for i in prange(n):
        for j in range(i, n):
            S[i, j] = 0.0


def lower_triangle(S):
    for i in prange(S.shape[0]):
        for j in range(i):
            S[i, j] = 0.0


def both_triangles(S, a):
    n = S.shape[0]
    for i in prange(n):
        for j in range(i + 1, n):
            d = abs(a[i] - a[j])
            S[i, j] = d
            S[j, i] = d


def both_triangles_with_diagonal(S, a):
    for i in prange(S.shape[0]):
        for j in range(i, S.shape[0]):
            S[i, j] = a[i] * a[j]
            S[j, i] = a[i] * a[j]


def mirrored(S):
    n = S.shape[0]
    for i in prange(n):
        for j in range(i + 1, n):
            S[j, i] = S[i, j]


def transposed_in_place(S):
    for i in prange(S.shape[0]):
        for j in range(i):
            t = S[i, j]
            S[i, j] = S[j, i]
            S[j, i] = t


def mirrored_by_condition(S):
    for i in prange(S.shape[0]):
        for j in range(S.shape[1]):
            if j > i:
                S[j, i] = S[i, j]


def mirrored_by_continue(S):
    for i in prange(S.shape[0]):
        for j in range(S.shape[1]):
            if j <= i:
                continue
            S[j, i] = S[i, j]


def distances(M, S):
    n = M.shape[0]
    for i in prange(n):
        for j in range(n):
            d = 0.0
            for k in range(M.shape[1]):
                d += (M[i, k] - M[j, k]) ** 2
            S[i, j] = math.sqrt(d)


def distances_skipping(M, S):
    for i in prange(M.shape[0]):
        for j in range(M.shape[0]):
            if i == j:
                continue
            S[i, j] = M[i, 0] - M[j, 0]


def covariance(M):
    columns = M.shape[1]
    C = np.empty((columns, columns))
    for i in prange(columns):
        for j in range(i + 1):
            t = 0.0
            for k in range(M.shape[0]):
                t += M[k, i] * M[k, j]
            C[i, j] = t
            C[j, i] = t
    return C


def nearest(M, R, k64):
    for i in prange(M.shape[0]):
        best = np.inf
        where = -1
        for j in range(R.shape[0]):
            d = 0.0
            for k in range(M.shape[1]):
                d += (M[i, k] - R[j, k]) ** 2
            if d < best:
                best = d
                where = j
        k64[i] = where


def laplace(S, Q):
    for i in prange(1, S.shape[0] - 1):
        for j in range(1, S.shape[1] - 1):
            Q[i, j] = 0.25 * (S[i - 1, j] + S[i + 1, j] + S[i, j - 1] + S[i, j + 1])


def laplace_by_slices(S, Q):
    for i in prange(1, S.shape[0] - 1):
        Q[i, 1:-1] = 0.25 * (S[i - 1, 1:-1] + S[i + 1, 1:-1] + S[i, :-2] + S[i, 2:])


def heat(S, Q, s):
    n, m = S.shape
    for _ in range(3):
        for i in prange(1, n - 1):
            for j in range(1, m - 1):
                Q[i, j] = S[i, j] + 0.1 * s * (S[i + 1, j] - 2 * S[i, j] + S[i - 1, j])
        for i in prange(n):
            for j in range(m):
                S[i, j] = Q[i, j]


def largest_change(S, Q):
    change = 0.0
    for i in prange(1, S.shape[0] - 1):
        for j in range(1, S.shape[1] - 1):
            Q[i, j] = (S[i, j - 1] + S[i, j + 1]) / 2
            change = max(change, abs(Q[i, j] - S[i, j]))
    return change


def red_black_rows(S):
    for i in prange(1, S.shape[0] - 1, 2):
        for j in range(S.shape[1]):
            S[i, j] = (S[i - 1, j] + S[i + 1, j]) / 2


def channels(V, W):
    for y in prange(V.shape[0]):
        for x in range(V.shape[1]):
            r, g, b = V[y, x, 0], V[y, x, 1], V[y, x, 2]
            gray = 0.3 * r + 0.6 * g + 0.1 * b
            for c in range(3):
                W[y, x, c] = gray


def three_axes(V, W):
    for i in prange(V.shape[0]):
        for j in range(V.shape[1]):
            for k in range(V.shape[2]):
                W[i, j, k] = V[i, j, k] + 1


def middle_axis(V, W):
    for j in prange(V.shape[1]):
        for i in range(V.shape[0]):
            W[i, j, :] = V[i, j, :] * 2


def planes(V):
    for i in prange(V.shape[0]):
        plane = V[i]
        plane[0, 0] = 1.0
        plane[:, 1] = 2.0


def flat_rows(M, flat, m):
    for i in prange(M.shape[0]):
        for j in range(m):
            flat[i * m + j] = M[i, j]


def flat_rows_by_shape(M, flat):
    for i in prange(M.shape[0]):
        for j in range(M.shape[1]):
            flat[i * M.shape[1] + j] = M[i, j]


def flat_rows_by_names(M, flat):
    rows, columns = M.shape[0], M.shape[1]
    for i in prange(rows):
        base = i * columns
        for j in range(columns):
            flat[base + j] = M[i, j]


def flat_columns(M, flat):
    rows = M.shape[0]
    for i in prange(rows):
        for j in range(M.shape[1]):
            flat[j * rows + i] = M[i, j]


def flat_index_split(M, flat, m):
    for at in prange(flat.shape[0]):
        i = at // m
        j = at % m
        M[i, j] = flat[at] + 1


def flat_index_divmod(M, flat, m):
    for at in prange(len(flat)):
        i, j = divmod(at, m)
        M[i, j] = flat[at]


def flat_index_inline(M, flat, m):
    for at in prange(flat.size):
        M[at // m, at % m] += flat[at]


def raveled(M, flat):
    source = M.ravel()
    for at in prange(source.shape[0]):
        flat[at] = source[at]


def reshaped(flat, M):
    grid = flat.reshape(10, 6)
    for i in prange(grid.shape[0]):
        for j in range(grid.shape[1]):
            grid[i, j] = M[i, j]


def tiles(S, Q, k):
    n = S.shape[0]
    for block in prange((n + k - 1) // k):
        for i in range(block * k, min(n, block * k + k)):
            for j in range(n):
                Q[j, i] = S[i, j]


def tiles_in_two_axes(S, Q, k):
    n = S.shape[0]
    blocks = (n + k - 1) // k
    for bi in prange(blocks):
        for bj in range(blocks):
            for i in range(bi * k, min((bi + 1) * k, n)):
                for j in range(bj * k, min((bj + 1) * k, n)):
                    Q[i, j] = S[j, i]


def tiles_by_step(S, Q):
    n = S.shape[0]
    for start in prange(0, n, 4):
        for i in range(start, min(start + 4, n)):
            for j in range(n):
                Q[i, j] = S[i, j] + 1


def blocks_of_rows(M, k):
    for block in prange(M.shape[0] // k):
        M[block * k : (block + 1) * k, :] += block


def blocks_of_rows_by_view(M, k):
    for block in prange(M.shape[0] // k):
        part = M[block * k : (block + 1) * k]
        part[0, 0] = block


def own_histograms(p, k):
    n = len(p)
    own = np.zeros((k, 5), dtype=np.int64)
    for t in prange(k):
        for i in range(t * n // k, (t + 1) * n // k):
            own[t, p[i]] += 1
    return own.sum(axis=0)


def column_histograms(M, k):
    counts = np.zeros((M.shape[1], 4))
    for j in prange(M.shape[1]):
        for i in range(M.shape[0]):
            counts[j, int(M[i, j]) % 4] += 1
    return counts


def scattered_within_a_row(M, indices, R):
    for i in prange(M.shape[0]):
        for j in range(M.shape[1]):
            R[i, indices[j] % 6] += M[i, j]


def scattered_in_own_column(S, p):
    for i in prange(S.shape[1]):
        for j in range(len(p)):
            S[p[j], i] += 1.0


def bodies(M, a):
    n = M.shape[0]
    forces = np.zeros((n, 2))
    for i in prange(n):
        fx = 0.0
        fy = 0.0
        for j in range(n):
            if i != j:
                dx = M[j, 0] - M[i, 0]
                dy = M[j, 1] - M[i, 1]
                r = math.sqrt(dx * dx + dy * dy) + 0.1
                fx += a[j] * dx / r**3
                fy += a[j] * dy / r**3
        forces[i, 0] = fx
        forces[i, 1] = fy
    for i in prange(n):
        M[i, 0] += forces[i, 0]
        M[i, 1] += forces[i, 1]


def mandelbrot(R):
    h, w = R.shape
    for y in prange(h):
        for x in range(w):
            c = complex(-2 + 3 * x / w, -1 + 2 * y / h)
            z = 0j
            k = 0
            while abs(z) < 2 and k < 20:
                z = z * z + c
                k += 1
            R[y, x] = k


def floyd_warshall_step(S, Q):
    n = S.shape[0]
    for k in range(n):
        for i in prange(n):
            for j in range(n):
                Q[i, j] = min(S[i, j], S[i, k] + S[k, j])
        for i in prange(n):
            S[i, :] = Q[i, :]


def dynamic_program(S):
    n = S.shape[0]
    for d in range(2, n):
        for i in prange(n - d):
            best = np.inf
            for k in range(1, d):
                best = min(best, 0.5 * k + d)
            S[i, i + d] = best


def elimination(S, Q):
    n = S.shape[0]
    for k in range(n - 1):
        for i in prange(k + 1, n):
            f = S[i, k] / (S[k, k] + 100)
            for j in range(k, n):
                Q[i, j] = S[i, j] - f * S[k, j]


def elimination_in_place(S):
    n = S.shape[0]
    for k in range(n - 1):
        for i in prange(k + 1, n):
            f = S[i, k] / (S[k, k] + 100)
            for j in range(k, n):
                S[i, j] -= f * S[k, j]


def paths(R):
    for i in prange(R.shape[0]):
        R[i, 0] = 1.0
        for t in range(1, R.shape[1]):
            R[i, t] = R[i, t - 1] * (1 + 0.01 * ((i * 7 + t) % 5))


def exponential_average(M, R, s):
    for i in prange(M.shape[0]):
        t = M[i, 0]
        R[i, 0] = t
        for j in range(1, M.shape[1]):
            t = 0.5 * s * M[i, j] + (1 - 0.5 * s) * t
            R[i, j] = t


@jit
def do_row(M, i, s):
    for j in range(M.shape[1]):
        M[i, j] *= s


@jit
def do_view(row):
    row[0] = 1.0
    for j in range(1, len(row)):
        row[j] += row[j - 1]


@jit
def length_of(M, i):
    t = 0.0
    for j in range(M.shape[1]):
        t += M[i, j] * M[i, j]
    return math.sqrt(t)


def function_does_row(M, s):
    for i in prange(M.shape[0]):
        do_row(M, i, s)


def function_does_view(M):
    for i in prange(M.shape[0]):
        do_view(M[i])


def function_reads_row(M, out):
    for i in prange(M.shape[0]):
        out[i] = length_of(M, i)


def function_fills_private(M, out):
    for i in prange(M.shape[0]):
        own = M[i].copy()
        do_view(own)
        out[i] = own[-1]


def numpy_into_row(M, R):
    for i in prange(M.shape[0]):
        np.add(M[i], 1.0, out=R[i])


def outer_product(a, b):
    R = np.empty((len(a), len(b)))
    for i in prange(len(a)):
        R[i, :] = a[i] * b
    return R


def outer_loops_of_pranges(V):
    for i in range(V.shape[0]):
        for j in prange(V.shape[1]):
            V[i, j, 0] = V[i, j, 1] + 1


def last_element_of_row(M):
    for i in prange(M.shape[0]):
        M[i, -1] = M[i, 0]


def bounded_band(S):
    n = S.shape[0]
    for i in prange(n):
        for j in range(max(0, i - 2), min(n, i + 3)):
            S[i, j] = 1.0


def boundary_and_inside(S, Q):
    n = S.shape[0]
    for i in prange(n):
        if i > 0 and i < n - 1:
            for j in range(1, n - 1):
                Q[i, j] = S[i, j] + S[i - 1, j] + S[i + 1, j]
        else:
            Q[i, :] = 0.0
        Q[i, 0] = 0.0
        Q[i, n - 1] = 0.0


def empty_range(a, out):
    for i in prange(0):
        out[i] = a[i]


def one_turn(a, out):
    for i in prange(1):
        out[i] = a[i]
