"""Products of matrices and linear algebra, against NumPy."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import filled, layouts
from tests.library.differential import (
    agree,
    bits,
    compiled,
    names,
    nearly,
    outcome,
    plain,
    same_effect,
)


def close(expression, *arguments, tol):
    """The same types, dtypes and shapes, and values within a tolerance of their largest.

    NumPy's LAPACK works in blocks; `tol` is some hundred units in the last place.
    """
    body, parameters = f"return {expression}", names(arguments)
    got = outcome(compiled(body, parameters), arguments)
    want = outcome(plain(body, parameters), arguments)
    if isinstance(want, type):
        assert got is want, (expression, got)
        return
    several = isinstance(want, tuple)
    for x, y in zip(got if several else (got,), want if several else (want,), strict=True):
        assert bits(x)[:3] == bits(y)[:3], (expression, x, y)
        scale = np.max(np.abs(y[np.isfinite(y)]), initial=1.0) if np.ndim(y) else 1 + abs(y)
        np.testing.assert_allclose(x, y, rtol=tol, atol=tol * (scale if np.isfinite(scale) else 1))


def same_error(expression, *arguments):
    """The class of the exception and its text."""
    body, parameters = f"return {expression}", names(arguments)
    texts = []
    for function in (compiled(body, parameters), plain(body, parameters)):
        with pytest.raises(Exception) as error:  # noqa: PT011 - compared below
            function(*arguments)
        texts.append((type(error.value), str(error.value)))
    assert texts[0] == texts[1]


def shapes(*pairs):
    return pytest.mark.parametrize("pair", pairs, ids=str)


@shapes(
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 4)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((2, 1, 2, 3), (5, 3, 4)),
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 4)),
    ((0, 3), (3, 2)),
    ((2, 0), (0, 3)),
    ((9, 70), (70, 600)),
)
def test_matmul_of_integers(pair):
    for dtype in ("int64", "uint8", "bool"):
        a, b = filled(pair[0], dtype), filled(pair[1], dtype)
        agree("a @ b", a, b)
        agree("np.matmul(a, b)", a, b)


def test_matmul_of_layouts_and_mixed_dtypes():
    for a in layouts((2, 3), "int32"):
        for b in layouts((3, 4), "int64"):
            agree("a @ b", a, b)
    for a in layouts((2, 4, 3), "int64"):
        agree("a @ b", a, filled((3, 2), "uint8"))
    agree("a @ b", filled((2, 3), "int64"), filled((3, 2), "uint8"))
    agree("np.matmul(a, b, dtype=np.int64)", filled((2, 3), "int8"), filled((3, 2), "uint8"))


def test_matmul_of_floats():
    # Other orders of summation: 130 positive terms, half a unit in the last place each.
    for dtype, rtol in (("float64", 1e-13), ("float32", 1e-4), ("complex128", 1e-12)):
        a, b = np.abs(filled((7, 130), dtype)).astype(dtype), np.abs(filled((130, 9), dtype)).astype(dtype)
        nearly("a @ b", a, b, rtol=rtol)
        nearly("a @ b", np.asfortranarray(a), np.asfortranarray(b), rtol=rtol)


def test_matmul_in_place_and_out():
    def square():
        m = filled((3, 3), "int64")
        return (m, filled((3, 3), "int64").T), [m]

    same_effect("a @= b", square)
    same_effect("a @= a\nb @= a.T @ a", square)

    def with_out():
        m = filled((3, 3), "float64")
        return (filled((3, 3), "int64"), filled((3, 3), "int64"), m), [m]

    same_effect("return np.matmul(a, b, out=c)", with_out)
    same_effect("return np.matmul(a, b, c)", with_out)
    agree("np.dot(a, b, out=c)", filled((3, 3), "int64"), filled((3, 4), "int64"), filled((3, 4), "int64"))
    agree("np.outer(a, b, c)", filled((3,), "int64"), filled((4,), "int64"), filled((3, 4), "int64"))


@shapes(
    ((2, 3), ()),
    ((), (3,)),
    ((), ()),
    ((2, 3, 4), (4,)),
    ((2, 3, 4), (5, 4, 2)),
    ((3,), (2, 3, 4)),
    ((2, 2, 3), (3, 2)),
)
def test_dot(pair):
    a, b = filled(pair[0], "int64"), filled(pair[1], "int32")
    agree("np.dot(a, b)", a, b)
    agree("a.dot(b)", a, b)
    agree("np.dot(a, 2.0)", filled(pair[0], "float32"))
    agree("np.dot(2, 3)")


@shapes(
    ((2, 3), (4, 3)),
    ((3,), (4, 3)),
    ((2, 3), (3,)),
    ((3,), (3,)),
    ((2, 2, 3), (4, 3)),
    ((2, 2, 3), (5, 4, 3)),
    ((2, 2, 3), (3,)),
    ((), (3,)),
)
def test_inner_and_kron(pair):
    a, b = filled(pair[0], "int64"), filled(pair[1], "int64")
    agree("np.inner(a, b)", a, b)
    agree("np.kron(a, b)", a, b)


def test_vdot():
    agree("np.vdot(a, b)", filled((2, 3), "int64"), filled((3, 2), "int64"))
    # Four complex products: some units in the last place.
    nearly("np.vdot(a, b)", filled((4,), "complex128"), filled((4,), "complex128"), rtol=1e-14)


def test_tensordot():
    a, b = filled((2, 3, 4), "int64"), filled((3, 4, 2), "int64")
    agree("np.tensordot(a, b)", a, b)
    agree("np.tensordot(a, b, 0)", a[0], b[0])
    agree("np.tensordot(a, b, axes=((1, 2), (0, 1)))", a, b)
    agree("np.tensordot(a, b, axes=((0, 1, -1), (2, 0, 1)))", a, b)
    agree("np.tensordot(a, b, axes=(-1, 1))", a, b)
    agree("np.linalg.tensordot(a, b, axes=1)", a[0], b[0].T @ b[0])


def test_cross():
    for s, t in [((3,), (3,)), ((4, 3), (4, 3)), ((4, 3), (3,)), ((2, 1, 3), (5, 3))]:
        for dtype in ("int64", "float32"):
            agree("np.cross(a, b)", filled(s, dtype), filled(t, "int64"))
            agree("np.linalg.cross(a, b)", filled(s, dtype), filled(t, dtype))
    m = filled((3, 4), "int64")
    agree("np.cross(a, b, axis=0)", m, m[::-1])
    agree("np.cross(a, b, axisa=0, axisb=0, axisc=0)", m, m[::-1])
    with pytest.raises(ValueError, match="incompatible dimensions for cross product"):
        compiled("return np.cross(a, b)", "a, b")(np.ones(4), np.ones(4))


def test_vectors_and_matrices():
    m, v = filled((4, 3), "int64"), filled((3,), "int64")
    for expression in ("np.vecdot(a, b)", "np.vecdot(b, a)", "np.vecdot(b, b)", "np.matvec(a, b)", "np.linalg.vecdot(a, b)"):
        agree(expression, m, v)
    agree("np.vecmat(b, a)", m.T, v)
    agree("np.linalg.vecdot(a, a, axis=0)", m)
    agree("np.linalg.outer(a, b)", v, m[:, 0])
    agree("np.linalg.matmul(a, b)", m, v)


@pytest.mark.parametrize("shape", [(3, 4), (4, 3), (2, 3, 4), (0, 3)], ids=str)
def test_traces(shape):
    for expression in (
        "np.trace(a)",
        "a.trace(1)",
        "np.trace(a, -1)",
        "np.trace(a, offset=9)",
        "np.trace(a, 0, 1, 0)",
        "np.trace(a, dtype=np.float32)",
        "np.linalg.trace(a, offset=1)",
        "np.linalg.diagonal(a)",
        "np.linalg.diagonal(a, offset=-1)",
        "np.linalg.matrix_transpose(a)",
        "np.matrix_transpose(a)",
    ):
        agree(expression, filled(shape, "int32"))
    if len(shape) == 3:
        agree("np.trace(a, 0, -1, 0)", filled(shape, "bool"))


def test_multi_dot():
    a, b, c, d = (filled(s, "int64") for s in ((2, 3), (3, 9), (9, 2), (2, 7)))
    agree("np.linalg.multi_dot((a, b))", a, b)
    agree("np.linalg.multi_dot((a, b, c))", a, b, c)
    agree("np.linalg.multi_dot((a, b, c, d))", a, b, c, d)
    agree("np.linalg.multi_dot((a, b, c))", a[0], b, c[:, 0])


EINSUMS = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk", (2, 3), (3, 4)),
    ("ij,kj->ik", (2, 3), (4, 3)),
    ("ij->ji", (2, 3)),
    ("ba", (2, 3)),
    ("ii", (3, 3)),
    ("ii->i", (3, 3)),
    ("iij->j", (3, 3, 2)),
    ("ij->", (2, 3)),
    ("i j -> i", (2, 3)),
    ("ij,ij->i", (2, 3), (2, 3)),
    ("i,j->ij", (2,), (3,)),
    ("i,i", (3,), (3,)),
    ("i,i->i", (3,), (1,)),
    ("ij,j->i", (2, 3), (3,)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
    ("...ij,...jk->...ik", (2, 3, 4), (2, 4, 5)),
    ("...i->...", (2, 3, 4)),
    ("...,...", (2, 3), (3,)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)),
    (",", (), ()),
]


@pytest.mark.parametrize("case", EINSUMS, ids=lambda case: case[0])
def test_einsum(case):
    for dtype in ("int64", "bool"):
        operands = [filled(s, dtype) for s in case[1:]]
        parameters = names(operands)
        agree(f"np.einsum('{case[0]}', {parameters})", *operands)


def test_einsum_keywords_and_refusals():
    a, b = filled((2, 3), "int32"), filled((3, 4), "int32")
    agree("np.einsum('ij,jk->ik', a, b, dtype=np.float64)", a, b)
    agree("np.einsum('ij,jk->ik', a, b, out=c)", a, b, filled((2, 4), "int32"))
    for text, words in (
        ("ijk,jk", "too many subscripts for operand 0"),
        ("i,jk", "no '...' ellipsis"),
        ("ij,jk->z", "never appeared in an input"),
        ("ij,jk->ii", "multiple times"),
        ("i1,jk", "subscripts must be letters"),
        ("ij", "operands provided to einstein sum"),
    ):
        with pytest.raises(CompileError, match=words.replace(".", r"\.")):
            compiled(f"return np.einsum('{text}', a, b)", "a, b")(a, b)


@pytest.mark.parametrize(
    ("expression", "a", "b"),
    [
        ("a @ b", (2, 3), (2, 3)),
        ("a @ b", (3,), (4,)),
        ("a @ b", (2, 2, 3), (4, 3)),
        ("np.dot(a, b)", (2, 3), (2, 3)),
        ("np.dot(a, b)", (3,), (4,)),
        ("np.inner(a, b)", (2, 3), (2, 4)),
        ("np.vdot(a, b)", (3,), (4,)),
        ("np.tensordot(a, b, 1)", (2, 3), (2, 3)),
        ("np.vecdot(a, b)", (3,), (4,)),
        ("np.linalg.solve(a, b)", (2, 2), (3, 2)),
        ("np.linalg.solve(a, b)", (2, 2), (3,)),
        ("np.linalg.solve(a, b)", (2, 3), (3,)),
        ("np.linalg.inv(a * 0 @ b)", (2, 2), (2, 2)),
        ("np.linalg.det(a)", (2, 3), (3,)),
        ("np.linalg.cholesky(-(a @ b))", (2, 2), (2, 2)),
    ],
)
def test_errors(expression, a, b):
    same_error(expression, np.ones(a), np.ones(b))


def test_refusals():
    for expression in ("a @ 2", "2 @ a", "np.float64(2) @ a"):
        with pytest.raises(CompileError, match="does not have enough dimensions"):
            compiled(f"return {expression}", "a")(np.ones(3))
    with pytest.raises(CompileError, match="not allowed|keyword|argument"):
        compiled("return np.matmul(a, a, casting='safe')", "a")(np.ones(3))


# Decompositions and equations. Tolerances: of units in the last place, what the numbers of
# conditions of these matrices (up to some thousands) make of them.
TOLERANCES = [("float64", 1e-11), ("float32", 2e-3), ("complex128", 1e-11), ("complex64", 2e-3), ("int64", 1e-11)]


@pytest.mark.parametrize(("dtype", "tol"), TOLERANCES)
@pytest.mark.parametrize("shape", [(3, 3), (4, 3, 3), (2, 2, 3, 3), (0, 0), (0, 2, 2), (12, 12)], ids=str)
def test_equations(shape, dtype, tol):
    a = filled(shape, dtype)
    a = (a + 4 * np.eye(shape[-1])).astype(dtype)
    for expression in ("np.linalg.inv(a)", "np.linalg.det(a)"):
        close(expression, a, tol=tol * 10)
    close("np.linalg.slogdet(a)", a, tol=tol * 10)
    close("np.linalg.solve(a, b)", a, filled(shape, dtype), tol=tol * 10)
    close("np.linalg.solve(a, b)", a, filled(shape[-1:], dtype), tol=tol * 10)
    h = (a @ np.conj(np.swapaxes(a, -1, -2)) + np.eye(shape[-1])).astype(dtype)
    close("np.linalg.cholesky(a)", h, tol=tol)
    close("np.linalg.cholesky(a, upper=True)", h, tol=tol)


@pytest.mark.parametrize(("dtype", "tol"), TOLERANCES)
@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (3, 5), (2, 4, 3), (0, 3), (3, 0)], ids=str)
def test_qr(shape, dtype, tol):
    for mode in ("reduced", "complete", "r"):
        close(f"np.linalg.qr(a, mode='{mode}')", filled(shape, dtype), tol=tol)
    close("np.linalg.qr(a)", filled(shape, dtype)[..., ::-1], tol=tol)


def test_singular():
    close("np.linalg.det(a)", np.ones((3, 3)), tol=0)
    close("np.linalg.slogdet(a)", np.ones((3, 3)), tol=0)


def test_matrix_power():
    a = filled((3, 3), "int64") % 5
    for n in (0, 1, 2, 3, 5, 8):
        agree(f"np.linalg.matrix_power(a, {n})", a)
        agree("np.linalg.matrix_power(a, b)", np.stack((a, a.T)), n)
    close("np.linalg.matrix_power(a, -2)", a + 9 * np.eye(3, dtype="int64"), tol=1e-12)
    close("np.linalg.matrix_power(a, b)", filled((3, 3), "float64"), -1, tol=1e-12)


def test_equations_of_tensors():
    a = filled((2, 3, 6), "float64")
    close("np.linalg.tensorinv(a)", a, tol=1e-12)
    close("np.linalg.tensorinv(a, ind=1)", filled((6, 2, 3), "complex128"), tol=1e-12)
    close("np.linalg.tensorinv(a, 2)", filled((2, 2, 4), "float32"), tol=1e-4)
    close("np.linalg.tensorsolve(a, b)", filled((2, 3, 6), "float64"), filled((2, 3), "float64"), tol=1e-12)
    close("np.linalg.tensorsolve(a, b)", filled((2, 3, 1, 6), "int32"), filled((2, 3), "float64"), tol=1e-9)
    close("np.linalg.tensorsolve(a, b, axes=(0, 2))", filled((2, 6, 3), "float64"), filled((6,), "float64"), tol=1e-12)
    same_error("np.linalg.tensorinv(a, 0)", a)
    same_error("np.linalg.tensorinv(a)", filled((2, 2, 5), "float64"))
    same_error("np.linalg.tensorinv(a)", np.zeros((2, 3, 6)))
    same_error("np.linalg.tensorsolve(a, b)", a, np.ones(2))
    with pytest.raises(CompileError, match="must be a constant"):
        compiled("return np.linalg.tensorinv(a, b)", "a, b")(a, 2)
