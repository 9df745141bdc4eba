"""Arrays: dtypes, layouts, indexing, slices, stores, views; each against NumPy.

A function is compiled anew for each dtype, number of axes and layout, so small functions
are run over tables of arrays. Functions of whole arrays (`np.sum` ...) are in
`tests/library`. Read-only arrays, arguments given back and results that share memory
are compared by the harness as everything else is.
"""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.python.harness import Cases, check, define, jit, refused

case = Cases()

DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float32", "float64", "complex64", "complex128",
]  # fmt: skip


def filled(dtype, shape, order="C"):
    """An array whose items differ, with the dtype's extremes among them."""
    dtype = np.dtype(dtype)
    array = np.arange(int(np.prod(shape, dtype=int)), dtype=np.int64).reshape(shape)
    array = (array % 2 == 1) if dtype.kind == "b" else (array * 7 % 100).astype(dtype)
    array = np.array(array, order=order)
    flat = array.reshape(-1, order="A")
    if dtype.kind in "iu" and flat.size > 2:
        flat[0], flat[1] = np.iinfo(dtype).min, np.iinfo(dtype).max
    if dtype.kind in "fc" and flat.size > 3:
        flat[0], flat[1], flat[2] = np.nan, -0.0, np.inf
    if dtype.kind == "c" and flat.size > 3:
        flat[3] = complex(-0.0, 2.5)
    assert np.shares_memory(flat, array) or not array.size
    return array


def frozen(array):
    """The array, read-only."""
    array.flags.writeable = False
    return array


def layouts(dtype):
    """One array of each kind: axes, order, strides, read-only, empty."""
    return {
        "0d": filled(dtype, ()),
        "1d": filled(dtype, 6),
        "1d step": filled(dtype, 12)[1::2],
        "1d reversed": filled(dtype, 6)[::-1],
        "1d one item": filled(dtype, 1),
        "1d empty": filled(dtype, 0),
        "1d repeated": np.broadcast_to(filled(dtype, 3)[2:], (4,)),
        "1d readonly": frozen(filled(dtype, 6)),
        "2d C": filled(dtype, (3, 4)),
        "2d F": filled(dtype, (3, 4), "F"),
        "2d inner": filled(dtype, (5, 7))[1:4, 2:6],
        "2d steps": filled(dtype, (6, 8))[::2, ::-2],
        "2d reversed": filled(dtype, (3, 4))[::-1, ::-1],
        "2d no rows": filled(dtype, (0, 4)),
        "2d no columns": filled(dtype, (3, 0)),
        "2d readonly F": frozen(filled(dtype, (3, 4), "F")),
        "2d broadcast": np.broadcast_to(filled(dtype, 4), (3, 4)),
        "3d C": filled(dtype, (2, 3, 4)),
        "3d F": filled(dtype, (2, 3, 4), "F"),
        "3d moved": filled(dtype, (2, 3, 4)).transpose(1, 2, 0),
        "4d": filled(dtype, (2, 1, 3, 2)),
    }


EVERY = [
    pytest.param(array, id=f"{dtype} {name}")
    for dtype in DTYPES
    for name, array in layouts(dtype).items()
]
KINDS = [pytest.param(array, id=name) for name, array in layouts("float64").items()]


def of_axes(low, high=99):
    return [p for p in EVERY if low <= p.values[0].ndim <= high]


# Attributes and views of every layout.


def attributes(a):
    return a.shape, a.size, a.ndim, a.nbytes, a.itemsize


def strides(a):
    return a.strides


def itself(a):
    return a


def transposed(a):
    return a.T


def length(a):
    return len(a)


def everything(a):
    return a[...]


def twice(a):
    return a, (a, a.T)


@pytest.mark.parametrize("array", EVERY)
@pytest.mark.parametrize("func", [attributes, itself, transposed], ids=lambda f: f.__name__)
def test_every_layout(func, array):
    check(func, array, _deviation="whole-view")


