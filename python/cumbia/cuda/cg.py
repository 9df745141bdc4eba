"""Cooperative groups: threads that wait for each other across blocks.

The one group there is, as in Numba, is the whole grid: ``cuda.cg.this_grid().sync()`` waits for
all of its threads, and what they wrote before is seen after. All blocks are on the device at
once then, so there is a limit (`Specialization.max_cooperative_grid_blocks`).
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from cumbia.cuda._errors import only_in_kernels

__all__ = ["this_grid"]


class GridGroup(ModuleType):
    """All threads of the grid; what `this_grid` gives in kernels, where it is a module."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"'GridGroup' object has no attribute {name!r}")

    @staticmethod
    def sync() -> None:
        """Wait for all threads of the grid."""
        raise only_in_kernels("cg.this_grid().sync()")


def this_grid() -> Any:
    """Give the group of all threads of the grid.

    A kernel that asks for it is launched with all of its blocks at once.
    """
    raise only_in_kernels("cg.this_grid()")


# How the compiler gets at it.
_group = sys.modules["cumbia.cuda.cg.grid_group"] = GridGroup("cumbia.cuda.cg.grid_group")
GridGroup.sync.__module__, GridGroup.sync.__qualname__ = "cumbia.cuda.cg.grid_group", "sync"
GridGroup.sync.__name__ = "sync"
