"""Arrays on a device: `DeviceNDArray`, and the functions that make them.

The geometry of an array (shape, strides, views) is that of a NumPy array over the device's
addresses, whose elements are never touched: only the launcher copies (`_launchers.Launcher`),
and emulated kernels run where the elements are. What NumPy would copy for (a reshape of what
isn't contiguous) is an error.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from cumbia._cumbia import DeviceArray
from cumbia.cuda import _launchers
from cumbia.cuda._streams import handle_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "DeviceNDArray",
    "In",
    "InOut",
    "MappedNDArray",
    "Out",
    "as_cuda_array",
    "device_array",
    "device_array_like",
    "from_cuda_array_interface",
    "is_cuda_array",
    "managed_array",
    "mapped",
    "mapped_array",
    "mapped_array_like",
    "pinned",
    "pinned_array",
    "pinned_array_like",
    "to_device",
]


class DeviceNDArray(DeviceArray):
    """An array whose elements are on a device.

    Made by `to_device` and `device_array`; kernels take it without a copy. It has the geometry
    of NumPy's arrays (``shape``, ``strides``, ``dtype``, ``ndim``, ``size``, ``nbytes``, ``T``)
    and views by subscripts; elements travel by `copy_to_host` and `copy_to_device`.
    """

    # `_array`, the NumPy array over the device's addresses, isn't read or written here;
    # `_device` is the device's number. Both are the base's, where launches find them.

    @property
    def _launcher(self) -> Any:
        return _launchers.of_device(self._device)

    def _like(self, array: np.ndarray) -> DeviceNDArray:
        return DeviceNDArray(array, self._device)

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        """The protocol by which libraries take each other's arrays."""
        if self._device < 0:
            raise AttributeError("__cuda_array_interface__: emulated arrays are on no device")
        steps = None if self._array.flags.c_contiguous else self.strides
        return {
            "shape": self.shape,
            "strides": steps,
            "typestr": self.dtype.str,
            "descr": self.dtype.descr,
            "data": (self.device_pointer if self.size else 0, not self._array.flags.writeable),
            "stream": 1,
            "version": 3,
        }

    def __dlpack__(
        self,
        *,
        stream: Any = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[int, int] | None = None,
        copy: bool | None = None,
    ) -> Any:
        """Lend the elements by DLPack; they are kept for as long as somebody has them.

        The standard's parameters: the work that follows in `stream` waits for what is done
        here, unless that is -1; None is the default stream.
        """
        from cumbia.cuda._dlpack import exported

        return exported(self, stream, max_version, dl_device, copy)

    def __dlpack_device__(self) -> tuple[int, int]:
        """Where the elements are: DLPack's number of CUDA, and the device's."""
        if self._device < 0:
            raise BufferError("an emulated array is on no device; copy_to_host() gives its elements")
        return 2, self._device

    @property
    def device_pointer(self) -> int:
        """The device's address of the first element."""
        return self._array.__array_interface__["data"][0]

    @property
    def device_ctypes_pointer(self) -> ctypes.c_void_p:
        """That address for ctypes."""
        return ctypes.c_void_p(self.device_pointer)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many elements there are along each axis."""
        return self._array.shape

    @property
    def strides(self) -> tuple[int, ...]:
        """How many bytes are between elements, along each axis."""
        return self._array.strides

    @property
    def dtype(self) -> np.dtype[Any]:
        """The elements' type."""
        return self._array.dtype

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return self._array.ndim

    @property
    def size(self) -> int:
        """How many elements there are."""
        return self._array.size

    @property
    def nbytes(self) -> int:
        """How many bytes the elements take."""
        return self._array.nbytes

    @property
    def alloc_size(self) -> int:
        """How many bytes there are of it."""
        return self._array.nbytes

    @property
    def flags(self) -> Any:
        """What is told of the memory: NumPy's flags."""
        return self._array.flags

    def __len__(self) -> int:
        return len(self._array)

    def __repr__(self) -> str:
        return f"<DeviceNDArray of {self.dtype} and shape {self.shape}>"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """The elements on the host: `copy_to_host` for functions that take arrays."""
        if copy is False:
            raise ValueError("the elements are on a device: they can't be had without a copy")
        host = self.copy_to_host()
        return host if dtype is None else host.astype(dtype, copy=False)

    @property
    def T(self) -> DeviceNDArray:  # noqa: N802 (NumPy's name)
        """The view with its axes in reverse order."""
        return self._like(self._array.T)

    def transpose(self, axes: Any = None) -> DeviceNDArray:
        """Give the view with its axes in another order."""
        return self._like(self._array.transpose(axes))

    def is_c_contiguous(self) -> bool:
        """Whether the elements lie one behind the other in C's order."""
        return bool(self._array.flags.c_contiguous)

    def is_f_contiguous(self) -> bool:
        """Whether the elements lie one behind the other in Fortran's order."""
        return bool(self._array.flags.f_contiguous)

    def _view(self, view: np.ndarray, what: str) -> DeviceNDArray:
        if self.size and not np.may_share_memory(view, self._array):
            raise NotImplementedError(f"{what} of this array needs a copy")
        return self._like(view)

    def reshape(self, *shape: Any, order: str = "C") -> DeviceNDArray:
        """Give the view of another shape."""
        try:
            view = self._array.reshape(*shape, order=order, copy=False)
        except ValueError as error:
            if "copy" not in str(error):
                raise
            raise NotImplementedError("reshape of this array needs a copy") from None
        return self._like(view)

    def ravel(self, order: str = "C", stream: Any = 0) -> DeviceNDArray:
        """Give the elements as one axis, without a copy."""
        return self.reshape(-1, order=order)

    def view(self, dtype: Any) -> DeviceNDArray:
        """Give the same bytes as elements of another type."""
        return self._like(self._array.view(dtype))

    def squeeze(self, axis: Any = None, stream: Any = 0) -> DeviceNDArray:
        """Give the view without axes of length 1."""
        return self._like(self._array.squeeze(axis))

    def split(self, section: int, stream: Any = 0) -> Iterator[DeviceNDArray]:
        """Give parts of `section` elements, the last one with what is left."""
        if self.ndim != 1:
            raise ValueError("split() is for arrays of one axis")
        for start in range(0, len(self), section):
            yield self[start : start + section]

    def bind(self, stream: Any = 0) -> DeviceNDArray:
        """Give the array itself; all copies name their stream."""
        return self

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, (list, np.ndarray)):
            raise NotImplementedError("arrays on a device are subscripted by numbers and slices")
        part = self._array[index] if _is_view(index, self.ndim) else None
        if part is not None:
            return self._like(part)
        # One element: NumPy's object of its type.
        one = self._array[(*(slice(i, i + 1 or None) for i in _as_tuple(index)), ...)]
        if one.size == 0:
            _raise_for(self._array.shape, _as_tuple(index))
        host = np.empty(one.shape, self.dtype)
        self._launcher.copy_out(host, one, 0)
        return host.reshape(-1)[0]

    def __setitem__(self, index: Any, value: Any) -> None:
        if _is_view(index, self.ndim):
            part = self._array[index]
        else:
            places = _as_tuple(index)
            part = self._array[(*(slice(i, i + 1 or None) for i in places), ...)]
            if part.size == 0:
                _raise_for(self._array.shape, places)
        if isinstance(value, DeviceNDArray):
            if value.dtype != self.dtype:
                raise TypeError(f"elements of {value.dtype} for an array of {self.dtype}")
            self._launcher.copy_within(part, np.broadcast_to(value._array, part.shape), 0)
            return
        host = np.empty(part.shape, self.dtype)
        host[...] = value
        self._launcher.copy_in(part, host, 0)

    def copy_to_host(self, ary: np.ndarray | None = None, stream: Any = 0) -> np.ndarray:
        """Bring the elements to the host.

        Parameters
        ----------
        ary : ndarray, optional
            Where to; an array of the same shape and dtype. A new one by default.
        stream : Stream, optional
            The stream that the copy is in.

        Returns
        -------
        ndarray
            The host's array.
        """
        if ary is None:
            ary = np.empty_like(self._array, subok=False)
        _check_alike(self, ary)
        self._launcher.copy_out(ary, self._array, handle_of(stream))
        return ary

    def copy_to_device(self, ary: Any, stream: Any = 0) -> None:
        """Bring elements here, from the host or another array on the device."""
        if is_cuda_array(ary):
            source = as_cuda_array(ary)._array
            _check_alike(self, source)
            self._launcher.copy_within(self._array, source, handle_of(stream))
            return
        source = elements_of(ary)
        _check_alike(self, source)
        self._launcher.copy_in(self._array, source, handle_of(stream))


