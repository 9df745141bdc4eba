"""What is said to be waited for."""

import threading
import time
import types

import pytest

from cumbia import Event, _cumbia, jit
from cumbia._notebook import progress
from tests.python.harness import IDENTITY

LLVM = _cumbia._tiers()[1]

# Its `wait` is none of Python's functions, as a dispatcher's isn't.
SPACE = types.SimpleNamespace(wait=time.sleep, other=time.sleep)


def seen_during(act):
    """What a thread sees while the main thread is in `act`."""
    found = []
    looking = threading.Timer(0.1, lambda: found.append(progress.waited_for(10.0)))
    looking.start()
    act()
    looking.join()
    return found[0]


def in_wait():
    SPACE.wait(
        0.4,
    )


def in_something_else():
    SPACE.other(0.4)


def test_llvm_is_waited_for_in_wait_alone(monkeypatch):
    queued = Event(7.5, "queued", "f(pyint)", 0.0, "")
    monkeypatch.setattr(progress, "events", lambda: [queued])
    assert seen_during(in_wait) == ("compiling f(pyint) with LLVM", 2.5)
    assert seen_during(in_something_else) is None
    for end in ("optimized", "declined"):
        monkeypatch.setattr(progress, "events", lambda: [queued, Event(8.0, end, "f(pyint)", 0.5, "")])
        assert seen_during(in_wait) is None


def test_llvm_is_waited_for_by_a_first_call_that_says_so(monkeypatch):
    def told(*extra):
        first = [Event(7.5, "queued", "f(pyint)", 0.0, "waited for"), Event(7.6, "queued", "g(pyint)", 0.0, "")]
        monkeypatch.setattr(progress, "events", lambda: [*first, *extra])
        return seen_during(in_something_else)

    assert told() == ("compiling f(pyint) with LLVM", 2.5)
    for end in ("optimized", "declined"):
        assert told(Event(8.0, end, "f(pyint)", 0.5, "")) is None


@pytest.mark.skipif(IDENTITY or not LLVM, reason="needs LLVM")
def test_other_threads_see_what_a_first_call_waits_for():
    """The call lets go of the GIL meanwhile."""
    lines = [f"    s{i} = s{i - 1} * x + {i}.5 if s{i - 1} > x else x - {i}.25" for i in range(1, 300)]
    text = "\n".join(["def long(x):", "    s0 = x", *lines, "    return s299", ""])
    scope = {}
    exec(text, scope)
    function = jit(scope["long"], source=text, tier="best", cache=False)
    found, over = [], threading.Event()

    def look():
        while not over.wait(0.001):
            found.append(progress.waited_for(time.perf_counter()))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        assert function(1.5) == function.py_func(1.5)
    finally:
        over.set()
        thread.join()
    assert any(one is not None and one[0] == "compiling long(pyfloat) with LLVM" for one in found)
    assert progress.waited_for(time.perf_counter()) is None


def test_reports():
    assert progress.waited_for(0.0) is None
    with progress.waiting("outer"), progress.waiting("inner"):
        what, seconds = progress.waited_for(time.perf_counter())
        assert what == "inner" and 0 <= seconds < 60
    assert progress.waited_for(0.0) is None
