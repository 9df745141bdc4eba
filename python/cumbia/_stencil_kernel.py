"""What a stencil's kernel asks of its arrays: read off its text.

The neighborhood is how far the constant indices reach. Where it can't be read, because an
index is no constant or an array is used as a whole, the kernel needs the option, and says where.
Nothing here is compiled or changed.
"""

from __future__ import annotations

import ast
import textwrap
from types import FunctionType
from typing import Any, NamedTuple

from cumbia import _source
from cumbia._errors import UnsupportedError

__all__ = ["CODE", "Reach", "read"]

CODE = "CB0270"


class Reach(NamedTuple):
    """Which elements a parameter is asked for.

    ``bounds`` has the lowest and highest index of each axis, 0 included; it is None where
    there is no index. ``unknown`` is where something was found that bounds can't be read from.
    """

    bounds: list[tuple[int, int]] | None
    unknown: UnsupportedError | None
    slices: UnsupportedError | None


def read(func: FunctionType, standard: tuple[str, ...]) -> dict[str, Reach]:
    """How each parameter is used that isn't indexed as usual.

    Raises
    ------
    UnsupportedError
        For a kernel that gives nothing or writes to its arrays, and for indices that don't go
        together.
    """
    captured = _source.capture(func)
    found = _find(captured)
    text = _Text(captured, found.lineno)
    _returns(func, found, text)
    names = func.__code__.co_varnames[: func.__code__.co_argcount]
    return {name: _reach(func, name, found, text) for name in names if name not in standard}


def _find(captured: _source.SourceText) -> Any:
    """The function's own node."""
    text = textwrap.dedent(captured.text)
    kinds = (ast.FunctionDef,) if captured.kind == "def" else (ast.Lambda,)
    try:
        tree = ast.parse(text)
    except SyntaxError:
        tree = ast.parse(f"if True:\n{captured.text}")
    nodes = [node for node in ast.walk(tree) if isinstance(node, kinds)]
    if captured.lambda_col is not None:
        line, column = captured.lambda_col
        at = (line - captured.first_line + 1, column - captured.indent)
        nodes.sort(key=lambda node: (node.lineno, node.col_offset) != at)
    return nodes[0]


class _Text:
    """Where nodes are in the user's file."""

    def __init__(self, captured: _source.SourceText, first: int) -> None:
        self.captured = captured
        # Of the node that stands on `def_line`.
        self.first = first
        self.lines = textwrap.dedent(captured.text).splitlines()

    def error(self, node: ast.AST, message: str, hint: str) -> UnsupportedError:
        where = self.captured
        line = node.lineno - self.first + where.def_line  # type: ignore[attr-defined]
        column = node.col_offset + where.indent  # type: ignore[attr-defined]
        end = (node.end_col_offset or 0) + where.indent  # type: ignore[attr-defined]
        name = _source.shown_name(where.filename)
        own = line - where.first_line
        shown = self.lines[own] if own < len(self.lines) else ""
        pad, width = " " * len(str(line)), max(end - column, 1)
        if node.end_lineno != node.lineno:  # type: ignore[attr-defined]
            width = max(len(shown) - (column - where.indent), 1)
        rendered = (
            f"\nerror[{CODE}]: {message}\n{pad}--> {name}:{line}:{column + 1}\n{pad} |\n"
            f"{line} | {shown}\n{pad} | {' ' * (column - where.indent)}{'^' * width}\n"
            f"{pad} |\n{pad} = help: {hint}"
        )
        span = {
            "filename": where.filename, "line": line, "column": column,
            "end_line": line, "end_column": column + width, "label": "",
        }
        found = {
            "code": CODE, "severity": "error", "message": message, "spans": [span],
            "notes": [], "help": hint,
        }
        return UnsupportedError(message, [found], rendered)


def _returns(func: FunctionType, found: Any, text: _Text) -> None:
    if isinstance(found, ast.Lambda):
        return
    given = [node for node in _own_nodes(found) if isinstance(node, ast.Return)]
    if not any(node.value is not None for node in given):
        raise text.error(
            found, f"the stencil kernel {func.__name__}() returns nothing",
            "return the element's new value",
        )


def _own_nodes(function: Any) -> Any:
    """The nodes of a function but for those of functions in it."""
    pending = list(ast.iter_child_nodes(function))
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            pending.extend(ast.iter_child_nodes(node))


def _reach(func: FunctionType, name: str, found: Any, text: _Text) -> Reach:
    bounds: list[tuple[int, int]] | None = None
    unknown = slices = None
    subscripted: set[int] = set()
    for node in ast.walk(found):
        if isinstance(node, ast.Attribute) and _is(node.value, name) and node.attr == "shape":
            subscripted.add(id(node.value))
        if not (isinstance(node, ast.Subscript) and _is(node.value, name)):
            continue
        subscripted.add(id(node.value))
        if not isinstance(node.ctx, ast.Load):
            raise text.error(
                node, f"a stencil kernel reads its arrays, but this writes to '{name}'",
                "return the new value; an array of standard_indexing can be read anywhere",
            )
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if bounds is None:
            bounds = [(0, 0)] * len(items)
        if len(items) != len(bounds):
            raise text.error(
                node,
                f"'{name}' is indexed with {len(items)} indices here and with {len(bounds)} "
                "elsewhere",
                "give as many as the array has axes",
            )
        for axis, item in enumerate(items):
            reached = _of_item(func, item)
            if isinstance(item, ast.Slice) and slices is None:
                slices = text.error(
                    item, "slices in a stencil kernel are compiled with mode='constant' alone",
                    "index the elements one by one",
                )
            if reached is None:
                unknown = unknown or text.error(
                    item, f"how far this index of '{name}' reaches isn't known when compiling",
                    "write a constant, or say neighborhood=((low, high), ...) for each axis",
                )
                continue
            low, high = bounds[axis]
            bounds[axis] = (min(low, reached[0]), max(high, reached[1]))
    for node in ast.walk(found):
        if _is(node, name) and id(node) not in subscripted and unknown is None:
            unknown = text.error(
                node, f"what is read of '{name}' isn't known when compiling",
                "index it, name it in standard_indexing=, or say neighborhood=",
            )
    return Reach(bounds, unknown, slices)


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _of_item(func: FunctionType, item: ast.AST) -> tuple[int, int] | None:
    """The lowest and highest position of an index or slice; None where it isn't known."""
    if isinstance(item, ast.Slice):
        if item.lower is None or item.upper is None:
            return None
        start, stop = _constant(func, item.lower), _constant(func, item.upper)
        return None if start is None or stop is None else (start, max(stop - 1, start))
    value = _constant(func, item)
    return None if value is None else (value, value)


def _constant(func: FunctionType, node: ast.AST) -> int | None:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        value = _constant(func, node.operand)
        return value if value is None or isinstance(node.op, ast.UAdd) else -value
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub, ast.Mult)):
        left, right = _constant(func, node.left), _constant(func, node.right)
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.Add):
            return left + right
        return left - right if isinstance(node.op, ast.Sub) else left * right
    return None
