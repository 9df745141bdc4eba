"""What can't be a kernel is refused by name, with a code, a place and what to do."""

from __future__ import annotations

import functools
import random
import time
from dataclasses import dataclass

import numpy as np
import pytest

from cumbia import CompileError, cuda, float32, jit

TABLE = np.arange(4.0)
NAMES = ["a", "b"]
HALF, HALVES = np.float16(0.5), (np.float16(1.5), 2)


def refused(code, function, signature="void(float64[::1])", **options):
    """Check that a function is refused as a kernel with this code; gives the error's text."""
    with pytest.raises(CompileError) as caught:
        cuda.jit(function, **options).compile(signature)
    assert caught.value.code == code, str(caught.value)
    text = str(caught.value)
    assert "help:" in text, text
    return text


def test_returned_value():
    def kernel(x):
        return x[0]

    assert "the kernel kernel() returns" in refused("CB0703", kernel)


def test_kinds_of_arguments():
    def kernel(x):
        pass

    with pytest.raises(CompileError) as caught:
        cuda.jit(kernel).specialize("text")
    assert caught.value.code == "CB0704"


def test_outside_of_kernels():
    @jit
    def place():
        return cuda.grid(1)

    @jit
    def axis():
        return cuda.threadIdx.x

    @jit
    def memory():
        return cuda.shared.array(4, np.float32)[0]

    for function in (place, axis, memory):
        with pytest.raises(CompileError) as caught:
            function()
        assert caught.value.code == "CB0701"
        assert "@cuda.jit" in str(caught.value)


def test_from_python():
    for call in (
        lambda: cuda.grid(1),
        lambda: cuda.threadIdx.x,
        lambda: cuda.shared.array(3, np.float32),
        lambda: cuda.atomic.add(np.zeros(1), 0, 1),
        cuda.syncthreads,
    ):
        with pytest.raises(RuntimeError, match="is for kernels"):
            call()
    with pytest.raises(AttributeError):
        cuda.threadIdx.w


def test_shapes_of_shared_memory():
    def variable(x):
        cuda.shared.array(x.size, np.float64)[0] = x[0]

    def negative(x):
        cuda.shared.array(-1, np.float64)[0] = x[0]

    def large(x):
        cuda.shared.array((1000, 1000), np.float64)[0, 0] = x[0]

    def no_dtype(x):
        cuda.shared.array(4, 3)[0] = x[0]

    assert "must be known when compiling" in refused("CB0702", variable)
    assert "larger than" in refused("CB0702", large)
    assert "dtype" in refused("CB0702", no_dtype)
    with pytest.raises(CompileError):
        cuda.jit(negative).compile("void(float64[::1])")


def test_global_objects():
    def array(x):
        x[0] = TABLE[0]

    def constant(x):
        table = cuda.const.array_like(TABLE)
        x[0] = table[1]

    def names(x):
        x[0] = len(NAMES)

    assert "cuda.const.array_like" in refused("CB0702", array)
    refused("CB0702", names)
    # Its element is known when the kernel is compiled.
    bits = np.float64(TABLE[1]).view(np.int64)
    assert f", {bits};" in cuda.compile_ptx(constant, "void(float64[::1])")[0]
    code = cuda.jit(constant).compile("void(float64[::1])")
    assert "constant" in code.ir()


def test_host_memory():
    def allocates(x):
        y = np.zeros(3)
        x[0] = y[cuda.threadIdx.x]

    def listed(x):
        items = [1.0, 2.0]
        items.append(x[0])
        x[0] = items[cuda.threadIdx.x]

    def texts(x):
        print(f"x {x[0]}")

    for function in (allocates, listed, texts):
        text = refused("CB0706", function)
        # The place is in this function.
        assert "test_refusals.py" in text


