"""Bad input: one clear error each, and a process that lives on.

Arguments that can't be taken: the error names the argument, says what it is and what to
do. Code that can't be compiled: the error has a code, shows the line with a caret, and
says what to do. What could crash or hang runs in a process of its own, and must end with
an exception there.

Which class each refusal has and how it is rendered in detail is tested in `tests/lang`
and beside the code that makes them; the library's own errors are in `tests/library`.
"""

import operator
import runpy
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from tests.python.harness import IDENTITY, CompileError, define, jit

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(IDENTITY, reason="only compiled code refuses these")


@pytest.fixture
def identity():
    return jit(define("def identity(value, other=1):\n    return value\n"))


class Index(int):
    pass


class Text(str):
    pass


class Subclass(np.ndarray):
    pass


class Like:
    def __array__(self, dtype=None, copy=None):
        return np.zeros(2)


# Arguments: the value, and words that the error must have.
ARGUMENTS = {
    "mixed list": ([1.0, "a"], "a list", "one type"),
    "mixed nested list": ([[1], ["a"]], "a list", "one type"),
    "mixed keys": ({"a": 1, 2: 1}, "a dict", "one type"),
    "mixed set": ({1, "a"}, "a set", "one type"),
    "list of objects": ([[object()]], "item 0 of the list: item 0", "numbers"),
    "list of modules": ([np], "module", "numbers"),
    "str subclass": (Text("text"), "a subclass of str", "str(x)"),
    "memoryview with steps": (memoryview(b"text")[::2], "memoryview", "np.asarray"),
    "slice": (slice("a"), "a slice", "ints"),
    "object": (object(), "object", "numbers"),
    "callable object": (operator.methodcaller("x"), "callable", "function"),
    "bound method": ([].append, "builtin_function_or_method", "passed"),
    "int subclass": (Index(3), "Index", "int(x)"),
    "array-like": (Like(), "Like", "np.asarray(x)"),
    "slice in a tuple": ((1, slice(1.5)), "item 1", "a slice"),
    "nested tuple": ((1, (2, (slice("a"),))), "item 1", "a slice"),
    "long tuple": ((0,) * 100_000, "tuple", "np.array(x)"),
    "object array": (np.array([None, 1]), "object", "astype"),
    "big-endian array": (np.zeros(2, ">f8"), "big-endian", "astype"),
    "half precision": (np.zeros(2, np.float16), "float16", "np.float32"),
    "half precision scalar": (np.float16(1), "float16", "np.float32"),
    "long double": (np.zeros(2, np.longdouble), "long double", "astype"),
    "dates": (np.zeros(2, "M8[25s]"), "datetime64", "int64"),
    "texts of any length": (np.array(["a", "b"], np.dtypes.StringDType()), "StringDType", "pass"),
    "raw bytes": (np.zeros(2, "V8"), "raw bytes", "np.uint8"),
    "subclass": (np.zeros(2).view(Subclass), "Subclass", "np.asarray(x)"),
    "masked array": (np.ma.array([1.0]), "mask", "filled"),
}


