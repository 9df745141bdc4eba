"""Arrays on a device that libraries lend each other: DLPack and ``__cuda_array_interface__``."""

from __future__ import annotations

import gc
import sys
import weakref

import numpy as np
import pytest
from cumbia import cuda
from cumbia._cumbia import DeviceMemory
from cumbia.cuda import _dlpack


@pytest.fixture(autouse=True)
def others_are_forgotten(standin):
    """Who has met streams of others waits more often, in later tests too."""
    yield
    cuda.close()


@cuda.jit
def doubled(x):
    i = cuda.grid(1)
    if i < x.size:
        x[i] *= 2


def memory_of(array):
    """What owns the elements of an array on the device."""
    base = array._array
    while not isinstance(base, DeviceMemory):
        base = base.obj if isinstance(base, memoryview) else base.base
    return base


class Tensor:
    """Another library's array on a device, which lends an array of ours."""

    def __init__(self, array, where=None, versions=True):
        self.array, self.where, self.versions = array, where, versions
        self.asked = []

    def __dlpack__(self, **keywords):
        if not self.versions and set(keywords) - {"stream"}:
            raise TypeError("__dlpack__() got an unexpected keyword argument")
        self.asked.append(keywords)
        if isinstance(self.array, np.ndarray):
            return self.array.__dlpack__()
        return self.array.__dlpack__(**keywords)

    def __dlpack_device__(self):
        return self.where or self.array.__dlpack_device__()


@pytest.mark.parametrize("versions", [True, False])
@pytest.mark.parametrize("dtype", ["f4", "f8", "i1", "u8", "c16", "?"])
def test_there_and_back(dtype, versions):
    host = np.arange(24).reshape(4, 6).astype(dtype)
    device = cuda.to_device(host)
    assert device.__dlpack_device__() == (2, 0)
    for view, wanted in [
        (device, host), (device.T, host.T), (device[1:3, ::2], host[1:3, ::2]),
        (device[0, 0:0], host[0, 0:0]), (device[2], host[2]),
    ]:
        taken = cuda.from_dlpack(Tensor(view, versions=versions))
        assert type(taken) is cuda.DeviceNDArray
        assert (taken.shape, taken.dtype, taken._device) == (wanted.shape, wanted.dtype, 0)
        if wanted.size:
            assert taken.device_pointer == view.device_pointer
            assert taken.strides == view.strides
        assert np.array_equal(taken.copy_to_host(), wanted)
    assert cuda.from_dlpack(device) is device


class OfBfloats(Tensor):
    """One whose elements of 16 bits are bfloat16, as PyTorch says it."""

    def __dlpack__(self, **keywords):
        capsule = super().__dlpack__(**keywords)
        _dlpack._inside(capsule).tensor.code = 4
        return capsule


@pytest.mark.parametrize("versions", [True, False])
def test_bfloats_there_and_back(versions):
    bfloat16 = np.dtype(pytest.importorskip("ml_dtypes").bfloat16)
    host = np.arange(24).reshape(4, 6).astype(bfloat16)
    bits = cuda.to_device(host.view(np.uint16))
    taken = cuda.from_dlpack(OfBfloats(bits[1:, ::2], versions=versions))
    assert taken.dtype == bfloat16 and taken.device_pointer == bits[1:, ::2].device_pointer
    assert np.array_equal(taken.copy_to_host(), host[1:, ::2])
    doubled[1, 6](cuda.from_dlpack(OfBfloats(bits[0], versions=versions)))
    assert np.array_equal(bits.copy_to_host().view(bfloat16)[0], host[0] * bfloat16.type(2))
    # Ours say so as well, and other libraries take them.
    tensor = _dlpack._inside(taken.__dlpack__()).tensor
    assert (tensor.kind, tensor.code, tensor.bits, tensor.lanes) == (2, 4, 16, 1)
    again = cuda.from_dlpack(Tensor(taken, versions=versions))
    assert again.dtype == bfloat16 and np.array_equal(again.copy_to_host(), host[1:, ::2])


def test_bfloats_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    bits = cuda.to_device(np.zeros(4, np.uint16))
    with pytest.raises(BufferError, match="need the package ml_dtypes"):
        cuda.from_dlpack(OfBfloats(bits))
    assert cuda.from_dlpack(Tensor(bits)).dtype == np.uint16


def test_elements_are_shared_and_kept():
    device = cuda.to_device(np.arange(8.0))
    memory = weakref.ref(memory_of(device))
    taken = cuda.from_dlpack(Tensor(device))
    address = device.device_pointer
    del device
    gc.collect()
    doubled[1, 8](taken)
    assert taken.device_pointer == address
    assert np.array_equal(taken.copy_to_host(), 2 * np.arange(8.0))
    del taken
    gc.collect()
    assert memory() is None
    # A capsule that nobody takes keeps nothing for longer than it lives.
    device = cuda.to_device(np.arange(8.0))
    capsule = device.__dlpack__()
    memory = weakref.ref(memory_of(device))
    del device, capsule
    gc.collect()
    assert memory() is None


def test_a_tensor_as_an_argument():
    device = cuda.to_device(np.arange(8.0))
    doubled[1, 8](Tensor(device))
    assert np.array_equal(device.copy_to_host(), 2 * np.arange(8.0))


