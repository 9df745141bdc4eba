"""A dispatcher as an object: a function's attributes, what it is compiled for, `CUMBIA_DISABLE_JIT`."""

import copy
import inspect
import os
import pickle
import subprocess
import sys
import weakref

import numpy as np
import pytest

import cumbia
from cumbia import _info, errors, jit, types


@jit
def scaled(x: float, by: float = 2.0, *, plus: float = 0.0) -> float:
    """A number, scaled."""
    return x * by + plus


class Body:
    def __init__(self, mass):
        self.mass = mass

    @jit
    def weight(self, g):
        """How heavy it is."""
        return self.mass * g

    @staticmethod
    @jit
    def double(x):
        return 2 * x


def fresh():
    factor = 3

    @jit
    def f(x):
        return x * factor

    return f


def test_attributes_of_the_function():
    func = scaled.py_func
    for name in ("__code__", "__defaults__", "__kwdefaults__", "__closure__", "__globals__"):
        assert getattr(scaled, name) is getattr(func, name) or getattr(scaled, name) == getattr(func, name)
        with pytest.raises(AttributeError):
            setattr(scaled, name, None)
    for name in ("__name__", "__qualname__", "__module__", "__doc__", "__annotations__"):
        assert getattr(scaled, name) == getattr(func, name)
    assert scaled.__wrapped__ is func
    assert fresh().__closure__[0].cell_contents == 3


def test_signature():
    expected = inspect.signature(scaled.py_func)
    assert scaled.__signature__ == inspect.signature(scaled) == expected
    f = fresh()
    other = inspect.Signature([inspect.Parameter("y", inspect.Parameter.POSITIONAL_ONLY)])
    f.__signature__ = other
    assert f.__signature__ is other and inspect.signature(f) == other and f(2) == 6
    del f.__signature__
    assert list(f.__signature__.parameters) == ["x"]
    with pytest.raises(KeyError):
        del f.__signature__


def test_methods():
    body = Body(2.0)
    assert body.weight(10.0) == 20.0 and Body.weight(body, 1.0) == 2.0
    assert body.weight.__self__ is body and body.weight.__func__ is Body.weight
    assert body.weight.__doc__ == "How heavy it is."
    assert Body.double(4) == body.double(4) == 8
    assert list(inspect.signature(body.weight).parameters) == ["g"]


def test_what_it_is_compiled_for():
    f = fresh()
    assert f.signatures == f.nopython_signatures == [] and f.overloads == {}
    f(2), f(2.5)
    assert f.signatures == f.nopython_signatures == list(f.overloads) and len(f.signatures) == 2
    for facts in f.overloads.values():
        assert facts["tier"] in ("fast", "best")
        assert sum(facts["times"].values()) > 0
    f.compile("(complex128,)")
    assert len(f.signatures) == 3 and f.stats.compiles == 3


def test_stats_by_key_and_attribute():
    f = fresh()
    f(1), f(2)
    assert f.stats.calls == f.stats["calls"] == 2 and f.stats.specializations == 1
    with pytest.raises(AttributeError, match="there is no count 'call'; there are: calls"):
        f.stats.call


def test_recompile():
    f = fresh()
    assert (f(2), f(2.5)) == (6, 7.5)
    before = f.signatures
    f.recompile()
    assert f.signatures == before and f.stats.compiles == 4
    assert (f(2), f(2.5)) == (6, 7.5) and f.stats.compiles == 4
    g = jit("float64(float64)")(lambda x: x * 3)
    g(2)
    g.recompile()
    assert g(2) == 6.0 and g.stats.compiles == 2


def test_recompile_for_functions_as_elements():
    @jit
    def f(items):
        return sum([item() for item in items])

    def item():
        return 1

    f([item])
    f.recompile()
    assert f([item]) == 1
    assert f.stats.specializations == 1


def test_disable_compile():
    f = fresh()
    assert f(2) == 6
    f.disable_compile()
    assert f(3) == 9
    with pytest.raises(TypeError, match=r"isn't compiled for \(float64\)|isn't compiled for \(pyfloat\)") as caught:
        f(2.5)
    assert "(pyint) -> pyint" in str(caught.value)
    f.disable_compile(False)
    assert f(2.5) == 7.5
    g = fresh()
    g.disable_compile(True)
    with pytest.raises(TypeError, match="for: nothing"):
        g(1)
    with pytest.raises(TypeError, match="at most 1 argument"):
        g.disable_compile(1, 2)


FACTOR = 2


@jit
def by_global(x):
    return x * FACTOR


def test_what_changed_is_compiled_again_though_nothing_new_is(monkeypatch):
    assert by_global(3) == 6
    by_global.disable_compile()
    monkeypatch.setitem(globals(), "FACTOR", 5)
    assert by_global(3) == 15
    with pytest.raises(TypeError, match="disable_compile"):
        by_global(1.5)
    by_global.disable_compile(False)


