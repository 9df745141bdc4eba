"""Arrays on a device by DLPack, both ways.

NumPy makes and takes capsules in C, and keeps what they refer to; it never looks at the
elements. So a capsule of ours is one of the NumPy array over the device's addresses, whose
device is then put right, and one of somebody else's is told to be the processor's for as long as
NumPy takes it. No destructor is written in Python: these are called when anything may be gone.
"""

from __future__ import annotations

import contextlib
import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np

from cumbia.cuda import _launchers
from cumbia.cuda._arrays import DeviceNDArray, over_foreign
from cumbia.cuda._streams import handle_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["exported", "from_dlpack"]

# DLPack's numbers of devices.
CPU, CUDA = 1, 2
_NAMES = {
    1: "the processor's memory",
    3: "pinned memory of the host",
    4: "an OpenCL device",
    7: "a Vulkan device",
    8: "a Metal device",
    10: "a ROCm device",
    11: "pinned memory of the host (ROCm)",
    13: "memory that the driver moves",
    14: "a oneAPI device",
}
# The bit of a capsule with a version that says that its elements are only read.
READ_ONLY = 1
# DLPack's numbers of elements: NumPy knows the first, and takes the second for it here.
UNSIGNED, BFLOAT = 1, 4


class _Tensor(ctypes.Structure):
    """`DLTensor`, up to what is needed."""

    _fields_ = [
        ("data", ctypes.c_void_p),
        ("kind", ctypes.c_int32),
        ("number", ctypes.c_int32),
        ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
    ]


class _Managed(ctypes.Structure):
    """`DLManagedTensor`."""

    _fields_ = [("tensor", _Tensor)]


class _Versioned(ctypes.Structure):
    """`DLManagedTensorVersioned`."""

    _fields_ = [
        ("version", ctypes.c_uint32 * 2),
        ("context", ctypes.c_void_p),
        ("deleter", ctypes.c_void_p),
        ("flags", ctypes.c_uint64),
        ("tensor", _Tensor),
    ]


_KINDS = ((b"dltensor_versioned", _Versioned), (b"dltensor", _Managed))


def _inside(capsule: Any) -> Any:
    """What a capsule that nobody has taken refers to."""
    is_valid = ctypes.pythonapi.PyCapsule_IsValid
    is_valid.argtypes, is_valid.restype = (ctypes.py_object, ctypes.c_char_p), ctypes.c_int
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.argtypes, pointer.restype = (ctypes.py_object, ctypes.c_char_p), ctypes.c_void_p
    for name, kind in _KINDS:
        if is_valid(capsule, name):
            return kind.from_address(pointer(capsule, name))
    raise TypeError("__dlpack__() gave no capsule, or one that somebody has taken")


def exported(
    array: DeviceNDArray, stream: Any, max_version: Any, dl_device: Any, copy: bool | None
) -> Any:
    """The capsule of an array: see `DeviceNDArray.__dlpack__`."""
    kind, number = array.__dlpack_device__()
    if dl_device is not None and tuple(dl_device) != (kind, number):
        raise BufferError(
            f"this array is on device {number}; bring it elsewhere before, as copy_to_host() does"
        )
    if stream == 0:
        raise ValueError("stream=0 of __dlpack__() isn't allowed: 1 is the default stream")
    launcher = _launchers.of_device(number)
    if copy:
        apart = np.ndarray(
            array.shape, array.dtype, launcher.allocate(array.nbytes), order="C"
        )
        launcher.copy_within(apart, array._array, 0)
        array = DeviceNDArray(apart, number)
    if stream != -1:
        # The consumer's stream goes on when what is in ours is over.
        reader = 1 if stream is None else handle_of(stream)
        if reader not in (0, 1):
            from cumbia.cuda._streams import Event

            moment = Event(timing=False)
            moment.record()
            moment.wait(reader)
    is_bfloat = array.dtype.name == "bfloat16"
    elements = array._array.view(np.uint16) if is_bfloat else array._array
    made = elements.__dlpack__(max_version=max_version)
    tensor = _inside(made).tensor
    tensor.kind, tensor.number = kind, number
    if is_bfloat:
        tensor.code = BFLOAT
    return made


