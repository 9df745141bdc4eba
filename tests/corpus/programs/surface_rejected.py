"""Ordinary constructs that Numba 0.68 rejects, one program for each.

`surface_shared.py` has those that it compiles with Python's results and
`surface_differing.py` those in which its results differ.
"""

import collections
import functools
import itertools
import math
import time
from dataclasses import dataclass

import numpy as np

from tests.corpus import call, jit, program

PRIMES = [2, 3, 5, 7]
PRICES = {"apple": 1.5, "pear": 2.25}
CALLS = 0


class Account:
    def __init__(self, balance, rate):
        self.balance = balance
        self.rate = rate


@dataclass
class Particle:
    x: float
    v: float


@jit
def double(x):
    return 2 * x


@jit
def square(x):
    return x * x


@jit
def scaled(x, *, factor=2.0, offset=0.0):
    return x * factor + offset


def not_jitted(x):
    return x * x + 1


@jit
def positive_root(x):
    if x < 0:
        raise ValueError("negative number")
    return math.sqrt(x)


@program(call([4, 9, 2]), call([1]))
def walrus(values):
    if (n := len(values)) > 2:
        return n
    return -n


@program(call(3.0))
def kw_only_args(x):
    return scaled(x), scaled(x, factor=3.0), scaled(x, offset=1.0, factor=0.5)


@program(call(a=1, b=2), call(a=1, b=2, c=3))
def double_star_kwargs(**weights):
    total = 0
    for name in weights:
        total += weights[name]
    return total


@program(call((1, 2, 3)))
def starred_assign(values):
    first, *rest = values
    return first, len(rest), rest[-1]


@program(call([3, 4, 13]))
def set_comp(values):
    digits = {v % 10 for v in values}
    return len(digits)


@program(call(np.array([1.0, 2.0, 3.0])))
def generator_expression_sum(a):
    return sum(x * x for x in a)


@program(call([1, -2, 3]), call([1, 2]))
def generator_expression_any(values):
    return any(v < 0 for v in values)


@program(call([[1, 2], [3], []]))
def nested_list_arg(rows):
    total = 0
    for row in rows:
        for x in row:
            total += x
    return total


@program(call([1, 2.5, 3]))
def heterogeneous_list_arg(values):
    total = 0.0
    for v in values:
        total += v
    return total


@program(call({"a": 1.0, "b": 2.5}, "b"))
def dict_arg(prices, name):
    return prices[name] * len(prices)


@program(call("e"), call("x"))
def frozenset_value(c):
    vowels = frozenset("aeiou")
    return c in vowels


@program(call(np.arange(4.0)))
def del_variable(a):
    scratch = a * 2
    total = scratch.sum()
    del scratch
    return total


@program(call("a"), call("z"))
def del_dict_item(key):
    stock = {"a": 1, "b": 2}
    del stock[key]
    return len(stock)


@program(call(10))
def inner_recursive(n):
    def fibonacci(k):
        if k < 2:
            return k
        return fibonacci(k - 1) + fibonacci(k - 2)

    return fibonacci(n)


@program(call(3), after=lambda add: (add(1), add(10)))
def return_closure(n):
    def add(x):
        return x + n

    return add


@program(call(5))
def list_of_functions_loop(x):
    total = 0
    for f in [double, square]:
        total += f(x)
    return total


@program(call(3))
def call_plain_function(x):
    return not_jitted(x) * 2


@jit
def below(n):
    yield from range(n)


@jit
def below_twice(n):
    yield from below(n)
    yield from below(n)


@program(call(4))
def yield_from(n):
    total = 0
    for i in below_twice(n):
        total = total * 3 + i
    return total


@jit
def running_total():
    total = 0
    while True:
        x = yield total
        total += x


@program(call([1, 2, 3]))
def generator_send(values):
    totals = running_total()
    next(totals)
    last = 0
    for v in values:
        last = totals.send(v)
    return last


@program(call(4.0), call(-4.0))
def except_value_error(x):
    try:
        return positive_root(x)
    except ValueError:
        return 0.0


@program(call(4.0), call(-4.0))
def except_as(x):
    try:
        root = positive_root(x)
    except Exception as e:
        return str(e)
    return str(int(root))


@program(call(4.0, np.zeros(1)), call(-4.0, np.zeros(1)))
def bare_raise(x, failures):
    try:
        return positive_root(x)
    except Exception:
        failures[0] += 1
        raise


@program(call(np.array([1.0, 2.0]), np.array([0.5, 0.0])))
def with_context(a, b):
    with np.errstate(divide="ignore"):
        return a / b


@program(call(3))
def global_list(n):
    total = 0
    for p in PRIMES:
        total += n % p
    return total


@program(call("pear"), call("plum"))
def global_dict(name):
    return PRICES[name] * 3


@program(call(5))
def global_write(n):
    global CALLS
    CALLS += 1
    return n + CALLS


