"""Fetching packages and running their tests, once with Numba and once with cumbia in its place.

Assumes Python's `venv` and `pip`, and the network for what isn't there yet. Each file of tests is
a process of its own with a time limit, so a crash or an endless loop costs one file. Nothing of
the packages is kept in the repository: everything lies in the working directory.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tarfile
import time
import venv
from pathlib import Path
from typing import Any

from tests.packages.listing import REQUIREMENTS, Package

__all__ = ["ENGINES", "files", "make_venv", "run", "source"]

HERE = Path(__file__).resolve().parent
PYTHON = HERE.parent.parent / "python"
ENGINES = ("numba", "cumbia")


def make_venv(work: Path, packages: list[Package]) -> Path:
    """Make the environment that has the packages, if it isn't there, and give its interpreter."""
    python = work / "venv" / "bin" / "python"
    if not python.exists():
        venv.create(work / "venv", with_pip=True)
    stamp = work / "venv" / "installed.json"
    wanted = sorted({*REQUIREMENTS, *(p.pinned for p in packages), *(need for p in packages for need in p.needs)})
    if not stamp.exists() or not set(wanted) <= set(json.loads(stamp.read_text())):
        subprocess.run([python, "-m", "pip", "install", "-q", *wanted], check=True)
        stamp.write_text(json.dumps(wanted))
    return python


def source(work: Path, python: Path, package: Package) -> Path:
    """Give the directory of a package's source distribution, fetched if it isn't there."""
    if package.own:
        return HERE / "own"
    into = work / "sources" / package.pinned
    if not into.exists():
        fetched = work / "fetched" / package.pinned
        subprocess.run(
            [python, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", fetched, package.pinned],
            check=True,
        )
        (archive,) = fetched.glob("*.tar.gz")
        with tarfile.open(archive) as opened:
            opened.extractall(into, filter="data")
    (root,) = into.iterdir()
    return root


def files(root: Path, package: Package) -> list[str]:
    """Give the package's files of tests, below its source distribution."""
    found = {str(path.relative_to(root)) for pattern in package.tests for path in root.glob(pattern)}
    return sorted(found)


def run(work: Path, python: Path, root: Path, package: Package, file: str, engine: str, limit: float) -> dict[str, Any]:
    """Run one file of tests.

    Returns
    -------
    dict
        `seconds`; `ended`, which is ``"exit"``, ``"time limit"`` or ``"signal n"``; and `tests`, an
        outcome for each. A test that was running when the process died has that as its outcome.
    """
    # Two runs may share the directory.
    record = work / f"record-{engine}-{os.getpid()}.jsonl"
    record.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "CUMBIA_PACKAGES_RECORD": str(record),
        "PYTHONPATH": os.pathsep.join([str(HERE), str(PYTHON)]),
        "NUMBA_CACHE_DIR": str(work / "numba-cache"),
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "agg",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    engine_words = ["-m", "cumbia", "run", "--as-numba"] if engine == "cumbia" else []
    words = [
        *engine_words, "-m", "pytest", "-q", "-p", "record", "-p", "no:cacheprovider", "-o", "addopts=",
        f"--timeout={limit / 2:.0f}", "--timeout-method=signal", "--tb=no", *package.options, file,
    ]  # fmt: skip
    began = time.perf_counter()
    log = work / "logs" / engine / package.name / f"{file.replace('/', '.')}.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        process = subprocess.Popen(
            [python, *words], cwd=root, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            status = process.wait(limit)
            ended = f"signal {signal.Signals(-status).name}" if status < 0 else "exit"
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            ended = "time limit"
    tests = _read(record, ended)
    if not tests and status_of(log):
        tests[file] = {"outcome": "collect", "text": log.read_text(errors="replace")[-4000:]}
    return {"seconds": round(time.perf_counter() - began, 1), "ended": ended, "tests": tests}


def status_of(log: Path) -> bool:
    """Say whether a run without a single test is one that failed, and not one that has none."""
    return "no tests ran" not in log.read_text(errors="replace")


def _read(record: Path, ended: str) -> dict[str, Any]:
    tests: dict[str, Any] = {}
    running = None
    if not record.exists():
        return tests
    for line in record.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        name = one.pop("test")
        if "at" in one:
            running = name
            continue
        if name == running:
            running = None
        # A test that fails in its end had passed before.
        if name not in tests or one["outcome"] != "passed":
            tests[name] = one
    if running is not None and ended != "exit":
        tests[running] = {"outcome": ended, "seconds": 0, "error": "", "text": ended}
    return tests


if sys.version_info < (3, 11):
    raise SystemExit("python -m tests.packages needs Python 3.11")
