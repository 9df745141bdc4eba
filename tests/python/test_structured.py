"""Structured dtypes: arrays as arguments and results, fields, elements, stores, loops."""

import numpy as np
import pytest
from harness import Cases, check, native, refused

ALIGNED = np.dtype([("x", np.float64), ("n", np.int32), ("flag", np.bool_)], align=True)
PLAIN = np.dtype([("x", np.float64), ("y", np.float64)])
PACKED = np.dtype([("c", np.int8), ("x", np.float64), ("n", np.uint16), ("z", np.complex64)])
SMALL = np.dtype([("a", np.uint8), ("b", np.int8)])


def filled(dtype, n=5):
    a = np.zeros(n, dtype)
    for k, name in enumerate(dtype.names):
        a[name] = np.arange(n) * (k + 1) + k
    return a


ARRAYS = [filled(ALIGNED), filled(PLAIN), filled(PACKED)]
STRIDED = filled(ALIGNED, 9)[::2]
PACKED_STRIDED = filled(PACKED, 9)[::-2]
GRID = filled(PLAIN, 12).reshape(3, 4)
RECORDS = filled(ALIGNED).view(np.recarray)
READONLY = filled(ALIGNED)
READONLY.flags.writeable = False

case = Cases()


@case(*[(a,) for a in ARRAYS], (STRIDED,), (PACKED_STRIDED,), (READONLY,), (RECORDS,))
def read(a):
    return a[0]["x"], a[2]["x"], a[-1]["x"]


@case((filled(PACKED),), (PACKED_STRIDED,))
def read_packed(a):
    return a[1]["c"], a[2]["n"], a[3]["z"], a[4]["x"]


@case((filled(ALIGNED), 3), (filled(ALIGNED), 7), (filled(ALIGNED), -6))
def bounds(a, i):
    return a[i]["n"]


@case((filled(ALIGNED),), (STRIDED,), (filled(PACKED),), (RECORDS,), (READONLY,))
def total(a):
    s = 0.0
    for i in range(len(a)):
        s += a[i]["x"] * a[i]["n"]
    return s


@case((filled(ALIGNED),), (STRIDED,), (filled(PACKED),), (RECORDS,))
def over_rows(a):
    s = 0.0
    for row in a:
        s += row["x"]
    return s


@case((filled(ALIGNED), 2.5), (STRIDED, 7), (filled(PACKED), 3.5), (READONLY, 1.0), (RECORDS, 2))
def write(a, v):
    a[1]["x"] = v
    a[2]["n"] = 77
    return 0


@case((filled(ALIGNED), 2.5), (STRIDED, 7), (RECORDS, 2), (READONLY, 1.0))
def write_by_field(a, v):
    a["x"][1] = v
    a["n"][0] += 3
    a["flag"][2] = True
    return 0


@case((filled(ALIGNED), 300), (filled(ALIGNED), 2**40))
def overflow(a, v):
    a[0]["n"] = v
    return 0


@case((filled(SMALL), 300), (filled(SMALL), -1), (filled(SMALL), 20))
def small_overflow(a, v):
    a[0]["a"] = v
    return 0


@case((filled(ALIGNED),), (STRIDED,), (GRID,), (RECORDS,), (READONLY,))
def field_view(a):
    return a["x"]


@case((filled(PLAIN),), (GRID,))
def fields_filled(a):
    a["y"] = 5.0
    a["x"] = a["y"]
    return a["x"][0:1]


@case((GRID, 1, 2), (GRID, -1, 0), (GRID, 3, 0))
def grid(a, i, j):
    a[i, j]["x"] = 9.0
    return a[i, j]["y"], a[i]["x"][j], a.shape, a.size, a.ndim, a.itemsize, a.nbytes, len(a)


@case((filled(ALIGNED),), (STRIDED,), (filled(PACKED),), (RECORDS,))
def copy_rows(a):
    a[0] = a[3]
    a[1] = a[0]
    return a[0]["x"], a[1]["n"]


@case((filled(PLAIN), 1.5), (GRID[0], 2))
def assign_tuple(a, v):
    a[0] = (v, 2.5)
    a[1] = (1, v)
    return a[0]["x"]


@case((filled(ALIGNED),), (filled(PACKED),))
def rows_refer(a):
    row = a[2]
    row["x"] = 42.0
    a[2]["n"] = 5
    return row["x"], row["n"], a[2]["x"]


@case((filled(ALIGNED),), (filled(PACKED),))
def row_by_position(a):
    return a[1][0], a[2][-1], len(a[0])


