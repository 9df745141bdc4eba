"""Arrays that are part of a kernel."""

from __future__ import annotations

from typing import Any

from cumbia.cuda._errors import only_in_kernels

__all__ = ["array_like"]


def array_like(array: Any) -> Any:
    """A global array as it is when the kernel is compiled, in constant memory: read-only."""
    raise only_in_kernels("const.array_like()")
