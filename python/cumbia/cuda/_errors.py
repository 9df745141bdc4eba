"""What goes wrong with devices and launches."""

from __future__ import annotations

from cumbia._errors import CumbiaError

__all__ = ["CudaSupportError", "KernelLaunchError", "only_in_kernels"]


class CudaSupportError(CumbiaError, RuntimeError):
    """There is no device, or no driver, to run a kernel on."""


class KernelLaunchError(CumbiaError, ValueError):
    """A launch that no device takes: a wrong grid, block or argument."""


def only_in_kernels(name: str) -> RuntimeError:
    """Give the error for something that only kernels have."""
    return RuntimeError(
        f"cuda.{name} is for kernels: it has no meaning outside of a function under @cuda.jit"
    )