@pytest.mark.parametrize("array", EVERY)
def test_strides(array):
    # NumPy itself makes nothing of strides along axes of one item or none.
    if all(extent > 1 for extent in array.shape):
        check(strides, array)


@pytest.mark.parametrize("array", KINDS)
def test_views_of_everything(array):
    check(everything, array, _deviation="whole-view")
    check(twice, array, _deviation="whole-view")
    if array.ndim:
        check(length, array)


def test_no_length_without_axes():
    refused(length, np.array(1.0), _code="CB0303", _raises=TypeError)


def dtype_used(a):
    b = np.empty(3, a.dtype)
    b[0] = b[1] = b[2] = a[0]
    return b


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtype_as_a_value(dtype):
    check(dtype_used, filled(dtype, 5))


# Reading.


def element_1(a, i):
    return a[i]


def element_2(a, i, j):
    return a[i, j], a[i][j]


def element_3(a, i, j, k):
    return a[i, j, k], a[i, j][k], a[i][j, k]


def element_0(a):
    return a[()]


@pytest.mark.parametrize("array", of_axes(1, 1))
def test_reading_1d(array):
    for i in range(-len(array) - 2, len(array) + 2):
        check(element_1, array, i)


@pytest.mark.parametrize("array", of_axes(2, 2))
def test_reading_2d(array):
    n, m = array.shape
    for i, j in itertools.product((-n - 1, -n, 0, n - 1, n), (-m - 1, -1, 0, m - 1, m)):
        check(element_2, array, i, j)
    check(element_1, array, 1)


@pytest.mark.parametrize("array", of_axes(3, 3))
def test_reading_3d(array):
    for index in [(0, 0, 0), (1, 2, 1), (-1, -1, -1), (2, 0, 0), (0, 9, 0), (0, 0, -9)]:
        check(element_3, array, *index)
    check(element_1, array, -1)
    check(element_2, array, 1, -1)


@pytest.mark.parametrize("dtype", DTYPES)
def test_reading_0d(dtype):
    check(element_0, filled(dtype, ()))


INDICES = [0, 2, -1, 3, -4, 2**31, -(2**31), 2**62, 2**63 - 1, -(2**63)]


@pytest.mark.parametrize("index", INDICES)
def test_far_indices(index):
    check(element_1, np.arange(3.0), index)
    check(element_2, np.ones((3, 2)), 0, index)
    check(element_2, np.ones((3, 2)), index, 0)
    check(store_1, np.arange(3.0), index, 1.5)


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "uint32", "int64", "uint64"])
def test_numpy_integers_as_indices(kind):
    a = np.arange(5.0)
    for value in (0, 4, 5, 100):
        check(element_1, a, np.dtype(kind).type(value))
    if kind.startswith("i"):
        check(element_1, a, np.dtype(kind).type(-5))
        check(element_1, a, np.dtype(kind).type(-6))
    check(element_1, a, np.dtype(kind).type(np.iinfo(kind).max))


# Loops over arrays.


def loop_1(a):
    count = 0
    last = a[0]
    for x in a:
        last = x
        count += 1
    return last, count


def loop_rows(a):
    n = 0
    for row in a:
        for x in row:
            if x:
                n += 1
        n += row.size
    return n


def loop_indices(a):
    n = 0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if a[i, j] != a[-1 - i, -1 - j]:
                n += i * 10 + j
    return n


@pytest.mark.parametrize("array", of_axes(1, 1))
def test_loops_over_elements(array):
    check(loop_1, array)


@pytest.mark.parametrize("array", of_axes(2, 2))
def test_loops_over_rows(array):
    check(loop_rows, array)
    check(loop_indices, array)


@case(
    (np.arange(5.0),), (np.arange(0.0),), (np.arange(10)[::-3],), deviation="joined-number"
)
def loop_with_else(a):
    total = 0.0
    for x in a:
        if x > 3:
            break
        total += x
    else:
        total = -total
    return total


