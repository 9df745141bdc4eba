"""Array operations under `parallel=True`: the bits that they have without it, for every number of threads."""

import os

os.environ.setdefault("CUMBIA_NUM_THREADS", "7")

import warnings

import cumbia
import numpy as np
import pytest
from cumbia import jit

# More than `Automatic::ENOUGH`, and no multiple of anything.
N = 40_003
RNG = np.random.default_rng(0)
FLOATS = RNG.normal(size=N)
ARRAYS = {
    "float64": FLOATS,
    "float32": FLOATS.astype(np.float32),
    "int64": RNG.integers(-1000, 1000, N),
    "uint8": RNG.integers(0, 255, N).astype(np.uint8),
    "complex128": FLOATS + 1j * FLOATS[::-1],
    "bool": RNG.integers(0, 2, N).astype(bool),
    "reversed": FLOATS[::-1],
    "strided": np.repeat(FLOATS, 3)[1::3],
    "matrix": FLOATS[: 200 * 200].reshape(200, 200),
    "transposed": FLOATS[: 200 * 200].reshape(200, 200).T,
    "window": np.repeat(FLOATS, 2)[: 300 * 200].reshape(300, 200)[10:280, 3:190],
    "nans": np.where(FLOATS > 3.0, np.nan, FLOATS),
    "zeros of both signs": np.where(FLOATS > 0, 0.0, -0.0),
    "few": FLOATS[:5],
    "none": FLOATS[:0],
}
EXPRESSIONS = [
    "np.sum(a)", "np.prod(a)", "np.min(a)", "np.max(a)", "np.mean(a)", "np.var(a)", "np.std(a)",
    "np.any(a)", "np.all(a)", "np.argmin(a)", "np.argmax(a)", "np.count_nonzero(a)", "np.dot(a, a)",
    "np.sum(a * a)", "np.mean(a * 2.0)", "np.sum(a, axis=0)", "np.sum(a, axis=-1)",
    "np.max(a, axis=-1)", "np.sum(a, dtype=np.float64)", "np.sum(a, initial=3)",
    "a * a + 1", "np.ones_like(a)", "np.full(len(a), 7)", "np.arange(len(a))",
    "np.linspace(0.0, 1.0, len(a) + 2)", "a.astype(np.complex128)",
]  # fmt: skip


def bits(x):
    if isinstance(x, str):
        return x
    x = np.asarray(x)
    return x.dtype.str, x.shape, x.tobytes()


def outcome(f, a):
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return f(a)
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_bits_are_those_without_threads(expression):
    source = f"def f(a):\n    return {expression}\n"
    scope = {"np": np}
    exec(source, scope)
    serial = jit(cache=False, source=source)(scope["f"])
    compiled = jit(cache=False, source=source, parallel=True)(scope["f"])
    most = cumbia.get_num_threads()
    for name, a in ARRAYS.items():
        try:
            wanted = outcome(serial, a)
        except cumbia.CompileError:
            continue
        try:
            for threads in (1, 2, 3, 7):
                cumbia.set_num_threads(min(threads, most))
                assert bits(outcome(compiled, a)) == bits(wanted), (name, threads)
        finally:
            cumbia.set_num_threads(most)


def test_assignments_to_views():
    def f(a):
        b = np.empty_like(a)
        b[:] = a * 2 + 1
        b[5:] = 7
        b += a
        b[::2] -= a[::2]
        return b

    a = ARRAYS["int64"]
    assert bits(jit(cache=False, parallel=True)(f)(a)) == bits(f(a))


def test_products_of_integer_matrices():
    def f(a, b):
        return a @ b

    a = RNG.integers(-9, 9, (150, 90))
    b = RNG.integers(-9, 9, (90, 120))
    assert bits(jit(cache=False, parallel=True)(f)(a, b)) == bits(a @ b)


@pytest.mark.parametrize("at", [0, N // 2, N - 1])
def test_a_warning_of_any_thread_is_given(at):
    @jit(cache=False, parallel=True)
    def f(a):
        return np.sqrt(a)

    a = np.ones(N)
    f(a)
    a[at] = -1.0
    with pytest.warns(RuntimeWarning, match="invalid value encountered in sqrt"):
        f(a)
    a[at] = 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        f(a)


@pytest.mark.parametrize(
    ("switches", "sums", "computes", "loops"),
    [
        (True, True, True, True),
        (False, False, False, False),
        ({"reduction": False}, False, True, True),
        ({"numpy": False}, True, False, True),
        ({"prange": False}, True, True, False),
    ],
)
def test_switches(switches, sums, computes, loops):
    @jit(cache=False, parallel=switches)
    def f(a):
        n = 0
        for i in cumbia.prange(len(a)):
            n += i
        return np.sum(a), a + 1, n

    f(FLOATS)
    (_, rows), = f._parallel_report(None)
    found = {row[4] + " " + row[5]: row[6] for row in rows}
    assert found["call np.sum(a)"] == sums
    assert found["expression a + 1"] == computes
    assert found["loop cumbia.prange(len(a))"] == loops


def test_fusion_can_be_switched_off():
    def f(a):
        return a * a + 1

    fused = jit(cache=False, parallel=True)(f)
    apart = jit(cache=False, parallel={"fusion": False})(f)
    assert bits(fused(FLOATS)) == bits(apart(FLOATS)) == bits(f(FLOATS))
    assert [len(made._parallel_report(None)[0][1]) for made in (fused, apart)] == [1, 2]
