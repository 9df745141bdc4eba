"""Small Python programs by construct, each run under CPython and compiled.

`programs/<construct>.py` hold them: plain functions under `@program(call(...), ...)`.
`registry.py` is what those files import, `outcome.py` runs a program once and keeps all
that can be seen of it, `differences.py` compares two outcomes, `judge.py` says what came
of a program, and `__main__.py` prints the table by construct.

`status.txt` lists what each program comes to: `same`, or `refused` with its code. It is
made by `python -m tests.corpus --bless` and checked by `test_corpus.py`, so it is true.
A program never says itself whether it works, and a wrong result is never listed.
"""

from tests.corpus.registry import call, jit, made, program

__all__ = ["call", "jit", "made", "program"]
