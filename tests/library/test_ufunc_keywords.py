"""Keywords of elementwise functions: dtype, casting, order, where without out, subok."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import DTYPES, filled, layouts
from tests.library.calls import check_calls
from tests.library.differential import agree, compiled


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("wanted", ["int16", "int64", "float32", "float64", "complex128"])
def test_operands_are_converted_before(dtype, wanted):
    if np.dtype(dtype).kind == "c":
        pytest.skip("products of complex numbers differ in their last bits")
    a, b = filled((2, 3), dtype), filled(3, dtype)
    if np.can_cast(dtype, wanted, "same_kind"):
        agree(f"np.multiply(a, b, dtype=np.{wanted}), np.add(a, 3, dtype=np.{wanted})", a, b)
    agree(f"np.multiply(a, b, dtype=np.{wanted}, casting='unsafe')", a, b)


def test_a_python_integer_has_to_fit():
    check_calls("np.add(a, 300, dtype=np.int8)", [(np.arange(3),)])
    check_calls("np.add(a, b, dtype=np.int8)", [(np.arange(3), 300), (np.arange(3), -7)])
    agree("np.add(a, 3.75, dtype=np.int32, casting='unsafe')", np.arange(3))


def test_one_operand():
    agree("np.sqrt(a, dtype=np.float32), np.negative(a, dtype=np.int32), np.exp(a, dtype='f8')", np.arange(4, dtype=np.int8))


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("np.add(a, a, dtype=np.int32)", "Cannot cast ufunc 'add' input 0 from dtype('float64') to dtype('int32') with casting rule 'same_kind'"),
        ("np.add(1, 1.5, out=None, where=a > 0, dtype=np.int32)", "Cannot cast ufunc 'add' input 1"),
        ("np.sqrt(a, dtype=np.float32, casting='safe')", "Cannot cast ufunc 'sqrt' input from dtype('float64') to dtype('float32') with casting rule 'safe'"),
        ("np.add(a, a, out=np.zeros(3, np.float32), casting='safe')", "output from dtype('float64') to dtype('float32') with casting rule 'safe'"),
        ("np.add(a, np.arange(3), casting='no')", "casting rule 'no'"),
        ("np.add(a, 1, casting='equiv')", "casting rule 'equiv'"),
        ("np.add(a, a, casting='other')", "casting="),
        ("np.add(a, a, order='Z')", "order="),
        ("np.add(a, a, signature='dd->d')", "signature="),
    ],
)  # fmt: skip
def test_refused(expression, words):
    with pytest.raises(CompileError) as refusal:
        compiled(f"return {expression}", "a")(np.ones(3))
    assert words in str(refusal.value)


def test_casting():
    a = filled((2, 3), "float64")
    agree("np.add(a, a, casting='no'), np.add(a, b, casting='equiv'), np.less(a, a, casting='no')", a, a)
    agree("np.add(a, b, casting='safe'), np.add(a, b, dtype=float, casting='safe')", a, np.arange(3))
    agree("np.multiply(a, 2.5, out=b, casting='unsafe')", a, np.zeros((2, 3), np.int32))
    agree("np.add(a, a, subok=False), np.add(a, a, subok=True)", a)


def test_order():
    for a in layouts((2, 3, 4), "float32"):
        for order in "CF":
            agree(f"np.add(a, 1, order='{order}').strides, np.add(a, 1, order='{order}')", a)
            agree(f"(np.add(a, b, order='{order}') * a).strides", a, filled(4, "int8"))
    agree("np.sqrt(a, order='A').strides, np.sqrt(a.T, order='A').strides", np.ones((2, 3)))
    agree("np.add(a, a, order='F')", np.ones(3))


def test_where_without_out():
    for shape in ((), (4,), (2, 3), (0, 3)):
        for a in layouts(shape, "float64"):
            a = np.asarray(a)
            mask = filled(shape, "bool")
            agree("np.where(b, np.multiply(a, a, out=None, where=b), 0)", a, mask)
            agree("np.where(b, np.negative(a, out=None, where=b), 0)", a, mask)
    agree("np.where(b, np.add(a, 1, out=None, where=b), 0)", np.ones((2, 1, 3)), filled((4, 3), "bool"))
    agree("np.where(a, np.add(1.5, 2, out=None, where=a), 0)", filled(5, "bool"))
    agree("np.add(a, b, out=None, where=b > 0).shape", np.ones(3), np.ones((2, 3)))
    agree("np.add(a, a, out=None, where=a > 0).strides", np.asfortranarray(np.ones((2, 3))))
    check_calls("np.add(a, a, out=None, where=b)", [(np.ones(3), np.ones(2, bool))])
    check_calls("np.add(a, 1, out=None, where=b)", [(np.ones((2, 3)), np.ones(2, bool))])
    check_calls("np.sqrt(a, out=None, where=b)", [(np.ones(3), np.ones(2, bool))])
    # What isn't computed can't raise.
    check_calls("np.where(b >= 0, np.power(a, b, out=None, where=b >= 0), 0)", [(np.arange(3), np.array([2, -1, 3]))])


def test_reductions_of_functions():
    for a in (filled((3, 4), "float64"), filled((3, 4), "int32")):
        mask = filled((3, 4), "bool")
        for name in ("add", "multiply"):
            agree(f"np.{name}.reduce(a, initial=3, where=b)", a, mask)
            agree(f"np.{name}.reduce(a, axis=(0, 1), initial=2), np.{name}.reduce(a, axis=None), np.{name}.reduce(a, 1, where=b)", a, mask)
        for name in ("maximum", "minimum"):
            agree(f"np.{name}.reduce(a, 1, initial=3, where=b), np.{name}.reduce(a, initial=1)", a, mask)
        agree("np.logical_and.reduce(a, where=b), np.logical_or.reduce(a, 1, where=b)", a, mask)
