"""What is said to be waited for."""

import threading
import time
import types

from cumbia import Event
from cumbia._notebook import progress

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


def test_reports():
    assert progress.waited_for(0.0) is None
    with progress.waiting("outer"), progress.waiting("inner"):
        what, seconds = progress.waited_for(time.perf_counter())
        assert what == "inner" and 0 <= seconds < 60
    assert progress.waited_for(0.0) is None
