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


def compatible(s, t):
    """Whether two shapes can be broadcast together."""
    if len(s) < len(t):
        return compatible(t, s)
    elif len(t) == 0:
        return True
    elif len(s) > len(t):
        return compatible(s[1:], t)
    else:
        return (s[0] == t[0] or s[0] == 1 or t[0] == 1) and compatible(s[1:], t[1:])


def joint(s, t):
    """The shape of two compatible shapes."""
    if len(s) < len(t):
        return joint(t, s)
    elif len(t) == 0:
        return s
    elif len(s) > len(t):
        return (s[0],) + joint(s[1:], t)
    else:
        return (t[0] if s[0] == 1 else s[0],) + joint(s[1:], t[1:])


def common_shape(*shapes):
    """The shape of operands of these shapes, with the words of NumPy's arithmetic."""
    if not all_compatible(shapes):
        raise ValueError("operands could not be broadcast together with shapes " + listed(shapes))
    return all_joint(shapes)


def all_compatible(shapes):
    if len(shapes) < 2:
        return True
    else:
        return compatible(shapes[0], shapes[1]) and all_compatible((joint(shapes[0], shapes[1]),) + shapes[2:])


def all_joint(shapes):
    if len(shapes) == 0:
        return ()
    elif len(shapes) == 1:
        return shapes[0]
    else:
        return all_joint((joint(shapes[0], shapes[1]),) + shapes[2:])


def listed(shapes):
    if len(shapes) == 0:
        return ""
    else:
        return f"{shapes[0]} ".replace(", ", ",") + listed(shapes[1:])


def single_shape(shapes):
    """The common shape of a tuple or list of shapes, with the words of `np.broadcast`."""
    if prim.is_list(shapes):
        shape = shapes[0]
        for k in range(1, len(shapes)):
            if not compatible(shape, shapes[k]):
                complain(shapes)
            shape = joint(shape, shapes[k])
        return shape
    else:
        if not all_compatible(shapes):
            complain(shapes)
        return all_joint(shapes)


def complain(shapes):
    """Names two of the shapes that don't fit: those first met along the first such axis."""
    n = most_axes(shapes)
    rows = np.ones((len(shapes), n), np.int64)
    texts = [""]
    aligned(rows, texts, shapes, 0)
    name_two(rows, texts)


def name_two(rows, texts):
    for axis in range(rows.shape[1]):
        source = 0
        for k in range(len(rows)):
            extent = rows[k, axis]
            if extent != 1:
                if rows[source, axis] == 1:
                    source = k
                elif extent != rows[source, axis]:
                    raise ValueError(
                        "shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between "
                        f"arg {source} with shape {texts[source + 1]} and arg {k} with shape {texts[k + 1]}."
                    )


def most_axes(shapes):
    if prim.is_list(shapes):
        return len(shapes[0])
    elif len(shapes) == 0:
        return 0
    else:
        return max(len(shapes[0]), most_axes(shapes[1:]))


def aligned(rows, texts, shapes, k):
    """Writes shapes into rows, the last axes below each other, and appends their texts."""
    if prim.is_list(shapes):
        for at in range(len(shapes)):
            aligned(rows[at : at + 1], texts, (shapes[at],), 0)
    elif k < len(shapes):
        s = shapes[k]
        start = rows.shape[1] - len(s)
        for axis, extent in enumerate(s):
            rows[k, start + axis] = extent
        texts.append(str(s))
        aligned(rows, texts, shapes, k + 1)


def single_shape_with(shapes, last):
    """As `single_shape`, with one more shape behind them."""
    if prim.is_tuple(shapes):
        return single_shape(shapes + (last,))
    else:
        shape = single_shape(shapes)
        if not compatible(shape, last):
            rows = np.ones((len(shapes) + 1, max(len(shapes[0]), len(last))), np.int64)
            texts = [""]
            aligned(rows, texts, shapes, 0)
            aligned(rows[len(shapes) :], texts, (last,), 0)
            name_two(rows, texts)
        return joint(shape, last)


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
