"""Examples in docstrings, in the README and in pages run and print what they say.

Assumes that a page's blocks marked ``python`` build on one another, in order. Not here:
shell blocks, which the Makefile's own targets cover.
"""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import cumbia

# Tier 2 lies beside the modules and is none.
NAMES = [one.name for one in pkgutil.walk_packages(cumbia.__path__, "cumbia.") if not one.name.endswith("libcumbia_llvm")]
MODULES = ["cumbia", *NAMES]
ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in ("types", "tiers", "native", "stencils", "races", "parallel", "cuda"))]


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name):
    module = importlib.import_module(name)
    results = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert results.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_blocks_of_pages(page, tmp_path, capsys):
    run_blocks(page, tmp_path, capsys)


def run_blocks(page, tmp_path, capsys):
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    assert blocks
    # A file, since functions are compiled from the text of the file they stand in.
    program = tmp_path / "page.py"
    program.write_text("\n".join(blocks))
    code = compile(program.read_text(), str(program), "exec")
    exec(code, {"__name__": "page", "__file__": str(program)})
    promised = re.findall(r"^ *print\(.*\)  # (.*)$", program.read_text(), re.MULTILINE)
    assert promised and capsys.readouterr().out.splitlines() == promised
