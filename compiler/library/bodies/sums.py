"""Sums and products: sum, prod, and nansum."""

from arrays import copy_elements
from axes import dtype_or, no_out
from copying import as_array
from folds import in_lanes, in_order
from nest import room_like
from pairwise import sum_line
from reduce import reduce


def sum_dtype(dtype):
    """The dtype of sums and products: integers narrower than 64 bits are widened."""
    if prim.kind(dtype) == "b" or prim.kind(dtype) == "i":
        return prim.dtype(np.int64)
    elif prim.kind(dtype) == "u":
        return prim.dtype(np.uint64)
    else:
        return prim.dtype(dtype)


def is_inexact(dtype):
    """Whether the order of operations shows in the result."""
    return prim.kind(dtype) == "f" or prim.kind(dtype) == "c"


def add(x, y):
    return x + y


def multiply(x, y):
    return x * y


def start_with(initial, default, dtype):
    """The accumulator's first value."""
    if initial is None:
        return prim.cast(default, dtype)
    elif not prim.is_number(initial):
        prim.error("initial must be a number, not {}", initial)
    else:
        return prim.cast(initial, dtype)


def sum_as(a, axis, dtype, keepdims, initial):
    """The sum in a dtype."""
    start = start_with(initial, 0, dtype)
    if prim.kind(dtype) == "b":
        prim.error("a sum with dtype=bool is not supported: use np.any")
    else:
        if is_inexact(dtype):
            return reduce(a, axis, dtype, keepdims, start, sum_line, add, True)
        else:
            return reduce(a, axis, dtype, keepdims, start, in_lanes, add, False)


@implements("numpy.sum", "ndarray.sum")
def sum(a, axis=None, dtype=None, out=None, keepdims=False, initial=None):
    no_out(out)
    x = as_array(a)
    return sum_as(x, axis, dtype_or(dtype, sum_dtype(prim.dtype(x))), keepdims, initial)


@implements("numpy.prod", "ndarray.prod")
def prod(a, axis=None, dtype=None, out=None, keepdims=False, initial=None):
    no_out(out)
    x = as_array(a)
    wanted = dtype_or(dtype, sum_dtype(prim.dtype(x)))
    if prim.kind(wanted) == "b":
        prim.error("a product with dtype=bool is not supported: use np.all")
    else:
        start = start_with(initial, 1, wanted)
        if is_inexact(wanted):
            return reduce(x, axis, wanted, keepdims, start, in_order, multiply, True)
        else:
            return reduce(x, axis, wanted, keepdims, start, in_lanes, multiply, False)


def without_nan(a):
    """A copy with 0 in the place of each nan; arrays without nan are themselves."""
    if is_inexact(prim.dtype(a)):
        out = room_like(a, prim.dtype(a))
        copy_elements(out, a)
        clear_nan(out)
        return out
    else:
        return a


def clear_nan(a):
    if a.ndim == 0:
        if np.isnan(a[()]):
            a[()] = prim.cast(0, prim.dtype(a))
    elif a.ndim == 1:
        for i in range(len(a)):
            if np.isnan(a[i]):
                a[i] = prim.cast(0, prim.dtype(a))
    else:
        for i in range(len(a)):
            clear_nan(a[i])


@implements("numpy.nansum")
def nansum(a, axis=None, dtype=None, out=None, keepdims=False, initial=None):
    return sum(without_nan(as_array(a)), axis, dtype, out, keepdims, initial)


def count_numbers(a, axis, keepdims):
    """How many elements aren't nan."""
    marked = a.astype(np.bool_, "K")
    mark_numbers(marked, a)
    return sum_as(marked, axis, prim.dtype(np.int64), keepdims, None)


def mark_numbers(marks, a):
    """Stores where an array has no nan."""
    if a.ndim == 0:
        marks[()] = not np.isnan(a[()])
    elif a.ndim == 1:
        for i in range(len(a)):
            marks[i] = not np.isnan(a[i])
    else:
        for i in range(len(a)):
            mark_numbers(marks[i], a[i])
