"""Stencils: each cell from its neighbours, on floats and on narrow integers."""

from __future__ import annotations

import numpy as np

from benches.kernels.program import Program


def game_of_life(cells, steps, a, b):
    rows, columns = cells.shape
    for i in range(rows):
        for j in range(columns):
            a[i, j] = cells[i, j]
            b[i, j] = 0
    for step in range(steps):
        for i in range(1, rows - 1):
            for j in range(1, columns - 1):
                around = a[i - 1, j - 1] + a[i - 1, j] + a[i - 1, j + 1]
                around += a[i, j - 1] + a[i, j + 1]
                around += a[i + 1, j - 1] + a[i + 1, j] + a[i + 1, j + 1]
                if around == 3 or (around == 2 and a[i, j] == 1):
                    b[i, j] = 1
                else:
                    b[i, j] = 0
        for i in range(rows):
            for j in range(columns):
                a[i, j] = b[i, j]


def jacobi(start, steps, a, b):
    rows, columns = start.shape
    for i in range(rows):
        for j in range(columns):
            a[i, j] = start[i, j]
            b[i, j] = start[i, j]
    for step in range(steps):
        for i in range(1, rows - 1):
            for j in range(1, columns - 1):
                b[i, j] = 0.25 * (a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1])
        for i in range(1, rows - 1):
            for j in range(1, columns - 1):
                a[i, j] = 0.25 * (b[i - 1, j] + b[i + 1, j] + b[i, j - 1] + b[i, j + 1])


def heat(u, factor, out):
    depth, rows, columns = u.shape
    for z in range(1, depth - 1):
        for y in range(1, rows - 1):
            for x in range(1, columns - 1):
                around = u[z - 1, y, x] + u[z + 1, y, x] + u[z, y - 1, x] + u[z, y + 1, x]
                around += u[z, y, x - 1] + u[z, y, x + 1] - 6.0 * u[z, y, x]
                out[z, y, x] = u[z, y, x] + factor * around


def convolution(image, weights, out):
    rows, columns = image.shape
    size = weights.shape[0]
    half = size // 2
    for i in range(half, rows - half):
        for j in range(half, columns - half):
            s = 0.0
            for y in range(size):
                for x in range(size):
                    s += weights[y, x] * image[i + y - half, j + x - half]
            out[i, j] = s


def wave(start, steps, speed, a, b, c):
    n = start.shape[0]
    for i in range(n):
        a[i] = start[i]
        b[i] = start[i]
        c[i] = start[i]
    for step in range(steps):
        for i in range(1, n - 1):
            c[i] = 2.0 * b[i] - a[i] + speed * (b[i - 1] - 2.0 * b[i] + b[i + 1])
        for i in range(n):
            a[i] = b[i]
            b[i] = c[i]


def sobel(image, out):
    rows, columns = image.shape
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            gx = int(image[i - 1, j + 1]) - int(image[i - 1, j - 1])
            gx += 2 * (int(image[i, j + 1]) - int(image[i, j - 1]))
            gx += int(image[i + 1, j + 1]) - int(image[i + 1, j - 1])
            gy = int(image[i + 1, j - 1]) - int(image[i - 1, j - 1])
            gy += 2 * (int(image[i + 1, j]) - int(image[i - 1, j]))
            gy += int(image[i + 1, j + 1]) - int(image[i - 1, j + 1])
            out[i, j] = min(abs(gx) + abs(gy), 255)


def grey(image, out):
    rows, columns = out.shape
    for i in range(rows):
        for j in range(columns):
            red = int(image[i, j, 0])
            green = int(image[i, j, 1])
            blue = int(image[i, j, 2])
            out[i, j] = (77 * red + 150 * green + 29 * blue) >> 8


