"""NVIDIA's functions for devices, by their names in Numba: in kernels, `libdevice.sinf(x)`.

They are this package's own functions, not NVIDIA's: `sin` and `sinf` are what `math.sin` is of
each precision, the `fast_` ones the approximate instructions, and `fadd_rd` and its like round
down, up (`ru`) or toward zero (`rz`). Functions that have several results give tuples. Operands are
converted to the types that a function takes. Those whose text says so are refused when a kernel
that calls them is compiled.

Examples
--------
>>> import numpy as np
>>> from cumbia import cuda
>>> from cumbia.cuda import libdevice
>>> @cuda.jit("void(float32[::1])")
... def waves(x):
...     i = cuda.grid(1)
...     if i < x.size:
...         sine, cosine = libdevice.sincospif(x[i])
...         x[i] = libdevice.fmaf(sine, cosine, x[i])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cumbia.cuda._errors import only_in_kernels
from cumbia.cuda._libdevice_texts import described

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...


# Refused: roundings of products, quotients and roots of float64, inverses of the error function,
# and Bessel functions.
_REFUSED = """
    ddiv_rd ddiv_ru ddiv_rz dmul_rd dmul_ru dmul_rz drcp_rd drcp_ru drcp_rz dsqrt_rd dsqrt_ru dsqrt_rz
    erfcinv erfcinvf erfinv erfinvf fma_rd fma_ru fma_rz j0 j0f j1 j1f jn jnf normcdfinv normcdfinvf
    remquo remquof y0 y0f y1 y1f yn ynf
""".split()

_DESCRIBED = described()
NAMES: list[str] = sorted(_DESCRIBED)


def _named(name: str) -> Any:
    from inspect import Parameter, Signature

    takes, gives, text = _DESCRIBED[name]

    def function(*args: Any) -> Any:
        raise only_in_kernels(f"libdevice.{name}()")

    function.__name__ = function.__qualname__ = name
    params = "\n".join(f"{letter} : {one}" for letter, one in zip("xyz", takes))
    refused = "\n\nRefused: it isn't compiled." if name in _REFUSED else ""
    result = gives[0] if len(gives) == 1 else f"tuple of {' and '.join(gives)}"
    function.__doc__ = (
        f"{text}{refused}\n\nParameters\n----------\n{params}\n\nReturns\n-------\n{result}\n"
    )
    kind = Parameter.POSITIONAL_OR_KEYWORD
    parameters = [Parameter(letter, kind) for letter in "xyz"[: len(takes)]]
    setattr(function, "__signature__", Signature(parameters))
    return function


globals().update({name: _named(name) for name in NAMES})

__all__ = list(NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
