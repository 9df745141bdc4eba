"""Bodies are plain Python: with `prim` on top of NumPy they give what NumPy gives."""

import warnings

import numpy as np
import pytest

from tests.library.arrays import filled, layouts
from tests.library.differential import bits
from tests.library.emulation import load

PUBLIC, FILES = load()


def check(name, *arguments, **keywords):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        got = PUBLIC[f"numpy.{name}"](*arguments, **keywords)
        want = getattr(np, name)(*arguments, **keywords)
    assert bits(got) == bits(want), (name, keywords)


@pytest.mark.parametrize(
    "name",
    [
        "sum",
        "prod",
        "mean",
        "var",
        "std",
        "any",
        "all",
        "min",
        "max",
        "argmin",
        "argmax",
        "cumsum",
        "cumprod",
    ],
)
def test_reductions(name):
    for dtype in ("int32", "float32", "float64"):
        for shape in [(1,), (7,), (140,), (3, 5), (2, 3, 4)]:
            for a in layouts(shape, dtype):
                for axis in (None, *range(len(shape))):
                    check(name, a, axis=axis)


@pytest.mark.parametrize(
    "name",
    [
        "copy",
        "ravel",
        "transpose",
        "flip",
        "sort",
        "unique",
        "diff",
        "zeros_like",
        "nonzero",
        "nansum",
    ],
)
def test_one_array(name):
    for shape in [(7,), (3, 5), (2, 3, 4)]:
        for a in layouts(shape, "float64"):
            check(name, a)


def test_several_arguments():
    a = filled((3, 4), "float64")
    check("where", a > 0, a, 0.0)
    check("clip", a, -1, 1)
    check("arange", 0.1, 5, 0.3)
    check("linspace", 0, 1, 17)
    check("dot", filled((3, 4), "int64"), filled((4, 2), "int64"))
    check("searchsorted", np.sort(a[0]), a)
    check("interp", a, np.arange(3.0), a[0, :3])
    check("concatenate", (a, a), axis=1)
    check("reshape", a.T, (2, 6))
    check("bincount", np.array([1, 1, 3]))


def test_strings():
    """Signatures and defaults of string methods and of texts."""
    for s in ("", "a b", " xax ", "é一,a"):
        for name, arguments in [
            *[(n, ()) for n in ("upper", "strip", "split", "rsplit", "splitlines", "encode", "isalpha")],
            *[(n, ("a",)) for n in ("find", "rfind", "count", "startswith", "partition", "removesuffix")],
            *[("find", ("a", -2)), ("endswith", (("x", " "), 1, None)), ("replace", ("a", "b")), ("center", (9,))],
            *[("split", ("a", 1)), ("join", (["x", "y"],)), ("join", ("xy",)), ("zfill", (7,)), ("strip", ("a ",))],
        ]:
            assert PUBLIC[f"str.{name}"](s, *arguments) == getattr(s, name)(*arguments), (s, name)
        with pytest.raises(ValueError, match="substring not found"):
            PUBLIC["str.index"](s, "zz")
    assert PUBLIC["builtins.int"](" 1_0", base=16) == 16
    assert PUBLIC["builtins.hex"](-255) == hex(-255)
    assert PUBLIC["builtins.format"](1.5, "8.2f") == "    1.50"
    assert PUBLIC["builtins.complex"]("1-2j") == 1 - 2j
