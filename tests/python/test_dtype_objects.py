"""Dtype objects: comparison with classes of Python, attributes of structured ones."""

import numpy as np
import pytest
from harness import Cases, check, refused

PACKED = np.dtype([("x", "f8"), ("n", "i4"), ("on", "?")])
ALIGNED = np.dtype([("x", "f8"), ("n", "i4"), ("on", "?")], align=True)


case = Cases()
EACH = [(np.ones(2, d),) for d in ("f8", "f4", "i8", "i4", "u1", "?", "c16", "c8", "M8[D]")]


@case(*EACH, (np.float64(1),), (np.int64(1),), (np.float32(1),))
def python_classes(a):
    return a.dtype == float, a.dtype == int, a.dtype == bool, a.dtype == complex, float == a.dtype, a.dtype != float


@case(*EACH)
def branches(a):
    if a.dtype == float:
        return "float"
    if a.dtype == int or a.dtype == bool:
        return "whole"
    return "other"


@case((np.zeros(2, PACKED),), (np.zeros(2, ALIGNED),), (np.zeros((2, 2), ALIGNED)[::2],))
def structured(a):
    d = a.dtype
    return d.names, d.itemsize, d.kind, d.char, len(d.names), d == PACKED, d.hasobject


@pytest.mark.parametrize(**case.params())
def test_like_cpython(func, call, deviation):
    check(func, *call)


def test_what_may_be_a_class_is_refused():
    def of_a_class(n):
        d = np.float64
        return d == float

    refused(of_a_class, 1, _code="CB0303")
