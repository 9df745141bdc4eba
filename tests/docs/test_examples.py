"""The examples run in a small size, with the checks that are in them, and draw their pictures."""

import importlib.util
import os
import re
import subprocess
import sys

import pytest

from tests.python.harness import IDENTITY
from tests.python.test_docs import ROOT

EXAMPLES = ROOT / "docs" / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.py") if path.stem != "frame")


@pytest.mark.skipif(IDENTITY, reason="nothing is compiled")
@pytest.mark.parametrize("name", NAMES)
def test_runs(name, tmp_path):
    command = [sys.executable, str(EXAMPLES / f"{name}.py"), "--small", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "MPLBACKEND": "agg"}, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^Python .*\ncumbia ", done.stdout, re.MULTILINE)
    assert (tmp_path / f"{name}.png").stat().st_size > 1000


def test_pages_and_pictures():
    page = (EXAMPLES / "index.md").read_text()
    assert len(NAMES) >= 10
    for name in NAMES:
        assert f"```{{example}} {name}\n" in page
        assert (EXAMPLES / f"{name}.png").stat().st_size < 150 * 1024


CHECKERS = {"mypy": ["--strict", "--no-error-summary"], "basedpyright": ["--level", "error", "--pythonpath", sys.executable]}


@pytest.mark.skipif(IDENTITY, reason="it doesn't matter how functions are run")
@pytest.mark.parametrize("checker", CHECKERS)
def test_types(checker, tmp_path):
    if importlib.util.find_spec(checker) is None:
        pytest.skip(f"{checker} isn't installed")
    for path in EXAMPLES.glob("*.py"):
        (tmp_path / path.name).write_text(path.read_text())
    # What comes without types is no fault of the examples.
    (tmp_path / "mypy.ini").write_text("[mypy]\ncache_dir = cache\n[mypy-sklearn.*,scipy.*,numba.*,pydata_doc.*]\nignore_missing_imports = True\n")
    files = [f"{name}.py" for name in ("frame", *NAMES)]
    done = subprocess.run([sys.executable, "-m", checker, *CHECKERS[checker], *files], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
