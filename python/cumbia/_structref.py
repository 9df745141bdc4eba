"""Structs that Numba's programs make by `numba.experimental.structref`, as ordinary objects.

A proxy class is an ordinary class to the compiler (`docs/semantics.md`): an instance has fields
that keep their types, and what is assigned is seen through every name. In Python the fields lie
in the instance's `__dict__` under names that begin with `PREFIX`, which no attribute has, so
that a proxy may have properties of the fields' names that call compiled functions, as Numba's
programs write them.

The types that a struct's class is given for its fields mean something in two places only: `new`
makes an instance of them, and where the class has a `preprocess_fields` of its own, its
constructor converts to what that gives. Elsewhere a field has the type of what is stored first.
A field of the struct's own type can be None alone, since no object of compiled code refers to
its own class. `register` and `define_attributes` have nothing to do.
"""

from __future__ import annotations

import functools
from types import FunctionType
from typing import Any

from cumbia._source import SNAPSHOT, capture
from cumbia.types import Array, NoneType, Scalar, Tuple, Type
from cumbia._type_kinds import Bytes, DictType, List, Optional, Set, StructRef, UnicodeType, unliteral

__all__ = [
    "StructRefProxy",
    "define_attributes",
    "define_boxing",
    "define_constructor",
    "define_proxy",
    "new",
    "register",
]

#: What the names of fields begin with in an instance's `__dict__`; the boundary reads it.
PREFIX = "structref."

_INIT = "__cumbia_init__"
_TYPE = "__cumbia_type__"


class StructRefProxy:
    """A struct in Python: what define_proxy() or define_boxing() is given derives from it.

    Parameters
    ----------
    *args : object
        The fields' values, in the order that define_proxy() was given.

    Raises
    ------
    TypeError
        If the class has no constructor, or another number of fields.
    """

    __cumbia_prefix__ = PREFIX
    __cumbia_type__: Any = None

    def __new__(cls, *args: Any) -> Any:
        """Make an instance of its fields' values."""
        fields = getattr(cls, "_structref_fields", None)
        if fields is None:
            raise TypeError(f"{cls.__name__} has no constructor: call structref.define_proxy() for it")
        if len(args) != len(fields):
            raise TypeError(f"{cls.__name__} has {len(fields)} fields, and {len(args)} values are given")
        if _is_declared(getattr(cls, _TYPE)):
            return _compiled_constructor(cls)(*args)
        made = object.__new__(cls)
        for name, value in zip(fields, args):
            made.__dict__[PREFIX + name] = value
        return made

    def __cumbia_init__(self, *args: Any) -> None:
        raise TypeError("no constructor: call structref.define_proxy() for the class")


def register(struct_type: type) -> type:
    """Take note of a class of structs.

    Parameters
    ----------
    struct_type : type
        A class derived from ``types.StructRef``.

    Returns
    -------
    type
        The class itself.
    """
    _check(struct_type)
    return struct_type


def define_attributes(struct_typeclass: type) -> None:
    """Do nothing: fields are attributes.

    Parameters
    ----------
    struct_typeclass : type
        A class derived from ``types.StructRef``.
    """
    _check(struct_typeclass)


def define_boxing(struct_type: type, obj_class: type) -> None:
    """Say which class structs have in Python.

    Parameters
    ----------
    struct_type : type
        A class derived from ``types.StructRef``.
    obj_class : type
        One derived from `StructRefProxy`, or that itself.
    """
    _check(struct_type)
    if not isinstance(obj_class, type) or not issubclass(obj_class, StructRefProxy):
        raise TypeError(f"a struct's class in Python derives from structref.StructRefProxy, unlike {obj_class!r}")
    made_before = struct_type.__dict__.get("_structref_class")
    if made_before not in (None, obj_class):
        raise NotImplementedError(f"{struct_type.__name__} has its class in Python, {made_before!r}; it can't be changed")
    _bind(struct_type, obj_class)


def define_constructor(py_class: type, struct_typeclass: type, fields: Any) -> None:
    """Have a call of a class make structs in compiled code.

    Parameters
    ----------
    py_class : type
        What is called.
    struct_typeclass : type
        A class derived from ``types.StructRef``.
    fields : sequence of str
        The fields' names, which are the parameters.
    """
    _check(struct_typeclass)
    fields = _names(fields)
    known = struct_typeclass.__dict__.get("_structref_class")
    if issubclass(py_class, StructRefProxy) and known in (None, py_class) and _is_free(py_class, struct_typeclass):
        _bind(struct_typeclass, py_class)
        py_class._structref_fields = fields  # type: ignore[attr-defined]
        setattr(py_class, _INIT, _initializer(py_class, struct_typeclass, fields))
        return
    from cumbia.extending import overload

    def constructor(*types: Any, **named: Any) -> Any:
        return _making(struct_typeclass, fields)

    overload(py_class, strict=False)(constructor)


