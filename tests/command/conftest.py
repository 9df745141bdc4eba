"""Commands are run as where no terminal is, whatever other tests have left in the environment."""

import pytest


@pytest.fixture(autouse=True)
def _no_width(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
