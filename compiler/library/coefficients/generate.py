"""Writes `bodies/minimax.py`: the polynomials of the elementary functions.

    python compiler/library/coefficients/generate.py [--check]

Each row of `POLYNOMIALS` names a function of the file, what it approximates over which
interval, by what its error is weighted and below which bound that has to be. The names
that end in `_single` serve float32, which is computed in float64. `--check` says whether
the file is as it would be written.
"""

import re
import sys
from pathlib import Path

from mpmath import mp, mpf

sys.path.insert(0, str(Path(__file__).parent))
from remez import fit  # noqa: E402

TARGET = Path(__file__).parent.parent / "bodies" / "minimax.py"

HALF_LN2 = mp.log(2) / 2 * mpf("1.0001")
# Of (m - 1) / (m + 1) for m from sqrt(1/2) to sqrt(2).
ATANH_END = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mpf("1.0001")
QUARTER_PI = mp.pi / 4 * mpf("1.0001")
TAN_EIGHTH = mp.tan(mp.pi / 8) * mpf("1.0001")


def root(z):
    return mp.sqrt(z)


def two(exponent):
    return mpf(2) ** exponent


# name: (variable, what, function, weight, low, high, bound).
POLYNOMIALS = {
    "exp_tail": (
        "r", "(exp(r) - 1 - r) / r**2",
        lambda r: (mp.exp(r) - 1 - r) / r**2, lambda r: abs(r), -HALF_LN2, HALF_LN2, two(-58),
    ),
    "exp_tail_single": (
        "r", "(exp(r) - 1 - r) / r**2",
        lambda r: (mp.exp(r) - 1 - r) / r**2, lambda r: abs(r), -HALF_LN2, HALF_LN2, two(-33),
    ),
    "exp_rest": (
        "r", "(exp(r) - 1 - r - r**2 / 2) / r**3",
        lambda r: (mp.exp(r) - 1 - r - r**2 / 2) / r**3, lambda r: r**2, -HALF_LN2, HALF_LN2, two(-60),
    ),
    "sinh_tail": (
        "z", "(sinh(r) - r) / r**3, where z = r**2",
        lambda z: (mp.sinh(root(z)) / root(z) - 1) / z, lambda z: z, 0, HALF_LN2**2, two(-60),
    ),
    "cosh_tail": (
        "z", "(cosh(r) - 1 - r**2 / 2) / r**4, where z = r**2",
        lambda z: (mp.cosh(root(z)) - 1 - z / 2) / z**2, lambda z: z**2, 0, HALF_LN2**2, two(-60),
    ),
    "sinh_tail_single": (
        "z", "(sinh(r) - r) / r**3, where z = r**2",
        lambda z: (mp.sinh(root(z)) / root(z) - 1) / z, lambda z: z, 0, HALF_LN2**2, two(-33),
    ),
    "cosh_tail_single": (
        "z", "(cosh(r) - 1 - r**2 / 2) / r**4, where z = r**2",
        lambda z: (mp.cosh(root(z)) - 1 - z / 2) / z**2, lambda z: z**2, 0, HALF_LN2**2, two(-33),
    ),
    "log_tail": (
        "z", "(2 * atanh(s) - 2 * s) / s**3, where z = s**2",
        lambda z: 2 * (mp.atanh(root(z)) / root(z) - 1) / z, lambda z: z / 2, 0, ATANH_END, two(-60),
    ),
    "log_tail_single": (
        "z", "(2 * atanh(s) - 2 * s) / s**3, where z = s**2",
        lambda z: 2 * (mp.atanh(root(z)) / root(z) - 1) / z, lambda z: z / 2, 0, ATANH_END, two(-34),
    ),
    "log_tail_long": (
        "z", "(2 * atanh(s) - 2 * s - 2 / 3 * s**3 - 2 / 5 * s**5) / s**7, where z = s**2",
        lambda z: ((2 * (mp.atanh(root(z)) / root(z) - 1) / z - mpf(2) / 3) / z - mpf(2) / 5) / z,
        lambda z: z**3 / 2, 0, ATANH_END, two(-73),
    ),
    "sin_tail": (
        "z", "(sin(r) - r) / r**3, where z = r**2",
        lambda z: (mp.sin(root(z)) / root(z) - 1) / z, lambda z: z, 0, QUARTER_PI**2, two(-59),
    ),
    "cos_tail": (
        "z", "(cos(r) - 1 + r**2 / 2) / r**4, where z = r**2",
        lambda z: (mp.cos(root(z)) - 1 + z / 2) / z**2, lambda z: z**2, 0, QUARTER_PI**2, two(-59),
    ),
    "sin_tail_single": (
        "z", "(sin(r) - r) / r**3, where z = r**2",
        lambda z: (mp.sin(root(z)) / root(z) - 1) / z, lambda z: z, 0, QUARTER_PI**2, two(-33),
    ),
    "cos_tail_single": (
        "z", "(cos(r) - 1 + r**2 / 2) / r**4, where z = r**2",
        lambda z: (mp.cos(root(z)) - 1 + z / 2) / z**2, lambda z: z**2, 0, QUARTER_PI**2, two(-33),
    ),
    "asin_tail": (
        "z", "(asin(s) - s) / s**3, where z = s**2",
        lambda z: (mp.asin(root(z)) / root(z) - 1) / z, lambda z: z, 0, mpf("0.25001"), two(-59),
    ),
    "asin_tail_single": (
        "z", "(asin(s) - s) / s**3, where z = s**2",
        lambda z: (mp.asin(root(z)) / root(z) - 1) / z, lambda z: z, 0, mpf("0.25001"), two(-33),
    ),
    "atan_tail": (
        "z", "(atan(q) - q) / q**3, where z = q**2",
        lambda z: (mp.atan(root(z)) / root(z) - 1) / z, lambda z: z, 0, TAN_EIGHTH**2, two(-59),
    ),
    "atan_tail_single": (
        "z", "(atan(q) - q) / q**3, where z = q**2",
        lambda z: (mp.atan(root(z)) / root(z) - 1) / z, lambda z: z, 0, TAN_EIGHTH**2, two(-33),
    ),
    "inverse_cube_root": (
        "m", "m**(-1 / 3)",
        lambda m: m ** (mpf(-1) / 3), lambda m: m ** (mpf(1) / 3), mpf("0.35"), mpf("2.83"), two(-9),
    ),
}

