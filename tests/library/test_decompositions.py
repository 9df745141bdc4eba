"""Norms, singular values and eigenvalues, against NumPy or by what defines them."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import filled
from tests.library.differential import compiled
from tests.library.test_linear_algebra import TOLERANCES, close, same_error

SHAPES = [(3, 3), (5, 3), (3, 5), (2, 4, 3), (0, 3), (3, 0), (1, 1), (15, 15)]


def adjoint(a):
    return np.conj(np.swapaxes(a, -1, -2))


def magnitude(a):
    return max(1.0, np.abs(a).max(initial=0))


@pytest.mark.parametrize(("dtype", "tol"), TOLERANCES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_singular_values(shape, dtype, tol):
    a = filled(shape, dtype)
    close("np.linalg.svdvals(a)", a, tol=tol)
    close("np.linalg.svd(a, compute_uv=False)", a, tol=tol)
    if 0 not in shape:
        close("np.linalg.pinv(a)", a, tol=tol * 10)
        close("np.linalg.matrix_rank(a)", a, tol=0)
    for full in (True, False):
        got = compiled(f"return np.linalg.svd(a, full_matrices={full})", "a")(a)
        for x, y in zip(got, np.linalg.svd(a, full_matrices=full), strict=True):
            assert (x.shape, x.dtype) == (y.shape, y.dtype)
        u, s, vh = got
        k = s.shape[-1]
        np.testing.assert_allclose((u[..., :k] * s[..., None, :]) @ vh[..., :k, :], a, atol=tol * magnitude(a))
        for q in (adjoint(u) @ u, vh @ adjoint(vh)):
            np.testing.assert_allclose(q, np.broadcast_to(np.eye(q.shape[-1]), q.shape), atol=tol)


def test_low_rank():
    a = np.outer(np.arange(5.0), np.arange(4.0))
    u, s, vh = compiled("return np.linalg.svd(a)", "a")(a)
    np.testing.assert_allclose(u.T @ u, np.eye(5), atol=1e-14)
    np.testing.assert_allclose(u[:, :4] * s @ vh, a, atol=1e-13)
    for expression in ("np.linalg.matrix_rank(a)", "np.linalg.matrix_rank(a, 1.0)", "np.linalg.matrix_rank(a, rtol=2.0)"):
        close(expression, a, tol=0)
    close("np.linalg.pinv(a)", a, tol=1e-13)
    close("np.linalg.pinv(a, 1e-3)", a, tol=1e-13)
    close("np.linalg.pinv(a, rtol=1e-3)", a, tol=1e-13)
    close("np.linalg.matrix_rank(a)", np.zeros(3), tol=0)
    close("np.linalg.svdvals(a)", np.zeros((2, 2)), tol=0)
    with pytest.raises(np.linalg.LinAlgError, match="SVD did not converge"):
        compiled("return np.linalg.svd(a)", "a")(np.full((2, 2), np.nan))


@pytest.mark.parametrize(("dtype", "tol"), TOLERANCES)
@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4)], ids=str)
def test_least_squares(shape, dtype, tol):
    close("np.linalg.lstsq(a, b)", filled(shape, dtype), filled(shape[:1], dtype), tol=tol * 100)
    close("np.linalg.lstsq(a, b, rcond=0.1)", filled(shape, dtype), filled((shape[0], 2), dtype), tol=tol * 100)


@pytest.mark.parametrize(("dtype", "tol"), TOLERANCES)
@pytest.mark.parametrize("shape", [(3, 3), (1, 1), (0, 0), (15, 15), (2, 4, 4)], ids=str)
def test_eigenvalues(shape, dtype, tol):
    a = filled(shape, dtype)
    h = (a + adjoint(a)).astype(dtype)
    for expression in ("np.linalg.eigvalsh(a)", "np.linalg.eigvalsh(a, UPLO='U')"):
        close(expression, h, tol=tol)
    values, vectors = compiled("return np.linalg.eigh(a)", "a")(h)
    np.testing.assert_allclose(h @ vectors, vectors * values[..., None, :], atol=tol * 100 * magnitude(h))
    np.testing.assert_allclose(adjoint(vectors) @ vectors, np.broadcast_to(np.eye(shape[-1]), shape), atol=tol)
    values, vectors = compiled("return np.linalg.eig(a)", "a")(a)
    assert values.dtype == vectors.dtype == np.result_type(values.real.dtype, np.complex64)
    np.testing.assert_allclose(a @ vectors, vectors * values[..., None, :], atol=tol * 100 * magnitude(a))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=-2), np.ones(shape[:-1]), atol=1e-6)
    want = np.linalg.eigvals(a)
    got = compiled("return np.linalg.eigvals(a)", "a")(a)
    apart = np.abs(got[..., :, None] - want[..., None, :])
    if a.size:
        assert max(apart.min(-1).max(), apart.min(-2).max()) <= tol * 100 * magnitude(a)


def test_defective_and_cyclic():
    for a, want in [
        (np.array([[0.0, 1], [0, 0]]), [0, 0]),
        (np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]]), np.exp(2j * np.pi * np.arange(3) / 3)),
        (np.array([[0.0, -1], [1, 0]]), [1j, -1j]),
    ]:
        got = compiled("return np.linalg.eigvals(a)", "a")(a)
        np.testing.assert_allclose(np.sort_complex(np.round(got, 12)), np.sort_complex(np.round(want, 12)), atol=1e-11)


NORMS = [
    "np.linalg.norm(a)",
    "np.linalg.norm(a, keepdims=True)",
    "np.linalg.norm(a, axis=0)",
    "np.linalg.norm(a, 2, axis=1)",
    "np.linalg.norm(a, axis=1, keepdims=True)",
    *(f"np.linalg.norm(a, {p})" for p in ("1", "-1", "2", "-2", "np.inf", "-np.inf", "'fro'", "'nuc'")),
    *(f"np.linalg.norm(a, {p}, axis=0)" for p in ("1", "np.inf", "-np.inf", "0", "3", "2.5", "-2")),
    "np.linalg.norm(a[0])",
    "np.linalg.norm(a[0], 3)",
    "np.linalg.norm(a, 1, keepdims=True)",
    "np.linalg.norm(a, axis=(1, 0))",
    "np.linalg.norm(a, 2, axis=(1, 0), keepdims=True)",
    "np.linalg.vector_norm(a)",
    "np.linalg.vector_norm(a, axis=1, ord=1)",
    "np.linalg.vector_norm(a, keepdims=True)",
    "np.linalg.matrix_norm(a)",
    "np.linalg.matrix_norm(a, ord=1, keepdims=True)",
    "np.linalg.cond(a)",
    "np.linalg.cond(a, -2)",
]


@pytest.mark.parametrize(("dtype", "tol"), TOLERANCES)
def test_norms(dtype, tol):
    for expression in NORMS:
        close(expression, filled((3, 4), dtype), tol=tol)
    for expression in (
        "np.linalg.norm(a)",
        "np.linalg.norm(a, axis=(1, 2))",
        "np.linalg.norm(a, 'nuc', axis=(0, 2))",
        "np.linalg.norm(a, 1, axis=(0, 2), keepdims=True)",
        "np.linalg.matrix_norm(a, ord=-2)",
    ):
        close(expression, filled((2, 3, 4), dtype), tol=tol)
    for p in ("1", "'fro'", "np.inf"):
        close(f"np.linalg.cond(a, {p})", filled((3, 3), dtype), tol=tol * 100)
    for order in (1, 2, 0, np.inf, -np.inf, 3.5):
        close("np.linalg.norm(a, b)", filled((5,), dtype), order, tol=tol)


def test_refusals():
    a = np.ones((3, 3))
    same_error("np.linalg.eigh(a)", a[:2])
    same_error("np.linalg.lstsq(a, b)", a, a[:2])
    same_error("np.linalg.eigvals(a)", a * np.inf)
    for expression, words in (
        ("np.linalg.norm(a, 3)", "Invalid norm order for matrices"),
        ("np.linalg.norm(a, 'x')", "Invalid norm order for matrices"),
        ("np.linalg.norm(a[0], 'fro')", "Invalid norm order for vectors"),
        ("np.linalg.norm(a, len(a))", "must be a constant"),
        ("np.linalg.eigh(a, 'X')", "UPLO"),
        ("np.linalg.qr(a, 'economic')", "mode of np.linalg.qr"),
        ("np.linalg.inv(a[0])", "at least two-dimensional"),
    ):
        with pytest.raises(CompileError, match=words):
            compiled(f"return {expression}", "a")(a)
