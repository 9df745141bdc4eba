"""Programs with stray indices in worker processes, so that a crash is told with its seed."""

from __future__ import annotations

import sys
from collections import Counter

from tests.apart import Apart, Failure, serve
from tests.faults.indices import compare

__all__ = ["indices"]

# So many programs are one question; after a crash they are asked one by one.
BATCH = 100


def _answer(seeds: list[int]) -> list[str | None]:
    return [compare(seed) for seed in seeds]


def indices(count: int, first: int = 0) -> dict:
    """Compare programs with NumPy.

    Parameters
    ----------
    count : int
        How many.
    first : int
        The first one's seed.

    Returns
    -------
    dict
        ``same``, ``refused``: how many; ``different`` and ``crashed``: reports.
    """
    outcomes, different, crashed = Counter(), [], []
    with Apart("-m", "tests.faults.batches") as worker:
        for start in range(first, first + count, BATCH):
            seeds = list(range(start, min(start + BATCH, first + count)))
            answers = worker.ask(seeds, patience=600)
            if isinstance(answers, Failure):
                answers = []
                for seed in seeds:
                    answer = worker.ask([seed], patience=600)
                    if isinstance(answer, Failure):
                        crashed.append(f"seed {seed}: {answer.kind}\n{answer.report}")
                        answer = ["crashed"]
                    answers += answer
            for answer in answers:
                if answer in (None, "refused", "crashed"):
                    outcomes[answer or "same"] += 1
                else:
                    different.append(answer)
    return {"same": outcomes["same"], "refused": outcomes["refused"], "different": different, "crashed": crashed}


if __name__ == "__main__":
    sys.exit(serve(_answer))
