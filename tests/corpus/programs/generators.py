"""Generator functions: consumed within, and as results."""

import numpy as np

from tests.corpus import call, program


def countdown(n):
    while n > 0:
        yield n
        n -= 1


def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


@program(call(3), call(0), after=list)
def result_is_iterated(n):
    for i in range(n):
        yield i * i


@program(call(4))
def loop_over_one(n):
    total = 0
    for x in countdown(n):
        total = total * 10 + x
    return total


@program(call(10))
def endless_with_break(n):
    last = 0
    for x in fibonacci():
        if x > n:
            break
        last = x
    return last


@program(call(3))
def list_and_sum(n):
    return list(countdown(n)), sum(countdown(n)), tuple(countdown(n)), max(countdown(n))


@program(call(3))
def next_by_hand(n):
    g = countdown(n)
    a = next(g)
    b = next(g)
    return a, b, next(g, -1), next(g, -1)


@program(call(1))
def exhausted(n):
    g = countdown(n)
    next(g)
    return next(g)


@program(call(4))
def nested_function(n):
    def pairs():
        for i in range(n):
            for j in range(i):
                yield i, j

    return [a * 10 + b for a, b in pairs()]


@program(call(np.array([3.0, -1.0, 2.0])))
def over_an_array(a):
    def positive():
        for x in a:
            if x > 0:
                yield x

    s = 0.0
    for x in positive():
        s += x
    return s


@program(call(3))
def with_state_after_the_yield(n):
    log = []

    def steps():
        for i in range(n):
            log.append(i)
            yield i
            log.append(-i)

    for x in steps():
        log.append(x * 100)
    return log


@program(call(5))
def return_ends_it(n):
    def until(k):
        for i in range(k):
            if i == 3:
                return
            yield i

    return list(until(n)), list(until(2))


@program(call(2))
def two_at_once(n):
    a, b = countdown(n + 2), countdown(n)
    out = []
    for x in a:
        out.append((x, next(b, 0)))
    return out


@program(call(2))
def raises_after_some(n):
    def bad(k):
        yield k
        raise ValueError("stop here")

    total = 0
    for x in bad(n):
        total += x
    return total


@program(call(2))
def finally_in_a_generator(n):
    log = []

    def g():
        try:
            yield 1
            yield 2
        finally:
            log.append("closed")

    for x in g():
        log.append(str(x))
    return log, n


@program(call(3))
def chained(n):
    def double(xs):
        for x in xs:
            yield 2 * x

    def plus_one(xs):
        for x in xs:
            yield x + 1

    return list(plus_one(double(range(n))))


@program(call(3))
def sending(n):
    def running():
        total = 0
        while True:
            x = yield total
            total += x

    g = running()
    next(g)
    g.send(n)
    return g.send(10)


@program(call(4))
def recursive(n):
    def walk(lo, hi):
        if lo < hi:
            mid = (lo + hi) // 2
            for x in walk(lo, mid):
                yield x
            yield mid
            for x in walk(mid + 1, hi):
                yield x

    return list(walk(0, n))


@program(call("abc"))
def of_strings(s):
    def prefixes():
        p = ""
        for c in s:
            p += c
            yield p

    return ",".join(prefixes())


@program(call(3))
def in_enumerate_and_zip(n):
    out = []
    for i, (a, b) in enumerate(zip(countdown(n), fibonacci())):
        out.append(i * 100 + a * 10 + b)
    return out


@program(call([1, 2, 3]))
def list_changed_between(xs):
    def items():
        for x in xs:
            yield x

    total = 0
    for x in items():
        if x == 1:
            xs.append(10)
        total += x
    return total


TABLE = np.array([1.5, -2.0, 8.0])


@program(call(1), call(2), call(5))
def global_array_in_a_generator(n):
    def items(k):
        for i in range(k):
            for x in TABLE:
                yield x * i
            yield TABLE[i]

    total = 0.0
    for item in items(n):
        total += item
    return total


def noting(n, log):
    try:
        for i in range(n):
            yield i
            log.append(i)
    finally:
        log.append(-1)


@program(call(5), call(1), call(0))
def dropped_by_break(n):
    log = [0]
    for x in noting(n, log):
        if x == 2:
            log.append(100)
            break
    log.append(7)
    return log


@program(call(3))
def dropped_with_its_variable(n):
    log = [0]
    g = noting(n, log)
    a = next(g)
    g = noting(n, log)
    log.append(next(g) + 50)
    del g
    log.append(a)
    return log


@program(call(3))
def dropped_by_an_exception(n):
    log = [0]
    try:
        for x in noting(n, log):
            log.append(10 // (1 - x))
    except ZeroDivisionError:
        log.append(99)
    return log


@program(call(2))
def closed(n):
    log = [0]
    g = noting(n, log)
    next(g)
    g.close()
    g.close()
    return log, next(g, -5)


@program(call(2))
def thrown(n):
    log = [0]

    def retries(n):
        while True:
            try:
                yield n
            except ValueError as e:
                log.append(len(str(e)))
                yield -1
            n += 1

    g = retries(n)
    return next(g), g.throw(ValueError("bad")), next(g), g.throw(KeyError(n)), log


@program(call(2), after=list)
def waits_in_handlers(n):
    for i in range(n + 1):
        try:
            yield 12 // (i - 1)
        except ZeroDivisionError as e:
            yield len(str(e))
        finally:
            yield i + 100


@program(call(4))
def sent_through_yield_from(n):
    def echo():
        got = 0
        while got is not None:
            got = yield got * 2
        return 7

    def passes():
        given = yield from echo()
        yield given

    g = passes()
    return next(g), g.send(n), g.send(n + 1), next(g)


@program(call([1, 2, 3]), call([1, 2]))
def stop_iteration_inside(xs):
    def pairs():
        it = iter(xs)
        while True:
            yield next(it) + next(it)

    return list(pairs())
