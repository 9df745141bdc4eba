"""gdb and perf see Python's files and lines in compiled code (decision 0051)."""

import os
import re
import shutil
import struct
import subprocess
import sys

import pytest

from cumbia import _cumbia
from tests.python.harness import IDENTITY

pytestmark = pytest.mark.skipif(
    IDENTITY or not sys.platform.startswith("linux"), reason="code in memory, on Linux"
)

LLVM = _cumbia._tiers()[1]
TIERS = ["fast", pytest.param("best", marks=pytest.mark.skipif(not LLVM, reason="no LLVM"))]

PROGRAM = """\
import os
import numpy as np
from cumbia import jit


@jit
def inner(values, start):
    s = 0.0
    for i in range(values.shape[0]):
        s += values[i + start]
    return s


@jit
def outer(values, n):
    s = 0.0
    for i in range(n):
        s += inner(values, 0) * i
    return s


# Turns that are left over when several are made one come first: gdb stops at those.
assert outer(np.ones(1003), 10) == 45135.0
print("fine", os.getpid())
"""


def environment(tier, **more):
    return {**os.environ, "CUMBIA_TIER": tier, "CUMBIA_CACHE": "0", **more}


def traced_by_gdb(program, tier, commands, **more):
    """What gdb prints for a program that it starts; skipped where it can't start any."""
    gdb = shutil.which("gdb")
    if gdb is None:
        pytest.skip("gdb isn't installed")
    lines = ["set pagination off", "set confirm off", "set debuginfod enabled off", "set width 0"]
    lines += ["set startup-with-shell off", "set breakpoint pending on", *commands]
    flags = [flag for line in lines for flag in ("-ex", line)]
    done = subprocess.run(
        [gdb, "-q", "-batch", "-nx", *flags, "--args", sys.executable, str(program)],
        env=environment(tier, CUMBIA_GDB="1", **more), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    out = done.stdout + done.stderr
    if "ptrace" in out.lower() and "not permitted" in out.lower():
        pytest.skip("programs can't be traced here")
    return out


@pytest.mark.parametrize("tier", TIERS)
def test_a_breakpoint_and_a_backtrace(tmp_path, tier):
    program = tmp_path / "traced.py"
    program.write_text(PROGRAM)
    out = traced_by_gdb(
        program, tier, ["break traced.py:10", "run", "bt 5", "info line *$pc", "delete", "continue"]
    )
    assert re.search(r"hit Breakpoint 1", out), out
    assert re.search(r"^10\s+s \+= values\[i \+ start\]$", out, re.M), out
    frames = re.findall(rf"^#\d+ .*?(\S+) \(\) at {re.escape(str(program))}:(\d+)$", out, re.M)
    if tier == "fast":
        assert frames[:2] == [("inner", "10"), ("outer", "18")], out
    else:
        # Inlined: the line is the inner function's.
        assert frames[0][1] == "10", out
    assert f'Line 10 of "{program}"' in out
    # Unwinding goes on beyond compiled code, and the program ends well.
    assert re.search(r"^#[1-4] .*_cumbia\.abi3\.so", out, re.M), out
    assert re.search(r"^fine \d+$", out, re.M) and "exited normally" in out, out


def test_code_that_is_dropped_is_withdrawn(tmp_path):
    program = tmp_path / "dropping.py"
    program.write_text(
        "import gc\nfrom cumbia import jit\n"
        "def make(k):\n    def f(x):\n        return x * k\n    return jit(f)\n"
        "for k in range(20):\n    assert make(k)(3) == 3 * k\n"
        "gc.collect()\n"
        "@jit\ndef last(x):\n    return x + 1\n"
        "assert last(1) == 2\nprint('fine')\n"
    )
    out = traced_by_gdb(program, "fast", ["break dropping.py:12", "run", "bt 1", "info files"])
    assert re.search(r"last \(\) at .*dropping\.py:12", out), out
    # The images that the debugger still knows.
    assert len(set(re.findall(r"in-memory@0x[0-9a-f]+|\.text in .*memory", out))) <= 4, out


def test_lines_are_those_of_now_when_code_was_kept(tmp_path):
    """Code from the cache has the lines of the file as it is now."""
    program = tmp_path / "kept.py"
    text = "from cumbia import jit\n@jit\ndef f(x):\n    y = x * 2\n    return y + 1\nprint(f(3))\n"
    program.write_text(text)
    cache = {"CUMBIA_CACHE": "1", "CUMBIA_CACHE_DIR": str(tmp_path / "cache")}
    with_lines = environment("fast", CUMBIA_GDB="1", **cache)
    with_lines.update(cache)
    for _ in range(2):
        subprocess.run([sys.executable, program], env=with_lines, check=True, capture_output=True)
    program.write_text("\n# above\n\n" + text)
    out = traced_by_gdb(program, "fast", ["break kept.py:7", "run", "bt 1"], **cache)
    assert re.search(r"f \(\) at .*kept\.py:7", out), out


def records(data):
    """The records of a dump: kind, time, content."""
    magic, version, head, machine, _, process, time = struct.unpack_from("<6IQ", data)
    assert (magic, version, machine) == (0x4A695444, 1, 62) and time > 0
    at, found = head, []
    while at < len(data):
        kind, size, time = struct.unpack_from("<IIQ", data, at)
        assert size % 8 == 0 and at + size <= len(data)
        found.append((kind, time, data[at + 16 : at + size]))
        at += size
    return process, found


@pytest.mark.parametrize("tier", TIERS)
def test_jitdump(tmp_path, tier):
    program = tmp_path / "dumped.py"
    program.write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, program], env=environment(tier, CUMBIA_PERF="jitdump"),
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    process = int(done.stdout.split()[1])
    path = f"/tmp/jit-{process}.dump"
    assert not os.path.exists(f"/tmp/perf-{process}.map")
    try:
        assert os.stat(path).st_mode & 0o777 == 0o600
        with open(path, "rb") as file:
            named, found = records(file.read())
    finally:
        os.unlink(path)
    assert named == process
    loads, lines, before = {}, {}, 0
    pending = None
    for kind, time, body in found:
        assert time >= before
        before = time
        if kind == 2:
            address, count = struct.unpack_from("<QQ", body)
            rows, at = [], 16
            for _ in range(count):
                where, line, _ = struct.unpack_from("<QII", body, at)
                end = body.index(b"\0", at + 16)
                rows.append((where, line, body[at + 16 : end].decode()))
                at = end + 1
            pending = address, rows
        else:
            assert kind == 0
            _, _, address, same, size, number = struct.unpack_from("<IIQQQQ", body)
            end = body.index(b"\0", 40)
            name, code = body[40:end].decode(), body[end + 1 : end + 1 + size]
            assert address == same and len(code) == size and any(code)
            assert number == len(loads)
            loads[name] = code
            if pending:
                assert pending[0] == address
                lines[name] = pending[1]
                assert all(address <= where < address + size for where, *_ in pending[1])
            pending = None
    assert any(name.endswith("outer") for name in loads), loads.keys()
    every = [row for rows in lines.values() for row in rows]
    assert {file for *_, file in every} >= {str(program)}
    assert {line for _, line, file in every if file == str(program)} >= {10, 18}


