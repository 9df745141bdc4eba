"""`time`: clocks, of which only what must hold can be compared, and `sleep`."""

import time

from tests.corpus import call, program


@program(call(1))
def clocks_go_forward(n):
    a, b, c, d = time.perf_counter(), time.monotonic(), time.process_time(), time.thread_time()
    return (time.perf_counter() >= a, time.monotonic() >= b, time.process_time() >= c, time.thread_time() >= d,
            time.time() > 1e9)


@program(call(1))
def clocks_in_nanoseconds(n):
    a, b, c, d = time.perf_counter_ns(), time.monotonic_ns(), time.process_time_ns(), time.thread_time_ns()
    return (time.perf_counter_ns() >= a, time.monotonic_ns() >= b, time.process_time_ns() >= c, time.thread_time_ns() >= d,
            time.time_ns() > 10**18, isinstance(a, int))


@program(call(0), call(0.001), call(True), call(-1), call(-0.5), call(float("nan")))
def sleeping(seconds):
    start = time.monotonic()
    done = time.sleep(seconds)
    return done, time.monotonic() - start >= seconds


@program(call(0.06))
def sleeping_longer_than_one_piece(seconds):
    start = time.monotonic()
    time.sleep(seconds)
    return time.monotonic() - start >= seconds


@program(call("1"))
def sleeping_for_a_text(seconds):
    time.sleep(seconds)


@program(call(0.0))
def calendar(seconds):
    return time.gmtime(seconds)
