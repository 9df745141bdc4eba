"""Profilers: which part of a program they watch.

NVIDIA's profilers can be told to begin and end where a program says so. Without one, and in the
emulation, nothing happens.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cumbia.cuda import _launchers

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["profile_start", "profile_stop", "profiling"]


def profile_start() -> None:
    """Let a profiler that watches this process begin."""
    _launchers.current().profile(True)


def profile_stop() -> None:
    """Let a profiler that watches this process end."""
    _launchers.current().profile(False)


@contextmanager
def profiling() -> Iterator[None]:
    """Let a profiler watch what the block does.

    Examples
    --------
    >>> from cumbia import cuda
    >>> with cuda.profiling():  # doctest: +SKIP
    ...     kernel[1, 32](x)
    """
    profile_start()
    try:
        yield
    finally:
        profile_stop()
