"""Printed tracebacks: as a whole those of the undecorated functions, carets included.

`tests/corpus` compares the frames of every program that raises; here are the places whose
position CPython gives in a way of its own, and what debuggers ask of a frame.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import textwrap
import traceback

import numpy as np
import pytest

import cumbia
from cumbia import jit


@jit
def quotient(x, y):
    return (x
            // y)


class Ledger(Exception):
    pass


def subexpression(a, i):
    return 1 + a[i] * 2


def in_one_of_two(d, k):
    return d["a"] + d[k] + d["a"]


def store(a, i):
    a[0], a[i] = 1.0, 2.0


def augmented(a, i):
    a[i] += 3


def call_in_an_expression(x):
    total = 3
    total += quotient(x, x - x) * 2
    return total


def method_over_lines(s):
    return (s
            .strip()
            .index("zz"))


def unicode_columns(d, k):
    return d["äöü→"] + d[k] + d["äöü→"]


def unpacked(xs):
    a, b = xs
    return a + b


def conversion(s):
    return 1.0 + float(s) + 2.0


def raised(n):
    if n: raise ValueError("x", n)  # noqa: E701


def in_a_comprehension(a, b):
    return sum([k // (b - k) for k in a])


def in_a_comprehension_of_one(a, b):
    return {x + 1: [y // (x - b) for y in a] for x in a}


def in_a_generator_expression(a, b):
    return sum(1 // (x - b) for x in a)


def in_a_lambda(x):
    f = lambda y: 1 + 10 // y; return f(x)  # noqa: E702, E731


def which_of_two_lambdas(x):
    f, g = lambda y: y + 1, lambda y: 10 // y
    return f(x) + g(x)


def nested_with_a_closure(x):
    base = x + 10

    def deeper(z):
        return base // z + base

    return deeper(x)


def changed_while_iterated(d):
    for k in d: d[k + 1] = 2  # noqa: E701


def iterated_within_a_loop(d, n):
    for i in range(n):
        for k in d:
            if i == 1:
                d[k + 100] = 2
    return i


def items(n):
    yield 1
    yield 10 // n


def through_a_generator(n):
    for i in range(2):
        for x in items(n): i += x  # noqa: E701
    return i


def formatted(x, n):
    return f"a {x} and {n:s} or {x:.2f}"


def chained(d, k):
    try:
        return d[k]
    except KeyError as e:
        raise Ledger("no such account") from e


def while_handled(d, k):
    try:
        return d[k]
    except KeyError:
        return 1 // (k - k)


def cleaned_up(a, i):
    try:
        return a[i] + 1
    finally:
        a[0] = 5


def conditional(a, i):
    return a[0] if a[i] > 0 else a[1]


def bitwise(x, n):
    return (x + 1) << (n - 3)


def a_slice(a, b):
    a[1:3] = b[0:3]
    return a


CASES = [
    (subexpression, lambda: (np.zeros(3), 7)),
    (in_one_of_two, lambda: ({"a": 1}, "b")),
    (store, lambda: (np.zeros(3), 3)),
    (augmented, lambda: (np.zeros(3), 3)),
    (call_in_an_expression, lambda: (4,)),
    (method_over_lines, lambda: (" a ",)),
    (unicode_columns, lambda: ({"äöü→": 1}, "ä")),
    (unpacked, lambda: ([1, 2, 3],)),
    (conversion, lambda: ("q",)),
    (raised, lambda: (2,)),
    (in_a_comprehension, lambda: ([1, 2], 2)),
    (in_a_comprehension_of_one, lambda: ([1, 2], 2)),
    (in_a_generator_expression, lambda: ([1, 2], 2)),
    (in_a_lambda, lambda: (0,)),
    (which_of_two_lambdas, lambda: (0,)),
    (nested_with_a_closure, lambda: (0,)),
    (changed_while_iterated, lambda: ({1: 1},)),
    (iterated_within_a_loop, lambda: ({1: 1}, 3)),
    (through_a_generator, lambda: (0,)),
    (formatted, lambda: (1.5, 3)),
    (chained, lambda: ({1: 1}, 2)),
    (while_handled, lambda: ({1: 1}, 2)),
    (cleaned_up, lambda: (np.zeros(2), 2)),
    (conditional, lambda: ([1, 2], 2)),
    (bitwise, lambda: (1, 2)),
    (a_slice, lambda: (np.zeros(6), np.zeros(8))),
]


def caught(func, args):
    with pytest.raises(Exception) as info:
        func(*args)
    error = info.value
    # The outermost frame is this one.
    error.__traceback__ = error.__traceback__.tb_next
    return error




def printed(error):
    return "".join(traceback.format_exception(error))


@pytest.mark.parametrize(("func", "make"), CASES, ids=[f.__name__ for f, _ in CASES])
def test_the_printed_traceback_is_pythons(func, make, monkeypatch):
    ours = printed(caught(jit(func), make()))
    monkeypatch.setattr(sys.modules[__name__], "quotient", quotient.py_func)
    theirs = caught(func, make())
    assert ours == printed(theirs)


def test_frames_are_those_of_the_functions_code():
    tb = caught(jit(call_in_an_expression), (4,)).__traceback__
    assert tb.tb_frame.f_code is call_in_an_expression.__code__
    assert tb.tb_next.tb_frame.f_code is quotient.py_func.__code__
    assert tb.tb_frame.f_globals is globals()
    assert tb.tb_next.tb_next is None


def test_the_instruction_is_the_one_that_python_stands_at():
    ours = caught(jit(subexpression), (np.zeros(3), 7)).__traceback__
    theirs = caught(subexpression, (np.zeros(3), 7)).__traceback__
    assert ours.tb_lasti == theirs.tb_lasti
    ours = caught(jit(conversion), ("x",)).__traceback__
    theirs = caught(conversion, ("x",)).__traceback__
    assert ours.tb_lasti == theirs.tb_lasti


@pytest.mark.parametrize(
    ("func", "args"),
    [
        (subexpression, (np.zeros(3), 7)),
        (nested_with_a_closure, (0,)),
        (in_a_comprehension, ([1, 2], 2)),
        (in_a_generator_expression, ([1, 2], 2)),
        (through_a_generator, (0,)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_debuggers_may_ask_a_frame_anything(func, args):
    tb = caught(jit(func), args).__traceback__
    while tb is not None:
        frame = tb.tb_frame
        assert isinstance(dict(frame.f_locals), dict)
        assert frame.f_lineno is None or frame.f_lineno > 0
        assert frame.f_builtins["len"] is len
        repr(frame)
        frame.clear()
        traceback.StackSummary.extract([(frame, tb.tb_lineno)], capture_locals=True)
        tb = tb.tb_next


@pytest.mark.parametrize(
    ("func", "args"),
    [(subexpression, (np.zeros(3), 7)), (nested_with_a_closure, (0,)), (in_a_comprehension, ([1, 2], 2))],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_frame_stands_at_the_line_of_its_traceback(func, args):
    """IPython shows the frame's own line for cells."""
    tb = caught(jit(func), args).__traceback__
    assert tb is not None
    while tb is not None:
        assert tb.tb_frame.f_lineno == tb.tb_lineno
        tb = tb.tb_next