def define_proxy(py_class: type, struct_typeclass: type, fields: Any) -> None:
    """Have a class stand for structs in Python, and make them in compiled code.

    Parameters
    ----------
    py_class : type
        A class derived from `StructRefProxy`.
    struct_typeclass : type
        A class derived from ``types.StructRef``.
    fields : sequence of str
        The fields' names, which are the constructor's parameters.
    """
    define_constructor(py_class, struct_typeclass, fields)
    define_boxing(struct_typeclass, py_class)


def new(struct_type: Any) -> Any:
    """Make a struct of the types that its fields were declared with: zeros and what is empty.

    Compiled code calls it; in Python it has no meaning.

    Parameters
    ----------
    struct_type : StructRef
        The struct's type, a constant of the function.
    """
    return struct_type()


def _check(struct_type: Any) -> None:
    if not isinstance(struct_type, type) or not issubclass(struct_type, StructRef):
        raise TypeError(f"a class derived from types.StructRef is needed, not {struct_type!r}")
    if struct_type is StructRef:
        raise ValueError(f"cannot register {StructRef}")


def _names(fields: Any) -> tuple[str, ...]:
    names = tuple(fields)
    for name in names:
        if not isinstance(name, str) or not name.isidentifier():
            raise ValueError(f"a field's name is an identifier, not {name!r}")
    return names


def _is_free(py_class: type, struct_type: type) -> bool:
    return py_class is not StructRefProxy and py_class.__dict__.get(_TYPE) in (None, struct_type)


def _bind(struct_type: Any, obj_class: Any) -> None:
    """Have instances of a class be structs of a type; a class of its own where it has one already."""
    if struct_type.__dict__.get("_structref_class") is not None:
        return
    if not _is_free(obj_class, struct_type):
        obj_class = type(obj_class.__name__, (obj_class,), {"__module__": obj_class.__module__})
    setattr(obj_class, _TYPE, struct_type)
    struct_type._structref_class = obj_class


def _class_of(struct_type: Any) -> Any:
    """The class that instances of a struct's type have."""
    _bind(struct_type, StructRefProxy)
    return struct_type.__dict__["_structref_class"]


def _is_declared(struct_type: Any) -> bool:
    """Whether a class of structs says types of its own for what it is given."""
    return struct_type is not None and struct_type.preprocess_fields is not StructRef.preprocess_fields


def _function(
    name: str, parameters: tuple[str, ...], lines: list[str], scope: dict[str, Any], within: str = ""
) -> FunctionType:
    """Make a function that the compiler can read, which tracebacks show within a class."""
    text = "\n".join([f"def {name}({', '.join(parameters)}):", *(f"    {line}" for line in lines)]) + "\n"
    exec(compile(text, "<structref>", "exec"), scope)
    made = scope[name]
    made.__qualname__ = f"{within}.{name}" if within else name
    made.__dict__[SNAPSHOT] = capture(made, source=text)
    return made  # type: ignore[no-any-return]


def _initializer(py_class: type, struct_type: Any, fields: tuple[str, ...]) -> FunctionType:
    """What a call of the class runs in compiled code."""
    scope: dict[str, Any] = {"__name__": py_class.__module__}
    lines = []
    for place, field in enumerate(fields):
        value = field
        if _is_declared(struct_type):
            scope[f"_declared_{place}"] = _Declared(struct_type, fields, field)
            value = f"_declared_{place}({', '.join(fields)})"
        lines.append(f"self.{field} = {value}")
    return _function("__init__", ("self", *fields), lines or ["pass"], scope, py_class.__qualname__)


def _making(struct_type: Any, fields: tuple[str, ...]) -> FunctionType:
    """A function of the fields' values that makes a struct."""
    made = _class_of(struct_type)
    own = made.__dict__.get(_INIT)
    if own is None:
        setattr(made, _INIT, _initializer(made, struct_type, fields))
        made._structref_fields = fields
    elif set(made._structref_fields) != set(fields):
        raise TypeError(
            f"{struct_type.__name__} was given the fields {', '.join(made._structref_fields)}, and now {', '.join(fields)}"
        )
    given = ", ".join(f"{field}={field}" for field in fields)
    return _function("make", fields, [f"return _class({given})"], {"_class": made, "__name__": made.__module__})


def _made_empty(struct_type: StructRef) -> FunctionType:
    """What `new` of a struct's type calls in compiled code."""
    scope: dict[str, Any] = {"__name__": __name__}
    fields = tuple(struct_type.field_dict)
    scope["_make"] = _making(type(struct_type), fields)
    values = [_empty(one, name, struct_type, scope) for name, one in struct_type.field_dict.items()]
    return _function("make_empty", (), [f"return _make({', '.join(values)})"], scope)


