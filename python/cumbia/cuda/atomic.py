"""Operations on elements of arrays that other threads can't come between, in kernels.

All but `compare_and_swap` take an array, an index for each axis and a value, and give what the
element was before. Elements have 32 or 64 bits. Extremes take a number rather than a nan. They
are ordered by fences alone.
"""

from __future__ import annotations

from typing import Any

from cumbia.cuda._errors import only_in_kernels

__all__ = ["add", "and_", "cas", "compare_and_swap", "dec", "exch", "inc", "max", "min", "nanmax", "nanmin", "or_", "sub", "xor"]


def add(array: Any, index: Any, value: Any) -> Any:
    """``array[index] += value``, of integers modulo their range; the old value."""
    raise only_in_kernels("atomic.add()")


def sub(array: Any, index: Any, value: Any) -> Any:
    """``array[index] -= value``, of integers modulo their range; the old value."""
    raise only_in_kernels("atomic.sub()")


def and_(array: Any, index: Any, value: Any) -> Any:
    """``array[index] &= value``, of integers; the old value."""
    raise only_in_kernels("atomic.and_()")


def or_(array: Any, index: Any, value: Any) -> Any:
    """``array[index] |= value``, of integers; the old value."""
    raise only_in_kernels("atomic.or_()")


def xor(array: Any, index: Any, value: Any) -> Any:
    """``array[index] ^= value``, of integers; the old value."""
    raise only_in_kernels("atomic.xor()")


def exch(array: Any, index: Any, value: Any) -> Any:
    """``array[index] = value``; the old value."""
    raise only_in_kernels("atomic.exch()")


def inc(array: Any, index: Any, value: Any) -> Any:
    """One more, from the limit `value` to 0; the old value."""
    raise only_in_kernels("atomic.inc()")


def dec(array: Any, index: Any, value: Any) -> Any:
    """One less, from 0 and from beyond the limit `value` to the limit; the old value."""
    raise only_in_kernels("atomic.dec()")


def max(array: Any, index: Any, value: Any) -> Any:
    """The larger of the element and the value stays; the old value."""
    raise only_in_kernels("atomic.max()")


def min(array: Any, index: Any, value: Any) -> Any:
    """The smaller of the element and the value stays; the old value."""
    raise only_in_kernels("atomic.min()")


def nanmax(array: Any, index: Any, value: Any) -> Any:
    """As `max`."""
    raise only_in_kernels("atomic.nanmax()")


def nanmin(array: Any, index: Any, value: Any) -> Any:
    """As `min`."""
    raise only_in_kernels("atomic.nanmin()")


def cas(array: Any, index: Any, old: Any, value: Any) -> Any:
    """``array[index] = value`` if the element is `old`; what it was."""
    raise only_in_kernels("atomic.cas()")


def compare_and_swap(array: Any, old: Any, value: Any) -> Any:
    """As `cas`, of the first element of an array of one axis."""
    raise only_in_kernels("atomic.compare_and_swap()")
