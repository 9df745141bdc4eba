"""The launcher of ``CUMBIA_CUDA=emulate``: kernels run on the processor, one thread at a time.

Memory of the device is memory of this process, so nothing is in flight: a launch is over when
it returns. Kernels tell of what they access, unless ``CUMBIA_CUDA_CHECK=0``: threads that race,
and shared memory that is read before it is written, are exceptions, as are barriers that not
all threads of a block come to (`DeviceFault`).
"""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from cumbia.cuda import _accesses, _launchers
from cumbia.cuda._arrays import DeviceNDArray, MappedNDArray, _Passed
from cumbia.cuda._emulated_device import COMPUTE_CAPABILITY, EmulatedDevice, most_at_once
from cumbia.cuda._errors import KernelLaunchError
from cumbia.cuda._in_place import InPlace
from cumbia.cuda._streams import handle_of

if TYPE_CHECKING:
    from cumbia.cuda._kernels import Specialization

__all__ = ["Emulator"]

# What a block has at most on all devices without asking for more.
MOST_SHARED = 48 * 1024


class Emulator(InPlace):
    """Runs kernels on the processor."""

    name = "emulate"

    def __init__(self, ordinal: int = 0) -> None:
        super().__init__()
        self.is_watched = os.environ.get("CUMBIA_CUDA_CHECK", "1") != "0"
        # What a program that asks for its device is told.
        self.gpu = EmulatedDevice(MOST_SHARED)
        self.device_name, self.uuid, self.pci = "emulation", "emulated", (0, 0, 0)
        self.compute_capability = COMPUTE_CAPABILITY

    def types(self, args: tuple[Any, ...]) -> tuple[str, ...]:
        """The types of arguments as text."""
        from cumbia._cumbia import _kernel_types

        return tuple(_kernel_types(tuple(map(_inside, args))))

    def inside(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments as those of a call: arrays of the device as arrays."""
        return tuple(map(_inside, args))

    def compile(self, specialization: Specialization) -> Any:
        """Code for the processor."""
        from cumbia._cumbia import _emulated

        return _emulated(specialization.compiled, self.is_watched)

    def most_at_once(self, specialization: Specialization, threads: int, shared: int) -> int:
        """How many blocks of a kernel there may be at once."""
        compiled = specialization.launched.get(self.name)
        if compiled is None:
            compiled = specialization.launched[self.name] = self.compile(specialization)
        return most_at_once(threads, compiled.shared_bytes + shared, MOST_SHARED)

    def launch(
        self,
        compiled: Any,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        stream: Any,
        shared: int,
        args: tuple[Any, ...],
    ) -> None:
        """Run a grid to its end."""
        # There is none to wait for, but what is none is refused as by the driver.
        handle_of(stream)
        self._run(compiled, compiled.launch, grid, block, shared, args)

    def report(
        self,
        specialization: Specialization,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        shared: int,
        args: tuple[Any, ...],
    ) -> Any:
        """Run a grid, and tell how it accesses memory; watched, whatever launches are."""
        from cumbia._cumbia import _emulated

        compiled = specialization.launched.get("emulate, watched")
        if compiled is None:
            compiled = _emulated(specialization.compiled, True)
            specialization.launched["emulate, watched"] = compiled
        rows = self._run(compiled, compiled.accesses, grid, block, shared, args)
        return _accesses.report(specialization.kernel, rows)

    @staticmethod
    def _run(
        compiled: Any,
        run: Any,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        shared: int,
        args: tuple[Any, ...],
    ) -> Any:
        if compiled.shared_bytes + shared > MOST_SHARED:
            raise KernelLaunchError(
                f"a block has {compiled.shared_bytes} bytes of shared memory and is given "
                f"{shared}; at most {MOST_SHARED} are possible"
            )
        if compiled.is_whole:
            blocks, threads = math.prod(grid), math.prod(block)
            most = most_at_once(threads, compiled.shared_bytes + shared, MOST_SHARED)
            if blocks > most:
                raise KernelLaunchError(
                    f"the kernel waits for its whole grid, and the device doesn't have {blocks} "
                    f"blocks at once; of {threads} threads it has {most} "
                    "(max_cooperative_grid_blocks)"
                )
        passed, back = [], []
        for arg in args:
            inside = _inside(arg)
            if isinstance(arg, _Passed) and isinstance(inside, np.ndarray):
                # What goes one way only is apart from the host's.
                apart = inside.copy(order="K") if arg.to_device else np.empty_like(inside)
                if arg.from_device:
                    back.append((inside, apart))
                inside = apart
            passed.append(inside)
        made = run(grid, block, shared, tuple(passed))
        for host, apart in back:
            host[...] = apart
        return made


def _inside(arg: Any) -> Any:
    """The value that a kernel gets."""
    if isinstance(arg, _Passed):
        arg = arg.array
    if isinstance(arg, MappedNDArray):
        arg = np.asarray(arg)
    return arg._array if isinstance(arg, DeviceNDArray) else arg


_launchers.register("emulate", Emulator)
