"""Names that Numba's programs make containers and calls by: `cumbia.typed`, `literal_unroll`, addresses."""

import ctypes

import numpy as np
import pytest

import cumbia
from cumbia import CompileError, float64, int32, jit, literal_unroll, types
from cumbia.typed import Dict, List
from cumbia.types import WrapperAddressProtocol

from tests.python.harness import check

ROW = types.float32[::1]
PAIR = types.Tuple((int32, float64))


def test_lists():
    def f(n):
        a = List.empty_list(int32)
        b = List.empty_list(int32)
        c = cumbia.typed.List.empty_list(item_type=ROW, allocated=4)
        d = List()
        e = List((n, n + 1))
        a.append(n)
        b.append(str(n))
        c.append(np.ones(n))
        d.append((n, 0.5))
        return a, b, c, d, e, List.empty_list(PAIR)

    check(f, 2)


def test_dicts():
    def f(n):
        a = Dict.empty(types.int64, ROW)
        b = Dict.empty(key_type=types.unicode_type, value_type=types.ListType)
        c = Dict()
        d = Dict({1: n})
        a[n] = 0.5
        b["x"] = [n]
        c[0.5] = "y"
        d[2] = n
        return a, b, c, d

    check(f, 3)


def test_annotations():
    assert List[int] == list[int] and Dict[int, float] == dict[int, float]

    @jit
    def f(x: List[int], y: Dict[str, int]) -> List[int]:
        return [*x, y["a"]]

    assert f([1], {"a": 2}) == [1, 2]


def test_outside_of_compiled_code():
    assert List([1, 2]) == [1, 2] and type(List()) is list and type(List.empty_list(int32)) is list
    assert Dict({1: 2}) == {1: 2} and type(Dict()) is dict and type(Dict.empty(int32, int32)) is dict
    assert isinstance([], List) and isinstance({}, Dict)
    assert not isinstance((), List) and not isinstance([], Dict)
    with pytest.raises(TypeError, match="no parameter 'size'"):
        List(size=3)

    def fill(items, found, n):
        for i in range(n):
            items.append(i)
            found[i] = 0.5

    items, found = List.empty_list(int32), Dict.empty(int32, float64)
    jit(fill)(items, found, 3)
    assert items == [0, 1, 2] and found == {0: 0.5, 1: 0.5, 2: 0.5}


def test_unrolling():
    def f(t):
        total = 0.0
        for x in literal_unroll(t):
            total += x[0]
        return total, literal_unroll((1, "a"))

    check(f, (np.ones(2), (3, 4), np.array([7], np.int8)))


@ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double, ctypes.c_int32)
def scaled(x, n):
    return x * n


class Scaled(WrapperAddressProtocol):
    """Knows the function's address."""

    def __init__(self, arguments):
        self.arguments = arguments

    def __wrapper_address__(self):
        return ctypes.cast(scaled, ctypes.c_void_p).value

    def signature(self):
        return float64(*self.arguments)


by_address = Scaled((float64, int32))


def test_addresses():
    def f(x, n):
        return by_address(x, n) + by_address(x, 1)

    assert jit(f)(1.5, 4) == 7.5

    def wrong(x):
        return by_address(x)

    with pytest.raises(CompileError):
        jit(wrong)(1.5)

    class Wrong(WrapperAddressProtocol):
        def __init__(self, address, types=float64(float64)):
            self.address, self.types = address, types

        def __wrapper_address__(self):
            return self.address

        def signature(self):
            return self.types

    for address in ("sin", None, 1.5, 0, -5, 1 << 70):
        one = Wrong(address)
        with pytest.raises(CompileError, match=r"Wrong.__wrapper_address__\(\) has to give a function's address, an int, not"):
            jit(lambda x: one(x))(1.5)
    one = Wrong(by_address.__wrapper_address__(), "float64(float64)")
    with pytest.raises(CompileError, match=r"Wrong.signature\(\) has to give types, as float64\(float64\), not 'float64"):
        jit(lambda x: one(x))(1.5)
    of_texts = Scaled((float64, types.unicode_type))

    def text(x):
        return of_texts(x, "a")

    with pytest.raises((CompileError, TypeError)):
        jit(text)(1.5)
