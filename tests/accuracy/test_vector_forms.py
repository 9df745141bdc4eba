"""The elementary functions give the same bits in both tiers, whichever way tier 2 takes.

There a loop computes several elements at once, rare cases one by one, and the last elements
of a loop as tier 1. So arguments come in mixtures: of all bit patterns, of the usual range,
of special values, in this order and shuffled, with and without gaps, few and many.
"""

import itertools

import numpy as np
import pytest

import cumbia
from tests.library.differential import define

from .functions import FUNCTIONS, HAS_SCIPY
from .functions import SPECIAL as SCIPYS
from .samples import drawn, hard

SPECIAL = [0.0, 1.0, 0.5, 2.0, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-46, 1e-40, 1e-20, 700.0, 745.2, 1e20, 1e300, np.inf, np.nan]


def has_tier2():
    probe = cumbia.jit(tier="best")(define("def f(a):\n    return a + 1\n", "<probe of tier 2>"))
    probe(1)
    return probe.tier == "best"


pytestmark = pytest.mark.skipif(not has_tier2(), reason="LLVM isn't here")


def arguments(function, dtype, count, generator):
    """Columns of arguments: drawn, special and hard ones, shuffled in part."""
    columns = drawn(function, dtype, count // len(function.draws), generator)
    with np.errstate(all="ignore"):
        special = np.array(SPECIAL + [-x for x in SPECIAL]).astype(dtype)
        if function.arity == 1:
            extra = [np.concatenate([special, hard(function, np.float64).astype(dtype)])]
        else:
            extra = np.array(list(itertools.product(special, special)), dtype).T
    columns = [np.concatenate([a, b]) for a, b in zip(columns, extra, strict=True)]
    order = generator.permutation(columns[0].size)
    return [np.concatenate([a, a[order]]) for a in columns]


def bits(array):
    """Bits, where any nan is as good as another."""
    array = np.ascontiguousarray(array)
    array[np.isnan(array)] = np.nan
    return array.view(f"i{array.itemsize}")


def both(text, name):
    """A function on either tier."""
    return [cumbia.jit(tier=tier)(define(text, f"<{name} on {tier}>")) for tier in ("fast", "best")]


def check(pair, columns):
    fast, best = (f(*columns) for f in pair)
    assert fast.dtype == best.dtype
    differing = np.flatnonzero(bits(fast) != bits(best))
    assert differing.size == 0, [(a[differing[0]].item().hex() for a in columns)]


@pytest.mark.skipif(not HAS_SCIPY, reason="SciPy isn't here")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("function", SCIPYS, ids=lambda f: f.name)
def test_whole_arrays_of_special_functions(function, dtype):
    pair = []
    for tier in ("fast", "best"):
        pair.append(cumbia.jit(tier=tier)(function.compiled().__wrapped__))
    check(pair, arguments(function, dtype, 100_000, np.random.default_rng(16)))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_whole_arrays(function, dtype):
    parameters = ", ".join("ab"[: function.arity])
    pair = both(f"def f({parameters}):\n    return np.{function.name}({parameters})\n", f"{function.name} of {dtype}")
    columns = arguments(function, dtype, 100_000, np.random.default_rng(11))
    check(pair, columns)
    for length in (0, 1, 7, 8, 9, 31, 33):
        check(pair, [a[-length or a.size :] for a in columns])
    check(pair, [a[:20_001:3] for a in columns])
    check(pair, [a[20_000::-1] for a in columns])


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_loops(function):
    """One element at a time, with other work around it and a mixture of types."""
    call = f"np.{function.name}(a[i]" + (", b[i])" if function.arity == 2 else ")")
    text = f"def f(a, b):\n    out = np.empty(len(a))\n    for i in range(len(a)):\n        out[i] = {call} * 2 + b[i]\n    return out\n"
    pair = both(text, f"a loop of {function.name}")
    generator = np.random.default_rng(12)
    for dtype in (np.float64, np.float32):
        columns = arguments(function, dtype, 5_000, generator)
        check(pair, [columns[0], columns[-1]])
        check(pair, [columns[0], generator.random(columns[0].size)])


def test_several_in_one_expression():
    text = "def f(a, b):\n    return np.exp(-a * a) * np.sin(b) + np.log(np.abs(a) + 1) / np.cosh(b)\n"
    columns = arguments(FUNCTIONS[0], np.float64, 50_000, np.random.default_rng(13))
    check(both(text, "several"), [columns[0], columns[0][::-1].copy()])


def test_integers_and_flags():
    pair = both("def f(a, b):\n    return np.where(np.exp(a) > b, np.log1p(b), np.sqrt(np.exp2(a)))\n", "integers")
    generator = np.random.default_rng(14)
    for dtype in ("i4", "i8", "u2", "u8"):
        a = generator.integers(0, 100, 1003).astype(dtype)
        check(pair, [a, generator.random(1003) * 1e20])


def test_a_function_of_the_user():
    """Not only the library's: whatever only computes, with branches."""
    text = """def f(a):
    def smooth(x):
        if x < -3.0:
            y = x * x - 1.5
        elif x > 3.0:
            y = 2.5 - x
        else:
            y = (x - 1.0) * (x + 2.0) * (x * 0.5 - 0.25) + 3.0 * x
        z = y * y * 0.125 - y * 0.5 + 0.75
        return z * (y + 1.0) - x * (z - 0.5) * (y - 0.25) + (x - y) * (z + x) * 0.0625
    out = np.empty(len(a))
    for i in range(len(a)):
        out[i] = smooth(a[i])
    return out
"""
    generator = np.random.default_rng(15)
    pair = both(text, "smooth")
    for length in (0, 1, 8, 1001):
        check(pair, [generator.normal(0.0, 4.0, length)])
