"""`%%cumbia`, `%cumbia`, timing magics, redefinition and interrupts in a real kernel."""

import pytest

from tests.notebooks.harness import run
from tests.python.harness import IDENTITY

pytestmark = pytest.mark.skipif(IDENTITY, reason="nothing is compiled")

LOAD = "%load_ext cumbia\nimport numpy as np\nfrom cumbia import jit"


def test_functions_of_a_cell_are_compiled_and_nothing_else():
    done = run(
        LOAD,
        "%%cumbia\n"
        "import functools\n"
        "def own(x): return x + 1\n"
        "@functools.cache\n"
        "def cached(x): return x\n"
        "class C:\n"
        "    def method(self): return 1\n"
        "async def later(): return own(6)\n"
        "print(await later())\n"
        "own(1), type(own).__name__, type(cached).__name__, type(C.method).__name__, type(later).__name__",
        "def plain(x): return x\ntype(plain).__name__",
    )
    assert done[1].text == "7\n"
    assert done[1].plain == "(2, 'Dispatcher', '_lru_cache_wrapper', 'function', 'function')"
    assert done[2].plain == "'function'"


@pytest.mark.parametrize(
    "cell",
    [
        "%%time\n%%cumbia\ndef f(x): return x\nf(1); print(type(f).__name__)",
        "%%cumbia\n%%time\ndef f(x): return x\nf(1); print(type(f).__name__)",
        "%%timeit -n1 -r1\n%%cumbia\ndef f(x): return x\nf(1); print(type(f).__name__)",
        "%%timeit -n 1 -r1\n@jit\ndef f(x): return x\nf(1); print(type(f).__name__)",
        "%%timeit -n1 -r 1 f = jit(lambda x: x + 1)\nf(1); print(type(f).__name__)",
        "%%timeit -n1 -r1\nk = 3\n@jit\ndef f(x): return x + k\nassert f(1) == 4; print(type(f).__name__)",
        "%timeit -n1 -r1 f = jit(lambda x: x + 1); f(1); print(type(f).__name__)",
        "%time f = jit(lambda x: x + 1); f(1); print(type(f).__name__)",
    ],
)
def test_timed_cells_compile(kernel, cell):
    (done,) = kernel(cell)
    assert done.error is None and done.text.startswith("Dispatcher\n"), done


@pytest.fixture(scope="module")
def kernel():
    """Runs cells of a parametrized test in one kernel, all at the first one's request."""
    cells = [mark.args[1] for mark in test_timed_cells_compile.pytestmark if mark.name == "parametrize"][0]
    outcomes = dict(zip(cells, run(LOAD, *cells)[1:], strict=True))
    return lambda cell: [outcomes[cell]]


def test_redefinition_takes_effect():
    done = run(
        LOAD,
        "@jit\ndef callee(x): return x + 1\ndef python(x): return x + 10\n"
        "@jit\ndef f(x): return callee(x) + python(x)\nf(0)",
        "@jit\ndef callee(x): return x + 2\nf(0)",
        "def python(x): return x + 20\nf(0)",
        "@jit\ndef f(x): return -callee(x)\nf(0)",
        "%%cumbia\ndef callee(x): return x + 5\nf(0)",
    )
    assert [one.plain for one in done[1:]] == ["11", "12", "22", "-2", "-5"]


def test_annotated():
    done = run(
        LOAD,
        "%%cumbia -a\n"
        "def twice(x): return 2.0 * x\n"
        "def kernel(a, out):\n"
        "    for i in range(a.shape[0]):\n"
        "        out[i] = twice(a[i])\n"
        "    xs = [1.0]\n"
        "    return xs[0]\n"
        "def unused(x): return x\n"
        "kernel(np.ones(9), np.ones(9))",
        "%cumbia annotate kernel",
        "%%cumbia -a\nx = 1",
        "%%cumbia -a\n1 / 0",
    )
    # The cell's value stays its value.
    assert done[1].shown[0]["text/plain"] == "1.0"
    plain, html = done[1].shown[1]["text/plain"], done[1].shown[1]["text/html"]
    assert "kernel: (array(float64, 1, C), array(float64, 1, C)) -> pyfloat" in plain
    assert "    4     for i in range(a.shape[0]):" in plain and "twice, called by it" in plain
    assert "makes objects: list_new" in plain and "not compiled yet" in plain and "unused" in plain
    assert "<details" in html and "out[i] = twice(a[i])" in html and "<script" not in html
    assert done[2].plain in plain
    assert done[3].plain == "the cell makes no function that cumbia compiles"
    assert done[4].error == "ZeroDivisionError" and not done[4].shown


