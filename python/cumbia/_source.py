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

import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cumbia._errors import SourceError

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator
    from types import CodeType, FunctionType

__all__ = ["SNAPSHOT", "SourceText", "capture"]

SNAPSHOT = "__cumbia_source__"
"""The function attribute that holds a `SourceText`, so that it travels in a pickle."""

_FUTURE_FLAGS = 0x1FE0000
_SHAPE_FLAGS = 0x04 | 0x08 | 0x20 | 0x80 | 0x200 | _FUTURE_FLAGS
_TOP_LEVEL_AWAIT = 0x2000
_ONLY_AST = 0x400
_MARKER = 1 << 20
_MODULES_KEPT = 4
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
    if _rewritten(code):
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
        _parse(_under_if("".join(lines))[0], 0)
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


def _under_if(text: str) -> tuple[str, int]:
    """Make indented statements parse, and say how many lines that put above them."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return ("if 1:\n" + text, 1) if first[:1] in (" ", "\t") else (text, 0)


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
    if filename in ("<timed exec>", "<timed eval>"):
        yield from _timed_texts(code.co_name)


def _timed_texts(name: str) -> Iterator[list[str]]:
    """Yield what ``%time`` and ``%%time`` ran, the latest first.

    The magics compile their body under a name that `linecache` doesn't know, while the
    whole cell, in which they are calls with the body as a literal, is in the history.
    """
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive is not None else None
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
        body = node.args[-1]
        if isinstance(body, ast.Constant) and isinstance(body.value, str) and body.value:
            text = shell.transform_cell(body.value)
            yield _lines(text)
            if "run_cell_magic" in text:
                yield from _magic_bodies(shell, text)


def _invented(filename: str) -> bool:
    return filename.startswith("<") and filename.endswith(">")


# Finding the function in a text


def _in_block(func: FunctionType, lines: list[str], start: int) -> SourceText | None:
    """Look at the function's own lines alone, which begin at line `start`."""
    code = func.__code__
    if not 1 <= start <= len(lines):
        return None
    flags = code.co_flags & _FUTURE_FLAGS
    one_line = code.co_name == "<lambda>"
    if one_line and lines[start - 1].count("lambda") > _LAMBDAS_ALONE:
        return None
    for block in [lines[start - 1 : start]] if one_line else _blocks(lines, start - 1):
        text, above = _under_if("".join(block))
        try:
            tree = _parse(text, flags)
        except (SyntaxError, ValueError):
            continue
        if code.co_freevars:
            tree.body = [_enclosing(code.co_freevars, tree.body)]
        found = None
        # Whether a call of a module's function compiles as that of a method depends on
        # the module's own import statements, which aren't in this block.
        for imports in ((), _imports_of(func), _imports_of(func, members=True)):
            statement = _Statement(tree.body, flags, imports)
            found = statement.find(code)
            if found is not None:
                break
        if found is None or found[1] != 1 + above:
            return None
        offset = start - 1 - above
        moved = code.co_firstlineno - 1 - above
        return _describe(func, statement, found[0], lines, offset, moved)
    return None


def _imports_of(func: FunctionType, members: bool = False) -> list:
    """Import statements for the modules among the globals that `func` names.

    With `members` also for what comes from other modules, as `from itertools import chain`.
    """
    import ast

    waiting, names = [func.__code__], set()
    while waiting:
        code = waiting.pop()
        names.update(code.co_names)
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


def _module_imports(nodes: list) -> list:
    """The import statements of a module's own scope."""
    import ast

    found = []
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found.append(node)
        elif isinstance(node, ast.ImportFrom):
            # One of `__future__` must stand first, and is in the flags already.
            if node.module != "__future__" and not any(one.name == "*" for one in node.names):
                found.append(node)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.expr)):
            waiting += ast.iter_child_nodes(node)
    return found


