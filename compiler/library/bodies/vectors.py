"""Vectors of one to four numbers in kernels: `cumbia.cuda.float32x4` and its like.

Each is a frozen dataclass of `cumbia.cuda._vectors`, made of numbers and of vectors of the same
kind of numbers, whose parts stand for themselves.
"""


@implements("cumbia.cuda.int8x1")
def int8x1(*parts):
    return vector(prim.int8x1Vector, np.int8, parts)


@implements("cumbia.cuda.int8x2")
def int8x2(*parts):
    return vector(prim.int8x2Vector, np.int8, parts)


@implements("cumbia.cuda.int8x3")
def int8x3(*parts):
    return vector(prim.int8x3Vector, np.int8, parts)


@implements("cumbia.cuda.int8x4")
def int8x4(*parts):
    return vector(prim.int8x4Vector, np.int8, parts)


@implements("cumbia.cuda.int16x1")
def int16x1(*parts):
    return vector(prim.int16x1Vector, np.int16, parts)


@implements("cumbia.cuda.int16x2")
def int16x2(*parts):
    return vector(prim.int16x2Vector, np.int16, parts)


@implements("cumbia.cuda.int16x3")
def int16x3(*parts):
    return vector(prim.int16x3Vector, np.int16, parts)


@implements("cumbia.cuda.int16x4")
def int16x4(*parts):
    return vector(prim.int16x4Vector, np.int16, parts)


@implements("cumbia.cuda.int32x1")
def int32x1(*parts):
    return vector(prim.int32x1Vector, np.int32, parts)


@implements("cumbia.cuda.int32x2")
def int32x2(*parts):
    return vector(prim.int32x2Vector, np.int32, parts)


@implements("cumbia.cuda.int32x3")
def int32x3(*parts):
    return vector(prim.int32x3Vector, np.int32, parts)


@implements("cumbia.cuda.int32x4")
def int32x4(*parts):
    return vector(prim.int32x4Vector, np.int32, parts)


@implements("cumbia.cuda.int64x1")
def int64x1(*parts):
    return vector(prim.int64x1Vector, np.int64, parts)


@implements("cumbia.cuda.int64x2")
def int64x2(*parts):
    return vector(prim.int64x2Vector, np.int64, parts)


@implements("cumbia.cuda.int64x3")
def int64x3(*parts):
    return vector(prim.int64x3Vector, np.int64, parts)


@implements("cumbia.cuda.int64x4")
def int64x4(*parts):
    return vector(prim.int64x4Vector, np.int64, parts)


@implements("cumbia.cuda.uint8x1")
def uint8x1(*parts):
    return vector(prim.uint8x1Vector, np.uint8, parts)


@implements("cumbia.cuda.uint8x2")
def uint8x2(*parts):
    return vector(prim.uint8x2Vector, np.uint8, parts)


@implements("cumbia.cuda.uint8x3")
def uint8x3(*parts):
    return vector(prim.uint8x3Vector, np.uint8, parts)


@implements("cumbia.cuda.uint8x4")
def uint8x4(*parts):
    return vector(prim.uint8x4Vector, np.uint8, parts)


@implements("cumbia.cuda.uint16x1")
def uint16x1(*parts):
    return vector(prim.uint16x1Vector, np.uint16, parts)


@implements("cumbia.cuda.uint16x2")
def uint16x2(*parts):
    return vector(prim.uint16x2Vector, np.uint16, parts)


@implements("cumbia.cuda.uint16x3")
def uint16x3(*parts):
    return vector(prim.uint16x3Vector, np.uint16, parts)


@implements("cumbia.cuda.uint16x4")
def uint16x4(*parts):
    return vector(prim.uint16x4Vector, np.uint16, parts)


@implements("cumbia.cuda.uint32x1")
def uint32x1(*parts):
    return vector(prim.uint32x1Vector, np.uint32, parts)


@implements("cumbia.cuda.uint32x2")
def uint32x2(*parts):
    return vector(prim.uint32x2Vector, np.uint32, parts)


@implements("cumbia.cuda.uint32x3")
def uint32x3(*parts):
    return vector(prim.uint32x3Vector, np.uint32, parts)


@implements("cumbia.cuda.uint32x4")
def uint32x4(*parts):
    return vector(prim.uint32x4Vector, np.uint32, parts)


@implements("cumbia.cuda.uint64x1")
def uint64x1(*parts):
    return vector(prim.uint64x1Vector, np.uint64, parts)


@implements("cumbia.cuda.uint64x2")
def uint64x2(*parts):
    return vector(prim.uint64x2Vector, np.uint64, parts)


@implements("cumbia.cuda.uint64x3")
def uint64x3(*parts):
    return vector(prim.uint64x3Vector, np.uint64, parts)


@implements("cumbia.cuda.uint64x4")
def uint64x4(*parts):
    return vector(prim.uint64x4Vector, np.uint64, parts)


@implements("cumbia.cuda.float32x1")
def float32x1(*parts):
    return vector(prim.float32x1Vector, np.float32, parts)


@implements("cumbia.cuda.float32x2")
def float32x2(*parts):
    return vector(prim.float32x2Vector, np.float32, parts)


@implements("cumbia.cuda.float32x3")
def float32x3(*parts):
    return vector(prim.float32x3Vector, np.float32, parts)


@implements("cumbia.cuda.float32x4")
def float32x4(*parts):
    return vector(prim.float32x4Vector, np.float32, parts)


@implements("cumbia.cuda.float64x1")
def float64x1(*parts):
    return vector(prim.float64x1Vector, np.float64, parts)


@implements("cumbia.cuda.float64x2")
def float64x2(*parts):
    return vector(prim.float64x2Vector, np.float64, parts)


@implements("cumbia.cuda.float64x3")
def float64x3(*parts):
    return vector(prim.float64x3Vector, np.float64, parts)


@implements("cumbia.cuda.float64x4")
def float64x4(*parts):
    return vector(prim.float64x4Vector, np.float64, parts)


def vector(cls, dtype, parts):
    numbers = numbers_of(dtype, parts)
    if len(numbers) != prim.record_count(cls):
        prim.error("a vector is made of as many numbers as it has, not of {}", parts)
    return prim.record_of(cls, numbers)


def numbers_of(dtype, parts):
    if len(parts) == 0:
        return ()
    else:
        return of_one(dtype, parts[0]) + numbers_of(dtype, parts[1:])


def of_one(dtype, part):
    if prim.is_vector(part, dtype):
        return prim.record_items(part)
    elif prim.is_number(part) and prim.kind(prim.dtype(part)) != "c":
        return (dtype(part),)
    else:
        prim.error("a vector is made of real numbers and of vectors of its own kind, not of {}", part)
