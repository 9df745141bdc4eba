"""The namedtuple of generated programs: one class, whichever way a program runs."""

from collections import namedtuple

__all__ = ["Pair"]

Pair = namedtuple("Pair", "first second")
