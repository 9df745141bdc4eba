"""What is wrong with a file's functions: they are compiled, never called.

Kinds of findings are the compiler's own codes, and `unstable-type`, `allocation-in-loop` and
`race`. Where the types of arguments had to be guessed, an error is told only if the function
compiles for none of the guesses and each says the same.
"""

from __future__ import annotations

import ast
import re
import warnings
from types import ModuleType
from typing import Any, NamedTuple

from cumbia._check.module import UNKNOWN, Function, Module
from cumbia._check.types import candidates

__all__ = ["KINDS", "Finding", "Unchecked", "check"]

KINDS = {
    "unstable-type": "A variable is a number of one type on one path and of another on the next",
    "allocation-in-loop": "Each turn of a loop makes an object",
    "race": "Turns of a parallel loop touch the same element",
}

_MAKES = re.compile(r"\b(alloc|(?:list|set|dict)_new)$")
# What values are called in types, by kind: only numbers of two kinds are unstable.
_FAMILIES = (
    ("complex", re.compile(r"(py)?complex")),
    ("float", re.compile(r"(py)?float\d*$")),
    ("bool", re.compile(r"(py)?bool(ean)?$")),
    ("int", re.compile(r"(pyint|u?int\d+)$")),
    ("str", re.compile(r"(str|unicode)")),
)


class Finding(NamedTuple):
    """Something that is wrong.

    Attributes
    ----------
    kind : str
        A code, or one of `KINDS`.
    severity : str
        ``error`` or ``warning``.
    line, column, end_line, end_column : int
        Where; lines from 1, columns of characters from 1.
    function, message : str
        In which function, and what.
    help : str or None
        What to do.
    """

    kind: str
    severity: str
    line: int
    column: int
    end_line: int
    end_column: int
    function: str
    message: str
    help: str | None


class Unchecked(NamedTuple):
    """A function that can't be checked without running the file.

    Attributes
    ----------
    function : str
        Its name.
    line : int
        Where it is.
    why : str
        Why not.
    """

    function: str
    line: int
    why: str


def check(module: Module, path: str, text: str) -> tuple[list[Finding], list[Unchecked], int]:
    """Compile the functions of a file.

    Parameters
    ----------
    module : Module
        The file.
    path, text : str
        Its name and text.

    Returns
    -------
    findings : list of Finding
        By line.
    unchecked : list of Unchecked
        Functions that weren't checked.
    checked : int
        How many were.
    """
    findings: list[Finding] = []
    unchecked: list[Unchecked] = []
    checked = 0
    for function in module.functions:
        if function.decorator not in ("jit", "njit", "vectorize"):
            continue
        why = _unknown(function, module)
        missing = [] if why else _undefined(function, module)
        findings += missing
        if why is None and not missing:
            found, why = _function(function, module, path, text)
            findings += found
        if why is None:
            checked += 1
        else:
            unchecked.append(Unchecked(function.node.name, function.node.lineno, why))
    unique = dict.fromkeys(findings)
    return sorted(unique, key=lambda one: (one.line, one.column, one.kind)), unchecked, checked


