"""Library bodies: an int beside an integer constant beyond 64 bits.

`x` is a Python int or bool, `w` the constant, which has no value at run time:
`prim.wide_low(w)` are its low 64 bits with the upper one for a sign. Each body gives the
result where it fits 64 bits and raises OverflowError where it doesn't. For `w` in
[2**63, 2**64) and a negative `x`, `x + 2**63` is `x & (2**63 - 1)`; for `w` in [-2**64, -2**63) and
another `x`, `x - 2**63` is `x | -2**63`.
"""

def overflow():
    raise OverflowError("integer result too large: it does not fit in 64 bits; np.uint64 has those below 2**64")


def never_fits(x):
    # An int for inference: where only its low bits are asked for, this isn't called
    # (`lower/wrapping.rs`).
    if int(x) == int(x):
        overflow()
    return int(x)


def both(x, w):
    # All upper bits of a negative int are set: some of them are in `w`, too.
    if x < 0:
        overflow()
    return int(x) & prim.wide_low(w)


def either(x, w):
    if x >= 0:
        overflow()
    return int(x) | prim.wide_low(w)


def one_of(x, w):
    return never_fits(x)


def plus(x, w):
    if not prim.wide_near(w):
        return never_fits(x)
    if prim.wide_negative(w):
        if x < 0:
            overflow()
        return (int(x) | -0x8000000000000000) + (prim.wide_low(w) | -0x8000000000000000)
    if x >= 0:
        overflow()
    return (int(x) & 0x7FFFFFFFFFFFFFFF) + (prim.wide_low(w) & 0x7FFFFFFFFFFFFFFF)


def minus(x, w):
    if not prim.wide_near(w):
        return never_fits(x)
    if prim.wide_negative(w):
        if x >= 0:
            overflow()
        return (int(x) & 0x7FFFFFFFFFFFFFFF) - (prim.wide_low(w) | -0x8000000000000000)
    if x < 0:
        overflow()
    return (int(x) | -0x8000000000000000) - (prim.wide_low(w) & 0x7FFFFFFFFFFFFFFF)


def taken_from(x, w):
    if not prim.wide_near(w):
        return never_fits(x)
    if prim.wide_negative(w):
        if x >= 0:
            overflow()
        return (-0x8000000000000000 - int(x)) + (prim.wide_low(w) | -0x8000000000000000)
    if x <= 0:
        overflow()
    return 0x7FFFFFFFFFFFFFFF - int(x) + 1 + (prim.wide_low(w) & 0x7FFFFFFFFFFFFFFF)


def times(x, w):
    if x != 0:
        if x == -1 and prim.wide_near(w) and not prim.wide_negative(w) and prim.wide_low(w) == -0x8000000000000000:
            return prim.wide_low(w)
        overflow()
    return int(x)


def floor_divided(x, w):
    if prim.wide_negative(w):
        return -1 if x > 0 else 0
    return 0 if x >= 0 else -1


def modulo(x, w):
    if prim.wide_negative(w):
        return plus(x, w) if x > 0 else int(x)
    return int(x) if x >= 0 else plus(x, w)


def shifted_by(x, w):
    # Of a `uint64` only.
    if x < 0:
        raise ValueError("negative shift count")
    if x == 0:
        overflow()
    if x >= 64:
        return 0
    return ((prim.wide_low(w) >> 1) & 0x7FFFFFFFFFFFFFFF) >> (int(x) - 1)


# No float is `w`: those on one side of it are on that side of the nearest one, or it.


def float_below(x, w):
    if prim.wide_exceeds(w):
        return x <= prim.wide_float(w)
    return x < prim.wide_float(w)


def float_above(x, w):
    if prim.wide_exceeds(w):
        return x > prim.wide_float(w)
    return x >= prim.wide_float(w)
