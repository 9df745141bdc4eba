"""Library bodies: methods of numbers, and `hash` of them.

`int.*`, `float.*` and `complex.*` are those of Python's classes (a bool is an int),
`generic.*` those of NumPy's scalars, which treat a number as an array without axes.
Integers have 64 bits: a ratio that needs more raises OverflowError.

Not here: what makes texts or bytes (`hex`, `to_bytes`), and what arrays are made by
(`flatten`, `reshape`, `repeat`).
"""


def magnitude(x):
    """The magnitude as 64 bits without a sign."""
    if x < 0:
        return prim.wrap_neg(x)
    return x


# Python's integers


@implements("int.bit_length")
def bit_length(x, /):
    return 64 - prim.clz(magnitude(int(x)))


@implements("int.bit_count")
def bit_count(x, /):
    return prim.popcount(magnitude(int(x)))


@implements("int.as_integer_ratio")
def int_ratio(x, /):
    return int(x), 1


@implements("int.__index__", "int.__int__", "int.__trunc__", "int.__floor__", "int.__ceil__")
def whole(x, /):
    return int(x)


@implements("int.is_integer")
def int_is_integer(x, /):
    return True


# Floats


@implements("float.is_integer")
def is_integer(x, /):
    x = float(x)
    return prim.isfinite(x) and prim.floor(x) == x


@implements("float.as_integer_ratio")
def ratio(x, /):
    x = float(x)
    if prim.isinf(x):
        raise OverflowError("cannot convert Infinity to integer ratio")
    if x != x:
        raise ValueError("cannot convert NaN to integer ratio")
    m = prim.frexp_mantissa(x)
    e = prim.frexp_exponent(x)
    if m == 0.0:
        return 0, 1
    while m != prim.floor(m):
        m = m * 2.0
        e = e - 1
    n = prim.int_of_float(m)
    # `m` is odd, so that these are the lowest terms.
    if e >= 0:
        if e > 62 or bit_length(n) + e > 63:
            raise OverflowError("integer result too large: it does not fit in 64 bits")
        return n * (1 << e), 1
    if e < -62:
        raise OverflowError("integer result too large: it does not fit in 64 bits")
    return n, 1 << -e


# NumPy's scalars


def alone(axis):
    """A scalar has no axes."""
    if axis is not None:
        prim.error("an axis of a NumPy scalar is not compiled; leave it out")


def only(kinds, x, name):
    if prim.kind(prim.dtype(x)) == "f":
        if not kinds == "f" and not kinds == "if":
            prim.error("a {} has no such method", x)
    elif prim.kind(prim.dtype(x)) == "i" or prim.kind(prim.dtype(x)) == "u":
        if not kinds == "i" and not kinds == "if":
            prim.error("a {} has no such method", x)
    else:
        prim.error("a {} has no such method", x)


@implements("generic.astype")
def astype(x, dtype, order="K", casting="unsafe", subok=True, copy=True):
    return prim.cast(x, prim.dtype_given(dtype))


@implements("generic.copy", "generic.squeeze", "generic.transpose")
def copy(x):
    return x


@implements("generic.tolist")
def tolist_of_scalar(x):
    return x.item()


@implements("generic.bit_count")
def np_bit_count(x):
    only("i", x, "bit_count")
    return int(np.bitwise_count(x))


@implements("generic.is_integer")
def np_is_integer(x):
    only("if", x, "is_integer")
    if prim.kind(prim.dtype(x)) == "f":
        return is_integer(x)
    return True


@implements("generic.as_integer_ratio")
def np_ratio(x):
    only("f", x, "as_integer_ratio")
    return ratio(x)


@implements("generic.min", "generic.max")
def extremum(x, axis=None):
    alone(axis)
    return x


@implements("generic.sum")
def total(x, axis=None):
    # Added to zero, which takes the sign of -0.0.
    return product(x, axis) + 0


@implements("generic.prod")
def product(x, axis=None):
    alone(axis)
    if prim.kind(prim.dtype(x)) == "i" or prim.kind(prim.dtype(x)) == "b":
        return prim.cast(x, np.int64)
    if prim.kind(prim.dtype(x)) == "u":
        return prim.cast(x, np.uint64)
    return x


@implements("generic.mean")
def mean(x, axis=None):
    alone(axis)
    if prim.kind(prim.dtype(x)) == "f" or prim.kind(prim.dtype(x)) == "c":
        return x + 0
    return prim.cast(x, np.float64)


@implements("generic.any", "generic.all")
def truth(x, axis=None):
    alone(axis)
    return prim.cast(bool(x), np.bool_)


@implements("generic.argmin", "generic.argmax")
def position(x, axis=None):
    alone(axis)
    return prim.cast(0, np.int64)


@implements("generic.round")
def rounded(x, decimals=0):
    return round(x, decimals)


@implements("generic.clip")
def clip(x, min=None, max=None):
    return np.clip(x, min, max)


@implements("ndarray.tolist")
def tolist(a, /):
    if a.ndim == 0:
        return a.item()
    elif a.ndim == 1:
        return [x.item() for x in a]
    else:
        return [tolist(part) for part in a]