def test_streams(standin):
    device = cuda.to_device(np.arange(8.0))
    tensor = Tensor(device)
    cuda.from_dlpack(tensor)
    cuda.from_dlpack(tensor, stream=-1)
    stream = cuda.stream()
    cuda.from_dlpack(tensor, stream=stream)
    assert [asked["stream"] for asked in tensor.asked] == [1, -1, stream.handle]
    standin.calls()
    for quiet in (None, 1, -1):
        device.__dlpack__(stream=quiet)
    assert not any(call.startswith("cuStreamWaitEvent") for call in standin.calls())
    device.__dlpack__(stream=stream.handle)
    assert [call.split("(")[0] for call in standin.calls() if "Event" in call][:3] == [
        "cuEventCreate", "cuEventRecord", "cuStreamWaitEvent"
    ]
    with pytest.raises(ValueError, match="stream=0"):
        device.__dlpack__(stream=0)


def test_copies_and_other_devices():
    host = np.arange(12.0).reshape(3, 4)
    device = cuda.to_device(host)

    class Copied(Tensor):
        def __dlpack__(self, **keywords):
            return self.array.__dlpack__(**keywords, copy=True)

    apart = cuda.from_dlpack(Copied(device.T))
    assert apart.device_pointer != device.device_pointer
    assert np.array_equal(apart.copy_to_host(), host.T)
    assert device.__dlpack__(dl_device=(2, 0)) is not None
    with pytest.raises(BufferError, match="copy_to_host"):
        device.__dlpack__(dl_device=(1, 0))


def test_what_is_not_taken():
    host = np.arange(3.0)
    with pytest.raises(BufferError, match=r"ndarray is in the processor's memory; .*to_device"):
        cuda.from_dlpack(host)
    for number, said in [(3, "pinned memory"), (10, "ROCm"), (77, "device 77 of DLPack")]:
        with pytest.raises(BufferError, match=said):
            cuda.from_dlpack(Tensor(host, (number, 0)))
    with pytest.raises(TypeError, match="takes an object with __dlpack__, not list"):
        cuda.from_dlpack([1, 2])
    device = cuda.to_device(host)
    capsule = device.__dlpack__()

    class Stale:
        def __dlpack__(self, **_):
            return capsule

        def __dlpack_device__(self):
            return 2, 0

    cuda.from_dlpack(Stale())
    with pytest.raises(TypeError, match="that somebody has taken"):
        cuda.from_dlpack(Stale())
    # DLPack has no such elements.
    with pytest.raises(BufferError):
        cuda.to_device(np.zeros(2, [("a", "i4")])).__dlpack__()
    with pytest.raises(TypeError):
        cuda.to_device(np.zeros(2, "M8[s]")).__dlpack__(max_version="1")


def test_elements_that_are_only_read():
    frozen = cuda.to_device(np.arange(4.0))
    frozen._array.flags.writeable = False
    # Only a capsule with a version says so.
    with pytest.raises(BufferError):
        frozen.__dlpack__()
    taken = cuda.from_dlpack(Tensor(frozen))
    assert not taken._array.flags.writeable
    assert np.array_equal(taken.copy_to_host(), np.arange(4.0))
    assert frozen.__cuda_array_interface__["data"][1] is True

    class Theirs:
        __cuda_array_interface__ = frozen.__cuda_array_interface__

    assert not cuda.as_cuda_array(Theirs())._array.flags.writeable


class Told:
    def __init__(self, **told):
        self.__cuda_array_interface__ = told


def test_the_array_interface(standin, monkeypatch):
    device = cuda.to_device(np.arange(24.0).reshape(4, 6))
    told = device.__cuda_array_interface__
    assert told["version"] == 3 and told["strides"] is None and told["stream"] == 1
    assert device.T.__cuda_array_interface__["strides"] == (8, 48)
    assert device[::-1].__cuda_array_interface__["data"][0] == told["data"][0] + 3 * 48
    assert cuda.device_array((0, 3)).__cuda_array_interface__["data"] == (0, False)
    back = cuda.as_cuda_array(Told(**device[::-1, ::2].__cuda_array_interface__))
    assert np.array_equal(back.copy_to_host(), np.arange(24.0).reshape(4, 6)[::-1, ::2])
    records = np.zeros(3, [("a", "i4"), ("b", "f8")])
    there = cuda.to_device(records)
    taken = cuda.from_cuda_array_interface(there.__cuda_array_interface__, owner=there)
    assert taken.dtype == records.dtype
    with pytest.raises(NotImplementedError, match="masked"):
        cuda.as_cuda_array(Told(**told, mask=device))
    with pytest.raises(ValueError, match="stream 0"):
        cuda.as_cuda_array(Told(**dict(told, stream=0)))
    # What another stream does is waited for, unless that is said not to matter.
    stream = cuda.stream()
    standin.calls()
    theirs = Told(**dict(told, stream=stream.handle))
    cuda.as_cuda_array(theirs)
    assert any(call.startswith("cuStreamSynchronize") for call in standin.calls())
    cuda.as_cuda_array(theirs, sync=False)
    monkeypatch.setenv("NUMBA_CUDA_ARRAY_INTERFACE_SYNC", "0")
    cuda.as_cuda_array(theirs)
    cuda.as_cuda_array(Told(**dict(told, stream=None)))
    assert not any(call.startswith("cuStreamSynchronize") for call in standin.calls())


@cuda.jit
def prints(x):
    i = cuda.grid(1)
    print("x", i, x[i])


def test_what_kernels_print(standin, capsys):
    x = cuda.to_device(np.array([1.5, 2.5], np.float32))
    prints[1, 2](x)
    cuda.synchronize()
    assert capsys.readouterr().out == "x 0 1.500000\nx 1 2.500000\n"
