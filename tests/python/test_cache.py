"""Code that is kept on disk: what is found again, and what has to be compiled anew.

A new dispatcher of a function asks the cache as a new process does, so most tests are in
one process; what depends on the process (handles of classes, the second tier) is in
`test_cache_processes.py`. Programs are files, since their text and its place matter.
"""

import importlib.util
import itertools
import linecache
import sys
import traceback

import numpy as np
import pytest

import cumbia
from cumbia import _cumbia, jit
from tests.python.harness import IDENTITY

pytestmark = pytest.mark.skipif(IDENTITY, reason="nothing is compiled")

_NUMBERS = itertools.count()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty cache of this test's own."""
    monkeypatch.setenv("CUMBIA_CACHE", "1")
    monkeypatch.setenv("CUMBIA_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def program(folder, tmp_path, monkeypatch):
    """Write a program into a file and import it: as another module at each time."""

    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def load(text, name="program.py"):
        linecache.clearcache()
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("import math\nimport numpy as np\nfrom cumbia import jit\n" + text)
        spec = importlib.util.spec_from_file_location(f"cached_{next(_NUMBERS)}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def found(f):
    """Whether the code of the only specialization was found."""
    counted = f.stats["compiles"], f.stats["found"]
    assert counted in [(1, 0), (0, 1)]
    return counted == (0, 1)


def twice(program, text, again=None, args=(2.0,), name="f"):
    """Call a function of a program, then that of another state of it: result, whether found."""
    first = getattr(program(text), name)
    first(*args)
    assert not found(first)
    second = getattr(program(text if again is None else again), name)
    return second(*args), found(second)


BASE = """
K = 3.0
def helper(x):
    return x * K

@jit
def f(a, b=10.0):
    return helper(a) + b + math.floor(a)
"""


def test_the_same_program_is_found(program):
    assert twice(program, BASE) == (18.0, True)


@pytest.mark.parametrize(
    ("old", "new", "result"),
    [
        ("K = 3.0", "K = 4.0", 20.0),
        ("K = 3.0", "K = 3", 18.0),
        ("K = 3.0", "K = np.float32(3)", 18.0),
        ("x * K", "x / K", 2 / 3 + 12),
        ("b=10.0", "b=11.0", 19.0),
        ("b=10.0", "b=10", 18.0),
        ("math.floor(a)", "math.ceil(a)", 18.0),
        ("math.floor(a)", "math.floor(a) + 1", 19.0),
        ("K = 3.0", "K = 3.0\nmath = np", 18.0),
        ("def helper(x):", "def helper(x, y=1):", 18.0),
        ("@jit\ndef f", "@jit(fastmath=True)\ndef f", 18.0),
        ("@jit\ndef f", "@jit(boundscheck=False)\ndef f", 18.0),
    ],
)
def test_an_edit_of_code_is_compiled(program, old, new, result):
    assert old in BASE
    value, was_found = twice(program, BASE, BASE.replace(old, new))
    assert value == pytest.approx(result, rel=1e-15)
    assert not was_found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("K = 3.0", "# a comment\n\n\nK = 3.0  # three"),
        ("return x * K", "# half\n    return x * K  # times"),
        ("@jit\ndef f", "@jit  # fast\n\n# well\ndef f"),
        ("    return helper(a)", "\n    # before\n\n    return helper(a)"),
        ("K = 3.0", "UNUSED = 7\nK = 3.0"),
        ("K = 3.0", "K = 1.5 * 2"),
        ("K = 3.0", "def unused():\n    pass\nK = 3.0"),
        ("def helper", "@jit\ndef helper"),
        ("@jit\ndef f", "@jit(cache=True, tier='auto')\ndef f"),
    ],
)
def test_an_edit_of_anything_else_is_found(program, old, new):
    assert old in BASE
    assert twice(program, BASE, BASE.replace(old, new)) == (18.0, True)


