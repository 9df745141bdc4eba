"""What kernels take and hold besides arrays of numbers: records, tuples, truth values."""

from __future__ import annotations

import collections
import enum

import numpy as np
import pytest
from cumbia import CompileError, cuda, float64
from cumbia.errors import RaceError

RNG = np.random.default_rng(4)
PLAIN = [("mass", "f4"), ("count", "i8"), ("phase", "c8"), ("place", "f8", (3,))]
ALIGNED = np.dtype(PLAIN, align=True)
PACKED = np.dtype([("small", "u1"), ("large", "f8"), ("flag", "?")])
INNER = np.dtype([("x", "f4"), ("y", "f4")])
OUTER = np.dtype([("head", INNER), ("tail", INNER), ("size", "i4")])


@cuda.jit
def set_by_name(x):
    i = cuda.grid(1)
    x[i].mass = i + 0.5
    x[i].count = i
    x[i].phase = complex(i, 1)
    x[i].place[1] = 2.0


@cuda.jit
def set_by_text(x):
    i = cuda.grid(1)
    x[i]["mass"] = i + 0.5
    x["count"][i] = i
    x[i]["phase"] = complex(i, 1)
    x["place"][i, 1] = 2.0


@cuda.jit
def set_of_element(x):
    one = x[cuda.grid(1)]
    one.mass = cuda.grid(1) + 0.5
    one.count += cuda.grid(1)
    one["phase"] = complex(cuda.grid(1), 1)
    one.place[1] = 2.0


@pytest.mark.parametrize("kernel", [set_by_name, set_by_text, set_of_element])
def test_fields_are_set(kernel):
    x = np.zeros(5, ALIGNED)
    wanted = np.zeros(5, ALIGNED)
    for i in range(5):
        wanted[i] = (i + 0.5, i, complex(i, 1), (0, 2, 0))
    kernel[1, 5](x)
    assert np.array_equal(x, wanted)
    # Views, and arrays of the device.
    wide = np.zeros(10, ALIGNED)
    kernel[1, 5](wide[::-2])
    assert np.array_equal(wide[::-2], wanted)
    device = cuda.to_device(np.zeros(5, ALIGNED))
    kernel[1, 5](device)
    assert np.array_equal(device.copy_to_host(), wanted)


@cuda.jit
def read_fields(x, out):
    i = cuda.grid(1)
    out[i] = x[i].mass + x[i]["count"] + x[i].phase.imag + x[i].place[2] + x["mass"][i]


@pytest.mark.parametrize("made", [lambda x: x, lambda x: x.view(np.recarray), lambda x: x[::-1]])
def test_fields_are_read(made):
    x = np.zeros(6, ALIGNED)
    x["mass"], x["count"], x["phase"] = RNG.random(6), RNG.integers(0, 9, 6), RNG.random(6) * 1j
    x["place"] = RNG.random((6, 3))
    x = made(x)
    out = np.zeros(6)
    read_fields[1, 6](x, out)
    wanted = [r["mass"] + r["count"] + r["phase"].imag + r["place"][2] + r["mass"] for r in x]
    assert np.allclose(out, wanted, rtol=1e-6)


@cuda.jit
def packed_fields(x):
    i = cuda.grid(1)
    x[i].large = x[i].small * 2.5
    x[i].flag = x[i].small > 2


def test_fields_that_arent_aligned():
    x = np.zeros(5, PACKED)
    x["small"] = np.arange(5)
    packed_fields[1, 5](x)
    assert np.array_equal(x["large"], 2.5 * np.arange(5))
    assert np.array_equal(x["flag"], np.arange(5) > 2)


@cuda.jit
def nested_fields(x):
    i = cuda.grid(1)
    x[i].head.x = i
    x[i].tail.y = x[i].head.x + 1
    x[i].size = 7


def test_nested_fields():
    x = np.zeros(4, OUTER)
    nested_fields[1, 4](x)
    assert x["head"]["x"].tolist() == [0, 1, 2, 3] and x["tail"]["y"].tolist() == [1, 2, 3, 4]
    assert x["size"].tolist() == [7] * 4 and not x["head"]["y"].any()


