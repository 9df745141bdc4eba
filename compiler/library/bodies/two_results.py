"""Elementwise functions of arrays with two results: divmod. Numbers are `numbers.py`'s."""

from copying import as_array
from sequences import arrayed


@implements("builtins.divmod")
def builtin_divmod(x1, x2, /):
    return x1 // x2, x1 % x2


@implements("numpy.divmod")
def divmod(x1, x2, /):
    a = arrayed(x1)
    b = arrayed(x2)
    return a // b, a % b


def as_floats(x, name):
    """A number or array of floats; small integers would be half precision."""
    if prim.is_number(x):
        return as_float(prim.to_numpy(x), name)
    return floats_of(as_array(x), name)


def as_float(x, name):
    if prim.kind(prim.dtype(x)) == "f":
        return x
    elif prim.kind(prim.dtype(x)) in ("i", "u") and prim.dtype(x).itemsize >= 4:
        return prim.cast(x, prim.dtype("float64"))
    else:
        prim.error("np." + name + "() of {} is not compiled", x)


def floats_of(a, name):
    if prim.kind(prim.dtype(a)) == "f":
        return a
    elif prim.kind(prim.dtype(a)) in ("i", "u") and prim.dtype(a).itemsize >= 4:
        return a.astype(np.float64)
    else:
        prim.error("np." + name + "() of {} is not compiled", a)


def fraction(x):
    """The part behind the point, with the number's sign."""
    if prim.isinf(x):
        return prim.copysign(prim.cast(0, prim.dtype(x)), x)
    return prim.copysign(x - prim.trunc(x), x)


@implements("numpy.modf")
def modf(x, /):
    items = as_floats(x, "modf")
    if prim.is_number(items):
        return fraction(items), prim.trunc(items)
    if items.ndim == 0:
        return fraction(items[()]), prim.trunc(items[()])
    parts = np.empty_like(items)
    wholes = np.empty_like(items)
    split_each(parts, wholes, items)
    return parts, wholes


def split_each(parts, wholes, items):
    if items.ndim == 0:
        parts[()] = fraction(items[()])
        wholes[()] = prim.trunc(items[()])
    else:
        for i in range(len(items)):
            if items.ndim == 1:
                parts[i] = fraction(items[i])
                wholes[i] = prim.trunc(items[i])
            else:
                split_each(parts[i], wholes[i], items[i])


def exponent_of(x):
    if not prim.isfinite(x):
        return prim.cast(0, prim.dtype("int32"))
    return prim.cast(prim.frexp_exponent(float(x)), prim.dtype("int32"))


def mantissa_of(x):
    if not prim.isfinite(x):
        return x
    return prim.cast(prim.frexp_mantissa(float(x)), prim.dtype(x))


@implements("numpy.frexp")
def frexp(x, /):
    items = as_floats(x, "frexp")
    if prim.is_number(items):
        return mantissa_of(items), exponent_of(items)
    if items.ndim == 0:
        return mantissa_of(items[()]), exponent_of(items[()])
    mantissas = np.empty_like(items)
    exponents = np.empty_like(items, dtype=np.int32)
    frexp_each(mantissas, exponents, items)
    return mantissas, exponents


def frexp_each(mantissas, exponents, items):
    if items.ndim == 0:
        mantissas[()] = mantissa_of(items[()])
        exponents[()] = exponent_of(items[()])
    else:
        for i in range(len(items)):
            if items.ndim == 1:
                mantissas[i] = mantissa_of(items[i])
                exponents[i] = exponent_of(items[i])
            else:
                frexp_each(mantissas[i], exponents[i], items[i])
