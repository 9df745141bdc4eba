"""Kernels with signatures, specialized or pickled, and what a program asks of them.

Programs for `numba.cuda` are written so; its own tests found what is fixed here
(`python -m tests.peer.cuda`).
"""

import pickle

import numpy as np
import pytest

from cumbia import cuda, float32, float64, int32, int64, void


def _add(out, x, step):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = x[i] + step


@pytest.mark.parametrize(
    "signature",
    [
        "void(float64[:], float64[:], float64)",
        (float64[:], float64[:], float64),
        void(float64[:], float64[:], float64),
    ],
)
@pytest.mark.parametrize("step", [2, 2.5, True, np.int8(2), np.float32(2.5)])
def test_arguments_are_converted(signature, step):
    kernel = cuda.jit(signature)(_add)
    x = np.arange(12.0)
    for view in (x, x[::2], x[::-1], np.asfortranarray(x)):
        out = np.zeros(view.shape)
        kernel[1, 16](out, view, step)
        np.testing.assert_array_equal(out, view + float(step))


def test_nearest_signature():
    @cuda.jit(["void(int64[:], int32)", "void(int64[:], int64)", "void(int64[:], float64)"])
    def size(out, x):
        # What halves keep tells integers from floats.
        out[0] = 2 if x / 2 * 2 == x and x // 1 != x else 1
        out[1] = int(x)

    out = np.zeros(2, np.int64)
    for value in (np.int16(3), np.int32(3), 3, 2**40, 2.0):
        size[1, 1](out, value)
        assert out[1] == value


@pytest.mark.parametrize("value", [1.5, 2**40, 1j])
def test_what_loses_its_value_is_refused(value):
    @cuda.jit("void(int64[:], int32)")
    def put(out, x):
        out[0] = x

    out = np.zeros(1, np.int64)
    put[1, 1](out, 7)
    assert out[0] == 7
    with pytest.raises(TypeError, match=r"no signature of the kernel put\(\) takes"):
        put[1, 1](out, value)
    put[1, 1](out, np.int8(-3))
    assert out[0] == -3


def test_found_by_types():
    kernel = cuda.jit((float64[::1], float64[::1], float64))(_add)
    types = (float64[::1], float64[::1], float64)
    assert list(kernel.overloads) == [("array(float64, 1, C)", "array(float64, 1, C)", "pyfloat")]
    assert kernel.overloads[types] is kernel.overloads[next(iter(kernel.overloads))]
    with pytest.raises(KeyError):
        kernel.overloads[float32[::1],]


class TestSpecialize:
    """`kernel.specialize`."""

    def test_by_types(self):
        kernel = cuda.jit(_add)
        one = kernel.specialize(float32[::1], float32[::1], float32)
        assert one is kernel.specialize(float32[::1], float32[::1], float32)
        assert one is not kernel.specialize(float64[::1], float64[::1], float64)
        assert len(kernel.specializations) == 2
        assert one.specialized and not kernel.specialized
        out = np.zeros(4, np.float32)
        one[1, 4](out, np.ones(4, np.float32), 2)
        assert out.tolist() == [3, 3, 3, 3]
        with pytest.raises(TypeError, match="no signature"):
            one[1, 4](np.zeros(4), np.ones(4), 2)

    def test_by_arguments(self):
        kernel = cuda.jit(_add)
        x = cuda.to_device(np.ones(4))
        one = kernel.specialize(cuda.device_array_like(x), x, 2.0)
        assert one is kernel.specialize(np.zeros(4), np.ones(4), 3.0)

    def test_only_once(self):
        with pytest.raises(RuntimeError, match="already specialized"):
            cuda.jit(_add).specialize(float64[:], float64[:], float64).specialize(1.0, 2.0, 3.0)


@cuda.jit(device=True)
def twice(x):
    return 2 * x


@cuda.jit
def doubled(out):
    out[cuda.grid(1)] = twice(out[cuda.grid(1)])


class TestPickling:
    """Kernels and device functions in other processes."""

    def test_by_types(self):
        again = pickle.loads(pickle.dumps(cuda.jit("void(float64[:], float64[:], float64)")(_add)))
        out = np.zeros(3)
        again[1, 3](out, np.ones(3), 1)
        assert out.tolist() == [2, 2, 2]
        with pytest.raises(TypeError, match="no signature"):
            again[1, 3](np.zeros(3, np.float32), np.ones(3), 1)

    def test_launched(self):
        out = np.arange(4)
        doubled[1, 4](out)
        pickle.loads(pickle.dumps(doubled))[1, 4](out)
        assert out.tolist() == [0, 4, 8, 12]

    def test_device_function(self):
        function = pickle.loads(pickle.dumps(twice))

        @cuda.jit
        def use(out):
            out[0] = function(21)

        out = np.zeros(1, np.int64)
        use[1, 1](out)
        assert out[0] == 42


def test_device_functions_are_not_launched():
    with pytest.raises(RuntimeError, match="Cannot compile a device function as a kernel"):
        twice[1, 1]