@cuda.jit
def move_elements(x, y):
    i = cuda.grid(1)
    y[x.size - 1 - i] = x[i]


@pytest.mark.parametrize("dtype", [ALIGNED, PACKED, OUTER])
def test_whole_elements(dtype):
    x = np.frombuffer(RNG.integers(0, 2, 8 * dtype.itemsize).astype("u1"), dtype)
    y = np.zeros(8, dtype)
    move_elements[2, 4](x, y)
    # Bytes between fields may stay as they were.
    assert np.array_equal(y, x[::-1])


@cuda.jit
def of_one(r, out):
    out[0] = r.mass * r.count
    r.count = 12
    r["place"][0] = 1.5


def test_a_record_as_an_argument():
    x = np.zeros(3, ALIGNED)
    x["mass"], x["count"] = 2.5, 4
    out = np.zeros(1)
    of_one[1, 1](x[1], out)
    assert out[0] == 10.0 and x["count"].tolist() == [4, 12, 4] and x["place"][1, 0] == 1.5


@cuda.jit
def shared_records(x, out):
    held = cuda.shared.array(8, ALIGNED)
    own = cuda.local.array(2, INNER)
    t = cuda.threadIdx.x
    held[t].mass = x[t]
    held[t].place[2] = t
    own[1].x = t
    cuda.syncthreads()
    out[t] = held[7 - t].mass + held[7 - t].place[2] * 10 + own[1].x * 100


def test_records_in_shared_and_local_memory():
    x, out = np.arange(8.0), np.zeros(8)
    shared_records[1, 8](x, out)
    t = np.arange(8)
    assert np.array_equal(out, (7 - t) + (7 - t) * 10 + t * 100)


def test_missing_fields():
    def absent(x):
        x[0].weight = 1.0

    def read(x, out):
        out[0] = x[0].weight

    for kernel, args in ((absent, ()), (read, (np.zeros(1),))):
        with pytest.raises(CompileError, match="weight"):
            cuda.jit(kernel)[1, 1](np.zeros(1, ALIGNED), *args)


def test_races_of_fields():
    @cuda.jit
    def own_fields(x):
        if cuda.threadIdx.x == 0:
            x[0].mass = 1
        else:
            x[0].count = 2

    @cuda.jit
    def same_field(x):
        x[0].count = cuda.threadIdx.x

    x = np.zeros(1, ALIGNED)
    own_fields[1, 2](x)
    assert x["mass"][0] == 1 and x["count"][0] == 2
    with pytest.raises(RaceError):
        same_field[1, 2](x)


Point = collections.namedtuple("Point", "u v")


class Way(enum.IntEnum):
    UP = 1
    DOWN = 2


@cuda.jit
def of_tuples(pair, point, nested, out):
    out[0] = pair[0] + pair[1]
    out[1] = point.u - point.v
    out[2] = nested[0][1] + nested[1]
    out[3] = len(pair)
    a, b = pair
    out[4] = a * b


@cuda.jit
def of_arrays_in_tuples(arrays, named, out):
    i = cuda.grid(1)
    out[i] = arrays[0][i] + arrays[1][i, 0] + named.u[i] * named.v


def test_tuples():
    out = np.zeros(5)
    of_tuples[1, 1]((1, 2.5), Point(4, 1.5), ((1, 2), 3), out)
    assert out.tolist() == [3.5, 2.5, 5, 2, 2.5]
    x, y = RNG.random(4), RNG.random((4, 2))
    out = np.zeros(4)
    of_arrays_in_tuples[1, 4]((x, y), Point(x, 2.0), out)
    assert np.array_equal(out, x + y[:, 0] + x * 2.0)


@cuda.jit
def of_scalars(flag, nothing, number, out):
    out[0] = 1 if flag else 2
    out[1] = 3 if nothing is None else 4
    out[2] = number.real + number.imag
    out[3] = 5 if Way.DOWN == 2 else 6


def test_scalars():
    out = np.zeros(4)
    of_scalars[1, 1](True, None, 2 + 3j, out)
    assert out.tolist() == [1, 3, 5, 5]
    of_scalars[1, 1](np.bool_(False), 0, np.complex64(1 + 1j), out)
    assert out.tolist() == [2, 4, 2, 5]