def _as_tuple(index: Any) -> tuple[int, ...]:
    return tuple(index) if isinstance(index, tuple) else (index,)


def _is_view(index: Any, ndim: int) -> bool:
    """Whether a subscript gives an array, not an element."""
    places = index if isinstance(index, tuple) else (index,)
    return len(places) < ndim or any(not hasattr(i, "__index__") for i in places)


def _raise_for(shape: tuple[int, ...], places: tuple[int, ...]) -> None:
    """Raise NumPy's exception for an element that isn't there."""
    np.broadcast_to(np.int8(0), shape)[places]


def elements_of(obj: Any) -> np.ndarray:
    """An array of the host, of what may be made one."""
    if isinstance(obj, np.ma.MaskedArray):
        raise TypeError(
            "a masked array, whose mask would be ignored; pass x.filled(value) or x.data"
        )
    return np.asarray(obj)


def _check_alike(device: DeviceNDArray, host: Any) -> None:
    if host.shape != device.shape:
        raise ValueError(f"incompatible shape: {host.shape} and {device.shape}")
    if host.dtype != device.dtype:
        raise TypeError(f"incompatible dtype: {host.dtype} and {device.dtype}")


def device_array(
    shape: Any, dtype: Any = np.float64, strides: Any = None, order: str = "C", stream: Any = 0
) -> DeviceNDArray:
    """Make an array on the device, with elements that aren't set.

    Parameters
    ----------
    shape : int or tuple of int
        Its shape.
    dtype : dtype
        The type of its elements.
    strides : tuple of int, optional
        Bytes from element to element along each axis.
    order : str
        ``"C"`` or ``"F"``.
    stream : Stream, optional
        Not used: memory is there at once.
    """
    launcher = _launchers.current()
    array = _over(shape, dtype, strides, order, launcher.allocate)
    return DeviceNDArray(array, launcher.ordinal)


