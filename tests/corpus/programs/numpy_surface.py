"""Attributes of arrays, views of memory, index makers and keywords of elementwise functions."""

import numpy as np

from tests.corpus import call, program

A = np.arange(12.0).reshape(3, 4)
Z = np.array([1 + 2j, -3.5 + 0j, 4j])
I = np.arange(6, dtype=np.int32)  # noqa: E741


@program(call(Z))
def parts_are_assigned(z):
    z.real += 1
    z.imag = -z.imag
    z.real[0] = 9
    return z, z.real.sum(), z.imag


@program(call(np.array([1.5, -0.0, np.inf])))
def bits_of_floats(x):
    bits = x.view(np.int64)
    bits ^= np.int64(1) << 62
    return x, bits >> 52


@program(call(I), call(I[::2]), call(np.arange(7, dtype=np.int32)))
def a_larger_dtype(x):
    return x.view(np.int64)


@program(call(A), call(A.T), call(A[:, ::2]))
def flags_decide(a):
    if a.flags.c_contiguous:
        return a.ravel()
    if a.flags["F_CONTIGUOUS"]:
        return a.T.ravel()
    return a[0]


@program(call(A))
def matrices_transposed(a):
    return a.mT @ a, a.mT.shape


@program(call(A), call(np.ones(1)), call(np.zeros(0)))
def truth_of_an_array(a):
    if bool(a):
        return 1
    return 2


@program(call(A))
def membership(a):
    return 5 in a, 5.5 in a, 100 not in a


@program(call(np.array([2.675, 1.005, -0.5]), 2), call(np.array([27, 35], np.int16), -1))
def rounding_to_decimals(a, n):
    return np.round(a, n), a.round(n), np.around(a, decimals=n)


@program(call(I))
def operands_in_another_dtype(x):
    y = (x * 40).astype(np.int8)
    return np.multiply(y, y, dtype=np.int64), np.add(y, 1, dtype=np.float32), y * y


@program(call(I, 300))
def a_number_that_does_not_fit(x, n):
    try:
        return np.add(x, n, dtype=np.int8)
    except OverflowError:
        return np.zeros(1, np.int8)


@program(call(A), call(np.asfortranarray(A)))
def order_of_the_result(a):
    return np.add(a, 1, order="F").strides, np.add(a, 1, order="C").strides, (a + 1).strides


@program(call(np.arange(4), np.array([2, -1, 0, 3])))
def only_where_it_can_be(a, b):
    return np.where(b >= 0, np.power(a, b, out=None, where=b >= 0), -1)


@program(call(np.arange(3), np.array([0.5, 1.5, 2.5])))
def rows_and_columns(a, b):
    return np.r_[a, b, 7, 1:4], np.c_[a, b], np.r_[0:1:5j]


@program(call(2, 3))
def grids(n, m):
    x, y = np.mgrid[0:n, 0:m]
    p, q = np.ogrid[0:n, 0:m]
    return x * 10 + y, p + q, np.mgrid[-1:1:5j]


@program(call(A))
def a_function_along_axes(a):
    def spread(line):
        return line.max() - line.min()

    return np.apply_along_axis(spread, 0, a), np.apply_along_axis(spread, 1, a), np.apply_over_axes(np.sum, a, (0, 1))


@program(call(A))
def blocks(a):
    return np.block([[a, a], [a, a]]).shape


@program(call(A), call(I))
def dtypes_decide(a):
    if np.issubdtype(a.dtype, np.integer):
        return np.zeros(2, np.result_type(a, np.float32))
    return np.zeros(2, np.result_type(a, 1j))


@program(call(b"\x01\x00\x02\x00"), call(b"abc"))
def memory_of_bytes(b):
    return np.frombuffer(b, np.int16) + 1


@program(call(A))
def memory_in_common(a):
    return np.shares_memory(a, a[1:]), np.shares_memory(a[:, ::2], a[:, 1::2]), np.may_share_memory(a[:, ::2], a[:, 1::2])


@program(call(A))
def a_read_only_view(a):
    b = np.broadcast_to(a[0], (2, 4))
    b[0, 0] = 5
    return a
