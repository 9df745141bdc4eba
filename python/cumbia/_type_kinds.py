"""The kinds of types that overload functions test with ``isinstance``, and the types that
explicit signatures don't need.

`cumbia.types` shows them. A kind such as `Integer` has no instances of its own: it says
which of the types of `cumbia.types` belong to it.
"""

from __future__ import annotations

from typing import Any

from cumbia.types import Array, NoneType, Scalar, Tuple, Type, Weak

_WEAK = {"pybool": "bool", "pyint": "int64", "pyfloat": "float64", "pycomplex": "complex128"}


def _name(value: Any) -> str:
    """The dtype's name of a number type; empty for others."""
    if isinstance(value, Literal):
        value = value.type
    if isinstance(value, Weak):
        return _WEAK[value.name]
    return value.name if isinstance(value, Scalar) else ""


class _Kind(type):
    """A class whose instances are told by what they are."""

    _prefixes: tuple[str, ...] = ()

    def __instancecheck__(cls, value: Any) -> bool:
        return _name(value).startswith(cls._prefixes) if cls._prefixes else False


class Number(metaclass=_Kind):
    """Integers, floats and complex numbers."""

    _prefixes = ("int", "uint", "float", "complex")


class Integer(metaclass=_Kind):
    """Integers, of Python and NumPy; not truth values."""

    _prefixes = ("int", "uint")


class Float(metaclass=_Kind):
    """Floats, of Python and NumPy."""

    _prefixes = ("float",)


class Complex(metaclass=_Kind):
    """Complex numbers, of Python and NumPy."""

    _prefixes = ("complex",)


class Boolean(metaclass=_Kind):
    """Truth values."""

    _prefixes = ("bool",)


class Literal(Type):
    """A value that is known when compiling: `literal_value`, and its type."""

    __slots__ = ("literal_value", "type")

    def __init__(self, literal_value: Any, type: Type) -> None:
        self.literal_value: Any = literal_value
        self.type: Type = type

    def canonical(self) -> str:
        return self.type.canonical()

    def _key(self) -> tuple[Any, ...]:
        return type(self.literal_value), self.literal_value

    def __repr__(self) -> str:
        return f"Literal({self.literal_value!r})"


class _LiteralKind(type):
    _of: type = object

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, Literal) and type(value.literal_value) is cls._of


class IntegerLiteral(metaclass=_LiteralKind):
    """An int that is known when compiling."""

    _of = int


class StringLiteral(metaclass=_LiteralKind):
    """A string that is known when compiling."""

    _of = str


class BooleanLiteral(metaclass=_LiteralKind):
    """A truth value that is known when compiling."""

    _of = bool


