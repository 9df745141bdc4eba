"""Programs whose indices go astray, compared with NumPy: same values, same errors, no crash.

`program` makes the text of a function from a seed: loops over expressions for indices that
are sometimes in range, reads, writes, slices, integer arrays and masks, over arrays of one
and two dimensions. `compare` runs it plainly and compiled, the latter over guarded memory.
Programs have no numbers beyond 64 bits, nothing that is read before it was written, and no
variable of two types: the sum is complex from the start.
"""

from __future__ import annotations

import linecache
import random
from types import FunctionType
from typing import Any

import numpy as np

from cumbia import CumbiaError, jit
from tests.faults.guarded import guarded

__all__ = ["arguments", "compare", "define", "program"]

DTYPES = ("f8", "f4", "i8", "i4", "u1", "c16", "?")
# Of `k` and `m`, the counters of loops, and `i`, `j`, `n`, integers between -7 and 12.
INDICES = (
    "k", "i", "j", "k + i", "k - j", "2 * k + i", "-k", "-k - 1", "k // 2", "n - k", "i * j", "k * k",
    "len(a) - k", "a.shape[0] - 1 - k", "b[k]", "b[i]", "k % 3", "abs(k - i)", "(i if k > j else k)",
    "min(k, i)", "max(k, j)", "~k", "k & 7", "int(k * 0.5)", "len(a) // 2 + k", "-1 - b[k]",
)  # fmt: skip
SECOND = ("m", "m + 1", "m - i", "j", "k", "-m", "c.shape[1] - 1 - m", "b[m]")
LOOPS = (
    "for k in range(n):", "for k in range(i, j):", "for k in range(len(a)):", "for k in range(n, -1, -1):",
    "for k in range(0, n, 2):", "for k in range(a.size + 1):", "for k in range(-2, len(b)):", "for k in b.tolist():",
)  # fmt: skip
# {x}, {y}: indices of the arrays of one dimension; {r}, {q}: of the one of two.
STATEMENTS = (
    "s += a[{x}]", "a[{x}] = k", "a[{x}] += 1", "a[{x}] = a[{y}]", "s += b[{x}]", "b[{x}] = k",
    "a[{x}], a[{y}] = a[{y}], a[{x}]", "s += a[{x}:{y}].sum()", "s += a[{x}:{y}:2].size",
    "a[{x}:{y}] = a[{x}]", "s += c[{r}, {q}]", "c[{r}, {q}] = k", "c[{r}, {q}] += 1", "s += c[{r}][{q}]",
    "s += c[{r}].sum()", "s += c[:, {q}].sum()", "c[{r}, :] = a[{x}]", "c[{r}] = 3", "s += c[{r}, {q}:].size",
    "s += a[b].sum()", "a[b] = k", "s += a[b[{x}:]].size", "s += a[a > {x}].size", "a[a == a[{x}]] = 1",
    "s += a.take({x})", "s += np.take(a, b).size", "s += c[b, {q}].size", "c[b, b] = k",
    "s += c[{r}, b].sum()", "a[{x}] = c[{r}, {q}] == s", "s += a[::-1][{x}]", "s += c.T[{q}, {r}]",
    "s += a[-3:][{x}]", "s += c[1:, 1:][{r}, {q}]", "s += a.item({x})", "b[{x}] += b[{y}]",
    "s += np.array([1, 2, 3])[{x}]", "s += (1, 2, 3)[{x}]", "s += [k, i, j][{x}]", "t[{x}] = k", "s += t[{x}]",
)  # fmt: skip


