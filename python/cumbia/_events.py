"""What happened to compiled functions, how often, and when."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

__all__ = ["Event", "Stats", "events", "trace", "trace_at_exit"]


class Event(NamedTuple):
    """Something that happened to a specialization.

    Attributes
    ----------
    time : float
        When, in seconds of `time.perf_counter`.
    kind : str
        ``compiled``: the first tier's code is there; ``found``: it was on disk; ``stored``: it
        is on disk from now on; both of the second tier's where `detail` is ``best``;
        ``queued``: it waits for the second tier, and the call for it where `detail` is
        ``waited for``; ``optimized``: that code is in place;
        ``moved``: a loop that ran went on in it; ``declined``: it stays with the first tier;
        ``missed``: no code of it is on disk; ``warned``: somebody was warned.
    function : str
        The function and its argument types.
    seconds : float
        How long it took.
    detail : str
        The compiler's name, or a reason.
    """

    time: float
    kind: Literal["compiled", "found", "stored", "queued", "optimized", "moved", "declined", "missed", "warned"]
    function: str
    seconds: float
    detail: str


def events() -> list[Event]:
    """Give the latest events of this process, oldest first.

    Compilations and changes of tier are events, calls aren't; at most 4096 are kept. A
    forked child begins without any.

    Returns
    -------
    list of Event
        What happened.

    Examples
    --------
    >>> import cumbia
    >>> @cumbia.jit
    ... def double(x):
    ...     return 2 * x
    >>> double(4)
    8
    >>> cumbia.events()[-1].kind
    'compiled'
    """
    # Importing the package doesn't load the native module.
    from cumbia import _cumbia

    return [Event(*row) for row in _cumbia._events()]


def trace() -> dict[str, Any]:
    """The events as Chrome's trace viewer, Perfetto and speedscope read them.

    Returns
    -------
    dict
        To be written as JSON: an event that took time is a bar, another one a mark; a row
        for each kind.

    Examples
    --------
    >>> import cumbia
    >>> from cumbia._events import trace
    >>> @cumbia.jit
    ... def double(x):
    ...     return 2 * x
    >>> double(4)
    8
    >>> last = trace()["traceEvents"][-1]
    >>> last["cat"], last["ph"], last["dur"] > 0
    ('compiled', 'X', True)
    """
    import os

    rows = []
    kinds: dict[str, int] = {}
    for event in events():
        row: dict[str, Any] = {
            "name": event.function,
            "cat": event.kind,
            "pid": os.getpid(),
            "tid": kinds.setdefault(event.kind, len(kinds) + 1),
            "args": {"detail": event.detail},
        }
        if event.seconds > 0:
            # An event is told when it is over.
            row |= {"ph": "X", "ts": (event.time - event.seconds) * 1e6, "dur": event.seconds * 1e6}
        else:
            row |= {"ph": "i", "s": "t", "ts": event.time * 1e6}
        rows.append(row)
    names = [
        {"name": "thread_name", "ph": "M", "pid": os.getpid(), "tid": tid, "args": {"name": kind}}
        for kind, tid in kinds.items()
    ]
    return {"traceEvents": names + rows, "displayTimeUnit": "ms"}


def trace_at_exit(path: str) -> None:
    """Write the trace into a file when this process ends, and not in its forked children.

    Parameters
    ----------
    path : str
        The file, which is written anew.
    """
    import atexit
    import os

    owner = os.getpid()

    def write() -> None:
        import json

        if os.getpid() == owner:
            with open(path, "w", encoding="utf-8") as file:
                json.dump(trace(), file)

    atexit.register(write)


class Stats(dict[str, Any]):
    """Counts of a compiled function; what is a key is an attribute too.

    Examples
    --------
    >>> import cumbia
    >>> @cumbia.jit
    ... def double(x):
    ...     return 2 * x
    >>> double(4)
    8
    >>> double.stats.calls, double.stats["calls"]
    (1, 1)
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(
                f"there is no count {name!r}; there are: {', '.join(self)}", name=name, obj=self
            ) from None
