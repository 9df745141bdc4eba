"""The examples of NumPy's own docstrings, each statement as a function of the variables before it.

The docstrings are those of the installed NumPy, found by `documented.MODULES`, of the methods
of arrays and of generators. A *step* is one example (`>>> ...`): its text, and what the names
in it stood for when Python came to it. Those that are data become parameters; modules and
functions stay globals. An expression is what the function returns, an assignment to names is
its right side, other statements are run as they are. Imports and definitions are only run.

Compared are value, type, dtype, shape, exception and text, warnings, what is printed, and the
arguments afterwards. Layouts and shared memory are other tests' matters.

`python -m tests.library.documented_examples [PREFIX ...] [-r]` prints what differs and counts;
`-r` prints what is refused, too.
"""

import ast
import contextlib
import copy
import doctest
import inspect
import io
import linecache
import os
import sys
import tempfile
import types
import warnings
from typing import Any, NamedTuple

import numpy as np

from cumbia import CompileError, jit
from tests.library.documented import MODULES, functions, methods
from tests.library.sweep import compare
from tests.python.harness import copy_arguments

# The rest of a docstring is left out where it comes to one of these: it draws, or reads
# and writes files, or changes how numbers are shown.
ELSEWHERE = (
    "matplotlib", "plt.", "open(", "StringIO", "TemporaryFile", "tempfile", ".npy", ".npz", "printoptions",
    "set_printoptions", "seterr", "np.save", "np.load", "memmap", "tofile", "%timeit", "dtype=object", "np.ma.",
    "np.matrix", "np.asmatrix", "192163377", "for iteration",
)
# Of memory that nobody has written, or of the operating system's numbers.
OPEN = ("np.empty", "default_rng()", "object at 0x", "id(")
# These take long, and are other tests' matter.
APART = ("np.random", "Generator.")
# Examples that come to a row of the table in docs/semantics.md, by docstring and number.
DOCUMENTED = {
    ("np.arange", 4): "a Python integer beyond 64 bits",
    ("np.asarray_chkfinite", 3): "several numeric types in one list",
    ("np.common_type", 0): "a NumPy scalar class that is returned",
    ("np.common_type", 1): "a NumPy scalar class that is returned",
    ("np.common_type", 2): "a NumPy scalar class that is returned",
    ("np.copysign", 2): "RuntimeWarning of NumPy's scalars",
    ("np.copysign", 3): "RuntimeWarning of NumPy's scalars",
    ("np.cos", 5): "`out=` of an elementwise function",
    ("np.cov", 13): "several numeric types in one list",
    ("np.cov", 14): "several numeric types in one list",
    ("np.cross", 12): "`np.cross` of two vectors with two elements",
    ("np.fromiter", 1): "a generator as a result is another object",
    ("np.isfinite", 6): "RuntimeWarning of whole-array arithmetic",
    ("np.isnan", 3): "RuntimeWarning of whole-array arithmetic",
    ("np.linalg.cholesky", 6): "several numeric types in one list",
    ("np.linalg.eig", 2): "`np.linalg.eig`, `eigvals` of a real matrix",
    ("np.linalg.eig", 13): "`np.linalg.eig`, `eigvals` of a real matrix",
    ("np.linalg.eigvals", 6): "`np.linalg.eig`, `eigvals` of a real matrix",
    ("np.linalg.eigvals", 9): "`np.linalg.eig`, `eigvals` of a real matrix",
    ("np.linalg.norm", 15): "RuntimeWarning of what functions compute inside",
    ("np.linalg.norm", 19): "RuntimeWarning of what functions compute inside",
    ("np.linalg.norm", 22): "RuntimeWarning of what functions compute inside",
    ("np.log", 1): "RuntimeWarning of whole-array arithmetic",
    ("np.log10", 1): "RuntimeWarning of whole-array arithmetic",
    ("np.median", 12): "`overwrite_input=True`",
    ("np.median", 15): "`overwrite_input=True`",
    ("np.nanmedian", 9): "`overwrite_input=True`",
    ("np.nanmedian", 12): "`overwrite_input=True`",
    ("np.nanpercentile", 13): "`overwrite_input=True`",
    ("np.nanquantile", 13): "`overwrite_input=True`",
    ("np.partition", 4): "`np.partition`",
    ("np.percentile", 12): "`overwrite_input=True`",
    ("np.quantile", 12): "`overwrite_input=True`",
    ("np.polynomial.polynomial.polyroots", 1): "`polyroots`",
    ("np.polynomial.polynomial.polyroots", 2): "`polyroots`",
    ("np.require", 2): "`a.flags` can't be returned",
    ("np.require", 4): "`a.flags` can't be returned",
    ("np.roots", 1): "several numeric types in one list",
    ("np.sinh", 7): "`out=` of an elementwise function",
    ("np.sqrt", 3): "RuntimeWarning of whole-array arithmetic",
    ("np.tan", 6): "`out=` of an elementwise function",
    ("np.tanh", 5): "`out=` of an elementwise function",
    ("np.unique_values", 1): "`np.unique_values`: order is open",
}
# What sums in another order, or has last digits of its own (docs/semantics.md).
RTOL = 1e-13
CLASSES = {"ndarray": np.ndarray, "Generator": np.random.Generator}
GLOBALS = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)


