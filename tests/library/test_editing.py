"""Frames, elements taken out and put in, and what arrays are made with."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import layouts
from tests.library.differential import agree, compiled, plain, same_effect

EXPRESSIONS = """
np.pad(a, 1)
np.pad(a, (1, 2))
np.pad(a, ((1, 2), (0, 1), (3, 0)))
np.pad(a, ((1, 2),), constant_values=7)
np.pad(a, 1, constant_values=((1, 2), (3, 4), (5, 6)))
np.pad(a, 2, mode='edge')
np.pad(a, 5, mode='reflect')
np.pad(a, (5, 9), mode='symmetric')
np.pad(a, 7, 'wrap')
np.pad(a[0, 0], (2, 3), 'wrap')
np.pad(a[:0], 1, 'edge')
np.pad(a[:0], 1)
np.pad(a, -1)
np.pad(a[:1], 2, 'reflect')
np.delete(a, 1)
np.delete(a, -1, axis=1)
np.delete(a, 3, axis=1)
np.delete(a, [0, 2], axis=2)
np.delete(a, slice(1, 3), axis=2)
np.delete(a, np.array([True, False, True]), axis=1)
np.delete(a, np.array([1, 1, -1]))
np.delete(a[0, 0], a[0, 0] > 2)
np.insert(a, 2, 99)
np.insert(a, -1, [1, 2, 3])
np.insert(a[0], 1, 5, axis=1)
np.insert(a[0], 1, a[1, 0], axis=0)
np.insert(a[0], 0, a[1], axis=0)
np.insert(a[0], 0, a[1, :1], axis=0)
np.insert(a, 99, 5)
np.resize(a, (5, 6))
np.resize(a, 3)
np.resize(a[:0], (2, 2))
np.trim_zeros(a[0, 0])
np.trim_zeros(a[0, 0], 'b')
a.item(3)
a.item(-1)
a.item(24)
a.item(1, 2, 3)
a.item((1, 2, -1))
a.item()
a[0, 0].item(2)
np.lib.stride_tricks.sliding_window_view(a[0, 0], 2)
np.lib.stride_tricks.sliding_window_view(a, 2, axis=1)
np.lib.stride_tricks.sliding_window_view(a, 5, axis=1)
(np.isscalar(3), np.isscalar(a), np.isscalar('x'), np.isscalar(None))
np.full((2, 4), a[0, 0])
np.full((3, 2), (1, 2.5), dtype=np.int8)
np.full(3, a[0, 0])
np.full_like(a, a[0, 0])
np.fromfunction(lambda i, j: i + 2 * j, (2, 3))
np.fromfunction(lambda i: i * 2, (3,), dtype=int)
np.fromiter([1, 2, 3], dtype=np.int64)
np.fromiter((x * x for x in range(40)), dtype=np.float64)
np.fromiter([1, 2, 3], np.float32, 2)
np.fromiter([1, 2, 3], np.float32, 5)
np.matrix_transpose(a)
np.permute_dims(a, (2, 0, 1))
np.broadcast_to(a, (2, 2, 3, 4))
np.broadcast_to(a[0, 0], 4)
np.astype(a, np.int32)
np.linspace(a[0], a[1], 5)
np.linspace(a[0], 7, 4, endpoint=False)
np.linspace(0, a[0, 0], 3, axis=-1)
np.linspace(a[0], a[1], 1)
np.linspace(a[0], a[0], 3)
np.linspace(a[0, 0], 9, 4, dtype=np.int64)
np.array(a, ndmin=5)
np.array(3, ndmin=2)
np.array((1, 2), ndmin=2, dtype=np.float32)
np.array(a, copy=None)
np.array(a, copy=False)
np.asarray(a, order='F')
np.asarray(a, copy=True)
np.asarray(((1, 2), (3, 4)), np.int8)
a.astype(np.complex128, casting='safe')
a.astype(np.float32, casting='same_kind')
a.astype(np.float64, order='F', copy=False)
""".strip().split("\n")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_of_three_dimensions(expression):
    for a in layouts((2, 3, 4), "float64"):
        agree(expression, a)
    agree(expression, np.zeros((2, 3, 4)))


def test_reshape_in_the_order_of_the_array():
    agree("a.reshape(6, 4, order='A')", np.arange(24.0).reshape(2, 3, 4))
    agree("a.reshape(6, 4, order='A')", np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)))
    for call in ("a.ravel('K')", "np.ravel(a, 'A')", "a.flatten('A')", "a.T.ravel('K')", "a.T.flatten('A')"):
        agree(call, np.arange(24.0).reshape(2, 3, 4))
        agree(call, np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)))


@pytest.mark.parametrize(
    "view",
    [
        "np.array(a, copy=None)",
        "np.array(a, copy=False)",
        "np.array(a, copy=True)",
        "np.asarray(a, order='C')",
        "np.asarray(a, copy=True)",
        "np.trim_zeros(a[0])[None]",
        "np.array(a, ndmin=3)",
        "a.astype(np.float64, order='F', copy=False)",
    ],
)
def test_which_share_memory(view):
    def make():
        a = np.arange(12.0).reshape(3, 4)
        return (a,), (a,)

    same_effect(f"b = {view}\nb[0, 0] = 99", make)


@pytest.mark.parametrize(
    "expression",
    [
        "np.pad(a[:0], 1, 'edge')",
        "np.pad(a, -1)",
        "np.delete(a, 3, axis=1)",
        "np.delete(a, np.array([True, False]), axis=1)",
        "np.insert(a, 99, 5)",
        "a.item(24)",
        "a.item()",
        "np.lib.stride_tricks.sliding_window_view(a, 5, axis=1)",
        "np.full(3, a)",
        "np.broadcast_to(a, (2, 2, 3, 5))",
        "np.fromiter([1, 2, 3], np.float32, 5)",
    ],
)
def test_texts(expression):
    texts = []
    for kind in (compiled, plain):
        with pytest.raises((ValueError, IndexError)) as error:
            kind(f"return {expression}", "a")(np.zeros((2, 3, 4)))
        texts.append((type(error.value), str(error.value)))
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("np.pad(a, 1, 'mean')", "this mode is not supported"),
        ("np.pad(a, 1.5)", "integral type"),
        ("np.pad(a, 1, 'edge', constant_values=1)", "unsupported keyword"),
        ("np.pad(a, 1, 'reflect', reflect_type='odd')", "'even' only"),
        ("np.insert(a, 1.5, 5)", "positions as an integer"),
        ("a.item(1, 2)", "incorrect number of indices"),
        ("np.lib.stride_tricks.sliding_window_view(a, 2)", "needs axis="),
    ],
)
def test_refusals(expression, words):
    with pytest.raises(CompileError) as error:
        compiled(f"return {expression}", "a")(np.zeros((2, 3, 4)))
    assert words in str(error.value)
