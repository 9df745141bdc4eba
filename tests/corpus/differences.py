"""What differs between two runs of a program, as sentences.

Numbers and arrays are compared by the harness of `tests/python`; here are containers of
all kinds, which objects are the same ones, exceptions with what they were raised from,
and printed text. Two values are the same only if their types are, at every depth.
"""

from __future__ import annotations

import array
import collections
import enum
from typing import Any

import numpy as np

from tests.corpus.outcome import Seen
from tests.python import harness

__all__ = ["differences", "values"]


def differences(
    a: Seen, b: Seen, *, strict: bool = True, chains: bool = True, ordered: bool = True
) -> list[str]:
    """What differs between two runs.

    Not `strict`, for compilers that don't promise it: tracebacks and chained exceptions
    don't count, nor whether a number is Python's or NumPy's. `chains` says whether what
    an exception came from is compared, with its texts; `ordered`, whether the order of
    sets is.
    """
    one, other = a.outcome, b.outcome
    if not strict:
        one, other = (out._replace(value=_plain(out.value)) for out in (one, other))
    problems = []
    if (one.error is None) != (other.error is None):
        problems.append("one raises, the other returns")
    elif one.error is not None:
        problems += errors(one, other, strict, chains)
    else:
        problems += values(one.value, other.value, "result", ordered)
        problems += _sharing(one, other)
    for place, (x, y) in enumerate(zip(one.arguments, other.arguments)):
        problems += values(x, y, f"argument {place} afterwards", ordered)
    if not problems and one.error is None:
        if harness.memory_map(one) != harness.memory_map(other):
            problems.append("the memory of the results lies elsewhere")
    if a.printed != b.printed:
        problems.append(f"printed {a.printed!r}, now {b.printed!r}")
    return problems


def errors(one: harness.Outcome, other: harness.Outcome, lines: bool, chain: bool) -> list[str]:
    """What differs between two exceptions and those that they came from."""
    if lines:
        problems = harness.error_differences(one, other)
        if isinstance(one.error, RecursionError) or not chain:
            return problems
        chains = [_chain(outcome.error) for outcome in (one, other)]
        if not problems and chains[0] != chains[1]:
            problems.append(f"the chained exceptions: {chains[0]} became {chains[1]}")
        return problems
    same = type(one.error) is type(other.error) and str(one.error) == str(other.error)
    return [] if same else ["the exceptions differ"]


def _plain(value: Any) -> Any:
    """A result with Python's numbers for NumPy's."""
    if type(value) is tuple:
        return tuple(map(_plain, value))
    if type(value) is list:
        return list(map(_plain, value))
    return value.item() if isinstance(value, (np.number, np.bool_)) else value


def _chain(error: BaseException) -> list[tuple]:
    """Cause, context and suppression, from the exception inwards."""
    found = []
    while error is not None and len(found) < 10:
        cause, context = error.__cause__, error.__context__
        found.append(
            (type(error).__name__, str(error), type(cause).__name__, type(context).__name__,
             error.__suppress_context__)
        )  # fmt: skip
        error = cause if cause is not None else context
    return found


def values(a: Any, b: Any, path: str, ordered: bool = True) -> list[str]:
    """What differs between two values; `ordered` compares the order of sets, too."""
    if callable(a) and callable(b):
        a, b = getattr(a, "py_func", a), getattr(b, "py_func", b)
        return [] if a.__name__ == b.__name__ else [f"{path}: {a!r} became {b!r}"]
    if type(a) is not type(b):
        return [f"{path}: {type(a).__name__} became {type(b).__name__}: {b!r}"]
    if isinstance(a, enum.Enum):
        return [] if a is b else [f"{path}: {a!r} became {b!r}"]
    if isinstance(a, (list, tuple, collections.deque)):
        return _sequences(a, b, path, ordered)
    if isinstance(a, dict):
        problems = _sequences(list(a), list(b), f"{path} keys", ordered)
        if isinstance(a, collections.defaultdict):
            problems += values(a.default_factory, b.default_factory, f"{path}.default_factory")
        if problems:
            return problems
        return [
            text
            for (key, x), y in zip(a.items(), b.values())
            for text in values(x, y, f"{path}[{key!r}]", ordered)
        ]
    if isinstance(a, (set, frozenset)):
        order = [sorted(one, key=lambda item: (str(type(item)), repr(item))) for one in (a, b)]
        problems = _sequences(*order, f"{path} as a set", ordered)
        return problems or (_sequences(list(a), list(b), f"{path} in order", ordered) if ordered else [])
    if harness.has_attributes(a):
        one, other = harness.attributes(a), harness.attributes(b)
        return values(one, other, f"{path}.__dict__", ordered)
    if isinstance(a, (memoryview, array.array)):
        return values([a.tolist(), getattr(a, "format", "")], [b.tolist(), getattr(b, "format", "")], path)
    if isinstance(a, np.void):
        return harness.value_differences(np.array([a]), np.array([b]), path)
    if isinstance(a, (range, slice, str, bytes, bytearray, type(None), type)):
        return [] if a == b else [f"{path}: {a!r} became {b!r}"]
    return harness.value_differences(a, b, path)


def _sequences(a: Any, b: Any, path: str, ordered: bool) -> list[str]:
    if len(a) != len(b):
        return [f"{path}: {a!r} became {b!r}"]
    return [
        text
        for place, (x, y) in enumerate(zip(a, b))
        for text in values(x, y, f"{path}[{place}]", ordered)
    ]


def _sharing(one: harness.Outcome, other: harness.Outcome) -> list[str]:
    """Whether mutable objects in results are arguments, one another, or new."""
    maps = [harness.shared_objects(outcome) for outcome in (one, other)]
    return [] if maps[0] == maps[1] else [f"which objects are the same: {maps[0]} became {maps[1]}"]
