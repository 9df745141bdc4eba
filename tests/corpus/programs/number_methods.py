"""Methods of `int`, `float`, `complex`."""

from tests.corpus import call, program


@program(call(0), call(255), call(-256), call(2**62))
def bit_length_and_count(n):
    return n.bit_length(), n.bit_count()


@program(call(2.0), call(2.5), call(float("inf")), call(-0.0))
def is_integer(x):
    return x.is_integer()


@program(call(0.75), call(-2.5), call(3.0))
def as_integer_ratio(x):
    return x.as_integer_ratio(), (5).as_integer_ratio()


@program(call(float("nan")), call(float("inf")))
def ratio_of_special_values(x):
    return x.as_integer_ratio()


@program(call(0.1), call(-1.0), call(0.0), call(float("inf")), call(5e-324))
def float_hex(x):
    return x.hex()


@program(call("0x1.8p1"), call("-0x1p-3"))
def float_fromhex(s):
    return float.fromhex(s)


@program(call(5))
def parts_of_numbers(n):
    return n.real, n.imag, n.numerator, n.denominator, n.conjugate(), (2.5).real, (2.5).imag


@program(call(1 + 2j))
def complex_parts(z):
    return z.real, z.imag, z.conjugate()


@program(call(1000))
def to_bytes(n):
    return n.to_bytes(4, "big"), n.to_bytes(2, "little"), (-1).to_bytes(2, "big", signed=True)


@program(call(70000))
def to_bytes_overflow(n):
    return n.to_bytes(2, "big")


@program(call(b"\x01\x00"), call(b"\xff\xff"))
def from_bytes(b):
    return int.from_bytes(b, "big"), int.from_bytes(b, "little"), int.from_bytes(b, "big", signed=True)


@program(call(7), call(-7))
def dunder_methods(n):
    return n.__abs__(), n.__add__(1), n.__neg__()


@program(call(12), call(17))
def bit_tricks(n):
    return n & -n, n & (n - 1) == 0, n ^ (n >> 1), ~n, 1 << n.bit_length()


@program(call(3), call(3.0))
def int_is_integer_free(x):
    return x.real + x.imag, x.conjugate() == x
