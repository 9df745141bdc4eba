"""How parallel loops end early: exceptions that cancel what is under way, interrupts, forks."""

import os

os.environ.setdefault("CUMBIA_NUM_THREADS", "7")

import signal
import threading
import time

import cumbia
import numpy as np
import pytest
from cumbia import jit, prange


def total_of(a):
    total = 5
    for i in prange(a.shape[0]):
        total += a[i]
    return total


def test_an_exception_ends_endless_later_turns_on_any_thread():
    @jit(parallel=True)
    def waiting(stop):
        for i in prange(8):
            while i > 0 and stop[0] == 0:
                pass
            if i == 0:
                raise ValueError("first")

    stop = np.zeros(1, np.int64)
    seen = []

    def call():
        with pytest.raises(ValueError, match="first"):
            waiting(stop)
        seen.append(stop[0])

    call()
    thread = threading.Thread(target=call)
    thread.start()
    thread.join(60)
    stop[0] = 1
    thread.join()
    assert seen == [0, 0]


def test_a_forked_child_has_its_own_threads():
    total = jit(parallel=True)(total_of)
    a = np.arange(3000)
    wanted = total(a)
    child = os.fork()
    if child == 0:
        os._exit(0 if total(a) == wanted else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert total(a) == wanted


def test_an_interrupt_ends_it():
    @jit(parallel=True)
    def forever(a):
        for i in prange(a.shape[0]):
            while a[i] == 0.0:
                pass

    forever(np.ones(10))
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        forever(np.zeros(200))
    assert time.monotonic() - start < 60
    assert cumbia._cumbia.live_allocations() == 0
