"""Records of the logger `cumbia`: what is said, at which level, from where, and when nothing is."""

import logging
import os
import subprocess
import sys

import numpy as np
import pytest

import cumbia
from cumbia import _cumbia, jit
from tests.python.harness import IDENTITY

pytestmark = pytest.mark.skipif(IDENTITY, reason="nothing is compiled")

LLVM = _cumbia._tiers()[1]


def messages(caplog, name):
    return [r.getMessage() for r in caplog.records if r.name == "cumbia" and name in r.getMessage()]


def test_compilations_are_told_where_they_are_asked_for(caplog):
    @jit
    def doubled(x):
        return 2 * x

    with caplog.at_level(logging.DEBUG, "cumbia"):
        assert doubled(4) == 8
        assert doubled(5) == 10
        assert doubled(1.5) == 3.0
    records = [r for r in caplog.records if "doubled" in r.getMessage()]
    assert [r.levelname for r in records] == ["DEBUG", "DEBUG"]
    assert "doubled(pyint) by" in records[0].getMessage() and " ms" in records[0].getMessage()
    assert "doubled(pyfloat) by" in records[1].getMessage()
    # The line that called, and the event itself.
    assert {r.pathname for r in records} == {__file__}
    assert {r.funcName for r in records} == {"test_compilations_are_told_where_they_are_asked_for"}
    assert isinstance(records[0].event, cumbia.Event) and records[0].event.kind == "compiled"


def test_nothing_is_said_to_who_does_not_listen(caplog):
    @jit
    def unheard(x):
        return x + 1

    with caplog.at_level(logging.INFO, "cumbia"):
        assert unheard(1) == 2
    assert not messages(caplog, "unheard")
    # What was said then isn't said later.
    with caplog.at_level(logging.DEBUG, "cumbia"):
        assert unheard(1.5) == 2.5
    (only,) = messages(caplog, "unheard")
    assert "pyfloat" in only


def test_a_handler_that_raises_is_no_error_of_the_call():
    class Angry(logging.Handler):
        def emit(self, record):
            raise ValueError("no")

        def handle(self, record):
            raise ValueError("no")

    @jit
    def anyway(x):
        return x - 1

    logger, handler = logging.getLogger("cumbia"), Angry()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    seen, before = [], sys.unraisablehook
    sys.unraisablehook = seen.append
    try:
        assert anyway(3) == 2
        with pytest.raises(cumbia.CumbiaError):
            jit(lambda x: x.nothing_like_it)(3)
    finally:
        sys.unraisablehook = before
        logger.setLevel(level)
        logger.removeHandler(handler)
    assert any(isinstance(one.exc_value, ValueError) for one in seen)


@pytest.mark.skipif(not LLVM, reason="there is no LLVM")
def test_what_the_compiling_thread_does_is_told_on_the_main_thread(caplog):
    @jit(tier="auto")
    def summed(a):
        s = 0.0
        for i in range(a.shape[0]):
            s += a[i]
        return s

    with caplog.at_level(logging.DEBUG, "cumbia"):
        summed(np.ones(3))
        assert summed.wait(60)
        # Python gets to it between two instructions.
        for _ in range(10_000):
            if any("tier 2 compiled" in m for m in messages(caplog, "summed")):
                break
    said = messages(caplog, "summed")
    assert any("waits for tier 2" in m for m in said), said
    assert any("tier 2 compiled " in m for m in said), said
    assert {r.threadName for r in caplog.records} == {"MainThread"}


PROGRAM = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, format="%(levelname)s %(name)s %(message)s", stream=sys.stdout)
from cumbia import jit
@jit
def tripled(x):
    return 3 * x
tripled(2)
"""


def run(program, tmp_path, **environment):
    path = tmp_path / "program.py"
    path.write_text(program)
    environment = {**os.environ, "CUMBIA_CACHE": "1", **environment}
    done = subprocess.run([sys.executable, path], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_hits_and_misses_of_the_cache(tmp_path):
    private = tmp_path / "cache"
    first, second = (run(PROGRAM, tmp_path, CUMBIA_CACHE_DIR=str(private)) for _ in range(2))
    lines = first.splitlines()
    assert lines[0] == "DEBUG cumbia cache miss: tripled(pyint)"
    assert lines[1] == "DEBUG cumbia cache: tripled(pyint) kept"
    assert lines[2].startswith("DEBUG cumbia compiled tripled(pyint) by ")
    assert second.startswith("DEBUG cumbia cache hit: tripled(pyint), code of ")


def test_warnings_are_records_too(tmp_path):
    open_to_all = tmp_path / "cache"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    out = run(PROGRAM, tmp_path, CUMBIA_CACHE_DIR=str(open_to_all))
    (warned,) = [line for line in out.splitlines() if line.startswith("WARNING")]
    assert warned.startswith("WARNING cumbia compiled code isn't kept: ")


def test_logging_is_not_imported_for_it(tmp_path):
    program = "import sys\nfrom cumbia import jit\n@jit\ndef f(x):\n    return x\nf(1)\n"
    program += "print('logging' in sys.modules, 'cumbia._logging' in sys.modules)\n"
    assert run(program, tmp_path, CUMBIA_CACHE_DIR=str(tmp_path / "c")).split() == ["False", "False"]