def test_any_cell_may_be_one():
    done = run(
        LOAD,
        "%%cumbia\nfrom __future__ import annotations\ndef f(x: NotDefined) -> Nothing:\n    return x\nf(2)",
        "%%cumbia",
        "%%cumbia\n# nothing",
        "%%cumbia -a\n",
        "%%cumbia\ndef f(:",
        "%%cumbia\n\n\ndef f(x):\n    'ä'; return x\nf.py_func.__code__.co_firstlineno, f(1)",
        "%%cumbia\nif True:\n    def g(x): return x\nx = [f(i) for i in range(3)]\nx;",
        "%%cumbia\n!echo shell\n%timeit -n1 -r1 f(1)\nf?",
    )
    assert done[1].plain == "2"
    assert done[2].error is done[3].error is done[4].error is None
    assert done[5].error == "SyntaxError" and "line 2" in done[5].traceback
    assert done[6].plain == "(4, 1)"
    assert done[7].error is None and not done[7].shown
    assert done[8].error is None and "shell" in done[8].text and "per loop" in done[8].text


def test_options():
    done = run(
        LOAD,
        "%%cumbia tier=best fastmath={'reassoc', 'nsz'}\ndef f(x): return x\nprint(f.options['tier'], sorted(f.options['fastmath']))",
        "%cumbia tier=fast",
        "%%cumbia\ndef f(x): return x\nprint(f.options['tier'])",
        "%cumbia",
        "%cumbia tier=worst",
        "%cumbia nothing",
        "%%cumbia -z\nx = 1",
        "%%cumbia cahce=True\nx = 1",
        "%cumbia source=x",
        "%cumbia annotate nothing",
        "%cumbia reset",
        "%%cumbia\ndef f(x): return x\nprint(f.options['tier'])",
        "get_ipython().run_cell_magic('cumbia', '', 'def g(x): return x')\ntype(g).__name__",
        "get_ipython().run_cell_magic('cumbia', '', '1 / 0')",
        "%unload_ext cumbia",
        "%cumbia",
    )
    assert done[1].text == "best ['nsz', 'reassoc']\n"
    assert done[3].text == "fast\n"
    assert "tier='fast'" in done[4].plain and "<table" in done[4].html
    assert "'auto' or 'fast' or 'best', not 'worst'" in done[5].text
    assert "%cumbia doesn't know nothing" in done[6].text
    assert "%%cumbia doesn't know -z" in done[7].text
    assert "did you mean 'cache'" in done[8].text
    assert "of one function" in done[9].text
    assert "nothing isn't defined" in done[10].text
    assert done[12].text == "auto\n"
    assert done[13].plain == "'Dispatcher'"
    assert done[14].error == "ZeroDivisionError"
    assert "`%cumbia` not found" in done[16].text


def test_the_stop_button():
    done = run(
        LOAD,
        "%%cumbia\ndef forever(n):\n    s = 0\n    while s < n:\n        s = (s + 1) % 7\n    return s\n"
        "print('INTERRUPT', flush=True)\nforever(100)",
        "forever(3)",
    )
    assert done[1].error == "KeyboardInterrupt"
    # The kernel goes on.
    assert done[2].plain == "3"


def test_progress():
    messages = []
    wait = "from cumbia._notebook.progress import waiting\nimport time\nwith waiting('a long wait'): time.sleep({})\nprint('done')"
    done = run(LOAD, wait.format(1.6), wait.format(0.1), "%cumbia progress=False", wait.format(1.2), messages=messages)

    def lines(cell):
        return [
            content["data"]["text/plain"]
            for at, kind, content in messages
            if at == cell and kind in ("display_data", "update_display_data")
        ]

    assert lines(1)[0].startswith("cumbia: a long wait ... ") and lines(1)[-1] == ""
    assert lines(2) == [] and lines(4) == []
    assert [done[at].text for at in (1, 2, 4)] == ["done\n"] * 3
