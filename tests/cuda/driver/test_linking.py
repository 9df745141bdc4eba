"""Kernels that are linked with other code: what the driver's linker is given, what it says, and
what is kept."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import numpy as np
import pytest
from cumbia import cuda, types

from tests.cuda.driver.standin import ROOT
from tests.cuda.test_linked import TWICE, alone, twice, twices


def links(standin):
    """What the linker was given since this was asked last: kinds and names."""
    found = (re.fullmatch(r"cuLinkAddData_v2\((.*)\)", call) for call in standin.calls())
    return [call.group(1) for call in found if call]


def test_launched_with_what_it_calls(standin):
    x, out = cuda.to_device(np.arange(4, dtype=np.int32)), cuda.device_array(4, np.int32)
    standin.calls()
    kernel = cuda.jit(twices.py_func)
    kernel[1, 4](x, out)
    assert out.copy_to_host().tolist() == [0, 2, 4, 6]
    assert links(standin) == ["1 kernel.ptx", "1 <unnamed-ptx>"]
    kernel[1, 4](x, out)
    assert links(standin) == []


def test_kinds(standin):
    given = [
        cuda.PTXSource(TWICE, "twice.ptx"), cuda.Cubin(b"twice", "twice.cubin"),
        cuda.Fatbin(b"twice", "twice.fatbin"), cuda.Object(b"twice", "twice.o"),
        cuda.Archive(b"twice", "twice.a"),
    ]
    bare = cuda.declare_device("twice", "int32(int32)", emulate=lambda v: v + v)
    for one in given:

        @cuda.jit(link=[one])
        def kernel(x):
            x[0] = bare(x[0])

        x = cuda.to_device(np.full(1, 21, np.int32))
        standin.calls()
        kernel[1, 1](x)
        assert x.copy_to_host()[0] == 42
        number = {"ptx": 1, "cubin": 0, "fatbin": 2, "object": 3, "archive": 4}[one.kind]
        assert links(standin) == ["1 kernel.ptx", f"{number} {one.name}"]


def test_linkers_log(standin):
    bare = cuda.declare_device("twice", "int32(int32)", emulate=lambda v: v + v)

    @cuda.jit
    def kernel(x):
        x[0] = bare(x[0])

    x = cuda.to_device(np.ones(1, np.int32))
    with pytest.raises(cuda.LinkerError, match="Undefined reference to 'twice'") as seen:
        kernel[1, 1](x)
    assert seen.value.function == "cuLinkComplete"
    assert isinstance(seen.value, cuda.CudaAPIError)

    @cuda.jit(link=[cuda.PTXSource("no assembly", "bad.ptx")])
    def other(x):
        x[0] = bare(x[0])

    with pytest.raises(cuda.LinkerError, match="doesn't like it") as seen:
        other[1, 1](x)
    assert seen.value.function == "cuLinkAddData_v2"


KEPT = """
import os, sys
import numpy as np
from cumbia import cuda
from tests.cuda.driver import standin as standins
made = standins.install(os.environ["CUMBIA_CUDA_DRIVER"])
code = open(sys.argv[1]).read()
twice = cuda.declare_device("twice", "int32(int32)", link=[cuda.PTXSource(code)], emulate=lambda v: v + v)

@cuda.jit
def kernel(x):
    x[0] = twice(x[0])

x = cuda.to_device(np.ones(1, np.int32))
kernel[1, 1](x)
assert x.copy_to_host()[0] == 2
print(sum(call.startswith("cuLinkComplete") for call in made.calls()))
"""


def test_kept_by_the_contents_of_what_is_linked(library, tmp_path):
    script, code = tmp_path / "kept.py", tmp_path / "twice.ptx"
    script.write_text(KEPT)
    env = dict(
        os.environ, CUMBIA_CUDA="driver", CUMBIA_CUDA_DRIVER=library, CUMBIA_CACHE="1",
        CUMBIA_CACHE_DIR=os.fspath(tmp_path / "cache"), PYTHONPATH=os.pathsep.join([os.fspath(ROOT), *filter(None, sys.path)]),
    )

    def linked(text):
        code.write_text(text)
        done = subprocess.run(
            [sys.executable, script, code], capture_output=True, text=True, env=env, cwd=ROOT,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    assert linked(TWICE) == 1
    assert linked(TWICE) == 0
    assert linked(TWICE + "// another\n") == 1


def test_profiler(standin):
    cuda.to_device(np.ones(1))
    standin.calls()
    with cuda.profiling():
        pass
    assert [call.strip() for call in standin.calls()] == ["cuProfilerStart()", "cuProfilerStop()"]


def test_extensions(standin):
    class Doubled:
        def prepare_args(self, ty, val, stream, retr):
            seen.append((ty, stream))
            if ty is None:
                return types.int32[::1], val["x"]
            retr.append(lambda: seen.append("after"))
            return ty, val * 2

    seen = []

    @cuda.jit(extensions=[Doubled()])
    def kernel(x, by):
        x[0] += by

    x = cuda.to_device(np.ones(1, np.int32))
    kernel[1, 1]({"x": x}, 4)
    assert x.copy_to_host()[0] == 9
    assert seen == [(None, 0), (types.pyint, 0), "after"]


def test_alone_needs_nothing_else(standin):
    # What stands for it is the emulation's business: the device has the code itself.
    @cuda.jit
    def kernel(x):
        x[0] = alone(x[0])

    code = kernel.compile("void(int32[::1])")
    assert code.linked(80) == [("ptx", "<unnamed-ptx>", TWICE.encode())]
    assert twice.link[0].data == TWICE.encode()
