"""Folding a line into an accumulator by a function of two elements."""

from pairwise import groups


def in_order(acc, line, dtype, step):
    """From the first element to the last."""
    for i in range(len(line)):
        acc = step(acc, prim.cast(line[i], dtype))
    return acc


def in_lanes(acc, line, dtype, step):
    """In four lanes, so that they don't wait for each other: where the order can't be seen."""
    n = len(line)
    rows = n // 4
    if rows > 0:
        a = groups(line, rows, 4)
        r0 = prim.cast(a[0, 0], dtype)
        r1 = prim.cast(a[0, 1], dtype)
        r2 = prim.cast(a[0, 2], dtype)
        r3 = prim.cast(a[0, 3], dtype)
        for i in range(1, rows):
            r0 = step(r0, prim.cast(a[i, 0], dtype))
            r1 = step(r1, prim.cast(a[i, 1], dtype))
            r2 = step(r2, prim.cast(a[i, 2], dtype))
            r3 = step(r3, prim.cast(a[i, 3], dtype))
        acc = step(acc, step(step(r0, r1), step(r2, r3)))
    for i in range(4 * rows, n):
        acc = step(acc, prim.cast(line[i], dtype))
    return acc
