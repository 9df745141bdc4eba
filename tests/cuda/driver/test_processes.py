"""What whole processes do: code that is kept for the next one, and the script for GPUs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

SCRIPT = """
import os
import numpy as np
from cumbia import cuda
from tests.cuda.driver import standin
from tests.cuda.test_emulation import saxpy

there = standin.install(os.environ["CUMBIA_CUDA_DRIVER"])
x, y = cuda.to_device(np.arange(8.0)), cuda.to_device(np.ones(8))
there.calls()
saxpy[1, 8](2.0, x, y)
calls = [call.split("(")[0] for call in there.calls()]
assert np.array_equal(y.copy_to_host(), 2 * np.arange(8.0) + 1)
loaded = saxpy[1, 8]._launch.loaded(2.0, x, y)
print(loaded.was_kept, "cuLinkCreate_v2" in calls, "cuModuleLoadData" in calls)
"""


def run(script: str, **settings: str) -> str:
    env = dict(
        os.environ, CUMBIA_CUDA="driver", CUMBIA_CACHE="1", PYTHONPATH=os.fspath(ROOT)
    ) | settings
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, cwd=ROOT, capture_output=True, text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_kept_code(library, tmp_path):
    kept = {"CUMBIA_CUDA_DRIVER": library, "CUMBIA_CACHE_DIR": os.fspath(tmp_path / "cache")}
    assert run(SCRIPT, **kept) == "False True True"
    assert run(SCRIPT, **kept) == "True False True"
    # Another driver makes other code.
    assert run(SCRIPT, **kept, STANDIN_VERSION="12060") == "False True True"
    # A damaged file is as good as none.
    for file in (tmp_path / "cache").rglob("*.cubin"):
        file.write_bytes(file.read_bytes()[:-9])
    assert run(SCRIPT, **kept) == "False True True"
    assert run(SCRIPT, **kept) == "True False True"
    assert run(SCRIPT, **kept, CUMBIA_CACHE="0") == "False True True"


def test_script_without_a_gpu(library, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.gpu", "--out", tmp_path / "gpu.json"], cwd=ROOT,
        env=dict(os.environ, CUMBIA_CUDA="driver", CUMBIA_CUDA_DRIVER="/nonexistent.so"),
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 3, done.stderr
    assert "can't be loaded" in done.stdout.splitlines()[-1]
    assert json.loads((tmp_path / "gpu.json").read_text())["environment"]["numpy"]


@pytest.mark.skipif(sys.platform == "win32", reason="the script is a shell's")
def test_script(library, tmp_path):
    done = subprocess.run(
        [ROOT / "tests/gpu/run", "--scale", "0.0001", "--out", tmp_path / "gpu.json"], cwd=tmp_path,
        env=dict(os.environ, CUMBIA_CUDA="driver", CUMBIA_CUDA_DRIVER=library,
                 PYTHON=sys.executable, CUMBIA_CACHE="0"),
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((tmp_path / "gpu.json").read_text())
    assert len(told["checks"]) > 80 and not any(row["problem"] for row in told["checks"])
    copy, *rows, launch = told["benches"]
    assert copy["bytes_per_s"] > 0 and launch["cumbia"] > 0 and launch["cumbia, bound"] > 0
    assert len(rows) == 9 and all(row["cumbia"]["seconds"] > 0 for row in rows)


WHOLE = """
import os
import numpy as np
from cumbia import cuda
from tests.cuda.driver import standin
from tests.cuda.driver.test_grids import doubled

there = standin.install(os.environ["CUMBIA_CUDA_DRIVER"])
x = cuda.to_device(np.ones(8))
doubled[2, 4](x)
cuda.synchronize()
there.calls()
before = there.left()
doubled[2, 4](x)
cuda.synchronize()
calls = [call.split("(")[0] for call in there.calls()]
assert x.copy_to_host().tolist() == [4] * 8
# Waited for, and given back.
assert there.left() == before
print(*(call for call in calls if call.startswith(("cuMem", "cuLaunch", "cuStreamS"))))
"""


def test_a_whole_grid_without_a_pool(library):
    made = run(WHOLE, CUMBIA_CUDA_DRIVER=library, STANDIN_POOLS="0")
    assert made == (
        "cuMemAlloc_v2 cuMemsetD8Async cuLaunchCooperativeKernel cuStreamSynchronize cuMemFree_v2"
    )


TWO = """
import os
import numpy as np
from cumbia import cuda, jit, prange, vectorize
from tests.cuda.driver import standin
standin.install(os.environ["CUMBIA_CUDA_DRIVER"])

@cuda.jit
def copied(x, y):
    x[cuda.grid(1)] = y[cuda.grid(1)]

@jit(target="cuda")
def looped(x, y):
    for i in prange(x.size):
        x[i] = y[i]

added = vectorize(["float64(float64, float64)"], target="cuda")(lambda x, y: x + y)
with cuda.gpus[1]:
    there = cuda.to_device(np.arange(4.0))
here = cuda.to_device(np.zeros(4))
for work in (
    lambda: copied[1, 4](here, there), lambda: copied[1, 4].bind(here, there), lambda: added(here, there),
    lambda: cuda.reduce(lambda x, y: x + y)(there), lambda: looped(here, there), lambda: looped(np.zeros(4), there),
):
    try:
        work()
        print("nothing")
    except ValueError as error:
        print(error)
here.copy_to_device(there)
copied[1, 4](here, here)
print(here.copy_to_host())
"""


def test_arrays_of_another_device(library, tmp_path):
    # Functions are compiled from files.
    (tmp_path / "two.py").write_text(TWO)
    script = f"import runpy; runpy.run_path({os.fspath(tmp_path / 'two.py')!r})"
    *said, last = run(script, CUMBIA_CUDA_DRIVER=library, STANDIN_DEVICES="2").splitlines()
    assert len(said) == 6
    assert all(line.startswith("an array on device 1 for ") for line in said), said
    assert all(line.endswith(" on device 0") for line in said), said
    assert last == "[0. 1. 2. 3.]"
