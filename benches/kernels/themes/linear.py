"""Products of matrices and vectors, dense and sparse, and walks over all pairs."""

from __future__ import annotations

import math

import numpy as np

from benches.kernels.program import Program


def matrix_product(a, b, out):
    rows, inner = a.shape
    columns = b.shape[1]
    for i in range(rows):
        for j in range(columns):
            out[i, j] = 0.0
        for k in range(inner):
            for j in range(columns):
                out[i, j] += a[i, k] * b[k, j]


def blocked_product(a, b, out, block):
    n = a.shape[0]
    for i in range(n):
        for j in range(n):
            out[i, j] = 0.0
    for ii in range(0, n, block):
        for kk in range(0, n, block):
            for jj in range(0, n, block):
                for i in range(ii, min(ii + block, n)):
                    for k in range(kk, min(kk + block, n)):
                        factor = a[i, k]
                        for j in range(jj, min(jj + block, n)):
                            out[i, j] += factor * b[k, j]


def matrix_vector(a, x, out):
    rows, columns = a.shape
    for i in range(rows):
        s = 0.0
        for j in range(columns):
            s += a[i, j] * x[j]
        out[i] = s


def transposed(a, out):
    rows, columns = a.shape
    for i in range(rows):
        for j in range(columns):
            out[j, i] = a[i, j]


def transposed_large(a, out):
    rows, columns = a.shape
    for i in range(rows):
        for j in range(columns):
            out[j, i] = a[i, j]


def product_by_definition(a, b, out):
    rows, inner = a.shape
    columns = b.shape[1]
    for i in range(rows):
        for j in range(columns):
            s = 0.0
            for k in range(inner):
                s += a[i, k] * b[k, j]
            out[i, j] = s


def column_totals(a, out):
    rows, columns = a.shape
    for j in range(columns):
        out[j] = 0.0
    for j in range(columns):
        for i in range(rows):
            out[j] += a[i, j]


def scaled_columns(a, factors, out):
    rows, columns = a.shape
    for j in range(columns):
        for i in range(rows):
            out[i, j] = a[i, j] * factors[j]


def column_order(a, out):
    rows, columns = a.shape
    for j in range(1, columns):
        for i in range(1, rows):
            out[i, j] = a[i, j] - 0.25 * (a[i - 1, j] + a[i, j - 1])


def sparse_product(starts, columns, values, x, out):
    for i in range(out.shape[0]):
        s = 0.0
        for k in range(starts[i], starts[i + 1]):
            s += values[k] * x[columns[k]]
        out[i] = s


def floyd_warshall(graph, distance):
    n = graph.shape[0]
    for i in range(n):
        for j in range(n):
            distance[i, j] = graph[i, j]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                through = distance[i, k] + distance[k, j]
                if through < distance[i, j]:
                    distance[i, j] = through


def pairwise_distances(points, out):
    count, width = points.shape
    for i in range(count):
        for j in range(count):
            s = 0.0
            for k in range(width):
                d = points[i, k] - points[j, k]
                s += d * d
            out[i, j] = math.sqrt(s)


def power_iteration(a, steps, x, y):
    n = a.shape[0]
    for i in range(n):
        x[i] = 1.0
    norm = 0.0
    for step in range(steps):
        norm = 0.0
        for i in range(n):
            s = 0.0
            for j in range(n):
                s += a[i, j] * x[j]
            y[i] = s
            norm += s * s
        norm = math.sqrt(norm)
        for i in range(n):
            x[i] = y[i] / norm
    return norm


def _square(rng, n):
    return rng.uniform(-1, 1, (n, n))


def _sparse(rng, n):
    lengths = rng.integers(0, 16, n)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    columns = rng.integers(0, n, starts[-1])
    return starts, columns, rng.normal(size=starts[-1]), rng.normal(size=n), np.ones(n)


def _sparse_product(starts, columns, values, x, out):
    products = np.concatenate([[0.0], np.cumsum(values * x[columns])])
    return products[starts[1:]] - products[starts[:-1]]


