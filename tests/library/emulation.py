"""Library bodies under CPython: `prim` on top of NumPy, and a loader for body files.

A body is a plain Python function, so its algorithm can be tested without the compiler.
Types are what values have at run time here: every integer counts as a constant.
"""

import builtins
import collections
import dataclasses
import enum
import fractions
import functools
import math
import re
from pathlib import Path

import numpy as np

from cumbia import _cumbia

BODIES = Path(__file__).parents[2] / "compiler" / "library" / "bodies"
# Files of functions on the bits of numbers, for which `Prim` has nothing; what others
# import from them is not there either, and a test that needs it fails by its name.
LEFT_OUT = ("math", "numbers")


class Refused(TypeError):
    """What `prim.error` and `prim.refuse` raise here."""


def as_dtype(x):
    """The dtype that a type or value stands for."""
    if isinstance(x, (np.ndarray, np.generic)):
        return x.dtype
    if isinstance(x, (bool, int, float, complex)):
        return np.dtype(type(x))
    return np.dtype(x)


class Natives(type):
    """Runtime functions by name, through the extension's test entry."""

    def __getattr__(cls, name):
        return functools.partial(_cumbia._call_helper, name)


class Prim(metaclass=Natives):
    """The primitives on types and arrays, and those on numbers that these files use."""

    # LAPACK's helpers want addresses: bodies compute without it here.
    has_lapack = False
    # One thread is all.
    on_threads_numpy = on_threads_reduction = on_threads_setitem = False
    SlogdetResult = np.linalg._linalg.SlogdetResult
    QRResult = np.linalg._linalg.QRResult
    EigResult = np.linalg._linalg.EigResult
    EighResult = np.linalg._linalg.EighResult
    SVDResult = np.linalg._linalg.SVDResult

    value_str = staticmethod(str)
    value_repr = staticmethod(repr)
    value_ascii = staticmethod(ascii)
    value_format = staticmethod(format)

    @staticmethod
    def is_str(x):
        return isinstance(x, str)

    @staticmethod
    def is_bytes(x):
        return isinstance(x, bytes)

    @staticmethod
    def is_record(x):
        return hasattr(x, "_fields") or dataclasses.is_dataclass(x)

    @staticmethod
    def is_member(x):
        return isinstance(x, enum.Enum)

    @staticmethod
    def is_collection(x):
        return isinstance(x, (frozenset, collections.deque, collections.Counter, collections.OrderedDict, collections.defaultdict))

    @staticmethod
    def class_name(x):
        return type(x).__name__

    @staticmethod
    def is_list(x):
        return isinstance(x, list)

    @staticmethod
    def guard(holds, name, text, *values):
        if not holds:
            known = {"numpy.linalg.LinAlgError": np.linalg.LinAlgError}
            shown = [str(v).replace(" ", "") if isinstance(v, tuple) else v for v in values]
            raise (known.get(name) or getattr(builtins, name))(text.format(*shown) if values else text)

    dtype = staticmethod(as_dtype)
    dtype_given = staticmethod(as_dtype)

    @staticmethod
    def error(text, *values):
        raise Refused(text.replace("{}", *(type(v).__name__ for v in values)) if values else text)

    @staticmethod
    def refuse(text, help, *values):
        Prim.error(text, *values)

    @staticmethod
    def on_device():
        return False

    @staticmethod
    def is_array(x):
        return isinstance(x, np.ndarray)

    @staticmethod
    def is_any_tuple(x):
        return isinstance(x, tuple)

    @staticmethod
    def is_tuple(x):
        return isinstance(x, tuple)

    @staticmethod
    def is_number(x):
        return isinstance(x, (bool, int, float, complex, np.generic))

    @staticmethod
    def is_integer(x):
        return isinstance(x, (bool, int, np.integer))

    @staticmethod
    def is_weak(x):
        return isinstance(x, (bool, int, float, complex)) and not isinstance(x, np.generic)

    @staticmethod
    def is_literal(x):
        return isinstance(x, (bool, int, float, str))

    @staticmethod
    def kind(dtype):
        return np.dtype(dtype).kind

    @staticmethod
    def result_type(a, b):
        return np.result_type(np.dtype(a), np.dtype(b))

    @staticmethod
    def layout(a):
        if a.flags.c_contiguous:
            return "C"
        return "F" if a.flags.f_contiguous else "A"

    @staticmethod
    def readonly(a):
        return not a.flags.writeable

    @staticmethod
    def empty(shape, dtype):
        return np.empty(shape, dtype)

    @staticmethod
    def zeros(shape, dtype):
        return np.zeros(shape, dtype)

    @staticmethod
    def empty_f(shape, dtype):
        return np.empty(shape, dtype, order="F")

    @staticmethod
    def zeros_f(shape, dtype):
        return np.zeros(shape, dtype, order="F")

    @staticmethod
    def view(a, shape, strides, offset):
        class Memory:
            pass

        memory = Memory()
        memory.base = a
        address, readonly = a.__array_interface__["data"]
        memory.__array_interface__ = {
            "shape": tuple(int(n) for n in shape),
            "strides": tuple(int(n) for n in strides),
            "typestr": a.dtype.str,
            "data": (int(address + offset), readonly),
            "version": 3,
        }
        return np.asarray(memory)

    @classmethod
    def view_c(cls, a, shape):
        extents = shape if isinstance(shape, tuple) else (shape,)
        strides, step = [], a.itemsize
        for n in reversed(extents):
            strides.insert(0, step)
            step *= int(n)
        return cls.view(a, extents, strides, 0)

    @classmethod
    def load(cls, a, offset):
        return cls.view(a, (), (), offset)[()]

    @classmethod
    def store(cls, a, offset, value):
        cls.view(a, (), (), offset)[()] = value

    @staticmethod
    def address(a):
        return a.__array_interface__["data"][0]

    @staticmethod
    def tuple_set(items, i, value):
        items = list(items)
        items[i] = value
        return tuple(items)

    @staticmethod
    def fma(x, y, z):
        if not (math.isfinite(x) and math.isfinite(y) and math.isfinite(z)):
            return x * y + z
        return float(fractions.Fraction(x) * fractions.Fraction(y) + fractions.Fraction(z))

    @staticmethod
    def cast(x, dtype):
        return np.asarray(x).astype(dtype)[()]

    @staticmethod
    def to_numpy(x):
        return np.asarray(x)[()]

    @staticmethod
    def promote(x, y):
        return np.asarray(x).astype(np.result_type(x, y))[()]

    @staticmethod
    def select(condition, x, y):
        return x if condition else y


def load():
    """All functions by file and name, and by the names that they implement."""
    public, files = {}, {}

    def implements(*names):
        def register(function):
            public.update(dict.fromkeys(names, function))
            return function

        return register

    imports = []
    for path in sorted(BODIES.glob("*.py")):
        if path.stem in LEFT_OUT:
            continue
        text = path.read_text()
        for match in re.finditer(r"^from (\w+) import (.+)$", text, re.M):
            imports += [(path.stem, match[1], name.strip()) for name in match[2].split(",")]
        text = re.sub(r"^from \w+ import .+$", "", text, flags=re.M)
        namespace = {"prim": Prim, "np": np, "math": math, "implements": implements}
        exec(compile(text, str(path), "exec"), namespace)
        files[path.stem] = namespace
    for file, source, name in imports:
        if source not in LEFT_OUT:
            files[file][name] = files[source][name]
    return public, files
