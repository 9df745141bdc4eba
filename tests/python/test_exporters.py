"""Arguments that lend their memory: Arrow arrays, DLPack, `__array_interface__`, buffers.

What compiled code sees is a NumPy array over the very memory, so addresses are compared and
stores are looked for in the exporter's own elements. Tensors of PyTorch and JAX are too
large to install here; a class that exports NumPy's memory by DLPack stands for them
(`test_tensors.py` has the real ones, where they are).
"""

import array
import ctypes
import gc
import mmap
import weakref

import numpy as np
import pyarrow as pa
import pytest

import cumbia
import cumbia._cumbia as native
from cumbia import jit


class Tensor:
    """Exports an array's memory by DLPack, as a tensor on a device."""

    def __init__(self, content, device=(1, 0)):
        self.content = content
        self.device = device

    def __dlpack__(self, **keywords):
        return self.content.__dlpack__(**keywords)

    def __dlpack_device__(self):
        return self.device


class OldTensor(Tensor):
    """One from before DLPack's keywords."""

    def __dlpack__(self, stream=None):
        return self.content.__dlpack__()


class Interface:
    """Tells where an array's elements lie."""

    def __init__(self, content):
        self.content = content

    @property
    def __array_interface__(self):
        return self.content.__array_interface__


@jit
def total(a):
    result = a.dtype.type(0)
    for x in a.flat:
        result += x
    return result


@jit
def fill(a, value):
    a[...] = value


@jit
def same(a):
    return a


def where(a):
    return a.__array_interface__["data"][0]


DTYPES = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64"]


@pytest.mark.parametrize("kind", [Tensor, OldTensor, Interface])
@pytest.mark.parametrize("dtype", [*DTYPES, "bool", "complex64", "complex128"])
def test_exporters_lend_their_memory(kind, dtype):
    base = np.arange(24).astype(dtype)
    for content in (base, base[::-2], base.reshape(4, 6), base.reshape(2, 3, 4).T, base[:0]):
        seen = same(kind(content))
        assert type(seen) is np.ndarray and seen.dtype == content.dtype
        assert seen.shape == content.shape
        assert seen.size == 0 or (seen.strides == content.strides and where(seen) == where(content))
        np.testing.assert_array_equal(seen, content)
    assert native.live_allocations() == 0


@pytest.mark.parametrize("kind", [Tensor, Interface])
def test_stores_are_seen_by_the_exporter(kind):
    content = np.zeros((3, 4))
    fill(kind(content[:, ::2]), 2.5)
    assert content[:, ::2].min() == 2.5 and content[:, 1::2].max() == 0


def test_what_is_read_only_stays_so():
    content = np.ones(3)
    content.flags.writeable = False
    for lent in (Interface(content), Tensor(content), OldTensor(np.ones(3)), pa.array([1.0, 1.0, 1.0])):
        assert total(lent) == 3
        with pytest.raises(ValueError, match="read-only"):
            fill(lent, 1.0)


def test_numbers_without_axes():
    assert same(Tensor(np.array(2.5))) == 2.5


@pytest.mark.parametrize("dtype", DTYPES)
def test_arrow_arrays(dtype):
    numbers = pa.array(np.arange(10).astype(dtype))
    assert same(numbers).dtype == dtype
    assert where(same(numbers)) == numbers.buffers()[1].address
    part = numbers.slice(3, 4)
    np.testing.assert_array_equal(same(part), [3, 4, 5, 6])
    assert where(same(part)) == numbers.buffers()[1].address + 3 * np.dtype(dtype).itemsize
    assert same(numbers.slice(0, 0)).shape == (0,)


def test_dates_of_arrow():
    @jit
    def last(a):
        return a.max()

    stamps = np.array(["2024-05-01", "2023-01-01"], "datetime64[us]")
    assert last(pa.array(stamps)) == stamps.max()
    assert last(pa.array(stamps.astype("datetime64[ms]"))) == stamps.max()
    spans = np.array([5, 7], "timedelta64[ns]")
    assert last(pa.array(spans)) == spans.max()
    assert last(pa.array(stamps.astype("datetime64[D]"), pa.date64())) == stamps.astype("datetime64[D]").max()


def test_nulls_are_counted_where_they_are_not_known():
    numbers = pa.array([1, None, 3, None, 5])
    with pytest.raises(TypeError, match=r"argument 'a' of total\(\): pyarrow.lib.Int64Array has 2 nulls"):
        total(numbers)
    # A part whose nulls nobody has counted yet.
    assert total(numbers.slice(2, 1)) == 3
    with pytest.raises(TypeError, match="has 1 null, "):
        total(numbers.slice(2, 2))
    assert total(numbers.fill_null(0)) == 9


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (pa.array([True, False]), "packed in bits"),
        (pa.array(["a", "b"]), "elements that aren't numbers"),
        (pa.array([[1], [2]]), "is nested"),
        (pa.array([{"a": 1}]), "is nested"),
        (pa.array(["a", "b", "a"]).dictionary_encode(), "encoded by a dictionary"),
        (pa.record_batch({"a": [1]}), "is nested"),
        (pa.array([1.0], pa.float16()), "half precision"),
        (pa.chunked_array([[1], [2]]), "pass x.to_numpy()"),
        (Tensor(np.ones(3), (2, 0)), "lies on a CUDA device"),
        (Tensor(np.ones(3), (99, 0)), "device 99 of DLPack"),
        (Tensor(np.array([1, 2], ">i4")), "doesn't lend its memory"),
        (Tensor(np.array(["a"])), "doesn't lend its memory"),
        (Interface(np.ones(2, np.longdouble)), "long double"),
        ((1, Tensor(np.ones(3), (2, 0))), "item 1 of the tuple: .*lies on a CUDA device"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)  # fmt: skip
