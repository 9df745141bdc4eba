"""Many programs, judged in worker processes, so that a crash or a hang is a finding too.

A worker makes the programs of a batch itself, from their seeds. Findings are counted by
category; the first of each is shrunk and can be saved to the corpus.
"""

from __future__ import annotations

import collections
import hashlib
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.apart import PATIENCE, Apart, Failure, serve
from tests.fuzz.generate import FAMILIES, program
from tests.fuzz.shrink import shrink

__all__ = ["CORPUS", "Finding", "Summary", "campaign", "judge_apart", "save", "work"]

CORPUS = Path(__file__).parent / "corpus"
BATCH = 25
# Programs after which a worker is started anew.
RENEWED = 5000


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


class Campaign:
    """Programs from a seed on, judged by several workers at once."""

    def __init__(self, seed, count, seconds, shrinking, families, found) -> None:
        self.next, self.end = seed, seed + count
        self.until = time.monotonic() + seconds if seconds else None
        self.shrinking, self.families, self.found = shrinking, families, found
        self.lock = threading.Lock()
        self.summary = Summary(*(collections.Counter() for _ in range(3)), [])

    def batch(self) -> range:
        """The next seeds; none when it is over."""
        with self.lock:
            if self.until and time.monotonic() > self.until:
                return range(0)
            seeds = range(self.next, min(self.next + BATCH, self.end))
            self.next = seeds.stop
            return seeds

    def work(self) -> None:
        """Judge batches until none is left."""
        with Worker() as worker:
            judged = 0
            while seeds := self.batch():
                for number, outcome, kind in worker.batch(seeds, self.families):
                    self.note(worker, number, outcome, kind)
                judged += len(seeds)
                if judged >= RENEWED:
                    # What programs leave behind in a process doesn't add up for hours.
                    worker.stop()
                    judged = 0

    def note(self, worker: Worker, seed: int, outcome: str, kind: str) -> None:
        """Count what came of a program; the first finding of a kind is made small."""
        with self.lock:
            self.summary.outcomes[outcome] += 1
            if outcome == "refused":
                self.summary.refusals[re.sub(r"\d+", "#", kind)] += 1
            if outcome not in ("differs", "invalid"):
                return
            self.summary.categories[kind] += 1
            # A program that CPython takes for a mistake is the generator's, and counted alone.
            if outcome == "invalid" or self.summary.categories[kind] > 1:
                return
        text = program(seed, self.families)
        if self.shrinking:
            text = shrink(text, same(worker, kind), self.shrinking)
        finding = Finding(seed, kind, worker.judge(text)[2], text)
        with self.lock:
            self.summary.findings.append(finding)
            if self.found:
                self.found(finding)


def campaign(
    seed: int,
    count: int,
    seconds: float | None = None,
    shrinking: float = 0.0,
    families: tuple[str, ...] = FAMILIES,
    jobs: int = 1,
    progress: Callable[[Summary, float], None] | None = None,
    found: Callable[[Finding], None] | None = None,
) -> Summary:
    """Judge `count` programs from `seed` on, or as many as fit into the time.

    `progress` is called now and then, with what came so far and the seconds since the
    start; `found` with each finding.
    """
    made = Campaign(seed, count, seconds, shrinking, families, found)
    threads = [threading.Thread(target=made.work, daemon=True) for _ in range(jobs)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    shown = start
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(0.2)
        if progress and time.monotonic() - shown >= 10:
            shown = time.monotonic()
            with made.lock:
                progress(made.summary, shown - start)
    return made.summary


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

    def batch(self, seeds: range, families: tuple[str, ...]) -> list[tuple[int, str, str]]:
        """Seed, outcome and category of each; made and judged in the worker, all at once."""
        answer = self.ask([list(seeds), list(families)], PATIENCE)
        if isinstance(answer, Failure):
            # One of them crashed or hung: each for itself.
            return [(seed, *self.judge(program(seed, families))[:2]) for seed in seeds]
        return [tuple(row) for row in answer]

    def judge(self, text: str, patience: float = PATIENCE) -> tuple[str, str, str]:
        """Outcome, category and report of a program."""
        answer = self.ask(text, patience)
        if isinstance(answer, Failure):
            return "differs", answer.kind, answer.report
        return tuple(answer)


def work() -> None:
    """The loop of a worker process: a text, or the seeds of a batch and its families."""
    from tests.fuzz.compare import judge

    def answer(question):
        if isinstance(question, str):
            return tuple(judge(question))
        seeds, families = question
        return [(seed, *judge(program(seed, tuple(families)))[:2]) for seed in seeds]

    serve(answer)
