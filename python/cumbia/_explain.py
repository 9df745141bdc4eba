"""What became of a function's loops, as a report.

The facts come from the compiler: loops with their checks and calls in the IR of each
stage, what LLVM's passes said, and the assembly that tier 2 would run. A loop is known
by its function and the place of its statement, whatever copies passes made of it. Nothing
is guessed: what LLVM says of vectors is held against the instructions in the assembly.
Nothing here changes compiled code.
"""

from __future__ import annotations

import linecache
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Check", "Explanation", "Loop", "SpecializationReport", "explanation", "instructions", "is_packed", "speed",
]  # fmt: skip

# What a check guards against, by operation.
KINDS = {
    "index": "bounds",
    "bound": "bounds",
    "guard": "guard",
    "sadd_chk": "overflow",
    "ssub_chk": "overflow",
    "smul_chk": "overflow",
}

# Runtime functions that give new memory.
ALLOCATES = re.compile(r"(^|_)(alloc|new)(_|$)|^(list|set|dict)_(append|insert|extend|add)")

VECTORIZED = re.compile(r"^(vectorized|interleaved) loop \((?:vectorization width: (\S+), )?interleaved count: (\d+)\)")
NOT_VECTORIZED = "loop not vectorized: "
# LLVM's reasons that say least: others come first.
VAGUE = (
    "call instruction", "could not determine", "control flow", "early exit", "induction variable", "volatile",
)  # fmt: skip
# What they mean here.
MEANING = {
    "cannot prove it is safe to reorder floating-point operations": "its sum or product is made in Python's order",
    "value that could not be identified as reduction is used outside the loop": "a turn needs what the turn before it made",
    "call instruction cannot be vectorized": "it calls a function",
    "could not determine number of loop iterations": "the number of turns isn't known in front of it",
    "Control flow cannot be substituted for a select": "it branches on what it reads",
    "read with atomic ordering or volatile read": "it looks for interrupts in each turn",
}


class Check(NamedTuple):
    """A check that runs in each turn of a loop.

    Attributes
    ----------
    kind : str
        ``bounds``, ``overflow`` or ``guard``.
    line : int
        Line of what it guards.
    text : str
        What it guards, as far as it is on that line.
    """

    kind: str
    line: int
    text: str


class Loop(NamedTuple):
    """A loop, inner loops left out.

    Attributes
    ----------
    function : str
        Qualified name of its function.
    internal : bool
        Whether that is one of the library's.
    filename : str
        Where that is.
    line : int
        Line of its statement.
    text : str
        That line.
    depth : int
        1 for a loop in no other.
    vector_width : int or None
        Elements that one vector instruction handles; 1 if it is only interleaved, None if
        LLVM didn't vectorize it, or there is no LLVM.
    interleaved : int or None
        Turns that are handled side by side.
    unrolled : str or None
        How LLVM says that it was unrolled.
    reasons : tuple of str
        Why it isn't vectorized, as LLVM sees it.
    packed : int or None
        Instructions on vectors that belong to it in the assembly of tier 2.
    checks_written : int or None
        Checks before any pass; None if that can't be told any more.
    checks_tier1 : int
        Checks in each turn on tier 1.
    left : tuple of Check
        Checks in each turn on the best tier there is, in the version that runs unless
        something is about to fail.
    calls : tuple of str
        Functions that it calls.
    allocations : tuple of str
        Those of them that make new objects.
    moved_into : tuple of int
        Lines of the loops that it runs inside of on tier 2, where arrays are such that this
        pays, and doesn't in the source.
    in_blocks : bool
        Whether it is made in blocks there, inside of which those loops run.
    """

    function: str
    internal: bool
    filename: str
    line: int
    text: str
    depth: int
    vector_width: int | None
    interleaved: int | None
    unrolled: str | None
    reasons: tuple[str, ...]
    packed: int | None
    checks_written: int | None
    checks_tier1: int
    left: tuple[Check, ...]
    calls: tuple[str, ...]
    allocations: tuple[str, ...]
    moved_into: tuple[int, ...] = ()
    in_blocks: bool = False

    @property
    def removed(self) -> int | None:
        """Checks that are proven not to be needed."""
        if self.checks_written is None:
            return None
        return max(0, self.checks_written - max(self.checks_tier1, len(self.left)))

    @property
    def hoisted(self) -> int:
        """Checks that are made once, in front of the loop."""
        return max(0, self.checks_tier1 - len(self.left))


class SpecializationReport(NamedTuple):
    """The loops of one specialization.

    Attributes
    ----------
    signature : str
        Its types.
    tier : str
        Which tier runs now: ``fast`` or ``best``.
    why_fast : str or None
        Why it stays on the first tier, if it does.
    loops : tuple of Loop
        The user's loops in order of the source, then the library's.
    """

    signature: str
    tier: str
    why_fast: str | None
    loops: tuple[Loop, ...]


