"""The cache between processes: many at once, killed ones, forked ones, and what classes are
in each."""

import os
import signal
import subprocess
import sys
import time

import pytest

from cumbia import _cumbia
from tests.cache import PROGRAM, environment, finish, start
from tests.python.harness import IDENTITY

pytestmark = pytest.mark.skipif(IDENTITY, reason="nothing is compiled")


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


def test_many_processes_starting_cold(tmp_path, script):
    runs = [start(script, tmp_path / "cache") for _ in range(6)]
    for process in runs:
        finish(process)
    assert finish(start(script, tmp_path / "cache")) == {"compiles": 0, "found": 5}


def test_killed_writers(tmp_path, script):
    for turn in range(6):
        process = start(script, tmp_path / "cache")
        time.sleep(0.1 + 0.05 * turn)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        process.stderr.close()
    finish(start(script, tmp_path / "cache"))
    assert finish(start(script, tmp_path / "cache")) == {"compiles": 0, "found": 5}


def test_a_forked_child_finds_and_keeps(tmp_path):
    script = tmp_path / "forks.py"
    script.write_text(
        "import os\nfrom cumbia import jit\n"
        "@jit\ndef f(a):\n    return a + 1\n"
        "f(1)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    assert f(1.5) == 2.5\n"
        "    os._exit(f.stats['compiles'])\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    counts = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, str(script)], env=environment(tmp_path / "cache"),
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert not done.stderr
        counts.append(int(done.stdout))
    assert counts == [2, 0]


CLASSES = """
import dataclasses, sys
from typing import NamedTuple
from cumbia import jit

class First(NamedTuple):
    x: float

class Second(NamedTuple):
    x: float

class Third(NamedTuple):
    y: float

@jit
def seen(p):
    return p

@jit
def made(p):
    return Second(p.x * 2.0) if isinstance(p, First) else Second(-1.0)

for name in sys.argv[1:]:
    seen(globals()[name](1.0))
print(made(First(4.0)), made(Second(4.0)), made.stats["found"])
"""


def test_classes_are_those_of_now(tmp_path):
    """Classes have numbers, which code may have in it: they don't depend on the order in which
    classes are met."""
    script = tmp_path / "classes.py"
    script.write_text(CLASSES)

    def run(*order):
        done = subprocess.run(
            [sys.executable, str(script), *order], env=environment(tmp_path / "cache"),
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert not done.stderr
        result, found = done.stdout.rstrip("\n").rsplit(" ", 1)
        assert result == "Second(x=8.0) Second(x=-1.0)"
        return int(found)

    assert run("First", "Second") == 0
    assert run("First", "Second") == 2
    assert run("Third", "Second", "First") == 2
    assert run() == 2


def test_other_features_of_the_processor(tmp_path, script):
    """Code is made for the processor at hand: another LLVM or tier is told apart."""
    cache = tmp_path / "cache"
    finish(start(script, cache))
    assert finish(start(script, cache, CUMBIA_TIER2="0"))["found"] in (0, 5)
    assert finish(start(script, cache, CUMBIA_VERIFY="1"))["found"] in (0, 5)
    assert finish(start(script, cache, CUMBIA_INTERPRET="1")) == {"compiles": 5, "found": 0}
    assert finish(start(script, cache)) == {"compiles": 0, "found": 5}


def test_the_second_tier_is_kept(tmp_path):
    if not _cumbia._tiers()[1]:
        pytest.skip("there is no LLVM")
    script = tmp_path / "hot.py"
    script.write_text(
        "import numpy as np\nfrom cumbia import jit\nimport cumbia\n"
        "@jit\ndef f(a):\n    s = 0.0\n    for x in a:\n        s += x * 0.5\n    return s\n"
        "a = np.ones(1000)\n"
        "print(f(a), f.tier, end=' ')\n"
        "f.wait()\n"
        "print(f(a), f.tier)\n"
        "print([e.kind for e in cumbia.events() if e.detail == 'best'])\n"
    )
    seen = []
    for more in ({}, {}, {"CUMBIA_LLVM": "0"}, {"CUMBIA_TIER": "fast"}, {"CUMBIA_TIER": "best"}):
        done = subprocess.run(
            [sys.executable, str(script)], env={**environment(tmp_path / "cache"), **more},
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert not done.stderr
        seen.append(done.stdout.splitlines())
    assert seen[0] == ["500.0 fast 500.0 best", "['stored']"]
    assert seen[1] == ["500.0 best 500.0 best", "['found']"]
    assert seen[2][0] == "500.0 fast 500.0 fast"
    assert seen[3][0] == "500.0 fast 500.0 fast"
    assert seen[4][0] == "500.0 best 500.0 best"


def test_closing_all_descriptors(tmp_path):
    script = tmp_path / "daemon.py"
    script.write_text(
        "import os\nfrom cumbia import jit\n"
        "@jit\ndef f(a):\n    return a + 1\n"
        "f(1)\nos.closerange(3, 256)\n"
        "for _ in range(9):\n    os.open('/', os.O_RDONLY)\n"
        "print(f(1.5), f(True))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], env=environment(tmp_path / "cache"),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("2.5 2\n", "")
    assert not [name for name in os.listdir("/") if name.startswith("tmp-")]


HASHES = """
import enum
from cumbia import jit

class Color(enum.Enum):
    RED = 1
    GREEN = 2
    BLUE = 3

NAMES = ("ab", "cd", "ef", "gh", "ij")

def order(xs):
    s = {"x", "y", "z"}
    for x in xs:
        s.add(x)
    for name in NAMES:
        s.add(name)
    return [x for x in s]

def colors(n):
    d = {Color.RED: 1, Color.BLUE: 2}
    seen = {Color.BLUE, Color.RED, Color.GREEN}
    return [c.name for c in seen], hash("ab") * n

found = 0
for f, args in [(order, (["q", "r", "s"],)), (colors, (1,))]:
    g = jit(f)
    assert g(*args) == f(*args), (g(*args), f(*args))
    found += g.stats["found"]
print(found)
"""


def test_hashes_are_those_of_now(tmp_path):
    """Python's hashes of texts differ from process to process."""
    script = tmp_path / "hashes.py"
    script.write_text(HASHES)
    counts = []
    for seed in ("1", "2", "3"):
        done = subprocess.run(
            [sys.executable, str(script)],
            env=environment(tmp_path / "cache", PYTHONHASHSEED=seed),
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert not done.stderr
        counts.append(int(done.stdout))
    assert counts == [0, 2, 2]


RECOMPILED = """
import numpy as np, cumbia
from cumbia import jit
def plain(a):
    s = 0.0
    for x in a:
        s += x * 0.5
    return s
f = jit(plain)
g = jit("float64(float64[:])")(plain)
a = np.ones(1000)
f(a), g(a), f.wait()
before = f.stats["compiles"] + g.stats["compiles"]
f.recompile(), g.recompile()
tiers = f.tier
f.wait()
print(before, f.stats["compiles"] + g.stats["compiles"] - before, tiers, f(a) == g(a) == plain(a))
"""


def test_compiling_anew_asks_no_cache(tmp_path):
    """`recompile()` compiles whatever is kept, of both tiers, and keeps what it makes."""
    if not _cumbia._tiers()[1]:
        pytest.skip("there is no LLVM")
    script = tmp_path / "program.py"
    script.write_text(RECOMPILED)

    def run():
        done = subprocess.run(
            [sys.executable, str(script)], env=environment(tmp_path / "cache"),
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert not done.stderr
        return done.stdout.split()

    assert run() == ["2", "2", "fast", "True"]
    assert run() == ["0", "2", "fast", "True"]
    # A file that is damaged isn't looked at, and is replaced.
    files = list((tmp_path / "cache").iterdir())
    for file in files:
        if file.suffix in (".code", ".best"):
            file.write_bytes(b"damaged")
    assert run() == ["2", "2", "fast", "True"]
    assert run() == ["0", "2", "fast", "True"]
