"""Lists and tuples where NumPy takes what can be made into an array, or several constants."""

import numpy as np
import pytest

from tests.library.calls import check_calls, function
from tests.python.harness import CompileError, jit, refused

INTS = np.arange(3)
FLOATS = np.array([0.5, -1.0, 2.0])

OPERATORS = ["a + [1, 2, 3]", "[1, 2, 3] * b", "b - (1, 2, 3)", "a > [0, 1, 2]", "b == (0.5, 1.0, 2.0)", "b @ [1.0, 2.0, 3.0]", "2 ** a + [[1], [2]]", "a // [1, 2, 2]", "[7, 8, 9] % (a + 1)", "a << [1, 2, 3]", "a & [1, 3, 3]"]
FUNCTIONS = ["np.sqrt([1, 4])", "np.maximum([1, 5, 2], a)", "np.hypot([3.0, 5.0], (4.0, 12.0))", "np.add([1, 2], [3, 4])", "np.exp([0, 1], b[:2])", "np.sin([0.1, 0.2], out=b[:2])", "np.divmod([5, 7], 3)", "np.where([True, False, True], a, b)", "np.isnan([1.0, np.nan])"]
SHAPES = ["np.zeros([2, 3])", "np.ones([2], dtype=int)", "np.full([2, 2], 7)", "np.arange(4).reshape([2, 2])", "np.reshape(np.arange(6), [2, -1])", "np.broadcast_to(b, [2, 3])", "np.tile(a, [2, 2])", "np.moveaxis(np.zeros((2, 3)), [0, 1], [1, 0])", "np.transpose(np.zeros((2, 3)), [1, 0])", "np.roll(a, [1], axis=[0])", "np.random.default_rng(3).random([2, 2])", "np.tensordot(np.ones((2, 3)), np.ones((2, 3)), axes=([0, 1], [0, 1]))", "np.pad(np.ones((2, 2)), [(1, 0), (0, 2)])"]
MIXED = ["np.concatenate([a, b])", "np.stack([a, b])", "np.array([a, b])", "np.hstack([a, [1.5]])", "np.column_stack([a, b])", "np.atleast_1d(1, [3, 4])", "np.broadcast_arrays(a, [[1], [2]])"]
EDITS = ["np.insert(a, [1], [5, 6])", "np.insert(a, [2, 0], [7, 8])", "np.insert(a, [0, 0, 3], 9)", "np.insert(np.ones((2, 2)), [1], [[7.0], [8.0]], axis=1)", "np.insert(a, slice(1, 3), [7, 8])", "np.insert(a, [9], 1)", "np.insert(a, [0, 9], 1)", "np.copyto(b, [1, 2, 3])\nb"]


@pytest.mark.parametrize("expression", OPERATORS + FUNCTIONS + SHAPES + MIXED + EDITS)
def test_lists_and_tuples(expression):
    check_calls(expression, [(INTS, FLOATS), (INTS[::-1], FLOATS[::-1])])


def test_in_place():
    check_calls("a -= [1, 2, 3]\na", [(FLOATS,), (INTS,)])
    # The array's dtype holds no quotients.
    check_calls("a /= [1, 2, 4]\na", [(FLOATS,)])


def test_a_list_that_is_used_again_is_a_list():
    check_calls("x = [1, 2, 3]\nx.append(4)\nnp.array(x)", [()])
    check_calls("x = [2, 2]\nx[0] = 3\nnp.sum(x)", [()])
    refused(function("x = [2, 2]\nx.append(3)\nnp.zeros(x)", 0), _code="CB0505")


def test_axes_that_numpy_takes_in_tuples_alone():
    # TypeError in NumPy, by the list's class.
    refused(function("np.sum(a, axis=[0])", 1), FLOATS, _code="CB0506", _raises=TypeError)
    refused(function("a.max([0])", 1), FLOATS, _code="CB0506", _raises=TypeError)


def test_builtins_tell_lists_from_tuples():
    with pytest.raises((CompileError, TypeError)):
        jit(function("divmod([1, 2], 2)", 0))()


def test_complex_numbers_left_of_arrays():
    check_calls("1j * a", [(FLOATS,), (INTS,), (FLOATS.astype("f4"),), (FLOATS > 0,)])
    check_calls("b / a", [(np.array([0.0, 2.0]), 1j)])
    check_calls("a + 1j * a[:, None]", [(FLOATS,)])
    check_calls("(1 + 2j) ** a", [(INTS.astype(float),)])
