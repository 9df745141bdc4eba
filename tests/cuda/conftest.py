"""Kernels of these tests run on the processor, but for those of `driver`."""

import os

import pytest

os.environ["CUMBIA_CUDA"] = "emulate"


@pytest.fixture(autouse=True)
def settings_of_each_test():
    """Let no test see what another one has set."""
    from cumbia.cuda import _launchers

    yield
    if _launchers._WANTED != "emulate":
        _launchers.forget()
