"""`str.format` and `%` in compiled functions against CPython.

What a malformed template or one that doesn't fit its arguments is refused as, is listed at
the end: Python raises there.
"""

import numpy as np
import pytest

import cumbia._cumbia as native
from tests.python.harness import check, define, refused

VALUES = [0, -12345, True, 2.5, -0.0, 1e300, float("nan"), float("inf"), "text", "é😀", ""]
NUMPY = [np.int8(-3), np.float32(0.1), np.float64(2.5), np.uint16(7)]


@pytest.mark.parametrize(
    "template",
    [
        "", "plain", "{{}}", "{}", "{0}{0}", "<{:>8}>", "{!r:*^12}|{!s}", "{:{}}", "{:{w}}", "{0:{1}}{0!a}", "a{}b{{c}}",
        "{x}", "{x!r}{0}", "{x:>{w}}",
    ],
)  # fmt: skip
def test_format(template):
    function = define(f"def f(v, w):\n    return {template!r}.format(v, w, x=v, w=w)\n")
    for value in VALUES:
        check(function, value, 9)
    assert native.live_allocations() == 0


@pytest.mark.parametrize("spec", ["d", "5", "<7", "+.3f", "08.2f", ",", ".1%", "e", "g", "c", "#x", "zz"])
def test_specifications(spec):
    function = define(f"def f(v):\n    return '{{:{spec}}}|'.format(v)\n")
    for value in [*VALUES, *NUMPY]:
        check(function, value)


def test_parts_of_arguments():
    check(define("def f(p, d):\n    return '{0[1]}{0[0]:.1f} {d[k]} {1[k]}'.format(p, d, d=d)\n"), (1.25, "x"), {"k": 3})
    check(define("def f(p):\n    return '{0[2]}{0[0]}'.format(p)\n"), [1, 2])
    check(define("def f(z):\n    return '{0.real:g}{0.imag:+g}'.format(z)\n"), 1 - 2j)
    check(define("def f(d):\n    return '{0[missing]}'.format(d)\n"), {"k": 1})
    check(define("T = 'x'\ndef f(n):\n    t = '{}-' + '{}'\n    return t.format(n, [n, n])\n"), 3)
    check(define("def f(a, b):\n    return ', '.join(['{}:{}'.format(a, x) for x in b])\n"), "n", [1.5, 2.0])


PERCENT = ["%s", "%r", "%a", "%d", "%i", "%u", "%5d", "%-5d|", "%05d", "%+d", "% d", "%.3d", "%x", "%#X", "%o",
           "%f", "%.2f", "%8.3f", "%-8.1f|", "%+.1e", "%G", "%g", "%010.2f", "%10s", "%-10s|", "%.2s", "%8.1r", "%c",
           "100%%", "%d%%", "a%sb", "%ld", "%F", "%#.3g", "%5.s|"]  # fmt: skip


@pytest.mark.parametrize("template", PERCENT)
def test_percent(template):
    one = define(f"def f(v):\n    return {template!r} % v\n")
    pair = define(f"def f(v):\n    return {template!r} % (v,)\n")
    two = define(f"def f(v):\n    return {template + '|%s'!r} % (v, 1)\n")
    for value in [*VALUES, *NUMPY]:
        letter = template.rstrip("|%b")[-1]
        # What Python refuses for its type alone is refused when compiling.
        if letter in "sra0" or not isinstance(value, str):
            if letter == "c" and not isinstance(value, (int, np.integer)):
                continue
            if letter in "xXo" and isinstance(value, np.floating):
                continue
            check(one, value)
            check(pair, value)
            if template != "100%%":
                check(two, value)
    assert native.live_allocations() == 0


