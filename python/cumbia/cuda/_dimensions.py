"""Where a thread is: ``threadIdx.x`` and its like, as kernels read them.

Each is a module for the compiler, so that ``cuda.threadIdx.x`` and a name bound to
``cuda.threadIdx`` mean the same.
"""

from __future__ import annotations

import sys
from types import ModuleType

from cumbia.cuda._errors import only_in_kernels

__all__ = ["blockDim", "blockIdx", "gridDim", "laneid", "threadIdx"]


class _Dimensions(ModuleType):
    def __getattr__(self, name: str) -> int:
        if name in ("x", "y", "z"):
            raise only_in_kernels(f"{self.__name__.rpartition('.')[2]}.{name}")
        raise AttributeError(f"{self.__name__.partition('.')[2]} has no attribute {name!r}")

    def __dir__(self) -> list[str]:
        return ["x", "y", "z"]


def _dimensions(name: str, doc: str) -> _Dimensions:
    made = _Dimensions(f"cumbia.cuda.{name}", doc)
    sys.modules[made.__name__] = made
    return made


class _Lane:
    """The thread's place in its warp, from 0 to 31; a value in kernels."""

    def __repr__(self) -> str:
        return "cuda.laneid"

    def __index__(self) -> int:
        raise only_in_kernels("laneid")


threadIdx: _Dimensions = _dimensions("threadIdx", "The thread's indices in its block.")
blockIdx: _Dimensions = _dimensions("blockIdx", "The block's indices in its grid.")
blockDim: _Dimensions = _dimensions("blockDim", "How many threads a block has along each axis.")
gridDim: _Dimensions = _dimensions("gridDim", "How many blocks the grid has along each axis.")
laneid: _Lane = _Lane()