@case((np.arange(12.0).reshape(3, 4),))
def rows_are_views(a):
    for row in a:
        row[0] = row[1] + row[2]
        row[-1] *= 2.0


@case((np.arange(12.0).reshape(3, 4),))
def last_row_afterwards(a):
    row = a[0]
    for row in a:
        pass
    return row


@case((np.arange(6.0),))
def assigned_while_iterated(a):
    total = 0.0
    for x in a:
        a[3] = 100.0
        total = total + x
    return a


@case((np.arange(8.0).reshape(2, 2, 2),))
def unpack_arrays(a):
    x, y = a
    (p, q), r = a
    s, t = x[0]
    return x, q, s + t, r


@case((np.arange(3.0),), (np.arange(6.0).reshape(3, 2),))
def unpack_three(a):
    x, y, z = a
    return z, x


@case((np.arange(4.0),), (np.arange(2.0),))
def unpack_the_wrong_number(a):
    x, y, z = a
    return z


# Storing.


def store_1(a, i, value):
    a[i] = value


def store_0(a, value):
    a[()] = value
    a[...] = value


STORED = [
    True, 0, 1, -1, 100, 200, 300, -200, 2**31, 2**40, 2**63 - 1, -(2**63), 0.0, 1.75, -2.5,
    1e10, 1e20, float("nan"), float("inf"), -0.0,
    np.bool_(True), np.int8(-5), np.uint8(250), np.int16(-300), np.int32(2**30), np.int64(-(2**40)),
    np.uint64(2**63 + 5), np.float32(1.5), np.float64(-3.75), np.float64(float("nan")),
]  # fmt: skip
COMPLEX_STORED = [1 + 2j, np.complex64(1.5 - 2j), np.complex128(0.25j)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("value", STORED, ids=lambda v: f"{type(v).__name__} {v}")
def test_storing_converts(dtype, value):
    check(store_1, np.zeros(3, dtype), 1, value)


@pytest.mark.parametrize("value", COMPLEX_STORED, ids=lambda v: type(v).__name__)
def test_storing_complex_numbers(value):
    for dtype in ("complex64", "complex128"):
        check(store_1, np.zeros(3, dtype), 1, value)


def test_a_python_complex_does_not_go_into_floats():
    refused(store_1, np.zeros(3), 1, 1j, _code="CB0303", _raises=TypeError)


@pytest.mark.parametrize("array", of_axes(1, 1))
def test_storing_in_every_layout(array):
    if array.flags.writeable:
        for i in range(-len(array) - 1, len(array) + 1):
            check(store_1, array, i, 1)


def test_storing_into_readonly_arrays():
    a = frozen(np.zeros(3))
    for func, *args in [(store_1, 1, 2.0), (augmented, 1, 2.0), (assign_part, 2.0)]:
        check(func, a, *args)


def augmented(a, i, value):
    a[i] += value
    a[i] -= 1
    a[i] *= value


def assign_part(a, value):
    a[1:] = value


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64", "float32", "float64", "complex64"])
def test_augmented_elements(dtype):
    a = filled(dtype, 6)
    for i in (0, 1, -1, 6):
        for value in (0, 2, 100, 300):
            check(augmented, a, i, value)


@case((np.arange(6), 2), (np.arange(6.0), 2), (np.arange(6, dtype=np.uint8), 3))
def augmented_operators(a, n):
    a[0] //= n
    a[1] %= n
    a[2] **= n
    a[3] -= n
    a[-2] *= n


@case((np.arange(6), 2), (np.arange(6, dtype=np.uint8), 3), (np.arange(6) % 2 == 0, True))
def augmented_bits(a, n):
    a[0] |= n
    a[1] &= n
    a[2] ^= n


@case((np.arange(3), 2.5), (np.arange(3), 2))
def augmented_true_division(a, x):
    a[1] /= x
    a[2] += x


@jit
def noted(trace, k):
    trace[0] = trace[0] * 10 + k
    return k


@case((np.zeros(4), np.zeros(1)))
def order_of_evaluation(a, trace):
    a[noted(trace, 1)] = noted(trace, 2)
    a[noted(trace, 3)] += noted(trace, 1)
    x, a[noted(trace, 2)] = noted(trace, 1), noted(trace, 3)
    a[0] = a[noted(trace, 1)] = noted(trace, 2)


@case((np.arange(4.0), 1, 2), (np.arange(4.0), 1, -5), (np.arange(4.0), 9, 1))
def swap_elements(a, i, j):
    a[i], a[j] = a[j], a[i]


@case((np.zeros((3, 3)), 2), (np.zeros((3, 3), order="F"), 2), (np.zeros((3, 3)), 3))
def store_2(a, i):
    a[i, 0] = 1
    a[i][1] = 2
    a[0, i] += a[i, 1]


@case((np.zeros(()), 2.5), (np.zeros((), np.int32), 2))
def store_without_axes(a, x):
    a[()] = x


# Slices.

BOUNDS = [None, 0, 1, 2, 5, 7, 100, -1, -3, -5, -100]
STEPS = [None, 1, 2, 3, -1, -2, 7, -7]


def slice_full(a, i, j, k):
    return a[i:j:k]


def slice_plain(a, i, j):
    return a[i:j]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("start", BOUNDS)
def test_slices(start, step):
    a = np.arange(5.0)
    for stop in BOUNDS:
        check(slice_full, a, start, stop, step, _deviation="whole-view")
        check(slice_plain, a, start, stop, _deviation="whole-view")


@pytest.mark.parametrize("far", [2**62, 2**63 - 1, -(2**63), -(2**62)])
def test_far_slices(far):
    for a in (np.arange(5.0), np.arange(10.0)[::-2]):
        for i, j, k in [(far, None, 1), (None, far, 1), (None, None, far), (far, None, -1),
                        (None, far, -1), (far, far, far), (1, far, far), (far, 1, far)]:  # fmt: skip
            check(slice_full, a, i, j, k, _deviation="whole-view")


def test_slices_with_step_zero():
    check(slice_full, np.arange(5.0), None, None, 0)
    check(slice_full, np.arange(5.0), 1, 2, 0)


def test_slices_of_other_layouts():
    for base in (np.arange(10)[::2], np.arange(10)[::-1], np.arange(0), np.broadcast_to(np.int64(3), (5,))):
        for i, j, k in [(1, 4, 2), (None, None, -1), (-2, None, None), (4, 0, -2), (7, 9, 1)]:
            check(slice_full, base, i, j, k, _deviation="whole-view")


@case((np.arange(12.0).reshape(3, 4),), (np.arange(12).reshape(3, 4).T,), (np.arange(48.0).reshape(6, 8)[::2, 4::-1],))
def slices_2d(a):
    return a[1:], a[:, 1], a[1, :], a[::-1, ::2], a[:2, 1:3], a[-1], a[:, -2:], a[1:1], a[2, ::-1]


@case((np.arange(24.0).reshape(2, 3, 4),), (np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)),))
def slices_3d(a):
    return a[0], a[:, 0], a[..., 0], a[0, ..., 1], a[:, 1:, ::2], a[1, :, 2], a[1:, 0, 1:3], a[..., ::-1]


