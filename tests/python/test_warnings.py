"""How warnings of library functions are issued: places, registries, filters, `np.errstate`.

Which functions warn of what is in `tests/library/test_warnings.py`.
"""

import threading
import traceback
import types
import warnings

import numpy as np
import pytest

from cumbia import CompileError, _cumbia, jit

NOTHING = np.empty(0)


def mean(a):
    return np.mean(a)


def method(a):
    total = 1.0
    return total + a.mean()


def several_lines(a):
    first = a.mean()
    second = a.var()
    return first + second


def in_a_loop(a, n):
    total = 0.0
    for _ in range(n):
        total += a.mean()
    return total


def caught(a):
    try:
        return a.mean()
    except RuntimeWarning:
        return np.float64(-1.0)


def caught_error(a):
    try:
        return a.mean()
    except FloatingPointError:
        return np.float64(-2.0)


def ignoring(a):
    with np.errstate(invalid="ignore"):
        x = a.mean()
    return x + a.mean()


def nested_modes(a):
    with np.errstate(all="ignore"):
        with np.errstate(invalid="warn"):
            x = a.mean()
        with np.errstate(divide="warn"):
            y = a.mean()
    return x + y


def left_by_an_exception(a):
    try:
        with np.errstate(all="ignore"):
            raise ValueError
    except ValueError:
        return a.mean()


def items(a):
    yield a.mean()
    yield a.var()


def lines(function, *arguments, mode="always"):
    """What a call warns of, and where."""
    with warnings.catch_warnings(record=True) as caught_:
        warnings.simplefilter(mode)
        function(*arguments)
    return [(w.category, str(w.message), w.filename, w.lineno) for w in caught_]


@pytest.mark.parametrize(
    "function",
    [mean, method, several_lines, caught, ignoring, nested_modes, left_by_an_exception],
)
@pytest.mark.parametrize("mode", ["always", "default", "ignore", "once", "module"])
def test_the_same_warnings(function, mode):
    assert lines(jit(function), NOTHING, mode=mode) == lines(function, NOTHING, mode=mode)
    assert not lines(jit(function), np.ones(2), mode=mode)


def test_the_line_is_in_the_users_file():
    category, text, filename, line = lines(jit(method), NOTHING)[0]
    first = method.__code__.co_firstlineno
    assert (category, text, filename, line) == (
        RuntimeWarning,
        "Mean of empty slice",
        __file__,
        first + 2,
    )


def test_each_place_once_by_default():
    told = lines(jit(in_a_loop), NOTHING, 3, mode="default")
    assert told == lines(in_a_loop, NOTHING, 3, mode="default")
    assert len(told) == 2
    assert len(lines(jit(in_a_loop), NOTHING, 3, mode="always")) == 6


def test_the_registry_is_the_modules():
    module = types.ModuleType("a_module")
    text = "def f(a):\n    return a.mean()\n"
    exec(compile(text, "a_module.py", "exec"), module.__dict__)
    import linecache

    linecache.cache["a_module.py"] = (len(text), None, text.splitlines(True), "a_module.py")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("default", module="a_module")
        with warnings.catch_warnings(record=True) as told:
            jit(module.f)(NOTHING)
    assert ("a_module.py", 2) in [(w.filename, w.lineno) for w in told]
    assert any("Mean of empty slice" in key for key in module.__warningregistry__ if key != "version")


def outcome(function, *arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises((RuntimeWarning, FloatingPointError)) as info:
            function(*arguments)
    frames = traceback.extract_tb(info.value.__traceback__)
    at = next(i for i, f in enumerate(frames) if f.filename == __file__ and f.name != "outcome")
    return type(info.value), str(info.value), [(f.filename, f.name, f.lineno) for f in frames[at:]]


def test_a_filter_makes_it_an_exception_of_that_line():
    want = outcome(several_lines, NOTHING)
    assert outcome(jit(several_lines), NOTHING) == want
    assert [name for _, name, _ in want[2]] == ["several_lines", "_mean"]


def test_a_function_called_by_another():
    inner = jit(method)

    def outer(a):
        x = 2.0
        return x * inner(a)

    told = lines(jit(outer), NOTHING)
    assert told == lines(method, NOTHING)
    kind, _, frames = outcome(jit(outer), NOTHING)
    assert kind is RuntimeWarning
    assert [name for _, name, _ in frames] == ["outer", "method", "_mean"]


def test_compiled_code_catches_it():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jit(caught)(NOTHING) == -1.0


def test_errstate_around_the_call():
    with np.errstate(invalid="raise"):
        assert lines(jit(caught_error), NOTHING) == lines(caught_error, NOTHING)
        assert jit(caught_error)(np.ones(1)) == 1.0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(FloatingPointError, match="invalid value"):
                jit(mean)(NOTHING)
            assert jit(caught_error)(NOTHING) == -2.0
    with np.errstate(all="ignore"):
        assert lines(jit(method), NOTHING) == lines(method, NOTHING)


def test_generators():
    def told(function):
        with warnings.catch_warnings(record=True) as caught_:
            warnings.simplefilter("always")
            list(function(NOTHING))
        return [(str(w.message), w.filename, w.lineno) for w in caught_]

    assert told(jit(items)) == told(items)


def test_a_function_that_shows_warnings_may_fail():
    def show(*_arguments, **_keywords):
        raise KeyError("show")

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        with pytest.raises(KeyError, match="show"):
            jit(mean)(NOTHING)


def test_threads():
    compiled = jit(in_a_loop)
    compiled(np.ones(3), 1)
    results = []

    def work(a):
        results.append(np.isnan(compiled(a, 200)))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        threads = [threading.Thread(target=work, args=(a,)) for a in (NOTHING, np.ones(2)) * 3]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(results) == [False] * 3 + [True] * 3


def test_nothing_is_left():
    compiled = jit(several_lines)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            with pytest.raises(RuntimeWarning):
                compiled(NOTHING)
    before = _cumbia.live_allocations()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning):
            compiled(NOTHING)
    assert _cumbia.live_allocations() == before


def test_modes_that_raise_inside():
    def raising(a):
        with np.errstate(invalid="raise"):
            return a.mean()

    def calling(a):
        with np.errstate(invalid="call", call=print):
            return a.mean()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for function in (raising, jit(raising)):
            with pytest.raises(FloatingPointError, match="invalid value encountered in"):
                function(NOTHING)
    with pytest.raises(CompileError):
        jit(calling)(NOTHING)
