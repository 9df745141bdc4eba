"""Signatures of structured arrays and their elements: `from_dtype` and `types.Record`."""

import pickle

import numpy as np
import pytest

import cumbia
from cumbia import float64, from_dtype, jit, types, void

POINT = np.dtype([("x", np.float64), ("n", np.int32)])
ALIGNED = np.dtype([("flag", np.int8), ("x", np.float64), ("v", np.float32, (3,))], align=True)


def total(points):
    s = 0.0
    for i in range(len(points)):
        s += points[i]["x"]
        points[i]["x"] = 0.0
    return s


@pytest.mark.parametrize("dtype", [POINT, ALIGNED])
@pytest.mark.parametrize("order", ["A", "C"])
def test_arrays(dtype, order):
    element = from_dtype(dtype)
    compiled = jit(float64(element[:] if order == "A" else element[::1]))(total)
    assert len(compiled.signatures) == 1 and "x: float64" in compiled.signatures[0]
    for points in (np.zeros(6, dtype), np.zeros(0, dtype)):
        points["x"] = np.arange(len(points))
        assert compiled(points) == sum(range(len(points)))
        assert not points["x"].any()
    assert len(compiled.signatures) == 1


def test_views_fit_any_layout():
    compiled = jit(float64(from_dtype(POINT)[:]))(total)
    points = np.ones(7, POINT)
    assert compiled(points[::2]) == 4 and compiled(points[::-1]) == 3
    with pytest.raises(TypeError, match=r"no signature of total\(\) takes"):
        jit(float64(from_dtype(POINT)[::1]))(total)(points[::2])


def test_other_dtypes_are_refused():
    compiled = jit(float64(from_dtype(POINT)[:]))(total)
    with pytest.raises(TypeError, match="no signature") as caught:
        compiled(np.zeros(3, ALIGNED))
    assert "x: float64, n: int32" in str(caught.value)
    readonly = np.zeros(3, POINT)
    readonly.flags.writeable = False
    with pytest.raises(TypeError, match="no signature"):
        compiled(readonly)


def test_elements():
    @jit(float64(from_dtype(POINT)))
    def scaled(point):
        return point["x"] * point["n"]

    points = np.zeros(1, POINT)
    points[0] = (2.5, 4)
    assert scaled(points[0]) == 10


def test_equal_dtypes_are_one():
    again = np.dtype({"names": ["x", "n"], "formats": ["f8", "i4"]})
    assert from_dtype(POINT) == types.Record(again) and hash(from_dtype(POINT)) == hash(types.Record(again))
    assert from_dtype(POINT) != from_dtype(ALIGNED) and from_dtype(POINT)[:] != from_dtype(POINT)[::1]
    assert pickle.loads(pickle.dumps(from_dtype(POINT)[:])) == from_dtype(POINT)[:]


@pytest.mark.parametrize("dtype", [np.bool_, np.int8, "u8", "f2", "f4", complex])
def test_numbers(dtype):
    assert from_dtype(dtype) == getattr(cumbia, "boolean" if dtype is np.bool_ else np.dtype(dtype).name)


@pytest.mark.parametrize("dtype", ["O", ">i4", "U3", "M8[D]"])
def test_what_signatures_have_no_type_for(dtype):
    with pytest.raises(TypeError, match="signatures have no type for the dtype"):
        from_dtype(dtype)


def test_a_record_has_fields():
    with pytest.raises(TypeError, match="a record has fields"):
        types.Record(np.float64)


def test_in_kernels(monkeypatch):
    monkeypatch.setenv("CUMBIA_CUDA", "emulate")
    from cumbia import cuda
    from cumbia.cuda import _launchers

    _launchers.forget()

    @cuda.jit(void(from_dtype(POINT)[:], float64))
    def move(points, step):
        i = cuda.grid(1)
        if i < len(points):
            points[i].x += step

    points = np.zeros(5, POINT)
    move[1, 8](points[::2], 2)
    assert points["x"].tolist() == [2, 0, 2, 0, 2]
    monkeypatch.undo()
    _launchers.forget()
