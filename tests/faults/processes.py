"""Forks while another thread compiles and runs: every child must be able to go on.

A child compiles a function of its own, calls one of the parent's, and ends. It is given up
as stuck after a minute.
"""

from __future__ import annotations

import os
import threading
import time

import numpy as np

from cumbia import jit
from tests.faults.indices import define

__all__ = ["forks"]

PATIENCE = 60.0


def _function(number: int):
    text = (
        f"def f(a, n):\n    s = {number}.0\n    for i in range(n):\n        s += a[i % len(a)] * i\n"
        "    return s, np.sort(a).sum()\n"
    )
    return jit(define(text, f"<forked {number}>"))


def _child(shared, number: int) -> None:
    status = 1
    try:
        a = np.ones(8)
        own = _function(-number)
        fine = own(a, 3) == (3.0 - number, 8.0) and shared(a, 3) == (10.0, 8.0)
        status = 0 if fine else 2
    finally:
        os._exit(status)


def forks(count: int) -> dict:
    """Fork while another thread compiles.

    Parameters
    ----------
    count : int
        How many children, one after another.

    Returns
    -------
    dict
        ``failed``: children that ended with an error or a signal; ``stuck``: those that
        didn't end; ``compiled``: functions that the other thread compiled meanwhile.
    """
    shared = _function(7)
    shared(np.ones(8), 3)
    ended, compiled = threading.Event(), 0

    def compile_on() -> None:
        nonlocal compiled
        while not ended.is_set():
            func = _function(1000 + compiled)
            func(np.ones(8), 3)
            # Some of them are asked for from the thread of the second tier, too.
            func.wait(0)
            compiled += 1

    thread = threading.Thread(target=compile_on)
    thread.start()
    failed = stuck = 0
    try:
        for number in range(1, count + 1):
            child = os.fork()
            if child == 0:
                _child(shared, number)
            limit = time.monotonic() + PATIENCE
            while True:
                pid, status = os.waitpid(child, os.WNOHANG)
                if pid:
                    failed += status != 0
                    break
                if time.monotonic() > limit:
                    stuck += 1
                    os.kill(child, 9)
                    os.waitpid(child, 0)
                    break
                time.sleep(0.0005)
    finally:
        ended.set()
        thread.join()
    return {"forks": count, "failed": failed, "stuck": stuck, "compiled": compiled}
