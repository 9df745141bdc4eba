"""Measure one kernel on one engine in a process of its own.

The process imports that engine alone and calls a function that was never compiled
before, so the first call pays for everything a user pays for. Outputs come back in a
file, so that the parent can compare engines.

``python -m benches.isolated KERNEL ENGINE FOLDER SCALE...`` is what the parent starts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benches import engines, kernels, timing


@dataclass(frozen=True)
class Measured:
    """What came back from the process.

    Parameters
    ----------
    first
        Seconds from the decorator to the first result on the first scale.
    later
        Statistics of later calls, per scale.
    outputs
        Outputs of the last call, per scale.
    """

    first: float
    later: dict[str, dict[str, Any]]
    outputs: dict[str, dict[str, np.ndarray]]


def measure(kernel: str, engine: str, scales: list[str]) -> Measured:
    """Start a process for `kernel` on `engine` and collect what it measured.

    Raises
    ------
    RuntimeError
        When the process fails, with what it printed.
    """
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "benches.isolated", kernel, engine, folder, *scales],
            cwd=engines.ROOT,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{kernel} on {engine} failed:\n{done.stderr.strip()}")
        times = json.loads(Path(folder, "times.json").read_text())
        outputs = {}
        for scale in scales:
            with np.load(Path(folder, f"{scale}.npz")) as stored:
                outputs[scale] = {name: stored[name] for name in stored.files}
    return Measured(times["first"], times["later"], outputs)


def main(name: str, engine: str, folder: str, scales: list[str]) -> None:
    """Measure in this process and leave the results in `folder`."""
    kernel = kernels.load(name)
    cases = {scale: kernel.make_case(scale) for scale in scales}
    if engine in ("cumbia", "numba"):
        engines.jit(engine)
    start = perf_counter()
    bound = engines.prepare(engine, kernel)
    result = bound(cases[scales[0]])()
    first = perf_counter() - start
    later = {}
    for scale, case in cases.items():
        run = bound(case)
        if engine == "python":
            elapsed, result = timing.once(run) if scale != scales[0] else (first, result)
            later[scale] = timing.summarize([elapsed]).as_dict()
        else:
            _, result = timing.once(run)
            later[scale] = timing.repeated(run).as_dict()
        np.savez(Path(folder, f"{scale}.npz"), **kernel.outputs(case, result))
    Path(folder, "times.json").write_text(json.dumps({"first": first, "later": later}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
