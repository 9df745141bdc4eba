"""Ordinary constructs that Numba 0.68 compiles with Python's results, one program for each.

`surface_rejected.py` has those that it rejects and `surface_differing.py` those in which
its results differ.
"""

import enum
import operator
from collections import namedtuple

import numpy as np

from tests.corpus import call, jit, program

GRAVITY = 9.81
WEIGHTS = np.array([0.25, 0.5, 0.25])
SETTINGS = (3, 0.5, "fast")

Point = namedtuple("Point", ["x", "y"])

PARTICLE = np.dtype([("x", np.float64), ("mass", np.float64)])
VECTOR = np.dtype([("x", np.float64), ("y", np.float64)])
BODY = np.dtype([("place", VECTOR), ("mass", np.float64)])


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 10


@jit
def double(x):
    return 2 * x


@jit
def square(x):
    return x * x


@jit
def twice(f, x):
    return f(f(x))


@jit
def area(width, height):
    return width * height


@program(call(-3), call(0), call(7))
def if_elif_else(n):
    if n < 0:
        return -1
    elif n == 0:
        return 0
    else:
        return 1


@program(call(100))
def while_break_continue(limit):
    n = 0
    total = 0
    while True:
        n += 1
        if n % 3:
            continue
        if total + n > limit:
            break
        total += n
    return total


@program(call(17), call(15), call(2))
def for_else(n):
    for d in range(2, n):
        if n % d == 0:
            smallest = d
            break
    else:
        smallest = n
    return smallest


@program(call(27, 200), call(27, 10))
def while_else(n, patience):
    steps = 0
    while n != 1:
        if steps == patience:
            break
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    else:
        return steps
    return -1


@program(call(10), call(0))
def range_negative_step(n):
    total = 0
    for i in range(n, 0, -2):
        total = total * 3 + i
    return total


@program(call(0.0, 0.5, 1.0), call(0.0, 1.5, 1.0))
def chained_compare(low, x, high):
    return low <= x < high


@program(call(-2.5), call(2.5))
def ternary(x):
    return x if x >= 0 else -x


@program(call(0, 5), call(3, 5), call(3, 0))
def and_or_value(a, b):
    return a or b, a and b


@program(call(3.0, None), call(3.0, 2.0))
def is_none_arg(x, scale):
    if scale is None:
        return x
    return x * scale


@program(call(100.0), call(100.0, 0.1), call(100.0, years=3))
def default_args(amount, rate=0.05, years=1):
    for _ in range(years):
        amount += amount * rate
    return amount


@program(call(1, 2, 3), call(1.5))
def star_args(*args):
    total = 0
    for x in args:
        total += x
    return total


@program(call((3, 4)), call((1.5, 2.0)))
def star_call(sides):
    return area(*sides)


@program(call(48, 36))
def tuple_swap(a, b):
    while b:
        a, b = b, a % b
    return a


@program(call(((1, 2), 0.5)))
def nested_unpack(edge):
    (start, end), weight = edge
    return start * 10 + end + weight


@program(call(np.array([0, 2, 2, 1, 2]), 4))
def augassign_array_element(values, bins):
    counts = np.zeros(bins, np.int64)
    for v in values:
        counts[v] += 1
    return counts


@program(call(5))
def list_comp(n):
    return [i * i for i in range(n)]


@program(call(3, 4))
def nested_list_comp(rows, columns):
    return [[i * j for j in range(columns)] for i in range(rows)]


@program(call(10))
def list_comp_with_if(n):
    return [i for i in range(n) if i % 3 == 0]


@program(call(4))
def dict_comp(n):
    squares = {i: i * i for i in range(n)}
    return squares[2] + squares[3], len(squares)


@program(call(5))
def array_of_list_comp(n):
    return np.array([i * 0.5 for i in range(n)])


@program(call(1, 2))
def list_literal(a, b):
    return [a, b, a + b]


@program(call(3), deviation="joined-number")
def mixed_list_literal(n):
    steps = [1, 2.5]
    return steps[0] * n, steps[1] * n


@program(call(30), call(0))
def empty_list_append(n):
    divisors = []
    for d in range(1, n + 1):
        if n % d == 0:
            divisors.append(d)
    return divisors


