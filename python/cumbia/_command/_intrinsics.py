"""`numba.extending.intrinsic`: what writes LLVM's instructions for numbers, as a function in Python.

An intrinsic gives a signature and a function that builds instructions. That function is run once
for each signature, with a builder that writes a statement of Python for each instruction; what
comes of it is compiled as an overload is. An integer of LLVM's has no sign: here it is NumPy's
signed one of its width, and instructions that want the other kind look at the same bits. An
integer that an intrinsic gives is a Python int, as no function in Python says otherwise and sums
of it aren't to wrap where Numba's don't; one of `uint64` is NumPy's.

Known is what is a function of numbers: arithmetic, bits, comparisons, choices and conversions.
Memory, branches, calls, references and the inside of Numba's data are refused by the name of what
was asked for, as is division of integers, which in LLVM may do anything where Python raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import FunctionType
from typing import Any

from cumbia.types import Scalar, Signature, Type, unliteral

__all__ = ["declare", "known_in_cgutils", "of_types"]

_FLOATS = {"float": "float32", "double": "float64"}
_KINDS = {"float32": "float", "float64": "double", "bool": "i1"}


class _Unknown(TypeError):
    """An instruction or type that isn't known."""


class _Kind:
    """The type of a value, where nobody gave one of llvmlite's."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    def __call__(self, value: Any) -> _Value:
        return _constant(str(self), value)


class _Value:
    """A value of the function that is written: its name, and what LLVM calls its type."""

    def __init__(self, text: str, kind: str) -> None:
        self.text = text
        self.kind = kind
        self.type = _Kind(kind)


class _Declared:
    """A function of LLVM's that was declared."""

    def __init__(self, name: str) -> None:
        self.name = name


def declare(module: Any, function_type: Any, name: str) -> _Declared:
    """Give what stands for one of LLVM's functions, `cgutils.get_or_insert_function`."""
    return _Declared(name)


def known_in_cgutils() -> dict[str, Any]:
    """Give what `numba.core.cgutils` has here."""
    return {
        "get_or_insert_function": declare,
        "insert_pure_function": declare,
        "true_bit": _Value("np.bool_(True)", "i1"),
        "false_bit": _Value("np.bool_(False)", "i1"),
    }


def of_types(name: str, function: Callable[..., Any], types: tuple[Any, ...]) -> FunctionType | None:
    """Give the function in Python for an intrinsic and the types of a call.

    Parameters
    ----------
    name : str
        The intrinsic's.
    function : callable
        What was decorated.
    types : tuple of Type
        Those of the arguments.

    Returns
    -------
    function or None
        None where the intrinsic has nothing for these types.

    Raises
    ------
    TypeError
        If it writes what has no meaning here.
    """
    import numpy

    from cumbia._source import SNAPSHOT, capture

    found = function(None, *map(unliteral, types))
    if found is None:
        return None
    try:
        signature, code = found
        lines = _written(signature, code, len(types))
    except _Unknown as error:
        raise TypeError(f"the intrinsic {name}() {error}: write it in Python, or call C") from None
    parameters = ", ".join(f"a{i}" for i in range(len(types)))
    text = "\n".join([f"def intrinsic({parameters}):", *(f"    {line}" for line in lines)]) + "\n"
    scope: dict[str, Any] = {"np": numpy, "__name__": __name__}
    exec(compile(text, "<intrinsic>", "exec"), scope)
    made: FunctionType = scope["intrinsic"]
    made.__name__ = made.__qualname__ = name
    made.__dict__[SNAPSHOT] = capture(made, source=text)
    return made


def _written(signature: Any, code: Callable[..., Any], count: int) -> list[str]:
    if not isinstance(signature, Signature) or len(signature.args) != count:
        raise _Unknown("gives no signature of its arguments")
    builder = _Builder()
    given = [builder.of_number(f"a{i}", one) for i, one in enumerate(signature.args)]
    result = code(_Context(), builder, signature, given)
    return [*builder.lines, f"return {builder.to_number(_value(result), signature.returns)}"]


