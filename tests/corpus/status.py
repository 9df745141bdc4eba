"""The list of what each program comes to, in `status.txt`."""

from __future__ import annotations

from pathlib import Path

__all__ = ["expected", "read", "write"]

PATH = Path(__file__).with_name("status.txt")
HEAD = "# Made by `python -m tests.corpus --bless`; checked by test_corpus.py.\n"


def read() -> dict[str, str]:
    """Status by name of the program."""
    if not PATH.exists():
        return {}
    lines = PATH.read_text(encoding="utf-8").splitlines()
    return dict(line.split(maxsplit=1) for line in lines if line and not line.startswith("#"))


def expected(listed: dict[str, str], name: str, found: str) -> str:
    """What a program should come to; of names that a later Python has, anything but wrong."""
    from tests.corpus.programs.module_names import LATER

    return found if name in LATER and found != "wrong" else listed.get(name, "not listed")


def write(found: dict[str, str]) -> None:
    """Replace the lines of the programs that were run; wrong results aren't listed."""
    from tests.corpus.judge import load
    from tests.corpus.programs.module_names import LATER

    listed = {**read(), **{name: one for name, one in found.items() if name not in LATER}}
    lines = [f"{name} {listed[name]}\n" for name in load() if listed.get(name, "wrong") != "wrong"]
    PATH.write_text(HEAD + "".join(lines), encoding="utf-8")
