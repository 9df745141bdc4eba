"""The same elements in another shape: reshape, ravel, flatten, atleast_1d and _2d.

`reshape` gives a view wherever NumPy does: always for C order, and otherwise if the
new axes divide runs of old ones that lie without gaps.
"""

from copying import as_array, duplicate, has_c_order


@implements("numpy.shape")
def shape(a):
    return as_array(a).shape


@implements("numpy.size")
def size(a, axis=None):
    if axis is None:
        return as_array(a).size
    else:
        return as_array(a).shape[axis]


@implements("numpy.ndim")
def ndim(a):
    return as_array(a).ndim


def known_size(extents):
    """The product of the extents that are given."""
    if len(extents) == 0:
        return 1
    else:
        extent = extents[0] if extents[0] >= 0 else 1
        return extent * known_size(extents[1:])


def unknown_count(extents):
    """How many extents are to be found."""
    if len(extents) == 0:
        return 0
    else:
        return (1 if extents[0] < 0 else 0) + unknown_count(extents[1:])


def with_unknown(extents, value):
    """The extents with the one to be found."""
    if len(extents) == 0:
        return ()
    else:
        extent = extents[0] if extents[0] >= 0 else value
        return (extent,) + with_unknown(extents[1:], value)


def check_count(fits, count, extents):
    """Raises NumPy's error; it leaves out unknown extents in front and writes the others as newaxis."""
    if not fits:
        text = ""
        for extent in extents:
            if extent >= 0 or len(text) > 0:
                part = str(extent) if extent >= 0 else "newaxis"
                text = text + "," + part if len(text) > 0 else part
        if len(extents) == 1 and len(text) > 0 and extents[0] >= 0:
            text = text + ","
        prim.raise_text(1, "cannot reshape array of size " + str(count) + " into shape (" + text + ")")


def resolved(extents, count):
    """A new shape for a number of elements, checked."""
    unknown = unknown_count(extents)
    known = known_size(extents)
    if unknown > 1:
        raise ValueError("can only specify one unknown dimension")
    if unknown == 1:
        check_count(known != 0 and count % known == 0, count, extents)
        return with_unknown(extents, count // known)
    check_count(known == count, count, extents)
    return with_unknown(extents, 0)


def run_table(a):
    """The axes as runs without gaps, the last ones in the last columns: extent, stride."""
    table = prim.empty((2, a.ndim), np.int64)
    at = a.ndim
    for k in range(a.ndim - 1, -1, -1):
        if a.shape[k] != 1:
            if at < a.ndim and a.strides[k] == table[1, at] * table[0, at]:
                table[0, at] *= a.shape[k]
            else:
                at -= 1
                table[0, at] = a.shape[k]
                table[1, at] = a.strides[k]
    for k in range(at):
        table[0, k] = 1
        table[1, k] = 0
    return table


def split_runs(table, extents, strides):
    """Strides of a view with the new extents; False if there is none."""
    run = table.shape[1] - 1
    rest = table[0, run]
    stride = table[1, run]
    for k in range(len(extents) - 1, -1, -1):
        if rest == 1 and run > 0 and extents[k] != 1:
            run -= 1
            rest = table[0, run]
            stride = table[1, run]
        strides[k] = stride
        if rest % extents[k] != 0:
            return False
        stride *= extents[k]
        rest //= extents[k]
    return True


def as_tuple(line, n):
    """The first items of a line."""
    if n == 0:
        return ()
    else:
        return as_tuple(line, n - 1) + (line[n - 1],)


def reshaped(a, extents):
    """An array in a shape that fits."""
    if prim.layout(a) == "C":
        return prim.view_c(a, extents)
    elif prim.readonly(a):
        # What is mostly a copy, which can be written to.
        return prim.view_c(duplicate(a, prim.dtype(a), "C"), extents)
    elif len(extents) == 0:
        return prim.view_c(a, ())
    else:
        strides = prim.zeros(len(extents), np.int64)
        if a.size == 0 or split_runs(run_table(a), extents, strides):
            return prim.view(a, extents, as_tuple(strides, len(extents)), 0)
        return prim.view_c(duplicate(a, prim.dtype(a), "C"), extents)


@implements("numpy.reshape")
def reshape(a, shape, order="C"):
    x = as_array(a)
    extents = shape if prim.is_tuple(shape) else (shape,)
    if order == "C":
        return reshaped(x, resolved(extents, x.size))
    elif order == "F":
        return reshaped(x.T, resolved(extents, x.size)[::-1]).T
    elif order == "A" and prim.layout(x) != "A":
        return reshape(x, extents, prim.layout(x))
    else:
        prim.error("order must be 'C' or 'F' here: others need an array whose order is known when compiling")


@implements("ndarray.reshape")
def reshape_method(a, shape, n1=None, n2=None, n3=None, order="C"):
    if n1 is None:
        return reshape(a, shape, order)
    elif n2 is None:
        return reshape(a, (shape, n1), order)
    elif n3 is None:
        return reshape(a, (shape, n1, n2), order)
    else:
        return reshape(a, (shape, n1, n2, n3), order)


@implements("numpy.ravel", "ndarray.ravel")
def ravel(a, order="C"):
    x = as_array(a)
    if order == "F":
        return ravel(x.T)
    elif order == "A" and prim.layout(x) != "A":
        return ravel(x, prim.layout(x))
    elif order == "K" and (prim.layout(x) != "A" or x.ndim == 1):
        return ravel(x, "F" if prim.layout(x) == "F" else "C")
    elif order != "C":
        prim.error("order must be 'C' or 'F' here: others need an array whose order is known when compiling")
    elif prim.layout(x) == "C":
        return prim.view_c(x, x.size)
    elif prim.readonly(x):
        # What is mostly a copy, which can be written to.
        return prim.view_c(duplicate(x, prim.dtype(x), "C"), x.size)
    else:
        if has_c_order(x):
            return prim.view_c(x, x.size)
        return prim.view_c(duplicate(x, prim.dtype(x), "C"), x.size)


@implements("ndarray.flatten")
def flatten(a, order="C"):
    if order == "C":
        return prim.view_c(duplicate(a, prim.dtype(a), "C"), a.size)
    elif order == "F":
        return flatten(a.T)
    elif (order == "A" or order == "K") and prim.layout(a) != "A":
        return flatten(a, prim.layout(a))
    else:
        prim.error("order must be 'C' or 'F' here: others need an array whose order is known when compiling")


@implements("numpy.atleast_1d")
def atleast_1d(a, *more):
    if len(more) > 0:
        return each_atleast_1d((a,) + more)
    else:
        return one_atleast_1d(a)


def each_atleast_1d(items):
    if len(items) == 0:
        return ()
    else:
        return (one_atleast_1d(items[0]),) + each_atleast_1d(items[1:])


def one_atleast_1d(a):
    x = as_array(a)
    if x.ndim == 0:
        return prim.view_c(x, (1,))
    else:
        return x


@implements("numpy.atleast_3d")
def atleast_3d(a):
    """The array with axes in front and behind, so that there are three."""
    x = as_array(a)
    if x.ndim == 0:
        return prim.view_c(x, (1, 1, 1))
    elif x.ndim == 1:
        return x[None, :, None]
    elif x.ndim == 2:
        return x[:, :, None]
    else:
        return x


@implements("numpy.atleast_2d")
def atleast_2d(a):
    x = as_array(a)
    if x.ndim == 0:
        return prim.view_c(x, (1, 1))
    elif x.ndim == 1:
        return x[None]
    else:
        return x
