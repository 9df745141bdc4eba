"""The stand-in as the driver of these tests."""

from __future__ import annotations

import os

import pytest

from tests.cuda.driver import standin as standins


@pytest.fixture(scope="session")
def library():
    """The path of the stand-in."""
    path = standins.build()
    if path is None:
        pytest.skip("the stand-in is built by cargo, and there is none")
    os.environ["CUMBIA_CUDA_DRIVER"] = path
    return path


@pytest.fixture(scope="session")
def loaded(library):
    return standins.StandIn(library)


@pytest.fixture
def standin(loaded, monkeypatch):
    """The stand-in, with nothing left of other tests."""
    from cumbia import cuda
    from cumbia.cuda import _launchers

    monkeypatch.setenv("CUMBIA_CUDA", "driver")
    monkeypatch.setenv("CUMBIA_CUDA_DRIVER", os.environ["CUMBIA_CUDA_DRIVER"])
    monkeypatch.setenv("CUMBIA_CACHE", "0")
    standins.hooked(loaded, monkeypatch)
    _launchers.forget()
    loaded.calls()
    loaded.launched.clear()
    loaded.trouble.clear()
    yield loaded
    if loaded.trouble:
        # What has failed stays with the context.
        cuda.close()
    _launchers.forget()
    assert not loaded.trouble, loaded.trouble[0]