def _over(
    shape: Any, dtype: Any, strides: Any, order: str, allocate: Callable[[int], Any]
) -> np.ndarray:
    """A NumPy array over memory that is taken for it."""
    shape = (shape,) if np.ndim(shape) == 0 else tuple(shape)
    dtype = np.dtype(dtype)
    if dtype.hasobject:
        raise TypeError("an array of Python's objects can't be brought to a device")
    if strides is None:
        size = int(np.prod([int(n) for n in shape], dtype=object)) * dtype.itemsize
        if min((int(n) for n in shape), default=0) < 0:
            raise ValueError("negative dimensions are not allowed")
        if size >= 2**63:
            raise MemoryError(f"an array of {size} bytes")
        return np.ndarray(shape, dtype, allocate(size), order=order)  # type: ignore[call-overload]
    strides = (strides,) if np.ndim(strides) == 0 else tuple(strides)
    if len(strides) != len(shape):
        raise ValueError(f"{len(strides)} strides for {len(shape)} axes")
    if 0 in shape:
        return np.ndarray(shape, dtype, allocate(0), 0, strides)
    reach = [(int(n) - 1) * int(step) for n, step in zip(shape, strides)]
    first = -sum(step for step in reach if step < 0)
    size = first + sum(step for step in reach if step > 0) + dtype.itemsize
    return np.ndarray(shape, dtype, allocate(size), first, strides)


def device_array_like(ary: Any, stream: Any = 0) -> DeviceNDArray:
    """As `device_array`, with the shape, dtype and order of another array."""
    like = ary._array if isinstance(ary, DeviceNDArray) else ary
    return device_array(like.shape, like.dtype, *_layout_of(like))


def _layout_of(array: Any) -> tuple[Any, str]:
    """Strides and order of an array like this one: NumPy's order "K"."""
    flags = array.flags
    if flags.c_contiguous or flags.f_contiguous:
        return None, "C" if flags.c_contiguous else "F"
    # What is taken for the moment isn't touched.
    array = array._array if isinstance(array, DeviceNDArray) else array
    return np.empty_like(array, subok=False).strides, "C"


def to_device(
    obj: Any, stream: Any = 0, copy: bool = True, to: DeviceNDArray | None = None
) -> DeviceNDArray:
    """Bring an array to the device.

    Parameters
    ----------
    obj : array_like or DeviceNDArray
        The elements; an array that is on the device already is given as it is.
    stream : Stream, optional
        The stream that the copy is in.
    copy : bool
        Whether the elements are copied, or only memory for them is made.
    to : DeviceNDArray, optional
        Where to, in place of a new array.
    """
    if is_cuda_array(obj):
        source = as_cuda_array(obj)
        if to is None:
            return source
    else:
        source = elements_of(obj)
    made = device_array_like(source) if to is None else to
    if copy:
        made.copy_to_device(source, stream)
    return made


