"""`datetime64` and `timedelta64`: counts of a unit, the least of which is NaT.

`prim.ticks` gives the count of a value as a Python int, `prim.time` the value of a
count. Counts wrap, as NumPy's do; whatever meets NaT is NaT, and compares as unequal.
Units are in the types, so which conversion is needed is decided when compiling.
"""


def nat():
    return -9223372036854775807 - 1


def ticks_in(x, dtype):
    """The count of a value in the unit of a dtype; a number counts in that unit."""
    if prim.is_number(x):
        return prim.to_python(x) + 0
    else:
        return converted(prim.ticks(x), prim.dtype(x), dtype)


def converted(count, source, target):
    """A count in another unit."""
    days = prim.time_dtype("datetime64[D]")
    if source == target or prim.time_ratio(source, target) == 1:
        return count
    elif count == nat():
        return count
    elif prim.time_ratio(source, target) > 0:
        return prim.wrap_mul(count, prim.time_ratio(source, target))
    elif prim.time_ratio(target, source) > 0:
        if prim.kind(target) == "M" and prim.is_calendar(target):
            return count // prim.time_ratio(target, source)
        else:
            return toward_less(count, prim.time_ratio(target, source))
    elif prim.is_calendar(source) == prim.is_calendar(target):
        prim.error("these units are too far apart: a count of one doesn't fit the other")
    elif prim.kind(source) == "m" or prim.kind(target) == "m":
        prim.error("years and months have no fixed number of days")
    elif prim.is_calendar(source):
        if prim.time_ratio(days, target) == 0 and prim.time_ratio(target, days) == 0:
            prim.error("these units are too far apart: a count of one doesn't fit the other")
        else:
            return converted(first_day(count, source), days, target)
    else:
        if prim.time_ratio(days, source) == 0 and prim.time_ratio(source, days) == 0:
            prim.error("these units are too far apart: a count of one doesn't fit the other")
        else:
            month = month_of(whole_days(count, source))
            return converted(month, prim.time_dtype("datetime64[M]"), target)


def toward_less(count, by):
    """NumPy's division of a count, whose numerator wraps near the least."""
    if count < 0:
        return prim.c_quotient(prim.wrap_sub(count, by - 1), by)
    return prim.c_quotient(count, by)


def whole_days(count, dtype):
    days = prim.time_dtype("datetime64[D]")
    if prim.time_ratio(days, dtype) > 0:
        return count // prim.time_ratio(days, dtype)
    else:
        return converted(count, dtype, days)


