"""Where a function's source comes from, and that only what Python runs is taken.

Each situation in which people define functions is set up as it really happens (a module
file, an IPython shell, a notebook kernel, a REPL process), and the captured text is
compiled again and run beside the function.
"""

import ast
import doctest
import importlib.util
import linecache
import os
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import cumbia
from cumbia import SourceError
from cumbia import _source
from cumbia._source import SourceText, capture

PACKAGE = str(Path(cumbia.__file__).parent.parent)


def mark(func):
    """A decorator that gives the function back."""
    return func


@pytest.fixture
def module(tmp_path):
    """Write a module, import it, and give it back."""
    made = []

    def make(text, name="made"):
        path = tmp_path / f"{name}.py"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        spec = importlib.util.spec_from_file_location(f"{name}_{len(made)}", path)
        loaded = importlib.util.module_from_spec(spec)
        made.append(spec.name)
        sys.modules[spec.name] = loaded
        spec.loader.exec_module(loaded)
        return loaded

    yield make
    for name in made:
        del sys.modules[name]


def remake(source, **names):
    """Build the function from the captured text alone, as a compiler has to."""
    text = source.text
    above = 0
    if text[:1] in " \t":
        text = "if 1:\n" + text
        above = 1
    tree = ast.parse(text)
    if source.kind == "lambda":
        line, column = source.lambda_col
        place = line - source.first_line + 1 + above, column
        (found,) = (
            one
            for one in ast.walk(tree)
            if isinstance(one, ast.Lambda) and (one.lineno, one.col_offset) == place
        )
        return eval(compile(ast.Expression(found), "again", "eval"), names)
    exec(compile(tree, "again", "exec"), names)
    return names[tree.body[0].body[0].name if above else tree.body[0].name]


def check_place(source, func):
    """The text stands at the lines it claims, seen from the file."""
    lines = linecache.getlines(func.__code__.co_filename)
    held = "".join(lines[source.first_line - 1 :])
    assert held.startswith(source.text)
    word = "lambda" if source.kind == "lambda" else "def"
    assert word in lines[source.def_line - 1]
    assert source.indent == len(source.text) - len(source.text.lstrip())


# Files


def test_file(module):
    made = module(
        """
        import math


        def area(r, /, *, scale=1.0):
            '''Docstring with
        lines that begin at the margin.'''

            # a comment
            return math.pi * r * r * scale  # another


        after = 1
        """
    )
    source = capture(made.area)
    check_place(source, made.area)
    assert source.kind == "def"
    assert source.name == source.qualname == "area"
    assert source.first_line == source.def_line == 5
    assert source.indent == 0
    assert source.lambda_col is None
    assert source.text.startswith("def area(") and source.text.endswith("# another\n")
    import math

    assert remake(source, math=math)(2.0, scale=3.0) == made.area(2.0, scale=3.0)


def test_as_tuple_is_what_the_dispatcher_takes(module):
    made = module("def f(x): return x\ng = [lambda x: x]\n")
    assert capture(made.f).as_tuple() == (
        "def f(x): return x\n", made.__file__, 1, "f", "f", "def", None, None, 0,
    )
    assert capture(made.g[0]).as_tuple() == (
        "g = [lambda x: x]\n", made.__file__, 2, "<lambda>", "<lambda>", "lambda", 2, 5, 0,
    )


@pytest.mark.parametrize(
    "text",
    [
        "def f(x): return x",
        "def f(x):\n\treturn x\n",
        "def f(\n    x,\n):\n    return x\nother = 1\n",
        "def f(x):\n    s = '''\ndef f(x): return 2\n'''\n    return x\n",
        "def f(x):\n    if x:\n        return x\n# comment\n    return x\n",
        "def f(x):\r\n    return x\r\n",
        "def f(x):\n    t = 'a\\x0cb \u2028 \u00e9'\n    return x  # \x0c\n",
        "if True:\n    def f(x):\n        return x\nelse:\n    def f(x):\n        return -x\n",
        "try:\n  def f(x):\n     return x\nfinally:\n  pass\n",
        "from __future__ import annotations\ndef f(x: int) -> int:\n    return x\n",
        "def f(x, k=[i for i in range(3)], *a, y: int = 3, **kw): return x; z = 1\n",
        "def f(x): \\\n    return x\n",
        "def f(x):\n    def g(y):\n        return (lambda: y + x)()\n    return g(0)\n",
        "def f(x):\n    return x if x in {1, 2, 3, 0.5, 'a'} else x\n",
        "def f(x):\n    k = -0.0, 1e308 * 10, 2**70, 1j, None, ..., b'a', True\n    return x\n",
    ],
)
def test_layouts(module, text):
    made = module(text)
    source = capture(made.f)
    assert remake(source)(5) == made.f(5) == 5


