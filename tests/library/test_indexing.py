"""Subscripts with masks, arrays of integers and lists."""

import numpy as np
import pytest

from tests.library.arrays import filled, layouts
from tests.library.differential import agree, same_effect

STATEMENTS = [
    "return a[b]",
    "a[b] = 7\nreturn a",
    "a[b] += 1\nreturn a",
    "a[b] = a[b] * 2\nreturn a",
    "x = a[b]\nx[...] = 0\nreturn x, a",
]
INDICES = [
    np.array([1, 1]),
    np.array([0, 1, 0, -1]),
    np.array([[0, 1], [1, 0]]),
    np.array([[0, 1], [1, 0]], np.uint8),
    np.array([1, 0])[::-1],
    np.array([100]),
    np.array([-100, 0]),
    np.zeros(0, int),
    [0, 1],
    [0, -100],
    [],
    [True, False],
    np.array([True, False]),
    np.array([True, False, True]),
    np.zeros((2, 3), bool),
    np.array([[True, False, True], [False, True, True]]),
]
SHAPES = [(5,), (2, 3), (3, 2), (2, 3, 4)]


@pytest.mark.parametrize("body", STATEMENTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_one_index(body, shape):
    for at, _ in enumerate(layouts(shape, "float64")):
        for index in INDICES:
            if isinstance(index, np.ndarray) and index.ndim > len(shape) and index.dtype == bool:
                continue

            def make(at=at, index=index):
                a = list(layouts(shape, "float64"))[at]
                return (a, index), (a,)

            same_effect(body, make)


MIXED = [
    "return a[:, b]",
    "return a[b, 1]",
    "return a[1, b]",
    "return a[..., b]",
    "return a[b, None]",
    "return a[None, b]",
    "return a[b, b]",
    "return a[1:, b]",
    "return a[::-1, b]",
    "return a[b, 1:]",
    "return a[b][0]",
    "return a[b] + a[b] * 2",
    "return a[[0, 1], b]",
    "return a[np.ix_([0, 1], [1, 0])]",
    "return a[a > 3]",
    "return a[(a > 3) & (a < 9)].sum()",
    "a[:, b] = 5\nreturn a",
    "a[b, b] = a[b, b] + 1\nreturn a",
    "a[b, 1:] += 1\nreturn a",
    "a[b] = a[::-1]\nreturn a",
    "a[a > 5] = 0\nreturn a",
    "a[a > 5] *= 2\nreturn a",
    "a[a < 0] = np.arange(3)\nreturn a",
    "a[a > 5] = np.arange(2)\nreturn a",
    "a[a > 5] = np.arange(1)\nreturn a",
    "a[a > 5] = a[a > 5][::-1]\nreturn a",
    "a[b] = np.ones((9, 9, 9))\nreturn a",
    "a[b] = 2.75\nreturn a",
]
SPATIAL = [
    "return a[b, :, 1]",
    "return a[:, b, b]",
    "return a[b, :, b]",
    "return a[0, :, b]",
    "return a[..., b, :]",
    "return a[:, b, None, 0]",
    "return a[:, a[0, :, 0] > 2]",
    "return a[a[..., 0] > 3]",
    "return a[a[0] > 3, 0] if a.shape[0] == 99 else a[0][a[0] > 3]",
    "a[b, :, b] = 3\nreturn a",
    "a[:, b, b] = a[:, b, 0]\nreturn a",
    "a[..., b] -= 1\nreturn a",
]


@pytest.mark.parametrize("dtype", ["float64", "int32"])
@pytest.mark.parametrize(
    "index", [np.array([1, 0]), np.array([0, 0]), np.array([[1], [0]]), np.array([1, 0, 1]), np.array([0, 99])]
)
def test_mixed_with_slices_and_integers(dtype, index):
    for shape, bodies in (((3, 4), MIXED), ((2, 3, 4), SPATIAL)):
        for body in bodies:

            def make(shape=shape):
                a = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
                return (a, index), (a,)

            same_effect(body, make)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "float32", "complex128"])
def test_dtypes(dtype):
    a = filled((4, 3), dtype)
    agree("a[b]", a, np.array([2, 0]))
    agree("a[b]", a, filled((4, 3), "bool"))
    agree("a[b]", a, filled((4,), "bool"))


def message(function, *arguments):
    with pytest.raises(Exception) as raised:
        function(*arguments)
    return type(raised.value), str(raised.value)


def test_messages():
    from tests.library.differential import compiled, plain

    a = np.arange(12.0).reshape(3, 4)
    cases = [
        ("return a[b]", np.array([0, 3])),
        ("return a[:, b]", np.array([-5])),
        ("return a[b]", np.array([True, False])),
        ("return a[:, b]", np.array([True, False])),
        ("return a[b, np.array([0, 1, 2])]", np.array([0, 1])),
        ("a[b] = np.ones(3)", np.array([0, 1])),
        ("a[a > 8] = np.ones(2)", np.array([0, 1])),
        ("return a[b]", [0, 7]),
        # Integers are looked at before arrays, and these before their shapes.
        ("return a[b, 7]", np.array([-9])),
        ("return a[b, -7]", np.zeros(0, int)),
        ("return a[None, b, 7, None]", np.array([9])),
        ("return a[:0][b, 4]", np.array([1])),
        ("a[b, 7] = np.ones(3)", np.array([9, 0])),
        ("a[b, 1] = np.ones(3)", np.array([9, 0])),
        ("return np.ones((2, 3, 4))[b, 3, np.array([1, 2, 3])]", np.array([1, 0])),
    ]
    for body, index in cases:
        want = message(plain(body, "a, b"), a.copy(), index)
        assert message(compiled(body, "a, b"), a.copy(), index) == want, body
