"""Each kind of fault a few times; `python -m tests.faults` runs them in the promised numbers."""

import mmap
import subprocess
import sys

import pytest

from tests.faults.__main__ import KINDS, ROOT, run


@pytest.mark.parametrize("name", KINDS)
def test_a_few(name):
    holds, result = run(name, KINDS[name].few)
    assert holds, result


def test_guarded_memory_ends_where_the_array_does():
    """The check of stray indices could not fail if its pages didn't."""
    script = (
        "import numpy as np; from tests.faults.guarded import guarded; "
        "a = guarded(np.arange(5.0), {at_end}); assert a.tolist() == [0, 1, 2, 3, 4]; a[4] = 1; a[0] = 2; print('inside', flush=True); "
        "np.lib.stride_tricks.as_strided(a, ({size},), ({stride},))[{at}]"
    )
    for at_end, stride, at in ((True, 8, 5), (False, -8, 1)):
        text = script.format(at_end=at_end, size=mmap.PAGESIZE, stride=stride, at=at)
        done = subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.stdout == "inside\n" and done.returncode < 0, done
