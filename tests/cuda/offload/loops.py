"""Functions with loops for a device, for the tests beside."""

from __future__ import annotations

import math

import numpy as np
from cumbia import jit, prange


@jit(target="cuda")
def axpy(a, x, y):
    for i in prange(x.size):
        y[i] = a * x[i] + y[i]


@jit(target="cuda")
def total(x):
    s = 0.0
    for i in prange(x.size):
        s += x[i]
    return s


@jit(target="cuda")
def several(x):
    s, p, low, high, n, where = 0.0, 1.0, x[0], x[0], 0, -1
    for i in prange(x.size):
        s += x[i]
        p *= 1.0 + x[i] * 1e-6
        low = min(low, x[i])
        n += 1
        if x[i] > high:
            high = x[i]
            where = i
    return s, p, low, high, n, where


@jit(target="cuda")
def gather(x, index, out):
    for i in prange(out.size):
        out[i] = x[index[i]]


@jit(target="cuda")
def caught(x, index, out):
    try:
        for i in prange(out.size):
            out[i] = x[index[i]]
    except IndexError:
        return 1
    return 0


@jit(target="cuda")
def allocates(x, out):
    for i in prange(x.size):
        pair = np.empty(2)
        pair[0] = x[i]
        out[i] = 2.0 * pair[0]


@jit(target="cuda")
def counts(k, n):
    bins = np.zeros(n, np.int64)
    for i in prange(k.size):
        bins[k[i]] += 1
    return bins


@jit(target="cuda")
def diffuse(a, b, steps):
    for _ in range(steps):
        for i in prange(1, a.size - 1):
            b[i] = 0.5 * a[i] + 0.25 * (a[i - 1] + a[i + 1])
        for i in prange(1, a.size - 1):
            a[i] = b[i]


@jit(target="cuda")
def own_arrays(x, steps):
    a = np.empty_like(x)
    b = np.empty_like(x)
    for i in prange(x.size):
        a[i] = x[i]
    for step in range(steps):
        for i in prange(x.size):
            b[i] = a[i] + step
        a, b = b, a
    return a


@jit(target="cuda")
def many_arrays(x, steps, out):
    for step in range(steps):
        new = np.empty_like(x)
        for i in prange(x.size):
            new[i] = x[i] + step
        for i in prange(x.size):
            out[i] += new[i]


@jit(target="cuda")
def between(a, steps):
    seen = 0.0
    for _ in range(steps):
        for i in prange(a.size):
            a[i] += 1.0
        seen += a[0]
        a[1] = -1.0
    return seen


@jit(target="cuda")
def views(a):
    left, right = a[:-1], a[1:]
    for i in prange(left.size):
        left[i] += 1.0
    for i in prange(right.size):
        right[i] *= 2.0


@jit(target="cuda")
def backwards(a, out):
    for i in prange(9, -1, -3):
        out[i] = a[::-1][i]


@jit(target="cuda")
def waves(x, out):
    for i in prange(x.size):
        out[i] = math.sin(x[i]) + np.exp(-x[i])


@jit(target="cuda")
def rows(a, out):
    for i in prange(a.shape[0]):
        s = 0.0
        for j in range(a.shape[1]):
            s += a[i, j]
        out[i] = s


@jit(target="cuda")
def pairs(given, out):
    x, scale = given
    for i in prange(x.size):
        out[i] = x[i] * scale


@jit(target="cuda")
def latest(x):
    last = 0.0
    for i in prange(x.size):
        last = x[i]
    return last


@jit
def half(x):
    return x / 2


@jit(target="cuda")
def calls(x, out):
    for i in prange(x.size):
        out[i] = half(x[i])


@jit(target="cuda")
def draws(out):
    for i in prange(out.size):
        out[i] = np.random.random()


@jit(target="cuda")
def outer(x, y):
    axpy(2.0, x, y)
    axpy(3.0, x, y)


@jit(target="cuda")
def without(x):
    return x + 1


@jit(target="cuda")
def divides(a, b, out):
    for i in prange(a.size):
        out[i] = int(a[i]) // int(b[i])
