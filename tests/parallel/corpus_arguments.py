"""Arguments for the loops of the race corpora, by parameter names.

Every call makes fresh arrays, so that no two parameters share memory but those that say so.
"""

from __future__ import annotations

import inspect

import numpy as np

N, ROWS, COLUMNS, SIDE = 24, 10, 6, 10

MAKERS = {
    # Vectors of floats.
    **dict.fromkeys(["a", "b", "c", "x", "y", "z"], lambda: np.linspace(-1.0, 2.0, N)),
    "out": lambda: np.zeros(N),
    "big": lambda: np.arange(4.0 * N),
    "f": lambda: np.linspace(0, 1, N, dtype=np.float32),
    "g": lambda: np.zeros(N, dtype=np.float32),
    "u": lambda: np.linspace(0, 1, N) + 1j,
    "w": lambda: np.zeros(N, dtype=complex),
    # Matrices, square ones, three axes, one flat.
    **dict.fromkeys(["M", "R"], lambda: np.arange(ROWS * COLUMNS, dtype=float).reshape(ROWS, -1)),
    **dict.fromkeys(["S", "Q"], lambda: np.arange(SIDE * SIDE, dtype=float).reshape(SIDE, -1)),
    **dict.fromkeys(["V", "W"], lambda: np.arange(60.0).reshape(5, 4, 3)),
    "flat": lambda: np.zeros(ROWS * COLUMNS),
    "F": lambda: np.asfortranarray(np.arange(ROWS * COLUMNS, dtype=float).reshape(ROWS, -1)),
    # Integers: with repeats, without, counts; images; truth.
    "p": lambda: np.arange(N) % 5,
    "perm": lambda: np.arange(N)[::-1].copy(),
    "cnt": lambda: np.zeros(8, dtype=np.int64),
    "k64": lambda: np.arange(N),
    "img": lambda: (np.arange(120) % 251).astype(np.uint8).reshape(10, 12),
    "res": lambda: np.zeros((10, 12), dtype=np.uint8),
    "mask": lambda: np.arange(N) % 3 == 0,
    # Sparse rows.
    "indptr": lambda: np.array([0, 2, 5, 9, 9, 14, 20, 22, 24]),
    "indices": lambda: np.arange(N) % 7,
    # Records.
    "rec": lambda: np.zeros(N, dtype=[("pos", "f8"), ("vel", "f8"), ("id", "i4")]),
    # Numbers.
    "n": lambda: N,
    "m": lambda: COLUMNS,
    "k": lambda: 3,
    "s": lambda: 1.5,
    "yes": lambda: True,
}


def arguments(func) -> dict:
    """Arguments for a function of a corpus, by name; `twice` is the one before it once more."""
    made: dict = {}
    for name in inspect.signature(func).parameters:
        match name:
            case "twice":
                made[name] = list(made.values())[-1]
            case "shifted":
                # A view of the one before, one element on.
                made[name] = list(made.values())[-1][1:]
            case "two":
                made[name] = (np.zeros(N), np.ones(N))
            case _:
                made[name] = MAKERS[name]()
    return made
