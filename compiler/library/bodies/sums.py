"""Sums and products: sum, prod."""

from axes import dtype_or
from copying import as_array
from folds import in_lanes, in_order
from masked import reduction
from outputs import loop_dtype, start_with
from pairwise import sum_line
from reduce import reduce


def sum_dtype(dtype):
    """The dtype of sums and products: integers narrower than 64 bits are widened."""
    if prim.kind(dtype) == "b" or prim.kind(dtype) == "i":
        return prim.dtype(np.int64)
    elif prim.kind(dtype) == "u":
        return prim.dtype(np.uint64)
    else:
        return prim.dtype_given(dtype)


def is_inexact(dtype):
    """Whether the order of operations shows in the result."""
    return prim.kind(dtype) == "f" or prim.kind(dtype) == "c"


def add(x, y):
    return x + y


def multiply(x, y):
    return x * y


def either(x, y):
    return x | y


def both(x, y):
    return x & y


def sum_as(a, axis, dtype, keepdims, initial):
    """The sum in a dtype."""
    return sum_chosen(a, axis, dtype, None, keepdims, initial, True)


def sum_chosen(a, axis, dtype, out, keepdims, initial, where):
    """The sum in a dtype, of bool the disjunction, with NumPy's other keywords."""
    start = start_with(initial, 0, dtype)
    if prim.kind(dtype) == "b":
        return reduction(a, axis, dtype, out, keepdims, where, start, in_lanes, either, False)
    elif is_inexact(dtype):
        return reduction(a, axis, dtype, out, keepdims, where, start, sum_line, add, True)
    else:
        return reduction(a, axis, dtype, out, keepdims, where, start, in_lanes, add, False)


@implements("numpy.sum", "ndarray.sum")
def sum(a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True):
    """The sum of elements."""
    x = as_array(a)
    wanted = loop_dtype(x, dtype, out, sum_dtype(prim.dtype(x)))
    return sum_chosen(x, axis, wanted, out, keepdims, initial, where)


@implements("numpy.prod", "ndarray.prod")
def prod(a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True):
    """The product of elements."""
    x = as_array(a)
    wanted = loop_dtype(x, dtype, out, sum_dtype(prim.dtype(x)))
    start = start_with(initial, 1, wanted)
    if prim.kind(wanted) == "b":
        return reduction(x, axis, wanted, out, keepdims, where, start, in_lanes, both, False)
    elif is_inexact(wanted):
        return reduction(x, axis, wanted, out, keepdims, where, start, in_order, multiply, True)
    else:
        return reduction(x, axis, wanted, out, keepdims, where, start, in_lanes, multiply, False)
