"""Strings in compiled functions: methods, operators, texts of values, against CPython.

The runtime's functions themselves are held against `str` in `test_string_helpers.py`; here
are the bodies' signatures and defaults, and what the compiler makes of them.
"""

import random

import numpy as np
import pytest

import cumbia._cumbia as native
from cumbia import jit
from tests.python.harness import check, define, refused
from tests.python.test_string_helpers import strings

WORDS = ["", "a", "  spam, egg\t", "aXb é", "Ābc一 x", "x😀y", "ab\nc\r\n", "-12", "__a1"]

METHODS = [
    *[f"s.{name}()" for name in """upper lower title capitalize swapcase casefold isalnum isalpha
       isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper
       strip lstrip rstrip split rsplit splitlines expandtabs encode""".split()],
    "s.find('a')", "s.find('a', 1)", "s.find('b', -3, 100)", "s.find('', 99)", "s.rfind('a', None, 2)",
    "s.index('a')", "s.rindex('z')", "s.count('a')", "s.count('')", "s.count('', 1)",
    "s.startswith('a')", "s.startswith(('x', '  '))", "s.startswith((), 1)", "s.startswith('', 100)",
    "s.endswith('c\\r\\n')", "s.endswith(('x', 'y'), 0, 3)",
    "s.replace('a', 'é')", "s.replace('', '-')", "s.replace('a', '', 1)",
    "s.split(',')", "s.split('a', 1)", "s.split(maxsplit=1)", "s.split(sep=' ', maxsplit=0)", "s.split('')",
    "s.rsplit(',', 1)", "s.rsplit(None, 1)", "s.splitlines(True)", "s.splitlines(keepends=True)",
    "s.partition(' ')", "s.rpartition('a')", "s.partition('')",
    "s.strip('a ')", "s.lstrip('x')", "s.rstrip('yc\\n')", "s.removeprefix('a')", "s.removesuffix('x')",
    "s.removesuffix('')", "s.ljust(8)", "s.rjust(8, '*')", "s.center(9, '一')", "s.center(3, '')", "s.zfill(6)",
    "s.expandtabs(3)", "s.expandtabs(tabsize=0)", "s.encode('utf-8')", "s.encode(encoding='latin-1', errors='replace')",
    "s.encode('ascii', 'ignore')", "s.encode().decode()", "s.encode('utf-16').decode('utf-16')",
    "s.join(['a', 'b', 'c'])", "s.join(['a'])", "s.join(('a', s))", "s.join('xyz')", "'-'.join(s)",
    "'-'.join([c for c in s])", "s + 'x'", "'é' + s", "s * 3", "-1 * s", "s[::-1]", "s[1:3]", "s[-1]", "s[100]",
    "'a' in s", "s not in 'spam'", "s == 'a'", "s < 'b'", "s >= 'Ā'", "len(s)", "bool(s)", "s or 'empty'",
    "repr(s)", "ascii(s)", "str(s)", "format(s, '>6')", "format(s, '*^12.3')", "f'{s}|{s!r}|{s!a}'",
    "int(s)", "int(s, 16)", "int(s, base=36)", "float(s)", "complex(s)", "ord(s)",
    "[ord(c) for c in s]", "{c: s.count(c) for c in s}", "sorted(s.split())", "s.upper().lower().strip()",
]  # fmt: skip


@pytest.mark.parametrize("text", METHODS)
def test_of_a_string(text):
    function = define(f"def f(s):\n    return {text}\n")
    for s in WORDS:
        check(function, s)
    rng = random.Random(text)
    for s in strings(rng, 30):
        if not any("\ud800" <= c <= "\udfff" for c in s):
            check(function, s)
    assert native.live_allocations() == 0


VALUES = [
    *[0, -7, 2**63 - 1, True, 0.1, -0.0, 1e16, 1e-5, float("nan"), 1.5 - 2j, -0j, None, "it's", b"a'\x00"],
    *[np.int8(-3), np.uint8(3), np.uint64(2**64 - 1), np.float32(0.1), np.float32(1e8), np.float64(2.0)],
    *[np.bool(True), np.complex64(1 + 0.1j), np.complex128(2j)],
    *[(), (1,), (1, "é", None), [1, 2], [0.5], ["a", "一"], [(1, 2.0)], {1: "a"}, {"k": [1]}, {3}],
]


@pytest.mark.parametrize("text", ["str(x)", "repr(x)", "ascii(x)", "f'{x}'", "f'{x!s:>30}'", "format(x)", "str([x])", "str((x,))"])
def test_text_of_values(text):
    function = define(f"def f(x):\n    return {text}\n")
    for x in VALUES:
        check(function, x)
    assert native.live_allocations() == 0


