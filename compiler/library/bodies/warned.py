"""Warnings of NumPy's functions: which calls of NumPy warn of the same things.

A body notes the text of a call that warns as NumPy would have warned; the user's function
issues it (`prim.warn_note`). All texts are constants: a call is what stands before its
operand and what stands between that and the other arguments, so that functions and methods
are written alike. What warns, and where NumPy says that it does, is the running NumPy's
affair. Not here: warnings of the elementwise arithmetic inside of a function, such as those of
infinities whose variance is asked for.
"""


def of_dtype(dtype):
    """An argument for a dtype in which NumPy's texts are its own."""
    if dtype == prim.dtype(np.float32):
        return ", np.float32"
    elif dtype == prim.dtype(np.complex64):
        return ", np.complex64"
    elif prim.kind(dtype) == "c":
        return ", np.complex128"
    elif prim.kind(dtype) == "f":
        return ""
    else:
        return ", np.int64"


def note(call, operand, rest):
    """Notes a call of NumPy."""
    prim.warn_note(call[0] + operand + call[1] + rest + ")")


def has_zero(count):
    """Whether there is nothing in a slice."""
    if prim.is_array(count):
        return bool(np.any(count == 0))
    else:
        return bool(count == 0)


def empty_mean(result, count, dtype, call):
    """Notes the mean of nothing; `call` is ``("np.mean(", ", ")`` or ``("", ".mean(")``."""
    if has_zero(count):
        of_nothing(result, dtype, call, "")


def of_nothing(result, dtype, call, rest):
    """Notes a reduction of nothing to a result."""
    if not prim.is_array(result):
        note(call, "np.empty(0" + of_dtype(dtype) + ")", "axis=None" + rest)
    elif result.size == 0:
        note(call, "np.empty((0, 0)" + of_dtype(dtype) + ")", "axis=0" + rest)
    else:
        note(call, "np.empty((0, 1)" + of_dtype(dtype) + ")", "axis=0" + rest)


def has_less(count, ddof):
    """Whether a slice has no degrees of freedom."""
    if prim.is_array(count):
        return bool(np.any(count <= ddof))
    else:
        return bool(count <= ddof)


def no_degrees(total, count, ddof, mean, dtype, call):
    """Notes a variance without degrees of freedom, before sums of squares are divided."""
    if has_less(count, ddof):
        if has_zero(count):
            of_nothing(total, dtype, call, "" if mean is None else ", mean=np.zeros(())")
        elif not prim.is_array(total):
            if total == 0:
                note(call, "np.zeros(1" + of_dtype(dtype) + ")", "ddof=1")
            elif np.isnan(total):
                note(call, "np.zeros(1" + of_dtype(dtype) + ") * np.nan", "ddof=1")
            else:
                note(call, "np.array([0, 1]" + of_dtype(dtype) + ")", "ddof=2")
        else:
            of_columns(total, count, ddof, dtype, call)


def of_columns(totals, count, ddof, dtype, call):
    """The same for several slices: sums of 0 and others are divided by 0."""
    if prim.is_array(count):
        divided = count <= ddof
        found = int(np.any(divided & (totals == 0))) + 2 * int(np.any(divided & (totals > 0)))
    else:
        found = zeros_and_others(totals)
    if found == 3:
        note(call, "np.array([[0, 0], [0, 1]]" + of_dtype(dtype) + ")", "axis=0, ddof=2")
    elif found == 1:
        note(call, "np.zeros((1, 1)" + of_dtype(dtype) + ")", "axis=0, ddof=1")
    elif found == 2:
        note(call, "np.array([[0], [1]]" + of_dtype(dtype) + ")", "axis=0, ddof=2")
    elif totals.size == 0:
        note(call, "np.empty((1, 0)" + of_dtype(dtype) + ")", "axis=0, ddof=1")
    else:
        note(call, "np.full((1, 1), np.nan" + of_dtype(dtype) + ")", "axis=0, ddof=1")


def zeros_and_others(totals):
    """1 where a sum is 0, and 2 where one is more."""
    found = 0
    if totals.ndim == 0:
        if totals[()] == 0:
            found = 1
        elif totals[()] > 0:
            found = 2
    else:
        for i in range(len(totals)):
            if totals.ndim > 1:
                found |= zeros_and_others(totals[i])
            elif totals[i] == 0:
                found |= 1
            elif totals[i] > 0:
                found |= 2
    return found


def all_nan(result, call):
    """Notes slices of nothing but nan, whose result is nan."""
    if has_nan(result):
        note(call, "np.array([np.nan])", "axis=None")


def has_nan(x):
    if not prim.is_array(x):
        return bool(np.isnan(x))
    elif x.ndim == 0:
        return bool(np.isnan(x[()]))
    else:
        for i in range(len(x)):
            if has_nan(x[i]):
                return True
        return False


def each_all_nan(count, one_axis, call):
    """Notes each of the slices of nothing but nan."""
    for i in range(min(count, 4)):
        if one_axis:
            note(call, "np.array([[np.nan]])", "axis=0")
        else:
            note(call, "np.array([np.nan])", "axis=None")


def few_observations(c, n, name):
    """Notes covariances of too few observations, divided by nothing."""
    if name == "np.corrcoef" and n == 0:
        prim.warn_note("np.corrcoef(np.empty((2, 0)))" if len(c) > 1 else "np.corrcoef(np.empty(0))")
    elif name == "np.corrcoef":
        prim.warn_note("np.corrcoef(np.zeros((2, 1)))" if len(c) > 1 else "np.corrcoef(np.zeros(1))")
    elif n == 0:
        prim.warn_note("np.cov(np.empty(0))")
    elif n == 1:
        prim.warn_note("np.cov(np.zeros(1))")
    elif has_nan(c):
        prim.warn_note("np.cov(np.array([[0.0, 1.0], [0.0, 0.0]]), ddof=2)")
    else:
        prim.warn_note("np.cov(np.array([0.0, 1.0]), ddof=2)")


def constant_variables(c, single):
    """Notes correlations of variables that don't vary."""
    zeros = 0
    for i in range(len(c)):
        if c[i, i] == 0:
            zeros += 1
    if zeros > 0:
        if single:
            prim.warn_note("np.corrcoef(np.zeros(2))")
        elif zeros == len(c):
            prim.warn_note("np.corrcoef(np.zeros((2, 2)))")
        else:
            prim.warn_note("np.corrcoef(np.array([[0.0, 1.0], [0.0, 0.0]]))")
