"""Factorizations and solvers of linear systems, in place in an array of their own."""

from __future__ import annotations

import math

import numpy as np

from benches.kernels.program import Program


def lu(a, out):
    n = a.shape[0]
    for i in range(n):
        for j in range(n):
            out[i, j] = a[i, j]
    for k in range(n):
        for i in range(k + 1, n):
            out[i, k] = out[i, k] / out[k, k]
            factor = out[i, k]
            for j in range(k + 1, n):
                out[i, j] -= factor * out[k, j]


def cholesky(a, out):
    n = a.shape[0]
    for i in range(n):
        for j in range(n):
            out[i, j] = 0.0
    for i in range(n):
        for j in range(i + 1):
            s = a[i, j]
            for k in range(j):
                s -= out[i, k] * out[j, k]
            if i == j:
                out[i, i] = math.sqrt(s)
            else:
                out[i, j] = s / out[j, j]


def gram_schmidt(a, q, r):
    rows, columns = a.shape
    for i in range(rows):
        for j in range(columns):
            q[i, j] = a[i, j]
    for j in range(columns):
        s = 0.0
        for i in range(rows):
            s += q[i, j] * q[i, j]
        norm = math.sqrt(s)
        r[j, j] = norm
        for i in range(rows):
            q[i, j] = q[i, j] / norm
        for k in range(j + 1, columns):
            s = 0.0
            for i in range(rows):
                s += q[i, j] * q[i, k]
            r[j, k] = s
            for i in range(rows):
                q[i, k] -= s * q[i, j]


def tridiagonal(lower, diagonal, upper, right, scratch, x):
    n = diagonal.shape[0]
    scratch[0] = upper[0] / diagonal[0]
    x[0] = right[0] / diagonal[0]
    for i in range(1, n):
        pivot = diagonal[i] - lower[i] * scratch[i - 1]
        scratch[i] = upper[i] / pivot
        x[i] = (right[i] - lower[i] * x[i - 1]) / pivot
    for i in range(n - 2, -1, -1):
        x[i] -= scratch[i] * x[i + 1]


def gauss_seidel(a, b, steps, x):
    n = a.shape[0]
    for i in range(n):
        x[i] = 0.0
    for step in range(steps):
        for i in range(n):
            s = b[i]
            for j in range(i):
                s -= a[i, j] * x[j]
            for j in range(i + 1, n):
                s -= a[i, j] * x[j]
            x[i] = s / a[i, i]


def _dominant(rng, n):
    return rng.uniform(-1, 1, (n, n)) + n * np.eye(n)


def _lu(a, out):
    want = a.copy()
    for k in range(len(a)):
        want[k + 1 :, k] /= want[k, k]
        want[k + 1 :, k + 1 :] -= np.outer(want[k + 1 :, k], want[k, k + 1 :])
    return want


def _positive(rng, n):
    a = rng.uniform(-1, 1, (n, n))
    return a @ a.T + n * np.eye(n), np.ones((n, n))


def _qr(a, q, r):
    want_q, want_r = np.linalg.qr(a)
    signs = np.sign(np.diag(want_r))
    return want_q * signs, want_r * signs[:, None]


def _bands(rng, n):
    lower, upper, right = rng.uniform(-1, 1, (3, n))
    return lower, rng.uniform(3, 4, n), upper, right, np.ones(n), np.ones(n)


def _tridiagonal(lower, diagonal, upper, right, scratch, x):
    """Thomas's algorithm on Python's floats: dense matrices are too large for the full size."""
    c, d = [upper[0] / diagonal[0]], [right[0] / diagonal[0]]
    for low, mid, up, value in zip(
        lower[1:].tolist(), diagonal[1:].tolist(), upper[1:].tolist(), right[1:].tolist()
    ):
        pivot = mid - low * c[-1]
        d.append((value - low * d[-1]) / pivot)
        c.append(up / pivot)
    for i in range(len(d) - 2, -1, -1):
        d[i] -= c[i] * d[i + 1]
    return np.array(d)


PROGRAMS = (
    Program(lu, lambda rng, n: (_dominant(rng, n), np.ones((n, n))), 200, 9,
            lambda n: (2.0 / 3.0 * n**3, 24.0 * n * n), ("out",), reference=_lu),
    Program(cholesky, _positive, 200, 9, lambda n: (n**3 / 3.0, 24.0 * n * n), ("out",),
            reference=lambda a, out: np.linalg.cholesky(a)),
    Program(gram_schmidt,
            lambda rng, n: (rng.normal(size=(n + 40, n)), np.ones((n + 40, n)), np.zeros((n, n))),
            100, 7, lambda n: (2.0 * n * n * (n + 40), 16.0 * n * (n + 40)), ("q", "r"),
            reference=_qr),
    Program(tridiagonal, _bands, 100_000, 23, lambda n: (8.0 * n, 48.0 * n), ("x",),
            reference=_tridiagonal),
    Program(gauss_seidel, lambda rng, n: (_dominant(rng, n), rng.normal(size=n), 60, np.ones(n)),
            120, 7, lambda n: (120.0 * n * n, 8.0 * n * n), ("x",),
            reference=lambda a, b, steps, x: np.linalg.solve(a, b)),
)
