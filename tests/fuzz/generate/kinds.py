"""The types of generated programs, by name, and literals of them.

A scalar's name is its Python type's or a short form of its dtype; `f64[2]` is an array,
`list(int)`, `set(int)`, `dict(str,int)`, `tuple(int,str)`, `opt(int)` (a value or None)
and `pair`, `spot` and `color` (of `classes.py`) are what their names say. What an
operation on scalars gives is asked of NumPy, by sample values.
"""

from __future__ import annotations

import math
import random
import warnings
from functools import lru_cache

import numpy as np

NUMPY = ["i64", "i32", "u8", "f64", "f32", "b1", "u64", "i8", "c128"]
NAMES = {
    "i64": "int64", "i32": "int32", "u8": "uint8", "f64": "float64", "f32": "float32",
    "b1": "bool_", "u64": "uint64", "i8": "int8", "c128": "complex128",
}  # fmt: skip
SAMPLES = {"int": 3, "float": 2.5, "bool": True, "complex": 1 + 2j} | {
    short: getattr(np, name)(1) for short, name in NAMES.items()
}
TYPES = {type(value): name for name, value in SAMPLES.items()}

# Weighted: what numeric code mostly is comes more often.
SCALAR_WEIGHTS = {
    "int": 10, "float": 8, "bool": 2, "f64": 6, "f32": 2, "i64": 3, "i32": 2, "u8": 2,
    "b1": 1, "u64": 1, "i8": 1, "c128": 1,
}  # fmt: skip
ARRAY_WEIGHTS = {"f64": 8, "i64": 4, "f32": 2, "u8": 2, "i32": 2, "b1": 1, "c128": 1, "u64": 1}

ARITHMETIC = ["+", "-", "*", "+", "-", "*", "/", "//", "%"]
BITS = ["&", "|", "^", "<<", ">>"]
COMPARISONS = ["<", "<=", ">", ">=", "==", "!="]

INTS = ["0", "1", "2", "3", "5", "7", "-1", "-2", "-3", "10", "100", "255", "-128"]
FAR_INTS = [
    "2147483648", "-2147483649", "4611686018427387904", "9223372036854775807",
    "-9223372036854775808", "1000000000000000000", "9007199254740993",
]  # fmt: skip
FLOATS = ["0.0", "1.0", "-1.0", "0.5", "2.5", "-0.0", "3.0", "1e300", "-2.25", "0.1", "1e-320"]
FAR_FLOATS = ["math.inf", "-math.inf", "math.nan"]


@lru_cache(maxsize=None)
def binary_type(operator: str, a: str, b: str) -> str | None:
    """The type of `a operator b` by name, or None where Python refuses it."""
    x, y = SAMPLES[a], SAMPLES[b]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            value = eval(f"x {operator} y", {"x": x, "y": y})
        except TypeError:
            return None
    return TYPES.get(type(value))


@lru_cache(maxsize=None)
def unary_type(operator: str, a: str) -> str | None:
    """The type of `operator a`, or None where Python refuses it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return TYPES.get(type(eval(f"{operator} x", {"x": SAMPLES[a]})))
        except TypeError:
            return None


def array(dtype: str, ndim: int) -> str:
    """The name of an array type."""
    return f"{dtype}[{ndim}]"


def is_array(kind: str) -> bool:
    """Whether a type name is an array's."""
    return kind.endswith("]")


def is_scalar(kind: str) -> bool:
    """Whether a type name is a scalar's."""
    return kind in SAMPLES


def parts(kind: str) -> list[str]:
    """The types within the parentheses of a type name."""
    found, level = [""], 0
    for character in kind[kind.index("(") + 1 : -1]:
        level += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and level == 0:
            found.append("")
        else:
            found[-1] += character
    return found


def dtype_of(kind: str) -> str:
    """The element type of an array type."""
    return kind[: kind.index("[")]


def ndim_of(kind: str) -> int:
    """The number of axes of an array type."""
    return int(kind[kind.index("[") + 1 : -1])


