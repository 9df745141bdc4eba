"""Who runs kernels: the one interface between compiling and launching.

A launcher compiles a kernel for what it runs on, and runs it. Which one is used is said by
``CUMBIA_CUDA``: ``emulate`` runs kernels on the processor; otherwise they run on a device by the
driver, which is loaded when it is first needed. `register` is how the parts of the package that
implement launchers make them known.
"""

from __future__ import annotations

import ctypes
import functools
import os
from typing import TYPE_CHECKING, Any, Protocol

from cumbia.cuda._errors import CudaSupportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cumbia.cuda._kernels import Specialization

__all__ = ["Launcher", "current", "detect", "is_available", "register"]


class Launcher(Protocol):
    """Runs kernels on one kind of device."""

    # As `CUMBIA_CUDA` names it.
    name: str

    def types(self, args: tuple[Any, ...]) -> tuple[str, ...]:
        """The types of arguments as text, one for each."""

    def inside(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments as those of a call: arrays of the device as arrays."""

    def allocate(self, size: int) -> Any:
        """Memory of the device, of so many bytes, as the buffer of an array."""

    def copy(self, to: Any, source: Any, stream: Any = 0) -> None:
        """Copy elements between arrays, of the device or the host."""

    def compile(self, specialization: Specialization) -> Any:
        """What `launch` needs of a kernel; kept with the specialization."""

    def launch(
        self,
        compiled: Any,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        stream: Any,
        shared: int,
        args: tuple[Any, ...],
    ) -> None:
        """Run it; an exception of its threads is raised when it is noticed."""


_MAKERS: dict[str, Callable[[], Launcher]] = {}
_MADE: dict[str, Launcher] = {}


def register(name: str, make: Callable[[], Launcher]) -> None:
    """Make a launcher known; it is made when it is first used."""
    _MAKERS[name] = make


def _wanted() -> str:
    return os.environ.get("CUMBIA_CUDA", "") or "driver"


@functools.cache
def _no_driver() -> str:
    """Why there is no driver, in a sentence; empty if there is one."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return "there is no NVIDIA driver here (libcuda.so.1 can't be loaded)"
    if driver.cuInit(0) != 0:
        return "the NVIDIA driver finds no device that it can use"
    count = ctypes.c_int(0)
    if driver.cuDeviceGetCount(ctypes.byref(count)) != 0 or count.value == 0:
        return "the NVIDIA driver finds no device"
    return ""


def _unavailable() -> str:
    """Why kernels can't be launched, in a sentence; empty if they can."""
    wanted = _wanted()
    if wanted == "driver" and (why := _no_driver()):
        return f"{why}; with CUMBIA_CUDA=emulate kernels run on the processor"
    if wanted not in _MAKERS:
        if wanted in ("driver", "emulate"):
            return f"this build of cumbia has no launcher {wanted!r}"
        return f"CUMBIA_CUDA is {wanted!r}, not 'emulate' or 'driver'"
    return ""


def current() -> Launcher:
    """Give the launcher that kernels run by.

    Raises
    ------
    CudaSupportError
        Where there is none; it says why.
    """
    if why := _unavailable():
        raise CudaSupportError(f"no kernel can be launched: {why}")
    wanted = _wanted()
    if wanted not in _MADE:
        _MADE[wanted] = _MAKERS[wanted]()
    return _MADE[wanted]


def is_available() -> bool:
    """Whether kernels can be launched: on a device, or emulated where that was asked for.

    `detect` says why not.
    """
    return not _unavailable()


def detect() -> bool:
    """Print what kernels run on, or why they can't; as `is_available`."""
    why = _unavailable()
    print(f"no kernel can be launched: {why}" if why else f"kernels are launched by: {_wanted()}")
    return not why
