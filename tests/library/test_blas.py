"""Linear algebra by NumPy's BLAS and LAPACK: its bits. By SciPy's and without any: close to it.

Where routines come from is decided once in a process, so the other two run in processes of
their own (`CUMBIA_BLAS`).
"""

import subprocess
import sys

import numpy as np
import pytest

from tests.library.arrays import filled
from tests.library.differential import agree, bits, compiled, same_effect

DTYPES = ("float32", "float64", "complex64", "complex128")


def random(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    a = rng.standard_normal(shape)
    return (a + 1j * rng.standard_normal(shape) if dtype.startswith("c") else a).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "pair",
    [
        ((3, 3), (3, 3)),
        ((2, 5), (5, 3)),
        ((7, 130), (130, 9)),
        ((1, 50), (50, 60)),
        ((60, 50), (50, 1)),
        ((1, 50), (50, 1)),
        ((60, 1), (1, 50)),
        ((60, 50), (50,)),
        ((50,), (50, 60)),
        ((3,), (3, 3)),
        ((3, 3), (3,)),
        ((1,), (1,)),
        ((31,), (31,)),
        ((1000,), (1000,)),
        ((4, 5, 3), (3, 6)),
        ((2, 1, 40, 30), (3, 30, 20)),
        ((0, 3), (3, 2)),
        ((2, 0), (0, 3)),
        ((0,), (0,)),
    ],
    ids=str,
)
def test_products(pair, dtype):
    a, b = random(pair[0], dtype), random(pair[1], dtype, 1)
    agree("a @ b", a, b)
    if b.ndim <= 2 and a.ndim <= 2:
        if a.shape != (60, 1):  # NumPy's dot calls BLAS for it, its matmul doesn't
            agree("np.dot(a, b)", a, b)
        agree("np.vdot(a, a)", a)


def assert_products(got, want, x, y):
    """Two sums of the same products, each within the bound of a sum in any order."""
    inner, eps = x.shape[-1], np.finfo(want.dtype).eps
    bound = 4 * inner * eps * (np.abs(x).astype(float) @ np.abs(y).astype(float))
    assert np.all(np.abs(got - want) <= bound)


@pytest.mark.parametrize("dtype", DTYPES)
def test_products_of_layouts(dtype):
    a, b = random((40, 30), dtype), random((30, 20), dtype, 1)
    for x, y in (
        (np.asfortranarray(a), b),
        (a, np.asfortranarray(b)),
        (a[::2], b),
        (a, a.T),
        (a.T, a),
        (a[:10, :10], a[:10, :10].T),
        (a, b[:, 3]),
        (a[3], b),
        (a.T[3], a),
    ):
        agree("a @ b", x, y)
        if x.shape != (10, 10):  # NumPy's dot copies these two, and sums otherwise
            agree("np.dot(a, b)", x, y)
    # What BLAS doesn't take is copied, and its sums are then in another order.
    for x, y in ((a[:, ::2], b[::2]), (a[::-1], b), (a[:, ::-1], b), (np.broadcast_to(a[:1], (40, 30)), b)):
        got, want = compiled("return a @ b", "a, b")(x, y), x @ y
        assert got.dtype == want.dtype
        assert_products(got, want, x, y)
    records = np.zeros((12, 9), dtype=np.dtype([("x", dtype), ("tag", "u1")], align=True))
    records["x"] = a[:12, :9]
    apart = records["x"]
    assert_products(compiled("return a @ b", "a, b")(apart, apart.T), apart @ apart.T, apart, apart.T)


def test_output_that_overlaps():
    def square():
        m = random((30, 30), "float64")
        return (m,), [m]

    same_effect("np.matmul(a, a, out=a)", square)
    same_effect("np.dot(a, a.T, out=a)", square)
    same_effect("a @= a", square)


