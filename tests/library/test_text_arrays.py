"""numpy.strings of arrays of texts, against NumPy."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.differential import compiled, plain

TEXTS = [
    np.array(["abc", "D\u00e9f 1", "  x ", "", "ABC d", "\u00df\u0149", "12", "\u4e2d b"]),
    np.array([b"abc", b"Def 1", b"  x ", b"", b"ABC d", b"\xff\n", b"12", b"bb b"]),
]
NUMBERS = ["str_len", "isalpha", "isdigit", "isspace", "isalnum", "islower", "isupper", "istitle"]
CASES = ["upper", "lower", "swapcase", "capitalize", "title", "strip", "lstrip", "rstrip"]


def same(expression, *arguments):
    parameters = "a, b"[: 3 * len(arguments) - 2]
    got = compiled(f"return {expression}", parameters)(*arguments)
    want = plain(f"return {expression}", parameters)(*arguments)
    assert (type(got), got.dtype, got.shape) == (type(want), want.dtype, want.shape), expression
    assert got.tolist() == want.tolist(), expression


@pytest.mark.parametrize("texts", TEXTS, ids=["str", "bytes"])
@pytest.mark.parametrize("name", NUMBERS + CASES)
def test_of_one_text(name, texts):
    readonly = texts.copy()
    readonly.flags.writeable = False
    for a in (texts, texts[::2], texts[::-1], texts[:0], texts[3:4], readonly):
        same(f"np.strings.{name}(a)", a)
        same(f"np.char.{name}(a)", a)


@pytest.mark.parametrize("texts", TEXTS, ids=["str", "bytes"])
@pytest.mark.parametrize("name", ["find", "rfind", "count", "startswith", "endswith"])
def test_searches(name, texts):
    prefix = "b" if texts.dtype.kind == "S" else ""
    for sub in ("b", "", "bc", " "):
        for rest in ("", ", 1", ", 1, 3", ", -2", ", 0, -1", ", 3, 2"):
            same(f"np.strings.{name}(a, {prefix}{sub!r}{rest})", texts)
    same(f"np.char.{name}(a, b)", texts, texts[0].item())


@pytest.mark.parametrize("name", ["isdecimal", "isnumeric"])
def test_kinds_of_digits(name):
    for a in (TEXTS[0], TEXTS[0][::-2], np.array(["\u0663", "\u00bd", "\u00b2", "7"])):
        same(f"np.strings.{name}(a)", a)


@pytest.mark.parametrize("name", ["index", "rindex"])
def test_searches_that_must_find(name):
    same(f"np.strings.{name}(a, 'b')", np.array(["abcb", "b"]))
    same(f"np.strings.{name}(a, '', 1)", TEXTS[0][:2])
    for kind in (compiled, plain):
        with pytest.raises(ValueError, match="substring not found"):
            kind(f"return np.strings.{name}(a, 'q')", "a")(TEXTS[0])


@pytest.mark.parametrize("texts", TEXTS, ids=["str", "bytes"])
def test_characters_at_the_ends(texts):
    prefix = "b" if texts.dtype.kind == "S" else ""
    for name in ("strip", "lstrip", "rstrip"):
        for chars in ("a", "cA ", "x"):
            same(f"np.strings.{name}(a, {prefix}{chars!r})", texts)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("np.strings.upper(a.reshape(8, 1))", "one dimension|reshape"),
        ("np.strings.upper(np.arange(3))", "an array of texts"),
        ("np.strings.upper('abc')", "an array of texts"),
        ("np.strings.find(a, a)", "one str or bytes"),
        ("np.strings.strip(a, a)", "one str or bytes"),
        ("np.strings.replace(a, 'a', 'b')", "replace"),
        ("np.strings.multiply(a, 2)", "length of its texts"),
        ("np.strings.isdecimal(np.arange(3))", "an array of texts"),
    ],
)
def test_refusals(expression, words):
    with pytest.raises(CompileError, match=words):
        compiled(f"return {expression}", "a")(TEXTS[0])


@pytest.mark.parametrize("shape", [(2, 1), (1, 2), (2, 1, 1)])
@pytest.mark.parametrize("expression", ["np.strings.upper(a)", "np.strings.find(a, 'b')", "np.strings.str_len(a)", "np.strings.strip(a, 'a')", "np.strings.isalpha(a)", "np.char.lower(a)"])
def test_several_axes(expression, shape):
    same(expression, np.array(["a b", "Cd"]).reshape(shape))


@pytest.mark.parametrize("expression", ["np.char.split(a)", "np.char.join('-', a)", "np.char.partition(a, ' ')", "np.strings.add(a, 'x')", "np.char.splitlines(a)"])
def test_refusals_say_what_to_write(expression):
    with pytest.raises(CompileError) as info:
        compiled(f"return {expression}", "a")(np.array(["a b", "Cd"]))
    assert "write a loop" in str(info.value)
