"""Random numbers in kernels: the bits of the algorithm, written again in Python's integers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from cumbia import cuda
from cumbia.cuda.random import (
    create_xoroshiro128p_states,
    init_xoroshiro128p_states,
    xoroshiro128p_dtype,
    xoroshiro128p_next,
    xoroshiro128p_normal_float32,
    xoroshiro128p_normal_float64,
    xoroshiro128p_uniform_float32,
    xoroshiro128p_uniform_float64,
)

ALL = 2**64 - 1


def turned(x, by):
    return (x << by | x >> (64 - by)) & ALL


def after(s0, s1):
    s1 ^= s0
    return turned(s0, 55) ^ s1 ^ (s1 << 14 & ALL), turned(s1, 36)


def seeded(seed):
    z = (seed + 0x9E3779B97F4A7C15) & ALL
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & ALL
    z = (z ^ z >> 27) * 0x94D049BB133111EB & ALL
    return z ^ z >> 31, z ^ z >> 31


def jumped(s0, s1):
    t0 = t1 = 0
    for jump in (0xBEAC0467EBA5FACB, 0xD86B048B86AA9922):
        for bit in range(64):
            if jump >> bit & 1:
                t0, t1 = t0 ^ s0, t1 ^ s1
            s0, s1 = after(s0, s1)
    return t0, t1


def states_of(count, seed, start=0):
    state = seeded(seed)
    for _ in range(start):
        state = jumped(*state)
    for _ in range(count):
        yield state
        state = jumped(*state)


def drawn(state, count):
    for _ in range(count):
        yield (state[0] + state[1]) & ALL
        state = after(*state)


@pytest.mark.parametrize(("seed", "start"), [(1, 0), (0, 2), (2**64 - 1, 0), (-1, 1), (12345, 3)])
def test_states(seed, start):
    made = create_xoroshiro128p_states(5, seed, start)
    host = made.copy_to_host()
    assert host.dtype == xoroshiro128p_dtype
    assert [tuple(map(int, s)) for s in host.tolist()] == list(states_of(5, seed & ALL, start))
    init_xoroshiro128p_states(made, seed + 1 if seed >= 0 else 7)
    assert made.copy_to_host()[0] != host[0]
    assert create_xoroshiro128p_states(0, seed).size == 0


@cuda.jit
def draws(states, bits, single, double):
    i = cuda.grid(1)
    for k in range(bits.shape[1]):
        bits[i, k] = xoroshiro128p_next(states, i)
    for k in range(single.shape[1]):
        single[i, k] = xoroshiro128p_uniform_float32(states, i)
    for k in range(double.shape[1]):
        double[i, k] = xoroshiro128p_uniform_float64(states, i)


def test_bits():
    states = create_xoroshiro128p_states(6, 42)
    bits = np.zeros((6, 10), np.uint64)
    single, double = np.zeros((6, 10), np.float32), np.zeros((6, 10))
    draws[2, 3](states, bits, single, double)
    for i, state in enumerate(states_of(6, 42)):
        wanted = list(drawn(state, 30))
        assert bits[i].tolist() == wanted[:10]
        assert single[i].tolist() == [float(np.float32((x >> 11) / 2**53)) for x in wanted[10:20]]
        assert double[i].tolist() == [(x >> 11) / 2**53 for x in wanted[20:]]


@cuda.jit
def normals(states, single, double):
    i = cuda.grid(1)
    for k in range(single.shape[1]):
        single[i, k] = xoroshiro128p_normal_float32(states, i)
        double[i, k] = xoroshiro128p_normal_float64(states, i)


def test_normal_numbers():
    single, double = np.zeros((8, 500), np.float32), np.zeros((8, 500))
    normals[1, 8](create_xoroshiro128p_states(8, 7), single, double)
    for i, state in enumerate(states_of(8, 7)):
        u = [np.float32((x >> 11) / 2**53) for x in drawn(state, 4 * 500)]
        for k in range(0, 500, 83):
            a, b, c, d = (float(x) for x in u[4 * k : 4 * k + 4])
            assert math.isclose(double[i, k], math.sqrt(-2 * math.log(c)) * math.cos(2 * math.pi * d), rel_tol=1e-14)
            wanted = math.sqrt(-2 * math.log(a)) * math.cos(2 * math.pi * b)
            # Of single precision, where the angle is rounded.
            assert math.isclose(single[i, k], wanted, rel_tol=1e-4, abs_tol=1e-5)
    for x in (single, double):
        # Five deviations of 4000 draws' mean and variance.
        assert abs(x.mean()) < 5 / math.sqrt(x.size) and abs(x.var() - 1) < 5 * math.sqrt(2 / x.size)


@cuda.jit
def inside_the_circle(states, out):
    i = cuda.grid(1)
    count = 0
    for _ in range(200):
        x = xoroshiro128p_uniform_float32(states, i)
        y = xoroshiro128p_uniform_float32(states, i)
        if x * x + y * y <= 1:
            count += 1
    out[i] = count


def test_monte_carlo():
    out = np.zeros(64)
    inside_the_circle[2, 32](create_xoroshiro128p_states(64, 3), out)
    assert abs(4 * out.sum() / (64 * 200) - math.pi) < 0.08