def test_long_docstring_at_the_margin(module):
    doc = "\n".join(f"line {n}" for n in range(200))
    made = module(f"def f(x):\n    '''{doc}'''\n    return x\n\ndef g(): pass\n")
    source = capture(made.f)
    assert source.text.endswith("return x\n")


def test_same_name_twice(module):
    made = module(
        """
        def f(x):
            return x
        first = f
        def f(x):
            return x
        """
    )
    assert capture(made.first).first_line == 2
    assert capture(made.f).first_line == 5


def test_constants_are_told_apart_by_type(module):
    made = module("fs = [lambda: 0.0, lambda: -0.0, lambda: 0, lambda: False, lambda: 0j]\n")
    columns = [capture(func).lambda_col[1] for func in made.fs]
    assert columns == sorted(set(columns))


# Nested functions, methods, decorators


def test_nested_function_with_closure(module):
    made = module(
        """
        def outer(a):
            b = a + 1
            def inner(x):
                def innermost(y):
                    return y + b
                return innermost(x) * a
            return inner
        """
    )
    inner = made.outer(3)
    source = capture(inner)
    check_place(source, inner)
    assert source.indent == 4
    assert source.qualname == "outer.<locals>.inner"
    assert remake(source, a=3, b=4)(5) == inner(5)


def test_nested_function_without_closure(module):
    made = module("def outer():\n    def inner(x):\n        return x\n    return inner\n")
    assert capture(made.outer()).first_line == 2


def test_methods(module):
    made = module(
        """
        class Shape:
            k = 2

            def area(self, r):
                return r * r

            @staticmethod
            def twice(x):
                return 2 * x

            def parent(self):
                return super().__hash__() + (__class__ is None)
        """
    )
    for func in (made.Shape.area, made.Shape.twice, made.Shape.parent):
        source = capture(func)
        check_place(source, func)
        assert source.indent == 4
        assert source.qualname == f"Shape.{func.__name__}"
    assert remake(capture(made.Shape.twice))(4) == 8


def test_class_private_names_are_refused_with_the_reason(module):
    made = module(
        """
        __scale = 3
        class A:
            def f(self, x):
                return x * __scale
            def g(self, x):
                return x
        def outside(x):
            return x * __scale
        """
    )
    with pytest.raises(SourceError, match="__scale") as caught:
        capture(made.A.f)
    assert caught.value.code == "CB0104"
    assert capture(made.A.g).indent == 4
    assert capture(made.outside).text.startswith("def outside")


def test_decorated_twice(module):
    made = module(
        """
        def mark(func): return func
        def with_option(*args): return mark

        @mark
        @with_option(
            1,
            lambda x: x + 1,
        )

        # between
        @mark
        def f(x):
            return x
        """
    )
    source = capture(made.f)
    check_place(source, made.f)
    assert source.text == "def f(x):\n    return x\n"
    assert made.f.__code__.co_firstlineno < source.def_line == source.first_line


def test_wrapper_gives_its_own_text(module):
    made = module(
        """
        import functools
        def wrap(func):
            @functools.wraps(func)
            def wrapper(x):
                return func(x) + 1
            return wrapper
        @wrap
        def f(x):
            return x
        """
    )
    assert capture(made.f).text.lstrip().startswith("def wrapper(x)")
    assert capture(made.f.__wrapped__).text.startswith("def f(x)")


def test_function_with_type_parameters(module):
    if sys.version_info < (3, 12):
        pytest.skip("type parameters came with Python 3.12")
    made = module("def f[T](x: T) -> T:\n    return x\n")
    assert remake(capture(made.f))(5) == 5


# Lambdas


def test_three_lambdas_on_a_line(module):
    made = module("a, b, c = lambda x: x + 1, lambda x: x + 2, lambda x: x + 3\n")
    for func in (made.a, made.b, made.c):
        source = capture(func)
        assert source.kind == "lambda"
        assert remake(source)(10) == func(10)


