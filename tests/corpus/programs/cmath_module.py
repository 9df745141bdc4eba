"""`cmath` and complex numbers."""

import cmath

from tests.corpus import call, program


@program(call(-4 + 0j), call(3 - 4j), call(0j))
def sqrt(z):
    return cmath.sqrt(z)


@program(call(1j), call(-1 + 0j), call(2 - 3j))
def log(z):
    return cmath.log(z), cmath.log10(z), cmath.log(z, 2)


@program(call(0j))
def log_of_zero(z):
    return cmath.log(z)


@program(call(1j * cmath.pi), call(1 + 1j))
def exponential(z):
    return cmath.exp(z)


@program(call(0.5 + 1j), call(-2j))
def trigonometry(z):
    return cmath.sin(z), cmath.cos(z), cmath.tan(z)


@program(call(0.5 + 1j), call(-2 + 0j))
def inverse_and_hyperbolic(z):
    return cmath.asin(z), cmath.acos(z), cmath.atan(z), cmath.sinh(z), cmath.cosh(z), cmath.tanh(z)


@program(call(3 + 4j), call(-1 - 0j))
def polar(z):
    return cmath.polar(z), cmath.phase(z), cmath.rect(2.0, 0.5)


@program(call(complex("nan")), call(complex("inf+1j")), call(1j))
def classification(z):
    return cmath.isnan(z), cmath.isinf(z), cmath.isfinite(z), cmath.isclose(z, z + 1e-12)


@program(call(1 + 2j, 3 - 1j), call(0j, 1j))
def arithmetic(a, b):
    return a + b, a - b, a * b, a / b, -a, a == b, a * 2, 1 / b


@program(call(1 + 1j))
def division_by_zero(a):
    return a / 0


@program(call(0.3 + 0.5j, 50), call(1 + 1j, 50))
def mandelbrot(c, limit):
    z = 0j
    for n in range(limit):
        z = z * z + c
        if abs(z) > 2.0:
            return n
    return limit


@program(call(8))
def roots_of_unity(n):
    total = 0j
    for k in range(n):
        total += cmath.exp(2j * cmath.pi * k / n)
    return abs(total) < 1e-12, total.real < 1.0
