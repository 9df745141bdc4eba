"""Pairwise summation with NumPy's blocks.

Runs of up to 128 numbers are summed by eight accumulators, added up as a tree;
longer ones are halved at a multiple of eight. A complex number counts as two. The
order is that of ``loops_utils.h.src`` in NumPy (N. Higham, The accuracy of floating
point summation, 1993, gives the error bound).
"""


def sum_line(acc, line, dtype, step):
    """Adds the elements of a line of inexact numbers."""
    if prim.kind(dtype) == "c":
        return acc + pairwise_complex(line, dtype)
    else:
        return acc + pairwise(line, dtype)


def groups(line, count, width):
    """The first elements of a line as a matrix of `count` rows."""
    if prim.layout(line) == "C":
        return prim.view_c(line, (count, width))
    else:
        stride = line.strides[0]
        return prim.view(line, (count, width), (stride * width, stride), 0)


def pairwise(line, dtype):
    """Sum of floats."""
    n = len(line)
    if n < 8:
        # -0.0, so that a sum of negative zeros is one.
        total = prim.cast(-0.0, dtype)
        for i in range(n):
            total = total + prim.cast(line[i], dtype)
        return total
    elif n <= 128:
        return block(line, dtype)
    else:
        half = n // 2
        half -= half % 8
        return pairwise(line[:half], dtype) + pairwise(line[half:], dtype)


def block(line, dtype):
    """Sum of 8 to 128 floats."""
    n = len(line)
    rows = n // 8
    a = groups(line, rows, 8)
    r0 = prim.cast(a[0, 0], dtype)
    r1 = prim.cast(a[0, 1], dtype)
    r2 = prim.cast(a[0, 2], dtype)
    r3 = prim.cast(a[0, 3], dtype)
    r4 = prim.cast(a[0, 4], dtype)
    r5 = prim.cast(a[0, 5], dtype)
    r6 = prim.cast(a[0, 6], dtype)
    r7 = prim.cast(a[0, 7], dtype)
    for i in range(1, rows):
        r0 += prim.cast(a[i, 0], dtype)
        r1 += prim.cast(a[i, 1], dtype)
        r2 += prim.cast(a[i, 2], dtype)
        r3 += prim.cast(a[i, 3], dtype)
        r4 += prim.cast(a[i, 4], dtype)
        r5 += prim.cast(a[i, 5], dtype)
        r6 += prim.cast(a[i, 6], dtype)
        r7 += prim.cast(a[i, 7], dtype)
    total = ((r0 + r1) + (r2 + r3)) + ((r4 + r5) + (r6 + r7))
    for i in range(8 * rows, n):
        total += prim.cast(line[i], dtype)
    return total


def pairwise_complex(line, dtype):
    """Sum of complex numbers."""
    n = len(line)
    if n < 4:
        total = prim.cast(complex(-0.0, -0.0), dtype)
        for i in range(n):
            total = total + prim.cast(line[i], dtype)
        return total
    elif n <= 64:
        return block_complex(line, dtype)
    else:
        half = (n - n % 8) // 2
        return pairwise_complex(line[:half], dtype) + pairwise_complex(line[half:], dtype)


def block_complex(line, dtype):
    """Sum of 4 to 64 complex numbers."""
    n = len(line)
    rows = n // 4
    a = groups(line, rows, 4)
    r0 = prim.cast(a[0, 0], dtype)
    r1 = prim.cast(a[0, 1], dtype)
    r2 = prim.cast(a[0, 2], dtype)
    r3 = prim.cast(a[0, 3], dtype)
    for i in range(1, rows):
        r0 += prim.cast(a[i, 0], dtype)
        r1 += prim.cast(a[i, 1], dtype)
        r2 += prim.cast(a[i, 2], dtype)
        r3 += prim.cast(a[i, 3], dtype)
    total = (r0 + r1) + (r2 + r3)
    for i in range(4 * rows, n):
        total += prim.cast(line[i], dtype)
    return total
