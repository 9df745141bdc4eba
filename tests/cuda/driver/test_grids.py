"""Launches of kernels that wait for their whole grid."""

from __future__ import annotations

import numpy as np
import pytest
from cumbia import cuda
from cumbia.cuda import cg

from tests.cuda import test_grids as emulated


@cuda.jit
def doubled(x):
    i = cuda.grid(1)
    cg.this_grid().sync()
    x[i] *= 2


@cuda.jit
def plain(x):
    x[cuda.grid(1)] += 1


def test_kernels_of_the_emulation(standin):
    x, out = cuda.to_device(np.arange(12.0)), cuda.device_array(12)
    emulated.in_functions[3, 4](x, out)
    assert np.array_equal(out.copy_to_host(), np.arange(12.0)[::-1] + 1)
    m = cuda.to_device(np.zeros((8, 12), np.int32))
    emulated.rows_from_opposite[3, 4](m)
    assert np.array_equal(m.copy_to_host(), np.repeat(np.arange(8), 12).reshape(8, 12))


@pytest.mark.parametrize("makes_stream", [False, True])
def test_each_launch_has_words_of_its_own(standin, makes_stream):
    stream = cuda.stream() if makes_stream else 0
    x = cuda.to_device(np.ones(8))
    doubled[2, 4, stream](x)
    cuda.synchronize()
    standin.calls()
    before = standin.left()
    for _ in range(3):
        doubled[2, 4, stream](x)
    cuda.synchronize()
    assert x.copy_to_host().tolist() == [16] * 8
    names = [call.partition("(")[0] for call in standin.calls()]
    wanted = ["cuMemAllocAsync", "cuMemsetD8Async", "cuLaunchCooperativeKernel", "cuMemFreeAsync"]
    assert [name for name in names if name in wanted] == wanted * 3
    assert "cuLaunchKernel" not in names
    assert standin.left() == before
    plain[2, 4, stream](x)
    assert any(call.startswith("cuLaunchKernel(") for call in standin.calls())


def test_bound_and_captured(standin):
    x = cuda.to_device(np.ones(8))
    bound = doubled[2, 4].bind(x)
    bound()
    bound()
    assert x.copy_to_host().tolist() == [4] * 8
    stream = cuda.stream()
    with cuda.capture(stream) as graph:
        doubled[2, 4, stream](x)
        doubled[2, 4, stream](x)
    graph.launch(stream)
    graph.launch(stream)
    stream.synchronize()
    assert x.copy_to_host().tolist() == [64] * 8


def test_too_many_blocks(standin):
    x = cuda.to_device(np.ones(40 * 256))
    made = doubled.compile("void(float64[::1])")
    most = made.max_cooperative_grid_blocks(256)
    assert most == 4 * 2048 // 256 == made.max_cooperative_grid_blocks((16, 16))
    doubled[most, 256](x)
    with pytest.raises(cuda.KernelLaunchError, match=rf"have {most + 1} blocks at once; of 256 threads it has {most} "):
        doubled[most + 1, 256](x)
    assert (x.copy_to_host()[: most * 256] == 2).all()


def test_exceptions_come_up(standin):
    x = cuda.to_device(np.zeros(8))
    emulated.raises_between[2, 4](x)
    with pytest.raises(IndexError):
        cuda.synchronize()
    # Words are those of a launch: the next one is clear.
    doubled[2, 4](x)
    cuda.synchronize()