def is_cuda_array(obj: Any) -> bool:
    """Whether an object's elements are on a device."""
    return isinstance(obj, DeviceNDArray) or hasattr(obj, "__cuda_array_interface__")


def as_cuda_array(obj: Any, sync: bool = True) -> DeviceNDArray:
    """Give another library's array on a device, without a copy.

    Parameters
    ----------
    obj : object
        With ``__cuda_array_interface__``; it is kept alive.
    sync : bool
        Whether to wait for what the other library does with it.
    """
    if isinstance(obj, DeviceNDArray):
        return obj
    try:
        told = obj.__cuda_array_interface__
    except AttributeError:
        raise TypeError(f"*obj* is no array on a device: {type(obj).__name__}") from None
    return from_cuda_array_interface(told, owner=obj, sync=sync)


def from_cuda_array_interface(
    desc: dict[str, Any], owner: Any = None, sync: bool = True
) -> DeviceNDArray:
    """Give an array on a device by what ``__cuda_array_interface__`` says of it.

    Parameters
    ----------
    desc : dict
        The protocol's description, of version 2 or 3.
    owner : object, optional
        What keeps the elements; it is kept alive.
    sync : bool
        Whether to wait for the stream that the description names.
    """
    told, obj = desc, owner
    if told.get("mask") is not None:
        raise NotImplementedError("masked arrays are not supported")
    launcher = _launchers.current()
    if not hasattr(launcher, "gpu"):
        raise TypeError("an emulated kernel can't reach an array on a device")
    shape, strides = tuple(told["shape"]), told.get("strides")
    address, readonly = told["data"]
    stream = told.get("stream")
    if stream == 0:
        raise ValueError("stream 0 of __cuda_array_interface__ isn't allowed: 1 is the default one")
    if sync and stream is not None and told.get("version", 0) >= 3 and _waits_for_others():
        launcher.wait_for(int(stream))
    launcher.meet_foreign()
    return over_foreign(launcher, obj, (address, shape, _dtype_of(told), strides), readonly=readonly)


def _waits_for_others() -> bool:
    """Whether streams that other libraries name are waited for: Numba's variable says so."""
    return os.environ.get("NUMBA_CUDA_ARRAY_INTERFACE_SYNC", "1") != "0"


def _dtype_of(told: dict[str, Any]) -> np.dtype:
    """The dtype that the protocol tells: fields are told apart from the bytes that they take."""
    dtype, fields = np.dtype(told["typestr"]), told.get("descr")
    if dtype.kind != "V" or not fields or fields == [("", told["typestr"])]:
        return dtype
    return np.dtype(fields)


def over_foreign(
    launcher: Any, owner: Any, geometry: tuple[Any, ...], *, readonly: bool
) -> DeviceNDArray:
    """An array over elements that another object has on a launcher's device.

    The geometry is the address of the first element, shape, dtype, and strides or None.
    """
    from cumbia._cumbia import DeviceMemory

    address, shape, dtype, strides = geometry
    first = 0
    if strides is not None and 0 not in shape:
        reach = [(n - 1) * step for n, step in zip(shape, strides)]
        first = -sum(step for step in reach if step < 0)

    def there(size: int) -> Any:
        return DeviceMemory.foreign(address - first if size else 0, size, owner)

    array = _over(shape, dtype, strides, "C", there)
    array.flags.writeable = not readonly
    return DeviceNDArray(array, launcher.ordinal)


class _Passed:
    """An array of the host as an argument of a launch, and which way its elements go."""

    to_device = from_device = False

    def __init__(self, array: Any) -> None:
        self.array = array


class In(_Passed):
    """An array that is brought to the device before a launch, and not back."""

    to_device = True


class Out(_Passed):
    """An array that is brought back after a launch; what it holds before isn't there."""

    from_device = True


class InOut(_Passed):
    """An array that is brought to the device before a launch, and back after it."""

    to_device = from_device = True


def pinned_array(
    shape: Any, dtype: Any = np.float64, strides: Any = None, order: str = "C"
) -> np.ndarray:
    """Make an array of the host whose memory isn't moved, for fast copies."""
    launcher = _launchers.current()

    def allocate(size: int) -> Any:
        return launcher.host_side(launcher.allocate(size, "pinned"))

    return _over(shape, dtype, strides, order, allocate)


def pinned_array_like(ary: Any) -> np.ndarray:
    """As `pinned_array`, with the shape, dtype and order of another array."""
    return pinned_array(ary.shape, ary.dtype, *_layout_of(ary))


