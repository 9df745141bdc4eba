"""Where the smallest and largest elements are: argmin, argmax.

The first of equal elements wins, and the first nan over every number.
"""

from arrays import copy_elements
from axes import constant_flag, inserted, normalize, without
from copying import as_array, duplicate
from on_threads import best_position
from outputs import check_out


def beats(x, best, largest):
    """Whether an element is better than the best so far; a nan is better than any number."""
    if prim.kind(prim.dtype(x)) == "f" or prim.kind(prim.dtype(x)) == "c":
        if largest:
            return not (x <= best) and not np.isnan(best)
        else:
            return not (x >= best) and not np.isnan(best)
    elif largest:
        return x > best
    else:
        return x < best


def best_of_line(line, largest):
    """The position of the best element of a line that isn't empty."""
    best = line[0]
    at = 0
    for i in range(1, len(line)):
        if beats(line[i], best, largest):
            best = line[i]
            at = i
    return at


def best_of_long(line, largest):
    """As `best_of_line`, on several threads where that is asked for and pays."""
    if prim.on_threads_reduction and len(line) >= prim.enough:
        return best_position(line, largest, best_of_line)
    else:
        return best_of_line(line, largest)


def along(a, out, axis, largest):
    """Positions along an axis of an array of any dimension."""
    if a.ndim == 1:
        out[()] = best_of_line(a, largest)
    elif a.ndim == 2 and axis == 0:
        for k in range(a.shape[1]):
            out[k] = best_of_line(a[:, k], largest)
    elif axis == 0:
        # The axis goes behind the next one, which is walked through.
        for k in range(a.shape[1]):
            along(a[:, k], out[k], 0, largest)
    elif a.ndim == 2:
        for i in range(len(a)):
            out[i] = best_of_line(a[i], largest)
    else:
        for i in range(len(a)):
            along(a[i], out[i], axis - 1, largest)


def flat(a):
    """The elements in C order."""
    if prim.layout(a) == "C":
        return prim.view_c(a, a.size)
    else:
        return prim.view_c(duplicate(a, prim.dtype(a), "C"), a.size)


def refuse_empty(largest):
    """What NumPy raises where there is nothing to choose from."""
    if largest:
        raise ValueError("attempt to get argmax of an empty sequence")
    else:
        raise ValueError("attempt to get argmin of an empty sequence")


def positions(a, axis, keepdims, largest):
    """Where the best elements are: a number, or an array of positions along the axis."""
    constant_flag(keepdims)
    if axis is None or a.ndim < 2:
        if axis is not None:
            normalize(axis, max(a.ndim, 1))
        if a.size == 0:
            refuse_empty(largest)
        at = np.int64(best_of_long(a if a.ndim == 1 else flat(a), largest))
        if keepdims and a.ndim > 0:
            result = prim.empty((1,) * a.ndim, np.int64)
            result[(0,) * a.ndim] = at
            return result
        else:
            return at
    else:
        k = normalize(axis, a.ndim)
        if a.shape[k] == 0 and a.size == 0:
            refuse_empty(largest)
        result = prim.empty(without(a.shape, k), np.int64)
        along(a, result, k, largest)
        if keepdims:
            return prim.view_c(result, inserted(without(a.shape, k), k, 1))
        else:
            return result


def position(array, axis, out, keepdims, largest):
    """The common part of argmin and argmax."""
    return deliver_positions(out, positions(as_array(array), axis, keepdims, largest), largest)


def deliver_positions(out, result, largest):
    """The result, stored where there is an `out`, to which an int64 must be castable and back."""
    if out is None:
        return result
    elif not prim.is_array(out):
        prim.error("output must be an array, not {}", out)
    elif prim.kind(prim.dtype(out)) == "f" or prim.kind(prim.dtype(out)) == "c" or prim.dtype(out) == prim.dtype(np.uint64):
        prim.error("Cannot cast array data from {} to dtype('int64') according to the rule 'safe'", out)
    else:
        check_out(out)
        if out.ndim != as_array(result).ndim:
            prim.error("output array does not match result of np.argmin or np.argmax: {}", out)
        else:
            if not (out.shape == as_array(result).shape):
                if largest:
                    raise ValueError("output array does not match result of np.argmax.")
                else:
                    raise ValueError("output array does not match result of np.argmin.")
            copy_elements(out, as_array(result))
            return out


@implements("numpy.argmin", "ndarray.argmin")
def argmin(a, axis=None, out=None, *, keepdims=False):
    """The position of the smallest element."""
    return position(a, axis, out, keepdims, False)


@implements("numpy.argmax", "ndarray.argmax")
def argmax(a, axis=None, out=None, *, keepdims=False):
    """The position of the largest element."""
    return position(a, axis, out, keepdims, True)
