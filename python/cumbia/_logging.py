"""What happened to compiled functions, as records of the logger ``cumbia``.

Called by the native module once ``logging`` is imported; not here: when (``python/src/logging.rs``).
"""

from __future__ import annotations

import logging

from cumbia._events import Event

logger = logging.getLogger("cumbia")

_TEXTS = {
    "compiled": "compiled %(function)s by %(detail)s in %(took)s",
    "found": "cache hit: %(function)s, code of %(detail)s",
    "missed": "cache miss: %(function)s",
    "stored": "cache: %(function)s kept",
    "queued": "%(function)s waits for tier 2",
    "optimized": "tier 2 compiled %(function)s in %(took)s",
    "moved": "a running loop of %(function)s went on in the code of tier 2",
    "declined": "%(function)s stays with tier 1: %(detail)s",
    "warned": "%(place)s%(detail)s",
}
"""What is said of each kind of event."""


def tell(rows: list[tuple], called: bool) -> bool:
    """Make records of events.

    Parameters
    ----------
    rows : list of tuple
        The fields of each `Event`.
    called : bool
        Whether the frame that called this is the one whose call has caused them.

    Returns
    -------
    bool
        Whether anybody listens to the least of them.
    """
    for row in rows:
        event = Event(*row)
        level = logging.WARNING if event.kind == "warned" else logging.DEBUG
        if not logger.isEnabledFor(level):
            continue
        names = {
            "function": event.function,
            "detail": event.detail,
            "took": f"{1000 * event.seconds:.2f} ms",
            "place": event.function and f"{event.function}: ",
        }
        logger.log(level, _TEXTS[event.kind], names, extra={"event": event}, stacklevel=1 + called)
    return logger.isEnabledFor(logging.DEBUG)
