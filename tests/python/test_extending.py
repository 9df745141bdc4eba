"""`cumbia.extending`: overloads of functions, methods and attributes."""

import numpy as np
import pytest
from cumbia import CompileError, jit, types
from cumbia.extending import overload, overload_attribute, overload_method, register_jitable

from tests.python import extension_package as package
from tests.python.extension_package import describe, power, soft
from tests.python.harness import check


def test_functions_by_type():
    def f(x, a):
        return soft(x), soft(x, 0.25), soft(a), soft(a, threshold=0.5), soft(threshold=2.0, x=-3.0), package.soft(7)

    check(f, 1.5, np.array([-2.0, -0.3, 0.7, 3.0]))

    def g(x):
        return describe(x), describe("a"), describe(np.zeros(2)), describe(None)

    check(g, 3)


def test_a_c_function():
    def f(a):
        return package.getter(a) + package.getter((1, 2))

    got = jit(f)(np.array([3.0, 4.0]))
    assert got == 4.0 and type(got) is np.float64


def test_methods_and_attributes():
    def f(a):
        return a.clamped(0.5), a.clamped(low=0.0, high=2.0), a.halfway, "hey".shout(), a.sum()

    got = jit(f)(np.array([-1.0, 0.75, 3.0]))
    assert got[0].tolist() == [0.5, 0.75, 1.0] and got[1].tolist() == [0.0, 0.75, 2.0]
    assert got[2:] == (0.75, "HEY!", 2.75)


def test_constants():
    def f(x, n):
        return power(x, 2), power(x, n), power(x, 3)

    check(f, 1.5, 4)
    seen = []

    def h(x, how):
        return x

    @overload(h)
    def overload_h(x, how):
        seen.append((x, how))
        if isinstance(how, types.StringLiteral):
            return (lambda x, how: x + 1) if how.literal_value == "up" else (lambda x, how: x - 1)
        return None

    def g(x):
        return h(x, "up"), h(x, "down")

    assert jit(g)(3) == (4, 2)
    assert seen[0] == (types.int64, types.unicode_type)
    assert repr(seen[1][1]) == "Literal('up')"


def test_types_that_overloads_see():
    seen = []

    def look(*args):
        return 0

    @overload(look, strict=False)
    def overload_look(*args):
        seen.append(args)
        return lambda *args: 0

    def f(a, b, c, d, e, g, h, i, j):
        return look(a, b, c, d, e, g, h, i, j, None, np.sum, a == 1)

    jit(f)(1, 2.5, np.float32(1), np.zeros((2, 3), np.int8).T, (1, "a"), [1.5], {1: "x"}, {2}, 1j)
    (args,) = seen
    a, b, c, d, e, g, h, i, j, nothing, function, truth = args
    assert isinstance(a, types.Integer) and isinstance(a, types.Number) and a == types.int64
    assert isinstance(b, types.Float) and not isinstance(b, types.Integer)
    assert c == types.float32
    assert isinstance(d, types.Array) and (d.dtype, d.ndim, d.layout) == (types.int8, 2, "F")
    assert isinstance(e, types.BaseTuple) and isinstance(e.items[1], types.UnicodeType)
    assert isinstance(g, types.List) and g.dtype == types.float64
    assert isinstance(h, types.DictType) and (h.key_type, h.value_type) == (types.int64, types.unicode_type)
    assert isinstance(i, types.Set) and isinstance(j, types.Complex)
    assert isinstance(nothing, types.NoneType) and isinstance(function, types.Function)
    assert isinstance(truth, types.Boolean) and not isinstance(truth, types.Integer)


def test_errors_are_told_at_the_call():
    def bad(x):
        return soft("a")

    with pytest.raises(CompileError, match=r"the overload of soft has no implementation for \(str\)"):
        jit(bad)(1)

    def many(x):
        return package.getter(1.5)

    with pytest.raises(CompileError, match="has no implementation for"):
        jit(many)(1)

    def broken(x):
        return x

    @overload(broken)
    def overload_broken(x):
        raise KeyError("oh")

    with pytest.raises(CompileError, match=r"overload_broken\(\) of broken raised KeyError: 'oh'"):
        jit(lambda x: broken(x))(1)

    def wrong(x):
        return x

    @overload(wrong)
    def overload_wrong(x):
        return 3

    with pytest.raises(CompileError, match="gives a function or None, not 3"):
        jit(lambda x: wrong(x))(1)

    def names(x):
        return x

    @overload(names)
    def overload_names(x):
        return lambda y: y

    with pytest.raises(CompileError, match=r"has the parameters \(y\)"):
        jit(lambda x: names(x))(1)

    def not_compiled(x):
        return x

    @overload(not_compiled)
    def overload_not_compiled(x):
        return lambda x: open(x)

    with pytest.raises(CompileError, match=r"open\(\) can't be compiled") as caught:
        jit(lambda x: not_compiled(x))(1)
    assert len(caught.value.diagnostics[0]["spans"]) == 2
    with pytest.raises(CompileError):
        jit(lambda a: a.halfway)(np.zeros((2, 2)))
    with pytest.raises(CompileError):
        jit(lambda a: a.clamped())(np.zeros(2))


def test_exceptions_of_implementations():
    def checked(x):
        if x < 0:
            raise ValueError("negative")
        return x

    @overload(checked)
    def overload_checked(x):
        def implementation(x):
            if x < 0:
                raise ValueError("negative")
            return x

        return implementation

    compiled = jit(lambda x: checked(x))
    assert compiled(3) == 3
    with pytest.raises(ValueError, match="negative"):
        compiled(-1)


def test_options():
    for options in ({"jit_options": {"fastmath": True}}, {"inline": "sometimes"}, {"strict": 1}, {"target": "cuda"}, {"jit_options": {"nopython": False}}):
        with pytest.raises(TypeError):
            overload(len, **options)
    overload(soft, jit_options={"nopython": True, "nogil": True}, inline="always", strict=False)
    with pytest.raises(TypeError):
        overload(3)
    with pytest.raises(TypeError):
        overload_method("array", "name")
    with pytest.raises(TypeError):
        overload_attribute(types.Array, "no name")
    with pytest.raises(TypeError):
        register_jitable(inline="maybe")

    @register_jitable(inline="always", nogil=True)
    def double(x):
        return 2 * x

    assert jit(lambda x: double(x))(4) == 8 and double(2) == 4


def test_the_latest_counts():
    def chosen(x):
        return 0

    overload(chosen)(lambda x: lambda x: 1)
    overload(chosen)(lambda x: (lambda x: 2) if isinstance(x, types.Float) else None)

    def f(x):
        return chosen(x)

    assert jit(f)(1) == 1 and jit(f)(1.0) == 2


def test_overloaded_functions_as_values():
    def apply(f, x):
        return f(x)

    def g(x):
        return apply(soft, x), [soft(item) for item in (x, 2 * x)]

    assert jit(g)(1.5) == (0.5, [0.5, 2.0])

    def h(x):
        return list(map(soft, [x, 2 * x]))

    try:
        assert jit(h)(1.5) == [0.5, 2.0]
    except CompileError as error:
        assert "soft" in str(error)

    def k(x, f):
        return f(x)

    assert jit(k)(1.5, soft) == 0.5
