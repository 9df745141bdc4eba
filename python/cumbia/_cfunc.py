"""``cfunc``: compiled functions that C calls by their address.

Here is what a signature means in C, and the text of the function that C sees ::

    def callback(x0, x1, y0):
        y0[0] = function(float(x0), Pointer(x1))

compiled by ``jit``: so C's numbers come as Python's, as ctypes passes them, pointers as
`cumbia._pointers.Pointer`, and a result that doesn't fit the declared type is an exception.
What an exception does in C, threads and the GIL are the native module's.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from cumbia import _decorator, _options, _pointers, _signature
from cumbia.types import Array, CPointer, NoneType, Scalar, Signature, VoidPointer, Weak

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CFunc", "cfunc"]

# How a number of C becomes one of Python's.
_PYTHONS = {"b": "bool", "i": "int", "u": "int", "f": "float"}

_OF_PYTHON = {"pybool": "bool", "pyint": "int64", "pyfloat": "float64"}


def cfunc(sig: Any, locals: Any = {}, cache: Any = None, **options: Any) -> Any:
    """Compile a function for callers in C.

    Parameters
    ----------
    sig : str or Signature
        What C passes and gets, such as ``"float64(float64, CPointer(int32))"``: numbers, and
        pointers as arguments. The result may be ``void``.
    locals : dict, optional
        As for ``jit``.
    cache : bool, optional
        As for ``jit``.
    **options
        Those of ``jit``.

    Returns
    -------
    decorator
        It makes a `CFunc` of a function.

    Raises
    ------
    TypeError
        For a signature without a result, or with what C doesn't have.

    Examples
    --------
    >>> from cumbia import cfunc
    >>> @cfunc("float64(float64, float64)")
    ... def add(x, y):
    ...     return x + y
    >>> add.ctypes(4.0, 5.0)  # doctest: +SKIP
    9.0
    """
    if callable(sig) and not isinstance(sig, Signature):
        raise TypeError("cfunc() needs a signature first, as in cfunc('float64(float64)')")
    options = {"locals": locals, "cache": cache, **options}
    _options.resolve(options)
    found = _signature.parse_all(sig)
    if len(found) != 1:
        raise TypeError(f"cfunc() takes one signature, not {len(found)}")
    signature = found[0]
    if signature.returns is None:
        raise TypeError(f"a signature of cfunc() names the result, as in 'float64{signature}'")
    params = [_c_name(one, signature, "argument") for one in signature.args]
    result = None
    if not isinstance(signature.returns, NoneType):
        result = _c_name(signature.returns, signature, "result")
    return functools.partial(CFunc, signature=signature, types=(params, result), options=options)


def _c_name(one: Any, signature: Signature, place: str) -> str:
    """A type as the native module takes it: a dtype's name, behind ``*`` for a pointer."""
    if isinstance(one, VoidPointer) and place == "argument":
        return "*void"
    if isinstance(one, CPointer) and place == "argument":
        return "*" + one.dtype.name
    if isinstance(one, (CPointer, VoidPointer)):
        raise TypeError(f"{signature}: a cfunc gives a number or nothing, no pointer")
    name = _OF_PYTHON.get(one.name, one.name) if isinstance(one, (Scalar, Weak)) else ""
    if name and "complex" not in name:
        return name
    if name:
        hint = "C's compilers don't agree on complex numbers by value; take a CPointer to one"
    elif isinstance(one, Array):
        hint = "C passes a pointer: write CPointer(...) and make an array of it by carray()"
    else:
        hint = "C has numbers and pointers"
    raise TypeError(f"{signature}: {one!r} is no {place} in C; {hint}")


