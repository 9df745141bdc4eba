"""The elementary functions whose errors are measured: names, where they are drawn, references.

A draw is an interval of arguments, or `ANY`: all bit patterns alike. References are
`mpmath`'s for single values, NumPy's of `longdouble` for many, where that has 64 bits of
mantissa: a unit in the last place of it is 1/2048 of one of `float64`.
"""

import functools
import importlib.util
import linecache
import os
from dataclasses import dataclass

import mpmath
import numpy as np
from mpmath import mp, mpf

from cumbia import jit

from tests.library.differential import compiled

mp.prec = 200

ANY = "bits"
#: Whether `longdouble` has more bits than `float64`, as on x86.
HAS_EXTENDED = np.finfo(np.longdouble).nmant >= 63


HAS_SCIPY = importlib.util.find_spec("scipy") is not None


@functools.cache
def compiled_special(name):
    """A function of `scipy.special` over an array."""
    from scipy import special

    text = f"def f(a):\n    return special.{name}(a)\n"
    place = f"<accuracy of {name}>"
    linecache.cache[place] = (len(text), None, text.splitlines(True), place)
    namespace = {"special": special}
    exec(compile(text, place, "exec"), namespace)
    return jit(namespace["f"])


@dataclass(frozen=True)
class Function:
    """One function of NumPy."""

    name: str
    arity: int
    draws: tuple
    exact: object
    #: Arguments where errors are large or were once.
    hard: str = ""
    #: Of negative float64 arguments: a unit isn't counted smaller than that of two to this power.
    least: int | None = None
    #: Up to which size SciPy has another result for arguments that aren't 0, and which sign those have.
    unlike: tuple = (0.0, "+-")

    def compiled(self):
        """The function over arrays."""
        parameters = ", ".join("ab"[: self.arity])
        return compiled(f"return np.{self.name}({parameters})", parameters)

    def library(self, *arguments):
        """NumPy's."""
        return getattr(np, self.name)(*arguments)

    #: A reference for float32, whose own error is far below: NumPy's function of float64.
    wide = library

    def extended(self, *arguments):
        """Its values with more bits than `float64`."""
        with np.errstate(all="ignore"):
            return getattr(np, self.name)(*(a.astype(np.longdouble) for a in arguments))


@dataclass(frozen=True)
class Special(Function):
    """One function of `scipy.special`: no `longdouble` has it, so mpmath does it all."""

    def compiled(self):
        return compiled_special(self.name)

    def library(self, *arguments):
        from scipy import special

        return getattr(special, self.name)(*arguments)

    def wide(self, *arguments):
        """Compiled code of float64, which is measured as well."""
        return self.compiled()(*arguments)

    extended = None


@functools.cache
def of_devices(name):
    """A kernel that computes one of `cuda.libdevice`'s functions over an array, run on the processor."""
    os.environ.setdefault("CUMBIA_CUDA", "emulate")
    from cumbia import cuda
    from cumbia.cuda import _kernels

    text = (
        "def kernel(a, out):\n    i = cuda.grid(1)\n    if i < a.size:\n"
        f"        out[i] = cuda.libdevice.{name}(a[i])\n"
    )
    namespace = {"cuda": cuda}
    exec(compile(text, f"<accuracy of {name}>", "exec"), namespace)
    return _kernels.of_text(namespace["kernel"], text)


class OfDevices(Function):
    """One function of `cuda.libdevice`, whose form for float32 ends in `f`."""

    def compiled(self):
        def computed(a):
            out = np.empty_like(a)
            bare = self.name.removeprefix("libdevice.")
            of_devices(bare + "f" * (a.dtype == np.float32)).forall(a.size)(np.ascontiguousarray(a), out)
            return out

        return computed

    def wide(self, *arguments):
        """The form of float64, which is measured as well."""
        return self.compiled()(*arguments)

    extended = None


def power(x, y):
    if x < 0 and y == mpmath.floor(y):
        return mp.power(x, int(y))
    return mp.power(x, y)


def cube_root(x):
    return mp.cbrt(x) if x >= 0 else -mp.cbrt(-x)


def erf(x):
    return mp.erf(x) if abs(x) < 20 else mp.sign(x)


def erfc(x):
    # Beyond it is 0 also as a subnormal number.
    return mp.erfc(x) if abs(x) < 40 else mpf(2 if x < 0 else 0)


def erfcx(x):
    if abs(x) < 1000:
        return mp.exp(x * x) * mp.erfc(x)
    if x < 0:
        return mpf(10) ** 400
    return (1 - 1 / (2 * x * x) + 3 / (4 * x**4)) / (x * mp.sqrt(mp.pi))


def gamma(x):
    if x < 0 and x == mp.floor(x):
        return mpf("nan")
    if x > 200:
        return mpf(10) ** 400
    return mp.gamma(x) if x > -200 else mpf(0)


