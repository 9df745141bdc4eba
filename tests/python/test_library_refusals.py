"""Functions of Python's library that compiled code doesn't have: refused before anything
runs, by their name, with a caret at the call, a reason and what to write instead."""

import bisect
import functools
import heapq
import math
import operator
import random
import sys
import time

import numpy as np
import pytest

from tests.python import harness

NAMES = {
    "functools": functools,
    "heapq": heapq,
    "operator": operator,
    "random": random,
    "OUT": sys.__stderr__,
    "time": time,
    "bisect": bisect,
}

#: A call, the name that must be in the text, and a part of what is to be written instead.
CALLS = [
    ("id(x)", "id()", "=="),
    ("eval('x')", "eval()", "choose among functions"),
    ("exec('x')", "exec()", "choose among functions"),
    ("globals()", "globals()", "name the variables"),
    ("locals()", "locals()", "name the variables"),
    ("vars()", "vars()", "name the variables"),
    ("dir()", "dir()", "name the variables"),
    ("input()", "input()", "outside"),
    ("open('f')", "open()", "outside"),
    ("breakpoint()", "breakpoint()", "outside"),
    ("delattr(x, 'a')", "delattr()", "None"),
    ("super()", "super()", "Base.method"),
    ("object()", "object()", "None"),
    ("type('X', (), {})", "type()", "top of the module"),
    ("functools.lru_cache(None)", "functools.lru_cache()", "dict of results"),
    ("functools.cache(abs)", "functools.cache()", "dict of results"),
    ("functools.wraps(abs)", "functools.wraps()", "leave it out"),
    ("functools.singledispatch(abs)", "functools.singledispatch()", "isinstance"),
    ("functools.total_ordering(x)", "functools.total_ordering()", "class's text"),
    ("time.gmtime(x)", "time.gmtime()", "datetime64"),
    ("time.strftime('%Y')", "time.strftime()", "datetime64"),
    ("random.Random(x)", "random.Random()", "default_rng"),
    ("random.SystemRandom()", "random.SystemRandom()", "pass the numbers"),
    ("random.getstate()", "random.getstate()", "outside"),
    ("heapq._heapify_max([x])", "_heapify_max()", "negate"),
    ("print(x, file=OUT)", "'OUT'", "without file="),
]


@pytest.mark.parametrize(("call", "name", "instead"), CALLS, ids=[c[0] for c in CALLS])
def test_refused_by_name(call, name, instead):
    ran = [0]
    func = harness.define(f"def f(x, ran):\n    ran.append(1)\n    return {call}\n", **NAMES)
    with pytest.raises(harness.CompileError) as raised:
        harness.jit(func)(1, ran)
    text = str(raised.value)
    assert name in text and instead in text, text
    assert "^^^" in text and "error[CB" in text and "in_compiled" not in text
    assert ran == [0]


@functools.cache
def remembered(n):
    return n


@functools.singledispatch
def by_class(x):
    return x


KEY = functools.cmp_to_key(lambda a, b: a - b)


@pytest.mark.parametrize(
    ("func", "instead"),
    [
        (lambda x: remembered(x), "__wrapped__"),
        (lambda x: by_class(x), "isinstance"),
        (lambda x: sorted([x], key=KEY), "where it is used"),
    ],
)
def test_objects_around_functions(func, instead):
    with pytest.raises(harness.CompileError, match=instead):
        harness.jit(func)(1)


def test_what_a_cache_keeps_isnt_compiled_itself():
    with pytest.raises(TypeError, match="@cache above @jit"):
        harness.jit(remembered)


def test_a_call_of_the_function_inside_is_compiled():
    plain = remembered.__wrapped__
    assert harness.jit(lambda x: plain(x) + 1)(3) == 4


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("print(x, sep=3)", "must be None or a string"),
        ("print(x, end=1.5)", "must be None or a string"),
        ("str(x, 2)", "decoding to str needs bytes"),
        ("str('x', 'utf8')", "decoding to str needs bytes"),
        ("str(b'x', 3)", "takes strings"),
        ("format(x, 3)", "must be str"),
        ("chr(1.5)", "cannot be interpreted as an integer"),
        ("ord(x)", "expected string of length 1"),
        ("hex(1.5)", "cannot be interpreted as an integer"),
        ("float([x])", "must be a string or a real number"),
        ("int(None)", "must be a string"),
        ("math.sin(np.zeros(2))", "np.sqrt in place of math.sqrt"),
        ("math.gcd(4, None)", "cannot be interpreted as an integer"),
    ],
)
def test_wrong_types_are_refused(call, text):
    func = harness.define(f"def f(x):\n    return {call}\n", math=math, np=np)
    with pytest.raises(TypeError):
        func(1)
    with pytest.raises(harness.CompileError) as raised:
        harness.jit(func)(1)
    assert text in str(raised.value)