def _in_snippet(
    func: FunctionType, lines: list[str], lines_must_agree: bool
) -> SourceText | None:
    """Look at a text that may be a piece of a file, without what is around it."""
    code = func.__code__
    flags = code.co_flags & _FUTURE_FLAGS
    text, above = _under_if("".join(lines))
    try:
        body = _parse(text, flags).body
    except (SyntaxError, ValueError):
        return None
    for around in (False, True):
        statement = _Statement(
            [_enclosing(code.co_freevars, body)] if around else body, flags
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


def _enclosing(names: tuple[str, ...], body: list) -> ast.FunctionDef:
    """Put `body` into a function that has `names` as local variables."""
    tree = _parse(f"def _({', '.join(names)}): pass", 0)
    tree.body[0].name = "<around>"
    tree.body[0].body = body
    return tree.body[0]


def _in_text(func: FunctionType, lines: list[str]) -> SourceText | None:
    """Look at a whole text, also for a function whose lines have moved."""
    code = func.__code__
    flags = code.co_flags & _FUTURE_FLAGS
    best = None
    with _searching:
        module = _module(code.co_filename, lines, flags)
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


def _refuse_private_names(func: FunctionType, statement: _Statement, node: Any) -> None:
    private = statement.private_name(node)
    if private is not None:
        raise SourceError(
            f"{_called(func)} is in a class and uses the name {private!r}, which Python "
            "replaces by one that belongs to the class. Rename it so that it doesn't begin "
            "with two underscores.",
            "CB0104",
        )


class _Module:
    """A parsed text, whose statements are compiled when asked for."""

    def __init__(self, lines: list[str], flags: int) -> None:
        self.lines = lines
        self.flags = flags
        self.starts: list[int] = []
        self.statements: list[_Statement] = []
        nodes = _parse("".join(lines), flags).body
        imports = _module_imports(nodes)
        for node in nodes:
            above = getattr(node, "decorator_list", None)
            self.starts.append(min([node.lineno, *(one.lineno for one in above or ())]))
            self.statements.append(_Statement([node], flags, imports))

    def near(self, line: int) -> Iterator[_Statement]:
        """Yield every statement, those of `line` first."""
        from bisect import bisect_left, bisect_right

        stop = bisect_right(self.starts, line)
        first = bisect_left(self.starts, self.starts[stop - 1]) if stop else 0
        yield from self.statements[first:stop]
        yield from self.statements[:first]
        yield from self.statements[stop:]


def _module_imports(body: list) -> Iterator[Any]:
    """Yield the import statements at module level, those in its blocks included."""
    import ast

    waiting = list(body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if getattr(node, "module", None) != "__future__":
                yield node
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            waiting += [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt)]
            waiting += [
                one
                for holder in (*getattr(node, "handlers", ()), *getattr(node, "cases", ()))
                for one in holder.body
            ]


_searching = threading.Lock()
_modules: OrderedDict[tuple[str, int], _Module | None] = OrderedDict()


def _module(filename: str, lines: list[str], flags: int) -> _Module | None:
    key = filename, flags
    known = _modules.get(key)
    if known is not None and known.lines == lines:
        _modules.move_to_end(key)
        return known
    try:
        module = _Module(list(lines), flags)
    except (SyntaxError, ValueError):
        return None
    _modules[key] = module
    _modules.move_to_end(key)
    while len(_modules) > _MODULES_KEPT:
        _modules.popitem(last=False)
    return module


class _Statement:
    """Statements that are compiled together, and the functions defined in them."""

    def __init__(self, body: list, flags: int, imports: Iterable = ()) -> None:
        self.body = body
        self.flags = flags
        self.imports = list(imports)
        self._nodes: dict[tuple[str, int], list] | None = None
        self._codes: dict[str, list[CodeType]] | None = None
        self._marked: dict[tuple[str, int], list[tuple[CodeType, Any]]] = {}
        self._places: dict[int, set[tuple[int, int]]] = {}
        self._rewritten: _Statement | None = None

    def find(
        self, code: CodeType, lines_must_agree: bool = True
    ) -> tuple[ast.AST, int] | None:
        """Return the node that compiles to `code`, and its first line, or None."""
        if not any(name == code.co_name for name, _ in self.nodes()):
            return None
        if _rewritten(code) and self._rewritten is not self:
            if self._rewritten is None:
                self._rewritten = self._rewrite()
            return self._rewritten.find(code, lines_must_agree) if self._rewritten else None
        equal = [
            one
            for one in self.codes().get(code.co_name, ())
            if _same_code(one, code, lines_must_agree)
        ]
        if not equal:
            return None
        equal.sort(key=lambda one: abs(one.co_firstlineno - code.co_firstlineno))
        line = equal[0].co_firstlineno
        nodes = self.nodes().get((code.co_name, line), ())
        if len(nodes) > 1:
            key = code.co_name, line
            if key not in self._marked:
                self._marked[key] = self._mark(code.co_name, nodes)
            marked = [
                (_common_positions(one, code), -at, node)
                for at, (one, node) in enumerate(self._marked[key])
                if _same_code(one, code, False)
            ]
            nodes = [max(marked)[2]] if marked else []
        return (nodes[0], line) if nodes else None

    def nodes(self) -> dict[tuple[str, int], list]:
        """The functions by name and by the line their code object names."""
        if self._nodes is None:
            import ast

            self._nodes = {}
            for root in self.body:
                for node in ast.walk(root):
                    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                        lines = [node.lineno, *(one.lineno for one in node.decorator_list)]
                        key = node.name, min(lines)
                    elif isinstance(node, ast.Lambda):
                        key = "<lambda>", node.lineno
                    else:
                        continue
                    self._nodes.setdefault(key, []).append(node)
        return self._nodes

    def codes(self) -> dict[str, list[CodeType]]:
        """Every code object in the statements, by name."""
        if self._codes is None:
            self._codes = {}
            for one in self._compile():
                self._codes.setdefault(one.co_name, []).append(one)
        return self._codes

    def _compile(self) -> list[CodeType]:
        import ast

        flags = self.flags | _TOP_LEVEL_AWAIT
        module = ast.Module([*self.body, *self.imports], [])
        try:
            outer = compile(module, "<cumbia>", "exec", flags=flags, dont_inherit=True)
        except (SyntaxError, ValueError):
            return []
        found = []
        waiting = [outer]
        while waiting:
            for one in waiting.pop().co_consts:
                if isinstance(one, type(outer)):
                    found.append(one)
                    if one.co_firstlineno < _MARKER:
                        waiting.append(one)
        return found

    def _mark(self, name: str, nodes: list) -> list[tuple[CodeType, Any]]:
        """Pair each of `nodes`, which begin on one line, with its code object.

        The nodes are moved, whole and by a distance of their own each, to lines that no
        file has, which their code objects then name. Those that hold one another are
        moved in turn.
        """
        import ast

        holders = {id(node): 0 for node in nodes}
        for node in nodes:
            for inner in ast.walk(node):
                if inner is not node and id(inner) in holders:
                    holders[id(inner)] += 1
        found = []
        for level in range(max(holders.values()) + 1):
            moved = [node for node in nodes if holders[id(node)] == level]
            try:
                for times, node in enumerate(moved, 1):
                    ast.increment_lineno(node, times * _MARKER)
                codes = self._compile()
            finally:
                for times, node in enumerate(moved, 1):
                    ast.increment_lineno(node, -times * _MARKER)
            found += [
                (one, moved[one.co_firstlineno // _MARKER - 1])
                for one in codes
                if one.co_name == name and one.co_firstlineno >= _MARKER
            ]
        return found

    def _rewrite(self) -> _Statement | None:
        """Do to a copy what pytest does to the assert statements of test modules."""
        rewrite = sys.modules.get("_pytest.assertion.rewrite")
        if rewrite is None:
            return None
        import ast
        import copy

        module = ast.Module(copy.deepcopy(self.body), [])
        try:
            rewrite.AssertionRewriter("<cumbia>", None, b"").run(module)
        except Exception:
            return None
        copied = _Statement(module.body, self.flags, self.imports)
        copied._rewritten = copied
        return copied

    def holder(self, node: Any) -> Any:
        """The innermost statement around `node`."""
        import ast

        waiting = [(root, root) for root in self.body]
        while waiting:
            at, around = waiting.pop()
            if at is node:
                return around
            for child in ast.iter_child_nodes(at):
                waiting.append((child, child if isinstance(child, ast.stmt) else around))
        raise AssertionError("the lambda is in one of the statements it was found in")

    def lambda_places(self, holder: Any, text: str) -> set[tuple[int, int]]:
        """Line, from 0, and column of each lambda in `text` when it is parsed by itself."""
        places = self._places.get(id(holder))
        if places is None:
            import ast

            whole, above = _under_if(text)
            try:
                places = {
                    (one.lineno - 1 - above, one.col_offset)
                    for one in ast.walk(_parse(whole, 0))
                    if isinstance(one, ast.Lambda)
                }
            except (SyntaxError, ValueError):
                places = set()
            self._places[id(holder)] = places
        return places

    def private_name(self, function: ast.AST) -> str | None:
        """The first name in `function` that a class around it would change."""
        import ast

        statement = self if self._rewritten is None else self._rewritten
        inside = False
        for root in statement.body:
            for node in ast.walk(root):
                if isinstance(node, ast.ClassDef) and any(
                    one is function for one in ast.walk(node)
                ):
                    inside = True
        if not inside:
            return None
        for node in ast.walk(function):
            for field in ("id", "attr", "arg", "name"):
                name = getattr(node, field, None)
                if isinstance(name, str) and name[:2] == "__" and name[-2:] != "__":
                    return name
        return None


def _parse(text: str, flags: int) -> Any:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        while True:
            try:
                return compile(text, "<cumbia>", "exec", flags=flags | _ONLY_AST, dont_inherit=True)
            except SystemError as error:
                # CPython 3.11 counts the depth of a tree for all threads together (gh-106905):
                # when another one parses as well, this may fail, and succeeds when tried again.
                if "recursion depth mismatch" not in str(error):
                    raise


# Comparing code


def _same_code(ours: CodeType, theirs: CodeType, lines_must_agree: bool) -> bool:
    return (
        ours.co_code == theirs.co_code
        and ours.co_name == theirs.co_name
        and ours.co_names == theirs.co_names
        and ours.co_varnames == theirs.co_varnames
        and ours.co_freevars == theirs.co_freevars
        and ours.co_cellvars == theirs.co_cellvars
        and ours.co_argcount == theirs.co_argcount
        and ours.co_posonlyargcount == theirs.co_posonlyargcount
        and ours.co_kwonlyargcount == theirs.co_kwonlyargcount
        and ours.co_flags & _SHAPE_FLAGS == theirs.co_flags & _SHAPE_FLAGS
        and ours.co_exceptiontable == theirs.co_exceptiontable
        and (
            not lines_must_agree
            or ours.co_linetable == theirs.co_linetable
            or _line_offsets(ours) == _line_offsets(theirs)
        )
        and len(ours.co_consts) == len(theirs.co_consts)
        and all(
            _same_constant(one, two, ours, theirs, lines_must_agree)
            for one, two in zip(ours.co_consts, theirs.co_consts, strict=True)
        )
    )


def _same_constant(
    one: Any, two: Any, ours: CodeType, theirs: CodeType, lines_must_agree: bool
) -> bool:
    if type(one) is not type(two):
        return False
    if isinstance(one, type(ours)):
        return (
            not lines_must_agree
            or one.co_firstlineno - ours.co_firstlineno
            == two.co_firstlineno - theirs.co_firstlineno
        ) and _same_code(one, two, lines_must_agree)
    if isinstance(one, tuple):
        return len(one) == len(two) and all(
            _same_constant(a, b, ours, theirs, lines_must_agree)
            for a, b in zip(one, two, strict=True)
        )
    if isinstance(one, frozenset):
        return sorted(map(_spelled, one)) == sorted(map(_spelled, two))
    if isinstance(one, (float, complex)):
        return repr(one) == repr(two)
    return one == two


def _spelled(value: Any) -> str:
    return f"{type(value).__name__} {value!r}"


def _line_offsets(code: CodeType) -> list[tuple[int, int, int | None]]:
    first = code.co_firstlineno
    merged: list[tuple[int, int, int | None]] = []
    for start, stop, line in code.co_lines():
        offset = None if line is None else line - first
        if merged and merged[-1][2] == offset:
            merged[-1] = merged[-1][0], stop, offset
        else:
            merged.append((start, stop, offset))
    return merged


def _common_positions(ours: CodeType, theirs: CodeType) -> int:
    return sum(
        one[2:] == two[2:]
        for one, two in zip(ours.co_positions(), theirs.co_positions(), strict=True)
    )


def _rewritten(code: CodeType) -> bool:
    """Whether pytest rewrote assert statements in `code`."""
    return "@pytest_ar" in code.co_names or any(
        isinstance(one, type(code)) and _rewritten(one) for one in code.co_consts
    )


# The result


def _describe(
    func: FunctionType,
    statement: _Statement,
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
    statement: _Statement, node: Any, lines: list[str], offset: int
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
