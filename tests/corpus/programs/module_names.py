"""Every public name of the standard modules that numeric code uses, each in an expression.

`EXPRESSIONS` has a row for each name of a module's `__all__` (or of what it documents, where
there is none), so that `docs/supported.md` can say of each whether it works;
`test_page.py` holds the table to the modules. Each row becomes a program
`module_names.MODULE_NAME`. Deeper tests of these functions are in the files named after
them. Names that only make classes, decorate definitions or speak to the interpreter and
can't be meant inside a compiled function are in `APART`, with the reason.
"""

import bisect
import cmath
import collections
import functools
import heapq
import itertools
import linecache
import math
import operator
import random
import time

import numpy as np

from tests.corpus import made, program

__all__ = ["APART", "EXPRESSIONS", "LATER"]

Pair = collections.namedtuple("Pair", "first second")


@functools.lru_cache(maxsize=None)
def cached(n):
    return n * n


@functools.cache
def cached_for_ever(n):
    return n + 1


def with_wraps(func):
    @functools.wraps(func)
    def wrapper(n):
        return func(n) + 1

    return wrapper


@with_wraps
def wrapped(n):
    return 2 * n


@functools.singledispatch
def dispatched(n):
    return n


def by_absolute_value(a, b):
    return abs(a) - abs(b)


class Celsius:
    def __init__(self, degrees):
        self.degrees = degrees

    @functools.cached_property
    def kelvin(self):
        return self.degrees + 273.15