@case((np.arange(12.0).reshape(3, 4),), (np.arange(4),), (np.array(5.0),))
def ellipsis(a):
    return a[..., None], a[None, ...]


@case((np.arange(4.0),), (np.arange(8.0)[::2],))
def new_axes(a):
    return a[None], a[:, None], a[np.newaxis, :, np.newaxis], a[None, 1:], a[1, None], a[None, ::-1]


@case((np.arange(12.0).reshape(3, 4),))
def new_axes_2d(a):
    return a[:, None], a[None, :, None, 1], a[..., None, 0], a[0, None, 1], a[None, None]


@case((np.arange(24.0).reshape(2, 3, 4), 1, 2))
def mixed_index(a, i, j):
    return a[i, :, j], a[i:, j], a[:, i:j, -1], a[-i, ..., None], a[i, j, 1:]


@case((np.arange(24.0).reshape(2, 3, 4), (1, 2, 3)), (np.arange(24.0).reshape(2, 3, 4), (1, -3, 4)))
def index_is_a_tuple(a, index):
    i = index[0], 1
    return a[index], a[i], a[i][2]


@case((np.arange(10.0),))
def views_of_views(a):
    b = a[1:]
    c = b[1:-1]
    d = c[::2]
    e = d[::-1]
    e[0] = 100.0
    return b, c, d, e, e[0], e[1:2]


