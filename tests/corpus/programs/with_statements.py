"""`with`: context managers of the user's classes, `contextlib.suppress` and `nullcontext`."""

import contextlib
from contextlib import nullcontext, suppress

import numpy as np

from tests.corpus import call, program


class Log:
    def __init__(self, swallow):
        self.entered = 0
        self.left = 0
        self.failed = 0
        self.swallow = swallow

    def __enter__(self):
        self.entered += 1
        return self

    def __exit__(self, kind, error, traceback):
        self.left += 1
        if kind is not None:
            self.failed += 1
        return self.swallow


class Strict:
    def __init__(self, where):
        self.where = where

    def __enter__(self):
        if self.where == 1:
            raise ValueError("enter")
        return self.where * 2

    def __exit__(self, kind, error, traceback):
        if self.where == 2:
            raise KeyError("exit")


class Only:
    """Swallows errors of one class."""

    def __init__(self):
        self.text = ""

    def __enter__(self):
        return None

    def __exit__(self, kind, error, traceback):
        if kind is None:
            self.text += "fine;"
            return False
        self.text += kind.__name__ + ":" + str(error) + ";"
        return isinstance(error, ValueError)


def made(swallow=False):
    return Log(swallow)


@program(call(3), call(0), call(-1))
def counts(n):
    log = made(n < 0)
    with log as same:
        x = 10 // n if n >= 0 else [1][5]
    return log.entered, log.left, log.failed, same.left


@program(call(False, 1), call(True, 1), call(True, 0))
def swallowed(swallow, n):
    log = Log(swallow)
    x = 0
    with log:
        x = 1
        if n:
            raise ValueError("inside")
        x = 2
    return x, log.entered, log.left, log.failed


@program(call(0), call(1), call(2))
def raised_by_the_manager(where):
    with Strict(where) as twice:
        return twice


@program(call(0), call(1), call(2))
def raised_by_both(where):
    with (
        Strict(0) as first,
        Strict(where) as second,
    ):
        raise RuntimeError(first, second)


@program(call(np.arange(3.0), 1), call(np.arange(3.0), 7))
def index_error_suppressed(a, i):
    with suppress(IndexError):
        return float(a[i])
    return -1.0


@program(call({"a": 1}, "a"), call({"a": 1}, "b"))
def key_error_suppressed(d, key):
    with contextlib.suppress(KeyError, ValueError):
        d[key] += 5
        d["seen"] = 1
    return len(d)


@program(call(0), call(1), call(2))
def another_class_is_not(n):
    with suppress(KeyError):
        if n == 0:
            raise KeyError(n)
        if n == 1:
            raise ValueError(n)
    return n


@program(call(0))
def suppress_nothing(n):
    with suppress():
        return 1 // n


@program(call([1.5, 2.5]), call(None))
def null_context(items):
    total = 0.0
    with nullcontext():
        total += 1
    with nullcontext(3.0) as x:
        total += x
    if items is not None:
        with nullcontext(items) as same:
            same.append(total)
    return total


@program(call(0), call(1), call(2), call(3))
def several(n):
    only, log = Only(), Log(False)
    out = 0
    with only, log as inner:
        out = inner.entered
        if n == 1:
            raise ValueError("one")
        if n == 2:
            raise TypeError("two")
        if n == 3:
            raise KeyError("three")
        out = 5
    return out, only.text, log.left


@program(call(4))
def left_by_return_break_continue(n):
    log = Log(False)
    seen = []
    for i in range(n):
        with log:
            if i == 1:
                continue
            seen.append(i)
            if i == 2:
                break
    with log:
        with log as inner:
            return seen, inner.left
    return seen, -1


@program(call(2), call(0))
def inside_try(n):
    log = Log(False)
    try:
        with log:
            x = 6 // n
    except ZeroDivisionError as e:
        return str(e), log.failed
    else:
        return "fine", x
    finally:
        log.entered = 100


@program(call(0), call(3))
def try_inside(n):
    log = Log(True)
    with log:
        try:
            return 6 // n
        except ZeroDivisionError:
            raise ValueError("again") from None
        finally:
            log.entered += 10
    return log.entered * 100 + log.left


@program(call(3))
def raised_in_a_helper(n):
    log = Log(n > 2)

    def fails(i):
        if i == 2:
            raise RuntimeError(f"at {i}")
        return i

    total = 0
    for i in range(n):
        with log:
            total += fails(i)
    return total, log.failed


@program(call(0), call(1))
def unpacked_target(n):
    with nullcontext((n, 2.5)) as (a, b):
        if n:
            raise ValueError(a, b)
    return a + b


@program(call(), after=list)
def in_a_generator():
    log = Log(False)
    with log as inner:
        for i in range(3):
            yield inner.left * 10 + i
    yield log.left


@program(call(5))
def generator_is_closed(n):
    left = []

    def items():
        with Log(False) as log:
            try:
                for i in range(n):
                    yield i
            finally:
                left.append(log.entered)

    total = 0
    for x in items():
        total += x
        if x == 2:
            break
    return total, left


def use(manager):
    with manager as value:
        return value


@program(call(1.5))
def a_manager_as_an_argument(x):
    return use(nullcontext(x)), use(nullcontext()), use(Strict(4))


@program(call(3), call(0))
def exception_is_tested(n):
    only = Only()
    with only:
        if n == 0:
            raise ValueError("no " + str(n))
    with only:
        n += 1
    return only.text


class Truthy:
    def __enter__(self):
        return 1

    def __exit__(self, kind, error, traceback):
        if error and traceback and kind:
            return 1
        return ""


@program(call(0), call(1))
def truth_of_what_exit_gives(n):
    with Truthy() as x:
        if n == 0:
            raise KeyError(n)
        x = 7
    return x


@program(call(1))
def nested_generators_of_managers(n):
    out = []
    for i in range(3):
        with suppress(ZeroDivisionError):
            with nullcontext(i) as j:
                out.append(n // j)
    return out


class Timer:
    def __init__(self, total):
        self.total = total

    def __enter__(self):
        self.total[0] += 1.0

    def __exit__(self, *details):
        self.total[1] += len(details)


@program(call(np.zeros(2), 0), call(np.zeros(2), 2))
def starred_parameters_of_exit(total, n):
    with Timer(total):
        return 3 // n


@program(call(Log(False), 1), call(Log(True), 0))
def an_instance_argument(log, n):
    with log as inner:
        inner.entered += 2 // n
    return log.left


@program(call(np.array([1.0, -1.0, 0.0]), np.zeros(3)), call(np.ones(2, np.float32), np.array([0.0, 3])))
def floating_point_errors_ignored(a, b):
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = a / b
        root = np.sqrt(a)
    with np.errstate(all="ignore") as nothing:
        return quotient, np.where(np.isnan(root), 0.0, root), nothing


@program(call(0.0), call(2.0))
def floating_point_errors_of_scalars_ignored(x):
    total = 0.0
    for i in range(3):
        with np.errstate(divide="ignore", over="ignore", under="warn"):
            if i == 2:
                continue
            total += float(np.float64(1.0) / np.float64(x))
            if total > 1e300:
                return -1.0
    return total


@program(call(0))
def an_exception_leaves_errstate(n):
    with np.errstate(all="ignore"):
        return 1 // n
