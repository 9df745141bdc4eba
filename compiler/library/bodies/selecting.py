"""Choosing elements: where, clip."""

from broadcasting import common_shape, element, item, pair_dtype, sample, shape_of
from broadcasting import flattened, has_shape, is_flat, spread_to
from copying import as_array
from elementwise import shape_of_all
from extrema import highest, lowest
from outputs import deliver_same_kind
from searching import nonzero
from sequences import arrayed


def truth(x):
    """A number's truth."""
    if prim.kind(prim.dtype(x)) == "b":
        return x
    else:
        return x != 0


def is_sequence(x):
    return prim.is_list(x) or prim.is_tuple(x)


@implements("numpy.where/elements")
def choose(condition, x, y):
    """One of two numbers, in the dtype that both have together."""
    dtype = pair_dtype(x, y)
    return prim.select(truth(condition), wrapped(x, dtype), wrapped(y, dtype))


@implements("numpy.where/watched")
def choose_watched(condition, x, y, zero):
    """The same of numbers whose computation may set the processor's flags, where they aren't taken too.

    `zero` is 0, which only the front end knows: without it the computation and the choice become
    one instruction under a mask, which sets none.
    """
    dtype = pair_dtype(x, y)
    # Two operations, as one of both would be done behind the choice.
    return prim.select(truth(condition), less_zero(wrapped(x, dtype), zero), times_one(wrapped(y, dtype), zero))


def less_zero(x, zero):
    """`x - 0`, which changes no number, and not the sign of a zero."""
    if prim.kind(prim.dtype(x)) == "f":
        return x - prim.cast(zero, prim.dtype(x))
    elif prim.kind(prim.dtype(x)) == "c":
        return prim.complex(less_zero(prim.real(x), zero), less_zero(prim.imag(x), zero))
    else:
        return x


def times_one(x, zero):
    """`x * 1`, which changes no number."""
    if prim.kind(prim.dtype(x)) == "f":
        return x * prim.cast(zero + 1.0, prim.dtype(x))
    elif prim.kind(prim.dtype(x)) == "c":
        return prim.complex(times_one(prim.real(x), zero), times_one(prim.imag(x), zero))
    else:
        return x


def wrapped(x, dtype):
    """A choice in the result's dtype: Python's integers are NumPy's first, and wrap."""
    if prim.is_number(x) and prim.is_weak(x):
        return prim.cast(prim.cast(x, prim.dtype(x)), dtype)
    elif prim.is_number(x):
        return prim.cast(x, dtype)
    else:
        return x


def where_into(out, condition, x, y):
    """Chooses elements; the operands have the shape of the result or are numbers."""
    dtype = prim.dtype(out)
    if out.ndim == 0:
        out[()] = prim.select(truth(element(condition)), prim.cast(element(x), dtype), prim.cast(element(y), dtype))
    elif out.ndim == 1:
        for i in range(len(out)):
            out[i] = prim.select(truth(item(condition, i)), prim.cast(item(x, i), dtype), prim.cast(item(y, i), dtype))
    else:
        for i in range(len(out)):
            where_into(out[i], item(condition, i), item(x, i), item(y, i))


@implements("numpy.where")
def where(condition, x=None, y=None):
    if x is None and y is None:
        return nonzero(condition)
    elif x is None or y is None:
        prim.error("either both or neither of x and y should be given")
    elif is_sequence(condition) or is_sequence(x) or is_sequence(y):
        return where(arrayed(condition), arrayed(x), arrayed(y))
    else:
        shape = shape_of_all(shape_of(condition), shape_of(x), shape_of(y))
        out = prim.empty(shape, pair_dtype(x, y))
        x = wrapped(x, prim.dtype(out))
        y = wrapped(y, prim.dtype(out))
        n = len(shape)
        if n > 0 and is_flat(condition, n) and is_flat(x, n) and is_flat(y, n):
            if has_shape(condition, shape) and has_shape(x, shape) and has_shape(y, shape):
                where_into(flattened(out), flattened(condition), flattened(x), flattened(y))
                return out
        where_into(out, spread_to(condition, shape), spread_to(x, shape), spread_to(y, shape))
        return out


def clip_one(x, low, high, dtype, keep):
    """``min(max(x, low), high)``; nan stays nan.

    An element that equals a bound (zeros of different signs) stays if `keep`, which is
    so in NumPy between two numbers, else the bound is taken.
    """
    if prim.kind(dtype) == "f" and keep:
        x = prim.select((x < low) | np.isnan(low), low, x)
        return prim.select((x > high) | np.isnan(high), high, x)
    elif prim.kind(dtype) == "f":
        if low is not None:
            x = prim.select(np.isnan(x) | (x > low), x, low)
        if high is not None:
            x = prim.select(np.isnan(x) | (x < high), x, high)
        return x
    else:
        if low is not None:
            x = prim.select(x > low, x, low)
        if high is not None:
            x = prim.select(x < high, x, high)
        return x


def is_checked(x, dtype):
    """Whether a bound is a Python integer for an integer dtype."""
    return prim.is_weak(x) and prim.is_integer(x) and (prim.kind(dtype) == "i" or prim.kind(dtype) == "u")


