"""A fixed part of the random loops over `prange`."""

import os

os.environ.setdefault("CUMBIA_NUM_THREADS", "7")

import pytest

from tests.parallel.compare import check


@pytest.mark.parametrize("seed", range(120))
def test_a_random_loop(seed):
    found = check(seed)
    assert found is None, found
