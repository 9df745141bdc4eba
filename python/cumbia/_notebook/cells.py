"""`%%cumbia` cells: IPython runs them as any other cell, with their functions jitted.

The first line becomes a call of the magic, so that lines, names of cells, the last value,
`await` and tracebacks are IPython's own; then a transformer of syntax trees puts the
decorator above each function of the cell that has none. Under `%%time` and `%%timeit`, whose
bodies pass the same transformers, it is the same. A cell's functions that have a decorator
stay as they are, and so do classes and what is inside of functions.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from cumbia import _decorator
from cumbia._notebook import magics, settings

__all__ = ["opened", "register", "unregister"]

_FIRST = re.compile(r"%%cumbia(?![\w?])(.*)")


def register(shell: Any) -> None:
    """Have `%%cumbia` cells transformed.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    """
    unregister(shell)
    transforms = shell.input_transformer_manager.cleanup_transforms
    # Before cell magics are made calls with the cell as text.
    at = next((i for i, one in enumerate(transforms) if getattr(one, "__name__", "") == "cell_magic"), len(transforms))
    transforms.insert(at, opened)
    shell.ast_transformers.append(_Jitting(shell))


def unregister(shell: Any) -> None:
    """Leave cells alone.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    """
    transforms = shell.input_transformer_manager.cleanup_transforms
    transforms[:] = [one for one in transforms if one is not opened]
    shell.ast_transformers[:] = [one for one in shell.ast_transformers if not isinstance(one, _Jitting)]


def opened(lines: list[str]) -> list[str]:
    """Make the first line of a `%%cumbia` cell a call, and the others the cell.

    Parameters
    ----------
    lines : list of str
        The cell.

    Returns
    -------
    list of str
        As many lines.

    Examples
    --------
    >>> from cumbia._notebook.cells import opened
    >>> opened(["%%cumbia -a\\n", "x = 1\\n"])
    ["get_ipython().run_cell_magic('cumbia', '-a', ' ')\\n", 'x = 1\\n']
    >>> opened(["%%cumbia\\n", "%%time\\n", "x = 1\\n"])
    ['%%time\\n', '%%cumbia\\n', 'x = 1\\n']
    """
    match = _FIRST.match(lines[0]) if lines else None
    if match is None:
        return lines
    if len(lines) > 1 and lines[1].startswith("%%"):
        return [lines[1], lines[0], *lines[2:]]
    return [f"get_ipython().run_cell_magic('cumbia', {match[1].strip()!r}, ' ')\n", *lines[1:]]


class _Jitting(ast.NodeTransformer):
    """Decorates the functions that stand below the call that `opened` makes."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell

    def visit(self, node: ast.AST) -> ast.AST:
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                self._statements(statements)
        return self.generic_visit(node)

    def _statements(self, statements: list[ast.stmt]) -> None:
        for at, statement in enumerate(statements):
            words = _words(statement)
            if words is None:
                continue
            try:
                flags, given = magics.for_cell(words)
            except (TypeError, ValueError):
                # The call stays, and tells it when it runs.
                return
            # `from __future__` has to be the first.
            statements[at : at + 1] = [] if len(statements) > 1 else [ast.copy_location(ast.Pass(), statement)]
            options = magics.SETTINGS.options | {k: v for k, v in given.items() if k not in settings.OWN}
            for one in statements[at:]:
                if isinstance(one, ast.FunctionDef) and not one.decorator_list:
                    one.decorator_list.append(_decoration(one, options))
            if flags:
                annotate_afterwards(self.shell)
            return


def _words(statement: ast.stmt) -> str | None:
    """What stands behind `%%cumbia`, if the statement is the call that `opened` makes."""
    match statement:
        case ast.Expr(
            ast.Call(
                ast.Attribute(ast.Call(ast.Name("get_ipython")), "run_cell_magic"),
                [ast.Constant("cumbia"), ast.Constant(str(words)), ast.Constant(" ")],
            )
        ):
            return words
    return None


def _decoration(function: ast.FunctionDef, options: dict[str, Any]) -> ast.expr:
    """`jit(options)` on the line of the function's own `def`."""
    given = ", ".join(f"{name}={value!r}" for name, value in options.items())
    made = ast.parse(f"__import__('cumbia').jit({given})", mode="eval").body
    for node in ast.walk(made):
        ast.copy_location(node, function)
        if hasattr(node, "end_lineno"):
            node.end_lineno, node.end_col_offset = function.lineno, function.col_offset  # type: ignore[attr-defined]
    return made


def annotate_afterwards(shell: Any) -> None:
    """Show the functions that the cell jits, annotated, when it has run without an error.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    """
    made: list[Any] = []
    _decorator.LISTENERS.append(made.append)

    def show(result: Any) -> None:
        shell.events.unregister("post_run_cell", show)
        _decorator.LISTENERS.remove(made.append)
        if result.success:
            magics.show_annotated(made)

    shell.events.register("post_run_cell", show)