class Explanation:
    """What became of a function's loops; prints as a report.

    Attributes
    ----------
    function : str
        Its qualified name.
    specializations : tuple of SpecializationReport
        One for each list of argument types that was asked for.

    Examples
    --------
    >>> import numpy as np
    >>> from cumbia import jit
    >>> @jit
    ... def scale(a):
    ...     for i in range(a.size):
    ...         a[i] = 2.0 * a[i]
    >>> scale(np.ones(3))
    >>> loop = scale.explain().specializations[0].loops[0]
    >>> loop.depth, loop.left
    (1, ())
    """

    def __init__(
        self,
        function: str,
        specializations: tuple[SpecializationReport, ...],
        facts: list[dict[str, Any]] | None = None,
    ) -> None:
        self.function = function
        self.specializations = specializations
        # What they were made from; `cumbia._annotate` reads more of it.
        self._facts = facts or []

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        if not self.specializations:
            return f"{self.function}() is not compiled yet: call it, or use compile(signature)"
        return "\n\n".join(_text(self.function, one) for one in self.specializations)


def explanation(dispatcher: Any, facts: list[dict]) -> Explanation:
    """A report of the compiler's facts.

    Parameters
    ----------
    dispatcher : Dispatcher
        The function.
    facts : list of dict
        What the compiler knows of each specialization.

    Returns
    -------
    Explanation
        The report.
    """
    return Explanation(dispatcher.__qualname__, tuple(_specialization(one) for one in facts), facts)


def _specialization(facts: dict) -> SpecializationReport:
    functions = facts["functions"]
    before = {row[0]: row for row in facts["lowered"] or ()}
    fast = {row[0]: row for row in facts["fast"]}
    best = {row[0]: row for row in facts["best"] or ()}
    places = {
        (key[0], *place): key
        for rows in (fast, best)
        for key, row in rows.items()
        for place in row[4]
    }
    said: dict[tuple, list[str]] = {}
    for key, text in facts["remarks"]:
        key = key if key in fast or key in best else places.get(key)
        if key is not None:
            said.setdefault(key, []).append(text)
    packed = Counter()
    for place, count in _packed(facts["assembly"] or "").items():
        if place in places:
            packed[places[place]] += count
    loops = []
    for key, row in fast.items():
        name, line, _ = key
        qualname, filename, _, internal = functions.get(name, (name, "", 0, True))
        # A loop of few turns is written out: what it checks and calls is in the loop around it.
        gone = facts["best"] is not None and key not in best
        now = (*row[:2], (), (), *row[4:]) if gone else best.get(key, row)
        written = len(before[key][2]) if key in before else None
        calls = tuple(dict.fromkeys(_called(name, functions) for name, _ in now[3]))
        width, interleaved = _vectors(said.get(key, ()))
        loops.append(
            Loop(
                qualname, internal, filename, line,
                "" if internal else linecache.getline(filename, line).strip(),
                row[1], width, interleaved,
                "completely unrolled: no loop is left of it" if gone
                else _first(text for text in said.get(key, ()) if "unrolled" in text),
                () if width else ("it has loops in it",) if row[5] else _reasons(said.get(key, ())),
                None if facts["assembly"] is None else packed[key],
                written, len(row[2]),
                tuple(_check(filename, internal, *one) for one in now[2]),
                calls, tuple(name for name in calls if ALLOCATES.search(name)),
                tuple(sorted({line for _, line, _ in set(now[6]) - {*row[6], key}})),
                key in now[6],
            )
        )  # fmt: skip
    loops.sort(key=lambda loop: (loop.internal, loop.filename, loop.line))
    return SpecializationReport(facts["signature"], facts["tier"], facts["why_fast"], tuple(loops))


def _first(texts: Any) -> str | None:
    return next(iter(texts), None)


def _called(name: str, functions: dict) -> str:
    return functions[name][0] if name in functions else name


def _check(filename: str, internal: bool, kind: str, place: tuple[int, int, int, int]) -> Check:
    line, column, end_line, end_column = place
    text = b"" if internal else linecache.getline(filename, line).encode()
    end = end_column if end_line == line else len(text)
    return Check(KINDS.get(kind, kind), line, text[column:end].decode(errors="replace").strip())


def _vectors(remarks: Any) -> tuple[int | None, int | None]:
    """The widest vectors that LLVM speaks of, and how many side by side."""
    found = [match for text in remarks if (match := VECTORIZED.match(text))]
    if not found:
        return None, None
    widths = [(int(m[2]) if m[2] and m[2].isdigit() else 1, int(m[3])) for m in found]
    return max(widths)


def _reasons(remarks: Any) -> tuple[str, ...]:
    """Why a loop isn't vectorized: each reason once, vague ones only if there is no other."""
    texts = dict.fromkeys(
        MEANING.get(reason := text.removeprefix(NOT_VECTORIZED), reason)
        for text in remarks
        if text.startswith((NOT_VECTORIZED, "the cost-model"))
    )
    vague = {MEANING.get(text, text) for text in MEANING if any(word in text.lower() for word in VAGUE)}
    telling = [
        text for text in texts
        if text not in vague and not any(word in text.lower() for word in VAGUE)
    ]  # fmt: skip
    return tuple(telling or texts)


