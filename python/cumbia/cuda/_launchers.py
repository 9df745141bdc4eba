"""Who runs kernels: the one interface between compiling and launching.

A launcher compiles a kernel for what it runs on, runs it, and has the memory and the streams of
that. Which one is used is said by ``CUMBIA_CUDA``: ``emulate`` runs kernels on the processor;
otherwise they run on a device by the driver, which is loaded when it is first needed. The
variable is looked at once, when the first is needed. `register` is how the parts of the package
that implement launchers make them known.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, Protocol

from cumbia.cuda._errors import CudaSupportError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from cumbia.cuda._kernels import Kernel, Specialization

__all__ = [
    "Launcher",
    "current",
    "detect",
    "forget",
    "is_available",
    "of_device",
    "register",
    "select",
]


class Launcher(Protocol):
    """Runs kernels on one kind of device."""

    # As `CUMBIA_CUDA` names it.
    name: str
    # The device's number; -1 where nothing is a device.
    ordinal: int

    def types(self, args: tuple[Any, ...]) -> tuple[str, ...]:
        """The types of arguments as text, one for each."""

    def inside(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments as those of a call: arrays of the device as arrays."""

    def configured(
        self,
        kernel: Kernel,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        stream: Any,
        shared: int,
    ) -> Callable[..., None] | None:
        """What launches a kernel with arguments; None where `compile` and `launch` do."""

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

    def most_at_once(self, specialization: Specialization, threads: int, shared: int) -> int:
        """How many blocks of a kernel are there at once."""

    # Memory. Arrays of the device are NumPy arrays over its addresses, whose elements nobody
    # touches but these functions.

    def allocate(self, size: int, kind: str = "device", **options: bool) -> Any:
        """Memory of so many bytes, as the buffer of an array on the device.

        `kind` is ``"device"``, ``"pinned"``, ``"mapped"`` or ``"managed"``.
        """

    def host_side(self, memory: Any) -> Any:
        """The same memory as the buffer of an array of the host."""

    def copy_in(self, to: np.ndarray, source: np.ndarray, stream: int) -> None:
        """Copy elements from the host to the device."""

    def copy_out(self, to: np.ndarray, source: np.ndarray, stream: int) -> None:
        """Copy elements from the device to the host."""

    def copy_within(self, to: np.ndarray, source: np.ndarray, stream: int) -> None:
        """Copy elements between arrays on the device."""

    # Streams and events, by their handles; stream 0 is that of work that names none.

    def stream(self) -> int:
        """Make a stream."""

    def drop_stream(self, stream: int) -> None:
        """Destroy one."""

    def wait_for(self, stream: int) -> None:
        """Wait for what is in a stream."""

    def synchronize(self) -> None:
        """Wait for everything."""

    def profile(self, on: bool) -> None:
        """Let a profiler begin or end."""


_MAKERS: dict[str, Callable[[int], Launcher]] = {}
_MADE: dict[tuple[str, int], Launcher] = {}
_LOCK = threading.RLock()


class _Local(threading.local):
    # The launcher of this thread, and when it was chosen; the number of its device.
    launcher: Launcher | None = None
    chosen = -1
    ordinal = 0


_LOCAL = _Local()
# Counts how often all that was chosen was forgotten.
_TIMES = 0
_WANTED: str | None = None


def register(name: str, make: Callable[[int], Launcher]) -> None:
    """Make a launcher known; it is made, for a device, when it is first used."""
    _MAKERS[name] = make


def forget() -> None:
    """Look again at what is to be used: settings have changed, or devices were closed."""
    global _TIMES, _WANTED
    with _LOCK:
        _TIMES += 1
        _WANTED = None
        _MADE.clear()


def _wanted() -> str:
    global _WANTED
    if _WANTED is None:
        _WANTED = os.environ.get("CUMBIA_CUDA", "") or "driver"
    return _WANTED


def _no_driver() -> str:
    """Why there is no driver, in a sentence; empty if there is one."""
    return _driver()[0]


def _driver() -> tuple[str, int, int]:
    """Why there is no driver, or its version and how many devices it finds."""
    from cumbia._cumbia import _driver

    return _driver(os.environ.get("CUMBIA_CUDA_DRIVER") or None)


def _unavailable() -> str:
    """Why kernels can't be launched, in a sentence; empty if they can."""
    wanted = _wanted()
    if wanted not in ("driver", "emulate"):
        return f"CUMBIA_CUDA is {wanted!r}, not 'emulate' or 'driver'"
    if wanted == "driver" and (why := _no_driver()):
        return f"{why}; with CUMBIA_CUDA=emulate kernels run on the processor"
    return ""


def devices() -> int:
    """How many devices there are that kernels run on; the emulation is one."""
    return 1 if _wanted() == "emulate" else _driver()[2]


def current() -> Launcher:
    """Give the launcher that kernels of this thread run by.

    Raises
    ------
    CudaSupportError
        Where there is none; it says why.
    """
    local = _LOCAL
    if local.chosen == _TIMES:
        return local.launcher  # type: ignore[return-value]
    if why := _unavailable():
        raise CudaSupportError(f"no kernel can be launched: {why}")
    times = _TIMES
    local.launcher = _made(local.ordinal)
    local.chosen = times
    return local.launcher


def _made(ordinal: int) -> Launcher:
    wanted = _wanted()
    key = (wanted, ordinal if wanted == "driver" else 0)
    with _LOCK:
        if key not in _MADE:
            _MADE[key] = _MAKERS[wanted](ordinal)
        return _MADE[key]


def of_device(ordinal: int) -> Launcher:
    """Give the launcher of a device by its number; below 0: the current one."""
    launcher = current()
    if ordinal < 0 or ordinal == launcher.ordinal:
        return launcher
    return _made(ordinal)


def select(ordinal: int) -> Launcher:
    """Choose the device of this thread."""
    before = _LOCAL.ordinal
    _LOCAL.ordinal, _LOCAL.chosen = ordinal, -1
    try:
        return current()
    except BaseException:
        _LOCAL.ordinal = before
        raise


def is_available() -> bool:
    """Whether kernels can be launched: on a device, or emulated where that was asked for.

    `detect` says why not.
    """
    return not _unavailable()


def detect() -> bool:
    """Print what kernels run on, or why they can't; as `is_available`."""
    why = _unavailable()
    if why:
        print(f"no kernel can be launched: {why}")
        return False
    if _wanted() == "emulate":
        print("kernels run on the processor (CUMBIA_CUDA=emulate)")
        return True
    _, version, count = _driver()
    print(f"NVIDIA driver for CUDA {version // 1000}.{version % 1000 // 10}, {count} device(s)")
    for ordinal in range(count):
        print(f"  {_made(ordinal).describe()}")  # type: ignore[attr-defined]
    return True
