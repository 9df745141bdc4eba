"""Atomic operations on elements of arrays: `cumbia.atomic`.

`prim.atomic` does what processors do. Of floats that is adding alone: the others put a value
in the place of the one that they have seen, and look again where another thread was faster.
"""


@implements("cumbia.atomic.add")
def atomic_add(array, index, value):
    return prim.atomic("add", array, index, value)


@implements("cumbia.atomic.sub")
def atomic_sub(array, index, value):
    return prim.atomic("sub", array, index, value)


@implements("cumbia.atomic.and_")
def atomic_and(array, index, value):
    return prim.atomic("and", array, index, value)


@implements("cumbia.atomic.or_")
def atomic_or(array, index, value):
    return prim.atomic("or", array, index, value)


@implements("cumbia.atomic.xor")
def atomic_xor(array, index, value):
    return prim.atomic("xor", array, index, value)


@implements("cumbia.atomic.exch")
def atomic_exch(array, index, value):
    return prim.atomic("exch", array, index, value)


@implements("cumbia.atomic.cas")
def atomic_cas(array, index, old, value):
    return prim.atomic("cas", array, index, old, value)


@implements("cumbia.atomic.compare_and_swap")
def atomic_compare_and_swap(array, old, value):
    return prim.atomic("cas", array, 0, old, value)


def has_sign(value):
    return prim.copysign(prim.cast(1.0, prim.dtype(value)), value) < 0


@implements("cumbia.atomic.max")
def atomic_max(array, index, value):
    if prim.kind(prim.dtype(array)) != "f":
        return prim.atomic("max", array, index, value)
    new = prim.cast(value, prim.dtype(array))
    # -0.0 changes nothing: the element as it is.
    old = prim.atomic("add", array, index, prim.cast(-0.0, prim.dtype(array)))
    while new > old or old != old or (new == old and has_sign(old)):
        now = prim.atomic("cas_bits", array, index, old, new)
        if prim.bits(now) == prim.bits(old):
            break
        old = now
    return old


@implements("cumbia.atomic.min")
def atomic_min(array, index, value):
    if prim.kind(prim.dtype(array)) != "f":
        return prim.atomic("min", array, index, value)
    new = prim.cast(value, prim.dtype(array))
    old = prim.atomic("add", array, index, prim.cast(-0.0, prim.dtype(array)))
    while new < old or old != old or (new == old and has_sign(new)):
        now = prim.atomic("cas_bits", array, index, old, new)
        if prim.bits(now) == prim.bits(old):
            break
        old = now
    return old
