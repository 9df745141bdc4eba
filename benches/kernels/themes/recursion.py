"""Functions that call themselves."""

from __future__ import annotations

from benches.kernels.program import Program


def fibonacci(n):
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def takeuchi(x, y, z):
    if y >= x:
        return z
    return takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y))


def queens(n, columns, left, right):
    every = (1 << n) - 1
    if columns == every:
        return 1
    count = 0
    free = every & ~(columns | left | right)
    while free != 0:
        place = free & -free
        free ^= place
        count += queens(n, columns | place, ((left | place) << 1) & every, (right | place) >> 1)
    return count


def partitions(n, largest):
    if n == 0:
        return 1
    count = 0
    for part in range(1, min(n, largest) + 1):
        count += partitions(n - part, part)
    return count


def _fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def _ackermann(m, n):
    return {2: 2 * n + 3, 3: 2 ** (n + 3) - 3}[m]


def _takeuchi(x, y, z):
    """What the function that returns z comes to (McCarthy, after Knuth 1991)."""
    known = {}

    def value(x, y, z):
        if y >= x:
            return z
        if (x, y, z) not in known:
            inner = value(x - 1, y, z), value(y - 1, z, x), value(z - 1, x, y)
            known[x, y, z] = value(*inner)
        return known[x, y, z]

    return value(x, y, z)


def _partitions(n, largest):
    ways = [1] + [0] * n
    for part in range(1, largest + 1):
        for total in range(part, n + 1):
            ways[total] += ways[total - part]
    return ways[n]


_SOLUTIONS = {6: 4, 9: 352, 10: 724}

PROGRAMS = (
    Program(fibonacci, lambda rng, n: (n,), 27, 10, lambda n: (1.618**n, 8.0), result=int,
            reference=_fibonacci),
    Program(ackermann, lambda rng, n: (2, n), 300, 9, lambda n: (2.0 * n * n, 8.0), result=int,
            reference=_ackermann),
    Program(takeuchi, lambda rng, n: (n, n - 6 if n > 8 else 4, 2), 14, 8,
            lambda n: (3e5, 8.0), result=int,
            reference=_takeuchi),
    Program(queens, lambda rng, n: (n, 0, 0, 0), 9, 6, lambda n: (1e5, 8.0), result=int,
            reference=lambda n, columns, left, right: _SOLUTIONS[n]),
    Program(partitions, lambda rng, n: (n, n), 45, 12, lambda n: (1e6, 8.0), result=int,
            reference=_partitions),
)
