"""Writes `bodies/minimax.py` and `minimax_device.py`: the polynomials of the elementary functions.

    python compiler/library/coefficients/generate.py [--check | FILE:NAME ...]

Each row of `POLYNOMIALS` names a function of the file, what it approximates over which
interval, by what its error is weighted and below which bound that has to be. The names
that end in `_single` serve float32, which is computed in float64; `DEVICE_POLYNOMIALS` are for
devices, which compute it in float32. `--check` says whether the files are as they would be
written; `minimax.py:exp_tail` has that one alone computed.
"""

import re
import sys
from pathlib import Path

from mpmath import mp, mpf

sys.path.insert(0, str(Path(__file__).parent))
from remez import fit, single  # noqa: E402

BODIES = Path(__file__).parent.parent / "bodies"

HALF_LN2 = mp.log(2) / 2 * mpf("1.0001")
# Of (m - 1) / (m + 1) for m from sqrt(1/2) to sqrt(2).
ATANH_END = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mpf("1.0001")
QUARTER_PI = mp.pi / 4 * mpf("1.0001")
HALF_PI = mp.pi / 2 * mpf("1.0001")
TAN_EIGHTH = mp.tan(mp.pi / 8) * mpf("1.0001")


def root(z):
    return mp.sqrt(z)


def erfcx(x):
    return mp.exp(x**2) * mp.erfc(x)


# `(1 + 5 / 4 * x) * erfcx(x)` over u, which is from -1 to 1 for x from 0 to infinity.
ERFC_MIDDLE = mpf("3.75")
FIVE_QUARTERS = mpf("1.25")
ERFC_CONSTANT = (1 + FIVE_QUARTERS * ERFC_MIDDLE) * erfcx(ERFC_MIDDLE)


def erfc_ratio(u):
    x = ERFC_MIDDLE * (1 + u) / (1 - u)
    return (1 + FIVE_QUARTERS * x) * erfcx(x)


def erfc_tail(u):
    return (erfc_ratio(u) - ERFC_CONSTANT) / u


# Where erf goes over from one formula to another.
EIGHTHS = mpf("0.875")


# The second coefficient as a double.
ERF_THIRD = mpf(float(-2 / mp.sqrt(mp.pi) / 3))


def erf_tail(z):
    return (mp.erf(root(z)) / root(z) - 2 / mp.sqrt(mp.pi)) / z


def stirling(w):
    """`z * (log(gamma(z + 1/2)) - z * log(z) + z - log(2 * pi) / 2)` over `w = z**-2`."""
    z = 1 / mp.sqrt(w)
    return z * (mp.loggamma(z + mpf(1) / 2) - z * mp.log(z) + z - mp.log(2 * mp.pi) / 2)


# From z = 3.5 on.
STIRLING_END = 1 / mpf("12.24")


def sine_ratio(z):
    return mp.sin(mp.pi * root(z)) / (mp.pi * root(z))


# Of log(gamma(x)) at 2.
LOG_GAMMA_SLOPE = 1 - mp.euler


def log_gamma_near(d):
    return (mp.loggamma(2 + d) / d - LOG_GAMMA_SLOPE) / d


def two(exponent):
    return mpf(2) ** exponent


