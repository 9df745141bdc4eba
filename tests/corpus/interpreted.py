"""The reference interpreter of the IR on the programs that it can run by itself.

The optimized IR of a compiled program is given to `cumbia-tool interp` with the same
arguments. That works for numbers and tuples of numbers where nothing of the runtime is
called: the tool has no strings, containers or arrays. Constant parts of results aren't
in the IR, so such programs are left out. What it runs is compared with CPython: values, or the class
of the exception.
"""

from __future__ import annotations

import math
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from tests.apart import ROOT
from tests.corpus.outcome import plain
from tests.corpus.registry import Call, Program, jit

__all__ = ["interpret"]

TOOL = ROOT / "target" / "release" / "cumbia-tool"


def interpret(program: Program) -> str:
    """``same``, ``skipped``, or what differs."""
    found = "skipped"
    for call in program.calls:
        one = _one(program, call)
        if one not in ("same", "skipped"):
            return one
        found = one if one == "same" else found
    return found


def _one(program: Program, call: Call) -> str:
    args = _flat(call.args)
    if args is None or call.kwargs or call.make or program.method or program.after:
        return "skipped"
    expected = plain(program, call).outcome
    wanted = None if expected.error is not None else _flat(expected.value)
    if wanted is None and expected.error is None:
        return "skipped"
    compiled = jit(program.func)
    try:
        compiled(*call.args)
    except Exception:
        pass
    texts = list(compiled.inspect_ir().values())
    if len(texts) != 1 or "ecall @" in texts[0]:
        return "skipped"
    head = re.search(r"^func @(?!entry\.)(\S+?)\(([^)]*)\)", texts[0], re.MULTILINE)
    if not head or len([t for t in head[2].split(",") if t.strip()]) != len(args):
        return "skipped"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.cir"
        path.write_text(texts[0], encoding="utf-8")
        command = [TOOL, "interp", path, f"{head[1]}({', '.join(map(_text, args))})"]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    got = ran.stdout.strip()
    if ran.returncode or got.startswith("is a bug"):
        return f"the interpreter: {got} {ran.stderr.strip()[-300:]}"
    if expected.error is not None:
        same = got.startswith(f"raises {type(expected.error).__name__}")
        return "same" if same else f"{expected.error!r} became {got}"
    if program.deviation and got.startswith("raises"):
        return "same"
    words = [word for word in got.split(", ") if word not in ("", "()")]
    if len(words) != len(wanted):
        return "skipped"
    if all(map(_equal, wanted, words)):
        return "same"
    return f"{wanted} became {got}"


def _flat(value) -> list | None:
    """The numbers of a value in a row, or None where it has others."""
    if value is None:
        return []
    if type(value) is tuple:
        parts = [_flat(item) for item in value]
        return None if None in parts else [number for part in parts for number in part]
    if isinstance(value, (complex, np.complexfloating)):
        return [float(value.real), float(value.imag)]
    if isinstance(value, (bool, int, float, np.number, np.bool_)):
        return [value.item() if isinstance(value, np.generic) else value]
    return None


def _text(number) -> str:
    if isinstance(number, float) and not math.isfinite(number):
        return "nan" if number != number else "inf" if number > 0 else "-inf"
    return str(number).lower()


def _equal(number, word: str) -> bool:
    if word in ("true", "false"):
        return number == (word == "true")
    other = float(word) if isinstance(number, float) else int(float(word)) if "." in word else int(word)
    return other == number or other != other and number != number
