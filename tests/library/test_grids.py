"""Coordinates, geometric sequences, windows, polynomials."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import FEW_DTYPES, filled
from tests.library.differential import agree, compiled, nearly, plain



def close(expression, *arguments):
    """`nearly` for complex numbers, also in tuples."""
    got, want = (kind(f"return {expression}", "a, b")(*arguments) for kind in (compiled, plain))
    for x, y in zip(got, want, strict=True) if isinstance(want, tuple) else [(got, want)]:
        assert (type(x), x.dtype, x.shape) == (type(y), y.dtype, y.shape)
        np.testing.assert_allclose(x, y, rtol=1e-13)


LINES = """
np.meshgrid(a, b)
np.meshgrid(a, b, indexing='ij')
np.meshgrid(a, b, sparse=True)
np.meshgrid(a, b, a, indexing='xy')
np.meshgrid(a, b, copy=False)
np.meshgrid(a, b, a, indexing='ij', sparse=True)
np.meshgrid(a)
np.meshgrid(a, 3)
np.diagflat(a)
np.diagflat(a, -2)
np.diagflat((a, a))
np.vander(a)
np.vander(a, 2)
np.vander(a, 5, increasing=True)
np.polyadd(a, b)
np.polysub(a * 1.0, b)
np.polyder(b)
np.polyder(b, 2)
np.polyder(b * 1.5, m=0)
np.polyint(b)
np.polyint(b, 2)
np.polyint(b, k=3)
np.polyval(a, b)
np.polyval(b, 3)
np.polyval(a, 2.5)
np.polyval((1, 2, 3), b)
""".strip().split("\n")


@pytest.mark.parametrize("expression", LINES)
def test_of_lines(expression):
    for dtype in ("int32", "float64", "complex128"):
        for n, m in [(3, 4), (1, 2), (4, 0)]:
            if m == 0 and ("polyd" in expression or "polyval" in expression):
                continue
            lines = filled((n,), dtype), filled((m,), "int64")
            if dtype == "complex128":
                # NumPy rounds products of complex numbers in another way.
                close(expression, *lines)
            else:
                agree(expression, *lines)


NUMBERS = """
np.indices((a, 3))
np.indices((2, a, 2), dtype=np.float32)
np.indices((a, 2), sparse=True)
np.indices((a,))
np.tri(a)
np.tri(a, 5)
np.tri(4, a, 1)
np.tri(3, a, -2, dtype=bool)
np.bartlett(a)
""".strip().split("\n")


@pytest.mark.parametrize("expression", NUMBERS)
def test_of_numbers(expression):
    for number in (0, 1, 2, 7):
        agree(expression, number)


# Powers and cosines: NumPy's own differ by a few units in the last place.
ROUNDED = """
np.logspace(0, 2, a)
np.logspace(0.5, 3, a, endpoint=False)
np.logspace(0, 3, a, base=2)
np.logspace(-1, 1, num=a, base=2.5, dtype=np.float32)
np.geomspace(1, 1000, a)
np.geomspace(0.1, 20.5, a, endpoint=False)
np.geomspace(-1000, -1, a)
np.hanning(a)
np.hamming(a)
np.blackman(a)
np.geomspace(0, 1, a)
""".strip().split("\n")


@pytest.mark.parametrize("expression", ROUNDED)
def test_rounded(expression):
    for number in (0, 1, 2, 7, 20):
        body = f"{expression} + 1" if "np.black" in expression or "np.hann" in expression else expression
        nearly(body, number, rtol=4e-7 if "float32" in expression else 2e-15)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("np.meshgrid(a, a, indexing='ab')", "Valid values for `indexing`"),
        ("np.meshgrid(a, a, sparse=len(a) > 1)", "must be constants"),
        ("np.vander(a[None])", "one-dimensional array or sequence"),
        ("np.geomspace(1, 1j)", "complex"),
        ("np.geomspace(a, 3)", "between arrays"),
        ("np.logspace(0, 1, base=a)", "array of bases"),
        ("np.polyder(a, len(a))", "m must be a constant"),
        ("np.polyint(a, 2, (1, 2))", "one number"),
    ],
)
def test_refusals(expression, words):
    with pytest.raises(CompileError) as error:
        compiled(f"return {expression}", "a")(np.ones(3))
    assert words in str(error.value)


def test_tables_are_of_every_dtype():
    for dtype in FEW_DTYPES:
        if dtype not in ("bool", "complex128"):
            agree("np.polyval(a, a)", filled((4,), dtype))
            agree("np.vander(a)", filled((3,), dtype))
