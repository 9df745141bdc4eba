"""What happened to compiled functions, and when."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["Event", "events"]


class Event(NamedTuple):
    """Something that happened to a specialization.

    Attributes
    ----------
    time : float
        When, in seconds of `time.perf_counter`.
    kind : str
        ``compiled``: the first tier's code is there; ``queued``: it waits for the second
        tier; ``optimized``: that code is in place; ``moved``: a loop that ran went on in
        it; ``declined``: it stays with the first tier.
    function : str
        The function and its argument types.
    seconds : float
        How long it took.
    detail : str
        The compiler's name, or a reason.
    """

    time: float
    kind: Literal["compiled", "queued", "optimized", "moved", "declined"]
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
