"""IPython in a terminal: the same as in notebooks, as text alone."""

import subprocess
import sys

import pytest

from tests.python.harness import IDENTITY

pytestmark = pytest.mark.skipif(IDENTITY, reason="nothing is compiled")

PROGRAM = """\
from IPython.terminal.interactiveshell import TerminalInteractiveShell
shell = TerminalInteractiveShell.instance(colors="NoColor", simple_prompt=True)
for cell in {cells!r}:
    shell.run_cell(cell, store_history=True)
"""


def ipython(*cells):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(cells=cells)], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120
    )
    return done.stdout + done.stderr


def test_text_alone():
    out = ipython(
        "%load_ext cumbia",
        "%%cumbia -a\ndef f(n):\n    s = 0.0\n    for i in range(n):\n        s += 0.5\n    return s\nf(3)",
        "f",
        "%%cumbia\ndef bad(a):\n    x = 1\n    if a > 1:\n        x = 's'\n    return x\nbad(3)",
        "%cumbia",
    )
    assert "Out[2]: 1.5" in out
    assert "f: (pyint) -> pyfloat\n" in out and "    4     for i in range(n):" in out
    assert "f: Cell In[2], line 2" in out and "1 call, 1 compiled" in out
    assert "error[CB0301]" in out and "--> Cell In[4]:3:9" in out and "Cell In[4], line 7: bad(3)" in out
    assert "options of %%cumbia:" in out
    # Nothing of what notebooks alone can show.
    assert "<div" not in out and "text/html" not in out and "\x1b[3" not in out
