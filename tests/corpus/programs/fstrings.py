"""f-strings: conversions, specs, nesting."""

import numpy as np

from tests.corpus import call, program


@program(call(3, 2.5), call(-1, 1e100))
def plain(n, x):
    return f"n={n} x={x}"


@program(call(3.14159, 2), call(2.0, 0))
def nested_spec(x, digits):
    return f"{x:.{digits}f}|{x:>{digits + 8}.1f}|"


@program(call("é"), call("a'b"))
def conversions(s):
    return f"{s!r} {s!s} {s!a} {s!r:>8}"


@program(call(7))
def debugging(n):
    return f"{n=} {n + 1 = } {n=:03d} {n = !r}"


@program(call(1, 2))
def braces_and_expressions(a, b):
    return f"{{{a}}} {a + b} {a if a > b else b} {(a, b)}"


@program(call((1, 2.5, "x")))
def items(t):
    return f"{t[0]}/{t[1]}/{t[2]} {t}"


@program(call(True), call(None))
def bool_and_none(x):
    return f"{x} {x!r}"


@program(call(1.0, -0.0), call(float("nan"), float("inf")), call(0.1, 1e-7), call(1e16, 123456789.125))
def floats(a, b):
    return f"{a} {b} {a:g} {b:e} {a + b}"


@program(call(1 + 2j), call(-0.5j))
def complex_numbers(z):
    return f"{z} {z:.2f}"


@program(call([1, 2], {"a": 1.5}))
def containers(xs, d):
    return f"{xs} {d} {xs[0]} {d['a']:.1f} {len(xs)}"


@program(call(5))
def in_a_loop(n):
    lines = []
    for i in range(n):
        lines.append(f"{i:>2}: {i * i:<4}|{'#' * i}")
    return "\n".join(lines)


@program(call("w"))
def concatenated_literals(s):
    return "a" f"{s}" "b" f"{s:>3}"


@program(call(2.5))
def empty_and_constant(x):
    return f"", f"constant", f"{'text'}"  # noqa: F541


@program(call(np.float64(1.5), np.int32(7)), call(np.float32(0.1), np.uint8(200)))
def numpy_scalars(x, n):
    return f"{x} {n} {x:.3f} {n:5d}"


@program(call(3), call(0))
def in_an_exception(n):
    if n == 0:
        raise ValueError(f"bad value {n!r} of {n + 1}")
    return f"ok {n}"


@program(call(12))
def lambda_and_format_call(n):
    return format(n, "x"), format(n, ">5"), format(2.5, ".2e"), format(n)


@program(call("name", 20))
def text_specs(s, w):
    return f"{s:<8}|{s:>8}|{s:^9}|{s:*^{w}}|{s:.2}|{s:5.3}|"
