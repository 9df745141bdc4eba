"""Whole arrays of `datetime64` and `timedelta64`: operators between units, NaT, reductions,
order, selection, ranges."""

import numpy as np
import pytest
from harness import Cases, check, define, refused

DAYS = np.array(["2024-02-28", "2024-03-01", "NaT", "1969-12-31", "2024-03-01", "2000-01-01"], "M8[D]")
SPANS = np.array([60, 3600, -1, 0, 60, 86400 * 3], "m8[s]")
GAPS = np.array([60, 3600, "NaT", 0, 60, -5], "m8[s]")
HOURS = np.array([1, 2, 3, 4, 5, 6], "m8[h]")
YEARS = np.array(["2020", "1970", "2000", "NaT", "1999", "2020"], "M8[Y]")
ARRAYS = {
    "dates": DAYS,
    "gaps": GAPS,
    "grid with gaps": GAPS.reshape(2, 3),
    "grid of dates": DAYS.reshape(3, 2),
    "no differences": SPANS[:0],
    "backwards": SPANS[::-2],
}

case = Cases()


def function(body, params="a"):
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return define(f"def f({params}):\n{lines}")


def of_unit(unit):
    counts = np.array([3, -2, 0, 7, 100])
    dates = counts.astype(f"M8[{unit}]")
    dates[2] = "NaT"
    spans = counts.astype(f"m8[{unit}]")
    return dates, spans


def taken(f, *args):
    """Whether NumPy does it and the units have one in common that is known here."""
    try:
        f(*args)
    except (TypeError, OverflowError):
        return False
    return True


@pytest.mark.parametrize(
    ("one", "other"), [("Y", "M"), ("D", "D"), ("D", "M"), ("W", "h"), ("ns", "D"), ("s", "ms"), ("h", "Y")]
)
def test_units_are_combined(one, other):
    compared = define("def f(a, b):\n    return a - b, a < b, a <= b[1], a[3] == b, a != b\n")
    added = define("def f(a, b):\n    return a + b, a - b[0], a[1] + b\n")
    dates, spans = of_unit(one)
    other_dates, other_spans = of_unit(other)
    check(compared, dates, other_dates)
    for a, b in ((dates, other_spans), (spans, other_spans)):
        if taken(added, a, b):
            check(added, a, b)


@pytest.mark.parametrize("value", [5, 0, np.int32(3), np.arange(5), 2.5, np.linspace(-1, 1, 5)])
def test_numbers(value):
    spans = of_unit("s")[1]
    check(define("def f(a, n):\n    return a * n, n * a, a / n, a // n\n"), spans, value)
    if np.asarray(value).dtype.kind == "i":
        check(define("def f(a, n):\n    return a + n, n + a, a - n, a < n, n >= a, a == n\n"), spans, value)
        check(define("def f(a, n):\n    return a + n, n + a, a - n\n"), of_unit("D")[0], value)


@pytest.mark.parametrize("expression", ["a / b", "(a // b).astype(np.int64)", "a % b", "a[0] % b", "a / b[1]"])
@pytest.mark.parametrize(("one", "other"), [("D", "h"), ("s", "s"), ("Y", "M")])
def test_quotients(expression, one, other):
    f = define(f"def f(a, b):\n    return {expression}\n")
    a, b = of_unit(one)[1], of_unit(other)[1]
    check(f, a, b)
    a[1] = "NaT"
    check(f, a, b)


WHOLE = r"""
return abs(a), np.abs(a), np.sign(a), +a, np.negative(a), -a
return np.isnat(a), np.isfinite(a)
return a.sum(), np.sum(a), a.mean(), np.mean(a)
return a.sum(axis=0), np.sum(a, axis=-1), a.sum(axis=0, keepdims=True), a.mean(axis=0)
return a.min(), a.max(), np.min(a), np.amax(a), np.ptp(a)
return a.min(axis=0), a.max(axis=-1), a.max(axis=0, keepdims=True)
return np.nanmin(a), np.nanmax(a)
return a.argmin(), a.argmax(), np.argmin(a), np.argmax(a)
return a.argmin(axis=0), np.argmax(a, axis=-1)
return np.sort(a), np.argsort(a, kind='stable'), np.sort(a, axis=None)
a.sort()
a.sort(axis=0)
return np.unique(a), np.unique(a, return_counts=True)
return np.unique(a, return_index=True, return_inverse=True, return_counts=True)
return np.diff(a), np.diff(a, 2), np.diff(a, axis=0), np.diff(a, n=0)
return np.where(a > a[0], a, a[0]), np.where(np.isnat(a), a[0], a)
return a[a > a[0]], a[np.array([0, 1])], a[::-1], a[1:], a[[1, 0]]
a[np.isnat(a)] = a[0]
a[a > a[1]] = a[1]
a[np.array([0, 1])] = a[1]
a[1:] = a[:-1]
a[...] = a[::-1]
return np.concatenate((a, a)), np.flip(a), np.roll(a, 1), np.repeat(a, 2), np.append(a, a)
return np.stack((a, a)), np.hstack((a, a)), np.vstack((a, a)), np.tile(a, 2)
return np.take(a, np.array([0, 1])), a.take(np.array([1]))
s = np.sort(a)\nreturn np.searchsorted(s, a), np.searchsorted(s, a[0]), np.searchsorted(s, a, side='right')
return a.astype(np.int64), a.astype('int64'), a.astype(np.float64)
return np.zeros_like(a), np.full(3, a[0]), np.full_like(a, a[1]), np.empty_like(a).dtype
return np.minimum(a, a[::-1]), np.maximum(a, a[1]), np.fmin(a, a[::-1]), np.fmax(a, a[0])
return (a == a[0]).sum(), np.count_nonzero(a == a[1]), np.any(a == a[0]), np.all(a != a[0])
return a - a[0], a[1:] - a[:-1], (a - a[0]) / np.timedelta64(1, 'h')
return ((a - a[1]) * 2 + np.timedelta64(1, 'D')) / np.timedelta64(1, 'h')
a -= np.timedelta64(5, 'D')
a += 3
a[1:] = a[1:] + 4
b = a.copy()\nb[0] = b[1]\nreturn b, np.array(a), np.asarray(a)
s = 0\nfor x in a.ravel():\n    if np.isnat(x):\n        s += 1\nreturn s
return a.T.shape, a.reshape(-1)[1:], a.size, a.dtype
return np.array_equal(a, a), np.arange(len(a))[a.ravel()[:len(a)] == a.ravel()[0]]
return np.clip(a, a[0], a[1]), a.clip(a[1], a[0]), np.clip(a, a[1], None), np.isin(a, a[:1])
return np.cumsum(a), a.cumsum()
return np.expand_dims(a, 0).shape, np.atleast_2d(a).ndim
return np.add(a, a[0] - a[1]), np.subtract(a, a), np.less(a, a[0]), np.equal(a, a)
out = np.zeros(a.shape, np.bool_)\nnp.less(a, a[0], out=out)\nreturn out
out = a - a\nnp.subtract(a, a[::-1], out=out)\nreturn out
""".strip().split("\n")


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("body", [b.replace("\\n", "\n") for b in WHOLE])
def test_whole_arrays(body, name):
    f, a = function(body), ARRAYS[name]
    if a.dtype.kind == "M" and ("sum()" in body or "abs(a)" in body or "mean(axis" in body or "cumsum" in body):
        try:
            f(a.copy())
        except (TypeError, IndexError):
            return
    if name == "years" and ("'D'" in body or "'h'" in body):
        return
    if a.ndim > 1 and ("searchsorted" in body or "cumsum" in body or "np.arange" in body):
        return
    if "np.timedelta64" in body and a.dtype == "m8[h]" and "-=" in body:
        return
    check(f, a)


