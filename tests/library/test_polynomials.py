"""The functions of `numpy.polynomial`: six bases, what they share and what is their own.

Most results have NumPy's bits. Products of powers and Chebyshev series of more than two random
coefficients differ in their last bits, as `np.convolve` does; here they have exact ones.
"""

import numpy as np
import numpy.polynomial.hermite_e as hermite_e
import pytest
from cumbia import CompileError, jit
from numpy.polynomial import Polynomial
from numpy.polynomial.chebyshev import chebval

from tests.library.arrays import layouts
from tests.library.calls import check_calls, function
from tests.library.differential import compiled, outcome, plain

BASES = {
    "poly": "np.polynomial.polynomial.",
    "cheb": "np.polynomial.chebyshev.",
    "leg": "np.polynomial.legendre.",
    "herm": "np.polynomial.hermite.",
    "herme": "np.polynomial.hermite_e.",
    "lag": "np.polynomial.laguerre.",
}
ORTHOGONAL = [p for p in BASES if p != "poly"]
X = np.linspace(-0.9, 0.8, 5)
C = np.array([1.0, 2.0, -3.0, 0.5])
SINGLE = C.astype(np.float32)
INTEGERS = np.array([1, -2, 0, 3, 0])
TABLE = np.arange(20.0).reshape(5, 4) + 0.5
CUBE = TABLE.reshape(2, 5, 2)


@pytest.fixture(params=BASES)
def basis(request):
    """Where a basis's functions are, with the prefix of their names."""
    return BASES[request.param] + request.param


def close(expression, *arguments, rtol=1e-12, atol=1e-13):
    """The same types, dtypes and shapes, and values within a tolerance."""
    names = ", ".join("abcdefgh"[: len(arguments)])
    got = outcome(compiled(f"return {expression}", names), arguments)
    want = outcome(plain(f"return {expression}", names), arguments)
    if isinstance(want, type):
        assert got is want
        return
    if not isinstance(want, tuple):
        got, want = (got,), (want,)
    assert len(got) == len(want)
    for ours, theirs in zip(got, want):
        assert type(ours) is type(theirs)
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol, strict=True)


def refusal(expression, *arguments):
    """What a refusal of a call says."""
    names = ", ".join("abcdefgh"[: len(arguments)])
    with pytest.raises(CompileError) as caught:
        compiled(f"return {expression}", names)(*arguments)
    return str(caught.value)


def test_values(basis):
    coefficients = [C[:n] for n in (1, 2, 3, 4)] + [np.concatenate([C, C]), INTEGERS, SINGLE[:2], SINGLE[:3], SINGLE]
    coefficients += [np.concatenate([SINGLE, SINGLE]), C[::-1], [1.5, 2.5], [1, 2, 3], 5, 2.5, TABLE]
    for x in (X, X.astype(np.float32), np.array([1, 2, 3], np.int16), 2.5, 2, np.float32(0.3), [1, 2], np.array(0.5)):
        check_calls(f"{basis}val(a, b)", [(x, c) for c in coefficients])
    check_calls(f"{basis}val(a, b)", [(x, C) for x in layouts((2, 3), "float64")])
    check_calls(f"{basis}val((1, 2.5), (3, 4, 5))", [()])
    check_calls(f"{basis}val(a, b)", [(np.zeros((0, 3)), C), (np.array([True, False]), C), (True, C)])
    check_calls(f"{basis}val(a, b)", [(np.array([np.inf, np.nan, -0.0]), C[:n]) for n in (1, 2, 4)])
    check_calls(f"{basis}val(a, b)", [(np.array([1, 200], np.uint8), C), (np.array([1, -100], np.int8), INTEGERS)])
    check_calls(f"{basis}val(a, b)", [(X, C[:0]), (2.0, C[:0]), (X, TABLE[:0])])
    for x in (np.True_, np.array([True, False])):
        assert "values in single precision" in refusal(f"{basis}val(a, b)", x, SINGLE)
    close(f"{basis}val(a, b)", X + 1j, C)
    close(f"{basis}val(a, b)", X, C * 1j)
    close(f"{basis}val(a, b)", 0.5, SINGLE * np.complex64(1j))


