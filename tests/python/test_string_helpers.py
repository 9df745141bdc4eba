"""The runtime's strings, bytes and text of numbers against CPython's own.

Each runtime function is called through the extension's test entry with random strings of
every unit size and compared with the method of `str` that it implements: value, or class
and text of the exception. Nothing may be left allocated.
"""

import random
import struct
import sys

import pytest

import cumbia._cumbia as native

ALPHABETS = [
    "ab",
    "aB c\t\n'\"\\_19",
    "aé\xa0\xad\x85ÿßµ ",
    "aāĀǅ\u2028\u2029\u3000一ßİ\u0301١²½\ud800",
    "a😀𝐀\U0001d7ce\U0010ffff é一",
    "\r\n\v\f\x1c\x1d\x1e\x1f\x85\u2028 x",
]
LOW, HIGH = 0, 2**63 - 1


def strings(rng, count, longest=12):
    for _ in range(count):
        alphabet = rng.choice(ALPHABETS)
        yield "".join(rng.choice(alphabet) for _ in range(rng.randrange(longest)))


def answer(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return type(error), str(error)


def same(name, expected, *arguments):
    got = answer(native._call_helper, name, *arguments)
    # By `repr`, for signs of zeros and nan.
    assert type(got) is type(expected) and repr(got) == repr(expected), (name, arguments)


@pytest.fixture(autouse=True)
def nothing_left():
    before = native.live_allocations()
    yield
    assert native.live_allocations() == before


METHODS = """upper lower title capitalize swapcase casefold isalnum isalpha isascii isdecimal
isdigit isidentifier islower isnumeric isprintable isspace istitle isupper""".split()


@pytest.mark.parametrize("name", METHODS)
def test_methods_without_arguments(name):
    rng = random.Random(name)
    for s in ["", *strings(rng, 800)]:
        same(f"str_{name}", getattr(s, name)(), s)


def test_every_character():
    """Whitespace, line ends and printability of the running Python's Unicode version."""
    for point in [*range(0x3100), *range(0xD7F0, 0xE010), *range(0xFE00, 0x10100), 0x10FFFF]:
        c = chr(point)
        assert native._call_helper("str_isspace", c) == c.isspace(), hex(point)
        assert native._call_helper("str_splitlines", c + "x", False) == (c + "x").splitlines()
    spaces = "".join(chr(point) for point in range(sys.maxunicode + 1) if chr(point).isspace())
    assert native._call_helper("str_isspace", spaces)
    others = [chr(point) for point in range(sys.maxunicode + 1) if not chr(point).isspace()]
    assert native._call_helper("str_split_space", "".join(others), -1) == ["".join(others)]
    for c in map(chr, range(0x180)):
        same("str_repr", repr(c), c)
        same("str_ascii", ascii(c), c)


def test_searching():
    rng = random.Random(1)
    for hay in strings(rng, 1500, 20):
        for needle in [*strings(rng, 2, 3), hay[1:3], ""]:
            start, end = rng.choice([(LOW, HIGH), (rng.randint(-9, 9), rng.randint(-9, 22))])
            for name in ("find", "rfind", "count", "startswith", "endswith"):
                same(f"str_{name}", getattr(hay, name)(needle, start, end), hay, needle, start, end)
            same("str_contains", needle in hay, hay, needle)
            same("str_equal", hay == needle, hay, needle)
            same("str_compare", (hay > needle) - (hay < needle), hay, needle)
            new, count = rng.choice(["", "xy", "ā"]), rng.randint(-1, 3)
            same("str_replace", hay.replace(needle, new, count), hay, needle, new, count)


def test_long_searches():
    text = "spam egg " * 5000
    for needle in ("gg s", "spam egg spam x", "z", " "):
        same("str_count", text.count(needle), text, needle, LOW, HIGH)
        same("str_rfind", text.rfind(needle), text, needle, LOW, HIGH)
        same("str_replace", text.replace(needle, "."), text, needle, ".", -1)
    wide = "一二" * 5000 + "三"
    same("str_find", wide.find("二三"), wide, "二三", LOW, HIGH)


def test_splitting():
    rng = random.Random(2)
    for s in strings(rng, 1500, 20):
        most = rng.randint(-1, 3)
        same("str_split_space", s.split(None, most), s, most)
        same("str_rsplit_space", s.rsplit(None, most), s, most)
        keep = rng.random() < 0.5
        same("str_splitlines", s.splitlines(keep), s, keep)
        for separator in [*strings(rng, 1, 3), s[1:2], s[2:4]]:
            same("str_split", answer(s.split, separator, most), s, separator, most)
            same("str_rsplit", answer(s.rsplit, separator, most), s, separator, most)
        for sides, name in ((1, "lstrip"), (2, "rstrip"), (3, "strip")):
            same("str_strip_space", getattr(s, name)(), s, sides)
            characters = next(strings(rng, 1, 4))
            same("str_strip", getattr(s, name)(characters), s, characters, sides)


def test_making():
    rng = random.Random(3)
    for s in strings(rng, 1200):
        other = next(strings(rng, 1))
        same("str_concat", s + other, s, other)
        times = rng.randint(-1, 4)
        same("str_repeat", s * times, s, times)
        items = list(strings(rng, rng.randrange(5), 5))
        same("str_join", s.join(items), s, items)
        same("str_join_characters", s.join(other), s, other)
        width = rng.randint(-2, 20)
        same("str_zfill", s.zfill(width), s, width)
        fill = rng.choice([" ", "*", "é", "一", "😀", "", "ab"])
        for how, name in enumerate(("ljust", "rjust", "center")):
            same("str_justify", answer(getattr(s, name), width, fill), s, width, fill, how)
        same("str_expandtabs", s.expandtabs(width), s, width)
        same("str_repr", repr(s), s)
        same("str_ascii", ascii(s), s)
        for _ in range(4):
            if s:
                start, step = rng.randrange(len(s)), rng.choice([1, 2, 3, -1, -2])
                part = s[start::step]
                same("str_slice", part, s, start, step, len(part))
                same("str_item", s[start], s, start)
        same("str_ord", answer(ord, s) if len(s) == 1 else
             (TypeError, f"ord() expected a character, but string of length {len(s)} found"), s)
    for point in (0, 97, 233, 256, 0xFFFF, 0x10000, 0x10FFFF):
        same("str_chr", chr(point), point)
    for point in (-1, 0x110000, 2**40):
        same("str_chr", (ValueError, "chr() arg not in range(0x110000)"), point)


def test_codecs():
    rng = random.Random(4)
    for s in strings(rng, 600):
        for encoding in ("utf-8", "UTF8", "ascii", "latin-1", "utf-16-le", "cp1252", "nonsense"):
            for errors in ("strict", "replace", "ignore"):
                expected = answer(s.encode, encoding, errors)
                same("str_encode", expected, s, encoding, errors)
                if isinstance(expected, bytes):
                    same("bytes_decode", answer(expected.decode, encoding, errors), expected, encoding, errors)
        raw = bytes(rng.randrange(256) for _ in range(rng.randrange(6)))
        same("bytes_decode", answer(raw.decode, "utf-8"), raw, "utf-8", "strict")
        same("bytes_decode", answer(raw.decode, "utf-8", "replace"), raw, "utf-8", "replace")
        same("bytes_repr", repr(raw), raw)
        same("bytes_hex", raw.hex(), raw)
        same("bytes_concat", raw + b"x", raw, b"x")
        same("bytes_repeat", raw * 3, raw, 3)
        same("bytes_slice", raw[:2], raw, 0, 1, len(raw[:2]))
        same("bytes_compare", (raw > b"a\x80") - (raw < b"a\x80"), raw, b"a\x80")
        same("bytes_has", 97 in raw, raw, 97)


def texts_of_numbers(rng):
    pieces = ["", "0", "1", "12", "_", "+", "-", ".", "e", "E5", "e-3", "inf", "nan", "infinity",
              " ", "\n", "x", "0x", "0b", "0o", "7f", "١", "\xa0", "j", "J", "(", ")", "一", "'"]  # fmt: skip
    for _ in range(6000):
        yield "".join(rng.choice(pieces) for _ in range(rng.randrange(5)))


def test_numbers_from_text():
    rng = random.Random(5)
    for s in texts_of_numbers(rng):
        base = rng.choice([10, 10, 0, 16, 2, 8, 36, 1, 37, -2])
        expected = answer(int, s, base)
        if isinstance(expected, int) and not -(2**63) <= expected < 2**63:
            assert answer(native._call_helper, "int_of_str", s, base)[0] is OverflowError
        else:
            same("int_of_str", expected, s, base)
        same("float_of_str", answer(float, s), s)
        expected = answer(complex, s)
        parts = (expected.real, expected.imag) if isinstance(expected, complex) else (expected,) * 2
        same("complex_of_str_real", parts[0], s)
        same("complex_of_str_imag", parts[1], s)
    same("int_of_str", -(2**63), f"  -{2**63}", 10)
    for s in ("9223372036854775808", "-9223372036854775809", "1" * 40):
        assert answer(native._call_helper, "int_of_str", s, 10)[0] is OverflowError
    for _ in range(2000):
        x = struct.unpack("d", rng.randbytes(8))[0]
        same("float_of_str", float(repr(x)), repr(x))
        same("float_of_str", float(f"{x:.25e}"), f"{x:.25e}")


SPECS_FILL = ["", "", "", "*<", "0>", "é^", "=", "<", ">", "^", " =", "一<", "😀>"]


def specs(rng, count):
    for _ in range(count):
        spec = rng.choice(SPECS_FILL) + rng.choice(["", "", "+", "-", " "])
        spec += rng.choice(["", "", "", "#", "z"]) + rng.choice(["", "", "0"])
        spec += rng.choice(["", "", "1", "6", "13", "22"]) + rng.choice(["", "", ",", "_"])
        spec += rng.choice(["", "", ".0", ".1", ".2", ".7", ".20", "."])
        yield spec + rng.choice(["", "", *"bcdoxXneEfFgG%s", "q", "dd"])


INTS = [0, 1, -1, 7, 97, 255, 1000, -1234567, 10**12, 2**63 - 1, -(2**63)]
FLOATS = [0.0, -0.0, 1.0, 0.5, 2.5, -0.125, 1e-5, 1e-4, 0.1, 123456.789, 999999.5, 1e15, 1e16, 1e22,
          5e-324, 1.7976931348623157e308, 1 / 3, float("inf"), float("-inf"), float("nan")]  # fmt: skip


def test_format_of_numbers():
    rng = random.Random(6)
    for spec in ["", *specs(rng, 6000)]:
        value = rng.choice(INTS)
        same("format_int", answer(format, value, spec), value, spec)
        same("format_bool", answer(format, value > 0, spec), value > 0, spec)
        for x in (rng.choice(FLOATS), rng.uniform(-1000, 1000), 10 ** rng.uniform(-20, 20)):
            same("format_float", answer(format, x, spec), x, spec)
        z = complex(rng.choice(FLOATS), rng.choice(FLOATS))
        same("format_complex", answer(format, z, spec), z.real, z.imag, spec)


def test_format_of_strings():
    rng = random.Random(7)
    for spec in ["", *specs(rng, 3000)]:
        s = next(strings(rng, 1))
        same("format_str", answer(format, s, spec), s, spec)


def test_shortest_floats():
    rng = random.Random(8)
    for _ in range(20000):
        x = struct.unpack("d", rng.randbytes(8))[0]
        same("format_float", repr(x), x, "")
    for value in INTS:
        same("str_of_int", str(value), value)
