"""Pickling of jitted functions: by name where that works, else by their source.

A function that can be imported is pickled as its module and name, as Python does with
functions. One that can't (a lambda, a function defined in another, one of ``__main__``,
which is another module in a worker process) is pickled as the text it was made from, with
its defaults, closure and the globals it uses, and made again from these. What is made
again is compiled again when it is called.
"""

from __future__ import annotations

import sys
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

__all__ = ["rebuild", "reduce"]

_SELF, _MODULE, _VALUE, _EMPTY = "self", "module", "value", "empty"


def reduce(dispatcher: Any, source: tuple, options: dict, signatures: tuple) -> Any:
    """What ``__reduce__`` of a dispatcher gives.

    Parameters
    ----------
    dispatcher : Dispatcher
        The function to pickle.
    source, options, signatures
        What it was made from.

    Returns
    -------
    str or tuple
        A global name, or what calls `rebuild`.
    """
    func = dispatcher.py_func
    if _importable(dispatcher, func.__module__, func.__qualname__):
        return func.__qualname__
    code = func.__code__
    names = {
        name: _pack(func.__globals__[name], dispatcher)
        for name in sorted(_names(code))
        if name in func.__globals__
    }
    cells = []
    for cell in func.__closure__ or ():
        try:
            cells.append(_pack(cell.cell_contents, dispatcher))
        except ValueError:
            cells.append((_EMPTY, None))
    state = {
        "module": func.__module__,
        "globals": names,
        "closure": dict(zip(code.co_freevars, cells)),
        "defaults": func.__defaults__,
        "kwdefaults": func.__kwdefaults__,
        "doc": func.__doc__,
        "first_line": code.co_firstlineno,
    }
    return rebuild, (tuple(source), dict(options), tuple(signatures), state)


def rebuild(source: tuple, options: dict, signatures: tuple, state: dict) -> Any:
    """Make a dispatcher from what `reduce` kept.

    Parameters
    ----------
    source, options, signatures
        What the dispatcher was made from.
    state : dict
        Module, globals, closure and defaults of the function.

    Returns
    -------
    Dispatcher
    """
    from cumbia._cumbia import Dispatcher

    key = _fixed(source, options, signatures, state)
    if key is not None and key in _rebuilt:
        return _rebuilt[key]
    code = _code(source, state)
    scope = {"__name__": state["module"], "__builtins__": __builtins__}
    pending: list = []
    for name, packed in state["globals"].items():
        if packed[0] == _SELF:
            pending.append(lambda value, name=name: scope.__setitem__(name, value))
        else:
            scope[name] = _unpack(packed)
    cells = []
    for name in code.co_freevars:
        packed = state["closure"][name]
        cell = CellType()
        if packed[0] == _SELF:
            pending.append(lambda value, cell=cell: setattr(cell, "cell_contents", value))
        elif packed[0] != _EMPTY:
            cell.cell_contents = _unpack(packed)
        cells.append(cell)
    func = FunctionType(code, scope, source[4], state["defaults"], tuple(cells) or None)
    func.__kwdefaults__ = state["kwdefaults"]
    func.__qualname__ = source[3]
    func.__module__ = state["module"]
    func.__doc__ = state["doc"]
    # Signatures are compiled by the constructor, so a function that calls itself
    # must find itself by then: it does by its own name.
    dispatcher = Dispatcher(func, source, options, list(signatures))
    for fill in pending:
        fill(dispatcher)
    if key is not None:
        if len(_rebuilt) >= _MOST_REBUILT:
            _rebuilt.pop(next(iter(_rebuilt)))
        _rebuilt[key] = dispatcher
    return dispatcher


# What `rebuild` made of texts that refer to nothing that changes, so that tasks which get
# the same function again and again don't find its code again and again.
_rebuilt: dict[tuple, Any] = {}
_MOST_REBUILT = 64


