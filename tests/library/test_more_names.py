"""Functions with a few lines each: polynomials' products and quotients, parts of numbers, bytes."""

import numpy as np
import pytest

from tests.library.arrays import DTYPES, filled, layouts
from tests.library.calls import check_calls
from tests.library.differential import agree


def test_products_of_polynomials():
    for x in ([1, 2, 3], [0, 0, 2.5, -1], [0, 0], [3.0]):
        for y in ([1, -1], [0, 4.0], [2]):
            agree("np.polymul(a, b)", np.array(x), np.array(y))
    agree("np.polymul([1, 2], (3, 4.5))")
    agree("np.polymul(a, 2)", np.arange(4, dtype=np.float32))


def test_quotients_of_polynomials():
    for x in ([3.0, 5.0, 2.0], [1, 0, -7, 6, 2], [1.0, 1.0], [2.0]):
        for y in ([2.0, 1.0], [1, -1, 3], [4.0]):
            agree("np.polydiv(a, b)", np.array(x), np.array(y))
    agree("np.polydiv(a, b)", np.array([3, 5, 2], np.float32), np.array([2, 1], np.float32))
    agree("np.polydiv(a, b)", np.array([3, 5, 2], np.float32), np.array([2, 1]))


SPECIAL = [0.0, -0.0, 1.5, -1.5, 1e300, -2.0, np.inf, -np.inf, np.nan, 5e-324, 0.75, -0.25]


def test_modf():
    agree("np.modf(a)", np.array(SPECIAL))
    agree("np.modf(a)", np.array(SPECIAL[:4] + SPECIAL[6:9], np.float32))
    for x in SPECIAL:
        agree("np.modf(a)", x)
        agree("np.modf(a)", np.float64(x))
    agree("np.modf(a)", np.float32(-2.75))
    agree("np.modf(a), np.modf([1.5, -2.5]), np.modf(3)", np.arange(6).reshape(2, 3))
    for a in layouts((2, 3), "float64"):
        agree("np.modf(a)[0]", a)


@pytest.mark.parametrize("dtype", DTYPES)
def test_tobytes(dtype):
    for shape in ((), (0,), (5,), (2, 3), (2, 3, 4)):
        for a in layouts(shape, dtype):
            check_calls("a.tobytes(), a.tobytes('F'), a.tobytes(order='C'), len(a[...].tobytes())", [(np.asarray(a),)])


def test_finite():
    check_calls("np.asarray_chkfinite(a)", [(np.array([1.0, 2.0]),), (np.array([1.0, np.nan]),), (np.array([np.inf + 1j]),), (np.arange(3),)])
    check_calls("np.asarray_chkfinite(a, np.float32), np.asarray_chkfinite([1, 2])", [(np.arange(3),)])


def test_promoted_types():
    for x in DTYPES:
        for y in ("int8", "uint64", "float32", "complex64", "bool"):
            check_calls(f"np.promote_types('{x}', np.dtype('{y}')) == (a + b).dtype", [(filled(1, x), filled(1, y))])


def test_frexp():
    agree("np.frexp(a)", np.array(SPECIAL))
    agree("np.frexp(a)", np.array(SPECIAL[:4] + SPECIAL[6:9] + [1e-40], np.float32))
    for x in SPECIAL:
        agree("np.frexp(a)", x)
    agree("np.frexp(a)", np.float32(-2.75))
    agree("np.frexp(a), np.frexp([1.5, -2.5]), np.frexp(3)", np.arange(6).reshape(2, 3))


def test_can_cast():
    for x in DTYPES:
        for y in DTYPES:
            for casting in ("no", "equiv", "safe", "same_kind", "unsafe"):
                text = f"np.can_cast('{x}', np.{y}, '{casting}')" if y != "bool" else f"np.can_cast('{x}', 'bool', casting='{casting}')"
                check_calls(text, [()])
    check_calls("np.can_cast(np.int8, np.float32), np.can_cast(a.dtype, 'int32')", [(np.zeros(2),)])
