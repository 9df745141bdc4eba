"""Operators and elementwise functions with lists and tuples among their operands.

The front end calls these by name (`infer/sequences.rs`) where an operand is an array and the
other one a list or tuple, or an elementwise function has such an operand.
"""

from copying import as_array


def arrayed(x):
    """The array that a list or tuple makes; anything else is itself."""
    if prim.is_list(x) or prim.is_tuple(x):
        return as_array(x)
    else:
        return x


def of_one(function, a, /, out=None, *, dtype=None):
    if dtype is None:
        return function(arrayed(a), out)
    else:
        return function(arrayed(a), out, dtype=dtype)


def of_two(function, a, b, /, out=None, *, dtype=None):
    if dtype is None:
        return function(arrayed(a), arrayed(b), out)
    else:
        return function(arrayed(a), arrayed(b), out, dtype=dtype)


def add(a, b):
    return arrayed(a) + arrayed(b)


def subtract(a, b):
    return arrayed(a) - arrayed(b)


def multiply(a, b):
    return arrayed(a) * arrayed(b)


def divide(a, b):
    return arrayed(a) / arrayed(b)


def floor_divide(a, b):
    return arrayed(a) // arrayed(b)


def remainder(a, b):
    return arrayed(a) % arrayed(b)


def power(a, b):
    return arrayed(a) ** arrayed(b)


def matmul(a, b):
    return arrayed(a) @ arrayed(b)


def left_shift(a, b):
    return arrayed(a) << arrayed(b)


def right_shift(a, b):
    return arrayed(a) >> arrayed(b)


def bitwise_and(a, b):
    return arrayed(a) & arrayed(b)


def bitwise_or(a, b):
    return arrayed(a) | arrayed(b)


def bitwise_xor(a, b):
    return arrayed(a) ^ arrayed(b)


def equal(a, b):
    return arrayed(a) == arrayed(b)


def not_equal(a, b):
    return arrayed(a) != arrayed(b)


def less(a, b):
    return arrayed(a) < arrayed(b)


def less_equal(a, b):
    return arrayed(a) <= arrayed(b)


def greater(a, b):
    return arrayed(a) > arrayed(b)


def greater_equal(a, b):
    return arrayed(a) >= arrayed(b)


def in_place_add(a, b):
    a += as_array(b)
    return a


def in_place_subtract(a, b):
    a -= as_array(b)
    return a


def in_place_multiply(a, b):
    a *= as_array(b)
    return a


def in_place_divide(a, b):
    a /= as_array(b)
    return a


def in_place_floor_divide(a, b):
    a //= as_array(b)
    return a


def in_place_remainder(a, b):
    a %= as_array(b)
    return a


def in_place_power(a, b):
    a **= as_array(b)
    return a


def in_place_left_shift(a, b):
    a <<= as_array(b)
    return a


def in_place_right_shift(a, b):
    a >>= as_array(b)
    return a


def in_place_bitwise_and(a, b):
    a &= as_array(b)
    return a


def in_place_bitwise_or(a, b):
    a |= as_array(b)
    return a


def in_place_bitwise_xor(a, b):
    a ^= as_array(b)
    return a
