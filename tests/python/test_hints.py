"""Signatures from annotations."""

import numpy as np
import pytest
from harness import define

import cumbia
from cumbia import _hints, jit


def test_the_signature_of_annotations():
    def f(a: int, b: float, c: bool, d: complex, e: None, g: np.float32, h: tuple[int, float]): ...

    text = "(pyint, pyfloat, pybool, pycomplex, None, float32, tuple(pyint, pyfloat))"
    assert _hints.signature(f) == text


def test_arrays_and_texts():
    def f(a: cumbia.float64[:], b: "int"): ...

    assert _hints.signature(f) == "(array(float64, 1, A), pyint)"


def test_compiled_at_decoration():
    func = define(
        """
        @jit(hints=True)
        def f(n: int, x: float) -> int:
            return n * x
        """
    )
    assert len(func.signatures) == 1
    assert func(2, 1.5) == 3.0
    with pytest.raises(TypeError, match="no signature of f"):
        func("a", 1.5)


def test_what_is_no_type_is_refused():
    def missing(n, x: int):
        return n

    def unknown(n: dict):
        return n

    with pytest.raises(TypeError, match="the parameter 'n' of .*missing.* has no annotation"):
        jit(hints=True)(missing)
    with pytest.raises(TypeError, match="the annotation .*dict.* names no type"):
        jit(hints=True)(unknown)
