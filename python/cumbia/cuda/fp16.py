"""Functions of `float16` in kernels, by the names that CUDA C has.

Each computes in `float32` and rounds once, but `hfma`, which is the fused product and sum. The
operators, and the functions of NumPy and `math`, take `float16` as well.
"""

from __future__ import annotations

from typing import Any

from cumbia.cuda._errors import only_in_kernels

__all__ = [
    "habs",
    "hadd",
    "hceil",
    "hcos",
    "hdiv",
    "heq",
    "hexp",
    "hexp10",
    "hexp2",
    "hfloor",
    "hfma",
    "hge",
    "hgt",
    "hle",
    "hlog",
    "hlog10",
    "hlog2",
    "hlt",
    "hmax",
    "hmin",
    "hmul",
    "hne",
    "hneg",
    "hrcp",
    "hrint",
    "hrsqrt",
    "hsin",
    "hsqrt",
    "hsub",
    "htrunc",
]


def hadd(a: Any, b: Any) -> Any:
    """``a + b``."""
    raise only_in_kernels("fp16.hadd()")


def hsub(a: Any, b: Any) -> Any:
    """``a - b``."""
    raise only_in_kernels("fp16.hsub()")


def hmul(a: Any, b: Any) -> Any:
    """``a * b``."""
    raise only_in_kernels("fp16.hmul()")


def hdiv(a: Any, b: Any) -> Any:
    """``a / b``."""
    raise only_in_kernels("fp16.hdiv()")


def hfma(a: Any, b: Any, c: Any) -> Any:
    """``a * b + c``, rounded once."""
    raise only_in_kernels("fp16.hfma()")


def hneg(a: Any) -> Any:
    """The number with its sign flipped."""
    raise only_in_kernels("fp16.hneg()")


def habs(a: Any) -> Any:
    """The number without its sign."""
    raise only_in_kernels("fp16.habs()")


def heq(a: Any, b: Any) -> Any:
    """Whether ``a == b``; False with a nan."""
    raise only_in_kernels("fp16.heq()")


def hne(a: Any, b: Any) -> Any:
    """Whether the numbers differ; False with a nan."""
    raise only_in_kernels("fp16.hne()")


def hge(a: Any, b: Any) -> Any:
    """Whether ``a >= b``; False with a nan."""
    raise only_in_kernels("fp16.hge()")


def hgt(a: Any, b: Any) -> Any:
    """Whether ``a > b``; False with a nan."""
    raise only_in_kernels("fp16.hgt()")


def hle(a: Any, b: Any) -> Any:
    """Whether ``a <= b``; False with a nan."""
    raise only_in_kernels("fp16.hle()")


def hlt(a: Any, b: Any) -> Any:
    """Whether ``a < b``; False with a nan."""
    raise only_in_kernels("fp16.hlt()")


def hmax(a: Any, b: Any) -> Any:
    """The larger number; a number rather than a nan."""
    raise only_in_kernels("fp16.hmax()")


def hmin(a: Any, b: Any) -> Any:
    """The smaller number; a number rather than a nan."""
    raise only_in_kernels("fp16.hmin()")


def hsin(a: Any) -> Any:
    """The sine."""
    raise only_in_kernels("fp16.hsin()")


def hcos(a: Any) -> Any:
    """The cosine."""
    raise only_in_kernels("fp16.hcos()")


def hlog(a: Any) -> Any:
    """The natural logarithm."""
    raise only_in_kernels("fp16.hlog()")


def hlog2(a: Any) -> Any:
    """The logarithm to base 2."""
    raise only_in_kernels("fp16.hlog2()")


def hlog10(a: Any) -> Any:
    """The logarithm to base 10."""
    raise only_in_kernels("fp16.hlog10()")


def hexp(a: Any) -> Any:
    """The exponential."""
    raise only_in_kernels("fp16.hexp()")


def hexp2(a: Any) -> Any:
    """2 to the power of `a`."""
    raise only_in_kernels("fp16.hexp2()")


def hexp10(a: Any) -> Any:
    """10 to the power of `a`."""
    raise only_in_kernels("fp16.hexp10()")


def hfloor(a: Any) -> Any:
    """Rounded down to a whole number."""
    raise only_in_kernels("fp16.hfloor()")


def hceil(a: Any) -> Any:
    """Rounded up to a whole number."""
    raise only_in_kernels("fp16.hceil()")


def hsqrt(a: Any) -> Any:
    """The square root."""
    raise only_in_kernels("fp16.hsqrt()")


def hrsqrt(a: Any) -> Any:
    """1 divided by the square root."""
    raise only_in_kernels("fp16.hrsqrt()")


def hrcp(a: Any) -> Any:
    """``1 / a``."""
    raise only_in_kernels("fp16.hrcp()")


def hrint(a: Any) -> Any:
    """Rounded to the nearest whole number, ties to even."""
    raise only_in_kernels("fp16.hrint()")


def htrunc(a: Any) -> Any:
    """Rounded toward zero to a whole number."""
    raise only_in_kernels("fp16.htrunc()")
