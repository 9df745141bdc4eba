"""What goes wrong with devices and launches."""

from __future__ import annotations

from typing import Any

from cumbia._errors import CumbiaError
from cumbia.errors import RaceError

__all__ = [
    "CudaAPIError",
    "CudaMemoryError",
    "CudaSupportError",
    "DeviceFault",
    "KernelLaunchError",
    "LinkerError",
    "NvrtcError",
    "driver_error",
    "fault",
    "only_in_kernels",
]


class CudaSupportError(CumbiaError, RuntimeError):
    """There is no device, or no driver, to run a kernel on."""


class KernelLaunchError(CumbiaError, ValueError):
    """A launch that no device takes: a wrong grid, block or argument."""


class DeviceFault(CumbiaError, RuntimeError):
    """Threads of a grid that wait for each other in vain, or read what none has written.

    Only emulated kernels raise it; a device does something undefined.
    """


class CudaAPIError(CumbiaError, RuntimeError):
    """A function of the driver failed.

    Attributes
    ----------
    function : str
        The function.
    code : int
        What it returned.
    name : str
        The name of that, such as ``"CUDA_ERROR_INVALID_VALUE"``.
    """

    function: str = ""
    code: int = 0
    name: str = ""


class LinkerError(CudaAPIError):
    """Other code couldn't be linked with a kernel, or isn't there; its text has the linker's log."""


class NvrtcError(LinkerError):
    """CUDA C that a kernel is linked with couldn't be compiled; its text has the compiler's log."""


class CudaMemoryError(CudaAPIError, MemoryError):
    """The device has not as much memory left."""


# Errors after which a context does nothing any more.
_LOST = (700, 702, 710, 714, 715, 716, 717, 718, 719)
_OUT_OF_MEMORY = 2
_INVALID_VALUE = 1
_OUT_OF_RESOURCES = 701


def driver_error(function: str, code: int, name: str, text: str, detail: str) -> Exception:
    """Give the exception for an error of the driver's."""
    said = f"{function} failed with {name} ({code}): {text}"
    if detail:
        said += f"; {detail}"
    if function == "cuLaunchKernel" and detail and code in (_INVALID_VALUE, _OUT_OF_RESOURCES):
        return KernelLaunchError(f"{detail} ({name})")
    if function == "cuLaunchCooperativeKernel" and detail:
        return KernelLaunchError(f"{detail} ({name})")
    if function == "cuFuncSetAttribute" and detail:
        return KernelLaunchError(f"{detail} ({name})")
    if code in _LOST:
        said += (
            "; a kernel that ran before is why, and the device does nothing more for this "
            "process. Emulation (CUMBIA_CUDA=emulate) may show where it went wrong"
        )
    kind = LinkerError if function.startswith("cuLink") else CudaAPIError
    made = (CudaMemoryError if code == _OUT_OF_MEMORY else kind)(said)
    made.function, made.code, made.name = function, code, name
    return made


def fault(kind: str, text: str, kernel: Any) -> Exception:
    """Give the exception for what only a grid does wrong, in a kernel."""
    code = kernel.__wrapped__.__code__
    text = f"{text} (kernel {kernel.__qualname__}, {code.co_filename})"
    if kind == "race":
        # A race of a grid has no parts of a loop.
        return RaceError(text)
    return DeviceFault(text)


def only_in_kernels(name: str) -> RuntimeError:
    """Give the error for something that only kernels have."""
    return RuntimeError(
        f"cuda.{name} is for kernels: it has no meaning outside of a function under @cuda.jit"
    )
