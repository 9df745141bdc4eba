"""The types that explicit signatures are written with.

``float64``, ``float64[:]``, ``float64[:, ::1]`` and ``float64(float64[:], int64)`` are
ordinary Python values built here. They only name types: they hold no data, know nothing
of the compiler's own types, and are turned into its text form (`Type.canonical`) at the
boundary.

What a scalar means as an argument. Callers pass Python numbers, and a Python number
behaves differently from a NumPy scalar (``np.float32(1) + 2.0`` is a float32,
``np.float32(1) + np.float64(2)`` is not). So that a signature changes nothing about the
result:

- ``boolean``, ``int64``, ``float64`` and ``complex128`` are the Python numbers ``bool``,
  ``int``, ``float`` and ``complex``. A NumPy scalar or a narrower Python number passed
  for one is converted where no value is lost.
- every other width (``int8``, ``uint64``, ``float32``, ...) is the NumPy scalar of that
  type, and a Python number passed for one is converted where it fits.
- elements of arrays are NumPy's, always.

A signature restricts which arguments are accepted and says what is compiled at once;
the return type is an assertion about the result's kind and width, not a conversion.
"""

from __future__ import annotations

from typing import Any

_WEAK = {"bool": "pybool", "int64": "pyint", "float64": "pyfloat", "complex128": "pycomplex"}


class Type:
    """A type in a signature.

    Calling one with types makes a signature, indexing a scalar one with slices makes an
    array type.

    Examples
    --------
    >>> from cumbia import float64, int64
    >>> float64(float64[:], int64)
    float64(float64[:], int64)
    >>> float64[:, ::1].canonical()
    'array(float64, 2, C)'
    """

    __slots__ = ()

    def canonical(self) -> str:
        """The compiler's text for this type as an argument."""
        raise NotImplementedError

    def canonical_return(self) -> str:
        """The compiler's text for this type as a result."""
        return self.canonical()

    def _key(self) -> tuple[Any, ...]:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((type(self), self._key()))

    def __call__(self, *args: Any) -> Any:
        return Signature(self, args)


class Scalar(Type):
    """A number type, named as NumPy names its dtype.

    Called with a value instead of types it converts the value, as NumPy's scalar types do.

    Examples
    --------
    >>> from cumbia import float32
    >>> float32.canonical()
    'float32'
    >>> float32(1.5)
    np.float32(1.5)
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name: str = name

    @property
    def bitwidth(self) -> int:
        """How many bits a value has; 1 of truth values."""
        return int("".join(char for char in self.name if char.isdigit()) or 1)

    @property
    def signed(self) -> bool:
        """Whether it is an integer that may be negative."""
        return self.name.startswith("int")

    def canonical(self) -> str:
        return _WEAK.get(self.name, self.name)

    def canonical_return(self) -> str:
        return self.name

    def _key(self) -> tuple[Any, ...]:
        return (self.name,)

    def __repr__(self) -> str:
        return "boolean" if self.name == "bool" else self.name

    def __reduce__(self) -> tuple[Any, ...]:
        return Scalar, (self.name,)

    def __getitem__(self, index: Any) -> Array:
        axes = index if isinstance(index, tuple) else (index,)
        return Array(self, len(axes), _layout(self, axes))

    def __call__(self, *args: Any) -> Any:
        if len(args) == 1 and not isinstance(args[0], Type):
            import numpy

            if self.name == "bfloat16":
                return _bfloat16(args[0])
            return numpy.dtype(self.name).type(args[0])
        return Signature(self, args)


def _bfloat16(value: Any) -> Any:
    """A number of `ml_dtypes`: NumPy has none of this type."""
    try:
        from ml_dtypes import bfloat16  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise TypeError(
            "a bfloat16 outside of kernels is one of the package ml_dtypes, which isn't installed"
        ) from None
    return bfloat16(value)


class Weak(Type):
    """A Python number type: ``pybool``, ``pyint``, ``pyfloat``, ``pycomplex``.

    Examples
    --------
    >>> from cumbia.types import pyint
    >>> pyint.canonical()
    'pyint'
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name: str = name

    def canonical(self) -> str:
        return self.name

    def _key(self) -> tuple[Any, ...]:
        return (self.name,)

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Any, ...]:
        return Weak, (self.name,)