# Over `n` (3), `x` (0.5), `z` (0.5+2j), `s` ("abé"), `xs` ([5, 2, 9]), `ys` ([0.5, 0.25]),
# `d` ({"a": 1, "b": 2}), `a` (an array of three floats) and `p` (a namedtuple).
EXPRESSIONS = {
    "builtins": {
        "abs": "abs(-n), abs(-x), abs(z)",
        "aiter": "aiter(xs)",
        "all": "all(xs)",
        "anext": "anext(xs)",
        "any": "any(xs)",
        "ascii": "ascii(s)",
        "bin": "bin(n)",
        "bool": "bool(n)",
        "bytearray": "bytearray(n)",
        "bytes": "bytes(n)",
        "callable": "callable(max), callable(n)",
        "chr": "chr(n + 60)",
        "compile": "compile(s, s, 'eval')",
        "complex": "complex(x, n)",
        "delattr": "delattr(p, 'first')",
        "dict": "dict([(s, n)])",
        "dir": "dir(n)",
        "divmod": "divmod(n, 2), divmod(-x, 0.125)",
        "enumerate": "list(enumerate(xs, 1))",
        "eval": "eval('1')",
        "exec": "exec('1')",
        "filter": "list(filter(None, xs))",
        "float": "float(n), float('0.5')",
        "format": "format(x, '.3f')",
        "frozenset": "frozenset(xs)",
        "getattr": "getattr(a, 'size')",
        "globals": "globals()",
        "hasattr": "hasattr(a, 'size')",
        "hash": "hash(n), hash(x), hash((n, x))",
        "hex": "hex(n)",
        "id": "id(a)",
        "int": "int(x), int('12')",
        "isinstance": "isinstance(n, (int, float))",
        "issubclass": "issubclass(bool, int)",
        "iter": "list(iter(xs))",
        "len": "len(xs), len(s), len(d)",
        "list": "list(s)",
        "locals": "locals()",
        "map": "list(map(abs, xs))",
        "max": "max(xs), max(n, 4), max(s, key=ord)",
        "memoryview": "memoryview(b'abc')[1]",
        "min": "min(xs), min([], default=1)",
        "next": "next(iter(xs)), next(iter(xs[:0]), 7)",
        "object": "object()",
        "oct": "oct(n)",
        "open": "open(s)",
        "ord": "ord('a')",
        "pow": "pow(n, 2), pow(n, 5, 7)",
        "print": "print(n, x)",
        "range": "list(range(n, 0, -1))",
        "repr": "repr(s), repr(x)",
        "reversed": "list(reversed(xs))",
        "round": "round(x), round(x, 1)",
        "set": "set(xs)",
        "setattr": "setattr(p, 'first', n)",
        "slice": "xs[slice(1, None)]",
        "sorted": "sorted(xs, reverse=True)",
        "str": "str(x)",
        "sum": "sum(xs), sum(ys, 1.0)",
        "super": "super()",
        "tuple": "tuple(xs)",
        "type": "type(n) is int",
        "vars": "vars()",
        "zip": "list(zip(xs, ys))",
    },
    "math": {
        "acos": "math.acos(x)",
        "acosh": "math.acosh(1 + x)",
        "asin": "math.asin(x)",
        "asinh": "math.asinh(x)",
        "atan": "math.atan(x)",
        "atan2": "math.atan2(x, n)",
        "atanh": "math.atanh(x)",
        "cbrt": "math.cbrt(27.0)",
        "ceil": "math.ceil(x)",
        "comb": "math.comb(10, n)",
        "copysign": "math.copysign(x, -1.0)",
        "cos": "math.cos(x)",
        "cosh": "math.cosh(x)",
        "degrees": "math.degrees(x)",
        "dist": "math.dist((x, 1.0), (0.0, 2.0))",
        "e": "math.e",
        "erf": "math.erf(x)",
        "erfc": "math.erfc(x)",
        "exp": "math.exp(x)",
        "exp2": "math.exp2(x)",
        "expm1": "math.expm1(x)",
        "fabs": "math.fabs(-x)",
        "factorial": "math.factorial(n)",
        "floor": "math.floor(x)",
        "fma": "math.fma(x, x, x)",
        "fmod": "math.fmod(-7.5, n)",
        "frexp": "math.frexp(x)",
        "fsum": "math.fsum(ys)",
        "gamma": "math.gamma(x)",
        "gcd": "math.gcd(n, 12, 9)",
        "hypot": "math.hypot(x, n)",
        "inf": "math.inf",
        "isclose": "math.isclose(x, x + 1e-12)",
        "isfinite": "math.isfinite(x)",
        "isinf": "math.isinf(x)",
        "isnan": "math.isnan(x)",
        "isqrt": "math.isqrt(n)",
        "lcm": "math.lcm(n, 4)",
        "ldexp": "math.ldexp(x, n)",
        "lgamma": "math.lgamma(x)",
        "log": "math.log(x), math.log(8, 2)",
        "log10": "math.log10(x)",
        "log1p": "math.log1p(x)",
        "log2": "math.log2(x)",
        "modf": "math.modf(-1.25)",
        "nan": "math.isnan(math.nan)",
        "nextafter": "math.nextafter(x, 1.0)",
        "perm": "math.perm(5, n)",
        "pi": "math.pi",
        "pow": "math.pow(x, n)",
        "prod": "math.prod(xs), math.prod(ys, start=2.0)",
        "radians": "math.radians(x)",
        "remainder": "math.remainder(7.5, n)",
        "sin": "math.sin(x)",
        "sinh": "math.sinh(x)",
        "sqrt": "math.sqrt(x)",
        "sumprod": "math.sumprod(ys, ys)",
        "tan": "math.tan(x)",
        "tanh": "math.tanh(x)",
        "tau": "math.tau",
        "trunc": "math.trunc(-x)",
        "ulp": "math.ulp(x)",
    },
    "cmath": {
        **{
            name: f"cmath.{name}(z)"
            for name in ("acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "exp", "isfinite",
                         "isinf", "isnan", "log", "log10", "phase", "polar", "sin", "sinh", "sqrt", "tan", "tanh")
        },
        "e": "cmath.e",
        "inf": "cmath.inf",
        "infj": "cmath.infj",
        "isclose": "cmath.isclose(z, z + 1e-12)",
        "nan": "cmath.isnan(cmath.nan)",
        "nanj": "cmath.isnan(cmath.nanj)",
        "pi": "cmath.pi",
        "rect": "cmath.rect(x, n)",
        "tau": "cmath.tau",
    },
    "operator": {
        **{
            name: f"operator.{name}(n, 2)"
            for name in ("add", "and_", "eq", "floordiv", "ge", "gt", "le", "lshift", "lt", "mod", "mul", "ne",
                         "or_", "pow", "rshift", "sub", "truediv", "xor", "iadd", "iand", "ifloordiv", "ilshift",
                         "imod", "imul", "ior", "ipow", "irshift", "isub", "itruediv", "ixor")
        },
        **{name: f"operator.{name}(-n)" for name in ("abs", "index", "inv", "invert", "neg", "not_", "pos", "truth")},
        "attrgetter": "operator.attrgetter('first')(p)",
        "call": "operator.call(abs, -n)",
        "concat": "operator.concat(xs, [1])",
        "contains": "operator.contains(xs, n)",
        "countOf": "operator.countOf(xs, 9)",
        "delitem": "operator.delitem(xs, 0)",
        "getitem": "operator.getitem(xs, 0)",
        "iconcat": "operator.iconcat(xs, [1])",
        "imatmul": "operator.imatmul(np.eye(3), np.eye(3))",
        "indexOf": "operator.indexOf(xs, 9)",
        "is_": "operator.is_(xs, xs)",
        "is_none": "operator.is_none(n)",
        "is_not": "operator.is_not(xs, None)",
        "is_not_none": "operator.is_not_none(n)",
        "itemgetter": "operator.itemgetter(1)(xs), operator.itemgetter(0, 2)(xs)",
        "length_hint": "operator.length_hint(xs)",
        "matmul": "operator.matmul(a, a)",
        "methodcaller": "operator.methodcaller('upper')(s)",
        "setitem": "operator.setitem(xs, 0, 1)",
    },
    "itertools": {
        "accumulate": "list(itertools.accumulate(xs)), list(itertools.accumulate(xs, max, initial=3))",
        "batched": "list(itertools.batched(xs, 2))",
        "chain": "list(itertools.chain(xs, (1, 2))), list(itertools.chain.from_iterable([xs, xs]))",
        "combinations": "list(itertools.combinations(xs, 2)), list(itertools.combinations(xs, n))",
        "combinations_with_replacement": "list(itertools.combinations_with_replacement(xs, 2))",
        "compress": "list(itertools.compress(xs, [1, 0, 1]))",
        "count": "list(zip(itertools.count(n, 2), xs))",
        "cycle": "list(zip(itertools.cycle(ys), xs))",
        "dropwhile": "list(itertools.dropwhile(lambda v: v > 4, xs))",
        "filterfalse": "list(itertools.filterfalse(lambda v: v > 4, xs))",
        "groupby": "[(key, list(group)) for key, group in itertools.groupby([1, 1, 2])]",
        "islice": "list(itertools.islice(xs, 1, None))",
        "pairwise": "list(itertools.pairwise(xs))",
        "permutations": "list(itertools.permutations(xs)), list(itertools.permutations(xs, 2))",
        "product": "list(itertools.product(xs, ys)), list(itertools.product(xs, repeat=2))",
        "repeat": "list(itertools.repeat(n, 2))",
        "starmap": "list(itertools.starmap(pow, [(2, 5), (3, 2)]))",
        "takewhile": "list(itertools.takewhile(lambda v: v > 4, xs))",
        "tee": "[list(one) for one in itertools.tee(xs, 2)]",
        "zip_longest": "list(itertools.zip_longest(xs, [1], fillvalue=0))",
    },
    "functools": {
        "Placeholder": "functools.partial(pow, functools.Placeholder, 2)(n)",
        "cache": "cached_for_ever(n)",
        "cached_property": "Celsius(x).kelvin",
        "cmp_to_key": "sorted(xs, key=functools.cmp_to_key(by_absolute_value))",
        "lru_cache": "cached(n)",
        "partial": "functools.partial(pow, 2)(n)",
        "reduce": "functools.reduce(operator.add, xs, 1)",
        "singledispatch": "dispatched(n)",
        "wraps": "wrapped(n)",
    },
    "heapq": {
        "heapify": "(heapq.heapify(xs), xs)",
        "heapify_max": "(heapq.heapify_max(xs), xs)",
        "heappop": "(heapq.heapify(xs), heapq.heappop(xs), xs)",
        "heappop_max": "(heapq.heapify_max(xs), heapq.heappop_max(xs), xs)",
        "heappush": "(heapq.heapify(xs), heapq.heappush(xs, n), xs)",
        "heappush_max": "(heapq.heapify_max(xs), heapq.heappush_max(xs, n), xs)",
        "heappushpop": "(heapq.heapify(xs), heapq.heappushpop(xs, n), xs)",
        "heappushpop_max": "(heapq.heapify_max(xs), heapq.heappushpop_max(xs, n), xs)",
        "heapreplace": "(heapq.heapify(xs), heapq.heapreplace(xs, n), xs)",
        "heapreplace_max": "(heapq.heapify_max(xs), heapq.heapreplace_max(xs, n), xs)",
        "merge": "list(heapq.merge([1, 4], [2, 3]))",
        "nlargest": "heapq.nlargest(2, xs), heapq.nlargest(n, xs, key=abs)",
        "nsmallest": "heapq.nsmallest(2, xs)",
    },
    "bisect": {
        "bisect": "bisect.bisect([1, 3, 3, 5], n)",
        "bisect_left": "bisect.bisect_left([1, 3, 3, 5], n), bisect.bisect_left(a, x, lo=1)",
        "bisect_right": "bisect.bisect_right([1, 3, 3, 5], n, 0, 2)",
        "insort": "(bisect.insort(ys, x), ys)",
        "insort_left": "(bisect.insort_left(ys, x), ys)",
        "insort_right": "(bisect.insort_right(ys, x, key=abs), ys)",
    },
    "random": {
        "betavariate": "random.betavariate(2.0, 3.0)",
        "binomialvariate": "random.binomialvariate(10, 0.25)",
        "choice": "random.choice(xs)",
        "choices": "random.choices(xs, k=4), random.choices(xs, [1, 2, 3], k=2)",
        "expovariate": "random.expovariate(2.0)",
        "gammavariate": "random.gammavariate(2.0, 0.5)",
        "gauss": "random.gauss(0.0, 1.0)",
        "getrandbits": "random.getrandbits(40)",
        "getstate": "random.getstate()",
        "lognormvariate": "random.lognormvariate(0.0, 1.0)",
        "normalvariate": "random.normalvariate(0.0, 1.0)",
        "paretovariate": "random.paretovariate(2.0)",
        "randbytes": "random.randbytes(5)",
        "randint": "random.randint(1, 6)",
        "random": "random.random()",
        "Random": "random.Random(n).random()",
        "randrange": "random.randrange(0, 100, 7)",
        "sample": "random.sample(xs, 2)",
        "seed": "(random.seed(n), random.random())",
        "setstate": "random.setstate(random.getstate())",
        "shuffle": "(random.shuffle(xs), xs)",
        "SystemRandom": "random.SystemRandom().random()",
        "triangular": "random.triangular(0.0, 1.0, 0.25)",
        "uniform": "random.uniform(2.0, 3.0)",
        "vonmisesvariate": "random.vonmisesvariate(0.0, 1.0)",
        "weibullvariate": "random.weibullvariate(1.0, 2.0)",
    },
    "time": {
        **{
            name: f"time.{name}() > 0"
            for name in ("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time",
                         "process_time_ns", "thread_time", "thread_time_ns", "time", "time_ns")
        },
        "ctime": "time.ctime(0.0)",
        "gmtime": "time.gmtime(0.0)",
        "localtime": "time.localtime(0.0)",
        "sleep": "time.sleep(0.0)",
        "strftime": "time.strftime('%Y')",
    },
    "collections": {
        "ChainMap": "collections.ChainMap(d, d)",
        "Counter": "collections.Counter(s)",
        "OrderedDict": "collections.OrderedDict([(s, n)])",
        "UserDict": "collections.UserDict(d)",
        "UserList": "collections.UserList(xs)",
        "UserString": "collections.UserString(s)",
        "defaultdict": "collections.defaultdict(int, d)",
        "deque": "collections.deque(xs, maxlen=2)",
        "namedtuple": "Pair(n, x)",
    },
}  # fmt: skip