def test_values_of_several_series(basis):
    columns = TABLE[:, :1] * np.ones((1, 3))
    for x in (X[:4], X, X[:1], X.reshape(5, 1)):
        check_calls(f"{basis}val(a, b, tensor=False)", [(x, TABLE)])
        check_calls(f"{basis}val(a, b, True)", [(x, TABLE), (x, CUBE), (x, columns)])
    check_calls(f"{basis}val2d(a, b, c)", [(X, X + 1, TABLE), (1, 2, TABLE), (X[:2], X, TABLE), ([1, 2], [3, 4], TABLE)])
    check_calls(f"{basis}grid2d(a, b, c)", [(X, X[:2], TABLE), (1, X, TABLE), (2.0, 3, TABLE)])
    check_calls(f"{basis}val3d(a, b, c, d)", [(X, X, X, CUBE), (X, X[:2], X, CUBE), (X, X, X[:2], CUBE)])
    check_calls(f"{basis}grid3d(a, b, c, d)", [(X, X[:2], X, CUBE)])


EXACT = (C, INTEGERS, [1, 2], [0.0], 3, np.array([1.0, 2, 3, 0, 0]), np.arange(6.0) + 1, C[::-2])


def test_sums_products_and_quotients(basis):
    pairs = [(C, b) for b in EXACT] + [(a, INTEGERS) for a in EXACT] + [([0.0], [1, 2]), (3, [1, 2]), ([1, 2], [0.0])]
    for name in ("add", "sub", "mul", "div"):
        check_calls(f"{basis}{name}(a, b)", pairs)
        close(f"{basis}{name}(a, b)", C * 1j + 1, C[:2] - 1j)
        check_calls(f"{basis}{name}(a, b)", [(C[:0], C), (C, C[:0]), (TABLE, C), (C, TABLE)])
    check_calls(f"{basis}div(a, b)", [(C, np.zeros(1)), (C, [0.0, 0.0])])
    for a in (*EXACT, SINGLE, C * 1j):
        check_calls(f"{basis}mulx(a)", [(a,)])
    for name in ("add", "sub"):
        check_calls(f"{basis}{name}(a, b)", [(SINGLE, SINGLE), (SINGLE, SINGLE[:2]), (SINGLE, INTEGERS), (SINGLE, SINGLE * 1j)])
    assert "Coefficient arrays have no common type" in refusal(f"{basis}add(a, a)", np.array([True]))


def test_single_precision():
    for p in ("poly", "cheb"):
        for name in ("mul", "div"):
            check_calls(f"{BASES[p]}{p}{name}(a, b)", [(SINGLE, SINGLE[:2]), (SINGLE, SINGLE[:1])])
    for p in ("leg", "herm", "herme", "lag"):
        assert "its dtype depends on values" in refusal(f"{BASES[p]}{p}mul(a, a)", SINGLE)
        assert "its dtype depends on values" in refusal(f"{BASES[p]}{p}div(a, a)", SINGLE)


def test_powers(basis):
    for power in (0, 1, 2, 3, 2.0, -1, 1.5):
        check_calls(f"{basis}pow(a, b)", [(a, power) for a in (C, [1, 2], [0.0], np.array([1.0, 2.0, 0.0]))])
    check_calls(f"{basis}pow(a, 3, b)", [(C, 2), (C, 3)])
    check_calls(f"{basis}pow(a, 17)", [([1, 1],)])
    check_calls(f"{basis}pow(a, 3, maxpower=None)", [([1, 1],)])