class Opaque(Type):
    """A type that signatures can't name, by the text that messages have for it."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text: str = text

    def canonical(self) -> str:
        return self.text

    def _key(self) -> tuple[Any, ...]:
        return (self.text,)

    def __repr__(self) -> str:
        return self.text


class Function(Opaque):
    """A function or class."""

    __slots__ = ()


class FunctionType(Opaque):
    """Functions that take and give values of given types, as Numba's signatures name them.

    Compiled code is compiled for each function that it is given, so no signature needs it.
    """

    __slots__ = ("signature",)

    def __init__(self, signature: Any) -> None:
        super().__init__(f"FunctionType[{signature!r}]")
        self.signature: Any = signature


class UnicodeType(Opaque):
    """Strings."""

    __slots__ = ()


class Bytes(Opaque):
    """Bytes."""

    __slots__ = ()


class _Of(Type):
    """A type of elements of other types."""

    __slots__ = ("items",)
    _text = ""

    def __init__(self, *items: Type) -> None:
        self.items: tuple[Type, ...] = items

    def canonical(self) -> str:
        return f"{self._text}[{', '.join(item.canonical() for item in self.items)}]"

    def _key(self) -> tuple[Any, ...]:
        return self.items

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.items))})"


class List(_Of):
    """Lists: of elements of `dtype`."""

    __slots__ = ()
    _text = "list"

    @property
    def dtype(self) -> Type:
        """The type of the elements."""
        return self.items[0]


class Set(_Of):
    """Sets: of elements of `dtype`."""

    __slots__ = ()
    _text = "set"

    @property
    def dtype(self) -> Type:
        """The type of the elements."""
        return self.items[0]


class DictType(_Of):
    """Dicts: of `key_type` to `value_type`."""

    __slots__ = ()
    _text = "dict"

    @property
    def key_type(self) -> Type:
        """The type of the keys."""
        return self.items[0]

    @property
    def value_type(self) -> Type:
        """The type of the values."""
        return self.items[1]


class NamedTuple(_Of):
    """Namedtuples of a class, by the types of their fields."""

    __slots__ = ("instance_class",)
    _text = "namedtuple"

    def __init__(self, types: Any, instance_class: type) -> None:
        super().__init__(*types)
        self.instance_class: type = instance_class

    def _key(self) -> tuple[Any, ...]:
        return self.instance_class, *self.items


class Optional(_Of):
    """A value of `type`, or None."""

    __slots__ = ()
    _text = "optional"

    @property
    def type(self) -> Type:
        """The type of the value."""
        return self.items[0]


class StructRef(Type):
    """Structs of Numba's programs, by the names and types of their fields.

    Classes of structs derive from it; its instances name types for `structref.new` and for
    overload functions, and no signature takes them.

    Parameters
    ----------
    fields : sequence of (str, Type)
        The fields.

    Raises
    ------
    ValueError
        If a field has no name, or no type.
    """

    def __init__(self, fields: Any) -> None:
        # A `preprocess_fields` may name the type that is being made.
        self._fields: tuple[tuple[str, Any], ...] = ()
        self._fields = _checked(self.preprocess_fields(_checked(fields)))
        from cumbia import _structref, extending

        extending._carry(self, _structref._made_empty)

    def preprocess_fields(self, fields: Any) -> Any:
        """Give the fields as they are to be, of those that were given; for classes to replace."""
        return fields

    @property
    def field_dict(self) -> dict[str, Any]:
        """The fields' types by their names."""
        return dict(self._fields)

    def canonical(self) -> str:
        return self._text()

    def _text(self) -> str:
        own = self.__dict__.get("name")
        if own is not None:
            return str(own)
        shown = ", ".join(f"({name!r}, {one!r})" for name, one in self._fields)
        return f"{type(self).__qualname__}({shown})"

    def _key(self) -> tuple[Any, ...]:
        return (self.__dict__.get("name"),) if "name" in self.__dict__ else self._fields

    def __repr__(self) -> str:
        return self._text()


def _checked(fields: Any) -> tuple[tuple[str, Any], ...]:
    """The fields of a struct, if each has a name and a type."""
    found = []
    for name, one in fields:
        if not isinstance(name, str):
            raise ValueError("expecting a str for field name")
        # By Numba's name, `types.Any` is a type.
        if not isinstance(one, Type) and one is not Any:
            raise ValueError("expecting a Numba Type for field type")
        found.append((name, one))
    return tuple(found)


def unliteral(one: Type) -> Type:
    """Give the type of a value that is known when compiling; other types as they are."""
    return one.type if isinstance(one, Literal) else one


BaseTuple = Tuple
# By Numba's names, which are classes there and make types here.
Callable = Function
ListType = List
optional = Optional
unicode_type: UnicodeType = UnicodeType("str")
string: UnicodeType = unicode_type
bytes_type: Bytes = Bytes("bytes")

__all__ = [
    "Array",
    "BaseTuple",
    "Boolean",
    "BooleanLiteral",
    "Bytes",
    "Callable",
    "Complex",
    "DictType",
    "Float",
    "Function",
    "FunctionType",
    "Integer",
    "IntegerLiteral",
    "List",
    "ListType",
    "Literal",
    "NamedTuple",
    "NoneType",
    "Number",
    "Opaque",
    "Optional",
    "Set",
    "StringLiteral",
    "StructRef",
    "UnicodeType",
    "bytes_type",
    "optional",
    "string",
    "unicode_type",
    "unliteral",
]
