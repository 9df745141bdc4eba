"""Loops, branches, recursion, exceptions, records and what else a language has."""

import math

import numpy as np

from cumbia import cuda, jit
from tests.cuda.kernels import golden


@cuda.jit(device=True)
def escapes(cx, cy, most):
    x = y = np.float32(0)
    for step in range(most):
        xx, yy = x * x, y * y
        if xx + yy > np.float32(4):
            return step
        y = np.float32(2) * x * y + cy
        x = xx - yy + cx
    return most


@golden("void(int32[:, ::1], float32, float32, float32, int64)", lacks=(".f64",))
@cuda.jit
def mandelbrot(out, left, top, step, most):
    i, j = cuda.grid(2)
    if i < out.shape[0] and j < out.shape[1]:
        out[i, j] = escapes(left + np.float32(j) * step, top + np.float32(i) * step, most)


@golden("void(int32[:, ::1], complex128, float64, int64)")
@cuda.jit
def mandelbrot_complex(out, corner, step, most):
    i, j = cuda.grid(2)
    if i < out.shape[0] and j < out.shape[1]:
        c = corner + complex(j * step, i * step)
        z = 0j
        count = 0
        while count < most and z.real * z.real + z.imag * z.imag <= 4.0:
            z = z * z + c
            count += 1
        out[i, j] = count


@jit
def both_sides(x):
    return 3.0 * x * x - 1.0


@golden("void(float64[::1], float64[::1])", has=("mul.rn.f64",))
@cuda.jit
def calls_jit(x, out):
    i = cuda.grid(1)
    if i < x.size and i < out.size:
        out[i] = both_sides(x[i])


def plain(x, y):
    return x if x > y else y


@golden("void(float64[::1], float64[::1])")
@cuda.jit
def calls_plain(x, out):
    i = cuda.grid(1)
    if i < x.size and i < out.size:
        out[i] = plain(x[i], out[i])


@cuda.jit(device=True)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


@golden("void(int64[::1])", has=(".func",))
@cuda.jit
def recursion(out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = fibonacci(i % 10)


@golden("void(int64[::1], int64[::1])", has=("cumbia_$_raise",))
@cuda.jit
def quotients(a, b):
    i = cuda.grid(1)
    if i < a.size and i < b.size:
        if b[i] == 0:
            raise ZeroDivisionError("an element is 0")
        a[i] //= b[i]


@cuda.jit(device=True)
def checked_root(x):
    if x < 0:
        raise ValueError("a negative number")
    return math.sqrt(x)


@golden("void(float64[::1])", has=("cumbia_$_raise",))
@cuda.jit
def raises_inside(x):
    i = cuda.grid(1)
    if i < x.size:
        x[i] = checked_root(float(x[i]))


@golden("void(float64[::1], float64[::1])")
@cuda.jit
def nested_loops(x, out):
    i = cuda.grid(1)
    if i < out.size:
        total = 0.0
        for j in range(x.size):
            for k in range(j, x.size):
                if (j + k) % 3 == 0:
                    continue
                if x[k] < 0.0:
                    break
                total += x[j] * x[k]
        out[i] = total


@golden("void(int64[::1], int64[::1])")
@cuda.jit
def collatz(start, steps):
    i = cuda.grid(1)
    if i < start.size and i < steps.size:
        n, count = start[i], 0
        while n > 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            count += 1
        steps[i] = count


@golden("void(float32[::1], float32[::1], float32[::1])")
@cuda.jit
def interpolate(x, table, out):
    i = cuda.grid(1)
    if i < x.size and i < out.size and table.size > 1:
        place = x[i] * np.float32(table.size - 1)
        k = min(max(int(place), 0), table.size - 2)
        part = place - np.float32(k)
        out[i] = table[k] * (np.float32(1) - part) + table[k + 1] * part


@golden("void(int64, float64[::1])")
@cuda.jit
def monte_carlo(seed, out):
    i = cuda.grid(1)
    if i < out.size:
        state = np.uint64(seed) + np.uint64(i) * np.uint64(0x9E3779B97F4A7C15)
        inside = 0
        for _ in range(64):
            state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
            x = float(state >> np.uint64(40)) / 16777216.0
            state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
            y = float(state >> np.uint64(40)) / 16777216.0
            if x * x + y * y < 1.0:
                inside += 1
        out[i] = inside / 16.0


@golden("void(float64[:, ::1], float64[::1], int64)")
@cuda.jit
def power_iteration(a, x, steps):
    row = cuda.grid(1)
    if row < a.shape[0] and a.shape[1] == x.size and a.shape[0] == x.size:
        for _ in range(steps):
            total = 0.0
            for j in range(x.size):
                total += a[row, j] * x[j]
            cuda.syncthreads()
            x[row] = total
            cuda.syncthreads()
