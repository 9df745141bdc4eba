"""Sorting and searching in arrays; each sort works on a copy it makes itself."""

from __future__ import annotations

import numpy as np

from benches.kernels.program import Program


def quicksort(a, out):
    for i in range(a.shape[0]):
        out[i] = a[i]
    lows = np.empty(64, np.int64)
    highs = np.empty(64, np.int64)
    lows[0] = 0
    highs[0] = a.shape[0] - 1
    depth = 1
    while depth > 0:
        depth -= 1
        low = lows[depth]
        high = highs[depth]
        while low < high:
            pivot = out[(low + high) // 2]
            i = low
            j = high
            while i <= j:
                while out[i] < pivot:
                    i += 1
                while out[j] > pivot:
                    j -= 1
                if i <= j:
                    held = out[i]
                    out[i] = out[j]
                    out[j] = held
                    i += 1
                    j -= 1
            if j - low < high - i:
                lows[depth] = i
                highs[depth] = high
                high = j
            else:
                lows[depth] = low
                highs[depth] = j
                low = i
            depth += 1


def heapsort(a, out):
    n = a.shape[0]
    for i in range(n):
        out[i] = a[i]
    start = n // 2
    end = n
    while end > 1:
        if start > 0:
            start -= 1
        else:
            end -= 1
            held = out[end]
            out[end] = out[0]
            out[0] = held
        root = start
        while 2 * root + 1 < end:
            child = 2 * root + 1
            if child + 1 < end and out[child] < out[child + 1]:
                child += 1
            if out[root] >= out[child]:
                break
            held = out[root]
            out[root] = out[child]
            out[child] = held
            root = child


def merge_sort(a, out, scratch):
    n = a.shape[0]
    for i in range(n):
        out[i] = a[i]
    width = 1
    while width < n:
        for low in range(0, n, 2 * width):
            middle = min(low + width, n)
            high = min(low + 2 * width, n)
            i = low
            j = middle
            for k in range(low, high):
                if i < middle and (j >= high or out[i] <= out[j]):
                    scratch[k] = out[i]
                    i += 1
                else:
                    scratch[k] = out[j]
                    j += 1
        for i in range(n):
            out[i] = scratch[i]
        width = 2 * width


def insertion_sort(a, out):
    for i in range(a.shape[0]):
        value = a[i]
        j = i - 1
        while j >= 0 and out[j] > value:
            out[j + 1] = out[j]
            j -= 1
        out[j + 1] = value


def counting_sort(a, counts, out):
    for k in range(counts.shape[0]):
        counts[k] = 0
    for i in range(a.shape[0]):
        counts[a[i]] += 1
    at = 0
    for k in range(counts.shape[0]):
        for repeat in range(counts[k]):
            out[at] = k
            at += 1


def binary_search(a, wanted, out):
    for i in range(wanted.shape[0]):
        low = 0
        high = a.shape[0]
        value = wanted[i]
        while low < high:
            middle = (low + high) // 2
            if a[middle] < value:
                low = middle + 1
            else:
                high = middle
        out[i] = low


def histogram(a, low, high, counts):
    bins = counts.shape[0]
    for k in range(bins):
        counts[k] = 0
    scale = bins / (high - low)
    for i in range(a.shape[0]):
        if low <= a[i] < high:
            counts[min(int((a[i] - low) * scale), bins - 1)] += 1


def _sorted(a, out, *scratch):
    return np.sort(a)


def _floats(rng, n):
    return rng.normal(size=n), np.ones(n)


def _logarithmic(n):
    return n * float(np.log2(n)), 16.0 * n


PROGRAMS = (
    Program(quicksort, _floats, 50_000, 97, _logarithmic, ("out",), reference=_sorted),
    Program(heapsort, _floats, 50_000, 97, _logarithmic, ("out",), reference=_sorted),
    Program(merge_sort, lambda rng, n: (rng.integers(0, 1 << 40, n), *np.ones((2, n), np.int64)),
            50_000, 97, _logarithmic, ("out",), reference=_sorted),
    Program(insertion_sort, _floats, 2_500, 97, lambda n: (0.25 * n * n, 16.0 * n), ("out",),
            reference=_sorted),
    Program(counting_sort,
            lambda rng, n: (rng.integers(0, 1000, n), np.ones(1000, np.int64),
                            np.ones(n, np.int64)),
            200_000, 97, lambda n: (2.0 * n, 16.0 * n), ("out",),
            reference=lambda a, counts, out: np.sort(a)),
    Program(binary_search,
            lambda rng, n: (np.sort(rng.normal(size=n)), rng.normal(size=n), np.ones(n, np.int64)),
            30_000, 97, _logarithmic, ("out",),
            reference=lambda a, wanted, out: np.searchsorted(a, wanted)),
    Program(histogram,
            lambda rng, n: (rng.normal(size=n), -3.0, 3.0, np.ones(100, np.int64)),
            200_000, 97, lambda n: (3.0 * n, 8.0 * n), ("counts",),
            reference=lambda a, low, high, counts: np.histogram(
                a[np.abs(a) < 3.0], 100, (low, high))[0]),
)
