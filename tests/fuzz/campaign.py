"""Many programs, judged in worker processes, so that a crash or a hang is a finding too.

Findings are counted by
category; the first of each is shrunk and can be saved to the corpus.
"""

from __future__ import annotations

import collections
import hashlib
import re
import time
from pathlib import Path
from typing import NamedTuple

from tests.apart import PATIENCE, Apart, Failure, serve
from tests.fuzz.generate import FAMILIES, program
from tests.fuzz.shrink import shrink

__all__ = ["CORPUS", "Finding", "Summary", "campaign", "judge_apart", "save", "work"]

CORPUS = Path(__file__).parent / "corpus"


class Finding(NamedTuple):
    """A failing program."""

    seed: int
    category: str
    report: str
    text: str


class Summary(NamedTuple):
    """What came of a campaign."""

    outcomes: collections.Counter
    refusals: collections.Counter
    categories: collections.Counter
    findings: list[Finding]


def campaign(
    seed: int,
    count: int,
    seconds: float | None = None,
    shrinking: float = 0.0,
    families: tuple[str, ...] = FAMILIES,
) -> Summary:
    """Judge `count` programs from `seed` on, or as many as fit into the time."""
    outcomes, refusals, categories = (collections.Counter() for _ in range(3))
    findings = []
    end = time.monotonic() + seconds if seconds else None
    with Worker() as worker:
        for number in range(seed, seed + count):
            if end and time.monotonic() > end:
                break
            text = program(number, families)
            outcome, category, report = worker.judge(text)
            outcomes[outcome] += 1
            if outcome == "refused":
                refusals[re.sub(r"\d+", "#", category)] += 1
            if outcome in ("differs", "invalid"):
                categories[category] += 1
                if categories[category] == 1:
                    if shrinking:
                        text = shrink(text, same(worker, category), shrinking)
                        report = worker.judge(text)[2]
                    findings.append(Finding(number, category, report, text))
    return Summary(outcomes, refusals, categories, findings)


def same(worker: Worker, category: str):
    """Whether a program fails in the same way."""

    def fails(text: str) -> bool:
        outcome, found, _ = worker.judge(text, 10.0)
        return outcome in ("differs", "invalid") and found == category

    return fails


def judge_apart(text: str) -> tuple[str, str, str]:
    """Judge one program in a process of its own."""
    with Worker() as worker:
        return worker.judge(text)


def save(finding: Finding) -> Path:
    """Write a finding to the corpus."""
    digest = hashlib.sha256(finding.text.encode()).hexdigest()[:8]
    path = CORPUS / f"seed_{finding.seed}_{digest}.py"
    words = finding.category.replace("\\", "")
    path.write_text(f'"""Seed {finding.seed}: {words}"""\n\n{finding.text}', encoding="utf-8")
    return path


class Worker(Apart):
    """A process that judges programs, started anew when it dies."""

    def __init__(self) -> None:
        super().__init__("-m", "tests.fuzz", "--worker")

    def judge(self, text: str, patience: float = PATIENCE) -> tuple[str, str, str]:
        """Outcome, category and report of a program."""
        answer = self.ask(text, patience)
        if isinstance(answer, Failure):
            return "differs", answer.kind, answer.report
        return tuple(answer)


def work() -> None:
    """The loop of a worker process."""
    from tests.fuzz.compare import judge

    serve(lambda text: tuple(judge(text)))
