"""Library bodies: the clocks of `time`.

A clock is read once per call, as CPython reads it; seconds are nanoseconds divided, as
there. Waiting is done in short pieces, between which interrupts are seen. Not here:
whatever makes structures or texts of times.
"""


def seconds(ns):
    return ns / 1000000000


@implements("time.time")
def time():
    return seconds(prim.clock_ns(0))


@implements("time.time_ns")
def time_ns():
    return prim.clock_ns(0)


@implements("time.monotonic")
def monotonic():
    return seconds(prim.clock_ns(1))


@implements("time.monotonic_ns")
def monotonic_ns():
    return prim.clock_ns(1)


@implements("time.perf_counter")
def perf_counter():
    return seconds(prim.clock_ns(1))


@implements("time.perf_counter_ns")
def perf_counter_ns():
    return prim.clock_ns(1)


@implements("time.process_time")
def process_time():
    return seconds(prim.clock_ns(2))


@implements("time.process_time_ns")
def process_time_ns():
    return prim.clock_ns(2)


@implements("time.thread_time")
def thread_time():
    return seconds(prim.clock_ns(3))


@implements("time.thread_time_ns")
def thread_time_ns():
    return prim.clock_ns(3)


@implements("time.sleep")
def sleep(seconds, /):
    if not prim.is_number(seconds):
        prim.error("'{}' object cannot be interpreted as an integer", seconds)
    wanted = float(seconds)
    if wanted != wanted:
        raise ValueError("Invalid value NaN (not a number)")
    if wanted < 0.0:
        raise ValueError("sleep length must be non-negative")
    start = prim.clock_ns(1)
    left = wanted
    while left > 0.0:
        prim.clock_pause(left)
        left = wanted - (prim.clock_ns(1) - start) / 1000000000
