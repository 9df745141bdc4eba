"""Globals and closure variables read by compiled code."""

import math

import numpy as np

from tests.corpus import call, program

SIZE = 5
RATE = 0.25
NAME = "corpus"
FLAGS = (1, 2.5, True)
TABLE = np.array([1.0, 2.0, 4.0])
WEIGHTS = {"a": 1.0, "b": 2.5}
PRIMES = [2, 3, 5, 7]
NOTHING = None
LETTERS = frozenset("aeiou")
SMALL_PRIMES = frozenset({2, 3, 5, 7})
GROUPS = (frozenset("aei"), 3)
MAGIC = b"\x7fELF"
ODD = range(1, 9, 2)
DOWN = range(5, -5, -3)
NO_ITEMS = range(4, 2)
MIDDLE = slice(1, 3)
BACKWARDS = slice(None, None, -1)
ALL = ...
VOWELS = {"a", "e", "i", "o", "u"}
ROWS = [[1, 2], [3, 4, 5]]
PLACES = {("a", 1): [0.5], ("b", 2): [1.5, 2.5]}


@program(call(2))
def numbers(n):
    return n * SIZE + RATE


@program(call(1))
def an_array(i):
    return TABLE[i] + TABLE.sum()


@program(call(1))
def a_tuple(i):
    return FLAGS[0] + i, FLAGS


@program(call("x"))
def a_string(s):
    return NAME + s, len(NAME)


@program(call("b"), call("c"))
def a_dict(key):
    return WEIGHTS[key]


@program(call(2), call(9))
def a_list(i):
    return PRIMES[i] * len(PRIMES)


@program(call("numeric"), call(""))
def a_set(text):
    return sum(1 for c in text if c in VOWELS)


@program(call(1), call(5))
def nested_lists(i):
    total = 0
    for row in ROWS:
        total += sum(row)
    return total, ROWS[i][-1]


@program(call("a"), call("b"))
def dict_of_tuples(key):
    return PLACES[key, 1], [v for values in PLACES.values() for v in values]


def from_the_table(i):
    return PRIMES[i]


@program(call(2))
def read_in_a_callee(n):
    return [from_the_table(i) for i in range(n)], [p * n for p in PRIMES]


@program(call(2))
def default_that_is_a_list(n):
    def pick(i, table=PRIMES):
        return table[i]

    return pick(n) + pick(0)


@program(call(3), after=list)
def in_a_generator(n):
    for i in range(n):
        yield PRIMES[i] * TABLE[0] + WEIGHTS["b"]


@program(call(3))
def a_none(n):
    if NOTHING is None:
        return n
    return NOTHING + n


@program(call("numeric"))
def a_frozenset(text):
    return sum(1 for c in text if c in LETTERS)


@program(call(5), call(4))
def frozenset_operations(n):
    grown = SMALL_PRIMES | {n}
    return n in SMALL_PRIMES, sorted(grown), SMALL_PRIMES & {2, 3}, len(SMALL_PRIMES), type(SMALL_PRIMES) is frozenset


@program(call("e"), call("z"))
def frozenset_in_a_tuple(c):
    return c in GROUPS[0], GROUPS[1] + len(c)


@program(call(1), call(-1))
def some_bytes(i):
    total = 0
    for b in MAGIC:
        total += b
    return MAGIC[i], MAGIC, MAGIC + b"!", total, MAGIC == b"\x7fELF", MAGIC[1:]


@program(call(2), call(9))
def ranges(i):
    odd = [k * i for k in ODD]
    return odd, len(ODD), i in ODD, ODD[1], ODD, sum(DOWN), [k for k in NO_ITEMS], DOWN.step


@program(call([1, 2, 3, 4, 5]))
def slices(xs):
    return xs[MIDDLE], xs[BACKWARDS], "abcdef"[MIDDLE], MIDDLE.start, BACKWARDS.step, MIDDLE.step is None


@program(call(np.arange(12.0).reshape(3, 4)))
def slices_of_arrays(a):
    a[MIDDLE, MIDDLE] += 1.0
    return a[MIDDLE, 0].sum(), a[ALL, 1].copy(), a[BACKWARDS][0, 0]


@program(call(3))
def constants_as_defaults(n, part=MIDDLE, magic=b"ab", of=ODD):
    return [1, 2, 3, 4][part], magic, [k for k in of], n


@program(call(3))
def a_missing_one(n):
    return n + not_defined_anywhere  # noqa: F821


@program(call(2))
def declared_global_and_read(n):
    global SIZE
    return SIZE * n


@program(call(2.0))
def constants_of_modules(x):
    return x * math.pi, math.inf, np.pi, math.tau, np.inf, np.e


@program(call(3))
def module_alias_within(n):
    m = math
    return m.factorial(n)


@program(call(3))
def import_within(n):
    import math as m

    return m.sqrt(n)


@program(call(3), call(5), call(0))
def missing_where_it_is_not_reached(n):
    if n > 4:
        return undefined_here  # noqa: F821
    return 10 // n


@program(call(0), call(2))
def missing_in_a_loop(n):
    total = 0
    for i in range(n):
        total += also_undefined(i)  # noqa: F821
    return total


@program(call(1))
def missing_and_caught(n):
    try:
        undefined_here  # noqa: B018, F821
    except NameError as e:
        return str(e), n
    return "", n


@program(call(0), call(2))
def missing_exception_class(n):
    try:
        return 10 // n
    except UndefinedError:  # noqa: F821
        return -1


@program(call(1))
def missing_in_a_module(n):
    try:
        return np.no_such_name(n)
    except AttributeError as e:
        return str(e)


@program(call(2))
def unbound_closure_variable(n):
    def inner():
        return later + n

    text = ""
    try:
        inner()
    except NameError as e:
        text = str(e)
    later = 2
    return text, inner(), later
