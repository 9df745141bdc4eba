"""Functions of `float32` under `afn`: devices have approximate instructions, the emulation the precise functions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cumbia import cuda
from tests.cuda.test_half import distance

X = np.concatenate([np.random.default_rng(4).normal(0, 4, 3000), [0.0, -0.0, 1.0, 80.0, 1e-30]]).astype(np.float32)


def kernels(expression, **options):
    """The same kernel without and with `fastmath`."""
    made = []
    for fast in (False, {"afn"}):
        scope = {"math": math, "np": np, "cuda": cuda}
        text = (
            "def kernel(x, y, out):\n"
            "    i = cuda.grid(1)\n"
            "    if i < x.size:\n"
            f"        out[i] = {expression}\n"
        )
        exec(compile(text, "<fast>", "exec"), scope)
        from cumbia.cuda import _kernels

        passed = {"boundscheck": True, "cache": False, "source": text, "fastmath": fast}
        made.append(_kernels.Kernel(scope["kernel"], [], passed, _kernels._limits(None, None)))
    return made


def results(expression, x, y):
    out = []
    for kernel in kernels(expression):
        made = np.zeros(x.size, np.float32)
        kernel.forall(x.size)(x, y, made)
        out.append(made)
    return out


FUNCTIONS = {
    "sin": "sin.approx.f32", "cos": "cos.approx.f32", "tan": "div.approx.f32", "tanh": "tanh.approx.f32",
    "exp": "ex2.approx", "exp2": "ex2.approx", "log": "lg2.approx", "log2": "lg2.approx", "log10": "lg2.approx",
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("module", ["np", "math"])
def test_functions(module, name):
    if not hasattr(math, name):
        pytest.skip(f"this Python has no math.{name}")
    x = np.abs(X) + np.float32(1e-30) if name.startswith("log") else X
    precise, fast = results(f"{module}.{name}(x[i])", x, x)
    np.testing.assert_array_equal(precise, fast)
    plain, approximate = (
        cuda.compile_ptx(kernel, "void(float32[::1], float32[::1], float32[::1])", cc=80)[0]
        for kernel in kernels(f"{module}.{name}(x[i])")
    )
    assert FUNCTIONS[name] in approximate and "approx" not in plain
    assert approximate.count("\n") < plain.count("\n") and ".f64" not in approximate


@pytest.mark.parametrize("expression", ["x[i] ** y[i]", "np.power(x[i], y[i])"])
def test_powers(expression):
    y = np.concatenate([X[1500:], np.arange(-5, 6)]).astype(np.float32)
    x = np.resize(np.abs(X), y.size)
    x[-11:] *= -1
    with np.errstate(all="ignore"):
        precise, fast = results(expression, x, y)
    np.testing.assert_array_equal(precise, fast)
    (_, kernel) = kernels(expression)
    ptx, _ = cuda.compile_ptx(kernel, "void(float32[::1], float32[::1], float32[::1])", cc=80)
    assert "ex2.approx" in ptx and "lg2.approx" in ptx and ".f64" not in ptx


def test_edges_raise_nothing():
    for expression in ("math.sin(x[i])", "math.log(x[i])", "math.exp(y[i])"):
        (_, kernel) = kernels(expression)
        made = np.zeros(2, np.float32)
        kernel.forall(2)(np.array([np.inf, -1], np.float32), np.array([1000, -1000], np.float32), made)
        assert not np.isfinite(made[0])


def test_double_precision_stays():
    (plain, fast) = kernels("np.sin(x[i])")
    signature = "void(float64[::1], float64[::1], float64[::1])"
    assert cuda.compile_ptx(plain, signature)[0] == cuda.compile_ptx(fast, signature)[0]


def test_no_hyperbolic_tangent_before_sm_80():
    (_, kernel) = kernels("np.tanh(x[i])")
    signature = "void(float32[::1], float32[::1], float32[::1])"
    assert "tanh.approx" not in cuda.compile_ptx(kernel, signature, cc=75)[0]
    assert "tanh.approx" in cuda.compile_ptx(kernel, signature, cc=(9, 0))[0]


def test_halves_are_distances():
    # Of the comparison that these tests share.
    a = np.array([1.0, -0.0], np.float16)
    assert distance(a, np.nextafter(a, np.float16(9))).tolist() == [1, 1]
