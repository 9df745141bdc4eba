"""Every block of Python in a page of the site runs, here or where its page is the test."""

import re

import pytest

from tests.libraries.test_pages import NAMES
from tests.python.harness import IDENTITY
from tests.python.test_docs import PAGES, ROOT, run_blocks

DOCS = ROOT / "docs"
HERE = [DOCS / f"{name}.md" for name in ("index", "start", "ufuncs", "how-to/time-functions", "how-to/extend-the-compiler")]
# Their programs go wrong on purpose, or stand for many; the tests named know them.
ELSEWHERE = {
    "gallery.md": "tests/python/test_gallery.py",
    "diagnostics.md": "tests/python/test_explain_codes.py",
    "how-to/add-a-numpy-function.md": "below",
}


@pytest.mark.skipif(IDENTITY, reason="nothing is compiled")
@pytest.mark.parametrize("page", HERE, ids=lambda page: page.stem)
def test_blocks(page, tmp_path, capsys):
    run_blocks(page, tmp_path, capsys)


def test_no_page_is_left_out():
    run = {*PAGES, *HERE, *(DOCS / "how-to" / f"{name}.md" for name in NAMES), *(DOCS / name for name in ELSEWHERE)}
    found = {path for path in DOCS.rglob("*.md") if "```python\n" in path.read_text()}
    assert found == run - {ROOT / "README.md"}
    assert all((ROOT / test).exists() for test in ELSEWHERE.values() if test != "below")


def test_a_body_is_quoted_as_it_is_and_runs_under_cpython(capsys):
    body, emulated = re.findall(r"```python\n(.*?)```", (DOCS / "how-to" / "add-a-numpy-function.md").read_text(), re.DOTALL)
    files = [path.read_text() for path in (ROOT / "compiler" / "library" / "bodies").glob("*.py")]
    # What it imports stands at the file's head, with more; the functions are the file's own.
    for function in re.split(r"\n{3}", body.strip())[1:]:
        assert any(function in text for text in files), function
    exec(emulated, {})
    assert capsys.readouterr().out == "True\n"
