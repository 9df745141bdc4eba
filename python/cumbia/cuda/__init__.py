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

import sys as _sys

from cumbia import types
from cumbia.cuda import (  # noqa: F401
    _driver,
    _emulator,
    _vectors,
    atomic,
    bf16,
    cg,
    const,
    fp16,
    libdevice,
    local,
    random,
    shared,
)
from cumbia.cuda._arrays import (
    DeviceNDArray,
    In,
    InOut,
    MappedNDArray,
    Out,
    as_cuda_array,
    device_array,
    device_array_like,
    from_cuda_array_interface,
    is_cuda_array,
    managed_array,
    mapped,
    mapped_array,
    mapped_array_like,
    pinned,
    pinned_array,
    pinned_array_like,
    to_device,
)
from cumbia.cuda._compile import (
    compile,
    compile_all,
    compile_for_current_device,
    compile_ptx,
    compile_ptx_for_current_device,
)
from cumbia.cuda._devices import (
    Context,
    Device,
    MemoryInfo,
    close,
    current_context,
    defer_cleanup,
    get_current_device,
    gpus,
    is_bfloat16_supported,
    is_float16_supported,
    is_supported_version,
    list_devices,
    require_context,
    select_device,
)
from cumbia.cuda._dimensions import blockDim, blockIdx, gridDim, laneid, threadIdx
from cumbia.cuda._dlpack import from_dlpack
from cumbia.cuda._errors import (
    CudaAPIError,
    CudaMemoryError,
    CudaSupportError,
    DeviceFault,
    KernelLaunchError,
    LinkerError,
    NvrtcError,
)
from cumbia.cuda._hints import ldca, ldcg, ldcs, ldcv, ldlu, stcg, stcs, stwb, stwt
from cumbia.cuda._kernels import jit
from cumbia.cuda._launchers import detect, is_available
from cumbia.cuda._linkable import (
    LTOIR,
    Archive,
    Cubin,
    CUSource,
    Fatbin,
    LinkableCode,
    Object,
    PTXSource,
)
from cumbia.cuda._linked import declare_device
from cumbia.cuda._offload import resident
from cumbia.cuda._profiling import profile_start, profile_stop, profiling
from cumbia.cuda._reduction import Reduce, reduce
from cumbia.cuda._streams import (
    Event,
    Graph,
    Stream,
    capture,
    default_stream,
    event,
    event_elapsed_time,
    external_stream,
    legacy_default_stream,
    per_thread_default_stream,
    stream,
    synchronize,
)
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
    nanosleep,
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
from cumbia.cuda._vectors import *  # noqa: F403

__all__ = [
    "Archive",
    "CUSource",
    "Context",
    "Cubin",
    "CudaAPIError",
    "CudaMemoryError",
    "CudaSupportError",
    "Device",
    "DeviceFault",
    "DeviceNDArray",
    "Event",
    "Fatbin",
    "Graph",
    "In",
    "InOut",
    "KernelLaunchError",
    "LTOIR",
    "LinkableCode",
    "LinkerError",
    "MappedNDArray",
    "MemoryInfo",
    "NvrtcError",
    "Object",
    "Out",
    "PTXSource",
    "Reduce",
    "Stream",
    "activemask",
    "all_sync",
    "any_sync",
    "as_cuda_array",
    "atomic",
    "ballot_sync",
    "bf16",
    "blockDim",
    "blockIdx",
    "brev",
    "capture",
    "cbrt",
    "cg",
    "close",
    "clz",
    "compile",
    "compile_all",
    "compile_for_current_device",
    "compile_ptx",
    "compile_ptx_for_current_device",
    "const",
    "current_context",
    "declare_device",
    "default_stream",
    "defer_cleanup",
    "detect",
    "device_array",
    "device_array_like",
    "eq_sync",
    "event",
    "event_elapsed_time",
    "external_stream",
    "ffs",
    "fma",
    "fp16",
    "from_cuda_array_interface",
    "from_dlpack",
    "get_current_device",
    "gpus",
    "grid",
    "gridDim",
    "gridsize",
    "is_available",
    "is_cuda_array",
    "is_bfloat16_supported",
    "is_float16_supported",
    "is_supported_version",
    "jit",
    "laneid",
    "lanemask_lt",
    "ldca",
    "ldcg",
    "ldcs",
    "ldcv",
    "ldlu",
    "legacy_default_stream",
    "libdevice",
    "list_devices",
    "local",
    "managed_array",
    "mapped",
    "mapped_array",
    "mapped_array_like",
    "match_all_sync",
    "match_any_sync",
    "nanosleep",
    "per_thread_default_stream",
    "pinned",
    "pinned_array",
    "pinned_array_like",
    "popc",
    "profile_start",
    "profile_stop",
    "profiling",
    "random",
    "reduce",
    "require_context",
    "resident",
    "select_device",
    "selp",
    "shared",
    "shfl_down_sync",
    "shfl_sync",
    "shfl_up_sync",
    "shfl_xor_sync",
    "stcg",
    "stcs",
    "stream",
    "stwb",
    "stwt",
    "synchronize",
    "syncthreads",
    "syncthreads_and",
    "syncthreads_count",
    "syncthreads_or",
    "syncwarp",
    "threadIdx",
    "threadfence",
    "threadfence_block",
    "threadfence_system",
    "to_device",
    "types",
    "warpsize",
]

__all__ += _vectors.__all__

# The lanes of a warp, on all devices.
warpsize = 32


def __getattr__(name: str) -> object:
    from cumbia.cuda._absent import why_absent

    raise AttributeError(why_absent(name), name=name, obj=_sys.modules[__name__])
