"""Arrays on a device: `DeviceNDArray`, and the functions that make them.

The geometry of an array (shape, strides, views) is that of a NumPy array over the device's
addresses, whose elements are never touched: only the launcher copies, and emulated kernels run
where the elements are. What NumPy would copy for (a reshape of what isn't contiguous) is an
error.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np

from cumbia.cuda import _launchers

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "DeviceNDArray",
    "In",
    "InOut",
    "Out",
    "device_array",
    "device_array_like",
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


class DeviceNDArray:
    """An array whose elements are on a device.

    Made by `to_device` and `device_array`; kernels take it without a copy. It has the geometry
    of NumPy's arrays (``shape``, ``strides``, ``dtype``, ``ndim``, ``size``, ``nbytes``, ``T``)
    and views by subscripts; elements travel by `copy_to_host` and `copy_to_device`.
    """

    def __init__(self, array: np.ndarray) -> None:
        # Not to be read or written here: its addresses are the device's.
        self._array = array

    shape = property(lambda self: self._array.shape)
    strides = property(lambda self: self._array.strides)
    dtype = property(lambda self: self._array.dtype)
    ndim = property(lambda self: self._array.ndim)
    size = property(lambda self: self._array.size)
    nbytes = property(lambda self: self._array.nbytes)
    alloc_size = property(lambda self: self._array.nbytes)

    def __len__(self) -> int:
        return len(self._array)

    def __repr__(self) -> str:
        return f"<DeviceNDArray of {self.dtype} and shape {self.shape}>"

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("the elements are on a device: copy_to_host() brings them")

    @property
    def T(self) -> DeviceNDArray:  # noqa: N802 (NumPy's name)
        """The view with its axes in reverse order."""
        return DeviceNDArray(self._array.T)

    def transpose(self, axes: Any = None) -> DeviceNDArray:
        """Give the view with its axes in another order."""
        return DeviceNDArray(self._array.transpose(axes))

    def is_c_contiguous(self) -> bool:
        """Whether the elements lie one behind the other in C's order."""
        return bool(self._array.flags.c_contiguous)

    def is_f_contiguous(self) -> bool:
        """Whether the elements lie one behind the other in Fortran's order."""
        return bool(self._array.flags.f_contiguous)

    def _view(self, view: np.ndarray, what: str) -> DeviceNDArray:
        if self.size and not np.may_share_memory(view, self._array):
            raise NotImplementedError(f"{what} of this array needs a copy")
        return DeviceNDArray(view)

    def reshape(self, *shape: Any, order: str = "C") -> DeviceNDArray:
        """Give the view of another shape."""
        try:
            view = self._array.reshape(*shape, order=order, copy=False)
        except ValueError as error:
            if "copy" not in str(error):
                raise
            raise NotImplementedError("reshape of this array needs a copy") from None
        return DeviceNDArray(view)

    def ravel(self, order: str = "C", stream: Any = 0) -> DeviceNDArray:
        """Give the elements as one axis, without a copy."""
        return self.reshape(-1, order=order)

    def view(self, dtype: Any) -> DeviceNDArray:
        """Give the same bytes as elements of another type."""
        return DeviceNDArray(self._array.view(dtype))

    def squeeze(self, axis: Any = None, stream: Any = 0) -> DeviceNDArray:
        """Give the view without axes of length 1."""
        return DeviceNDArray(self._array.squeeze(axis))

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
            return DeviceNDArray(part)
        # One element: NumPy's object of its type.
        one = self._array[tuple(slice(i, i + 1 or None) for i in _as_tuple(index))]
        if one.size == 0:
            _raise_for(self._array.shape, _as_tuple(index))
        host = np.empty(one.shape, self.dtype)
        _launchers.current().copy(host, one)
        return host.reshape(-1)[0]

    def __setitem__(self, index: Any, value: Any) -> None:
        if _is_view(index, self.ndim):
            part = self._array[index]
        else:
            places = _as_tuple(index)
            part = self._array[tuple(slice(i, i + 1 or None) for i in places)]
            if part.size == 0:
                _raise_for(self._array.shape, places)
        if isinstance(value, DeviceNDArray):
            if value.dtype != self.dtype:
                raise TypeError(f"elements of {value.dtype} for an array of {self.dtype}")
            _launchers.current().copy(part, np.broadcast_to(value._array, part.shape))
            return
        host = np.empty(part.shape, self.dtype)
        host[...] = value
        _launchers.current().copy(part, host)

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
        _launchers.current().copy(ary, self._array, stream)
        return ary

    def copy_to_device(self, ary: Any, stream: Any = 0) -> None:
        """Bring elements here, from the host or another array on the device."""
        source = ary._array if isinstance(ary, DeviceNDArray) else np.asarray(ary)
        _check_alike(self, source)
        _launchers.current().copy(self._array, source, stream)


