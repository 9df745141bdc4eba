"""Looking inside: IR, LLVM's IR, assembly, reports on loops, events, `cumbia info`."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import cumbia
from cumbia import _cumbia, _explain, jit
from cumbia._info import SETTINGS
from tests.python.harness import IDENTITY

pytestmark = pytest.mark.skipif(IDENTITY, reason="nothing is compiled")

LLVM = _cumbia._tiers()[1]
needs_llvm = pytest.mark.skipif(not LLVM, reason="there is no LLVM")


def scaled(a, out):
    for i in range(a.shape[0]):
        out[i] = a[i] * 2.0 + 1.0


def total(a):
    s = 0.0
    for i in range(a.shape[0]):
        s += a[i]
    return s


def product(a):
    p = 1.0
    for i in range(a.shape[0]):
        p *= a[i]
    return p


def nested(a, b):
    n = 0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if a[i, j] > 0:
                n += b[a[i, j]]
    return n


def grown(n):
    xs = [0]
    while len(xs) < n:
        xs.append(xs[-1] + 1)
    return xs[-1]


def compiled(func, *args):
    made = jit(func)
    made(*args)
    return made


@pytest.fixture
def scale():
    return compiled(scaled, np.ones(8), np.ones(8))


def test_each_form_is_a_dict_of_signatures_or_one_text(scale):
    (signature,) = scale.signatures
    for inspect in (scale.inspect_ir, scale.inspect_asm):
        assert list(inspect()) == [signature]
        assert inspect(signature) == inspect()[signature]
        with pytest.raises(KeyError, match="is not compiled for"):
            inspect("(int64)")
    assert "func @scaled.0" in scale.inspect_ir(signature)
    assert jit(scaled).inspect_asm() == {}


def test_a_wrong_tier_and_too_many_arguments_are_refused(scale):
    for inspect in (scale.inspect_ir, scale.inspect_asm):
        with pytest.raises(ValueError, match="tier is 'slow', not 'fast' or 'best'"):
            inspect(None, "slow")
        with pytest.raises(TypeError):
            inspect(None, 3)
        with pytest.raises(TypeError, match="at most 2 arguments"):
            inspect(None, "fast", 1)
    with pytest.raises(TypeError, match="at most 1 argument"):
        scale.inspect_llvm(None, 1)
    with pytest.raises(TypeError, match="at most 1 argument"):
        scale.explain(None, 1)


def test_tier_1_assembly_needs_no_llvm(scale):
    (text,) = scale.inspect_asm(None, "fast").values()
    assert "mulsd" in text or "mulpd" in text or "addsd" in text, text


@needs_llvm
def test_llvm_shows_its_ir_and_assembly(scale):
    (text,) = scale.inspect_llvm().values()
    assert "define" in text and "x double>" in text
    (text,) = scale.inspect_asm(None, "best").values()
    assert "ymm" in text or "zmm" in text
    (further,) = scale.inspect_ir(None, "best").values()
    (first,) = scale.inspect_ir(None, "fast").values()
    assert further != first and "func @scaled.0" in further
    # Nothing of this puts another tier in place.
    assert scale.tier == "fast"


@needs_llvm
def test_a_vectorized_loop_is_explained():
    made = compiled(scaled, np.ones(8), np.ones(8))
    (report,) = made.explain().specializations
    (loop,) = report.loops
    assert loop.text == "for i in range(a.shape[0]):"
    assert loop.line == scaled.__code__.co_firstlineno + 1
    assert loop.vector_width >= 2 and loop.interleaved >= 1 and loop.packed > 0
    assert loop.checks_written == 2 and loop.removed == 1 and loop.hoisted == 1 and loop.left == ()
    assert report.why_fast is None and report.signature == made.signatures[0]
    text = str(made.explain(made.signatures[0]))
    assert "vectorized, " in text and "made before the loop" in text, text


@needs_llvm
def test_reasons_are_told():
    (loop,) = compiled(product, np.ones(8)).explain().specializations[0].loops
    why = "its sum or product is made in Python's order"
    assert loop.vector_width is None and why in loop.reasons
    assert loop.left == () and loop.calls == ()


def test_checks_that_stay_are_shown_with_their_text():
    made = compiled(nested, np.ones((2, 3), dtype=np.int64), np.ones(4))
    loops = {loop.text: loop for loop in made.explain().specializations[0].loops}
    outer, inner = loops["for i in range(a.shape[0]):"], loops["for j in range(a.shape[1]):"]
    assert (outer.depth, inner.depth) == (1, 2)
    assert outer.left == () and inner.checks_written > len(inner.left)
    (check,) = inner.left
    assert check == ("bounds", nested.__code__.co_firstlineno + 5, "b[a[i, j]]")
    assert f"left: bounds of b[a[i, j]] (line {check.line})" in str(made.explain())
    assert f"line {outer.line}: {outer.text}" in str(made.explain())


def test_calls_and_allocations_are_named():
    (report,) = compiled(grown, 5).explain().specializations
    (loop,) = [loop for loop in report.loops if not loop.internal]
    assert loop.text == "while len(xs) < n:"
    assert set(loop.allocations) <= set(loop.calls)


def test_what_is_not_compiled_says_so():
    assert str(jit(total).explain()) == "total() is not compiled yet: call it, or use compile(signature)"
    straight = compiled(lambda x: x + 1, 3).explain()
    assert "no loops of its own" in str(straight)


def test_generators_stay_on_the_first_tier():
    @jit
    def numbers(n):
        for i in range(n):
            yield i

    assert list(numbers(3)) == [0, 1, 2]
    (report,) = numbers.explain().specializations
    assert "generators" in report.why_fast and "stays there" in str(numbers.explain())


@pytest.mark.parametrize(
    ("line", "packed"),
    [
        ("vaddpd %ymm0, %ymm1, %ymm2", True),
        ("vaddsd %xmm0, %xmm1, %xmm2", False),
        ("mulpd %xmm0, %xmm1", True),
        ("vpaddq (%rax), %ymm1, %ymm2", True),
        ("paddd %xmm0, %xmm1", True),
        ("vxorps %xmm0, %xmm0, %xmm0", False),
        ("vmovapd %ymm0, (%rax)", False),
        ("pushq %rbp", False),
        ("addq %rax, %rbx", False),
    ],
)
def test_instructions_on_vectors_are_told_apart(line, packed):
    assert _explain.is_packed(*line.split(None, 1)) is packed


def test_assembly_is_read_by_place():
    text = """
    .file   1 "entry.f.0"
    .file   2 "f.0.osr1"
    .loc    2 9 18 prologue_end
    vaddpd  %ymm0, %ymm1, %ymm2
    addq    %rax, %rbx
