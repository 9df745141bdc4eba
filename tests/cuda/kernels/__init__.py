"""Kernels whose assembly is kept as text, each with the types of its arguments.

A row says what the assembly must have and must not have beside being what it was: wide or
read-only loads, no arithmetic in double precision, no code for negative indices.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["GOLDEN", "Golden", "golden"]


@dataclass
class Golden:
    """A kernel and what is expected of its assembly."""

    kernel: Any
    # A signature's text, or arguments.
    signature: str | tuple[Any, ...]
    # Texts that are there, and that aren't.
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    # Whether it can't raise at all.
    unchecked: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    # Where it isn't the function's.
    named: str = ""

    @property
    def name(self) -> str:
        return self.named or self.kernel.__name__

    def compiled(self) -> Any:
        """The specialization."""
        if isinstance(self.signature, str):
            return self.kernel.compile(self.signature)
        (made,) = self.kernel.specialize(*self.signature).overloads.values()
        return made


GOLDEN: dict[str, Golden] = {}


def golden(signature: str | tuple[Any, ...], **expected: Any) -> Any:
    """Note a kernel (below `cuda.jit`'s result) under its name."""

    def note(kernel: Any) -> Any:
        row = Golden(kernel, signature, **expected)
        assert row.name not in GOLDEN, f"two kernels are named {row.name}"
        GOLDEN[row.name] = row
        return kernel

    return note
