"""The source text of a function, proven to be what Python runs.

Text is taken when the decorator runs: from `linecache` (files, IPython cells, doctests,
the REPL of 3.13), from IPython's history (``%%time`` cells), or from the user. The
function in it is recognised by compiling the text and comparing code objects with
``func.__code__``, so that lambdas on one line are told apart and a file that was edited
after it was imported is noticed. Text that doesn't compile to the function's own code is
never returned.

It assumes CPython, whose compiler gives the same code for the same text. It does not
parse for the compiler, and it doesn't look at what the function does.

Most functions are found by cutting their lines out by indentation and compiling only
those. What such a guess can't settle (a lambda inside a longer statement, class-private
names, a file whose lines have moved) takes the whole text: it is parsed once and kept,
and only the top-level statement at hand is compiled, so that a module of a thousand
decorated functions stays linear.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cumbia._errors import SourceError
from cumbia._statements import (
    FUTURE_FLAGS,
    Statement,
    enclosing,
    is_rewritten,
    module_of,
    parse,
    searching,
    under_if,
)

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator
    from types import CodeType, FunctionType

__all__ = ["SNAPSHOT", "SourceText", "capture"]

SNAPSHOT = "__cumbia_source__"
"""The function attribute that holds a `SourceText`, so that it travels in a pickle."""

# `%timeit -n 10 -r1 -q`, in front of the statement.
_TIMEIT_OPTIONS = re.compile(r"^\s*(?:-[nrpv]\s*\S+\s+|-[tcqo]+\s+|--\s+)+")
_CUTS_TRIED = 16
_LAMBDAS_ALONE = 4


@dataclass(frozen=True)
class SourceText:
    """The lines of one function, as they stand in its file or cell.

    Attributes
    ----------
    text : str
        From the line of ``def`` to the function's last line, with the original columns
        and without decorators; for a lambda the lines of the statement that holds it.
        Where those lines can't be parsed by themselves (``else: f = lambda x: x``), all
        but the lambda is blank and the lambda stands in parentheses at its own place.
    filename : str
        The code object's file name, such as ``"<ipython-input-1-...>"``.
    first_line : int
        The line of the file that is the first of `text`, counted from 1.
    qualname, name : str
        As the function has them.
    kind : {'def', 'lambda'}
        What defines the function.
    def_line : int
        The line of the file with the ``def`` or ``lambda`` keyword.
    indent : int
        How many columns of white space precede the first line.
    lambda_col : (int, int) or None
        Line of the file, and UTF-8 byte offset in it, of the ``lambda`` keyword.

    Examples
    --------
    >>> from cumbia._source import capture
    >>> def double(x):
    ...     return 2 * x
    >>> captured = capture(double)
    >>> captured.kind, captured.first_line
    ('def', 1)
    >>> print(captured.text, end="")
    def double(x):
        return 2 * x
    """

    text: str
    filename: str
    first_line: int
    qualname: str
    name: str
    kind: str
    def_line: int
    indent: int
    lambda_col: tuple[int, int] | None = None

    def as_tuple(self) -> tuple:
        """What the native dispatcher takes.

        Returns
        -------
        tuple
            ``(text, filename, first_line, qualname, name, kind, lambda_line,
            lambda_col, indent)``; the two of the lambda are None for a ``def``.
        """
        line, column = self.lambda_col or (None, None)
        return (
            self.text,
            self.filename,
            self.first_line,
            self.qualname,
            self.name,
            self.kind,
            line,
            column,
            self.indent,
        )


def capture(func: FunctionType, *, source: str | SourceText | None = None) -> SourceText:
    """Take the source of `func` and prove that it is the function's.

    Parameters
    ----------
    func : function
        A Python function or lambda.
    source : str or SourceText, optional
        Text that holds the function, for where Python has none. It is verified as any
        other text is, except that line numbers may differ.

    Returns
    -------
    SourceText

    Raises
    ------
    SourceError
        When there is no text, or none that compiles to ``func.__code__``.

    Examples
    --------
    >>> from cumbia._source import capture
    >>> first, second = lambda x: x + 1, lambda x: x + 2
    >>> capture(second).lambda_col
    (1, 33)
    >>> scope = {}
    >>> exec("def f(x): return x", scope)
    >>> capture(scope["f"], source="def f(x): return x").text
    'def f(x): return x'
    """
    try:
        return _capture(func, source)
    except RecursionError:
        raise SourceError(
            f"{_called(func)} holds an expression or a chain of elif with so many links that "
            "Python's own parser can't walk it. Split it into several statements.",
            "CB0106",
        ) from None


def _capture(func: FunctionType, source: str | SourceText | None) -> SourceText:
    if isinstance(source, SourceText):
        found = _from_snapshot(func, source)
        if found is None:
            raise SourceError(_not_this_function(func), "CB0103")
        return found
    if source is not None:
        return _from_given_text(func, source)

    snapshot = func.__dict__.get(SNAPSHOT)
    if isinstance(snapshot, SourceText):
        found = _from_snapshot(func, snapshot)
        if found is not None:
            return found

    code = func.__code__
    seen = False
    for lines in _texts(func):
        seen = True
        found = _in_block(func, lines, code.co_firstlineno) or _in_text(func, lines)
        if found is not None:
            return found
    if is_rewritten(code):
        raise SourceError(
            f"{_called(func)} was altered when its module was imported: pytest rewrote its "
            "assert statements in a way that can't be repeated here. Move it to a module that "
            "isn't a test, or put PYTEST_DONT_REWRITE into the docstring of the test module.",
            "CB0105",
        )
    raise _stale(func) if seen else _missing(func)


def _from_snapshot(func: FunctionType, snapshot: SourceText) -> SourceText | None:
    lines = _lines(snapshot.text)
    start = snapshot.def_line - snapshot.first_line + 1
    if snapshot.kind == "def":
        above = snapshot.def_line - func.__code__.co_firstlineno
        if above > 0:
            indent = lines[0][: snapshot.indent]
            lines = [f"{indent}@_\n", *["\n"] * (above - 1), *lines]
    return _in_block(func, lines, start) or _in_snippet(func, lines, True)


def _from_given_text(func: FunctionType, source: str) -> SourceText:
    if not isinstance(source, str):
        raise TypeError(f"source is the function's text, not {source!r}")
    lines = _lines(source)
    try:
        parse(under_if("".join(lines))[0], 0)
    except (SyntaxError, ValueError) as error:
        raise SourceError(
            f"the source given for {_called(func)} is not valid Python: {error}", "CB0103"
        ) from None
    found = _in_snippet(func, lines, True) or _in_snippet(func, lines, False)
    if found is None:
        raise SourceError(_not_this_function(func), "CB0103")
    return found


def _lines(text: str) -> list[str]:
    """Split as Python's tokenizer does; `str.splitlines` knows more line ends."""
    parts = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = [part + "\n" for part in parts[:-1]]
    return lines + [parts[-1]] if parts[-1] else lines


