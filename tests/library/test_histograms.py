"""Counting in bins, and finding bins."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import filled, layouts
from tests.library.differential import agree, bits, compiled, nearly

BINS = [
    "bins=10",
    "bins=7",
    "bins=5, range=(-1, 1)",
    "bins=np.array([-1.0, 0, 0, 1])",
    "bins=(0, 10, 50)",
    "range=(0.5, 90)",
    "bins=0",
    "bins=3, range=(2, 1)",
    "bins=(3, 2)",
]


@pytest.mark.parametrize("bins", BINS)
def test_counts(bins):
    nan = filled((40, 5), "float64")
    nan[3, 2] = np.nan
    for a in (*(filled((40, 5), d) for d in ("bool", "uint8", "int32", "float32", "float64")), nan, nan[:0]):
        agree(f"np.histogram(a, {bins})", a)
        agree(f"np.histogram(a, {bins}, density=True)", a)
        agree(f"np.histogram_bin_edges(a, {bins})", a)


def test_layouts():
    for a in layouts((20, 3), "float64"):
        agree("np.histogram(a, 5)", a)
        agree("np.histogram(a, b)", a, np.linspace(-2, 2, 6))
    agree("np.histogram(a)", np.full(4, 2.5))
    agree("np.histogram(a)", np.zeros(0, np.float32))
    agree("np.histogram(a, range=(0, b))", np.ones(4), np.inf)
    agree("np.histogram(a, b)", np.arange(10), np.array([0, 3, 9]))
    agree("np.histogram(a, b)", np.array([np.inf, 1.0]), 3)


def test_weights():
    a = filled((200,), "float64")
    for w in (filled((200,), "float64"), filled((200,), "float32"), filled((200,), "int32"), filled((200,), "complex128")):
        for keywords in ("bins=7", "range=(-1, 2)"):
            agree(f"np.histogram(a, {keywords}, weights=b)", a, w)
        agree("np.histogram(a, 5, weights=b, density=True)", a, w)
    # NumPy adds up sorted weights here.
    nearly("np.histogram(a, b, weights=c)[0]", a, np.linspace(-2, 2, 5), filled((200,), "float64"), rtol=1e-12)
    agree("np.histogram(a, b, weights=c)", a, np.linspace(-2, 2, 5), filled((200,), "int32"))
    agree("np.histogram(a, weights=b)", a, filled((100,), "float64"))


def test_rounding_at_the_edges():
    for n in (3, 7, 10, 100):
        a = np.linspace(0, 1, n + 1)
        agree("np.histogram(a, b)", a, n)
        agree("np.histogram(a, b)", np.nextafter(a, 0), n)
        agree("np.histogram(a, b, (0, 1))", np.nextafter(a, 2), n)


@pytest.mark.parametrize("n", [1, 1023, 1025, 70_000])
def test_bins_beside_the_rounding_of_their_edges(n):
    """Wide bins, where most elements are surely in one, and bins of few roundings."""
    a = np.random.default_rng(n).random(n)
    k = np.arange(n) % 51
    with np.errstate(all="ignore"):
        lines = [a, a.astype("f4") * 100, k, k * 1.0, k / 50, k.astype("u1"), a * 1e-310, a * 1e300 * (-1.0) ** k]
    lines += [1e16 + k * 2.0, np.float32(1e7) + k.astype("f4"), 1 + a * 1e-13, a[::-1], (k - 25) * 2**57]
    for line in lines:
        for bins in (1, 50, 3000):
            agree("np.histogram(a, b)", line, bins)
            agree("np.histogram(a, b, (0.25, 7))", line, bins)
        agree("np.histogram(a, 50, weights=b)", line, a)


def test_bins_that_are_empty():
    agree("np.histogram(a, b)", np.array([1.0, np.nextafter(1.0, 2)]), 5)
    agree("np.histogram_bin_edges(a, b)", np.array([1.0, np.nextafter(1.0, 2)], np.float32), 5)
    agree("np.histogram2d(a, a, b)", np.array([1.0, np.nextafter(1.0, 2)]), 5)


@pytest.mark.parametrize("rule", ["auto", "sqrt", "sturges", "rice", "scott", "fd", "doane"])
def test_estimators(rule):
    for a in (filled((300,), "float64"), filled((30, 5), "int32"), filled((70,), "uint8"), np.zeros(0), np.ones(5), np.arange(2)):
        agree(f"np.histogram(a, {rule!r})", a)
        agree(f"np.histogram_bin_edges(a, {rule!r}, (0.5, 90))", a)


@pytest.mark.parametrize(
    "bins",
    [
        "bins=10",
        "bins=4",
        "bins=(3, 5)",
        "bins=np.array([-1.0, 0, 0, 1])",
        "bins=(np.array([-1.0, 0, 2]), 4)",
        "range=((-1, 1), (0, 5))",
        "density=True",
        "bins=(3, np.array([0, 50, 90])), density=True",
        "bins=[4, 5]",
        "bins=[np.array([-1.0, 0, 2]), np.array([5.0, 50])]",
        "bins=[-1.0, 0.0, 2.0]",
        "range=[[-1.0, 1.0], [0.0, 5.0]]",
        "bins=np.array([1.0])",
        "bins=(0, 3)",
        "bins=(3, -1)",
        "bins=(3, 2.5)",
        "bins=(3, np.array([2, 1]))",
        "range=((1, 0), (0, 1))",
        "range=((0, 1),)",
    ],
)
def test_two_dimensions(bins):
    a, b, w = filled((60,), "float64"), filled((60,), "int32"), filled((60,), "float64")
    agree(f"np.histogram2d(a, b, {bins})", a, b)
    agree(f"np.histogram2d(a, b, {bins}, weights=c)", a, b, w)
    agree(f"np.histogram2d(a, b, {bins})", a, b[:3])


def test_two_dimensions_of_float32():
    a, b = filled((60,), "float32"), filled((60,), "float32")
    agree("np.histogram2d(a, b, 5)", a, b)
    agree("np.histogram2d(a, b, 5)", a, b.astype(float))
    agree("np.histogram2d(a, b, 5, range=((0, 1), (0, 2)))", a, b)
    agree("np.histogram2d(a, a, 5, range=((b, 1), (b, 2)))", a, np.float32(0))


@pytest.mark.parametrize(
    "arguments",
    [
        "bins=(2, 3, 4)",
        "(2, 3, np.array([-1.0, 0, 0, 1]))",
        "[2, 3, 4], density=True",
        "bins=(1, 2, 3), range=(None, (0, 1), None)",
        "bins=(1, 2)",
        "bins=(1, 2, 3), range=((0, 1), (0, 1))",
        "bins=(1, 0, 3)",
        "bins=(1, 2.5, 3)",
        "bins=(1, np.array([1.0, 0]), 3)",
        "bins=(1, np.zeros((2, 2)), 3)",
        "bins=(1, np.zeros(1), 3)",
    ],
)
def test_several_dimensions(arguments):
    mixed = "array" in arguments or "zeros" in arguments or "None" in arguments
    # A list has arrays of one dtype: there they are refused.
    for dtype in ("float64", "int32", "bool") if mixed else ("float64", "int32", "float32", "bool"):
        a, w = filled((70, 3), dtype), filled((70,), "float64")
        lines = tuple(a.T)
        agree(f"np.histogramdd(a, {arguments})[0]", lines)
        agree(f"np.histogramdd(a, {arguments})[1][0]", lines)
        agree(f"np.histogramdd(a, {arguments})[1][2]", lines)
        agree(f"np.histogramdd(a, {arguments}, weights=b)[0]", lines, w)
        if not arguments.startswith("["):
            agree(f"np.histogramdd(a, {arguments})[0]", a)
            agree(f"np.histogramdd(a, {arguments})[0]", a[:, :2])


def test_several_dimensions_together():
    a = np.array([0.0, 1, 2, 3, np.nan, np.inf])
    agree("np.histogramdd((a,), 3, ((0, 3),))[0]", a)
    agree("np.histogramdd((a, a[:2]), 3)[0]", a)
    agree("np.histogramdd((a, b, a), 3, ((0, 3),) * 3, weights=b[:2])[0]", a[:4], np.arange(4))
    for bins in ("(3, 2)", "3"):
        got = compiled(f"return np.histogramdd((a, a), {bins})", "a")(a[:4])
        want = np.histogramdd((a[:4], a[:4]), eval(bins))
        assert type(got[1]) is type(want[1]) is list
        assert [bits(e) for e in got[1]] == [bits(e) for e in want[1]]


def test_digitize():
    for x in (filled((40,), "float64"), filled((3, 4), "int32"), filled((9,), "float32"), 2.5, 3):
        for bins in (np.array([-1.0, 0, 0, 1]), np.array([5, 3, 1]), np.array([1, 3, 2]), (0, 1, 2), np.array([1, 1])):
            agree("np.digitize(a, b)", x, bins)
            agree("np.digitize(a, b, right=True)", x, bins)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("np.histogram(a, 'best')", "estimator"),
        ("np.histogram(a, 'auto', weights=a)", "weighted data"),
        ("np.histogram(a, 2.5)", "must be an integer"),
        ("np.histogram(a, a)", "must be 1d"),
        ("np.histogram(a + 1j)", "complex"),
        ("np.histogram2d(a, a)", "one dimension"),
        ("np.histogramdd(a, 3)", "takes bins as a tuple"),
        ("np.histogramdd((a, a))", "one dimension"),
        ("np.histogramdd((a[0], a[0] + 1j))", "complex"),
        ("np.histogramdd((a[0],), density=a)", "density must be a constant"),
    ],
)
def test_refusals(expression, words):
    with pytest.raises(CompileError, match=words):
        compiled(f"return {expression}", "a")(np.ones((2, 3)))
