"""np.unique of arrays of texts."""

import numpy as np
import pytest
from cumbia import CompileError, jit

from tests.python.harness import check


def plain(a):
    return np.unique(a)


def with_index(a):
    return np.unique(a, return_index=True)


def with_all(a):
    return np.unique(a, True, True, True)


def with_counts(a):
    return np.unique(a, return_counts=True)


def along_the_axis(a):
    return np.unique(a, return_inverse=True, axis=0)


def of_parts(a):
    return len(np.unique(a[1:])), np.unique(a)[::-1]


ARRAYS = [
    np.array(["b", "a", "b", "ccc", "é", ""]),
    np.array([b"b", b"a", b"b"]),
    np.array([], dtype="U2"),
    np.array(["x"]),
    np.array(["b", "a", "b"])[::-1],
]


@pytest.mark.parametrize(
    "function", [plain, with_index, with_all, with_counts, along_the_axis, of_parts]
)
@pytest.mark.parametrize("texts", ARRAYS, ids=range(len(ARRAYS)))
def test_texts(function, texts):
    check(function, texts)


def test_records_are_refused():
    with pytest.raises(CompileError, match="one of its fields"):
        jit(plain)(np.zeros(2, [("x", int), ("y", float)]))


def several_fields(a):
    return a[["x", "y"]]


def test_several_fields_are_refused_by_name():
    with pytest.raises(CompileError, match="several fields.*\n(.*\n)*.*one by one"):
        jit(several_fields)(np.zeros(2, [("x", int), ("y", float)]))
