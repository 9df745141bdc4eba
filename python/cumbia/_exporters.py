"""Arguments that lend their memory as an array: which objects do, and how it is had.

An object that is none of those that compiled code takes may still say where its elements
lie: an Arrow array (``__arrow_c_array__``), a tensor (``__dlpack__``), what has an
``__array_interface__``, and what exports a buffer, as arrays of ctypes and ``mmap`` do. In
compiled code each is a NumPy array over the same memory, read-only where the exporter
says so. Nothing is copied: what would have to be is refused, with the words for it.

Not here: arrays, buffers of `bytes`, `bytearray`, `array.array` and `memoryview`, which the
native module reads itself, and objects that only make arrays (``__array__``, ``to_numpy``).
"""

from __future__ import annotations

import array
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["converted"]

# DLPack's numbers of devices whose memory the processor reads: its own, and that of hosts
# which CUDA or ROCm has pinned or manages.
_HERE = frozenset((1, 3, 11, 13))
_DEVICES = {2: "a CUDA device", 4: "an OpenCL device", 7: "a Vulkan device", 8: "a Metal device",
            10: "a ROCm device", 14: "a oneAPI device"}

# Formats of Arrow's C data interface and the dtypes of their elements.
_ARROW = {
    "c": "i1", "C": "u1", "s": "i2", "S": "u2", "i": "i4", "I": "u4", "l": "i8", "L": "u8",
    "e": "f2", "f": "f4", "g": "f8",
    "tdm": "M8[ms]",
    "tDs": "m8[s]", "tDm": "m8[ms]", "tDu": "m8[us]", "tDn": "m8[ns]",
}
_STAMPS = {"tss": "M8[s]", "tsm": "M8[ms]", "tsu": "M8[us]", "tsn": "M8[ns]"}

_OWN = (bytes, bytearray, memoryview, array.array, str)


def converted(value: Any) -> Any:
    """An array over the memory that an object lends, or a tuple with such arrays.

    None for what lends none; a text, which follows the argument's name, for what can't be
    taken without a copy.
    """
    kind = type(value)
    if kind is tuple:
        return _items(value)
    how = _how(kind)
    if how is not None:
        return how(value)
    return None if isinstance(value, _OWN) else _buffer(value)


def _items(value: tuple) -> Any:
    items, changed = [], False
    for at, item in enumerate(value):
        made = converted(item)
        if isinstance(made, str):
            return f"item {at} of the tuple: {made}"
        changed |= made is not None
        items.append(item if made is None else made)
    return tuple(items) if changed else None


def _how(kind: type) -> Callable[[Any], Any] | None:
    # Without NumPy nothing is an array, and looking for one needn't load it.
    numpy = sys.modules.get("numpy")
    if numpy is not None and issubclass(kind, (numpy.ndarray, numpy.generic)):
        return _nothing
    for name, how in (
        ("__arrow_c_array__", _arrow),
        ("__dlpack__", _dlpack),
        ("__array_interface__", _interface),
    ):
        if hasattr(kind, name):
            return how
    return None


def _nothing(value: Any) -> None:
    return None


def _name(value: Any) -> str:
    kind = type(value)
    module = kind.__module__
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"


def _dlpack(value: Any) -> Any:
    import numpy

    name = _name(value)
    device = getattr(value, "__dlpack_device__", None)
    if device is None:
        return f"{name} has __dlpack__ without __dlpack_device__; pass np.asarray(x)"
    try:
        number = int(device()[0])
        if number not in _HERE:
            where = _DEVICES.get(number, f"device {number} of DLPack")
            return (
                f"{name} lies on {where}, whose memory compiled code can't read; pass a copy in "
                "the processor's memory"
            )
        # PyTorch exports the memory of a view whose sign is only noted.
        if getattr(value, "is_neg", bool)():
            return f"{name} is negated lazily, and its memory isn't; pass x.resolve_neg()"
        try:
            return numpy.from_dlpack(value, copy=False)
        except TypeError:
            # Exporters from before these keywords.
            return numpy.from_dlpack(value)
    except (AttributeError, BufferError, RuntimeError, TypeError, ValueError) as error:
        return f"{name}{_of_dtype(value)} doesn't lend its memory ({_first_line(error)}); {_way_out(error)}"


def _of_dtype(value: Any) -> str:
    dtype = str(getattr(value, "dtype", ""))
    return f" of {dtype}" if dtype else ""


def _way_out(error: BaseException) -> str:
    """What to pass instead of a tensor that isn't exported."""
    text = str(error)
    if "dtype" in text.lower() or "types" in text.lower():
        return "convert it to a dtype that NumPy has"
    return "pass what it says" if "detach" in text else "pass np.asarray(x)"


def _interface(value: Any) -> Any:
    import numpy

    name = _name(value)
    try:
        data = value.__array_interface__.get("data")
    except AttributeError as error:
        return f"{name} doesn't lend its memory ({_first_line(error)}); pass np.asarray(x)"
    if not isinstance(data, tuple):
        # Bytes that were made for the question.
        return f"{name} gives a copy of its memory as __array_interface__; pass np.asarray(x)"
    try:
        return numpy.asarray(value)
    except (TypeError, ValueError) as error:
        return f"{name} has an __array_interface__ that NumPy doesn't take ({_first_line(error)})"


class _Lent:
    """Memory for NumPy, and what keeps it alive."""

    def __init__(self, keeper: Any, address: int, length: int, dtype: str) -> None:
        self.keeper = keeper
        self.__array_interface__ = {
            "data": (address, True), "shape": (length,), "typestr": dtype, "version": 3,
        }


def _arrow(value: Any) -> Any:
    import numpy

    from cumbia._cumbia import _arrow_parts

    name = _name(value)
    schema, keeper = value.__arrow_c_array__()
    format, length, nulls, address, encoded = _arrow_parts(schema, keeper)
    if encoded:
        return f"{name} is encoded by a dictionary; pass its indices, or its decoded values"
    if format == "b":
        return f"{name} has its truth values packed in bits; pass np.asarray(x)"
    if format.startswith("+"):
        return f"{name} is nested; pass its parts, which are arrays of numbers"
    dtype = _ARROW.get(format) or _STAMPS.get(format[:3])
    if dtype is None:
        return f"{name} has elements that aren't numbers; pass numbers, such as codes"
    if nulls:
        return (
            f"{name} has {nulls} null{'s' if nulls > 1 else ''}, which arrays of NumPy don't "
            "have; fill them beforehand, as x.fill_null(0) does"
        )
    if not length:
        return numpy.empty(0, dtype)
    return numpy.asarray(_Lent(keeper, address, length, f"{'|' if dtype[1] == '1' else '='}{dtype}"))


def _buffer(value: Any) -> Any:
    import numpy

    try:
        view = memoryview(value)
    except (BufferError, TypeError):
        return None
    # A structure or a single number.
    if view.ndim == 0:
        return None
    try:
        return numpy.asarray(view)
    except (TypeError, ValueError):
        return None


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")
