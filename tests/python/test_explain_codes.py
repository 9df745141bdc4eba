"""`cumbia explain`: each code has a text and, but for those named here, an example that
really gives the code and another program that works."""

import linecache

import numpy as np
import pytest

from cumbia import CompileError, SourceError, _codes, jit, prange
from cumbia.__main__ import main

CODES = _codes.codes()
# For these it takes more than a program of a few lines: a file that changes, an import hook,
# a text that Python itself doesn't take, a bug of the compiler.
WITHOUT = {
    "CB0205": "coroutine functions are refused by jit itself",
    "CB0217": "syntax of Python 3.12",
    "CB0220": "coroutine functions are refused by jit itself",
    "CB0226": "a text that Python doesn't take",
    "CB0236": "nine generator expressions, one in another",
    "CB0239": "a text that Python doesn't take",
    "CB0401": "Python's own NameError is raised where it can be told",
    "CB0102": "the file has to change while it runs",
    "CB0104": "needs a class's text that is found by lines alone",
    "CB0105": "needs an import hook",
    "CB0106": "thousands of links in one expression",
    "CB0120": "syntax of a later Python",
    "CB0122": "a text that Python doesn't run",
    "CB0901": "a bug of the compiler",
}


def run(program):
    name = "example.py"
    linecache.cache[name] = (len(program), None, program.splitlines(True), name)
    exec(compile(program, name, "exec"), {"np": np, "jit": jit, "prange": prange, "__name__": "example"})


@pytest.mark.parametrize("code", CODES)
def test_example(code):
    row = CODES[code]
    assert row.title and row.explanation
    if row.example is None:
        assert code in WITHOUT, "it has no example"
        return
    assert code not in WITHOUT
    with pytest.raises((CompileError, SourceError)) as caught:
        run(row.example)
    assert caught.value.code == code, caught.value
    if row.instead is not None:
        run(row.instead)


def test_command(capsys):
    assert main(["explain", "cb0301"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("CB0301: A variable would have two types")
    assert "Refused:\n\n    @jit\n    def grade" in text and "Instead:\n\n    @jit" in text
    assert main(["explain"]) == 0
    assert [line[:6] for line in capsys.readouterr().out.splitlines()] == list(CODES)
    assert main(["explain", "CB031"]) == 2
    assert "there is no code CB031; did you mean CB03" in capsys.readouterr().err
