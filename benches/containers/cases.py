"""Programs over containers and strings, and what they are run on.

The functions are what a user would write; `TYPED` has Numba's versions with typed
containers where those need other code. Nothing here imports an engine.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def append_sum(n):
    items = []
    for i in range(n):
        items.append(i * 3)
    total = 0
    for item in items:
        total += item
    return total


def count_words(words):
    counts = {}
    for word in words:
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
    return len(counts), counts["w7"]


def count_get(words):
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return len(counts), counts["w7"]


def membership(known, asked):
    inside = set()
    for item in known:
        inside.add(item)
    hits = 0
    for item in asked:
        if item in inside:
            hits += 1
    return hits


def split_text(text, times):
    total = 0
    for _ in range(times):
        for word in text.split():
            total += len(word)
    return total


def last_digits(value):
    return value % 1000


def sort_key(values):
    ordered = sorted(values, key=last_digits)
    # Numba's sort isn't stable: only the keys are certain.
    return last_digits(ordered[0]), last_digits(ordered[-1])


def concatenate(n):
    text = ""
    for _ in range(n):
        text += "xy"
    return len(text)


def format_numbers(n):
    total = 0
    for i in range(n):
        total += len(f"{i}: {i * 2}")
    return total


@dataclass(frozen=True)
class Case:
    """A program, its arguments, and which of them Numba takes as typed lists."""

    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    lists: tuple[int, ...] = ()


def cases(scale: float) -> list[Case]:
    """All programs, on data whose size grows with `scale`."""
    random_ = random.Random(5)
    n = max(100, int(100_000 * scale))
    words = ["w%d" % random_.randrange(1000) for _ in range(n)]
    words[0] = "w7"
    numbers = [random_.randrange(10 * n) for _ in range(n)]
    asked = [random_.randrange(10 * n) for _ in range(n)]
    text = " ".join(words[: max(10, n // 100)])
    return [
        Case("list append and sum", append_sum, (n,)),
        Case("dict counting, in", count_words, (words,), (0,)),
        Case("dict counting, get", count_get, (words,), (0,)),
        Case("set membership", membership, (numbers, asked), (0, 1)),
        Case("string splitting", split_text, (text, 100)),
        Case("sorting with a key", sort_key, (numbers,), (0,)),
        Case("s += x", concatenate, (n,)),
        Case("f-strings", format_numbers, (n,)),
    ]


def typed_append_sum(n):
    items = List.empty_list(int64)
    for i in range(n):
        items.append(i * 3)
    total = 0
    for item in items:
        total += item
    return total


def typed_count_words(words):
    counts = Dict.empty(unicode_type, int64)
    for word in words:
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
    return len(counts), counts["w7"]


def typed_count_get(words):
    counts = Dict.empty(unicode_type, int64)
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return len(counts), counts["w7"]


List: Any = None
Dict: Any = None
int64: Any = None
unicode_type: Any = None

TYPED = {
    append_sum: typed_append_sum,
    count_words: typed_count_words,
    count_get: typed_count_get,
}
"""Numba's versions with typed containers; the names above are set by the benchmark."""