def test_a_file_elsewhere_is_found(program, tmp_path):
    first = program(BASE)
    first.f(2.0)
    second = program(BASE, "elsewhere/other.py")
    assert second.f(2.0) == 18.0
    assert found(second.f)


def test_types_are_told_apart(program):
    first = program(BASE).f
    for arg in (2.0, 2, np.float32(2), True):
        first(arg)
    assert first.stats["compiles"] == 4
    second = program(BASE).f
    for arg in (2.0, 2, np.float32(2), True):
        assert second(arg) == first(arg)
        assert type(second(arg)) is type(first(arg))
    assert (second.stats["compiles"], second.stats["found"]) == (0, 4)


def test_variants_of_one_function_are_kept_side_by_side(program):
    texts = [BASE.replace("K = 3.0", f"K = {k}.0") for k in range(4)]
    for text in texts:
        f = program(text).f
        f(2.0)
        assert not found(f)
    for k, text in enumerate(texts):
        f = program(text).f
        assert f(2.0) == 12.0 + 2 * k
        assert found(f)


def test_more_variants_than_are_kept(program):
    for k in range(20):
        program(BASE.replace("K = 3.0", f"K = {k}.0")).f(2.0)
    newest = program(BASE.replace("K = 3.0", "K = 19.0")).f
    oldest = program(BASE.replace("K = 3.0", "K = 0.0")).f
    assert (newest(2.0), oldest(2.0)) == (50.0, 12.0)
    assert found(newest)
    assert not found(oldest)


def test_a_global_that_changes_later_is_noticed(program):
    program(BASE).f(2.0)
    module = program(BASE)
    assert module.f(2.0) == 18.0
    assert found(module.f)
    module.K = 5.0
    assert module.f(2.0) == 22.0
    assert module.f.stats["compiles"] == 1
    module.helper = lambda x: x
    assert module.f(2.0) == 14.0


def test_closures(program):
    text = """
def make(k, g):
    @jit
    def f(a):
        return g(a) * k
    return f
def up(x):
    return x + 1.0
def down(x):
    return x - 1.0
twice = make(2.0, up)
thrice = make(3.0, up)
other = make(2.0, down)
again = make(2.0, up)
"""
    module = program(text)
    values = [getattr(module, name)(5.0) for name in ("twice", "thrice", "other", "again")]
    assert values == [12.0, 18.0, 8.0, 12.0]
    assert [found(getattr(module, n)) for n in ("twice", "thrice", "other", "again")] == [
        False, False, False, True,
    ]  # fmt: skip


RAISES = """
def inner(a, i):
    return a[i]

@jit
def f(a, i):
    b = a[0]
    return inner(a, i) + b
"""


@pytest.mark.parametrize(
    "again",
    [RAISES, "\n\n# above\n" + RAISES, RAISES.replace("    b =", "    # one\n\n    b =  "), RAISES.replace("def f", "# x\ndef f")],
)
def test_tracebacks_have_the_lines_of_now(program, again):
    def lines(module):
        with pytest.raises(IndexError) as caught:
            module.f(np.zeros(3), 5)
        frames = traceback.extract_tb(caught.value.__traceback__)[1:]
        text = open(module.__file__).read().split("\n")
        for frame in frames:
            assert frame.filename == module.__file__
            assert frame.line == text[frame.lineno - 1].strip()
        return [(frame.name, frame.line) for frame in frames]

    first = program(RAISES)
    expected = [("f", "return inner(a, i) + b"), ("inner", "return a[i]")]
    assert lines(first) == expected
    second = program(again)
    assert lines(second) == expected
    assert second.f.stats["found"] == (again == RAISES or "b =  " not in again)


def test_a_spelling_that_moves_columns_is_compiled(program):
    text = "@jit\ndef f(a):\n    return a / (a - 2.0)\n"
    first, second = program(text), program(text.replace("a / (", "a /  ("))
    for module in (first, second):
        with pytest.raises(ZeroDivisionError):
            module.f(2.0)
    assert not found(second.f)


WARNS = """
@jit
def f(a, b):
    c = a * 2.0
    return c / b
"""


