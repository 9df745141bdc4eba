"""Functions with loops for a device that use arrays in different ways, for the tests beside."""

from __future__ import annotations

import numpy as np
from cumbia import jit, prange


@jit(target="cuda")
def reads(a, b):
    s = 0.0
    for i in prange(a.size):
        s += a[i] * b[i]
    return s


@jit(target="cuda")
def overwrites(a, out):
    for i in prange(a.size):
        out[i] = 2.0 * a[i]


@jit(target="cuda")
def overwrites_backwards(a, out):
    for i in prange(a.size - 1, -1, -1):
        out[i] = 2.0 * a[i]


@jit(target="cuda")
def overwrites_and_reads(a, out):
    n, m = a.shape
    for i in prange(n):
        for j in range(m):
            out[i, j] = 0.0
            for k in range(3):
                out[i, j] += a[i, j] * k


@jit(target="cuda")
def overwrites_rows(a, out):
    for i in prange(a.shape[0]):
        for j in range(5):
            out[i, j] = 1.0
        if a[i] > 0:
            out[i, 0] = a[i]


@jit(target="cuda")
def reads_first(a, out):
    for i in prange(a.size):
        out[i] = out[i] + a[i]


@jit(target="cuda")
def writes_partly(a, out):
    for i in prange(1, a.size - 1):
        out[i] = a[i - 1] + a[i + 1]


@jit(target="cuda")
def writes_some(a, out):
    for i in prange(a.size):
        if a[i] > 0.5:
            out[i] = a[i]


@jit(target="cuda")
def writes_in_a_short_loop(out, n):
    for i in prange(out.shape[0]):
        for j in range(n):
            out[i, j] = i + j


@jit(target="cuda")
def leaves_early(out, k):
    for i in prange(out.shape[0]):
        for j in range(out.shape[1]):
            if j == k:
                break
            out[i, j] = i + j


@jit(target="cuda")
def swaps(a, b, steps):
    for _ in range(steps):
        for i in prange(a.size):
            b[i] = a[i] + 1.0
        a, b = b, a
    return steps


@jit(target="cuda")
def temporary(x, out):
    t = np.empty_like(x)
    for i in prange(x.size):
        t[i] = x[i] * x[i]
    for i in prange(x.size):
        out[i] = t[i] + 1.0


@jit(target="cuda")
def zeros_inside(x, out):
    t = np.zeros(x.size)
    for i in prange(1, x.size):
        t[i] = x[i]
    for i in prange(x.size):
        out[i] = t[i] + 1.0


@jit(target="cuda")
def zeros_that_are_written(x, out):
    t = np.zeros(x.size)
    t[0] = 5.0
    for i in prange(1, x.size):
        t[i] = x[i]
    for i in prange(x.size):
        out[i] = t[i] + 1.0


@jit(target="cuda")
def empty_given_back(x):
    t = np.empty(x.size)
    for i in prange(x.size):
        t[i] = 3.0 * x[i]
    return t


@jit(target="cuda")
def view_of(a):
    inside = a[2:-2]
    for i in prange(inside.size):
        inside[i] = 7.0


@jit(target="cuda")
def views_that_meet(a):
    left, right = a[:-1], a[1:]
    for i in prange(left.size):
        left[i] = 1.0
    for i in prange(right.size):
        right[i] = right[i] + 2.0


@jit(target="cuda")
def in_a_branch(a, out, wanted):
    if wanted:
        for i in prange(a.size):
            out[i] = a[i] + 1.0
    return a.size


@jit(target="cuda")
def read_between(a, b, steps):
    seen = 0.0
    for _ in range(steps):
        for i in prange(a.size):
            a[i] += 1.0
        for i in prange(b.size):
            b[i] += a[i % a.size]
        seen += a[0]
    return seen


@jit(target="cuda")
def written_between(a, b, steps):
    for _ in range(steps):
        for i in prange(a.size):
            a[i] += 1.0
        for i in prange(b.size):
            b[i] += 1.0
        a[0] = -1.0


@jit(target="cuda")
def a_loop_of_the_host(a, out):
    for i in prange(a.size):
        a[i] += 1.0
    for i in range(a.size):
        out[i] = a[i]
    for i in prange(a.size):
        a[i] += out[i]


@jit(target="cuda")
def until_it_converges(a, b, most):
    for step in range(most):
        for i in prange(1, a.size - 1):
            b[i] = 0.5 * (a[i - 1] + a[i + 1])
        a, b = b, a
        if np.abs(a - b).max() < 1e-2:
            return step
    return most


@jit(target="cuda")
def early_return(a, out, limit):
    for i in prange(a.size):
        out[i] = a[i] + 1.0
    if out[0] > limit:
        return 1
    for i in prange(a.size):
        out[i] += 1.0
    return 0


@jit
def first(x):
    return x[0]


@jit
def set_first(x, value):
    x[0] = value


@jit(target="cuda")
def used_by_functions(a):
    for i in prange(a.size):
        a[i] += 1.0
    set_first(a, 10.0 * first(a))
    for i in prange(a.size):
        a[i] += 1.0
    return first(a)


@jit(target="cuda")
def whole_expressions(a, b):
    for i in prange(a.size):
        a[i] += 1.0
    c = a * 2.0 + b
    b[:] = c
    for i in prange(a.size):
        a[i] += b[i]
    return a.sum()


@jit(target="cuda")
def in_containers(a, b):
    for i in prange(a.size):
        a[i] += 1.0
    both = [a, b]
    total = 0.0
    for one in both:
        total += one[0]
    pair = (a, b)
    for i in prange(b.size):
        b[i] += 1.0
    return total + pair[1][1]


@jit(target="cuda")
def iterated(a):
    for i in prange(a.size):
        a[i] += 1.0
    total = 0.0
    for x in a:
        total += x
    return total


@jit(target="cuda")
def raises_late(a, index, out):
    for i in prange(a.size):
        out[i] = a[index[i]]


@jit(target="cuda")
def raises_and_adds(a, index, out, count):
    for i in prange(a.size):
        count[i] += 1.0
        out[i] = a[index[i]]


@jit(target="cuda")
def processor_between(x, out):
    t = np.empty(x.size)
    for i in prange(x.size):
        scratch = np.empty(2)
        scratch[0] = x[i]
        t[i] = scratch[0]
    for i in prange(x.size):
        out[i] = t[i] + 1.0


@jit(target="cuda")
def handled(a, index, out):
    t = np.zeros(a.size)
    try:
        for i in prange(a.size):
            t[i] = a[index[i]]
    except IndexError:
        t[0] = -1.0
    for i in prange(a.size):
        out[i] = t[i]


@jit(target="cuda")
def records_between(a, steps):
    for _ in range(steps):
        for i in prange(a.size):
            a[i].x += 1.0
    return a[0].x


@jit(target="cuda")
def of_axes(a, out):
    t = a.T
    for i in prange(t.shape[0]):
        for j in range(t.shape[1]):
            out[i, j] = t[i, j]


@jit
def elements(a):
    for i in range(a.size):
        yield a[i]


@jit(target="cuda")
def with_a_generator(a):
    for i in prange(a.size):
        a[i] += 1.0
    total = 0.0
    for x in elements(a):
        total += x
    for i in prange(a.size):
        a[i] += total
    return total


@jit(target="cuda")
def raises_and_increments(a, index, out):
    for i in prange(a.size):
        out[i] = a[index[i]] + 1.0