class MappedNDArray(np.ndarray):
    """An array in memory that host and device share; a kernel takes it without a copy.

    The host waits for kernels that write it (`synchronize`) before it looks.
    """

    _memory: Any = None

    def __array_finalize__(self, obj: Any) -> None:
        self._memory = getattr(obj, "_memory", None)

    def on_device(self) -> DeviceNDArray | None:
        """The same elements as the device has them; None for a result of its own memory."""
        memory = self._memory
        if memory is None:
            return None
        if isinstance(memory, np.ndarray):
            return DeviceNDArray(np.asarray(self)) if np.may_share_memory(self, memory) else None
        at = self.__array_interface__["data"][0] - memory.host
        if not 0 <= at <= memory.nbytes:
            return None
        there = np.ndarray(self.shape, self.dtype, memory.side(False), at, self.strides)
        there.flags.writeable = self.flags.writeable
        return DeviceNDArray(there, _launchers.current().ordinal)

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        """The protocol by which libraries take each other's arrays."""
        there = self.on_device()
        if there is None:
            raise AttributeError("__cuda_array_interface__")
        return there.__cuda_array_interface__


def _shared(kind: str, shape: Any, dtype: Any, strides: Any, order: str, **options: Any) -> Any:
    launcher = _launchers.current()
    kept: list[Any] = []

    def allocate(size: int) -> Any:
        kept.append(launcher.allocate(size, kind, **options))
        return launcher.host_side(kept[0])

    made = _over(shape, dtype, strides, order, allocate).view(MappedNDArray)
    made._memory = kept[0]
    return made


def mapped_array(
    shape: Any,
    dtype: Any = np.float64,
    strides: Any = None,
    order: str = "C",
    stream: Any = 0,
    portable: bool = False,
    wc: bool = False,
) -> MappedNDArray:
    """Make an array of the host's memory that the device reaches.

    Parameters
    ----------
    shape, dtype, strides, order, stream
        As for `device_array`.
    portable : bool
        Whether all devices reach it.
    wc : bool
        Whether the host only writes it: the device then reads it faster.
    """
    return _shared("mapped", shape, dtype, strides, order, portable=portable, write_combined=wc)


def mapped_array_like(
    ary: Any, stream: Any = 0, portable: bool = False, wc: bool = False
) -> MappedNDArray:
    """As `mapped_array`, with the shape, dtype and order of another array."""
    return mapped_array(ary.shape, ary.dtype, *_layout_of(ary), stream, portable, wc)


def managed_array(
    shape: Any,
    dtype: Any = np.float64,
    strides: Any = None,
    order: str = "C",
    stream: Any = 0,
    attach_global: bool = True,
) -> MappedNDArray:
    """Make an array that the driver moves to where it is used."""
    return _shared("managed", shape, dtype, strides, order)


@contextlib.contextmanager
def pinned(*arrays: np.ndarray) -> Iterator[None]:
    """Keep the memory of arrays of the host where it is, while the block runs."""
    launcher = _launchers.current()
    fixed: list[np.ndarray] = []
    try:
        for array in arrays:
            launcher.fix(array, False)
            fixed.append(array)
        yield
    finally:
        for array in fixed:
            launcher.unfix(array)


@contextlib.contextmanager
def mapped(*arrays: np.ndarray, stream: Any = 0) -> Iterator[Any]:
    """Let the device reach arrays of the host while the block runs.

    Gives what kernels take for them: one array, or a list of them.
    """
    launcher = _launchers.current()
    fixed: list[np.ndarray] = []
    try:
        made = []
        for array in arrays:
            address = launcher.fix(array, True)
            fixed.append(array)
            made.append(_at(address, array, launcher))
        yield made[0] if len(made) == 1 else made
    finally:
        for array in fixed:
            launcher.unfix(array)


def _at(address: int, array: np.ndarray, launcher: Any) -> DeviceNDArray:
    """An array of the host as the device reaches it."""
    if not hasattr(launcher, "gpu"):
        return DeviceNDArray(array)
    from cumbia._cumbia import DeviceMemory

    reach = [(n - 1) * step for n, step in zip(array.shape, array.strides)]
    first = -sum(step for step in reach if step < 0) if array.size else 0

    def there(size: int) -> Any:
        return DeviceMemory.foreign(address - first, size, array)

    made = _over(array.shape, array.dtype, array.strides, "C", there)
    return DeviceNDArray(made, launcher.ordinal)