@pytest.mark.parametrize("again", [WARNS, "#\n#\n" + WARNS, WARNS.replace("    return", "    # x\n\n    return")])
def test_warnings_have_the_lines_of_now(program, again):
    args = (np.ones(3), np.zeros(3))

    def line(module):
        with pytest.warns(RuntimeWarning, match="divide by zero") as caught:
            module.f(*args)
        (warning,) = caught
        assert warning.filename == module.__file__
        return open(module.__file__).read().split("\n")[warning.lineno - 1].strip()

    first, second = program(WARNS), program(again)
    line(first)
    assert line(second) == "return c / b"
    assert found(second.f)


def test_a_warning_that_is_an_error_has_the_line_of_now(program):
    first = program(WARNS)
    with np.errstate(divide="ignore"):
        first.f(np.ones(3), np.zeros(3))
    second = program("# above\n" + WARNS)
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError) as caught:
        second.f(np.ones(3), np.zeros(3))
    assert found(second.f)
    frame = traceback.extract_tb(caught.value.__traceback__)[1]
    assert frame.line == "return c / b"


MANY = """
import dataclasses, enum, collections
from typing import NamedTuple

class Point(NamedTuple):
    x: float
    y: float = 2.0

@dataclasses.dataclass
class Ball:
    at: Point
    speed: float

    def move(self, t):
        return Ball(Point(self.at.x + self.speed * t, self.at.y), self.speed)

class Color(enum.Enum):
    RED = 1
    BLUE = 2

class Refused(ValueError):
    def __init__(self, why, code):
        super().__init__(why)
        self.code = code

TABLE = np.arange(5.0)
NAMES = {"a": 1, "b": 2}
STEPS = (1, 2.5, "x")

@jit
def moved(ball, n):
    for _ in range(n):
        ball = ball.move(0.5)
    return ball

@jit
def color(i):
    return Color.RED if i else Color.BLUE

@jit
def refuse(n):
    if n > 3:
        raise Refused("too many", n)
    return n

@jit
def table(i):
    return TABLE[i] + NAMES["b"] + STEPS[0]

@jit
def words(xs):
    d = {}
    for x in xs:
        d[x] = d.get(x, 0) + len(x)
    return sorted(d), f"{len(d)!r}"

@jit
def counted(n):
    for i in range(n):
        yield i * i, str(i)

@jit
def adders(n):
    def add(x, k=2):
        return x + n + k
    return add

@jit
def picked(f, x):
    return f(x)

@jit
def whole(a):
    return np.where(a > 2, np.sin(a) ** 2 + np.cos(a) ** 2, a.sum())

@jit
def solved(a, b):
    return np.linalg.solve(a, b)

@jit
def caught(n):
    try:
        return str(10 // n)
    except ZeroDivisionError as error:
        return str(error)

@jit
def recursive(n):
    return n if n < 2 else recursive(n - 1) + recursive(n - 2)
"""

CALLS = {
    "moved": lambda m: (m.Ball(m.Point(1.0), 2.0), 3),
    "color": lambda m: (1,),
    "refuse": lambda m: (2,),
    "table": lambda m: (3,),
    "words": lambda m: (["ab", "c", "ab"],),
    "counted": lambda m: (4,),
    "adders": lambda m: (4,),
    "picked": lambda m: (math_floor, 2.5),
    "whole": lambda m: (np.arange(6.0),),
    "solved": lambda m: (np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([1.0, 2.0])),
    "caught": lambda m: (0,),
    "recursive": lambda m: (10,),
}


def math_floor(x):
    return x // 1


@pytest.mark.parametrize("name", CALLS)
def test_everything_that_functions_have(program, name):
    module = program(MANY)
    args = CALLS[name](module)

    def seen(value):
        if name == "counted":
            value = list(value)
        return repr(value(3) if name == "adders" else value)

    expected = seen(getattr(module, name).py_func(*args))
    first = getattr(module, name)
    assert seen(first(*args)) == expected
    # A dispatcher anew, of the same function.
    second = jit(first.py_func)
    if name == "recursive":
        module.recursive = second
    assert seen(second(*args)) == expected
    assert found(second)


