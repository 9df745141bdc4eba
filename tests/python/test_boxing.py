"""Results of jitted functions as Python objects, and who owns their memory."""

import gc

import numpy as np
import pytest

import cumbia
from cumbia import jit
from cumbia._cumbia import _from_ir, live_allocations


@jit
def same(x):
    return x


@jit
def pair(x, y):
    return x, y


# Scalars

PYTHON_VALUES = [
    None,
    True,
    False,
    0,
    -1,
    2**63 - 1,
    -(2**63),
    1.5,
    -0.0,
    float("inf"),
    5e-324,
    1 - 2j,
    complex(-0.0, 0.0),
    (),
    (1, (2.5, (None, True)), 1j),
]


@pytest.mark.parametrize("value", PYTHON_VALUES, ids=repr)
def test_python_values_come_back(value):
    got = same(value)
    assert type(got) is type(value)
    assert repr(got) == repr(value)


def test_nan_comes_back():
    got = same(float("nan"))
    assert type(got) is float and got != got


DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float32", "float64", "complex64", "complex128",
]


def extremes(dtype):
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return [True, False]
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return [info.min, info.max, 0, 1]
    if dtype.kind == "f":
        info = np.finfo(dtype)
        return [info.min, info.max, info.smallest_subnormal, -0.0, np.inf, np.nan]
    return [complex(1.5, -2.5), complex(-0.0, np.inf)]


@pytest.mark.parametrize("dtype", DTYPES)
def test_numpy_scalars_come_back(dtype):
    for value in extremes(dtype):
        scalar = np.dtype(dtype).type(value)
        got = same(scalar)
        assert type(got) is type(scalar)
        assert got.tobytes() == scalar.tobytes()
        assert got.dtype == dtype


@pytest.mark.parametrize("dtype", DTYPES)
def test_array_elements_are_numpy_scalars(dtype):
    @jit
    def first(a):
        return a[0], a[-1]

    a = np.array(extremes(dtype), dtype=dtype)
    got = first(a)
    assert [type(one) for one in got] == [a.dtype.type] * 2
    assert np.array(got, dtype).tobytes() == a[[0, -1]].tobytes()


def test_long_long_is_an_int64():
    assert same(np.longlong(-5)) == -5
    assert same(np.ulonglong(5)) == 5
    a = np.arange(3, dtype=np.longlong)
    assert same(a) is a


def test_constants():
    @jit
    def f(x):
        return 1, 2.5, True, None, x.dtype

    assert f(np.zeros(1, "f4")) == (1, 2.5, True, None, np.dtype("f4"))
    assert type(f(np.zeros(1, "f4"))[4]) is type(np.dtype("f4"))


def test_many_results():
    @jit
    def f(a, b, c, d):
        return a, b, c, d, a, b

    arrays = [np.zeros((2, 3, i)) for i in range(4)]
    got = f(*arrays)
    assert all(one is other for one, other in zip(got, [*arrays, *arrays[:2]]))


# Arguments that come back, and views of them


ARRAYS = [
    np.arange(5.0),
    np.arange(12).reshape(3, 4),
    np.arange(12).reshape(3, 4).T,
    np.arange(24, dtype="c8").reshape(2, 3, 4)[:, ::-1, ::2],
    np.zeros((0, 3)),
    np.zeros(()),
    np.array(3, dtype="u1"),
    np.ones((2, 1, 3))[:, :, :0],
    np.broadcast_to(np.arange(3), (2, 3)),
    np.zeros(3)[::-1],
    np.zeros((1, 5), order="F"),
]


@pytest.mark.parametrize("a", ARRAYS, ids=lambda a: f"{a.dtype}{a.shape}{a.strides}")
def test_an_argument_comes_back_as_itself(a):
    assert same(a) is a
    got = pair(a, 1)
    assert got[0] is a and got[1] == 1
    got = pair(a, a)
    assert got[0] is a and got[1] is a


def test_a_view_keeps_its_argument():
    @jit
    def rest(a):
        return a[1:]

    a = np.arange(5.0)
    got = rest(a)
    assert got.base is a
    assert got.tolist() == [1, 2, 3, 4]
    got[0] = 9
    assert a[1] == 9
    assert got.flags.writeable and got.flags.aligned and not got.flags.owndata
    address = a.ctypes.data
    del a
    gc.collect()
    assert got.ctypes.data == address + 8
    assert got.tolist() == [9, 2, 3, 4]


def test_a_view_of_a_view_has_the_base_that_numpy_gives():
    @jit
    def rest(a):
        return a[1:]

    whole = np.arange(10.0)
    part = whole[2:]
    assert rest(part).base is rest.py_func(part).base is whole


def test_a_view_of_a_read_only_argument_is_read_only():
    @jit
    def rest(a):
        return a[1:]

    a = np.arange(5.0)
    a.flags.writeable = False
    got = rest(a)
    assert not got.flags.writeable
    assert rest(np.arange(3.0)).flags.writeable


