"""Compiled functions under a profiler and a tracer: the same results, and frames of tracebacks
that such a watcher can lay its tables over."""

from __future__ import annotations

import ast
import cProfile
import sys
import traceback

import pytest

from cumbia import jit


def closing(values, at):
    """Shares a variable with a function inside, which decides how its frames are made."""
    scale = len(values) + 1
    total = 0
    for value in values:
        total += (lambda given: given * scale)(value)
        total -= value // 2
        total ^= 5
    for value in values:
        total += value * 3 - (value << 2)
        total -= values[at] % 7
    return total // (total - total)


def plain(values, at):
    return values[at] // (values[at] - values[at])


@pytest.fixture(params=["profiler", "tracer"])
def watched(request):
    """Python's profiler or a tracer of every line."""
    if request.param == "profiler":
        profiler = cProfile.Profile()
        profiler.enable()
        yield
        profiler.disable()
        return
    before = sys.gettrace()

    def trace(frame, event, arg):
        return trace

    sys.settrace(trace)
    yield
    sys.settrace(before)


@pytest.mark.parametrize("func", [closing, plain])
def test_raising(func, watched):
    compiled = jit(func)
    for at, error in [(0, ZeroDivisionError), (9, IndexError)] * 20:
        with pytest.raises(error) as caught:
            compiled([1, 2, 3], at)
        frame = traceback.extract_tb(caught.value.__traceback__)[-1]
        with pytest.raises(error) as expected:
            func([1, 2, 3], at)
        assert frame == traceback.extract_tb(expected.value.__traceback__)[-1]
        # What allocates finds a heap that nothing wrote beyond.
        for _ in range(20):
            ast.parse("[x for x in range(10) if x]")
        traceback.clear_frames(caught.value.__traceback__)


def test_result(watched):
    @jit
    def summed(values):
        total = 0
        for value in values:
            total += (lambda given: given * given)(value)
        return total

    assert [summed(list(range(n))) for n in range(20)] == [
        sum(value * value for value in range(n)) for n in range(20)
    ]
