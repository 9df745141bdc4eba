"""Exceptions caught inside of generators, and what `yield from` gives."""

import gc

import pytest

from cumbia import CompileError, _cumbia, jit
from tests.python.harness import IDENTITY


def parsed(words):
    for word in words:
        try:
            value = int(word)
        except ValueError as e:
            value = -len(str(e))
        yield value


def tries_around_a_yield(n):
    total = 0
    for i in range(n):
        try:
            yield 12 // (2 - i) + total
            total += 1
        except ZeroDivisionError:
            total += 100
            continue
        else:
            total += 10
    return total


def finally_without_a_yield(xs):
    for x in xs:
        log = []
        try:
            log.append(1 // x)
        except ZeroDivisionError:
            log.append(-1)
        finally:
            log.append(7)
        yield log


def raises_in_a_handler(n):
    for i in range(n):
        try:
            if i == 2:
                raise KeyError(i)
        except KeyError as e:
            raise ValueError("no") from e
        yield i


def nested_handlers(n):
    kept = ""
    for i in range(n):
        try:
            try:
                if i % 2:
                    raise ValueError("odd")
                yield str(i)
            except KeyError:
                kept += "k"
            if i == 4:
                raise IndexError("four")
        except (ValueError, IndexError) as e:
            kept += str(e)
        yield kept


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (parsed, (["1", "x", "33", ""],)),
        (tries_around_a_yield, (5,)),
        (finally_without_a_yield, ([2, 0, -1],)),
        (raises_in_a_handler, (4,)),
        (nested_handlers, (6,)),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_handlers(function, args):
    def outcome(f):
        seen = []
        try:
            for item in f(*args):
                seen.append(list(item) if isinstance(item, list) else item)
        except Exception as e:
            seen.append((type(e), str(e), type(e.__cause__)))
        return seen

    compiled = jit(function)

    @jit
    def consumed(f, args):
        out = []
        for item in f(*args):
            out.append(item)
        return out

    before = _cumbia.live_allocations()
    expected = outcome(function)
    assert outcome(compiled) == expected
    assert outcome(lambda *args: consumed(function, args)) == (
        expected if not isinstance(expected[-1], tuple) else expected[-1:]
    )
    gc.collect()
    assert _cumbia.live_allocations() == before


def counted(xs):
    n = 0
    for x in xs:
        yield x
        n += 1
    return n, str(n)


def no_value(n):
    if n > 2:
        return 7
    yield n


def descending(n):
    if n == 0:
        return 1
    yield n
    below = yield from descending(n - 1)
    return below + n


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_value_of_yield_from(n):
    def all_of(make):
        g = make(descending)(n)
        seen = []
        while True:
            try:
                seen.append(next(g))
            except StopIteration as e:
                return seen, e.value

    assert all_of(jit) == all_of(lambda func: func)

    @jit
    def mixed(n):
        out = []
        for x in numbers_only(n):
            out.append(x)
        return out

    assert mixed(n) == list(numbers_only(n))


def numbers_only(n):
    first = yield from counted(range(n))
    kept = [first[0]]
    none = yield from [10, 20]
    kept.append(1 if none is None else 0)
    optional = yield from no_value(n)
    yield -1 if optional is None else optional
    total = (yield from counted(range(1))), len(kept)
    yield total[0][0] + total[1] * 100 + len(first[1])


@pytest.mark.skipif(IDENTITY, reason="of compiled code")
def test_a_handler_by_another_name():
    Exit = GeneratorExit

    def hidden(n):
        try:
            yield n
        except Exit:
            pass

    with pytest.raises(CompileError, match="CB0209"):
        jit(hidden)(1)
