"""The rows of `tests/cuda/test_bad_input.py` by the driver's stand-in, and arrays of another device."""

from __future__ import annotations

import pytest

from tests.cuda.test_bad_input import ROWS, check

pytestmark = [
    pytest.mark.usefixtures("standin"),
    pytest.mark.filterwarnings("ignore::cumbia.errors.CumbiaPerformanceWarning"),
]


@pytest.mark.parametrize("name", ROWS)
def test_one_sentence(name):
    check(name)