# Programs of names that came after the Python that `status.txt` is made under.
LATER = {
    "module_names.functools_Placeholder", "module_names.heapq_heapify_max", "module_names.heapq_heappop_max",
    "module_names.heapq_heappush_max", "module_names.heapq_heappushpop_max", "module_names.heapq_heapreplace_max",
    "module_names.itertools_batched", "module_names.math_fma", "module_names.math_sumprod",
    "module_names.operator_is_none", "module_names.operator_is_not_none", "module_names.random_binomialvariate",
}  # fmt: skip

# What a compiled function can't mean, by module.
APART = {
    "builtins": "`breakpoint`, `copyright`, `credits`, `exit`, `help`, `input`, `license` and `quit`, which speak "
    "to a person; classes of exceptions, which `raise` and `except` take; constants; `classmethod`, `property` "
    "and `staticmethod`, which classes may use",
    "functools": "`partialmethod`, `singledispatchmethod`, `total_ordering` and `update_wrapper`, "
    "which make classes and functions before anything is compiled",
    "time": "clocks of the operating system and time zones",
}

MODULES = (bisect, cmath, collections, functools, heapq, itertools, math, operator, random, time)


def arguments():
    return (
        3, 0.5, 0.5 + 2j, "abé", [5, 2, 9], [0.5, 0.25], {"a": 1, "b": 2}, np.array([0.25, 0.5, 1.0]), Pair(1, 2.5),
    )  # fmt: skip


def there(module: str, name: str) -> bool:
    """Whether this Python has the name."""
    return hasattr(__import__(module), name)


def function(module: str, name: str, expression: str):
    """A function that returns the expression, with its source where tracebacks find it."""
    file = f"<{module}.{name}>"
    text = f"def {module}_{name}(n, x, z, s, xs, ys, d, a, p):\n    return {expression}\n"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), globals())
    return globals()[f"{module}_{name}"]


for _module, _names in EXPRESSIONS.items():
    for _name, _expression in _names.items():
        if there(_module, _name):
            program(made(arguments))(function(_module, _name, _expression))