@case((DAYS, HOURS), (SPANS, HOURS), (HOURS, SPANS), (DAYS[:3].reshape(3, 1), HOURS))
def broadcast(a, b):
    c = a - a[::-1]
    d = c + b
    return a + b, a - b, d * 2, c, a + b * 3 - b


@case((DAYS, SPANS.astype("m8[D]")), (SPANS, HOURS), (GAPS, SPANS))
def in_place(a, b):
    a += b
    a[1:] -= b[:-1]
    return a


@case((DAYS, DAYS.astype("M8[h]")), (SPANS, HOURS), (YEARS, DAYS))
def two_units(a, b):
    s = np.sort(a)
    return np.where(np.isnat(a), b, a), np.searchsorted(s, b), np.minimum(a, b), np.maximum(a, b), np.isin(a, b)


@case((DAYS, HOURS[:4]), (DAYS, HOURS[:0]))
def shapes_that_do_not_fit(a, b):
    return a + b


@case((5,), (0,))
def made(n):
    hours = np.arange(n) * np.timedelta64(1, "h")
    start = np.datetime64("2024-01-01")
    return hours, start + hours, start + np.arange(n), np.linspace(0, 1, 5) * np.timedelta64(100, "s")


START = [np.datetime64("2020-01-01"), np.datetime64("2020-01"), np.datetime64("2020-01-01T00"), np.timedelta64(1, "D")]
STOP = [np.datetime64("2020-01-12"), np.datetime64("2020-05"), np.datetime64("2020-01-03"), np.timedelta64(9, "D")]


@case(*zip(START, STOP))
def ranges(x, y):
    return np.arange(x, y), np.arange(x, y, 2), np.arange(y, x, -1), np.arange(y, x)


@case((START[0], STOP[0]), (START[2], STOP[2]), (START[3], STOP[3]))
def ranges_with_steps(x, y):
    return np.arange(x, y, np.timedelta64(36, "h")), np.arange(x, y, np.timedelta64(1, "D"))


@case((START[0], STOP[0], np.timedelta64(0, "D")), (START[0], np.datetime64("NaT", "D"), np.timedelta64(1, "D")))
def ranges_that_raise(x, y, step):
    return np.arange(x, y, step)


@pytest.mark.parametrize(**case.params())
def test_functions(func, call, deviation):
    check(func, *call, _deviation=deviation)


@pytest.mark.parametrize(
    ("body", "array"),
    [
        ("return a + a", DAYS),
        ("return a * 2", DAYS),
        ("return -a", DAYS),
        ("return a < b", DAYS),
        ("return a == 1", DAYS),
        ("return a.sum()", DAYS),
        ("return a.mean()", DAYS),
        ("return np.where(a, a, a)", DAYS),
        ("return np.where(a == a, a, 1)", SPANS),
        ("return np.lexsort((a, a))", GAPS),
        ("return a.tolist()", DAYS),
        ("return np.sum(a, dtype=np.int64)", SPANS),
        ("return np.add(a, b, dtype='m8[s]')", SPANS),
        ("a += np.timedelta64(1, 'ms')", SPANS),
        ("a[:] = a.astype('m8[ms]')", SPANS),
        ("return np.sqrt(a)", SPANS),
        ("return np.maximum(a, 1)", SPANS),
        ("return np.full(3, a[0], dtype='m8[ms]')", SPANS),
    ],
)
def test_refused(body, array):
    refused_codes = []
    for code in ("CB0303", "CB0506", "CB0410", "CB0504", "CB0404", "CB0403"):
        try:
            refused(function(body, "a, b"), array.copy(), SPANS, _code=code)
        except AssertionError:
            continue
        refused_codes.append(code)
    assert len(refused_codes) == 1