def _kind(one: Any) -> str:
    """What LLVM calls a type of numbers, by our types or llvmlite's."""
    if isinstance(one, Scalar):
        text = _KINDS.get(one.name) or one.name.replace("uint", "i").replace("int", "i")
    else:
        text = str(one)
    if text in _FLOATS or text in ("i1", "i8", "i16", "i32", "i64"):
        return text
    raise _Unknown(f"has a value of the type {text}")


def _width(kind: str) -> int:
    return {"float": 32, "double": 64}.get(kind) or int(kind[1:])


def _class(kind: str, signed: bool = True) -> str:
    if kind in _FLOATS:
        return f"np.{_FLOATS[kind]}"
    if kind == "i1":
        return "np.bool_"
    return f"np.{'' if signed else 'u'}int{kind[1:]}"


def _constant(kind: str, value: Any) -> _Value:
    if kind in _FLOATS:
        return _Value(f"{_class(kind)}({float(value)!r})", kind)
    if kind == "i1":
        return _Value(f"np.bool_({bool(value)})", kind)
    width = _width(kind)
    bits = int(value) & (1 << width) - 1
    return _Value(f"{_class(kind)}({bits - (bits >> width - 1 << width)})", kind)


def _value(one: Any) -> _Value:
    """A value, or one of llvmlite's constants."""
    if isinstance(one, _Value):
        return one
    number = getattr(one, "constant", None)
    if isinstance(number, (int, float)):
        return _constant(_kind(one.type), number)
    raise _Unknown(f"has {type(one).__name__} for a value")


class _Context:
    """What stands for Numba's context."""

    def cast(self, builder: _Builder, value: Any, given: Any, wanted: Any) -> _Value:
        return builder.converted(_value(value), given, wanted)

    def get_constant(self, one: Any, value: Any) -> _Value:
        return _constant(_kind(one), value)

    def get_value_type(self, one: Any) -> Any:
        return _Kind(_kind(one))

    get_argument_type = get_data_type = get_value_type

    def __getattr__(self, name: str) -> Any:
        raise _Unknown(f"uses context.{name} of Numba's compiler")


class _Module:
    def declare_intrinsic(self, name: str, tys: Any = (), fnty: Any = None) -> _Declared:
        return _Declared(name)

    def __getattr__(self, name: str) -> Any:
        raise _Unknown(f"uses module.{name} of LLVM's modules")


_PLAIN = {
    "add": "+", "sub": "-", "mul": "*", "and_": "&", "or_": "|", "xor": "^", "shl": "<<", "ashr": ">>",
    "fadd": "+", "fsub": "-", "fmul": "*", "fdiv": "/",
}  # fmt: skip
_UNARY = {"sqrt": "np.sqrt", "fabs": "np.abs", "floor": "np.floor", "ceil": "np.ceil", "trunc": "np.trunc"}
_LESS = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!="}


