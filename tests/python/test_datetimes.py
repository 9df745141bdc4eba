"""`datetime64` and `timedelta64`: scalars, elements of arrays, constants, units, NaT."""

import itertools

import numpy as np
import pytest
from harness import Cases, CompileError, check, define, native, refused

case = Cases()

UNITS = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"]
DATES = [
    np.datetime64("2024-02-29"),
    np.datetime64("1969-12-31"),
    np.datetime64("0001-01-01"),
    np.datetime64("2024"),
    np.datetime64("1970-03"),
    np.datetime64("1969-12-31T23"),
    np.datetime64("2024-02-29T12:30"),
    np.datetime64("1900-03-01T00:00:01"),
    np.datetime64("2024-02-29T12:30:10.125"),
    np.datetime64("NaT", "s"),
    np.datetime64("2262-04-11T23:47:16.854775807"),
]
DELTAS = [
    np.timedelta64(0, "s"),
    np.timedelta64(-7, "s"),
    np.timedelta64(36, "h"),
    np.timedelta64(5, "D"),
    np.timedelta64(2, "W"),
    np.timedelta64(1500, "ms"),
    np.timedelta64(2**62, "s"),
    np.timedelta64("NaT", "m"),
    np.timedelta64(3),
    np.timedelta64(-(2**63) + 1, "ns"),
]
MONTHS = [np.timedelta64(5, "M"), np.timedelta64(-2, "Y"), np.timedelta64("NaT", "Y"), np.timedelta64(7)]


@case(*itertools.product(DELTAS, DELTAS), *itertools.product(MONTHS, MONTHS))
def deltas(a, b):
    return a + b, a - b, a / b, a % b, divmod(a, b)[1]


@case(*itertools.product(DELTAS, DELTAS))
def deltas_compared(a, b):
    return a < b, a <= b, a > b, a >= b, a == b, a != b


@case(*[(d,) for d in DELTAS + MONTHS])
def alone(d):
    return -d, +d, abs(d), np.isnat(d), d.astype(np.int64), d.copy()


@case(*itertools.product(DELTAS, [0, 1, -3, 2**40, True, np.int8(-2), np.int32(5), np.uint8(3)]))
def with_integers(d, n):
    if not isinstance(n, bool):
        return d / n, d // n
    return d * n, n * d, d + n, n + d, d - n, n - d


@case(*itertools.product(DELTAS, [0, 2**40, True, np.bool_(True), np.int8(-2), np.uint32(3)]))
def with_truth_values(d, n):
    return d * n, n * d, d + n, n + d, d - n, n - d


@case(*itertools.product(DELTAS, [0.0, 2.5, -0.1, 1e30, float("nan"), float("inf"), np.float32(0.1)]))
def with_floats(d, x):
    return d * x, x * d, d / x, d // x


@case(*itertools.product(DATES, DATES))
def dates(a, b):
    return a - b, a < b, a <= b, a > b, a >= b, a == b, a != b, np.isnat(a)


LONG = [d for d in DATES if not np.isnat(d) and np.datetime_data(d.dtype)[0] not in ("Y", "M")]


@case(*itertools.product(DATES[:1] + LONG, DELTAS))
def dates_and_deltas(t, d):
    return t + d, d + t, t - d


@case((np.datetime64("2024"), MONTHS[0]), (np.datetime64("2024-05"), MONTHS[1]), (np.datetime64("2024"), 5))
def months(t, d):
    return t + d, t - d


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("place", range(len(DATES)))
def test_dates_in_other_units(unit, place):
    t = DATES[place]
    own = np.datetime_data(t.dtype)[0]
    if own in "YMW" and unit in "ps fs as" or unit in "psfsas" and len(unit) == 2 and unit != "ms":
        # Far from 1970 the count of these wraps, or years don't fit.
        return
    source = f"def f(t):\n    return t.astype('datetime64[{unit}]'), np.datetime64(t, {unit!r})\n"
    if own == unit:
        source = f"def f(t):\n    return t.astype('M8[{unit}]')\n"
    check(define(source), t)