def rgamma(x):
    if x > 200 or x < 0 and x == mp.floor(x):
        return mpf(0)
    return mp.rgamma(x) if x > -200 else mpf(10) ** 400


def gammaln(x):
    if x > 0:
        return mp.loggamma(x)
    if x == mp.floor(x):
        return mpf(10) ** 400
    return mp.log(mp.pi / abs(mp.sinpi(x))) - mp.loggamma(1 - x)


NEAR = ((-1, 1), (-10, 10), (-0.001, 0.001), (0.9, 1.1))
SMALL = (ANY, *NEAR, (-750, 750))
POSITIVE = (ANY, *NEAR, (0, 2), (0, 1e6))

FUNCTIONS = (
    Function("exp", 1, SMALL, mp.exp, "exponents"),
    Function("exp2", 1, (*SMALL, (-1080, 1030)), lambda x: mp.power(2, x), "exponents"),
    Function("expm1", 1, SMALL, mp.expm1, "exponents"),
    Function("log", 1, POSITIVE, mp.log, "mantissas"),
    Function("log2", 1, POSITIVE, lambda x: mp.log(x) / mp.log(2), "mantissas"),
    Function("log10", 1, POSITIVE, mp.log10, "mantissas"),
    Function("log1p", 1, POSITIVE, mp.log1p, "mantissas"),
    Function("sin", 1, (ANY, *NEAR, (-1e5, 1e5), (0, 1e300)), mp.sin, "quadrants"),
    Function("cos", 1, (ANY, *NEAR, (-1e5, 1e5), (0, 1e300)), mp.cos, "quadrants"),
    Function("tan", 1, (ANY, *NEAR, (-1e5, 1e5), (0, 1e300)), mp.tan, "quadrants"),
    Function("arcsin", 1, (*NEAR, (-0.51, 0.51)), mp.asin),
    Function("arccos", 1, (*NEAR, (-0.51, 0.51)), mp.acos),
    Function("arctan", 1, (ANY, *NEAR), mp.atan),
    Function("arctan2", 2, (ANY, *NEAR), mp.atan2),
    Function("sinh", 1, SMALL, mp.sinh, "exponents"),
    Function("cosh", 1, SMALL, mp.cosh, "exponents"),
    Function("tanh", 1, (ANY, *NEAR, (-25, 25)), mp.tanh, "exponents"),
    Function("arcsinh", 1, (ANY, *NEAR), mp.asinh),
    Function("arccosh", 1, (ANY, (1, 1.1), (1, 3), (1, 1e6)), mp.acosh),
    Function("arctanh", 1, (*NEAR, (0.99, 1)), mp.atanh),
    Function("cbrt", 1, (ANY, *NEAR), cube_root),
    Function("hypot", 2, (ANY, *NEAR), lambda x, y: mp.sqrt(x * x + y * y)),
    Function("power", 2, (ANY, (0, 10), (0.99, 1.01), (0, 1e300)), power),
)

SPECIAL = (
    Special("erf", 1, (ANY, *NEAR, (-6, 6)), erf),
    Special("erfc", 1, (ANY, *NEAR, (-6, 28), (20, 28)), erfc),
    Special("gamma", 1, (ANY, *NEAR, (-200, 0), (0, 172), (-5, 5)), gamma, "poles"),
    Special("rgamma", 1, (ANY, *NEAR, (-200, 0), (0, 172), (-5, 5)), rgamma, "poles", unlike=(6e-309, "-")),
    Special("gammaln", 1, (ANY, *NEAR, (-20, 0), (0, 10), (-5, 5)), gammaln, "poles", -3, (6e-309, "+-")),
)

DEVICES = (
    OfDevices("libdevice.erfcx", 1, (ANY, *NEAR, (-26, 30), (-5, 5)), erfcx),
    OfDevices("libdevice.normcdf", 1, (ANY, *NEAR, (-38, 8), (-5, 5)), lambda x: erfc(-x / mp.sqrt(2)) / 2),
    OfDevices("libdevice.exp10", 1, (ANY, *NEAR, (-320, 308)), lambda x: mp.power(10, x), "exponents"),
    OfDevices("libdevice.sinpi", 1, (ANY, *NEAR, (-1e5, 1e5)), mp.sinpi),
    OfDevices("libdevice.cospi", 1, (ANY, *NEAR, (-1e5, 1e5)), mp.cospi),
    OfDevices("libdevice.rsqrt", 1, (ANY, (0, 1), (0.9, 4.1)), lambda x: 1 / mp.sqrt(x)),
    OfDevices("libdevice.rcbrt", 1, (ANY, *NEAR, (1, 8)), lambda x: 1 / cube_root(x)),
)
