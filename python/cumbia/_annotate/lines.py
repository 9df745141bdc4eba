"""What the compiler tells of a function, put beside the lines that it belongs to.

A specialization's module has the function and the jitted ones that it calls; each is a block
of lines. Checks in loops are those that `cumbia._explain` counts (in the version of a loop that
runs unless something is about to fail); outside of loops they are read off the IR that goes to
LLVM, cold blocks left out. Instructions are those of LLVM's assembly, or none where a function
stays on the first tier, whose assembly has no places. Costs are an estimate for colours alone.
"""

from __future__ import annotations

import ast
import linecache
import re
import textwrap
from collections import Counter
from typing import Any, NamedTuple

from cumbia import _source
from cumbia._explain import ALLOCATES, KINDS, Explanation, Loop, instructions, is_packed, speed

__all__ = ["Annotated", "Block", "Line", "Row", "allocating", "annotate", "file_of", "ir_by_line"]

# Runtime functions that run Python: for warnings as NumPy gives them.
RUNS_PYTHON = frozenset({"look", "look_raise"})
# Estimates, in instructions: of a call, of an object that is made, of Python that runs.
CALL, ALLOCATION, PYTHON = 20, 100, 1000
# How often a loop turns.
TURNS = 10
# What is kept of a line's IR and assembly.
MOST_SHOWN = 200

_NOT_TOLD = ("function ", "module ", "class ", "method ", "iterator(", "position")

_FUNCTION = re.compile(r"func @(\S+?)\(")
_PLACE = re.compile(r"\s+@(\d+):(\d+)(?:-(?:(\d+):)?(\d+))?\s*$")
_CALL = re.compile(r"\be?call @([\w.]+)\(")
_OPERATION = re.compile(r"^(?:v\d+(?:, v\d+)* = )?([a-z_]+)")


class Line(NamedTuple):
    """A line of source.

    Attributes
    ----------
    number : int
        As the file counts.
    source : str
        Its text.
    types : tuple of tuple of str
        Of its variables and expressions: what is written, and its type.
    loop : str or None
        Of the loops that begin here: whether vectorized, or why not.
    proven, hoisted : int
        Checks of those loops that are proven not to be needed, or made in front of them.
    checks : tuple of str
        Checks that are made each time.
    calls, allocations, python : tuple of str
        Functions that it calls; those that make new objects; those that run Python.
    instructions, packed : int or None
        In LLVM's assembly, and those on vectors; None without LLVM.
    cost : float
        An estimate, in instructions.
    ir, assembly : str
        The line's part of them.
    """

    number: int
    source: str
    types: tuple[tuple[str, str], ...]
    loop: str | None
    proven: int
    hoisted: int
    checks: tuple[str, ...]
    calls: tuple[str, ...]
    allocations: tuple[str, ...]
    python: tuple[str, ...]
    instructions: int | None
    packed: int | None
    cost: float
    ir: str
    assembly: str

    @property
    def is_vectorized(self) -> bool:
        """Whether a loop that begins here runs in vectors."""
        return self.loop is not None and self.loop.startswith("vectorized")


class Block(NamedTuple):
    """A function of a module.

    Attributes
    ----------
    function, filename : str
        Its qualified name, and where it is.
    lines : tuple of Line
        From its first to its last.
    """

    function: str
    filename: str
    lines: tuple[Line, ...]


class Annotated(NamedTuple):
    """A specialization.

    Attributes
    ----------
    function, signature, tier : str
        Its name, types, and which tier runs now.
    why_fast : str or None
        Why it stays on the first tier, if it does.
    blocks : tuple of Block
        The function itself, then those that it calls.
    """

    function: str
    signature: str
    tier: str
    why_fast: str | None
    blocks: tuple[Block, ...]


def annotate(dispatcher: Any, signature: object = None) -> list[Annotated]:
    """Ask the compiler for all that it tells of a function's lines.

    Compiles anew, as `explain` does, and changes nothing that runs.

    Parameters
    ----------
    dispatcher : Dispatcher
        The function.
    signature : optional
        One of its signatures; all of them if left out.

    Returns
    -------
    list of Annotated
        One for each specialization.

    Examples
    --------
    >>> import numpy as np
    >>> from cumbia import jit
    >>> from cumbia._annotate.lines import annotate
    >>> @jit
    ... def double(a):
    ...     for i in range(a.size):
    ...         a[i] = a[i] * 2
    >>> double(np.ones(3))
    >>> block = annotate(double)[0].blocks[0]
    >>> block.function, [line.source for line in block.lines][1].strip()
    ('double', 'for i in range(a.size):')
    >>> dict(block.lines[2].types)["a[i]"]
    'float64'
    """
    report: Explanation = dispatcher.explain(signature)
    types = dict(dispatcher._annotations(signature))
    return [
        _specialization(dispatcher, one, facts, types.get(one.signature, []))
        for one, facts in zip(report.specializations, report._facts, strict=True)
    ]


