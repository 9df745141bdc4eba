"""Vectors of one to four numbers, as kernels have them: `float32x4`, or `float4` as in C.

In a kernel a vector is made of numbers, which are converted, and of vectors of the same kind of
numbers, whose parts stand for themselves; ``x``, ``y``, ``z`` and ``w`` are its parts, which
can't be assigned. Compiled code knows the classes as frozen dataclasses, and their names by
bodies (`compiler/library/bodies/vectors.py`). Outside of kernels there are none of them: NumPy's
arrays are for that.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from cumbia.cuda._errors import only_in_kernels


class _Vector:
    # Other names of the class.
    aliases: tuple[str, ...] = ()

    def __init__(self, *parts: Any) -> None:
        raise only_in_kernels(f"{type(self).__name__}()")


def _vector(kind: Any, count: int, *aliases: str) -> Any:
    """The class of vectors of so many numbers of a type."""
    name = np.dtype(kind).name
    fields = [(part, kind) for part in "xyzw"[:count]]
    made = dataclasses.make_dataclass(
        f"{name}x{count}", fields, bases=(_Vector,), init=False, frozen=True
    )
    made.__doc__ = f"{count} numbers of type ``{name}``, in kernels."
    made.__module__ = "cumbia.cuda"
    made.aliases = aliases
    return made


int8x1 = char1 = _vector(np.int8, 1, "char1")
int8x2 = char2 = _vector(np.int8, 2, "char2")
int8x3 = char3 = _vector(np.int8, 3, "char3")
int8x4 = char4 = _vector(np.int8, 4, "char4")
int16x1 = short1 = _vector(np.int16, 1, "short1")
int16x2 = short2 = _vector(np.int16, 2, "short2")
int16x3 = short3 = _vector(np.int16, 3, "short3")
int16x4 = short4 = _vector(np.int16, 4, "short4")
int32x1 = int1 = _vector(np.int32, 1, "int1")
int32x2 = int2 = _vector(np.int32, 2, "int2")
int32x3 = int3 = _vector(np.int32, 3, "int3")
int32x4 = int4 = _vector(np.int32, 4, "int4")
int64x1 = long1 = longlong1 = _vector(np.int64, 1, "long1", "longlong1")
int64x2 = long2 = longlong2 = _vector(np.int64, 2, "long2", "longlong2")
int64x3 = long3 = longlong3 = _vector(np.int64, 3, "long3", "longlong3")
int64x4 = long4 = longlong4 = _vector(np.int64, 4, "long4", "longlong4")
uint8x1 = uchar1 = _vector(np.uint8, 1, "uchar1")
uint8x2 = uchar2 = _vector(np.uint8, 2, "uchar2")
uint8x3 = uchar3 = _vector(np.uint8, 3, "uchar3")
uint8x4 = uchar4 = _vector(np.uint8, 4, "uchar4")
uint16x1 = ushort1 = _vector(np.uint16, 1, "ushort1")
uint16x2 = ushort2 = _vector(np.uint16, 2, "ushort2")
uint16x3 = ushort3 = _vector(np.uint16, 3, "ushort3")
uint16x4 = ushort4 = _vector(np.uint16, 4, "ushort4")
uint32x1 = uint1 = _vector(np.uint32, 1, "uint1")
uint32x2 = uint2 = _vector(np.uint32, 2, "uint2")
uint32x3 = uint3 = _vector(np.uint32, 3, "uint3")
uint32x4 = uint4 = _vector(np.uint32, 4, "uint4")
uint64x1 = ulong1 = ulonglong1 = _vector(np.uint64, 1, "ulong1", "ulonglong1")
uint64x2 = ulong2 = ulonglong2 = _vector(np.uint64, 2, "ulong2", "ulonglong2")
uint64x3 = ulong3 = ulonglong3 = _vector(np.uint64, 3, "ulong3", "ulonglong3")
uint64x4 = ulong4 = ulonglong4 = _vector(np.uint64, 4, "ulong4", "ulonglong4")
float32x1 = float1 = _vector(np.float32, 1, "float1")
float32x2 = float2 = _vector(np.float32, 2, "float2")
float32x3 = float3 = _vector(np.float32, 3, "float3")
float32x4 = float4 = _vector(np.float32, 4, "float4")
float64x1 = double1 = _vector(np.float64, 1, "double1")
float64x2 = double2 = _vector(np.float64, 2, "double2")
float64x3 = double3 = _vector(np.float64, 3, "double3")
float64x4 = double4 = _vector(np.float64, 4, "double4")

__all__ = [
    "char1",
    "char2",
    "char3",
    "char4",
    "double1",
    "double2",
    "double3",
    "double4",
    "float1",
    "float2",
    "float3",
    "float32x1",
    "float32x2",
    "float32x3",
    "float32x4",
    "float4",
    "float64x1",
    "float64x2",
    "float64x3",
    "float64x4",
    "int1",
    "int16x1",
    "int16x2",
    "int16x3",
    "int16x4",
    "int2",
    "int3",
    "int32x1",
    "int32x2",
    "int32x3",
    "int32x4",
    "int4",
    "int64x1",
    "int64x2",
    "int64x3",
    "int64x4",
    "int8x1",
    "int8x2",
    "int8x3",
    "int8x4",
    "long1",
    "long2",
    "long3",
    "long4",
    "longlong1",
    "longlong2",
    "longlong3",
    "longlong4",
    "short1",
    "short2",
    "short3",
    "short4",
    "uchar1",
    "uchar2",
    "uchar3",
    "uchar4",
    "uint1",
    "uint16x1",
    "uint16x2",
    "uint16x3",
    "uint16x4",
    "uint2",
    "uint3",
    "uint32x1",
    "uint32x2",
    "uint32x3",
    "uint32x4",
    "uint4",
    "uint64x1",
    "uint64x2",
    "uint64x3",
    "uint64x4",
    "uint8x1",
    "uint8x2",
    "uint8x3",
    "uint8x4",
    "ulong1",
    "ulong2",
    "ulong3",
    "ulong4",
    "ulonglong1",
    "ulonglong2",
    "ulonglong3",
    "ulonglong4",
    "ushort1",
    "ushort2",
    "ushort3",
    "ushort4",
]
