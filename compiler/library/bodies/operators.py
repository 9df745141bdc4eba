# The functions of `operator` and `functools`: operators under a name.

from protocols import is_same


@implements("operator.add")
def add(a, b):
    return a + b


@implements("operator.concat")
def concat(a, b):
    if prim.is_number(a):
        prim.refuse("operator.concat() takes sequences: {} can't be concatenated", "add numbers with operator.add()", a)
    if prim.is_array(a):
        prim.refuse("operator.concat() is not implemented for {}", "use np.concatenate()", a)
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


@implements("operator.delitem")
def delitem(a, i):
    del a[i]


@implements("operator.is_")
def is_(a, b):
    return a is b


@implements("operator.is_not")
def is_not(a, b):
    return a is not b


@implements("operator.is_none")
def is_none(a):
    return a is None


@implements("operator.is_not_none")
def is_not_none(a):
    return a is not None


@implements("operator.countOf")
def countOf(a, b):
    count = 0
    for item in a:
        if is_same(item, b):
            count += 1
    return count


@implements("operator.indexOf")
def indexOf(a, b):
    at = 0
    for item in a:
        if is_same(item, b):
            return at
        at += 1
    raise ValueError("sequence.index(x): x not in sequence")


@implements("operator.length_hint")
def length_hint(obj, default=0):
    if not prim.is_integer(default):
        prim.error("'{}' object cannot be interpreted as an integer", default)
    if prim.is_number(obj) or prim.is_none(obj):
        return int(default)
    elif prim.is_generator(obj):
        prim.refuse("operator.length_hint() of {} isn't compiled", "take len() of what the iterator goes over", obj)
    else:
        return len(obj)


@implements("operator.call")
def call(obj, /, *args, **kwargs):
    return obj(*args, **kwargs)


@implements("operator.itemgetter")
def itemgetter(item, *items):
    if len(items) == 0:
        return lambda value: value[item]
    else:
        return lambda value: items_at(value, (item,) + items)


def items_at(value, items):
    if len(items) == 0:
        return ()
    else:
        return (value[items[0]],) + items_at(value, items[1:])


@implements("operator.attrgetter")
def attrgetter(attr, *attrs):
    if len(attrs) == 0:
        return lambda value: attribute_at(value, attr)
    else:
        return lambda value: attributes_at(value, (attr,) + attrs)


def attributes_at(value, names):
    if len(names) == 0:
        return ()
    else:
        return (attribute_at(value, names[0]),) + attributes_at(value, names[1:])


def attribute_at(value, name):
    """The attribute of a dotted name."""
    if not (prim.is_literal(name) and prim.is_str(name)):
        prim.refuse("operator.attrgetter() needs names that are constant strings, not {}", "write the names out, or a lambda that reads the attribute", name)
    first = prim.before_dot(name)
    if len(first) == len(name):
        return getattr(value, name)
    else:
        return attribute_at(getattr(value, first), prim.after_dot(name))


@implements("operator.methodcaller")
def methodcaller(name, /, *args, **kwargs):
    if not (prim.is_literal(name) and prim.is_str(name)):
        prim.refuse("operator.methodcaller() needs a name that is a constant string, not {}", "write the name out, or a lambda that calls the method", name)
    return lambda value: getattr(value, name)(*args, **kwargs)


@implements("functools.cmp_to_key")
def cmp_to_key(mycmp):
    """Sorting takes the function out again; nothing else knows of such keys."""
    return prim.partial(compared, mycmp)


def compared(mycmp, obj):
    prim.refuse("functools.cmp_to_key() is compiled as the key of sorted() and list.sort() alone", "sort and take the first or last item, or call the function in a loop")


@implements("functools.reduce")
def reduce(function, iterable, /, *initial):
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
