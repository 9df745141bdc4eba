"""Memory of one thread."""

from __future__ import annotations

from typing import Any

from cumbia.cuda._errors import only_in_kernels

__all__ = ["array"]


def array(shape: Any, dtype: Any, alignment: Any = None) -> Any:
    """An array of the thread, whose shape is a constant; its elements are not set."""
    raise only_in_kernels("local.array()")