# Where text comes from


def _texts(func: FunctionType) -> Iterator[list[str]]:
    """Yield the texts that may hold `func`, the likeliest first."""
    import linecache

    code = func.__code__
    filename = code.co_filename
    by_code = getattr(linecache, "_getlines_from_code", None)
    if by_code is not None:
        lines = by_code(code)
        if lines:
            yield lines
    kept = linecache.getlines(filename, func.__globals__)
    if kept:
        yield kept
    if not _invented(filename):
        linecache.checkcache(filename)
        fresh = linecache.getlines(filename, func.__globals__)
        if fresh and fresh != kept:
            yield fresh
    if filename in ("<timed exec>", "<timed eval>", "<magic-timeit>"):
        yield from _timed_texts(code.co_name)


def _timed_texts(name: str) -> Iterator[list[str]]:
    """Yield what ``%time``, ``%timeit`` and their like ran, the latest first.

    The magics compile their body under a name that `linecache` doesn't know, while the
    whole cell, in which they are calls with the body as a literal, is in the history.
    """
    shell = _shell()
    if shell is None:
        return
    word = "lambda" if name == "<lambda>" else name
    for cell in reversed(shell.history_manager.input_hist_parsed):
        if word in cell and "run_" in cell:
            yield from _magic_bodies(shell, cell)


def _magic_bodies(shell: Any, cell: str) -> Iterator[list[str]]:
    import ast

    try:
        tree = ast.parse(cell)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in ("run_cell_magic", "run_line_magic") or not node.args:
            continue
        # What runs is the last argument; behind the options of `%timeit` that is a statement,
        # and before the cell of `%%timeit` its setup.
        for body in reversed(node.args[1:]):
            if not (isinstance(body, ast.Constant) and isinstance(body.value, str)):
                continue
            without = _TIMEIT_OPTIONS.sub("", body.value, count=1)
            for one in dict.fromkeys((body.value, without)):
                if not one.strip():
                    continue
                text = shell.transform_cell(one)
                yield _lines(text)
                if "run_cell_magic" in text:
                    yield from _magic_bodies(shell, text)


def shown_name(filename: str) -> str:
    """What a file is called in messages: a cell of a notebook by its number.

    Parameters
    ----------
    filename : str
        As code objects have it.

    Returns
    -------
    str
        ``Cell In[3]`` for a cell, else the name itself.

    Examples
    --------
    >>> from cumbia._source import shown_name
    >>> shown_name("kernel.py")
    'kernel.py'
    """
    shell = _shell()
    name_of = getattr(getattr(shell, "compile", None), "format_code_name", None)
    try:
        words = name_of(filename) if name_of is not None else None
    except Exception:
        # A shell of somebody else's: the name as it is does no harm.
        words = None
    return filename if not words else " ".join(words)