def test_local_arrays_stay():
    @cuda.jit(device=True)
    def made(n):
        own = cuda.local.array(4, np.float64)
        own[0] = n
        return own

    @cuda.jit(device=True)
    def part(n):
        own = cuda.local.array(4, np.float64)
        own[n] = n
        return own[1:] if n else own[:3]

    @cuda.jit(device=True)
    def passed_on(x, n):
        own = cuda.local.array(4, np.float64)
        own[0] = n
        x[0] += own[0]
        return x

    def whole(x):
        x[0] = made(1)[0] + made(2)[0]

    def view(x):
        x[0] = part(1)[0]

    def allowed(x):
        passed_on(x, 2)[1] = 1.0

    for function in (whole, view):
        text = refused("CB0702", function)
        assert "a local array can't be returned" in text and "return own" in text
    x = np.zeros(2)
    cuda.jit(allowed)[1, 1](x)
    assert x.tolist() == [2.0, 1.0]


def test_handlers():
    def kernel(x):
        try:
            x[0] = 1.0 / x[1]
        except ZeroDivisionError:
            x[0] = 0.0

    refused("CB0706", kernel)


def test_shuffled_types():
    def kernel(x):
        x[0] = cuda.shfl_sync(0xFFFFFFFF, x[0], 0)

    refused("CB0705", kernel, "void(complex128[::1])")


def test_kernels_called():
    @cuda.jit
    def kernel(x):
        x[0] = 1.0

    with pytest.raises(ValueError, match="launch configuration was not specified"):
        kernel(np.zeros(1))

    @cuda.jit(device=True)
    def inner(x):
        return x

    with pytest.raises(RuntimeError, match="only kernels call it"):
        inner(1.0)

    def caller(x):
        kernel(x)

    with pytest.raises(CompileError):
        cuda.jit(caller).compile("void(float64[::1])")


def test_launch_configurations():
    @cuda.jit
    def kernel(x):
        x[0] = 1.0

    for configuration in (1, (1,), (1, 2, 3, 4, 5)):
        with pytest.raises(ValueError, match="at least blocks and threads"):
            kernel[configuration]
    for grid, block in ((0, 1), (1, 0), (1, 2048), ((1, 1, 70000), 1), (1, (1, 1, 65))):
        with pytest.raises(cuda.KernelLaunchError):
            kernel[grid, block]
    with pytest.raises(cuda.KernelLaunchError, match="2048 threads"):
        kernel[1, (64, 32)]
    with pytest.raises(TypeError, match="sequence of integers"):
        kernel[1.5, 1]
    with pytest.raises(ValueError, match="1, 2 or 3"):
        kernel[(1, 1, 1, 1), 1]
    with pytest.raises(cuda.KernelLaunchError, match="shared"):
        kernel[1, 1, 0, -1]
    assert kernel[(2, 3), 32].grid == (2, 3, 1)
    with pytest.raises(ValueError, match="negative task count"):
        kernel.forall(-1)
    kernel.forall(0)()


def test_options():
    with pytest.raises(TypeError, match="no option 'fastmth'"):
        cuda.jit(fastmth=True)
    with pytest.raises(ValueError, match="at most 1024"):
        cuda.jit(launch_bounds=2000)
    with pytest.raises(ValueError, match="255"):
        cuda.jit(max_registers=256)
    with pytest.raises(TypeError, match="takes a Python function"):
        cuda.jit(3.5)


def test_signatures():
    def kernel(x):
        x[0] = 1

    with pytest.raises(TypeError, match="names a result"):
        cuda.jit("float64(float64[::1])")(kernel)
    only = cuda.jit("void(float32[::1])")(kernel)
    assert only.signatures == [("array(float32, 1d, C)",)] or len(only.signatures) == 1
    with pytest.raises(ValueError, match="no code for compute capability"):
        cuda.compile_ptx(kernel, "void(float32[::1])", cc=(5, 0))
    assert ".target sm_80" in cuda.compile_ptx(kernel, "void(float32[::1])", cc=(8, 0))[0]
    assert ".target sm_86" in cuda.compile_ptx(kernel, "void(float32[::1])", cc="sm_87")[0]
    assert ".target sm_75" in cuda.compile_ptx(kernel, (float32[::1],))[0]
    with pytest.raises(NotImplementedError, match="no code of its own"):
        cuda.compile_ptx(kernel, "void(float32[::1])", device=True)


