"""sort, argsort, lexsort, partition, unique and sets, searchsorted with a sorter."""

import numpy as np
import pytest

from tests.library.arrays import DTYPES, filled, layouts
from tests.library.differential import agree, same_effect


def changed(body, *arguments):
    """Statements change copies of the arguments alike."""

    def make():
        copies = [np.array(a, order="K") if isinstance(a, np.ndarray) else a for a in arguments]
        return copies, [c for c in copies if isinstance(c, np.ndarray)]

    same_effect(body, make)


def lines(dtype):
    """Lines with repetitions and, where there are any, nan and infinities."""
    line, matrix = filled((40,), dtype), filled((3, 4), dtype)
    if line.dtype.kind in "fc":
        line[::6] = np.nan
        line[3], line[5] = np.inf, -np.inf
    return line, matrix, line[::-2], line[:0], filled((200,), dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_sorting(dtype):
    for a in lines(dtype):
        for expression in [
            "np.sort(a)",
            "np.sort(a, axis=None)",
            "np.sort(a, 0, 'heapsort')",
            "np.argsort(a, stable=True)",
            "a.argsort(kind='stable')",
            "np.argsort(a, axis=None, kind='stable')",
            "np.lexsort((a,))",
            "np.lexsort(a)",
            "np.lexsort((a, a > 1))",
            "np.sort_complex(a)",
        ]:
            agree(expression, a)
        changed("a.sort(0)", a)
        changed("a[::2].sort()", a)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_extreme_floats(dtype):
    a = np.array([0.0, -0.0, np.inf, 1e-45, -np.inf, -0.0, np.nan, 0.0, -1e-45, 1.0], dtype)
    for line in (a, np.tile(a, 300), -a):
        agree("np.sort(a, kind='stable')", line)
        agree("np.argsort(a, kind='stable')", line)


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", "uint64", "float64"])
def test_long_lines(dtype):
    rng = np.random.default_rng(7)
    low, high = (-100, 100) if dtype == "float64" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    for n in (63, 64, 65, 129, 5000):
        wide = rng.integers(low, high, n, dtype="int64" if dtype == "float64" else dtype)
        for a in (wide.astype(dtype), (wide % 3).astype(dtype), np.sort(wide)[::-1].astype(dtype)):
            agree("np.sort(a)", a)
            agree("np.argsort(a, kind='stable')", a)
            agree("np.unique(a, True, True, True)", a)


def test_lexsort_along_axes():
    a = filled((2, 3, 4), "int8") % 2
    for axis in (0, 1, 2, -1):
        agree(f"np.lexsort((a, a * 2, 1 - a), axis={axis})", a)
    for axis in (0, 1, -1):
        agree(f"np.lexsort(a, axis={axis})", a)
    agree("np.lexsort((a, b))", np.zeros(3), np.zeros(4))
    agree("np.lexsort((1, 2))")


def test_partition():
    # Only the element asked for and the two sides are defined.
    for a in layouts((5, 6), "float64"):
        for kth, place in [("2", 2), ("-1", -1), ("(0, 3)", 3), ("np.array([1, 2])", 1)]:
            agree(f"np.sort(np.partition(a, {kth}), axis=1)", a)
            agree(f"np.partition(a, {kth}, axis=0)[{place}]", a)
            agree(f"np.sort(np.argpartition(a, {kth}), axis=1)", a)
            agree(f"np.partition(a, {kth}, axis=None).shape", a)
        agree("np.partition(a, 6)", a)
        agree("np.argpartition(a, (1, -7))", a)
        agree("np.take_along_axis(a, np.argpartition(a, 2), 1)[:, 2]", a)
    changed("a.partition(9)\nreturn a.shape", filled((4, 3), "float64"))


@pytest.mark.parametrize("dtype", DTYPES)
def test_unique(dtype):
    for a in lines(dtype):
        for expression in [
            "np.unique(a)",
            "np.unique(a, return_index=True)",
            "np.unique(a, return_inverse=True)",
            "np.unique(a, return_index=True, return_inverse=True, return_counts=True)",
            "np.unique(a, return_counts=True, equal_nan=False)",
            "np.unique(a, axis=0)",
            "np.unique_counts(a)[1].sum()",
            "np.unique_inverse(a)[1].shape",
            "np.sort(np.unique_values(a))",
            "np.unique_all(a)[1].shape",
        ]:
            agree(expression, a)


def test_unique_along_axes():
    for dtype in ("int8", "float64"):
        for a in layouts((4, 3, 5), dtype):
            coarse = (a > a.mean()).astype(dtype)
            for axis in (0, 1, 2, -1):
                agree(f"np.unique(a, True, True, True, axis={axis})", coarse)
    agree("np.unique(a, axis=0)", np.zeros((3, 0)))
    agree("np.unique(a, axis=1)", np.zeros((0, 3)))
    agree("np.unique(3, return_inverse=True)")


@pytest.mark.parametrize("dtype", DTYPES)
def test_sets(dtype):
    for a in lines(dtype):
        for expression in [
            "np.union1d(a, a[:2])",
            "np.intersect1d(a, a[2:])",
            "np.intersect1d(a, a[2:], return_indices=True)",
            "np.setxor1d(a, a[2:])",
            "np.setdiff1d(a, a[1:])",
            "np.isin(a, a[:2])",
            "np.isin(a, a[1:], invert=True)",
            "np.isin(a, (3, 4), kind='sort')",
            "np.isin(a, 2.5)",
        ]:
            agree(expression, a)


def test_sets_of_two_dtypes():
    for a in (filled((9,), "int8"), np.arange(-4, 4), np.array([2**63, 5], "u8")):
        for b in (np.array([1, 5, 200]), np.array([2.5, 5.0]), np.array([True]), np.array([], "u1")):
            for function in ("union1d", "intersect1d", "setdiff1d", "setxor1d", "isin"):
                agree(f"np.{function}(a, b)", a, b)
    unique = np.array([3, 1, 2])
    for function in ("intersect1d", "setdiff1d", "setxor1d", "isin"):
        agree(f"np.{function}(a, b, assume_unique=True)", unique, np.array([9, 2, 1]))
    agree("np.intersect1d(a, b, True, True)", unique, np.array([9, 2, 1]))