@pytest.mark.parametrize("dtype", "? i1 i2 i4 i8 u1 u2 u4 u8 f4 f8 c8 c16 M8[s] m8[us]".split())
def test_elements_of_all_dtypes(dtype):
    @cuda.jit
    def reverse(x, y):
        i = cuda.grid(1)
        if i < x.size:
            y[x.size - 1 - i] = x[i]

    x = RNG.integers(0, 99, 20).astype("i8").astype(dtype)
    y = np.zeros(20, dtype)
    reverse.forall(20, 8)(x, y)
    assert np.array_equal(y, x[::-1])


@cuda.jit
def truth(x, y, z):
    i = cuda.grid(1)
    z[i] = (x[i] and not y[i]) or (x[i] ^ y[i])


def test_truth_values():
    x, y = RNG.integers(0, 2, (2, 16)).astype(bool)
    z = np.zeros(16, bool)
    truth[2, 8](x, y, z)
    assert np.array_equal(z, (x & ~y) | (x ^ y))


@cuda.jit
def without_axes(x, y):
    y[()] = x[()] + 1


def test_arrays_without_axes():
    y = np.zeros(())
    without_axes[1, 1](np.array(3.0), y)
    assert y == 4.0
    device = cuda.to_device(np.zeros(()))
    without_axes[1, 1](y, device)
    assert device.copy_to_host() == 5.0


@cuda.jit
def counted_from_the_end(x, y):
    i = cuda.grid(1)
    y[-1 - i] = x[i, -1] + x[-1, i]


@pytest.mark.parametrize(
    "view",
    [lambda x: x, lambda x: x[::-1], lambda x: x.T, lambda x: x[:, ::-1], lambda x: x[1:, :-1],
     lambda x: np.asfortranarray(x), lambda x: np.broadcast_to(x[0], x.shape)],
)
def test_layouts(view):
    x = view(RNG.random((6, 6)))
    n = len(x)
    y = np.zeros(n)
    counted_from_the_end[1, n](x, y)
    assert np.array_equal(y[::-1], x[:, -1] + x[-1])


@cuda.jit
def rows(x, out):
    i = cuda.grid(1)
    row = x[i]
    part = row[1:-1]
    total = 0.0
    for item in part:
        total += item
    out[i] = total + row[0] * part.size


def test_views_in_kernels():
    x = RNG.random((5, 8))
    out = np.zeros(5)
    rows[1, 5](x, out)
    assert np.allclose(out, x[:, 1:-1].sum(1) + x[:, 0] * 6, rtol=1e-15)


TABLE = np.array([[1.5, 2.5], [3.5, 4.5]])
WORDS = np.array([3, 1, 2], "i4")


@cuda.jit
def constants(out):
    table = cuda.const.array_like(TABLE)
    words = cuda.const.array_like(WORDS)
    i = cuda.grid(1)
    out[i] = table[i % 2, i // 2 % 2] + words[i % 3] * table.shape[1] + words.size


def test_constant_arrays():
    out = np.zeros(6)
    constants[1, 6](out)
    i = np.arange(6)
    assert np.array_equal(out, TABLE[i % 2, i // 2 % 2] + WORDS[i % 3] * 2 + 3)


@cuda.jit
def written(out):
    cuda.const.array_like(TABLE)[0, 0] = 1.0


def test_constants_stay():
    with pytest.raises(ValueError, match="read-only"):
        written[1, 1](np.zeros(1))


@cuda.jit
def local_matrix(x, out):
    own = cuda.local.array((3, 3), float64)
    i = cuda.grid(1)
    for r in range(3):
        for c in range(3):
            own[r, c] = x[i] ** r * c
    out[i] = own[2, 2] + own[1, 0] + own[0, 1] + own.size


def test_local_arrays():
    x, out = RNG.random(4), np.zeros(4)
    local_matrix[2, 2](x, out)
    assert np.allclose(out, 2 * x**2 + 1 + 9, rtol=1e-15)
