"""Teaching the compiler: functions, methods and attributes for compiled code.

An overload function gets the types of the arguments and gives the function that compiled
code is to call in their place, or None where it has none for these types. The
implementation is written in the Python that cumbia compiles, and is compiled on demand, as
the library's own functions are.

What is registered counts for what is compiled from then on: code that was compiled before
stays as it is.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

__all__ = ["get_cython_function_address", "overload", "overload_attribute", "overload_method", "register_jitable"]

#: Overload functions by kind (function, method, attribute) and by object or name; the object
#: is kept, so that its address stays its own.
_registered: dict[tuple[str, Any], list[_Overload]] = {}

_OPTIONS = frozenset({"nopython", "nogil", "cache", "no_cpython_wrapper", "no_cfunc_wrapper"})


class _Overload:
    """One overload function."""

    __slots__ = ("function", "kept", "made", "prefer_literal", "receiver", "strict")

    def __init__(self, function: Callable[..., Any], strict: bool, prefer_literal: bool) -> None:
        self.function = function
        self.strict = strict
        self.prefer_literal = prefer_literal
        self.receiver: Any = None
        self.kept: Any = None
        self.made: dict[Any, Any] = {}


def _check(
    jit_options: Any, strict: Any, inline: Any, prefer_literal: Any, unknown: dict[str, Any]
) -> None:
    """Accept or refuse the options, each by its name."""
    for name in unknown:
        raise TypeError(f"overload() has no option {name!r}")
    for name, value in (jit_options or {}).items():
        if name not in _OPTIONS or not isinstance(value, bool):
            raise TypeError(
                f"jit_options: an overload is compiled with the options of the function that "
                f"calls it; {name!r} can't be set for it alone"
            )
        if name == "nopython" and not value:
            raise TypeError("jit_options: nopython=False has no meaning here")
    if inline not in ("never", "always"):
        raise TypeError(
            f"inline is 'never' or 'always', not {inline!r}: what is inlined is the compiler's "
            "choice and changes no result"
        )
    for name, value in (("strict", strict), ("prefer_literal", prefer_literal)):
        if not isinstance(value, bool):
            raise TypeError(f"{name} is True or False, not {value!r}")


def _register(kind: str, key: Any, entry: _Overload) -> None:
    _registered.setdefault((kind, key), []).append(entry)


def overload(
    func: Any,
    jit_options: dict[str, Any] | None = None,
    strict: bool = True,
    inline: str = "never",
    prefer_literal: bool = False,
    **unknown: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give compiled code an implementation of a function.

    Parameters
    ----------
    func : callable
        The function that compiled code calls: any Python object but those of the modules
        that cumbia knows itself.
    jit_options : dict, optional
        Options that change nothing here (``nopython=True``, ``nogil``, ``cache``).
    strict : bool, optional
        Whether the implementation's parameters must have the names of the overload
        function's.
    inline : {'never', 'always'}, optional
        Accepted; the compiler decides.
    prefer_literal : bool, optional
        Whether types of constants are tried before the types that they widen to.

    Returns
    -------
    callable
        A decorator for the overload function, which it gives back.

    Examples
    --------
    >>> import cumbia
    >>> from cumbia import types
    >>> from cumbia.extending import overload
    >>> def clipped(x, low):
    ...     return x if x > low else low
    >>> @overload(clipped)
    ... def overload_clipped(x, low):
    ...     if isinstance(x, types.Integer):
    ...         return lambda x, low: max(x, low)
    """
    _check(jit_options, strict, inline, prefer_literal, unknown)
    if not callable(func):
        raise TypeError(f"overload() takes what is called, not {func!r}")

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        entry = _Overload(function, strict, prefer_literal)
        entry.kept = func
        _register("function", id(func), entry)
        return function

    return decorate


def _of_object(one: Any, function: Callable[..., Any]) -> None:
    """As `overload`, of an object that needn't be callable in Python."""
    entry = _Overload(function, strict=False, prefer_literal=False)
    entry.kept = one
    _register("function", id(one), entry)


