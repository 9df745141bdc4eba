"""Python objects of the function values that compiled code returns.

A nested function becomes the function object that CPython makes for the same code: its
code object is found in that of the function around it, the cells hold what the closure
captured. It is compiled as the outer function is, unless it shares a variable that can
change with other functions: then it stays a plain function, which sees each change.
"""

from __future__ import annotations

from functools import partial
from types import CellType, CodeType, FunctionType
from typing import Any

__all__ = ["Maker", "keywords_maker", "partial_maker"]


class Maker:
    """Makes the functions of one ``def`` or ``lambda`` in a compiled function.

    Parameters
    ----------
    outer : function
        The Python function that it is in.
    path : list of (name, line, column)
        The nested functions from `outer` to this one.
    captures : list of str
        Variables whose values come with each closure.
    defaults : list of (name, keyword-only)
        Parameters whose defaults come with each closure.
    own : str or None
        The name by which it calls itself.
    options : dict or None
        Options to compile it with; None for a plain function.
    """

    def __init__(self, outer, path, captures, defaults, own, options) -> None:
        self.code = outer.__code__
        for name, line, column in path:
            self.code = _nested(self.code, name, line, column)
        self.globals = outer.__globals__
        self.outer_cells = dict(zip(outer.__code__.co_freevars, outer.__closure__ or ()))
        self.captures = captures
        self.defaults = defaults
        self.own = own
        self.options = options
        self.source: Any = None

    def __call__(self, items: list, memo: dict) -> Any:
        captured = dict(zip(self.captures, items))
        values = [item[0] for item in items[len(self.captures) :]]
        cells = []
        for name in self.code.co_freevars:
            if name in captured:
                cells.append(_cell(captured[name], memo))
            elif name == self.own or name not in self.outer_cells:
                cells.append(CellType())
            else:
                cells.append(self.outer_cells[name])
        positional = tuple(
            value for (_, keyword), value in zip(self.defaults, values) if not keyword
        )
        func = FunctionType(
            self.code, self.globals, self.code.co_name, positional or None, tuple(cells) or None
        )
        by_keyword = {
            name: value for (name, keyword), value in zip(self.defaults, values) if keyword
        }
        if by_keyword:
            func.__kwdefaults__ = by_keyword
        made = self._wrapped(func)
        if self.own in self.code.co_freevars:
            cells[self.code.co_freevars.index(self.own)].cell_contents = made
        return made

    def _wrapped(self, func: FunctionType) -> Any:
        if self.options is None:
            return func
        from cumbia import _source
        from cumbia._cumbia import Dispatcher
        from cumbia._errors import SourceError

        if self.source is None:
            try:
                self.source = _source.capture(func)
            except SourceError:
                return func
        func.__dict__[_source.SNAPSHOT] = self.source
        return Dispatcher(func, self.source.as_tuple(), dict(self.options), [])


def _nested(code: CodeType, name: str, line: int, column: int) -> CodeType:
    """The code object of a function nested in another, by its name and place."""
    found = [
        one for one in _functions(code) if one.co_name == name and _first_line(one) == line
    ]
    if name == "<lambda>":
        # Several on one line: the one whose body begins next.
        found = sorted(
            (one for one in found if _first_column(one) > column), key=_first_column
        )[:1] or found
    if not found:
        raise RuntimeError(f"the code of {name} in {code.co_name}() was not found")
    return found[0]


def _functions(code: CodeType) -> list[CodeType]:
    """Functions defined in a code object, also those in its comprehensions."""
    functions = []
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_name in ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"):
                functions += _functions(constant)
            else:
                functions.append(constant)
    return functions


def _first_line(code: CodeType) -> int:
    return code.co_firstlineno


def _first_column(code: CodeType) -> int:
    line = code.co_firstlineno
    columns = [
        start for first, _, start, _ in code.co_positions() if first == line and start
    ]
    return min(columns, default=1 << 30)


def _cell(item: Any, memo: dict) -> CellType:
    if isinstance(item, list):
        # A variable that several functions share.
        address, *content = item
        if address not in memo:
            memo[address] = CellType(*content)
        return memo[address]
    return CellType(*item)


def partial_maker(names: list[str]) -> Any:
    """Who makes a ``functools.partial`` of a function, arguments and keyword arguments.

    Parameters
    ----------
    names : list of str
        The keywords.

    Returns
    -------
    callable
    """

    def make(items: list, memo: dict) -> Any:
        values = [item[0] for item in items]
        split = len(values) - len(names)
        return partial(*values[:split], **dict(zip(names, values[split:])))

    return make


def keywords_maker(names: list[str]) -> Any:
    """Who makes the dict that a ``**kwargs`` parameter is.

    Parameters
    ----------
    names : list of str
        The keywords.

    Returns
    -------
    callable
    """

    def make(items: list, memo: dict) -> Any:
        return {name: item[0] for name, item in zip(names, items)}

    return make