def test_identical_lambdas_keep_their_columns(module):
    made = module("a, b, c = lambda x: x, lambda x: x, lambda x: x\n")
    assert [capture(one).lambda_col[1] for one in (made.a, made.b, made.c)] == [10, 23, 36]


@pytest.mark.parametrize(
    "text",
    [
        "f = lambda x: x\n",
        "f = (lambda x:\n    x +\n  0)\n",
        "f = [\n    1,\n    lambda x: (\n        x\n    ),\n][1]\n",
        "é = 'é'; f = lambda x: x\n",
        "if 0:\n    pass\nelse: f = lambda x: x\n",
        "if 0: pass\nelse: f = (lambda x:\n  x)\n",
        "try: f = lambda x: x\nfinally: pass\n",
        "class A:\n    g = lambda x: x\nf = A.g\n",
        "def make():\n    return lambda x: x\nf = make()\n",
        "def make(k): return (lambda x: x + k), (lambda x: x - k)\nf = make(0)[1]\n",
        "def make(k):\n    return {\n        0: lambda x: x + 1, 1: lambda x:\n        x + k\n    }\n"
        "f = make(0)[1]\n",
        "f = (lambda k: lambda x: x + k)(0)\n",
        "f = (lambda x: lambda x: lambda x: x)(1)(2)\n",
        "f, g = (lambda: (lambda x: x, lambda x: -x))()\n",
        "g, f = [lambda: (lambda x: x, lambda y: y), lambda: (lambda x: -x, lambda x: x)][1]()\n",
        "def f(x): return x\nf = (lambda g: g)(lambda x: x)\n",
        "f = [lambda x: x + i for i in range(3)][0]\nf = next(lambda x: x for _ in [0])\n",
        "def deco(g): return lambda h: g\n@deco(lambda x: x)\ndef f(): pass\n",
    ],
)
def test_lambda_layouts(module, text):
    made = module(text)
    source = capture(made.f)
    assert source.kind == "lambda"
    assert source.qualname == made.f.__qualname__
    assert remake(source, k=0, i=0)(5) == made.f(5) == 5
    again = capture(made.f, source=source)
    assert remake(again, k=0, i=0)(5) == 5
    assert again.def_line == source.def_line


def test_a_lambda_that_a_def_resembles(module):
    made = module("def f(): return (lambda: 1), (lambda: 2)\n")
    assert capture(made.f).kind == "def"
    one, two = made.f()
    assert remake(capture(one))() == 1
    assert remake(capture(two))() == 2


# Text that isn't a file


def test_doctest():
    text = """
    >>> from cumbia._source import capture
    >>> def f(x):
    ...     return x + 1
    >>> g = lambda x: x + 2
    >>> print(capture(f).text, end="")
    def f(x):
        return x + 1
    >>> capture(g).lambda_col
    (1, 4)
    """
    test = doctest.DocTestParser().get_doctest(text, {}, "doctested", None, 0)
    result = doctest.DocTestRunner(verbose=False).run(test)
    assert result == doctest.TestResults(0, 5)


def test_exec_with_linecache():
    text = "def f(x):\n    return x + 1\n"
    name = "<made by exec>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    scope = {}
    exec(compile(text, name, "exec"), scope)
    source = capture(scope["f"])
    assert source.filename == name
    assert source.text == text
    del linecache.cache[name]


def test_exec_with_linecache_entry_that_claims_a_time():
    text = "def f(x):\n    return x + 1\n"
    name = "<made by exec, timed>"
    linecache.cache[name] = (len(text), 0.0, text.splitlines(keepends=True), name)
    scope = {}
    exec(compile(text, name, "exec"), scope)
    assert capture(scope["f"]).text == text
    linecache.cache.pop(name, None)


def test_exec_without_linecache_names_the_ways_out():
    scope = {}
    exec("def f(x): return x", scope)
    with pytest.raises(SourceError) as caught:
        capture(scope["f"])
    error = caught.value
    assert error.code == "CB0101"
    assert isinstance(error, OSError)
    for word in ("f()", "<string>:1", "jit(source=...)", "linecache", "file", "pickled"):
        assert word in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_source_given():
    text = "def other(): pass\ndef f(x):\n    return x + 1\n"
    scope = {}
    exec(text, scope)
    source = capture(scope["f"], source=text)
    assert source.text == "def f(x):\n    return x + 1\n"
    assert source.first_line == 2
    alone = capture(scope["f"], source="    def f(x):\n        return x + 1")
    assert alone.first_line == 2
    assert alone.indent == 4


