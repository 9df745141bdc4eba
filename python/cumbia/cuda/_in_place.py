"""Memory, streams and events where kernels run in this process: nothing is in flight, so
nothing is waited for, and memory of the device is the host's."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["InPlace"]


class InPlace:
    """The part of a launcher that has memory, streams and events."""

    ordinal = -1
    is_capturing = False

    def __init__(self) -> None:
        self._handles = 0
        self._times: dict[int, float] = {}

    def _handle(self) -> int:
        self._handles += 1
        return self._handles

    def configured(self, *_: Any) -> None:
        """Launches are read where they are run."""

    def allocate(self, size: int, kind: str = "device", **_: bool) -> Any:
        """Memory of so many bytes."""
        return np.empty(max(size, 1), np.uint8)

    def host_side(self, memory: Any) -> Any:
        """The same memory."""
        return memory

    def fix(self, array: np.ndarray, mapped: bool) -> int:
        """Memory isn't moved anyway."""
        return array.ctypes.data

    def unfix(self, array: np.ndarray) -> None:
        """The end of `fix`."""

    def _copy(self, to: np.ndarray, source: np.ndarray, stream: int = 0) -> None:
        np.copyto(to, source)

    copy_in = copy_out = copy_within = _copy

    def fill(self, to: np.ndarray, byte: int, stream: int = 0) -> None:
        """Set all bytes."""
        to.view(np.uint8)[...] = byte

    def stream(self) -> int:
        """Make a stream."""
        return self._handle()

    def meet_foreign(self) -> None:
        """Streams of others are as good."""

    def drop_stream(self, stream: int) -> None:
        """Destroy one."""

    def wait_for(self, stream: int) -> None:
        """All is over."""

    def profile(self, on: bool) -> None:
        """Nothing: no profiler of devices watches the processor."""

    def synchronize(self) -> None:
        """All is over."""

    def is_over(self, stream: int) -> bool:
        """All is over."""
        return True

    def call_after(self, stream: int, function: Callable[[], None]) -> None:
        """All is over, so it is called now."""
        function()

    def event(self, timing: bool) -> int:
        """Make an event."""
        return self._handle()

    def drop_event(self, event: int) -> None:
        """Destroy one."""
        self._times.pop(event, None)

    def record(self, event: int, stream: int) -> None:
        """The moment is now."""
        self._times[event] = time.perf_counter()

    def has_come(self, event: int) -> bool:
        """All is over."""
        return True

    def wait_for_event(self, event: int) -> None:
        """All is over."""

    def let_wait(self, stream: int, event: int) -> None:
        """All is over."""

    def elapsed(self, start: int, end: int) -> float:
        """Milliseconds between two events."""
        return (self._times[end] - self._times[start]) * 1000
