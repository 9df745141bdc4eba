"""`array.array`, `memoryview`, `bytearray`."""

import array

import numpy as np

from tests.corpus import call, made, program


@program(call(array.array("d", [1.5, 2.0, -1.0])))
def array_of_floats(a):
    total = 0.0
    for i in range(len(a)):
        total += a[i]
        a[i] = total
    return total, len(a)


@program(call(array.array("i", [3, 1, 2]), 1), call(array.array("i", [3, 1, 2]), 7))
def array_of_ints(a, i):
    a[0] = 100
    return a[i]


@program(call(array.array("B", [1, 2])))
def value_out_of_range(a):
    a[0] = 256
    return a


@program(made(lambda: (memoryview(bytearray(b"abc")),)))
def memoryview_of_bytes(m):
    m[0] = 122
    return m[0] + m[1], len(m), m.nbytes


@program(made(lambda: (memoryview(np.arange(6.0).reshape(2, 3)),)))
def memoryview_of_an_array(m):
    m[1, 2] = 9.5
    return m[1, 2] + m[0, 1], m.shape, m.ndim


@program(made(lambda: (memoryview(b"abc"),)))
def readonly_memoryview(m):
    m[0] = 1
    return m[0]


@program(call(bytearray(b"hello")))
def bytearray_in_place(b):
    for i in range(len(b)):
        b[i] ^= 32
    b.append(33)
    b.extend(b"??")
    return b


@program(call(bytearray(b"ab")))
def bytearray_methods(b):
    b[0:1] = b"xyz"
    last = b.pop()
    b.insert(0, 65)
    return bytes(b), last, b.find(b"y"), b + b"!", len(b)


@program(call(bytearray(b"ab"), 256), call(bytearray(b"ab"), -1))
def bytearray_value_out_of_range(b, x):
    b[1] = x
    return b


@program(call(4))
def made_within(n):
    b = bytearray(n)
    for i in range(n):
        b[i] = i * i
    return b, sum(b)


@program(call(array.array("d", [1.0, 2.0])))
def array_methods(a):
    a.append(3.0)
    return a.pop(0), sum(a), max(a)


@program(call(array.array("l", [1, 2, 3])))
def array_to_numpy(a):
    x = np.frombuffer(a, dtype=np.int64)
    return x.sum()


@program(call(bytearray(b"abcdef"), 1), call(bytearray(b"abcdef"), 9), call(bytearray(), 0))
def deletion(b, i):
    del b[i]
    del b[::2]
    return b


@program(call((bytearray(b"ab"), array.array("d", [1.5])), 3))
def in_a_tuple(pair, n):
    pair[0].append(n)
    pair[1][0] *= n
    return pair, sum(pair[0])


@program(call(array.array("d", [1.5, -2.0])), call(array.array("d")))
def copied_to_numpy(a):
    x = np.array(a)
    x += 1.0
    return x, x.sum(), a


@program(made(lambda: (memoryview(bytearray(b"abcdef")), 2)), made(lambda: (memoryview(b"abc"), 1)))
def parts_of_a_memoryview(m, n):
    part = m[n:]
    rest = part[1:]
    rest[0] = 120
    return part, bytes(rest), m[:1].tolist()


@program(call(array.array("h", [1, 2, 3, 4])), call(array.array("h")))
def slices_of_an_array(a):
    a[1:3] = a
    a[:0] = array.array("h", [7])
    return a, a[::2]