class NoneType(Type):
    """The type of None; ``void`` and ``none`` are its two names.

    Examples
    --------
    >>> from cumbia import void, float64
    >>> void(float64[:])
    none(float64[:])
    """

    __slots__ = ()

    def canonical(self) -> str:
        return "none"

    def _key(self) -> tuple[Any, ...]:
        return ()

    def __repr__(self) -> str:
        return "none"


class Record(Type):
    """An element of a structured NumPy array, ``np.void`` or ``np.record``.

    Parameters
    ----------
    dtype : np.dtype or what makes one
        Its fields.

    Raises
    ------
    TypeError
        If it has no fields, or compiled code doesn't take it.

    Examples
    --------
    >>> from cumbia.types import Record
    >>> Record([("x", "f8"), ("n", "i4")])[:]
    Record([('x', '<f8'), ('n', '<i4')])[:]
    """

    __slots__ = ("dtype",)

    def __init__(self, dtype: Any) -> None:
        import numpy

        self.dtype: numpy.dtype[Any] = numpy.dtype(dtype)
        if self.dtype.names is None:
            raise TypeError(f"a record has fields, and {self.dtype} has none")

    def canonical(self) -> str:
        from cumbia._cumbia import _struct_dtype

        handle = _struct_dtype(self.dtype)
        if handle is None:
            raise TypeError(f"records of dtype {self.dtype} are not compiled")
        return f"record({handle})"

    def _key(self) -> tuple[Any, ...]:
        return self.dtype, self.dtype.type

    def __repr__(self) -> str:
        return f"Record({self.dtype.descr})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Record, (self.dtype,)

    def __getitem__(self, index: Any) -> Array:
        axes = index if isinstance(index, tuple) else (index,)
        return Array(self, len(axes), _layout(self, axes))


class Array(Type):
    """An n-dimensional NumPy array.

    Parameters
    ----------
    dtype : Scalar or Record
        The elements' type.
    ndim : int
        The number of axes, 0 to 64.
    layout : {'C', 'F', 'A'}
        Contiguous by rows, contiguous by columns, or any strides.
    readonly : bool, optional
        Whether read-only arrays are accepted.

    Examples
    --------
    >>> from cumbia.types import Array, float64
    >>> Array(float64, 2, "A", readonly=True).canonical()
    'array(float64, 2, A, readonly)'
    >>> Array(float64, 1, "C") == float64[::1]
    True
    """

    __slots__ = ("dtype", "layout", "ndim", "readonly")

    def __init__(
        self, dtype: Scalar | Record, ndim: int, layout: str, readonly: bool = False
    ) -> None:
        if not isinstance(dtype, (Scalar, Record)):
            raise TypeError(f"an array's elements are of a number type or records, not {dtype!r}")
        if type(ndim) is not int or not 0 <= ndim <= 64:
            raise ValueError(f"an array has 0 to 64 axes, not {ndim!r}")
        if layout not in ("C", "F", "A"):
            raise ValueError(f"an array's layout is 'C', 'F' or 'A', not {layout!r}")
        self.dtype: Scalar | Record = dtype
        self.ndim: int = ndim
        self.layout: str = layout
        self.readonly: bool = bool(readonly)

    def canonical(self) -> str:
        tail = ", readonly" if self.readonly else ""
        element = self.dtype.name if isinstance(self.dtype, Scalar) else self.dtype.canonical()
        return f"array({element}, {self.ndim}, {self.layout}{tail})"

    def _key(self) -> tuple[Any, ...]:
        return self.dtype, self.ndim, self.layout, self.readonly

    def __repr__(self) -> str:
        if self.readonly or not self.ndim or (self.ndim == 1 and self.layout == "F"):
            tail = ", readonly=True" if self.readonly else ""
            return f"Array({self.dtype!r}, {self.ndim}, {self.layout!r}{tail})"
        axes = [":"] * self.ndim
        if self.layout == "C":
            axes[-1] = "::1"
        elif self.layout == "F":
            axes[0] = "::1"
        return f"{self.dtype!r}[{', '.join(axes)}]"

    def __reduce__(self) -> tuple[Any, ...]:
        return Array, (self.dtype, self.ndim, self.layout, self.readonly)