class Step(NamedTuple):
    """One example of a docstring."""

    name: str
    number: int
    source: str
    globals: dict
    arguments: dict

    def __str__(self):
        return f"{self.name} [{self.number}] {self.source.strip()}"


class Result(NamedTuple):
    """What a step did: an outcome as a word, and what there is to say."""

    word: str
    text: str = ""


def documented():
    """Names and docstrings, each docstring once."""
    seen = set()
    for module, found in MODULES.items():
        for name in functions(found):
            yield from once(f"{module}.{name}".replace("numpy.", "np."), getattr(found, name), seen)
    for name, cls in CLASSES.items():
        for method in methods(cls):
            yield from once(f"{name}.{method}", getattr(cls, method), seen)


def once(name, found, seen):
    text = inspect.getdoc(found)
    if text and ">>>" in text and text not in seen:
        seen.add(text)
        yield name, text


def steps(name, text):
    """The steps of a docstring; each is run by Python once the caller is done with it."""
    namespace = {"np": np}
    try:
        examples = doctest.DocTestParser().get_examples(text)
    except ValueError:
        return
    for number, example in enumerate(examples):
        if any(word in example.source for word in ELSEWHERE):
            return
        opened = any(word in example.source for word in OPEN)
        made = None if opened else step(name, number, example.source, namespace)
        if made is not None:
            yield made
        with quiet():
            try:
                exec(compile(example.source, "<example>", "exec"), namespace)
            except ImportError:
                return
            except Exception:
                pass


@contextlib.contextmanager
def quiet():
    """Without warnings, output and display; the folder is one that is thrown away."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def step(name, number, source, namespace):
    """A step, or None for what is only run."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    if any(isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)) for node in ast.walk(tree)):
        return None
    used = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    known = {key: namespace[key] for key in dict.fromkeys(used) if key in namespace}
    arguments = {k: v for k, v in known.items() if not isinstance(v, (*GLOBALS, np.ufunc))}
    try:
        arguments = dict(zip(arguments, copy_arguments(tuple(arguments.values()), {})[0]))
    except Exception:
        return None
    try:
        arguments = copy.deepcopy(arguments)
        copy_arguments(tuple(arguments.values()), {})
    except Exception:
        return None
    kept = {k: v for k, v in known.items() if k not in arguments}
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        tree.body[-1] = ast.Return(last.value)
    elif isinstance(last, ast.Assign) and all(
        isinstance(node, (ast.Name, ast.Tuple)) for node in last.targets
    ):
        if isinstance(last.value, ast.Lambda):
            return None
        tree.body[-1] = ast.Return(last.value)
    elif bound - set(arguments):
        fresh = ast.Tuple([ast.Name(k, ast.Load()) for k in sorted(bound)], ast.Load())
        if not isinstance(last, (ast.For, ast.With)):
            tree.body.append(ast.Return(fresh))
    body = "\n".join("    " + line for line in ast.unparse(ast.fix_missing_locations(tree)).split("\n"))
    text = f"def f({', '.join(arguments)}):\n{body}\n"
    return Step(name, number, text, kept, arguments)


