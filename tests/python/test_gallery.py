"""The page of mistakes: each program goes wrong, and what is shown for it stays short.

`docs/gallery.md` holds the programs and what is shown, side by side: it is the snapshot.
`CUMBIA_BLESS=1` writes anew what is shown; the programs are written by hand. Refusals are
the same under all versions of Python and NumPy. Other texts are Python's and NumPy's own, so
they are compared where the page was made: Python 3.11 and NumPy 2.4.
"""

import contextlib
import io
import json
import linecache
import os
import re
import subprocess
import sys
import traceback
import warnings
from pathlib import Path

import numpy as np
import pytest

from cumbia import CompileError, CumbiaError, jit

PAGE = Path(__file__).parents[2] / "docs" / "gallery.md"
SECTION = re.compile(r"^### ([^\n]+)\n\n```python\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.M | re.S)
PROGRAMS = {title: (program, shown) for title, program, shown in SECTION.findall(PAGE.read_text())}
HERE = sys.version_info[:2] == (3, 11) and np.__version__.startswith("2.4.")
FILE = "kernel.py"
LINES = 12


def shown(program):
    """What a program prints and raises, as Python shows it, without cumbia's own frames."""
    linecache.cache[FILE] = (len(program), None, program.splitlines(True), FILE)
    printed = io.StringIO()
    error = None
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        warnings.catch_warnings(record=True) as warned,
    ):
        warnings.simplefilter("always")
        try:
            scope = {"np": np, "jit": jit, "__name__": "kernel", "__file__": FILE}
            exec(compile(program, FILE, "exec"), scope)
        except Exception as caught:
            error = caught
    text = printed.getvalue()
    text += "".join(
        warnings.formatwarning(one.message, one.category, one.filename, one.lineno)
        for one in warned
    )
    if isinstance(error, CompileError):
        return text + "".join(traceback.format_exception_only(error)), error
    if error is not None:
        told = traceback.TracebackException.from_exception(error)
        told.stack = traceback.StackSummary.from_list([f for f in told.stack if f.filename == FILE])
        text += "".join(told.format()).removeprefix("Traceback (most recent call last):\n")
    return text, error


def blessed():
    """The page with what its programs show."""

    def section(found):
        title, program = found[1], found[2]
        text = "\n".join(line.rstrip() for line in shown(program)[0].splitlines())
        return f"### {title}\n\n```python\n{program}```\n\n```text\n{text}\n```\n"

    return SECTION.sub(section, PAGE.read_text())


@pytest.mark.skipif("CUMBIA_BLESS" not in os.environ, reason="only to write the page")
def test_bless():
    PAGE.write_text(blessed())


def test_there_are_many():
    assert len(PROGRAMS) >= 60


@pytest.mark.parametrize("title", PROGRAMS)
def test_what_is_shown(title):
    program, expected = PROGRAMS[title]
    text, error = shown(program)
    assert text, "nothing is wrong with it"
    # Of libraries' texts the lines are told, which move.
    if not HERE and (not isinstance(error, CumbiaError) or "of its" in expected):
        return
    lines = [line.rstrip() for line in text.splitlines()]
    assert lines == expected.splitlines()


@pytest.mark.parametrize("title", PROGRAMS)
def test_refusals_are_short_marked_and_data(title):
    _, error = shown(PROGRAMS[title][0])
    if not isinstance(error, CompileError):
        return
    assert len(str(error).strip().splitlines()) <= LINES
    assert f"--> {FILE}:" in str(error) and "^" in str(error)
    [found, *_] = json.loads(error.json())
    assert found["code"] == error.code and found["message"] in str(error)
    assert found["severity"] == "error"
    place = found["spans"][0]
    assert place["filename"] == FILE and place["line"] >= 1 and place["end_line"] >= place["line"]
    assert {"column", "end_column", "label"} <= set(place)
    assert isinstance(found["notes"], list) and isinstance(found["help"], str | None)


CELL = """\
from cumbia import jit

@jit
def total(values):
    return values.sun()
"""


def test_cells_of_notebooks_are_told_by_their_number():
    """In a process of its own: there is one shell per process."""
    pytest.importorskip("IPython")
    program = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "import sys, numpy\n"
        "shell = InteractiveShell.instance()\n"
        "shell.run_cell('1', store_history=True)\n"
        f"shell.run_cell({CELL!r}, store_history=True)\n"
        "result = shell.run_cell('import numpy\\ntotal(numpy.ones(3))', store_history=True)\n"
        "sys.__stderr__.write(str(result.error_in_exec))\n"
        "[place, *_] = result.error_in_exec.diagnostics[0]['spans']\n"
        "assert place['filename'] == 'Cell In[2]' and place['line'] == 5, place\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True,
        env={**os.environ, "IPYTHONDIR": "/nonexistent"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "--> Cell In[2]:5:12" in done.stderr, done.stderr
    assert "did you mean 'sum'?" in done.stderr
