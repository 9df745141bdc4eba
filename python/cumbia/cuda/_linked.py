"""``cuda.declare_device``: functions of other code that kernels call.

For each one a function in Python's text is written, which kernels are compiled with ::

    def mul(x0, x1, /):
        if is_emulated():
            return float32(stand_in(float32(x0), float32(x1)))
        return call_with_status('e0f3.mul', 'float32(float32,float32)', (float32(x0), float32(x1)))

What the other code does is trusted, and so is the declaration: nothing says what it really
takes. Numbers and addresses are passed, nothing else. The name of the function begins with a key
by which `_linkable.DECLARED` knows what is linked.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from cumbia import _decorator, _signature, types
from cumbia._foreign import refused
from cumbia.cuda import _linkable
from cumbia.cuda._errors import only_in_kernels
from cumbia.cuda._kernels import DeviceFunction, Kernel

__all__ = ["DeclaredFunction", "declare_device"]

# What the conventions are called, and the functions below that call by them.
_CALLS = {"numba": "call_with_status", "c": "call"}


def is_emulated() -> bool:
    """Whether the kernel is emulated; the compiler's library has its body."""
    raise only_in_kernels("declare_device()")


def call(function: str, declared: str, arguments: tuple[Any, ...]) -> Any:
    """Call other code, as C does; the compiler's library has its body."""
    raise only_in_kernels("declare_device()")


def call_with_status(function: str, declared: str, arguments: tuple[Any, ...]) -> Any:
    """Call other code that gives a status; the compiler's library has its body."""
    raise only_in_kernels("declare_device()")


class DeclaredFunction(DeviceFunction):
    """A function of other code that kernels call: what `declare_device` gives.

    Attributes
    ----------
    name : str
        Its symbol.
    sig : Signature
        What it takes and gives.
    abi : str
        How it is called.
    link : tuple of LinkableCode
        What every kernel that calls it is linked with.
    emulate : callable or None
        What stands for it where kernels are emulated.
    """

    def __init__(
        self, name: str, sig: types.Signature, link: tuple[Any, ...], abi: str, emulate: Any
    ) -> None:
        self.name: str = name
        self.sig: types.Signature = sig
        self.link: tuple[Any, ...] = link
        self.abi: str = abi
        self.emulate: Any = emulate
        described = (name, repr(sig), abi, *(one.kind for one in link))
        parts = [*(text.encode() for text in described), *(one.data for one in link)]
        key = ("n" if emulate is None else "e") + _linkable.digest(parts)
        _linkable.DECLARED[key] = link
        self._start(_written(name, sig, abi, emulate, key))

    def __reduce__(self) -> Any:
        return DeclaredFunction, (self.name, self.sig, self.link, self.abi, self.emulate)

    def __repr__(self) -> str:
        return f"<cuda.declare_device of {self.name}: {self.sig!r}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"{self.name}() is code for devices: only kernels call it")


