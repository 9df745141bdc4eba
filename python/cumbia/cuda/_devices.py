"""Devices and their contexts: which there are, what they are, which one this thread uses."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from cumbia.cuda import _launchers
from cumbia.cuda._errors import CudaSupportError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Context",
    "Device",
    "MemoryInfo",
    "close",
    "current_context",
    "defer_cleanup",
    "get_current_device",
    "gpus",
    "is_bfloat16_supported",
    "is_float16_supported",
    "is_supported_version",
    "list_devices",
    "require_context",
    "select_device",
]


class MemoryInfo(NamedTuple):
    """Bytes of a device's memory."""

    free: int
    total: int


class Device:
    """A device that kernels run on.

    Attributes
    ----------
    id : int
        Its number.
    """

    def __init__(self, number: int) -> None:
        self.id = number
        self._before: list[int] = []

    def __repr__(self) -> str:
        return f"<CUDA device {self.id} '{self.name}'>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Device) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def _launcher(self) -> Any:
        _launchers.current()
        return _launchers._made(self.id)

    @property
    def name(self) -> str:
        """Its name."""
        return self._launcher.device_name

    @property
    def uuid(self) -> str:
        """Its identity, as ``nvidia-smi -L``."""
        return self._launcher.uuid

    @property
    def compute_capability(self) -> tuple[int, int]:
        """Major and minor number."""
        return self._launcher.compute_capability

    lto: bool = False

    def get_device_identity(self) -> dict[str, int]:
        """Where it is on the bus."""
        domain, bus, device = self._launcher.pci
        return {"pci_domain_id": domain, "pci_bus_id": bus, "pci_device_id": device}

    @property
    def supports_float16(self) -> bool:
        """Whether it computes with numbers of 16 bits."""
        return self.compute_capability >= (5, 3)

    @property
    def supports_bfloat16(self) -> bool:
        """Whether it computes with bfloat16."""
        return self.compute_capability >= (8, 0)

    def get_primary_context(self) -> Context:
        """The context that kernels run in."""
        return Context(self)

    def reset(self) -> None:
        """Destroy all that is on the device; arrays there are void."""
        self._launcher.gpu.close()
        _launchers.forget()

    def __enter__(self) -> Device:
        self._before.append(_launchers._LOCAL.ordinal)
        _launchers.select(self.id)
        return self

    def __exit__(self, *_: object) -> None:
        _launchers.select(self._before.pop())

    def __getattr__(self, name: str) -> int:
        number = _ATTRIBUTES.get(name)
        if number is None:
            raise AttributeError(f"a device has no attribute {name!r}")
        return self._launcher.gpu.attribute(number)


# The driver's numbers of some attributes (`CUdevice_attribute`).
_ATTRIBUTES = {
    "MAX_THREADS_PER_BLOCK": 1,
    "MAX_BLOCK_DIM_X": 2,
    "MAX_BLOCK_DIM_Y": 3,
    "MAX_BLOCK_DIM_Z": 4,
    "MAX_GRID_DIM_X": 5,
    "MAX_GRID_DIM_Y": 6,
    "MAX_GRID_DIM_Z": 7,
    "MAX_SHARED_MEMORY_PER_BLOCK": 8,
    "TOTAL_CONSTANT_MEMORY": 9,
    "WARP_SIZE": 10,
    "MAX_PITCH": 11,
    "MAX_REGISTERS_PER_BLOCK": 12,
    "CLOCK_RATE": 13,
    "MULTIPROCESSOR_COUNT": 16,
    "INTEGRATED": 18,
    "CAN_MAP_HOST_MEMORY": 19,
    "CONCURRENT_KERNELS": 31,
    "PCI_BUS_ID": 33,
    "PCI_DEVICE_ID": 34,
    "MEMORY_CLOCK_RATE": 36,
    "GLOBAL_MEMORY_BUS_WIDTH": 37,
    "L2_CACHE_SIZE": 38,
    "MAX_THREADS_PER_MULTI_PROCESSOR": 39,
    "ASYNC_ENGINE_COUNT": 40,
    "UNIFIED_ADDRESSING": 41,
    "PCI_DOMAIN_ID": 50,
    "COMPUTE_CAPABILITY_MAJOR": 75,
    "COMPUTE_CAPABILITY_MINOR": 76,
    "MAX_SHARED_MEMORY_PER_MULTIPROCESSOR": 81,
    "MANAGED_MEMORY": 83,
    "COOPERATIVE_LAUNCH": 95,
    "MAX_SHARED_MEMORY_PER_BLOCK_OPTIN": 97,
}


