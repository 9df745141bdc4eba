"""A file's functions and globals, as far as its text tells them.

Known are modules of Python's library, NumPy and cumbia (also by Numba's names), literals and
simple expressions of these, the usual ways to make an array, and functions. Sizes are cut to a
few elements, since only types matter. Everything else is unknown, and a function that uses it
is not checked.
"""

from __future__ import annotations

import ast
import importlib
import operator
import sys
from types import CodeType, FunctionType
from typing import Any, NamedTuple

__all__ = ["DECORATORS", "Function", "Module", "UNKNOWN", "read"]

DECORATORS = frozenset({"jit", "njit", "vectorize", "guvectorize", "stencil", "cfunc"})
# Importing these does something that is seen.
NOT_IMPORTED = frozenset({"antigravity", "this", "idlelib", "turtle", "turtledemo", "test"})
LARGEST = 3

_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
_CONSTRUCTORS = ("zeros", "ones", "empty", "full", "arange", "linspace", "array", "asarray", "eye", "zeros_like", "ones_like")
_RANDOM = {"rand": float, "randn": float, "random": float, "random_sample": float, "normal": float, "standard_normal": float, "uniform": float, "randint": int, "integers": int}  # fmt: skip


class _Unknown:
    """What only running the file would tell."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = _Unknown()


class Function(NamedTuple):
    """A function of the file.

    Attributes
    ----------
    node : ast.FunctionDef
        Its text.
    python : function
        Made from that, with the file's globals; it isn't to be called.
    decorator : str or None
        Which of cumbia's decorators it has.
    signatures : list
        Those in the decorator.
    options : dict
        Those in the decorator that can be known.
    """

    node: ast.FunctionDef
    python: FunctionType
    decorator: str | None
    signatures: list[Any]
    options: dict[str, Any]


class Module(NamedTuple):
    """A file.

    Attributes
    ----------
    functions : list of Function
        Those at its top level.
    globals : dict
        Names and values; `UNKNOWN` where the text doesn't tell.
    calls : dict of str to list
        Arguments with which functions are called at the top level, where they can be known.
    has_stars : bool
        Whether any name may come from ``import *``.
    """

    functions: list[Function]
    globals: dict[str, Any]
    calls: dict[str, list[tuple[Any, ...]]]
    has_stars: bool


def read(tree: ast.Module, text: str, path: str) -> Module:
    """Make a file's functions and globals.

    Parameters
    ----------
    tree : ast.Module
        The file.
    text, path : str
        Its text and name.

    Returns
    -------
    Module
    """
    code = compile(text, path, "exec", dont_inherit=True)
    codes = {(one.co_name, one.co_firstlineno): one for one in code.co_consts if isinstance(one, CodeType)}
    made = Module([], {"__name__": "__checked__", "__builtins__": __builtins__, "__file__": path}, {}, _has_stars(tree))
    for statement in _top_level(tree.body):
        _statement(statement, made, codes)
    # Functions are called with what is known behind them, too.
    for node in _calls(tree):
        values = [evaluate(one, made.globals) for one in node.args]
        if values and not node.keywords and not any(one is UNKNOWN for one in values):
            made.calls.setdefault(node.func.id, []).append(tuple(values))
    return made


def _top_level(body: list[ast.stmt]) -> Any:
    """Statements that run when the file does, those in branches after one another."""
    for one in body:
        yield one
        if isinstance(one, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
            for field in ("body", "orelse", "finalbody"):
                yield from _top_level(getattr(one, field, []))
            for handler in getattr(one, "handlers", []):
                yield from _top_level(handler.body)


def _calls(tree: ast.Module) -> Any:
    for statement in _top_level(tree.body):
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            # What `main()` calls is called with its own variables.
            continue
        parts = [statement]
        if isinstance(statement, (ast.If, ast.For, ast.While, ast.With, ast.Try)):
            parts = [value for name, value in ast.iter_fields(statement) if isinstance(value, ast.expr)]
        for part in parts:
            for node in ast.walk(part):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    yield node


def _has_stars(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(tree))


def _statement(statement: ast.stmt, made: Module, codes: dict) -> None:
    scope = made.globals
    match statement:
        case ast.Import(names):
            for one in names:
                name = one.asname or one.name.partition(".")[0]
                scope[name] = _import(one.name if one.asname else name)
        case ast.ImportFrom(module, names, level):
            source = _import(module or "") if not level else UNKNOWN
            for one in names:
                if one.name != "*":
                    scope[one.asname or one.name] = getattr(source, one.name, UNKNOWN) if source is not UNKNOWN else UNKNOWN
        case ast.FunctionDef():
            _function(statement, made, codes)
        case ast.Assign(targets, value):
            found = evaluate(value, scope)
            for target in targets:
                _bind(target, found, scope)
        case ast.AnnAssign(target, _, value):
            _bind(target, evaluate(value, scope) if value is not None else UNKNOWN, scope)
        case ast.AugAssign(target):
            _bind(target, UNKNOWN, scope)
        case ast.ClassDef(name) | ast.AsyncFunctionDef(name):
            scope[name] = UNKNOWN
        case ast.For(target):
            _bind(target, UNKNOWN, scope)
        case ast.With(items):
            for item in items:
                if item.optional_vars is not None:
                    _bind(item.optional_vars, UNKNOWN, scope)


def _bind(target: ast.expr, value: Any, scope: dict[str, Any]) -> None:
    if isinstance(target, ast.Name):
        scope[target.id] = value
    elif isinstance(target, (ast.Tuple, ast.List)):
        values = list(value) if isinstance(value, (tuple, list)) and len(value) == len(target.elts) else [UNKNOWN] * len(target.elts)
        for one, part in zip(target.elts, values, strict=True):
            _bind(one, part, scope)


def _import(name: str) -> Any:
    root = name.partition(".")[0]
    if root == "numba":
        from cumbia._command import as_numba

        return as_numba.stands_for(name, UNKNOWN)
    known = root in sys.stdlib_module_names and root not in NOT_IMPORTED
    if not known and root not in ("numpy", "cumbia"):
        return UNKNOWN
    try:
        return importlib.import_module(name)
    except ImportError:
        return UNKNOWN


def _function(node: ast.FunctionDef, made: Module, codes: dict) -> None:
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    code = codes.get((node.name, first))
    if code is None:
        made.globals[node.name] = UNKNOWN
        return
    defaults = tuple(evaluate(one, made.globals) for one in node.args.defaults)
    function = FunctionType(code, made.globals, node.name, defaults or None)
    function.__module__ = "__checked__"
    by_name = {
        one.arg: evaluate(default, made.globals)
        for one, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if default is not None
    }
    function.__kwdefaults__ = by_name or None
    decorator, signatures, options = None, [], {}
    others = False
    for one in node.decorator_list:
        called = one.func if isinstance(one, ast.Call) else one
        name = _decorator_name(called, made.globals)
        if name is None:
            others = True
            continue
        decorator = name
        if isinstance(one, ast.Call):
            given = [evaluate(arg, made.globals) for arg in one.args]
            signatures = [each for arg in given if arg is not UNKNOWN for each in (arg if isinstance(arg, list) else [arg])]
            options = {
                word.arg: value for word in one.keywords
                if word.arg and (value := evaluate(word.value, made.globals)) is not UNKNOWN
            }  # fmt: skip
    made.functions.append(Function(node, function, decorator, signatures, options))
    # Below another decorator it is something else.
    made.globals[node.name] = UNKNOWN if others else function


def _decorator_name(node: ast.expr, scope: dict[str, Any]) -> str | None:
    import cumbia

    value = evaluate(node, scope, calls=False)
    for name in sorted(DECORATORS):
        if value is getattr(cumbia, name):
            return name
    return None


def evaluate(node: ast.expr, scope: dict[str, Any], calls: bool = True) -> Any:
    """Say what an expression gives, if that can be told without running the file's code.

    Parameters
    ----------
    node : ast.expr
        The expression.
    scope : dict
        Names and values.
    calls : bool, optional
        Whether arrays may be made.

    Returns
    -------
    object
        The value, its sizes cut, or `UNKNOWN`.

    Examples
    --------
    >>> import ast
    >>> from cumbia._check.module import evaluate
    >>> evaluate(ast.parse("(1, 2 * 3.5)", mode="eval").body, {})
    (1, 7.0)
    >>> evaluate(ast.parse("open('f')", mode="eval").body, {})
    unknown
    """
    try:
        return _evaluate(node, scope, calls)
    except Exception:
        # Whatever is wrong with it is for the program to tell.
        return UNKNOWN


def _evaluate(node: ast.expr, scope: dict[str, Any], calls: bool) -> Any:
    def part(one: ast.expr) -> Any:
        return _evaluate(one, scope, calls)

    match node:
        case ast.Constant(value):
            return value
        case ast.Name(name):
            return scope.get(name, UNKNOWN)
        case ast.Tuple(parts):
            values = tuple(map(part, parts))
            return UNKNOWN if any(one is UNKNOWN for one in values) else values
        case ast.List(parts):
            found = [part(one) for one in parts]
            return UNKNOWN if any(one is UNKNOWN for one in found) else found
        case ast.Set(parts):
            return {part(one) for one in parts}
        case ast.Dict(keys, parts):
            # `{**other}` has no key.
            known = [key for key in keys if key is not None]
            return {part(key): part(one) for key, one in zip(known, parts, strict=True)}
        case ast.UnaryOp(sign, operand) if type(sign) in _OPERATORS:
            value = part(operand)
            return UNKNOWN if value is UNKNOWN else _OPERATORS[type(sign)](value)
        case ast.BinOp(left, sign, right) if type(sign) in _OPERATORS:
            values = part(left), part(right)
            if any(one is UNKNOWN or isinstance(one, (str, bytes, list, tuple)) for one in values):
                return UNKNOWN
            return _OPERATORS[type(sign)](*values)
        case ast.Attribute(value, name):
            holder = part(value)
            if isinstance(holder, type(sys)):
                return getattr(holder, name, UNKNOWN)
            if isinstance(holder, _numpy().ndarray) and name in ("T", "shape", "size", "ndim", "dtype"):
                return getattr(holder, name)
            return UNKNOWN
        case ast.Call() if calls:
            return _call(node, part)
        case ast.Subscript(value, index):
            holder = part(value)
            if isinstance(holder, _types()):
                return holder[tuple(slice(None) for _ in index.elts) if isinstance(index, ast.Tuple) else slice(None)]
    return UNKNOWN


def _numpy() -> Any:
    return importlib.import_module("numpy")


def _types() -> Any:
    return importlib.import_module("cumbia.types").Type


def _call(node: ast.Call, part: Any) -> Any:
    np = _numpy()
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name in _RANDOM and isinstance(node.func, ast.Attribute):
        holder = part(node.func.value)
        if holder is np.random or isinstance(holder, np.random.Generator):
            return _random(name, node, part)
    called = part(node.func)
    if called is UNKNOWN:
        # A type's call is a signature: `float64(int64)`.
        return UNKNOWN
    given = [part(one) for one in node.args]
    words = {one.arg: part(one.value) for one in node.keywords if one.arg}
    if any(one is UNKNOWN for one in (*given, *words.values())):
        return UNKNOWN
    if isinstance(called, _types()) and all(isinstance(one, _types()) for one in given):
        return called(*given)
    if called is np.random.default_rng:
        return np.random.default_rng(0)
    if called in (int, float, complex, bool) or (isinstance(called, type) and issubclass(called, np.generic)):
        return called(*given, **words)
    if any(called is getattr(np, one) for one in _CONSTRUCTORS):
        if called in (np.arange, np.linspace):
            # As many as are needed to have their type.
            return np.asarray(called(*([type(one)(1) for one in given[:2]] + given[2:3] if called is np.arange else given[:2]), **{k: v for k, v in words.items() if k == "dtype"}))[:LARGEST]
        if given and name not in ("array", "asarray", "zeros_like", "ones_like"):
            given[0] = _cut(given[0])
        words = {key: _cut(value) if key in ("shape", "N", "M") else value for key, value in words.items()}
        return called(*given, **words)
    return UNKNOWN


def _cut(shape: Any) -> Any:
    if isinstance(shape, (tuple, list)):
        return tuple(min(int(one), LARGEST) for one in shape)
    return min(int(shape), LARGEST)


def _random(name: str, node: ast.Call, part: Any) -> Any:
    np = _numpy()
    given = [part(one) for one in node.args]
    words = {one.arg: part(one.value) for one in node.keywords if one.arg}
    if any(one is UNKNOWN for one in given):
        return UNKNOWN
    size = words.get("size")
    if name in ("rand", "randn"):
        size = tuple(given) or None
    elif name in ("random", "random_sample", "standard_normal") and given:
        size = given[0]
    elif size is None and len(given) > 2:
        size = given[2]
    dtype = words.get("dtype", float if _RANDOM[name] is float else np.int64)
    if size is UNKNOWN or dtype is UNKNOWN:
        return UNKNOWN
    return _RANDOM[name](0) if size is None else np.zeros(_cut(size), dtype)
