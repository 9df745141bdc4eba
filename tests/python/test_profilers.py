"""Profilers and tracers around compiled calls, and the trace of compilations."""

import cProfile
import json
import os
import pstats
import subprocess
import sys
import threading

import pytest

from cumbia import jit


@jit
def total(n):
    s = 0
    for i in range(n):
        s += i
    return s


@jit
def failing(x):
    return 1 // x


@jit
def calling(function, n):
    s = 0
    for i in range(n):
        s += function(i)
    return s


def square(x):
    return x * x


def exercise():
    with pytest.raises(ZeroDivisionError):
        failing(0)
    return total(10), failing(1), calling(square, 4)


def test_cprofile():
    exercise()
    profile = cProfile.Profile()
    assert profile.runcall(exercise) == (45, 1, 14)
    assert any(name == "exercise" for _, _, name in pstats.Stats(profile).stats)


@pytest.mark.parametrize("hook", [sys.setprofile, sys.settrace])
def test_hooks(hook):
    seen = []

    def watch(frame, event, argument):
        seen.append((event, frame.f_code.co_name))
        return watch

    before = sys.getprofile() if hook is sys.setprofile else sys.gettrace()
    hook(watch)
    try:
        result = exercise()
    finally:
        hook(before)
    assert result == (45, 1, 14)
    assert ("call", "exercise") in seen
    # A first call compiles, which runs Python code that is watched as well.
    hook(watch)
    try:
        assert jit(lambda x: x + 1)(2) == 3
    finally:
        hook(before)


@pytest.mark.parametrize("hook", [sys.setprofile, sys.settrace])
def test_hooks_that_raise(hook):
    class Stop(Exception):
        pass

    def watch(frame, event, argument):
        if frame.f_code.co_name == "exercise" and event != "call":
            raise Stop
        return watch

    before = sys.getprofile() if hook is sys.setprofile else sys.gettrace()
    hook(watch)
    try:
        with pytest.raises(Stop):
            exercise()
    finally:
        hook(before)
    assert exercise() == (45, 1, 14)


