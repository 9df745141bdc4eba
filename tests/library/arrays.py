"""Arrays to test with: dtypes, shapes, layouts."""

import zlib

import numpy as np

DTYPES = [
    "bool",
    "int8",
    "uint8",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "float32",
    "float64",
    "complex64",
    "complex128",
]
FEW_DTYPES = ["bool", "uint8", "int32", "float32", "float64", "complex128"]


def filled(shape, dtype):
    """An array of numbers that depend on shape and dtype alone."""
    rng = np.random.default_rng(zlib.crc32(repr((shape, np.dtype(dtype).name)).encode()))
    kind = np.dtype(dtype).kind
    if kind == "b":
        return rng.integers(0, 2, shape).astype(dtype)
    if kind in "iu":
        return rng.integers(0, 100, shape).astype(dtype)
    numbers = rng.standard_normal(shape)
    return (numbers + 1j * rng.standard_normal(shape) if kind == "c" else numbers).astype(dtype)


def layouts(shape, dtype):
    """Arrays of a shape and dtype in every layout: C, F, transposed, strided, reversed, read-only."""
    yield filled(shape, dtype)
    if len(shape) > 0:
        yield filled(tuple(2 * n + 1 for n in shape), dtype)[
            tuple(slice(1, 2 * n + 1, 2) for n in shape)
        ]
        yield filled(shape, dtype)[tuple(slice(None, None, -1) for _ in shape)]
        readonly = filled(shape, dtype)
        readonly.flags.writeable = False
        yield readonly
    if len(shape) > 1:
        yield np.asfortranarray(filled(shape, dtype))
        yield filled(shape[::-1], dtype).T[..., ::-1]
    if len(shape) > 2:
        yield filled((shape[1], shape[2], shape[0]), dtype).transpose(2, 0, 1)
