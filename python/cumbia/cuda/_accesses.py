"""How a launch accesses memory, by lines: `Configured.access_report`.

Global memory is read and written by sectors of 32 bytes: a warp's access costs as many as its
lanes touch. Shared memory has 32 banks of four bytes: lanes that want different words of one
bank take turns. Both follow from the addresses alone, which emulated kernels tell.
"""

from __future__ import annotations

import linecache
from typing import Any, NamedTuple

__all__ = ["AccessLine", "AccessReport", "report"]


class AccessLine(NamedTuple):
    """What all warps did at a place of the text.

    Attributes
    ----------
    line, column : int
        The place in the kernel's file; the column counts from 0.
    memory : str
        ``"global"`` or ``"shared"``.
    does : str
        ``"reads"``, ``"writes"`` or ``"changes atomically"``.
    size : int
        Bytes of an element.
    warps, lanes : int
        How many accesses of warps, and of lanes.
    took : int
        Sectors of global memory, or turns at the banks of shared memory, of all of them.
    least : int
        The same if the elements of a warp lay one behind the other.
    worst : int
        The most of one access of a warp.
    """

    line: int
    column: int
    memory: str
    does: str
    size: int
    warps: int
    lanes: int
    took: int
    least: int
    worst: int

    @property
    def factor(self) -> float:
        """How many times as much as is needed."""
        return self.took / self.least if self.least else 1.0


class AccessReport:
    """The accesses of a launch; as text a table, worst factors first.

    Attributes
    ----------
    lines : list of AccessLine
        In the order of the text.
    """

    def __init__(self, name: str, filename: str, lines: list[AccessLine]) -> None:
        self.name, self.filename, self.lines = name, filename, lines

    def __repr__(self) -> str:
        return f"<AccessReport of {self.name}: {len(self.lines)} places>"

    def __str__(self) -> str:
        head = f"{'line':>6}  {'memory':6}  {'factor':>6}  {'a warp':>7}  {'worst':>5}  what"
        rows = [f"accesses of {self.name} ({self.filename})", head]
        for one in sorted(self.lines, key=lambda one: (-one.factor, one.line, one.column)):
            unit = "sectors" if one.memory == "global" else "turns"
            text = linecache.getline(self.filename, one.line).strip()
            rows.append(
                f"{one.line:6}  {one.memory:6}  {one.factor:6.2f}  {one.took / one.warps:7.2f}  "
                f"{one.worst:5}  {one.does} {one.size} bytes, {unit}: {text}"
            )
        return "\n".join(rows)


def report(kernel: Any, rows: list[Any]) -> AccessReport:
    """Give the report of what an emulated kernel told."""
    lines = [
        AccessLine(line, max(col - 1, 0), "shared" if is_shared else "global", does, size, *costs)
        for (line, col, is_shared, does, size), costs in rows
    ]
    name, code = kernel.py_func.__qualname__, kernel.py_func.__code__
    return AccessReport(name, code.co_filename, lines)