@pytest.mark.parametrize("unit", UNITS[2:10])
def test_deltas_in_other_units(unit):
    for d in DELTAS[:-2]:
        check(define(f"def f(d):\n    return d.astype('m8[{unit}]'), np.timedelta64(d, {unit!r})\n"), d)


@pytest.mark.parametrize(
    "text",
    [
        "2024",
        "2024-02",
        "2024-02-29",
        "2024-02-29T05",
        "2024-02-29T05:06",
        "2024-02-29 05:06:07",
        "2024-02-29T05:06:07.5",
        "2024-02-29T05:06:07.1234",
        "1969-12-31T23:59:59.123456789",
        "NaT",
        "0004-02-29",
    ],
)
def test_constants(text):
    check(define(f"def f():\n    return np.datetime64({text!r})\n"))
    if text != "0004-02-29":  # of which the nanoseconds don't fit
        check(define(f"def f():\n    return np.datetime64({text!r}, 'ns')\n"))


@case((3,), (-1,), (2**62,), (True,))
def numbers_with_units(n):
    return np.timedelta64(n, "h"), np.timedelta64(n), np.datetime64(n, "D"), np.timedelta64(5, "us"), np.timedelta64("NaT")


DAYS = np.array(["2024-02-28", "2024-03-01", "NaT", "1969-12-31"], "datetime64[D]")
GRID = np.arange(12).astype("timedelta64[s]").reshape(3, 4)
READONLY = DAYS.copy()
READONLY.flags.writeable = False


@case((DAYS,), (DAYS[::-1],), (DAYS[:1],), (READONLY,))
def loop(a):
    latest = a[0]
    count = 0
    for t in a:
        if t > latest:
            latest = t
        if np.isnat(t):
            count += 1
    return latest, count, a.dtype == a.dtype, a.itemsize


@case((DAYS,), (DAYS[::2],), (READONLY,), (DAYS[:0],))
def stores(a):
    for i in range(len(a)):
        a[i] = a[i] + np.timedelta64(i, "D")
    a[1:] = np.datetime64("2000-01-01")
    return a


@case((GRID,), (GRID.T,), (GRID[::2, ::-1],), (np.asfortranarray(GRID),))
def whole(a):
    b = a.copy()
    b[0, 1] = np.timedelta64(99, "s")
    c = np.empty_like(a)
    c[...] = b
    return b, c, a.reshape(-1), a.T, a.astype(np.int64), a.astype("m8[ms]"), a[1], a[1:, 2]


@case((4,), (0,))
def made(n):
    a = np.zeros(n, "datetime64[s]")
    b = np.empty(n, np.dtype("m8[D]"))
    for i in range(n):
        a[i] = np.datetime64("2000-01-01T00:00:00") + np.timedelta64(i, "h")
        b[i] = np.timedelta64(i, "W").astype("m8[D]")
    return a, b


@case((DAYS,))
def in_lists(a):
    found = []
    for t in a:
        if not np.isnat(t):
            found.append(t)
    pair = (found[0], found[-1])
    return found, pair, min(found[0], found[1]), max(found[0], found[1])


@case((DAYS[0],), (DELTAS[1],), (5,), (2.5,))
def classes(x):
    if isinstance(x, np.datetime64):
        return "date"
    if isinstance(x, np.timedelta64):
        return "delta", isinstance(x, np.integer)
    return isinstance(x, np.generic), type(x) is int


EPOCH = np.datetime64("2001-01-01")
STEP = np.timedelta64(90, "m")


@case((5,))
def globals_are_constants(n):
    return EPOCH + n * STEP, (EPOCH + STEP - EPOCH) / STEP


@case((DAYS, None), (DAYS, DAYS[1]))
def optional(a, start):
    if start is None:
        start = a[0]
    return start - a[1]


