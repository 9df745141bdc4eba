"""Library bodies: what the functions of `np.random` share: parameters, sizes, broadcasting.

A distribution is a function of three parameters that draws once; parameters that it doesn't
have are 0.0. Arrays of parameters are broadcast together and drawn for in C order.
"""

from broadcasting import item, shape_of, spread_to
from generators import given, number_at, output


def number(x):
    """A parameter: a float, or an array of one axis or more."""
    return given(x)


def fill(size, dtype, f, a, b, c):
    """One draw, or an array of draws in C order."""
    if prim.is_array(a) or prim.is_array(b) or prim.is_array(c):
        out = output(size, (shape_of(a), shape_of(b), shape_of(c)), dtype)
        each(f, out, spread_to(a, out.shape), spread_to(b, out.shape), spread_to(c, out.shape))
        return out
    elif size is None:
        return f(a, b, c)
    else:
        out = prim.empty(size, dtype)
        line = prim.view_c(out, out.size)
        for i in range(len(line)):
            line[i] = f(a, b, c)
        return out


def each(f, out, a, b, c):
    if out.ndim == 1:
        for i in range(len(out)):
            out[i] = f(number_at(a, i), number_at(b, i), number_at(c, i))
    else:
        for i in range(len(out)):
            each(f, out[i], item(a, i), item(b, i), item(c, i))


def floats(size, f, a, b, c):
    return fill(size, prim.dtype("float64"), f, a, b, c)


def ints(size, f, a, b, c):
    return fill(size, prim.dtype("int64"), f, a, b, c)
