"""Parts of arrays of texts that compiled code has made: views, which own nothing."""

import numpy as np
import pytest

from tests.python.harness import check

TEXTS = np.array(["b", "a", "b", "ccc"])


def part_of_a_copy(a):
    s = a.copy()
    return s[:2]


def part_of_the_sorted(a):
    s = np.sort(a)
    t = s[1:]
    return len(t), t[0], s[::-1]


def parts_compared(a):
    s = np.sort(a)
    return s[1:] != s[:-1]


def part_of_the_joined(a):
    s = np.concatenate((a, a))
    return s[1:][1:3]


def texts_of_a_part(a):
    found = []
    for text in np.sort(a)[1:]:
        found.append(str(text))
    return found


def part_by_ellipsis(a):
    s = a.copy()
    t = s[...]
    return t[1:], s[1]


def parts_in_a_loop(a):
    n = 0
    for i in range(100):
        s = a.copy()
        t = s[i % 3 :]
        n += len(t) + len(str(t[0]))
    return n


@pytest.mark.parametrize(
    "function",
    [
        part_of_a_copy,
        part_of_the_sorted,
        parts_compared,
        part_of_the_joined,
        texts_of_a_part,
        part_by_ellipsis,
        parts_in_a_loop,
    ],
)
@pytest.mark.parametrize("texts", [TEXTS, TEXTS.astype("S")])
def test_parts(function, texts):
    for _ in range(3):
        check(function, texts)
