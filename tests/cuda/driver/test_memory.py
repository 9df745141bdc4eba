"""Memory of a device: arrays, copies of every geometry, memory that both sides reach."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from cumbia import cuda

pytestmark = pytest.mark.usefixtures("standin")
RNG = np.random.default_rng(10)

VIEWS = {
    "whole": lambda a: a,
    "rows": lambda a: a[2:5],
    "every second": lambda a: a[::2],
    "backwards": lambda a: a[::-1],
    "columns": lambda a: a[:, 1:4],
    "every third column": lambda a: a[:, ::3],
    "both": lambda a: a[1::2, ::-2],
    "turned": lambda a: a.T,
    "turned part": lambda a: a.T[1:3, ::-1],
    "one column": lambda a: a[:, 2],
    "with a new axis": lambda a: a[:, None, ::2],
    "nothing": lambda a: a[3:3],
}


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.int8, np.float32, np.complex128])
@pytest.mark.parametrize("name", VIEWS)
def test_copies_of_views(name, dtype, order):
    view = VIEWS[name]
    host = np.asarray(RNG.integers(0, 99, (7, 9)).astype(dtype), order=order)
    device = cuda.to_device(host)
    assert device.strides == host.strides
    there = device[()] if name == "whole" else None
    part = {"turned": lambda: device.T, "turned part": lambda: device.T[1:3, ::-1]}.get(
        name, lambda: device if there is not None else view_of(device, name)
    )()
    assert np.array_equal(part.copy_to_host(), view(host))
    # Into an array of any layout.
    for back in (np.empty(part.shape, dtype), np.empty(part.shape, dtype, "F"),
                 np.empty((*part.shape, 2), dtype)[..., 0]):
        part.copy_to_host(back)
        assert np.array_equal(back, view(host))
    # And there, where the rest stays as it was.
    new = RNG.integers(0, 99, part.shape).astype(dtype)
    part.copy_to_device(new)
    wanted = host.copy(order="K")
    view(wanted)[...] = new
    assert np.array_equal(device.copy_to_host(), wanted)
    part.copy_to_device(cuda.to_device(np.asfortranarray(new + dtype(1))))
    view(wanted)[...] = new + dtype(1)
    assert np.array_equal(device.copy_to_host(), wanted)


def view_of(device, name):
    keys = {
        "rows": np.s_[2:5], "every second": np.s_[::2], "backwards": np.s_[::-1],
        "columns": np.s_[:, 1:4], "every third column": np.s_[:, ::3],
        "both": np.s_[1::2, ::-2], "one column": np.s_[:, 2],
        "with a new axis": np.s_[:, None, ::2], "nothing": np.s_[3:3],
    }
    return device[keys[name]]


def test_three_axes():
    host = RNG.random((4, 5, 6))
    device = cuda.to_device(host)
    steps = [np.s_[:], np.s_[::2], np.s_[::-1], np.s_[1:3]]
    for key in itertools.product(steps, repeat=3):
        for axes in ((0, 1, 2), (2, 0, 1)):
            part = device[key].transpose(axes)
            assert np.array_equal(part.copy_to_host(), host[key].transpose(axes))


def test_how_copies_are_made(standin):
    device = cuda.to_device(np.zeros((100, 50)))
    standin.calls()
    device[:, :10].copy_to_host()
    device[::2].copy_to_host()
    device[3].copy_to_host()
    device[:, 1].copy_to_host()
    calls = [call for call in standin.calls() if call.startswith("cuMemcpy")]
    assert calls == [
        "cuMemcpy2DAsync_v2(80 x 100 in 0)", "cuMemcpy2DAsync_v2(400 x 50 in 0)",
        "cuMemcpyDtoHAsync_v2(400 in 0)", "cuMemcpy2DAsync_v2(8 x 100 in 0)",
    ]


def test_elements():
    device = cuda.to_device(np.arange(12, dtype=np.int32).reshape(3, 4))
    assert device[1, 2] == 6 and type(device[1, 2]) is np.int32
    assert device[-1, -1] == 11
    device[0, 0] = 99
    device[2] = 5
    device[:, 3] = np.array([1, 2, 3])
    device[1, :2] = cuda.to_device(np.array([7, 8], np.int32))
    wanted = np.arange(12, dtype=np.int32).reshape(3, 4)
    wanted[0, 0], wanted[2], wanted[:, 3], wanted[1, :2] = 99, 5, [1, 2, 3], [7, 8]
    assert np.array_equal(device.copy_to_host(), wanted)
    with pytest.raises(IndexError):
        device[3, 0]
    assert np.array_equal(np.asarray(device), wanted)
    with pytest.raises(ValueError, match="incompatible shape"):
        device.copy_to_host(np.empty((4, 3), np.int32))
    with pytest.raises(TypeError, match="incompatible dtype"):
        device.copy_to_device(np.empty((3, 4)))


def test_geometry():
    device = cuda.to_device(np.arange(24.0))
    assert np.array_equal(device.reshape(2, 3, 4).copy_to_host(), np.arange(24.0).reshape(2, 3, 4))
    assert np.array_equal(device.view(np.int64).copy_to_host(), np.arange(24.0).view(np.int64))
    assert [len(part) for part in device.split(10)] == [10, 10, 4]
    with pytest.raises(NotImplementedError, match="needs a copy"):
        device.reshape(4, 6).T.reshape(-1)
    strided = cuda.device_array((3, 4), np.float32, strides=(32, -4))
    assert strided.strides == (32, -4) and not strided.is_c_contiguous()
    strided.copy_to_device(np.arange(12, dtype=np.float32).reshape(3, 4))
    assert np.array_equal(strided.copy_to_host(), np.arange(12).reshape(3, 4))
    scalar = cuda.to_device(np.float64(3.5))
    assert scalar.shape == () and scalar.copy_to_host() == 3.5 and scalar[()] == 3.5
    scalar[()] = 4
    assert scalar.copy_to_host() == 4
    with pytest.raises(TypeError, match="Python's objects"):
        cuda.to_device(np.array([object()]))


def test_pinned_memory(standin):
    pinned = cuda.pinned_array((4, 5), np.float32)
    pinned[...] = 7
    assert type(pinned) is np.ndarray
    stream = cuda.stream()
    device = cuda.to_device(pinned, stream)
    # The copy is still to come: it sees what is written now.
    pinned[...] = 8
    stream.synchronize()
    assert (device.copy_to_host() == 8).all()
    device.copy_to_host(pinned, stream)
    pinned[...] = 3
    stream.synchronize()
    assert (pinned == 8).all()
    calls = standin.calls()
    assert "cuMemHostAlloc(80 0)" in calls
    array = np.arange(10.0)
    with cuda.pinned(array):
        device = cuda.to_device(array, stream)
        array[0] = 42
        stream.synchronize()
    assert device.copy_to_host()[0] == 42
    assert [c.split("(")[0] for c in standin.calls() if "Host" in c and "Dto" not in c] == [
        "cuMemHostRegister_v2", "cuMemHostUnregister"
    ]


@cuda.jit
def doubled(x):
    i = cuda.grid(1)
    if i < x.size:
        x[i] *= 2


def test_memory_of_both_sides(standin):
    for make in (cuda.mapped_array, cuda.managed_array):
        array = make(10, np.float64)
        array[...] = np.arange(10.0)
        doubled[1, 16](array)
        cuda.synchronize()
        assert np.array_equal(array, 2 * np.arange(10.0))
        doubled[1, 16](array[::-2])
        cuda.synchronize()
        wanted = 2 * np.arange(10.0)
        wanted[::-2] *= 2
        assert np.array_equal(array, wanted)
        assert not any(call.startswith("cuMemcpy") for call in standin.calls())
        # A result of it has memory of its own, and is copied.
        other = array + 1
        assert other.on_device() is None
    array = np.arange(6.0)
    with cuda.mapped(array[1:]) as there:
        doubled[1, 8](there)
        cuda.synchronize()
    assert np.array_equal(array, [0, 2, 4, 6, 8, 10])


def test_other_libraries_arrays():
    mine = cuda.to_device(np.arange(12.0).reshape(3, 4))

    class Theirs:
        __cuda_array_interface__ = mine[:, ::2].__cuda_array_interface__

    theirs = cuda.as_cuda_array(Theirs())
    assert cuda.is_cuda_array(Theirs()) and theirs.shape == (3, 2)
    assert np.array_equal(theirs.copy_to_host(), np.arange(12.0).reshape(3, 4)[:, ::2])
    doubled[1, 16](cuda.as_cuda_array(mine.ravel()))

    class Row:
        __cuda_array_interface__ = mine[1].__cuda_array_interface__

    doubled[1, 8](Row())
    wanted = 2 * np.arange(12.0).reshape(3, 4)
    wanted[1] *= 2
    assert np.array_equal(mine.copy_to_host(), wanted)
    with pytest.raises(TypeError):
        cuda.as_cuda_array(np.zeros(3))


def test_memory_runs_out(standin):
    free, total = cuda.current_context().get_memory_info()
    assert free <= total
    with pytest.raises(MemoryError, match="out of memory") as seen:
        cuda.device_array(1 << 40, np.uint8)
    assert isinstance(seen.value, cuda.CudaMemoryError) and seen.value.code == 2
    # Once is no failure: what can be given back is, and it is tried again.
    standin.calls()
    standin.fail("cuMemAllocAsync", 2)
    with pytest.raises(MemoryError):
        cuda.device_array(4)
    standin.fail("cuMemAllocAsync", 0)
    assert [c.split("(")[0] for c in standin.calls()] == [
        "cuMemAllocAsync", "cuCtxSynchronize", "cuMemPoolTrimTo", "cuMemAllocAsync"
    ]
    assert cuda.device_array(4).shape == (4,)
    with pytest.raises((MemoryError, ValueError)):
        cuda.device_array(1 << 62, np.float64)
    with pytest.raises(ValueError, match="negative"):
        cuda.device_array(-1)