@pytest.mark.parametrize("spec", ["d", "5", "<7", "+.3f", "08.2f", ",", "_x", ".1%", "e", "g", "c", "#x", "n", "s", "zz"])
def test_formats(spec):
    function = define(f"def f(x):\n    return f'{{x:{spec}}}'\n")
    for x in [0, -1234567, 97, True, 2.5, -0.125, 1e20, np.float32(1.1), np.int16(-5), np.uint64(2**63), "text"]:
        check(function, x)


def test_specifications_that_are_computed():
    function = define("def f(x, width, digits):\n    return f'{x:>{width}.{digits}f}'\n")
    check(function, 3.14159, 12, 2)
    check(function, 3.14159, 0, 0)


@pytest.mark.parametrize("text", ["chr(n)", "hex(n)", "oct(n)", "bin(n)", "str(n) * 2", "'x' * n"])
def test_of_an_integer(text):
    function = define(f"def f(n):\n    return {text}\n")
    for n in [0, 1, -1, 65, 955, 1114111, 1114112, -5]:
        if "* n" in text and n > 1000:
            continue
        check(function, n)


def test_bytes():
    for text in ["b + b'x'", "b * 2", "b[1:]", "b[::-1]", "b[0]", "97 in b", "300 in b", "b.hex()", "b.decode()",
                 "b.decode('latin-1')", "b.decode('ascii', 'replace')", "b == b'ab'", "b < b'b'", "repr(b)", "len(b)"]:  # fmt: skip
        function = define(f"def f(b):\n    return {text}\n")
        for b in [b"", b"ab", b"\xff\x00a", "é".encode()]:
            check(function, b)


def count_words(text):
    counts = {}
    for word in text.lower().split():
        word = word.strip(".,;")
        if word:
            counts[word] = counts.get(word, 0) + 1
    return counts


def is_palindrome(text):
    kept = "".join([c.lower() for c in text if c.isalnum()])
    return kept == kept[::-1]


def parse_table(text):
    rows = []
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        name, _, rest = line.partition(":")
        rows.append((name.strip(), float(rest)))
    return rows


def caesar(text, key):
    out = ""
    for c in text:
        if c.isalpha() and c.isascii():
            base = ord("a") if c.islower() else ord("A")
            out += chr((ord(c) - base + key) % 26 + base)
        else:
            out += c
    return out


def test_programs():
    text = "The cat. the dog; The CAT,\n a été là . une Été"
    check(count_words, text)
    check(count_words, "")
    check(is_palindrome, "A man, a plan, a canal: Panama")
    check(is_palindrome, "Éa aé x")
    check(parse_table, "# head\nx: 1.5\n\ny : -2e3\n")
    check(parse_table, "x: 1.5\nbad\n")
    check(caesar, "Hello, Wörld!", 3)
    assert native.live_allocations() == 0


def test_python_is_asked_with_and_without_the_lock():
    """A kernel too small to release the GIL, and one that does, from another thread, too."""
    import threading

    @jit
    def looped(s, n):
        total = 0
        for _ in range(n):
            total += len(s.upper())
        return total

    @jit
    def once(s):
        return s.upper()

    assert once("straße") == "STRASSE"
    results = []
    threads = [threading.Thread(target=lambda: results.append(looped("straße", 2000))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [14000] * 4


@pytest.mark.parametrize(
    "text, code",
    [
        ("s.format(1)", "CB0303"),
        ("s.translate([1])", "CB0506"),
        ("s.find(3)", "CB0303"),
        ("s + 1", "CB0506"),
        ("','.join([1])", "CB0303"),
    ],
)
def test_refusals(text, code):
    refused(define(f"def f(s):\n    return {text}\n"), "a", _code=code)


def test_print(capsys):
    @jit
    def show(x):
        print(x, 1, "é一", None, (x,))
        print(sep="-", end="!")
        print(x, x, sep="", end=None)

    show(2.5)
    compiled = capsys.readouterr().out
    show.py_func(2.5)
    assert compiled == capsys.readouterr().out


def test_the_text_of_a_long_invalid_literal():
    """CPython shows 200 characters of its `repr`."""
    for text in ("x" * 199, "x" * 300, "é" * 250, "\n" * 150, "'" * 250):
        check(define("def f(s):\n    return int(s)\n"), text)
        check(define("def f(s):\n    return float(s)\n"), text)
