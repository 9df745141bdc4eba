"""Arrays that a parallel loop puts together over its turns: a part for each block.

The front end (`build/accumulators.rs`) calls these. How many parts there are follows from
lengths alone, and so do their contents.
"""

from arrays import spread


def part_count(size, itemsize, turns):
    """How many blocks the turns are cut into: not more than there is room for, or work."""
    room = 67_108_864 // max(size * itemsize, 1)
    work = max(16, turns // max(2 * size, 1))
    return max(1, min(128, turns, room, work))


def parts_of(a, over, op):
    """What the blocks begin with, one behind the other."""
    if a.ndim == 0:
        prim.error("an array without axes isn't put together over the turns of prange: {}", a)
    elif prim.readonly(a):
        prim.error("a read-only array isn't put together over the turns of prange: {}", a)
    else:
        shape = (part_count(a.size, a.itemsize, len(over)),) + a.shape
        if op == "*":
            return filled(shape, prim.cast(1, prim.dtype(a)))
        elif op == "&":
            return filled(shape, ~prim.cast(0, prim.dtype(a)))
        elif op == "+" and (prim.kind(prim.dtype(a)) == "f" or prim.kind(prim.dtype(a)) == "c"):
            # To which -0.0 may be added.
            return filled(shape, -prim.cast(0, prim.dtype(a)))
        else:
            return prim.zeros(shape, prim.dtype(a))


def filled(shape, value):
    out = prim.empty(shape, prim.dtype(value))
    spread(out, value)
    return out


def least(rows, count):
    """The smallest number of parts that an array of a loop has; what may be a number has none."""
    if len(rows) == 0:
        return count
    elif prim.is_array(rows[0]):
        return least(rows[1:], min(count, len(rows[0])))
    else:
        return least(rows[1:], count)


def part_of(parts, first, over, rows):
    """The part of the block that begins with a turn, where `rows` are the parts of all arrays."""
    turns = len(over)
    blocks = least(rows, turns)
    each = turns // blocks
    more = turns % blocks
    # The first blocks have one turn more.
    behind = more * (each + 1)
    if first < behind:
        return parts[first // (each + 1)]
    else:
        return parts[more + (first - behind) // each]