@program(call(3.14159), call(-2.0))
def fstring_format_spec(x):
    return f"{x:8.3f}"


@program(call("total", 12.5))
def str_percent_format(name, x):
    return "%s: %.2f" % (name, x)


@program(call("total", 12))
def str_format(name, n):
    return "{}: {:>5}".format(name, n)


@program(call("42"), call("4x"))
def int_of_str(text):
    return int(text) + 1


@program(call("2.5"), call("half"))
def float_of_str(text):
    return float(text) * 2


@program(call("héllo"))
def str_encode(text):
    return text.encode("utf-8")


@program(call(3))
def print_sep_end(n):
    print(n, n + 1, sep=", ", end=";\n")


@program(call([1, 2, 3]))
def reversed_list(values):
    total = 0
    for v in reversed(values):
        total = total * 10 + v
    return total


@program(call(5))
def reversed_range(n):
    total = 0
    for i in reversed(range(n)):
        total = total * 10 + i
    return total


@program(call([1, 2], [3, 4]), call([1, 2], [3]))
def zip_strict(a, b):
    total = 0
    for x, y in zip(a, b, strict=True):
        total += x * y
    return total


@program(call([True, False]), call([True, True]))
def any_all_list(flags):
    return any(flags), all(flags)


@program(call([1, -2, 3]))
def map_filter(values):
    return list(map(lambda v: v * 2, filter(lambda v: v > 0, values)))


@program(call([3, -7, 2]))
def min_max_key(values):
    return min(values, key=abs), max(values, key=lambda v: -v)


@program(call([3, 2]), call([]))
def min_default(values):
    return min([v for v in values if v > 2], default=0)


@program(call(3, 200, 13))
def pow_three_args(base, exponent, modulus):
    return pow(base, exponent, modulus)


@program(call(1000), call(0))
def int_bit_length(n):
    return n.bit_length()


@program(call(255), call(-3))
def int_bit_count(n):
    return n.bit_count()


@program(call(2.0), call(2.5))
def float_is_integer(x):
    return x.is_integer()


@program(call(10), call(-255))
def bin_hex(n):
    return bin(n), hex(n)


@program(call(3), call(2.5))
def type_equals(x):
    if type(x) == int:  # noqa: E721
        return "int"
    return "other"


@program(call((3, 2.5), 0), call((3, 2.5), 1))
def tuple_dynamic_index_heterogeneous(t, i):
    return t[i] * 2.0


@program(call((1, 2.5, True)))
def iterate_hetero_tuple(t):
    total = 0.0
    for x in t:
        total += x
    return total


@program(call([1, 2, 3]))
def tuple_of_list(values):
    return tuple(values)


@program(call(3.0, 4.0))
def class_inside(x, y):
    class Point:
        def __init__(self, x, y):
            self.x = x
            self.y = y

        def length(self):
            return (self.x**2 + self.y**2) ** 0.5

    return Point(x, y).length()


@program(call(2.0))
def import_inside(x):
    import math

    return math.sqrt(x)


@program(call([0.1] * 10))
def math_fsum(values):
    return math.fsum(values)


@program(call(0.1 + 0.2, 0.3), call(1.0, 1.1))
def math_isclose(a, b):
    return math.isclose(a, b), math.isclose(a, b, rel_tol=0.2)


@program(call(10, 3), call(3, 5))
def math_comb(n, k):
    return math.comb(n, k)


@program(call(7.5, 2.0), call(-7.5, 2.0))
def math_fmod(x, y):
    return math.fmod(x, y)


@program(call([2, 3, 4]))
def math_prod(values):
    return math.prod(values)


@program(call(17), call(-1))
def math_isqrt(n):
    return math.isqrt(n)


@program(call(8.0, 2.0))
def math_log_base(x, base):
    return math.log(x, base)


@program(call(1.0, 2.0, 2.0))
def math_hypot_three(x, y, z):
    return math.hypot(x, y, z)


@program(call(3))
def itertools_product(n):
    total = 0
    for i, j in itertools.product(range(n), range(n)):
        total += i * 10 + j
    return total


@program(call(5))
def collections_deque(n):
    queue = collections.deque([0])
    visited = 0
    while queue:
        i = queue.popleft()
        visited += i
        if i < n:
            queue.append(i + 1)
    return visited


@program(call(100))
def time_perf_counter(n):
    start = time.perf_counter()
    total = 0
    for i in range(n):
        total += i
    return total, time.perf_counter() - start >= 0.0


@program(call(1), call(-1), deviation="big-int")
def int_overflow_literal(n):
    return n + 2**64


@program(call(np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(3, 2)))
def matmul_operator(a, b):
    return a @ b


@program(call(np.array([[1.0, -2.0], [-3.0, 4.0]])))
def bool_mask_2d(a):
    return a[a > 0]


@program(call(np.arange(6.0).reshape(2, 3)))
def sum_keepdims(a):
    return a / a.sum(axis=1, keepdims=True)


