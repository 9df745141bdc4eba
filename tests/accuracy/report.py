"""The page of measured errors, `docs/accuracy.md`, from `results.json`."""

import json
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE.parents[1] / "docs" / "accuracy.md"

HEAD = """# Errors of the elementary functions

What `np.exp` and its like give in compiled code, in units in the last place (ULP) of the
result: half a unit is what rounding alone costs. They are the library's own
(`compiler/library/bodies/`, [why](decisions/0020-elementary-functions.md)) and the same in every tier;
`math.exp` and its like are the C library's; under `fastmath` with `afn` they are these, but `exp`, `erf`,
`pow`, `sin` and `cos` are [cheaper](decisions/0049-cheaper-functions-under-afn.md), within 3 ULP (`tests/python/test_relaxed.py`).

Written by `python -m tests.accuracy`; don't edit.

- float64: {samples:,} arguments of each function, drawn from intervals and from all bit
  patterns, against 80-bit references; the worst of them, and hard cases (next to multiples of
  pi / 2, where exponents change, next to poles, zeros and the ends of intervals), against mpmath.
  Of `erf`, `erfc`, `gamma`, `rgamma` and `gammaln`, which are `scipy.special`'s by name, 50,000
  against mpmath. Between the zeros of `gammaln` on the negative side, which nothing tells apart
  from a difference of two logarithms, a unit isn't counted smaller than that of 1/8, 2**-55: its
  error is below that, or below a unit.
  Those of `libdevice` are for kernels (`cuda.libdevice`), which ran on the processor; 50,000 of each
  against mpmath, and names of `float32` end in `f`. Others there are functions of this table by
  another name, or exact.
- float32: as many arguments as the last column says (all are 4,294,967,296), against NumPy's
  functions of float64 (SciPy's five, and those of `libdevice`: compiled ones). Where none is rounded in another way the error is at most 0.5.

| function | float64 | at | float32 | at | arguments |
|---|---|---|---|---|---|
"""


def shown(place):
    return ", ".join(f"`{x}`" for x in place) or "everywhere"


def text(results):
    rows = []
    for name, row in results["functions"].items():
        wide, narrow = row["float64"], row["float32"]
        count = "all" if narrow["arguments"] == 2**32 else f"{narrow['arguments']:,}"
        rows.append(
            f"| `{name}` | {wide['error']:.3f} | {shown(wide['at'])} "
            f"| {narrow['error']:.4f} | {shown(narrow['at'])} | {count} |\n"
        )
    return HEAD.format(samples=results["samples"]) + "".join(rows)


def load():
    return json.loads(RESULTS.read_text())


def write(results):
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    PAGE.write_text(text(results))
