"""Memory that the threads of a block have in common."""

from __future__ import annotations

from typing import Any

from cumbia.cuda._errors import only_in_kernels

__all__ = ["array"]


def array(shape: Any, dtype: Any, alignment: Any = None) -> Any:
    """An array of the block, whose shape is a constant; its elements are not set.

    With the shape 0 it is the memory that the launch gives, of as many elements as fit.
    """
    raise only_in_kernels("shared.array()")
