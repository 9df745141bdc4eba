"""The classes of generated programs: one of each, whichever way a program runs."""

from collections import namedtuple
from dataclasses import dataclass
from enum import Enum

__all__ = ["Color", "Pair", "Spot"]

Pair = namedtuple("Pair", "first second")


@dataclass(frozen=True)
class Spot:
    """A frozen dataclass with a default."""

    x: int
    y: float = 0.5


class Color(Enum):
    """An enum whose values are integers."""

    RED = 1
    GREEN = 2
    BLUE = 5