@program(call(4))
def list_of_lists(n):
    rows = []
    for i in range(n):
        rows.append([i] * (i + 1))
    return len(rows), len(rows[-1]), rows[2][1]


@program(call([3, 1, 2]))
def list_arg(values):
    total = 0
    for v in values:
        total += v
    values.append(total)
    return total


@program(call("b"), call("a"))
def dict_literal(key):
    prices = {"a": 1.5, "b": 2.25}
    return prices[key] * 2


@program(call(np.array([3, 1, 3, 3, 2])))
def empty_dict(values):
    counts = {}
    for v in values:
        if v in counts:
            counts[v] += 1
        else:
            counts[v] = 1
    return counts[3], len(counts)


@program(call(5))
def dict_constructor(n):
    cubes = dict()
    for i in range(n):
        cubes[i] = i**3
    return cubes[4], len(cubes)


@program(call(3), call(4))
def set_literal(n):
    return n in {2, 3, 5, 7}


@program(call(np.array([3, 1, 3, 2, 1])))
def set_constructor(values):
    seen = set()
    for v in values:
        seen.add(v)
    return len(seen)


@program(call({1, 2, 3}, 2), call({1, 2, 3}, 5))
def set_arg(allowed, n):
    return n in allowed


@program(call([5, 6, 7, 8], 1))
def del_list_item(queue, i):
    del queue[i]
    return len(queue), queue[i]


@program(call(3.0))
def lambda_local(x):
    f = lambda t: t * t + 1  # noqa: E731
    return f(x) - f(1.0)


@program(call(2.0, 3))
def inner_function(x, n):
    def step(value):
        return value * x + 1.0

    result = 0.0
    for _ in range(n):
        result = step(result)
    return result


@program(call(4))
def nonlocal_variable(n):
    total = 0

    def add(value):
        nonlocal total
        total += value

    for i in range(n):
        add(i)
    return total


@program(call(3), call(0.5))
def function_passed(x):
    return twice(double, x), twice(square, x)


@program(call(5, True), call(5, False))
def conditional_function_choice(x, doubled):
    f = double if doubled else square
    return f(x)


@jit
def factorial(n):
    if n <= 1:
        return 1
    return n * factorial(n - 1)


@program(call(10), call(0))
def direct_recursion(n):
    return factorial(n)


@jit
def countdown(n):
    while n > 0:
        yield n
        n -= 1


@program(call(4), call(0))
def yield_generator(n):
    total = 0
    for i in countdown(n):
        total = total * 10 + i
    return total


@program(call(6, 3), call(6, 0))
def bare_except(a, b):
    try:
        return a // b
    except:  # noqa: E722
        return -1


@program(call(6, 3), call(6, 0))
def except_exception(a, b):
    try:
        return a // b
    except Exception:
        return -1


@program(call(np.zeros(2), 4), call(np.zeros(2), 0))
def try_finally(log, n):
    try:
        log[0] = 12 // n
    finally:
        log[1] = 1.0
    return log[0]


@program(call(5), call(-5))
def raise_with_dynamic_args(n):
    if n < 0:
        raise ValueError("negative value", n)
    return n * 2


@program(call(4.0), call(-4.0))
def assert_statement(x):
    assert x >= 0, "x must not be negative"
    return x**0.5


@program(call(200), call(404), call(418))
def match_statement(status):
    match status:
        case 200:
            return "fine"
        case 404 | 410:
            return "gone"
        case _:
            return "unknown"


@program(call(2.0))
def global_const(t):
    return 0.5 * GRAVITY * t * t


@program(call(np.array([1.0, 2.0, 4.0])))
def global_array(a):
    total = 0.0
    for i in range(len(WEIGHTS)):
        total += a[i] * WEIGHTS[i]
    return total


@program(call(7), call(-12))
def fstring_int(n):
    return f"item {n} of {n + 1}"


@program(call("banana"))
def str_iteration(text):
    count = 0
    for c in text:
        if c == "a":
            count += 1
    return count


@program(call("corpus.txt"))
def str_slice_and_negative_index(name):
    return name[:-4], name[-3:], name[-1], name[::-1]