def made(step):
    """The function of a step, with a source that can be found."""
    file = f"<example {step.name} {step.number}>"
    linecache.cache[file] = (len(step.source), None, step.source.splitlines(True), file)
    namespace = dict(step.globals)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(step.source, file, "exec"), namespace)
    return namespace["f"]


class Seen(NamedTuple):
    """What a call did."""

    value: Any
    error: Any
    issued: list
    printed: str
    arguments: tuple


def call(function, arguments):
    """Call a function on copies."""
    args, _ = copy_arguments(copy.deepcopy(arguments), {})
    value = error = None
    printed = io.StringIO()
    with warnings.catch_warnings(record=True) as issued, contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        np.random.seed(5)
        try:
            value = function(*args)
        except Exception as caught:
            error = caught
    texts = [f"{one.category.__name__}: {one.message}" for one in issued]
    return Seen(value, error, texts, printed.getvalue(), args)


def outcome(step, rtol=RTOL):
    """What a step does, compiled and not."""
    arguments = tuple(step.arguments.values())
    function = made(step)
    want = call(function, arguments)
    got = call(jit(function), arguments)
    if isinstance(got.error, CompileError):
        return Result("refused", f"{got.error.code}: {got.error}")
    if isinstance(got.error, TypeError) and str(got.error).startswith("argument '"):
        # An argument that compiled code doesn't take, by name.
        return Result("refused", str(got.error))
    text = difference(want, got, rtol)
    return Result("equal") if text is None else Result("different", text)


def difference(want, got, rtol):
    """Where two calls differ, as a text."""
    if want.error is not None or got.error is not None:
        if type(want.error) is type(got.error) and str(want.error) == str(got.error):
            return None
        show = lambda one: f"{type(one.error).__name__}: {one.error}" if one.error is not None else repr(one.value)
        return f"{show(want)} became {show(got)}"
    if want.issued != got.issued:
        return f"warnings {want.issued} became {got.issued}"
    if want.printed != got.printed:
        return f"printed {want.printed!r} became {got.printed!r}"
    return compare(plain(want.value), plain(got.value), rtol) or compare(
        plain(want.arguments), plain(got.arguments), rtol
    )


def plain(value):
    """A value for comparison: NaT and generators are equal to nothing, not even themselves."""
    if isinstance(value, (tuple, list)):
        return type(value)(map(plain, value)) if type(value) in (tuple, list) else tuple(map(plain, value))
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "mM":
        return (str(value.dtype), np.asarray(value).view(np.int64))
    if isinstance(value, np.random.Generator):
        return str(value.bit_generator.state)
    return value


def main(words):
    listed = "-r" in words
    prefixes = tuple(word for word in words if not word.startswith("-"))
    counts = {"equal": 0, "documented": 0, "refused": 0, "different": 0}
    os.chdir(tempfile.mkdtemp())
    for name, text in documented():
        if prefixes and not name.startswith(prefixes):
            continue
        for one in steps(name, text):
            result = outcome(one)
            if result.word == "different" and (one.name, one.number) in DOCUMENTED:
                result = Result("documented", result.text)
            counts[result.word] += 1
            if result.word == "different" or (listed and result.word == "refused"):
                shown = {k: v for k, v in one.arguments.items()}
                print(f"--- {result.word}: {one}\n    with {shown!r:.300}\n    {result.text:.700}", flush=True)
    print(counts)


if __name__ == "__main__":
    main(sys.argv[1:])
