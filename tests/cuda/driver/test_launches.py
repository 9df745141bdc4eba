"""Launches by the driver: what kernels compute on arrays of the device and of the host."""

from __future__ import annotations

import gc
import threading
import warnings

import cumbia.cuda._driver as _driver
import numpy as np
import pytest
from cumbia import cuda
from cumbia.errors import CumbiaPerformanceWarning, UnsupportedError

from tests.cuda import test_emulation as emulated
from tests.cuda.driver.standin import parameters_of

pytestmark = pytest.mark.usefixtures("standin")
RNG = np.random.default_rng(9)


# The kernels of the emulation's tests, launched by the driver with arrays of the host.
SAME = [
    name for name, test in vars(emulated).items()
    if name.startswith("test_") and callable(test)
    and name in (
        "test_one_element_each", "test_views", "test_tiles", "test_lanes", "test_votes",
        "test_atomics", "test_atomic_extremes", "test_complex_and_device_functions",
        "test_local_memory", "test_three_directions",
    )
]


def _cases():
    for name in SAME:
        test = getattr(emulated, name)
        marks = [m for m in getattr(test, "pytestmark", []) if m.name == "parametrize"]
        rows = [{}]
        for mark in marks:
            names, values = mark.args
            names = [names] if isinstance(names, str) else names
            rows = [
                {**row, **dict(zip(names, value if len(names) > 1 else [value]))}
                for row in rows for value in values
            ]
        for row in rows:
            yield pytest.param(test, row, id=f"{name}-{'-'.join(map(str, row.values()))}")


@pytest.mark.filterwarnings("ignore::cumbia.errors.CumbiaPerformanceWarning")
@pytest.mark.parametrize(("test", "row"), list(_cases()))
def test_as_emulated(test, row, standin):
    test(**row)
    assert standin.launched and standin.left()[0] == 0


@cuda.jit
def saxpy(a, x, y):
    i = cuda.grid(1)
    if i < x.size:
        y[i] = a * x[i] + y[i]


def test_nothing_is_done_before_somebody_waits(standin):
    x = cuda.to_device(np.arange(50.0))
    y = cuda.to_device(np.ones(50))
    saxpy[2, 32](3.0, x, y)
    assert not standin.launched
    assert np.array_equal(y.copy_to_host(), 3 * np.arange(50.0) + 1)
    assert [row[:3] for row in standin.launched] == [("saxpy_0", (2, 1, 1), (32, 1, 1))]


def test_freed_in_order(standin):
    """An array that nobody has any more is there until the kernels that use it are over."""
    y = cuda.to_device(np.zeros(64))
    for k in range(5):
        x = cuda.to_device(np.full(64, float(k)))
        saxpy[1, 64](1.0, x, y)
        del x
        gc.collect()
    assert np.array_equal(y.copy_to_host(), np.full(64, 10.0))
    places = standin.left()[1]
    del y
    cuda.synchronize()
    assert standin.left()[1] == places - 1


@pytest.mark.filterwarnings("ignore::cumbia.errors.CumbiaPerformanceWarning")
def test_arrays_that_share_memory():
    memory = np.arange(40.0)
    wanted = memory.copy()
    wanted[10:30] += 2 * wanted[:20]
    # Thread i reads what no other thread writes: one block of one thread each in order.
    copy = memory.copy()
    for i in range(20):
        copy[10 + i] = 2.0 * copy[i] + copy[10 + i]
    saxpy[20, 1](2.0, memory[:20], memory[10:30])
    assert np.array_equal(memory, copy) and not np.array_equal(memory, wanted)
    same = np.arange(8.0)
    saxpy[1, 8](1.0, same, same)
    assert np.array_equal(same, 2 * np.arange(8.0))
    strided = np.arange(20.0)
    saxpy[1, 10](1.0, strided[::2], strided[1::2])
    assert np.array_equal(strided[::2], np.arange(0.0, 20, 2))
    assert np.array_equal(strided[1::2], np.arange(0.0, 20, 2) + np.arange(1.0, 20, 2))


@pytest.mark.filterwarnings("ignore::cumbia.errors.CumbiaPerformanceWarning")
def test_one_way():
    x, y = np.arange(10.0), np.ones(10)
    saxpy[1, 16](1.0, x, cuda.In(y))
    assert np.array_equal(y, np.ones(10))
    saxpy[1, 16](1.0, cuda.In(x), cuda.InOut(y))
    assert np.array_equal(y, x + 1)

    @cuda.jit
    def only_writes(out):
        i = cuda.grid(1)
        if i < out.size:
            out[i] = i

    only_writes[1, 16](cuda.Out(y))
    assert np.array_equal(y, np.arange(10.0))
    frozen = np.arange(10.0)
    frozen.flags.writeable = False
    saxpy[1, 16](1.0, frozen, y)
    assert np.array_equal(y, 2 * np.arange(10.0)) and np.array_equal(frozen, np.arange(10.0))