@case((np.arange(20.0).reshape(4, 5),), deviation="whole-view")
def transposed_views(a):
    b = a.T
    c = b[1:3]
    d = c.T
    d[0, 0] = -1
    return b, c, d, b.T, a.T.T[1]


def test_slice_of_a_row_out_of_range():
    f = define("def f(a, i):\n    b = a[i, 1:]\n    return b")
    check(f, np.ones((2, 3)), 5)


@pytest.mark.parametrize("index", ["1.0", "0, 1", "0, 0, 0", "'a'", "1j", "..., ..."])
def test_indices_that_are_no_indices(index):
    f = define(f"def f(a):\n    return a[{index}]")
    refused(f, np.arange(3.0), _code="CB0501", _raises=IndexError)


def test_positions_are_integers():
    f = define("def f(a):\n    return a[a]")
    refused(f, np.arange(3.0), _code="CB0506", _raises=IndexError)


# Slice assignment.


def set_all(a, value):
    a[:] = value


def set_part(a, value, i, j, k):
    a[i:j:k] = value


def set_ellipsis(a, value):
    a[...] = value


@pytest.mark.parametrize("array", [p for p in EVERY if p.values[0].flags.writeable])
def test_filling_every_layout(array):
    check(set_ellipsis, array, 1)
    if array.ndim:
        check(set_all, array, array.flat[0] if array.size else array.dtype.type(0))


@pytest.mark.parametrize("value", [3, 2.5, True, np.float32(1.5), np.int64(-1)], ids=repr)
@pytest.mark.parametrize("dtype", ["int32", "float32", "float64", "uint8", "complex128"])
def test_filling_converts(dtype, value):
    check(set_all, np.zeros(4, dtype), value)
    check(set_part, np.zeros(7, dtype), value, 1, -1, 2)


@pytest.mark.parametrize(
    ("shape", "source"),
    [
        (4, 4), (4, 1), (4, ()), ((3, 4), 4), ((3, 4), (3, 4)), ((3, 4), (1, 4)), ((3, 4), (3, 1)),
        ((3, 4), (1, 1)), ((2, 3, 4), (3, 1)), ((0, 4), 4), ((3, 0), (3, 1)),
        (4, 3), ((3, 4), 3), ((3, 4), (2, 4)), (0, 2), (4, 0),
    ],
)  # fmt: skip
def test_assigning_arrays_broadcasts(shape, source):
    for order in "CF":
        check(set_all, np.zeros(shape, order=order), filled("float64", source))
        check(set_all, np.zeros(shape, order=order), filled("float64", source, "F"))


def test_assigning_too_many_axes():
    check(set_all, np.zeros(4), filled("float64", (1, 4)))
    check(set_all, np.zeros(4), filled("float64", (1, 1, 1)))
    check(set_all, np.zeros(4), filled("float64", (2, 4)))
    check(set_ellipsis, np.zeros(()), filled("float64", 1))


