"""Streams and events. Emulated launches are over when they return, so there is nothing to wait
for; events have times all the same."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

from cumbia.cuda import _launchers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "Event",
    "Stream",
    "default_stream",
    "event",
    "event_elapsed_time",
    "external_stream",
    "legacy_default_stream",
    "per_thread_default_stream",
    "stream",
    "synchronize",
]


class Stream:
    """An order of launches and copies."""

    def __init__(self, handle: int = 0) -> None:
        self.handle = handle

    def __repr__(self) -> str:
        return f"<cuda stream {self.handle}>" if self.handle else "<default cuda stream>"

    def synchronize(self) -> None:
        """Wait for all that is in the stream."""

    @contextlib.contextmanager
    def auto_synchronize(self) -> Iterator[Stream]:
        """Wait, when the block is over, for all that is in the stream."""
        yield self
        self.synchronize()

    def add_callback(self, callback: Callable[..., Any], arg: Any = None) -> None:
        """Call ``callback(stream, 0, arg)`` when all that is in the stream is over."""
        callback(self, 0, arg)


class Event:
    """A moment in a stream."""

    def __init__(self, timing: bool = True) -> None:
        self._timing = timing
        self._at: float | None = None

    def record(self, stream: Any = 0) -> None:
        """The moment is now, behind all that is in the stream."""
        self._at = time.perf_counter()

    def query(self) -> bool:
        """Whether the moment has come."""
        return True

    def synchronize(self) -> None:
        """Wait until the moment has come."""

    def wait(self, stream: Any = 0) -> None:
        """Let a stream wait until the moment has come."""

    def elapsed_time(self, evtend: Event) -> float:
        """Milliseconds from this moment to another one."""
        if self._at is None or evtend._at is None or not (self._timing and evtend._timing):
            raise RuntimeError("both events must be recorded, and made with timing=True")
        return (evtend._at - self._at) * 1000


def stream() -> Stream:
    """Make a stream."""
    _launchers.current()
    return Stream(1)


def default_stream() -> Stream:
    """Give the stream of launches that name none."""
    return Stream()


legacy_default_stream = per_thread_default_stream = default_stream


def external_stream(ptr: int) -> Stream:
    """Give a stream that another library made, by its handle."""
    return Stream(ptr)


def event(timing: bool = True) -> Event:
    """Make an event; with `timing` it knows its time."""
    return Event(timing)


def event_elapsed_time(evtstart: Event, evtend: Event) -> float:
    """Milliseconds from one event to another."""
    return evtstart.elapsed_time(evtend)


def synchronize() -> None:
    """Wait for all launches."""
    _launchers.current()
