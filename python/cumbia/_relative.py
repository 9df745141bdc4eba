"""Elements relative to a place, in compiled code: what a stencil's kernel gets for an array.

All that is here is compiled as a user's functions are, and is what the kernel gets in plain
Python, too. A class for each number of axes, since compiled code has no tuples of unknown
length; first those for places where everything that is asked for lies inside, then those that
look beyond an edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["MOST_AXES", "at", "edge"]

MOST_AXES = 4

NEAREST, REFLECT, WRAP = 1, 2, 3


def _shifted(index, place):  # type: ignore[no-untyped-def]
    """An index or slice at a place. What lies before the array isn't counted from its end."""
    if isinstance(index, slice):
        if index.start is None or index.stop is None:
            raise IndexError("a slice relative to an element has a start and a stop")
        if place + index.start < 0:
            raise IndexError("an element before the first one of a stencil's array")
        return slice(place + index.start, place + index.stop, index.step)
    if place + index < 0:
        raise IndexError("an element before the first one of a stencil's array")
    return place + index


def _beyond(index, place, size, mode):  # type: ignore[no-untyped-def]
    """A position inside for one that may lie beyond an edge."""
    found = place + index
    if 0 <= found < size:
        return found
    if mode == NEAREST:
        return 0 if found < 0 else size - 1
    if mode == WRAP:
        return found % size
    found = found % (2 * size)
    return found if found < size else 2 * size - 1 - found


@dataclass(frozen=True)
class At1:
    """Elements of an array of one axis around a place inside of its edges."""

    array: Any
    i0: int

    def __getitem__(self, index: Any) -> Any:
        return self.array[_shifted(index, self.i0)]

    @property
    def shape(self) -> Any:
        return self.array.shape


@dataclass(frozen=True)
class Edge1:
    """Elements of an array of one axis around a place near an edge."""

    array: Any
    mode: int
    i0: int

    def __getitem__(self, index: Any) -> Any:
        return self.array[_beyond(index, self.i0, self.array.shape[0], self.mode)]

    @property
    def shape(self) -> Any:
        return self.array.shape


@dataclass(frozen=True)
class At2:
    """Elements of an array of 2 axes around a place inside of its edges."""

    array: Any
    i0: int
    i1: int

    def __getitem__(self, index: Any) -> Any:
        return self.array[
            _shifted(index[0], self.i0),
            _shifted(index[1], self.i1),
        ]

    @property
    def shape(self) -> Any:
        return self.array.shape


@dataclass(frozen=True)
class Edge2:
    """Elements of an array of 2 axes around a place near an edge."""

    array: Any
    mode: int
    i0: int
    i1: int

    def __getitem__(self, index: Any) -> Any:
        return self.array[
            _beyond(index[0], self.i0, self.array.shape[0], self.mode),
            _beyond(index[1], self.i1, self.array.shape[1], self.mode),
        ]

    @property
    def shape(self) -> Any:
        return self.array.shape


@dataclass(frozen=True)
class At3:
    """Elements of an array of 3 axes around a place inside of its edges."""

    array: Any
    i0: int
    i1: int
    i2: int

    def __getitem__(self, index: Any) -> Any:
        return self.array[
            _shifted(index[0], self.i0),
            _shifted(index[1], self.i1),
            _shifted(index[2], self.i2),
        ]

    @property
    def shape(self) -> Any:
        return self.array.shape


@dataclass(frozen=True)
class Edge3:
    """Elements of an array of 3 axes around a place near an edge."""

    array: Any
    mode: int
    i0: int
    i1: int
    i2: int

    def __getitem__(self, index: Any) -> Any:
        return self.array[
            _beyond(index[0], self.i0, self.array.shape[0], self.mode),
            _beyond(index[1], self.i1, self.array.shape[1], self.mode),
            _beyond(index[2], self.i2, self.array.shape[2], self.mode),
        ]

    @property
    def shape(self) -> Any:
        return self.array.shape


@dataclass(frozen=True)
class At4:
    """Elements of an array of 4 axes around a place inside of its edges."""

    array: Any
    i0: int
    i1: int
    i2: int
    i3: int

    def __getitem__(self, index: Any) -> Any:
        return self.array[
            _shifted(index[0], self.i0),
            _shifted(index[1], self.i1),
            _shifted(index[2], self.i2),
            _shifted(index[3], self.i3),
        ]

    @property
    def shape(self) -> Any:
        return self.array.shape


@dataclass(frozen=True)
class Edge4:
    """Elements of an array of 4 axes around a place near an edge."""

    array: Any
    mode: int
    i0: int
    i1: int
    i2: int
    i3: int

    def __getitem__(self, index: Any) -> Any:
        return self.array[
            _beyond(index[0], self.i0, self.array.shape[0], self.mode),
            _beyond(index[1], self.i1, self.array.shape[1], self.mode),
            _beyond(index[2], self.i2, self.array.shape[2], self.mode),
            _beyond(index[3], self.i3, self.array.shape[3], self.mode),
        ]

    @property
    def shape(self) -> Any:
        return self.array.shape


def at(axes: int) -> Any:
    """The class of places inside."""
    return (At1, At2, At3, At4)[axes - 1]


def edge(axes: int) -> Any:
    """The class of places near an edge."""
    return (Edge1, Edge2, Edge3, Edge4)[axes - 1]
