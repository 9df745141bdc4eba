"""Derivatives and integrals of series of polynomials, whatever their basis.

A basis is given by a function that makes one derivative or antiderivative of coefficients
along the first axis, its rows being numbers or arrays. The constant of integration of each
antiderivative makes its value at `lbnd` what `k` says.
"""

from copying import as_array, duplicate
from axes import normalize
from series_values import floats, values
from views import moveaxis


def along_first(c, axis):
    """A copy of coefficients, with an axis in front."""
    a = floats(c)
    return duplicate(moveaxis(a, normalize(axis, a.ndim), 0), prim.dtype(a), "C")


def back(work, axis):
    """The first axis in its place."""
    return moveaxis(work, 0, normalize(axis, work.ndim))


def scaled(work, scl):
    """Multiplies all coefficients in place."""
    if prim.is_literal(scl) and scl == 1:
        pass
    else:
        work *= scl


def number_of(x, text):
    """A number, which a 0-d array may hold."""
    if prim.is_number(x):
        return x
    else:
        a = as_array(x)
        if a.ndim != 0:
            raise ValueError(text)
        else:
            return a[()]


def derivative(once, c, m, scl, axis):
    """The derivative, m times."""
    if not prim.is_integer(m):
        prim.error("the order of derivation must be an integer, received {}", m)
    else:
        work = along_first(c, axis)
        if m < 0:
            raise ValueError("The order of derivation must be non-negative")
        if m > 0 and m >= len(work):
            first = work[:1]
            first *= 0
            work = duplicate(first, prim.dtype(work), "C")
        else:
            for i in range(m):
                scaled(work, scl)
                work = once(work)
        return back(work, axis)


def integral(once, rule, c, m, k, lbnd, scl, axis):
    """The antiderivative, m times."""
    if not prim.is_integer(m):
        prim.error("the order of integration must be an integer, received {}", m)
    else:
        constants = constants_of(k)
        work = along_first(c, axis)
        if m < 0:
            raise ValueError("The order of integration must be non-negative")
        if len(constants) > m:
            raise ValueError("Too many integration constants")
        at = number_of(lbnd, "lbnd must be a scalar.")
        factor = number_of(scl, "scl must be a scalar.")
        for i in range(m):
            scaled(work, factor)
            if len(work) == 1 and np.all(work[0] == 0):
                add_to_first(work, constants, i)
            else:
                work = once(work)
                set_first(work, constants, i, values(rule, -1, at, work, True))
        return back(work, axis)


def constants_of(k):
    """The constants of integration as something with a length."""
    if prim.is_missing(k):
        return ()
    elif prim.is_number(k):
        return (k,)
    elif prim.is_array(k) and k.ndim == 0:
        return (k[()],)
    elif prim.is_array(k) or prim.is_list(k) or prim.is_tuple(k):
        return k
    else:
        prim.error("k must be a number or a sequence of numbers, not {}", k)


def add_to_row(work, x):
    """Adds to the first coefficients."""
    if work.ndim == 1:
        work[0] = work[0] + x
    else:
        row = work[0]
        row += x


def add_to_first(work, k, i):
    """Adds a constant that may be missing."""
    if prim.is_tuple(k):
        if len(k) > 0:
            if i == 0:
                add_to_row(work, k[0])
            else:
                add_to_first(work, k[1:], i - 1)
    else:
        if i < len(k):
            add_to_row(work, k[i])


def set_first(work, k, i, value):
    """Adds the difference of a constant, 0 where it is missing, and a value."""
    if prim.is_tuple(k):
        if len(k) == 0:
            add_to_row(work, 0 - value)
        elif i == 0:
            add_to_row(work, k[0] - value)
        else:
            set_first(work, k[1:], i - 1, value)
    else:
        if i < len(k):
            add_to_row(work, k[i] - value)
        else:
            add_to_row(work, 0 - value)