def test_source_given_in_another_layout():
    scope = {}
    exec("def f(x):\n\n    # gone\n    return x + 1\n", scope)
    assert capture(scope["f"], source="def f(x): return x + 1").text.endswith("x + 1")


def test_source_given_for_a_closure_and_a_method():
    scope = {}
    text = "def outer(k):\n    def f(x):\n        return x + k\n    return f\n"
    exec(text, scope)
    f = scope["outer"](1)
    assert capture(f, source=text).indent == 4
    assert capture(f, source="def f(x):\n    return x + k\n").indent == 0
    exec("class A:\n    def f(self): return __k\n", scope)
    with pytest.raises(SourceError, match="__k"):
        capture(scope["A"].f, source="class A:\n    def f(self): return __k\n")


@pytest.mark.parametrize(
    "text", ["def f(x): return x + 2", "def g(x): return x + 1", "", "def f(x: return x"]
)
def test_source_given_that_is_wrong(text):
    scope = {}
    exec("def f(x): return x + 1", scope)
    with pytest.raises(SourceError) as caught:
        capture(scope["f"], source=text)
    assert caught.value.code == "CB0103"
    with pytest.raises(TypeError):
        capture(scope["f"], source=b"def f(x): return x + 1")


def _python_with_repl_source():
    for name in (sys.executable, "python3.13", "python3.14"):
        try:
            shown = subprocess.run(
                [name, "-c", "import sys; print(sys.version_info >= (3, 13))"],
                capture_output=True, text=True, timeout=60,
            )
        except OSError:
            continue
        if shown.stdout.strip() == "True":
            return name
    return None


REPL_SESSION = f"""\
import sys; sys.path.insert(0, {PACKAGE!r})
from cumbia._source import capture
def f(x):
    return x + 1

g = [lambda x: x + 1, lambda x: x + 2]
print("TEXT", repr(capture(f).text), capture(g[1]).lambda_col)
"""


def test_repl():
    python = _python_with_repl_source()
    if python is None:
        pytest.skip("no CPython 3.13 or later, whose REPL keeps the text, was found")
    pty = pytest.importorskip("pty")
    main, side = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "PYTHON_HISTORY": os.devnull, "NO_COLOR": "1"}
    environment.pop("PYTHON_BASIC_REPL", None)
    process = subprocess.Popen(
        [python, "-q", "-I"], stdin=side, stdout=side, stderr=side, env=environment,
        start_new_session=True,
    )
    os.close(side)
    pasted = "\x1b[200~%s\x1b[201~\r"
    shown = _converse(
        main,
        [pasted % part for part in REPL_SESSION.replace("\n\n", "\n\n\0").split("\0")],
    )
    process.kill()
    process.wait()
    os.close(main)
    assert "TEXT 'def f(x):\\n    return x + 1\\n' (1, 22)" in shown, shown


def _converse(terminal, parts):
    """Type each part when the prompt is there, and return what the terminal showed."""
    import select
    import time

    shown = ""
    deadline = time.monotonic() + 60
    waiting = list(parts)
    quiet = 0
    while time.monotonic() < deadline and quiet < 3:
        ready, _, _ = select.select([terminal], [], [], 1.0)
        if ready:
            try:
                shown += os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                break
            quiet = 0
            if "TEXT 'def" in shown:
                break
        elif ">>>" in shown and waiting:
            os.write(terminal, waiting.pop(0).encode())
        elif ">>>" in shown:
            quiet += 1
    return shown


def test_repl_as_it_registers_text():
    text = "def f(x):\n    return x + 1"
    name = "<python-input-7>"
    linecache.cache[name] = (
        len(text), None, [line + "\n" for line in text.splitlines()], "<stdin>",
    )
    scope = {}
    exec(compile(ast.Interactive(ast.parse(text).body), name, "single"), scope)
    assert capture(scope["f"]).text == text + "\n"
    del linecache.cache[name]


# IPython