_PLAIN = {"bool": "False", "int64": "0", "float64": "0.0", "complex128": "0j"}


def _empty(one: Any, name: str, struct: Any, scope: dict[str, Any]) -> str:
    """The text of an expression of a type, of nothing or zero."""
    import numpy

    def known(value: Any) -> str:
        label = f"_{len(scope)}"
        scope[label] = value
        return label

    def inner(item: Any) -> str:
        return _empty(item, name, struct, scope)

    one = unliteral(one)
    if isinstance(one, NoneType):
        return "None"
    if isinstance(one, Scalar):
        return _PLAIN.get(one.name) or f"{known(numpy.dtype(one.name).type)}(0)"
    if isinstance(one, Array) and isinstance(one.dtype, Scalar) and not one.readonly:
        shape = "0," * one.ndim
        order = f", order='{one.layout}'" if one.ndim > 1 and one.layout == "F" else ""
        step = "[::2]" if one.layout == "A" and one.ndim else ""
        return f"{known(numpy.empty)}(({shape}), {known(numpy.dtype(one.dtype.name))}{order}){step}"
    if isinstance(one, Tuple):
        return f"({''.join(inner(item) + ', ' for item in one.items)})"
    if isinstance(one, UnicodeType):
        return "''"
    if isinstance(one, Bytes):
        return "b''"
    if isinstance(one, List):
        return f"[{inner(one.dtype)} for _ in range(0)]"
    if isinstance(one, Set):
        return f"{{{inner(one.dtype)} for _ in range(0)}}"
    if isinstance(one, DictType):
        return f"{{{inner(one.key_type)}: {inner(one.value_type)} for _ in range(0)}}"
    if isinstance(one, Optional):
        # Of its own type only None can be.
        return "None" if one.type is struct else f"[{inner(one.type)}, None][1]"
    if isinstance(one, StructRef) and one is not struct:
        return f"{known(one)}()"
    raise TypeError(_refusal(struct, name, one))


def _refusal(struct: Any, name: str, one: Any) -> str:
    of_itself = one is struct or isinstance(one, Optional) and one.type is struct
    what = "its own type, which compiled code doesn't have" if of_itself else f"type {one!r}, which has no empty value"
    return f"field '{name}' of {type(struct).__name__} is of {what}"


@functools.cache
def _compiled_constructor(py_class: type) -> Any:
    from cumbia import jit

    return jit(_function("construct", ("*args",), ["return _class(*args)"], {"_class": py_class, "__name__": __name__}))


class _Declared:
    """A field's value in the type that its struct's class says: a function of all fields' values."""

    def __init__(self, struct_type: Any, fields: tuple[str, ...], field: str) -> None:
        from cumbia.extending import _carry

        self.__name__ = field
        self._of = struct_type, fields, field
        _carry(self, _declared)


def _declared(one: _Declared, *types: Any) -> FunctionType:
    """The function that stands for a `_Declared` in compiled code, for values of these types."""
    struct_type, fields, field = one._of
    types = tuple(map(unliteral, types))
    struct = struct_type(list(zip(fields, types)))
    given, wanted = types[fields.index(field)], struct.field_dict[field]
    scope: dict[str, Any] = {"__name__": __name__}
    return _function(field, fields, [f"return {_converted(field, given, wanted, field, struct, scope)}"], scope)


def _converted(text: str, given: Any, wanted: Any, name: str, struct: Any, scope: dict[str, Any]) -> str:
    wanted = unliteral(wanted)
    if given == wanted:
        return text
    if isinstance(wanted, Scalar) and isinstance(given, Scalar):
        import numpy

        plain = {"bool": bool, "int64": int, "float64": float, "complex128": complex}
        label = f"_{len(scope)}"
        scope[label] = plain.get(wanted.name) or numpy.dtype(wanted.name).type
        return f"{label}({text})"
    if isinstance(wanted, Optional) and wanted.type is struct and isinstance(given, NoneType):
        return text
    if isinstance(wanted, Optional) and wanted.type is not struct:
        if isinstance(given, NoneType):
            return f"[{_empty(wanted.type, name, struct, scope)}, None][1]"
        return f"[{_converted(text, given, wanted.type, name, struct, scope)}, None][0]"
    if isinstance(wanted, Array) and isinstance(given, Array) and wanted.dtype == given.dtype and wanted.ndim == given.ndim:
        return text
    if isinstance(wanted, Type) and not isinstance(wanted, (Optional, Scalar, StructRef)):
        return text
    raise TypeError(_refusal(struct, name, wanted) if wanted is struct or isinstance(wanted, Optional) else
                    f"field '{name}' of {type(struct).__name__} is {wanted!r}, and {given!r} is given")