class Tuple(Type):
    """A tuple whose items have the given types.

    Examples
    --------
    >>> from cumbia.types import Tuple, float32, int64
    >>> Tuple((float32, int64)).canonical()
    'tuple(float32, pyint)'
    """

    __slots__ = ("items",)

    def __init__(self, items: Any) -> None:
        if isinstance(items, Type):
            raise TypeError("Tuple takes one tuple of types, as in Tuple((float64, int64))")
        self.items: tuple[Type, ...] = tuple(items)
        for item in self.items:
            if not isinstance(item, Type):
                raise TypeError(f"a tuple's items are types, not {item!r}")

    def canonical(self) -> str:
        return f"tuple({', '.join(item.canonical() for item in self.items)})"

    def canonical_return(self) -> str:
        return f"tuple({', '.join(item.canonical_return() for item in self.items)})"

    def _key(self) -> tuple[Any, ...]:
        return self.items

    def __repr__(self) -> str:
        tail = "," if len(self.items) == 1 else ""
        return f"Tuple(({', '.join(map(repr, self.items))}{tail}))"

    def __reduce__(self) -> tuple[Any, ...]:
        return Tuple, (self.items,)


class CPointer(Type):
    """The address of values of a type, in signatures of ``cfunc``.

    Parameters
    ----------
    dtype : Scalar
        The type of the values.

    Examples
    --------
    >>> from cumbia.types import CPointer, float64, intc
    >>> intc(CPointer(float64), intc)
    int32(CPointer(float64), int32)
    """

    __slots__ = ("dtype",)

    def __init__(self, dtype: Scalar) -> None:
        if not isinstance(dtype, Scalar):
            raise TypeError(
                f"a pointer is one to numbers, not to {dtype!r}; others are a voidptr"
            )
        self.dtype: Scalar = dtype

    def canonical(self) -> str:
        raise TypeError(f"{self!r} is for signatures of cfunc(); compiled code takes arrays")

    def _key(self) -> tuple[Any, ...]:
        return (self.dtype,)

    def __repr__(self) -> str:
        return f"CPointer({self.dtype!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return CPointer, (self.dtype,)


class VoidPointer(Type):
    """The type of ``void *``, in signatures of ``cfunc``: ``voidptr``.

    Examples
    --------
    >>> from cumbia.types import float64, voidptr
    >>> float64(float64, voidptr)
    float64(float64, voidptr)
    """

    __slots__ = ()

    def canonical(self) -> str:
        raise TypeError("voidptr is for signatures of cfunc(); compiled code takes arrays")

    def _key(self) -> tuple[Any, ...]:
        return ()

    def __repr__(self) -> str:
        return "voidptr"

    def __reduce__(self) -> tuple[Any, ...]:
        return VoidPointer, ()


def UniTuple(item: Type, count: int) -> Tuple:
    """A tuple of `count` items of one type.

    Examples
    --------
    >>> from cumbia.types import UniTuple, float64
    >>> UniTuple(float64, 3)
    Tuple((float64, float64, float64))
    """
    if type(count) is not int or not 0 <= count <= 1000:
        raise ValueError(f"a tuple type has 0 to 1000 items, not {count!r}")
    return Tuple((item,) * count)


class Signature:
    """Argument types, and the return type unless it is left to be inferred.

    Parameters
    ----------
    returns : Type or None
        The result's type; None leaves it open.
    args : sequence of Type
        The arguments' types.

    Examples
    --------
    >>> from cumbia import float64, int64
    >>> float64(float64[:], int64).canonical()
    'float64(array(float64, 1, A), pyint)'
    """

    __slots__ = ("args", "returns")

    def __init__(self, returns: Type | None, args: Any) -> None:
        self.returns: Type | None = returns
        self.args: tuple[Type, ...] = tuple(args)
        for place, arg in enumerate(self.args, 1):
            if not isinstance(arg, Type):
                raise TypeError(f"argument {place} of a signature is a type, not {arg!r}")

    @property
    def return_type(self) -> Type | None:
        """The result's type: `returns` by Numba's name."""
        return self.returns

    def canonical(self) -> str:
        """The compiler's text for this signature: ``ret(args)`` or ``(args)``."""
        returns = "" if self.returns is None else self.returns.canonical_return()
        return f"{returns}({', '.join(arg.canonical() for arg in self.args)})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Signature)
            and self.returns == other.returns
            and self.args == other.args
        )

    def __hash__(self) -> int:
        return hash((self.returns, self.args))

    def __repr__(self) -> str:
        returns = "" if self.returns is None else repr(self.returns)
        return f"{returns}({', '.join(map(repr, self.args))})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Signature, (self.returns, self.args)


