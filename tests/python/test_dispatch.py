"""Calls of jitted functions: binding, specializations, guards, signatures, attributes."""

import copy
import gc
import inspect
import math
import pickle
import sys
import threading
import types
import weakref

import numpy as np
import pytest

import cumbia
from cumbia import float32, float64, int8, int64, jit

SCALE = 2
OFFSET = 0.5


@jit
def add(x, y):
    return x + y


@jit
def total(a):
    s = 0.0
    for i in range(len(a)):
        s += a[i]
    return s


@jit
def scaled(x):
    return x * SCALE


@jit
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


# Binding


def reference(a, /, b, c=3, *, d, e=5):
    return a + 10 * b + 100 * c + 1000 * d + 10000 * e


bound = jit(reference)

CALLS = [
    ((1, 2), {"d": 4}),
    ((1, 2, 7), {"d": 4}),
    ((1,), {"b": 2, "d": 4}),
    ((1,), {"e": 9, "d": 4, "c": 0, "b": 2}),
    ((), {}),
    ((1,), {}),
    ((1, 2), {}),
    ((1, 2, 3), {}),
    ((1, 2, 3, 4), {"d": 1}),
    ((1, 2, 3, 4), {}),
    ((1, 2), {"d": 1, "z": 3}),
    ((1, 2), {"d": 1, "b": 3}),
    ((), {"a": 1, "b": 2, "d": 3}),
    ((1,), {"a": 1, "b": 2, "d": 3}),
]


@pytest.mark.parametrize(("args", "kwargs"), CALLS)
def test_arguments_bind_as_in_python(args, kwargs):
    try:
        expected = reference(*args, **kwargs)
    except TypeError as error:
        with pytest.raises(TypeError) as caught:
            bound(*args, **kwargs)
        assert str(caught.value) == str(error)
    else:
        assert bound(*args, **kwargs) == expected
        assert bound.__call__(*args, **kwargs) == expected


def test_binding_errors_name_the_qualified_function():
    @jit
    def inner(x):
        return x

    with pytest.raises(TypeError, match=r"<locals>\.inner\(\) missing 1 required"):
        inner()


def test_default_of_another_type_is_typed_as_it_is():
    @jit
    def f(x, y=1.5):
        return x + y

    assert f(1) == 2.5
    assert type(f(1, 2)) is int


def test_a_default_that_cant_be_passed_is_named():
    @jit
    def f(x, mode=object()):
        return x

    with pytest.raises(TypeError, match=r"argument 'mode' of .*f\(\): object"):
        f(1)


# Specializations


def test_one_specialization_per_tuple_of_types():
    @jit
    def f(x, y):
        return x + y

    assert (f(1, 2), f(1.0, 2), f(3, 4)) == (3, 3.0, 7)
    assert f.stats["compiles"] == 2
    assert f.stats["calls"] == 3
    assert f.signatures == ["(pyfloat, pyint) -> pyfloat", "(pyint, pyint) -> pyint"]


def test_layout_and_writability_are_part_of_the_type():
    @jit
    def f(a):
        return a.size

    c = np.zeros((3, 4))
    readonly = c.copy()
    readonly.flags.writeable = False
    for a in (c, c.T, c[:, ::2], readonly, c[:1], c[:, :1]):
        assert f(a) == a.size
    assert f.signatures == [
        "(array(float64, 2, A)) -> pyint",
        "(array(float64, 2, C)) -> pyint",
        "(array(float64, 2, C, readonly)) -> pyint",
        "(array(float64, 2, F)) -> pyint",
    ]


def test_nested_tuples_have_types_of_their_own():
    @jit
    def f(t):
        return t

    for value in ((), (1,), (1, 2.0), ((1,), 2.0), ((1, 2.0),), (None, True, 1j)):
        assert f(value) == value
    assert f.stats["compiles"] == 6


def test_alternating_types_dont_recompile():
    @jit
    def f(x):
        return x

    for i in range(100):
        assert f(i) == i
        assert f(float(i)) == i
    assert f.stats["compiles"] == 2


def test_threads_compile_once_and_agree():
    @jit
    def f(a):
        s = 0.0
        for i in range(len(a)):
            s += a[i] * 2
        return s

    data = np.arange(1000.0)
    results, barrier = [], threading.Barrier(8)

    def work():
        barrier.wait()
        for _ in range(200):
            results.append(f(data))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(results) == {999000.0}
    assert f.stats["compiles"] == 1


