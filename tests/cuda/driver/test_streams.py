"""Streams, events, functions behind work, and graphs."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from cumbia import cuda

pytestmark = pytest.mark.usefixtures("standin")


@cuda.jit
def added(x, n):
    i = cuda.grid(1)
    if i < x.size:
        x[i] += n


def test_streams(standin):
    stream = cuda.stream()
    x = cuda.to_device(np.zeros(8), stream)
    added[1, 8, stream](x, 2.0)
    assert not stream.query() or standin.launched
    with stream.auto_synchronize():
        added[1, 8, stream](x, 3.0)
    assert len(standin.launched) == 2 and stream.query()
    assert np.array_equal(x.copy_to_host(stream=stream), np.full(8, 5.0))
    handle = stream.handle
    with pytest.raises(TypeError, match="is no stream"):
        added[1, 8, "stream"](x, 1.0)
    added[1, 8, cuda.external_stream(handle)](x, 1.0)
    assert x.copy_to_host()[0] == 6


def test_events():
    start, end, timeless = cuda.event(), cuda.event(), cuda.event(timing=False)
    stream = cuda.stream()
    x = cuda.to_device(np.zeros(8))
    with pytest.raises(RuntimeError, match="recorded"):
        start.elapsed_time(end)
    start.record(stream)
    added[1, 8, stream](x, 1.0)
    end.record(stream)
    timeless.record(stream)
    timeless.wait()
    end.synchronize()
    assert end.query() and start.elapsed_time(end) >= 0
    assert cuda.event_elapsed_time(start, end) == start.elapsed_time(end)
    with pytest.raises(RuntimeError, match="timing=True"):
        start.elapsed_time(timeless)


def test_functions_behind_work(standin):
    stream = cuda.stream()
    x = cuda.to_device(np.zeros(8))
    seen = []
    added[1, 8, stream](x, 1.0)
    stream.add_callback(lambda *args: seen.append((args, len(standin.launched))), 42)
    added[1, 8, stream](x, 1.0)
    assert not seen
    stream.synchronize()
    assert seen == [((stream, 0, 42), 1)] and len(standin.launched) == 2

    async def done():
        added[1, 8, stream](x, 1.0)
        future = stream.async_done()
        await asyncio.to_thread(stream.synchronize)
        return await future

    assert asyncio.run(done()) is stream


def test_graphs(standin):
    stream = cuda.stream()
    x = cuda.to_device(np.zeros(8))
    added[1, 8, stream](x, 0.0)
    stream.synchronize()
    standin.launched.clear()
    with cuda.capture(stream) as graph:
        added[1, 8, stream](x, 1.0)
        added[1, 8, stream](x, 2.0)
    with pytest.raises(ValueError, match="captured takes arrays on the device"), cuda.capture(stream):
        added[1, 8, stream](np.zeros(8), 1.0)
    assert not standin.launched
    for _ in range(3):
        graph.launch(stream)
    assert np.array_equal(x.copy_to_host(), np.full(8, 9.0))
    assert len(standin.launched) == 6


def test_what_a_graph_keeps(standin):
    stream = cuda.stream()
    x, out = cuda.to_device(np.ones(8)), cuda.to_device(np.zeros(8))

    @cuda.jit
    def copied(x, out):
        out[cuda.threadIdx.x] = x[cuda.threadIdx.x]

    copied[1, 8](x, out)
    copied[1, 8, stream](x, out)
    cuda.synchronize()
    with cuda.capture(stream) as graph:
        copied[1, 8, stream](x, out)
    del x
    cuda.synchronize()
    out.copy_to_device(np.zeros(8))
    graph()
    assert np.array_equal(out.copy_to_host(), np.ones(8))
