"""`try` with `except` by class, `as`, `else`, `finally`, re-raise."""

import math

import numpy as np

from tests.corpus import call, program


@program(call(6, 3), call(6, 0), call(-7, 2))
def division(a, b):
    try:
        return a // b
    except ZeroDivisionError:
        return -1


@program(call(np.arange(5.0), 2), call(np.arange(5.0), 9), call(np.arange(5.0), -6), deviation="joined-number")
def index(a, i):
    try:
        x = a[i]
    except IndexError:
        x = math.nan
    return x


@program(call(4.0), call(-4.0))
def text_of_the_exception(x):
    try:
        return math.sqrt(x)
    except ValueError as e:
        return str(e)


@program(call(0), call(1), call(2), call(3))
def several_classes(n):
    try:
        if n == 0:
            raise ValueError("zero")
        if n == 1:
            raise IndexError("one")
        if n == 2:
            raise KeyError("two")
    except ValueError:
        return "value"
    except (IndexError, KeyError):
        return "lookup"
    return "none"


@program(call(0), call(1), call(2))
def base_class_catches(n):
    try:
        if n == 0:
            raise IndexError("i")
        if n == 1:
            raise ZeroDivisionError("z")
        if n == 2:
            raise OverflowError("o")
    except LookupError:
        return 1
    except ArithmeticError:
        return 2
    return 3


@program(call(1), call(0))
def else_branch(n):
    steps = 0
    try:
        steps += 10 // n
    except ZeroDivisionError:
        steps += 1
    else:
        steps += 100
    return steps


@program(call(np.zeros(4), 2), call(np.zeros(4), 7))
def finally_runs_and_the_exception_goes_on(a, i):
    try:
        a[i] = 1.0
    finally:
        a[0] = 5.0
    return a[0]


@program(call(1), call(0))
def finally_overrides_return(n):
    try:
        return 10 // n
    finally:
        if n == 0:
            return -1


@program(call(5))
def finally_in_a_loop(n):
    log = 0
    for i in range(n):
        try:
            if i == 1:
                continue
            if i == 3:
                break
            log += 1
        finally:
            log += 100
    return log


@program(call(np.array([1.0, -1.0, 4.0, -9.0])))
def in_a_loop(a):
    total, failed = 0.0, 0
    for x in a:
        try:
            total += math.sqrt(x)
        except ValueError:
            failed += 1
    return total, failed


@program(call(0), call(5))
def bare_except(n):
    try:
        return 100 // n
    except:  # noqa: E722
        return -1


@program(call(3), call(-3))
def reraise(n):
    count = 0
    try:
        if n < 0:
            raise ValueError("negative", n)
        count += n
    except ValueError:
        count += 1
        raise
    return count


@program(call(0), call(1), call(2))
def nested(n):
    try:
        try:
            if n == 0:
                raise ValueError("inner")
            if n == 1:
                raise TypeError("outer")
            return 0
        except ValueError:
            return 1
        finally:
            n += 10
    except TypeError as e:
        return n, str(e)


@program(call(2), call(0))
def exception_arguments(n):
    try:
        if n:
            raise ValueError("bad", n, 2.5)
        return 0
    except ValueError as e:
        return e.args


@program(call(3))
def the_name_is_unbound_afterwards(n):
    e = 1
    try:
        raise ValueError(n)
    except ValueError as e:
        pass
    return e


def risky(n):
    if n > 2:
        raise ValueError("too large")
    return n * 10


@program(call(2), call(3))
def across_a_call(n):
    try:
        return risky(n)
    except ValueError as e:
        return str(e)


@program(call(2), call(3))
def through_a_caller_that_does_not_catch(n):
    def middle(k):
        try:
            return risky(k)
        except KeyError:
            return -1

    try:
        return middle(n)
    except ValueError:
        return -2


@program(call(np.array([3, 0, 4])))
def state_at_the_time_of_the_exception(a):
    seen = 0
    q = 100
    try:
        for i in range(len(a)):
            seen = i
            q = 12 // int(a[i])
    except ZeroDivisionError:
        return seen, q
    return -1, q


@program(call(3, 3))
def overflow_is_caught(a, b):
    try:
        return a * b
    except OverflowError:
        return -1


@program(call(5), call(0))
def raised_in_the_handler_of_another(n):
    try:
        return 1 // n
    except ZeroDivisionError:
        raise ValueError("n must not be zero")


@program(call(0), call(1))
def else_and_finally(n):
    trace = []
    try:
        trace.append("try")
        1 // n
    except ZeroDivisionError:
        trace.append("except")
    else:
        trace.append("else")
    finally:
        trace.append("finally")
    return trace


@program(call("12"), call("x1"), call(" 7 "))
def parse_with_a_default(text):
    try:
        return int(text)
    except ValueError:
        return -1


@program(call({"a": 1}, "a"), call({"a": 1}, "b"))
def key_with_a_default(d, key):
    try:
        return d[key]
    except KeyError as e:
        return -len(str(e))


@program(call([], 1), call([3], 0))
def pop_from_an_empty_list(seed, n):
    xs = [1]
    try:
        for _ in range(n + 1):
            xs.pop()
    except IndexError as e:
        return str(e)
    return "fine"


@program(call(1), call(0))
def while_true_with_retry(n):
    tries = 0
    while True:
        try:
            tries += 1
            value = 10 // (n + tries - 1)
            break
        except ZeroDivisionError:
            if tries > 3:
                raise
    return tries, value


@program(call(2), call(0))
def variables_bound_in_both(n):
    try:
        x = 10 // n
        y = 1
    except ZeroDivisionError:
        x, y = 0, -1
    return x, y


@program(call(2), call(0))
def unbound_after_a_failed_try(n):
    try:
        x = 10 // n
    except ZeroDivisionError:
        pass
    return x


@program(call(3), call(-3))
def always_failing_operation_is_caught(n):
    try:
        if n > 0:
            return str(n + "s")
        return str([n] + (n,))
    except TypeError as e:
        return str(e)


def size_of(x):
    return len(x)


@program(call(3), call([1, 2]), call(2.5), call("text"), call(None))
def size_or_nothing(x):
    try:
        return size_of(x)
    except TypeError:
        return -1


@program(call(3, False), call(3, True))
def attribute_that_is_not_there(n, flag):
    total = n
    if flag:
        total += n.no_such_attribute
    return total


@program(call([]), call([1, 2]))
def index_of_the_wrong_type(xs):
    found = []
    for x in xs:
        found.append(x)
        found["x"] = x
    return found
