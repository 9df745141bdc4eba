"""Broadcasting of arrays and numbers for functions that take several.

Numbers stay numbers: they have no axes, and `item` gives them for every position.
"""


def sample(x):
    """A number of the kind that an operand's elements are; Python numbers stay weak."""
    if prim.is_array(x):
        return prim.cast(0, prim.dtype(x))
    elif prim.is_number(x):
        return x
    else:
        prim.error("{} is neither a number nor an array", x)


def pair_dtype(x, y):
    """The common dtype of two operands, with Python numbers weak."""
    if prim.is_number(x) and prim.is_weak(x):
        return prim.dtype(prim.promote(sample(y), x))
    else:
        return prim.dtype(prim.promote(sample(x), sample(y)))


def shape_of(x):
    """The shape of an operand."""
    if prim.is_array(x):
        return x.shape
    else:
        return ()


def common_shape(s, t):
    """Two shapes broadcast together."""
    if len(s) < len(t):
        return common_shape(t, s)
    elif len(t) == 0:
        return s
    elif len(s) > len(t):
        return (s[0],) + common_shape(s[1:], t)
    else:
        extent = s[0]
        if extent == 1:
            extent = t[0]
        elif t[0] != 1 and t[0] != extent:
            raise ValueError("operands could not be broadcast together")
        return (extent,) + common_shape(s[1:], t[1:])


def strides_for(extents, strides, ndim):
    """Strides in a shape of more axes; extents of 1 are repeated."""
    if ndim == 0:
        return ()
    elif len(extents) < ndim:
        return (0,) + strides_for(extents, strides, ndim - 1)
    else:
        stride = 0 if extents[0] == 1 else strides[0]
        return (stride,) + strides_for(extents[1:], strides[1:], ndim - 1)


def spread_to(x, shape):
    """An operand as a view of a shape that it is known to fit."""
    if prim.is_array(x):
        return prim.view(x, shape, strides_for(x.shape, x.strides, len(shape)), 0)
    else:
        return x


def item(x, i):
    """What an operand has at a position of its first axis."""
    if prim.is_array(x):
        return x[i]
    else:
        return x


def element(x):
    """What an operand has when all axes are gone."""
    if prim.is_array(x):
        return x[()]
    else:
        return x


def is_flat(x, ndim):
    """Whether an operand is a number or is C-contiguous with this many axes, by its type."""
    if prim.is_array(x):
        return x.ndim == ndim and prim.layout(x) == "C"
    else:
        return True


def has_shape(x, shape):
    """Whether an operand is a number or has the shape."""
    if prim.is_array(x):
        return x.shape == shape
    else:
        return True


def flattened(x):
    """A C-contiguous operand as one line."""
    if prim.is_array(x):
        return prim.view_c(x, x.size)
    else:
        return x
