"""An axis that is known at run time only, where it doesn't say how many dimensions there are."""

import numpy as np
import pytest

from tests.library.calls import check_calls

ARRAYS = [np.arange(24.0).reshape(2, 3, 4)[:, ::-1], np.array([[3, 1, 2], [9, 7, 8]]), np.arange(5.0), np.zeros((0, 2))]
NAMED = "sum mean std min argmax cumsum sort median any count_nonzero nanmean ptp flip diff gradient".split()
OTHERS = [
    "a.sum(b)", "a.argmin(b)", "np.sum(a, b, np.float32)", "np.sum(a, axis=b, keepdims=True)", "np.roll(a, 1, b)", "np.take(a, [0], axis=b)",
    "np.append(a, a, b)", "np.concatenate((a, a), b)", "np.concatenate([a, a], axis=b)", "np.stack((a, a), axis=b)", "np.expand_dims(a, b)",
    "np.percentile(a, 50, b)", "np.linalg.norm(a, axis=b)", "np.add.reduce(a, b)", "np.repeat(a, 2, b)", "np.delete(a, 0, b)",
]  # fmt: skip


def calls(expression):
    """Every axis of every array, and those just outside; nothing of an empty one where it is an error."""
    full = ARRAYS if expression in ("np.sum(a, axis=b)", "np.concatenate((a, a), b)") else ARRAYS[:-1]
    return [(a, axis) for a in full for axis in (*range(-a.ndim, a.ndim), a.ndim + 1, -a.ndim - 2, np.int8(-1))]


@pytest.mark.parametrize("expression", [f"np.{name}(a, axis=b)" for name in NAMED] + OTHERS)
def test_each_axis(expression):
    check_calls(expression, calls(expression))


def test_in_a_loop():
    check_calls("s = 0.0\nfor axis in range(a.ndim):\n    s += np.max(np.sum(a, axis=axis))\ns", [(a,) for a in ARRAYS[:3]])


def test_of_a_number():
    check_calls("np.sum(a, axis=b)", [(np.array(2.5), 0), (np.array(2.5), -1), (np.array(2.5), 1)])