@pytest.mark.parametrize("target", DTYPES)
def test_assigning_arrays_casts(target):
    for source in DTYPES:
        array = filled(source, 5)
        if np.dtype(source).kind in "fc" and np.dtype(target).kind in "iu":
            # What C gives for nan and infinities depends on the instruction that is used.
            array = np.arange(5).astype(source) * 2.5
        check(set_all, np.zeros(5, target), array)


@case((np.arange(10.0), 1), (np.arange(10.0), 3), (np.arange(10), 2))
def overlapping_forward(a, k):
    a[k:] = a[:-k]


@case((np.arange(10.0), 1), (np.arange(10.0), 3), (np.arange(10), 2))
def overlapping_backward(a, k):
    a[:-k] = a[k:]


@case((np.arange(10.0),), (np.arange(9),), (np.arange(20.0)[::2],))
def reversed_onto_itself(a):
    a[:] = a[::-1]


@case((np.arange(16.0).reshape(4, 4),), (np.arange(16).reshape(4, 4).T,))
def transposed_onto_itself(a):
    a[:] = a.T


@case((np.arange(16.0).reshape(4, 4),))
def row_over_everything(a):
    a[:] = a[1]
    a[:, 2] = a[0]


@case((np.arange(12.0).reshape(3, 4),))
def parts_of_parts(a):
    a[1:, ::2] = 7
    a[0] = a[1]
    a[:, -1] = a[:, 0]
    a[2, 1:3] = a[0, 2:]


def both_arguments(a, b):
    a[1:] = b[:-1]


def test_the_same_array_twice():
    a = np.arange(6.0)
    check(both_arguments, a, a)
    check(both_arguments, a[::-1], a)
    check(both_arguments, a[:4], a[2:])


# New arrays.


@case((3,), (0,), (np.int32(2),))
def new_1d(n):
    return np.zeros(n), np.ones(n), np.full(n, 2.5)


@case((2, 3), (0, 3), (3, 0))
def new_2d(n, m):
    return np.zeros((n, m)), np.ones((n, m)), np.full((n, m), 7)


@case(())
def new_0d():
    return np.zeros(()), np.full((), 1.5)


@case((3,))
def new_with_dtypes(n):
    return (
        np.zeros(n, np.int32), np.ones(n, dtype=np.uint8), np.full(n, 3, np.float32),
        np.zeros((n, 1), dtype=np.complex64), np.zeros(n, bool), np.ones(n, float), np.zeros(n, int),
    )  # fmt: skip


@case((3,), (2.5,), (True,), (1j,), (np.float32(0.5),), (np.uint8(7),))
def full_takes_the_dtype_of_the_value(x):
    return np.full(2, x)


@case((4,))
def empty_filled(n):
    a = np.empty(n)
    b = np.empty((n, 2), np.int16)
    for i in range(n):
        a[i] = i * 0.5
        b[i, 0] = i
        b[i, 1] = -i
    return a, b


@case((-1,), (-5,))
def negative_size(n):
    return np.zeros(n)


@case((3,))
def parts_of_a_new_array(n):
    a = np.zeros((n, 4))
    for i in range(n):
        a[i, i] = 1
    return a[1:], a.T, a[0], a


@case((3,))
def the_same_twice(n):
    a = np.ones(n)
    return a, a


@case((np.arange(4.0),))
def arguments_and_their_parts(a):
    b = a
    return b, a[1:], a, (a[::-1], b)


@case((np.arange(4.0), np.arange(3.0), 0), (np.arange(4.0), np.arange(3.0), 1))
def one_of_two(a, b, k):
    if k:
        c = a
    else:
        c = b
    c[0] = 10.0
    return c


@case((np.arange(4.0), 0), (np.arange(4.0), 1))
def argument_or_new(a, k):
    b = a
    if k:
        b = np.zeros(2)
    b[0] = 7.0
    return b


@case((np.arange(4.0), 5), (np.arange(4.0), 0))
def array_replaced_in_a_loop(a, n):
    b = a
    for i in range(n):
        c = np.empty(4)
        for j in range(4):
            c[j] = b[j] * 2 + i
        b = c
    return b