def _unknown(function: Function, module: Module, seen: frozenset[str] = frozenset()) -> str | None:
    """Why nothing can be told of a function: a name that only running the file gives a value."""
    import builtins

    names = {one.id for one in ast.walk(function.node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
    others = {one.node.name: one for one in module.functions}
    own = set(function.python.__code__.co_varnames) | set(function.python.__code__.co_cellvars)
    for name in sorted(names - own):
        if module.globals.get(name) is UNKNOWN:
            return f"it uses {name}, which only running the file tells"
        if name not in module.globals and not hasattr(builtins, name) and module.has_stars:
            return f"it uses {name}, which may come from an `import *`"
        if name in others and name not in seen and name != function.node.name:
            why = _unknown(others[name], module, seen | {name, function.node.name})
            if why:
                return f"it uses {name}, and {why}"
    if any(one is UNKNOWN for one in function.python.__defaults__ or ()):
        return "a default value is known only when the file runs"
    return None


def _undefined(function: Function, module: Module) -> list[Finding]:
    """Names that nothing defines: Python, and compiled code, raise NameError there."""
    import builtins

    own = set(function.python.__code__.co_varnames) | set(function.python.__code__.co_cellvars)
    inside = {
        name
        for node in ast.walk(function.node)
        for name in (
            [node.name] if isinstance(node, (ast.FunctionDef, ast.ClassDef))
            else [node.id] if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            else [node.arg] if isinstance(node, ast.arg)
            else node.names if isinstance(node, (ast.Global, ast.Nonlocal))
            else []
        )
    }  # fmt: skip
    # A decorator's names are the file's, and so are those of annotations.
    body = [node for statement in function.node.body for node in ast.walk(statement)]
    attributes = [
        Finding(
            "CB0403", "error", node.lineno, node.col_offset + 1, node.end_lineno or node.lineno, (node.end_col_offset or node.col_offset) + 1,
            function.node.name, f"module {module.globals[node.value.id].__name__!r} has no attribute {node.attr!r}", None,
        )
        for node in body
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id not in own | inside
        and isinstance(module.globals.get(node.value.id), ModuleType) and not hasattr(module.globals[node.value.id], node.attr)
    ]  # fmt: skip
    return attributes + [
        Finding(
            "CB0401", "error", node.lineno, node.col_offset + 1, node.lineno, node.col_offset + 1 + len(node.id),
            function.node.name, f"name {node.id!r} is not defined", None,
        )
        for node in body
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        and node.id not in own | inside and node.id not in module.globals and not hasattr(builtins, node.id)
    ]  # fmt: skip


def _function(function: Function, module: Module, path: str, text: str) -> tuple[list[Finding], str | None]:
    from cumbia import CumbiaError, jit

    asked = candidates(function, module)
    if asked is None:
        return [], "its arguments can't be told: give a signature"
    options = {name: value for name, value in function.options.items() if name not in ("cache", "source", "hints")}
    if function.decorator == "vectorize":
        options = {}
    errors: list[list[Finding]] = []
    findings: list[Finding] = []
    # First all that the file says; of guesses the first that compiles will do.
    for sure, types in [*((True, one) for one in asked.sure), *((False, one) for one in asked.guesses)]:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                dispatcher = jit(function.python, **options, cache=False)
                _compile(dispatcher, types)
            except (TypeError, ValueError) as error:
                if not isinstance(error, CumbiaError):
                    node = function.node
                    return [Finding("option", "error", node.lineno, 1, node.lineno, 1, node.name, str(error), None)], None
                failed = _errors(error, function, path, text)
            except CumbiaError as error:
                failed = _errors(error, function, path, text)
            else:
                findings += _races(warned, function, path)
                findings += _unstable(function, dispatcher, path, text)
                findings += _allocations(function, module, dispatcher, text)
                if not sure:
                    return findings, None
                continue
        if sure:
            findings += failed
        else:
            errors.append(failed)
    if errors:
        # The same for all guesses: it isn't the guess.
        same = set(errors[0]).intersection(*map(set, errors[1:]))
        if not same:
            return findings, "what is wrong depends on its arguments, which aren't known: give a signature"
        findings += [one for one in errors[0] if one in same]
    return findings, None


def _compile(dispatcher: Any, types: Any) -> None:
    spelled = isinstance(types, tuple) and all(isinstance(one, str) for one in types)
    dispatcher.compile(f"({', '.join(types)})" if spelled else types)


def _errors(error: Any, function: Function, path: str, text: str) -> list[Finding]:
    found = []
    lines = text.splitlines()
    for one in getattr(error, "diagnostics", None) or [{"code": error.code, "message": error.message}]:
        spans = [span for span in one.get("spans", ()) if span["filename"] == path]
        span = spans[0] if spans else None
        node = function.node
        place = (node.lineno, 1, node.lineno, 1)
        if span is not None:
            place = (
                span["line"], _column(lines, span["line"], span["column"]),
                span["end_line"], _column(lines, span["end_line"], span["end_column"]),
            )  # fmt: skip
        found.append(Finding(one["code"] or "error", "error", *place, node.name, one["message"], one.get("help")))
    return found


def _column(lines: list[str], line: int, column: int) -> int:
    raw = lines[line - 1].encode() if 0 < line <= len(lines) else b""
    return len(raw[:column].decode(errors="replace")) + 1


def _races(warned: list[Any], function: Function, path: str) -> list[Finding]:
    from cumbia.errors import CumbiaParallelSafetyWarning

    return [
        Finding("race", "warning", one.lineno, 1, one.lineno, 1, function.node.name, str(one.message).strip(), None)
        for one in warned
        if issubclass(one.category, CumbiaParallelSafetyWarning) and one.filename == path
    ]


def _allocations(function: Function, module: Module, dispatcher: Any, text: str) -> list[Finding]:
    """Objects that are made in loops, as the IR has them."""
    from cumbia._annotate.lines import allocating, ir_by_line

    inside = {
        line: loop
        for loop in ast.walk(function.node)
        if isinstance(loop, (ast.For, ast.While))
        for one in loop.body
        for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)
    }
    found = []
    lines = text.splitlines()
    for signature in dispatcher.signatures:
        rows = ir_by_line(dispatcher.inspect_ir(signature, "fast"))
        own = {one.node.name for one in module.functions}
        makers = {name for name in allocating(rows, _MAKES) if name.rpartition(".")[0] not in own}
        for (name, line), made in rows.items():
            if line not in inside or name.rpartition(".")[0].lstrip("@") != function.node.name:
                continue
            calls = [row.called for row in made if row.called and not row.cold and (_MAKES.search(row.called) or row.called in makers)]
            if not calls or _leaves(function.node, line):
                continue
            source = lines[line - 1]
            begin = len(source) - len(source.lstrip()) + 1
            what = f"a {calls[0].partition('_')[0]}" if calls[0].endswith("_new") else "an array"
            found.append(
                Finding(
                    "allocation-in-loop", "warning", line, begin, line, len(source.rstrip()) + 1, function.node.name,
                    f"each turn makes {what}: {source.strip()}", "make it once in front of the loop and reuse it, or compute element by element",
                )  # fmt: skip
            )
    return found


def _leaves(node: ast.FunctionDef, line: int) -> bool:
    """Whether a statement ends the loop: then it happens once."""
    return any(isinstance(one, (ast.Return, ast.Raise)) and one.lineno <= line <= (one.end_lineno or line) for one in ast.walk(node))


def _unstable(function: Function, dispatcher: Any, path: str, text: str) -> list[Finding]:
    """Variables that are numbers of two kinds where paths meet."""
    if function.decorator is None:
        return []
    rows: dict[tuple[str, int], set[str]] = {}
    for signature in dispatcher.signatures:
        for _, typed in dispatcher._annotations(signature):
            for line, _, written, _, type_ in typed:
                rows.setdefault((written, line), set()).add(type_)
    assigned: dict[str, list[tuple[int, str, int, Any]]] = {}
    arguments = function.node.args
    for one in (*arguments.posonlyargs, *arguments.args):
        if family := _family(rows.get((one.arg, one.lineno), ())):
            assigned[one.arg] = [(id(function.node.body), family, one.lineno, one)]
    for block, statement in _blocks(function.node):
        for name, value in _targets(statement):
            family = _literal(value) or _family(rows.get((ast.unparse(value) if value else name, statement.lineno), ()))
            family = family or _family(rows.get((name, statement.lineno), ()))
            if isinstance(value, ast.Name) and value.id in assigned:
                family = family or assigned[value.id][-1][1]
            if family:
                assigned.setdefault(name, []).append((block, family, statement.lineno, statement))
    found = []
    for name, places in assigned.items():
        first = places[0]
        for other in places[1:]:
            if other[1] != first[1] and other[0] != first[0]:
                at = other[3].col_offset + 1
                zero = {"float": "0.0", "complex": "0j"}.get(other[1])
                constant = isinstance(getattr(first[3], "value", None), ast.Constant)
                hint = f"begin with a {other[1]} in line {first[2]}" + (f", such as {zero}" if zero and constant else "")
                found.append(
                    Finding(
                        "unstable-type", "warning", other[2], at, other[2], at + len(name), function.node.name,
                        f"{name} is {_article(first[1])} in line {first[2]} and {_article(other[1])} here", hint,
                    )  # fmt: skip
                )
                break
    return found


def _article(family: str) -> str:
    return f"an {family}" if family == "int" else f"a {family}"


def _blocks(node: ast.AST, block: int = 0) -> Any:
    """Statements with a number for the list of statements that each is in."""
    for field in ("body", "orelse", "finalbody"):
        statements = getattr(node, field, None)
        if not isinstance(statements, list):
            continue
        for one in statements:
            if isinstance(one, (ast.FunctionDef, ast.ClassDef, ast.Lambda)):
                continue
            yield id(statements), one
            yield from _blocks(one, id(statements))


def _targets(statement: ast.stmt) -> Any:
    match statement:
        case ast.Assign(targets, value):
            for one in targets:
                if isinstance(one, ast.Name):
                    yield one.id, value
        case ast.AugAssign(ast.Name(name)):
            yield name, None
        case ast.AnnAssign(ast.Name(name), _, ast.expr() as value):
            yield name, value


def _literal(value: ast.expr | None) -> str | None:
    if isinstance(value, ast.UnaryOp):
        value = value.operand
    if isinstance(value, ast.Constant) and isinstance(value.value, (bool, int, float, complex, str)):
        return type(value.value).__name__
    return None


def _family(types: Any) -> str | None:
    found = {name for one in types for name, pattern in _FAMILIES if pattern.match(one)}
    return found.pop() if len(found) == 1 else None
