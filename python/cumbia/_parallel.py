"""``prange`` and the threads that loops over it run on.

In a function compiled with ``parallel=True`` such loops run on several threads; everywhere
else ``prange`` is ``range``. How many threads a loop uses never changes a result.
"""

from __future__ import annotations

__all__ = ["get_num_threads", "get_thread_id", "prange", "set_num_threads"]


def prange(*args: int) -> range:
    """A range whose turns may run at the same time, in any order.

    Parameters
    ----------
    *args : int
        As those of `range`.

    Returns
    -------
    range
        The range itself.

    Examples
    --------
    >>> from cumbia import prange
    >>> list(prange(3))
    [0, 1, 2]
    """
    return range(*args)


def set_num_threads(n: int) -> None:
    """Say how many threads parallel loops may use that this thread runs.

    Parameters
    ----------
    n : int
        From 1 to the number that the process has: ``CUMBIA_NUM_THREADS``, or as many as the
        system lets it use.

    Raises
    ------
    ValueError
        For another number.
    """
    from cumbia._cumbia import _set_threads

    _set_threads(n)


def get_num_threads() -> int:
    """How many threads parallel loops may use that this thread runs.

    Returns
    -------
    int
        What `set_num_threads` said, else as many as there are.

    Raises
    ------
    ValueError
        Where ``CUMBIA_NUM_THREADS`` is no number of threads.
    """
    from cumbia._cumbia import _threads

    return _threads()


def get_thread_id() -> int:
    """The number of this thread among those of the loop that it works for.

    Returns
    -------
    int
        From 0; 0 outside of parallel loops.
    """
    return 0


for _function in (prange, set_num_threads, get_num_threads, get_thread_id):
    _function.__module__ = "cumbia"