def declare_device(
    name: str,
    sig: Any,
    link: Any = None,
    use_cooperative: bool = False,
    abi: str = "numba",
    *,
    emulate: Any = None,
) -> DeclaredFunction:
    """Declare a function of other code, for kernels to call.

    Parameters
    ----------
    name : str
        Its symbol: as in C, or for C++ what the compiler made of its name.
    sig : signature
        What it takes and gives: numbers, and ``CPointer(...)`` or ``voidptr`` for addresses,
        for which a kernel gives arrays or ``ffi.from_buffer(array)``.
    link : path, LinkableCode or list of these, optional
        The code that has it, for every kernel that calls it; a kernel's own ``link=`` is as
        good.
    use_cooperative : bool
        Not taken: whether it waits for the whole grid.
    abi : str
        ``"numba"``: the function returns 0, and its first parameter is the address for the
        result. ``"c"``: it returns its result.
    emulate : function, optional
        What stands for it where kernels are emulated: a function that kernels can call, which
        gets the numbers and, for addresses, the arrays. Without it such kernels are refused.

    Returns
    -------
    DeclaredFunction

    Examples
    --------
    >>> from cumbia import cuda
    >>> def product(x, y):
    ...     return x * y
    >>> mul = cuda.declare_device(
    ...     "mul_f32_f32", "float32(float32, float32)", link=[], emulate=product)
    >>> mul
    <cuda.declare_device of mul_f32_f32: float32(float32, float32)>
    """
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_$][\w$]*", name, re.ASCII):
        raise ValueError(f"{name!r} is no name of a function in assembly")
    if use_cooperative:
        raise NotImplementedError(
            "use_cooperative=True isn't taken: other code that waits for the whole grid takes "
            "NVIDIA's cudadevrt, which isn't linked"
        )
    if abi not in _CALLS:
        raise ValueError(f"abi is 'numba' or 'c', not {abi!r}")
    (signature,) = _signature.parse_all(sig)
    if signature.returns is None:
        raise TypeError("Return type must be provided for device declarations")
    if isinstance(emulate, Kernel):
        raise TypeError(f"{emulate!r} is a kernel: a function that kernels call stands for {name}()")
    if emulate is not None and not callable(emulate):
        raise TypeError(f"emulate is a function that kernels can call, not {emulate!r}")
    return DeclaredFunction(name, signature, _linkable.codes(link), abi, emulate)


def _spelled(of: types.Type) -> str | None:
    """A type as the compiler reads it in declarations; None for what isn't passed."""
    if isinstance(of, types.CPointer):
        inner = _spelled(of.dtype)
        return inner and f"*{inner}"
    if isinstance(of, types.VoidPointer):
        return "*void"
    if isinstance(of, types.Scalar) and of.name not in ("float16", "bfloat16"):
        return of.name if np.dtype(of.name).kind in "biuf" else None
    return None


def _written(name: str, sig: types.Signature, abi: str, emulate: Any, key: str) -> Any:
    """The function that calls it, as a dispatcher."""
    assert sig.returns is not None
    is_void = isinstance(sig.returns, types.NoneType)
    result = "void" if is_void else _spelled(sig.returns)
    params = [_spelled(arg) for arg in sig.args]
    names = [f"x{at}" for at in range(len(params))]
    unpassed = [repr(arg) for arg, spelled in zip(sig.args, params) if spelled is None]
    if result is None or result.startswith("*"):
        unpassed.append(f"the result {sig.returns!r}")
    if unpassed:
        why = (
            f"{name}() is declared with {' and '.join(unpassed)}: other code takes and gives "
            "numbers, and takes CPointer(...) and voidptr"
        )
        body = f"    refused({why!r})\n"
    else:
        given = [_converted(at, spelled or "") for at, spelled in zip(names, params)]
        declared = f"{result}({','.join(one or '' for one in params)})"
        there = f"{_CALLS[abi]}({f'{key}.{name}'!r}, {declared!r}, ({''.join(one + ', ' for one in given)}))"
        body = "" if is_void else "    return "
        stands = f"stand_in({', '.join(given)})"
        if is_void:
            body = f"    {there}\n"
            emulated = f"        {stands}\n        return\n"
        else:
            body = f"    return {there}\n"
            emulated = f"        return {_converted_result(stands, result or '')}\n"
        if emulate is not None:
            body = f"    if is_emulated():\n{emulated}{body}"
    plain = name if name.isidentifier() else "function"
    text = f"def {plain}({', '.join([*names, '/'] if names else [])}):\n{body}"
    scope: dict[str, Any] = {
        "call": call, "call_with_status": call_with_status, "is_emulated": is_emulated,
        "np": np, "refused": refused, "stand_in": emulate, "__name__": "cumbia_linked",
    }
    exec(compile(text, f"<cumbia call of {name}>", "exec"), scope)
    return _decorator.jit(scope[plain], boundscheck=True, cache=False, source=text)


def _converted(name: str, spelled: str) -> str:
    if spelled.startswith("*"):
        return name
    return f"bool({name})" if spelled == "bool" else f"np.{spelled}({name})"


_converted_result = _converted
