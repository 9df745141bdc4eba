"""np.vectorize: of functions in kernels, of objects that are globals, against NumPy."""

import numpy as np
import pytest
from cumbia import CompileError, jit
from cumbia._cumbia import live_allocations

from tests.library.arrays import FEW_DTYPES, filled, layouts
from tests.library.differential import agree, bits, compiled, define, outcome
from tests.library.test_linear_algebra import same_error


def double(x):
    return x * 2


def sums(x, y):
    return x + y, x - y


doubled = np.vectorize(double)
jitted = np.vectorize(jit(sums))
as_floats = np.vectorize(double, otypes=[np.float32])
as_letters = np.vectorize(double, otypes="d")
cached = np.vectorize(lambda x: x + 1, cache=True)
shaped = np.vectorize(lambda x: x, signature="(n)->(n)")
leaving_out = np.vectorize(lambda x, y: x, excluded=[1])


@pytest.mark.parametrize("dtype", FEW_DTYPES)
def test_functions_in_kernels(dtype):
    for a in layouts((3, 4), dtype):
        agree("np.vectorize(lambda x: x * 2)(a)", a)
        agree("np.vectorize(lambda x, y: x + y)(a, b)", a, filled((4,), dtype))
        agree("np.vectorize(lambda x, y: (x, x == y))(a, 3)", a)
    agree("np.vectorize(lambda x: x * 2)(a)", filled((), dtype))
    agree("np.vectorize(lambda x: x * 2, otypes='D')(a)", filled((2, 0), dtype))
    agree("np.vectorize(lambda x: x != 0, otypes=(np.bool_,))(a)", filled((5,), dtype))
    agree("np.vectorize(lambda x: x, otypes=[complex])(a)", filled((5,), dtype))


def test_numbers_and_sequences():
    agree("np.vectorize(lambda x, y: x * y)(a, b)", 3, 4.5)
    agree("np.vectorize(lambda x: x)((1, 2))")
    agree("np.vectorize(lambda x: x)([1.5, 2.0])")
    agree("np.vectorize(lambda: 5)()")
    agree("np.vectorize(lambda x: np.sqrt(x))(a)", np.arange(4))
    agree("np.vectorize(lambda x: x / 2, otypes=(np.int8, ))(a)", np.arange(4))
    agree("np.vectorize(lambda x: (x, x / 2), otypes=(np.int8, np.float32))(a)", np.arange(4))
    # The first call has NumPy's numbers, and tells the dtype; the others have Python's.
    agree("np.vectorize(lambda x: x + 1)(a)", np.arange(4, dtype=np.int8))
    agree("np.vectorize(lambda x: x + 1)(a)", np.arange(4, dtype=np.float32))


def test_first_element_is_seen_twice():
    for cache in (False, True):
        text = (
            f"def f(a, seen):\n    g = np.vectorize(lambda x: (seen.append(1), x)[1], cache={cache})\n"
            "    g(a)\n    return len(seen)\n"
        )
        function = define(text, f"<vectorize {cache}>")
        assert jit(function)(np.arange(3), [0]) == function(np.arange(3), [0]) == (5 - cache)


def of_globals(a):
    return doubled(a), as_floats(a), as_letters(a), cached(a)


def of_jitted(a, b):
    return jitted(a, b)


@pytest.mark.parametrize("dtype", ["int32", "float32", "float64", "bool"])
def test_globals(dtype):
    a = filled((2, 3), dtype)
    assert bits(jit(of_globals)(a)) == bits(of_globals(a))
    if dtype != "bool":
        assert bits(jit(of_jitted)(a, 2.5)) == bits(of_jitted(a, 2.5))


def test_a_changed_function_is_seen():
    vectorized = np.vectorize(lambda x: x + 1)
    function = define("def f(a):\n    return v(a)\n", "<vectorize changed>")
    function.__globals__["v"] = vectorized
    kernel = jit(function)
    assert kernel(np.arange(3)).tolist() == [1, 2, 3]
    vectorized.pyfunc = lambda x: x + 10
    assert kernel(np.arange(3)).tolist() == [10, 11, 12]


def test_errors():
    same_error("np.vectorize(lambda x: x)(a)", np.ones(0))
    same_error("np.vectorize(lambda x, y: x)(a, b)", np.ones((2, 3)), np.ones((2, 2)))
    same_error("np.vectorize(lambda x: 1 // x)(a)", np.arange(2)[::-1])
    same_error("np.vectorize(lambda x: x)(a)", [])
    for expression, words in (
        ("np.vectorize(lambda x: x, excluded={0})(a)", "excluded="),
        ("np.vectorize(lambda x: x, signature='(n)->(n)')(a)", "signature="),
        ("np.vectorize(lambda x: x, otypes='dd')(a)", "must be a tuple"),
        ("np.vectorize(lambda x: 'text')(a)", "not an element"),
        ("np.vectorize(lambda x: None)(a)", "not an element"),
        ("np.vectorize(lambda x: x)(x=a)", "x"),
        ("np.frompyfunc(lambda x: x, 1, 1)(a)", "frompyfunc"),
    ):
        with pytest.raises(CompileError, match=words):
            compiled(f"return {expression}", "a")(np.ones(3))


@pytest.mark.parametrize("name", ["shaped", "leaving_out"])
def test_objects_with_more_are_refused(name):
    function = define(f"def f(a):\n    return {name}(a, 1)\n", f"<vectorize {name}>")
    function.__globals__[name] = globals()[name]
    with pytest.raises(CompileError, match="vectorize object"):
        jit(function)(np.ones(3))


def test_an_exception_in_the_middle_leaves_nothing():
    function = compiled("return np.vectorize(lambda x: 1 // x)(a)", "a")
    a = np.arange(50)[::-1].copy()
    outcome(function, (a,))
    before = live_allocations()
    assert outcome(function, (a,)) is ZeroDivisionError
    assert live_allocations() == before
