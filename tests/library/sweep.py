"""One array after the other through every name of NumPy that `docs/supported.md` lists.

A *case* is an expression of `a` (and `b`): those of `sweep_cases.py`, or what the list of
parameters says. An array is one of `DTYPES` x `SHAPES` x `LAYOUTS`; a case is run over
some of them, chosen so that each dtype, shape and layout has its turn (the numbers of the
three have no common divisor, so counting in all three at once comes to every combination).
Numbers are special ones: the least and largest integers, nan, inf, -0.0.

Value, dtype, shape, exception and text are compared, and the arguments afterwards. What is
refused by name is no difference. Memory layouts of results are `test_shape.py`'s and its
like's.
"""

import itertools
import re
import zlib
from pathlib import Path

import numpy as np
from cumbia import CompileError

from tests.library.calls import function
from tests.library.sweep_cases import CASES, DRAWN, NEAR, SERIES, STREAMS
from tests.python.harness import copy_arguments, native, run, undecorated

PAGE = Path(__file__).parents[2] / "docs" / "supported.md"
DTYPES = ["float64", "int64", "bool", "float32", "uint8", "complex128", "int32", "uint64", "int8", "complex64", "uint16"]
SHAPES = [(5,), (3, 4), (), (2, 3, 4), (0,), (1,), (0, 3), (2, 1, 3, 2)]
LAYOUTS = ["C", "F", "strided", "reversed", "repeated", "read-only", "transposed"]
COMBINATIONS = len(DTYPES) * len(SHAPES) * len(LAYOUTS)
# Arrays that a case is run over in the suite.
TURNS = 3


def names():
    """Each listed name of NumPy with its parameters; functions of one element have None."""
    text = PAGE.read_text()
    elementwise = text.split("\n## Elementwise NumPy functions")[1].split("\nOf dtypes")[0]
    # Behind the table of counts.
    elementwise = elementwise.split("\n\n")[-1]
    found = {name: None for name in re.findall(r"`(np\.\w+)`", elementwise)}
    for name, parameters in re.findall(r"^\| `((?:np|a|rng)\.[\w.]+)` \| `(.*)` \|$", text, re.M):
        found[name] = parameters
    return found


def cases(name, parameters):
    """The expressions that a name is tried with."""
    if name in CASES:
        return CASES[name]
    if parameters is None:
        count = np_function(name).nin
        return [f"{name}(a)"] if count == 1 else [f"{name}(a, b)", f"{name}(a, 2)"]
    method = name.startswith("a.")
    listed = [p.strip() for p in re.sub(r"\([^()]*\)", "0", parameters).split(",")]
    listed = [p for p in listed if p not in ("/", "*", "") and not p.startswith("*")][method:]
    needed = [p for p in listed if "=" not in p]
    given = {p.split("=")[0] for p in listed if "=" in p}
    table = SERIES if "polynomial." in name else DRAWN if name.startswith(("rng.", "np.random.")) else None
    if table is not None:
        values = [table[p] for p in needed]
        if "rng" in needed:
            name, values = f"{values[0]}.{name[4:]}", values[1:]
        return [f"{name}({', '.join(values)})"]
    if len(needed) > 2 - method:
        return []
    call = f"{name}({', '.join(['b', ''][: len(needed)] if method else ['a', 'b'][: len(needed)])}"
    out = [call + ")"]
    if "axis" in given:
        more = ", ".join(part for part in [call.split("(")[1], ""][:1] if part)
        start = f"{name}({more}{', ' if more else ''}"
        out += [f"{start}axis=0)", f"{start}axis=-1)"]
        if "keepdims" in given:
            out.append(f"{start}axis=-1, keepdims=True)")
    return out


def np_function(name):
    """A ufunc, or what has its number of operands."""
    found = getattr(np, name[3:])
    return found if hasattr(found, "nin") else np.abs


def filled(shape, dtype, salt):
    """Small numbers, and from the fourth on a special one here and there."""
    rng = np.random.default_rng(zlib.crc32(repr((shape, dtype, salt)).encode()))
    kind = np.dtype(dtype).kind
    if kind == "b":
        return rng.integers(0, 2, shape).astype(bool)
    if kind in "iu":
        low = 0 if kind == "u" else -9
        out = np.array(rng.integers(low, 12, shape)).astype(dtype)
        special = [np.iinfo(dtype).max, np.iinfo(dtype).min, 0]
    else:
        out = np.array(np.round(rng.standard_normal(shape) * 4, 2)).astype(dtype)
        if kind == "c":
            out += np.array(1j * np.round(rng.standard_normal(shape), 2)).astype(dtype)
        special = [np.nan, np.inf, -0.0, -np.inf, 0.0]
    if salt % 2:
        line = out.reshape(-1)
        for at in range(3, out.size, 4):
            line[at] = special[(at + salt) % len(special)]
    return out


