"""Comparisons of arrays of records and of texts, in one dimension.

Texts of one kind compare without the zeroes at their end; of two kinds they are never
equal, and have no order. Records are equal where all fields are.
"""

from structured import equal_fields


def equal(a, b):
    return compared(a, b, "==")


def unequal(a, b):
    return compared(a, b, "!=")


def less(a, b):
    return compared(a, b, "<")


def less_equal(a, b):
    return compared(a, b, "<=")


def greater(a, b):
    return compared(a, b, ">")


def greater_equal(a, b):
    return compared(a, b, ">=")


def is_in(x, a):
    return bool(np.any(compared(a, x, "==")))


def mirrored(op):
    if op == "<":
        return ">"
    elif op == "<=":
        return ">="
    elif op == ">":
        return "<"
    elif op == ">=":
        return "<="
    else:
        return op


def compared(a, b, op):
    if not prim.is_records(a):
        return compared(b, a, mirrored(op))
    else:
        check_dimension(a)
        if prim.is_records(b):
            check_dimension(b)
            return with_array(a, b, op)
        elif prim.is_text_array(a):
            return with_text(a, b, op)
        elif prim.is_row(b):
            return with_record(a, b, op)
        else:
            prim.error("comparing an array of records and {} is not compiled", b)


def check_dimension(a):
    if a.ndim != 1:
        prim.error("comparisons of {} are compiled in one dimension", a)


def kind_of(a):
    """What texts of an array, and a text, are of."""
    if prim.is_records(a):
        return prim.is_points(a)
    elif prim.is_str(a):
        return True
    elif prim.is_bytes(a):
        return False
    elif prim.is_numpy_text(a):
        return isinstance(a, str)
    else:
        prim.error("comparing an array of texts and {} is not compiled", a)


def with_text(a, b, op):
    out = prim.empty(len(a), prim.dtype(np.bool_))
    if kind_of(a) == kind_of(b):
        text = b.rstrip(zero(kind_of(a)))
        for i in range(len(a)):
            out[i] = holds(a[i], text, op)
    else:
        never(out, a, b, op)
    return out


def zero(points):
    if points:
        return chr(0)
    else:
        return bytes(1)


def never(out, a, b, op):
    if op == "==" or op == "!=":
        out[:] = op == "!="
    else:
        prim.error("texts of two kinds have no order: {}", b)


def holds(x, y, op):
    if op == "==":
        return x == y
    elif op == "!=":
        return x != y
    elif op == "<":
        return x < y
    elif op == "<=":
        return x <= y
    elif op == ">":
        return x > y
    else:
        return x >= y


def with_record(a, b, op):
    if prim.dtype(a) != prim.dtype(b):
        prim.error("records of different dtypes are not compared: {}", b)
    elif not (op == "==" or op == "!="):
        prim.error("{} has no order", a)
    else:
        out = prim.empty(len(a), prim.dtype(np.bool_))
        for i in range(len(a)):
            out[i] = equal_fields(a[i], b, 0) == (op == "==")
        return out


def with_array(a, b, op):
    n = len(a)
    if n == 1:
        n = len(b)
    prim.guard(
        (len(a) == n or len(a) == 1) and (len(b) == n or len(b) == 1),
        "ValueError",
        "operands could not be broadcast together with shapes ({},) ({},) ",
        len(a),
        len(b),
    )
    out = prim.empty(n, prim.dtype(np.bool_))
    step = 0 if len(a) == 1 else 1
    other = 0 if len(b) == 1 else 1
    if prim.is_text_array(a) and prim.is_text_array(b):
        if kind_of(a) == kind_of(b):
            for i in range(n):
                out[i] = holds(a[i * step], b[i * other], op)
        else:
            never(out, a, b, op)
    elif prim.dtype(a) != prim.dtype(b):
        prim.error("arrays of different dtypes are not compared: {}", b)
    elif not (op == "==" or op == "!="):
        prim.error("{} has no order", a)
    else:
        for i in range(n):
            out[i] = equal_fields(a[i * step], b[i * other], 0) == (op == "==")
    return out