def _specialization(dispatcher: Any, report: Any, facts: dict, types: list) -> Annotated:
    functions = facts["functions"]
    optimized = report.why_fast is None
    text = dispatcher.inspect_ir(report.signature, "best" if optimized else "fast")
    ir = ir_by_line(text)
    makers = {name for name in allocating(ir) if name in functions and functions[name][3]}
    assembly: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for (name, number, _), word, operands in instructions(facts["assembly"] or ""):
        assembly.setdefault((name, number), []).append((word, operands))
    own = next((name for name, of in functions.items() if _is_root(dispatcher, of)), None)
    names = [name for name, of in functions.items() if not of[3] and name != own]
    blocks = []
    seen = set()
    for name in [own, *sorted(names, key=lambda name: functions[name][1:3])]:
        if name is None or functions[name][:3] in seen:
            continue
        seen.add(functions[name][:3])
        # A function may be compiled for several types: what it is called for counts together.
        alike = [other for other, of in functions.items() if of[:3] == functions[name][:3]]
        block = _block(
            functions[name], alike, functions, makers, report.loops, optimized,
            ir, assembly if facts["assembly"] else None, types if name == own else [],
        )  # fmt: skip
        if block is not None:
            blocks.append(block)
    return Annotated(dispatcher.__qualname__, report.signature, report.tier, report.why_fast, tuple(blocks))


def _is_root(dispatcher: Any, of: tuple) -> bool:
    snapshot = dispatcher.py_func.__dict__[_source.SNAPSHOT]
    filename = _source.shown_name(snapshot.filename)
    return of[0] == dispatcher.__qualname__ and of[1] in (snapshot.filename, filename)


def _block(
    of: tuple, alike: list[str], functions: dict, makers: set[str], loops: tuple[Loop, ...], optimized: bool,
    ir: dict, assembly: dict | None, types: list,
) -> Block | None:  # fmt: skip
    qualname, filename, first, _ = of
    source, depths = _source_of(filename, first)
    if not source:
        return None
    mine = [
        loop for loop in loops
        if not loop.internal and loop.function == qualname and loop.filename == filename
        and first <= loop.line < first + len(source)
    ]  # fmt: skip
    lines = []
    for number, text in enumerate(source, first):
        here = [loop for loop in mine if loop.line == number]
        made = [row for name in alike for row in ir.get((name, number), ())]
        emitted = None if assembly is None else [row for name in alike for row in assembly.get((name, number), ())]
        called = [name for row in made if not row.cold and (name := row.called)]
        checks = Counter(
            f"{check.kind} of {check.text}" if check.text else check.kind
            for loop in mine for check in loop.left if check.line == number
        )  # fmt: skip
        if not checks and not depths[number - first]:
            checks = Counter(KINDS[row.operation] for row in made if row.operation in KINDS and not row.cold)
        width = max([loop.vector_width or 1 for loop in mine if _innermost(loop, mine, number, source, first)] or [1])
        python = _unique(name for name in called if name in RUNS_PYTHON)
        shown = [functions[name][0] if name in functions else name for name in called]
        makes = [name for name in called if ALLOCATES.search(name) or name in makers]
        allocations = _unique(functions[name][0] if name in functions else name for name in makes)
        count = len(emitted) if emitted is not None else sum(not row.cold for row in made)
        other = [name for name in called if name not in (*functions, *python, *makes)]
        cost = count / width + CALL * len(other) + ALLOCATION * len(allocations) + PYTHON * len(python)
        lines.append(
            Line(
                number, text, _types(types, number),
                "; ".join(dict.fromkeys(speed(loop, optimized) for loop in here)) or None,
                sum(loop.removed or 0 for loop in here), sum(loop.hoisted for loop in here),
                tuple(name if n == 1 else f"{n} x {name}" for name, n in checks.items()),
                _unique(shown),
                allocations, python,
                None if emitted is None else len(emitted),
                None if emitted is None else sum(is_packed(*row) for row in emitted),
                cost * TURNS ** min(depths[number - first], 4),
                _shown([row.text for row in made]),
                _shown([f"{word:12} {operands}".rstrip() for word, operands in emitted or ()]),
            )
        )  # fmt: skip
    return Block(qualname, filename, tuple(lines))