def test_a_users_exception_is_the_class_of_now(program):
    first = program(MANY)
    with pytest.raises(first.Refused):
        first.refuse(7)
    second = program(MANY)
    with pytest.raises(second.Refused) as caught:
        second.refuse(7)
    assert caught.value.code == 7
    assert found(second.refuse)


def test_a_method_that_changes_is_compiled(program):
    program(MANY)
    first = program(MANY)
    first.moved(first.Ball(first.Point(1.0), 2.0), 3)
    second = program(MANY.replace("self.speed * t", "self.speed * t * 2"))
    assert second.moved(second.Ball(second.Point(1.0), 2.0), 3).at.x == 7.0
    assert not found(second.moved)


def test_an_array_that_is_a_global_is_the_one_of_now(program):
    program(MANY).table(3)
    second = program(MANY.replace("np.arange(5.0)", "np.arange(5.0) * 2"))
    assert second.table(3) == 9.0
    assert found(second.table)


def test_what_is_shown_while_compiling_is_not_kept(program, capfd):
    text = "import cumbia\n@jit\ndef f(a):\n    cumbia.reveal_type(a)\n    return a\n"
    for _ in range(2):
        f = program(text).f
        f(1)
        assert not found(f)
        assert "pyint" in capfd.readouterr().err


def test_refusals_are_not_kept(program, folder):
    text = "@jit\ndef f(a):\n    return eval('a')\n"
    for _ in range(2):
        with pytest.raises(cumbia.CompileError):
            program(text).f(1)
    assert not list(folder.iterdir())


def test_signatures_given_in_advance(program):
    text = "@jit('float64(float64)')\ndef f(a):\n    return a + 1\n"
    first, second = program(text), program(text)
    assert (first.f(1.0), second.f(1.0)) == (2.0, 2.0)
    assert not found(first.f)
    assert found(second.f)


def test_the_option(program, folder):
    for option, kept in [("cache=False", False), ("cache=None", True), ("cache=True", True)]:
        text = BASE.replace("@jit\n", f"@jit({option})\n").replace("10.0", f"{10 + kept}.0")
        program(text).f(2.0)
        again = program(text).f
        assert again(2.0) == 18.0 + kept
        assert found(again) == kept


def test_functions_that_are_in_no_file(folder):
    for option, kept in [(None, False), (False, False), (True, True)]:
        for turn in range(2):
            text = f"def f(a):\n    return a + 1  # {option}\n"
            name = f"<cell {next(_NUMBERS)}>"
            linecache.cache[name] = (len(text), None, text.splitlines(True), name)
            scope = {}
            exec(compile(text, name, "exec"), scope)
            f = jit(scope["f"], cache=option)
            assert f(1) == 2
            assert found(f) == (kept and turn == 1)


def test_turned_off(program, folder, monkeypatch):
    monkeypatch.setenv("CUMBIA_CACHE", "0")
    assert twice(program, BASE) == (18.0, False)
    assert not folder.exists()


def test_a_file_under_another_name_is_none(program, folder):
    program(BASE).f(2.0)
    (log,) = folder.glob("*.log")
    other = log.with_name("0" * 64 + ".log")
    log.rename(other)
    f = program(BASE).f
    f(2.0)
    assert not found(f)
    assert _cumbia._cache_is_whole(log.name, other.read_bytes())
    assert not _cumbia._cache_is_whole(other.name, other.read_bytes())


