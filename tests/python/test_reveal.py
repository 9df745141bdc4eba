"""``typeof`` and ``reveal_type``."""

import enum
from collections import namedtuple

import numpy as np
import pytest
from harness import define

import cumbia

Point = namedtuple("Point", "x y")


class Color(enum.Enum):
    RED = 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "pyint"),
        (True, "pybool"),
        (None, "None"),
        (np.float32(1), "float32"),
        (np.zeros((2, 3)), "array(float64, 2, C)"),
        ((1, (2.5, 1j)), "tuple(pyint, tuple(pyfloat, pycomplex))"),
        (Point(1, 2.5), "Point(x: pyint, y: pyfloat)"),
        (Color.RED, "Color"),
        (np.zeros(2, [("a", "f8")]), "array({a: float64}, 1, C)"),
    ],
)
def test_typeof(value, text):
    assert cumbia.typeof(value) == text


def test_typeof_refuses():
    with pytest.raises(TypeError, match="argument 'value' of typeof"):
        cumbia.typeof(object())


def test_reveal_type_tells_when_compiling(capfd):
    func = define(
        """
        @jit
        def f(p, n):
            x = reveal_type(n if p else None)
            y = reveal_type(n * 2) + 1
            return x, y
        """,
        reveal_type=cumbia.reveal_type,
    )
    assert func(True, 2.5) == (2.5, 6.0)
    lines = capfd.readouterr().err.splitlines()
    assert [line.split(": ", 1)[1] for line in lines] == [
        "reveal_type(n if p else None): optional(pyfloat)",
        "reveal_type(n * 2): pyfloat",
    ]
    assert lines[0].split(":")[1] == "3"
    assert func(False, 2.5) == (None, 6.0)
    assert capfd.readouterr().err == ""


def test_reveal_type_in_python(capsys):
    assert cumbia.reveal_type(2.5) == 2.5
    assert "pyfloat" in capsys.readouterr().err