@case((np.arange(4.0),))
def swapped_arrays(a):
    b = np.zeros(4)
    for i in range(3):
        a, b = b, a
        b[i] = 100.0 + i
    return a, b


@jit
def made(n):
    a = np.zeros(n)
    for i in range(n):
        a[i] = i
    return a


@jit
def passed_on(a):
    return a


@jit
def part(a, k):
    return a[k:]


@case((5,))
def arrays_through_calls(n):
    a = made(n)
    b = passed_on(a)
    b[0] = 50.0
    c = part(b, 2)
    c[0] = 60.0
    return a, passed_on(c), part(passed_on(made(3)), 1)


@case((np.arange(5.0),))
def arguments_through_calls(a):
    return passed_on(a), part(a, 1), passed_on(part(a, 2))


@case(((np.arange(3.0), np.arange(4), 2),))
def tuple_of_arrays(t):
    a, b, k = t
    a[k] = b[k + 1]
    return t[0], (b, a)


@case((np.arange(3.0), np.zeros(3, np.int32)), (np.zeros(0), np.zeros(0)))
def several_arguments(a, b):
    for i in range(len(a)):
        b[i] = a[i] * 2
    return b


# Elements are NumPy scalars.


@case((np.array([200, 100], np.uint8),), (np.array([2**31 - 1, 5], np.int32),))
def elements_wrap(a):
    return a[0] + a[1], a[0] * a[0], a[0] - a[1] - a[1], a[0] + 1


@case((np.array([1.0, 0.0, -0.0, np.nan]),), (np.array([1, 0], np.float32),), (np.array([5, 0]),))
def elements_divide_without_checks(a):
    return a[0] / a[1], a[1] / a[1], a[0] // a[1], a[0] % a[1]


@case((np.array([0.1, 0.2], np.float32),))
def elements_are_weak_with_literals(a):
    return a[0] * 2.0, a[0] + 1, a[0] * a[1], a[0] ** 2, a[0] > 0.1, a[0] == 0.1


@case((np.arange(5.0),), (np.arange(5, dtype=np.float32),), (np.arange(1, 6),), deviation="joined-number")
def sum_of_elements(a):
    s = 0
    for x in a:
        s += x
    return s


@case((np.zeros(0),), deviation="joined-number")
def sum_of_no_elements(a):
    s = 0.0
    for x in a:
        s += x
    return s


@case((np.array([3, 1, 2]),), (np.array([0.5, np.nan, -1.0]),))
def extrema_of_elements(a):
    return min(a[0], a[1], a[2]), max(a[0], a[1], a[2]), abs(a[0]), -a[1], a[0] < a[1] <= a[2]


@case((np.array([2, 0, 1]), np.arange(3.0)), (np.array([2, 0, 3]), np.arange(3.0)), (np.array([2, -4, 1]), np.arange(3.0)))
def elements_as_indices(p, a):
    s = 0.0
    for i in range(len(p)):
        s = s + a[p[i]] * 10.0
    return s


@case((np.array([True, False, True]),))
def bool_elements(a):
    n = 0
    for x in a:
        if x:
            n += 1
    return n, a[0] and a[1], a[0] | a[1], not a[1], a[0] + a[2]


@case((np.array([1 + 2j, -1j]),), (np.array([1 + 2j, -1j], np.complex64),))
def complex_elements(a):
    return a[0] * a[1], a[0].real, a[1].imag, abs(a[0]), a[0].conjugate(), a[0] + 1, a[0] * 1j


@pytest.mark.parametrize(**case.params())
def test_arrays(func, call, deviation):
    check(func, *call, _deviation=deviation)


# Drawn inputs.

drawn = settings(max_examples=120, deadline=None, derandomize=True)
dtypes = st.sampled_from(["float64", "float32", "int64", "int32", "uint8", "bool", "complex128"])


