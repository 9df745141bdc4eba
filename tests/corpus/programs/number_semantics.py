"""Where compiled numbers go wrong elsewhere: each row of the semantics."""

import math

import numpy as np

from tests.corpus import call, program


@program(call(2**62, 2**62), call(5, 6), deviation="big-int")
def addition_overflows(a, b):
    return a + b


@program(call(-(2**63), -1), deviation="big-int")
def floor_division_of_the_minimum(a, b):
    return a // b


@program(call(1, 63), call(1, 64), deviation="big-int")
def shift_left_overflows(a, b):
    return a << b


@program(call(-5, 70), call(5, 64), call(5, -1))
def shift_right(a, b):
    return a >> b


@program(call(7, 0))
def division_by_zero(a, b):
    return a / b


@program(call(np.float64(1.0), np.float64(0.0)), call(np.int64(1), np.int64(0)))
def division_of_numpy_scalars(a, b):
    return a / b, a // b, a % b


@program(call(-7, 2), call(7, -2), call(-7.5, 2.0), call(-0.0, 3.0), call(1.0, float("inf")), call(-1.0, float("inf")))
def floor_rules(a, b):
    return a // b, a % b


@program(call(2), call(-3))
def negative_literal_exponent(n):
    return n**-1, n**-2


@program(call(0.0))
def zero_to_a_negative_power(x):
    return x**-1


@program(call(2**53))
def exact_comparison(n):
    return n + 1 == 2.0**53, n == 2.0**53, n + 1 > 2.0**53


@program(call(1e300), call(float("nan")), deviation="big-int")
def int_of_a_large_float(x):
    return int(x)


@program(call(True, False))
def booleans(a, b):
    return ~a, a + b, a - b, a * 5, a & b, a | b, a ^ b, -a, a / True, a // True


@program(call(np.uint8(200), np.uint8(100)))
def small_integers_wrap(a, b):
    return a + b, a * b, b - a, a // b, -a


@program(call(np.uint64(5), np.int64(-1)))
def uint64_meets_int64(a, b):
    return a + b, a * 2, a + 1


@program(call(np.float32(0.1), 2.0))
def float32_keeps_its_type(x, y):
    return x * y, x + 1, x / 3, x * 2.5


@program(call(np.array([250, 1], np.uint8)))
def uint8_arrays(a):
    b = a + 10
    a[1] = 255
    return b, a, a * a


@program(call(np.array([1, 2], np.uint8), 300), call(np.array([1, 2], np.uint8), -1))
def value_out_of_range_for_an_element(a, x):
    a[0] = x
    return a


@program(call(np.array([1, 2])))
def nan_into_integers(a):
    a[0] = math.nan
    return a


@program(call(np.arange(6.0)))
def overlapping_slices(x):
    x[1:] += x[:-1]
    return x


@program(call(np.arange(5), 5), call(np.arange(5), -6))
def index_out_of_range(a, i):
    return a[i]


@program(call(np.linspace(0, 1, 1000).astype(np.float32)))
def pairwise_sum(a):
    s = np.float32(0)
    for x in a:
        s += x
    return a.sum(), s, a.mean()


@program(call(3.0))
def range_of_a_float(x):
    return len(range(x))


@program(call(np.uint64(5)))
def uint64_in_a_loop(x):
    z = x
    for _ in range(3):
        z = z - 1
    return z


@program(call(0.1), call(1e16), call(-0.0))
def floats_as_bits(x):
    return x + 0.2, x - x, -x, x * 1e308 * 10, 0.0 * -x


@program(call(5, 3), call(-5, 3), call(0, 0))
def mixed_logic(a, b):
    return a and b, a or b, not a, a if a > b else b, (a > 0) + (b > 0)


@program(call(1e308), call(-1e308))
def infinity_arithmetic(x):
    y = x * 10
    return y, y - y, y == math.inf, y > x, 1 / y


@program(call(2))
def constants_beyond_64_bits_on_the_way(n):
    return [2**62 * 255 % 9 for i in range(n)], 2**64 // 2**60 + n, 10**20 // 10**15, -(2**63), 1 << 70 >> 60, 2**100 % 7


@program(call(3))
def signs_of_wide_constants(n):
    return -(2**70) // 3**40, -(2**70) % 1000, 2**70 % -1000, ~(2**64) >> 60, (2**64 - 1) & 0xFF, n + (-(10**19) + 10**19)
