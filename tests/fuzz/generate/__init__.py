"""A random program from a seed: helper functions, a main function `f`, and calls of it.

Generation is typed, so that most programs run: each variable has one type, the type of
an operation is what NumPy says for sample values of its operands, loops have few turns
and containers stay small. What may fail at run time is left in on purpose: indices out
of range, missing keys, division by zero, overflow, unbound variables, exceptions raised.

Constructs come in families, one module each; a program is made of a few, so that one
that is refused doesn't hide the others. `kinds.py` names types, `function.py` joins the families
into a function under construction. Loops over arrays that overlap are programs of their own
(`loops.py`).

Not generated: whatever the language refuses, mixed types where paths meet (a documented
deviation that would hide others), elementary functions (their last digits differ).
"""

from __future__ import annotations

import random

from tests.fuzz.generate.function import Function, Signature
from tests.fuzz.generate.kinds import argument, layout
from tests.fuzz.generate.loops import loops
from tests.fuzz.generate.objects import GLOBALS

__all__ = ["FAMILIES", "program"]

FAMILIES = (
    "text", "lists", "dicts", "sets", "handlers", "closures", "generators", "match",
    "optional", "pairs", "stars", "tuples", "library", "dataclasses", "enums", "bytes", "globals",
    "names", "loops",
)  # fmt: skip

HEADER = "import math\n\nimport numpy as np\n\nfrom cumbia import jit\n"
# Calls of a program; all but the last have arrays of the same layouts.
CALLS = 5
CLASSES = {"pairs": "Pair", "dataclasses": "Spot", "enums": "Color"}
MODULES = "import bisect\nimport functools\nimport heapq\nimport itertools\nimport operator\n"


def program(seed: int, families: tuple[str, ...] = FAMILIES) -> str:
    """The text of a program: a module with `f` and `CALLS`.

    `families` are those that may be used beside numbers and arrays.
    """
    rng = random.Random(seed)
    chosen = rng.sample(families, min(len(families), rng.choice([0, 1, 1, 2, 2, 3, 4])))
    if "loops" in chosen:
        return loops(rng, CALLS)
    helpers: list[Signature] = []
    texts = []
    for number in range(rng.choice([0, 0, 0, 1, 1, 2])):
        function = Function(rng, f"h{number}", list(helpers), small=True, families=chosen)
        texts.append(function.text())
        helpers.append(function.signature())
    main = Function(rng, "f", helpers, small=False, families=chosen)
    texts.append(main.text())
    layouts = [layout(rng, kind) for _, kind in main.params]
    calls = []
    for number in range(CALLS):
        if number == CALLS - 1:
            # Another specialization, often.
            layouts = [layout(rng, kind) for _, kind in main.params]
        values = [argument(rng, kind, how) for (_, kind), how in zip(main.params, layouts)]
        calls.append("(" + "".join(f"{value}, " for value in values) + ")")
    body = "\n\n".join(f"@jit\n{text}" for text in texts)
    head = (MODULES if "library" in chosen else "") + HEADER
    classes = sorted(CLASSES[family] for family in chosen if family in CLASSES)
    if classes:
        head += f"from tests.fuzz.classes import {', '.join(classes)}\n"
    if "globals" in chosen:
        head += f"\n{GLOBALS}"
    return f"{head}\n\n{body}\n\nCALLS = [\n" + "".join(f"    {c},\n" for c in calls) + "]\n"
