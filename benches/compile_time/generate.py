"""Functions of a given length, for measuring the compiler.

The text mixes what numeric code is made of (arithmetic on scalars, array elements,
loops, conditions) in blocks of ten lines over a fixed set of variables. Values stay
bounded, so that any length can be run and its result compared.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

VARIABLES = 8


def block(index: int) -> list[str]:
    """Return ten lines; `index` varies variables and constants."""
    a, b, c, d = (
        f"v{(index * step + offset) % VARIABLES}"
        for step, offset in ((1, 0), (3, 1), (5, 2), (7, 4))
    )
    scale = 0.25 + (index % 7) * 0.125
    return [
        f"    {a} = {b} * {scale} + {c}",
        f"    {d} = {a} - {b} * {c}",
        f"    for i in range({index % 3}, n):",
        f"        {b} = {b} * 0.5 + x[i] * {scale}",
        f"        if {b} > {c}:",
        f"            x[i] = {b} * 0.25",
        "        else:",
        f"            {c} = {c} * 0.5 + x[i]",
        f"    {d} = {d} / (1.0 + {d} * {d})",
        f"    {a} = {a} / (1.0 + {a} * {a})",
    ]


def source(name: str, lines: int) -> str:
    """Return a function of `lines` lines (at least 10)."""
    text = [f"def {name}(x, n):"]
    text += [f"    v{k} = {0.5 + k * 0.25}" for k in range(VARIABLES)]
    if lines < 20:
        text = [
            f"def {name}(x, n):",
            "    "
            + ", ".join(f"v{k}" for k in range(VARIABLES))
            + " = 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25",
        ]
        text += [
            "    for i in range(n):",
            "        v0 = v1 * 0.5 + x[i]",
            "        if v0 > v2:",
            "            x[i] = v0 * 0.25",
        ]
        text += [
            "        else:",
            "            v2 = v2 * 0.5 + x[i]",
            "    v3 = v0 / (1.0 + v2 * v2)",
        ]
        return "\n".join([*text, "    return v3"]) + "\n"
    index = 0
    while len(text) + 11 <= lines:
        text += block(index)
        index += 1
    while len(text) + 1 < lines:
        text.append(f"    v{len(text) % VARIABLES} = v{(len(text) + 3) % VARIABLES} * 0.5")
    text.append("    return " + " + ".join(f"v{k}" for k in range(VARIABLES)))
    return "\n".join(text) + "\n"


def function(name: str, lines: int) -> Callable[..., Any]:
    """Define a generated function whose source `linecache` has."""
    text = source(name, lines)
    assert text.count("\n") == lines, (text.count("\n"), lines)
    file = f"<generated {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {"__name__": __name__}
    exec(compile(text, file, "exec"), namespace)
    return namespace[name]