def _as_tuple(index: Any) -> tuple[int, ...]:
    return tuple(index) if isinstance(index, tuple) else (index,)


def _is_view(index: Any, ndim: int) -> bool:
    """Whether a subscript gives an array, not an element."""
    places = index if isinstance(index, tuple) else (index,)
    return len(places) < ndim or any(not hasattr(i, "__index__") for i in places)


def _raise_for(shape: tuple[int, ...], places: tuple[int, ...]) -> None:
    """Raise NumPy's exception for an element that isn't there."""
    np.broadcast_to(np.int8(0), shape)[places]


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
    shape = (shape,) if np.ndim(shape) == 0 else tuple(shape)
    like = np.lib.stride_tricks.as_strided(np.empty(0, dtype), shape, strides) if strides else None
    if like is not None and like.size:
        last = sum((n - 1) * abs(step) for n, step in zip(shape, strides)) + like.itemsize
        memory = _launchers.current().allocate(last)
        first = sum((n - 1) * -step for n, step in zip(shape, strides) if step < 0)
        return DeviceNDArray(np.ndarray(shape, dtype, memory, first, strides))
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    memory = _launchers.current().allocate(size)
    return DeviceNDArray(np.ndarray(shape, dtype, memory, order=order))


def device_array_like(ary: Any, stream: Any = 0) -> DeviceNDArray:
    """As `device_array`, with the shape, dtype and order of another array."""
    like = ary._array if isinstance(ary, DeviceNDArray) else np.asarray(ary)
    order = "F" if like.flags.f_contiguous and not like.flags.c_contiguous else "C"
    return device_array(like.shape, like.dtype, order=order)


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
    if isinstance(obj, DeviceNDArray) and to is None:
        return obj
    source = obj if isinstance(obj, DeviceNDArray) else np.asarray(obj)
    if source.dtype == object:
        raise TypeError("an array of Python's objects can't be brought to a device")
    made = device_array_like(source) if to is None else to
    if copy:
        made.copy_to_device(source, stream)
    return made


def is_cuda_array(obj: Any) -> bool:
    """Whether an object's elements are on a device."""
    return isinstance(obj, DeviceNDArray) or hasattr(obj, "__cuda_array_interface__")


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
    if strides is not None:
        raise NotImplementedError("pinned_array() takes no strides")
    return np.empty(shape, dtype, order)  # type: ignore[call-overload]


def pinned_array_like(ary: Any) -> np.ndarray:
    """As `pinned_array`, with the shape, dtype and order of another array."""
    return np.empty_like(ary, subok=False)


def mapped_array(
    shape: Any, dtype: Any = np.float64, strides: Any = None, order: str = "C", **_: Any
) -> DeviceNDArray:
    """Make an array in memory that host and device share."""
    return device_array(shape, dtype, strides, order)


def mapped_array_like(ary: Any, **_: Any) -> DeviceNDArray:
    """As `mapped_array`, with the shape, dtype and order of another array."""
    return device_array_like(ary)


managed_array = mapped_array


@contextlib.contextmanager
def pinned(*arrays: np.ndarray) -> Iterator[None]:
    """Keep the memory of arrays of the host where it is, while the block runs."""
    yield


@contextlib.contextmanager
def mapped(*arrays: np.ndarray, stream: Any = 0) -> Iterator[Any]:
    """Let the device reach arrays of the host while the block runs."""
    made = [to_device(array, stream) for array in arrays]
    yield made[0] if len(made) == 1 else made
    for array, device in zip(arrays, made):
        device.copy_to_host(array, stream)
