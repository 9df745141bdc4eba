"""One-line functions, compiled and under CPython: the check that all tests here share."""

import functools
import linecache
import warnings

import numpy as np
from cumbia import CompileError, jit


def define(text, name):
    """The function ``f`` of a text, with a source that can be found."""
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace = {"np": np}
    exec(compile(text, name, "exec"), namespace)
    return namespace["f"]


# Compiled functions are large: those of tests that have ended go.
KEPT = 256


@functools.lru_cache(maxsize=KEPT)
def plain(body, parameters):
    """A function of the body's statements."""
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return define(f"def f({parameters}):\n{lines}", f"<library test {body!r} of {parameters}>")


@functools.lru_cache(maxsize=KEPT)
def compiled(body, parameters):
    """The same, compiled."""
    return jit(plain(body, parameters))


def names(arguments):
    """Parameters for arguments: ``a, b, c ...``"""
    return ", ".join("abcdefgh"[: len(arguments)])


def outcome(function, arguments):
    """What a call gives: a value, or the class of the exception."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return function(*arguments)
        except CompileError:
            raise
        except Exception as error:
            return type(error)


def bits(value):
    """All that must be equal: type, dtype, shape and bits, nan of any kind as one."""
    if isinstance(value, tuple):
        return tuple(map(bits, value))
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.array(value, order="C")
        if array.dtype.kind in "fc":
            parts = array.reshape(-1).view(array.real.dtype)
            parts[np.isnan(parts)] = np.nan
        return type(value).__name__, array.dtype.name, array.shape, array.tobytes()
    if isinstance(value, float):
        return type(value).__name__, np.float64(value).tobytes()
    return type(value).__name__, value


def agree(expression, *arguments):
    """An expression gives the same bits compiled and not."""
    body, parameters = f"return {expression}", names(arguments)
    got = outcome(compiled(body, parameters), arguments)
    want = outcome(plain(body, parameters), arguments)
    assert bits(got) == bits(want), (
        f"{expression} of {[describe(a) for a in arguments]}\ncompiled: {got!r}\nNumPy: {want!r}"
    )


def nearly(expression, *arguments, rtol):
    """An expression gives the same type and shape, and values within a relative tolerance."""
    body, parameters = f"return {expression}", names(arguments)
    got = outcome(compiled(body, parameters), arguments)
    want = outcome(plain(body, parameters), arguments)
    if isinstance(want, type):
        assert got is want
        return
    assert bits(got)[:3] == bits(want)[:3]
    np.testing.assert_allclose(got, want, rtol=rtol, atol=0)


def same_effect(body, make):
    """Statements leave the same bits in all memory that `make()` hands out, and raise the same.

    `make` gives the arguments and the arrays to look at.
    """
    results = []
    for kind in (compiled, plain):
        arguments, memory = make()
        results.append(
            (bits(outcome(kind(body, names(arguments)), arguments)), [bits(m) for m in memory])
        )
    assert results[0] == results[1], f"{body}\ncompiled: {results[0]}\nNumPy: {results[1]}"


def describe(argument):
    """A short description for messages."""
    if isinstance(argument, np.ndarray):
        return argument.dtype.name, argument.shape, argument.strides
    return argument