def test_percent_with_widths_keys_and_containers():
    check(define("def f(w, x):\n    return '%*d|%-*s|%0*d' % (w, x, w, 'a', w, x)\n"), 6, 42)
    check(define("def f(w, x):\n    return '%*d|%-*s|%0*d' % (w, x, w, 'a', w, x)\n"), -6, 42)
    check(define("def f(d):\n    return '%(a)s-%(b)05d%%' % d\n"), {"a": 1, "b": 22})
    check(define("def f(d):\n    return '%(a)s %(zz)s' % d\n"), {"a": 1})
    check(define("def f(d):\n    return 'no fields' % d\n"), {"a": 1})
    check(define("def f(d):\n    return '%s' % d\n"), {"a": 1})
    check(define("def f(x):\n    return '%s and %r' % (x, x)\n"), [1.5, 2.0])
    check(define("def f(x):\n    return '%s' % x\n"), [1.5, 2.0])
    check(define("def f(x):\n    return 'none' % x\n"), [1.5, 2.0])
    check(define("def f(x):\n    return 'none' % x\n"), 3)
    check(define("def f(x):\n    return 'none' % (x, x)\n"), 3)
    check(define("def f(x):\n    return '%d %d' % (x,)\n"), 3)
    check(define("def f(x):\n    return '%d %d' % x\n"), 3)
    check(define("def f(x):\n    return '%d' % (x, x)\n"), 3)
    check(define("def f(x):\n    return 'none' % ()\n"), 3)
    check(define("def f(s):\n    s %= 3\n    return s\n"), "<%d>")
    check(define("def f(x):\n    raise ValueError('bad %d' % x)\n"), 3)


def test_templates_known_at_run_time():
    function = define("def f(s, x):\n    return s % x\n")
    for template in ("%d", "%s|%%", "%5.1f", "%x", "no", "%", "%d %d", "%y", "%(a)s", "%c"):
        for value in (3, -2.5, "é"):
            check(function, template, value)


@pytest.mark.parametrize(
    "text, code",
    [
        ("'{'.format(x)", "CB0303"),
        ("'{} {}'.format(x)", "CB0506"),
        ("'{a}'.format(x)", "CB0506"),
        ("'{0}{}'.format(x, x)", "CB0303"),
        ("'{0.bit_length}'.format(x)", "CB0506"),
        ("str(x).format(x)", "CB0303"),
        ("'%d' % 'a'", "CB0506"),
        ("'%f' % 1j", "CB0506"),
        ("'%y' % x", "CB0303"),
        ("'%(a)s' % x", "CB0506"),
        ("'%.*f' % (2, x)", "CB0303"),
        ("str(x) % (x, x)", "CB0506"),
        ("str(x) % True", "CB0506"),
        ("'{a}'.format_map({'a': x})", "CB0506"),
    ],
)
def test_refusals(text, code):
    refused(define(f"def f(x):\n    return {text}\n"), 3, _code=code)


def test_translation():
    for text in ("str.maketrans('lo', '01', 'h')", "str.maketrans('ab', 'xy')", "str.maketrans({'l': 'LL', 'o': ''})",
                 "str.maketrans({108: 'é', 111: '😀'})", "str.maketrans('a', 'xy')", "str.maketrans({'ab': 'c'})", "{104: 98}"):  # fmt: skip
        function = define(f"def f(s):\n    return s.translate({text})\n")
        for s in ("hello", "naïve world", "", "lll", "😀lo"):
            check(function, s)
    check(define("def f(s):\n    return s.translate({104: 1114112})\n"), "hello")
    assert native.live_allocations() == 0


def test_hashes():
    function = define("def f(x):\n    return hash(x)\n")
    for x in (0, -1, 2**61 - 1, -(2**63), True, 0.5, -0.0, 1e300, float("inf"), 1 + 2j, "", "a", "é", "😀", b"", b"x",
              (), (1, "a", 2.5), ((1, 2), b"x"), np.int8(-1), np.float32(0.1), np.uint64(2**64 - 1), None):  # fmt: skip
        check(function, x)
    for x in ([1], {1: 2}, {1}):
        refused(function, x, _code="CB0506")


def test_hexadecimal_floats():
    function = define("def f(x):\n    return x.hex(), float.fromhex(x.hex())\n")
    for x in (0.0, -0.0, 1.5, -1e-310, 1.7976931348623157e308, float("inf"), float("nan")):
        check(function, x)
    function = define("def f(s):\n    return float.fromhex(s)\n")
    for s in ("0x1p3", " -0x.8p+1 ", "1", "inf", "nan", "zz", "", "0x1p5000"):
        check(function, s)


def test_unbound_methods():
    check(define("def f(xs):\n    return list(map(str.upper, xs)), sorted(xs, key=str.lower), str.join('-', xs)\n"), ["b", "A", "é"])
    check(define("def f(xs):\n    return [bytes.hex(x) for x in xs]\n"), [b"b", b""])
    refused(define("def f(n):\n    return str.upper(n)\n"), 3, _code="CB0303")
