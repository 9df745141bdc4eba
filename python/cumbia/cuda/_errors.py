"""What goes wrong with devices and launches."""

from __future__ import annotations

from typing import Any

from cumbia._errors import CumbiaError
from cumbia.errors import RaceError

__all__ = ["CudaSupportError", "DeviceFault", "KernelLaunchError", "fault", "only_in_kernels"]


class CudaSupportError(CumbiaError, RuntimeError):
    """There is no device, or no driver, to run a kernel on."""


class KernelLaunchError(CumbiaError, ValueError):
    """A launch that no device takes: a wrong grid, block or argument."""


class DeviceFault(CumbiaError, RuntimeError):
    """Threads of a grid that wait for each other in vain, or read what none has written.

    Only emulated kernels raise it; a device does something undefined.
    """


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