def is_library(filename: str) -> bool:
    """Whether a file is Python's own or of an installed package, and so not the user's.

    Parameters
    ----------
    filename : str
        As code objects have it.

    Returns
    -------
    bool

    Examples
    --------
    >>> import json
    >>> from cumbia._source import is_library
    >>> is_library(json.__file__), is_library("kernel.py")
    (True, False)
    """
    import sysconfig

    places = sysconfig.get_paths()
    return any(filename.startswith(places[name] + "/") for name in ("stdlib", "purelib", "platlib"))


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def _invented(filename: str) -> bool:
    return filename.startswith("<") and filename.endswith(">")


# Finding the function in a text


def _in_block(func: FunctionType, lines: list[str], start: int) -> SourceText | None:
    """Look at the function's own lines alone, which begin at line `start`."""
    code = func.__code__
    if not 1 <= start <= len(lines):
        return None
    flags = code.co_flags & FUTURE_FLAGS
    one_line = code.co_name == "<lambda>"
    if one_line and lines[start - 1].count("lambda") > _LAMBDAS_ALONE:
        return None
    for block in [lines[start - 1 : start]] if one_line else _blocks(lines, start - 1):
        text, above = under_if("".join(block))
        try:
            tree = parse(text, flags)
        except (SyntaxError, ValueError):
            continue
        if code.co_freevars:
            tree.body = [enclosing(code.co_freevars, tree.body)]
        found = None
        bare = Statement(tree.body, flags)
        # Whether a call of a module's function compiles as that of a method depends on
        # the module's own import statements, which aren't in this block.
        for imports in _likely_imports(func):
            statement = bare.importing(imports)
            found = statement.find(code)
            if found is not None:
                break
        if found is None or found[1] != 1 + above:
            return None
        offset = start - 1 - above
        moved = code.co_firstlineno - 1 - above
        return _describe(func, statement, found[0], lines, offset, moved)
    return None


def _likely_imports(func: FunctionType) -> Iterator[list]:
    """Yield the import statements that may be in the module of `func`, the likeliest first."""
    modules = _imports_of(func)
    yield modules
    if modules:
        yield []
    members = _imports_of(func, members=True)
    if members and [one.name for one in members[0].names] != [
        one.name for one in (modules[0].names if modules else ())
    ]:
        yield members


def _imports_of(func: FunctionType, members: bool = False) -> list:
    """Import statements for the modules among the globals that `func` names.

    With `members` also for what comes from other modules, as `from itertools import chain`.
    """
    import ast

    waiting, names = [func.__code__], set()
    while waiting:
        code = waiting.pop()
        # A local by the name of an imported module is called by other instructions, too.
        names.update(code.co_names, code.co_varnames, code.co_cellvars, code.co_freevars)
        waiting += [one for one in code.co_consts if isinstance(one, type(code))]

    def imported(value: Any) -> bool:
        if isinstance(value, type(sys)):
            return True
        return members and getattr(value, "__module__", func.__module__) != func.__module__

    modules = [
        ast.alias(name=name)
        for name in sorted(names)
        if name in func.__globals__ and imported(func.__globals__[name])
    ]
    return [ast.fix_missing_locations(ast.Import(names=modules))] if modules else []


def _in_snippet(
    func: FunctionType, lines: list[str], lines_must_agree: bool
) -> SourceText | None:
    """Look at a text that may be a piece of a file, without what is around it."""
    code = func.__code__
    flags = code.co_flags & FUTURE_FLAGS
    text, above = under_if("".join(lines))
    try:
        body = parse(text, flags).body
    except (SyntaxError, ValueError):
        return None
    for around in (False, True):
        statement = Statement(
            [enclosing(code.co_freevars, body)] if around else body, flags
        )
        found = statement.find(code, lines_must_agree)
        if found is not None:
            node, line = found
            _refuse_private_names(func, statement, node)
            moved = code.co_firstlineno - line
            return _describe(func, statement, node, lines, -above, moved)
    return None


def _blocks(lines: list[str], start: int) -> Iterator[list[str]]:
    """Yield the lines of the definition at `start`, cut where it may end."""
    first = lines[start]
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    header = False
    tries = 0
    for at in range(start, len(lines)):
        line = lines[at]
        rest = line.lstrip(" \t")
        if not rest.strip() or rest[0] == "#":
            continue
        if line.startswith(indent) and len(line) - len(rest) > len(indent):
            continue
        if not header:
            header = rest.startswith(("def ", "def\t", "async ", "def\\"))
            continue
        yield lines[start:at]
        tries += 1
        if tries == _CUTS_TRIED:
            return
    if header:
        yield lines[start:]