EXPRESSIONS = [
    "np.linalg.solve(a, b)",
    "np.linalg.inv(a)",
    "np.linalg.det(a)",
    "np.linalg.slogdet(a)",
    "np.linalg.cholesky(c)",
    "np.linalg.cholesky(c, upper=True)",
    "np.linalg.qr(a)",
    "np.linalg.qr(a, 'complete')",
    "np.linalg.qr(a, 'r')",
    "np.linalg.qr(a, 'raw')",
    "np.linalg.qr(a[..., :2])",
    "np.linalg.qr(a[..., :2], 'complete')",
    "np.linalg.eigh(c)",
    "np.linalg.eigh(c, 'U')",
    "np.linalg.eigvalsh(c)",
    "np.linalg.svd(a)",
    "np.linalg.svd(a[..., :2], full_matrices=False)",
    "np.linalg.svd(a[..., :2])",
    "np.linalg.svd(a, compute_uv=False)",
    "np.linalg.svd(c, hermitian=True)",
    "np.linalg.svd(c, compute_uv=False, hermitian=True)",
    "np.linalg.svdvals(a)",
    "np.linalg.pinv(a)",
    "np.linalg.pinv(a[..., :2])",
    "np.linalg.pinv(c, hermitian=True)",
    "np.linalg.matrix_rank(a)",
    "np.linalg.matrix_rank(c, hermitian=True)",
    "np.linalg.norm(a, 2, axis=(-2, -1))",
    "np.linalg.cond(a)",
    "np.linalg.cond(a, -2)",
    "np.linalg.matrix_power(a, 5)",
    "np.linalg.matrix_power(a, -2)",
    "np.linalg.norm(a)",
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(3, 3), (1, 1), (15, 15), (2, 4, 4), (0, 0)], ids=str)
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_decompositions(expression, shape, dtype):
    if 0 in shape and any(word in expression for word in ("cond", "[..., :2]", "pinv", "rank", "norm(a, 2")):
        return
    a, b = random(shape, dtype), random(shape[:-1] + (2,), dtype, 1)
    c = a @ np.conj(np.swapaxes(a, -1, -2)) + shape[-1] * np.eye(shape[-1], dtype=a.dtype)
    if "hermitian" in expression:
        c -= shape[-1] * np.eye(shape[-1], dtype=a.dtype)
    agree(expression, a, b, c)


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_general_eigenvalues(dtype):
    for shape in ((3, 3), (15, 15), (2, 4, 4)):
        agree("np.linalg.eig(a)", random(shape, dtype))
        agree("np.linalg.eigvals(a)", random(shape, dtype))


def test_real_matrices_have_complex_eigenvalues():
    # NumPy gives real numbers where all are real: the values are the same.
    for a in (random((6, 6), "float64"), np.diag([3.0, 1.0, 2.0]), np.eye(3, k=1), np.zeros((0, 0))):
        got, want = compiled("return np.linalg.eig(a)", "a")(a), np.linalg.eig(a)
        assert type(got) is type(want)
        for x, y in zip(got, want, strict=True):
            assert bits(x) == bits(y.astype("complex128"))
        assert bits(compiled("return np.linalg.eigvals(a)", "a")(a)) == bits(np.linalg.eigvals(a).astype("complex128"))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (0, 3), (3, 0), (3, 1)], ids=str)
def test_least_squares(shape, dtype):
    a = random(shape, dtype)
    agree("np.linalg.lstsq(a, b)", a, random(shape[:1], dtype, 1))
    agree("np.linalg.lstsq(a, b)", a, random((shape[0], 2), dtype, 1))
    agree("np.linalg.lstsq(a, b)", a, random((shape[0], 0), dtype, 1))
    agree("np.linalg.lstsq(a, b, rcond=0.3)", a, random(shape[:1], dtype, 1))
    agree("np.linalg.lstsq(a, b)", a, filled(shape[:1], "int8"))


def test_mixed_dtypes_are_factored_in_double():
    a = random((4, 4), "float32")
    agree("np.linalg.solve(a, b)", a, filled((4,), "int8"))
    agree("np.linalg.solve(a, b)", a, random((4,), "complex64"))
    # In float32 the product of the diagonal would be 0.
    agree("np.linalg.slogdet(a)", np.eye(20, dtype="float32") * np.float32(1e-4))


def test_fields_of_results():
    for text, fields in (
        ("np.linalg.eigh(a)", ("eigenvalues", "eigenvectors")),
        ("np.linalg.svd(a)", ("U", "S", "Vh")),
        ("np.linalg.qr(a)", ("Q", "R")),
        ("np.linalg.slogdet(a)", ("sign", "logabsdet")),
    ):
        a = random((3, 3), "float64")
        a = a + a.T
        for field in fields:
            agree(f"{text}.{field}", a)
        agree(f"{text}[0]", a)
        agree(text, a)