def test_trimming_and_lines(basis):
    check_calls(f"{basis}trim(a)", [(a,) for a in (*EXACT, SINGLE, C * 1j)])
    check_calls(f"{basis}trim(a, b)", [(C, 0.6), (C, 10), (C, -1), (INTEGERS, 1), (C * 1j, 0.6)])
    check_calls(f"{basis}line(a, b)", [(1.5, 2.0), (1.5, 0.0), (1.5, 2), (1.5, 0), (-0.0, 0.0)])
    check_calls(f"{basis}line(1, 2), {basis}line(1, 0), {basis}line(1, 0.0), {basis}line(1, 2.5)", [()])
    assert "depends on values" in refusal(f"{basis}line(a, b)", 1, 2.5)


def test_derivatives(basis):
    check_calls(f"{basis}der(a)", [(a,) for a in (INTEGERS, [1, 2], 5, [0.0], C[::-1], C[:0], np.arange(9.0))])
    for rest in ("", ", 2", ", m=3", ", scl=2", ", 2, 0.3", ", 0", ", 20", ", -1"):
        check_calls(f"{basis}der(a{rest})", [(C,), (SINGLE,), (TABLE,), (C[:1],)])
    check_calls(f"{basis}der(a, b)", [(TABLE, m) for m in (0, 1, 3, 9)])
    check_calls(f"{basis}der(a, axis=1), {basis}der(a, axis=-1), {basis}der(a, 2, axis=1)", [(TABLE,), (CUBE,)])
    check_calls(f"{basis}der(a, scl=b)", [(C * 1j, 0.5)])
    assert "must be an integer" in refusal(f"{basis}der(a, m=1.5)", C)
    assert "is out of bounds" in refusal(f"{basis}der(a, axis=1)", C)


def test_integrals(basis):
    check_calls(f"{basis}int(a, 2)", [(a,) for a in (INTEGERS, [1, 2], 5, [0.0], C[::-1], C[:0], np.arange(9.0))])
    everything = [(C,), (SINGLE,), (TABLE,), (np.zeros(1),), (np.zeros((1, 2)),)]
    for rest in ("", ", 2", ", 2, [1, 2]", ", 2, k=(1, 2.5)", ", 3, k=[1.5]", ", k=3", ", k=[]", ", 1, [1, 2]"):
        check_calls(f"{basis}int(a{rest})", everything)
    for rest in (", lbnd=-1", ", scl=2.5, lbnd=1", ", 0", ", -1", ", 2, [0.5], 0.25, 3"):
        check_calls(f"{basis}int(a{rest})", everything)
    check_calls(f"{basis}int(a, axis=1), {basis}int(a, axis=-1, lbnd=2)", [(TABLE,), (CUBE,)])
    check_calls(f"{basis}int(a, k=b)", [(SINGLE, 0.1), (SINGLE, np.float64(0.1)), (TABLE, [0.5]), (C, np.array(0.5))])
    check_calls(f"{basis}int(a, 2, k=b)", [(SINGLE, X[:2]), (C, X[:3]), (C, [0.5])])
    check_calls(f"{basis}int(a, k=[b])", [(TABLE, X[:4])])
    check_calls(f"{basis}int(a, lbnd=b)", [(SINGLE, np.float64(0.3)), (C, np.array(0.3)), (C, X)])
    check_calls(f"{basis}int(a, scl=b)", [(C, X)])
    close(f"{basis}int(a, 3, lbnd=b, scl=c)", C + 1j, 0.5, 2)
    assert "Cannot cast" in refusal(f"{basis}int(a, scl=1j)", C)


def test_matrices_of_values(basis):
    for x in (X, SINGLE, INTEGERS, 2, 2.5, [1, 2], TABLE, np.array([True, False]), X[::-2]):
        check_calls(f"{basis}vander(a, b)", [(x, n) for n in (0, 1, 2, 3, 6, -1)])
    close(f"{basis}vander(a, 4)", C + 1j)
    check_calls(f"{basis}vander2d(a, b, c)", [(X, X + 1, [1, 2]), (X, X, (1, 2)), (1, 2, [1, 2]), (X, X, [1]), (X, X, [1, -1])])
    check_calls(f"{basis}vander2d(a, b, [1, 2])", [(TABLE, TABLE), (X[:4], SINGLE), (X, X[:2]), (TABLE, TABLE[:, :2]), (TABLE, X)])
    check_calls(f"{basis}vander3d(a, b, c, [1, 2, 3])", [(X, X + 1, X), (X, X, X[:2])])
    assert "deg must be an integer" in refusal(f"{basis}vander(a, 1.5)", X)


