"""On a machine with a GPU: says what there is, runs the tests and the benchmarks, writes JSON.

Exit codes: 0, everything ran and agreed; 1, something didn't; 3, there is no GPU to run on,
which is said in a sentence. ``--benches no`` leaves the benchmarks out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

NO_DEVICE = 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.gpu", description=__doc__)
    parser.add_argument("--out", default="gpu.json", help="the file for the results")
    parser.add_argument("--benches", default="yes", choices=("yes", "no"))
    parser.add_argument("--scale", type=float, default=1.0, help="sizes of benchmarks, times this")
    given = parser.parse_args()
    report: dict[str, Any] = {"environment": environment()}
    write(given.out, report)
    for name, value in report["environment"].items():
        print(f"{name}: {value}")

    from cumbia import cuda

    if not cuda.detect():
        return NO_DEVICE
    from tests.gpu import checks

    report["checks"] = checks.run()
    write(given.out, report)
    report["sanitizer"] = sanitizer()
    if given.benches == "yes":
        from tests.gpu import benches

        checks.installed()
        report["benches"] = benches.run(given.scale)
    write(given.out, report)
    failed = [row["name"] for row in report["checks"] if row["problem"]]
    failed += [row["name"] for row in report.get("benches", []) if row.get("problem")]
    if report["sanitizer"].get("problem"):
        failed.append("compute-sanitizer")
    print(f"{len(report['checks'])} checks; failed: {', '.join(failed) or 'none'}; {given.out}")
    return 1 if failed else 0


def write(path: str, report: dict[str, Any]) -> None:
    """Write what is known so far, so that a run that is cut short leaves it."""
    Path(path).write_text(json.dumps(report, indent=1, default=str) + "\n")


def environment() -> dict[str, Any]:
    """What there is: versions, the GPU as its tool tells it, other libraries."""
    import cumbia
    import numpy

    found: dict[str, Any] = {
        "cumbia": cumbia.__version__,
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "system": platform.platform(),
        "cpus": os.cpu_count(),
    }
    for name in ("numba_cuda", "cupy", "torch"):
        done = subprocess.run(
            [sys.executable, "-c", f"import {name}; print({name}.__version__)"],
            capture_output=True, text=True, check=False,
        )
        found[name] = done.stdout.strip() if done.returncode == 0 else None
    query = "--query-gpu=name,driver_version,memory.total,clocks.max.sm"
    smi = shutil.which("nvidia-smi")
    found["nvidia-smi"] = None
    if smi:
        done = subprocess.run([smi, query, "--format=csv,noheader"], capture_output=True,
                              text=True, check=False)
        found["nvidia-smi"] = done.stdout.strip()
    return found


def sanitizer() -> dict[str, Any]:
    """Run the checks under compute-sanitizer, where it is."""
    tool = shutil.which("compute-sanitizer")
    if tool is None:
        return {"ran": False, "why": "compute-sanitizer isn't there"}
    results: dict[str, Any] = {"ran": True}
    for kind in ("memcheck", "racecheck", "synccheck"):
        done = subprocess.run(
            [tool, "--tool", kind, "--error-exitcode", "9", sys.executable, "-m",
             "tests.gpu.checks"],
            capture_output=True, text=True, check=False,
        )
        results[kind] = done.returncode
        if done.returncode:
            results["problem"] = f"{kind}: {done.stdout[-2000:]}"
    return results


if __name__ == "__main__":
    sys.exit(main())
