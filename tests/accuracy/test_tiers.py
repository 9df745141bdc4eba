"""The elementary functions give the same bits compiled and on the reference interpreter."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import numpy as np
from tests.accuracy.functions import FUNCTIONS, HAS_SCIPY, SPECIAL
from tests.accuracy.samples import drawn

for function in FUNCTIONS + (SPECIAL if HAS_SCIPY else ()):
    for dtype in (np.float64, np.float32):
        arguments = drawn(function, dtype, 12, np.random.default_rng(8))
        arguments = [np.append(a, np.array([0, -0.0, 1, np.inf, -np.inf, np.nan], dtype)) for a in arguments]
        result = np.asarray(function.compiled()(*arguments))
        result[np.isnan(result)] = np.nan
        print(function.name, result.tobytes().hex())
"""


def results(**environment):
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert found.returncode == 0, found.stderr
    return found.stdout.splitlines()


@pytest.fixture(scope="module")
def compiled():
    return results()


@pytest.mark.parametrize("stage", ["lowered", "optimized"])
def test_bits_of_the_interpreter(compiled, stage):
    assert len(compiled) > 40
    assert results(CUMBIA_INTERPRET=stage) == compiled