def _layout(dtype: Scalar | Record, axes: tuple[Any, ...]) -> str:
    unit = []
    for axis, one in enumerate(axes):
        if one == slice(None, None, 1):
            unit.append(axis)
        elif one != slice(None):
            raise TypeError(
                f"an array type is written with ':' and '::1', as in {dtype!r}[:, ::1]; "
                f"got {one!r}"
            )
    if not unit:
        return "A"
    if unit == [len(axes) - 1]:
        return "C"
    if unit == [0]:
        return "F"
    raise ValueError(
        "'::1' goes on the last axis (contiguous by rows) or the first (by columns)"
    )


boolean: Scalar = Scalar("bool")
int8: Scalar = Scalar("int8")
int16: Scalar = Scalar("int16")
int32: Scalar = Scalar("int32")
int64: Scalar = Scalar("int64")
uint8: Scalar = Scalar("uint8")
uint16: Scalar = Scalar("uint16")
uint32: Scalar = Scalar("uint32")
uint64: Scalar = Scalar("uint64")
# In kernels only.
float16: Scalar = Scalar("float16")
bfloat16: Scalar = Scalar("bfloat16")
float32: Scalar = Scalar("float32")
float64: Scalar = Scalar("float64")
complex64: Scalar = Scalar("complex64")
complex128: Scalar = Scalar("complex128")

pybool: Weak = Weak("pybool")
pyint: Weak = Weak("pyint")
pyfloat: Weak = Weak("pyfloat")
pycomplex: Weak = Weak("pycomplex")

void: NoneType = NoneType()
none: NoneType = void
voidptr: VoidPointer = VoidPointer()

bool_: Scalar = boolean
b1: Scalar = boolean
char: Scalar = int8
i1: Scalar = int8
short: Scalar = int16
i2: Scalar = int16
intc: Scalar = int32
i4: Scalar = int32
ssize_t: Scalar = int64
longlong: Scalar = int64
long_: Scalar = int64
int_: Scalar = int64
intp: Scalar = int64
i8: Scalar = int64
byte: Scalar = uint8
uchar: Scalar = uint8
u1: Scalar = uint8
ushort: Scalar = uint16
u2: Scalar = uint16
uintc: Scalar = uint32
u4: Scalar = uint32
size_t: Scalar = uint64
ulonglong: Scalar = uint64
ulong: Scalar = uint64
uint: Scalar = uint64
uintp: Scalar = uint64
u8: Scalar = uint64
f2: Scalar = float16
f4: Scalar = float32
double: Scalar = float64
f8: Scalar = float64
c8: Scalar = complex64
c16: Scalar = complex128


def from_dtype(dtype: Any) -> Scalar | Record:
    """Give the type of elements of a NumPy dtype.

    Parameters
    ----------
    dtype : np.dtype or what makes one
        A dtype of numbers, or a structured one.

    Returns
    -------
    Scalar or Record

    Raises
    ------
    TypeError
        If signatures have no type for it.

    Examples
    --------
    >>> import numpy as np
    >>> from cumbia import from_dtype
    >>> from_dtype(np.float32)[:, ::1]
    float32[:, ::1]
    """
    import numpy

    dtype = numpy.dtype(dtype)
    if dtype.names is not None:
        return Record(dtype)
    found = NAMED.get(dtype.name)
    if not isinstance(found, Scalar) or not dtype.isnative:
        raise TypeError(f"signatures have no type for the dtype {dtype}")
    return found


NAMED: dict[str, Type] = {
    name: value for name, value in globals().items() if isinstance(value, Type)
} | {"bool": boolean}

__all__ = sorted(
    [name for name in NAMED if name != "bool"]
    + ["from_dtype", "Array", "CPointer", "NoneType", "Record", "Scalar", "Signature", "Tuple", "Type", "UniTuple", "VoidPointer", "Weak"]
)

from cumbia._type_kinds import (  # noqa: E402
    BaseTuple,
    Boolean,
    BooleanLiteral,
    Bytes,
    Callable,
    Complex,
    DictType,
    Float,
    Function,
    FunctionType,
    Integer,
    IntegerLiteral,
    List,
    ListType,
    NamedTuple,
    Literal,
    Number,
    Opaque,
    Optional,
    Set,
    StringLiteral,
    StructRef,
    UnicodeType,
    bytes_type,
    optional,
    string,
    unicode_type,
    unliteral,
)
from cumbia._wrapper_addresses import WrapperAddressProtocol  # noqa: E402
