"""Loops of ordinary functions by the driver: what they give, and what is copied for them."""

from __future__ import annotations

import numpy as np
import pytest
from cumbia import cuda

from tests.cuda.offload import loops

pytestmark = [
    pytest.mark.usefixtures("standin"),
    pytest.mark.filterwarnings("ignore::cumbia.errors.CumbiaPerformanceWarning"),
]


def copies(standin):
    """How many copies to the device and back there were since this was asked last."""
    calls = standin.calls()
    return tuple(sum(call.startswith(f"cuMemcpy{way}") for call in calls) for way in ("HtoD", "DtoH"))


def test_elements_and_launches(standin):
    x, y = np.arange(1000.0), np.ones(1000)
    loops.axpy(2.0, x, y)
    assert (y == 2 * x + 1).all()
    ((_, grid, block, _),) = standin.launched
    assert (grid, block) == ((4, 1, 1), (256, 1, 1))
    assert copies(standin) == (2, 1)


def test_reductions_have_the_emulations_bits(standin, monkeypatch):
    from cumbia.cuda import _launchers

    x = np.random.default_rng(4).random(100_000) - 0.5
    found = loops.several(x), loops.total(x)
    assert len(standin.launched) == 2
    monkeypatch.setenv("CUMBIA_CUDA", "emulate")
    _launchers.forget()
    assert (loops.several(x), loops.total(x)) == found


def test_arrays_stay_from_loop_to_loop(standin):
    a = np.random.default_rng(3).random(500)
    expected = a.copy()
    loops.diffuse.py_func(expected, np.zeros(500), 5)
    b = np.zeros(500)
    loops.diffuse(a, b, 5)
    assert (a == expected).all()
    assert len(standin.launched) == 10
    assert copies(standin) == (2, 2)


def test_arrays_of_the_device_are_not_copied(standin):
    x, y = cuda.to_device(np.arange(64.0)), cuda.to_device(np.ones(64))
    copies(standin)
    loops.axpy(2.0, x, y)
    assert copies(standin) == (0, 0)
    assert (y.copy_to_host() == 2 * np.arange(64.0) + 1).all()


def test_resident_arrays_are_copied_once(standin):
    x, y = np.arange(64.0), np.zeros(64)
    copies(standin)
    with cuda.resident(x, y):
        for _ in range(3):
            loops.axpy(1.0, x, y)
        assert copies(standin) == (2, 0)
    assert copies(standin) == (0, 1)
    assert (y == 3 * x).all()


def test_exceptions_of_turns(standin):
    with pytest.raises(IndexError, match="index 9 is out of bounds") as info:
        loops.gather(np.arange(3.0), np.array([1, 9, 0]), np.zeros(3))
    assert info.traceback[-1].name == "gather"
    assert "thread (1, 0, 0) of block (0, 0, 0)" in info.value.__notes__[0]
    # The device goes on.
    out = np.zeros(2)
    loops.gather(np.arange(3.0), np.array([1, 2]), out)
    assert out.tolist() == [1.0, 2.0]


def test_own_arrays_and_what_stays_on_the_processor(standin):
    x = np.arange(100.0)
    assert (loops.own_arrays(x, 7) == x + sum(range(7))).all()
    out = np.zeros(100)
    loops.allocates(x, out)
    assert (out == 2 * x).all()
    k = np.arange(1000) % 10
    assert (loops.counts(k, 10) == 100).all()
