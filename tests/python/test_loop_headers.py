"""Loops whose text before the test does something: it runs once more than there are turns.

`while True: ...; if i < n: i += 1; else: break` compares a counter with a limit where a counted
loop does, but what stands before that happens with the limit, too: nothing that holds of the
turns holds there.
"""

import numpy as np
import pytest

from cumbia import jit


def stored(a, n):
    i = 0
    while True:
        a[i] += 1
        if i < n:
            i += 1
        else:
            break
    return i


def read(a, n):
    i = s = 0
    while True:
        s += a[i]
        if i < n:
            i += 1
        else:
            break
    return s


def read_within_another(a, n):
    s = 0
    for _ in range(2):
        i = 0
        while True:
            s += a[i + 1]
            if i < n:
                i += 1
            else:
                break
    return s


def counted_from_the_end(a, n):
    i = 0
    while True:
        a[i - 3] += 1
        if i < n:
            a[i - 1] += 7
            i += 1
        else:
            break
    return i


def wrapped(a, n):
    i = 0
    while True:
        a[0] += 1
        if i < n:
            a[(i + 1) % n] += 10
            i += 1
        else:
            break
    return i


def ahead(a, n):
    i = s = 0
    while True:
        t = a[i + 2]
        if i < n:
            s += a[i - 1] + t
            i += 1
        else:
            break
    return s


def one_changes(a, n):
    i = 0
    while True:
        a[i] += a[5]
        if i < n:
            i += 1
        else:
            break
    return i


def summed(a, n):
    i = s = 0
    while (s := s + a[i]) < 10**9 and i < n:
        a[i - 1] += s
        i += 1
    return s


@pytest.mark.parametrize("tier", ["fast", "best"])
@pytest.mark.parametrize(
    "function", [stored, read, read_within_another, counted_from_the_end, wrapped, ahead, one_changes, summed],
    ids=lambda function: function.__name__,
)  # fmt: skip
def test_as_python(function, tier):
    compiled = jit(function, tier=tier)
    for length in (0, 1, 5, 8, 20, 50):
        for n in {0, 1, 2, length - 2, length - 1, length, length + 3}:
            ends = []
            for run in (function, compiled):
                whole = np.arange(2 * length + 10) % 7
                a = whole[:length]
                try:
                    result = int(run(a, n))
                except Exception as error:
                    result = type(error), str(error)
                ends.append((result, whole.tolist()))
            assert ends[0] == ends[1], (length, n)