def _in_text(func: FunctionType, lines: list[str]) -> SourceText | None:
    """Look at a whole text, also for a function whose lines have moved."""
    code = func.__code__
    flags = code.co_flags & FUTURE_FLAGS
    best = None
    with searching:
        module = module_of(code.co_filename, lines, flags)
        if module is None:
            return None
        for statement in module.near(code.co_firstlineno):
            found = statement.find(code)
            if found is None:
                continue
            shift = found[1] - code.co_firstlineno
            if best is None or abs(shift) < abs(best[1]):
                best = found[0], shift, statement
            if shift == 0:
                break
        if best is None:
            return None
        node, shift, statement = best
        _refuse_private_names(func, statement, node)
        return _describe(func, statement, node, lines, 0, -shift)


def _refuse_private_names(func: FunctionType, statement: Statement, node: Any) -> None:
    private = statement.private_name(node)
    if private is not None:
        raise SourceError(
            f"{_called(func)} is in a class and uses the name {private!r}, which Python "
            "replaces by one that belongs to the class. Rename it so that it doesn't begin "
            "with two underscores.",
            "CB0104",
        )


# The result


def _describe(
    func: FunctionType,
    statement: Statement,
    node: Any,
    lines: list[str],
    offset: int,
    moved: int,
) -> SourceText:
    """Cut `node` out of `lines`.

    ``node.lineno + offset`` is its line in `lines`, ``node.lineno + moved`` its line as
    the code object counts.
    """
    is_lambda = func.__code__.co_name == "<lambda>"
    if is_lambda:
        text, first = _holding_lines(statement, node, lines, offset)
    else:
        first = node.lineno + offset
        text = "".join(lines[first - 1 : node.end_lineno + offset])
    line = node.lineno + moved
    return SourceText(
        text=text,
        filename=func.__code__.co_filename,
        first_line=first - offset + moved,
        qualname=func.__qualname__,
        name=func.__name__,
        kind="lambda" if is_lambda else "def",
        def_line=line,
        indent=len(text) - len(text.lstrip(" \t")),
        lambda_col=(line, node.col_offset) if is_lambda else None,
    )


def _holding_lines(
    statement: Statement, node: Any, lines: list[str], offset: int
) -> tuple[str, int]:
    """The lines of the innermost statement around a lambda, and the number of the first."""
    holder = statement.holder(node)
    first = min(
        [holder.lineno, *(one.lineno for one in getattr(holder, "decorator_list", ()))]
    )
    text = "".join(lines[first + offset - 1 : holder.end_lineno + offset])
    if (node.lineno - first, node.col_offset) in statement.lambda_places(holder, text):
        return text, first + offset
    first, last = node.lineno + offset, node.end_lineno + offset
    return _isolated(node, lines[first - 1 : last]), first


def _isolated(node: Any, lines: list[str]) -> str:
    """Blank all but a lambda, and put it in parentheses."""
    rows = [line.encode() for line in lines]
    before = node.col_offset
    rows[-1] = rows[-1][: node.end_col_offset] + (b")\n" if before else b"\n")
    if before:
        rows[0] = b" " * (before - 1) + b"(" + rows[0][before:]
    return b"".join(rows).decode()


# What is said when it fails


def _called(func: FunctionType) -> str:
    name = "a lambda" if func.__name__ == "<lambda>" else f"{func.__qualname__}()"
    return f"{name} at {func.__code__.co_filename}:{func.__code__.co_firstlineno}"


_WAYS_OUT = (
    "put the function into a file or a notebook cell, pass its text with "
    "jit(source=...), or register the text in linecache.cache before calling exec"
)


def _missing(func: FunctionType) -> SourceError:
    filename = func.__code__.co_filename
    if _invented(filename):
        why = "it was made by exec, eval or an interactive prompt that keeps no text"
    else:
        why = f"the file can't be read, and no copy of it was kept: {filename}"
    return SourceError(
        f"the source of {_called(func)} is not available: {why}. To compile it, {_WAYS_OUT}; "
        "a jitted function that is pickled with its snapshot needs no file.",
        "CB0101",
    )


def _stale(func: FunctionType) -> SourceError:
    return SourceError(
        f"the source of {_called(func)} is not what Python runs: the text there no longer "
        "compiles to the function's code. It was edited after it was imported, or an import "
        "hook altered the code. Import the module again (restart the process or the kernel), "
        "or pass the text the function was made from with jit(source=...).",
        "CB0102",
    )


def _not_this_function(func: FunctionType) -> str:
    return (
        f"the source given is not that of {_called(func)}: no function in it compiles to the "
        "same code. Pass the text exactly as it was when Python compiled it, with the function "
        "around it when it uses names from there."
    )
