"""What the threads of a kernel ask and do together.

Compiled code has bodies for these (`compiler/library/bodies/cuda.py`). Outside of kernels they
raise.
"""

from __future__ import annotations

from typing import Any

from cumbia.cuda._errors import only_in_kernels

__all__ = [
    "activemask",
    "all_sync",
    "any_sync",
    "ballot_sync",
    "brev",
    "cbrt",
    "clz",
    "eq_sync",
    "ffs",
    "fma",
    "grid",
    "gridsize",
    "lanemask_lt",
    "match_all_sync",
    "match_any_sync",
    "nanosleep",
    "popc",
    "selp",
    "shfl_down_sync",
    "shfl_sync",
    "shfl_up_sync",
    "shfl_xor_sync",
    "syncthreads",
    "syncthreads_and",
    "syncthreads_count",
    "syncthreads_or",
    "syncwarp",
    "threadfence",
    "threadfence_block",
    "threadfence_system",
]


def grid(ndim: Any) -> Any:
    """The thread's place in the whole grid: an int, or a tuple of 2 or 3."""
    raise only_in_kernels("grid()")


def gridsize(ndim: Any) -> Any:
    """How many threads the whole grid has along each axis: an int, or a tuple."""
    raise only_in_kernels("gridsize()")


def syncthreads() -> Any:
    """Wait for all threads of the block; what they wrote before is seen after."""
    raise only_in_kernels("syncthreads()")


def syncthreads_count(predicate: Any) -> Any:
    """As `syncthreads`; for how many threads the predicate is true."""
    raise only_in_kernels("syncthreads_count()")


def syncthreads_and(predicate: Any) -> Any:
    """As `syncthreads`; 1 if the predicate is true for all threads, else 0."""
    raise only_in_kernels("syncthreads_and()")


def syncthreads_or(predicate: Any) -> Any:
    """As `syncthreads`; 1 if the predicate is true for any thread, else 0."""
    raise only_in_kernels("syncthreads_or()")


def syncwarp(mask: Any = 0xFFFFFFFF) -> Any:
    """Wait for the lanes of the mask."""
    raise only_in_kernels("syncwarp()")


def threadfence() -> Any:
    """What was written before is seen by the device before what is written after."""
    raise only_in_kernels("threadfence()")


def threadfence_block() -> Any:
    """As `threadfence`, for the block."""
    raise only_in_kernels("threadfence_block()")


def threadfence_system() -> Any:
    """As `threadfence`, for the device and the host."""
    raise only_in_kernels("threadfence_system()")


def shfl_sync(mask: Any, value: Any, src_lane: Any) -> Any:
    """The value of another lane."""
    raise only_in_kernels("shfl_sync()")


def shfl_up_sync(mask: Any, value: Any, delta: Any) -> Any:
    """The value of the lane so far before; one's own where there is none."""
    raise only_in_kernels("shfl_up_sync()")


def shfl_down_sync(mask: Any, value: Any, delta: Any) -> Any:
    """The value of the lane so far behind; one's own where there is none."""
    raise only_in_kernels("shfl_down_sync()")


def shfl_xor_sync(mask: Any, value: Any, lane_mask: Any) -> Any:
    """The value of the lane whose number differs by these bits."""
    raise only_in_kernels("shfl_xor_sync()")


def all_sync(mask: Any, predicate: Any) -> Any:
    """Whether the predicate is true for all lanes of the mask."""
    raise only_in_kernels("all_sync()")


def any_sync(mask: Any, predicate: Any) -> Any:
    """Whether the predicate is true for any lane of the mask."""
    raise only_in_kernels("any_sync()")


def eq_sync(mask: Any, predicate: Any) -> Any:
    """Whether the predicate is the same for all lanes of the mask."""
    raise only_in_kernels("eq_sync()")


def ballot_sync(mask: Any, predicate: Any) -> Any:
    """A bit for each lane whose predicate is true, as a uint32."""
    raise only_in_kernels("ballot_sync()")


def match_any_sync(mask: Any, value: Any) -> Any:
    """A bit for each lane with the same value, as a uint32."""
    raise only_in_kernels("match_any_sync()")


def match_all_sync(mask: Any, value: Any) -> Any:
    """The mask and True if all lanes have the same value, else 0 and False."""
    raise only_in_kernels("match_all_sync()")


def activemask() -> Any:
    """A bit for each lane that is here now, as a uint32."""
    raise only_in_kernels("activemask()")


def lanemask_lt() -> Any:
    """A bit for each lane before one's own, as a uint32."""
    raise only_in_kernels("lanemask_lt()")


def nanosleep(ns: Any) -> None:
    """Let the thread rest for about so many nanoseconds, or less.

    A device may rest for anything from 0 to twice that; kernels here don't rest.
    """
    raise only_in_kernels("nanosleep()")


def popc(x: Any) -> Any:
    """How many bits are set."""
    raise only_in_kernels("popc()")


def brev(x: Any) -> Any:
    """The bits in reverse order."""
    raise only_in_kernels("brev()")


def clz(x: Any) -> Any:
    """How many bits above the highest one that is set."""
    raise only_in_kernels("clz()")


def ffs(x: Any) -> Any:
    """The position of the lowest bit that is set, from 1; 0 if there is none."""
    raise only_in_kernels("ffs()")


def fma(a: Any, b: Any, c: Any) -> Any:
    """``a * b + c``, rounded once."""
    raise only_in_kernels("fma()")


def cbrt(x: Any) -> Any:
    """The cube root."""
    raise only_in_kernels("cbrt()")


def selp(a: Any, b: Any, c: Any) -> Any:
    """`b` if `a` is true, else `c`; both are computed."""
    raise only_in_kernels("selp()")


for _name in __all__:
    globals()[_name].__module__ = "cumbia.cuda"
