"""The kernels on their tiny inputs: every engine agrees with plain Python.

These inputs are synthetic, so no data package is needed. Times are not looked at.
"""

from __future__ import annotations

import pytest

from benches import engines, kernels
from benches.compile_time import generate


@pytest.mark.parametrize("engine", [name for name in engines.ENGINES if name != "python"])
@pytest.mark.parametrize("name", kernels.NAMES)
def test_kernel_agrees(name, engine):
    """Outputs are those of plain Python, and pass the independent check."""
    kernel = kernels.load(name)
    expected_case = kernel.make_case("tiny")
    expected = kernel.outputs(expected_case, kernel.function(*expected_case.args))
    kernel.check(expected_case, expected)
    case = kernel.make_case("tiny")
    try:
        run = engines.prepare(engine, kernel)(case)
    except engines.Unavailable as reason:
        if engine == "cumbia":
            raise
        pytest.skip(str(reason))
    run()
    got = kernel.outputs(case, run())
    assert kernels.compare(expected, got, engines.tolerance(engine, kernel)) == []


def test_compare_notices_differences():
    """A value, a type or a shape that differs is reported."""
    kernel = kernels.load("mandelbrot")
    case = kernel.make_case("tiny")
    expected = kernel.outputs(case, kernel.function(*case.args))
    for change in (
        lambda counts: counts + (counts == counts.max()).astype(counts.dtype),
        lambda counts: counts.astype("int64"),
        lambda counts: counts[:-1],
    ):
        changed = {**expected, "counts": change(expected["counts"])}
        assert kernels.compare(expected, changed) != []


@pytest.mark.parametrize("lines", [10, 20, 37, 100, 1000])
def test_generated_functions_have_their_length(lines):
    """Generated functions compile as Python and are as long as asked for."""
    text = generate.source("f", lines)
    assert text.count("\n") == lines
    compile(text, "<generated>", "exec")
