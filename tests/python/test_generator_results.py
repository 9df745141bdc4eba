"""Generators that a compiled function gives to Python.

Each script gets a maker (the identity, or `jit`), drives generators as a caller would and
gives what it saw; both makers must show the same. After each, nothing that compiled code
allocated may be left.
"""

import collections.abc
import gc
import sys
import threading
import traceback

import numpy as np
import pytest

from cumbia import CompileError, jit
from cumbia import _cumbia

from tests.python.harness import IDENTITY


def squares(n):
    for i in range(n):
        yield i * i


def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


def returning(n):
    yield n
    return n, "x" * n


def bare_return(n):
    if n > 1:
        return
    yield n


def never(n):
    if n is None:
        yield 1


def divides(n):
    yield n
    yield 10 // (n - 1)


def deep(n):
    for x in divides(n):
        yield x


def scaled(a):
    for x in a:
        yield x * 2


def rows(a):
    for i in range(a.shape[0]):
        yield a[i]


def same_buffer(n):
    buffer = np.zeros(3)
    for i in range(n):
        buffer[i % 3] += i
        yield buffer


def new_arrays(n):
    for i in range(n):
        fresh = np.empty(2)
        fresh[0] = i
        fresh[1] = i * i
        yield fresh


def part_and_whole(n):
    buffer = np.arange(6.0)
    for i in range(n):
        yield buffer[i:]
        yield buffer


def prefixes(text):
    whole = ""
    for letter in text:
        whole += letter
        yield whole, len(whole)


def optional(n):
    for i in range(n):
        if i % 2:
            yield None
        else:
            yield i


def expression(n):
    return (i * 2 for i in range(n) if i % 3)


def mapped(text):
    return map(ord, text)


def filtered(a):
    return filter(None, a)


def chosen(n):
    def up():
        for i in range(n):
            yield i

    return up()


def stops(n):
    yield n
    raise StopIteration(3)


def over(xs):
    for x in xs:
        yield x


def appends(xs):
    i = 0
    while i < 5:
        xs.append(i * 10)
        yield len(xs)
        i += 1


def growing(n):
    kept = []
    for i in range(n):
        kept.append(i)
        yield kept


def new_lists(n):
    for i in range(n):
        yield [i, i * i]


def each_row(xs):
    for row in xs:
        row.append(len(row))
        yield row


def puts(xs):
    inner = []
    xs.append(inner)
    for i in range(3):
        inner.append(i)
        yield i


def counts(d):
    for key in d:
        d[key] += 1
        yield key, d[key]


def growing_dict(n):
    d = {}
    for i in range(n):
        d[str(i)] = [i]
        yield d


def growing_set(s):
    while len(s) < 6:
        s.add(len(s) * 100)
        yield sorted(s)


def shouted(words):
    for word in words:
        yield word + "!"


def kept_arrays(n):
    out = []
    for i in range(n):
        out.append(np.full(2, float(i)))
        yield out


def fails_later(xs):
    xs.append(1)
    yield 1
    xs.append(2)
    raise ValueError("x")


def pair(n):
    a = [0]
    b = {"k": a}
    for _ in range(n):
        a[0] += 1
        yield a, b


def two_names(a, b):
    for i in range(3):
        a.append(i)
        yield len(b)


def kept_inside(n):
    inner = [0]
    for i in range(n):
        inner.append(i)
        yield [inner, [i]]


def in_a_tuple(t):
    xs, n = t
    for i in range(n):
        xs.append(i)
        yield len(xs)


def by_function(f, n):
    for i in range(n):
        yield f(i)


SCRIPTS = []


def script(func):
    SCRIPTS.append(func)
    return func


@script
def all_items(make):
    return (
        list(make(squares)(5)),
        list(make(squares)(0)),
        list(make(bare_return)(1)),
        list(make(bare_return)(2)),
        list(make(never)(3)),
        list(make(scaled)(np.arange(4.0))),
        list(make(scaled)(np.arange(8, dtype=np.int16)[::-2])),
        list(make(prefixes)("aé𝄞b")),
        list(make(optional)(4)),
        list(make(expression)(7)),
        list(make(mapped)("héy")),
        list(make(filtered)([0, 3, 0, 4])),
        list(make(chosen)(3)),
        list(make(by_function)(abs, 3)),
        sum(make(squares)(10)),
    )


@script
def by_hand(make):
    g = make(fibonacci)()
    seen = [next(g) for _ in range(10)]
    again = iter(g) is g
    g.close()
    g.close()
    return seen, again, next(g, "end"), list(g)