def test_a_raising_call_leaks_no_frames():
    compiled = jit(subexpression)
    a = np.zeros(3)
    caught(compiled, (a, 7))
    gc.collect()
    before = sys.getrefcount(subexpression.__code__), sys.getrefcount(a)
    for _ in range(50):
        caught(compiled, (a, 7))
    gc.collect()
    assert sys.getrefcount(subexpression.__code__) <= before[0] + 1
    assert sys.getrefcount(a) == before[1]


def test_without_positions_in_the_code(tmp_path):
    file = tmp_path / "program.py"
    file.write_text(
        textwrap.dedent("""
            from cumbia import jit
            @jit
            def f(x):
                y = 1
                return 1 + y // x
            f(0)
        """)
    )
    found = [
        subprocess.run([sys.executable, *options, file], capture_output=True, text=True, check=False)
        for options in ([], ["-X", "no_debug_ranges"])
    ]
    texts = [run.stderr.splitlines() for run in found]
    assert [line for line in texts[0] if line.strip(" ~^")] == texts[1]
    assert texts[0][-2] == "               ~~^^~~"


def test_a_function_made_by_exec():
    text = "def f(x, y):\n    return x + x // y\n"
    scope = {}
    exec(compile(text, "<made>", "exec"), scope)
    compiled = cumbia.jit(source=text)(scope["f"])
    ours, theirs = caught(compiled, (1, 0)), caught(scope["f"], (1, 0))
    assert printed(ours) == printed(theirs)
    assert ours.__traceback__.tb_lasti == theirs.__traceback__.tb_lasti
