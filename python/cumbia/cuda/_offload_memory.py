"""What a device has of the host's memory: for each byte whether it is there, and which is newer.

A `Mirror` is memory of the device for a part of the host's; `Spans` say which bytes of it are as
the program has them. All arrays that share bytes share their mirror, so views of one array, and
arguments that overlap, need no thought. Nothing here knows of loops or calls.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Mirror", "Spans"]


class Spans:
    """Bytes, as addresses from one to another, in order and apart."""

    def __init__(self) -> None:
        self.all: list[tuple[int, int]] = []

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self.all)

    def __bool__(self) -> bool:
        return bool(self.all)

    def add(self, first: int, end: int) -> None:
        """Have these bytes too."""
        if first >= end:
            return
        kept = []
        for one, behind in self.all:
            if behind < first or end < one:
                kept.append((one, behind))
            else:
                first, end = min(first, one), max(end, behind)
        self.all = sorted([*kept, (first, end)])

    def remove(self, first: int, end: int) -> None:
        """Have these bytes no more."""
        kept = []
        for one, behind in self.all:
            kept += [(one, min(behind, first)), (max(one, end), behind)]
        self.all = [(one, behind) for one, behind in kept if one < behind]

    def within(self, first: int, end: int) -> list[tuple[int, int]]:
        """Give those between two addresses."""
        parts = [(max(one, first), min(behind, end)) for one, behind in self.all]
        return [(one, behind) for one, behind in parts if one < behind]

    def missing(self, first: int, end: int) -> list[tuple[int, int]]:
        """Give what is between two addresses and not among them."""
        rest = Spans()
        rest.add(first, end)
        for one, behind in self.all:
            rest.remove(one, behind)
        return rest.all


class Mirror:
    """Memory of the host with a copy on the device.

    Attributes
    ----------
    address : int
        Where the copy lies; its elements are at the same multiples of 16 bytes.
    there : Spans
        What the device has as it is.
    newer : Spans
        What the host's memory has not as it is: a part of `there`.
    owners : list of int
        Whoever owns the host's memory, if it is the call's.
    """

    def __init__(self, launcher: Any, first: int, end: int) -> None:
        self.launcher, self.first, self.end = launcher, first, end
        pad = first % 16
        memory = launcher.allocate(end - first + pad)
        self.bytes = np.ndarray((end - first,), np.uint8, memory, pad)
        self.address = self.bytes.__array_interface__["data"][0]
        self.there, self.newer = Spans(), Spans()
        self.is_resident = False
        self.owners: list[int] = []

    def _part(self, first: int, end: int) -> np.ndarray:
        return self.bytes[first - self.first : end - self.first]

    def bring(self, first: int, end: int) -> int:
        """Have these bytes on the device; how many were copied."""
        copied = 0
        for one, behind in self.there.missing(first, end):
            self.launcher.copy_in(self._part(one, behind), _bytes_at(one, behind), 0)
            copied += behind - one
        self.there.add(first, end)
        return copied

    def have(self, first: int, end: int, zeros: bool) -> None:
        """Have these bytes on the device as nobody has written them on the host."""
        for one, behind in self.there.missing(first, end) if zeros else ():
            self.launcher.fill(self._part(one, behind), 0)
        self.there.add(first, end)

    def wrote(self, first: int, end: int) -> None:
        """Note that the device may have written these."""
        self.there.add(first, end)
        self.newer.add(first, end)

    def home(self, first: int | None = None, end: int | None = None, forget: bool = False) -> int:
        """Have the host's memory up to date, and forget the copy where that may change.

        Gives how many bytes were copied.
        """
        first = self.first if first is None else first
        end = self.end if end is None else end
        copied = 0
        for one, behind in self.newer.within(first, end):
            self.launcher.copy_out(_bytes_at(one, behind), self._part(one, behind), 0)
            self.newer.remove(one, behind)
            copied += behind - one
        if forget:
            self.there.remove(first, end)
        return copied

    def take(self, other: Mirror) -> None:
        """Take over what the device has in a mirror of a part of this one's memory."""
        for one, behind in other.there:
            self.launcher.copy_within(self._part(one, behind), other._part(one, behind), 0)
            self.there.add(one, behind)
        for one, behind in other.newer:
            self.newer.add(one, behind)
        self.owners += other.owners


def _bytes_at(first: int, end: int) -> np.ndarray:
    """The host's memory between two addresses."""
    return np.frombuffer(memoryview((ctypes.c_ubyte * (end - first)).from_address(first)), np.uint8)
