"""The pages about other libraries: their blocks run and print what they say."""

import pytest

from tests.python.harness import IDENTITY
from tests.python.test_docs import ROOT, run_blocks

NAMES = ["pass-other-arrays", "run-in-workers", "use-with-pandas", "use-with-scikit-learn-and-xarray"]


@pytest.mark.skipif(IDENTITY, reason="nothing is compiled")
@pytest.mark.parametrize("name", NAMES)
def test_blocks(name, tmp_path, capsys):
    run_blocks(ROOT / "docs" / "how-to" / f"{name}.md", tmp_path, capsys)