@program(call(2))
def bytes_literal(i):
    magic = b"\x7fELF"
    return magic[i], len(magic)


@program(call([3, -5, 1, -2]))
def sorted_key_lambda(values):
    return sorted(values, key=lambda v: abs(v))


@program(call([3, 1, 2]))
def list_sort(values):
    values.sort()
    return values[0], values[-1]


@program(call([5.0, 2.5]))
def enumerate_start(values):
    total = 0.0
    for i, v in enumerate(values, 1):
        total += i * v
    return total


@program(call([1, 2], np.array([0.5, 1.5]), (10, 20)))
def zip_three(a, b, c):
    total = 0.0
    for x, y, z in zip(a, b, c):
        total += x * y + z
    return total


@program(call([3, 9, 2]))
def max_of_list(values):
    return max(values)


@program(call([1, 2, 3]))
def sum_start(values):
    return sum(values, 10)


@program(call(3725), call(-1))
def divmod_builtin(seconds):
    minutes, rest = divmod(seconds, 60)
    return minutes, rest


@program(call(3, 5))
def bool_arithmetic(a, b):
    return (a < b) + (a > 0) + (b > 10), True * b


@program(call(3), call(2.5))
def isinstance_check(x):
    if isinstance(x, int):
        return x * 2
    return x


@program(call(3), call(2.5), call("text"))
def isinstance_tuple(x):
    if isinstance(x, (int, float)):
        return "number"
    return "other"


@program(call(Point(1.0, 2.0), 0.5))
def namedtuple_arg_attr_ctor(p, dx):
    return Point(p.x + dx, p.y)


@program(call(Colour.RED), call(Colour.GREEN))
def enum_compare(colour):
    return colour == Colour.RED


@program(call(Level.HIGH), call(Level.LOW))
def int_enum_arithmetic(level):
    return level + 1, level * Level.HIGH


@program(call((10, 20, 30), 1), call((10, 20, 30), 3))
def tuple_dynamic_index_homogeneous(t, i):
    return t[i]


@program(call((1, 2)))
def tuple_times_n(t):
    return t * 3


@program(call("y"), call("n"))
def tuple_in(answer):
    return answer in ("y", "yes")


@program(call(0.3 + 0.5j), call(2 + 0j))
def complex_arithmetic(c):
    z = 0j
    for n in range(20):
        z = z * z + c
        if abs(z) > 2.0:
            return n, z.real, z.imag
    return 20, z.real, z.imag


@program(call(np.array([1.0, -2.0, 3.0, -4.0])))
def boolean_mask(a):
    return a[a > 0]


@program(call(np.array([1.0, -2.0, 3.0, -4.0])))
def boolean_mask_assignment(a):
    a[a < 0] = 0.0
    return a


@program(call(np.zeros(5), np.array([0, 3]), np.array([1.5, 2.5])))
def fancy_set(a, places, values):
    a[places] = values
    return a


@program(call(np.arange(12).reshape(3, 4), np.array([0, 2]), np.array([1, 3])))
def fancy_two_indices(a, rows, columns):
    return a[rows, columns]


@program(call(np.arange(6.0).reshape(2, 3)))
def ellipsis_newaxis(a):
    return a[..., 0], a[:, np.newaxis, :].shape


@program(call(np.arange(6)))
def slice_negative_step(a):
    return a[::-2]


@program(call(np.arange(6.0).reshape(2, 3)))
def sum_axis(a):
    return a.sum(axis=0), a.sum(axis=1)


@program(call(np.arange(24.0).reshape(2, 3, 4)))
def sum_axis_tuple(a):
    return a.sum(axis=(0, 2))


@program(call(np.arange(6).reshape(2, 3)))
def cumsum_axis(a):
    return np.cumsum(a, axis=1)


@program(call(0.5))
def array_nested_list(angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])


@program(call(np.arange(6.0).reshape(2, 3)))
def zeros_like_shape(a):
    result = np.zeros_like(a)
    for i in range(a.shape[0]):
        result[i, 0] = a[i, -1]
    return result, result.shape


