"""Random numbers made by the program itself, so that every engine draws the same."""

from __future__ import annotations

import math

import numpy as np

from benches.kernels.program import Program


def linear_congruential(seed, out):
    state = seed
    for i in range(out.shape[0]):
        state = (1103515245 * state + 12345) & 0x7FFFFFFF
        out[i] = state


def xorshift(seed, out):
    state = seed
    for i in range(out.shape[0]):
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        out[i] = state * 2.3283064365386963e-10


def monte_carlo_pi(seed, n):
    state = seed
    inside = 0
    for i in range(n):
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        x = state * 2.3283064365386963e-10
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        y = state * 2.3283064365386963e-10
        if x * x + y * y < 1.0:
            inside += 1
    return 4.0 * inside / n


def random_walk(seed, steps, visits):
    size = visits.shape[0]
    for i in range(size):
        for j in range(size):
            visits[i, j] = 0
    i = size // 2
    j = size // 2
    state = seed
    for step in range(steps):
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        way = state & 3
        if way == 0:
            i = i + 1 if i + 1 < size else 0
        elif way == 1:
            i = i - 1 if i > 0 else size - 1
        elif way == 2:
            j = j + 1 if j + 1 < size else 0
        else:
            j = j - 1 if j > 0 else size - 1
        visits[i, j] += 1


def shuffled(seed, out):
    n = out.shape[0]
    for i in range(n):
        out[i] = i
    state = seed
    for i in range(n - 1, 0, -1):
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        j = (state * (i + 1)) >> 32
        held = out[i]
        out[i] = out[j]
        out[j] = held


def metropolis(seed, steps, out):
    state = seed
    x = 0.0
    for step in range(steps):
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        proposal = x + 4.0 * (state * 2.3283064365386963e-10) - 2.0
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        if state * 2.3283064365386963e-10 < math.exp(0.5 * (x * x - proposal * proposal)):
            x = proposal
        out[step] = x


def _congruential(seed, out):
    """Four steps at once, by the powers of the multiplier."""
    n, modulus = len(out), 1 << 31
    state, want = seed, []
    for _ in range(n):
        state = (1103515245 * state + 12345) % modulus
        want.append(state)
    return np.array(want)


def _same_values(seed, n):
    state, inside = seed, 0
    values = []
    for _ in range(2 * n):
        state = (1664525 * state + 1013904223) % (1 << 32)
        values.append(state)
    points = np.array(values, np.float64).reshape(n, 2) / 2.0**32
    inside = int(np.sum((points**2).sum(1) < 1.0))
    return 4.0 * inside / n


PROGRAMS = (
    Program(linear_congruential, lambda rng, n: (12345, np.ones(n, np.int64)), 300_000, 37,
            lambda n: (3.0 * n, 8.0 * n), ("out",), reference=_congruential),
    Program(xorshift, lambda rng, n: (2463534242, np.ones(n)), 300_000, 37,
            lambda n: (7.0 * n, 8.0 * n), ("out",)),
    Program(monte_carlo_pi, lambda rng, n: (4711, n), 200_000, 100,
            lambda n: (9.0 * n, 8.0), result=float, reference=_same_values),
    Program(random_walk, lambda rng, n: (2463534242, n, np.ones((64, 64), np.int64)), 200_000, 100,
            lambda n: (8.0 * n, 32768.0), ("visits",)),
    Program(shuffled, lambda rng, n: (4711, np.ones(n, np.int64)), 100_000, 37,
            lambda n: (4.0 * n, 8.0 * n), ("out",)),
    Program(metropolis, lambda rng, n: (4711, n, np.ones(n)), 100_000, 37,
            lambda n: (30.0 * n, 8.0 * n), ("out",), rtol=1e-12, fast_rtol=1e-2),
)
