"""Arrays of dates and differences: truth, membership, views, sets, the middle."""

import numpy as np
import pytest

from tests.library.differential import agree, compiled
from tests.python.harness import CompileError

DATES = np.array(["2024-01-01", "NaT", "2023-05-05"], dtype="M8[D]")
GAPS = np.array([3, "NaT", 0, 5], dtype="m8[s]")
PLAIN = np.array([3, -1, 5], dtype="m8[s]")
ANY = [
    "np.isnan(a)", "np.isinf(a)", "np.isnan(a[0])", "np.any(a)", "a.all()", "np.count_nonzero(a)", "np.nonzero(a)", "a[0] in a", "a[1] in a",
    "np.array([a[0], a[1]])", "np.array((a[0], a[1]))", "a.view('i8')", "a.view(np.int64).view('M8[D]')", "max(a)", "min(a)", "np.partition(a, 1)",
    "np.ediff1d(a)", "np.insert(a, 0, a[0])", "np.delete(a, 0)", "np.union1d(a, a[:1])", "np.intersect1d(a, a)", "np.setdiff1d(a, a[:1])",
    "np.split(a, 1)[0]", "np.moveaxis(a, 0, 0)", "np.take_along_axis(a, np.argsort(a), 0)", "np.column_stack((a, a))", "np.resize(a, 5)",
    "np.arange('2024-01', '2024-03', dtype='M8[D]')", "np.arange('2024-01-01', '2024-03-01', 2, dtype='M8[D]')",
]


@pytest.mark.parametrize("expression", ANY)
@pytest.mark.parametrize("a", [DATES, GAPS, PLAIN], ids=["dates", "gaps", "plain"])
def test_beside_numpy(expression, a):
    agree(expression, a)


@pytest.mark.parametrize("a", [GAPS, PLAIN, PLAIN[:2], PLAIN[:0]])
def test_median(a):
    agree("np.median(a)", a)


def test_filled():
    agree("a.fill(b)", DATES.copy(), np.datetime64("2020-02-02"))
    given = DATES.copy()
    compiled("a.fill(b)", "a, b")(given, np.datetime64("2020-02-02"))
    assert (given == np.datetime64("2020-02-02")).all()


def test_empty():
    agree("max(a)", DATES[:0])
    agree("np.any(a)", DATES[:0])


@pytest.mark.parametrize("expression", ["str(a[0])", "f'{a[0]}'", "a.tolist()", "a[0].item()", "hash(a[0])", "np.median(a)"])
def test_refusals_name_what_it_is(expression):
    with pytest.raises(CompileError) as info:
        compiled(f"return {expression}", "a")(DATES)
    assert "datetime64[D]" in str(info.value)
