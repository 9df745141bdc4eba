"""Control flow of kernels: threads that go different ways, and functions that they call."""

from __future__ import annotations

import math

import numpy as np
import pytest
from cumbia import cuda, float64, int64, jit

RNG = np.random.default_rng(12)


@cuda.jit
def collatz(x, out):
    i = cuda.grid(1)
    if i >= x.size:
        return
    n = x[i]
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    out[i] = steps


def steps_of(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


def test_loops_of_different_lengths():
    x = RNG.integers(1, 1000, 70)
    out = np.zeros(70, np.int64)
    collatz[3, 32](x, out)
    assert out.tolist() == [steps_of(int(n)) for n in x]


@cuda.jit
def mandelbrot(out, most):
    y, x = cuda.grid(2)
    if y < out.shape[0] and x < out.shape[1]:
        c = complex(-2 + 3 * x / out.shape[1], -1 + 2 * y / out.shape[0])
        z = 0j
        for n in range(most):
            z = z * z + c
            if z.real * z.real + z.imag * z.imag > 4:
                out[y, x] = n
                break
        else:
            out[y, x] = -1


def test_breaks_and_else():
    out = np.zeros((13, 17), np.int64)
    mandelbrot[(2, 3), (8, 8)](out, 30)
    for y, x in np.ndindex(out.shape):
        c, z, wanted = complex(-2 + 3 * x / 17, -1 + 2 * y / 13), 0j, -1
        for n in range(30):
            z = z * z + c
            if z.real * z.real + z.imag * z.imag > 4:
                wanted = n
                break
        assert out[y, x] == wanted


@cuda.jit
def continues(x, out):
    i = cuda.grid(1)
    total = 0
    for k in range(i, x.size, 3):
        if x[k] % 2:
            continue
        for m in range(k % 4):
            if m == 2:
                break
            total += x[k] * (m + 1)
    out[i] = total


def test_continues():
    x = RNG.integers(0, 50, 40)
    out = np.zeros(20, np.int64)
    continues[2, 10](x, out)
    for i in range(20):
        wanted = 0
        for k in range(i, 40, 3):
            if x[k] % 2 == 0:
                wanted += sum(x[k] * (m + 1) for m in range(min(k % 4, 2)))
        assert out[i] == wanted


@cuda.jit
def waits_in_a_loop(x, out, rounds):
    held = cuda.shared.array(64, float64)
    t = cuda.threadIdx.x
    held[t] = x[t]
    for k in range(rounds):
        cuda.syncthreads()
        value = held[(t + 1) % 64]
        cuda.syncthreads()
        if k % 2 == 0:
            held[t] = value + 1
        else:
            held[t] = value * 2
    out[t] = held[t]


@pytest.mark.parametrize("rounds", [0, 1, 2, 7])
def test_barriers_in_loops(rounds):
    x = RNG.random(64)
    out = np.zeros(64)
    waits_in_a_loop[1, 64](x, out, rounds)
    for k in range(rounds):
        x = np.roll(x, -1)
        x = x + 1 if k % 2 == 0 else x * 2
    assert np.array_equal(out, x)


@cuda.jit
def waits_in_both(x, out):
    held = cuda.shared.array(32, int64)
    t = cuda.threadIdx.x
    # All threads of a block go one way.
    if cuda.blockIdx.x % 2 == 0:
        held[t] = x[t]
        cuda.syncthreads()
        out[cuda.blockIdx.x, t] = held[31 - t]
    else:
        held[t] = x[t] * 2
        cuda.syncthreads()
        out[cuda.blockIdx.x, t] = held[t ^ 1]


def test_barriers_in_branches():
    x = RNG.integers(0, 99, 32)
    out = np.zeros((3, 32), np.int64)
    waits_in_both[3, 32](x, out)
    assert np.array_equal(out[0], x[::-1]) and np.array_equal(out[2], x[::-1])
    assert np.array_equal(out[1], 2 * x[np.arange(32) ^ 1])


@cuda.jit
def sorts(x):
    # Odd and even exchanges.
    t = cuda.threadIdx.x
    for k in range(x.size):
        at = 2 * t + k % 2
        if at + 1 < x.size and x[at] > x[at + 1]:
            x[at], x[at + 1] = x[at + 1], x[at]
        cuda.syncthreads()


def test_sorting_in_global_memory():
    x = RNG.integers(0, 100, 50)
    wanted = np.sort(x)
    sorts[1, 25](x)
    assert np.array_equal(x, wanted)


@cuda.jit(device=True)
def polynomial(coefficients, x):
    total = 0.0
    for c in coefficients:
        total = total * x + c
    return total


@cuda.jit(device=True)
def both(x, y):
    return x + y, x - y


@cuda.jit(device=True)
def sets(out, i, value):
    out[i] = value


@jit
def on_both_sides(x, power=2):
    return x**power


def plain(x):
    return -x if x < 0 else x


@cuda.jit
def calls(x, coefficients, out):
    i = cuda.grid(1)
    total, difference = both(x[i], 2.0)
    value = polynomial(coefficients, x[i]) + on_both_sides(total, power=3) + plain(difference)
    sets(out, i, value)


def test_device_functions():
    x, coefficients = RNG.normal(size=16), (1.0, -2.0, 0.5)
    out = np.zeros(16)
    calls[2, 8](x, coefficients, out)
    wanted = [((1.0 * v - 2.0) * v + 0.5) + (v + 2.0) ** 3 + abs(v - 2.0) for v in x]
    assert np.allclose(out, wanted, rtol=1e-14)
    assert on_both_sides(3.0) == 9.0


@cuda.jit(device=True)
def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


@cuda.jit(device=True)
def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


@cuda.jit
def recursive(out):
    i = cuda.grid(1)
    out[i, 0] = factorial(i)
    out[i, 1] = ackermann(2, i % 4)


def test_recursion():
    out = np.zeros((12, 2), np.int64)
    recursive[3, 4](out)
    assert out[:, 0].tolist() == [math.factorial(i) for i in range(12)]
    assert out[:, 1].tolist() == [2 * (i % 4) + 3 for i in range(12)]


@cuda.jit(device=True)
def reduced_in_block(value, held):
    t = cuda.threadIdx.x
    held[t] = value
    step = cuda.blockDim.x // 2
    while step:
        cuda.syncthreads()
        if t < step:
            held[t] += held[t + step]
        step //= 2
    cuda.syncthreads()
    return held[0]


@cuda.jit
def normalized(x, out):
    held = cuda.shared.array(32, float64)
    i = cuda.grid(1)
    mean = reduced_in_block(x[i], held) / cuda.blockDim.x
    cuda.syncthreads()
    variance = reduced_in_block((x[i] - mean) ** 2, held) / cuda.blockDim.x
    out[i] = (x[i] - mean) / math.sqrt(variance)


def test_barriers_in_device_functions():
    x = RNG.normal(size=96)
    out = np.zeros(96)
    normalized[3, 32](x, out)
    rows = x.reshape(3, 32)
    wanted = (rows - rows.mean(1, keepdims=True)) / rows.std(1, keepdims=True)
    assert np.allclose(out, wanted.ravel(), rtol=1e-12)


@cuda.jit
def dynamic_views(x, out, n):
    # Two arrays in the memory of the launch.
    whole = cuda.shared.array(0, float64)
    first, second = whole[:n], whole[n:]
    t = cuda.threadIdx.x
    first[t] = x[t]
    second[t] = x[t] * 10
    cuda.syncthreads()
    out[t] = first[n - 1 - t] + second[(t + 1) % n]


def test_views_of_dynamic_memory():
    x = RNG.random(24)
    out = np.zeros(24)
    dynamic_views[1, 24, 0, 2 * 24 * 8](x, out, 24)
    assert np.array_equal(out, x[::-1] + np.roll(x, -1) * 10)


@cuda.jit
def two_static(x, out):
    a = cuda.shared.array(16, float64)
    b = cuda.shared.array(shape=(4, 4), dtype=np.int32)
    t = cuda.threadIdx.x
    a[t] = x[t]
    b[t // 4, t % 4] = t
    cuda.syncthreads()
    out[t] = a[15 - t] * 100 + b[t % 4, t // 4]


def test_several_shared_arrays():
    x, out = RNG.random(16), np.zeros(16)
    two_static[1, 16](x, out)
    t = np.arange(16)
    assert np.array_equal(out, x[::-1] * 100 + (t % 4 * 4 + t // 4))


@cuda.jit
def grid_stride(x, out):
    for i in range(cuda.grid(1), x.size, cuda.gridsize(1)):
        out[i] = x[i] * 2


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 500])
def test_grid_stride(size):
    x = RNG.random(size)
    out = np.zeros(size)
    grid_stride[2, 32](x, out)
    assert np.array_equal(out, 2 * x)


@cuda.jit
def boundaries(out):
    x, y, z = cuda.grid(3)
    w, h, d = cuda.gridsize(3)
    if x == w - 1 and y == h - 1 and z == d - 1:
        out[0], out[1], out[2] = w, h, d
    cuda.atomic.add(out, 3, 1)


def test_all_threads_run():
    out = np.zeros(4, np.int64)
    boundaries[(2, 3, 2), (4, 2, 3)](out)
    assert out.tolist() == [8, 6, 6, 288]


@cuda.jit
def last_block_sums(x, parts, tickets, out):
    held = cuda.shared.array(32, float64)
    is_last = cuda.shared.array(1, int64)
    t = cuda.threadIdx.x
    total = reduced_in_block(x[cuda.grid(1)], held)
    if t == 0:
        parts[cuda.blockIdx.x] = total
        cuda.threadfence()
        ticket = cuda.atomic.add(tickets, 0, 1)
        is_last[0] = ticket == cuda.gridDim.x - 1
    cuda.syncthreads()
    if is_last[0] and t == 0:
        total = 0.0
        for k in range(cuda.gridDim.x):
            total += parts[k]
        out[0] = total


def test_the_last_block():
    x = RNG.integers(0, 99, 160).astype(float)
    parts, tickets, out = np.zeros(5), np.zeros(1, np.int64), np.zeros(1)
    last_block_sums[5, 32](x, parts, tickets, out)
    assert out[0] == x.sum() and tickets[0] == 5


@cuda.jit
def raises(x):
    i = cuda.grid(1)
    if x[i] < 0:
        raise ValueError("a negative number")
    assert x[i] < 100, "too large"
    x[i] = 1


def test_raised_exceptions():
    x = np.arange(8.0)
    raises[1, 8](x)
    assert (x == 1).all()
    with pytest.raises(ValueError, match="a negative number") as seen:
        raises[2, 4](np.array([1.0, 2, 3, 4, 5, -6, 7, 8]))
    assert "thread (1, 0, 0) of block (1, 0, 0)" in seen.value.__notes__[0]
    with pytest.raises(AssertionError, match="too large"):
        raises[1, 1](np.array([100.0]))