def test_launches_need_a_configuration():
    with pytest.raises(ValueError, match="launch configuration was not specified"):
        doubled(np.zeros(1))
    with pytest.raises(ValueError, match=r"griddim must be a sequence of 1, 2 or 3 integers, got \[1, 2, 3, 4\]"):
        doubled[(1, 2, 3, 4), 1]
    with pytest.raises(TypeError, match=r"blockdim must be a sequence of integers, got \[2.0\]"):
        doubled[1, 2.0]


@cuda.jit(device=True)
def reversed_by(out, count, dtype, order):
    shared = cuda.shared.array(count, dtype)
    i = cuda.threadIdx.x
    shared[i] = out[i]
    cuda.syncthreads()
    out[i] = order(shared[count - 1 - i])


@pytest.mark.parametrize("dtype", [np.float32, np.int64])
def test_constants_of_a_call(dtype):
    @cuda.jit
    def kernel(out):
        reversed_by(out, 32, dtype, twice)

    out = np.arange(32, dtype=dtype)
    kernel[1, 32](out)
    np.testing.assert_array_equal(out, 2 * np.arange(32, dtype=dtype)[::-1])


@cuda.jit
def waves(out, x):
    np.sin(x, out)
    out += 1


@pytest.mark.parametrize(
    "x", [np.linspace(-3, 3, 7), np.zeros(0), np.linspace(0, 1, 8)[::-2], np.array([[1.0, np.inf]])]
)
def test_ufuncs_on_arrays(x):
    out = np.empty(x.shape)
    waves[1, 1](out, x)
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(out, np.sin(x) + 1, rtol=1e-15, atol=1e-15)


def test_copies_for_what_overlaps_have_no_room():
    @cuda.jit
    def shifted(x):
        np.negative(x[:-1], x[1:])

    x = np.arange(4.0)
    with pytest.raises(ValueError, match="in a kernel, an array is not written while another part"):
        shifted[1, 1](x)
    assert x.tolist() == [0, 1, 2, 3]


class TestDevice:
    """The emulation, where programs ask for their device."""

    def test_limits(self):
        device = cuda.get_current_device()
        assert device == cuda.select_device(0) == cuda.gpus[0] and len(cuda.gpus) == 1
        assert device.WARP_SIZE == 32 and device.MAX_THREADS_PER_BLOCK == 1024
        assert device.MULTIPROCESSOR_COUNT >= 1 and len(device.compute_capability) == 2
        memory = cuda.current_context().get_memory_info()
        assert 0 < memory.free <= memory.total

    def test_others_are_not_there(self):
        with pytest.raises(IndexError, match="there is no device 1"):
            cuda.select_device(1)
        with cuda.gpus[0]:
            assert cuda.gpus.current.id == 0
        with pytest.raises(AttributeError, match="a kernel takes arrays of its own device"):
            cuda.current_context().enable_peer_access(1)

    def test_threads_choose(self):
        import threading

        chosen = []
        thread = threading.Thread(target=lambda: chosen.append(cuda.select_device(0)))
        thread.start()
        thread.join()
        assert chosen == [cuda.gpus[0]]


class TestArrays:
    """Arrays of a device where NumPy's are."""

    def test_as_arrays(self):
        x = cuda.to_device(np.arange(4, dtype=np.int32))
        np.testing.assert_array_equal(x, np.arange(4))
        assert np.asarray(x).dtype == np.int32 and np.asarray(x, np.float64).dtype == np.float64
        with pytest.raises(ValueError, match="without a copy"):
            np.array(x, copy=False)

    @pytest.mark.parametrize("make", [cuda.device_array_like, cuda.mapped_array_like, cuda.pinned_array_like])
    def test_like(self, make):
        for like in (
            np.zeros((3, 4)),
            np.zeros((3, 4), order="F"),
            np.zeros((6, 8), order="F")[::2, ::2],
            np.zeros((2, 3, 4)).transpose(1, 2, 0),
            np.zeros(8)[::-2],
        ):
            made = make(like)
            assert made.shape == like.shape and made.dtype == like.dtype
            assert made.strides == np.empty_like(like).strides
            assert made.flags.c_contiguous == np.empty_like(like).flags.c_contiguous


def test_types_by_name():
    signature = int32(int64, float32)
    assert signature.return_type == int32 and signature.args == (int64, float32)


@cuda.jit(device=True)
def grows(x):
    return grows((x,))


@pytest.mark.parametrize("size", [1 << 18, 5 << 18, 0])
def test_chains_of_types_are_refused(size):
    import threading

    from cumbia import TypingError

    @cuda.jit
    def kernel(out):
        out[0] = grows(1)

    raised = []

    def call():
        try:
            kernel[1, 1](np.zeros(1))
        except BaseException as error:
            raised.append(error)

    before = threading.stack_size(size)
    try:
        thread = threading.Thread(target=call)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    assert isinstance(raised[0], TypingError) and "CB0405" in str(raised[0])