def program(seed: int) -> str:
    """The text of a function `f(a, b, c, i, j, n)`."""
    draw = random.Random(seed)

    def statement() -> str:
        return draw.choice(STATEMENTS).format(
            x=draw.choice(INDICES), y=draw.choice(INDICES), r=draw.choice(INDICES), q=draw.choice(SECOND)
        )

    lines = ["def f(a, b, c, i, j, n):", "    s = np.complex128(0)", "    t = [0] * 5", "    k = m = 1"]
    for _ in range(draw.randint(1, 2)):
        lines.append(f"    {draw.choice(LOOPS)}")
        inner = draw.random() < 0.4
        if inner:
            lines.append("        for m in range({}):".format(draw.choice(("n", "c.shape[1]", "k", "c.shape[1] + 1"))))
        pad = " " * (12 if inner else 8)
        for _ in range(draw.randint(1, 3)):
            if draw.random() < 0.25:
                lines.append(f"{pad}if {draw.choice(INDICES)} < len(a):")
                lines.append(f"{pad}    {statement()}")
            else:
                lines.append(pad + statement())
    lines.append("    return s, k, m, t")
    return "\n".join(lines) + "\n"


def arguments(seed: int) -> tuple[Any, ...]:
    """Arguments for a program: short arrays of any dtype, some of them not contiguous."""
    draw = random.Random(seed ^ 0x5EED)
    source = np.random.default_rng(seed)
    dtype = np.dtype(draw.choice(DTYPES))
    a = source.integers(0, 9, draw.choice((0, 1, 3, 4, 8, 16, 33))).astype(dtype)
    b = source.integers(-4, draw.choice((3, 5, 9)), draw.randint(0, 9))
    c = source.integers(0, 9, (draw.randint(0, 6), draw.randint(0, 6))).astype(dtype)
    return a, b, c, draw.randint(-7, 12), draw.randint(-7, 12), draw.randint(-2, 12)


def define(text: str, name: str) -> FunctionType:
    """The function of a text, under a file name where its source is found."""
    linecache.cache[name] = len(text), None, text.splitlines(True), name
    scope = {"np": np}
    exec(compile(text, name, "exec", dont_inherit=True), scope)
    return scope["f"]


def _layouts(arrays: tuple, draw: random.Random, copy) -> list:
    """The same views of copies, for both runs alike."""
    made = []
    for array in arrays:
        form = draw.choice(("plain", "plain", "reversed", "strided", "transposed"))
        if form == "reversed":
            made.append(copy(array[::-1])[::-1])
        elif form == "strided":
            wide = np.repeat(array, 2, axis=0)
            made.append(copy(wide)[::2])
        elif form == "transposed":
            made.append(copy(np.ascontiguousarray(array.T)).T)
        else:
            made.append(copy(array))
    return made


def _outcome(func, arguments: list) -> tuple:
    with np.errstate(all="ignore"):
        try:
            value = func(*arguments)
        except CumbiaError:
            raise
        except (ArithmeticError, LookupError, ValueError, TypeError) as error:
            return type(error).__name__, str(error)
    s, *rest = value
    return type(s).__name__, np.asarray(s).tobytes(), repr(rest)


def compare(seed: int) -> str | None:
    """Run a program both ways.

    Returns
    -------
    str or None
        ``"refused"``, a report of the difference, or None if there is none.
    """
    text = program(seed)
    a, b, c, *numbers = arguments(seed)
    plain_function = define(text, f"<plain {seed}>")
    compiled_function = jit(define(text, f"<indices {seed}>"))
    plain = [*_layouts((a, b, c), random.Random(seed), np.array), *numbers]
    draw = random.Random(seed + 1)
    compiled = [
        *_layouts((a, b, c), random.Random(seed), lambda x: guarded(x, draw.random() < 0.7)),
        *numbers,
    ]
    expected = _outcome(plain_function, plain)
    try:
        got = _outcome(compiled_function, compiled)
    except CumbiaError:
        return "refused"
    finally:
        linecache.cache.pop(f"<plain {seed}>", None)
        linecache.cache.pop(f"<indices {seed}>", None)
    same_arrays = all(x.tobytes() == y.tobytes() for x, y in zip(plain[:3], compiled[:3], strict=True))
    if got == expected and same_arrays:
        return None
    arrays = "" if same_arrays else "\nthe arrays differ"
    return f"seed {seed}\n{text}plain:    {expected}\ncompiled: {got}{arrays}"
