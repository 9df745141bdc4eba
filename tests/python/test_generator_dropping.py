"""Generators that compiled code uses and drops: when what they have to do then is done.

Each function writes to a list what happens; the order is Python's. `send`, `throw` and
`close` are called from compiled code as well.
"""

import gc
import sys

import pytest

from cumbia import CompileError, _cumbia, jit
from tests.python.harness import IDENTITY, check


def noting(n, log):
    try:
        for i in range(n):
            yield i
            log.append(i)
    finally:
        log.append(-1)


def outer(n, log):
    for x in noting(n, log):
        yield x
    log.append(200)


def through(n, log):
    try:
        got = yield from noting(n, log)
        log.append(0 if got is None else 1)
    finally:
        log.append(-2)


def exits(n, log):
    while True:
        try:
            yield n
        except GeneratorExit:
            log.append(-3)
            return
        except ValueError as e:
            log.append(len(str(e)))
        n += 1


def stubborn(n, log):
    while n > 0:
        try:
            yield n
        except (GeneratorExit, ValueError):
            log.append(-n)
        n -= 1


def echo(n, log):
    got = 0
    try:
        while got is not None:
            got = yield n
            log.append(-7 if got is None else got)
    finally:
        log.append(-8)


def passes(n, log):
    yield from echo(n, log)
    yield from range(2)


def breaks(n):
    log = [0]
    for x in noting(n, log):
        if x == 2:
            log.append(100)
            break
    log.append(7)
    return log


def breaks_in_try(n):
    log = [0]
    for x in noting(n, log):
        try:
            if x == 1:
                break
        finally:
            log.append(55)
    else:
        log.append(66)
    return log


def nested_breaks(n):
    log = [0]
    for x in noting(n, log):
        for y in outer(n, log):
            if y == x:
                break
            log.append(10 * x + y)
        if x == 2:
            break
    return log


def to_the_end(n):
    log = [0]
    for x in noting(n, log):
        log.append(50 + x)
    else:
        log.append(60)
    return log


def returns(n):
    log = [0]

    def inner():
        for x in noting(n, log):
            try:
                if x == 1:
                    return log.append(40)
            finally:
                log.append(41)
        log.append(42)

    inner()
    log.append(8)
    return log


def in_a_variable(n):
    log = [0]
    g = noting(n, log)
    a = next(g)
    log.append(77)
    return a, log


def work_in_a_variable(log, n):
    g = noting(n, log)
    h = outer(n, log)
    next(g)
    next(h)
    log.append(77)


def two_variables(n):
    log = [0]
    work_in_a_variable(log, n)
    log.append(78)
    return log


def assigned_again(n):
    log = [0]
    g = noting(n, log)
    next(g)
    del g
    log.append(5)
    g = noting(n, log)
    next(g)
    g = noting(n, log)
    next(g)
    log.append(6)
    for _ in range(3):
        g = noting(n, log)
        log.append(next(g) + 10)
    return log


def in_a_branch(n, yes):
    log = [0]
    if yes:
        g = noting(n, log)
        next(g)
    log.append(1)
    return log


def in_a_tuple(n):
    log = [0]
    pair = (noting(n, log), n)
    next(pair[0])
    log.append(4)
    pair = (noting(n, log), n + 1)
    log.append(5)
    return log


def of_a_temporary(n):
    log = [0]
    a = next(noting(n, log)) + len(log)
    return a, log


def taken_by(log, g, n):
    total = 0
    for x in g:
        total += x
        if x == n:
            break
    log.append(90)
    return total


def as_an_argument(n):
    log = [0]
    g = noting(n, log)
    total = taken_by(log, g, 1)
    log.append(91)
    return total + next(g), log


def made_elsewhere(n, log):
    g = noting(n, log)
    next(g)
    return g


def from_a_call(n):
    log = [0]
    g = made_elsewhere(n, log)
    log.append(next(g))
    return log


def by_library_functions(n):
    log = [0]
    a = any(x == 1 for x in noting(n, log))
    b = next(x for x in noting(n, log) if x == 2)
    log.append(3)
    for x, y in zip(noting(n, log), outer(n, log)):
        if x + y > 2:
            break
    for i, x in enumerate(noting(n, log)):
        if i == x == 1:
            break
    return a, b, sum(noting(n, log)), list(noting(n, log)), log


def raises(n):
    log = [0]
    try:
        for x in noting(n, log):
            if x == 1:
                raise ValueError("no")
    except ValueError as e:
        log.append(len(str(e)))
    return log


