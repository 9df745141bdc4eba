"""A function for a device where there is none."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import numpy as np
from cumbia import jit, prange

@jit(target="cuda")
def fill(a):
    for i in prange(a.size):
        a[i] = 1.0

a = np.zeros(3)
try:
    fill(a)
except RuntimeError as error:
    print(type(error).__name__, error)
print(a)
"""


def test_no_driver_is_one_sentence(tmp_path):
    import os

    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    env = {k: v for k, v in os.environ.items() if k not in ("CUMBIA_CUDA", "CUMBIA_CUDA_DRIVER")}
    env["CUMBIA_CUDA_DRIVER"] = str(tmp_path / "none.so")
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, env=env, check=True)
    first, second = done.stdout.splitlines()
    assert first.startswith("CudaSupportError no kernel can be launched: ")
    assert "with CUMBIA_CUDA=emulate kernels run on the processor" in first
    # Nothing ran on the processor in its place.
    assert second == "[0. 0. 0.]"
