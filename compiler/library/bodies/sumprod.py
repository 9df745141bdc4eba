"""`math.sumprod`, which CPython has from 3.12 on.

Integers are added as they are; Python floats in triple length, by algorithm 5.10 with
K = 3 of Ogita, Rump and Oishi, "Accurate Sum and Dot Product", SIAM J. Sci. Comput. 26
(2005); NumPy's scalars with their own arithmetic. Both arguments have a length and items.
"""


@implements("math.sumprod")
def sumprod(p, q, /):
    if len(p) != len(q):
        raise ValueError("Inputs are not the same length")
    if len(p) == 0:
        return 0
    if prim.is_weak(p[0]) and prim.is_weak(q[0]):
        if prim.is_integer(p[0]) and prim.is_integer(q[0]):
            return plain_products(p, q, 0, 0)
        else:
            return float_products(p, q)
    else:
        return plain_products(p, q, 0 + p[0] * q[0], 1)


def plain_products(p, q, total, start):
    for i in range(start, len(p)):
        total = total + p[i] * q[i]
    return total


def float_products(p, q):
    high = 0.0
    low = 0.0
    tiny = 0.0
    for i in range(len(p)):
        x = float(p[i])
        y = float(q[i])
        product = x * y
        rest = prim.fma(x, y, -product)
        top, error = exact_sum(high, product)
        if top - top != 0.0:
            # It isn't finite: the rest is added as it comes.
            return plain_products(p, q, tiny + low + high, i)
        first, first_error = exact_sum(low, rest)
        second, second_error = exact_sum(first, error)
        high = top
        low = second
        tiny = tiny + first_error + second_error
    last, error = exact_sum(low, high)
    return tiny + error + last


def exact_sum(a, b):
    """The sum, and what it lacks (Knuth, TAOCP 2, 4.2.2)."""
    x = a + b
    z = x - a
    return x, (a - (x - z)) + (b - z)
