"""`str` and `repr` of numbers as CPython and NumPy print them."""

import numpy as np

from tests.corpus import call, program


@program(call(0), call(-1), call(9223372036854775807), call(-9223372036854775808))
def integers(n):
    return str(n), repr(n), str(-(n // 2))


@program(call(0.1), call(1e22), call(1e16), call(123456789012345680.0), call(5e-324), call(1.7976931348623157e308),
         call(-0.0), call(1e-4), call(1e-5), call(2.0**53), call(0.30000000000000004))
def floats(x):
    return str(x), repr(x)


@program(call(1j), call(-1 - 0j), call(1.5 + 2e20j), call(complex("nan+infj")))
def complex_numbers(z):
    return str(z), repr(z)


@program(call(True), call(False))
def booleans(b):
    return str(b), repr(b), str(b + 1)


@program(call(np.float64(0.1)), call(np.float32(0.1)), call(np.int8(-3)), call(np.bool_(True)), call(np.complex128(1j)))
def numpy_scalars(x):
    return str(x), repr(x)


@program(call(np.array([0.1, 2.0], np.float32)))
def elements_of_an_array(a):
    return [str(x) for x in a], str(a[0] + 1)


@program(call(1.5, 3))
def in_containers(x, n):
    return str([x, -0.0]), str((n,)), repr({n: x}), str([True, None]), str(["a", 'b"'])


@program(call(12.5), call(1e300), call(-3.0))
def shortest_text_reads_back(x):
    return float(str(x)) == x, int(str(int(x))) if x < 1e10 else 0
