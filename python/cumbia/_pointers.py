"""Pointers of C in compiled code, and the arrays made of them.

All that is here is compiled as a user's functions are. A pointer is an array without an end
that nothing but its elements and ``carray`` can be had of; the bounds of what is made of it
are those that the program says, and are checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cumbia._memory import array_at

__all__ = ["Pointer", "VoidPointer", "carray", "farray"]


@dataclass(frozen=True)
class Pointer:
    """A pointer to values of a type."""

    memory: Any

    def __getitem__(self, index: int) -> Any:
        return self.memory[index]

    def __setitem__(self, index: int, value: Any) -> None:
        self.memory[index] = value


@dataclass(frozen=True)
class VoidPointer:
    """A pointer to bytes."""

    memory: Any


def carray(ptr: Any, shape: Any, dtype: Any = None) -> Any:
    """An array over the memory behind a pointer, contiguous by rows.

    Parameters
    ----------
    ptr : pointer
        What a ``cfunc`` got for a ``CPointer`` or ``voidptr``; in plain Python a pointer of
        ctypes or an address.
    shape : int or tuple of int
        The array's shape, which is believed.
    dtype : dtype, optional
        The elements' type; needed for void pointers, and the pointer's own for others.

    Returns
    -------
    ndarray
        A view: what is written to it is in that memory.

    Examples
    --------
    >>> import ctypes
    >>> from cumbia import carray
    >>> numbers = (ctypes.c_double * 4)(1, 2, 3, 4)
    >>> carray(numbers, (2, 2))
    array([[1., 2.],
           [3., 4.]])
    """
    if isinstance(ptr, (Pointer, VoidPointer)):
        if isinstance(shape, tuple):
            return _items(ptr, shape, dtype).reshape(shape)
        return _items(ptr, shape, dtype)
    return array_at(ptr, shape, dtype, "C")


def farray(ptr: Any, shape: Any, dtype: Any = None) -> Any:
    """An array over the memory behind a pointer, contiguous by columns.

    Parameters
    ----------
    ptr, shape, dtype
        As for `carray`.

    Returns
    -------
    ndarray
        A view: what is written to it is in that memory.

    Examples
    --------
    >>> import ctypes
    >>> from cumbia import farray
    >>> numbers = (ctypes.c_double * 4)(1, 2, 3, 4)
    >>> farray(numbers, (2, 2))
    array([[1., 3.],
           [2., 4.]])
    """
    if isinstance(ptr, (Pointer, VoidPointer)):
        if isinstance(shape, tuple):
            return _items(ptr, shape, dtype).reshape(shape[::-1]).T
        return _items(ptr, shape, dtype)
    return array_at(ptr, shape, dtype, "F")


def _items(ptr, shape, dtype):  # type: ignore[no-untyped-def]
    """As many elements as a shape has."""
    count = 1
    if isinstance(shape, tuple):
        for size in shape:
            if size < 0:
                raise ValueError("negative dimensions are not allowed")
            count *= size
    else:
        if shape < 0:
            raise ValueError("negative dimensions are not allowed")
        count = shape
    memory = ptr.memory
    if isinstance(ptr, VoidPointer):
        if dtype is None:
            raise TypeError("carray() and farray() need a dtype for a void pointer")
        return memory[: count * memory[:0].view(dtype).itemsize].view(dtype)
    if dtype is not None and memory[:0].view(dtype).dtype != memory.dtype:
        raise TypeError("the pointer is one to another dtype")
    return memory[:count]