@st.composite
def arrays(draw, low=1, high=3):
    """An array of any layout: drawn shape and content, axes permuted and sliced."""
    dtype = np.dtype(draw(dtypes))
    shape = draw(hnp.array_shapes(min_dims=low, max_dims=high, min_side=0, max_side=5))
    base = draw(hnp.arrays(dtype, shape))
    if draw(st.booleans()):
        base = np.asfortranarray(base)
    axes = draw(st.permutations(range(base.ndim)))
    base = base.transpose(axes)
    steps = tuple(slice(None, None, draw(st.sampled_from([1, 1, 2, -1, -2]))) for _ in range(base.ndim))
    array = base[steps] if steps else base
    if draw(st.integers(0, 9)) == 0:
        frozen(array)
    return array


@drawn
@given(array=arrays(), data=st.data())
def test_drawn_indices(array, data):
    """Any basic index, as source text, so that what is constant is constant."""
    parts = []
    for extent in array.shape[: data.draw(st.integers(0, array.ndim))]:
        kind = data.draw(st.sampled_from(["int", "slice", "slice", "none"]))
        bound = st.integers(-extent - 2, extent + 2)
        if kind == "int":
            parts.append(str(data.draw(bound)))
        elif kind == "slice":
            edge = st.one_of(st.just(""), bound.map(str))
            step = data.draw(st.sampled_from(["", ":2", ":-1", ":-2", ":3"]))
            parts.append(f"{data.draw(edge)}:{data.draw(edge)}{step}")
        else:
            parts += ["None", ":"]
    if data.draw(st.booleans()):
        parts.insert(data.draw(st.integers(0, len(parts))), "...")
    index = ", ".join(parts) if parts else "()"
    index += "," if len(parts) == 1 else ""
    check(define(f"def f(a):\n    return a[{index}]"), array, _deviation="whole-view")


@drawn
@given(array=arrays(1, 1), i=st.integers(-8, 8), j=st.integers(-8, 8), k=st.integers(-3, 3))
def test_drawn_slices(array, i, j, k):
    check(slice_full, array, i, j, k, _deviation="whole-view")


@drawn
@given(array=arrays(2, 2), i=st.integers(-6, 6), j=st.integers(-6, 6))
def test_drawn_elements(array, i, j):
    check(element_2, array, i, j)


@pytest.mark.parametrize("source", [
    (1, 0), (2, 0), (1, 1, 3), (1, 2, 0), (2, 1, 3), (1, 1, 1, 4), (1, 3), (1, 1, 1, 1),
])
@pytest.mark.parametrize("target", [(2,), (0,), (2, 3), (2, 2)])
def test_leading_axes_of_one_in_messages(target, source):
    check(set_all, np.zeros(target), np.zeros(source))
    check(set_all_to_sum, np.zeros(target), np.zeros(source))


def set_all_to_sum(target, source):
    target[:] = source + 1.0


@drawn
@given(target=arrays(), source=arrays(0, 3))
def test_drawn_assignments(target, source):
    # Floats beyond an integer's range are converted as C likes.
    if np.can_cast(source.dtype, target.dtype, "same_kind"):
        check(set_all, target, source)


@drawn
@given(
    base=hnp.arrays("int64", st.integers(1, 12)),
    first=st.tuples(st.integers(-4, 12), st.integers(-4, 12), st.sampled_from([1, 2, -1, -2])),
    second=st.tuples(st.integers(-4, 12), st.integers(-4, 12), st.sampled_from([1, 2, -1, -2])),
)
def test_drawn_overlaps(base, first, second):
    check(overlap, base, *first, *second)


def overlap(a, i, j, k, p, q, r):
    a[i:j:k] = a[p:q:r]


@drawn
@given(array=arrays())
def test_drawn_layouts(array):
    check(attributes, array)
    check(transposed, array, _deviation="whole-view")
    check(itself, array)
