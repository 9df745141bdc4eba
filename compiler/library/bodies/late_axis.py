"""Functions with an axis that is known at run time only.

What such a call gives is made for each axis, and one of them is chosen: the types of all
have to have a common one, as they do wherever the axis doesn't say how many dimensions
there are. The front end comes here (`infer/late_axis.rs`) where a function asks for a
constant; `more` is how many axes more than its operand a function counts, `several` says that
the operand is a sequence of arrays.
"""

from copying import as_array


def called(function, axis, more, several, a, *rest, **named):
    n = dimensions(a, several) + more
    at = int(axis)
    if n == 0:
        if at != 0 and at != -1:
            raise np.exceptions.AxisError(at, n, None)
    elif at < -n or at >= n:
        raise np.exceptions.AxisError(at, n, None)
    return along(function, at + n if at < 0 and n > 0 else at, 0, n, a, rest, named)


def dimensions(a, several):
    if not several:
        return as_array(a).ndim
    elif prim.is_array(a):
        return a.ndim - 1
    else:
        return as_array(a[0]).ndim


def along(function, at, k, n, a, rest, named):
    """The call for an axis that is `k` or a later one."""
    if k >= n - 1:
        return function(a, *rest, axis=k, **named)
    else:
        if at == k:
            return function(a, *rest, axis=k, **named)
        return along(function, at, k + 1, n, a, rest, named)