def _column_order(a, out):
    want = np.zeros_like(a)
    want[1:, 1:] = a[1:, 1:] - 0.25 * (a[:-1, 1:] + a[1:, :-1])
    return want


def _graph(rng, n):
    graph = rng.uniform(1, 100, (n, n))
    np.fill_diagonal(graph, 0.0)
    return graph, np.ones((n, n))


def _shortest(graph, distance):
    want = graph.copy()
    for k in range(len(graph)):
        want = np.minimum(want, want[:, k, None] + want[None, k])
    return want


def _power(a, steps, x, y):
    x = np.ones(len(a))
    for _ in range(steps):
        y = a @ x
        x = y / np.linalg.norm(y)
    return float(np.linalg.norm(y)), x


PROGRAMS = (
    Program(matrix_product, lambda rng, n: (_square(rng, n), _square(rng, n), np.ones((n, n))),
            160, 7, lambda n: (2.0 * n**3, 24.0 * n * n), ("out",),
            reference=lambda a, b, out: a @ b),
    Program(blocked_product,
            lambda rng, n: (_square(rng, n), _square(rng, n), np.ones((n, n)), 32),
            192, 35, lambda n: (2.0 * n**3, 24.0 * n * n), ("out",),
            reference=lambda a, b, out, block: a @ b),
    Program(matrix_vector, lambda rng, n: (_square(rng, n), rng.normal(size=n), np.ones(n)),
            500, 7, lambda n: (2.0 * n * n, 8.0 * n * n), ("out",),
            reference=lambda a, x, out: a @ x),
    Program(transposed, lambda rng, n: (rng.normal(size=(n, n + 8)), np.ones((n + 8, n))),
            500, 7, lambda n: (1.0 * n * n, 16.0 * n * n), ("out",),
            reference=lambda a, out: a.T),
    Program(transposed_large, lambda rng, n: (rng.normal(size=(n, n + 8)), np.ones((n + 8, n))),
            1_500, 9, lambda n: (1.0 * n * n, 16.0 * n * n), ("out",),
            reference=lambda a, out: a.T),
    Program(product_by_definition,
            lambda rng, n: (_square(rng, n), _square(rng, n), np.ones((n, n))),
            400, 7, lambda n: (2.0 * n**3, 24.0 * n * n), ("out",),
            reference=lambda a, b, out: a @ b),
    Program(column_totals, lambda rng, n: (rng.normal(size=(n, n)), np.ones(n)),
            600, 9, lambda n: (1.0 * n * n, 8.0 * n * n), ("out",),
            reference=lambda a, out: a.sum(0)),
    Program(scaled_columns,
            lambda rng, n: (rng.normal(size=(n, n)), rng.normal(size=n), np.ones((n, n))),
            600, 9, lambda n: (1.0 * n * n, 16.0 * n * n), ("out",),
            reference=lambda a, factors, out: a * factors),
    Program(column_order, lambda rng, n: (rng.normal(size=(n, n)), np.zeros((n, n))),
            600, 9, lambda n: (3.0 * n * n, 16.0 * n * n), ("out",), reference=_column_order),
    Program(sparse_product, _sparse, 30_000, 23, lambda n: (15.0 * n, 136.0 * n), ("out",),
            reference=_sparse_product),
    Program(floyd_warshall, _graph, 160, 9, lambda n: (2.0 * n**3, 16.0 * n * n), ("distance",),
            reference=_shortest),
    Program(pairwise_distances, lambda rng, n: (rng.normal(size=(n, 3)), np.ones((n, n))),
            500, 9, lambda n: (10.0 * n * n, 8.0 * n * n), ("out",),
            reference=lambda points, out: np.linalg.norm(points[:, None] - points[None], axis=2)),
    Program(power_iteration,
            lambda rng, n: (rng.uniform(0, 1, (n, n)), 20, np.ones(n), np.ones(n)),
            200, 9, lambda n: (40.0 * n * n, 8.0 * n * n), ("x",), float, reference=_power),
)
