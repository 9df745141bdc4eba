"""Whole numbers: number theory and bits."""

from __future__ import annotations

import math

import numpy as np

from benches.kernels.program import Program


def sieve(n, composite):
    for i in range(n):
        composite[i] = 0
    count = 0
    for i in range(2, n):
        if composite[i] == 0:
            count += 1
            for j in range(i * i, n, i):
                composite[j] = 1
    return count


def collatz(limit):
    best = 0
    longest = 0
    for start in range(1, limit):
        n = start
        steps = 0
        while n != 1:
            if n % 2 == 0:
                n = n // 2
            else:
                n = 3 * n + 1
            steps += 1
        if steps > longest:
            longest = steps
            best = start
    return best


def greatest_common_divisors(a, b):
    total = 0
    for i in range(a.shape[0]):
        x = int(a[i])
        y = int(b[i])
        while y != 0:
            rest = x % y
            x = y
            y = rest
        total += x
    return total


def population_count(a):
    total = 0
    for i in range(a.shape[0]):
        x = a[i]
        while x != 0:
            x &= x - 1
            total += 1
    return total


def modular_powers(bases, exponent, modulus, out):
    for i in range(bases.shape[0]):
        base = int(bases[i]) % modulus
        e = exponent
        power = 1
        while e > 0:
            if e & 1:
                power = power * base % modulus
            base = base * base % modulus
            e >>= 1
        out[i] = power


def perfect_numbers(limit):
    total = 0
    for n in range(2, limit):
        s = 1
        d = 2
        while d * d <= n:
            if n % d == 0:
                s += d
                if d * d != n:
                    s += n // d
            d += 1
        if s == n:
            total += n
    return total


def morton_codes(x, y, out):
    for i in range(x.shape[0]):
        a = x[i] & 0xFFFF
        b = y[i] & 0xFFFF
        a = (a | (a << 8)) & 0x00FF00FF
        a = (a | (a << 4)) & 0x0F0F0F0F
        a = (a | (a << 2)) & 0x33333333
        a = (a | (a << 1)) & 0x55555555
        b = (b | (b << 8)) & 0x00FF00FF
        b = (b | (b << 4)) & 0x0F0F0F0F
        b = (b | (b << 2)) & 0x33333333
        b = (b | (b << 1)) & 0x55555555
        out[i] = a | (b << 1)


def _sieve(n, composite):
    marks = np.ones(n, bool)
    marks[:2] = False
    for i in range(2, int(n**0.5) + 1):
        if marks[i]:
            marks[i * i :: i] = False
    return int(marks.sum())


def _perfect(limit):
    return sum(n for n in (6, 28, 496, 8128, 33550336) if n < limit)


def _morton(x, y, out):
    return np.array([
        sum(((a >> k & 1) << 2 * k) | ((b >> k & 1) << 2 * k + 1) for k in range(16))
        for a, b in zip(x.tolist(), y.tolist())
    ])


PROGRAMS = (
    Program(sieve, lambda rng, n: (n, np.ones(n, np.uint8)), 300_000, 200,
            lambda n: (n * math.log(math.log(n)), 1.0 * n), result=int, reference=_sieve),
    Program(collatz, lambda rng, n: (n,), 20_000, 50, lambda n: (250.0 * n, 8.0), result=int),
    Program(greatest_common_divisors,
            lambda rng, n: tuple(rng.integers(1, 10**9, (2, n))), 20_000, 37,
            lambda n: (17.0 * n, 16.0 * n), result=int,
            reference=lambda a, b: int(np.gcd(a, b).sum())),
    Program(population_count, lambda rng, n: (rng.integers(0, 1 << 40, n),), 50_000, 37,
            lambda n: (1.0 * n, 8.0 * n), result=int,
            reference=lambda a: sum(value.bit_count() for value in a.tolist())),
    Program(modular_powers,
            lambda rng, n: (rng.integers(1, 10**9, n), 1_000_000_005, 1_000_000_007,
                            np.ones(n, np.int64)),
            5_000, 37, lambda n: (90.0 * n, 16.0 * n), ("out",),
            reference=lambda bases, e, m, out: np.array([pow(b, e, m) for b in bases.tolist()])),
    Program(perfect_numbers, lambda rng, n: (n,), 20_000, 600,
            lambda n: (2.0 / 3.0 * n**1.5, 8.0), result=int, reference=_perfect),
    Program(morton_codes,
            lambda rng, n: (*rng.integers(0, 1 << 16, (2, n)), np.ones(n, np.int64)),
            200_000, 37, lambda n: (30.0 * n, 24.0 * n), ("out",), reference=_morton),
)
