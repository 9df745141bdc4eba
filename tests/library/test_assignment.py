"""Assignment to views: numbers and arrays, broadcasting, casts, overlap, read-only arrays."""

import numpy as np
import pytest

from tests.library.arrays import FEW_DTYPES
from tests.library.differential import compiled, same_effect

LINES = """
a[:] = 3
a[2:5] = 1
a[:] = 2.7
a[:] = True
a[:5] = 300
a[:0] = 300
a[:3] = -1
a[5:5] = 7
a[:] = 1e300
a[1:3] = np.float32(2.5)
a[1:3] = np.int64(-5)
a[1:3] = np.int64(300)
a.fill(2)
a.fill(-1)
a[1:] = a[:-1]
a[:-1] = a[1:]
a[:] = a[::-1]
a[::-1] = a
a[...] = a
a[:20] = a[::2]
a[3:] = a[3]
a[:] = a[0:1]
a[:] = a[0:2]
""".strip().split("\n")

MATRICES = """
a[:, 1:] = a[:, :-1]
a[1:] = a[0]
a[:, 0] = a[0, :5]
a[...] = a[:, :1]
a[:] = a[::-1, ::-1]
a[:3, :3] = a[:3, :3].T
a[0] = 5
a[:, 2] = 1
a[1:3, 1:3] = 9
a[:, ::2] = a[:, 1::2]
a[-1] = a[0]
a[...] = a[None, 2]
a[None][0, 1] = a[0]
a[1:4] = a[0:3]
a[0:3] = a[1:4]
a[0:2] = a[1:4]
""".strip().split("\n")


@pytest.mark.parametrize("statement", LINES)
def test_lines(statement):
    for dtype in FEW_DTYPES:
        for at in (np.s_[:], np.s_[::-1]):

            def make(dtype=dtype, at=at):
                base = np.arange(40).astype(dtype)
                return (base[at],), (base,)

            same_effect(statement, make)


@pytest.mark.parametrize("statement", MATRICES)
def test_matrices(statement):
    for dtype in ("uint8", "float64"):
        for order in "CF":
            for at in (np.s_[:], np.s_[::-1]):

                def make(dtype=dtype, order=order, at=at):
                    base = np.array(np.arange(30).reshape(5, 6), dtype, order=order)
                    return (base[at],), (base,)

                same_effect(statement, make)


@pytest.mark.parametrize(
    "statement",
    ["a[:] = b", "a[1, :] = b", "a[:, 2:] = b[:4]", "a[:, :1] = b[:1]", "a[...] = b[None]"],
)
def test_casts(statement):
    for dtype in FEW_DTYPES:
        for source in ("float64", "float32", "int16", "complex64"):

            def make(dtype=dtype, source=source):
                base = np.zeros((5, 6), dtype)
                return (base, (np.arange(6) * 7 - 20).astype(source)), (base,)

            same_effect(statement, make)


def test_overlap_is_as_if_buffered():
    # NumPy copies elements in order here and gives another result: a listed deviation.
    a = np.arange(40.0)
    compiled("a[::2] = a[:20]", "a")(a)
    assert a[::2].tolist() == list(range(20))


@pytest.mark.parametrize(
    "statement",
    [
        "a[:] = 1",
        "a[0] = a[1]",
        "a.fill(1)",
        "a[0, 0] = 1",
        "a.sort()",
        "b = a.reshape(-1)\nb[0] = 1",
        "b = a.copy()\nb[0] = 5",
    ],
)
def test_read_only(statement):
    def make():
        a = np.arange(12.0).reshape(3, 4)
        a.flags.writeable = False
        return (a,), (a,)

    same_effect(statement, make)
