"""`numba.experimental.jitclass`: an ordinary class, with fields of the types that it declares.

Fields that are declared as numbers convert what they are given, in Python by descriptors and in
compiled code where methods store to their own object; elsewhere compiled code converts to the type
that the field has. What a field has is kept under another name (`PREFIX`), as that of
a struct is (`cumbia/_structref.py`). Methods are compiled when they are called; `__init__`,
properties and operators where compiled code calls them.

Not here: checks that every attribute is declared, or that an array has the type that it was
declared with. A class without a number among its declared types keeps its attributes as it is.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from types import FunctionType, SimpleNamespace
from typing import Any

from cumbia._options import Declared
from cumbia.types import Opaque, Scalar, Type

__all__ = ["jitclass"]

#: What the names of fields begin with in an instance's `__dict__`; the boundary reads it.
PREFIX = "field."

_DECLARED = "__cumbia_declared__"
_OF_HINTS = {bool: "bool", int: "int64", float: "float64", complex: "complex128"}
# A field keeps its type: of these a number of NumPy's becomes Python's.
_PLAIN: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "bool": ("python_bool", bool),
    "int64": ("python_int", int),
    "float64": ("python_float", float),
    "complex128": ("python_complex", complex),
}


def jitclass(cls_or_spec: Any = None, spec: Any = None) -> Any:
    """Give a class, or a decorator, as Numba's `jitclass` does.

    Parameters
    ----------
    cls_or_spec : type, mapping or sequence of (str, Type), optional
        The class, or the types of its fields.
    spec : mapping or sequence of (str, Type), optional
        The types, where a class is given.

    Returns
    -------
    type or callable
        The class itself, or what takes it.

    Raises
    ------
    TypeError
        If the types name no fields, or are none.
    """
    if isinstance(cls_or_spec, type):
        return _declare(cls_or_spec, _checked(spec))
    fields = _checked(cls_or_spec if cls_or_spec is not None else spec)
    return lambda cls: _declare(cls, fields)


def _checked(spec: Any) -> dict[str, Any]:
    pairs = list(spec.items() if isinstance(spec, Mapping) else spec or ())
    for name, one in pairs:
        if not isinstance(name, str):
            raise TypeError(f"spec keys should be strings, got {name!r}")
        if not isinstance(one, Type):
            raise TypeError(f"spec values should be Numba type instances, got {one!r}")
    return dict(pairs)


def _numbers(cls: type, fields: dict[str, Any]) -> dict[str, str]:
    """The fields that are numbers, of the types and of the class's annotations."""
    found = {name: one.name for name, one in fields.items() if isinstance(one, Scalar) and not one.name.endswith("float16")}
    try:
        hints = typing.get_type_hints(cls)
    except Exception:
        # An annotation that names nothing is a comment.
        hints = {}
    for name, hint in hints.items():
        if name not in fields and isinstance(hint, type) and hint in _OF_HINTS:
            found[name] = _OF_HINTS[hint]
    return found


def _declare(cls: Any, fields: dict[str, Any]) -> Any:
    cls.class_type = SimpleNamespace(instance_type=Opaque(f"instance of {cls.__qualname__}"))
    numbers = _numbers(cls, fields)
    declared = {f".{name}": _PLAIN[one][0] if one in _PLAIN else one for name, one in numbers.items()}
    for name, found in _members(cls).items():
        own = _method(name, found, declared)
        if vars(cls).get(name) is not own:
            setattr(cls, name, own)
    if numbers:
        for name in {**fields, **numbers}:
            setattr(cls, name, _Field(name, numbers.get(name)))
        cls.__cumbia_prefix__ = PREFIX
        cls.__cumbia_fields__ = {name[1:]: one for name, one in declared.items()}
        if "__init__" in vars(cls):
            cls.__cumbia_init__ = cls.__init__
    return cls


def _members(cls: type) -> dict[str, Any]:
    """What a class has, with copies of the functions that it inherits: their bases have other types."""
    found = {}
    for base in cls.__mro__[-2::-1]:
        for name, one in vars(base).items():
            if base is cls:
                found[name] = one
            elif isinstance(one, FunctionType):
                found[name] = _copy(one)
            elif isinstance(one, property):
                found[name] = property(*(_copy(part) for part in (one.fget, one.fset, one.fdel)), one.__doc__)
    return found


def _copy(function: Any) -> Any:
    if not isinstance(function, FunctionType):
        return function
    made = FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    made.__kwdefaults__ = function.__kwdefaults__
    made.__qualname__, made.__module__, made.__doc__ = function.__qualname__, function.__module__, function.__doc__
    return made


def _method(name: str, found: Any, declared: dict[str, str]) -> Any:
    """What is in a class for a method of it."""
    from cumbia import jit

    if isinstance(found, property):
        for function in (found.fget, found.fset):
            if isinstance(function, FunctionType):
                function.__dict__[_DECLARED] = declared
    elif isinstance(found, staticmethod) and isinstance(found.__func__, FunctionType):
        return staticmethod(jit(found.__func__))
    elif isinstance(found, FunctionType):
        if name.startswith("__"):
            found.__dict__[_DECLARED] = declared
        else:
            return jit(found, locals=Declared(declared))
    return found


class _Field:
    """What Python sees a field by. It is no property, whose functions compiled code would call."""

    def __init__(self, name: str, number: str | None) -> None:
        self._name = name
        self._number = number

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        try:
            return instance.__dict__[PREFIX + self._name]
        except KeyError:
            message = f"{type(instance).__name__!r} object has no attribute {self._name!r}"
            raise AttributeError(message, name=self._name, obj=instance) from None

    def __set__(self, instance: Any, value: Any) -> None:
        number = self._number
        instance.__dict__[PREFIX + self._name] = value if number is None else _converted(value, number)

    def __delete__(self, instance: Any) -> None:
        self.__get__(instance)
        del instance.__dict__[PREFIX + self._name]


def _converted(value: Any, number: str) -> Any:
    """Give a number in the type of a field, as `declared.py` of the library does."""
    import numpy

    is_complex = isinstance(value, (complex, numpy.complexfloating))
    if (
        not isinstance(value, (bool, int, float, complex, numpy.number, numpy.bool_))
        or isinstance(value, numpy.timedelta64)
        or is_complex and not number.startswith("complex")
    ):
        return value
    if number in _PLAIN:
        return _PLAIN[number][1](value)
    to = numpy.dtype(number)
    if to.kind not in "iu":
        return to.type(value)
    if isinstance(value, numpy.generic):
        cut = value.astype(to)
    elif isinstance(value, float) and number == "uint64" and value >= 0:
        cut = numpy.uint64(value)
    else:
        cut = numpy.int64(value).astype(to)
    return cut if number == "uint64" else numpy.int64(cut)