def test_singular_matrices():
    zero = np.zeros((2, 3, 3))
    for expression in ("np.linalg.det(a)", "np.linalg.slogdet(a)", "np.linalg.cond(a)", "np.linalg.cond(a[0], 1)"):
        agree(expression, zero)
    nan = np.full((2, 2), np.nan)
    for expression in (
        "np.linalg.inv(a)",
        "np.linalg.solve(a, a)",
        "np.linalg.cholesky(a)",
        "np.linalg.svd(b)",
        "np.linalg.eigvals(b)",
        "np.linalg.eig(b)",
        "np.linalg.lstsq(b, b)",
    ):
        texts = []
        for function in (compiled(f"return {expression}", "a, b"), lambda a, b, e=expression: eval(e)):
            with pytest.raises(np.linalg.LinAlgError) as error:
                function(zero, nan)
            texts.append(str(error.value))
        assert texts[0] == texts[1]


SCRIPT = """
import sys
import numpy as np
if {blocked}:
    sys.modules["scipy"] = None
from cumbia import jit

def close(f, *args):
    got, want = jit(f)(*args), f(*args)
    several = isinstance(want, tuple)
    assert type(got) is type(want), f
    for x, y in zip(got if several else (got,), want if several else (want,), strict=True):
        # The matrices are small, and their condition is at most some hundreds.
        scale = np.max(np.abs(y), initial=0)
        np.testing.assert_allclose(x, y, rtol=0, atol=2000 * np.finfo(np.dtype(dtype)).eps * scale)

def eigen(a, values, vectors):
    n, eps = len(a), np.finfo(np.dtype(dtype)).eps
    assert np.linalg.norm(a @ vectors - vectors * values) <= 10 * n * eps * np.linalg.norm(a)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=0), 1, rtol=0, atol=10 * n * eps)

rng = np.random.default_rng(0)
for dtype in ("f4", "f8", "c8", "c16"):
    def make(*shape):
        a = rng.standard_normal(shape)
        return (a + 1j * rng.standard_normal(shape) if dtype[0] == "c" else a).astype(dtype)
    for m, n, p in ((3, 3, 3), (60, 50, 70), (1, 50, 60), (60, 50, 1), (1, 50, 1), (2, 0, 3)):
        a, b = make(m, n), make(n, p)
        for x, y in ((a, b), (np.asfortranarray(a), b), (a, np.asfortranarray(b)), (a[::-1, ::2], b[::2, ::-1])):
            close(lambda a, b: a @ b, x, y)
            close(lambda a, b: np.vdot(a, a), x, y)
    close(lambda a: a @ a.T, make(40, 40))
    close(lambda a, b: a @ b, make(70), make(70))
    close(lambda a, b: a @ b, make(70), make(70)[::-1])
    a, b = make(6, 6), make(6, 2)
    c = a @ a.conj().T + 6 * np.eye(6, dtype=dtype)
    close(lambda a, b: np.linalg.solve(a, b), a, b)
    close(lambda a: np.linalg.inv(a), a)
    close(lambda a: np.linalg.det(a), a)
    close(lambda a: np.linalg.slogdet(a), a)
    close(lambda c: np.linalg.cholesky(c), c)
    close(lambda a: np.linalg.qr(a), a)
    close(lambda c: np.linalg.eigvalsh(c), c)
    close(lambda a: np.linalg.svdvals(a), a)
    close(lambda a: np.linalg.pinv(a), a)
    values, vectors = jit(lambda c: np.linalg.eigh(c))(c)
    eigen(c, values, vectors)
    values, vectors = jit(lambda a: np.linalg.eig(a))(a)
    eigen(a, values, vectors)
try:
    jit(lambda a: np.linalg.inv(a))(np.zeros((3, 3)))
except np.linalg.LinAlgError as error:
    assert str(error) == "Singular matrix"
else:
    raise AssertionError
print("scipy.linalg" in sys.modules)
"""


@pytest.mark.parametrize(
    ("source", "blocked", "loads"),
    [("none", False, False), ("scipy", False, True), ("scipy", True, False), ("", True, False)],
    ids=["builtin", "scipy", "scipy not there", "numpy"],
)
def test_other_sources(source, blocked, loads, monkeypatch):
    if loads:
        pytest.importorskip("scipy")
    monkeypatch.setenv("CUMBIA_BLAS", source)
    # `jit` finds the source of functions in a file.
    run = f"import linecache; text = {SCRIPT.format(blocked=blocked)!r}; linecache.cache['<blas>'] = (len(text), None, text.splitlines(True), '<blas>'); exec(compile(text, '<blas>', 'exec'), {{}})"
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(loads)]


def test_nothing_is_looked_for_without_need():
    text = (
        "import sys, numpy as np; from cumbia import jit; "
        "f = jit(lambda a: a + 1, source='lambda a: a + 1'); f(np.ones(3)); "
        "print('scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("False", 0), done.stderr