def _of_type(
    kind: str, receiver: Any, name: str, options: dict[str, Any]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    known = {key: options.pop(key) for key in ("jit_options", "strict", "inline", "prefer_literal") if key in options}
    _check(
        known.get("jit_options"),
        known.get("strict", True),
        known.get("inline", "never"),
        known.get("prefer_literal", False),
        options,
    )
    if not isinstance(name, str) or not name.isidentifier():
        raise TypeError(f"a name is a string, not {name!r}")
    from cumbia.types import Type

    if not isinstance(receiver, (type, Type)):
        raise TypeError(f"a type of cumbia.types is needed, not {receiver!r}")

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        entry = _Overload(function, known.get("strict", True), known.get("prefer_literal", False))
        entry.receiver = receiver
        _register(kind, name, entry)
        return function

    return decorate


def overload_method(
    typ: Any, attr: str, **options: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give values of a type a method in compiled code.

    Parameters
    ----------
    typ : type or Type
        A class of `cumbia.types` such as ``types.Array``, or one type such as
        ``types.float64[:]``.
    attr : str
        The method's name. The overload function gets the value's type first.
    **options
        Those of `overload`.

    Returns
    -------
    callable
        A decorator for the overload function, which it gives back.
    """
    return _of_type("method", typ, attr, options)


def overload_attribute(
    typ: Any, attr: str, **options: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give values of a type an attribute in compiled code.

    Parameters
    ----------
    typ : type or Type
        As in `overload_method`.
    attr : str
        The attribute's name. The implementation gets the value.
    **options
        Those of `overload`.

    Returns
    -------
    callable
        A decorator for the overload function, which it gives back.
    """
    return _of_type("attribute", typ, attr, options)


def register_jitable(*args: Any, **options: Any) -> Any:
    """Mark a function as one that compiled code may call.

    Every Python function may be called by compiled code, so this only checks the options
    and gives the function back.

    Parameters
    ----------
    *args : function, optional
        The function, where the decorator has no options.
    **options
        Options of `jit` that change nothing here.

    Returns
    -------
    function
        The function itself.
    """
    inline = options.pop("inline", "never")
    _check(options, True, inline, False, {})
    if not args:
        return lambda function: function
    if len(args) != 1 or not callable(args[0]):
        raise TypeError("register_jitable() takes one function")
    return args[0]


def get_cython_function_address(module_name: str, function_name: str) -> int:
    """The address of a function that a Cython module exports to C.

    Parameters
    ----------
    module_name : str
        The module, such as ``"scipy.special.cython_special"``.
    function_name : str
        The function's name in ``module.__pyx_capi__``.

    Returns
    -------
    int
        For ``ctypes.CFUNCTYPE(result, *arguments)(address)``, which compiled code can call.

    Raises
    ------
    ImportError
        If there is no such module.
    ValueError
        If the module exports no such function.
    """
    import ctypes
    from importlib import import_module

    exported = getattr(import_module(module_name), "__pyx_capi__", {})
    if function_name not in exported:
        raise ValueError(f"No function {function_name!r} found in __pyx_capi__ of {module_name!r}")
    capsule = exported[function_name]
    api = ctypes.pythonapi
    name_of = ctypes.PYFUNCTYPE(ctypes.c_char_p, ctypes.py_object)(("PyCapsule_GetName", api))
    pointer_of = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
        ("PyCapsule_GetPointer", api)
    )
    return pointer_of(capsule, name_of(capsule))


#: What an object that brings its overload function with it has in its `__dict__`.
_CARRIED = "__cumbia_overload__"
_CARRIED_BY_METHODS = "__cumbia_method_overload__"
_CARRIED_ELEMENTS = "__cumbia_elements__"
_CARRIERS = ("StencilFunc", "ufunc", "GeneralizedUfunc", "WithoutOutputs", "_Declared", "intrinsic")
_carried = False


def _carry(
    func: Any,
    function: Callable[..., Any],
    of_methods: Callable[..., Any] | None = None,
    of_elements: Callable[..., Any] | None = None,
) -> None:
    """As `overload`, for as long as the object lives; it must have a `__dict__`.

    The overload function gets the object first, which it so needn't hold; that of the object's
    methods gets the method's name besides. The last says of a ufunc what computes one element.
    """
    global _carried
    if of_methods is not None:
        setattr(func, _CARRIED_BY_METHODS, {"function": of_methods, "made": {}})
    if of_elements is not None:
        setattr(func, _CARRIED_ELEMENTS, of_elements)
    entry = _Overload(function, strict=False, prefer_literal=True)
    setattr(func, _CARRIED, entry)
    _carried = True


# What the compiler asks.


def _any() -> bool:
    return _carried or bool(_registered)


def _key(kind: str, key: Any) -> tuple[str, Any]:
    return kind, id(key) if kind == "function" else key


def _entries(kind: str, key: Any) -> list[_Overload]:
    found = _registered.get(_key(kind, key), [])
    if kind == "function" and _carried and type(key).__name__ == "builtin_function_or_method":
        return _of_method(key) or found
    if kind == "function" and _carried and _may_carry(key):
        own = getattr(key, "__dict__", {}).get(_CARRIED)
        if own is not None:
            bound = _Overload(functools.partial(own.function, key), own.strict, own.prefer_literal)
            bound.made = own.made
            return [bound, *found]
    return found


def _may_carry(key: Any) -> bool:
    """Whether an object is of a class whose instances may carry an overload function."""
    from cumbia._type_kinds import StructRef

    return type(key).__name__ in _CARRIERS or StructRef in type(key).__mro__


def _of_method(key: Any) -> list[_Overload]:
    """The entry for a method of an object that carries one for its methods."""
    own = getattr(getattr(key, "__self__", None), "__dict__", {}).get(_CARRIED_BY_METHODS)
    if own is None:
        return []
    # The object, which holds what is made, isn't held by it.
    bound = _Overload(
        functools.partial(own["function"], key.__self__, key.__name__),
        strict=False, prefer_literal=True,
    )
    bound.made = own["made"].setdefault(key.__name__, {})
    return [bound]


def _is_registered(kind: str, key: Any) -> bool:
    return bool(_entries(kind, key))


def _fits(entry: _Overload, kind: str, ty: Any) -> bool:
    if kind == "function":
        return True
    if isinstance(entry.receiver, type):
        return isinstance(ty, entry.receiver)
    return ty == entry.receiver


def _is_registered_for(kind: str, key: Any, ty: Any) -> bool:
    return any(_fits(entry, kind, ty) for entry in _registered.get(_key(kind, key), ()))


def _choose(kind: str, key: Any, plain: Any, literal: Any) -> Any:
    """The implementation for types of arguments; None where nothing is registered."""
    entries = _entries(kind, key)
    if kind != "function":
        entries = [entry for entry in entries if _fits(entry, kind, plain[0][0])]
        if not entries:
            return None
    name = getattr(key, "__name__", None) or str(key)
    # The latest counts first.
    for entry in reversed(entries):
        forms = [plain] if literal is None else [plain, literal]
        for types, named in reversed(forms) if entry.prefer_literal else forms:
            made = _implementation(entry, name, types, named)
            if made is not None:
                return made
    types, named = plain
    shown = ", ".join([*map(repr, types), *(f"{k}={v!r}" for k, v in named.items())])
    count = "the overload" if len(entries) == 1 else f"none of the {len(entries)} overloads"
    has = "has no" if len(entries) == 1 else "has an"
    raise TypeError(f"{count} of {name} {has} implementation for ({shown})")


def _elements(key: Any, types: list[Any]) -> Any:
    """What computes an element of a ufunc's result, its dtype and whether it is cheap.

    None for other objects, and where elements can't be computed in any order.
    """
    of_elements = getattr(key, _CARRIED_ELEMENTS, None)
    return None if of_elements is None else of_elements(key, types)


def _implementation(entry: _Overload, name: str, types: Any, named: Any) -> Any:
    signature = inspect.signature(entry.function)
    try:
        signature.bind(*types, **named)
    except TypeError:
        return None
    key = (tuple(types), tuple(named.items()))
    if key in entry.made:
        return entry.made[key]
    try:
        made = entry.function(*types, **named)
    except Exception as error:
        # One that an object of ours brings with it has the words for the user.
        if isinstance(entry.function, functools.partial) and isinstance(error, TypeError):
            raise
        raise TypeError(
            f"the overload function {_name_of(entry)}() of {name} raised "
            f"{type(error).__name__}: {error}"
        ) from error
    if made is not None:
        if not callable(made):
            raise TypeError(
                f"the overload function {entry.function.__name__}() of {name} gives a function "
                f"or None, not {made!r}"
            )
        if entry.strict:
            _check_names(entry, name, signature, made)
    entry.made[key] = made
    return made


def _name_of(entry: _Overload) -> str:
    function: Any = entry.function
    return getattr(function, "func", function).__name__


def _check_names(entry: _Overload, name: str, signature: inspect.Signature, made: Any) -> None:
    wanted = list(signature.parameters)
    got = list(inspect.signature(getattr(made, "py_func", made)).parameters)
    variadic = any(
        p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in signature.parameters.values()
    )
    if not variadic and got != wanted:
        raise TypeError(
            f"the implementation of {name} has the parameters ({', '.join(got)}) and "
            f"{entry.function.__name__}() has ({', '.join(wanted)}): name them alike, or pass "
            "strict=False"
        )
