"""`f.inspect_types()`: the source with the types of variables and expressions."""

import contextlib
import io

import numpy as np
import pytest

from cumbia import jit
from tests.python.harness import IDENTITY

pytestmark = pytest.mark.skipif(IDENTITY, reason="nothing is compiled")


def mean(a, scale):
    total = 0.0
    count = 0
    for x in a:
        if x > 0:
            total += x * scale
            count += 1
    return total / count if count else None


def text(function, **options):
    out = io.StringIO()
    assert function.inspect_types(file=out, **options) is None
    return out.getvalue()


def test_lines_and_types():
    f = jit(mean)
    assert text(f) == ""
    f(np.array([1.0, -1.0, 3.0]), 2)
    lines = text(f).splitlines()
    assert lines[0] == f"mean {f.signatures[0]}"
    assert set(lines[1]) == {"-"} and set(lines[-1]) == {"="}
    source = [line for line in lines[2:-1] if not line.lstrip().startswith("#")]
    assert source[0] == "def mean(a, scale):" and source[-1].endswith("if count else None")
    assert len(source) == 8
    at = lines.index("            total += x * scale")
    notes = [line.strip() for line in lines[at - 2 : at]]
    assert "# x * scale :: float64" in notes
    assert any(note.startswith("# total = float64") for note in notes), notes
    assert any(line.strip().startswith("# x = float64") for line in lines)
    head = lines.index("def mean(a, scale):")
    assert {"# a = array(float64, 1, C)", "# scale = pyint"} <= set(lines[2:head])


def test_one_signature_and_all_of_them():
    f = jit(mean)
    f(np.array([1.0]), 2)
    f(np.array([1], "i4"), 2.5)
    both = text(f)
    assert both.count("def mean") == 2
    only = text(f, signature=f.signatures[1])
    assert only in both and only.count("def mean") == 1 and "array(int32, 1, C)" in only
    with pytest.raises(KeyError):
        text(f, signature="(pybool) -> pybool")


def test_standard_output_is_the_default():
    f = jit(lambda x: x + 1)
    f(1)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        f.inspect_types()
    assert "# x + 1 :: pyint" in out.getvalue()


def test_nested_functions_are_among_it():
    @jit
    def outer(n):
        def inner(k):
            return k * 0.5

        return inner(n)

    outer(3)
    assert "# k * 0.5 :: pyfloat" in text(outer)


def test_what_is_refused():
    f = jit(mean)
    with pytest.raises(NotImplementedError, match="pretty=True"):
        f.inspect_types(pretty=True)
    with pytest.raises(TypeError):
        f.inspect_types(nonsense=1)
    f.inspect_types(style="dark")
