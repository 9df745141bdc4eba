"""A line that says what is waited for, after half a second, in a notebook or a terminal's IPython.

Waited for are reports, and LLVM in `f.wait()` and in a first call with ``tier="best"``. A thread
looks every quarter of a second while a cell runs; it shows nothing before half a second has
passed, and takes the line away when the wait is over. In scripts there is none: only
`%load_ext cumbia` starts it. Not here: tier 1, whose compiling takes no half second.
"""

from __future__ import annotations

import contextlib
import contextvars
import itertools
import linecache
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from cumbia._events import events

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["register", "unregister", "waited_for", "waiting"]

PATIENCE = 0.5
PERIOD = 0.25

# What a report of this module's callers is busy with: text and since when.
_busy: list[tuple[str, float]] = []
_thread: dict[int, tuple[threading.Event, threading.Thread]] = {}


def register(shell: Any) -> None:
    """Watch the cells of a shell.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    """
    unregister(shell)
    shell.events.register("pre_run_cell", _begins)
    shell.events.register("post_run_cell", _ends)


def unregister(shell: Any) -> None:
    """Watch no more.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    """
    for name, callback in (("pre_run_cell", _begins), ("post_run_cell", _ends)):
        if callback in shell.events.callbacks[name]:
            shell.events.unregister(name, callback)


@contextlib.contextmanager
def waiting(what: str) -> Iterator[None]:
    """Say what is waited for while a block runs.

    Parameters
    ----------
    what : str
        A few words.
    """
    entry = what, time.perf_counter()
    _busy.append(entry)
    try:
        yield
    finally:
        _busy.remove(entry)


def waited_for(now: float) -> tuple[str, float] | None:
    """Tell what is waited for.

    Parameters
    ----------
    now : float
        The time of `time.perf_counter`.

    Returns
    -------
    tuple of str and float, or None
        Words, and for how many seconds.
    """
    if _busy:
        what, since = _busy[-1]
        return what, now - since
    queued: dict[str, tuple[float, bool]] = {}
    for event in events():
        if event.kind == "queued":
            queued[event.function] = event.time, event.detail == "waited for"
        elif event.kind in ("optimized", "declined"):
            queued.pop(event.function, None)
    everything = bool(queued) and _in_wait()
    for function, (since, held) in queued.items():
        if held or everything:
            return f"compiling {function} with LLVM", now - since
    return None


def _in_wait() -> bool:
    """Whether the main thread stands in a call of some `wait`."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    if frame is None:
        return False
    place = next(itertools.islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), None)
    if place is None:
        return False
    first, last, column, end = place
    if first is None or last is None:
        return False
    lines = [linecache.getline(frame.f_code.co_filename, number).encode() for number in range(first, last + 1)]
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][column:]
    return b".wait(" in b"".join(lines)


def _begins(*_: Any) -> None:
    from cumbia._notebook.magics import SETTINGS

    _ends()
    if not SETTINGS.own["progress"]:
        return
    over = threading.Event()
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(_watch, over), name="cumbia-progress", daemon=True)
    _thread[threading.get_ident()] = over, thread
    thread.start()


def _ends(*_: Any) -> None:
    over, thread = _thread.pop(threading.get_ident(), (None, None))
    if over is not None and thread is not None:
        over.set()
        # So that the line is away before the next cell's output begins.
        thread.join(timeout=1.0)


def _watch(over: threading.Event) -> None:
    """Show a line while somebody waits for long; runs on a thread of its own."""
    shown = None
    while not over.wait(PERIOD):
        found = waited_for(time.perf_counter())
        if found is not None and found[1] >= PATIENCE:
            shown = _show(shown, f"cumbia: {found[0]} ... {found[1]:.1f} s")
        elif shown is not None:
            shown = _show(shown, None)
    if shown is not None:
        _show(shown, None)


def _show(handle: Any, text: str | None) -> Any:
    """Write, change or take away the line."""
    from IPython.display import display

    bundle = {"text/plain": text or ""}
    if handle is None:
        return display(bundle, raw=True, display_id=True)
    handle.update(bundle, raw=True)
    return handle if text is not None else None
