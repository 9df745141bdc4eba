"""Format specifications of numbers and text."""

from tests.corpus import call, program


@program(call(42), call(-42), call(0))
def widths(n):
    return f"{n:6}|{n:<6}|{n:>6}|{n:^6}|{n:06}|{n:=+6}|{n:*>6}|"


@program(call(42), call(-42))
def signs(n):
    return f"{n:+}|{n:-}|{n: }|{n:+05d}|{n: 05d}|"


@program(call(255), call(-255), call(0))
def bases(n):
    return f"{n:b}|{n:o}|{n:x}|{n:X}|{n:#b}|{n:#o}|{n:#x}|{n:#X}|{n:#010x}|{n:d}|"


@program(call(1234567), call(-999), call(1000))
def grouping(n):
    return f"{n:,}|{n:_}|{n:12,}|{n:012,}|{n:_x}|{n:_b}|"


@program(call(65), call(128013))
def character(n):
    return f"{n:c}|{n:>3c}|"


@program(call(3.14159), call(-2.5), call(0.0), call(1e10), call(float("nan")), call(float("-inf")))
def fixed(x):
    return f"{x:f}|{x:.2f}|{x:.0f}|{x:8.3f}|{x:08.3f}|{x:+.1f}|{x:#.0f}|{x:F}|"


@program(call(31415.9), call(-2.5e-7), call(0.0), call(1e308))
def exponent(x):
    return f"{x:e}|{x:.2e}|{x:E}|{x:.0e}|{x:12.3e}|{x:+e}|"


@program(call(31415.9), call(1e-5), call(123456789.0), call(0.0001), call(1.0), call(float("inf")))
def general(x):
    return f"{x:g}|{x:.3g}|{x:.10g}|{x:G}|{x:#g}|{x:10.4}|{x:.3}|{x:n}|"


@program(call(0.256), call(-1.5), call(12.0))
def percent(x):
    return f"{x:%}|{x:.1%}|{x:8.0%}|"


@program(call(1234567.891), call(-0.5))
def grouped_floats(x):
    return f"{x:,}|{x:,.2f}|{x:_.1f}|{x:15,.2f}|{x:015,.1f}|"


@program(call(0.5), call(1.5), call(2.5), call(2.675), call(1.005))
def rounding_half(x):
    return f"{x:.0f}|{x:.2f}|{x:.1f}|{x:.1e}|"


@program(call("héllo"), call(""))
def text(s):
    return f"{s:10}|{s:>10}|{s:^10}|{s:é<10}|{s:.3}|{s:>4.2}|{s:s}|"


@program(call(True), call(False))
def booleans(b):
    return f"{b:d}|{b:5}|{b:>6}|{b!s:>6}|"


@program(call(5))
def unknown_code_for_an_int(n):
    return f"{n:s}"


@program(call("a"))
def unknown_code_for_text(s):
    return f"{s:d}"


@program(call(2.5))
def unknown_code_for_a_float(x):
    return f"{x:d}"


@program(call(3), call(12))
def precision_for_an_int(n):
    return f"{n:.2f}|{n:e}|{n:g}|{n:%}|"


@program(call(1, 2.5, "x"))
def str_format(n, x, s):
    return "{:>4}|{:.2f}|{!r}|{{}}".format(n, x, s), "{a:03d} {b}".format(a=n, b=s)


@program(call(-0.0), call(-0.001))
def negative_zero(x):
    return f"{x}|{x:.1f}|{x:+g}|{x:z.1f}|"


@program(call({"a": 1.5, "b": -22.25}), call({}))
def table_of_percents(d):
    return ["%-4s|%8.3f|%5d%%" % (name, x, x) for name, x in d.items()]


@program(call("x", 3, 8), call("é", -1.25, -8))
def template_with_widths(name, x, w):
    return "{n!r:>{w}}|{0:+08.2f}|{0}".format(x, n=name, w=abs(w)), "%*s|%-*s" % (w, name, w, name)


@program(call(3), call(0))
def template_that_raises(n):
    return "%d %s" % (n,) if n else "%d" % (n, n)
