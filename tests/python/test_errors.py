"""What users see when something is wrong: refused arguments, exceptions of compiled
code with their tracebacks, interrupts, and failures to compile."""

import collections
import ctypes
import operator
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import traceback
import types

import numpy as np
import pytest

import cumbia
from cumbia import jit
from cumbia._cumbia import _from_ir, live_allocations


@jit
def same(x):
    return x


@jit
def element(a, i):
    return a[i]


@jit
def ratio(x, y):
    return x // y


@jit
def checked(x):
    if x < 0:
        raise ValueError("x is negative")
    assert x < 100, "x is large"
    return x


# Arguments that can't be taken


Strange = type("Strange", (int,), {})


class Sub(np.ndarray):
    pass


class Names(dict):
    pass


class Items(list):
    pass


class Group(set):
    pass


class Text(str):
    pass


class Raw(bytes):
    pass


REFUSED = {
    "list of several types": ([1, 2.0], "elements of a list have different types", "one type"),
    "dict of several types": ({1: 1, 2: "b"}, "elements of a dict have different", "one type"),
    "set of several types": ({1, "a"}, "elements of a set have different types", "one type"),
    "mixed list in a dict": ({1: [1, "a"]}, "a value of the dict: the elements of a list", "one"),
    "list of objects": ([1, object()], "item 1 of the list: object can't", "takes numbers"),
    "list of callables": ([operator.itemgetter(0)], "item 0 of the list: a callable .*itemgetter", "functools"),
    "dict of objects": ({1: object()}, "a value of the dict: object can't", "takes numbers"),
    "dict by objects": ({object(): 1}, "a key of the dict: object can't", "takes numbers"),
    "list subclass": (Items([1]), "Items, a subclass of list", r"list\(x\)"),
    "dict subclass": (Names(a=1), "Names, a subclass of dict", r"dict\(x\)"),
    "set subclass": (Group({1}), "Group, a subclass of set", r"set\(x\)"),
    "str subclass": (Text("text"), "Text, a subclass of str", r"str\(x\)"),
    "bytes subclass": (Raw(b"text"), "Raw, a subclass of bytes", r"bytes\(x\)"),
    "function of C": (ctypes.CDLL(None).abs, "a callable", "pass a Python function"),
    "memoryview": (memoryview(b"abc")[::2], "memoryview", "np.asarray"),
    "slice": (slice(3.5), "a slice", "ints and None"),
    "object": (object(), "object", "takes numbers, None, text"),
    "subclass of int": (Strange(1), "Strange, a subclass of int", r"int\(x\)"),
    "object array": (np.zeros(2, object), "dtype object", r"astype\(float\)"),
    "big-endian": (np.zeros(2, ">f8"), "foreign byte order", "newbyteorder"),
    "half": (np.zeros(2, "f2"), "float16", "np.float32"),
    "long double": (np.zeros(2, "g"), "long double", r"astype\(float\)"),
    "dates": (np.zeros(2, "M8[25s]"), "datetime64", r"view\(np.int64\)"),
    "time spans": (np.zeros(2, "m8[25s]"), "timedelta64", r"view\(np.int64\)"),
    "raw": (np.zeros(2, "V8"), "raw bytes", "np.uint8"),
    "masked": (np.ma.zeros(2), "MaskedArray", "filled"),
    "subclass": (np.zeros(2).view(Sub), "subclass .*Sub", "np.asarray"),
    "half scalar": (np.float16(1), "float16", "np.float32"),
    "date scalar": (np.datetime64(2020, "25s"), "datetime64", "np.int64"),
    "in a tuple": ((1, Items([2])), "item 1 of the tuple: .*Items, a subclass of list", "list"),
    "mixed list in a tuple": ((1, [2, "a"]), "item 1 of the tuple: the elements of a list", "one"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_arguments(name):
    value, what, advice = REFUSED[name]
    with pytest.raises(TypeError, match=what) as caught:
        same(value)
    assert str(caught.value).startswith("argument 'x' of same(): ")
    caught.match(advice)


def test_ints_beyond_64_bits():
    for value in (2**63, -(2**63) - 1, 10**5000):
        with pytest.raises(OverflowError, match=r"argument 'x' of same\(\).* 64 bits"):
            same(value)
    with pytest.raises(OverflowError, match=r"argument 'x' of same\(\), item 1"):
        same((1, 2**64))
    for value in ({2**64}, {2**64: 1}, {1: 2**64}, [[2**64] + [1] * 10_000], (1, [(1, 2**64)])):
        with pytest.raises(OverflowError, match=r"argument 'x' of same\(\), .*64 bits") as caught:
            same(value)
        assert len(str(caught.value)) < 200
    # Only the first int of a list is looked at before the list is copied.
    for value in ([1, 2**64], [1] * 10_000 + [-(2**64)], {1: [2, 3, 2**63]}):
        with pytest.raises(OverflowError, match="an element of an argument .* 64 bits"):
            same(value)


def test_tuples_nested_too_deeply():
    value = ()
    for _ in range(10_000):
        value = (value,)
    with pytest.raises(TypeError, match="the tuple is .* nested too deeply"):
        same(value)


def test_lists_nested_too_deeply():
    value = []
    value.append(value)
    with pytest.raises(TypeError, match="the list is .* nested too deeply"):
        same(value)


# Exceptions of compiled code


@pytest.mark.parametrize("index", [5, -4, 2**62])
def test_index_errors(index):
    a = np.arange(3)
    with pytest.raises(IndexError) as expected:
        element.py_func(a, index)
    with pytest.raises(IndexError) as caught:
        element(a, index)
    assert str(caught.value) == str(expected.value)


def test_division_by_zero():
    with pytest.raises(ZeroDivisionError) as expected:
        ratio.py_func(1, 0)
    with pytest.raises(ZeroDivisionError) as caught:
        ratio(1, 0)
    assert str(caught.value) == str(expected.value)


def test_raise_and_assert():
    with pytest.raises(ValueError, match="^x is negative$"):
        checked(-1)
    with pytest.raises(AssertionError, match="^x is large$"):
        checked(100)
    assert checked(3) == 3


def test_the_dispatcher_works_after_an_exception():
    a = np.arange(3.0)
    for _ in range(100):
        with pytest.raises(IndexError):
            element(a, 3)
    assert element(a, 2) == 2.0


def frames_of(error):
    return [
        (frame.filename, frame.name, frame.lineno, frame.line)
        for frame in traceback.extract_tb(error.__traceback__)
    ]


@jit
def inner(a, i):
    x = a[0]
    return x + a[i]


@jit
def middle(a, i):
    # A comment, so that lines differ.
    return inner(a, i) * 2


@jit
def outer(a, i):
    total = 0.0
    for k in range(i):
        total += middle(a, k)
    return total


def test_tracebacks_have_the_lines_that_python_has():
    a = np.zeros(3)
    with pytest.raises(IndexError) as expected:
        inner_py = inner.py_func
        middle_py = types.FunctionType(middle.py_func.__code__, {"inner": inner_py})
        types.FunctionType(outer.py_func.__code__, {"middle": middle_py, "range": range})(a, 5)
    with pytest.raises(IndexError) as caught:
        outer(a, 5)
    ours, theirs = frames_of(caught.value)[1:], frames_of(expected.value)[1:]
    assert ours == theirs
    assert [name for _, name, _, _ in ours] == ["outer", "middle", "inner"]
    assert ours[-1][3] == "return x + a[i]"


def test_the_printed_traceback():
    try:
        element(np.zeros(3), 7)
    except IndexError:
        text = traceback.format_exc()
    lines = text.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-4].endswith("in element")
    assert lines[-3:-1] == ["    return a[i]", "           ~^^^"]
    assert lines[-1] == "IndexError: index 7 is out of bounds for axis 0 with size 3"
    assert "cumbia" not in text.replace(os.path.dirname(__file__), "")


def test_frames_are_real():
    with pytest.raises(IndexError) as caught:
        element(np.zeros(3), 7)
    frame = caught.value.__traceback__.tb_next.tb_frame
    assert frame.f_code.co_name == "element"
    assert frame.f_code.co_filename == __file__
    assert frame.f_globals is globals()
    assert frame.f_code.co_firstlineno <= caught.value.__traceback__.tb_next.tb_lineno


def test_an_exception_is_chained_to_the_one_being_handled():
    with pytest.raises(IndexError) as caught:
        try:
            raise KeyError("first")
        except KeyError:
            element(np.zeros(3), 7)
    assert isinstance(caught.value.__context__, KeyError)


def test_recursion_errors():
    @jit
    def forever(n):
        return forever(n + 1) + 1

    with pytest.raises(RecursionError, match="maximum recursion depth"):
        forever(0)
    thread = threading.Thread(target=lambda: pytest.raises(RecursionError, forever, 0))
    thread.start()
    thread.join()


def test_arguments_keep_what_was_done_before_the_exception():
    @jit
    def fill(a, n):
        for i in range(n):
            a[i] = i + 1

    a = np.zeros(3)
    with pytest.raises(IndexError):
        fill(a, 5)
    assert a.tolist() == [1, 2, 3]


# Interrupts


@jit
def spin(n):
    i = 0
    s = 0
    while i < n:
        i += 1
        s += i & 3
    return s


FOREVER = 10**13


def test_ctrl_c_stops_a_loop():
    spin(1)
    timer = threading.Timer(0.2, signal.raise_signal, [signal.SIGINT])
    timer.start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        spin(FOREVER)
    assert time.monotonic() - start < 5
    timer.join()
    assert spin(10) > 0


def test_signal_handlers_run_while_a_loop_runs():
    seen = []

    def handler(*_):
        # A handler may call compiled code itself.
        seen.append(spin(10))
        if len(seen) == 3:
            raise TimeoutError("enough")

    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        with pytest.raises(TimeoutError, match="enough"):
            spin(FOREVER)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(seen) == 3


def test_other_threads_run_while_a_loop_runs():
    counts = []

    def count():
        for i in range(20):
            counts.append(i)
            time.sleep(0.002)

    thread = threading.Thread(target=count)
    start = time.monotonic()
    thread.start()
    while len(counts) < 20 and time.monotonic() - start < 20:
        spin(10**7)
    thread.join()
    assert len(counts) == 20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_interrupts_work_in_a_forked_child():
    program = textwrap.dedent(
        """
        import os, signal, sys, threading
        from cumbia import jit

        @jit
        def spin(n):
            i = 0
            while i < n:
                i += 1
            return i

        spin(10**7)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGALRM, signal.default_int_handler)
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            try:
                spin(10**13)
            except KeyboardInterrupt:
                os._exit(7)
            os._exit(1)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """
    )
    path = os.path.join(os.path.dirname(__file__), f"_fork_{os.getpid()}.py")
    with open(path, "w") as file:
        file.write(program)
    try:
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
        done = subprocess.run([sys.executable, path], timeout=60, env=environment)
    finally:
        os.remove(path)
    assert done.returncode == 7


# Compiling that fails


def test_a_compile_error_is_rendered_and_carries_data():
    @jit
    def f(x):
        return x + None

    with pytest.raises(cumbia.CompileError) as caught:
        f(1)
    error = caught.value
    text = str(error)
    assert "return x + None" in text and "^" in text
    assert os.path.basename(__file__) in text
    (diagnostic, *_) = error.diagnostics
    assert set(diagnostic) == {"code", "severity", "message", "spans", "notes", "help"}
    assert diagnostic["code"] == error.code
    span = diagnostic["spans"][0]
    assert span["filename"] == __file__
    assert span["line"] == f.__wrapped__.__code__.co_firstlineno + 2


def test_an_undefined_name_is_a_name_error():
    @jit
    def f(x):
        return x + nowhere  # noqa: F821

    with pytest.raises(NameError, match="^name 'nowhere' is not defined$") as caught:
        f(1)
    assert not isinstance(caught.value, cumbia.CompileError)


def test_other_types_compile_after_an_error():
    @jit
    def f(x, y):
        return x + y

    with pytest.raises(cumbia.CompileError):
        f(1, None)
    assert f(1, 2) == 3


def test_bugs_of_the_compiler_are_loud():
    dispatcher = jit(lambda x: x)
    text = """
    func @entry(ptr, ptr) -> () {
    block0(v0: ptr, v1: ptr):
        v2 = load.i64 v0 !slots
        jump block1
    block1:
        v3 = iadd.i64 v4, v2
        jump block2
    block2:
        v4 = iadd.i64 v2, v2
        return
    }
    """
    with pytest.raises(RuntimeError, match="bug in cumbia"):
        _from_ir(dispatcher, text, "entry", "pyint(pyint)")


def test_nothing_is_left_allocated():
    assert live_allocations() == 0


def test_an_exceptions_number_stays_a_number():
    @jit
    def fail(kind, n):
        if kind == 0:
            raise KeyError(3)
        if kind == 1:
            raise KeyError(n)
        raise ValueError(n > 2)

    for kind, expected in ((0, KeyError(3)), (1, KeyError(7)), (2, ValueError(True))):
        with pytest.raises(type(expected)) as caught:
            fail(kind, 7)
        assert caught.value.args == expected.args
        assert type(caught.value.args[0]) is type(expected.args[0])