class CFunc:
    """A function that C can call; calling it from Python runs the Python function.

    The code stays for the rest of the process, since nobody knows when C forgets an address.

    Attributes
    ----------
    address : int
        Where the function is.
    native_name : str
        A name for it.
    """

    def __init__(
        self, func: Any, *, signature: Signature, types: tuple, options: dict[str, Any]
    ) -> None:
        if _decorator._is_dispatcher(func) or hasattr(func, "py_func"):
            func = func.py_func
        try:
            function = _decorator.jit(func, **options)
        except TypeError as error:
            raise TypeError(str(error).replace("jit()", "cfunc()")) from None
        params, result = types
        functools.update_wrapper(self, func)
        self._check_parameters(func, signature)
        self._signature = signature
        self._types = types
        self.native_name = f"cumbia.{func.__module__}.{func.__qualname__}"
        self._kept: Any = None
        if function is func:
            # `CUMBIA_DISABLE_JIT`: as C would see the Python function.
            import ctypes

            self._kept = self._prototype()(func)
            self.address: int = ctypes.cast(self._kept, ctypes.c_void_p).value or 0
            return
        text = _text(params, result)
        self._kept = made = _dispatcher(text, function, options)
        from cumbia._cumbia import _callback

        self.address = _callback(made, self, params, result)

    @staticmethod
    def _check_parameters(func: Any, signature: Signature) -> None:
        code = func.__code__
        if code.co_flags & 0x0C or code.co_kwonlyargcount:
            raise TypeError(f"C passes arguments by their places; {func.__name__}() has others")
        least = code.co_argcount - len(func.__defaults__ or ())
        if not least <= len(signature.args) <= code.co_argcount:
            raise TypeError(
                f"the signature {signature} has {len(signature.args)} arguments, but "
                f"{func.__name__}() has {code.co_argcount}"
            )

    def _prototype(self) -> Any:
        """The class of this function's objects of ctypes."""
        import ctypes

        params, result = self._types
        args = [_ctypes_of(name) for name in params]
        return ctypes.CFUNCTYPE(None if result is None else _ctypes_of(result), *args)

    @functools.cached_property
    def ctypes(self) -> Any:
        """The function as one of ctypes."""
        made = self._prototype()(self.address)
        made.__name__ = self.__name__
        return made

    @property
    def cffi(self) -> Any:
        """The function's address as a void pointer of cffi."""
        import cffi

        return cffi.FFI().cast("void *", self.address)

    @property
    def py_func(self) -> Callable[..., Any]:
        """The Python function, which compiled code calls."""
        return self.__wrapped__

    @property
    def signature(self) -> Signature:
        """The signature."""
        return self._signature

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__wrapped__(*args, **kwargs)

    def __reduce__(self) -> str:
        # By its name in its module, as functions are pickled.
        return self.__qualname__

    def __repr__(self) -> str:
        return f"<CFunc {self.__qualname__!r}>"


if TYPE_CHECKING:
    CFunc.__wrapped__: Callable[..., Any]


def _ctypes_of(name: str) -> Any:
    import ctypes

    if name.startswith("*"):
        if name == "*void" or "complex" in name:
            return ctypes.c_void_p
        return ctypes.POINTER(_ctypes_of(name[1:]))
    plain = {"bool": "c_bool", "float32": "c_float", "float64": "c_double"}
    return getattr(ctypes, plain.get(name) or f"c_{name}")


def _text(params: list[str], result: str | None) -> str:
    """The text of the function that C sees."""
    names = [f"x{at}" for at in range(len(params))]
    given = []
    for name, param in zip(names, params):
        if param.startswith("*"):
            given.append(f"{'Void' if param == '*void' else ''}Pointer({name})")
        else:
            given.append(f"{_PYTHONS[param[0]]}({name})")
    call = f"function({', '.join(given)})"
    if result is None:
        return f"def callback({', '.join(names)}):\n    {call}\n"
    if result[0] in "iu":
        call = f"index({call})"
    return f"def callback({', '.join([*names, 'y0'])}):\n    y0[0] = {call}\n"


def _dispatcher(text: str, function: Any, options: dict[str, Any]) -> Any:
    """The dispatcher of such a text. The native module knows the file's name."""
    import operator

    file = f"<cumbia loop of {function.__name__}>"
    names = {
        "function": function,
        "Pointer": _pointers.Pointer,
        "VoidPointer": _pointers.VoidPointer,
        "index": operator.index,
        "__name__": function.__module__,
    }
    exec(compile(text, file, "exec"), names)
    options = {**options, "source": text}
    if options.get("cache") is None:
        # As for the function itself, whose file says whether it is kept.
        options["cache"] = not function.py_func.__code__.co_filename.startswith("<")
    return _decorator.jit(names["callback"], **options)