IPYTHON_CELLS = {
    "cell": ("def f(x):\n    return x + 1\n", "def f(x):\n    return x + 1\n", 1),
    "cell with magics": (
        "a = 1\nb = !echo 1\n%pwd\n\ndef f(x):\n    return x + 1\nf(1)\n",
        "def f(x):\n    return x + 1\n",
        5,
    ),
    "cell with await": (
        "import asyncio\nif 1:\n    await asyncio.sleep(0)\n"
        "    def f(x):\n        return x + 1\n",
        "    def f(x):\n        return x + 1\n",
        4,
    ),
    "%%time": ("%%time\n# first\ndef f(x):\n    return x + 1\n", "def f(x):\n    return x + 1\n", 2),
    "%%time with a last expression": (
        "%%time\ndef f(x):\n    return x + 1\nf(1)\n", "def f(x):\n    return x + 1\n", 1,
    ),
    "%%time with magics": (
        "%%time\na = !echo 1\ndef f(x):\n    return x + 1\n", "def f(x):\n    return x + 1\n", 2,
    ),
    "%%capture": (
        "%%capture\ndef f(x):\n    return x + 1\n", "def f(x):\n    return x + 1\n", 1,
    ),
    "%%capture and %%time": (
        "%%capture\n%%time\ndef f(x):\n    return x + 1\n", "def f(x):\n    return x + 1\n", 1,
    ),
    "%time": ("%time f = lambda x: x + 1\n", "f = lambda x: x + 1\n", 1),
    "%%time lambda": (
        "%%time\nf, g = lambda x: x + 1, lambda x: x + 2\n",
        "f, g = lambda x: x + 1, lambda x: x + 2\n",
        1,
    ),
}


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """An IPython shell of its own."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    interactive = pytest.importorskip("IPython.core.interactiveshell")
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    interactive.InteractiveShell.clear_instance()
    # The shell puts a module of its own there.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    made = interactive.InteractiveShell.instance(config=config)
    yield made
    made.reset()
    interactive.InteractiveShell.clear_instance()


@pytest.mark.parametrize("name", list(IPYTHON_CELLS))
def test_ipython(shell, name):
    cell, text, first_line = IPYTHON_CELLS[name]
    shell.run_cell("1 + 1", store_history=True)
    shell.run_cell(cell, store_history=True).raise_error()
    source = capture(shell.user_ns["f"])
    assert source.text == text
    assert source.first_line == first_line


def test_ipython_decorated_while_the_cell_runs(shell):
    shell.user_ns["capture"] = capture
    shell.run_cell(
        "%%time\ndef take(func):\n    return capture(func)\n\n@take\ndef f(x):\n    return x\n",
        store_history=True,
    ).raise_error()
    assert shell.user_ns["f"].text == "def f(x):\n    return x\n"
    assert shell.user_ns["f"].first_line == 5


def test_ipython_timed_cell_run_again_after_editing(shell):
    shell.run_cell("%%time\ndef f(x):\n    return x + 1\n", store_history=True)
    older = shell.user_ns["f"]
    shell.run_cell("%%time\ndef f(x):\n    return x + 2\n", store_history=True)
    assert "x + 1" in capture(older).text
    assert "x + 2" in capture(shell.user_ns["f"]).text


def test_ipython_timed_cell_that_no_history_kept(shell):
    shell.run_cell("%%time\ndef f(x):\n    return x + 77\n", store_history=False)
    with pytest.raises(SourceError) as caught:
        capture(shell.user_ns["f"])
    assert caught.value.code == "CB0101"


def test_notebook():
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    cells = [
        f"import sys; sys.path.insert(0, {PACKAGE!r})\nfrom cumbia._source import capture",
        "def f(x):\n    return x + 1\nprint(capture(f).text, end='')",
        "%%time\ndef g(x):\n    return x + 1\nprint(capture(g).text, end='')",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    shown = [
        "".join(out.text for out in cell.outputs if out.name == "stdout")
        for cell in notebook.cells
    ]
    assert shown[1] == "def f(x):\n    return x + 1\n"
    assert shown[2].startswith("def g(x):\n    return x + 1\n")


# Files that change


def _rewrite(path, text):
    path = Path(path)
    path.write_text(text, encoding="utf-8")
    later = path.stat().st_mtime + 10
    os.utime(path, (later, later))


def test_edited_file_is_noticed(module):
    made = module("def f(x):\n    return x + 1\n")
    _rewrite(made.__file__, "def f(x):\n    return x + 2\n")
    with pytest.raises(SourceError) as caught:
        capture(made.f)
    assert caught.value.code == "CB0102"
    assert "edited" in str(caught.value) and "f()" in str(caught.value)
    assert capture(made.f, source="def f(x):\n    return x + 1\n").first_line == 1


def test_edited_file_of_the_same_size_and_time_is_noticed(module):
    made = module("def f(x):\n    return x + 1\n")
    before = os.stat(made.__file__)
    Path(made.__file__).write_text("def f(x):\n    return x - 1\n")
    os.utime(made.__file__, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(SourceError):
        capture(made.f)


def test_edited_file_whose_old_text_was_kept(module):
    made = module("def f(x):\n    return x + 1\n")
    linecache.getlines(made.__file__)
    _rewrite(made.__file__, "def f(x):\n    return x + 2\n")
    assert capture(made.f).text == "def f(x):\n    return x + 1\n"


def test_stale_linecache_is_read_again(module):
    made = module("def f(x):\n    return x + 1\n")
    linecache.getlines(made.__file__)
    _rewrite(made.__file__, "def f(x):\n    return x + 2\n")
    fresh = module("def f(x):\n    return x + 2\n")
    _rewrite(fresh.__file__, "def f(x):\n    return x + 2\n")
    assert capture(fresh.f).text == "def f(x):\n    return x + 2\n"


def test_function_that_moved_keeps_the_lines_python_knows(module):
    made = module("def f(x):\n    return x + 1\n\ng = lambda x: x * 3\n")
    moved = "import os\n\n\ndef f(x):\n    return x + 1\n\n\n\ng = lambda x: x * 3\n"
    _rewrite(made.__file__, moved)
    assert capture(made.f).first_line == 1
    assert capture(made.f).def_line == made.f.__code__.co_firstlineno
    assert capture(made.g).lambda_col == (4, 4)


def test_lines_added_inside_are_noticed(module):
    made = module("def f(x):\n    return x + 1\n")
    _rewrite(made.__file__, "def f(x):\n\n    return x + 1\n")
    with pytest.raises(SourceError):
        capture(made.f)


def test_swapped_functions_are_not_confused(module):
    made = module("def f(x):\n    return x + 1\ndef g(x):\n    return x + 2\n")
    _rewrite(made.__file__, "def g(x):\n    return x + 2\ndef f(x):\n    return x + 1\n")
    assert capture(made.f).text == "def f(x):\n    return x + 1\n"


def test_broken_file(module):
    made = module("def f(x):\n    return x + 1\n")
    _rewrite(made.__file__, "def f(x:\n    return x + 1\n")
    with pytest.raises(SourceError):
        capture(made.f)


def test_deleted_file(module):
    made = module("def f(x):\n    return x + 1\n")
    os.remove(made.__file__)
    with pytest.raises(SourceError) as caught:
        capture(made.f)
    assert caught.value.code == "CB0101"
    assert made.__file__ in str(caught.value)


def test_module_in_a_zip_file(tmp_path, monkeypatch):
    import zipfile

    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.writestr("zipped_kernels.py", "def f(x):\n    return x + 1\n")
    monkeypatch.syspath_prepend(str(tmp_path / "packed.zip"))
    import zipped_kernels

    assert capture(zipped_kernels.f).text == "def f(x):\n    return x + 1\n"
    del sys.modules["zipped_kernels"]


# Snapshots


def _snapshot_cases(module):
    made = module(
        """
        def mark(func): return func

        @mark
        @mark

        def plain(x):
            return x + 1

        def outer(k):
            @mark
            def inner(x):
                return x + k
            return inner, lambda x: (x
                                     - k)

        class A:
            @mark
            def method(self, x):
                return x

        pair = lambda x: x + 1, lambda x: x + 2
        """
    )
    inner, late = made.outer(1)
    return made, [made.plain, inner, late, made.A.method, *made.pair]


def test_pickled_snapshot(module):
    made, functions = _snapshot_cases(module)
    sources = [capture(func) for func in functions]
    os.remove(made.__file__)
    linecache.checkcache(made.__file__)
    for func, source in zip(functions, sources, strict=True):
        carried = pickle.loads(pickle.dumps(source))
        assert carried == source
        again = capture(func, source=carried)
        assert again.def_line == source.def_line
        assert again.qualname == source.qualname
        if source.kind == "def":
            assert again == source
        else:
            assert again.lambda_col == source.lambda_col
        with pytest.raises(SourceError):
            capture(func)


def test_snapshot_of_another_function(module):
    _, functions = _snapshot_cases(module)
    source = capture(functions[0])
    with pytest.raises(SourceError) as caught:
        capture(functions[1], source=source)
    assert caught.value.code == "CB0103"


def test_snapshot_travels_with_the_function(module):
    cloudpickle = pytest.importorskip("cloudpickle")
    made = module("def f(x):\n    return x + 1\n")
    made.f.__dict__[_source.SNAPSHOT] = capture(made.f)
    made.f.__module__ = "__main__"
    carried = cloudpickle.dumps(made.f)
    os.remove(made.__file__)
    code = (
        f"import sys, pickle; sys.path.insert(0, {PACKAGE!r})\n"
        "from cumbia._source import capture\n"
        f"print(capture(pickle.loads({carried!r})).text, end='')\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120
    )
    assert shown.stdout == "def f(x):\n    return x + 1\n", shown.stderr


def test_snapshot_copied_to_a_wrapper_is_ignored(module):
    made = module(
        """
        import functools
        def wrap(func):
            @functools.wraps(func)
            def wrapper(x):
                return func(x) + 1
            return wrapper
        def f(x):
            return x
        """
    )
    made.f.__dict__[_source.SNAPSHOT] = capture(made.f)
    wrapped = made.wrap(made.f)
    assert _source.SNAPSHOT in wrapped.__dict__
    assert capture(wrapped).text.lstrip().startswith("def wrapper")


# Code that was altered


def test_assert_that_pytest_rewrote():
    def f(x):
        assert x > 0, "no"
        return x

    assert "@pytest_ar" in f.__code__.co_names
    assert capture(f).text.lstrip().startswith("def f(x)")


def test_assert_that_pytest_rewrote_in_a_closure():
    k = 3

    def f(x):
        total = 0
        for i in range(x):
            assert i < k and (i != 7 or x == k)
            total += i
        return total

    source = capture(f)
    assert source.indent == 4
    assert capture(f, source=source) == source


def test_code_that_was_replaced(module):
    made = module("def f(x):\n    return x + 1\ndef g(x):\n    return x * 2\n")
    made.f.__code__ = made.f.__code__.replace(co_consts=(None, 5))
    with pytest.raises(SourceError) as caught:
        capture(made.f)
    assert caught.value.code == "CB0102"


@pytest.mark.parametrize("options", [["-O"], ["-OO"], ["-X", "no_debug_ranges"], ["-B"]])
def test_other_ways_to_run_python(tmp_path, options):
    path = tmp_path / "script.py"
    path.write_text(
        f"import sys; sys.path.insert(0, {PACKAGE!r})\n"
        "from cumbia._source import capture\n"
        "def f(x):\n    'doc'\n    assert x\n    return x\n"
        "pair = lambda x: x + 1, lambda x: x + 2\n"
        "print(capture(f).first_line, capture(pair[1]).lambda_col)\n"
    )
    shown = subprocess.run(
        [sys.executable, *options, str(path)], capture_output=True, text=True, timeout=120
    )
    assert shown.stdout == "3 (7, 24)\n", shown.stderr


# What jit does with it


def test_jit_refuses_what_is_no_function():
    import functools
    import math

    import numpy as np

    async def coroutine(): ...

    def generator():
        yield 1

    async def both():
        yield 1

    class Something:
        def method(self): ...

    for bad, word in (
        (Something, "classes"),
        (math.sin, "compiled already"),
        (len, "compiled already"),
        (np.sin, "compiled already"),
        (coroutine, "coroutine"),
        (both, "asynchronous"),
        (staticmethod(generator), "below @staticmethod"),
        (classmethod(generator), "below @classmethod"),
        (property(generator), "below @property"),
        (Something().method, "bound methods"),
        (functools.partial(len), "partial"),
        (3, "takes a Python function"),
    ):
        for decorate in (cumbia.jit, cumbia.njit, cumbia.jit(), cumbia.jit("f8(f8)")):
            with pytest.raises(TypeError, match=word):
                decorate(bad)


class _Recorder:
    """Stands in for the native dispatcher and keeps what it was given."""

    __module__ = "cumbia._cumbia"

    def __init__(self, func, source, options, signatures):
        self.py_func, self.source = func, source
        self.options, self.signatures = options, signatures


@pytest.fixture
def recorder(monkeypatch):
    import types

    native = types.ModuleType("cumbia._cumbia")
    native.Dispatcher = _Recorder
    monkeypatch.setitem(sys.modules, "cumbia._cumbia", native)


def test_jit_hands_over_source_options_and_signatures(recorder):
    @cumbia.jit
    def plain(x):
        return x

    assert plain.source[0].lstrip().startswith("def plain")
    assert plain.source[3:6] == (plain.py_func.__qualname__, "plain", "def")
    assert plain.signatures == []
    assert "source" not in plain.options
    assert plain.options["tier"] == "auto"

    @cumbia.njit(["f8(f8)", (cumbia.int64,)], cache=True, nogil=True)
    def typed(x):
        return x

    assert typed.signatures == ["float64(pyfloat)", "(pyint)"]
    assert typed.options["cache"] is True

    called = cumbia.jit(lambda x: x + 1, tier="fast")
    assert called.source[5] == "lambda"
    assert cumbia.jit()(lambda x: x).source[5] == "lambda"


def test_jit_of_a_dispatcher(recorder):
    @cumbia.jit
    @cumbia.jit
    def f(x):
        return x

    assert cumbia.jit(f) is f
    assert cumbia.jit()(f) is f
    again = cumbia.jit(f, cache=True)
    assert again is not f
    assert again.py_func is f.py_func
    assert again.options["cache"] is True


def test_jit_with_source(recorder):
    scope = {"jit": cumbia.jit}
    exec("def f(x): return x + 1", scope)
    made = cumbia.jit(scope["f"], source="def f(x): return x + 1")
    assert made.source[0] == "def f(x): return x + 1"


def test_many_threads(module):
    from concurrent.futures import ThreadPoolExecutor

    made = module(f"fs = [{', '.join(f'lambda x: x + {n}' for n in range(40))}]\n")
    with ThreadPoolExecutor(8) as pool:
        sources = list(pool.map(capture, made.fs * 3))
    for func, source in zip(made.fs * 3, sources, strict=True):
        assert remake(source)(1) == func(1)


# Cost


def test_a_thousand_functions_take_linear_time(module):
    import time

    text = "".join(
        f"def f{n}(x):\n    '''doc'''\n    y = x + {n}\n    return y\n\ng{n} = lambda x: x * {n}\n"
        for n in range(1000)
    )
    made = module(text)
    capture(made.f0)
    capture(made.g0)

    def spent(count):
        begin = time.perf_counter()
        for n in range(count):
            assert f"x + {n}\n" in capture(getattr(made, f"f{n}")).text
            assert capture(getattr(made, f"g{n}")).def_line == 6 * n + 6
        return time.perf_counter() - begin

    few, many = min(spent(100) for _ in range(3)), min(spent(1000) for _ in range(2))
    assert many < 40 * few
    assert isinstance(capture(made.f999), SourceText)


def test_import_brings_in_nothing_heavy():
    code = (
        f"import sys; sys.path.insert(0, {PACKAGE!r}); import numpy\n"
        "before = set(sys.modules); import cumbia\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    shown = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=120
    )
    brought = set(shown.stdout.split())
    assert "cumbia" in brought and "cumbia._cumbia" not in brought
    assert not brought & {"ast", "linecache", "inspect", "tokenize", "difflib", "IPython"}, brought


def test_attributes_of_imported_modules_are_recognised(tmp_path):
    # CPython compiles `name.attribute()` in a function differently where the module
    # imports `name`, also inside a block.
    module = tmp_path / "imports_names.py"
    module.write_text(
        "import math\n"
        "try:\n"
        "    import os as system\n"
        "except ImportError:\n"
        "    system = None\n"
        "def root(x):\n"
        "    return math.sqrt(x)\n"
        "def cwd():\n"
        "    return system.getcwd()\n"
    )
    spec = importlib.util.spec_from_file_location("imports_names", module)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    assert capture(loaded.root).text.startswith("def root")
    assert capture(loaded.cwd).text.startswith("def cwd")
