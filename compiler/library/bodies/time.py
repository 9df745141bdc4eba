"""Library bodies: the clocks of `time`.

A clock is read once per call, as CPython reads it; seconds are nanoseconds divided, as
there. Not here: `sleep`, and whatever makes structures or texts of times.
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
