"""Writes `compiler/frontend/tests/numeric_types.txt`: NumPy's own result types.

For each operator and elementwise function, one line per left dtype: the type
character of the result with each right dtype, then with a Python bool, int, float
and complex on the right, then on the left. `!` is a TypeError; `1` to `4` a Python
bool, int, float or complex; `e` is float16. Run it with the NumPy to be matched:

    python tests/library/numeric_types.py
"""

import operator
import pathlib
import warnings

import numpy as np

DTYPES = (
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128"
).split()
OPERATORS = "add sub mul truediv floordiv mod pow lshift rshift and_ or_ xor eq lt".split()
UNARY = "neg pos invert".split()
WEAK = (True, 1, 1.0, 1j)
ROOT = pathlib.Path(__file__).parents[2]


def code(function, *args):
    try:
        result = function(*args)
    except TypeError:
        return "!"
    if isinstance(result, np.generic):
        return result.dtype.char.replace("q", "l").replace("Q", "L")
    return {bool: "1", int: "2", float: "3", complex: "4"}[type(result)]


def ufunc_names():
    """The table's own names: every row of `library/src/ufuncs.rs`."""
    names = {1: [], 2: []}
    text = (ROOT / "compiler/library/src/ufuncs.rs").read_text()
    for line in text[text.index("rows! {") :].splitlines():
        words = line.split()
        if not line.startswith('    "'):
            continue
        quoted = []
        while words[0].startswith('"') or words[0] == "|":
            quoted.append(words.pop(0).strip('"'))
        # SciPy's functions are compared with SciPy, where it is.
        names[int(words[0])] += [name for name in quoted if name != "|" and "." not in name]
    return names


def main():
    warnings.simplefilter("ignore")
    values = [np.dtype(d).type(1) for d in DTYPES]
    lines = []

    def unary(kind, name, function):
        results = "".join(code(function, v) for v in values)
        lines.append(f"{kind} {name} {results} {''.join(code(function, w) for w in WEAK)}")

    def binary(kind, name, function):
        for dtype, value in zip(DTYPES, values):
            row = "".join(code(function, value, other) for other in values)
            right = "".join(code(function, value, w) for w in WEAK)
            left = "".join(code(function, w, value) for w in WEAK)
            lines.append(f"{kind} {name} {dtype} {row} {right} {left}")
        weak = " ".join("".join(code(function, a, b) for b in WEAK) for a in WEAK)
        lines.append(f"{kind} {name} weak {weak}")

    for name in UNARY:
        unary("unary", name, getattr(operator, name))
    for name in OPERATORS:
        binary("binary", name, getattr(operator, name))
    names = ufunc_names()
    for name in names[1]:
        unary("ufunc1", name, getattr(np, name))
    for name in names[2]:
        binary("ufunc2", name, getattr(np, name))
    target = ROOT / "compiler/frontend/tests/numeric_types.txt"
    target.write_text(f"# NumPy {np.__version__}; written by tests/library/numeric_types.py\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