def _fixed(source: tuple, options: dict, signatures: tuple, state: dict) -> tuple | None:
    """What tells a function from all others, if nothing it refers to can change."""
    if state["closure"]:
        return None
    parts: list[Any] = [source, sorted(options.items()), signatures]
    for name, (kind, value) in sorted(state["globals"].items()):
        if kind == _VALUE and not _is_fixed(value):
            return None
        parts.append((name, kind, repr(value), id(value) if hasattr(value, "py_func") else 0))
    defaults = state["defaults"] or (), tuple(sorted((state["kwdefaults"] or {}).items()))
    if not _is_fixed(defaults):
        return None
    parts += [repr(defaults), state["module"], state["doc"], state["first_line"]]
    return tuple(map(repr, parts))


def _is_fixed(value: Any) -> bool:
    if type(value) is tuple:
        return all(_is_fixed(item) for item in value)
    return value is None or type(value) in (bool, int, float, complex, str, bytes) or (
        # One that was made again stays as long as what refers to it.
        any(value is known for known in _rebuilt.values())
    )


def remember(ufunc: Any, maker: Any, parts: tuple) -> None:
    """Keep what a ufunc is made of, for where it can't be pickled by its name."""
    import copyreg

    import numpy

    try:
        ufunc.__dict__[_MADE_OF] = maker, parts
    except AttributeError:
        # NumPy before 2.2 has nowhere to keep it.
        return
    usual = copyreg.dispatch_table.get(numpy.ufunc)
    if usual is not _reduce_ufunc and usual is not None:
        _usual.append(usual)
        copyreg.pickle(numpy.ufunc, _reduce_ufunc)  # type: ignore[arg-type]


_MADE_OF = "_cumbia_made_of"
_usual: list[Any] = []


def _reduce_ufunc(ufunc: Any) -> Any:
    made_of = ufunc.__dict__.get(_MADE_OF)
    if made_of is None:
        return _usual[-1](ufunc)
    if _importable(ufunc, ufunc.__module__, ufunc.__qualname__):
        return ufunc.__qualname__
    maker, parts = made_of
    return maker, parts


def _importable(value: Any, module: str | None, qualname: str) -> bool:
    if module is None or module == "__main__" or "<" in qualname:
        return False
    found: Any = sys.modules.get(module)
    for part in qualname.split("."):
        found = getattr(found, part, None)
    return found is value


def _names(code: CodeType) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _names(constant)
    return names


def _pack(value: Any, dispatcher: Any) -> tuple[str, Any]:
    if value is dispatcher:
        return _SELF, None
    if isinstance(value, ModuleType):
        return _MODULE, value.__name__
    return _VALUE, value


def _unpack(packed: tuple[str, Any]) -> Any:
    kind, value = packed
    if kind == _MODULE:
        import importlib

        return importlib.import_module(value)
    return value


def _code(source: tuple, state: dict) -> CodeType:
    """Compile the text, and find the function's code object in it."""
    text, filename, first_line, _, name, kind, line, column, indent = source
    if kind == "def" and indent:
        # A body for the indentation, on the line above.
        text, first_line = "if 1:\n" + text, first_line - 1
    elif kind == "lambda" and text[:1] in " \t":
        text, first_line = "if 1:\n" + text, first_line - 1
    free = list(state["closure"])
    if free:
        # A function around it that has the free variables.
        head = f"def _({', '.join(free)}):\n"
        body = "".join(f" {one}" for one in text.splitlines(keepends=True))
        text, first_line = head + body, first_line - 1
        column = None if column is None else column + 1
    whole = compile(text, filename, "exec", dont_inherit=True)
    found = [
        code
        for code in _all_codes(whole)
        if code.co_name == name and set(code.co_freevars) == set(free)
    ]
    if kind == "lambda":
        found = [code for code in found if _starts_at(code, line - first_line + 1, column)] or found
    if not found:
        raise ValueError(f"the pickled text of {name}() doesn't hold it any more")
    code = found[0]
    shift = first_line - 1
    return code.replace(
        co_firstlineno=code.co_firstlineno + shift, co_qualname=source[3]
    )


def _all_codes(code: CodeType) -> list[CodeType]:
    codes = []
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            codes.append(constant)
            codes += _all_codes(constant)
    return codes


def _starts_at(code: CodeType, line: int, column: int) -> bool:
    """Whether a lambda's body begins right of a place, nearest to it."""
    columns = [
        where[2]
        for where in code.co_positions()
        if where[0] == line and where[2] is not None and where[2] > column
    ]
    return code.co_firstlineno == line and bool(columns)