def test_one_warning(monkeypatch):
    monkeypatch.setattr(_driver.Driver, "_told", False)
    x = np.zeros(4)
    with pytest.warns(CumbiaPerformanceWarning, match="copied to the device") as seen:
        saxpy[1, 4](1.0, x, x.copy())
    assert seen[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        saxpy[1, 4](1.0, x, x.copy())


@cuda.jit
def everything(a, b, c, d, e, pair, out):
    if cuda.grid(1) == 0:
        out[0] = a + b + c.real + c.imag
        out[1] = d if e else -d
        out[2] = pair[0] + pair[1][2] + pair[1].size


@pytest.mark.parametrize("number", [7, -7, 2**62])
@pytest.mark.parametrize("kind", [np.int8, np.uint16, np.int32, np.float32, np.float64])
def test_packing(kind, number, standin):
    """The bytes of a launch are those that the assembly declares."""
    out = cuda.to_device(np.zeros(3))
    there = cuda.to_device(np.arange(6.0)[::2])
    values = (number, 2.5, 3 + 4j, kind(9), True, (5, there), out)
    everything[1, 32](*values)
    found = out.copy_to_host()
    assert np.array_equal(found, [number + 2.5 + 7.0, 9.0, 5 + 4.0 + 3])
    name, _, _, packed = standin.launched[-1]
    (specialization,) = [one for one, code in standin.kernels.values() if code.name == name
                         and one.types[3] == np.dtype(kind).name and one.kernel is everything][:1]
    ptx = specialization.code(80).ptx
    places = parameters_of(ptx)
    assert len(packed) == places[-1][0] + 8
    launch = everything[1, 32]._launch
    assert launch.packed(*values)[: places[-1][0]] == packed[: places[-1][0]]
    assert launch.loaded(*values).layout() == places


@pytest.mark.parametrize(("offset", "overlap"), [(0, False), (8, False), (0, True)])
def test_which_code(offset, overlap, standin):
    """Arrays that lie apart at multiples of 16 bytes have code of their own."""
    memory = cuda.to_device(np.arange(64.0))
    first = memory[offset // 8 : 16 + offset // 8]
    second = memory[8:24] if overlap else memory[32:48]
    saxpy[1, 16](1.0, first, second)
    cuda.synchronize()
    text = standin.launched[-1]
    assert text[0] == "saxpy_0"
    options = [c for c in standin.calls() if c.startswith("cuLinkAddData_v2")]
    assert len(options) <= 1
    cores = saxpy[1, 16]._launch
    kept = cores.loaded(1.0, first, second)
    apart = saxpy._for(("pyfloat", "array(float64, 1, C)", "array(float64, 1, C)"), ())
    assert kept.layout() == parameters_of(apart.code(80).ptx)


def test_elements_that_lie_crooked():
    bytes_ = cuda.to_device(np.zeros(81, np.uint8))
    crooked = cuda.DeviceNDArray(bytes_._array[1:].view(np.float64), bytes_._device)
    with pytest.raises(ValueError, match="multiples of 8 bytes"):
        saxpy[1, 4](1.0, crooked, crooked)


def test_wrong_arguments():
    x = cuda.to_device(np.zeros(4))
    with pytest.raises(TypeError, match="takes 3 arguments"):
        saxpy[1, 4](x)
    with pytest.raises(TypeError):
        saxpy[1, 4]("text", x, x)
    with pytest.raises(TypeError):
        saxpy[1, 4](object(), x, x)
    with pytest.raises(UnsupportedError):
        saxpy[1, 4](1.0, [1.0], x)


def test_shapes_of_launches(standin):
    x = cuda.to_device(np.zeros(4))
    assert saxpy[1, 4] is saxpy[1, 4] and saxpy[1, 4] is not saxpy[1, 8]
    stream = cuda.stream()
    assert saxpy[1, 4, stream] is saxpy[1, 4, stream]
    with pytest.raises(cuda.KernelLaunchError, match="from 1 to 1024"):
        saxpy[1, 2048](1.0, x, x)
    with pytest.raises(TypeError, match="sequence of integers"):
        saxpy[1.0, 4]


@cuda.jit
def reads_given(out):
    part = cuda.shared.array(0, dtype=np.float64)
    part[cuda.threadIdx.x] = cuda.threadIdx.x
    cuda.syncthreads()
    out[cuda.threadIdx.x] = part[cuda.blockDim.x - 1 - cuda.threadIdx.x]


def test_shared_memory_on_request(standin):
    out = cuda.to_device(np.zeros(64))
    reads_given[1, 64, 0, 512](out)
    assert np.array_equal(out.copy_to_host(), np.arange(64.0)[::-1])
    assert not any(call.startswith("cuFuncSetAttribute") for call in standin.calls())
    reads_given[1, 64, 0, 60_000](out)
    cuda.synchronize()
    assert "cuFuncSetAttribute(8 60000)" in standin.calls()
    with pytest.raises(cuda.KernelLaunchError, match="given 200000, and the device has 101376"):
        reads_given[1, 64, 0, 200_000](out)
    # What was refused leaves nothing behind.
    reads_given[1, 64, 0, 512](out)
    cuda.synchronize()


def test_limits_of_a_kernel():
    @cuda.jit(launch_bounds=64)
    def bound(x):
        x[cuda.threadIdx.x] = 1

    x = cuda.to_device(np.zeros(64))
    bound[1, 64](x)
    assert x.copy_to_host().all()
    assert bound.get_max_threads_per_block()[("array(float64, 1, C)",)] == 64
    with pytest.raises(cuda.KernelLaunchError, match="at most 64"):
        bound[1, 65](x)


def test_bound_launches(standin):
    x, y = cuda.to_device(np.arange(32.0)), cuda.to_device(np.zeros(32))
    launch = saxpy[1, 32].bind(1.0, x, y)
    for _ in range(3):
        launch()
    assert np.array_equal(y.copy_to_host(), 3 * np.arange(32.0))
    again = saxpy.bind(1, 32, 1.0, x, y)
    again()
    assert np.array_equal(y.copy_to_host(), 4 * np.arange(32.0))
    with pytest.raises(TypeError, match="to_device"):
        saxpy[1, 32].bind(1.0, np.zeros(3), y)


FACTOR = 2


def test_a_changed_global(standin):
    @cuda.jit
    def scaled(x):
        x[cuda.threadIdx.x] *= FACTOR

    global FACTOR
    x = cuda.to_device(np.ones(4))
    scaled[1, 4](x)
    launch = scaled[1, 4].bind(x)
    try:
        FACTOR = 10
        scaled[1, 4](x)
        assert np.array_equal(x.copy_to_host(), np.full(4, 20.0))
        with pytest.raises(ValueError, match="bind it again"):
            launch()
    finally:
        FACTOR = 2


def test_signatures():
    from cumbia import float64

    @cuda.jit((float64[::1],))
    def only(x):
        x[0] = 1

    x = cuda.to_device(np.zeros(2))
    only[1, 1](x)
    assert x.copy_to_host()[0] == 1
    with pytest.raises(TypeError, match="no signature of the kernel"):
        only[1, 1](cuda.to_device(np.zeros(2, np.float32)))


def test_threads(standin):
    """Launches of several threads, each with a stream."""
    results, errors = {}, []

    def work(number):
        try:
            stream = cuda.stream()
            x = cuda.to_device(np.full(100, float(number)), stream)
            y = cuda.to_device(np.zeros(100), stream)
            for _ in range(20):
                saxpy[2, 64, stream](1.0, x, y)
            results[number] = y.copy_to_host(stream=stream)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not errors
    assert all(np.array_equal(results[n], np.full(100, 20.0 * n)) for n in range(4))


def test_forall_and_empty():
    x, y = cuda.to_device(np.arange(1000.0)), cuda.to_device(np.zeros(1000))
    saxpy.forall(1000)(2.0, x, y)
    assert np.array_equal(y.copy_to_host(), 2 * np.arange(1000.0))
    empty = cuda.device_array(0)
    saxpy[1, 32](1.0, empty, empty)
    assert empty.copy_to_host().shape == (0,)
    nothing = cuda.device_array((3, 0), np.int32)
    assert nothing.copy_to_host().shape == (3, 0)


def test_inspection(standin):
    x = cuda.to_device(np.zeros(4))
    saxpy[1, 4](1.0, x, x)
    types = ("pyfloat", "array(float64, 1, C)", "array(float64, 1, C)")
    assert saxpy.get_regs_per_thread(types) == 32
    assert saxpy.get_regs_per_thread()[types] == 32
    assert saxpy.get_shared_mem_per_block(types) == 0
    assert cuda.compile_ptx_for_current_device(saxpy, "void(float64, float64[::1], float64[::1])")[
        0
    ].count(".target sm_80") == 1
    context = cuda.current_context()
    assert context.get_active_blocks_per_multiprocessor(saxpy.overloads[types], 256, 0) == 8
    assert context.get_max_potential_block_size(saxpy.overloads[types], None, 0, 128) == (64, 128)


RECORD = np.dtype([("a", "i4"), ("b", "f8"), ("c", "i2")])


@cuda.jit
def of_record(r, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = r.a * i + r.b
    if i == 0:
        r.c = 7


@pytest.mark.filterwarnings("ignore::cumbia.errors.CumbiaPerformanceWarning")
def test_records(standin):
    """A record is brought to the device and back, as an array with one element."""
    rows, out = np.zeros(3, RECORD), np.zeros(4)
    rows[1] = (3, 0.5, 1)
    of_record[1, 4](rows[1], out)
    assert out.tolist() == [0.5, 3.5, 6.5, 9.5]
    assert rows["c"].tolist() == [0, 7, 0]
    frozen = rows.copy()
    frozen.flags.writeable = False
    there = cuda.to_device(out)
    with pytest.raises((ValueError, TypeError, UnsupportedError)):
        of_record[1, 4](frozen[1], there)
    assert frozen["c"].tolist() == [0, 7, 0]
    with pytest.raises(TypeError, match="numbers and arrays on the device"):
        of_record[1, 4].bind(rows[1], there)
