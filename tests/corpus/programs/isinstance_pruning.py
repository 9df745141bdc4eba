"""`isinstance` and `type` decide branches when compiling."""

import numbers

import numpy as np

from tests.corpus import call, program


@program(call(3), call(2.5), call(True))
def number_kinds(x):
    if isinstance(x, bool):
        return 1
    if isinstance(x, int):
        return 2
    if isinstance(x, float):
        return 3
    return 4


@program(call(3), call((1, 2)))
def scalar_or_tuple(x):
    if isinstance(x, tuple):
        return x[0] + x[1]
    return x + 1


@program(call(np.arange(3.0)), call(2.0))
def array_or_scalar(x):
    if isinstance(x, np.ndarray):
        return x.sum()
    return x * 3


@program(call("abc"), call(5))
def string_or_int(x):
    if isinstance(x, str):
        return len(x)
    return x


@program(call(2), call(2.0), call(1j))
def tuple_of_classes(x):
    if isinstance(x, (int, float)):
        return x * 2
    return x.real


@program(call([1, 2]), call((1, 2)), call({"a": 1}))
def containers(x):
    if isinstance(x, list):
        return x[-1]
    if isinstance(x, dict):
        return len(x) * 100
    return x[0] * 10


@program(call(np.float32(2)), call(2.0), call(np.int8(3)))
def numpy_classes(x):
    if isinstance(x, np.floating):
        return "floating"
    if isinstance(x, np.integer):
        return "integer"
    return "python"


@program(call(3), call(3.5))
def type_is(x):
    if type(x) is int:
        return x // 2
    return x / 2


@program(call(3), call(3.5))
def type_equality(x):
    return type(x) == float  # noqa: E721


@program(call(None), call(4))
def none_type(x):
    if isinstance(x, type(None)):
        return 0
    return x


@program(call(3), call(2.5))
def abstract_numbers(x):
    return isinstance(x, numbers.Integral), isinstance(x, numbers.Real)


@program(call([1, 2.5, "a"]))
def mixed_list(xs):
    n = 0
    for x in xs:
        if isinstance(x, str):
            n += 100
        else:
            n += 1
    return n


@program(call(3))
def union_in_isinstance(x):
    return isinstance(x, int | float)


@program(call(3, 2.5))
def callable_and_hasattr(a, b):
    return callable(a), hasattr(b, "hex"), hasattr(a, "nothing")


Number = (int, float)


@program(call(3), call(2.5), call("a"), call(None), call(np.float64(1.0)))
def unions(x):
    if isinstance(x, int | None):
        return 1
    if isinstance(x, float | str):
        return 2
    return isinstance(x, int | float | np.ndarray)


def first_or_itself(x):
    if hasattr(x, "append"):
        return x[0]
    return x


@program(call([3, 4], 2.5))
def hasattr_prunes(xs, y):
    return first_or_itself(xs), first_or_itself(y), hasattr(xs, "shape"), hasattr(y, "real")
