"""`np.nditer` in loops: the order of the elements, writing, several operands."""

import numpy as np
import pytest

from tests.library.calls import check_calls, function
from tests.python.harness import refused

A = np.arange(12.0).reshape(3, 4)
CUBE = A.reshape(2, 3, 2)
ARRAYS = [A, A.T, A[::-1], A[:, ::2], A[::-1, ::-1], A[::-1].T, np.asfortranarray(A), CUBE.transpose(1, 0, 2), CUBE[:, ::-1].transpose(2, 0, 1), np.arange(5, dtype="i4"), A[:, :1], np.broadcast_to(np.arange(3), (2, 3)), A[:0]]
READ = "s = 0.0\nfor x in np.nditer(a{}):\n    s = s * 0.5 + x\nfloat(s)"


@pytest.mark.parametrize("order", ["", ", order='C'", ", order='F'", ", flags=['zerosize_ok']"])
def test_order(order):
    check_calls(READ.format(order), [(a,) for a in ARRAYS])


def test_written():
    check_calls("for x in np.nditer(a, op_flags=['readwrite']):\n    x[...] = 2 * x\na", [(a,) for a in ARRAYS])
    # An operand that is only read.
    check_calls("for x in np.nditer(a):\n    x[...] = 1.0\na", [(A,)])


def test_several():
    pair = "s = 0.0\nfor x, y in np.nditer((a, b)):\n    s = s * 0.5 + x * y\ns"
    check_calls(pair, [(a, a[..., :1]) for a in ARRAYS])
    check_calls(pair, [(A, A.T.copy().T), (A, A[::-1]), (A, A[0]), (A.T, A[:, :1].T)])
    into = "for x, y in np.nditer([a, b], op_flags=[['readonly'], ['readwrite']]):\n    y[...] = x + 1\nb"
    check_calls(into, [(a, np.zeros(a.shape)) for a in ARRAYS])


@pytest.mark.parametrize("flag", ["multi_index", "external_loop", "buffered", "c_index"])
def test_refused_flags(flag):
    error = refused(function(f"for x in np.nditer(a, flags=['{flag}']):\n    pass\na", 1), A, _code="CB0506")
    assert "np.nditer gives" in str(error)
