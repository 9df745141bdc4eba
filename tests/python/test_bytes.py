"""Bytes in compiled functions against CPython: methods, operators, making them, integers.

What `bytes` and `str` have in common is one function of the runtime; `test_strings.py` has
its edge cases. Here are those that differ: whitespace, lines and case are ASCII's alone.
"""

import random

import pytest

import cumbia._cumbia as native
from tests.python.harness import check, define, refused

WORDS = [
    b"", b"a", b"  spam, egg\t", b"aXb \xc3\xa9", b"\xff\x00\x85\xa0", b"ab\nc\r\n\x0b\x1c\rx",
    b"-12", b"AbC dE", b"+7", b"a,b,,c", b"0aF3", bytes(range(256)),
]  # fmt: skip

METHODS = [
    *[f"b.{name}()" for name in """upper lower title capitalize swapcase isalnum isalpha isascii
       isdigit islower isspace istitle isupper strip lstrip rstrip split rsplit splitlines
       expandtabs decode hex""".split()],
    "b.find(b'a')", "b.find(97)", "b.find(b'a', 1)", "b.find(b'', 99)", "b.rfind(b'a', None, 2)", "b.rfind(32)",
    "b.index(b'a')", "b.rindex(122)", "b.count(b'a')", "b.count(97, 1)", "b.count(b'')", "b.find(256)", "b.find(-1)",
    "b.startswith(b'a')", "b.startswith((b'x', b'  '))", "b.startswith((), 1)", "b.endswith(b'c\\r\\n')",
    "b.endswith((b'x', b'b'), 0, 3)", "b.replace(b'a', b'--')", "b.replace(b'', b'-')", "b.replace(b'a', b'', 1)",
    "b.split(b',')", "b.split(b'a', 1)", "b.split(maxsplit=1)", "b.split(sep=b' ', maxsplit=0)", "b.split(b'')",
    "b.rsplit(b',', 1)", "b.rsplit(None, 1)", "b.splitlines(True)", "b.splitlines(keepends=True)",
    "b.partition(b' ')", "b.rpartition(b'a')", "b.partition(b'')", "b.strip(b'a ')", "b.lstrip(b'-')", "b.rstrip(b'c\\n')",
    "b.removeprefix(b'a')", "b.removesuffix(b'x')", "b.removesuffix(b'')", "b.ljust(8)", "b.rjust(8, b'*')",
    "b.center(9, b'.')", "b.center(10, b'.')", "b.zfill(6)", "b.expandtabs(3)", "b.expandtabs(tabsize=0)",
    "b.hex(':')", "b.hex('-', 2)", "b.hex(b'_', -3)", "b.hex('', 2)", "b.hex('é')", "b.hex(' ', 0)", "b.hex(sep=':', bytes_per_sep=4)",
    "b.decode('latin-1')", "b.decode('ascii', 'replace')", "b.decode('utf-8', errors='ignore')", "b.decode('nope')",
    "b.translate(None, b'a')", "b.translate(bytes.maketrans(b'ab', b'xy'))", "b.translate(b'short')",
    "b.translate(bytes(range(255, -1, -1)), delete=b'\\xff')", "bytes.maketrans(b'a', b'')",
    "b','.join([b, b'x', b])", "b.join([b'1', b'2'])", "b.join((b, b))", "b''.join(b.split())", "b'-'.join([b])",
    "b + b'x'", "b * 3", "-1 * b", "b[::-1]", "b[1:3]", "b[-1]", "b[1000]", "b'a' in b", "b'' in b", "97 in b", "300 in b",
    "b == b'a'", "b < b'b'", "b >= b'\\xff'", "b != b''", "len(b)", "bool(b)", "b or b'empty'", "repr(b)", "ascii(b)", "str(b)",
    "bytes(b)", "bytes(list(b))", "bytes([x ^ 255 for x in b])", "bytes(x for x in b)", "list(b)", "sum(b)", "sorted(b)", "max(b)",
    "[b[i : i + 1] for i in range(len(b))]", "{x: b.count(x) for x in b}", "ord(b)", "str(b, 'latin-1')", "bytes.upper(b)",
    "int.from_bytes(b, 'big')", "int.from_bytes(b, 'little', signed=True)", "hash(b) == hash(b + b'')", "(b, 1) == (b + b'', 1)",
]  # fmt: skip


