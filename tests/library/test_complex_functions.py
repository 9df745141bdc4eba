"""Elementary functions of complex numbers, beside NumPy's: last bits may differ."""

import numpy as np
import pytest

from tests.library.differential import compiled, outcome, plain

NAMES = "exp log log10 log2 sqrt sin cos tan sinh cosh tanh".split()
RNG = np.random.default_rng(0)
LARGE = (RNG.normal(size=50) * np.logspace(-3, 2.5, 50)) + 1j * (RNG.normal(size=50) * np.logspace(-2, 1, 50))
PARTS = [0.0, -0.0, 1.0, -1.0, 30.0, np.inf, -np.inf, np.nan, 710.0, -710.0, 1500.0, -1500.0, 1e300]
SPECIAL = np.array([complex(x, y) for x in PARTS for y in PARTS])


def parts(z):
    return np.stack([np.real(z), np.imag(z)]).reshape(-1)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["complex128", "complex64"])
def test_beside_numpy(name, dtype):
    body = f"return np.{name}(a)"
    rtol = 1e-14 if dtype == "complex128" else 1e-6
    # The others overflow in single precision.
    line = LARGE if dtype == "complex128" else LARGE[:30].astype(dtype)
    for given in (line, line.reshape(5, -1)[:, ::-1], line[3]):
        want, got = (outcome(kind(body, "a"), (given,)) for kind in (plain, compiled))
        assert got.dtype == want.dtype and got.shape == want.shape
        # Of the larger part, as one may vanish.
        assert np.all(np.abs(got - want) <= rtol * np.abs(want))


@pytest.mark.parametrize("name", NAMES)
def test_special_values(name):
    want, got = (outcome(kind(f"return np.{name}(a)", "a"), (SPECIAL,)) for kind in (plain, compiled))
    for z, p, q in zip(np.repeat(SPECIAL[None], 2, 0).reshape(-1), parts(want), parts(got)):
        same = (np.isnan(p) and np.isnan(q)) or (p == q and np.signbit(p) == np.signbit(q))
        assert same or abs(p - q) <= 1e-14 * abs(p), (z, p, q)


def test_python_numbers():
    for z in (2j, 0.5 - 1j):
        want, got = (outcome(kind("return np.exp(a)", "a"), (z,)) for kind in (plain, compiled))
        assert type(got) is type(want) and abs(got - want) < 1e-15
