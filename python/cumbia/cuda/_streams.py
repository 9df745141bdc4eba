"""Streams, events and graphs: what is ordered on a device."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from cumbia.cuda import _launchers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "Event",
    "Graph",
    "Stream",
    "capture",
    "default_stream",
    "event",
    "event_elapsed_time",
    "external_stream",
    "handle_of",
    "legacy_default_stream",
    "per_thread_default_stream",
    "stream",
    "synchronize",
]


class Stream:
    """An order of launches and copies.

    Attributes
    ----------
    handle : int
        The driver's.
    """

    def __init__(self, handle: int = 0, launcher: Any = None, *, owned: bool = False) -> None:
        self.handle = handle
        self._launcher = launcher
        self._owned = owned

    def __del__(self) -> None:
        if getattr(self, "_owned", False):
            self._launcher.drop_stream(self.handle)

    def __int__(self) -> int:
        return self.handle

    def __cuda_stream__(self) -> tuple[int, int]:
        """The protocol by which libraries take each other's streams."""
        return 0, self.handle

    def __repr__(self) -> str:
        return f"<cuda stream {self.handle}>" if self.handle else "<default cuda stream>"

    def _on(self) -> Any:
        return self._launcher or _launchers.current()

    def synchronize(self) -> None:
        """Wait for all that is in the stream; raise what threads of kernels have raised."""
        self._on().wait_for(self.handle)

    def query(self) -> bool:
        """Whether all that is in the stream is over."""
        return self._on().is_over(self.handle)

    @contextlib.contextmanager
    def auto_synchronize(self) -> Iterator[Stream]:
        """Wait, when the block is over, for all that is in the stream."""
        yield self
        self.synchronize()

    def add_callback(self, callback: Callable[..., Any], arg: Any = None) -> None:
        """Call ``callback(stream, 0, arg)`` when all that is in the stream is over.

        It is called by another thread, and calls nothing that waits for a device.
        """
        self._on().call_after(self.handle, lambda: callback(self, 0, arg))

    def async_done(self) -> Any:
        """Give a future of the running event loop, done when all in the stream is over."""
        import asyncio

        loop = asyncio.get_running_loop()
        future = loop.create_future()

        def done(*_: Any) -> None:
            if not future.done():
                future.set_result(self)

        self.add_callback(lambda *_: loop.call_soon_threadsafe(done))
        return future


def handle_of(stream: Any) -> int:
    """The handle of a stream, ours or another library's, or of 0 for the default one."""
    if isinstance(stream, int):
        return stream
    if stream is None:
        return 0
    if isinstance(stream, Stream):
        return stream.handle
    protocol = getattr(stream, "__cuda_stream__", None)
    if protocol is not None:
        _launchers.current().meet_foreign()
        return protocol()[1]
    raise TypeError(f"{stream!r} is no stream")


class Event:
    """A moment in a stream."""

    def __init__(self, timing: bool = True) -> None:
        self._timing = timing
        self._launcher = _launchers.current()
        self._recorded = False
        self.handle: Any = self._launcher.event(timing)

    def __del__(self) -> None:
        if hasattr(self, "handle"):
            self._launcher.drop_event(self.handle)

    def record(self, stream: Any = 0) -> None:
        """The moment is now, behind all that is in the stream."""
        self._launcher.record(self.handle, handle_of(stream))
        self._recorded = True

    def query(self) -> bool:
        """Whether the moment has come."""
        return self._launcher.has_come(self.handle)

    def synchronize(self) -> None:
        """Wait until the moment has come; raise what threads of kernels have raised."""
        self._launcher.wait_for_event(self.handle)

    def wait(self, stream: Any = 0) -> None:
        """Let a stream wait until the moment has come."""
        self._launcher.let_wait(handle_of(stream), self.handle)

    def elapsed_time(self, evtend: Event) -> float:
        """Milliseconds from this moment to another one."""
        if not (self._recorded and evtend._recorded and self._timing and evtend._timing):
            raise RuntimeError("both events must be recorded, and made with timing=True")
        return self._launcher.elapsed(self.handle, evtend.handle)


class Graph:
    """Launches and copies that were captured, and are launched as one: see `capture`."""

    def __init__(self) -> None:
        self._graph: Any = None

    def launch(self, stream: Any = 0) -> None:
        """Launch all of it."""
        if self._graph is None:
            raise RuntimeError("the graph isn't captured yet, or its capture failed")
        self._graph.launch(handle_of(stream))

    __call__ = launch


@contextlib.contextmanager
def capture(stream: Stream) -> Iterator[Graph]:
    """Capture what comes into a stream in the block, in place of doing it.

    Launches in the block name the stream, and take numbers and arrays on the device, which
    the graph keeps alive; memory isn't taken there.

    Examples
    --------
    ``with cuda.capture(s) as graph: kernel[grid, block, s](x)``, and then ``graph.launch(s)``
    as often as it is wanted.
    """
    launcher = stream._on()
    if not hasattr(launcher, "capture"):
        raise NotImplementedError("emulated launches aren't captured: they are over at once")
    graph = Graph()
    launcher.capture(stream.handle)
    try:
        yield graph
    except BaseException:
        with contextlib.suppress(Exception):
            launcher.captured(stream.handle)
        raise
    graph._graph = launcher.captured(stream.handle)


def stream() -> Stream:
    """Make a stream."""
    launcher = _launchers.current()
    return Stream(launcher.stream(), launcher, owned=True)


def default_stream() -> Stream:
    """Give the stream of launches that name none."""
    return Stream()


def legacy_default_stream() -> Stream:
    """Give the stream that waits for all others, which wait for it."""
    return Stream(1)


def per_thread_default_stream() -> Stream:
    """Give a stream that is this thread's own."""
    return Stream(2)


def external_stream(ptr: int) -> Stream:
    """Give a stream that another library made, by its handle."""
    _launchers.current().meet_foreign()
    return Stream(ptr)


def event(timing: bool = True) -> Event:
    """Make an event; with `timing` it knows its time."""
    return Event(timing)


def event_elapsed_time(evtstart: Event, evtend: Event) -> float:
    """Milliseconds from one event to another."""
    return evtstart.elapsed_time(evtend)


def synchronize() -> None:
    """Wait for all that is on the device; raise what threads of kernels have raised."""
    _launchers.current().synchronize()
