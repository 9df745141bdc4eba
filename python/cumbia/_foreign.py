"""Functions of C that compiled code calls: those of ctypes and of cffi.

For each one a function in Python's text is written that calls it by its address ::

    def cos(x0):
        return call_float(address, 0, 0, 0, 0, 0, 0, 0, float(x0), 0.0, ...)

and is compiled with its caller. What the function does is trusted, and so are its argument
types: there is nothing to check them by. Here is which types can be passed; the registers are
the runtime's (`runtime/core/src/foreign.rs`).
"""

from __future__ import annotations

from typing import Any

__all__ = ["function_for", "is_library"]

# How many arguments there are registers for, of integers and addresses, and of floats.
_MOST_INTEGERS, _MOST_FLOATS = 6, 8

# Numbers by which results are narrowed; 0 leaves 64 bits as they are.
_NARROW = {"int8": 1, "int16": 2, "int32": 3, "uint8": 4, "uint16": 5, "uint32": 6, "bool": 7}
_SINGLE = 8


def call_int(address: int, how: int, *registers: Any) -> int:
    """The body in the compiler's library stands for this."""
    raise TypeError("functions of C are called by compiled code")


def call_float(address: int, how: int, *registers: Any) -> float:
    """The body in the compiler's library stands for this."""
    raise TypeError("functions of C are called by compiled code")


def pointer(x: Any) -> int:
    """The body in the compiler's library stands for this."""
    raise TypeError("functions of C are called by compiled code")


def buffer(array: Any) -> Any:
    """The body in the compiler's library stands for this."""
    raise TypeError("ffi.from_buffer() is cffi's; this stands for it in compiled code")


def _refuse(name: str, why: str, hint: str) -> Any:
    """A function that can't be called, for the compiler to say so."""
    return _write(name, [], f"    refused({f'{name}() of C: {why}; {hint}'!r})\n", None, variadic=True)


def refused(message: str) -> None:
    """The body in the compiler's library stands for this."""


def is_library(value: Any) -> bool:
    """Whether a value is a library that ctypes or cffi has loaded, or cffi's ``FFI`` itself.

    Examples
    --------
    >>> import ctypes
    >>> from cumbia._foreign import is_library
    >>> is_library(ctypes.CDLL(None)), is_library(3)
    (True, False)
    """
    import ctypes

    if isinstance(value, ctypes.CDLL):
        return True
    kind = type(value)
    if kind.__module__ == "_cffi_backend":
        return kind.__name__ in ("FFI", "Lib")
    if _is_ffi(value):
        return True
    return kind.__module__ == "cffi.api" and kind.__name__.startswith("FFILibrary")


def function_for(value: Any) -> Any:
    """The function that calls a function of C; None for what is none.

    Examples
    --------
    >>> from cumbia._foreign import function_for
    >>> function_for(3)
    """
    import ctypes

    if _is_from_buffer(value):
        return _write("from_buffer", ["x0"], "    return buffer(x0)\n", None)
    if isinstance(value, ctypes._CFuncPtr):  # type: ignore[attr-defined]
        return _of_ctypes(value)
    if type(value).__module__ == "_cffi_backend" or _is_cffi_builtin(value):
        return _of_cffi(value)
    return None


def _is_from_buffer(value: Any) -> bool:
    """Whether a value is the method of that name of one of cffi's ``FFI`` objects."""
    return getattr(value, "__name__", None) == "from_buffer" and _is_ffi(getattr(value, "__self__", None))


def _is_ffi(value: Any) -> bool:
    kind = type(value)
    return kind.__name__ == "FFI" and kind.__module__ in ("cffi.api", "_cffi_backend")


def _is_cffi_builtin(value: Any) -> bool:
    of = getattr(value, "__self__", None)
    return type(of).__module__ == "_cffi_backend" and type(of).__name__ == "Lib"


# ctypes


def _of_ctypes(value: Any) -> Any:
    import ctypes

    name = getattr(value, "__name__", None) or type(value).__name__
    address = ctypes.cast(value, ctypes.c_void_p).value
    if value.argtypes is None:
        return _refuse(
            name, "it has no argtypes",
            "set them and restype, as in `f.argtypes = [ctypes.c_double]`",
        )
    if getattr(type(value), "_flags_", 0) & 4:
        return _refuse(name, "it needs the GIL", "compiled code runs without it")
    if _has_errcheck(value):
        return _refuse(name, "it has an errcheck", "check the result in the compiled function")
    params = [_ctypes_name(one) for one in value.argtypes]
    result = "void" if value.restype is None else _ctypes_name(value.restype)
    for one, found in [*zip(value.argtypes, params), (value.restype, result)]:
        if found is None or (one is value.restype and found == "pointer"):
            shown = getattr(one, "__name__", repr(one))
            place = "restype" if one is value.restype else "argtypes"
            return _refuse(
                name, f"{shown} in {place} isn't passed",
                "numbers are, and pointers as c_void_p or POINTER(...)",
            )
    return _function(name, address, params, result)


def _has_errcheck(value: Any) -> bool:
    try:
        return value.errcheck is not None
    except AttributeError:
        return False


_CTYPES = {
    "b": "int8", "B": "uint8", "c": None, "h": "int16", "H": "uint16", "i": "int32",
    "I": "uint32", "l": "int64", "L": "uint64", "q": "int64", "Q": "uint64", "f": "float32",
    "d": "float64", "?": "bool", "P": "address",
}


