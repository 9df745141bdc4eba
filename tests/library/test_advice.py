"""What refusals of NumPy's functions say to write instead; and that it compiles."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.differential import agree, compiled

A = np.arange(6.0).reshape(2, 3)

ADVICE = {
    "np.nested_iters(a, [[0], [1]])": "np.ndindex(...)",
    "np.frompyfunc(abs, 1, 1)": "np.vectorize",
    "np.unstack(a)": "x, y = a",
    "np.poly1d(a[0])": "np.polyval(c, x)",
    "np.polynomial.Polynomial(a[0])": "np.polynomial.polynomial.polyval(x, c)",
    "np.polynomial.Chebyshev(a[0])": "np.polynomial.chebyshev.chebval(x, c)",
    "np.polynomial.hermite_e.HermiteE(a[0])": "np.polynomial.hermite_e.hermeval(x, c)",
    "np.random.RandomState(3)": "np.random.default_rng(seed)",
    "np.ma.masked_array(a)": "a[~mask]",
    "np.matrix(a)": "an array of two dimensions",
    "np.squeeze(a)": "a.squeeze(axis=0)",
    "a.squeeze()": "a.reshape(-1)",
    "a[0].squeeze()": "a[0]",
}

WRITTEN = """
np.polyval(a[0], a)
np.polynomial.polynomial.polyval(a, a[0])
np.polynomial.chebyshev.chebval(a, a[0])
np.polynomial.hermite_e.hermeval(a, a[0])
np.array([x * y for x, y in zip(a.flat, a.flat)])
np.array([a[i] for i in np.ndindex(a.shape)])
a[:1].squeeze(axis=0)
a[:1, :1].squeeze(axis=(0, 1))
a[:1].reshape(-1)
np.squeeze(a[0, 0])
""".strip().split("\n")


@pytest.mark.parametrize("expression", ADVICE)
def test_the_refusal_says_what_to_write(expression):
    with pytest.raises(CompileError) as info:
        compiled(f"return {expression}", "a")(A)
    assert ADVICE[expression] in str(info.value)


@pytest.mark.parametrize("expression", WRITTEN)
def test_what_it_says_compiles(expression):
    agree(expression, A)
