"""Library bodies: flags of floating-point errors for what sets none by itself.

Whole-array arithmetic warns where the processor's flags are set (`infer/watching.rs`), which
division of integers and conversions to them don't do. Here they are set: the kernels of groups
call these bodies for such a division, and the loop of a conversion (`arrays.py`) tells what it
has found. Flags may be too many, never too few: NumPy looks again and decides.
"""


@implements("numpy.floor_divide/noted")
def floor_divide(x, y):
    if prim.rarely((y == 0) | (y == -1)):
        note_quotient(x, y)
    return x // y


def note_quotient(x, y):
    if y == 0:
        # Division by zero.
        prim.float_flags_raise(1)
    elif x < 0 and x == lowest(prim.dtype(y) if prim.is_weak(x) else prim.dtype(x)):
        # Overflow.
        prim.float_flags_raise(2)


@implements("numpy.remainder/noted")
def remainder(x, y):
    if prim.rarely(y == 0):
        prim.float_flags_raise(1)
    return x % y


@implements("numpy.fmod/noted")
def fmod(x, y):
    if prim.rarely(y == 0):
        prim.float_flags_raise(1)
    return np.fmod(x, y)


@implements("numpy.reciprocal/noted")
def reciprocal(x):
    if prim.rarely(x == 0):
        # Of which NumPy says that it is invalid as well.
        prim.float_flags_raise(9)
    return np.reciprocal(x)


def lowest(dtype):
    if dtype.itemsize == 1:
        return -128
    elif dtype.itemsize == 2:
        return -32768
    elif dtype.itemsize == 4:
        return -2147483648
    else:
        return -9223372036854775807 - 1


def may_not_fit(source, dtype):
    """Whether a conversion to a dtype may be invalid."""
    return prim.kind(prim.dtype(source)) == "f" and (prim.kind(dtype) == "i" or prim.kind(dtype) == "u")


def converted_dtype(dtype):
    """What floats are converted to at first, where the lowest number means that one doesn't fit."""
    if dtype.itemsize == 8:
        return prim.dtype(np.int64)
    else:
        return prim.dtype(np.int32)


def size_bits(x):
    """What grows with the magnitude of a float, and is largest for nan."""
    return prim.bits(prim.cast(x, np.float64)) & 9223372036854775807


def limit(dtype):
    """From which magnitude on a float may not fit in an unsigned dtype."""
    if dtype.itemsize == 8:
        return 9223372036854775808.0
    else:
        return 2147483648.0
