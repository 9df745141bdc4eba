"""Kernels for devices: from source to assembly, in a new process, and from the cache.

Medians of the time from the decorator to the assembly of a specialization: without a cache (with
loading LLVM), and as the next process finds it. The driver's assembler isn't here; where
NVIDIA's own is installed (`ptxas`), its time is shown beside, with the start of its process.
The assembly is compared between both.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benches import report

CASES = {
    "saxpy": "void(float32, float32[::1], float32[::1])",
    "black_scholes": "void(float32[::1], float32[::1], float32[::1], float32[::1], float32[::1])",
    "product": "void(float32[:, ::1], float32[:, ::1], float32[:, ::1])",
    "histogram": "void(uint8[::1], int32[::1])",
}
REPEATS = 5

ONE = """
import hashlib, json, sys, time
from cumbia import cuda
from tests.gpu import benches
name, signature = sys.argv[1:]
start = time.perf_counter()
kernel = cuda.jit(getattr(benches, name))
code = kernel.compile(signature).code(80, apart=True)
print(json.dumps([time.perf_counter() - start, code.ptx]))
"""


def one(name: str, signature: str, folder: str | None) -> tuple[float, str]:
    """Seconds and the assembly, by a new process."""
    cache = {"CUMBIA_CACHE": "0"} if folder is None else {"CUMBIA_CACHE": "1", "CUMBIA_CACHE_DIR": folder}
    done = subprocess.run(
        [sys.executable, "-c", ONE, name, signature], check=True, capture_output=True, text=True,
        env=dict(os.environ, CUMBIA_CUDA="emulate") | cache,
    )
    return tuple(json.loads(done.stdout))


def assembled(ptx: str) -> float | None:
    """Seconds of NVIDIA's assembler, with the start of its process."""
    from tests.cuda.assembler import ptxas

    tool = ptxas()
    if tool is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "kernel.ptx"
        source.write_text(ptx)
        start = time.perf_counter()
        subprocess.run([tool, "-arch=sm_80", "-o", os.devnull, source], check=True)
        return time.perf_counter() - start


def measure(_: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Measure all kernels."""
    rows: list[report.Row] = []
    problems = []
    for name, signature in CASES.items():
        with tempfile.TemporaryDirectory() as parent:
            folder = os.path.join(parent, "cache")
            cold = [one(name, signature, None) for _ in range(REPEATS)]
            one(name, signature, folder)
            warm = [one(name, signature, folder) for _ in range(REPEATS)]
        if len({ptx for _, ptx in cold + warm}) != 1:
            problems.append(f"{name}: the cache gives other assembly")
        seconds = {
            "anew": statistics.median(seconds for seconds, _ in cold),
            "kept": statistics.median(seconds for seconds, _ in warm),
        }
        tool = [assembled(cold[0][1]) for _ in range(REPEATS)]
        if tool[0] is not None:
            seconds["ptxas"] = statistics.median(tool)
        rows.append({"kernel": name, "seconds": seconds})
    columns = ("anew", "kept", "ptxas")
    body = [[row["kernel"], *(report.duration(row["seconds"].get(one)) for one in columns)] for row in rows]
    print(report.table("From source to a device's assembly", ["kernel", *columns], body))
    return rows, problems


if __name__ == "__main__":
    sys.exit(report.run_cli("cuda_compile", __doc__, measure))
