"""Scalar classes called with what arrays are made of, and the types of signatures as such classes."""

import numpy as np
import pytest

import cumbia
from cumbia import jit
from tests.library.calls import check_calls, function


@pytest.mark.parametrize("name", ["float64", "float32", "int8", "bool", "complex128"])
def test_of_arrays(name):
    given = [np.arange(6.0).reshape(2, 3), np.arange(3)[::2], np.array(2.0), [1, 2], (1, 2.5), np.zeros(0), np.asfortranarray(np.ones((2, 2)))]
    check_calls(f"np.{name}(a)", [(a,) for a in given])


@pytest.mark.parametrize("name", ["int64", "float32", "uint8", "boolean", "complex64", "float64"])
def test_types_of_signatures_convert(name):
    f = function(f"{name}(a)", 1)
    f.__globals__[name] = getattr(cumbia, name)
    for x in (2.75, 3, True, np.float32(1.5)):
        got, want = jit(f)(x), f(x)
        assert type(got) is type(want) and got == want
    got = jit(f)(np.arange(3))
    assert got.dtype == f(np.arange(3)).dtype and got.tolist() == f(np.arange(3)).tolist()


def test_frombuffer_and_round():
    check_calls("np.frombuffer(a)", [(bytes(16),)])
    check_calls("np.round(a, 1)", [(1.25 + 2.55j,), (np.complex64(1.25 - 0.35j),), (np.array([1.25 + 2.35j]),)])
