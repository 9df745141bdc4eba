"""Functions of `bfloat16` in kernels, by the names that Numba's CUDA target has.

`bfloat16` is the upper half of a `float32`. The operators, and the functions of NumPy and `math`,
take it as they take `float16`: each computes in `float32` and rounds once, and so do the functions
here; `hfma` is the fused product and sum. Arrays of `ml_dtypes.bfloat16` are arguments of kernels;
other arrays of 16 bits hold such numbers by `bfloat16_as_uint16` and `uint16_as_bfloat16`.

Examples
--------
>>> import numpy as np
>>> from cumbia import cuda
>>> from cumbia.cuda import bf16
>>> @cuda.jit("void(uint16[:], float32)")
... def scale(x, factor):
...     i = cuda.grid(1)
...     if i < x.size:
...         x[i] = bf16.bfloat16_as_uint16(bf16.uint16_as_bfloat16(x[i]) * bf16.bfloat16(factor))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cumbia.cuda._errors import only_in_kernels
from cumbia.types import bfloat16

_OF_ONE = {
    "habs": "The number without its sign.",
    "hceil": "Rounded up to a whole number.",
    "hcos": "The cosine.",
    "hexp": "The exponential.",
    "hexp10": "10 to the power of `a`.",
    "hexp2": "2 to the power of `a`.",
    "hfloor": "Rounded down to a whole number.",
    "hisinf": "1 if it is infinity, -1 if it is minus infinity, else 0: an `int32`.",
    "hisnan": "Whether it is a nan.",
    "hlog": "The natural logarithm.",
    "hlog10": "The logarithm to base 10.",
    "hlog2": "The logarithm to base 2.",
    "hneg": "The number with its sign flipped.",
    "hrcp": "``1 / a``.",
    "hrint": "Rounded to the nearest whole number, ties to even.",
    "hrsqrt": "1 divided by the square root.",
    "hsin": "The sine.",
    "hsqrt": "The square root.",
    "htanh": "The hyperbolic tangent.",
    "htanh_approx": "The hyperbolic tangent: as `htanh`.",
    "htrunc": "Rounded toward zero to a whole number.",
    "bfloat16_as_int16": "The bits of `a`, as an `int16`.",
    "bfloat16_as_uint16": "The bits of `a`, as a `uint16`.",
    "int16_as_bfloat16": "The number that has the bits of an `int16`.",
    "uint16_as_bfloat16": "The number that has the bits of a `uint16`.",
    "bfloat16_to_float32": "The same number, as a `float32`.",
    "float32_to_bfloat16": "The number next to a `float32`.",
    "float64_to_bfloat16": "The number next to a `float64`.",
}

_OF_TWO = {
    "hadd": "``a + b``.",
    "hadd_rn": "``a + b``, never fused with a product.",
    "hadd_sat": "``a + b``, at least 0 and at most 1; 0 for a nan.",
    "hdiv": "``a / b``.",
    "heq": "Whether ``a == b``; False with a nan.",
    "hequ": "Whether ``a == b``; True with a nan.",
    "hge": "Whether ``a >= b``; False with a nan.",
    "hgeu": "Whether ``a >= b``; True with a nan.",
    "hgt": "Whether ``a > b``; False with a nan.",
    "hgtu": "Whether ``a > b``; True with a nan.",
    "hle": "Whether ``a <= b``; False with a nan.",
    "hleu": "Whether ``a <= b``; True with a nan.",
    "hlt": "Whether ``a < b``; False with a nan.",
    "hltu": "Whether ``a < b``; True with a nan.",
    "hmax": "The larger number; a number rather than a nan.",
    "hmax_nan": "The larger number; a nan if there is one.",
    "hmin": "The smaller number; a number rather than a nan.",
    "hmin_nan": "The smaller number; a nan if there is one.",
    "hmul": "``a * b``.",
    "hmul_rn": "``a * b``, never fused with a sum.",
    "hmul_sat": "``a * b``, at least 0 and at most 1; 0 for a nan.",
    "hne": "Whether the numbers differ; False with a nan.",
    "hneu": "Whether the numbers differ; True with a nan.",
    "hsub": "``a - b``.",
    "hsub_rn": "``a - b``, never fused with a product.",
    "hsub_sat": "``a - b``, at least 0 and at most 1; 0 for a nan.",
}

_OF_THREE = {
    "hfma": "``a * b + c``, rounded once.",
    "hfma_relu": "``a * b + c``, rounded once; 0 where that is negative.",
    "hfma_sat": "``a * b + c``, rounded once; at least 0 and at most 1, 0 for a nan.",
}

_WAYS = {
    "rn": "to the nearest, ties to even",
    "rz": "toward zero",
    "rd": "down",
    "ru": "up",
}


def _conversions() -> dict[str, str]:
    """Names and texts of conversions that say which way they round."""
    made = {f"float32_to_bfloat16_{way}": f"A `float32`, rounded {how}." for way, how in _WAYS.items()}
    for name in ("int8", "uint8"):
        made[f"bfloat16_to_{name}_rz"] = f"As an `{name}`, rounded toward zero; the nearest there is."
    for name in ("int16", "uint16", "int32", "uint32", "int64", "uint64"):
        for way, how in _WAYS.items():
            made[f"bfloat16_to_{name}_{way}"] = f"As an `{name}`, rounded {how}; the nearest there is."
            made[f"{name}_to_bfloat16_{way}"] = f"An `{name}`, rounded {how}."
    return made


if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...


def _named(name: str, args: tuple[str, ...], text: str) -> Any:
    from inspect import Parameter, Signature

    def function(*_: Any) -> Any:
        raise only_in_kernels(f"bf16.{name}()")

    function.__name__ = function.__qualname__ = name
    function.__doc__ = text
    parameters = [Parameter(arg, Parameter.POSITIONAL_OR_KEYWORD) for arg in args]
    setattr(function, "__signature__", Signature(parameters))
    return function


_TABLES = [(("a",), _OF_ONE | _conversions()), (("a", "b"), _OF_TWO), (("a", "b", "c"), _OF_THREE)]
_NAMES = [name for _, texts in _TABLES for name in texts]

globals().update({
    name: _named(name, args, text) for args, texts in _TABLES for name, text in texts.items()
})

__all__ = ["bfloat16", *_NAMES]  # pyright: ignore[reportUnsupportedDunderAll]