# name: (variable, what, function, weight, low, high, bound).
POLYNOMIALS = {
    "exp_tail": (
        "r", "(exp(r) - 1 - r) / r**2",
        lambda r: (mp.exp(r) - 1 - r) / r**2, lambda r: abs(r), -HALF_LN2, HALF_LN2, two(-58),
    ),
    "exp_tail_near": (
        "r", "(exp(r) - 1 - r) / r**2",
        lambda r: (mp.exp(r) - 1 - r) / r**2, lambda r: abs(r), -HALF_LN2, HALF_LN2, two(-54),
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
    "log_tail_near": (
        "z", "(2 * atanh(s) - 2 * s - 2 / 3 * s**3) / s**5, where z = s**2",
        lambda z: (2 * (mp.atanh(root(z)) / root(z) - 1) / z - mpf(2) / 3) / z,
        lambda z: z**2 / 2, 0, ATANH_END, two(-63),
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
    "sin_tail_wide": (
        "z", "(sin(r) - r) / r**3, where z = r**2, for r to pi / 2",
        lambda z: (mp.sin(root(z)) / root(z) - 1) / z, lambda z: z, 0, HALF_PI**2, two(-54),
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
    "erf_rest": (
        "z", "(erf(x) - 2 / sqrt(pi) * (x - x**3 / 3)) / x**5, where z = x**2",
        lambda z: (erf_tail(z) - ERF_THIRD) / z, lambda z: z**2, 0, mpf("0.766"), two(-59),
    ),
    "erf_tail_single": (
        "z", "(erf(x) - 2 / sqrt(pi) * x) / x**3, where z = x**2",
        erf_tail, lambda z: z, 0, mpf("0.766"), two(-31),
    ),
    "erfcx_near": (
        "s", "erfcx(7 / 8 + s)",
        lambda s: erfcx(EIGHTHS + s), lambda s: mp.exp(-((EIGHTHS + s) ** 2)), 0, mpf("5.125"), two(-57),
    ),
    "erfcx_near_single": (
        "s", "erfcx(7 / 8 + s)",
        lambda s: erfcx(EIGHTHS + s), lambda s: mp.exp(-((EIGHTHS + s) ** 2)), 0, mpf("3.2"), two(-30),
    ),
    "erfc_log_rest": (
        "x", "(-log(erfc(x)) / x - 2 / sqrt(pi)) / x",
        lambda x: (-mp.log(mp.erfc(x)) / x - 2 / mp.sqrt(mp.pi)) / x,
        lambda x: x**2 * mp.erfc(x) / mp.erf(x), 0, mpf("5.95"), two(-54),
    ),
    "erfc_tail": (
        "u", "((1 + 5 / 4 * x) * erfcx(x) - its middle) / u, where u = (x - 3.75) / (x + 3.75)",
        erfc_tail, lambda u: abs(u), -1, 1, two(-58),
    ),
    "erfc_tail_single": (
        "u", "((1 + 5 / 4 * x) * erfcx(x) - its middle) / u, where u = (x - 3.75) / (x + 3.75)",
        erfc_tail, lambda u: abs(u), -1, 1, two(-31),
    ),
    "stirling_tail": (
        "w", "z * (log(gamma(z + 1 / 2)) - z * log(z) + z - log(2 * pi) / 2), where w = z**-2",
        stirling, root, 0, STIRLING_END, two(-60),
    ),
    "stirling_tail_single": (
        "w", "z * (log(gamma(z + 1 / 2)) - z * log(z) + z - log(2 * pi) / 2), where w = z**-2",
        stirling, root, 0, STIRLING_END, two(-34),
    ),
    "sin_pi_rest": (
        "z", "(sin(pi * r) / (pi * r) - 1 + (pi * r)**2 / 6) / r**4, where z = r**2",
        lambda z: (sine_ratio(z) - 1 + mp.pi**2 / 6 * z) / z**2, lambda z: z**2, 0, mpf("0.25001"), two(-60),
    ),
    "sin_pi_tail_single": (
        "z", "(sin(pi * r) / (pi * r) - 1) / r**2, where z = r**2",
        lambda z: (sine_ratio(z) - 1) / z, lambda z: z, 0, mpf("0.25001"), two(-33),
    ),
    "log_gamma_tail": (
        "d", "(log(gamma(2 + d)) / d - 1 + Euler's constant) / d",
        log_gamma_near, lambda d: abs(d), mpf("-0.1876"), mpf("0.1876"), two(-59),
    ),
    "log_gamma_tail_single": (
        "d", "(log(gamma(2 + d)) / d - 1 + Euler's constant) / d",
        log_gamma_near, lambda d: abs(d), mpf("-0.0626"), mpf("0.0626"), two(-33),
    ),
    "inverse_cube_root": (
        "m", "m**(-1 / 3)",
        lambda m: m ** (mpf(-1) / 3), lambda m: m ** (mpf(1) / 3), mpf("0.35"), mpf("2.83"), two(-9),
    ),
}

# The second coefficient as a float32.
ERF_THIRD_SINGLE = mpf(single(-2 / mp.sqrt(mp.pi) / 3))
# The quadrant of a float32 is found with less precision.
EIGHTH_TURN = QUARTER_PI * mpf("1.002")


def log_near(f):
    return (mp.log(1 + f) - f + f**2 / 2) / f**3


# In float32 throughout: their errors count as roundings do.
DEVICE_POLYNOMIALS = {
    "exp_tail": (
        "r", "(exp(r) - 1 - r) / r**2",
        lambda r: (mp.exp(r) - 1 - r) / r**2, lambda r: abs(r), -HALF_LN2, HALF_LN2, two(-28),
    ),
    "exp_rest": (
        "r", "(exp(r) - 1 - r - r**2 / 2) / r**3",
        lambda r: (mp.exp(r) - 1 - r - r**2 / 2) / r**3, lambda r: r**2, -HALF_LN2, HALF_LN2, two(-28),
    ),
    "sinh_tail": (
        "z", "(sinh(r) - r) / r**3, where z = r**2",
        lambda z: (mp.sinh(root(z)) / root(z) - 1) / z, lambda z: z, 0, HALF_LN2**2, two(-29),
    ),
    "cosh_tail": (
        "z", "(cosh(r) - 1 - r**2 / 2) / r**4, where z = r**2",
        lambda z: (mp.cosh(root(z)) - 1 - z / 2) / z**2, lambda z: z**2, 0, HALF_LN2**2, two(-34),
    ),
    "log_rest": (
        "f", "(log(1 + f) - f + f**2 / 2) / f**3",
        log_near, lambda f: f**2, mp.sqrt(mpf("0.5")) - 1, mp.sqrt(mpf(2)) - 1, two(-29),
    ),
    "log_tail_long": (
        "z", "(2 * atanh(s) - 2 * s - 2 / 3 * s**3 - 2 / 5 * s**5) / s**7, where z = s**2",
        lambda z: ((2 * (mp.atanh(root(z)) / root(z) - 1) / z - mpf(2) / 3) / z - mpf(2) / 5) / z,
        lambda z: z**3 / 2, 0, ATANH_END, two(-37),
    ),
    "sin_tail": (
        "z", "(sin(r) - r) / r**3, where z = r**2",
        lambda z: (mp.sin(root(z)) / root(z) - 1) / z, lambda z: z, 0, EIGHTH_TURN**2, two(-28),
    ),
    "cos_tail": (
        "z", "(cos(r) - 1 + r**2 / 2) / r**4, where z = r**2",
        lambda z: (mp.cos(root(z)) - 1 + z / 2) / z**2, lambda z: z**2, 0, EIGHTH_TURN**2, two(-28),
    ),
    "asin_tail": (
        "z", "(asin(s) - s) / s**3, where z = s**2",
        lambda z: (mp.asin(root(z)) / root(z) - 1) / z, lambda z: z, 0, mpf("0.25001"), two(-28),
    ),
    "atan_tail": (
        "z", "(atan(q) - q) / q**3, where z = q**2",
        lambda z: (mp.atan(root(z)) / root(z) - 1) / z, lambda z: z, 0, TAN_EIGHTH**2, two(-28),
    ),
    "erf_rest": (
        "z", "(erf(x) - 2 / sqrt(pi) * (x - x**3 / 3)) / x**5, where z = x**2",
        lambda z: (erf_tail(z) - ERF_THIRD_SINGLE) / z, lambda z: z**2, 0, mpf("0.766"), two(-28),
    ),
    "erfcx_near": (
        "s", "erfcx(7 / 8 + s)",
        lambda s: erfcx(EIGHTHS + s), lambda s: mp.exp(-((EIGHTHS + s) ** 2)), 0, mpf("3.2"), two(-28),
    ),
    "erfc_tail": (
        "u", "((1 + 5 / 4 * x) * erfcx(x) - its middle) / u, where u = (x - 3.75) / (x + 3.75)",
        erfc_tail, lambda u: abs(u), -1, 1, two(-28),
    ),
    "inverse_cube_root": (
        "m", "m**(-1 / 3)",
        lambda m: m ** (mpf(-1) / 3), lambda m: m ** (mpf(1) / 3), mpf("0.35"), mpf("2.83"), two(-9),
    ),
}

HEADER = '''"""Minimax polynomials of the elementary functions.

Written by `coefficients/generate.py`, which names the intervals and bounds: change it
there. Operands are `float64`. Estrin's scheme: pairs of terms that don't wait for one another.
Those that loops of vectors use most go on by Horner's from the fourth power on, which has fewer
products.
"""
'''

DEVICE_HEADER = '''"""Minimax polynomials of the elementary functions of `float32` on devices.

Written by `coefficients/generate.py`, which names the intervals and bounds: change it
there. Operands are `float32`. Horner's scheme: other threads run while one waits.
"""
'''


# Polynomials with few products, and the power from which on Horner's scheme makes them.
FEW_PRODUCTS = ("exp_tail_near", "erfc_log_rest")
FOURTH = 4


def device_body(name, variable, what, coefficients, bits):
    lines = [f"def {name}({variable}):", f'    """`{what}`, within 2**{bits} after its weight."""']
    first, *others = (f"np.float32({c!r})" for c in reversed(coefficients))
    lines.append(f"    p = {first}")
    lines += [f"    p = prim.fma(p, {variable}, {c})" for c in others[:-1]]
    return "\n".join([*lines, f"    return prim.fma(p, {variable}, {others[-1]})"])


def body(name, variable, what, coefficients, bits):
    lines = [f"def {name}({variable}):", f'    """`{what}`, within 2**{bits} after its weight."""']
    terms = [repr(c) for c in coefficients]
    power = variable
    while len(terms) > 1:
        if name in FEW_PRODUCTS and power[1:] == str(FOURTH):
            while len(terms) > 1:
                terms[-2:] = [f"prim.fma({terms[-1]}, {power}, {terms[-2]})"]
            break
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


# The files: polynomials, header, how one is written, and what coefficients are rounded to.
FILES = {
    "minimax.py": (POLYNOMIALS, HEADER, body, float),
    "minimax_device.py": (DEVICE_POLYNOMIALS, DEVICE_HEADER, device_body, single),
}


def written(target):
    """The functions that a file has, by name."""
    parts = re.split(r"^(?=def )", target.read_text(), flags=re.MULTILINE)[1:]
    return {part[4 : part.index("(")]: part for part in parts}


def text(file, names=()):
    """A file; where names are given, with these anew and the others as they are."""
    polynomials, header, one, rounded = FILES[file]
    parts = [header]
    kept = written(BODIES / file) if names else {}
    for name, (variable, what, function, weight, low, high, bound) in polynomials.items():
        if name in kept and name not in names:
            parts.append(kept[name])
            continue
        coefficients = fit(function, weight, low, high, bound, rounded=rounded)
        parts.append(one(name, variable, what, coefficients, int(mp.log(bound, 2))))
    return "\n\n\n".join(part.strip() for part in parts) + "\n"


if __name__ == "__main__":
    names = sys.argv[1:]
    if "--check" in names:
        sys.exit(any(text(file) != (BODIES / file).read_text() for file in FILES))
    for file in FILES:
        chosen = [name.removeprefix(f"{file}:") for name in names if name.startswith(f"{file}:")]
        if chosen or not names:
            (BODIES / file).write_text(text(file, chosen))
