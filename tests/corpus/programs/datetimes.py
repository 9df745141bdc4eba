"""`datetime64` and `timedelta64`."""

import numpy as np

from tests.corpus import call, program

DAYS = np.array(["2024-02-28", "2024-03-01", "2023-12-31"], "datetime64[D]")
SECONDS = np.array([60, 3600, -1], "timedelta64[s]")
GAPS = np.array(["2024-01-01", "NaT"], "datetime64[D]")


@program(call(DAYS))
def difference_of_items(a):
    return a[1] - a[0], a[2] - a[1]


@program(call(DAYS))
def comparisons(a):
    return a[0] < a[1], a[0] == a[0], a[1] >= a[2], a[0] != a[1]


@program(call(DAYS, np.timedelta64(2, "D")))
def adding_a_delta(a, d):
    return a[0] + d, a[1] - d


@program(call(np.datetime64("2024-01-01"), np.timedelta64(36, "h")))
def units_are_combined(t, d):
    return t + d, t - d


@program(call(SECONDS), deviation="quotient-of-deltas")
def deltas(d):
    return d[0] + d[1], d[0] * 3, -d[2], abs(d[2]), d[1] // d[0], d[1] / d[0], d[0] < d[1]


@program(call(DAYS))
def loop(a):
    latest = a[0]
    for t in a:
        if t > latest:
            latest = t
    return latest


@program(call(GAPS))
def not_a_time(a):
    return np.isnat(a[0]), np.isnat(a[1]), a[1] == a[1], a[0] < a[1], a[1] - a[0]


@program(call(DAYS))
def stores(a):
    for i in range(len(a)):
        a[i] = a[i] + np.timedelta64(i, "D")


@program(call(SECONDS))
def as_numbers(d):
    return d[0].astype(np.int64), d[1] / np.timedelta64(1, "m"), d.astype(np.int64)


@program(call(1))
def constants(n):
    t = np.datetime64("2024-02-28")
    return t + np.timedelta64(n, "D"), t < np.datetime64("2024-03-01")


@program(call(DAYS))
def array_arithmetic(a):
    return a - a[0], np.diff(a), a.max(), (a > a[0]).sum()


@program(call(GAPS), call(DAYS))
def order_of_dates(a):
    b = np.sort(a)
    return b, np.argsort(a), a.argmax(), np.unique(a), np.searchsorted(b, a[0]), a.min(), a.max()


@program(call(SECONDS), call(SECONDS[:0]))
def sums_of_deltas(d):
    return d.sum(), d.mean(), abs(d), -d * 2, np.cumsum(d), d / np.timedelta64(1, "m")


@program(call(GAPS, np.timedelta64(36, "h")))
def shifted(a, d):
    b = a + d
    b[np.isnat(b)] = b[0]
    b[1:] += np.arange(1)
    return b, np.where(np.isnat(a), b, a), b[b > a[0]], np.minimum(a, b)


@program(call(DAYS, SECONDS[:2]))
def dates_of_two_shapes(a, d):
    return a + d


@program(call(np.datetime64("2024-01-30"), np.datetime64("2024-02-03")))
def days_between(first, last):
    days = np.arange(first, last)
    return days, np.diff(days), days.astype("M8[M]"), (days - first) / np.timedelta64(1, "D")


@program(call(DAYS), call(DAYS[:0]))
def longest_gap(a):
    longest = np.timedelta64(0, "D")
    for i in range(1, len(a)):
        gap = a[i] - a[i - 1]
        if gap > longest:
            longest = gap
    return longest, longest.astype("m8[h]")


@program(call(DAYS))
def months_of_days(a):
    out = np.empty(len(a), "datetime64[M]")
    for i in range(len(a)):
        out[i] = a[i].astype("datetime64[M]")
    return out, a.astype("datetime64[Y]")


@program(call(5), call(2.5), call(np.float32(1.5)), call(float("nan")))
def scaled_delta(x):
    d = np.timedelta64(7, "m") * x
    return d, np.isnat(d), d / 2


@program(call(np.datetime64("2024-01-31"), np.timedelta64(1, "M")))
def months_are_not_added_to_days(t, d):
    return t + d


@program(call(DAYS, 7))
def index_out_of_range(a, i):
    return a[i]
