"""Keywords of elementwise functions, and their methods."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import filled, layouts
from tests.library.differential import agree, compiled, plain, same_effect

KEYWORDS = [
    "return np.add(a, b, out=c)",
    "np.add(a, b, c)\nreturn c",
    "return np.multiply(a, 2, out=c)",
    "return np.sqrt(a, out=c)",
    "return np.add(a, b, out=a)",
    "np.add(a[:-1], b[:-1], out=a[1:])\nreturn a",
    "return np.add(a, b, out=c, where=d)",
    "np.sqrt(a, out=c, where=d)\nreturn c",
    "np.divide(a, b, out=c, where=b > 1.5)\nreturn c",
    "np.add(a[1:], 1, out=a[:-1], where=d[1:])\nreturn a",
    "return np.add(a, b, dtype=np.float32)",
    "return np.add(a, b, dtype='f8')",
    "return np.add(1, 2, out=c)",
    "return np.add(a, b, out=None)",
    "return np.add(a, b, where=True)",
    "x = np.add(a, b, out=c)\nc[0] = 9\nreturn x",
    "return np.exp(a * 0 + 1, out=c) * 0",
    "return np.add(a, b, out=c) * 2",
    "return np.less(a, b, out=d)",
    "return np.add(a, b, out=c[:3])",
    "return np.add(a[0], b, out=c)",
    "t = a * b\nnp.add(t, 1, out=a)\nreturn t",
]


@pytest.mark.parametrize("body", KEYWORDS)
def test_keywords(body):
    def make():
        a, b, c = np.arange(6.0), np.linspace(1, 2, 6), np.zeros(6)
        d = np.array([1, 0, 1, 1, 0, 0], bool)
        return (a, b, c, d), (a, b, c, d)

    same_effect(body, make)


PLANES = [
    "return np.add(a, a[0], out=a)",
    "return np.add(a[0], 1, out=a)",
    "return np.add(a, 1, out=a[0])",
    "np.add(a[:, :2], a[:, 2:], out=a[:, 1:3])\nreturn a",
    "return np.multiply(a, a[:, :1], out=a, where=a > 3)",
]


@pytest.mark.parametrize("body", PLANES)
def test_planes(body):
    for i in range(len(list(layouts((3, 4), "float64")))):

        def make(i=i):
            a = list(layouts((3, 4), "float64"))[i]
            return (a,), (a,)

        same_effect(body, make)


METHODS = [
    "np.add.reduce(a)",
    "np.add.reduce(a, axis=-1)",
    "np.add.reduce(a, axis=None)",
    "np.multiply.reduce(a, axis=(0,))",
    "np.maximum.reduce(a, keepdims=True)",
    "np.minimum.reduce(a)",
    "np.logical_and.reduce(a > 0)",
    "np.logical_or.reduce(a > 0)",
    "np.fmax.reduce(a)",
    "np.hypot.reduce(a) * 0",
    "np.subtract.reduce(a, axis=0, keepdims=True)",
    "np.bitwise_xor.reduce(a.astype(np.int32))",
    "np.add.accumulate(a)",
    "np.multiply.accumulate(a)",
    "np.maximum.accumulate(a)",
    "np.minimum.accumulate(a, axis=-1)",
    "np.add.outer(a, a)",
    "np.subtract.outer(a, [1.0, 2.0][0])",
    "np.less.outer(a, a)",
    "divmod(a, 2)",
    "np.divmod(a, a + 0.5)",
]


@pytest.mark.parametrize("expression", METHODS)
def test_methods(expression):
    for shape in [(5,), (3, 4), (2, 3, 2)]:
        for a in layouts(shape, "float64"):
            agree(expression, a)


PLACES = [
    "np.add.at(a, [0, 0, 1], 1.5)",
    "np.subtract.at(a, np.array([0, 0, 5]), b[:3])",
    "np.add.at(a, [0, 9], 1.0)",
    "np.negative.at(a, [0, 1, 0])",
    "np.multiply.at(a, [-1, -1], [2.0, 3.0])",
    "a[:] = np.add.reduceat(a, [0, 2, 4, 1, 0, 5])",
]


@pytest.mark.parametrize("body", PLACES)
def test_at(body):
    def make():
        a, b = np.arange(6.0), np.linspace(1, 2, 6)
        return (a, b), (a,)

    same_effect(body, make)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return np.add(a, b, casting='anything')", "casting"),
        ("return np.add(a, b, spam=1)", "spam="),
        ("return np.add(a, b, out=c.astype(np.int64))", "same_kind"),
        ("return np.add(a, b, dtype=np.int64)", "same_kind"),
        ("return np.add(a, b, dtype=3)", "dtype"),
        ("return np.add.reduceat(a, b)", "according to the rule 'safe'"),
        ("return np.add.reduceat(a, b.astype(np.uint64))", "according to the rule 'safe'"),
    ],
)
def test_refusals(body, words):
    a = filled((3,), "float64")
    with pytest.raises(CompileError, match=words):
        compiled(body, "a, b, c")(a, a, a)


@pytest.mark.filterwarnings("ignore:'where' used without 'out'")
@pytest.mark.parametrize("expression", ["np.add(a, 2, where=m)", "np.sqrt(a, where=m)", "np.less(a, 1.5, where=m)"])
def test_where_without_out(expression):
    """What isn't chosen is as undefined as in NumPy."""
    for shape in ((), (5,), (3, 4)):
        for a in layouts(shape, "float64"):
            a = np.abs(a)
            for m in (np.arange(np.size(a)).reshape(shape) % 2 == 0, np.zeros(shape, bool), np.ones((2, *shape), bool)):
                m = np.asarray(m)
                function = plain(f"return {expression}", "a, m")
                got, want = compiled(f"return {expression}", "a, m")(a, m), function(a, m)
                assert (type(got), got.dtype, got.shape) == (type(want), want.dtype, want.shape)
                assert np.array_equal(np.asarray(got)[m], np.asarray(want)[m])