def _innermost(loop: Loop, loops: list[Loop], number: int, source: list[str], first: int) -> bool:
    """Whether a line is of this loop's body and of no loop inside of it, as far as indentation tells."""
    if not loop.line <= number:
        return False

    def indent(line: int) -> int:
        text = source[line - first]
        return len(text) - len(text.lstrip())

    inside = [n for n in range(loop.line + 1, number + 1) if source[n - first].strip()]
    if any(indent(n) <= indent(loop.line) for n in inside):
        return False
    return not any(
        other is not loop and loop.line < other.line <= number and _innermost(other, [], number, source, first)
        for other in loops
    )


def _source_of(filename: str, first: int) -> tuple[list[str], list[int]]:
    """A function's lines, and how many loops are around each."""
    text = linecache.getlines(filename) or linecache.getlines(file_of(filename))
    block = text[first - 1 :]
    if not block:
        return [], []
    indent = len(block[0]) - len(block[0].lstrip())
    end = len(block)
    header = False
    for at, rest in enumerate(block):
        words = rest.strip()
        # It may have brackets and comments as far to the left, and lines of decorators above.
        if header and words and len(rest) - len(rest.lstrip()) <= indent and words[0] not in ")]}#":
            end = at
            break
        header = header or words.startswith(("def ", "async ", "lambda"))
    lines = [line.rstrip("\n") for line in block[:end]]
    try:
        tree = ast.parse(textwrap.dedent("".join(block[:end])))
    except SyntaxError:
        return lines[:1], [0]
    last = tree.body[0].end_lineno or 1
    lines = lines[:last]
    depths = [0] * len(lines)
    for node in ast.walk(tree):
        if isinstance(node, (ast.For, ast.While)):
            for at in range(node.lineno, (node.body[-1].end_lineno or node.lineno) + 1):
                # Its own line runs in each turn, too.
                depths[at - 1] += 1
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            for at in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                depths[at - 1] += 1
    return lines, depths


def file_of(shown: str) -> str:
    """Find the name under which `linecache` knows a cell.

    Parameters
    ----------
    shown : str
        What messages call it, such as ``Cell In[3]``.

    Returns
    -------
    str
        The name; `shown` itself for what is no cell.
    """
    return next((name for name in list(linecache.cache) if _source.shown_name(name) == shown), shown)


def _types(rows: list, number: int) -> tuple[tuple[str, str], ...]:
    """Types of values; what a loop makes of its iterable, and functions, say nothing."""
    found: dict[str, list[str]] = {}
    for line, _, written, _, type_ in rows:
        if line == number and type_ not in found.setdefault(written, []):
            found[written].append(type_)
    told = {
        written: [one for one in of if one != "unbound"]
        for written, of in found.items()
        if not any(one.startswith(_NOT_TOLD) for one in of)
    }
    return tuple((written, " or ".join(of)) for written, of in told.items() if of)


def _unique(names: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _shown(rows: list[str]) -> str:
    if len(rows) > MOST_SHOWN:
        rows = [*rows[:MOST_SHOWN], f"... and {len(rows) - MOST_SHOWN} more"]
    return "\n".join(rows)


def allocating(rows: dict[tuple[str, int], list[Row]], makes: re.Pattern = ALLOCATES) -> set[str]:
    """Name the functions of an IR that make objects, or call one that does.

    Parameters
    ----------
    rows : dict
        What `ir_by_line` gave.
    makes : Pattern, optional
        Which runtime functions make objects.

    Returns
    -------
    set of str
    """
    calls: dict[str, set[str]] = {}
    for (function, _), made in rows.items():
        calls.setdefault(function, set()).update(row.called for row in made if row.called and not row.cold)
    found = {function for function, called in calls.items() if any(makes.search(name) for name in called)}
    while more := {function for function, called in calls.items() if called & found} - found:
        found |= more
    return found


class Row(NamedTuple):
    """An instruction of the IR.

    Attributes
    ----------
    text, operation : str
        All of it, and its name.
    called : str or None
        Which function it calls.
    cold : bool
        Whether it is where code goes that hardly ever runs.
    """

    text: str
    operation: str
    called: str | None
    cold: bool


def ir_by_line(text: str) -> dict[tuple[str, int], list[Row]]:
    """Divide an IR by the lines that it comes from.

    Parameters
    ----------
    text : str
        What `inspect_ir` gives.

    Returns
    -------
    dict
        Instructions by function of the IR and line.
    """
    found: dict[tuple[str, int], list[Row]] = {}
    function, cold = "", False
    for line in text.splitlines():
        if match := _FUNCTION.match(line):
            function, cold = match[1], False
        elif line.startswith("block"):
            cold = line.rstrip(":").endswith(" cold")
        elif match := _PLACE.search(line):
            row = line[: match.start()].strip()
            operation = _OPERATION.match(row)
            call = _CALL.search(row)
            found.setdefault((function, int(match[1])), []).append(
                Row(row, operation[1] if operation else "", call[1] if call else None, cold)
            )
    return found