@pytest.mark.parametrize("text", METHODS)
def test_of_bytes(text):
    function = define(f"def f(b):\n    return {text}\n")
    rng = random.Random(text)
    cases = [*WORDS, *(bytes(rng.choices(b"ab ,\n\r\t\x80A9", k=rng.randrange(12))) for _ in range(20))]
    for b in cases:
        if "from_bytes" not in text or len(b) < 8:
            check(function, b)
    assert native.live_allocations() == 0


@pytest.mark.parametrize(
    "text",
    ["bytes(n)", "bytes([n])", "bytes([0, n, 255])", "bytes((n, 1))", "bytes(range(n))", "bytes(bytes(range(3)) * 2)", "bytes()"],
)
def test_made_of_numbers(text):
    function = define(f"def f(n):\n    return {text}\n")
    for n in (0, 1, 3, 255, 256, -1):
        check(function, n)
    assert native.live_allocations() == 0


@pytest.mark.parametrize(
    "text",
    ["bytes.fromhex(s)", "s.encode()", "bytes(s, 'utf-8')", "s.encode('latin-1')", "bytes(s, 'ascii', 'replace')", "bytes(s, encoding='utf-16-le')"],
)
def test_made_of_strings(text):
    function = define(f"def f(s):\n    return {text}\n")
    for s in ("", "00ff", "0 1", "01 AB\tcd\n", "abc", "zz", "é0", "0é", "一二", " ", "a\x0bb"):
        check(function, s)


def test_integers_as_bytes():
    source = "def f(n, size, order, signed):\n    return n.to_bytes(size, order, signed=signed)\n"
    to_bytes = define(source)
    for n in (0, 1, -1, 127, 128, -128, -129, 255, 256, 65535, 2**62, 2**63 - 1, -(2**63), True):
        for size in (0, 1, 2, 8, 9, 20, -1):
            for order in ("big", "little", "middle"):
                for signed in (False, True):
                    check(to_bytes, n, size, order, signed)
    back = define("def f(b, order, signed):\n    return int.from_bytes(b, order, signed=signed)\n")
    for size in range(8):
        for fill in (b"\x00", b"\x7f", b"\x80", b"\xff", b"\x01"):
            for order in ("big", "little", ""):
                for signed in (False, True):
                    check(back, fill * size, order, signed)
    for extended in (b"\xff" * 12, b"\x00" * 9 + b"\x07"):
        check(back, extended, "big", True)
    check(define("def f(n):\n    return n.to_bytes()\n"), 200)
    check(define("def f(n):\n    return int.from_bytes([n, 1])\n"), 200)
    check(define("def f(n):\n    return int.from_bytes([n, 1])\n"), 256)


@pytest.mark.parametrize(
    "text, code",
    [
        ("b + 'a'", "CB0506"),
        ("b.find('a')", "CB0506"),
        ("b.replace(b'a', 'b')", "CB0506"),
        ("b % 1", "CB0506"),
        ("b','.join(['a'])", "CB0303"),
        ("bytes('a')", "CB0506"),
        ("bytes([1.5])", "CB0506"),
        ("'a' in b", "CB0506"),
    ],
)
def test_refusals(text, code):
    refused(define(f"def f(b):\n    return {text}\n"), b"a", _code=code)


def test_texts_that_depend_on_an_exception():
    source = """
    def f(parts, at):
        out = b""
        for i in range(len(parts)):
            try:
                out += parts[i].index(b"x").to_bytes(1, "big")
            except ValueError:
                out += b"?"
            if i == at:
                raise KeyError(out.hex())
        return out
    """
    function = define(source)
    check(function, [b"ax", b"", b"x" * 3], -1)
    check(function, [b"ax", b"", b"x" * 3], 1)
    check(function, [b"a" * 300 + b"x"], 0)
    assert native.live_allocations() == 0
