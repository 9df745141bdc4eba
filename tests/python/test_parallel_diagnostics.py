"""`f.parallel_diagnostics()`: what it tells is what the compiler did."""

import cumbia
import numpy as np
import pytest
from cumbia import jit, prange
from cumbia._parallel_diagnostics import Part


def parts(f, *args):
    f(*args)
    ((_, rows),) = f._parallel_report(None)
    return [Part(*row) for row in rows]


@jit(parallel=True, schedule="static", chunk=4)
def loops(a, n):
    s = 0.0
    top = -1.0
    for i in prange(n):
        t = a[i] * 2
        for j in prange(2):
            t += j
        s += t
        top = max(top, t)
    for i in prange(n):
        if a[i] < 0:
            print(i)
    for i in range(n):
        s += i
    return s, top


def test_loops_and_their_variables():
    found = parts(loops, np.ones(5), 5)
    assert [part.kind for part in found] == ["loop"] * 3
    outer, inner, printing = found
    assert outer.parallel and not inner.parallel and not printing.parallel
    assert inner.why == f"in the body of the loop of line {outer.line}"
    assert printing.why == "its body prints"
    facts = {}
    for name, text in outer.facts:
        facts.setdefault(name, []).append(text)
    assert facts["reduction"] == [
        "s by +; a block begins with 0: pyfloat",
        "top by min or max; a block begins with the variable's value: pyfloat",
    ]
    assert facts["private"] == ["i: pyint", "j: pyint", "t: float64"]
    assert facts["shared"] == ["a: array(float64, 1, C)"]
    assert facts["schedule"] == ["static, 4 turns at once"]
    assert facts["blocks"][0].startswith("one for each turn, at most 128")


@jit(parallel=True)
def arrays(a):
    b = np.sqrt(np.abs(a)) + a * 3
    a += b
    return np.sum(a * a), np.any(a), np.dot(a, a), np.max(a)


def test_array_expressions_and_calls():
    found = parts(arrays, np.ones(4))
    told = {part.text: (part.kind, part.parallel, dict(part.facts).get("becomes")) for part in found}
    # What `b` is made of is computed there as well.
    assert told["a += b"] == ("expression", True, "written into its left operand")
    (update,) = (part for part in found if part.text == "a += b")
    assert dict(update.facts)["fused"] == "5 operations in one loop, without temporaries"
    assert told["a * a"] == ("expression", True, "a sum, of which no element is stored")
    assert told["np.max(a)"][:2] == ("call", True)
    assert told["np.any(a)"][:2] == ("call", False)
    why = {part.text: part.why for part in found}
    assert why["np.dot(a, a)"] == "done by BLAS, which has threads of its own"


@jit
def called(a):
    s = 0.0
    for i in prange(len(a)):
        s += a[i]
    return s


@jit(parallel=True)
def calls(a):
    out = np.empty(len(a))
    for i in prange(len(a)):
        out[i] = called(a) + np.sum(a + 1)
    return out


def test_what_a_loop_calls_is_its_threads():
    found = {part.text: part for part in parts(calls, np.ones(3))}
    line = found["prange(len(a))"].line
    loops = [part for part in parts(calls, np.ones(3)) if part.kind == "loop"]
    assert {(part.function, part.parallel) for part in loops} == {("called", False), ("calls", True)}
    assert found["a + 1"].why.startswith("run by the loop of line ")
    assert not found["a + 1"].parallel and line


def test_text(capsys):
    loops(np.ones(5), 5)
    capsys.readouterr()
    assert loops.parallel_diagnostics() is None
    one = capsys.readouterr().out
    assert one.startswith("loops (array(float64, 1, C), pyint) -> tuple")
    assert "parallel: 1 of 3 loops over prange" in one and "for i in prange(n):" in one
    lengths = []
    for level in (1, 2, 3, 4):
        loops.parallel_diagnostics(loops.signatures[0], level)
        lengths.append(len(capsys.readouterr().out))
    assert lengths == sorted(set(lengths))


def test_html_is_escaped_and_of_its_own():
    @jit(parallel=True)
    def f(a):
        return a[a < 1] + (a > 0)[0]

    f(np.ones(3))
    html = f.parallel_diagnostics(format="html", level=4)
    assert html._repr_html_() == html
    assert "a[a &lt; 1]" in html and "a < 1" not in html
    assert "src=" not in html and "href=" not in html


def test_mistakes():
    @jit(parallel=True)
    def f(a):
        return a

    with pytest.raises(ValueError, match="isn't compiled yet"):
        f.parallel_diagnostics()
    f(1)
    for level in (0, 5, True, "1"):
        with pytest.raises(ValueError, match="level must be"):
            f.parallel_diagnostics(level=level)
    with pytest.raises(ValueError, match="format must be"):
        f.parallel_diagnostics(format="pdf")
    with pytest.raises(KeyError, match="is not compiled for"):
        f.parallel_diagnostics("(float64,)")


def test_without_compiling(monkeypatch):
    monkeypatch.setenv("CUMBIA_DISABLE_JIT", "1")
    plain = jit(parallel=True)(lambda a: a)
    assert plain.parallel_diagnostics(level=2) is None
    assert cumbia.prange(2) == range(2)
