"""Running results along an axis: cumsum, cumprod, diff."""

from arrays import copy_elements
from axes import dtype_or, no_out, normalize
from copying import as_array
from positions import flat
from sums import add, multiply, sum_dtype


def scan(out, a, axis, dtype, step):
    """Combines each element along an axis with the result before it."""
    if a.ndim == 1:
        if len(a) > 0:
            acc = prim.cast(a[0], dtype)
            out[0] = acc
            for i in range(1, len(a)):
                acc = step(acc, prim.cast(a[i], dtype))
                out[i] = acc
    elif axis == 0:
        if len(a) > 0:
            copy_elements(out[0], a[0])
            for i in range(1, len(a)):
                combine(out[i], out[i - 1], a[i], dtype, step)
    else:
        for i in range(len(a)):
            scan(out[i], a[i], axis - 1, dtype, step)


def combine(out, before, a, dtype, step):
    """Elementwise results of the results before and an array."""
    if a.ndim == 1:
        for i in range(len(a)):
            out[i] = step(before[i], prim.cast(a[i], dtype))
    else:
        for i in range(len(a)):
            combine(out[i], before[i], a[i], dtype, step)


def scanned(array, axis, dtype, out, step):
    """The common part of cumsum and cumprod."""
    no_out(out)
    a = as_array(array)
    wanted = dtype_or(dtype, sum_dtype(prim.dtype(a)))
    if prim.kind(wanted) == "b":
        prim.error("dtype=bool is not supported here")
    elif axis is None:
        line = a if a.ndim == 1 else flat(a)
        result = prim.empty(line.shape, wanted)
        scan(result, line, 0, wanted, step)
        return result
    elif a.ndim == 0:
        return scanned(flat(a), axis, dtype, out, step)
    else:
        at = normalize(axis, a.ndim)
        result = prim.empty_f(a.shape, wanted) if prim.layout(a) == "F" else prim.empty(a.shape, wanted)
        scan(result, a, at, wanted, step)
        return result


@implements("numpy.cumsum", "ndarray.cumsum")
def cumsum(a, axis=None, dtype=None, out=None):
    return scanned(a, axis, dtype, out, add)


@implements("numpy.cumprod", "ndarray.cumprod")
def cumprod(a, axis=None, dtype=None, out=None):
    return scanned(a, axis, dtype, out, multiply)


def differences(out, a, axis):
    """Differences of neighbours along an axis."""
    if axis == 0:
        for i in range(len(out)):
            difference(out, i, a)
    else:
        for i in range(len(out)):
            differences(out[i], a[i], axis - 1)


def difference(out, i, a):
    """One row of differences along the first axis."""
    if a.ndim == 1:
        if prim.kind(prim.dtype(a)) == "b":
            out[i] = a[i + 1] != a[i]
        else:
            out[i] = a[i + 1] - a[i]
    else:
        subtract(out[i], a[i + 1], a[i])


def subtract(out, a, b):
    if a.ndim == 1:
        for i in range(len(out)):
            if prim.kind(prim.dtype(a)) == "b":
                out[i] = a[i] != b[i]
            else:
                out[i] = a[i] - b[i]
    else:
        for i in range(len(out)):
            subtract(out[i], a[i], b[i])


@implements("numpy.diff")
def diff(a, n=1, axis=-1):
    x = as_array(a)
    if x.ndim == 0:
        prim.error("diff requires input that is at least one dimensional")
    elif not prim.is_literal(n):
        prim.error("n must be a constant here")
    elif n < 0:
        prim.error("order must be non-negative")
    elif n == 0:
        return x
    else:
        at = normalize(axis, x.ndim)
        shape = prim.tuple_set(x.shape, at, max(x.shape[at] - 1, 0))
        out = prim.empty_f(shape, prim.dtype(x)) if prim.layout(x) == "F" else prim.empty(shape, prim.dtype(x))
        differences(out, x, at)
        return diff(out, n - 1, axis)
