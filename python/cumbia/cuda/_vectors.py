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


int8x1: Any = _vector(np.int8, 1, "char1")
char1: Any = int8x1
int8x2: Any = _vector(np.int8, 2, "char2")
char2: Any = int8x2
int8x3: Any = _vector(np.int8, 3, "char3")
char3: Any = int8x3
int8x4: Any = _vector(np.int8, 4, "char4")
char4: Any = int8x4
int16x1: Any = _vector(np.int16, 1, "short1")
short1: Any = int16x1
int16x2: Any = _vector(np.int16, 2, "short2")
short2: Any = int16x2
int16x3: Any = _vector(np.int16, 3, "short3")
short3: Any = int16x3
int16x4: Any = _vector(np.int16, 4, "short4")
short4: Any = int16x4
int32x1: Any = _vector(np.int32, 1, "int1")
int1: Any = int32x1
int32x2: Any = _vector(np.int32, 2, "int2")
int2: Any = int32x2
int32x3: Any = _vector(np.int32, 3, "int3")
int3: Any = int32x3
int32x4: Any = _vector(np.int32, 4, "int4")
int4: Any = int32x4
int64x1: Any = _vector(np.int64, 1, "long1", "longlong1")
long1: Any = int64x1
longlong1: Any = int64x1
int64x2: Any = _vector(np.int64, 2, "long2", "longlong2")
long2: Any = int64x2
longlong2: Any = int64x2
int64x3: Any = _vector(np.int64, 3, "long3", "longlong3")
long3: Any = int64x3
longlong3: Any = int64x3
int64x4: Any = _vector(np.int64, 4, "long4", "longlong4")
long4: Any = int64x4
longlong4: Any = int64x4
uint8x1: Any = _vector(np.uint8, 1, "uchar1")
uchar1: Any = uint8x1
uint8x2: Any = _vector(np.uint8, 2, "uchar2")
uchar2: Any = uint8x2
uint8x3: Any = _vector(np.uint8, 3, "uchar3")
uchar3: Any = uint8x3
uint8x4: Any = _vector(np.uint8, 4, "uchar4")
uchar4: Any = uint8x4
uint16x1: Any = _vector(np.uint16, 1, "ushort1")
ushort1: Any = uint16x1
uint16x2: Any = _vector(np.uint16, 2, "ushort2")
ushort2: Any = uint16x2
uint16x3: Any = _vector(np.uint16, 3, "ushort3")
ushort3: Any = uint16x3
uint16x4: Any = _vector(np.uint16, 4, "ushort4")
ushort4: Any = uint16x4
uint32x1: Any = _vector(np.uint32, 1, "uint1")
uint1: Any = uint32x1
uint32x2: Any = _vector(np.uint32, 2, "uint2")
uint2: Any = uint32x2
uint32x3: Any = _vector(np.uint32, 3, "uint3")
uint3: Any = uint32x3
uint32x4: Any = _vector(np.uint32, 4, "uint4")
uint4: Any = uint32x4
uint64x1: Any = _vector(np.uint64, 1, "ulong1", "ulonglong1")
ulong1: Any = uint64x1
ulonglong1: Any = uint64x1
uint64x2: Any = _vector(np.uint64, 2, "ulong2", "ulonglong2")
ulong2: Any = uint64x2
ulonglong2: Any = uint64x2
uint64x3: Any = _vector(np.uint64, 3, "ulong3", "ulonglong3")
ulong3: Any = uint64x3
ulonglong3: Any = uint64x3
uint64x4: Any = _vector(np.uint64, 4, "ulong4", "ulonglong4")
ulong4: Any = uint64x4
ulonglong4: Any = uint64x4
float32x1: Any = _vector(np.float32, 1, "float1")
float1: Any = float32x1
float32x2: Any = _vector(np.float32, 2, "float2")
float2: Any = float32x2
float32x3: Any = _vector(np.float32, 3, "float3")
float3: Any = float32x3
float32x4: Any = _vector(np.float32, 4, "float4")
float4: Any = float32x4
float64x1: Any = _vector(np.float64, 1, "double1")
double1: Any = float64x1
float64x2: Any = _vector(np.float64, 2, "double2")
double2: Any = float64x2
float64x3: Any = _vector(np.float64, 3, "double3")
double3: Any = float64x3
float64x4: Any = _vector(np.float64, 4, "double4")
double4: Any = float64x4

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
