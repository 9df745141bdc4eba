"""Loops over elementary functions: what a vector mathematics library decides.

Values agree to a few units in the last place only, since each engine has its own library.
"""

from __future__ import annotations

import math

import numpy as np

from benches.kernels.program import Program


def sines(x, out):
    for i in range(x.shape[0]):
        out[i] = math.sin(x[i])


def hyperbolic_tangents(x, out):
    for i in range(x.shape[0]):
        out[i] = math.tanh(x[i])


def exponentials(x, out):
    for i in range(x.shape[0]):
        out[i] = math.exp(x[i])


def logarithms(x, out):
    for i in range(x.shape[0]):
        out[i] = math.log(x[i])


def powers(x, y, out):
    for i in range(x.shape[0]):
        out[i] = math.pow(x[i], y[i])


def error_functions(x, out):
    for i in range(x.shape[0]):
        out[i] = math.erf(x[i])


def black_scholes(price, strike, years, rate, volatility, call, put):
    for i in range(price.shape[0]):
        root = volatility * math.sqrt(years[i])
        d1 = math.log(price[i] / strike[i]) + (rate + 0.5 * volatility * volatility) * years[i]
        d1 = d1 / root
        d2 = d1 - root
        n1 = 0.5 * (1.0 + math.erf(d1 * 0.7071067811865476))
        n2 = 0.5 * (1.0 + math.erf(d2 * 0.7071067811865476))
        discounted = strike[i] * math.exp(-rate * years[i])
        call[i] = price[i] * n1 - discounted * n2
        put[i] = discounted * (1.0 - n2) - price[i] * (1.0 - n1)


def softmax(x, out):
    rows, columns = x.shape
    for i in range(rows):
        top = x[i, 0]
        for j in range(columns):
            if x[i, j] > top:
                top = x[i, j]
        total = 0.0
        for j in range(columns):
            e = math.exp(x[i, j] - top)
            out[i, j] = e
            total += e
        for j in range(columns):
            out[i, j] = out[i, j] / total


def haversine(latitude, longitude, lat, lon, out):
    c = math.cos(lat)
    for i in range(latitude.shape[0]):
        a = math.sin(0.5 * (latitude[i] - lat))
        b = math.sin(0.5 * (longitude[i] - lon))
        h = a * a + c * math.cos(latitude[i]) * b * b
        out[i] = 12742.0 * math.asin(math.sqrt(h))


def _one(low, high):
    return lambda rng, n: (rng.uniform(low, high, n), np.ones(n))


def _cost(n):
    return 20.0 * n, 16.0 * n


def _each(function):
    return lambda x, out: np.array([function(value) for value in x])


def _black_scholes(price, strike, years, rate, volatility, call, put):
    erf = np.vectorize(math.erf)
    root = volatility * np.sqrt(years)
    d1 = (np.log(price / strike) + (rate + volatility**2 / 2) * years) / root
    n1, n2 = (0.5 * (1 + erf(d / math.sqrt(2))) for d in (d1, d1 - root))
    discounted = strike * np.exp(-rate * years)
    return price * n1 - discounted * n2, discounted * (1 - n2) - price * (1 - n1)


def _softmax(x, out):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def _haversine(latitude, longitude, lat, lon, out):
    a, b = np.sin((latitude - lat) / 2), np.sin((longitude - lon) / 2)
    return 12742.0 * np.arcsin(np.sqrt(a * a + np.cos(lat) * np.cos(latitude) * b * b))


PROGRAMS = (
    Program(sines, _one(-10, 10), 200_000, 33, _cost, ("out",), rtol=1e-14,
            reference=_each(math.sin)),
    Program(hyperbolic_tangents, _one(-4, 4), 200_000, 33, _cost, ("out",), rtol=1e-14,
            reference=_each(math.tanh)),
    Program(exponentials, _one(-20, 20), 200_000, 33, _cost, ("out",), rtol=1e-14,
            reference=_each(math.exp)),
    Program(logarithms, _one(0.001, 100), 200_000, 33, _cost, ("out",), rtol=1e-14,
            reference=_each(math.log)),
    Program(powers, lambda rng, n: (rng.uniform(0.1, 9, n), rng.uniform(-3, 3, n), np.ones(n)),
            200_000, 33, lambda n: (40.0 * n, 24.0 * n), ("out",), rtol=1e-14,
            reference=lambda x, y, out: np.power(x, y)),
    Program(error_functions, _one(-3, 3), 200_000, 33, _cost, ("out",), rtol=1e-14,
            reference=_each(math.erf)),
    Program(black_scholes,
            lambda rng, n: (rng.uniform(5, 30, n), rng.uniform(1, 100, n), rng.uniform(0.25, 10, n),
                            0.02, 0.3, np.ones(n), np.ones(n)),
            100_000, 33, lambda n: (110.0 * n, 40.0 * n), ("call", "put"), rtol=1e-13,
            reference=_black_scholes),
    Program(softmax, lambda rng, n: (rng.normal(size=(n, 200)), np.ones((n, 200))),
            1_000, 3, lambda n: (5_000.0 * n, 3_200.0 * n), ("out",), rtol=1e-14,
            reference=_softmax),
    Program(haversine,
            lambda rng, n: (rng.uniform(-1.5, 1.5, n), rng.uniform(-3, 3, n), 0.7, 0.1, np.ones(n)),
            100_000, 33, lambda n: (90.0 * n, 24.0 * n), ("out",), rtol=1e-14, fast_rtol=1e-7,
            reference=_haversine),
)
