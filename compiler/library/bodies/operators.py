# The functions of `operator` and `functools`: operators under a name.


@implements("operator.add", "operator.concat")
def add(a, b):
    return a + b


@implements("operator.sub")
def sub(a, b):
    return a - b


@implements("operator.mul")
def mul(a, b):
    return a * b


@implements("operator.truediv")
def truediv(a, b):
    return a / b


@implements("operator.floordiv")
def floordiv(a, b):
    return a // b


@implements("operator.mod")
def mod(a, b):
    return a % b


@implements("operator.pow")
def power(a, b):
    return a**b


@implements("operator.lshift")
def lshift(a, b):
    return a << b


@implements("operator.rshift")
def rshift(a, b):
    return a >> b


@implements("operator.and_")
def and_(a, b):
    return a & b


@implements("operator.or_")
def or_(a, b):
    return a | b


@implements("operator.xor")
def xor(a, b):
    return a ^ b


@implements("operator.matmul")
def matmul(a, b):
    return a @ b


@implements("operator.neg")
def neg(a):
    return -a


@implements("operator.pos")
def pos(a):
    return +a


@implements("operator.index")
def index(a):
    if not prim.is_integer(a):
        prim.error("'{}' object cannot be interpreted as an integer", a)
    return int(a)


@implements("operator.inv", "operator.invert")
def invert(a):
    return ~a


@implements("operator.not_")
def not_(a):
    return not a


@implements("operator.truth")
def truth(a):
    return not not a


@implements("operator.abs")
def absolute(a):
    return abs(a)


@implements("operator.lt")
def lt(a, b):
    return a < b


@implements("operator.le")
def le(a, b):
    return a <= b


@implements("operator.eq")
def eq(a, b):
    return a == b


@implements("operator.ne")
def ne(a, b):
    return a != b


@implements("operator.gt")
def gt(a, b):
    return a > b


@implements("operator.ge")
def ge(a, b):
    return a >= b


@implements("operator.getitem")
def getitem(a, i):
    return a[i]


@implements("operator.setitem")
def setitem(a, i, value):
    a[i] = value


@implements("operator.contains")
def contains(a, b):
    return b in a


@implements("operator.itemgetter")
def itemgetter(item, *items):
    if len(items) == 0:
        return lambda value: value[item]
    if len(items) == 1:
        return lambda value: (value[item], value[items[0]])
    return lambda value: (value[item], value[items[0]], value[items[1]])


@implements("functools.reduce")
def reduce(function, iterable, *initial):
    if len(initial) == 0:
        found = False
        for item in iterable:
            if found:
                value = function(value, item)
            else:
                value = item
                found = True
        prim.guard(found, "TypeError", "reduce() of empty iterable with no initial value")
        return value
    value = initial[0]
    for item in iterable:
        value = function(value, item)
    return value