def test_a_link_in_the_way_is_not_followed(tmp_path):
    program = tmp_path / "linked.py"
    program.write_text(
        "import os\n"
        f"os.symlink({str(tmp_path / 'target')!r}, f'/tmp/jit-{{os.getpid()}}.dump')\n" + PROGRAM
    )
    done = subprocess.run(
        [sys.executable, program], env=environment("fast", CUMBIA_PERF="jitdump"),
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    path = f"/tmp/jit-{int(done.stdout.split()[1])}.dump"
    assert not (tmp_path / "target").exists()
    if os.path.lexists(path):
        os.unlink(path)


def test_forked_children_have_files_of_their_own(tmp_path):
    program = tmp_path / "forked.py"
    program.write_text(
        PROGRAM + "import sys\n"
        "child = os.fork()\n"
        "@jit\ndef later(x):\n    return x * 2\n"
        "assert later(4) == 8\n"
        "if child:\n    assert os.waitpid(child, 0)[1] == 0\n    print(child)\n"
    )
    done = subprocess.run(
        [sys.executable, program],
        env=environment("fast", CUMBIA_PERF="jitdump", CUMBIA_GDB="1"),
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    words = done.stdout.split()
    for process, has_outer in ((int(words[1]), True), (int(words[-1]), False)):
        path = f"/tmp/jit-{process}.dump"
        with open(path, "rb") as file:
            data = file.read()
        os.unlink(path)
        assert records(data)[0] == process
        assert b"later" in data and (b"cumbia::outer" in data) == has_outer


def test_nothing_is_told_unasked(tmp_path):
    program = tmp_path / "plain.py"
    program.write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, program], env=environment("fast"), capture_output=True, text=True
    )
    process = int(done.stdout.split()[1])
    assert not os.path.exists(f"/tmp/jit-{process}.dump")
    assert not os.path.exists(f"/tmp/perf-{process}.map")