def test_copies_weak_references_and_no_subclass():
    f = fresh()
    assert copy.copy(f) is copy.deepcopy(f) is f
    assert weakref.ref(f)() is f
    assert pickle.loads(pickle.dumps(scaled)) is scaled
    with pytest.raises(TypeError, match="not an acceptable base type"):
        type("Sub", (type(f),), {})


PICKLED = """
import cloudpickle, numpy as np, sys
from cumbia import jit
offset = 10
@jit(fastmath=True)
def f(x, k=1):
    "adds"
    return x.sum() + offset + k
def maker(n):
    @jit
    def inner(x):
        return inner(x - 1) + n if x > 0 else 0
    return inner
first, second = jit(lambda v: v + 1), jit(lambda v: v + 2)
sys.stdout.buffer.write(cloudpickle.dumps([f, maker(4), first, second, {"nested": [f]}]))
"""
LOADED = """
import sys, pickle, numpy as np
f, inner, first, second, more = pickle.load(sys.stdin.buffer)
assert f(np.ones(3)) == 14.0 and f(np.ones(3), k=2) == 15.0, f(np.ones(3))
assert f.__doc__ == "adds" and f.__name__ == "f" and "contract" in f.options["fastmath"]
assert inner(3) == 12 and (first(1), second(1)) == (2, 3)
assert more["nested"][0] is f
try:
    f(np.ones((2, 2), dtype=object))
except TypeError as error:
    assert "object" in str(error)
print("fine")
"""


def test_cloudpickle_in_a_fresh_process(tmp_path):
    pytest.importorskip("cloudpickle")
    program = tmp_path / "program.py"
    program.write_text(PICKLED)
    made = subprocess.run([sys.executable, program], capture_output=True, cwd=tmp_path)
    assert made.returncode == 0, made.stderr.decode()
    program.unlink()
    done = subprocess.run(
        [sys.executable, "-c", LOADED], input=made.stdout, capture_output=True, cwd=tmp_path
    )
    assert done.stdout.strip() == b"fine", done.stderr.decode()


DISABLED = """
import inspect, pickle
import cumbia
from cumbia import jit
@jit
def f(x):
    return x + 1
@jit("int64(int64)", cache=True)
def g(x):
    return [x, "two types", None]
class C:
    @jit
    def m(self, x):
        return x
assert inspect.isfunction(f) and f.py_func is f and f(1) == 2 and g(1)[1] == "two types"
assert f.signatures == [] and f.overloads == {} and f.tier is None and f.stats.calls == 0
assert f.compile("(int64,)") is None and f.recompile() is None and f.disable_compile() is None
assert f.wait() is True and C().m(3) == 3 and jit(f) is f
try:
    jit(paralel=True)
except TypeError as error:
    assert "did you mean 'parallel'" in str(error)
else:
    raise AssertionError
scope = {}
exec("def h(x): return x", scope)
assert jit(scope["h"])(4) == 4
print("fine")
"""


def test_disabled(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(DISABLED)
    done = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, env={**os.environ, "CUMBIA_DISABLE_JIT": "1"}
    )
    assert done.stdout.strip() == "fine", done.stderr
    assert any(one.name == "CUMBIA_DISABLE_JIT" for one in _info.SETTINGS)


def test_classes_of_errors():
    from cumbia.core import errors as under_numbas_name

    assert cumbia.errors is errors
    assert under_numbas_name.TypingError is errors.TypingError
    assert set(under_numbas_name.__all__) == set(errors.__all__)
    for name in errors.__all__:
        found = getattr(errors, name)
        assert issubclass(found, Exception), name
        if name.endswith("Warning"):
            assert issubclass(found, errors.NumbaWarning)
        elif name != "InternalError":
            assert issubclass(found, errors.NumbaError)
    with pytest.raises(errors.NumbaError):
        jit(lambda x: x.no_such_thing)(np.ones(3))


def test_signatures_of_methods():
    """What `help` and completion show: without the dispatcher itself, with every parameter."""
    @jit
    def f(x):
        return x

    shown = {name: str(inspect.signature(getattr(f, name))) for name in ("compile", "recompile", "wait", "explain", "inspect_asm", "inspect_types")}
    assert shown == {
        "compile": "(signature, /)",
        "recompile": "()",
        "wait": "(timeout=None)",
        "explain": "(signature=None)",
        "inspect_asm": "(signature=None, tier=None)",
        "inspect_types": "(file=None, pretty=False, style='default', *, signature=None)",
    }


def test_overloads_by_types():
    @jit
    def f(a, n):
        return a.sum(), (n, "x")

    f(np.ones(3, np.float32), 2)
    (text,) = f.overloads
    assert text == f.signatures[0] and f.overloads[text]["tier"] in ("fast", "best")
    found = f.overloads[types.float32[::1], types.int64]
    assert found.signature.args == (types.float32[::1], types.int64)
    assert repr(found.signature.return_type) == "Tuple((float32, Tuple((int64, str))))"
    assert f.overloads[types.Signature(None, found.signature.args)]["times"].keys() == found["times"].keys()
    for missing in ((types.float64[::1], types.int64), "f8(f8)", ()):
        with pytest.raises(KeyError):
            f.overloads[missing]
