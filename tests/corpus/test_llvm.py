"""Every program of the corpus compiled by LLVM comes to the same as by the first tier."""

import os
import subprocess
import sys

import pytest

from tests.apart import Apart
from tests.corpus import status
from tests.corpus.judge import judge_apart, load
from tests.corpus.registry import COMPILER

PROGRAMS = load()
LISTED = status.read()
TIERS = "from cumbia import _cumbia; print(*_cumbia._tiers(), sep='|')"


def tiers(**environment):
    """The backend in use, whether LLVM is there, and a text on it, in a new process."""
    ran = subprocess.run(
        [sys.executable, "-c", TIERS], capture_output=True, text=True, check=True,
        env={**os.environ, **environment},
    )  # fmt: skip
    backend, there, text = ran.stdout.strip().split("|", 2)
    return backend, there == "True", text, ran.stderr


@pytest.fixture(scope="module")
def worker():
    if COMPILER != "cumbia":
        pytest.skip("another compiler has no tiers")
    backend, there, why, _ = tiers(CUMBIA_TIER="best")
    if not there:
        assert os.environ.get("CUMBIA_LLVM", "0") in ("", "0"), why
        pytest.skip(f"no LLVM: {why}")
    assert backend == "llvm"
    with Apart("-m", "tests.corpus", "--worker", environment={"CUMBIA_TIER": "best"}) as made:
        yield made


@pytest.mark.parametrize("construct", sorted({name.partition(".")[0] for name in PROGRAMS}))
def test_programs_of_a_construct(worker, construct):
    differing = {}
    for name in PROGRAMS:
        if name.startswith(f"{construct}."):
            found, report = judge_apart(worker, name)
            if found != LISTED[name]:
                differing[name] = f"{found}, by the first tier {LISTED[name]}\n{report}"
    assert not differing, "\n".join(f"{name}: {text}" for name, text in differing.items())


@pytest.mark.skipif(COMPILER != "cumbia", reason="another compiler has no tiers")
@pytest.mark.parametrize(
    ("llvm", "reason"),
    [
        ("0", "CUMBIA_LLVM says to do without LLVM"),
        ("/nonexistent/libcumbia_llvm.so", "/nonexistent/libcumbia_llvm.so"),
        (os.path.abspath(__file__), "invalid ELF header"),
        # A shared object, but of something else.
        ("libc.so.6", "undefined symbol: cumbia_backend_fingerprint"),
    ],
)
def test_without_llvm_the_first_tier_goes_on(llvm, reason):
    backend, there, why, warned = tiers(CUMBIA_LLVM=llvm, CUMBIA_TIER="best")
    assert (backend, there) == ("cranelift", False)
    assert reason in why
    assert warned.count("RuntimeWarning") == 1 and why in warned
    # Nobody asked for it: nothing is said.
    assert tiers(CUMBIA_LLVM=llvm, CUMBIA_TIER="fast") == (backend, there, why, "")


def test_an_unknown_tier_is_named():
    backend, _, _, warned = tiers(CUMBIA_TIER="quick")
    assert backend == "cranelift"
    assert "CUMBIA_TIER is 'quick'" in warned.replace('"', "'")
