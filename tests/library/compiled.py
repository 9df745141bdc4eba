"""One-line functions compiled from expressions, beside the same text under CPython."""

import functools
import linecache

import numpy as np
from cumbia import jit


@functools.cache
def plain(expression, parameters="a"):
    """``lambda parameters: expression`` as a function with a source of its own."""
    text = f"def f({parameters}):\n    return {expression}\n"
    name = f"<library test {expression} of {parameters}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace = {"np": np}
    exec(compile(text, name, "exec"), namespace)
    return namespace["f"]


@functools.cache
def compiled(expression, parameters="a"):
    """The same, compiled."""
    return jit(plain(expression, parameters))
