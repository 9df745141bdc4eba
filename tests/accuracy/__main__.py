"""Measures the errors of the elementary functions and writes the page.

    python -m tests.accuracy [NAME ...] [--samples N] [--all-float32]

Without names all functions; others keep their figures. `--all-float32` takes every
float32 (some minutes for each function). Needs a platform whose `longdouble` has 64
bits of mantissa.
"""

import argparse

import numpy as np

from . import report
from .functions import DEVICES, FUNCTIONS, HAS_EXTENDED, HAS_SCIPY, SPECIAL
from .measure import exactly, largest, units
from .samples import drawn, hard

#: float32 arguments at a time.
BLOCK = 2**20


def float64(function, samples, generator):
    count = samples // len(function.draws)
    found = [largest(function, drawn(function, np.float64, count, generator))]
    if function.arity == 1:
        found.append(exactly(function, [hard(function, np.float64)]))
    error, at = max(found, key=lambda pair: pair[0])
    return {"error": round(error, 4), "at": [float(x).hex() for x in at]}


def float32(function, samples, every, generator):
    error, at, count = 0.0, (), 0
    if every and function.arity == 1:
        blocks = ([whole(start)] for start in range(0, 2**32, BLOCK))
    else:
        blocks = [drawn(function, np.float32, samples // len(function.draws), generator)]
    for arguments in blocks:
        worst, place = narrow(function, arguments)
        count += arguments[0].size
        if worst > error:
            error, at = worst, place
    return {"error": round(float(error), 4), "at": [float(x).hex() for x in at], "arguments": count}


def whole(start):
    return np.arange(start, start + BLOCK, dtype=np.uint64).astype(np.uint32).view(np.float32)


def narrow(function, arguments):
    """The largest error against a float64 function, whose own is far below.

    What is rounded correctly everywhere has an error of at most half a unit.
    """
    with np.errstate(all="ignore"):
        got = function.compiled()(*arguments)
        assert got.dtype == np.float32
        want = function.wide(*(a.astype(np.float64) for a in arguments))
        rounded = want.astype(np.float32)
        others = np.flatnonzero(got.view(np.int32) != rounded.view(np.int32))
        others = others[~(np.isnan(got[others]) & np.isnan(rounded[others]))]
        if others.size == 0:
            return 0.5, ()
        got, want, rounded = got[others], want[others], rounded[others]
        error = np.abs(got.astype(np.float64) - want) / units(rounded)
        error = np.where(np.isfinite(rounded) & np.isfinite(got), error, np.inf)
        error = np.where(np.signbit(got) == np.signbit(rounded), error, np.inf)
    worst = int(np.argmax(error))
    return error[worst], tuple(a[others[worst]] for a in arguments)


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--all-float32", action="store_true")
    options = parser.parse_args()
    assert HAS_EXTENDED, "longdouble is no longer than float64 here"
    results = report.load() if report.RESULTS.exists() else {"functions": {}}
    results["samples"] = options.samples
    rows = results["functions"]
    assert HAS_SCIPY or options.names, "the error functions are SciPy's by name"
    for function in (*FUNCTIONS, *SPECIAL, *DEVICES):
        if options.names and function.name not in options.names:
            continue
        generator = np.random.default_rng(20)
        row = {"float64": float64(function, options.samples, generator)}
        row["float32"] = float32(function, options.samples, options.all_float32, generator)
        before = rows.get(function.name, {}).get("float32")
        if before and before["arguments"] > row["float32"]["arguments"]:
            row["float32"] = before
        rows[function.name] = row
        print(function.name, row, flush=True)
        report.write(results)


if __name__ == "__main__":
    main()
