"""Annotated lines: what is said of each is held against the IR and the assembly."""

import re

import numpy as np
import pytest

from cumbia import _cumbia, jit
from cumbia._annotate import html, text
from cumbia._annotate.lines import annotate
from tests.python.harness import IDENTITY

pytestmark = pytest.mark.skipif(IDENTITY, reason="nothing is compiled")

LLVM = _cumbia._tiers()[1]
needs_llvm = pytest.mark.skipif(not LLVM, reason="there is no LLVM")


@jit
def twice(x):
    return 2.0 * x


@jit
def scaled(a, out):
    for i in range(a.shape[0]):
        out[i] = twice(a[i])


@jit
def looked_up(a, at):
    s = 0.0
    for i in range(at.shape[0]):
        s += a[at[i]]
    return s + a[5]


@jit
def grown(n):
    b = np.zeros(n)
    xs = [0.0]
    while len(xs) < n:
        xs.append(
            xs[-1]
            + 1
        )
    return xs[-1], b


@jit
def nothing(x):
    return x


def lines_of(function, *args):
    function(*args)
    annotated = annotate(function)
    assert len(annotated) == 1
    return {line.source.strip(): line for block in annotated[0].blocks for line in block.lines}


def test_types():
    lines = lines_of(looked_up, np.ones(9), np.arange(3))
    assert dict(lines["s += a[at[i]]"].types) == {"s": "float64", "a[at[i]]": "float64", "at[i]": "int64"}
    # The range itself and functions say nothing.
    assert "range" not in [name for name, _ in lines["for i in range(at.shape[0]):"].types]


@needs_llvm
def test_vectors_are_in_the_assembly():
    lines = lines_of(scaled, np.ones(9), np.ones(9))
    loop = lines["for i in range(a.shape[0]):"]
    assert loop.is_vectorized and loop.loop.startswith("vectorized, ")
    # A multiplication on vectors, which was inlined from the function that is called.
    assert re.search(r"v?(mul|add)pd", lines["return 2.0 * x"].assembly)
    assert lines["return 2.0 * x"].packed > 0
    assert not lines["out[i] = twice(a[i])"].checks


@needs_llvm
def test_checks_are_in_the_ir():
    lines = lines_of(looked_up, np.ones(9), np.arange(3))
    gather = lines["s += a[at[i]]"]
    assert gather.checks == ("bounds of a[at[i]]",) and "index " in gather.ir
    assert lines["return s + a[5]"].checks == ("bounds",) and "bound " in lines["return s + a[5]"].ir
    loop = lines["for i in range(at.shape[0]):"]
    assert not loop.is_vectorized and "not vectorized" in loop.loop


def test_what_makes_objects():
    lines = lines_of(grown, 5)
    assert lines["b = np.zeros(n)"].allocations == ("alloc",)
    assert lines["xs = [0.0]"].allocations == ("list_new",)
    assert not lines["while len(xs) < n:"].allocations
    # A statement on several lines is all there.
    assert ")" in lines and "return xs[-1], b" in lines


@needs_llvm
def test_counts_are_those_of_the_assembly():
    scaled(np.ones(9), np.ones(9))
    (facts,) = scaled.explain()._facts
    (annotated,) = annotate(scaled)
    every = sum(line.instructions for block in annotated.blocks for line in block.lines)
    places, counted = None, 0
    files = {}
    for row in facts["assembly"].splitlines():
        words = row.split()
        if words[:1] == [".file"] and len(words) == 3:
            files[words[1]] = words[2].strip('"')
        elif words[:1] == [".loc"]:
            places = files[words[1]].removesuffix(".osr0"), int(words[2])
        elif places and places[1] and words and not words[0].startswith((".", "#")) and not words[0].endswith(":"):
            counted += 1
    assert every == counted > 0


def test_the_hottest_line_is_in_the_loop():
    lines = lines_of(grown, 5)
    hottest = max(lines.values(), key=lambda line: line.cost)
    assert hottest.source.strip() in ("xs.append(", "xs[-1]", "+ 1", "while len(xs) < n:")


def test_written_down():
    grown(5)
    annotated = annotate(grown)
    plain = text.text(annotated, width=40)
    assert "makes objects: list_new" in plain and "\x1b" not in plain
    comments = [row for row in plain.splitlines() if row.strip().startswith("#")]
    assert comments and all(len(row) <= 60 for row in comments)
    assert "\x1b[31m" in text.text(annotated, colour=True)
    page = html.page("A <title>", "a & b", annotated)
    assert page.startswith("<!DOCTYPE html>") and "A &lt;title&gt;" in page and "a &amp; b" in page
    # One file, that needs no other.
    assert not re.search(r"<script|<link|src=|url\(|http", page)
    assert page.count("<details") == page.count("</details>") > 3
    assert "while len(xs) &lt; n:" in page


def test_not_compiled():
    assert annotate(nothing) == [] and text.text([]) == ""


def test_a_signature_is_chosen():
    @jit
    def f(x):
        return x + 1

    f(1), f(1.0)
    assert len(annotate(f)) == 2
    (one,) = annotate(f, f.signatures[0])
    assert one.signature == f.signatures[0]