def test_shapes_and_strides_of_views():
    @jit
    def transposed(a):
        return a.T

    @jit
    def reversed_rows(a):
        return a[::-1, 1:]

    for a in (np.arange(12).reshape(3, 4), np.arange(12).reshape(3, 4)[:, ::2], np.zeros((0, 4))):
        for f in (transposed, reversed_rows):
            got, expected = f(a), f.py_func(a)
            assert got.shape == expected.shape
            assert got.dtype == expected.dtype
            assert np.array_equal(got, expected)
            if got.size:
                assert got.strides == expected.strides
            assert got.flags.c_contiguous == expected.flags.c_contiguous
            assert got.flags.f_contiguous == expected.flags.f_contiguous


def test_reference_counts_of_arguments_are_kept():
    import sys

    @jit
    def parts(a):
        return a, a[1:], a[:2]

    a = np.arange(5.0)
    before = sys.getrefcount(a)
    for _ in range(100):
        parts(a)
    assert sys.getrefcount(a) == before


# Memory that compiled code allocated

ALLOCATING = """
extern @alloc(i64, bool) -> ptr raises
extern @free_owner(ptr) effects

func @entry(ptr, ptr) -> () {
block0(v0: ptr, v1: ptr):
    v2 = load.i64 v0 !slots
    v3 = iconst.bool 1
    v4 = iconst.i64 8
    v5 = imul.i64 v2, v4
    v6 = ecall @alloc(v5, v3)
    v7 = load.ptr v6+8 !owner
%s
    return
}
"""


def allocating(body, signature):
    def f(n):
        return n

    dispatcher = jit(f)
    _from_ir(dispatcher, ALLOCATING % body, "entry", signature)
    return dispatcher


ONE = """
    store.ptr v6, v1 !slots
    store.ptr v7, v1+8 !slots
    store.i64 v2, v1+16 !slots
    store.i64 v4, v1+24 !slots
"""


def test_a_new_array_owns_its_memory():
    new = allocating(ONE, "array(float64, 1, C)(pyint)")
    before = live_allocations()
    for n in (0, 1, 7, 127, 128, 100_000):
        a = new(n)
        assert a.flags.owndata and a.flags.c_contiguous and a.flags.writeable
        assert a.base is None
        assert a.shape == (n,) and a.dtype == np.float64
        assert not a.any()
        a.resize(n + 5, refcheck=False)
        assert not a.any()
    assert live_allocations() == before


def test_memory_is_freed_with_the_array():
    new = allocating(ONE, "array(float64, 1, C)(pyint)")

    def resident():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096

    new(4_000_000).fill(1)
    before = resident()
    for _ in range(50):
        new(4_000_000).fill(1)
    assert resident() - before < 100e6


TWO = """
    store.ptr v6, v1 !slots
    store.ptr v7, v1+8 !slots
    store.i64 v2, v1+16 !slots
    store.i64 v4, v1+24 !slots
    retain v6
    v8 = ptr_add v7, v4
    v9 = iconst.i64 1
    v10 = isub.i64 v2, v9
    store.ptr v6, v1+32 !slots
    store.ptr v8, v1+40 !slots
    store.i64 v10, v1+48 !slots
    store.i64 v4, v1+56 !slots
"""


def test_results_that_share_an_allocation():
    new = allocating(TWO, "tuple(array(float64, 1, C), array(float64, 1, C))(pyint)")
    before = live_allocations()
    whole, rest = new(5)
    assert live_allocations() == before
    assert (whole.shape, rest.shape) == ((5,), (4,))
    rest[0] = 3
    assert whole.tolist() == [0, 3, 0, 0, 0]
    assert np.shares_memory(whole, rest)
    del whole
    gc.collect()
    assert rest.tolist() == [3, 0, 0, 0]


PART = """
    v8 = ptr_add v7, v4
    v9 = iconst.i64 1
    v10 = isub.i64 v2, v9
    store.ptr v6, v1 !slots
    store.ptr v8, v1+8 !slots
    store.i64 v10, v1+16 !slots
    store.i64 v4, v1+24 !slots
"""


def test_a_part_of_an_allocation_has_an_array_as_its_base():
    new = allocating(PART, "array(float64, 1, C)(pyint)")
    a = new(6)
    assert a.shape == (5,)
    assert isinstance(a.base, np.ndarray) and a.base.shape == (6,) and a.base.flags.owndata


def test_memory_is_freed_when_an_exception_passes():
    body = "    v11 = iconst.bool 0\n    guard v11, ValueError \"no\"" + ONE
    new = allocating(body, "array(float64, 1, C)(pyint)")
    before = live_allocations()
    for _ in range(20):
        with pytest.raises(ValueError, match="no"):
            new(1000)
    assert live_allocations() == before


def test_too_large_an_allocation_is_a_memory_error():
    new = allocating(ONE, "array(float64, 1, C)(pyint)")
    for n in (2**60, -1):
        with pytest.raises(MemoryError):
            new(n)


def test_results_that_cant_be_returned_are_refused():
    @jit
    def f(a):
        return a.sum

    with pytest.raises((TypeError, cumbia.CompileError)):
        f(np.zeros(3))