def _life(cells, steps, a, b):
    cells = cells.copy()
    for _ in range(steps):
        around = sum(
            np.roll(cells, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x
        )
        new = ((around == 3) | ((around == 2) & (cells == 1))).astype(np.uint8)
        cells = np.zeros_like(cells)
        cells[1:-1, 1:-1] = new[1:-1, 1:-1]
    return cells


def _jacobi(start, steps, a, b):
    a = start.copy()
    for _ in range(2 * steps):
        around = a[:-2, 1:-1] + a[2:, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:]
        a[1:-1, 1:-1] = around / 4
    return a


def _heat(u, factor, out):
    want = np.ones_like(u)
    inner = (slice(1, -1),) * 3
    second = sum(np.roll(u, s, axis) for axis in range(3) for s in (1, -1)) - 6 * u
    want[inner] = (u + factor * second)[inner]
    return want


def _convolution(image, weights, out):
    want = np.ones_like(image)
    half = len(weights) // 2
    windows = np.lib.stride_tricks.sliding_window_view(image, weights.shape)
    want[half:-half, half:-half] = np.einsum("ijyx,yx->ij", windows, weights)
    return want


def _wave(start, steps, speed, a, b, c):
    a, b = start.copy(), start.copy()
    for _ in range(steps):
        c = b.copy()
        c[1:-1] = 2 * b[1:-1] - a[1:-1] + speed * np.diff(b, 2)
        a, b = b, c
    return b


def _sobel(image, out):
    m = np.pad(image.astype(int), 1)
    gx = sum(w * (m[1 + y : m.shape[0] - 1 + y, 2:] - m[1 + y : m.shape[0] - 1 + y, :-2])
             for y, w in ((-1, 1), (0, 2), (1, 1)))
    gy = sum(w * (m[2:, 1 + x : m.shape[1] - 1 + x] - m[:-2, 1 + x : m.shape[1] - 1 + x])
             for x, w in ((-1, 1), (0, 2), (1, 1)))
    want = np.ones_like(image)
    want[1:-1, 1:-1] = np.minimum(abs(gx) + abs(gy), 255)[1:-1, 1:-1]
    return want


def _pair(shape, dtype=np.float64):
    return np.ones(shape, dtype), np.ones(shape, dtype)


PROGRAMS = (
    Program(game_of_life,
            lambda rng, n: (rng.integers(0, 2, (n, n)).astype(np.uint8), 10,
                            *_pair((n, n), np.uint8)),
            300, 9, lambda n: (110.0 * n * n, 40.0 * n * n), ("a",), reference=_life),
    Program(jacobi, lambda rng, n: (rng.uniform(0, 1, (n, n)), 10, *_pair((n, n))),
            300, 9, lambda n: (80.0 * n * n, 320.0 * n * n), ("a",), reference=_jacobi),
    Program(heat, lambda rng, n: (rng.uniform(0, 1, (n, n, n)), 0.1, np.ones((n, n, n))),
            80, 5, lambda n: (9.0 * n**3, 16.0 * n**3), ("out",), reference=_heat),
    Program(convolution,
            lambda rng, n: (rng.uniform(0, 1, (n, n)), rng.uniform(0, 1, (5, 5)), np.ones((n, n))),
            300, 9, lambda n: (50.0 * n * n, 16.0 * n * n), ("out",), reference=_convolution),
    Program(wave, lambda rng, n: (rng.uniform(0, 1, n), 20, 0.3, *_pair(n), np.ones(n)),
            20_000, 17, lambda n: (120.0 * n, 960.0 * n), ("b",), reference=_wave),
    Program(sobel,
            lambda rng, n: (rng.integers(0, 256, (n, n)).astype(np.uint8),
                            np.ones((n, n), np.uint8)),
            400, 9, lambda n: (15.0 * n * n, 2.0 * n * n), ("out",), reference=_sobel),
    Program(grey,
            lambda rng, n: (rng.integers(0, 256, (n, n, 3)).astype(np.uint8),
                            np.ones((n, n), np.uint8)),
            500, 9, lambda n: (6.0 * n * n, 4.0 * n * n), ("out",),
            reference=lambda image, out: (image.astype(int) @ [77, 150, 29]) >> 8),
)