def test_loops_go_on_in_better_code(program):
    text = """
@jit
def f(a, n):
    s = 0.0
    for j in range(n):
        for i in range(a.shape[0]):
            s += a[i] * 0.5
    return s
"""
    args = (np.ones(1000), 10)
    first, second = program(text).f, program(text).f
    assert first(*args) == second(*args) == 5000.0
    assert found(second)
    second.wait()
    assert second(*args) == 5000.0
    third = program(text).f
    assert third(*args) == 5000.0
    assert found(third)
    if _cumbia._tiers()[1]:
        assert (second.tier, third.tier) == ("best", "best")
        fast = program(text.replace("@jit", "@jit(tier='fast')")).f
        assert fast(*args) == 5000.0
        assert fast.tier == "fast"


def test_optimized_code_is_kept_from_a_moved_function(program):
    if not _cumbia._tiers()[1]:
        pytest.skip("there is no LLVM")
    text = """
@jit
def f(a, i):
    s = 0.0
    for j in range(a.shape[0]):
        s += a[j + i]
    return s
"""

    def raised_at(module):
        with pytest.raises(IndexError) as caught:
            module.f(np.ones(5), 1)
        frame = traceback.extract_tb(caught.value.__traceback__)[1]
        return frame.line

    program(text).f(np.ones(5), 0)
    for above in ("# one\n", "# one\n# two\n", ""):
        module = program(above + text)
        assert module.f(np.ones(5), 0) == 5.0
        assert found(module.f)
        assert raised_at(module) == "s += a[j + i]"
        module.f.wait()
        assert raised_at(module) == "s += a[j + i]"
        assert module.f.tier == "best"


def test_reports_of_what_was_found(program):
    text = "@jit\ndef f(a):\n    s = 0.0\n    for x in a:\n        s += x\n    return s\n"
    args = (np.ones(4),)
    first, second = program(text).f, program("# above\n" + text).f
    first(*args)
    second(*args)
    assert found(second)
    (one,), (two,) = first.inspect_ir().values(), second.inspect_ir().values()
    assert one != two and one.count("\n") == two.count("\n")
    assert str(second.explain())
    (one,), (two,) = first.inspect_asm().values(), second.inspect_asm().values()
    assert len(one.split("\n")) == len(two.split("\n"))


def test_events(program):
    program(BASE).f(2.0)
    program(BASE).f(2.0)
    kinds = [event.kind for event in cumbia.events() if event.function == "f(pyfloat, pyfloat)"]
    assert kinds[-3:] == ["stored", "compiled", "found"]


def test_pickled_functions(program):
    import pickle

    module = program(BASE)
    sys.modules[module.__name__] = module
    try:
        module.f(2.0)
        again = pickle.loads(pickle.dumps(module.f))
        assert again(2.0) == 18.0
    finally:
        del sys.modules[module.__name__]


FORMATTED = '''
@jit
def f(a):
    text = f"{a:.1f} #{{}}"
    more = 1 + \\
        2
    return text + f\'{"#"}\' + str(more)
'''


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('#{{}}"', '#{{}}"  # a comment'),
        ("        2", "        2  # two\n\n    # nothing"),
        ("str(more)", "str(more)  # with 'quotes' and \"f'{these\""),
    ],
)
def test_comments_beside_formatted_strings_and_continued_lines(program, old, new):
    assert old in FORMATTED
    assert twice(program, FORMATTED, FORMATTED.replace(old, new)) == ("2.0 #{}#3", True)


@pytest.mark.parametrize(("old", "new"), [("#{{}}", "{{}}"), ('{"#"}', '{"##"}'), ("        2", "        3")])
def test_edits_within_these_are_compiled(program, old, new):
    assert old in FORMATTED
    assert twice(program, FORMATTED, FORMATTED.replace(old, new))[1] is False


def test_tracebacks_below_a_continued_line_have_the_lines_of_now(program):
    text = '@jit\ndef f(a):\n    b = a + \\\n        1\n    c = f"{b}"\n    return 1 // (a - a), c\n'
    again = text.replace("    c =", "    # one\n    # two\n    c =").replace("        1", "        1  # last")
    for state, line in ((text, 9), (again, 11)):
        with pytest.raises(ZeroDivisionError) as caught:
            program(state).f(2)
        assert caught.traceback[-1].lineno + 1 == line
