"""Names of Numba's that ``cumbia.cuda`` hasn't, and why."""

from __future__ import annotations

__all__ = ["why_absent"]

_POOL = (
    "memory of devices comes from the driver's own pool; arrays of another library's allocator "
    "are taken as they are, by __cuda_array_interface__ or DLPack"
)
_SHARED = (
    "memory of the driver's pool isn't lent to other processes by handles; CuPy's and PyTorch's "
    "can be, and their arrays are taken as they are"
)
_INSIDE = "it is a part of Numba's inside"

_WHY = {
    **dict.fromkeys(
        (
            "BaseCUDAMemoryManager", "GetIpcHandleMixin", "HostOnlyCUDAMemoryManager",
            "MappedMemory", "MemoryPointer", "PinnedMemory", "set_memory_manager",
        ),
        _POOL,
    ),
    **dict.fromkeys(("IpcHandle", "open_ipc_array"), _SHARED),
    **dict.fromkeys(
        (
            "api", "codegen", "compiler", "cudadrv", "decorators", "descriptor", "devicearray",
            "dispatcher", "driver", "nvvm", "nvvmutils", "stubs", "target",
        ),
        _INSIDE,
    ),
}


def why_absent(name: str) -> str:
    """Give what an AttributeError says of a name that isn't there.

    Parameters
    ----------
    name : str
        The name behind ``cuda.``.

    Examples
    --------
    >>> from cumbia import cuda
    >>> try:
    ...     cuda.open_ipc_array
    ... except AttributeError as error:
    ...     print(str(error).partition(": ")[0])
    module 'cumbia.cuda' has no attribute 'open_ipc_array'
    """
    why = _WHY.get(name, "docs/cuda.md says which of Numba's names there are")
    return f"module 'cumbia.cuda' has no attribute {name!r}: cumbia doesn't have it; {why}"