@pytest.mark.parametrize(("value", "what", "advice"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_an_argument_that_can_not_be_taken(identity, value, what, advice):
    for args, kwargs in (((value,), {}), ((1, value), {}), ((), {"value": value})):
        with pytest.raises(TypeError) as caught:
            identity(*args, **kwargs)
        text = str(caught.value)
        name = "other" if len(args) == 2 else "value"
        assert f"argument '{name}' of identity()" in text
        assert what in text
        assert advice in text
        assert len(text.splitlines()) == 1
    assert identity(7) == 7


@pytest.mark.parametrize(
    "value", [2**63, -(2**63) - 1, 10**5000, (1, (2**64,))], ids=["over", "under", "far", "inside"]
)
def test_an_integer_beyond_64_bits(identity, value):
    with pytest.raises(OverflowError) as caught:
        identity(value)
    text = str(caught.value)
    assert "argument 'value'" in text
    assert "64 bits" in text
    assert len(text) < 300
    assert identity(2**63 - 1) == 2**63 - 1


def test_a_tuple_nested_deeply(identity):
    value = ()
    for _ in range(100_000):
        value = (value,)
    with pytest.raises(TypeError, match="nested"):
        identity(value)
    # Python's own destructor needs help with such a tuple.
    while value:
        (value,) = value


@pytest.mark.parametrize(
    ("args", "kwargs", "words"),
    [
        ((), {}, "missing 1 required positional argument: 'value'"),
        ((1, 2, 3), {}, "takes from 1 to 2 positional arguments but 3 were given"),
        ((1,), {"unknown": 1}, "unexpected keyword argument 'unknown'"),
        ((1,), {"value": 2}, "multiple values for argument 'value'"),
    ],
)
def test_a_call_that_does_not_bind(identity, args, kwargs, words):
    with pytest.raises(TypeError) as caught:
        identity(*args, **kwargs)
    assert words in str(caught.value)
    assert "identity()" in str(caught.value)


# Code: a body, arguments, the diagnostic's code, and the text under the caret.
CODE = {
    "set of functions": ("y = {len, abs}", 1, "CB0320", "{len, abs}"),
    "mixed list": ("y = [x, 'a']", 1, "CB0322", "'a'"),
    "appended": ("y = [x]\n    y.append('a')", 1, "CB0322", "y.append('a')"),
    "mixed values": ("y = {1: x, 2: 'a'}", 1, "CB0322", "'a'"),
    "mixed keys": ("y = {1: x, 'a': x}", 1, "CB0322", "'a'"),
    "list as a key": ("y = {[x]: 1}", 1, "CB0321", "{[x]: 1}"),
    "comprehension": ("y = [i for i in x]", 1, "CB0304", "x"),
    "mixed comprehension": ("y = [i if i else 'a' for i in range(x)]", 1, "CB0301", "'a'"),
    "exception groups": ("try:\n        y = 1\n    except* ValueError:\n        y = 2", 1, "CB0210", "try:"),
    "with": ("with x:\n        pass", 1, "CB0211", "x"),
    "mapping pattern": ("match x:\n        case {np.e: 1, np.pi: 2}:\n            pass", 1, "CB0212", "{np.e: 1, np.pi: 2}:"),
    "del of an attribute": ("del x.y", 1, "CB0213", "x.y"),
    "del of an item": ("del x[0]", (1, 2), "CB0503", "x[0]"),
    "global": ("global y\n    y = x", 1, "CB0214", "global y"),
    "import": ("import math", 1, "CB0216", "import math"),
    "decorated nested function": ("@jit\n    def g():\n        pass", 1, "CB0206", "jit"),
    "class": ("class A:\n        pass", 1, "CB0208", "class A:"),
    "surrogate": ("y = 'a\\ud800x'", 1, "CB0243", "'a\\ud800x'"),
    "f-string": ("y = f'{x}'", np.zeros(2), "CB0506", "x"),
    "walrus": ("y = 'a'\n    if x > 0:\n        (y := x)\n    return y", 1, "CB0301", "x"),
    "attribute target": ("x.y = 1", 1, "CB0225", "x.y"),
    "starred target": ("a, *b = x", 1, "CB0305", "a, *b"),
    "mixed starred target": ("a, *b = x\n    return b", (1, 2, "a"), "CB0322", "a, *b"),
    "bare raise": ("raise", 1, "CB0218", "raise"),
    "number and array": (
        "y = 1\n    if x > 0:\n        y = np.zeros(2)\n    return y", 1, "CB0301", "np.zeros(2)",
    ),
    "number and tuple": ("y = 1\n    if x > 0:\n        y = (1, 'a')\n    return y", 1, "CB0301", "(1, 'a')"),
    "changing in a loop": (
        "y = x\n    for i in range(3):\n        y = (y, y)\n    return y", 1, None, None,
    ),
    "returns": ("if x > 0:\n        return 1\n    return [1]", 1, "CB0302", None),
    "no iterable": ("for i in x:\n        pass", 1.5, "CB0304", "x"),
    "unpack a number": ("a, b = x", 1, "CB0305", None),
    "unpack the wrong number": ("a, b = x", (1, 2, 3), "CB0305", None),
    "big literal": ("return x + 2**70", 1, None, None),
    "big constant": ("return {1180591620717411303424}", 1, "CB0307", "{1180591620717411303424}"),
    "not callable": ("return x()", 1, "CB0406", "x()"),
    "raise a number": ("raise x", 1, "CB0407", "raise x"),
    "no attribute": ("return x.unknown", 1, "CB0403", "x.unknown"),
    "unknown function": ("return np.einsum_path(x)", np.zeros((2, 2)), "CB0404", "np.einsum_path(x)"),
    "None in arithmetic": ("return x + 1", None, "CB0303", "x + 1"),
    "too many indices": ("return x[0, 0]", np.zeros(3), "CB0501", "0, 0"),
    "float index": ("return x[1.0]", np.zeros(3), "CB0501", "1.0"),
    "tuple index": ("return x[5]", (1, 2), "CB0502", "5"),
    "index a number": ("return x[0]", 1, "CB0503", "x[0]"),
    "assign to a tuple": ("x[0] = 1", (1, 2), "CB0503", None),
    "float range": ("for i in range(x):\n        pass", 3.0, "CB0303", "range(x)"),
    "set of arrays": ("y = {x}", np.zeros(2), "CB0321", "{x}"),
    "mixed set": ("y = {x, 'a'}", 1, "CB0322", "'a'"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "argument", "code", "place"), CODE.values(), ids=CODE)
def test_code_that_can_not_be_compiled(body, argument, code, place):
    func = jit(define(f"def f(x):\n    {body}\n"))
    with pytest.raises((CompileError, OverflowError)) as caught:
        func(argument)
    error = caught.value
    if code is None:
        return
    assert error.code == code
    text = str(error)
    assert f"[{code}]" in text
    first = error.diagnostics[0]
    assert first["help"] or first["message"]
    lines = f"def f(x):\n    {body}\n".splitlines()
    shown = [lines[span["line"] - 1][span["column"] :] for span in first["spans"]]
    for span in first["spans"]:
        assert lines[span["line"] - 1] in text
    assert "^" in text
    # Where two paths meet, either may be the one that is wrong.
    if place is not None:
        assert any(part.startswith(place) for part in shown), shown
    # Refused again, not crashed, and other arguments are another matter.
    with pytest.raises(CompileError):
        func(argument)


SYNTAX = [
    "async def f(x):\n    return x\n",
    "def f(x):\n    y = yield x\n",
]


@pytest.mark.parametrize("text", SYNTAX)
def test_functions_that_can_not_be_compiled(text):
    with pytest.raises((CompileError, TypeError)) as caught:
        jit(define(text))(1)
    assert "f" in str(caught.value)
    assert str(caught.value).strip()


@pytest.mark.parametrize(
    "value", [3, "text", None.__class__, len, np.sin, [], object(), staticmethod(len), property()]
)
def test_things_that_are_no_functions(value):
    with pytest.raises((TypeError, ValueError)) as caught:
        jit(value)(1)
    assert str(caught.value)


def test_an_unknown_option_is_named_with_the_known_ones():
    with pytest.raises(TypeError) as caught:
        jit(cahce=True)
    assert "'cahce'" in str(caught.value)
    assert "cache" in str(caught.value)


def test_a_type_error_in_a_called_function_shows_both_places():
    func = define("""
    @jit
    def inner(a):
        return len(a.__dir__())

    @jit
    def outer(x):
        y = x * 2
        return inner(y)
    """)
    with pytest.raises(CompileError) as caught:
        func(3)
    text = str(caught.value)
    assert "a.__dir__()" in text
    assert "inner(y)" in text


def test_a_stale_source(tmp_path):
    """A file that was edited after import isn't compiled in place of what runs."""
    path = tmp_path / "stale_module.py"
    path.write_text("def f(x):\n    return x + 1\n")
    script = f"""
    import sys
    sys.path.insert(0, {str(tmp_path)!r})
    import stale_module
    open(stale_module.__file__, "w").write("def f(x):\\n    return x + 100\\n")
    from cumbia import jit, SourceError
    try:
        print(jit(stale_module.f)(1))
    except SourceError as error:
        print(error.code, error)
    """
    output = run_apart(script)
    assert "CB0102" in output
    assert "101" not in output


def test_a_missing_source():
    with pytest.raises(OSError) as caught:
        scope = {}
        exec("def f(x): return x", scope)
        jit(scope["f"])
    assert "source=" in str(caught.value)


# Nothing crashes the process.


def run_apart(script: str, *, patience: float = 120.0) -> str:
    """Run a script in a process of its own; its output. It must end by itself."""
    prelude = "import signal, sys, numpy as np\nfrom tests.python.harness import define, jit\n"
    # What runs in the background may have been told to ignore it.
    prelude += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", prelude + textwrap.dedent(script)],
        cwd=ROOT, capture_output=True, text=True, timeout=patience,
    )  # fmt: skip
    assert done.returncode == 0, f"status {done.returncode}\n{done.stdout}\n{done.stderr[-4000:]}"
    return done.stdout


ATTEMPT = """
def attempt(func, *args):
    try:
        print("returned", func(*args))
    except BaseException as error:
        print(type(error).__name__, str(error).splitlines()[0])
"""


def test_endless_recursion_ends():
    output = run_apart(ATTEMPT + """
f = define('''
@jit
def f(n):
    return f(n + 1) + 1
''')
g = define('''
@jit
def even(n, a):
    b = np.zeros(100)
    return odd(n, b) + 1.0

@jit
def odd(n, a):
    return even(n, a) + a[0]
''', "even")
for _ in range(3):
    attempt(f, 0)
    attempt(g, 0, np.zeros(3))
import threading
def in_thread():
    attempt(f, 0)
for size in (256 * 1024, 1 << 20, 1 << 24):
    threading.stack_size(size)
    thread = threading.Thread(target=in_thread)
    thread.start()
    thread.join()
def deep(n):
    return attempt(f, 0) if n == 0 else deep(n - 1)
deep(900)
import cumbia._cumbia as native
import gc; gc.collect()
print("live", native.live_allocations())
""")
    lines = output.splitlines()
    assert lines.count("RecursionError maximum recursion depth exceeded") == 10, output
    assert lines[-1] == "live 0"


def test_huge_arrays_are_refused():
    output = run_apart(ATTEMPT + """
f = jit(define("def f(n, m): return np.zeros((n, m)).size"))
for n, m in [(2**62, 4), (2**40, 2**20), (2**31, 2**31), (2**63 - 1, 2**63 - 1), (-1, 5), (2**46, 1), (0, 2**62)]:
    attempt(f, n, m)
g = jit(define("def g(n): return np.empty(n)[0]"))
attempt(g, 2**63 - 1)
attempt(g, -(2**63))
""")
    for line in output.splitlines():
        assert line.split()[0] in ("MemoryError", "ValueError", "returned"), output
    assert output.count("MemoryError") + output.count("ValueError") >= 8, output


def test_indices_out_of_range_everywhere():
    output = run_apart(ATTEMPT + """
f = jit(define('''
def f(a, i, j, value):
    a[i, j] = value
    return a[j, i]
'''))
g = jit(define('''
def g(a, i, j, k):
    b = a[i:j:k]
    b[0] = 1.0
    return b[i] + b[j]
'''))
far = [0, -1, 7, 10**6, -10**6, 2**31, 2**32 + 1, -(2**31), 2**62, -(2**62), 2**63 - 1, -(2**63)]
for a in (np.zeros((3, 4)), np.zeros((3, 4), order="F"), np.zeros((9, 9))[::2, ::-3], np.zeros((0, 5))):
    for i in far:
        for j in far:
            attempt(f, a, i, j, 1.0)
for a in (np.zeros(5), np.zeros(10)[::-2], np.zeros(0)):
    for i in far:
        for j in far:
            for k in far:
                attempt(g, a, i, j, k)
print("done")
""")
    lines = output.splitlines()
    assert lines[-1] == "done"
    assert {line.split()[0] for line in lines[:-1]} == {"IndexError", "ValueError", "returned"}


def test_integer_traps_are_exceptions():
    output = run_apart(ATTEMPT + """
texts = ["a // b", "a % b", "a / b", "a << b", "a >> b", "a ** b", "a * b", "-a", "abs(a)", "divmod(a, b)[0]"]
values = [0, -1, 1, 2**63 - 1, -(2**63), 64, 63]
kinds = [int, np.int64, np.int32, np.uint8, np.int8, np.uint64]
np.seterr(all="ignore")
for text in texts:
    f = jit(define(f"def f(a, b): return {text}"))
    for a in values:
        for b in values:
            for kind in kinds:
                try:
                    x, y = kind(a), kind(b)
                except OverflowError:
                    continue
                attempt(f, x, y)
print("done")
""")
    assert output.splitlines()[-1] == "done"


@pytest.mark.parametrize(
    "body",
    [
        "while True:\n        n += 0",
        "while True:\n        pass",
        "for i in range(2**62):\n        n = n ^ i",
        "while True:\n        for i in range(3):\n            n = helper(n)",
        "while True:\n        a = np.zeros(10)\n        n = int(a[0])",
        "return spin(n)",
    ],
    ids=["effect", "nothing", "range", "calls", "allocations", "callee"],
)
def test_an_endless_loop_is_interrupted(body):
    output = run_apart(f"""
f = define('''
@jit
def helper(n):
    return n + 1 - 1

@jit
def spin(n):
    return helper(n) if n < 0 else spin_more(n)

@jit
def spin_more(n):
    while n >= 0:
        n = n * 1
    return n

@jit
def f(n):
    {body}
    return n
''')
import signal, threading, time
timer = threading.Timer(0.5, lambda: signal.raise_signal(signal.SIGINT))
timer.start()
try:
    f(0)
    print("returned")
except KeyboardInterrupt:
    print("interrupted")
g = jit(define("def g(x): return x + 1"))
print(g(1))
import cumbia._cumbia as native
print(native.live_allocations())
""")
    assert output.split() == ["interrupted", "2", "0"]


def test_a_signal_handler_runs_while_compiled_code_does():
    output = run_apart("""
f = jit(define('''
def f(n):
    s = 0
    for i in range(n):
        s = (s * 31 + i) % 1000003
    return s
'''))
import signal, threading
calls = []
signal.signal(signal.SIGUSR1, lambda *_: calls.append(1))
signal.signal(signal.SIGUSR2, lambda *_: 1 / 0)
expected = f(2_000_000)
threading.Timer(0.1, lambda: signal.raise_signal(signal.SIGUSR1)).start()
while not calls:
    assert f(2_000_000) == expected
threading.Timer(0.3, lambda: signal.raise_signal(signal.SIGUSR2)).start()
try:
    while True:
        f(20_000_000)
except ZeroDivisionError:
    print("handled", len(calls))
""")
    assert output.split() == ["handled", "1"]


def test_deeply_nested_source_is_refused():
    output = run_apart(ATTEMPT + """
def tried(text):
    try:
        f = define(text)
    except (SyntaxError, RecursionError, MemoryError):
        print("python refuses it")
        return
    try:
        f = jit(f)
    except BaseException as error:
        print(type(error).__name__)
        return
    attempt(f, 1)
tried("def f(x): return " + "(" * 150 + "x" + ")" * 150)
tried("def f(x): return " + "-" * 900 + "x")
tried("def f(x): return " + " + ".join(["x"] * 3000))
tried("def f(x): return " + "x if x else " * 300 + "x")
tried("def f(x):\\n" + "".join("    " * i + "if x:\\n" for i in range(1, 95)) + "    " * 95 + "return x\\n")
tried("def f(x):\\n    y = x\\n" + "    y = y + 1\\n" * 5000 + "    return y\\n")
tried("def f(x):\\n    if x == 0:\\n        return 0\\n" + "".join(f"    elif x == {i}:\\n        return {i}\\n" for i in range(2, 800)) + "    return -1\\n")
tried("def f(" + ", ".join(f"a{i}=0" for i in range(300)) + "): return a299")
print("done")
""")
    lines = output.splitlines()
    assert lines[-1] == "done"
    assert not any("RuntimeError" in line for line in lines), output


@pytest.mark.parametrize(
    "body",
    [
        "return f((x, x))",
        "t = (x, x)\n" + "    t = (t, t)\n" * 60 + "    return x",
        "t = (x,)\n" + "    t = t + t\n" * 40 + "    return x",
        "t = (x, x)\n" + "    t = t * 100\n" * 8 + "    return x",
    ],
    ids=["in recursion", "nested", "added", "multiplied"],
)
def test_types_that_grow_without_bound_are_refused(body):
    """Each step doubles a tuple type: memory must not follow it."""
    output = run_apart(ATTEMPT + f"""
import resource
resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
f = define({f"@jit{chr(10)}def f(x):{chr(10)}    {body}"!r})
attempt(f, 1)
print("done")
""", patience=60.0)
    assert output.splitlines()[-1] == "done"
    assert output.startswith(("TypingError", "UnsupportedError", "CompileError")), output


def test_exceptions_in_the_middle_free_what_was_allocated():
    output = run_apart("""
import gc
import cumbia._cumbia as native
f = define('''
@jit
def inner(a, i):
    b = np.zeros(50)
    c = b[1:]
    c[0] = a[i]
    return b

@jit
def f(a, n):
    keep = np.zeros(10)
    for k in range(n):
        keep = inner(a, k)
        other = np.ones((k + 1, 3))
        keep[0] = other[0, 0] / 1.0
    x = 1 // (n - 3)
    return keep, keep[2:]
''')
for n in range(8):
    for _ in range(50):
        try:
            result = f(np.arange(5.0), n)
        except (IndexError, ZeroDivisionError):
            pass
result = None
gc.collect()
print(native.live_allocations())
""")
    assert output.split() == ["0"]


def test_ten_thousand_parameters(tmp_path):
    names = [f"a{i}" for i in range(10_000)]
    path = tmp_path / "many.py"
    path.write_text(f"from cumbia import jit\n\n\n@jit\ndef f({', '.join(names)}):\n    return a0 + a9999\n")
    scope = runpy.run_path(str(path))
    with pytest.raises(CompileError, match="10000 parts; compiled functions take 8000"):
        scope["f"](*range(10_000))
