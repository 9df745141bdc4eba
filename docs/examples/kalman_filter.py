"""The Nile's level, by a Kalman filter

A hundred years of the Nile's yearly flow at Aswan (1871 to 1970, in 10^8 cubic metres) as a level that
wanders and noise on top of it. The two variances are found by maximum likelihood, which runs the filter
thousands of times; Durbin and Koopman's book (Time Series Analysis by State Space Methods,
section 2.10) has 15,099 and 1,469 for them, and so has this.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from frame import Frame
from matplotlib import pyplot as plt
from numpy.typing import NDArray
from scipy.optimize import minimize

from cumbia import jit

FLOW = np.array([
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140,
    1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969,
    831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759,
    781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
    744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
], float)  # fmt: skip

Line = NDArray[np.float64]


@jit
def likelihood(flow: Line, noise: float, wander: float, levels: Line, spread: Line) -> float:
    """Filter; fill in the level after each year and its variance; give minus the log likelihood."""
    level, variance = flow[0], noise
    levels[0], spread[0] = level, variance
    total = 0.0
    for year in range(1, len(flow)):
        variance += wander
        expected = variance + noise
        surprise = flow[year] - level
        total += 0.5 * (math.log(2 * math.pi * expected) + surprise * surprise / expected)
        gain = variance / expected
        level += gain * surprise
        variance *= 1.0 - gain
        levels[year], spread[year] = level, variance
    return total


@jit
def surface(flow: Line, noises: Line, wanders: Line) -> Line:
    """The likelihood of each pair of variances."""
    result = np.empty((len(noises), len(wanders)))
    levels, spread = np.empty_like(flow), np.empty_like(flow)
    for i, noise in enumerate(noises):
        for j, wander in enumerate(wanders):
            result[i, j] = likelihood(flow, noise, wander, levels, spread)
    return result


def main() -> None:
    frame = Frame(__doc__ or "", __file__)
    levels, spread = np.empty_like(FLOW), np.empty_like(FLOW)

    def asked(logs: Any) -> float:
        return float(likelihood(FLOW, math.exp(logs[0]), math.exp(logs[1]), levels, spread))

    found = minimize(asked, [9.0, 7.0], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9})
    noise, wander = np.exp(found.x)
    print(f"variances: noise {noise:.0f}, level {wander:.0f}")
    assert abs(noise - 15099) < 2 and abs(wander - 1469.1) < 1
    count = 3 if frame.small else 60
    noises, wanders = np.linspace(8e3, 25e3, count), np.geomspace(100, 2e4, count)
    values = frame.compare(surface, FLOW, noises, wanders, close=np.testing.assert_allclose)
    assert values.min() >= found.fun - 1e-9
    asked(found.x)
    years = np.arange(1871, 1971)
    figure, axes = plt.subplots(figsize=(8, 3.2))
    axes.plot(years, FLOW, ".", color="gray", label="flow")
    axes.plot(years, levels, label="level")
    axes.fill_between(years, levels - 1.64 * np.sqrt(spread), levels + 1.64 * np.sqrt(spread), alpha=0.2, label="90 %")
    axes.legend(ncols=3)
    frame.save(figure)


if __name__ == "__main__":
    main()
