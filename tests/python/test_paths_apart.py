"""Paths told apart by types: what the boundary, the cache, ufuncs and tracebacks make of it.

The corpus has the programs (`tests/corpus/programs/paths_apart.py`).
"""

import gc
import pickle

import numpy as np
import pytest

from tests.python.harness import IDENTITY, Cases, CompileError, check, jit

case = Cases()
compiled_only = pytest.mark.skipif(IDENTITY, reason="about compiled code")
INTS = np.array([3, -1, 7, 2])

if not IDENTITY:
    from cumbia import cfunc, vectorize
    from cumbia._cumbia import live_allocations


def of_two_types(a, c):
    if c:
        return 0.5
    return a[0]


class Account:
    def __init__(self, value):
        self.value = np.int64(value)

    def get(self, c):
        if c:
            return self.value
        return 0.5

    @property
    def share(self):
        if self.value > 2:
            return np.int32(self.value)
        return 0.25


@case((INTS, 0), (INTS, 1), (INTS, 9))
def raises_in_both_copies(a, i):
    x = a[0] if i else 0.5
    y = x * 2
    return y + a[i]


@case((3,), (0,), (12,))
def interrupted_by_exceptions_in_turns(n):
    x = np.int32(1)
    out = []
    for i in range(n):
        try:
            if i == 2:
                x = 0.5
            if i == 5:
                raise ValueError(i)
            out.append(float(x + i))
        except ValueError:
            out.append(-1.0)
            continue
        finally:
            out.append(0.0)
    return x, out


@case((INTS, True), (INTS, False))
def lists_in_both_copies(a, c):
    x = a[0] if c else 0.5
    xs = []
    for i in range(3):
        xs.append(i)
    ys = [[], []]
    ys[0].append("a")
    return x, xs, ys


@case((INTS, True), (INTS, False))
def arrays_after_the_paths(a, c):
    x = a[0] if c else 0.5
    b = a * x
    b = b + x
    return b.sum(), b


@case((INTS, True), (INTS, False))
def arrays_of_two_dtypes(a, c):
    if c:
        a = a * 0.5
    return float(a.sum())


@case((2,), (0,), (1,))
def generators_wait_in_both(n):
    def some(k):
        x = np.int64(k)
        if k:
            x = 0.5
        for i in range(2):
            yield float(x) + i

    return list(some(n))


@case((5, True), (5, False))
def turns_of_a_generator_expression(n, c):
    x = np.float32(0.1) if c else 1
    y = np.int8(3) if c else 2.5
    return sum(float(x * y) * i for i in range(n))


@case((True,), (False,))
def items_beside_a_list(c):
    t = (1, 2.5) if c else (np.int8(100), 2, 3, np.float32(1.5))
    out = []
    for x, y in zip(t, (1.5, 2, 3j, 4)):
        out.append(complex(x * y))
    return out


@case((5,), (0,), (1,))
def calls_in_a_generator(n):
    def some():
        for i in range(n):
            y = of_two_types(INTS, i % 2)
            yield float(y) * 2

    return list(some()), [i for i in range(n) if of_two_types(INTS, i % 2) > 1]


@case((5, 1), (5, 0), (1, 0))
def methods_of_two_types(v, c):
    a = Account(v)
    return a.get(c) * 2, a.share + c


@pytest.mark.parametrize(**case.params())
def test_cases(func, call, deviation):
    check(func, *call, deviation=deviation)


@compiled_only
def test_nothing_is_left():
    @jit
    def f(a, c):
        x = a[0] if c else 0.5
        t = (np.zeros(3), np.ones((3, 6))[:, 0])
        b = t[int(a[2]) % 2] * x
        if c:
            b = b.astype(np.int32)
        return float(b[0])

    for c in (True, False):
        f(INTS, c)
        gc.collect()
        before = live_allocations()
        for _ in range(5):
            f(INTS, c)
        assert live_allocations() == before


@compiled_only
def test_the_signature_names_all():
    f = jit(of_two_types)
    assert type(f(INTS, False)) is np.int64 and type(f(INTS, True)) is float
    assert f.signatures == ["(array(int64, 1, C), pybool) -> pyfloat or int64"]


@compiled_only
def test_a_declared_result_is_one_type():
    with pytest.raises(TypeError, match="another result type"):
        jit("float64(int64[:], boolean)")(of_two_types)


