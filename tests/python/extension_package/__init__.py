"""A package that teaches cumbia: what a user's own would look like.

`soft` and `describe` are ordinary functions with implementations for compiled code;
`first_of` is a C function of the standard library that has none of its own. Arrays get a
method and an attribute.
"""

import operator

import numpy as np
from cumbia import types
from cumbia.extending import overload, overload_attribute, overload_method, register_jitable


def soft(x, threshold=1.0):
    """Soft thresholding, of numbers and lines."""
    if isinstance(x, np.ndarray):
        return np.array([shrink(item, threshold) for item in x])
    return shrink(float(x), threshold)


@register_jitable
def shrink(x, threshold):
    """Soft thresholding of one number."""
    if x > threshold:
        return x - threshold
    if x < -threshold:
        return x + threshold
    return 0.0


@overload(soft)
def overload_soft(x, threshold=1.0):
    """Numbers and lines of floats."""
    if isinstance(x, (types.Float, types.Integer)):

        def of_number(x, threshold=1.0):
            return shrink(float(x), threshold)

        return of_number
    if isinstance(x, types.Array) and isinstance(x.dtype, types.Float) and x.ndim == 1:

        def of_line(x, threshold=1.0):
            out = np.empty_like(x)
            for i in range(len(x)):
                out[i] = shrink(x[i], threshold)
            return out

        return of_line
    return None


def describe(x):
    """What kind of value it is."""
    if isinstance(x, str):
        return "text"
    return "array" if isinstance(x, np.ndarray) else "other"


@overload(describe)
def overload_describe(x):
    """By type alone."""
    if isinstance(x, types.UnicodeType):
        return lambda x: "text"
    if isinstance(x, types.Array):
        return lambda x: "array"
    return lambda x: "other"


getter = operator.itemgetter(0)


@overload(getter)
def overload_getter(items):
    """The first item."""
    if isinstance(items, (types.Array, types.List, types.BaseTuple)):
        return lambda items: items[0]
    return None


@overload_method(types.Array, "clamped")
def array_clamped(a, low, high=1.0):
    """``a.clamped(low, high)``"""

    def implementation(a, low, high=1.0):
        return np.minimum(np.maximum(a, low), high)

    return implementation


@overload_attribute(types.Array, "halfway")
def array_halfway(a):
    """``a.halfway`` of lines."""
    if a.ndim != 1:
        return None
    return lambda a: a[len(a) // 2]


@overload_method(types.UnicodeType, "shout")
def shout(text):
    """``text.shout()``"""
    return lambda text: text.upper() + "!"


def power(x, n):
    """A power."""
    return x**n


@overload(power, prefer_literal=True)
def overload_power(x, n):
    """Small constant powers are products."""
    if isinstance(n, types.IntegerLiteral) and n.literal_value == 2:
        return lambda x, n: x * x
    if isinstance(n, types.Integer) and not isinstance(n, types.Literal):
        return lambda x, n: x**n
    return None