class _Builder:
    """What stands for llvmlite's builder: it writes statements."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.module = _Module()

    def __getattr__(self, name: str) -> Any:
        if name in _PLAIN:
            return lambda a, b, *_, **__: self._plain(name, _value(a), _value(b))
        raise _Unknown(f"uses builder.{name}, which stands for no operation on numbers")

    def _keep(self, text: str, kind: str) -> _Value:
        name = f"v{len(self.lines)}"
        self.lines.append(f"{name} = {text}")
        return _Value(name, kind)

    def of_number(self, text: str, one: Any) -> _Value:
        """A number of one of our types as a value."""
        kind = _kind(one)
        plain = f"{_class(kind, not one.name.startswith('uint'))}({text})"
        return self._keep(f"{plain}.view({_class(kind)})" if one.name.startswith("uint") else plain, kind)

    def to_number(self, value: _Value, one: Any) -> str:
        """The text of a value as a number of one of our types."""
        if not isinstance(one, Type) or _kind(one) != value.kind:
            raise _Unknown(f"gives {value.kind} for {one!r}")
        name = one.name  # type: ignore[attr-defined]
        if name in ("float64", "bool"):
            return f"{name.removesuffix('64')}({value.text})"
        text = f"{value.text}.view(np.{name})" if name.startswith("uint") else value.text
        # Narrow integers become wide ones in Numba's arithmetic, which NumPy's don't.
        return f"int({text})" if "int" in name and name != "uint64" else text

    def converted(self, value: _Value, given: Any, wanted: Any) -> _Value:
        """A number converted as Numba's casts do."""
        if not isinstance(given, Scalar) or not isinstance(wanted, Scalar):
            raise _Unknown(f"casts {given!r} to {wanted!r}")
        to, unsigned = _kind(wanted), given.name.startswith("uint")
        if to == value.kind:
            return value
        if to == "i1":
            return self._keep(f"{value.text} != {_constant(value.kind, 0).text}", "i1")
        if value.kind in _FLOATS:
            if to in _FLOATS or not wanted.name.startswith("uint"):
                return self._convert(value, to)
            return self._keep(f"{_class(to, False)}({value.text}).view({_class(to)})", to)
        if to in _FLOATS:
            return self.uitofp(value, wanted) if unsigned or value.kind == "i1" else self._convert(value, to)
        if _width(to) < _width(value.kind):
            return self._convert(value, to)
        return self.zext(value, wanted) if unsigned or value.kind == "i1" else self._convert(value, to)

    def _plain(self, name: str, a: _Value, b: _Value) -> _Value:
        if a.kind != b.kind or (a.kind in _FLOATS) != name.startswith("f") or a.kind == "i1" and _PLAIN[name] not in "&|^":
            raise _Unknown(f"uses builder.{name} of {a.kind} and {b.kind}")
        return self._keep(f"{a.text} {_PLAIN[name]} {b.text}", a.kind)

    def _convert(self, value: _Value, to: str) -> _Value:
        return self._keep(f"{_class(to)}({value.text})", to)

    def _bits(self, value: _Value) -> str:
        """The text of an integer's bits as a number without a sign."""
        if value.kind == "i1" or value.kind in _FLOATS:
            return value.text
        return f"{value.text}.view({_class(value.kind, False)})"

    def lshr(self, a: Any, b: Any, *_: Any, **__: Any) -> _Value:
        a, b = _value(a), _value(b)
        return self._keep(f"({self._bits(a)} >> {self._bits(b)}).view({_class(a.kind)})", a.kind)

    def neg(self, a: Any, *_: Any, **__: Any) -> _Value:
        a = _value(a)
        return self._keep(f"-{a.text}", a.kind)

    fneg = neg

    def not_(self, a: Any, *_: Any, **__: Any) -> _Value:
        a = _value(a)
        return self._keep(f"~{a.text}", a.kind)

    def icmp_signed(self, op: str, a: Any, b: Any, *_: Any, **__: Any) -> _Value:
        if _value(a).kind == "i1" and op not in ("==", "!="):
            raise _Unknown(f"uses builder.icmp_signed({op!r}) of i1")
        return self._keep(f"{_value(a).text} {op} {_value(b).text}", "i1")

    def icmp_unsigned(self, op: str, a: Any, b: Any, *_: Any, **__: Any) -> _Value:
        return self._keep(f"{self._bits(_value(a))} {op} {self._bits(_value(b))}", "i1")

    def fcmp_ordered(self, op: str, a: Any, b: Any, *_: Any, **__: Any) -> _Value:
        x, y = _value(a).text, _value(b).text
        if op == "!=":
            return self._keep(f"({x} < {y}) | ({x} > {y})", "i1")
        if op in ("ord", "uno"):
            return self._keep(f"({x} == {x}) & ({y} == {y})" if op == "ord" else f"({x} != {x}) | ({y} != {y})", "i1")
        return self._keep(f"{x} {op} {y}", "i1")

    def fcmp_unordered(self, op: str, a: Any, b: Any, *_: Any, **__: Any) -> _Value:
        if op in ("ord", "uno"):
            return self.fcmp_ordered(op, a, b)
        x, y = _value(a).text, _value(b).text
        if op == "!=":
            return self._keep(f"{x} != {y}", "i1")
        if op == "==":
            return self._keep(f"~(({x} < {y}) | ({x} > {y}))", "i1")
        return self._keep(f"~({x} {_LESS[op]} {y})", "i1")

    def select(self, condition: Any, a: Any, b: Any, *_: Any, **__: Any) -> _Value:
        a, b = _value(a), _value(b)
        return self._keep(f"{a.text} if {_value(condition).text} else {b.text}", a.kind)

    def zext(self, a: Any, to: Any, *_: Any, **__: Any) -> _Value:
        return self._keep(f"{_class(_kind(to))}({self._bits(_value(a))})", _kind(to))

    def sext(self, a: Any, to: Any, *_: Any, **__: Any) -> _Value:
        a = _value(a)
        sign = "-" if a.kind == "i1" else ""
        return self._keep(f"{sign}{_class(_kind(to))}({a.text})", _kind(to))

    def trunc(self, a: Any, to: Any, *_: Any, **__: Any) -> _Value:
        a = _value(a)
        if _kind(to) == "i1":
            return self._keep(f"({a.text} & {_constant(a.kind, 1).text}) != {_constant(a.kind, 0).text}", "i1")
        return self._convert(a, _kind(to))

    def bitcast(self, a: Any, to: Any, *_: Any, **__: Any) -> _Value:
        a = _value(a)
        if _width(a.kind) != _width(_kind(to)):
            raise _Unknown(f"uses builder.bitcast of {a.kind} to {_kind(to)}")
        return a if a.kind == _kind(to) else self._keep(f"{a.text}.view({_class(_kind(to))})", _kind(to))

    def sitofp(self, a: Any, to: Any, *_: Any, **__: Any) -> _Value:
        return self._convert(_value(a), _kind(to))

    fptosi = fpext = fptrunc = sitofp

    def uitofp(self, a: Any, to: Any, *_: Any, **__: Any) -> _Value:
        return self._keep(f"{_class(_kind(to))}({self._bits(_value(a))})", _kind(to))

    def ctpop(self, a: Any, *_: Any, **__: Any) -> _Value:
        return self._count(_value(a), "{}")

    def cttz(self, a: Any, *_: Any, **__: Any) -> _Value:
        return self._count(_value(a), "({0} & -{0}) - {1}")

    def ctlz(self, a: Any, *_: Any, **__: Any) -> _Value:
        a = _value(a)
        self._whole(a)
        bits = self._keep(self._bits(a), a.kind).text
        shift = 1
        while shift < _width(a.kind):
            bits = self._keep(f"{bits} | {bits} >> {_class(a.kind, False)}({shift})", a.kind).text
            shift *= 2
        return self._keep(f"{_class(a.kind)}(np.bitwise_count(~{bits}))", a.kind)

    def _whole(self, a: _Value) -> None:
        if a.kind == "i1" or a.kind in _FLOATS:
            raise _Unknown(f"counts bits of {a.kind}")

    def _count(self, a: _Value, form: str) -> _Value:
        self._whole(a)
        shown = self._keep(form.format(a.text, _constant(a.kind, 1).text), a.kind)
        return self._keep(f"{_class(a.kind)}(np.bitwise_count({self._bits(shown)}))", a.kind)

    def call(self, function: Any, args: Any, *_: Any, **__: Any) -> _Value:
        name = getattr(function, "name", None)
        found = re.match(r"llvm\.(\w+)", name) if isinstance(name, str) else None
        what = found.group(1) if found else None
        if what in ("ctpop", "cttz", "ctlz"):
            return getattr(self, what)(args[0])  # type: ignore[no-any-return]
        if what in _UNARY:
            a = _value(args[0])
            return self._keep(f"{_UNARY[what]}({a.text})", a.kind)
        raise _Unknown(f"calls {name or 'a function'}")
