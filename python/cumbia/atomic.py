"""Operations on elements of arrays that other threads can't come between.

In a function compiled with ``parallel=True`` turns of a loop over `cumbia.prange` may change
the same element by them, and nothing is lost: counts, sums, extremes. In which order they do
is open, so a sum of floats may differ in its last bits from one run to the next. Everywhere
else the functions do the same without threads.

All but `compare_and_swap` take an array, an index (an integer, or a tuple of one for each
axis) and a value, and return what the element was before. Elements are ``int32``, ``int64``,
``uint32``, ``uint64``, ``float32`` or ``float64``.

Examples
--------
>>> import numpy as np
>>> from cumbia import atomic
>>> counts = np.zeros(3, dtype=np.int64)
>>> int(atomic.add(counts, 1, 5)), int(atomic.add(counts, 1, 2))
(0, 5)
>>> counts
array([0, 7, 0])
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "add",
    "and_",
    "cas",
    "compare_and_swap",
    "exch",
    "max",
    "min",
    "or_",
    "sub",
    "xor",
]

_DTYPES = ("int32", "int64", "uint32", "uint64", "float32", "float64")


def _element(array: np.ndarray, index: Any, whole: bool = False) -> Any:
    """Checks array and index; gives what the element is."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"an atomic operation changes an array, not {type(array).__name__}")
    if array.dtype.name not in (_DTYPES[:4] if whole else _DTYPES):
        raise TypeError(f"there is no such atomic operation on elements of {array.dtype.name}")
    old = array[index]
    if isinstance(old, np.ndarray):
        raise TypeError("an atomic operation takes an index for each axis")
    return old


def _put(array: np.ndarray, index: Any, value: Any) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        array[index] = value


def add(array: np.ndarray, index: Any, value: Any) -> Any:
    """``array[index] += value``, of integers modulo their range; the old value."""
    old = _element(array, index)
    with np.errstate(over="ignore", invalid="ignore"):
        _put(array, index, old + array.dtype.type(value))
    return old


def sub(array: np.ndarray, index: Any, value: Any) -> Any:
    """``array[index] -= value``, of integers modulo their range; the old value."""
    old = _element(array, index)
    with np.errstate(over="ignore", invalid="ignore"):
        _put(array, index, old - array.dtype.type(value))
    return old


def max(array: np.ndarray, index: Any, value: Any) -> Any:
    """The larger of the element and a value stays, a number rather than a nan; the old value."""
    old = _element(array, index)
    value = array.dtype.type(value)
    if value > old or old != old or (value == old and np.signbit(old)):
        array[index] = value
    return old


def min(array: np.ndarray, index: Any, value: Any) -> Any:
    """The smaller of the element and a value stays, a number rather than a nan; the old value."""
    old = _element(array, index)
    value = array.dtype.type(value)
    if value < old or old != old or (value == old and np.signbit(value)):
        array[index] = value
    return old


def and_(array: np.ndarray, index: Any, value: Any) -> Any:
    """``array[index] &= value``, of integers; the old value."""
    old = _element(array, index, whole=True)
    array[index] = old & array.dtype.type(value)
    return old


def or_(array: np.ndarray, index: Any, value: Any) -> Any:
    """``array[index] |= value``, of integers; the old value."""
    old = _element(array, index, whole=True)
    array[index] = old | array.dtype.type(value)
    return old


def xor(array: np.ndarray, index: Any, value: Any) -> Any:
    """``array[index] ^= value``, of integers; the old value."""
    old = _element(array, index, whole=True)
    array[index] = old ^ array.dtype.type(value)
    return old


def exch(array: np.ndarray, index: Any, value: Any) -> Any:
    """``array[index] = value``; the old value."""
    old = _element(array, index)
    array[index] = array.dtype.type(value)
    return old


def cas(array: np.ndarray, index: Any, old: Any, value: Any) -> Any:
    """``array[index] = value`` if the element is `old`, an integer; what it was."""
    now = _element(array, index, whole=True)
    if now == array.dtype.type(old):
        array[index] = array.dtype.type(value)
    return now


def compare_and_swap(array: np.ndarray, old: Any, value: Any) -> Any:
    """As `cas`, of the first element of an array of one axis."""
    return cas(array, 0, old, value)


for _function in (add, sub, max, min, and_, or_, xor, exch, cas, compare_and_swap):
    _function.__module__ = "cumbia.atomic"
