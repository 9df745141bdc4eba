"""The functions of `operator` that work in place: `a += b` under a name.

What can be changed is changed, as the statement does it, and given back; of what can't,
a new value is given.
"""


@implements("operator.iadd")
def iadd(a, b):
    a += b
    return a


@implements("operator.isub")
def isub(a, b):
    a -= b
    return a


@implements("operator.imul")
def imul(a, b):
    a *= b
    return a


@implements("operator.itruediv")
def itruediv(a, b):
    a /= b
    return a


@implements("operator.ifloordiv")
def ifloordiv(a, b):
    a //= b
    return a


@implements("operator.imod")
def imod(a, b):
    a %= b
    return a


@implements("operator.ipow")
def ipow(a, b):
    a **= b
    return a


@implements("operator.ilshift")
def ilshift(a, b):
    a <<= b
    return a


@implements("operator.irshift")
def irshift(a, b):
    a >>= b
    return a


@implements("operator.iand")
def iand(a, b):
    a &= b
    return a


@implements("operator.ior")
def ior(a, b):
    a |= b
    return a


@implements("operator.ixor")
def ixor(a, b):
    a ^= b
    return a


@implements("operator.imatmul")
def imatmul(a, b):
    a @= b
    return a


@implements("operator.iconcat")
def iconcat(a, b):
    if prim.is_number(a):
        prim.refuse("operator.iconcat() takes sequences: {} can't be concatenated", "add numbers with operator.iadd()", a)
    if prim.is_array(a):
        prim.refuse("operator.iconcat() is not implemented for {}", "use np.concatenate()", a)
    a += b
    return a