@case((DAYS, 1), (DAYS, 9))
def index_error(a, i):
    return a[i]


@pytest.mark.parametrize(**case.params())
def test_cases(func, call, deviation):
    check(func, *call, _deviation=deviation)


def test_a_quotient_is_an_integer():
    # NumPy gives `longlong`, which is `int64` under another name.
    def quotient(a, b):
        return a // b, divmod(a, b)[0]

    for a, b in itertools.product(DELTAS, DELTAS):
        with np.errstate(all="ignore"):
            expected = quotient(a, b)
        assert native(quotient)(a, b) == expected


@pytest.mark.parametrize(
    "expression,a,b",
    [
        ("a + b", DAYS[0], DAYS[0]),
        ("a - b", DELTAS[1], DAYS[0]),
        ("a + b", DAYS[0], MONTHS[0]),
        ("a < b", MONTHS[0], DELTAS[3]),
        ("a == b", MONTHS[0], DELTAS[3]),
        ("a < b", DAYS[0], DELTAS[3]),
        ("a == b", DAYS[0], 4),
        ("a * b", DELTAS[1], DELTAS[1]),
        ("a * b", DELTAS[1], 1j),
        ("a * b", DELTAS[1], np.uint64(3)),
        ("a ** b", DELTAS[1], 2),
        ("b / a", DELTAS[1], 2),
        ("a % b", DELTAS[1], 2),
        ("-b", 1, DAYS[0]),
        ("~b", 1, DELTAS[1]),
        ("abs(b)", 1, DAYS[0]),
        ("bool(b)", 1, DELTAS[1]),
        ("1 if b else 2", 1, DELTAS[1]),
        ("int(b)", 1, DELTAS[1]),
        ("str(b)", 1, DELTAS[1]),
        ("f'{b}'", 1, DAYS[0]),
        ("hash(b)", 1, DAYS[0]),
        ("{b}", 1, DAYS[0]),
        ("{b: 1}", 1, DAYS[0]),
        ("[b].index(b)", 1, DAYS[0]),
        ("[b] == [b]", 1, DAYS[0]),
        ("max([b, b])", 1, DAYS),
        ("np.where(b, b, b)", 1, DAYS),
        ("np.sqrt(b)", 1, DELTAS[1]),
        ("np.arange(b)", 1, DELTAS[1]),
        ("np.datetime64('2024-13-01')", 1, 1),
        ("np.datetime64('2024-1-1')", 1, 1),
        ("np.datetime64('now')", 1, 1),
        ("np.datetime64('2024-01-01T10:00Z')", 1, 1),
        ("np.datetime64('2024-01-01T10', 'D')", 1, 1),
        ("np.datetime64(b)", 1, 5),
        ("np.timedelta64(b, 's')", 1, 2.5),
        ("np.timedelta64(b, 'x')", 1, 2),
        ("np.datetime64(b, 's')", 1, DELTAS[1]),
        ("b.astype('m8[D]')", 1, DAYS[0]),
        ("b.astype('m8[D]')", 1, MONTHS[0]),
        ("b.item()", 1, DAYS[0]),
        ("b.real", 1, DELTAS[1]),
        ("b.T", 1, DELTAS[1]),
        ("a / b", DELTAS[1], True),
        ("a + b", DELTAS[3], np.timedelta64(1, "ps")),
        ("a < b", DAYS[0], np.datetime64(1, "fs")),
        ("a < b", np.datetime64("2000"), np.datetime64(1, "ps")),
        ("b.astype('M8[ps]')", 1, DAYS[0]),
        ("b.astype('M8[as]')", 1, np.datetime64("2000", "Y")),
        ("b.astype('M8[D]')", 1, np.datetime64(5, "as")),
        ("b.astype('m8[W]')", 1, np.timedelta64(5, "fs")),
        ("np.datetime64(b, 'D')", 1, np.int64(3)),
        ("print(b)", 1, DAYS[0]),
        ("str([b])", 1, DAYS[0]),
        ("repr((b, 1))", 1, DAYS[0]),
        ("b == None", 1, DAYS[0]),
    ],
)
def test_refusals(expression, a, b):
    with pytest.raises(CompileError):
        native(define(f"def f(a, b):\n    return {expression}\n"))(a, b)


