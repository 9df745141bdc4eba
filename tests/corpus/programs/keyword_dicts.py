"""The dict of a `**kwargs` parameter: gone over, shown, compared, asked by a variable name."""

from tests.corpus import call, program


def total(**named):
    return sum(v * 2 for v in named.values())


def largest(**named):
    return max(v for v in named.values())


def greater(**named):
    return any(v > 1 for k, v in named.items()), all(k != "c" for k in named.keys())


@program(call(1), call(-3))
def generator_expressions(x):
    return total(a=x, b=2), total(), largest(a=x, b=2), greater(a=x, b=x)


def joined(**named):
    return ",".join(f"{k}={v}" for k, v in named.items())


@program(call(1))
def shown_by_hand(x):
    return joined(a=x, b=2), joined(c=0.5)


def looped(**named):
    pairs = [(i, k) for i, k in enumerate(named)]
    paired = [k + str(n) for k, n in zip(named, [1, 2, 3])]
    return pairs, paired, [k for k in reversed(named)], tuple(named), set(named), list(map(len, named))


@program(call(1))
def passed_to_functions(x):
    return looped(a=x, bb=2, ccc=3)


def text(**named):
    return str(named), repr(named), f"{named}", f"{named!r:>30}"


@program(call(1, "s"), call(2, "it's"))
def texts(x, s):
    return text(a=x, b=s), text(), text(c=2.5, d=None, e=(x, s), f=[x])


def equal(**named):
    return named == {"a": 1, "b": 2}, named != {"a": 1}, {"b": 2, "a": 1} == named


@program(call(1), call(2))
def comparisons(x):
    return equal(a=x, b=2)


def looked_up(key, **named):
    found = named.get(key), named.get(key, -1), key in named, key not in named
    return found, named[key]


@program(call("a"), call("b"), call("c"))
def by_a_variable_name(key):
    return looked_up(key, a=1, b=2)


def in_order(**named):
    s = 0
    for k in sorted(named):
        s = 10 * s + named[k]
    return s, max(named, key=named.get)


@program(call(1), call(7))
def by_sorted_names(x):
    return in_order(b=x, a=2)