def test_threads_that_change_what_a_guard_holds():
    namespace = {"K": 1, "__name__": __name__}
    text = "def f(x):\n    s = 0\n    for i in range(200):\n        s += K\n    return s\n"
    exec(text, namespace)
    f = jit(source=text)(namespace["f"])
    stop = threading.Event()
    failures = []

    def call():
        while not stop.is_set():
            if f(1) not in (200, 400):
                failures.append("wrong")

    threads = [threading.Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    for i in range(60):
        namespace["K"] = 1 + i % 2
        f(1)
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures


# Guards


def test_a_changed_global_takes_effect():
    global SCALE
    try:
        assert scaled(10) == 20
        before = scaled.stats["compiles"]
        SCALE = 3
        assert scaled(10) == 30
        SCALE = 2.5
        assert scaled(10) == 25.0
        assert scaled.stats["compiles"] == before + 2
    finally:
        SCALE = 2


def test_an_equal_global_of_the_same_type_costs_no_compilation():
    global OFFSET

    @jit
    def f(x):
        return x + OFFSET

    f(1)
    OFFSET = float("0.5")
    assert f(1) == 1.5
    assert f.stats["compiles"] == 1


def test_zero_and_minus_zero_are_different_constants():
    global OFFSET

    @jit
    def f(x):
        return math.copysign(x, OFFSET)

    try:
        OFFSET = 0.0
        assert f(1.0) == 1.0
        OFFSET = -0.0
        assert f(1.0) == -1.0
    finally:
        OFFSET = 0.5


def test_closure_cells_are_late_bound():
    def make():
        factor = 2

        def change(value):
            nonlocal factor
            factor = value

        @jit
        def f(x):
            return x * factor

        return f, change

    f, change = make()
    assert f(5) == 10
    change(7)
    assert f(5) == 35


def test_an_empty_closure_cell_is_a_name_error():
    def make():
        @jit
        def f(x):
            return x * later

        with pytest.raises(NameError, match="free variable 'later'"):
            f(1)
        later = 3
        return f

    assert make()(2) == 6


def test_a_redefined_callee_takes_effect():
    scope = {"jit": jit, "__name__": __name__}

    def define(text, name):
        exec(text, scope)
        scope[name] = jit(source=text)(scope[name])

    define("def g(x): return x + 1\n", "g")
    define("def f(x): return g(x) * 10\n", "f")
    assert scope["f"](1) == 20
    define("def g(x): return x + 2\n", "g")
    assert scope["f"](1) == 30


def test_shadowing_a_builtin_takes_effect():
    text = "def f(x): return abs(x)\n"
    scope = {"__name__": __name__}
    exec(text, scope)
    f = jit(source=text)(scope["f"])
    assert f(-3) == 3
    other = "def abs(x): return x - 1\n"
    exec(other, scope)
    scope["abs"] = jit(source=other)(scope["abs"])
    assert f(-3) == -4
    del scope["abs"]
    assert f(-3) == 3


def test_attributes_of_a_users_module_are_guarded():
    module = types.ModuleType("settings")
    module.N = 3
    text = "def f(x): return x + settings.N\n"
    scope = {"settings": module, "__name__": __name__}
    exec(text, scope)
    f = jit(source=text)(scope["f"])
    assert f(1) == 4
    module.N = 4
    assert f(1) == 5


def test_functions_are_known_by_identity_not_by_name():
    text = "def f(x): return s(x)\n"
    scope = {"s": math.sqrt, "__name__": __name__}
    exec(text, scope)
    f = jit(source=text)(scope["f"])
    assert f(16.0) == 4.0


def test_self_recursion():
    assert fib(20) == 6765


# Explicit signatures


def test_signatures_are_compiled_at_once():
    f = jit("float64(float64, int64)")(lambda x, n: x * n)
    assert f.signatures == ["(pyfloat, pyint) -> pyfloat"]
    assert f(1.5, 2) == 3.0


def test_recursion_with_a_signature():
    @jit(int64(int64))
    def gcd_like(n):
        if n < 1:
            return 0
        return 1 + gcd_like(n - 1)

    assert gcd_like(5) == 5


def test_arguments_are_converted_where_nothing_is_lost():
    @jit([float64(float64)])
    def f(x):
        return x

    for value in (3, True, np.int16(3), np.float32(1.5), np.float64(2.5)):
        got = f(value)
        assert type(got) is float and got == value
    for value in (2**53 + 1, 1j, None, np.zeros(2)):
        with pytest.raises(TypeError, match=r"no signature of .*f\(\) takes"):
            f(value)


def test_a_value_must_fit_a_narrow_integer():
    @jit([int8(int8)])
    def f(x):
        return x

    assert type(f(100)) is np.int8
    assert f(100) == 100
    with pytest.raises(TypeError, match="no signature"):
        f(300)
    assert f(-128) == -128


def test_the_nearest_signature_wins():
    @jit([float64(float64), float32(float32), int64(int64)])
    def f(x):
        return x

    assert type(f(1)) is int
    assert type(f(1.0)) is float
    assert type(f(np.float32(1))) is np.float32
    assert type(f(np.int16(1))) is int
    assert len(f.signatures) == 3


def test_layouts_that_fit_are_taken_as_they_are():
    @jit([float64(float64[:])])
    def f(a):
        return a[-1]

    a = np.arange(6.0)
    assert [f(a), f(a[::2]), f(a[::-1])] == [5.0, 4.0, 0.0]
    with pytest.raises(TypeError, match="no signature"):
        f(np.arange(3))
    a.flags.writeable = False
    with pytest.raises(TypeError, match="no signature"):
        f(a)


def test_a_declared_result_is_checked():
    with pytest.raises(TypeError, match="declares another result type"):
        jit("int64(float64)")(lambda x: x)


def test_the_number_of_arguments_is_checked():
    with pytest.raises(TypeError, match="has 2 arguments"):
        jit("float64(float64, float64)")(lambda x: x)


def test_compile_adds_a_specialization():
    @jit
    def f(x):
        return x

    f.compile("float64(float64)")
    assert f.stats["compiles"] == 1
    f(1.0)
    assert f.stats["compiles"] == 1


# As a Python object


def test_it_looks_like_the_function():
    def original(a, b=2):
        """Doc."""

    f = jit(original)
    assert f.py_func is f.__wrapped__ is original
    assert (f.__name__, f.__doc__) == ("original", "Doc.")
    assert f.__qualname__ == original.__qualname__
    assert f.__module__ == __name__
    assert inspect.signature(f) == inspect.signature(original)
    assert inspect.unwrap(f) is original
    assert callable(f)
    f.note = 1
    assert f.__dict__["note"] == 1
    assert "original" in repr(f)


class Point:
    x = 3

    @jit
    def method(self, y):
        return y

    @staticmethod
    @jit
    def static(y):
        return y + 1


def test_it_binds_as_a_method():
    bound_method = Point().method
    assert isinstance(bound_method, types.MethodType)
    assert bound_method(1) == 1
    assert Point().method(1.5) == 1.5
    assert Point.method(1, 2) == 2
    assert Point.static(1) == 2
    assert Point().static(1) == 2


def test_weak_references_and_garbage():
    def make():
        @jit
        def f(n):
            return 0 if n < 1 else f(n - 1)

        f(3)
        return weakref.ref(f)

    ref = make()
    gc.collect()
    assert ref() is None


def test_copies_are_the_object_itself():
    assert copy.copy(add) is add
    assert copy.deepcopy([add])[0] is add


def test_pickle_by_name():
    assert pickle.loads(pickle.dumps(add)) is add


def test_pickle_by_source():
    factor = 3

    @jit
    def f(x, y=4):
        return math.sqrt(x) * factor + y

    again = pickle.loads(pickle.dumps(f))
    assert again is not f
    assert again(4.0) == f(4.0) == 10.0
    first, second = jit(lambda x: x + 1), jit(lambda x: x + 2)
    assert pickle.loads(pickle.dumps(first))(1) == 2
    assert pickle.loads(pickle.dumps(second))(1) == 3


def test_pickle_of_a_function_that_calls_itself():
    @jit
    def down(n):
        return 0 if n < 1 else 1 + down(n - 1)

    assert pickle.loads(pickle.dumps(down))(4) == 4


def test_cloudpickle():
    cloudpickle = pytest.importorskip("cloudpickle")

    @jit
    def f(x):
        return x + 1

    assert pickle.loads(cloudpickle.dumps(f))(1) == 2


def test_inspection():
    @jit
    def f(x):
        return x + 1

    assert f.inspect_ir() == {}
    f(1)
    (text,) = f.inspect_ir().values()
    assert "func @" in text
    assert f.inspect_ir("(int64)") == text
    assert f.inspect_ir("(pyint) -> pyint") == text
    with pytest.raises(KeyError, match="not compiled"):
        f.inspect_ir("(float64)")
    times = cumbia._cumbia.compile_times(f)
    assert set(times) == {"parse", "infer", "lower", "opt", "codegen", "load"}
    assert all(seconds >= 0 for seconds in times.values())


def test_no_reference_is_lost_or_leaked():
    class Marker:
        pass

    a = np.arange(4.0)
    value = 12345678901234
    counts = sys.getrefcount(a), sys.getrefcount(None)
    for _ in range(1000):
        total(a)
        add(value, value)
        add(x=value, y=1)
    assert abs(sys.getrefcount(None) - counts[1]) < 50
    assert sys.getrefcount(a) == counts[0]
