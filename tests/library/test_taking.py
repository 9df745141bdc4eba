"""take, put, compress, extract, place, putmask, copyto, along an axis; triangles, diagonals."""

import numpy as np
import pytest

from tests.library.arrays import filled, layouts
from tests.library.differential import agree
from tests.library.test_sorting import changed

FOUR = ("bool", "int8", "float64", "complex128")
MODES = ("raise", "wrap", "clip")


@pytest.mark.parametrize("dtype", FOUR)
def test_take(dtype):
    positions = [
        np.array([0, 2, 1, -1]),
        np.array([[1, 0], [2, -1]]),
        np.array(1),
        2,
        (0, 1),
        np.zeros(0, int),
        np.array([7]),
        np.array([-5], "i1"),
        np.array([True, False]),
    ]
    for a in layouts((3, 4), dtype):
        for index in positions:
            for mode in MODES:
                agree(f"np.take(a, b, mode='{mode}')", a, index)
                agree(f"a.take(b, 0, mode='{mode}')", a, index)
                agree(f"np.take(a, b, axis=-1, mode='{mode}')", a, index)
    for a in (np.zeros((0, 3), dtype), np.zeros((3, 0), dtype)):
        for index in (np.array([0]), np.zeros(0, int), np.array([7])):
            agree("np.take(a, b, axis=0)", a, index)
    for out in (np.zeros(4, dtype), np.zeros(3, dtype)):
        changed("np.take(a, b, out=c)", filled((5,), dtype), positions[0], out)


@pytest.mark.parametrize("dtype", FOUR)
def test_compress_and_extract(dtype):
    conditions = [np.array([True, False, True]), np.array([0, 1]), (1, 0, 0, 0, 1), np.zeros(0, bool)]
    for a in layouts((3, 4), dtype):
        for condition in conditions:
            agree("np.compress(a, b)", condition, a)
            agree("np.compress(a, b, axis=0)", condition, a)
            agree("b.compress(a, 1)", condition, a)
        agree("np.extract(a > 0, a)", a)
        agree("np.extract(a, b)", np.array([1, 0, 1]), a)


@pytest.mark.parametrize("dtype", FOUR)
def test_put(dtype):
    for a in (*list(layouts((3, 4), dtype))[:3], np.asfortranarray(filled((3, 4), dtype))):
        for mode in MODES:
            for index in (np.array([0, 2, -1]), np.array([11, -12]), np.array([12]), 3):
                changed(f"np.put(a, b, 1, mode='{mode}')", a, index)
                changed(f"a.put(b, c, '{mode}')", a, index, np.array([0, 1]))
        values = np.array([1, 0], dtype)
        changed("np.putmask(a, a > 0, b)", a, values)
        changed("np.putmask(a, a > 0, 1)", a)
        changed("np.putmask(a, b, 1)", a, np.array([1]))
        changed("np.place(a, a > 0, b)", a, values)
        changed("np.place(a, a > 0, 1)", a)
        changed("np.place(a, a > 0, b)", a, np.zeros(0, dtype))
    changed("np.put(a, a, a[::-1])", np.arange(5))
    changed("np.putmask(a, a > 1, a[::-1])", np.arange(5))


@pytest.mark.parametrize("dtype", FOUR)
def test_copyto(dtype):
    for a in layouts((3, 4), dtype):
        if not a.flags.writeable:
            continue
        mask = np.array([True, False, True, False])
        changed("np.copyto(a, b, where=c, casting='unsafe')", a, np.arange(4), mask)
        changed("np.copyto(a, a.T[:1, :1], where=a > 0)", a)
        changed("np.copyto(a, a[::-1], where=b)", a, mask)
        changed("np.copyto(a, True)", a)
        changed("np.copyto(a, b, casting='unsafe')", a, np.arange(4))
        changed("np.copyto(a, b, casting='unsafe')", a, np.arange(3))
        changed("np.copyto(a, True, where=b)", a, mask[:3])


@pytest.mark.parametrize("dtype", FOUR)
def test_along_an_axis(dtype):
    for a in layouts((3, 4), dtype):
        agree("np.take_along_axis(a, np.argsort(a, axis=0, kind='stable'), axis=0)", a)
        agree("np.take_along_axis(a, np.argsort(a, kind='stable'))", a)
        agree("np.take_along_axis(a, b, axis=None)", a, np.array([0, 11, -1]))
        agree("np.take_along_axis(a, b, axis=1)", a, np.array([[0, 3]]))
        agree("np.take_along_axis(a, b, axis=1)", a, np.array([[0, 7]]))
        agree("np.take_along_axis(a, b, axis=0)", a, np.array([[0], [1], [2], [0], [-3]]))
    for a in (filled((3, 4), dtype), np.asfortranarray(filled((3, 4), dtype))):
        changed("np.put_along_axis(a, b, 1, axis=1)", a, np.array([[0, 1], [2, -1], [1, 1]]))
        for index in ([[0, 1, 2, 1]], [[0, 1, 2, 5]]):
            changed("np.put_along_axis(a, b, c, axis=0)", a, np.array(index), np.arange(4))
            changed("np.put_along_axis(a, b, c, 0)", a, np.array(index), np.arange(3))


@pytest.mark.parametrize("dtype", FOUR)
def test_triangles(dtype):
    for a in layouts((3, 4), dtype):
        for expression in [
            "np.tril(a)",
            "np.triu(a)",
            "np.tril(a, 1)",
            "np.triu(a, -1)",
            "np.triu(a, k=9)",
            "np.tril(a[0])",
            "np.triu(a[:, 1], 1)",
            "np.tril_indices_from(a)",
            "np.triu_indices_from(a, k=1)",
            "np.argwhere(a)",
            "np.argwhere(a[0])",
        ]:
            agree(expression, a)
    for a in layouts((2, 3, 3), dtype):
        agree("np.tril(a, 1)", a)
        agree("np.triu(a)", a)
        agree("np.argwhere(a)", a)


def test_indices():
    for n in (0, 1, 3, 4):
        for k in (-2, 0, 1):
            agree("np.tril_indices(a, b)", n, k)
            agree("np.triu_indices(a, b)", n, k)
            agree("np.triu_indices(a, b, 5)", n, k)
            agree("np.tril_indices(a, b, m=2)", n, k)
        agree("np.diag_indices(a)", n)
        agree("np.diag_indices(a, 3)", n)
    agree("np.diag_indices_from(a)", np.zeros((3, 3)))
    agree("np.diag_indices_from(a)", np.zeros((3, 4)))
    agree("np.mask_indices(3, np.triu, 1)")
    agree("np.argwhere(a)", np.array(0))
    agree("np.argwhere(3)")


def test_fill_diagonal():
    for shape in [(3, 3), (3, 5), (7, 3), (3, 3, 3), (0, 3), (3, 0), (2, 3, 3)]:
        for a in list(layouts(shape, "float64"))[:3]:
            changed("np.fill_diagonal(a, 5)", a)
            changed("np.fill_diagonal(a, b)", a, np.array([1, 2]))
            changed("np.fill_diagonal(a, 5, wrap=True)", a)
