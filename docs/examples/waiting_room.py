"""How long one waits, by a simulation of events

Patients come at random to a few doctors, and who waits longest is next. Events lie in a heap, as in any simulation of
its kind. With random times of service Erlang's formula says what the mean wait is, and the simulation has
to come near it; the random numbers are those of `random.Random`, the same in Python and compiled.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import deque

import numpy as np
from frame import Frame
from matplotlib import pyplot as plt
from numpy.typing import NDArray

from cumbia import jit

COMES, LEAVES = 0, 1


@jit
def simulate(patients: int, doctors: int, between: float, treatment: float, seed: int) -> NDArray[np.float64]:
    """How long each patient waits, in the order of treatment."""
    random.seed(seed)
    waits = np.empty(patients)
    events = [(random.expovariate(1.0 / between), COMES)]
    waiting = deque([0.0])
    waiting.popleft()
    come = treated = 0
    free = doctors
    while treated < patients:
        now, what = heapq.heappop(events)
        if what == COMES:
            come += 1
            waiting.append(now)
            if come < patients:
                heapq.heappush(events, (now + random.expovariate(1.0 / between), COMES))
        else:
            free += 1
        while free > 0 and len(waiting) > 0:
            waits[treated] = now - waiting.popleft()
            treated += 1
            free -= 1
            heapq.heappush(events, (now + random.expovariate(1.0 / treatment), LEAVES))
    return waits


def erlang(doctors: int, between: float, treatment: float) -> float:
    """The mean wait, by Erlang's formula C."""
    load = treatment / between
    first = load**doctors / math.factorial(doctors) * doctors / (doctors - load)
    waits = first / (sum(load**k / math.factorial(k) for k in range(doctors)) + first)
    return waits * treatment / (doctors - load)


def main() -> None:
    frame = Frame(__doc__ or "", __file__)
    frame.compare(simulate, 200 if frame.small else 20_000, 4, 5.0, 17.0, 1)
    figure, axes = plt.subplots(figsize=(7, 3))
    for doctors in (4, 5, 6):
        runs = [simulate(2_000 if frame.small else 150_000, doctors, 5.0, 17.0, seed) for seed in range(16)]
        means = np.array([one.mean() for one in runs])
        expected = erlang(doctors, 5.0, 17.0)
        error = means.std(ddof=1) / math.sqrt(len(means))
        print(f"{doctors} doctors: {means.mean():.2f} minutes on average, by the formula {expected:.2f} (standard error {error:.2f})")
        assert abs(means.mean() - expected) < 5 * error
        axes.hist(np.concatenate(runs), bins=list(range(61)), density=True, histtype="step", label=f"{doctors} doctors")
    axes.set_yscale("log")
    axes.set_xlabel("minutes of waiting")
    axes.set_ylabel("density")
    axes.legend()
    frame.save(figure)


if __name__ == "__main__":
    main()