@script
def values_returned(make):
    g = make(returning)(2)
    seen = [next(g)]
    for _ in range(2):
        try:
            next(g)
        except StopIteration as e:
            seen.append((e.value, e.args))

    def outer():
        result = yield from make(returning)(3)
        yield result

    return seen, list(outer())


@script
def sending(make):
    g = make(squares)(3)
    seen = []
    try:
        g.send(5)
    except TypeError as e:
        seen.append(str(e))
    seen += [g.send(None), g.send(7), next(g)]
    try:
        g.send(1)
    except StopIteration as e:
        seen.append(e.args)
    return seen


@script
def exceptions(make):
    seen = []
    for function in (divides, deep, stops):
        g = make(function)(1)
        try:
            for x in g:
                seen.append(x)
        except Exception as e:
            error = e
            while error is not None:
                lines = [
                    (f.name, f.lineno)
                    for f in traceback.extract_tb(error.__traceback__)
                    if f.name != "exceptions"
                ]
                seen.append((type(error).__name__, str(error), lines))
                error = error.__cause__
        seen.append(list(g))
    return seen


@script
def views_of_an_argument(make):
    a = np.eye(2)
    g = make(rows)(a)
    first = next(g)
    first[1] = 5.0
    a[1, 0] = 7.0
    second = next(g)
    return a, second, np.shares_memory(a, second), list(g)


@script
def argument_changed_meanwhile(make):
    a = np.arange(4.0)
    g = make(scaled)(a)
    first = next(g)
    a[1] = 50
    return first, list(g)


@script
def one_array_all_the_time(make):
    g = make(same_buffer)(5)
    x = next(g)
    x[0] = 100
    y = next(g)
    return x is y, y, [z is x for z in g], x


@script
def arrays_outlive_it(make):
    g = make(new_arrays)(10)
    kept = [next(g), next(g)]
    del g
    gc.collect()
    return kept, kept[0] is kept[1]


@script
def part_and_whole_share(make):
    views = list(make(part_and_whole)(2))
    views[0][3] = -1
    return views, [np.shares_memory(views[0], v) for v in views], views[1] is views[3]


@script
def list_changed_meanwhile(make):
    xs = [1, 2, 3]
    g = make(over)(xs)
    out = [next(g)]
    xs.append(9)
    xs[1] = 7
    return out + list(g), xs


@script
def both_append(make):
    xs = [1]
    out = []
    for n in make(appends)(xs):
        out.append(list(xs))
        xs.insert(0, -n)
        if n > 8:
            break
    return out, xs


@script
def one_list_all_the_time(make):
    all_of = list(make(growing)(4))
    g = make(growing)(5)
    a = next(g)
    a.append(77)
    b = next(g)
    middle = list(b)
    c = next(g)
    c.clear()
    return all_of, [x is all_of[0] for x in all_of], a is b, middle, next(g)


@script
def lists_of_their_own(make):
    got = list(make(new_lists)(4))
    return got, got[0] is got[1]


@script
def rows_of_an_argument(make):
    a = [1]
    xs = [a, [2, 3]]
    g = make(each_row)(xs)
    first = next(g)
    xs.append([5, 5, 5])
    xs[1].append(0)
    return first is a, list(g), xs


@script
def put_into_an_argument(make):
    xs = [[5]]
    g = make(puts)(xs)
    next(g)
    inner = xs[1]
    copied = list(inner)
    next(g)
    inner.append(100)
    next(g)
    return copied, inner, xs, xs[1] is inner, list(g)


@script
def taken_out_again(make):
    xs = [[5]]
    g = make(puts)(xs)
    next(g)
    inner = xs.pop()
    next(g)
    return inner, xs


@script
def dict_changed_meanwhile(make):
    d = {"a": 1, "b": 2}
    g = make(counts)(d)
    out = [next(g)]
    d["b"] = 50
    return out, next(g), d, list(g)


@script
def dict_grown_meanwhile(make):
    d = {"a": 1, "b": 2}
    g = make(counts)(d)
    out = [next(g)]
    d["c"] = 50
    try:
        next(g)
    except RuntimeError as e:
        return out, str(e), d


@script
def one_dict_all_the_time(make):
    got = list(make(growing_dict)(3))
    return got, got[0] is got[2], got[0]["0"] is got[2]["0"]


@script
def set_changed_meanwhile(make):
    s = {1}
    g = make(growing_set)(s)
    first = next(g)
    s.discard(1)
    s.add(5)
    return first, list(g), sorted(s)


@script
def strings_put_in(make):
    words = ["a", "b"]
    g = make(shouted)(words)
    first = next(g)
    words.append("ccc")
    words[1] = "é"
    return first, list(g)


