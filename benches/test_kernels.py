"""The kernels on their tiny inputs: every engine agrees with plain Python.

These inputs are synthetic, so no data package is needed. Times are not looked at.
"""

from __future__ import annotations

import dataclasses

import pytest

from benches import __main__ as command_line
from benches import engines, kernels
from benches.compile_time import generate
from benches.kernels import peers
from benches.kernels.program import near, programs


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


PROGRAMS = {program.name: program for program in programs()}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_agrees_with_its_reference(name):
    """Plain Python gives what the independent reference says, also when called again."""
    program = PROGRAMS[name]
    args = program.arguments(program.tiny)
    got = program.collect(args, program.function(*args))
    reference = program.expected(program.arguments(program.tiny))
    if reference is not None:
        assert near(reference, got, max(1e-9, 10 * program.rtol)) == []
    assert kernels.compare(got, program.collect(args, program.function(*args))) == []


ENGINES = [name for name in peers.ENGINES if name != "numba-fast" and peers.missing(name) is None]
"""Numba's second compilation takes longer than all else here; measuring checks it too."""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_program_agrees(name, engine):
    """Every engine that is there gives what plain Python does on tiny data."""
    program = PROGRAMS[name]
    args = program.arguments(program.tiny)
    expected = program.collect(args, program.function(*args))
    args = program.arguments(program.tiny)
    run = peers.prepare(engine, program)(args)
    run()
    got = program.collect(args, run())
    allowed = program.fast_rtol if engine in peers.RELAXED else program.rtol
    assert kernels.compare(expected, got, dict.fromkeys(expected, allowed)) == []


def test_cumbia_is_among_the_engines():
    """The list of engines that are there has the one that must be."""
    assert "cumbia" in ENGINES


def test_there_are_enough_programs():
    """Forty-five and more, each with C of its own, and no C without a program."""
    assert len(PROGRAMS) >= 45
    files = {path.stem for path in engines.C_SOURCES.glob("*.c")}
    assert files == set(PROGRAMS)


def test_a_wrong_program_is_noticed():
    """A result that differs from the reference is not measured."""
    program = PROGRAMS["dot"]
    wrong = dataclasses.replace(program, function=lambda a, b: float(a[0] * b[0]))
    args = wrong.arguments(wrong.tiny)
    got = wrong.collect(args, wrong.function(*args))
    assert near(wrong.expected(args), got, 1e-9) != []


def test_options_of_one_benchmark_are_passed_on():
    """Words and options after one benchmark's name are its own."""
    assert command_line.split(["kernels", "sorting", "--rounds", "3", "--json", "x"]) == (
        ["kernels", "--json", "x"],
        ["sorting", "--rounds", "3"],
    )
    assert command_line.split(["kernels", "arrays", "--json", "x"])[1] == []