def raising(log, n):
    for x in through(n, log):
        log.append(12 // (1 - x))
    return 0


def raises_below(n):
    log = [0]
    try:
        raising(log, n)
    except ZeroDivisionError:
        log.append(99)
    return log


def raises_in_generator(n):
    log = [0]

    def bad():
        for x in noting(n, log):
            yield 4 // (1 - x)

    try:
        for y in bad():
            log.append(y)
    except ZeroDivisionError:
        log.append(70)
    return log


def closes(n):
    log = [0]
    g = noting(n, log)
    next(g)
    g.close()
    log.append(1)
    g.close()
    h = through(n, log)
    h.close()
    log.append(next(h, 31))
    k = through(n, log)
    next(k)
    next(k)
    k.close()
    return log, next(g, -5)


def throws(n):
    log = [0]
    g = noting(n, log)
    next(g)
    try:
        g.throw(KeyError(3))
    except KeyError as e:
        log.append(len(str(e)))
    h = exits(n, log)
    next(h)
    log.append(h.throw(ValueError("abc")))
    log.append(h.throw(ValueError))
    k = through(n, log)
    next(k)
    try:
        k.throw(ValueError("through"))
    except ValueError as e:
        log.append(len(str(e)))
    return log


def throws_uncaught(n):
    log = [0]
    g = through(n, log)
    next(g)
    log.append(g.throw(IndexError("out", 3)))
    return log


def throws_at_once(n):
    log = [0]
    g = through(n, log)
    g.throw(KeyError)
    return log


def throws_after_the_end(n):
    g = noting(0, [n])
    for _ in g:
        pass
    g.throw(KeyError("late"))


def ignores_exit(n):
    log = [0]
    g = stubborn(n, log)
    next(g)
    try:
        g.close()
    except RuntimeError as e:
        log.append(len(str(e)))
    log.append(next(g, 0))
    return log


def ignores_exit_uncaught(n):
    g = stubborn(n, [0])
    next(g)
    g.close()


def sends(n):
    log = [0]
    g = echo(n, log)
    a = next(g)
    b = g.send(3)
    c = g.send(4)
    g.send(None) if n == 100 else 0
    log.append(next(g, -9))
    h = passes(n, log)
    h.send(None)
    h.send(20)
    log.append(next(h) + 1000)
    h.close()
    return a, b, c, log


def sends_too_early(n):
    g = echo(n, [0])
    return g.send(n)


def sends_to_the_end(n):
    g = echo(n, [0])
    next(g)
    g.send(n)
    return g.send(None)


def sends_to_a_range(n):
    g = passes(n, [0])
    next(g)
    g.send(4)
    next(g)
    return g.send(5)


def strings_and_lists(n):
    def words():
        got = yield "start"
        while True:
            got = yield ("none" if got is None else got + "!")

    def lists():
        got = yield [0]
        while got is not None:
            got.append(len(got))
            got = yield got

    g = words()
    a = next(g), g.send("a" * n), next(g), g.send("é")
    h = lists()
    first = next(h)
    mine = [5] * n
    second = h.send(mine)
    return a, first, second, mine, second is mine


def running_mean(values):
    def averager():
        total = 0.0
        count = 0
        average = 0.0
        while True:
            x = yield average
            total += x
            count += 1
            average = total / count

    mean = averager()
    next(mean)
    out = []
    for value in values:
        out.append(mean.send(value))
    mean.close()
    return out


def adds_none(n):
    def adder():
        total = 0
        while True:
            total += yield total

    g = adder()
    next(g)
    g.send(n)
    return next(g)


def stops(values):
    def first_two():
        it = iter(values)
        while True:
            yield next(it) + next(it)

    total = 0
    for x in first_two():
        total = total * 10 + x
    return total


def returns_a_value(n):
    def counted():
        yield n
        return n + 1

    g = counted()
    next(g)
    return next(g)


FUNCTIONS = [
    breaks, breaks_in_try, nested_breaks, to_the_end, returns, in_a_variable, two_variables,
    assigned_again, in_a_tuple, of_a_temporary, as_an_argument, from_a_call,
    by_library_functions, raises, raises_below, raises_in_generator, closes, throws,
    throws_uncaught, throws_at_once, throws_after_the_end, ignores_exit, ignores_exit_uncaught,
    sends, sends_too_early, sends_to_the_end, sends_to_a_range, strings_and_lists, adds_none,
    returns_a_value,
]  # fmt: skip


@pytest.mark.parametrize("n", [5, 2, 1])
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_order(function, n):
    check(function, n)


def test_with_other_arguments():
    check(in_a_branch, 3, True)
    check(in_a_branch, 3, False)
    check(running_mean, [1.0, 2.5, -4.0])
    check(running_mean, [0.5])
    for values in ([1, 2, 3, 4], [1, 2, 3], [1]):
        check(stops, values)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_no_leaks(function):
    compiled = jit(function)

    def call():
        try:
            compiled(4)
        except Exception:
            return

    call()
    gc.collect()
    before = _cumbia.live_allocations()
    for _ in range(10):
        call()
    gc.collect()
    assert _cumbia.live_allocations() == before


@pytest.mark.skipif(IDENTITY, reason="of compiled code")
def test_dropping_in_a_loop_keeps_nothing():
    @jit
    def many(n):
        log = [0]
        total = 0
        for i in range(n):
            for x in through(3, log):
                if x == i % 3:
                    break
                total += x
            log.clear()
        return total

    many(10)
    before = _cumbia.live_allocations()
    assert many(10_000) == sum(sum(range(i % 3)) for i in range(10_000))
    assert _cumbia.live_allocations() == before


def test_an_ignored_exception(monkeypatch):
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda u: seen.append(repr(u.exc_value)))

    def bad(n):
        try:
            yield n
        finally:
            raise ValueError("in finally")

    def drops(n):
        for x in bad(n):
            break
        for x in stubborn(n, [0]):
            break
        return x

    assert drops(3) == 3
    expected = list(seen)
    seen.clear()
    assert jit(drops)(3) == 3
    assert seen == expected
    assert len(seen) == 2


@pytest.mark.skipif(IDENTITY, reason="of compiled code")
def test_containers_are_refused():
    @jit
    def in_a_list(n):
        gs = [noting(n, [0])]
        return next(gs[0])

    @jit
    def in_a_cell(n):
        g = noting(n, [0])

        def change():
            nonlocal g
            g = noting(n, [1])

        change()
        return next(g)

    for function in (in_a_list, in_a_cell):
        with pytest.raises(CompileError, match="CB0209|CB0320"):
            function(3)