HEADER = '''"""Minimax polynomials of the elementary functions.

Written by `coefficients/generate.py`, which names the intervals and bounds: change it
there. Operands are `float64`. Estrin's scheme: pairs of terms that don't wait for one another.
"""
'''


def body(name, variable, what, coefficients, bits):
    lines = [f"def {name}({variable}):", f'    """`{what}`, within 2**{bits} after its weight."""']
    terms = [repr(c) for c in coefficients]
    power = variable
    while len(terms) > 1:
        pairs = []
        for low, high in zip(terms[::2], terms[1::2], strict=False):
            pairs.append(f"prim.fma({high}, {power}, {low})")
        if len(terms) % 2:
            pairs.append(terms[-1])
        terms = pairs
        if len(terms) > 1:
            square = f"{variable}{2 * int(power[1:] or 1)}"
            lines.append(f"    {square} = {power} * {power}")
            power = square
    return "\n".join([*lines, *nested(terms[0])])


def nested(expression):
    """The statements of an expression, one line for each innermost pair."""
    lines = []
    while len(expression) > 90:
        inner = re.findall(r"prim\.fma\([^()]*\)", expression)
        for pair in dict.fromkeys(inner):
            name = f"t{len(lines)}"
            lines.append(f"    {name} = {pair}")
            expression = expression.replace(pair, name)
    return [*lines, f"    return {expression}"]


def text():
    parts = [HEADER]
    for name, (variable, what, function, weight, low, high, bound) in POLYNOMIALS.items():
        coefficients = fit(function, weight, low, high, bound)
        parts.append(body(name, variable, what, coefficients, int(mp.log(bound, 2))))
    return "\n\n\n".join(part.strip() for part in parts) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(text() != TARGET.read_text())
    TARGET.write_text(text())