def first_day(count, dtype):
    """Days from 1970-01-01 to the first of a year or month."""
    if prim.time_ratio(prim.time_dtype("datetime64[Y]"), dtype) == 1:
        return days_of(count, 1)
    else:
        return days_of(count // 12, count % 12 + 1)


def days_of(years, month):
    """Days from 1970-01-01 to the first of a month so many years later, in NumPy's steps."""
    days = prim.wrap_mul(years, 365)
    if days >= 0:
        y = prim.wrap_add(years, 1)
        leaps = prim.c_quotient(y, 4) - prim.c_quotient(prim.wrap_add(y, 68), 100)
        leaps = leaps + prim.c_quotient(prim.wrap_add(y, 368), 400)
        days = prim.wrap_add(days, leaps)
    else:
        y = prim.wrap_sub(years, 2)
        z = prim.wrap_sub(y, 28)
        leaps = prim.c_quotient(y, 4) - prim.c_quotient(z, 100) + prim.c_quotient(z, 400)
        days = prim.wrap_add(days, leaps)
    before = (367 * month - 362) // 12
    if month > 2:
        year = prim.wrap_add(1970, years)
        if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
            before = before - 1
        else:
            before = before - 2
    return prim.wrap_add(days, before)


def month_of(days):
    """Months from 1970-01 to that of a day."""
    z = days + 719468
    era = z // 146097
    of_era = z - era * 146097
    of_400 = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * of_400 + of_400 // 4 - of_400 // 100)
    # Months since March, of years that begin with it.
    months = (5 * of_year + 2) // 153
    return (of_400 + era * 400 - 1970) * 12 + months + 2


def add(x, y):
    if x == nat() or y == nat():
        return nat()
    return prim.wrap_add(x, y)


def subtract(x, y):
    if x == nat() or y == nat():
        return nat()
    return prim.wrap_sub(x, y)


def add_date(a, b):
    dtype = prim.common_date(a, b)
    return prim.time(add(ticks_in(a, dtype), ticks_in(b, dtype)), dtype)


def add_delta(a, b):
    dtype = prim.common_delta(a, b)
    return prim.time(add(ticks_in(a, dtype), ticks_in(b, dtype)), dtype)


def sub_date(a, b):
    dtype = prim.common_date(a, b)
    return prim.time(subtract(ticks_in(a, dtype), ticks_in(b, dtype)), dtype)


def sub_delta(a, b):
    dtype = prim.common_delta(a, b)
    if prim.is_number(a) or prim.is_number(b) or prim.kind(prim.dtype(a)) == "m":
        return prim.time(subtract(ticks_in(a, dtype), ticks_in(b, dtype)), dtype)
    else:
        date = prim.common_date(a, b)
        return prim.time(subtract(ticks_in(a, date), ticks_in(b, date)), dtype)


def multiply(d, n):
    count = prim.ticks(d)
    if count == nat():
        return d
    return prim.time(prim.wrap_mul(count, prim.to_python(n) + 0), prim.dtype(d))


def multiplied(n, d):
    return multiply(d, n)


def multiply_float(d, x):
    count = prim.ticks(d)
    if count == nat():
        return d
    # What isn't finite or doesn't fit becomes the least count, which is NaT.
    return prim.time(prim.int_of_float(float(count) * float(x)), prim.dtype(d))


def multiplied_float(x, d):
    return multiply_float(d, x)


def divide(d, n):
    count = prim.ticks(d)
    by = prim.to_python(n) + 0
    if count == nat() or by == 0:
        return prim.time(nat(), prim.dtype(d))
    return prim.time(prim.c_quotient(count, by), prim.dtype(d))


def divide_float(d, x):
    count = prim.ticks(d)
    if count == nat():
        return d
    return prim.time(prim.int_of_float(prim.divide(float(count), float(x))), prim.dtype(d))


def ratio(a, b):
    dtype = prim.common_delta(a, b)
    x = ticks_in(a, dtype)
    y = ticks_in(b, dtype)
    if x == nat() or y == nat():
        return np.float64(np.nan)
    return np.float64(prim.divide(float(x), float(y)))


def floor_ratio(a, b):
    dtype = prim.common_delta(a, b)
    x = ticks_in(a, dtype)
    y = ticks_in(b, dtype)
    if x == nat() or y == nat() or y == 0:
        return np.int64(0)
    return np.int64(x // y)


def remainder(a, b):
    dtype = prim.common_delta(a, b)
    x = ticks_in(a, dtype)
    y = ticks_in(b, dtype)
    if x == nat() or y == nat() or y == 0:
        return prim.time(nat(), dtype)
    return prim.time(x % y, dtype)


def divmod_delta(a, b):
    return floor_ratio(a, b), remainder(a, b)


def negative(d):
    # The least is its own negative.
    return prim.time(prim.wrap_sub(0, prim.ticks(d)), prim.dtype(d))


def absolute(d):
    count = prim.ticks(d)
    if count < 0:
        return prim.time(prim.wrap_sub(0, count), prim.dtype(d))
    return d


def sign(d):
    count = prim.ticks(d)
    # NumPy asks the count alone, so that NaT is negative.
    if count == 0:
        return d
    elif count > 0:
        return prim.time(1, prim.dtype(d))
    return prim.time(-1, prim.dtype(d))


def isnat(x):
    return np.bool_(prim.ticks(x) == nat())


def isinf(x):
    return np.bool_(False)


def isfinite(x):
    return np.bool_(prim.ticks(x) != nat())


def minimum(a, b):
    dtype = compared(a, b)
    x = ticks_in(a, dtype)
    y = ticks_in(b, dtype)
    # NaT is the least count.
    return prim.time(x if x < y else y, dtype)


def maximum(a, b):
    dtype = compared(a, b)
    x = ticks_in(a, dtype)
    y = ticks_in(b, dtype)
    if x == nat() or y == nat():
        return prim.time(nat(), dtype)
    return prim.time(y if x < y else x, dtype)


def fmin(a, b):
    dtype = compared(a, b)
    x = ticks_in(a, dtype)
    y = ticks_in(b, dtype)
    if x == nat():
        return prim.time(y, dtype)
    elif y == nat():
        return prim.time(x, dtype)
    return prim.time(x if x < y else y, dtype)


def fmax(a, b):
    dtype = compared(a, b)
    x = ticks_in(a, dtype)
    y = ticks_in(b, dtype)
    return prim.time(y if x < y else x, dtype)


def compared(a, b):
    """The dtype to compare two values in."""
    if prim.is_number(a) or prim.is_number(b):
        return prim.common_delta(a, b)
    elif prim.kind(prim.dtype(a)) == "M":
        return prim.common_date(a, b)
    else:
        return prim.common_delta(a, b)


def less(a, b):
    dtype = compared(a, b)
    x = ticks_in(a, dtype)
    y = ticks_in(b, dtype)
    return np.bool_(x < y and x != nat() and y != nat())


def less_equal(a, b):
    dtype = compared(a, b)
    x = ticks_in(a, dtype)
    y = ticks_in(b, dtype)
    return np.bool_(x <= y and x != nat() and y != nat())


def greater(a, b):
    return less(b, a)


def greater_equal(a, b):
    return less_equal(b, a)


def equal(a, b):
    dtype = compared(a, b)
    x = ticks_in(a, dtype)
    y = ticks_in(b, dtype)
    return np.bool_(x == y and x != nat() and y != nat())


def not_equal(a, b):
    return np.bool_(not equal(a, b))


def smaller(a, b):
    if less(b, a):
        return b
    return a


def larger(a, b):
    if less(a, b):
        return b
    return a


def copy(x):
    return x


def in_unit(x, name):
    """`np.datetime64(x, unit)`"""
    return time_cast(x, prim.time_dtype(name))


def time_cast(x, dtype):
    """A date or difference, or a number, as `astype` gives it."""
    if prim.is_number(x):
        if prim.kind(prim.dtype(x)) == "i" or prim.kind(prim.dtype(x)) == "b":
            return prim.time(prim.to_python(x) + 0, dtype)
        else:
            prim.error("astype of {} to a date or difference is not compiled", x)
    elif prim.is_time(dtype):
        if prim.kind(prim.dtype(x)) == prim.kind(dtype):
            if prim.time_ratio(dtype, prim.time_dtype("timedelta64[as]")) == 1 and prim.time_ratio(
                dtype, prim.time_dtype("timedelta64[Y]")
            ) == 1:
                # No unit: that of the value stays.
                return x
            else:
                return prim.time(converted(prim.ticks(x), prim.dtype(x), dtype), dtype)
        else:
            prim.error("astype between dates and differences is not compiled: {}", x)
    else:
        return prim.cast(prim.ticks(x), dtype)


def astype(x, dtype, order="K", casting="unsafe", subok=True, copy=True):
    return time_cast(x, prim.dtype_given(dtype))


def cast_elements(view, source):
    """Convert the elements of an array into one of the same shape."""
    if view.ndim == 0:
        view[()] = time_cast(source[()], prim.dtype(view))
    elif view.ndim == 1:
        for i in range(len(view)):
            view[i] = time_cast(source[i], prim.dtype(view))
    else:
        for i in range(len(view)):
            cast_elements(view[i], source[i])