@program(call(np.arange(6.0).reshape(2, 3)))
def mean_axis(a):
    return a.mean(axis=0)


@program(call(np.array([[1, 5, 2], [7, 0, 3]])))
def max_axis(a):
    return a.max(axis=1)


@program(call(np.array([[0, 1], [0, 0]])))
def any_axis(a):
    return np.any(a, axis=1)


@program(call(np.arange(6.0).reshape(2, 3)))
def std_axis(a):
    return np.std(a, axis=0)


@program(call(np.array([[3, 1, 2], [0, 9, 4]])))
def sort_axis(a):
    return np.sort(a, axis=0)


@program(call(np.array([3, 1, 3, 2, 1, 3])))
def unique_return_counts(a):
    values, counts = np.unique(a, return_counts=True)
    return values, counts


@program(call([np.array([1.0, 2.0]), np.array([3.0])]))
def concatenate_list_arg(parts):
    return np.concatenate(parts)


@program(call(0.0, 1.0, 4))
def linspace_endpoint(start, stop, n):
    return np.linspace(start, stop, n, endpoint=False)


@program(call(np.array([0.0, 0.5, 1.0]), np.array([1.0, 2.0])))
def meshgrid(x, y):
    xx, yy = np.meshgrid(x, y)
    return xx * yy


@program(call(np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(3, 2)))
def einsum(a, b):
    return np.einsum("ij,jk->ik", a, b)


@program(call(np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(3, 2)))
def tensordot(a, b):
    return np.tensordot(a, b, axes=1)


@program(call(np.arange(4.0).reshape(2, 2), np.array([1.0, 2.0])))
def matmul_function(a, b):
    return np.matmul(a, b)


@program(call(np.arange(8.0).reshape(2, 2, 2), np.arange(8.0).reshape(2, 2, 2)))
def matmul_3d(a, b):
    return a @ b


@program(call(np.arange(4).reshape(2, 2), np.arange(4).reshape(2, 2)))
def matmul_int(a, b):
    return a @ b


@program(call(np.array([1, 2, 3])))
def tile(a):
    return np.tile(a, 2), np.tile(a, (2, 1))


@program(call(np.array([1.0, 2.0])))
def pad(a):
    return np.pad(a, 2), np.pad(a, (1, 2), mode="edge")


@program(call(np.array([1.0, 4.0, 9.0, 16.0])))
def gradient(a):
    return np.gradient(a)


@program(call(np.arange(3.0).reshape(1, 3, 1)))
def squeeze(a):
    return np.squeeze(a)


@program(call(np.array([1.0, 0.0, -1.0, 0.0])), deviation="last-digits")
def fft(a):
    return np.fft.fft(a)


@program(call(np.array([1, 0, 1, 0]), np.array([5.0, 2.0, 1.0, 3.0])))
def lexsort(groups, values):
    return np.lexsort((values, groups))


@program(call(np.arange(6.0).reshape(2, 3)))
def add_reduce(a):
    return np.add.reduce(a, axis=0)


@program(call(np.array([1.0, 2.0]), np.array([0.5, 0.25])))
def ufunc_out_keyword(a, b):
    out = np.empty_like(a)
    np.multiply(a, b, out=out)
    return out


@program(call(np.array([1.0, 2.0, 3.0]), np.array([2.0, 0.0, 4.0])))
def ufunc_where(a, b):
    return np.divide(a, b, out=np.zeros_like(a), where=b != 0)


@program(call(np.array([1, 2]), np.array([3, 4])))
def ufunc_dtype(a, b):
    return np.add(a, b, dtype=np.float32)


@program(call(np.array([[1.5, 2.5], [3.5, 4.5]])))
def array_tolist(a):
    return a.tolist()


@program(call(np.array([1.5, 2.5, -4.0], np.float16)))
def float16_array(a):
    return a * 2, a.sum()


@program(call(np.array([1, 2.5, 10**30], object)))
def object_array(a):
    total = 0
    for x in a:
        total += x
    return total


@program(call(np.array([1.0, 2.0, 4.0], ">f8")))
def big_endian_array(a):
    total = 0.0
    for x in a:
        total += x
    return total


@program(call(np.ma.masked_array([1.0, 2.0, 4.0], mask=[False, True, False])))
def masked_array(a):
    return a.sum(), a.mean()


@program(call(42))
def default_rng_inside(seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=3)


@program(call(7, np.array([0.2, 0.5, 0.3])))
def random_choice_p(seed, p):
    np.random.seed(seed)
    return np.random.choice(3, 5, p=p)


@program(call(Account(100.0, 0.05), 2))
def class_instance_arg(account, years):
    for _ in range(years):
        account.balance += account.balance * account.rate
    return account.balance


@program(call(Particle(0.0, 2.0), 0.5))
def dataclass_arg(p, dt):
    p.x += p.v * dt
    return p.x


@program(call([2, 3, 4]))
def functools_reduce(values):
    return functools.reduce(lambda a, b: a * b, values)