def _ctypes_name(one: Any) -> str | None:
    """The name of a type: a dtype's, ``address`` for void pointers, ``pointer`` for others."""
    import ctypes

    if not isinstance(one, type):
        return None
    if issubclass(one, ctypes._Pointer):
        return "pointer"
    if issubclass(one, ctypes._SimpleCData) and one.__module__ == "ctypes":
        code: Any = one._type_
        return _CTYPES.get(code)
    return None


# cffi


def _of_cffi(value: Any) -> Any:
    import sys

    ffi: Any = None
    if _is_cffi_builtin(value):
        name = value.__name__
        for module in list(sys.modules.values()):
            if getattr(module, "lib", None) is value.__self__ and hasattr(module, "ffi"):
                ffi = module.ffi
                break
        if ffi is None:
            return _refuse(name, "its module isn't imported", "import it")
        address = int(ffi.cast("intptr_t", ffi.addressof(value.__self__, name)))
        ctype = ffi.typeof(value)
    else:
        import cffi

        ffi = cffi.FFI()
        try:
            ctype = ffi.typeof(value)
        except TypeError:
            return None
        if ctype.kind == "pointer" and ctype.item.kind == "function":
            ctype = ctype.item
        if ctype.kind != "function":
            return None
        name = ctype.cname
        address = int(ffi.cast("intptr_t", value))
    if ctype.ellipsis:
        return _refuse(name, "it has `...`", "the types of arguments have to be known")
    params = [_cffi_name(ffi, one) for one in ctype.args]
    result = "void" if ctype.result.kind == "void" else _cffi_name(ffi, ctype.result)
    for one, found in [*zip(ctype.args, params), (ctype.result, result)]:
        if found is None or (one is ctype.result and found in ("pointer", "address")):
            return _refuse(
                name, f"{one.cname} isn't passed", "numbers are, and pointers as arguments"
            )
    return _function(name, address, params, result)


def _cffi_name(ffi: Any, one: Any) -> str | None:
    if one.kind == "pointer":
        return "pointer" if one.item.kind != "function" else "address"
    if one.kind not in ("primitive", "enum"):
        return None
    if one.cname in ("float", "double"):
        return {"float": "float32", "double": "float64"}[one.cname]
    if one.cname in ("_Bool", "bool"):
        return "bool"
    if "complex" in one.cname or one.cname in ("long double", "char", "wchar_t", "char16_t"):
        return None
    signed = one.kind == "enum" or int(ffi.cast(one, -1)) < 0
    return f"{'int' if signed else 'uint'}{8 * ffi.sizeof(one)}"


# The text


def _function(name: str, address: Any, params: list[Any], result: str | None) -> Any:
    integers: list[str] = []
    floats: list[str] = []
    how = 0
    for at, param in enumerate(params):
        if param == "float32":
            how |= 1 << len(floats)
        if param in ("float32", "float64"):
            floats.append(f"float(x{at})")
        elif param in ("address", "pointer"):
            integers.append(f"pointer(x{at})")
        elif param == "bool":
            integers.append(f"int(bool(x{at}))")
        else:
            integers.append(f"index(x{at})")
    if len(integers) > _MOST_INTEGERS or len(floats) > _MOST_FLOATS:
        return _refuse(
            name, f"it takes {len(integers)} integers or pointers and {len(floats)} floats",
            f"at most {_MOST_INTEGERS} and {_MOST_FLOATS} are passed",
        )
    how |= (_SINGLE if result == "float32" else _NARROW.get(result or "", 0)) << 8
    integers += ["0"] * (_MOST_INTEGERS - len(integers))
    floats += ["0.0"] * (_MOST_FLOATS - len(floats))
    kind = "float" if result in ("float32", "float64") else "int"
    call = f"call_{kind}(address, {how}, {', '.join([*integers, *floats])})"
    if result == "void":
        body = f"    {call}\n"
    elif result == "bool":
        body = f"    return {call} != 0\n"
    elif result == "address":
        body = f"    found = {call}\n    return None if found == 0 else found\n"
    elif result == "uint64":
        body = (
            f"    found = {call}\n    if found < 0:\n"
            "        raise OverflowError('integer result too large: it does not fit in 64 bits')\n"
            "    return found\n"
        )
    else:
        body = f"    return {call}\n"
    return _write(name, [f"x{at}" for at in range(len(params))], body, address)


#: By name, text and address: the same object for the same function, as callers are compiled for.
_written: dict[tuple[str, str, Any], Any] = {}


def _write(
    name: str, params: list[str], body: str, address: Any, variadic: bool = False
) -> Any:
    import operator

    from cumbia import _source

    name = name if name.isidentifier() else "function"
    text = f"def {name}({'*args' if variadic else ', '.join([*params, '/'] if params else [])}):\n{body}"
    key = (name, text, address)
    if key not in _written:
        names = {
            "address": address, "call_int": call_int, "call_float": call_float,
            "buffer": buffer, "pointer": pointer, "refused": refused, "index": operator.index,
            "__name__": "cumbia_foreign",
        }
        exec(compile(text, f"<cumbia loop of {name}>", "exec"), names)
        written = names[name]
        written.__dict__[_source.SNAPSHOT] = _source.capture(written, source=text)
        _written[key] = written
    return _written[key]
