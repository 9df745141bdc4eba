"""American options by a tree

An American put may be exercised at any time, and has no formula: a tree of prices is walked back from
the end. Trees of European puts are held against the formula of Black and Scholes; the put that Longstaff and
Schwartz's paper of 2001 prices first (36 against 40, 20 % volatility, 6 % interest, one year; 4.478 when it
can be exercised fifty times) comes to a little more, as it should. The peer goes back by whole arrays of NumPy.
"""

from __future__ import annotations

import math

import numpy as np
from frame import Frame
from matplotlib import pyplot as plt
from numpy.typing import NDArray
from scipy.special import ndtr

from cumbia import jit

Line = NDArray[np.float64]


@jit
def put(price: float, strike: float, volatility: float, interest: float, years: float, steps: int, american: bool, boundary: Line) -> float:
    """Price a put; fill in below which price it is exercised at each step."""
    dt = years / steps
    up = math.exp(volatility * math.sqrt(dt))
    chance = (math.exp(interest * dt) - 1.0 / up) / (up - 1.0 / up)
    discount = math.exp(-interest * dt)
    prices = np.empty(2 * steps + 1)
    for i in range(2 * steps + 1):
        prices[i] = price * up ** (i - steps)
    values = np.empty(steps + 1)
    for i in range(steps + 1):
        values[i] = max(strike - prices[2 * i], 0.0)
    for step in range(steps - 1, -1, -1):
        boundary[step] = np.nan
        for i in range(step + 1):
            value = discount * (chance * values[i + 1] + (1.0 - chance) * values[i])
            if american:
                now = strike - prices[steps - step + 2 * i]
                if now > value:
                    value = now
                    boundary[step] = strike - now
            values[i] = value
    return float(values[0])


def with_numpy(price: float, strike: float, volatility: float, interest: float, years: float, steps: int, american: bool, boundary: Line) -> float:
    dt = years / steps
    up = math.exp(volatility * math.sqrt(dt))
    chance = (math.exp(interest * dt) - 1.0 / up) / (up - 1.0 / up)
    discount = math.exp(-interest * dt)
    prices = price * up ** np.arange(-steps, steps + 1.0)
    values = np.maximum(strike - prices[::2], 0.0)
    for step in range(steps - 1, -1, -1):
        values = discount * (chance * values[1:] + (1.0 - chance) * values[:-1])
        if american:
            values = np.maximum(values, strike - prices[steps - step : steps + step + 1 : 2])
    return float(values[0])


def black_scholes(price: float, strike: float, volatility: float, interest: float, years: float) -> float:
    d = (math.log(price / strike) + (interest + volatility**2 / 2) * years) / (volatility * math.sqrt(years))
    late = strike * math.exp(-interest * years) * ndtr(volatility * math.sqrt(years) - d)
    return float(late - price * ndtr(-d))


def main() -> None:
    frame = Frame(__doc__ or "", __file__)
    steps = 50 if frame.small else 1000
    market = (36.0, 40.0, 0.2, 0.06, 1.0)
    boundary = np.empty(steps)
    value = frame.compare(put, *market, steps, True, boundary, peers={"NumPy": with_numpy}, close=lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-9))
    european, formula = put(*market, steps, False, boundary), black_scholes(*market)
    print(f"American {value:.4f}, European {european:.4f} (formula {formula:.4f})")
    assert abs(european - formula) < (0.03 if frame.small else 1e-3) and 4.47 < value < 4.50
    figure, axes = plt.subplots(figsize=(7, 3))
    for volatility in (0.1, 0.2, 0.4):
        put(36.0, 40.0, volatility, 0.06, 1.0, steps, True, boundary)
        axes.plot(np.linspace(0, 1, steps, endpoint=False), boundary, label=f"volatility {volatility:.0%}")
    axes.set_xlabel("years")
    axes.set_ylabel("exercised below")
    axes.legend()
    frame.save(figure)


if __name__ == "__main__":
    main()
