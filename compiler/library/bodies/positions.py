"""Where the smallest and largest elements are: argmin, argmax.

The first of equal elements wins, and the first nan over every number.
"""

from axes import constant_flag, inserted, no_out, normalize, without
from copying import as_array, duplicate


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


def position(array, axis, out, keepdims, largest):
    """The common part of argmin and argmax."""
    no_out(out)
    constant_flag(keepdims)
    a = as_array(array)
    if axis is None:
        if a.size == 0:
            if largest:
                raise ValueError("attempt to get argmax of an empty sequence")
            else:
                raise ValueError("attempt to get argmin of an empty sequence")
        line = a if a.ndim == 1 else flat(a)
        at = np.int64(best_of_line(line, largest))
        if keepdims:
            result = prim.empty((1,) * a.ndim, np.int64)
            result[(0,) * a.ndim] = at
            return result
        else:
            return at
    else:
        k = normalize(axis, a.ndim)
        if a.shape[k] == 0 and a.size == 0:
            if largest:
                raise ValueError("attempt to get argmax of an empty sequence")
            else:
                raise ValueError("attempt to get argmin of an empty sequence")
        result = prim.empty(without(a.shape, k), np.int64)
        if a.ndim == 1:
            at = np.int64(best_of_line(a, largest))
            if keepdims:
                single = prim.empty((1,), np.int64)
                single[0] = at
                return single
            else:
                return at
        else:
            along(a, result, k, largest)
            if keepdims:
                return prim.view_c(result, inserted(without(a.shape, k), k, 1))
            else:
                return result


@implements("numpy.argmin", "ndarray.argmin")
def argmin(a, axis=None, out=None, keepdims=False):
    return position(a, axis, out, keepdims, False)


@implements("numpy.argmax", "ndarray.argmax")
def argmax(a, axis=None, out=None, keepdims=False):
    return position(a, axis, out, keepdims, True)
