"""What the arguments of a function may be: from signatures, calls, annotations, or its text.

Where only the text tells, several types are tried, since a mistake that depends on a guess is
none: `a[i, j]` says a matrix, `range(n)` an integer, and a name that is only computed with may
be a float, an integer or an array.
"""

from __future__ import annotations

import ast
import itertools
from typing import Any, NamedTuple

from cumbia._check.module import UNKNOWN, Function, Module

__all__ = ["Candidates", "candidates"]

MOST = 24
# What annotations name and signatures don't have.
_NO_SIGNATURE = frozenset({"str", "bytes", "list", "dict", "set", "object"})

FLOAT, INT, BOOL, COMPLEX = "float64", "int64", "boolean", "complex128"
BY_NAME = {"float": FLOAT, "int": INT, "bool": BOOL, "complex": COMPLEX}


class Candidates(NamedTuple):
    """Types to compile a function for.

    Attributes
    ----------
    sure : list
        Signatures, or values of arguments: what the file itself says.
    guesses : list of tuple of str
        Otherwise: one of these should do.
    """

    sure: list[Any]
    guesses: list[tuple[str, ...]]


def candidates(function: Function, module: Module) -> Candidates | None:
    """Say what to compile a function for.

    Parameters
    ----------
    function : Function
        The function.
    module : Module
        Its file.

    Returns
    -------
    Candidates or None
        None for a function whose arguments can't be told at all.
    """
    if function.signatures:
        return Candidates(list(function.signatures), [])
    arguments = function.node.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
        return None
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    calls = [one for one in module.calls.get(function.node.name, ()) if len(one) == len(names)]
    if calls:
        told = dict.fromkeys(tuple(map(_spelled, one)) for one in calls)
        return Candidates([one for one in told if None not in one], []) if any(None not in one for one in told) else None
    if any(isinstance(one.annotation, ast.Name) and one.annotation.id not in BY_NAME and one.annotation.id in _NO_SIGNATURE for one in (*arguments.posonlyargs, *arguments.args)):
        return None
    if not names:
        return Candidates([()], [])
    choices = [_choices(one, function, names) for one in (*arguments.posonlyargs, *arguments.args)]
    if not all(choices):
        return None
    return Candidates([], list(itertools.islice(itertools.product(*choices), MOST)))


def _spelled(value: Any) -> str | None:
    """A value's type as signatures have it; None for what they haven't."""
    import numpy as np

    if isinstance(value, np.ndarray):
        axes = [":"] * max(1, value.ndim)
        if value.ndim and value.flags.c_contiguous:
            axes[-1] = "::1"
        elif value.ndim and value.flags.f_contiguous:
            axes[0] = "::1"
        return f"{value.dtype.name}[{', '.join(axes)}]" if value.ndim and value.dtype.kind in "biufc" else None
    if isinstance(value, np.generic):
        return value.dtype.name if value.dtype.kind in "biufc" else None
    if isinstance(value, tuple):
        parts = [_spelled(one) for one in value]
        return None if None in parts or not parts else f"Tuple(({', '.join(map(str, parts))},))"
    return BY_NAME.get(type(value).__name__)


def _choices(argument: ast.arg, function: Function, names: list[str]) -> list[str]:
    annotation = argument.annotation
    if isinstance(annotation, ast.Name) and annotation.id in BY_NAME:
        return [BY_NAME[annotation.id]]
    if isinstance(annotation, ast.Constant) and annotation.value in BY_NAME:
        return [BY_NAME[annotation.value]]
    defaults = function.python.__defaults__ or ()
    at = names.index(argument.arg) - (len(names) - len(defaults))
    if at >= 0 and defaults[at] is not UNKNOWN and type(defaults[at]).__name__ in BY_NAME:
        return [BY_NAME[type(defaults[at]).__name__]]
    return _used(argument.arg, function.node)


def _used(name: str, node: ast.FunctionDef) -> list[str]:
    """Types by what is done with a name; none where that says that it is nothing of these."""
    import numpy as np

    dimensions = 0
    integer = array = indexed = False
    for one in ast.walk(node):
        match one:
            case ast.Subscript(ast.Name(id), index) if id == name:
                array = True
                parts = index.elts if isinstance(index, ast.Tuple) else [index]
                dimensions = max(dimensions, len(parts))
            case ast.Subscript(ast.Subscript(ast.Name(id))) if id == name:
                dimensions = max(dimensions, 2)
            case ast.Subscript(ast.Attribute(ast.Name(id), "shape"), ast.Constant(int(axis))) if id == name:
                array = True
                dimensions = max(dimensions, axis + 1)
            case ast.Assign([ast.Tuple(parts)], ast.Attribute(ast.Name(id), "shape")) if id == name:
                array = True
                dimensions = max(dimensions, len(parts))
            case ast.Attribute(ast.Name(id), attribute) if id == name:
                if not hasattr(np.ndarray, attribute):
                    # An instance of some class, a list, a text.
                    return []
                array = True
            case ast.Call(ast.Name("range" | "prange"), arguments):
                integer |= any(isinstance(inner, ast.Name) and inner.id == name for arg in arguments for inner in ast.walk(arg) if not isinstance(arg, ast.Call))
            case ast.Call(ast.Name("len"), [ast.Name(id)]) if id == name:
                array = True
            case ast.For(_, ast.Name(id)) if id == name:
                array = True
            case ast.Subscript(_, index):
                indexed |= any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(index))
    if array:
        axes = ", ".join(":" * max(1, dimensions))
        return [f"{FLOAT}[{axes}]", f"{INT}[{axes}]"]
    if integer or indexed:
        return [INT]
    return [FLOAT, INT, f"{FLOAT}[:]"]