def test_hooks_on_other_threads():
    results = []
    threading.setprofile(lambda *_: None)
    threading.settrace(lambda *_: None)
    try:
        threads = [threading.Thread(target=lambda: results.append(exercise())) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    finally:
        threading.setprofile(None)
        threading.settrace(None)
    assert results == [(45, 1, 14)] * 4


TRACED = """
import os, sys
from cumbia import jit
@jit
def double(x):
    return 2 * x
double(1), double(1.5)
if os.fork() == 0:
    sys.exit()
os.wait()
"""


def test_trace_of_compilations(tmp_path):
    program, out = tmp_path / "program.py", tmp_path / "trace.json"
    program.write_text(TRACED)
    environment = {**os.environ, "CUMBIA_TRACE": str(out)}
    done = subprocess.run([sys.executable, program], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = json.loads(out.read_text())["traceEvents"]
    compiled = [row for row in rows if row.get("cat") == "compiled"]
    assert len(compiled) == 2 and all("double" in row["name"] and row["ph"] == "X" for row in compiled)
    assert all(row["dur"] > 0 and row["ts"] > 0 for row in compiled)
    assert {"name": "compiled"} in [row["args"] for row in rows if row["ph"] == "M"]


MAPPED = """
import os, re
from cumbia import jit
@jit
def double(x):
    return 2 * x
double(1)
path = f"/tmp/perf-{os.getpid()}.map"
try:
    text = open(path).read()
    mode = os.stat(path).st_mode & 0o777
finally:
    os.unlink(path)
assert mode == 0o600, oct(mode)
rows = [re.fullmatch(r"([0-9a-f]+) ([0-9a-f]+) (cumbia::.+)", line).groups() for line in text.splitlines()]
assert any("double" in name for *_, name in rows), text
maps = [line.split() for line in open("/proc/self/maps")]
code = [tuple(int(end, 16) for end in row[0].split("-")) for row in maps if "x" in row[1]]
for start, size, _ in rows:
    start, size = int(start, 16), int(size, 16)
    assert size > 0 and any(low <= start and start + size <= high for low, high in code)
print("fine")
"""


def test_names_for_perf(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(MAPPED)
    environment = {**os.environ, "CUMBIA_PERF": "1", "CUMBIA_TIER": "fast"}
    done = subprocess.run([sys.executable, program], env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "fine", done.stderr


@pytest.mark.parametrize("hook", [sys.setprofile, sys.settrace])
def test_hooks_inside_calls(hook):
    """Set and taken away by Python code that runs within compiled calls: signal handlers."""
    import signal

    seen = []

    def watch(frame, event, argument):
        seen.append((event, frame.f_code.co_name))
        return watch

    @jit
    def spinning(a):
        s = 0
        for _ in range(a[0]):
            for i in range(1000):
                s += i & 3
        return s

    def handler(number, frame):
        hook(watch)
        raise InterruptedError("stop")

    before = sys.getprofile() if hook is sys.setprofile else sys.gettrace()
    old = signal.signal(signal.SIGALRM, handler)
    try:
        spinning([1])
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(InterruptedError):
            spinning([10**9])
        assert exercise() == (45, 1, 14)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
        hook(before)
    assert ("call", "exercise") in seen


def items(n):
    for i in range(n):
        yield i * i


def test_hooks_around_generators():
    """Items of a compiled generator, and an exception that leaves it, under both hooks."""
    made = jit(items)
    assert list(made(4)) == [0, 1, 4, 9]
    events = []
    before = sys.gettrace(), sys.getprofile()
    sys.settrace(lambda *a: events.append(a[1]))
    sys.setprofile(lambda *a: events.append(a[1]))
    try:
        assert list(made(4)) == [0, 1, 4, 9]
        waiting = made(3)
        assert next(waiting) == 0
        with pytest.raises(RuntimeError, match="thrown"):
            waiting.throw(RuntimeError("thrown"))
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
    assert events


def test_cprofile_of_first_calls_and_compiling():
    """Compiling runs Python code; a profile that is enabled in its midst is no matter."""
    profile = cProfile.Profile()
    profile.enable()
    try:
        fresh = jit(lambda x: x * 3 + 1)
        assert fresh(2) == 7 and fresh(2.5) == 8.5
        with pytest.raises(ZeroDivisionError):
            jit(lambda x: 1 // x)(0)
    finally:
        profile.disable()
    # Compiled code is no Python call: its time is its caller's.
    assert not [key for key in pstats.Stats(profile).stats if key[0] == __file__ and key[2] == "<lambda>"]


monitoring = pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring came with 3.12")


@monitoring
def test_monitoring():
    """All events, local and global, with callbacks that call compiled code themselves."""
    events = sys.monitoring.events
    tool, seen = sys.monitoring.PROFILER_ID, []
    exercise()

    def callback(kind):
        def called(code, *rest):
            seen.append((kind, code.co_name))
            # Compiled calls within the event of a compiled call.
            assert total(3) == 3

        return called

    kinds = {name: getattr(events, name) for name in (
        "PY_START", "PY_RETURN", "CALL", "C_RETURN", "C_RAISE", "RAISE", "LINE", "JUMP", "BRANCH",
        "PY_UNWIND", "EXCEPTION_HANDLED", "INSTRUCTION",
    ) if hasattr(events, name)}  # fmt: skip
    sys.monitoring.use_tool_id(tool, "cumbia's tests")
    try:
        local = anywhere = 0
        for name, event in kinds.items():
            sys.monitoring.register_callback(tool, event, callback(name))
            if name in ("RAISE", "PY_UNWIND", "EXCEPTION_HANDLED"):
                anywhere |= event
            # What belongs to calls is asked for with them.
            elif name not in ("C_RETURN", "C_RAISE"):
                local |= event
        sys.monitoring.set_local_events(tool, exercise.__code__, local)
        sys.monitoring.set_events(tool, anywhere)
        result = exercise()
        assert jit(lambda x: x + 1)(2) == 3
    finally:
        sys.monitoring.set_events(tool, 0)
        sys.monitoring.set_local_events(tool, exercise.__code__, 0)
        sys.monitoring.free_tool_id(tool)
    assert result == (45, 1, 14)
    assert ("PY_START", "exercise") in seen and ("C_RETURN", "exercise") in seen
    # The exception of a compiled function is that of a C call.
    assert ("C_RAISE", "exercise") in seen


@monitoring
def test_monitoring_sees_compiled_functions_called():
    events = sys.monitoring.events
    tool, called = sys.monitoring.PROFILER_ID, []
    total(3)
    sys.monitoring.use_tool_id(tool, "cumbia's tests")
    try:
        sys.monitoring.register_callback(
            tool, events.CALL, lambda code, at, function, first: called.append((function, first))
        )
        sys.monitoring.set_local_events(tool, exercise.__code__, events.CALL)
        exercise()
    finally:
        sys.monitoring.set_local_events(tool, exercise.__code__, 0)
        sys.monitoring.free_tool_id(tool)
    assert (total, 10) in called and (failing, 1) in called and (calling, square) in called


@monitoring
def test_monitoring_callbacks_that_raise_or_switch_off():
    events = sys.monitoring.events
    tool = sys.monitoring.PROFILER_ID

    class Stop(Exception):
        pass

    def stop(*_):
        raise Stop

    sys.monitoring.use_tool_id(tool, "cumbia's tests")
    try:
        sys.monitoring.register_callback(tool, events.CALL, stop)
        sys.monitoring.set_local_events(tool, exercise.__code__, events.CALL)
        with pytest.raises(Stop):
            exercise()
        sys.monitoring.register_callback(tool, events.CALL, lambda *_: sys.monitoring.DISABLE)
        assert exercise() == (45, 1, 14)
        assert exercise() == (45, 1, 14)
    finally:
        sys.monitoring.set_local_events(tool, exercise.__code__, 0)
        sys.monitoring.free_tool_id(tool)