@compiled_only
def test_ufuncs_give_one_dtype():
    @vectorize
    def f(x):
        if x > 1:
            return 0.5
        return x

    with pytest.raises((CompileError, TypeError), match="or"):
        f(np.array([1, 2]))


@compiled_only
def test_functions_for_c_give_the_declared_type():
    def f(x):
        if x > 1:
            return 0.5
        return x

    compiled = cfunc("float64(int64)")(f).ctypes
    assert compiled(1) == 1.0 and compiled(5) == 0.5


@compiled_only
def test_pickled():
    f = pickle.loads(pickle.dumps(jit(of_two_types)))
    assert type(f(INTS, False)) is np.int64 and type(f(INTS, True)) is float


def alternating(a, n):
    x = a[0]
    for i in range(n):
        if i % 2:
            x = 0.5
        else:
            x = a[i % 4]
    return x


@compiled_only
def test_types_that_alternate_are_refused_in_the_words_of_the_text():
    with pytest.raises(CompileError) as caught:
        jit(alternating)(INTS, 3)
    assert caught.value.code == "CB0301"
    assert "variable 'x' would be" in str(caught.value)


def several():
    yield from range(5)


class Several:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        for i in range(self.n):
            yield i


@compiled_only
@pytest.mark.parametrize("other", ["[1, 2, 3, 4]", "np.arange(4.0)", "range(5)", "Several(5)", "several()"])
def test_a_tuple_of_mixed_items_or_any_number_of_items(other):
    # The body is repeated for each item of the tuple, which wouldn't do for the other.
    text = f"""def f(c):
    t = (1, 2.5) if c else {other}
    s = 0.0
    for x in t:
        s += x
    return s
"""
    scope = {"np": np, "Several": Several, "several": several}
    exec(text, scope)
    with pytest.raises(CompileError) as caught:
        jit(source=text)(scope["f"])(True)
    assert caught.value.code == "CB0301"


@compiled_only
def test_a_generator_expression_gives_one_type():
    @jit
    def f(a, n):
        return sum(of_two_types(a, i % 2) for i in range(n))

    with pytest.raises(CompileError) as caught:
        f(INTS, 3)
    assert caught.value.code == "CB0302"
    assert "np.int64 or float" in str(caught.value) or "float or np.int64" in str(caught.value)


@compiled_only
def test_many_variables_are_refused():
    names = [f"x{i}" for i in range(14)]
    lines = ["def f(a, k):"]
    for i, name in enumerate(names):
        lines += [f"    {name} = a[0]", f"    if k & {1 << i}:", f"        {name} = 0.5"]
    lines.append(f"    return {' + '.join(names)}")
    text = "\n".join(lines) + "\n"
    scope = {}
    exec(text, scope)
    with pytest.raises(CompileError) as caught:
        jit(source=text)(scope["f"])(INTS, 3)
    assert caught.value.code == "CB0301"


@compiled_only
def test_some_variables_are_not():
    names = [f"x{i}" for i in range(3)]
    lines = ["def f(a, k):"]
    for i, name in enumerate(names):
        lines += [f"    {name} = a[{i}]", f"    if k & {1 << i}:", f"        {name} = 0.5"]
    lines.append(f"    return {', '.join(names)}")
    text = "\n".join(lines) + "\n"
    scope = {}
    exec(text, scope)
    compiled = jit(source=text)(scope["f"])
    for k in range(8):
        want, got = scope["f"](INTS, k), compiled(INTS, k)
        assert want == got and [type(x) for x in want] == [type(x) for x in got]


@compiled_only
def test_read_only_on_one_path_is_so_on_both():
    """A deviation that docs/semantics.md names: an error, and nothing is written."""

    def on_paths(a, b, first):
        chosen = a if first else b
        chosen[0] = 7.0

    def by_position(a, b, first):
        (a, b)[0 if first else 1][0] = 7.0

    fixed = np.zeros(3)
    fixed.flags.writeable = False
    for function in (on_paths, by_position):
        compiled = jit(function)
        for first in (True, False):
            free = np.zeros(3)
            with pytest.raises(ValueError, match="assignment destination is read-only"):
                compiled(free, fixed, first)
            assert not free.any() and not fixed.any()
