"""Complex numbers: transforms, polynomials and iterated maps."""

from __future__ import annotations

import numpy as np

from benches.kernels.program import Program


def fft(x, roots, out):
    n = x.shape[0]
    j = 0
    for i in range(n):
        out[j] = x[i]
        bit = n >> 1
        while j & bit:
            j ^= bit
            bit >>= 1
        j |= bit
    width = 2
    while width <= n:
        half = width // 2
        step = n // width
        for start in range(0, n, width):
            for k in range(half):
                even = out[start + k]
                odd = out[start + k + half] * roots[k * step]
                out[start + k] = even + odd
                out[start + k + half] = even - odd
        width *= 2


def complex_polynomial(coefficients, z, out):
    n = coefficients.shape[0]
    for i in range(z.shape[0]):
        value = coefficients[0]
        for k in range(1, n):
            value = value * z[i] + coefficients[k]
        out[i] = value


def julia(size, limit, real, imaginary, counts):
    c = complex(real, imaginary)
    for i in range(size):
        for j in range(size):
            z = complex(3.0 * j / size - 1.5, 3.0 * i / size - 1.5)
            count = 0
            while count < limit:
                if z.real * z.real + z.imag * z.imag > 4.0:
                    break
                z = z * z + c
                count += 1
            counts[i, j] = count


def complex_dot(a, b, out):
    s = 0j
    for i in range(a.shape[0]):
        s += a[i].conjugate() * b[i]
    out[0] = s


def newton_roots(size, steps, out):
    for i in range(size):
        for j in range(size):
            z = complex(4.0 * j / size - 2.01, 4.0 * i / size - 2.01)
            for step in range(steps):
                square = z * z
                z = z - (square * z - 1.0) / (3.0 * square)
            out[i, j] = z


def _complex(rng, n):
    return rng.normal(size=n) + 1j * rng.normal(size=n)


def _julia(size, limit, real, imaginary, counts):
    j = 3.0 * np.arange(size) / size - 1.5
    z = j[None, :] + 1j * j[:, None]
    want = np.full(z.shape, limit)
    alive = np.ones(z.shape, bool)
    for count in range(limit):
        gone = alive & (z.real * z.real + z.imag * z.imag > 4.0)
        want[gone] = count
        alive &= ~gone
        z = np.where(alive, z, 0)
        re, im = z.real * z.real - z.imag * z.imag, z.real * z.imag + z.imag * z.real
        z = (re + real) + 1j * (im + imaginary)
    return want


def _newton(size, steps, out):
    j = 4.0 * np.arange(size) / size - 2.01
    z = j[None, :] + 1j * j[:, None]
    for _ in range(steps):
        z = z - (z**3 - 1) / (3 * z**2)
    return z


PROGRAMS = (
    Program(fft,
            lambda rng, n: (_complex(rng, n), np.exp(-2j * np.pi * np.arange(n // 2) / n),
                            np.ones(n, complex)),
            32_768, 16, lambda n: (5.0 * n * float(np.log2(n)), 32.0 * n), ("out",), rtol=1e-13,
            reference=lambda x, roots, out: np.fft.fft(x)),
    Program(complex_polynomial,
            lambda rng, n: (_complex(rng, 12), np.exp(1j * rng.uniform(0, 6, n)),
                            np.ones(n, complex)),
            30_000, 17, lambda n: (88.0 * n, 32.0 * n), ("out",), rtol=1e-13,
            reference=lambda coefficients, z, out: np.polyval(coefficients, z)),
    Program(julia, lambda rng, n: (n, 200, -0.8, 0.156, np.ones((n, n), np.int64)),
            150, 13, lambda n: (400.0 * n * n, 8.0 * n * n), ("counts",), fast_rtol=0.05,
            reference=_julia),
    Program(complex_dot, lambda rng, n: (_complex(rng, n), _complex(rng, n), np.ones(1, complex)),
            200_000, 17, lambda n: (8.0 * n, 32.0 * n), ("out",), rtol=1e-12,
            reference=lambda a, b, out: np.array([np.vdot(a, b)])),
    Program(newton_roots, lambda rng, n: (n, 40, np.ones((n, n), complex)), 60, 9,
            lambda n: (1_200.0 * n * n, 16.0 * n * n), ("out",), rtol=1e-9, fast_rtol=1e-6,
            reference=_newton),
)
