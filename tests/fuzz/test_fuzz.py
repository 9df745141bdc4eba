"""The fuzzer's own parts, every program ever found to fail, and a short campaign."""

import ast
import traceback

import pytest

from tests.fuzz import compare
from tests.fuzz.campaign import CORPUS, campaign, judge_apart
from tests.fuzz.compare import copied, judge, undecorated
from tests.fuzz.generate import FAMILIES, program
from tests.fuzz.reference import HintedPower, WideInteger, load
from tests.fuzz.shrink import shrink
from tests.python.harness import IDENTITY, run


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.py")), ids=lambda path: path.stem)
def test_programs_that_failed_once(path):
    outcome, category, report = judge_apart(path.read_text(encoding="utf-8"))
    assert outcome in ("agreed", "refused"), f"{category}\n{report}"


def findings(summary):
    return "\n\n".join(f"{f.category} (seed {f.seed})\n{f.text}\n{f.report}" for f in summary.findings)


def test_a_short_campaign_of_numbers():
    summary = campaign(seed=1, count=150, families=())
    assert not summary.findings, findings(summary)
    # The generator would be of little use if most of its programs were refused.
    assert summary.outcomes["agreed"] > 130, summary


def test_a_short_campaign_of_everything():
    summary = campaign(seed=1, count=150)
    assert not summary.findings, findings(summary)


@pytest.mark.parametrize("family", FAMILIES)
def test_programs_of_a_family_run_under_cpython(family):
    # What isn't refused for its own sake would count as a refusal of the compiler's.
    errors = 0
    for seed in range(40):
        scope = load(program(seed, (family,)), "program")
        for call in scope["CALLS"]:
            got = run(scope["f"], *copied(call))
            errors += isinstance(got.error, (TypeError, AttributeError))
    assert errors == 0


def test_programs_follow_from_their_seed():
    assert program(7) == program(7)
    assert program(7) != program(8)
    for seed in range(50):
        compile(program(seed), "program", "exec")


def outcome_of(text, *args):
    try:
        return load(text, "program")["f"](*args)
    except Exception as error:
        return type(error)


@pytest.mark.parametrize(
    ("body", "args", "expected"),
    [
        ("return a + b", (2**63 - 1, 0), 2**63 - 1),
        ("return a + b", (2**63 - 1, 1), WideInteger),
        ("return a - b", (-(2**63), 1), WideInteger),
        ("return a * b", (2**32, 2**32), WideInteger),
        ("return -a", (-(2**63), 0), WideInteger),
        ("return abs(a)", (-(2**63), 0), WideInteger),
        ("return a << b", (1, 10**15), WideInteger),
        ("return a << b", (0, 10**15), 0),
        ("return a ** b", (3, 10**15), WideInteger),
        ("return a ** b", (2, -1), HintedPower),
        ("return a ** b", (-2.0, 0.5), HintedPower),
        ("return a ** -2", (2, 0), 0.25),
        ("a += b\n    return a", (2**63 - 1, 1), WideInteger),
        ("a <<= b\n    return a", (1, 63), WideInteger),
        ("return (a + b) - b", (2**63 - 1, 1), WideInteger),
        ("return int(a * 1.0)", (2**70 * 1.0, 1), WideInteger),
        ("return divmod(a, b)", (-(2**63), -1), WideInteger),
        ("return (2**64 - 1) & a", (7, 0), 7),
        ("return 2**63 + a", (0, 0), WideInteger),
        ("return 2**64 * 0.5", (0, 0), 2.0**63),
        ("return -9223372036854775808 + a + b", (0, 0), -(2**63)),
        ("for i in range(a, b):\n        return i", (-(2**63), 2**63 - 1), WideInteger),
        ("for i in range(b, a):\n        return i\n    return 5", (-(2**63), 2**63 - 1), 5),
    ],
)
def test_the_reference_has_integers_of_64_bits(body, args, expected):
    assert outcome_of(f"def f(a, b):\n    {body}\n", *args) == expected


def test_the_reference_keeps_lines():
    text = "def f(a):\n    b = a\n    b += (\n        a + 1)\n    return b\n"
    with pytest.raises(WideInteger) as caught:
        load(text, "program")["f"](2**62)
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert [frame.lineno for frame in frames if frame.filename == "program"] == [3]


PROGRAM = """
from cumbia import jit

@jit
def f(a):
    return a + 1

CALLS = [(1,), (2.5,)]
"""


def test_verdicts():
    assert judge(PROGRAM).outcome == "agreed"
    assert judge(PROGRAM.replace("a + 1", "unknown")).outcome == "invalid"
    assert judge(PROGRAM.replace("return", "retrun")).outcome == "invalid"
    # A TypeError in the same words is a result as any other.
    empty = PROGRAM.replace("a + 1", "functools.reduce(max, range(0))")
    assert judge("import functools\n" + empty).outcome == "agreed"


@pytest.mark.skipif(IDENTITY, reason="the stand-in refuses nothing")
def test_refusals_are_counted_by_code():
    verdict = judge(PROGRAM.replace("a + 1", "globals()"))
    assert verdict.outcome == "refused"
    assert verdict.category.startswith("CB")


def test_differences_are_found(monkeypatch):
    def wrong(text, filename):
        return load(text.replace("a + 1", "a + 2") if text == PROGRAM else text, filename)

    plain = compile(PROGRAM.replace("a + 1", "a + 2"), "program", "exec")
    monkeypatch.setattr(compare, "load", wrong)
    monkeypatch.setattr(compare, "undecorated", lambda code: undecorated(plain))
    monkeypatch.setattr(compare, "IDENTITY", False)
    verdict = judge(PROGRAM)
    assert verdict.outcome == "differs"
    assert verdict.category == "result: # became # | returns | returns"


def test_shrinking_keeps_what_fails():
    text = program(3, ())
    marker = "v1"
    small = shrink(text, lambda candidate: marker in candidate and "CALLS" in candidate, 20.0)
    assert marker in small
    assert len(small) < len(text) / 3
    ast.parse(small)


def test_lines_may_have_wider_integers():
    text = "def f(a):\n    b = a * 4 % 8\n    return b + a * 2\n"
    with pytest.raises(WideInteger) as caught:
        load(text, "program")["f"](2**62)
    assert caught.value.line == 2
    with pytest.raises(WideInteger) as caught:
        load(text, "program", frozenset({2}))["f"](2**62)
    assert caught.value.line == 3
    assert load(text, "program", frozenset({2, 3}))["f"](2**62) == 2**63


def test_low_bits_are_pythons_and_a_later_line_overflows():
    # Compiled code goes on at line 5, as decision 0034 says, and raises at line 6.
    text = (
        "from cumbia import jit\n\n@jit\ndef f(a):\n    b = a * 4 % 8\n    return (a * 4) // (b + 3)\n\n"
        "CALLS = [(2**62,)]\n"
    )
    assert judge(text).outcome == "agreed"