def test_no_driver(monkeypatch):
    from cumbia.cuda import _launchers

    @cuda.jit
    def kernel(x):
        x[0] = 1

    monkeypatch.delenv("CUMBIA_CUDA", raising=False)
    monkeypatch.setattr(_launchers, "_no_driver", lambda: "there is no NVIDIA driver here")
    _launchers.forget()
    assert not cuda.is_available()
    with pytest.raises(cuda.CudaSupportError, match="there is no NVIDIA driver here"):
        kernel[1, 1](np.zeros(1))
    monkeypatch.setenv("CUMBIA_CUDA", "nonsense")
    _launchers.forget()
    with pytest.raises(cuda.CudaSupportError, match="'nonsense', not"):
        kernel[1, 1](np.zeros(1))


def texts(x):
    x[0] = len(str(x[0]))


def hashes(x):
    x[0] = hash(x[0])


def reads(x):
    x[0] = float("1.5")


def means(x):
    x[0] = x.mean()


def clocks(x):
    x[0] = time.perf_counter()


def draws(x):
    x[0] = random.random()


def draws_by_numpy(x):
    x[0] = np.random.random()


def multiplies(x):
    x[0] = np.dot(x, x)


def catches(x):
    try:
        x[0] = 1 / x[1]
    except ZeroDivisionError:
        x[0] = 2


@pytest.mark.parametrize("function, what", [
    (texts, "texts and hashes are not made in a kernel"),
    (hashes, "texts and hashes are not made in a kernel"),
    (reads, "texts are not read in a kernel"),
    (means, "a warning isn't given in a kernel"),
    (clocks, "a kernel can't read the host's clock"),
    (draws, "a generator of random numbers is the host's"),
    (draws_by_numpy, "a generator of random numbers is the host's"),
    (multiplies, "linear algebra's routines are the host's"),
    (catches, "an exception is not caught in a kernel"),
])
def test_what_the_host_does_is_told_in_words(function, what):
    text = refused("CB0706", function)
    assert what in text and "`" not in text.splitlines()[0], text


@pytest.mark.parametrize("value", [np.float16(1.5), np.arange(3, dtype=np.float16), (1, np.float16(2))], ids=["number", "array", "tuple"])
def test_half_precision_of_the_module_is_named_on_processors(value):
    @jit
    def use(i):
        return value if i else value

    with pytest.raises(CompileError, match="'value' is of float16: half precision is for kernels"):
        use(1)


class Weights:
    first = np.float16(1.5)


@dataclass
class Point:
    x: float
    weight: object = np.float16(1.5)


@pytest.mark.parametrize("function", [
    lambda x: Weights.first, lambda x: Point(x).x, lambda x, h=Weights.first: x, lambda x: functools.partial(max, HALF)(x),
    lambda x: (x, HALF), lambda x: HALVES[0],
])
def test_half_precision_doesn_t_come_to_processors_by_other_ways(function):
    with pytest.raises((CompileError, TypeError)) as caught:
        jit(function)(1.0)
    assert "internal error" not in str(caught.value)


def test_half_precision_of_the_module_is_constant_in_kernels():
    number, array, both = np.float16(1.5), np.arange(4, dtype=np.float16), (np.float16(0.25), 2)

    @cuda.jit
    def kernel(x):
        i = cuda.grid(1)
        x[i] = cuda.const.array_like(array)[i] * number + both[0]

    x = np.zeros(4, np.float16)
    kernel[1, 4](x)
    assert x.tolist() == [0.25, 1.75, 3.25, 4.75]
