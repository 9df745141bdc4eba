"""What goes wrong: in threads of kernels, in functions of the driver, and where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback

import numpy as np
import pytest
from cumbia import cuda


@cuda.jit(device=True)
def element(x, i):
    return x[i]


@cuda.jit
def reads(x, out, at):
    i = cuda.grid(1)
    out[i] = element(x, i + at)


@cuda.jit
def divides(x, by):
    i = cuda.grid(1)
    if i < x.size:
        x[i] = i // by


class Odd(Exception):
    pass


@cuda.jit
def raises(x, which):
    if cuda.grid(1) == 5:
        if which == 0:
            raise ValueError("the fifth")
        raise Odd


@pytest.mark.usefixtures("standin")
class TestThreads:
    """Exceptions of threads."""

    def test_index(self, standin):
        x, out = cuda.to_device(np.zeros(10)), cuda.to_device(np.zeros(16))
        reads[2, 8](x, out, 0)
        with pytest.raises(IndexError, match="index 10 is out of bounds for axis 0") as seen:
            cuda.synchronize()
        frames = traceback.extract_tb(seen.value.__traceback__)
        assert [frame.line for frame in frames][-2:] == [
            "out[i] = element(x, i + at)", "return x[i]"
        ]
        assert seen.value.__notes__ == ["in thread (2, 0, 0) of block (1, 0, 0) of the grid"]
        # It is told once, and the device goes on.
        cuda.synchronize()
        reads[1, 8](x, out, 2)
        cuda.synchronize()

    @pytest.mark.parametrize("how", ["copy", "stream", "event", "host array"])
    def test_who_tells(self, how):
        x = cuda.to_device(np.zeros(4, np.int64))
        stream = cuda.stream()
        if how == "host array":
            with pytest.raises(ZeroDivisionError):
                divides[1, 4](np.zeros(4, np.int64), 0)
            return
        divides[1, 4, stream](x, 0)
        event = cuda.event()
        event.record(stream)
        waits = {"copy": x.copy_to_host, "stream": stream.synchronize, "event": event.synchronize}
        with pytest.raises(ZeroDivisionError, match="by zero") as seen:
            waits[how]()
        assert "thread (0, 0, 0)" in seen.value.__notes__[0]
        assert traceback.extract_tb(seen.value.__traceback__)[-1].line == "x[i] = i // by"

    @pytest.mark.filterwarnings("ignore::cumbia.errors.CumbiaPerformanceWarning")
    def test_what_was_written_before(self):
        x = np.zeros(8)
        with pytest.raises(IndexError):
            reads[1, 16](np.ones(8), x, 0)
        assert np.array_equal(x, np.ones(8))

    def test_classes(self):
        x = cuda.to_device(np.zeros(8))
        raises[1, 8](x, 0)
        with pytest.raises(ValueError, match="^the fifth"):
            cuda.synchronize()
        raises[1, 8](x, 1)
        with pytest.raises(Odd):
            cuda.synchronize()

    def test_of_several_kernels(self):
        x, out = cuda.to_device(np.zeros(4)), cuda.to_device(np.zeros(8))
        n = cuda.to_device(np.zeros(4, np.int64))
        reads[1, 8](x, out, 0)
        divides[1, 4](n, 0)
        seen = set()
        for _ in range(2):
            with pytest.raises((IndexError, ZeroDivisionError)) as one:
                cuda.synchronize()
            seen.add(one.type)
        assert seen == {IndexError, ZeroDivisionError}
        cuda.synchronize()


@pytest.mark.usefixtures("standin")
class TestDriver:
    """Functions of the driver that fail."""

    @pytest.mark.parametrize(("function", "status", "name"), [
        ("cuMemcpyHtoDAsync_v2", 1, "CUDA_ERROR_INVALID_VALUE"),
        ("cuMemcpyHtoDAsync_v2", 999, "CUDA_ERROR_UNKNOWN"),
        ("cuMemcpyHtoDAsync_v2", 4242, "an error"),
    ])
    def test_copies(self, standin, function, status, name):
        standin.fail(function, status)
        with pytest.raises(cuda.CudaAPIError, match=f"{function} failed with {name}") as seen:
            cuda.to_device(np.zeros(4))
        standin.fail(function, 0)
        assert (seen.value.function, seen.value.code) == (function, status)
        cuda.to_device(np.zeros(4))

    def test_launches(self, standin):
        x = cuda.to_device(np.zeros(4, np.int64))
        divides[1, 4](x, 1)
        standin.fail("cuLaunchKernel", 1)
        with pytest.raises(cuda.CudaAPIError, match="CUDA_ERROR_INVALID_VALUE"):
            divides[1, 4](x, 1)
        standin.fail("cuLaunchKernel", 700)
        with pytest.raises(cuda.CudaAPIError, match="a kernel that ran before"):
            divides[1, 4](x, 1)
        standin.fail("cuLaunchKernel", 0)
        divides[1, 4](x, 1)
        assert np.array_equal(x.copy_to_host(), np.arange(4))

    def test_assembly(self, standin):
        @cuda.jit
        def kernel(x):
            x[0] = 1

        x = cuda.to_device(np.zeros(1))
        standin.fail("cuLinkAddData_v2", 218)
        with pytest.raises(cuda.CudaAPIError, match="line 7; error   : the stand-in"):
            kernel[1, 1](x)
        standin.fail("cuLinkAddData_v2", 222)
        with pytest.raises(cuda.CudaAPIError, match="too old for the assembly of this device"):
            kernel[1, 1](x)
        standin.fail("cuLinkAddData_v2", 0)
        kernel[1, 1](x)
        assert x.copy_to_host()[0] == 1

    def test_a_lost_device(self, standin):
        x = cuda.to_device(np.zeros(4, np.int64))
        divides[1, 4](x, 1)
        standin.fail("cuCtxSynchronize", 719)
        with pytest.raises(cuda.CudaAPIError, match="does nothing more for this process"):
            cuda.synchronize()
        standin.fail("cuCtxSynchronize", 0)

    def test_closing(self, standin):
        x = cuda.to_device(np.zeros(4, np.int64))
        divides[1, 4](x, 1)
        launch = divides[1, 4].bind(x, 1)
        cuda.close()
        with pytest.raises(cuda.CudaAPIError, match="closed"):
            launch()
        # Everything is made anew.
        y = cuda.to_device(np.zeros(4, np.int64))
        divides[1, 4](y, 1)
        assert np.array_equal(y.copy_to_host(), np.arange(4))


SCRIPT = """
import sys
from cumbia import cuda
import numpy as np
assert "cuda_standin" not in open("/proc/self/maps").read()

