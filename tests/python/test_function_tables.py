"""Functions in containers and fields: what they hold is counted, what fails is refused.

The corpus has the programs (`tests/corpus/programs/tables_of_functions.py`); here are
memory, tracebacks, refusals and what depends on the types of what closures capture.
"""

import functools
import gc

import numpy as np
import pytest

from tests.python.harness import IDENTITY, Cases, CompileError, check, jit

case = Cases()
compiled_only = pytest.mark.skipif(IDENTITY, reason="about compiled code")

if IDENTITY:

    def live_allocations():
        """The stand-in allocates nothing of its own."""
        return 0
else:
    from cumbia._cumbia import live_allocations


@pytest.fixture(autouse=True)
def nothing_left():
    """Whatever a test allocates is gone after it."""
    gc.collect()
    before = live_allocations()
    yield
    gc.collect()
    assert live_allocations() == before


def up(x):
    return x + 1


def twice(x):
    return x * 2


def failing(x):
    if x > 2:
        raise ValueError(f"{x} is too much")
    return x


@case((3,), (0,))
def strings_in_closures(n):
    fs = []
    for i in range(n):
        s = "x" * i
        fs.append(lambda t, s=s: s + t)
        fs.append(lambda t: t + t)
        fs[0] = fs[-1]
    del fs[1:2]
    return [h("-") for h in fs]


@case((4,))
def arrays_in_closures(n):
    fs = {}
    for i in range(n):
        a = np.full(3, float(i))
        fs[i % 2] = lambda k, a=a: a[k]
    h = fs[1]
    fs.clear()
    return h(2)


@case((4,))
def lists_in_closures(n):
    fs = [lambda x: x]
    for i in range(n):
        xs = [i, i + 1]
        fs.append(lambda x, xs=xs: x + sum(xs))
    g = fs.pop()
    return g(1), [h(2) for h in fs]


@case((5,), (2,))
def raised_midway(n):
    fs = [up, failing, lambda x, s="text": x + len(s)]
    out = []
    for i in range(n):
        out.append(fs[i % 3](i))
    return out


@case((5,), (1,))
def caught_midway(n):
    fs = [up, failing]
    done = 0
    for h in fs:
        try:
            h(n)
            done += 1
        except ValueError as e:
            return str(e), done
    return "", done


@case((3,))
def methods_of_temporaries(n):
    fs = [("ab" * i).upper for i in range(n)]
    return [h() for h in fs]


@case((3,))
def partials_of_strings(n):
    fs = [functools.partial(lambda a, b: a + b, "p" * i) for i in range(n)]
    kept = fs[1]
    fs = [kept]
    return [h("q") for h in fs], kept("r")


@case((6,))
def frames_are_shared(n):
    total = 0

    def add(k):
        nonlocal total
        total += k

    fs = [add, lambda k: None]
    for i in range(n):
        fs[i % 2](i)
    return total


@case((3,))
def kept_in_objects_of_lists(n):
    rows = [[up], [twice, up]]
    for i in range(n):
        rows.append([twice] * i)
    return [[h(1) for h in row] for row in rows]


@case((3,), (0,))
def generators_of_functions(n):
    def made():
        for i in range(n):
            yield lambda x, i=i: x + i

    return [h(1) for h in made()]


@case((2,))
def closures_of_other_types(n):
    def make(v):
        return lambda k: len(v) * k

    fs = [make("abc"), make([1, 2]), make((1.5,))]
    return [h(n) for h in fs]


@case((2.5,))
def wider_elements_of_a_captured_list(x):
    xs = [1]
    fs = [lambda: xs[0]]
    xs.append(x)
    return float(fs[0]()), len(xs)


@case((3,))
def inner_list_grows_wider(n):
    inner = [up]
    outer = [inner]
    inner.append(twice)
    return [h(n) for h in outer[0]]


@case((3,))
def sixty_functions(n):
    fs = [lambda v: v, lambda v: v + 1, lambda v: v + 2, lambda v: v + 3, lambda v: v + 4]
    fs += [lambda v: v - 1, lambda v: v - 2, lambda v: v - 3, lambda v: v - 4, lambda v: v - 5]
    fs += [lambda v: v * 1, lambda v: v * 2, lambda v: v * 3, lambda v: v * 4, lambda v: v * 5]
    fs += [lambda v: v * 6, lambda v: v * 7, lambda v: v * 8, lambda v: v * 9, lambda v: v * 10]
    return [h(n) for h in fs]


@case(([1, 2],))
def tuples_in_comprehensions(xs):
    of = len(xs)
    return (
        [h(xs) for h in (len, sum, min, max)],
        [h(1) for h in (up, twice, lambda v: v * of)],
        [x for x in (1, None, 3)],
        [s + "!" for s in ("a", "b")],
    )


@case((2.5,))
def in_place_keeps_the_site(x):
    xs = []
    xs += [x]
    xs.append(3.5)
    fs = []
    fs += [up]
    fs.append(twice)
    return xs, [h(x) for h in fs]


@pytest.mark.parametrize(**case.params())
def test_cases(func, call, deviation):
    check(func, *call, deviation=deviation)


def refused(func, *args):
    with pytest.raises(CompileError) as caught:
        jit(func)(*args)
    return caught.value.code, str(caught.value)


@compiled_only
def test_results_that_do_not_join():
    def f(x):
        fs = [up, str]
        return fs[0](x)

    code, text = refused(f, 3)
    assert code == "CB0301"
    assert "this call gives int or str, depending on which function is called" in text


@compiled_only
def test_numbers_of_two_types():
    def f(name, a, b):
        table = {"+": lambda a, b: a + b, "/": lambda a, b: a / b}
        return table[name](a, b)

    compiled = jit(f)
    for name in "+/":
        want, got = f(name, 2, 3), compiled(name, 2, 3)
        assert want == got and type(want) is type(got)
    assert compiled("+", 2.0, 3) == 5.0


@compiled_only
def test_wrong_number_of_arguments_for_one_of_them():
    def f(x):
        fs = [up, lambda a, b: a + b]
        return fs[0](x)

    code, text = refused(f, 3)
    assert code == "CB0410"
    assert "missing 1 required positional argument: 'b'" in text


@compiled_only
def test_keys_and_sets():
    def in_set(x):
        return {up, twice}

    def key(x):
        return {up: x}

    for f in (in_set, key):
        code, text = refused(f, 3)
        assert code == "CB0320"
        assert "lists and values of dicts" in text


@compiled_only
def test_a_function_and_a_number():
    def f(x):
        return [up, x]

    code, text = refused(f, 3)
    assert code == "CB0322"
    assert "this one is int" in text


@compiled_only
def test_order_of_functions():
    def f(x):
        fs = [up, twice]
        fs.sort()
        return len(fs)

    assert refused(f, 3)[0] in ("CB0320", "CB0303")


@compiled_only
def test_a_list_that_would_contain_itself():
    def f(x):
        fs = [up]

        def put(h):
            fs.append(h)

        put(lambda v: fs[0](v))
        return fs[1](x)

    assert refused(f, 3)[0] == "CB0322"
