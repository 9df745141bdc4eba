"""Kernels for NVIDIA GPUs, with Numba's names.

``@cuda.jit`` compiles a function whose threads run on a device; ``kernel[grid, block](...)``
launches it. Functions of this module that kernels call (`grid`, `syncthreads`, ``shared.array``
...) have no meaning elsewhere. `compile_ptx` needs no device.

Examples
--------
>>> import numpy as np
>>> from cumbia import cuda
>>> @cuda.jit
... def scale(x, factor):
...     i = cuda.grid(1)
...     if i < x.size:
...         x[i] *= factor
>>> ptx, _ = cuda.compile_ptx(scale, "void(float32[::1], float32)", cc=(8, 0))
>>> ".target sm_80" in ptx
True
"""

from __future__ import annotations

from cumbia.cuda import atomic, const, local, shared
from cumbia.cuda._dimensions import blockDim, blockIdx, gridDim, laneid, threadIdx
from cumbia.cuda._errors import CudaSupportError, KernelLaunchError
from cumbia.cuda._kernels import (
    compile,
    compile_for_current_device,
    compile_ptx,
    compile_ptx_for_current_device,
    jit,
)
from cumbia.cuda._launchers import detect, is_available
from cumbia.cuda._threads import (
    activemask,
    all_sync,
    any_sync,
    ballot_sync,
    brev,
    cbrt,
    clz,
    eq_sync,
    ffs,
    fma,
    grid,
    gridsize,
    lanemask_lt,
    match_all_sync,
    match_any_sync,
    popc,
    selp,
    shfl_down_sync,
    shfl_sync,
    shfl_up_sync,
    shfl_xor_sync,
    syncthreads,
    syncthreads_and,
    syncthreads_count,
    syncthreads_or,
    syncwarp,
    threadfence,
    threadfence_block,
    threadfence_system,
)

__all__ = [
    "CudaSupportError",
    "KernelLaunchError",
    "activemask",
    "all_sync",
    "any_sync",
    "atomic",
    "ballot_sync",
    "blockDim",
    "blockIdx",
    "brev",
    "cbrt",
    "clz",
    "compile",
    "compile_for_current_device",
    "compile_ptx",
    "compile_ptx_for_current_device",
    "const",
    "detect",
    "eq_sync",
    "ffs",
    "fma",
    "grid",
    "gridDim",
    "gridsize",
    "is_available",
    "jit",
    "laneid",
    "lanemask_lt",
    "local",
    "match_all_sync",
    "match_any_sync",
    "popc",
    "selp",
    "shared",
    "shfl_down_sync",
    "shfl_sync",
    "shfl_up_sync",
    "shfl_xor_sync",
    "syncthreads",
    "syncthreads_and",
    "syncthreads_count",
    "syncthreads_or",
    "syncwarp",
    "threadIdx",
    "threadfence",
    "threadfence_block",
    "threadfence_system",
    "warpsize",
]

# The lanes of a warp, on all devices.
warpsize = 32
