"""`a.flat[i]`, its assignment, and `a.flat = x`."""

import numpy as np
import pytest

from tests.library.calls import check_calls

MATRIX = np.arange(12.0).reshape(3, 4)
ARRAYS = [MATRIX, MATRIX.T, MATRIX[::-1, ::2], np.arange(5), np.ones(()), np.asfortranarray(MATRIX)]
TAKEN = ["a.flat[0]", "a.flat[-1]", "a.flat[100]", "a.flat[-100]", "a.flat[1:3]", "a.flat[::-1]", "a.flat[[0, 0]]", "a.flat[np.array([0])]", "a.flat[a.ravel() > 2]", "a.flat[np.argmax(a)]"]
PUT = ["a.flat[0] = 7", "a.flat[-1] = 7", "a.flat[:] = 3", "a.flat[::2] = [1, 2]", "a.flat[[0]] = 5", "a.flat = 9", "a.flat = [1, 2]", "a.flat[0] += 1", "a.flat[100] = 1"]


@pytest.mark.parametrize("expression", TAKEN)
def test_taken(expression):
    check_calls(expression, [(a,) for a in ARRAYS])


@pytest.mark.parametrize("statement", PUT)
def test_put(statement):
    check_calls(statement + "\na", [(a,) for a in ARRAYS])


def test_in_a_loop():
    check_calls("s = 0.0\nfor i in range(a.size):\n    s = s * 0.5 + a.flat[i]\ns", [(a,) for a in ARRAYS])


def test_read_only():
    frozen = MATRIX.copy()
    frozen.flags.writeable = False
    check_calls("a.flat[3]", [(frozen,)])


@pytest.mark.parametrize("statement", ["a.flat = 3", "a.flat[0] = 3", "a.flat[9] = 3", "a.flat[1:3] = 3", "a.flat[[]] = 3"])
def test_assignment_to_read_only(statement):
    frozen = np.arange(4.0)
    frozen.flags.writeable = False
    check_calls(statement + "\na", [(frozen,)])