def choose(rng: random.Random, weights: dict[str, int]) -> str:
    """One key, by weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def layout(rng: random.Random, kind: str) -> str:
    """How the arrays of an argument lie in memory: a suffix, or the name of a function."""
    if not is_array(kind):
        return ""
    ways = ["[::-1]"] * 3 + ["[::2]"] + [""] * 13
    if ndim_of(kind) == 2:
        ways += [".T", ".T", "np.asfortranarray"]
    return rng.choice(ways)


def argument(rng: random.Random, kind: str, how: str = "") -> str:
    """An expression for an argument of a type."""
    if is_array(kind):
        return array_argument(rng, dtype_of(kind), ndim_of(kind), how)
    if kind.endswith(")") or kind in ("str", "pair", *OBJECTS):
        return compound_argument(rng, kind)
    if kind == "bool":
        return rng.choice(["True", "False"])
    if kind == "int":
        return rng.choice(FAR_INTS if rng.random() < 0.06 else INTS)
    if kind == "float":
        return rng.choice(FAR_FLOATS if rng.random() < 0.06 else FLOATS)
    return f"np.{NAMES[kind]}({element(rng, kind)})"


def element(rng: random.Random, dtype: str) -> str:
    """A Python number that an element of a dtype can be made of."""
    if dtype == "b1":
        return rng.choice(["True", "False"])
    if dtype in ("f64", "f32"):
        return rng.choice(FLOATS[:-4] * 2 + FAR_FLOATS + ["0.1"])
    if dtype == "c128":
        return rng.choice(["0j", "1+2j", "-1.5", "2.5j", "-0.0"])
    info = np.iinfo(NAMES[dtype])
    # uint64's are beyond what compiled constants hold.
    extremes = [info.min, min(info.max, 2**63 - 1), min(info.max, 2**63 - 1) - 1]
    return str(rng.choice([0, 1, 2, 3, 5, 7, *extremes, 100]))


def array_argument(rng: random.Random, dtype: str, ndim: int, how: str) -> str:
    """An array of a layout, sometimes empty."""
    extents = [rng.choice([0, 1, 2, 3, 5, 6, 9]) if rng.random() < 0.15 else 4 for _ in range(ndim)]
    count = math.prod(extents)
    items = ", ".join(element(rng, dtype) for _ in range(count))
    text = f"np.array([{items}], np.{NAMES[dtype]})"
    if ndim > 1:
        text += f".reshape({', '.join(map(str, extents))})"
    return f"{how}({text})" if how.startswith("np.") else text + how


OBJECTS = {
    "spot": [], "color": ["Color.RED", "Color.GREEN", "Color.BLUE"],
    "bytes": ['b""', 'b"ab"', 'b"\\x00a\\xff"'],
}  # fmt: skip
TEXTS = ['""', '"a"', '"b c"', '"é"', '"Xy1"', '"12"', '"a,b,a"', '"\\U0001f40d"', '" x "']


def compound_argument(rng: random.Random, kind: str) -> str:
    """A container, string or None; never an empty container, whose items have no type."""
    if kind == "str":
        return rng.choice(TEXTS)
    if kind == "pair":
        return f"Pair({argument(rng, 'int')}, {argument(rng, 'float')})"
    if kind == "spot":
        return f"Spot({argument(rng, 'int')}, {argument(rng, 'float')})"
    if kind in OBJECTS:
        return rng.choice(OBJECTS[kind])
    head, items = kind.partition("(")[0], parts(kind)
    if head == "opt":
        return "None" if rng.random() < 0.4 else argument(rng, items[0])
    if head == "tuple":
        return f"({', '.join(argument(rng, item) for item in items)})"
    count = rng.choice([1, 1, 2, 3, 4])
    if head == "dict":
        pairs = [f"{key_argument(rng, items[0])}: {argument(rng, items[1])}" for _ in range(count)]
        return f"{{{', '.join(pairs)}}}"
    if head == "set":
        return f"{{{', '.join(key_argument(rng, items[0]) for _ in range(count))}}}"
    return f"[{', '.join(argument(rng, items[0]) for _ in range(count))}]"


def key_argument(rng: random.Random, kind: str) -> str:
    """A key of a dict or an item of a set."""
    return str(rng.randint(-2, 6)) if kind == "int" else rng.choice(TEXTS[:5])