@program(call(0.0, 1.0, 0.25))
def arange_float(start, stop, step):
    return np.arange(start, stop, step)


@program(call(np.array([1.0, 2.0]), np.array([0.5, 0.25])))
def ufunc_out_positional(a, b):
    out = np.empty_like(a)
    np.multiply(a, b, out)
    return out


@program(call(np.arange(10)))
def reshape_two_ints(a):
    return a.reshape(2, 5)


@program(call(np.arange(10)))
def reshape_tuple_minus_one(a):
    return a.reshape((2, -1))


@program(call(np.array([1.75, -2.5])))
def astype_str_dtype(a):
    return a.astype("int32")


@program(call(3))
def dtype_str_float32(n):
    return np.ones(n, dtype="float32")


@program(call(np.arange(24).reshape(2, 3, 4)))
def transpose_axes(a):
    return a.T, a.transpose(1, 0, 2)


@program(call(np.arange(6.0).reshape(2, 3)))
def flat_iteration(a):
    total = 0.0
    for x in a.flat:
        total = total * 2 + x
    return total


@program(call(np.arange(6.0).reshape(2, 3)))
def iterate_rows_2d(a):
    largest = 0.0
    for row in a:
        largest = max(largest, row.sum())
    return largest


@program(call(np.array([1.0, 2.0]), np.array([0.5, 0.5])))
def array_inplace_add(a, b):
    a += b
    return a


@program(call(np.array([(1.0, 2.0), (3.0, 4.0)], PARTICLE)))
def structured_array_field(particles):
    moment = 0.0
    for i in range(len(particles)):
        moment += particles[i]["x"] * particles[i]["mass"]
    return moment / particles["mass"].sum()


@program(call(np.array([((1.0, 2.0), 3.0), ((4.0, 5.0), 6.0)], BODY)))
def nested_struct(bodies):
    total = 0.0
    for body in bodies:
        total += body["place"]["x"] * body["mass"]
    return total


@program(call(np.array(["red", "green", "red"]), "red"))
def unicode_array(names, wanted):
    count = 0
    for i in range(len(names)):
        if names[i] == wanted:
            count += 1
    return count


def readonly(values):
    a = np.array(values)
    a.flags.writeable = False
    return a


@program(call(readonly([1.0, 2.0, 4.0])))
def readonly_array(a):
    total = 0.0
    for x in a:
        total += x
    return total


@program(call(np.array(2.5)))
def zero_d_array(a):
    return a[()] * 2, a.ndim


@program(call(np.random.default_rng(4), 5))
def generator_arg(rng, n):
    total = 0.0
    for _ in range(n):
        total += rng.random()
    return total


@program(call("hello"))
def unicode_dict_key(text):
    counts = {}
    for c in text:
        if c in counts:
            counts[c] += 1
        else:
            counts[c] = 1
    return counts["l"], len(counts)


@program(call(3))
def tuple_dict_key(n):
    grid = {}
    for i in range(n):
        for j in range(n):
            grid[i, j] = i * j
    return grid[(2, 1)], len(grid)


@program(call(np.array([4, 7, 9]), 7), call(np.array([4, 7, 9]), 8))
def optional_int_return(a, wanted):
    for i in range(len(a)):
        if a[i] == wanted:
            return i
    return None


@program(call(5))
def variable_int_to_float(n):
    x = n
    x = x / 2
    return x + 1


@program(call(5), call(-5))
def variable_unify_int_str(n):
    if n > 0:
        label = n
    else:
        label = "none"
    return str(label)


@program(call(10))
def type_annotated_variable(n):
    total: float = 0.0
    count: int = 0
    for i in range(n):
        total += i * 0.5
        count += 1
    return total / count


@program(call(3))
def print_fstring(n):
    for i in range(n):
        print(f"step {i} of {n}")


@program(call(2))
def global_tuple_hetero_index(n):
    return SETTINGS[0] * n, SETTINGS[1] * n, SETTINGS[2]


@program(call("apple", "banana"), call("an", "banana"))
def string_compare_in(a, b):
    return a < b, a == b, a in b


@program(call(2, 3), call(2.5, 1))
def operator_add(a, b):
    return operator.add(a, b)