def test_fits(basis):
    y = X**2 + np.sin(3 * X)
    for degree in (0, 1, 3):
        close(f"{basis}fit(a, b, c)", X, y, degree, rtol=1e-8, atol=1e-10)
        close(f"{basis}fit(a, b, c, w=a + 2)", X, y, degree, rtol=1e-8, atol=1e-10)
    close(f"{basis}fit(a, b, 2)", X, np.stack((y, y * y), 1), rtol=1e-8, atol=1e-10)
    close(f"{basis}fit(a, b, [0, 2])", X, y, rtol=1e-8, atol=1e-10)
    close(f"{basis}fit(a, b, np.array([3, 1]))", X, np.stack((y, y * y), 1), rtol=1e-7, atol=1e-9)
    close(f"{basis}fit(a, b, 2)", X + 1j * X * X, y + 0.5j, rtol=1e-8, atol=1e-10)
    close(f"{basis}fit(a, b, 2, 1e-3)", X, y, rtol=1e-8, atol=1e-10)
    close(f"{basis}fit(a, b, 1)", SINGLE, SINGLE * SINGLE, rtol=1e-4, atol=1e-4)
    close(f"{basis}fit(a, b, 1)", [1, 2, 4], [1, 3, 6])
    close(f"{basis}fit(a, b, 1)", np.zeros(4), np.arange(4.0))
    for a, b, degree in ((X, X, -1), (X, X[:3], 1), (X[:0], X[:0], 1), (TABLE, X, 1), (X, CUBE, 1), (X, X, 1.5), (X, X, [-1, 1])):
        check_calls(f"{basis}fit(a, b, c)", [(a, b, degree)])
    check_calls(f"{basis}fit(a, a, 1, w=b)", [(X, X[:2]), (X, TABLE)])
    assert "full= of a fit is not compiled" in refusal(f"{basis}fit(a, a, 1, full=True)", X)


def test_roots(basis):
    check_calls(f"{basis}fromroots(a)", [(INTEGERS,), ([1, 2, 3],), (X[:0],), (TABLE,), ([-1.5],)])
    for roots in (X, SINGLE, np.array([1j, -1j, 2])):
        close(f"{basis}fromroots(a)", roots)
    check_calls(f"{basis}companion(a)", [([1.0],), ([1, 2],), (SINGLE[:2],)])
    for c in (C, INTEGERS, np.arange(6) + 1, C * 1j + 1):
        close(f"{basis}companion(a)", c)
    close(f"{basis}companion(a)", SINGLE, rtol=1e-6)
    for c in ([1.0, 2.0, 3.0], [1], [2, 3], [-1, 0, 1], [1, 2, 3, -4], [1.0, 2.0, 0.0], C + 1j):
        body = f"return {basis}roots(a)"
        got, want = compiled(body, "a")(c), plain(body, "a")(c)
        assert got.dtype == np.complex128
        np.testing.assert_allclose(got, want, rtol=1e-7, atol=1e-8, strict=False)
    assert compiled(f"return {basis}roots(a)", "a")(SINGLE).dtype == np.complex64
    check_calls(f"{basis}roots(a)", [(np.array([1.0, np.nan, 2.0, 3.0]),), (C[:0],), (TABLE,)])


def test_values_from_roots():
    name = BASES["poly"] + "polyvalfromroots"
    check_calls(f"{name}(a, b)", [(X, C), (2.0, INTEGERS), (X, TABLE), (2.0, TABLE), (X, 1.5), (np.array(0.5), C), (X, C[:0])])
    check_calls(f"{name}(a, b, tensor=False)", [(X[:4], TABLE), (X[:4], C), (X, CUBE[:, :, 0].T)])