@script
def arrays_in_a_list(make):
    g = make(kept_arrays)(3)
    first = next(g)
    x = first[0]
    x[0] = 42
    second = next(g)
    return second, second[0] is x, first is second, next(g)


@script
def changes_before_an_exception(make):
    xs = []
    g = make(fails_later)(xs)
    next(g)
    try:
        next(g)
    except ValueError as e:
        return str(e), xs, list(g)


@script
def shared_within(make):
    got = list(make(pair)(3))
    return got, got[0][1]["k"] is got[2][0]


@script
def one_list_by_two_names(make):
    xs = [1]
    return list(make(two_names)(xs, xs)), xs


@script
def inner_list_kept(make):
    g = make(kept_inside)(3)
    first = next(g)
    inner = first[0]
    inner.append(9)
    second = next(g)
    return second, second[0] is inner, first[1], list(g)


@script
def list_in_a_tuple(make):
    xs = [1]
    g = make(in_a_tuple)((xs, 3))
    next(g)
    xs.clear()
    return list(g), xs


@script
def several_at_once(make):
    f = make(squares)
    a, b = f(5), f(3)
    return list(zip(a, b)), next(a), list(a), list(b)


def shown(value):
    if isinstance(value, np.ndarray):
        return ("array", value.dtype.str, value.tolist())
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, [shown(v) for v in value])
    if isinstance(value, dict):
        return ("dict", [(shown(k), shown(v)) for k, v in value.items()])
    return (type(value).__name__, repr(value))


@pytest.mark.parametrize("run", SCRIPTS, ids=lambda f: f.__name__)
def test_as_python(run):
    def compiled(func):
        return jit(func)

    expected = shown(run(lambda func: func))
    before = _cumbia.live_allocations()
    assert shown(run(compiled)) == expected
    gc.collect()
    assert _cumbia.live_allocations() == before


def test_references_to_arguments():
    a = np.arange(5.0)
    before = sys.getrefcount(a)
    g = jit(scaled)(a)
    next(g)
    assert sys.getrefcount(a) > before
    del g
    assert sys.getrefcount(a) == before
    xs = ["a" * 50, "b" * 50]
    counts = [sys.getrefcount(x) for x in (xs, *xs)]
    g = jit(shouted)(xs)
    next(g)
    xs.append("c" * 50)
    next(g)
    g.close()
    assert [sys.getrefcount(x) for x in (xs, *xs[:2])] == counts


def test_items_leave_nothing_behind():
    g = jit(new_lists)(2000)
    next(g)
    base = _cumbia.live_allocations()
    for _ in range(1000):
        next(g)
    assert _cumbia.live_allocations() <= base + 2
    g = jit(new_arrays)(2000)
    next(g)
    base = _cumbia.live_allocations()
    for _ in range(1000):
        next(g)
    assert _cumbia.live_allocations() <= base + 2


def test_what_it_is():
    g = jit(squares)(3)
    assert isinstance(g, collections.abc.Generator)
    assert (g.__name__, g.__qualname__) == ("squares", "squares")
    assert repr(g).startswith("<generator object squares at 0x")
    assert g.gi_running is False


@jit
def slow(n):
    total = 0
    while True:
        for i in range(n):
            total += i % 7
        yield total


def test_two_threads_at_once():
    g = slow(3_000_000)
    next(g)
    errors = []

    def work():
        for _ in range(5):
            try:
                next(g)
            except ValueError as e:
                errors.append(str(e))

    threads = [threading.Thread(target=work) for _ in range(2)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert set(errors) <= {"generator already executing"}
    assert isinstance(next(g), int)


FACTOR = 2


def uses_global(n):
    for i in range(n):
        yield i * FACTOR


@pytest.mark.skipif(IDENTITY, reason="of compiled code")
def test_a_global_that_changes_meanwhile():
    global FACTOR
    g = jit(uses_global)(5)
    assert [next(g), next(g)] == [0, 2]
    FACTOR = 3
    try:
        with pytest.raises(RuntimeError, match="a global that this generator uses was changed"):
            next(g)
    finally:
        FACTOR = 2


@pytest.mark.skipif(IDENTITY, reason="of compiled code")
def test_an_element_of_another_type():
    xs = [1, 2]
    g = jit(over)(xs)
    next(g)
    xs[1] = "text"
    with pytest.raises(TypeError, match="compiled for the types at the call"):
        next(g)
    assert list(g) == []


def in_result_tuple(n):
    return squares(n), 1


@pytest.mark.skipif(IDENTITY, reason="of compiled code")
def test_refusals():
    with pytest.raises(CompileError, match="CB0312"):
        jit(in_result_tuple)(3)
