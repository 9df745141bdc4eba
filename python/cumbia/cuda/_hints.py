"""Loads and stores with hints for caches, which give what ordinary accesses give.

They are PTX's cache operators on devices. None is done once for several.

Compiled code has bodies for these (`compiler/library/bodies/cuda.py`). Outside of kernels they
raise.
"""

from __future__ import annotations

from typing import Any

from cumbia.cuda._errors import only_in_kernels

__all__ = ["ldca", "ldcg", "ldcs", "ldcv", "ldlu", "stcg", "stcs", "stwb", "stwt"]


def ldca(array: Any, index: Any) -> Any:
    """``array[index]``, to be kept in all caches."""
    raise only_in_kernels("ldca()")


def ldcg(array: Any, index: Any) -> Any:
    """``array[index]``, to be kept in the cache of the device."""
    raise only_in_kernels("ldcg()")


def ldcs(array: Any, index: Any) -> Any:
    """``array[index]``, which is read once."""
    raise only_in_kernels("ldcs()")


def ldcv(array: Any, index: Any) -> Any:
    """``array[index]``, which others may have changed."""
    raise only_in_kernels("ldcv()")


def ldlu(array: Any, index: Any) -> Any:
    """``array[index]``, which is read for the last time."""
    raise only_in_kernels("ldlu()")


def stcg(array: Any, index: Any, value: Any) -> None:
    """``array[index] = value``, to be kept in the cache of the device."""
    raise only_in_kernels("stcg()")


def stcs(array: Any, index: Any, value: Any) -> None:
    """``array[index] = value``, which isn't read soon."""
    raise only_in_kernels("stcs()")


def stwb(array: Any, index: Any, value: Any) -> None:
    """``array[index] = value``, written back when the cache wants."""
    raise only_in_kernels("stwb()")


def stwt(array: Any, index: Any, value: Any) -> None:
    """``array[index] = value``, written through to the host's memory."""
    raise only_in_kernels("stwt()")


for _name in __all__:
    globals()[_name].__module__ = "cumbia.cuda"
