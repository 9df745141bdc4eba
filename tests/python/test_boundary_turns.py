"""Loops whose first and last turns differ from those between, and loops of few turns.

The same elements and exceptions as plain Python, on both tiers: for sizes around those at which
there are no turns between, where arrays are shorter than the loop, and where the numbers that are
asked for are far beyond all arrays.
"""

import numpy as np
import pytest

from cumbia import jit


def wrapped(a, out, n, k):
    for x in range(n):
        out[x] = a[x - 1] + 10 * a[(x + 1) % n]


def wrapped_both_ways(a, out, n, k):
    for x in range(n):
        out[x] = a[(x - 2) % n] - a[(x + 3) % n]


def wrapped_by_another_number(a, out, n, k):
    for x in range(n):
        out[x] = a[(x + 1) % k]


def clamped(a, out, n, k):
    for x in range(n):
        out[x] = a[max(x - 2, 0)] + 3 * a[min(x + 2, n - 1)]


def chosen(a, out, n, k):
    for x in range(n):
        left = x - 1 if x > 0 else n - 1
        right = x + 1 if x < n - 1 else 0
        if x == 0:
            out[x] = -1
        elif x == n - 1:
            out[x] = -2
        else:
            out[x] = a[left] + 7 * a[right]


def within(a, out, n, k):
    for x in range(n):
        total = 0
        if x - 2 >= 0:
            total += a[x - 2]
        if x + 2 < n:
            total += 5 * a[x + 2]
        if 0 <= x + k < n:
            total += a[x + k]
        if x != n - 2:
            total += 1
        out[x] = total


def between(a, out, n, k):
    for x in range(1, n - 1):
        out[x] = a[x - 1] + a[(x + 1) % n] if x != 1 else a[x - 2]


def from_a_number(a, out, n, k):
    for x in range(k, n):
        out[x] = a[x - 1] if x >= k + 1 else a[x]


def left_early(a, out, n, k):
    for x in range(n):
        out[x] = a[x - 1]
        if a[(x + 1) % n] == k:
            return x
    return -1


def carried(a, out, n, k):
    total, before = 0, a[0] if n else 0
    for x in range(n):
        total = 3 * total + before - a[x - 3]
        before = a[(x + 1) % n]
        out[x] = total
    return total, before


def two_dimensions(a, out, n, k):
    for y in range(n):
        for x in range(n):
            above, below = a[y - 1] * 2, a[(y + 1) % n]
            out[y] += above - below * a[x - 1] + a[(x + 1) % n]


def small_window(a, out, n, k):
    for x in range(n):
        for d in range(-1, 2):
            out[x] += (d + 3) * a[(x + d) % n]


def small_window_clamped(a, out, n, k):
    for x in range(n):
        for d in (-1, 0, 1):
            for e in range(2, 0, -1):
                out[x] += e * a[min(max(x + d, 0), n - 1)]


def small_window_left_early(a, out, n, k):
    for x in range(n):
        for d in range(3):
            if a[x - d] == k:
                return 10 * x + d
            out[x] += a[x - d]
    return -1


def asked_in_each_turn(a, out, n, k):
    for x in range(n):
        if k > 2:
            out[x] = a[2 * x]
        else:
            out[x] = x


PROGRAMS = [
    wrapped, wrapped_both_ways, wrapped_by_another_number, clamped, chosen, within, between, from_a_number,
    left_early, carried, two_dimensions, small_window, small_window_clamped, small_window_left_early,
    asked_in_each_turn,
]  # fmt: skip


# Integers that Python makes longer than 64 bits, the one thing that may differ.
OVERFLOWS = OverflowError, "integer result too large: it does not fit in 64 bits"


def run(function, length, n, k, dtype, step=1):
    a = (np.arange(length * abs(step), dtype=dtype)[::step] * 7) % 11
    out = np.zeros(length, dtype)
    try:
        with np.errstate(over="ignore"):
            result = function(a, out, n, k)
    except Exception as error:
        result = type(error), str(error)
    return result, out.tolist()


@pytest.mark.parametrize("tier", ["fast", "best"])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_as_python(program, tier):
    compiled = jit(program, tier=tier)
    for n in (*range(12), 33, 300):
        for length in {n, max(n - 1, 0), n // 2, 2 * n + 1}:
            for k in (1, 3, 5):
                assert run(compiled, length, n, k, np.int64) == run(program, length, n, k, np.int64), (n, length, k)
        assert run(compiled, n, n, 2, np.float64, -2) == run(program, n, n, 2, np.float64, -2), n


@pytest.mark.parametrize("tier", ["fast", "best"])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_numbers_beyond_all_arrays(program, tier):
    compiled = jit(program, tier=tier)
    for number in (0, -1, -7, 2**62, 2**63 - 1, -(2**63), -(2**62) - 3):
        runs = [(length, length, number) for length in (0, 1, 9, 40)]
        for length, n, k in (*runs, (9, min(number, 9), 3)):
            result, out = run(compiled, length, n, k, np.int64)
            if result != OVERFLOWS or abs(number) < 2**62:
                assert (result, out) == run(program, length, n, k, np.int64), (length, n, k)


def planes(a, out):
    height, width, channels = a.shape
    for y in range(height):
        for x in range(width):
            for c in range(3):
                s = 0.0
                for dy in range(-1, 2):
                    for dx in range(-1, 2):
                        s += a[(y + dy) % height, (x + dx) % width, c]
                out[y, x, c] = s


@pytest.mark.parametrize("tier", ["fast", "best"])
@pytest.mark.parametrize("shape", [(5, 7, 3), (1, 1, 3), (0, 4, 3), (2, 3, 4), (3, 3, 2), (3, 3, 0)])
def test_planes(shape, tier):
    compiled = jit(planes, tier=tier)
    a = np.random.default_rng(3).random(shape)
    for source in (a, a.transpose(1, 0, 2), a[::-1, ::-1], a.astype(np.float32)):
        ends = []
        for function in (planes, compiled):
            out = np.zeros(source.shape)
            try:
                function(source, out)
            except IndexError as error:
                ends.append((str(error), out.tolist()))
            else:
                ends.append(out.tolist())
        assert ends[0] == ends[1]