@cuda.jit
def kernel(x):
    x[0] = 1

print(cuda.is_available())
cuda.detect()
try:
    kernel[1, 1](np.zeros(1))
except cuda.CudaSupportError as error:
    print(error)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")
@pytest.mark.parametrize(("settings", "said"), [
    ({"STANDIN_DEVICES": "0"}, "the NVIDIA driver finds no device"),
    ({"STANDIN_FAIL": "cuInit=100"}, "the NVIDIA driver finds no device"),
    ({"STANDIN_VERSION": "10020"}, "the NVIDIA driver is too old: it is one for CUDA 10.2"),
    ({"STANDIN_FAIL": "cuInit=803"},
     "the NVIDIA driver can't begin: cuInit failed with CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"),
    ({"STANDIN_FAIL": "cuDeviceGetCount=999"}, "can't begin: cuDeviceGetCount failed"),
    ({"CUMBIA_CUDA_DRIVER": "/nonexistent/libcuda.so"},
     "the driver that CUMBIA_CUDA_DRIVER names, /nonexistent/libcuda.so, can't be loaded"),
    ({"CUMBIA_CUDA_DRIVER": "libc.so.6"}, "the NVIDIA driver is too old: it has no cuInit"),
])
def test_no_driver(library, settings, said, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    env = dict(os.environ, CUMBIA_CUDA="driver", CUMBIA_CUDA_DRIVER=library) | settings
    done = subprocess.run(
        [sys.executable, script], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    first, second, third = done.stdout.splitlines()
    assert first == "False"
    assert said in second and said in third and "CUMBIA_CUDA=emulate" in third


@pytest.mark.parametrize("settings", [{}, {"STANDIN_POOLS": "0"}, {"STANDIN_DEVICES": "2"}])
def test_devices(library, settings):
    script = """
from cumbia import cuda
import numpy as np
print(cuda.is_available(), len(cuda.gpus), cuda.is_supported_version())
device = cuda.get_current_device()
print(device.name, device.compute_capability, device.id, device.uuid, device.WARP_SIZE)
x = cuda.to_device(np.arange(5))
print(x.copy_to_host().tolist(), x._device)
if len(cuda.gpus) > 1:
    with cuda.gpus[1]:
        y = cuda.to_device(np.arange(3))
        print(y._device, cuda.get_current_device().name)
    print(y.copy_to_host().tolist(), cuda.get_current_device().id)
    cuda.select_device(1)
    print(cuda.current_context().device.id)
    try:
        cuda.select_device(2)
    except IndexError as error:
        print(error)
del x
print(cuda.current_context().get_memory_info().total)
"""
    env = dict(os.environ, CUMBIA_CUDA="driver", CUMBIA_CUDA_DRIVER=library) | settings
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    count = int(settings.get("STANDIN_DEVICES", 1))
    assert lines[0] == f"True {count} True"
    assert lines[1] == "Stand-in 0 (8, 0) 0 GPU-30313233-3435-3637-3839-616263646500 32"
    assert lines[2] == "[0, 1, 2, 3, 4] 0"
    if count == 2:
        assert lines[3:7] == ["1 Stand-in 1", "[0, 1, 2] 0", "1", "there is no device 2: there are 2"]
    assert lines[-1] == str(1 << 30)


def test_importing_loads_no_driver(library):
    script = "import cumbia, cumbia.cuda; print('standin' in open('/proc/self/maps').read())"
    if not sys.platform.startswith("linux"):
        pytest.skip("looks at /proc")
    env = dict(os.environ, CUMBIA_CUDA="driver", CUMBIA_CUDA_DRIVER=library)
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