def _packed(assembly: str) -> Counter:
    """Instructions on vectors by function, line and column (from 0)."""
    found: Counter = Counter()
    for place, name, operands in instructions(assembly):
        found[place] += is_packed(name, operands)
    return found


def instructions(assembly: str) -> Iterator[tuple[tuple[str, int, int], str, str]]:
    """Go through the instructions of an assembly that has places.

    Parameters
    ----------
    assembly : str
        What LLVM wrote, with ``.loc`` directives.

    Yields
    ------
    place : tuple of str, int, int
        The IR's function, line, and column from 0.
    name, operands : str
        The instruction.
    """
    files: dict[str, str] = {}
    place = None
    for line in assembly.splitlines():
        words = line.split(None, 1)
        if not words:
            continue
        if words[0] == ".file" and (match := re.match(r'\s*\.file\s+(\d+) (?:"[^"]*" )?"(.*)"', line)):
            files[match[1]] = re.sub(r"\.osr\d+$", "", match[2])
        elif words[0] == ".loc":
            number, row, column = words[1].split()[:3]
            place = files.get(number, ""), int(row), max(0, int(column) - 1)
        elif place and not words[0].startswith((".", "#")) and not words[0].endswith(":"):
            yield place, words[0], words[1] if len(words) > 1 else ""


def is_packed(name: str, operands: str) -> bool:
    """Whether an instruction computes on more than one element.

    Parameters
    ----------
    name, operands : str
        As the assembly has them.

    Returns
    -------
    bool

    Examples
    --------
    >>> from cumbia._explain import is_packed
    >>> is_packed("vaddpd", "%ymm0, %ymm1, %ymm2"), is_packed("vaddsd", "%xmm0, %xmm1, %xmm2")
    (True, False)
    """
    if "mov" in name or "%" not in operands:
        return False
    registers = re.findall(r"%([xyz]mm\d+)", operands)
    if not registers or (len(set(registers)) == 1 and "xor" in name):
        return False
    wide = any(register[0] in "yz" for register in registers)
    return wide or name.endswith(("pd", "ps")) or bool(re.match(r"v?p(?!ush|op)", name))


def _text(function: str, one: SpecializationReport) -> str:
    lines = [f"{function}: {one.signature}", f"  runs on tier '{one.tier}'"]
    if one.why_fast is not None:
        lines.append(f"  stays there: {one.why_fast}")
    own = [loop for loop in one.loops if not loop.internal]
    if not own:
        lines.append("  no loops of its own")
    for loop in own:
        indent = "  " * loop.depth
        lines.append(f"{indent}line {loop.line}: {loop.text}")
        lines += [f"{indent}    {text}" for text in _words(loop, one.why_fast is None)]
    library = [loop for loop in one.loops if loop.internal]
    if library:
        lines.append("  in the library:")
        lines += [f"    {loop.function}: {speed(loop, one.why_fast is None)}" for loop in library]
    return "\n".join(lines)


def speed(loop: Loop, optimized: bool) -> str:
    """Say whether a loop is vectorized, or why not.

    Parameters
    ----------
    loop : Loop
        The loop.
    optimized : bool
        Whether LLVM compiles it.

    Returns
    -------
    str
        A phrase.
    """
    if not optimized:
        return "not vectorized: the first tier doesn't"
    if loop.vector_width and loop.vector_width > 1:
        text = f"vectorized, {loop.vector_width} elements at once, {loop.interleaved} side by side"
        if not loop.packed:
            text += "; the code has no such instruction at this place"
        return text
    if loop.interleaved:
        return f"not vectorized, {loop.interleaved} turns side by side"
    if loop.unrolled and "completely" in loop.unrolled:
        return loop.unrolled
    if loop.reasons:
        return "not vectorized: " + "; ".join(loop.reasons[:2])
    return "not vectorized"


def _words(loop: Loop, optimized: bool) -> list[str]:
    """What a report says of a loop."""
    words = [speed(loop, optimized)]
    parts = []
    if loop.removed:
        parts.append(f"{loop.removed} proven away")
    if loop.hoisted:
        parts.append(f"{loop.hoisted} made before the loop")
    if loop.left:
        each = Counter(f"{c.kind} of {c.text} (line {c.line})" if c.text else c.kind for c in loop.left)
        parts.append("left: " + ", ".join(text if n == 1 else f"{n} x {text}" for text, n in each.items()))
    if loop.moved_into:
        lines = " and ".join(str(line) for line in loop.moved_into)
        words.append(f"moved into the loop of line {lines}" + (", in blocks" if loop.in_blocks else ""))
    elif loop.in_blocks:
        words.append("in blocks")
    words.append("checks: " + ("; ".join(parts) if parts else "none"))
    if loop.calls:
        words.append("calls: " + ", ".join(loop.calls))
    if loop.allocations:
        words.append("allocates: " + ", ".join(loop.allocations))
    return words
