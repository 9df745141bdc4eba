"""Objects that know a C function's address: Numba's protocol of wrapper addresses.

A class derives from `WrapperAddressProtocol` and has ``__wrapper_address__``, which gives the
address, and ``signature``. Compiled code calls its instances as it calls functions of ctypes:
what is at the address is trusted to have that signature.
"""

from __future__ import annotations

import functools
from typing import Any

__all__ = ["WrapperAddressProtocol"]

_MOST = 8


class WrapperAddressProtocol:
    """Base of classes whose instances stand for a function of C in compiled code.

    Examples
    --------
    >>> from cumbia import float64
    >>> from cumbia.extending import get_cython_function_address
    >>> from cumbia.types import WrapperAddressProtocol
    >>> class Gamma(WrapperAddressProtocol):
    ...     def __wrapper_address__(self):
    ...         return get_cython_function_address("scipy.special.cython_special", "gammaln")
    ...     def signature(self):
    ...         return float64(float64)
    """

    def __new__(cls, *_: Any, **__: Any) -> WrapperAddressProtocol:
        """Make an instance, and tell the compiler of it."""
        from cumbia import extending

        made = super().__new__(cls)
        extending._of_object(made, functools.partial(_implementation, made))
        return made

    def __wrapper_address__(self) -> int:
        """Give the address."""
        raise NotImplementedError("a class of addresses has __wrapper_address__()")

    def signature(self) -> Any:
        """Give the types, as a signature."""
        raise NotImplementedError("a class of addresses has signature()")


def _implementation(made: WrapperAddressProtocol, *given: Any) -> Any:
    """Write the function that compiled code has for an instance's; None for other arguments."""
    import ctypes

    signature = _signature_of(made)
    if len(given) != len(signature.args) or len(given) > _MOST:
        return None
    kinds = [_ctype(one) for one in (signature.returns, *signature.args)]
    # A closure over the function, not its address: whoever keeps code asks for it anew.
    c = ctypes.CFUNCTYPE(*kinds)(_address_of(made))
    return (
        lambda: c(),
        lambda x0: c(x0),
        lambda x0, x1: c(x0, x1),
        lambda x0, x1, x2: c(x0, x1, x2),
        lambda x0, x1, x2, x3: c(x0, x1, x2, x3),
        lambda x0, x1, x2, x3, x4: c(x0, x1, x2, x3, x4),
        lambda x0, x1, x2, x3, x4, x5: c(x0, x1, x2, x3, x4, x5),
        lambda x0, x1, x2, x3, x4, x5, x6: c(x0, x1, x2, x3, x4, x5, x6),
        lambda x0, x1, x2, x3, x4, x5, x6, x7: c(x0, x1, x2, x3, x4, x5, x6, x7),
    )[len(given)]


def _signature_of(made: WrapperAddressProtocol) -> Any:
    from cumbia.types import Signature

    signature = made.signature()
    if not isinstance(signature, Signature) or signature.returns is None:
        raise TypeError(
            f"{type(made).__name__}.signature() has to give types, as float64(float64), "
            f"not {signature!r}"
        )
    return signature


def _address_of(made: WrapperAddressProtocol) -> int:
    address = made.__wrapper_address__()
    if type(address) is not int or not 0 < address < 1 << 64:
        raise TypeError(
            f"{type(made).__name__}.__wrapper_address__() has to give a function's address, "
            f"an int, not {address!r}"
        )
    return address


def _ctype(one: Any) -> Any:
    import ctypes

    from cumbia.types import NoneType, Scalar

    if isinstance(one, NoneType):
        return None
    if isinstance(one, Scalar):
        found = {
            "float64": ctypes.c_double, "float32": ctypes.c_float, "bool": ctypes.c_bool,
            **{f"{sign}int{bits}": getattr(ctypes, f"c_{sign}int{bits}") for sign in ("", "u") for bits in (8, 16, 32, 64)},
        }.get(one.name)  # fmt: skip
        if found is not None:
            return found
    raise TypeError(f"a function of C takes and gives numbers, not {one!r}")
