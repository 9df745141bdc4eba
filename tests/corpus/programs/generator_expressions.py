"""Generator expressions and `yield from`."""

from tests.corpus import call, program


@program(call(5))
def in_sum(n):
    return sum(i * i for i in range(n)), sum((i for i in range(n) if i % 2), 100)


@program(call([1, -2, 3]))
def in_any_and_all(xs):
    return any(x < 0 for x in xs), all(x < 0 for x in xs), any(x > 9 for x in xs)


@program(call(["b", "a"]))
def in_join(words):
    return ",".join(w.upper() for w in words)


@program(call([3, 1, 2]))
def in_min_max_sorted(xs):
    return min(x * x for x in xs), max(-x for x in xs), sorted(x % 3 for x in xs)


@program(call(4))
def assigned_and_looped(n):
    g = (i * 2 for i in range(n))
    first = next(g)
    total = 0
    for x in g:
        total += x
    return first, total, list(g)


@program(call(3))
def first_source_is_evaluated_at_once(n):
    xs = [1, 2]
    g = (x * n for x in xs)
    n = 100
    xs = [9]
    return list(g)


@program(call(3))
def nested_loops(n):
    return list((i, j) for i in range(n) for j in range(i)), set(i % 2 for i in range(n)), dict((i, i) for i in range(n))


@program(call([2, 0]))
def raising(xs):
    return sum(6 / x for x in xs)


@program(call([1, 5, 7]))
def first_match(xs):
    return next((x for x in xs if x > 4), None), next((i for i, x in enumerate(xs) if x > 9), -1)


@program(call(3), after=list)
def yield_from_a_range(n):
    yield from range(n)
    yield 100


@program(call([[1, 2], [3]]))
def yield_from_nested(rows):
    def flatten():
        for row in rows:
            yield from row

    return list(flatten())


@program(call(5))
def yield_from_recursion(n):
    def walk(k):
        if k > 0:
            yield k
            yield from walk(k // 2)
            yield from walk(k // 3)

    return list(walk(n))


@program(call(2))
def value_of_yield_from(n):
    def inner():
        yield 1
        return n * 10

    def outer():
        r = yield from inner()
        yield r

    return list(outer())


@program(call((1.5, 2.5)))
def yield_from_a_tuple_and_string(t):
    def g():
        yield from t

    def h():
        yield from "ab"

    return list(g()), list(h())


@program(call(3), after=list)
def returned_expression(n):
    return (i + 0.5 for i in range(n))


@program(call([1, 20, 3]), call([1, 2]), call([5.5, 11.5]))
def walrus_total(xs):
    total = 0
    running = list((total := total + x) for x in xs)
    return running, total


@program(call([3, 1, 2]), call([]))
def walrus_that_may_not_be_bound(xs):
    return any((seen := x) > 100 for x in xs), seen


@program(call(4))
def walrus_in_nested_expressions(n):
    s = sum(sum((m := i + j) for j in range(i)) for i in range(n))
    return s, m


@program(call([1, 2, 3]))
def variable_changes_while_it_goes_on(xs):
    k = 1
    g = (x * k for x in xs)
    k = 2
    out = []
    for v in g:
        k += 1
        out.append(v)
    return out


@program(call([1, 2, 3]))
def variable_of_a_loop(xs):
    out = []
    for k in range(3):
        g = (x * k for x in xs)
        out.append(sum(g))
    return out


@program(call([1, 2]))
def unbound_when_asked(xs):
    g = (x + later for x in xs)
    try:
        next(g)
    except NameError as e:
        text = str(e)
    later = 4
    return text, sum(g)
