"""Ctrl-C at random moments: in loops, in recursion, in library functions, while compiling.

A thread sends the signal to the process and notes when; the main thread notes when the
exception arrives. What is measured is the time between.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time

import numpy as np

from cumbia import jit
from tests.faults.indices import define

__all__ = ["interrupts"]

BODIES = {
    "loop": "while True:\n        a[0] += 1.0",
    "counted": "for i in range(10**15):\n        a[i % 3] += i * 0.5",
    "nest": "for i in range(10**9):\n        for j in range(len(a)):\n            a[j] += i",
    "recursion": "return f(a, n - 1) + f(a, n - 2) if n > 1 else n",
    "library": "for i in range(10**9):\n        b = np.sort(np.cumsum(a))[::-1]\n        a[:] = b - b",
    "objects": "d = {0: 1}\n    while True:\n        d[len(d) % 100] = d[0] + 1",
    "text": "s = ''\n    while True:\n        s = (s + 'x')[-50:]",
}


def interrupts(count: int) -> dict:
    """Interrupt running kernels.

    Parameters
    ----------
    count : int
        How many signals.

    Returns
    -------
    dict
        ``missed``: how many calls weren't ended within 30 s; ``median``, ``p99`` and
        ``worst``: seconds from the signal to the exception.
    """
    # What was started in the background may have been told to ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    draw = random.Random(1)
    names = sorted(BODIES)
    functions = {
        name: jit(define(f"def f(a, n):\n    {body}\n", f"<interrupted {name}>"), tier="auto")
        for name, body in BODIES.items()
    }
    waits, missed = [], 0
    sent = 0.0

    def send(delay: float) -> None:
        nonlocal sent
        time.sleep(delay)
        sent = time.perf_counter()
        os.kill(os.getpid(), signal.SIGINT)

    for number in range(count):
        func = functions[names[number % len(names)]]
        thread = threading.Thread(target=send, args=(0.005 + draw.random() * 0.1,))
        try:
            thread.start()
            func(np.zeros(50), 90)
        except KeyboardInterrupt:
            waits.append(time.perf_counter() - sent)
            missed += waits[-1] > 30
        else:
            raise AssertionError(f"{names[number % len(names)]} ended by itself")
        finally:
            thread.join()
    waits.sort()
    return {
        "signals": count,
        "missed": missed,
        "median": waits[len(waits) // 2],
        "p99": waits[min(len(waits) - 1, int(len(waits) * 0.99))],
        "worst": waits[-1],
    }
