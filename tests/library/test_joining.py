"""Joined, split, repeated and turned arrays."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import layouts
from tests.library.differential import agree, compiled, plain, same_effect

THREE = """
np.concatenate([a, a], axis=1)
np.concatenate([a, a, a], axis=None)
np.concatenate((a, a.astype(np.int32)), axis=-1, dtype=np.complex128)
np.concatenate((a, a[0:, 0:, 0:1]), axis=2)
np.concatenate((a, a[0:, 0:, 0:1]), axis=1)
np.concatenate((a, a), out=np.zeros((4, 3, 4)))
np.concatenate((a, a), out=np.zeros((3, 3, 4)))
np.concatenate((a, a), dtype=np.int8, casting='unsafe')
np.concat([a, a])
np.stack([a, a], axis=-1)
np.stack((a, a), axis=1, dtype=np.complex64)
np.stack((a, a[:1]))
np.vstack([a[0, 0], a[0, 1]])
np.vstack((a[0], a[0, 0]))
np.hstack([a[0, 0], a[0, 1]])
np.hstack((a[0], a[1]))
np.hstack((1, 2.5))
np.dstack((a[0], a[1]))
np.dstack([a[0, 0], a[0, 1]])
np.column_stack([a[0, 0], a[0, 1]])
np.column_stack((a[0], a[0, :, 0]))
np.repeat(a, 2, axis=1)
np.repeat(a, [1, 2, 0], axis=1)
np.repeat(a, [1, 2], axis=1)
np.repeat(a, [2], axis=-1)
np.repeat(a[0, 0], np.array([1, 0, 2, 3]))
np.repeat(a[0, 0], (1, -1, 2, 3))
a.repeat(2, 0)
np.repeat(3, 4)
np.repeat(a, -1)
np.tile(a, 2)
np.tile(a, (2, 1, 2, 1))
np.tile(a[0, 0], 3)
np.tile(a[0, 0], 0)
np.tile(a.T, (2, 2))
np.tile(2.5, (2, 3))
np.moveaxis(a, (0, 1), (-1, 0))
np.moveaxis(a, (0, 1, 2), (2, 0, 1))
np.rollaxis(a, 2)
np.rollaxis(a, 0, 3)
np.rollaxis(a, 0, 2)
np.expand_dims(a, (0, 2))
np.expand_dims(a, (0, -1))
np.squeeze(a[None, :, None], (0, 2))
np.squeeze(a[None, :, None], (0, 1))
np.roll(a, (1, 2), (0, 1))
np.roll(a, 1, (0, 2))
np.roll(a, (1, 2), 1)
np.roll(a, (1, 2))
np.rot90(a)
np.rot90(a, 2)
np.rot90(a, -1, (1, 2))
np.rot90(a, k=4)
np.broadcast_arrays(a, a[0], 1)
np.broadcast_arrays(a, a[0, :2])
np.broadcast_shapes((3, 1), (4,), 1, (2, 1, 1))
np.atleast_3d(a[0])
np.atleast_3d(a[0, 0])
np.atleast_3d(3)
""".strip().split("\n")


@pytest.mark.parametrize("expression", THREE)
def test_of_three_dimensions(expression):
    for a in layouts((2, 3, 4), "float64"):
        agree(expression, a)
    agree(expression, np.zeros((2, 3, 4), dtype="int16"))


SPLITS = """
np.split(a, 2)
np.split(a, 2, axis=2)
np.split(a, 2, axis=1)
np.split(a, 0)
np.split(a, [1, 1, 2], axis=1)
np.split(a, (1, 2), axis=1)
np.split(a, (-1, 5), axis=2)
np.array_split(a, 3, axis=2)
np.array_split(a, 5)
np.array_split(a, np.array([1, 3]), axis=2)
np.array_split(a, 0)
np.hsplit(a, 3)
np.hsplit(a[0, 0], 2)
np.vsplit(a, 2)
np.dsplit(a, [1])
""".strip().split("\n")


@pytest.mark.parametrize("expression", SPLITS)
def test_splits(expression):
    for a in layouts((2, 3, 4), "float64"):
        results = []
        for kind in (compiled, plain):
            try:
                parts = kind(f"return {expression}", "a")(a)
                results.append([(p.shape, p.dtype, p.tolist()) for p in parts])
            except (ValueError, ZeroDivisionError) as error:
                results.append(type(error))
        assert results[0] == results[1]


def test_pieces_are_views():
    def make():
        a = np.arange(12.0).reshape(3, 4)
        return (a,), (a,)

    same_effect("parts = np.split(a, 2, axis=1)\nparts[1][0, 0] = 99", make)
    same_effect("b = np.squeeze(a[None, :, None], (0, 2))\nb[0] = 99", make)
    same_effect("b = np.moveaxis(a[None], (0, 1), (1, 0))\nb[0] = 99", make)
    same_effect("b = np.rot90(a)\nb[0] = 99", make)


@pytest.mark.parametrize(
    "expression",
    [
        "a.reshape(5, 5)",
        "a.reshape(5, -1)",
        "a.reshape(-1, 5)",
        "a.reshape(-1, -1)",
        "a.reshape(5)",
        "np.concatenate((a, a.T))",
        "np.concatenate([a, a[:, :1, :]], axis=2)",
        "np.stack((a, a[:1]))",
        "np.concatenate([a, a][:0])",
        "np.stack([a, a][:0])",
        "np.concatenate((a, a), out=np.zeros((3, 3, 4)))",
        "np.repeat(a, -1)",
        "np.repeat(a, [1, 2], axis=1)",
        "np.split(a, 2, axis=1)",
        "np.array_split(a, 0)",
        "np.squeeze(a, (0, 1))",
    ],
)
def test_texts(expression):
    a = np.zeros((2, 3, 4))
    texts = []
    for kind in (compiled, plain):
        with pytest.raises((ValueError, ZeroDivisionError)) as error:
            kind(f"return {expression}", "a")(a)
        texts.append((type(error.value), str(error.value)))
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("np.concatenate(a)", "a tuple or a list of arrays is needed"),
        ("np.concatenate((a, a), out=a, dtype=np.float64)", "both were provided"),
        ("np.concatenate((a, a), dtype=np.int32)", "same_kind"),
        ("np.concatenate((a, a), casting='safe')", "casting="),
        ("np.vsplit(a[0, 0], 2)", "2 or more dimensions"),
        ("np.repeat(a, 1.5)", "rule 'safe'"),
        ("np.rot90(a, len(a))", "k must be a constant"),
        ("np.rot90(a, 1, (1, 1))", "Axes must be different"),
        ("np.moveaxis(a, (0, 1), (0,))", "same number of elements"),
        ("np.moveaxis(a, (0, 0), (0, 1))", "duplicate"),
        ("np.tile(a, 2.5)", "must be an integer or a tuple"),
    ],
)
def test_refusals(expression, words):
    with pytest.raises(CompileError) as error:
        compiled(f"return {expression}", "a")(np.zeros((2, 3, 4)))
    assert words in str(error.value)
