"""Examples in docstrings and in the README run and print what they say.

Assumes that README blocks marked ``python`` build on one another, in order. Not here:
shell blocks, which the Makefile's own targets cover.
"""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import cumbia

MODULES = ["cumbia", *(f"cumbia.{one.name}" for one in pkgutil.iter_modules(cumbia.__path__))]
README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name):
    module = importlib.import_module(name)
    results = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert results.failed == 0


def test_readme(tmp_path, capsys):
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert blocks
    # A file, since functions are compiled from the text of the file they stand in.
    program = tmp_path / "readme.py"
    program.write_text("\n".join(blocks))
    code = compile(program.read_text(), str(program), "exec")
    exec(code, {"__name__": "readme", "__file__": str(program)})
    promised = re.findall(r"^print\(.*\)  # (.*)$", program.read_text(), re.MULTILINE)
    assert promised and capsys.readouterr().out.splitlines() == promised
