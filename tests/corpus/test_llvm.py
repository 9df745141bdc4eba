"""Every program of the corpus compiled by LLVM comes to the same as by the first tier.

Once with LLVM in the place of the first tier's backend, which leaves nothing out, and
once as the second tier, with the passes that run for it alone.
"""

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


@pytest.fixture(scope="module", params=["CUMBIA_TIER1=llvm", "CUMBIA_TIER=best"])
def worker(request):
    if COMPILER != "cumbia":
        pytest.skip("another compiler has no tiers")
    name, _, value = request.param.partition("=")
    backend, there, why, _ = tiers(**{name: value})
    if not there:
        assert os.environ.get("CUMBIA_LLVM", "0") in ("", "0"), why
        pytest.skip(f"no LLVM: {why}")
    assert backend == ("llvm" if name == "CUMBIA_TIER1" else "cranelift")
    with Apart("-m", "tests.corpus", "--worker", environment={name: value}) as made:
        yield made


@pytest.mark.parametrize("construct", sorted({name.partition(".")[0] for name in PROGRAMS}))
def test_programs_of_a_construct(worker, construct):
    differing = {}
    for name in PROGRAMS:
        if name.startswith(f"{construct}."):
            found, report = judge_apart(worker, name)
            if found != (listed := status.expected(LISTED, name, found)):
                differing[name] = f"{found}, by the first tier {listed}\n{report}"
    assert not differing, "\n".join(f"{name}: {text}" for name, text in differing.items())


@pytest.mark.skipif(COMPILER != "cumbia", reason="another compiler has no tiers")
@pytest.mark.parametrize(
    ("llvm", "reason", "broken"),
    [
        ("0", "CUMBIA_LLVM says to do without LLVM", False),
        ("/nonexistent/libcumbia_llvm.so", "/nonexistent/libcumbia_llvm.so", True),
        (os.path.abspath(__file__), "invalid ELF header", True),
        # A shared object, but of something else.
        ("libc.so.6", "undefined symbol: cumbia_backend_fingerprint", True),
    ],
)
@pytest.mark.parametrize("tier", ["auto", "best", "fast"])
def test_without_llvm_the_first_tier_goes_on(tmp_path, llvm, reason, broken, tier):
    program = tmp_path / "program.py"
    program.write_text(
        "from cumbia import jit, _cumbia\n"
        "@jit\ndef f(n):\n    s = 0\n    for i in range(n):\n        s ^= i\n    return s\n"
        "print(f(10), f.wait(), f.tier, _cumbia._tiers()[2])\n"
    )
    environment = {**os.environ, "CUMBIA_LLVM": llvm, "CUMBIA_TIER": tier}
    environment.pop("CUMBIA_TIER2", None)
    ran = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, check=True, env=environment
    )
    assert ran.stdout.startswith("1 True fast ") and reason in ran.stdout
    # Told once where it was asked for by name, or where there is one that can't be used.
    assert ran.stderr.count("RuntimeWarning: no tier 2") == (broken and tier == "best")
    assert ran.stderr.count("cumbia: no tier 2") == (broken and tier != "fast")
    assert ran.stderr.count(reason) == ran.stderr.count("no tier 2:") + ran.stderr.count("tier 1:")
