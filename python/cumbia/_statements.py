"""Statements compiled again, and the functions in them recognised by their code objects.

A `Statement` is some statements that are compiled together; `find` tells which function
in them has a given code object. A `Module` is a parsed text whose statements are compiled
when they are asked for, so that a module of a thousand decorated functions stays linear.
Where text comes from and what is said when nothing is found, `_source.py` knows.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator
    from types import CodeType

__all__ = ["FUTURE_FLAGS", "Statement", "enclosing", "is_rewritten", "module_of", "parse", "searching", "under_if"]

FUTURE_FLAGS = 0x1FE0000
_SHAPE_FLAGS = 0x04 | 0x08 | 0x20 | 0x80 | 0x200 | FUTURE_FLAGS
_TOP_LEVEL_AWAIT = 0x2000
_ONLY_AST = 0x400
_MARKER = 1 << 20
_MODULES_KEPT = 4


def under_if(text: str) -> tuple[str, int]:
    """Make indented statements parse, and say how many lines that put above them."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return ("if 1:\n" + text, 1) if first[:1] in (" ", "\t") else (text, 0)


def enclosing(names: tuple[str, ...], body: list) -> ast.FunctionDef:
    """Put `body` into a function that has `names` as local variables."""
    tree = parse(f"def _({', '.join(names)}): pass", 0)
    tree.body[0].name = "<around>"
    tree.body[0].body = body
    return tree.body[0]


class Module:
    """A parsed text, whose statements are compiled when asked for."""

    def __init__(self, lines: list[str], flags: int) -> None:
        self.lines = lines
        self.flags = flags
        self.starts: list[int] = []
        self.statements: list[Statement] = []
        nodes = parse("".join(lines), flags).body
        imports = list(_module_imports(nodes))
        for node in nodes:
            above = getattr(node, "decorator_list", None)
            self.starts.append(min([node.lineno, *(one.lineno for one in above or ())]))
            self.statements.append(Statement([node], flags, imports))

    def near(self, line: int) -> Iterator[Statement]:
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


searching = threading.Lock()
_modules: OrderedDict[tuple[str, int], Module | None] = OrderedDict()


def module_of(filename: str, lines: list[str], flags: int) -> Module | None:
    key = filename, flags
    known = _modules.get(key)
    if known is not None and known.lines == lines:
        _modules.move_to_end(key)
        return known
    try:
        module = Module(list(lines), flags)
    except (SyntaxError, ValueError):
        return None
    _modules[key] = module
    _modules.move_to_end(key)
    while len(_modules) > _MODULES_KEPT:
        _modules.popitem(last=False)
    return module


def _walk(body: list, expressions: bool) -> Iterator[Any]:
    """Yield all nodes in statements, or the statements alone: no others define by `def`."""
    import ast

    if expressions:
        for root in body:
            yield from ast.walk(root)
        return
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            waiting += getattr(node, field, ())


class Statement:
    """Statements that are compiled together, and the functions defined in them."""

    def __init__(self, body: list, flags: int, imports: Iterable = ()) -> None:
        self.body = body
        self.flags = flags
        self.imports = list(imports)
        # With lambdas or without: by name, then line.
        self._nodes: dict[bool, dict[str, dict[int, list]]] = {}
        self._codes: dict[str, list[CodeType]] | None = None
        self._marked: dict[tuple[str, int], list[tuple[CodeType, Any]]] = {}
        self._places: dict[int, set[tuple[int, int]]] = {}
        self._rewritten: Statement | None = None

    def find(
        self, code: CodeType, lines_must_agree: bool = True
    ) -> tuple[ast.AST, int] | None:
        """Return the node that compiles to `code`, and its first line, or None."""
        if not self.nodes(code.co_name):
            return None
        if is_rewritten(code) and self._rewritten is not self:
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
        nodes = self.nodes(code.co_name).get(line, ())
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

    def nodes(self, name: str) -> dict[int, list]:
        """The functions of a name, by the line their code object names."""
        import ast

        lambdas = name == "<lambda>"
        if lambdas not in self._nodes:
            found: dict[str, dict[int, list]] = {}
            for node in _walk(self.body, lambdas):
                if isinstance(node, ast.Lambda):
                    key, line = "<lambda>", node.lineno
                elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    key = node.name
                    line = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                else:
                    continue
                found.setdefault(key, {}).setdefault(line, []).append(node)
            self._nodes[lambdas] = found
        return self._nodes[lambdas].get(name, {})

    def importing(self, imports: Iterable) -> Statement:
        """The same statements in a module with other import statements."""
        made = Statement(self.body, self.flags, imports)
        made._nodes = self._nodes
        return made

    def codes(self) -> dict[str, list[CodeType]]:
        """Every code object in the statements, by name."""
        if self._codes is None:
            self._codes = {}
            for one in self._compile():
                self._codes.setdefault(one.co_name, []).append(one)
        return self._codes

    def _compile(self) -> list[CodeType]:
        import ast
        import warnings

        flags = self.flags | _TOP_LEVEL_AWAIT
        module = ast.Module([*self.body, *self.imports], [])
        try:
            # Python warned of this text when it compiled it itself.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
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

    def _rewrite(self) -> Statement | None:
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
        copied = Statement(module.body, self.flags, self.imports)
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

            whole, above = under_if(text)
            try:
                places = {
                    (one.lineno - 1 - above, one.col_offset)
                    for one in ast.walk(parse(whole, 0))
                    if isinstance(one, ast.Lambda)
                }
            except (SyntaxError, ValueError):
                places = set()
            self._places[id(holder)] = places
        return places

    def private_name(self, function: ast.AST) -> str | None:
        """The first name in `function` that a class around it would change.

        Attributes aren't meant: the compiler knows the class by the qualified name.
        """
        import ast

        statement = self if self._rewritten is None else self._rewritten
        # Classes are statements: what is in expressions isn't looked at.
        waiting = list(statement.body)
        inside = False
        while waiting and not inside:
            node = waiting.pop()
            if isinstance(node, ast.ClassDef):
                inside = any(one is function for one in ast.walk(node))
            for field in _BLOCKS:
                waiting += getattr(node, field, ())
        if not inside:
            return None
        for node in ast.walk(function):
            for field in ("id", "arg", "name"):
                name = getattr(node, field, None)
                if isinstance(name, str) and name[:2] == "__" and name[-2:] != "__":
                    return name
        return None


# Where statements have further ones.
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def parse(text: str, flags: int) -> Any:
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


def is_rewritten(code: CodeType) -> bool:
    """Whether pytest rewrote assert statements in `code`."""
    return "@pytest_ar" in code.co_names or any(
        isinstance(one, type(code)) and is_rewritten(one) for one in code.co_consts
    )