.LBB0_1:
    .loc    2 10 3 is_stmt 0
    vmulpd  %ymm0, %ymm1, %ymm2
    vmulpd  %ymm0, %ymm1, %ymm2
    """
    assert {place: n for place, n in _explain._packed(text).items() if n} == {("f.0", 9, 17): 1, ("f.0", 10, 2): 2}


def test_events_tell_of_compilations_in_order():
    made = compiled(total, np.ones(4))
    made(np.ones(4, dtype=np.float32))
    mine = [event for event in cumbia.events() if event.function.startswith("total(array(float")][-2:]
    assert [event.kind for event in mine] == ["compiled", "compiled"]
    assert "float64" in mine[0].function and "float32" in mine[1].function
    assert 0 < mine[0].time <= mine[1].time and mine[0].seconds > 0


@needs_llvm
def test_events_tell_of_the_second_tier():
    made = compiled(total, np.ones(5))
    assert made.wait(120)
    kinds = [event.kind for event in cumbia.events() if event.function.startswith("total(")]
    assert "optimized" in kinds


def test_a_forked_child_begins_without_events():
    compiled(total, np.ones(4))
    assert cumbia.events()
    child = os.fork()
    if child == 0:
        os._exit(len(cumbia.events()))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def run_info(*arguments, **environment):
    variables = {k: v for k, v in os.environ.items() if not k.startswith("CUMBIA_")} | environment
    command = [sys.executable, "-m", "cumbia", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=variables, timeout=120, check=False)


def test_info_tells_versions_tiers_and_settings():
    done = run_info("info")
    assert (done.returncode, done.stderr) == (0, "")
    assert cumbia.__version__ in done.stdout and np.__version__ in done.stdout
    assert "tiers: first             cranelift" in done.stdout
    assert "CUMBIA_TIER              auto (default)" in done.stdout


def test_info_as_json_names_the_origin_of_settings_and_what_is_missing():
    done = run_info("info", "--json", CUMBIA_LLVM="/nowhere/llvm.so", CUMBIA_TIER="fast", CUMBIA_TYPO="1")
    assert (done.returncode, done.stderr) == (0, "")
    facts = json.loads(done.stdout)
    assert facts["settings"]["CUMBIA_TIER"]["value"] == "fast"
    assert facts["settings"]["CUMBIA_TIER"]["origin"] == "environment"
    assert facts["unknown settings"] == ["CUMBIA_TYPO"]
    assert facts["tiers"]["second"] is None and "/nowhere/llvm.so" in facts["tiers"]["why there is no second"]


def test_a_missing_command_is_an_error_with_usage():
    done = run_info()
    assert done.returncode == 2 and "usage: cumbia" in done.stderr


def test_every_variable_that_is_read_is_a_setting():
    root = Path(__file__).parents[2]
    known = {one.name for one in SETTINGS} | {"CUMBIA_BLESS"}
    folders = [root / "python" / "src", root / "python" / "cumbia", *(root / "compiler").glob("*/src")]
    files = [path for folder in folders for ext in ("rs", "py") for path in folder.rglob(f"*.{ext}")]
    read = {name for path in files for name in re.findall(r"CUMBIA_[A-Z][A-Z0-9_]*", path.read_text(encoding="utf-8"))}
    assert read - known == set(), read - known


def test_arguments_of_methods_have_names():
    def total(a):
        s = 0.0
        for i in range(a.shape[0]):
            s += a[i]
        return s

    function = cumbia.jit(total)
    function(np.ones(5))
    [signature] = function.signatures
    assert function.inspect_ir(tier="best") == function.inspect_ir(None, "best")
    assert function.inspect_ir(signature=signature) == function.inspect_ir(signature)
    assert function.inspect_asm(tier="fast") == function.inspect_asm(None, "fast")
    assert str(function.explain(signature=signature)) == str(function.explain(signature))
    function.wait(timeout=60)
    function.disable_compile(flag=True)
    with pytest.raises(TypeError):
        function(np.ones(5, np.float32))
    function.disable_compile(flag=False)
    assert function(np.ones(5, np.float32)) == 5.0
    for call, text in (
        (lambda: function.wait(1, 2), r"wait\(\) takes at most 1 argument \(2 given\)"),
        (lambda: function.wait(time=1), r"wait\(\) got an unexpected keyword argument 'time'"),
        (
            lambda: function.inspect_ir("fast", signature=None),
            r"inspect_ir\(\) got multiple values for argument 'signature'",
        ),
    ):
        with pytest.raises(TypeError, match=text):
            call()
