"""Dynamic programming: tables filled row by row, in integers."""

from __future__ import annotations

import numpy as np

from benches.kernels.program import Program


def knapsack(weights, values, capacity, best):
    for w in range(capacity + 1):
        best[w] = 0
    for i in range(weights.shape[0]):
        weight = weights[i]
        value = values[i]
        for w in range(capacity, weight - 1, -1):
            other = best[w - weight] + value
            if other > best[w]:
                best[w] = other
    return best[capacity]


def longest_common_subsequence(a, b, table):
    rows = a.shape[0]
    columns = b.shape[0]
    for j in range(columns + 1):
        table[0, j] = 0
    for i in range(1, rows + 1):
        table[i, 0] = 0
        for j in range(1, columns + 1):
            if a[i - 1] == b[j - 1]:
                table[i, j] = table[i - 1, j - 1] + 1
            else:
                table[i, j] = max(table[i - 1, j], table[i, j - 1])
    return table[rows, columns]


def smith_waterman(a, b, score, gap, table):
    rows = a.shape[0]
    columns = b.shape[0]
    for j in range(columns + 1):
        table[0, j] = 0
    best = 0
    for i in range(1, rows + 1):
        table[i, 0] = 0
        for j in range(1, columns + 1):
            value = table[i - 1, j - 1] + score[a[i - 1], b[j - 1]]
            value = max(value, table[i - 1, j] - gap)
            value = max(value, table[i, j - 1] - gap)
            value = max(value, 0)
            table[i, j] = value
            if value > best:
                best = value
    return best


def time_warping(a, b, above, row):
    n = a.shape[0]
    m = b.shape[0]
    for j in range(m):
        above[j] = 1e30
    first = 0.0
    for i in range(n):
        left = 1e30
        for j in range(m):
            corner = first
            if j > 0:
                corner = above[j - 1]
            cost = min(corner, above[j], left)
            left = abs(a[i] - b[j]) + cost
            row[j] = left
        for j in range(m):
            above[j] = row[j]
        first = 1e30
    return above[m - 1]


def matrix_chain(sizes, cost):
    n = sizes.shape[0] - 1
    for i in range(n):
        cost[i, i] = 0
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            least = cost[i + 1, j] + sizes[i] * sizes[i + 1] * sizes[j + 1]
            for k in range(i + 1, j):
                here = cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1]
                if here < least:
                    least = here
            cost[i, j] = least
    return cost[0, n - 1]


def coin_changes(coins, amount, ways):
    for total in range(amount + 1):
        ways[total] = 0
    ways[0] = 1
    for i in range(coins.shape[0]):
        coin = coins[i]
        for total in range(coin, amount + 1):
            ways[total] = (ways[total] + ways[total - coin]) % 1_000_000_007
    return ways[amount]


def _knapsack(weights, values, capacity, best):
    want = np.zeros(capacity + 1, np.int64)
    for weight, value in zip(weights, values):
        want[weight:] = np.maximum(want[weight:], want[: capacity + 1 - weight] + value)
    return int(want[-1]), want


def _subsequence(a, b, table):
    """Row by row; a step to the right is a running maximum."""
    want = np.zeros((len(a) + 1, len(b) + 1), np.int64)
    for i, letter in enumerate(a):
        want[i + 1, 1:] = np.maximum(want[i, 1:], want[i, :-1] + (b == letter))
        want[i + 1] = np.maximum.accumulate(want[i + 1])
    return int(want[-1, -1]), want


def _smith_waterman(a, b, score, gap, table):
    """Row by row; a gap to the right is a running maximum of values with the gaps added."""
    want = np.zeros((len(a) + 1, len(b) + 1), np.int64)
    steps = gap * np.arange(len(b) + 1)
    for i, letter in enumerate(a):
        row = np.zeros(len(b) + 1, np.int64)
        row[1:] = np.maximum(want[i, :-1] + score[letter, b], want[i, 1:] - gap).clip(0)
        want[i + 1] = np.maximum.accumulate(row + steps) - steps
    return int(want.max()), want


def _chain(sizes, cost):
    n = len(sizes) - 1
    want = np.zeros((n, n), np.int64)
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            middle = want[i, i:j] + want[i + 1 : j + 1, j]
            want[i, j] = np.min(middle + sizes[i] * sizes[i + 1 : j + 1] * sizes[j + 1])
    return int(want[0, -1])


def _score(rng):
    score = rng.integers(-4, 3, (4, 4))
    np.fill_diagonal(score, 5)
    return score


PROGRAMS = (
    Program(knapsack,
            lambda rng, n: (rng.integers(1, 60, n), rng.integers(1, 100, n), 20 * n,
                            np.ones(20 * n + 1, np.int64)),
            200, 9, lambda n: (40.0 * n * n, 320.0 * n * n), ("best",), int, _knapsack),
    Program(longest_common_subsequence,
            lambda rng, n: (rng.integers(0, 4, n), rng.integers(0, 4, n),
                            np.ones((n + 1, n + 1), np.int64)),
            700, 13, lambda n: (2.0 * n * n, 8.0 * n * n), ("table",), int, _subsequence),
    Program(smith_waterman,
            lambda rng, n: (rng.integers(0, 4, n), rng.integers(0, 4, n), _score(rng), 3,
                            np.ones((n + 1, n + 1), np.int64)),
            600, 13, lambda n: (6.0 * n * n, 8.0 * n * n), ("table",), int, _smith_waterman),
    Program(time_warping,
            lambda rng, n: (*rng.normal(size=(2, n)), np.ones(n), np.ones(n)),
            600, 13, lambda n: (4.0 * n * n, 32.0 * n), result=float),
    Program(matrix_chain,
            lambda rng, n: (rng.integers(2, 50, n), np.ones((n - 1, n - 1), np.int64)),
            150, 9, lambda n: (4.0 / 6.0 * n**3, 8.0 * n * n), result=int, reference=_chain),
    Program(coin_changes,
            lambda rng, n: (np.array([1, 2, 5, 10, 20, 50, 100, 200]), n, np.ones(n + 1, np.int64)),
            50_000, 37, lambda n: (16.0 * n, 128.0 * n), ("ways",), int),
)