def checked(x, dtype):
    """A Python integer as an element, refused where it doesn't fit."""
    probe = prim.empty(1, dtype)
    probe[0] = x
    return probe[0]


def lower_bound(x, dtype):
    """A bound in the result's dtype: a Python integer below its range bounds nothing."""
    if x is None or prim.is_array(x):
        return x
    elif is_checked(x, dtype):
        if x <= lowest(dtype):
            return lowest(dtype)
        return checked(x, dtype)
    else:
        return prim.cast(x, dtype)


def upper_bound(x, dtype):
    """The same for the other side."""
    if x is None or prim.is_array(x):
        return x
    elif is_checked(x, dtype):
        if x >= highest(dtype):
            return highest(dtype)
        return checked(x, dtype)
    else:
        return prim.cast(x, dtype)


def cast_item(x, dtype):
    """A bound's element in the result's dtype."""
    if x is None:
        return x
    else:
        return prim.cast(x, dtype)


def item_or_none(x, i):
    if x is None:
        return x
    else:
        return item(x, i)


def element_or_none(x):
    if x is None:
        return x
    else:
        return element(x)


def clip_into(out, a, low, high, keep):
    """Clips elements; the operands have the shape of the result, or are numbers or None."""
    dtype = prim.dtype(out)
    if out.ndim == 0:
        x = prim.cast(element(a), dtype)
        out[()] = clip_one(x, cast_item(element_or_none(low), dtype), cast_item(element_or_none(high), dtype), dtype, keep)
    elif out.ndim == 1:
        for i in range(len(out)):
            x = prim.cast(item(a, i), dtype)
            out[i] = clip_one(x, cast_item(item_or_none(low, i), dtype), cast_item(item_or_none(high, i), dtype), dtype, keep)
    else:
        for i in range(len(out)):
            clip_into(out[i], item(a, i), item_or_none(low, i), item_or_none(high, i), keep)


def clip_dtype(a, low, high):
    """The dtype of a clipped operand."""
    if low is None:
        return pair_dtype(a, high)
    elif high is None:
        return pair_dtype(a, low)
    else:
        return prim.dtype(prim.promote(prim.promote(sample(a), sample(low)), sample(high)))


def clip_shapes(a, low, high):
    """The shapes of the operands that are there."""
    if low is None and high is None:
        return (shape_of(a),)
    elif low is None:
        return (shape_of(a), shape_of(high))
    elif high is None:
        return (shape_of(a), shape_of(low))
    else:
        return (shape_of(a), shape_of(low), shape_of(high))


def check_clip_out(shape, shapes):
    """Complains of an output that isn't of the result's shape."""
    whole = common_shape(*(shapes + (shape,)))
    if not (whole == shape):
        raise ValueError(
            f"non-broadcastable output operand with shape {shape} doesn't match the broadcast shape {whole}".replace(", ", ",")
        )


def clipped(a, low, high):
    """The common part of `clip` for arrays and numbers."""
    dtype = clip_dtype(a, low, high)
    if prim.kind(dtype) == "c":
        prim.error("np.clip of complex numbers is not supported")
    else:
        low = lower_bound(low, dtype)
        high = upper_bound(high, dtype)
        shape = common_shape(*clip_shapes(a, low, high))
        n = len(shape)
        keep = low is not None and high is not None and not prim.is_array(low) and not prim.is_array(high)
        if n == 0:
            x = prim.cast(element(a), dtype)
            return clip_one(x, cast_item(element_or_none(low), dtype), cast_item(element_or_none(high), dtype), dtype, keep)
        else:
            out = prim.empty(shape, dtype)
            if is_flat(a, n) and not prim.is_array(low) and not prim.is_array(high):
                clip_into(flattened(out), flattened(a), low, high, keep)
            else:
                clip_into(out, spread_to(a, shape), spread_to(low, shape), spread_to(high, shape), keep)
            return out


@implements("numpy.clip")
def clip(a, a_min=..., a_max=..., out=None, *, min=..., max=...):
    """Numbers limited to a range; `...` stands for what isn't given."""
    if a_min is ... and a_max is ...:
        return limited(a, None if min is ... else min, None if max is ... else max, out)
    elif a_min is ...:
        prim.error("clip() missing 1 required positional argument: 'a_min'")
    elif a_max is ...:
        prim.error("clip() missing 1 required positional argument: 'a_max'")
    elif min is not ... or max is not ...:
        prim.error("Passing `min` or `max` keyword argument when `a_min` and `a_max` are provided is forbidden.")
    else:
        return limited(a, a_min, a_max, out)


@implements("ndarray.clip")
def clip_method(self, min=None, max=None, out=None):
    return limited(self, min, max, out)


def limited(a, min, max, out):
    low = operand(min)
    high = operand(max)
    if prim.is_array(out):
        check_clip_out(out.shape, clip_shapes(operand(a), low, high))
    if low is None and high is None:
        return deliver_same_kind(out, np.positive(operand(a)))
    else:
        return deliver_same_kind(out, clipped(operand(a), low, high))


def operand(x):
    """Tuples and lists as arrays."""
    if x is None or prim.is_number(x) or prim.is_array(x):
        return x
    else:
        return as_array(x)
