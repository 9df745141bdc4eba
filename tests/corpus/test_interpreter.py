"""Every program of the corpus on the reference interpreter comes to the same as compiled.

The interpreter runs the IR that the backend gets, and the IR that the front end gave,
before any pass. All around it, from the arguments to the traceback, is what compiled
code has, so a difference is one of a pass, the backend or the interpreter.
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

pytestmark = pytest.mark.skipif(COMPILER != "cumbia", reason="another compiler has no interpreter")


@pytest.fixture(scope="module", params=["optimized", "lowered"])
def worker(request):
    environment = {"CUMBIA_INTERPRET": request.param}
    with Apart("-m", "tests.corpus", "--worker", environment=environment) as made:
        yield made


@pytest.mark.parametrize("construct", sorted({name.partition(".")[0] for name in PROGRAMS}))
def test_programs_of_a_construct(worker, construct):
    differing = {}
    for name in PROGRAMS:
        if name.startswith(f"{construct}."):
            found, report = judge_apart(worker, name)
            if found != (listed := status.expected(LISTED, name, found)):
                differing[name] = f"{found}, compiled {listed}\n{report}"
    assert not differing, "\n".join(f"{name}: {text}" for name, text in differing.items())


def test_the_interpreter_runs_instead_of_machine_code():
    # A module whose IR loops for so long tells who runs it.
    text = (
        "import time, cumbia\n"
        "def f(n):\n    s = 0\n    for i in range(n):\n        s ^= i\n    return s\n"
        "g = cumbia.jit(source='def f(n):\\n    s = 0\\n    for i in range(n):\\n        s ^= i\\n    return s\\n')(f)\n"
        "g(1)\nstart = time.process_time()\ng(5_000_000)\nprint(time.process_time() - start)\n"
    )
    def seconds(**environment):
        ran = subprocess.run(
            [sys.executable, "-c", text], capture_output=True, text=True, check=True,
            # The background compiler's time would count as well.
            env={**os.environ, "CUMBIA_LLVM": "0", **environment},
        )  # fmt: skip
        return float(ran.stdout)

    assert seconds(CUMBIA_INTERPRET="optimized") > 10 * seconds(CUMBIA_INTERPRET="0")