def laid_out(shape, dtype, layout, salt):
    """An array in a layout; `repeated` has strides of zero, where there is an axis."""
    if layout == "F":
        return np.asfortranarray(filled(shape, dtype, salt)) if shape else filled(shape, dtype, salt)
    if layout == "strided":
        double = filled(tuple(2 * n for n in shape), dtype, salt)
        return double[(*(slice(None, None, 2) for _ in shape), ...)]
    if layout == "reversed":
        return filled(shape, dtype, salt)[(*(slice(None, None, -1) for _ in shape), ...)]
    if layout == "repeated":
        return np.broadcast_to(filled(shape[-1:], dtype, salt), shape)
    if layout == "transposed":
        return filled(shape[::-1], dtype, salt).T
    out = filled(shape, dtype, salt)
    if layout == "read-only":
        out.flags.writeable = False
    return out


def arrays(case, turns):
    """Pairs of arrays: the one that has its turn, and another one of its shape."""
    start = zlib.crc32(case.encode())
    for turn in range(start, start + turns):
        dtype = DTYPES[turn % len(DTYPES)]
        shape = SHAPES[turn % len(SHAPES)]
        a = laid_out(shape, dtype, LAYOUTS[turn % len(LAYOUTS)], turn)
        other = dtype if turn % 3 else DTYPES[(turn + 4) % len(DTYPES)]
        b = laid_out(shape[turn % 2 :], other, LAYOUTS[(turn + 2) % len(LAYOUTS)], turn + 2)
        yield a, b


def difference(name, case, a, b):
    """What differs, as a text; None for the same, and "refused" for that."""
    arguments = (a, b)[: 2 if re.search(r"\bb\b", case) else 1]
    made = function(case, len(arguments))
    plain, files = undecorated(made)
    outcomes = []
    state = np.random.get_state()
    for kind in (plain, native(made)):
        np.random.seed(5)
        outcomes.append(run(kind, *copy_arguments(arguments, {}), files=files))
    np.random.set_state(state)
    want, got = outcomes
    if isinstance(got.error, CompileError) or "not fit in 64 bits" in str(got.error):
        return "refused"
    if want.error is not None or got.error is not None:
        if type(want.error) is not type(got.error):
            return f"{want} became {got}"
        return None if str(want.error) == str(got.error) else f"{want} became {got}"
    rtol = NEAR.get(name.rsplit(".", 1)[0], NEAR.get(name))
    text = compare(want.value, got.value, rtol)
    if text is None and not any(name.startswith(prefix) for prefix in STREAMS):
        text = compare(want.arguments, got.arguments, rtol)
    return text


def compare(want, got, rtol):
    """Where two values differ; a tolerance is relative to the largest number beside."""
    if type(want) is not type(got) and not (isinstance(want, tuple) and isinstance(got, tuple)):
        return f"{type(want).__name__} became {type(got).__name__}"
    if isinstance(want, (tuple, list)):
        if len(want) != len(got):
            return f"{len(want)} items became {len(got)}"
        return next(filter(None, map(compare, want, got, itertools.repeat(rtol))), None)
    if not isinstance(want, (np.ndarray, np.generic, float, complex)):
        return None if want == got else f"{want!r} became {got!r}"
    x, y = np.asarray(want), np.asarray(got)
    if x.dtype != y.dtype or x.shape != y.shape:
        return f"{x.dtype} {x.shape} became {y.dtype} {y.shape}"
    with np.errstate(all="ignore"):
        if x.dtype.kind not in "fc":
            same = x == y
        else:
            parts = [(x, y)] if x.dtype.kind == "f" else [(x.real, y.real), (x.imag, y.imag)]
            same = np.ones(x.shape, bool)
            for p, q in parts:
                same &= (np.isnan(p) & np.isnan(q)) | ((p == q) & (np.signbit(p) == np.signbit(q)))
            # Complex products have one rounding less on some processors.
            if x.dtype.kind == "c" and rtol is None:
                rtol = 1e-15
            if rtol is not None:
                limit = rtol * (5e8 if x.real.dtype.itemsize == 4 else 1)
                largest = max([abs(n) for n in x.reshape(-1).tolist() if np.isfinite(n)], default=0)
                same |= abs(x - y) <= limit * max(largest, 1e-30)
            if rtol is not None and rtol != 1e-15:
                # Where infinities have become nan.
                same |= ~np.isfinite(x) & ~np.isfinite(y)
                if x.dtype.kind == "c":
                    # Their zeros, infinities and nans are documented to differ.
                    same |= ~np.isfinite(x) | ~np.isfinite(y)
    if not np.all(same):
        at = np.unravel_index(np.argmin(same), x.shape)
        return f"[{', '.join(map(str, at))}]: {x[at]!r} became {y[at]!r}"
    return None


def swept(name, parameters, turns):
    """The differences of a name, and how many of its runs weren't refused."""
    found, done = [], 0
    for case in cases(name, parameters):
        for a, b in arrays(case, turns):
            text = difference(name, case, a, b)
            if text is None:
                done += 1
            elif text != "refused":
                found.append((case, a, b, text))
    return found, done