def test_what_would_be_a_copy_is_refused(value, words):
    with pytest.raises(TypeError, match=r"argument 'a' of same\(\): .*" + words):
        same(value)


def test_an_interface_that_copies_is_refused():
    class Image:
        @property
        def __array_interface__(self):
            return {"data": bytes(3), "shape": (3,), "typestr": "|u1", "version": 3}

    with pytest.raises(TypeError, match="gives a copy of its memory"):
        same(Image())


def test_an_exporter_that_refuses_is_quoted():
    class Grad(Tensor):
        def __dlpack__(self, **keywords):
            raise BufferError("Can't export tensors that require gradient, use tensor.detach()")

    with pytest.raises(TypeError, match=r"Grad doesn't lend its memory \(Can't export tensors that require gradient"):
        same(Grad(np.ones(3)))


def test_arrays_of_ctypes():
    doubles = (ctypes.c_double * 4)(1.0, 2.0, 3.0, 4.0)
    assert total(doubles) == 10 and type(total(doubles)) is np.float64
    assert where(same(doubles)) == ctypes.addressof(doubles)
    fill(doubles, 0.5)
    assert list(doubles) == [0.5] * 4
    grid = (ctypes.c_int32 * 3 * 2)((1, 2, 3), (4, 5, 6))
    assert same(grid).shape == (2, 3) and same(grid).dtype == np.int32
    assert total(grid) == 21
    assert same((ctypes.c_bool * 2)(True, False)).dtype == bool

    class Point(ctypes.Structure):
        _fields_ = [("x", ctypes.c_double)]

    with pytest.raises(TypeError, match="can't be passed to compiled code"):
        same(Point(1.0))
    with pytest.raises(TypeError, match="can't be passed to compiled code"):
        same(ctypes.c_double(1.0))


def test_mapped_memory(tmp_path):
    file = tmp_path / "numbers"
    file.write_bytes(bytes(range(200)))
    with file.open("r+b") as opened, mmap.mmap(opened.fileno(), 0) as mapped:
        assert total(mapped) == sum(range(200)) % 256
        fill(mapped, 7)
    assert set(file.read_bytes()) == {7}
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        with pytest.raises(ValueError, match="read-only"):
            fill(mapped, 0)


def test_buffers_of_arrow():
    assert total(pa.py_buffer(b"abc")) == (97 + 98 + 99) % 256


def test_in_tuples_and_stars():
    @jit
    def both(pair, *rest, **named):
        return pair[0].sum() + pair[1] + rest[0][0] + rest[1].sum() + named["c"].sum()

    t = Tensor(np.ones(3))
    assert both((t, 1.0), t, pa.array([2.0]), c=Interface(np.full(2, 10.0))) == 3 + 1 + 1 + 2 + 20


def test_with_signatures_and_keywords():
    @jit("float64(float64[:], int64)")
    def at(a, i):
        return a[i]

    assert at(Tensor(np.array([1.0, 2.0])), i=1) == 2
    with pytest.raises(TypeError, match="no signature"):
        at(Tensor(np.array([1, 2])), i=1)


def test_the_exporter_lives_as_long_as_what_refers_to_it():
    @jit
    def tail(a):
        return a[1:]

    @jit
    def each(a):
        for x in a:
            yield x

    for make in (Tensor, Interface):
        content = np.arange(3.0)
        watch, lent = weakref.ref(content), make(content)
        result, items = tail(lent), each(lent)
        del content, lent
        gc.collect()
        assert list(result) == [1, 2] and list(items) == [0, 1, 2]
        assert watch() is not None
        del result, items
        gc.collect()
        assert watch() is None
    numbers = pa.array(np.arange(1000.0))
    result = tail(numbers)
    before = pa.total_allocated_bytes()
    del numbers
    gc.collect()
    assert result.sum() == 499500
    del result
    gc.collect()
    assert pa.total_allocated_bytes() <= before


def test_nothing_is_exported_after_the_call():
    numbers = bytearray(8)
    lent = (ctypes.c_uint8 * 8).from_buffer(numbers)
    assert total(lent) == 0
    del lent
    gc.collect()
    numbers.append(1)


def test_typeof():
    assert cumbia.typeof(Tensor(np.ones((2, 2)))) == cumbia.typeof(np.ones((2, 2)))
    assert "readonly" in cumbia.typeof(pa.array([1.0])) or cumbia.typeof(pa.array([1.0])) != cumbia.typeof(np.ones(1))
    with pytest.raises(TypeError):
        cumbia.typeof(pa.array(["a"]))


def test_python_buffers_keep_python_numbers():
    assert type(jit(lambda b: b[0])(array.array("d", [1.0]))) is float
