"""What reductions do with their results and operands: ``out=``, ``initial=``.

As NumPy's, reductions compute in the dtype that the array and `out` have in common
where no dtype is asked for, and the result is stored without a check of casts.
Shapes are checked: `out` isn't broadcast.
"""

from arrays import assign, copy_elements
from axes import dtype_or


def loop_dtype(array, dtype, out, default):
    """The dtype in which a reduction computes."""
    if dtype is None and out is not None:
        return prim.result_type(prim.dtype(array), prim.dtype(out))
    else:
        return dtype_or(dtype, default)


def check_out(out):
    """Refuses what isn't an array that can be written to."""
    if not prim.is_array(out):
        prim.error("output must be an array, not {}", out)
    elif prim.readonly(out):
        raise ValueError("output array is read-only")


def deliver(out, result):
    """The result of a reduction, stored where there is an `out`."""
    if out is None:
        return result
    else:
        check_out(out)
        if prim.is_array(result):
            if out.ndim != result.ndim:
                prim.error("output parameter for reduction operation has the wrong number of dimensions: {}", out)
            else:
                prim.guard(
                    out.shape == result.shape,
                    "ValueError",
                    "operands could not be broadcast together with remapped shapes [original->remapped]: {} {} ",
                    out.shape,
                    result.shape,
                )
                copy_elements(out, result)
        elif out.ndim != 0:
            prim.error("output parameter for reduction operation has the wrong number of dimensions: {}", out)
        else:
            out[()] = prim.cast(result, prim.dtype(out))
        return out


def deliver_same_kind(out, result):
    """The same for a result of a ufunc: casts to a lower kind are refused, `out` may be broadcast."""
    if out is None:
        return result
    else:
        check_out(out)
        if rank(prim.dtype(result)) > rank(prim.dtype(out)):
            prim.error("cannot cast to {} with casting rule 'same_kind'", out)
        elif prim.is_array(result):
            assign(out, result)
        else:
            out[...] = result
        return out


def rank(dtype):
    """Kinds of numbers in the order in which they may be cast as the same kind."""
    if prim.kind(dtype) == "b":
        return 0
    elif prim.kind(dtype) == "u":
        return 1
    elif prim.kind(dtype) == "i":
        return 2
    elif prim.kind(dtype) == "f":
        return 3
    else:
        return 4


def start_with(initial, default, dtype):
    """The accumulator's first value."""
    if initial is None:
        return prim.cast(default, dtype)
    elif not prim.is_number(initial):
        prim.error("initial must be a number, not {}", initial)
    elif prim.is_integer(initial) and (prim.kind(dtype) == "i" or prim.kind(dtype) == "u"):
        # An integer is refused where it doesn't fit, but NumPy's for unsigned elements.
        probe = prim.empty(1, dtype)
        probe[0] = initial
        return probe[0]
    else:
        return prim.cast(initial, dtype)
