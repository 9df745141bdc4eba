"""Calls of one library function, compiled and under CPython, over lists of arguments.

`check_calls` compares value, exact type, bits, exception class and text. Functions are
made from an expression; the arguments are its parameters `a`, `b`, `c`...
"""

import bisect
import cmath
import functools
import heapq
import math
import random
import time

from tests.library.differential import define
from tests.python.harness import check

import numpy as np

MODULES = {
    "math": math,
    "cmath": cmath,
    "random": random,
    "heapq": heapq,
    "bisect": bisect,
    "time": time,
    "np": np,
}


@functools.lru_cache(maxsize=256)
def function(expression, count):
    """A function of `count` parameters that gives an expression."""
    parameters = ", ".join("abcdefghij"[:count])
    body = "".join(f"    {line}\n" for line in expression.split("\n")[:-1])
    last = expression.split("\n")[-1]
    text = f"def f({parameters}):\n{body}    return {last}\n"
    made = define(text, f"<library call {expression!r} of {count}>")
    made.__globals__.update(MODULES)
    return made


def check_calls(expression, calls, **options):
    """An expression of `a`, `b`, ... for each tuple of arguments; gives the outcomes."""
    __tracebackhide__ = True
    return [check(function(expression, len(call)), *call, **options) for call in calls]