@pytest.mark.parametrize("p", ORTHOGONAL)
def test_conversions(p):
    into, back = f"{BASES[p]}poly2{p}", f"{BASES[p]}{p}2poly"
    for a in (C, INTEGERS, SINGLE, [1, 2], [1.5], 3, np.arange(7.0), C * 1j, C[:2], C[:3]):
        check_calls(f"{into}(a)", [(a,)])
        check_calls(f"{back}(a)", [(a,)])
    check_calls(f"{into}(a), {back}(a)", [(C[:0],), (TABLE,)])


@pytest.mark.parametrize("p", ORTHOGONAL)
def test_quadrature(p):
    for n in (1, 2, 4, 5, 20, 33):
        close(f"{BASES[p]}{p}gauss(a)", n, rtol=1e-10, atol=1e-12)
    check_calls(f"{BASES[p]}{p}gauss(a)", [(0,), (-3,)])
    for x in (X, SINGLE / 4, 0.5, np.float32(0.5)):
        close(f"np.asarray({BASES[p]}{p}weight(a))", x, rtol=1e-6 if x is not X else 1e-14)


def test_chebyshev_points():
    m = BASES["cheb"]
    for n in (1, 2, 3, 10, 2.0):
        close(f"{m}chebpts1(a)", n)
        close(f"{m}chebpts2(a)", n)
    check_calls(f"{m}chebpts1(a)", [(0,), (-1,), (1.5,)])
    check_calls(f"{m}chebpts2(a)", [(0,), (1.5,)])
    close(f"{m}chebinterpolate(lambda x: np.tanh(x) + 0.5, a)", 8)
    close(f"{m}chebinterpolate(lambda x, s: x * s, 2, (a,))", 2.5)
    check_calls(f"{m}chebinterpolate(np.tanh, a)", [(-1,), (1.5,)])


def test_domains():
    u = "np.polynomial.polyutils."
    check_calls(f"{u}getdomain(a)", [(a,) for a in (X, SINGLE, INTEGERS, C * 1j - 2, [1, 2], X[:0], TABLE)])
    for old, new in (((0, 2), (-1.0, 1.0)), ([0, 2], [-1, 1]), (np.array([0, 2.5]), np.array([1, 2])), ((1, 1), (2, 3))):
        check_calls(f"{u}mapparms(a, b)", [(old, new)])
        check_calls(f"{u}mapdomain(c, a, b)", [(old, new, x) for x in (X, 2, 2.5, [1, 2])])


def test_constants(basis):
    for name in ("domain", "zero", "one", "x"):
        check_calls(f"{basis}{name}", [()])


def test_other_names():
    """Functions are found whatever their modules are called, in loops and from other functions."""

    @jit
    def total(n):
        x, w = hermite_e.hermegauss(n)
        best = 0.0
        for k in range(n):
            best += w[k] * chebval(x[k], (1.0, 0.5, 0.25))
        return best

    np.testing.assert_allclose(total(6), total.__wrapped__(6), rtol=1e-13)


def test_classes_are_refused_by_name():
    def called(x):
        return Polynomial(x)(2.0)

    def fitted(x):
        return np.polynomial.Chebyshev.fit(x, x, 1)

    def old(x):
        return np.poly1d(x)

    for f, name in ((called, "Polynomial"), (fitted, "Chebyshev"), (old, "np.poly1d")):
        with pytest.raises(CompileError, match=name):
            jit(f)(X)
    p = Polynomial([1.0, 2.0])
    with pytest.raises((CompileError, TypeError)):
        jit(function("a(2.0)", 1))(p)


def test_nothing_is_written(basis):
    readonly = C.copy()
    readonly.flags.writeable = False
    for name in ("add(a, a)", "mul(a, a)", "der(a)", "int(a)", "mulx(a)", "trim(a)", "val(a, a)", "vander(a, 2)", "fit(a, a, 1)"):
        compiled(f"return {basis}{name}", "a")(readonly)