class Context:
    """What a device has for this process: its primary context.

    Attributes
    ----------
    device : Device
        Whose it is.
    """

    def __init__(self, device: Device) -> None:
        self.device: Device = device

    def __repr__(self) -> str:
        return f"<CUDA context of device {self.device.id}>"

    def __getattr__(self, name: str) -> Any:
        if name in ("can_access_peer", "enable_peer_access"):
            raise AttributeError(
                f"cumbia has no Context.{name}: a kernel takes arrays of its own device; "
                "copy_to_device() brings them there"
            )
        raise AttributeError(f"a context has no attribute {name!r}")

    def get_memory_info(self) -> MemoryInfo:
        """How many bytes of memory are free, and all."""
        return MemoryInfo(*self.device._launcher.gpu.memory())

    def synchronize(self) -> None:
        """Wait for all that is on the device; raise what threads of kernels have raised."""
        self.device._launcher.synchronize()

    def reset(self) -> None:
        """Destroy all that is on the device."""
        self.device.reset()

    def get_active_blocks_per_multiprocessor(
        self, func: Any, blocksize: int, memsize: int, flags: Any = None
    ) -> int:
        """How many blocks of a compiled kernel a multiprocessor has at once.

        `func` is a specialization: one of ``kernel.overloads``.
        """
        return self._loaded(func).blocks_at_once(blocksize, memsize)

    def get_max_potential_block_size(
        self, func: Any, b2d_func: Any, memsize: int, blocksizelimit: int, flags: Any = None
    ) -> tuple[int, int]:
        """A grid of a compiled kernel that fills the device, and the block for it."""
        if b2d_func is not None:
            raise NotImplementedError("b2d_func isn't taken; memsize is the same for all blocks")
        return self._loaded(func).filling(memsize, blocksizelimit)

    def _loaded(self, func: Any) -> Any:
        launcher = self.device._launcher
        if launcher.name == "emulate":
            raise CudaSupportError("the emulation has no multiprocessors that blocks would fill")
        return launcher.loaded(func)


class _Devices:
    """The devices, by their numbers: `cuda.gpus`."""

    @property
    def lst(self) -> list[Device]:
        return [self[number] for number in range(len(self))]

    def __len__(self) -> int:
        _launchers.current()
        return _launchers.devices()

    def __getitem__(self, number: int) -> Device:
        if not 0 <= number < len(self):
            raise IndexError(f"there is no device {number}: there are {len(self)}")
        return Device(number)

    def __iter__(self) -> Iterator[Device]:
        return iter(self.lst)

    def __str__(self) -> str:
        return ", ".join(map(str, self.lst))

    @property
    def current(self) -> Device:
        """The one of this thread."""
        return get_current_device()


gpus: _Devices = _Devices()


def list_devices() -> _Devices:
    """Give the devices, as a sequence."""
    return gpus


def get_current_device() -> Device:
    """Give the device that this thread's kernels run on."""
    return Device(max(_launchers.current().ordinal, 0))


def select_device(device_id: int) -> Device:
    """Choose the device that this thread's kernels run on."""
    chosen = gpus[device_id]
    _launchers.select(device_id)
    return chosen


def current_context(devnum: int | None = None) -> Context:
    """Give the context of this thread's device, or of another one."""
    return Context(get_current_device() if devnum is None else gpus[devnum])


@contextmanager
def defer_cleanup() -> Iterator[None]:
    """Give memory back later, while the block runs.

    Memory is given back in the order of the work that uses it, so nothing waits for it here
    either way: code that was written for Numba runs.
    """
    yield


def require_context(function: Any) -> Any:
    """Wrap a function so that there is a context when it is called, or an error that says why
    there is none."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        _launchers.current()
        return function(*args, **kwargs)

    return wrapped


def close() -> None:
    """Destroy all that is on the devices of this process; arrays there are void."""
    for (name, _), launcher in list(_launchers._MADE.items()):
        if name == "driver":
            launcher.gpu.close()  # type: ignore[attr-defined]
    _launchers.forget()


def is_bfloat16_supported() -> bool:
    """Whether kernels compute with `bfloat16`: they do, on any device."""
    return True


def is_float16_supported() -> bool:
    """Whether kernels compute with `float16`: they do."""
    return True


def is_supported_version() -> bool:
    """Whether there is a driver that isn't too old."""
    return not _launchers._no_driver()