@case((filled(ALIGNED),), (filled(PACKED),), (STRIDED,))
def row_result(a):
    return a[1]


@case((filled(ALIGNED),), (GRID,), (RECORDS,))
def whole(a):
    return a


@case((filled(ALIGNED),), (GRID,), (filled(PACKED),), (RECORDS,))
def slices(a):
    return a[1:3], a[::-1], a[:0]


@case((4,), (0,))
def fresh(n):
    a = np.zeros(n, dtype=PLAIN)
    for i in range(n):
        a[i]["x"] = i * 0.5
        a[i]["y"] = i
    return a


@case((4,), (1,))
def fresh_packed(n):
    a = np.zeros((n, 2), PACKED)
    a[0, 1]["x"] = 2.5
    a[n - 1, 0]["z"] = 1j
    return a, a[0, 1]["x"]


@case((3,))
def fresh_field(n):
    a = np.zeros(n, PLAIN)
    a["x"] = 1.5
    return a["x"]


@case((RECORDS,))
def recarray_fields(a):
    a.x[0] = 7.0
    return a.x, a[1].n, a[2].flag, a.size


@case((filled(ALIGNED),))
def dtype_identity(a):
    return a.dtype == ALIGNED, a.dtype == PLAIN


@case((filled(ALIGNED), True), (filled(ALIGNED), False))
def chosen_row(a, p):
    row = a[0] if p else a[3]
    return row["x"]


@case((filled(ALIGNED), 2.0), (filled(ALIGNED), 99.0))
def find(a, x):
    best = None
    for row in a:
        if row["x"] > x:
            best = row
            break
    if best is None:
        return None
    return best["n"] * 1.0


@case((filled(ALIGNED),))
def enumerated(a):
    s = 0.0
    for i, row in enumerate(a):
        s += i * row["x"]
    return s


@pytest.mark.parametrize(**case.params())
def test_against_python(func, call, deviation):
    check(func, *call, _deviation=deviation)


@native
def norm(row):
    return row["x"] * row["x"] + row["n"]


@native
def clear(row):
    row["x"] = 0.0


def test_rows_pass_through_calls():
    def both(a):
        clear(a[1])
        return norm(a[0]) + norm(a[1]) + norm(a[2])

    check(both, filled(ALIGNED))


def test_equal_dtypes_share_code():
    def first(a):
        return a[0]["x"]

    compiled = native(first)
    for _ in range(3):
        dtype = np.dtype([("x", np.float64), ("k", np.int64)])
        compiled(np.zeros(2, dtype))
    assert len(compiled.signatures) == 1


def test_unaligned_memory_of_an_aligned_dtype():
    def both(a):
        a[1]["x"] = 2.5
        return a[0]["x"], a[1]["x"], a[2]["n"]

    memory = np.zeros(1 + 5 * ALIGNED.itemsize, np.uint8)
    check(both, memory[1:].view(ALIGNED))


def test_refusals():
    def attribute(a):
        return a.x

    def row_attribute(a):
        return a[0].x

    def unknown(a):
        return a[0]["nothing"]

    def of_text(a):
        return a["a"]

    def made(a):
        return np.zeros(2, a.dtype)

    refused(attribute, filled(ALIGNED), _code="CB0403", _raises=AttributeError)
    refused(row_attribute, filled(ALIGNED), _code="CB0403", _raises=AttributeError)
    refused(unknown, filled(ALIGNED), _code="CB0503", _raises=ValueError)
    for dtype in ([("a", ">U3")], [("a", ">f8")], [("a", "f2")], [("a", "O")]):
        refused(of_text, np.zeros(2, dtype), _code="CB0503")
    refused(made, np.zeros(2, [("a", "O")]), _code="CB0506")


SHADOWED = np.rec.array([(1.0, 2), (3.0, 4)], dtype=[("size", np.float64), ("x", np.int64)])


def test_fields_hidden_by_attributes():
    def of_a_record(a):
        return a[1].size

    def of_the_array(a):
        return a.T

    def assigned(a):
        a[1].size = 2.5
        return a[1]["size"], a[1].x

    def assigned_dtype(a):
        a[0].dtype = 1

    check(of_a_record, SHADOWED.copy())
    hidden = np.rec.array([(1.0, 2)], dtype=np.dtype([("T", np.float64), ("x", np.int64)], align=True))
    refused(of_the_array, hidden, _code="CB0403")
    check(assigned, SHADOWED.copy())
    refused(assigned_dtype, SHADOWED.copy(), _code="CB0225", _raises=AttributeError)