class _AsHosts:
    """Somebody's capsule, for NumPy."""

    def __init__(self, capsule: Any) -> None:
        self.capsule = capsule

    def __dlpack__(self, **_: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return CPU, 0


@contextlib.contextmanager
def _told_to_be_hosts(managed: Any) -> Iterator[None]:
    tensor = managed.tensor
    before = tensor.kind, tensor.number, tensor.code
    tensor.kind, tensor.number = CPU, 0
    if tensor.code == BFLOAT:
        tensor.code = UNSIGNED
    try:
        yield
    finally:
        tensor.kind, tensor.number, tensor.code = before


def _bfloat16() -> np.dtype:
    try:
        from ml_dtypes import bfloat16  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise BufferError(
            "elements that are bfloat16 need the package ml_dtypes, which isn't installed; an array "
            "of 16 bits over them holds their bits (cuda.bf16.uint16_as_bfloat16)"
        ) from None
    return np.dtype(bfloat16)


def from_dlpack(x: Any, /, *, stream: Any = None) -> DeviceNDArray:
    """Give another library's array on a device, without a copy.

    Parameters
    ----------
    x : object
        With ``__dlpack__`` and ``__dlpack_device__``, whose elements are on a CUDA device; they
        are kept until the result is gone.
    stream : Stream, optional
        The stream that uses the elements first: it goes on when the other library is done with
        them. -1 waits for nothing.

    Returns
    -------
    DeviceNDArray
        Over the same elements.

    Raises
    ------
    BufferError
        Where the elements aren't on a CUDA device, or kernels have no such elements. Those that
        are bfloat16 need the package ml_dtypes.

    Examples
    --------
    ``kernel[blocks, threads](cuda.from_dlpack(torch_tensor))``; the other way is
    ``torch.from_dlpack(device_array)``.
    """
    if isinstance(x, DeviceNDArray):
        return x
    if not (hasattr(x, "__dlpack__") and hasattr(x, "__dlpack_device__")):
        raise TypeError(f"from_dlpack() takes an object with __dlpack__, not {type(x).__name__}")
    kind, number = (int(part) for part in x.__dlpack_device__())
    if kind != CUDA:
        where = _NAMES.get(kind, f"device {kind} of DLPack")
        raise BufferError(
            f"from_dlpack() takes what is on a CUDA device, and this {type(x).__name__} is in "
            f"{where}; cuda.to_device() brings an array to the device"
        )
    if not hasattr(_launchers.current(), "gpu"):
        raise BufferError("an emulated kernel can't reach an array on a device")
    launcher = _launchers.of_device(number)
    reader = 1 if stream is None else stream if stream == -1 else handle_of(stream) or 1
    launcher.meet_foreign()  # type: ignore[attr-defined]
    capsule = _capsule_of(x, reader)
    managed = _inside(capsule)
    read_only = isinstance(managed, _Versioned) and bool(managed.flags & READ_ONLY)
    bfloat16 = _bfloat16() if managed.tensor.code == BFLOAT else None
    try:
        with _told_to_be_hosts(managed):
            array = np.from_dlpack(_AsHosts(capsule))  # type: ignore[arg-type]
    except (RuntimeError, BufferError) as error:
        raise BufferError(f"kernels have no such elements: {error}") from None
    if bfloat16 is not None:
        array = array.view(bfloat16)
    return over_foreign(launcher, array, _geometry(array), readonly=read_only)


def _geometry(array: np.ndarray) -> tuple[Any, ...]:
    return array.__array_interface__["data"][0], array.shape, array.dtype, array.strides


def _capsule_of(x: Any, stream: int) -> Any:
    """The capsule of an object, which may know no versions."""
    try:
        return x.__dlpack__(stream=stream, max_version=(1, 0))
    except TypeError:
        return x.__dlpack__(stream=stream)
