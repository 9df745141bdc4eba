"""What extensions of kernels are told of arguments: the types of `cumbia.types`."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

from cumbia import cuda, types

Pair = namedtuple("Pair", "a b")
FIELDS = np.dtype([("a", np.float32), ("b", np.int64)])
FROZEN = np.ones((2, 3))
FROZEN.setflags(write=False)


@pytest.mark.parametrize("value, expected", [
    (np.ones(3), types.float64[::1]),
    (np.ones((3, 4), np.float16), types.float16[:, ::1]),
    (np.float16(1), types.float16),
    (np.float32(1), types.float32),
    (np.ones((4, 4), np.int32)[::2, ::2], types.int32[:, :]),
    (np.asfortranarray(np.ones((4, 4))), types.float64[::1, :]),
    (FROZEN, types.Array(types.float64, 2, "C", readonly=True)),
    (np.zeros(2, FIELDS), types.from_dtype(FIELDS)[::1]),
    (1, types.pyint), (1.5, types.pyfloat), (True, types.pybool), (1j, types.pycomplex),
    ((1, np.int8(2)), types.Tuple([types.pyint, types.int8])),
    (Pair(1, 2.0), None), ({"x": 1}, None), pytest.param(object(), None, id="an object"),
], ids=repr)
def test_types(value, expected):
    told = []

    class Extension:
        def prepare_args(self, ty, value, stream, retr):
            told.append(ty)
            return ty, 0

    @cuda.jit(extensions=[Extension()])
    def kernel(x):
        pass

    kernel[1, 1](value)
    assert told == [expected]


def test_arrays_of_the_device():
    told = []

    class Extension:
        def prepare_args(self, ty, value, stream, retr):
            told.append((ty, type(value)))
            return ty, value

    @cuda.jit(extensions=[Extension()])
    def kernel(x):
        x[0, 0] = 2

    x = cuda.to_device(np.ones((2, 3), np.float32, order="F"))
    kernel[1, 1](x)
    assert told == [(types.float32[::1, :], cuda.DeviceNDArray)] and x.copy_to_host()[0, 0] == 2