def test_stores_of_another_dtype_are_refused():
    def store(a, x):
        a[0] = x

    for x in (np.datetime64("2024-01-01T00"), np.timedelta64(1, "D"), 5, 2.5, "2024-01-01", None):
        refused(store, DAYS.copy(), x, _code="CB0504")
    refused(store, np.zeros(2), DAYS[0], _code="CB0504")
    refused(store, np.zeros(2, np.int64), DELTAS[1], _code="CB0504")


def test_units_of_several_are_not_taken():
    def give(a):
        return a

    for value in (np.timedelta64(3, "25s"), np.zeros(2, "M8[7D]"), np.zeros(2, ">M8[D]")):
        with pytest.raises(TypeError):
            native(give)(value)


FAR = [2**55, -(2**54), 2**63 - 1, -(2**63) + 1, -(2**63) + 2, -(10**6)]


@pytest.mark.parametrize("source", UNITS[:10])
@pytest.mark.parametrize("target", UNITS[:10])
def test_counts_that_wrap(source, target):
    func = define(f"def f(t):\n    return t.astype('M8[{target}]')\n")
    for count in FAR:
        t = np.array(count).view(f"M8[{source}]")[()]
        # The month of a day beyond all years isn't told.
        if not (source in "WD" and target in "YM" or source in "YM" and abs(count) > 2**55):
            assert native(func)(t).view("i8") == func(t).view("i8"), (source, target, count)


@pytest.mark.parametrize("coarse, fine", [("D", "ps"), ("D", "as"), ("h", "fs"), ("W", "ps"), ("s", "as"), ("s", "fs")])
def test_units_too_far_apart(coarse, fine):
    def add(a, b):
        return a + b

    def less(a, b):
        return a < b

    for make in (np.timedelta64, np.datetime64):
        a, b = make(1, coarse), make(1, fine)
        far = fine != "fs" or coarse == "h"
        for func in (add, less, define(f"def f(a, b):\n    return a.astype('{b.dtype.str[1:]}')\n")):
            if func is add and make is np.datetime64:
                continue
            if far:
                with pytest.raises(OverflowError):
                    func(a, b)
                with pytest.raises(CompileError):
                    native(func)(a, b)
            else:
                check(func, a, b)


@pytest.mark.parametrize("year", [2**53, -(2**53), 25_252_734_927_766_552, -25_252_734_927_766_552])
def test_days_of_far_years(year):
    def days(t):
        return t.astype("M8[D]")

    check(days, np.datetime64(year, "Y"))
    check(days, np.datetime64(12 * (year >> 4) + 5, "M"))


@pytest.mark.parametrize("count", [-(2**63) + 1, -(2**63) + 2, -(2**63) + 59, -(2**63) + 3600])
@pytest.mark.parametrize("fine, coarse", [("s", "m"), ("s", "h"), ("h", "D"), ("D", "W"), ("ns", "s")])
def test_the_least_counts_in_a_coarser_unit(count, fine, coarse):
    for kind in "Mm":
        func = define(f"def f(t):\n    return t.astype('{kind}8[{coarse}]')\n")
        check(func, np.array(count).view(f"{kind}8[{fine}]")[()])


def test_dates_in_exceptions_are_refused():
    def f(t):
        raise ValueError(t)

    def g(d, t):
        return d[t]

    with pytest.raises(CompileError):
        native(f)(DAYS[0])
    with pytest.raises(CompileError):
        native(g)({1: 2}, DAYS[0])
