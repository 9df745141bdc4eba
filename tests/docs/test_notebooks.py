"""The tutorials' notebooks run from the first cell to the last, and are committed without outputs."""

import nbformat
import pytest
from nbclient import NotebookClient

from tests.python.harness import IDENTITY
from tests.python.test_docs import ROOT

NOTEBOOKS = sorted((ROOT / "docs" / "tutorials").glob("*.ipynb"))


@pytest.mark.skipif(IDENTITY, reason="nothing is compiled")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None, "commit it without outputs"
    # A cell that raises fails the test with its traceback.
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    assert sum(bool(cell.get("outputs")) for cell in notebook.cells) > 3


def test_all_are_in_the_index():
    index = (ROOT / "docs" / "tutorials" / "index.md").read_text()
    assert NOTEBOOKS and all(f"\n{path.stem}\n" in index for path in NOTEBOOKS)
