"""`try`, `raise` and all that belongs to them, compared with CPython.

A program is a text with functions decorated with `@jit`. It is executed twice, once with
the decorator and once with one that does nothing, and its last function is called with
each row of arguments. Compared are results, arguments afterwards, and of an exception the
whole chain: class, arguments, lines and names of the traceback, cause, context.
"""

import ast
import itertools
import linecache
import signal
import textwrap
import threading
import time
import traceback

import numpy as np
import pytest
from harness import IDENTITY, CompileError, copy_arguments, jit, value_differences

_count = itertools.count()


def execute(text, decorator):
    """The last function of a program, and the name of its file."""
    text = textwrap.dedent(text).strip("\n") + "\n"
    filename = f"<program {next(_count)}>"
    linecache.cache[filename] = len(text), None, text.splitlines(True), filename
    namespace = {"np": np, "jit": decorator, "__name__": "test_program"}
    exec(compile(text, filename, "exec", dont_inherit=True), namespace)
    name = [n.name for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)][-1]
    return namespace[name], filename


def chain(error, filename, seen=()):
    """All that can be seen of an exception, as nested tuples."""
    if error is None:
        return None
    if error in seen:
        return "again"
    seen = (*seen, error)
    frames = traceback.extract_tb(error.__traceback__)
    lines = tuple((f.name, f.lineno) for f in frames if f.filename == filename)
    if isinstance(error, RecursionError):
        lines = ()
    return (
        type(error).__name__,
        [base.__name__ for base in type(error).__mro__],
        tuple((type(a).__name__, a) for a in error.args),
        lines,
        error.__suppress_context__,
        chain(error.__cause__, filename, seen),
        chain(error.__context__, filename, seen),
    )


def outcome(func, args, filename):
    args, _ = copy_arguments(args, {})
    try:
        return func(*args), None, args
    except BaseException as error:
        return None, chain(error, filename), args


def plainly(value):
    """Without what joins of types change: a Python number that meets a NumPy scalar."""
    if isinstance(value, tuple):
        return tuple(map(plainly, value))
    return value.item() if isinstance(value, np.generic) else value


def compare(text, *calls):
    plain, plain_file = execute(text, lambda func: func)
    compiled, file = execute(text, jit)
    for call in calls:
        expected, expected_error, expected_args = outcome(plain, call, plain_file)
        got, got_error, got_args = outcome(compiled, call, file)
        where = f"{textwrap.dedent(text)}\ncalled with {call}"
        assert got_error == expected_error, where
        assert not value_differences(plainly(expected), plainly(got), "result"), where
        for i, (a, b) in enumerate(zip(expected_args, got_args)):
            assert not value_differences(a, b, f"argument {i}"), where


A = np.array([5, 0, 7, 2])

PROGRAMS = {
    # Which clause.
    "one_class": (
        """
        @jit
        def f(a, b):
            try:
                r = a // b
            except ZeroDivisionError:
                r = -1
            return r
        """,
        [(7, 2), (7, 0)],
    ),
    "base_class": (
        """
        @jit
        def f(a, b):
            try:
                return a // b
            except ArithmeticError:
                return -1
        """,
        [(7, 2), (7, 0)],
    ),
    "order_of_clauses": (
        """
        @jit
        def f(k):
            try:
                if k == 0:
                    raise IndexError("i")
                if k == 1:
                    raise KeyError("k")
                if k == 2:
                    raise LookupError("l")
                if k == 3:
                    raise ValueError("v")
                if k == 4:
                    raise KeyboardInterrupt
                return 0
            except IndexError:
                return 1
            except LookupError:
                return 2
            except Exception:
                return 3
            except BaseException:
                return 4
        """,
        [(k,) for k in range(6)],
    ),
    "tuple_of_classes": (
        """
        ERRORS = (KeyError, IndexError)
        @jit
        def f(a, i):
            try:
                return a[i]
            except ERRORS:
                return -1
        """,
        [(A, 1), (A, 4), (A, -5)],
    ),
    "tuple_display_of_classes": (
        """
        @jit
        def f(a, i):
            try:
                return 10 // a[i]
            except (KeyError, IndexError, ValueError):
                return -1
        """,
        [(A, 2), (A, 4)],
    ),
    "bare": (
        """
        @jit
        def f(a, i):
            try:
                return a[i] + 0
            except:
                return -1
        """,
        [(A, 1), (A, 4)],
    ),
    "not_matching": (
        """
        @jit
        def f(a, i):
            try:
                return a[i]
            except (KeyError, ValueError):
                return -1
        """,
        [(A, 1), (A, 4)],
    ),
    "empty_tuple": (
        """
        @jit
        def f(a, i):
            try:
                return a[i]
            except ():
                return -1
        """,
        [(A, 1), (A, 4)],
    ),
    "classes_of_the_user": (
        """
        class Base(ValueError): pass
        class One(Base): pass
        class Two(Base, KeyError): pass
        class Other(Exception): pass
        @jit
        def g(k):
            if k == 0:
                raise One("one", 1)
            if k == 1:
                raise Two
            if k == 2:
                raise Other(2.5)
            if k == 3:
                raise ValueError("plain")
            return k
        @jit
        def f(k, how):
            try:
                return g(k)
            except One:
                return -1
            except KeyError:
                return -2
            except Base:
                return -3
            except Other:
                if how:
                    raise
                return -4
        """,
        [(k, how) for k in range(5) for how in (False, True)],
    ),
    "catch_all_of_user_bases": (
        """
        class Base(Exception): pass
        class Leaf(Base): pass
        class Loner(BaseException): pass
        @jit
        def f(k):
            try:
                if k == 0:
                    raise Leaf
                if k == 1:
                    raise Loner(k)
                if k == 2:
                    raise Base("x", k, 2.5, True)
            except Base as e:
                return 1 if isinstance(e, Leaf) else 2
            except Exception:
                return 3
            return 4
        """,
        [(k,) for k in range(4)],
    ),
    "alias_of_a_class": (
        """
        Problem = IOError
        @jit
        def f(k):
            try:
                if k:
                    raise Problem("disk")
            except EnvironmentError:
                return 1
            return 0
        """,
        [(0,), (1,)],
    ),
    # Arguments.
    "arguments": (
        """
        @jit
        def f(k, n, x):
            if k == 0:
                raise ValueError("")
            if k == 1:
                raise ValueError("a", "b")
            if k == 2:
                raise ValueError(n, x)
            if k == 3:
                raise ValueError("braces {} {0}", n)
            if k == 4:
                raise KeyError(True)
            if k == 5:
                raise KeyError("text")
            if k == 6:
                raise OSError(2, "no such thing")
            if k == 7:
                raise ValueError(n > 3, "", n)
            if k == 8:
                raise ValueError("{0}")
            if k == 9:
                raise ValueError("{")
            if k == 10:
                raise ValueError("1", 2, 3.5, "4", 5, 6, 7, 8)
            if k == 11:
                raise KeyError(x)
            if k == 12:
                raise ValueError("\\x01")
            if k == 13:
                raise ValueError("\\x01a\\x02\\x01", n, "\\x021")
            if k == 14:
                raise ValueError("a\\x01b")
            return k
        """,
        [(k, 7, -0.5) for k in range(16)],
    ),
    "assert_messages": (
        """
        @jit
        def f(n):
            assert n > 0
            assert n > 1, "larger"
            assert n > 2, n
            assert n > 3, ""
            return n
        """,
        [(k,) for k in range(5)],
    ),
    "assert_caught": (
        """
        @jit
        def f(n):
            try:
                assert n > 0, "positive"
            except AssertionError:
                return -1
            return n
        """,
        [(1,), (0,)],
    ),
    # else
    "else_runs_without_exception": (
        """
        @jit
        def f(a, b):
            log = 0
            try:
                r = a // b
            except ZeroDivisionError:
                log += 1
                r = 0
            else:
                log += 10
            return r, log
        """,
        [(7, 2), (7, 0)],
    ),
    "exception_in_else_is_not_caught": (
        """
        @jit
        def f(a, i, j):
            try:
                x = a[i]
            except IndexError:
                x = -1
            else:
                x += a[j]
            return x
        """,
        [(A, 0, 1), (A, 9, 9), (A, 0, 9)],
    ),
    # finally
    "finally_always": (
        """
        @jit
        def f(a, i, log):
            try:
                return a[i]
            finally:
                log[0] += 1
        """,
        [(A, 0, np.zeros(1)), (A, 9, np.zeros(1))],
    ),
    "finally_after_except": (
        """
        @jit
        def f(a, i, log):
            try:
                log[0] = 1
                x = a[i]
                log[0] = 2
            except IndexError:
                log[1] = 1
                x = -1
            else:
                log[2] = 1
            finally:
                log[3] += 1
            return x
        """,
        [(A, 0, np.zeros(4)), (A, 9, np.zeros(4))],
    ),
    "return_in_finally_overrides": (
        """
        @jit
        def f(a, i):
            try:
                return a[i] + 0
            finally:
                return -1
        """,
        [(A, 0), (A, 9)],
    ),
    "return_in_finally_after_except": (
        """
        @jit
        def f(a, i):
            try:
                a[i] = 1
            except IndexError:
                raise ValueError("x")
            finally:
                if i > 5:
                    return 1
            return 2
        """,
        [(A, 0), (A, 4), (A, 9)],
    ),
    "value_of_return_is_taken_before_finally": (
        """
        @jit
        def f(n):
            x = n
            try:
                return x
            finally:
                x = 100
        """,
        [(3,)],
    ),
    "break_in_finally": (
        """
        @jit
        def f(a, n):
            s = 0
            for i in range(n):
                try:
                    s += a[i]
                finally:
                    s += 100
                    if i >= 3:
                        break
            return s
        """,
        [(A, 2), (A, 4), (A, 9), (A[:3], 9)],
    ),
    "continue_in_finally": (
        """
        @jit
        def f(a, n):
            s = 0
            for i in range(n):
                try:
                    s += a[i]
                finally:
                    s += 100
                    continue
            return s
        """,
        [(A, 2), (A, 9)],
    ),
    "break_through_finally": (
        """
        @jit
        def f(a):
            s = 0
            for x in a:
                try:
                    if x == 0:
                        break
                    if x == 5:
                        continue
                    s += x
                finally:
                    s += 100
            else:
                s = -s
            return s
        """,
        [(A,), (A[:1],), (A[2:],)],
    ),
    "nested_finally_order": (
        """
        @jit
        def f(a, k, log):
            n = 0
            for i in range(3):
                try:
                    try:
                        if k == 0:
                            return n
                        if k == 1:
                            break
                        if k == 2:
                            continue
                        if k == 3:
                            n += a[10]
                    finally:
                        n += 1
                        log[0] = log[0] * 10 + 1
                finally:
                    n += 10
                    log[0] = log[0] * 10 + 2
            return n
        """,
        [(A, k, np.zeros(1)) for k in range(5)],
    ),
    "exception_in_finally_replaces": (
        """
        @jit
        def f(a, i, j):
            try:
                return a[i]
            finally:
                a[j] = 1
        """,
        [(A, 0, 0), (A, 9, 0), (A, 0, 9), (A, 9, 10)],
    ),
    "finally_inside_finally": (
        """
        @jit
        def f(a, i):
            s = 0
            try:
                s += a[i]
            finally:
                try:
                    s += a[i + 1]
                except IndexError:
                    s += 100
                finally:
                    s += 1000
            return s
        """,
        [(A, 0), (A, 3), (A, 9)],
    ),
    "try_in_finally_catches_its_own": (
        """
        @jit
        def f(a, i):
            s = 0
            try:
                raise KeyError(i)
            except KeyError:
                s = 1
            finally:
                try:
                    a[i] += 1
                except IndexError:
                    s += 10
            return s
        """,
        [(A, 0), (A, 9)],
    ),
    # What handlers see of variables.
    "value_at_the_exception": (
        """
        @jit
        def f(a, n):
            k = -1
            x = 0
            try:
                k = 0
                x += a[n]
                k = 1
                x += a[n + 1]
                k = 2
                x += a[n + 2]
                k = 3
            except IndexError:
                return k, x
            return k, x
        """,
        [(A, n) for n in range(6)],
    ),
    "value_in_a_loop": (
        """
        @jit
        def f(a, n):
            i = -1
            s = 0
            try:
                for i in range(n):
                    s += a[i]
            except IndexError:
                s = -s
            return i, s
        """,
        [(A, 0), (A, 3), (A, 9)],
    ),
    "while_in_try": (
        """
        @jit
        def f(a):
            i = 0
            try:
                while True:
                    a[i] = i
                    i += 1
            except IndexError:
                pass
            return i
        """,
        [(A,), (A[:0],)],
    ),
    "unbound_after": (
        """
        @jit
        def f(a, i):
            try:
                x = a[i] + 1
            except IndexError:
                pass
            return x
        """,
        [(A, 0)],
    ),
    "unbound_in_the_handler": (
        """
        @jit
        def f(a, i, j):
            try:
                x = a[i]
                x += a[j]
            except IndexError:
                return x
            return x + 1
        """,
        [(A, 0, 0), (A, 0, 9)],
    ),
    "swapped_together": (
        """
        @jit
        def f(a, i):
            x, y = 1, 2
            try:
                x, y = y, a[i]
            except IndexError:
                return x, y
            return x, y
        """,
        [(A, 0), (A, 9)],
    ),
    "assigned_in_a_nested_block": (
        """
        @jit
        def f(a, i, b):
            x = 0.5
            try:
                if b:
                    x = 1.5
                else:
                    x = 2.5
                a[i] = 0
                if b:
                    x = 3.5
                a[i + 1] = 0
            except IndexError:
                return x
            return -x
        """,
        [(A, i, b) for i in (0, 3, 4) for b in (False, True)],
    ),
    "argument_reassigned": (
        """
        @jit
        def f(n, a):
            try:
                n = n * 2
                n = n + a[n]
            except IndexError:
                n = n * 1000
            return n
        """,
        [(1, A), (2, A)],
    ),
    "augmented_element_half_done": (
        """
        @jit
        def f(a, b, i, j):
            try:
                a[i] += b[j]
            except IndexError:
                return -1
            return a[i]
        """,
        [(A, A, 0, 0), (A, A, 9, 0), (A, A, 0, 9)],
    ),
    # Loops around.
    "loop_with_try": (
        """
        @jit
        def f(a, n):
            s = bad = good = 0
            for i in range(n):
                try:
                    s += 10 // a[i]
                except ZeroDivisionError:
                    bad += 1
                except IndexError:
                    bad += 100
                else:
                    good += 1
            return s, bad, good
        """,
        [([5, 0, 7] and A.astype(np.int64), 6)],
    ),
    "python_ints_in_a_loop": (
        """
        @jit
        def f(n):
            s = bad = 0
            for i in range(-n, n):
                try:
                    s += 100 // i
                    s += 100 % (i - 1)
                except ZeroDivisionError:
                    bad += i + 10
            return s, bad
        """,
        [(0,), (3,)],
    ),
    "continue_and_break_in_handlers": (
        """
        @jit
        def f(a, n):
            s = 0
            for i in range(n):
                try:
                    x = a[i]
                    if x == 0:
                        raise ValueError
                except ValueError:
                    continue
                except IndexError:
                    break
                s += x * i
            else:
                s += 1000
            return s
        """,
        [(A, 4), (A, 9)],
    ),
    "return_from_a_handler_in_a_loop": (
        """
        @jit
        def f(a):
            for i in range(100):
                try:
                    a[i] += 1
                except IndexError:
                    return i
            return -1
        """,
        [(A,)],
    ),
    "retry": (
        """
        @jit
        def f(a, n):
            tries = 0
            while True:
                tries += 1
                try:
                    return a[n], tries
                except IndexError:
                    n -= 1
        """,
        [(A, 2), (A, 9)],
    ),
    "try_in_nested_loops": (
        """
        @jit
        def f(a, n):
            s = 0
            for i in range(n):
                for j in range(n):
                    try:
                        if j > i:
                            break
                        s += a[i, j]
                    except IndexError:
                        s += 1000
                        continue
                    s += 1
                s += 10
            return s
        """,
        [(np.arange(9).reshape(3, 3), 3), (np.arange(9).reshape(3, 3), 5)],
    ),
    "loop_over_an_array_in_try": (
        """
        @jit
        def f(a, b):
            n = 0
            try:
                for x in a:
                    n += 1
                    b[x] = n
            except IndexError:
                return -n
            return n
        """,
        [(A, np.zeros(10)), (A, np.zeros(3))],
    ),
    # Nested try.
    "inner_takes_it": (
        """
        @jit
        def f(a, i):
            try:
                try:
                    return a[i]
                except IndexError:
                    return -1
            except IndexError:
                return -2
        """,
        [(A, 0), (A, 9)],
    ),
    "inner_passes_it_on": (
        """
        @jit
        def f(a, i):
            try:
                try:
                    return a[i]
                except KeyError:
                    return -1
            except IndexError:
                return -2
        """,
        [(A, 0), (A, 9)],
    ),
    "handler_raises_to_outer": (
        """
        @jit
        def f(a, i):
            x = 0
            try:
                try:
                    x = a[i]
                except IndexError:
                    x = 5
                    raise ValueError("other")
            except ValueError:
                x += 100
            return x
        """,
        [(A, 0), (A, 9)],
    ),
    "try_in_handler": (
        """
        @jit
        def f(a, i, j):
            try:
                return a[i]
            except IndexError:
                try:
                    return a[j]
                except IndexError:
                    return -1
        """,
        [(A, 0, 0), (A, 9, 0), (A, 9, 9)],
    ),
    "try_in_handler_passes_on": (
        """
        @jit
        def f(a, i, j):
            try:
                return a[i]
            except IndexError:
                try:
                    return a[j]
                except KeyError:
                    return -1
        """,
        [(A, 9, 0), (A, 9, 8)],
    ),
    "try_in_else": (
        """
        @jit
        def f(a, i, j):
            try:
                x = a[i]
            except IndexError:
                return -1
            else:
                try:
                    return a[j] + x
                except IndexError:
                    return -2
                finally:
                    a[0] = 77
        """,
        [(A, 0, 0), (A, 9, 0), (A, 0, 9)],
    ),
    # raise
    "bare_raise": (
        """
        @jit
        def f(a, i):
            try:
                return a[i]
            except IndexError:
                raise
        """,
        [(A, 0), (A, 9)],
    ),
    "bare_raise_to_outer": (
        """
        @jit
        def f(a, i):
            try:
                try:
                    return a[i]
                except IndexError:
                    a[0] = 3
                    raise
            except LookupError:
                return -1
        """,
        [(A, 0), (A, 9)],
    ),
    "bare_raise_after_inner_try": (
        """
        @jit
        def f(a, i, b):
            try:
                return a[i]
            except IndexError:
                try:
                    b[0] = 1
                except IndexError:
                    pass
                raise
        """,
        [(A, 9, np.zeros(1)), (A, 9, np.zeros(0))],
    ),
    "bare_raise_in_inner_try": (
        """
        @jit
        def f(a, i):
            try:
                return a[i]
            except IndexError:
                try:
                    raise
                except LookupError:
                    return -1
        """,
        [(A, 9)],
    ),
    "raise_caught_again": (
        """
        @jit
        def f(a, i):
            try:
                return a[i]
            except IndexError as e:
                raise e
        """,
        [(A, 9)],
    ),
    "raise_from_caught": (
        """
        class Mine(Exception): pass
        @jit
        def f(a, i):
            try:
                return a[i]
            except IndexError as e:
                raise Mine("mine", i) from e
        """,
        [(A, 0), (A, 9)],
    ),
    "raise_from_none": (
        """
        @jit
        def f(a, i):
            try:
                return a[i]
            except IndexError:
                raise KeyError(i) from None
        """,
        [(A, 0), (A, 9)],
    ),
    "raise_from_none_without_try": (
        """
        @jit
        def f(i):
            if i > 3:
                raise KeyError(i) from None
            return i
        """,
        [(0,), (4,)],
    ),
    "context_only": (
        """
        @jit
        def f(a, i):
            try:
                return a[i]
            except IndexError:
                raise KeyError(i)
        """,
        [(A, 0), (A, 9)],
    ),
    "context_of_what_an_operation_raises": (
        """
        @jit
        def f(a, i):
            try:
                return a[i]
            except IndexError:
                return i // (i - 9)
        """,
        [(A, 0), (A, 9), (A, 10)],
    ),
    "context_from_a_called_function": (
        """
        @jit
        def g(x):
            if x > 3:
                raise ValueError(x)
            return x
        @jit
        def f(a, i):
            try:
                return a[i] + 0
            except IndexError:
                return g(i)
        """,
        [(A, 0), (A, 9)],
    ),
    "chain_of_three": (
        """
        @jit
        def f(a, i):
            try:
                try:
                    return a[i]
                except IndexError:
                    raise KeyError(i)
            except KeyError:
                raise ValueError("end")
        """,
        [(A, 9)],
    ),
    "cause_and_context_differ": (
        """
        @jit
        def f(a, i):
            try:
                a[i] = 1
            except IndexError as first:
                try:
                    a[i + 1] = 1
                except IndexError as second:
                    raise ValueError("both") from first
            return 1
        """,
        [(A, 0), (A, 9)],
    ),
    "no_context_after_the_handler": (
        """
        @jit
        def f(a, i):
            try:
                return a[i]
            except IndexError:
                pass
            raise ValueError("later")
        """,
        [(A, 9)],
    ),
    "no_context_after_return_from_handler": (
        """
        @jit
        def g(a, i):
            try:
                return a[i]
            except IndexError:
                return -1
        @jit
        def f(a, i):
            x = g(a, i)
            raise ValueError(1)
        """,
        [(A, 9)],
    ),
    "no_context_after_break_from_handler": (
        """
        @jit
        def f(a):
            for i in range(9):
                try:
                    a[i] = 1
                except IndexError:
                    break
            raise ValueError(i)
        """,
        [(A,)],
    ),
    "reraised_outer_in_inner_handler": (
        """
        @jit
        def f(a, i):
            try:
                a[i] = 1
            except IndexError as e:
                try:
                    raise KeyError(1)
                except KeyError:
                    raise e
            return 0
        """,
        [(A, 9)],
    ),
    "raise_same_twice": (
        """
        @jit
        def f(a, i):
            try:
                try:
                    a[i] = 1
                except IndexError as e:
                    raise e
            except IndexError as e:
                raise e from None
            return 0
        """,
        [(A, 9)],
    ),
    "raise_from_itself_kept": (
        """
        @jit
        def f(a, i):
            try:
                a[i] = 1
            except IndexError as e:
                raise e from e
            return 0
        """,
        [(A, 9)],
    ),
    "finally_sees_context": (
        """
        @jit
        def f(a, i):
            try:
                a[i] = 1
            finally:
                if i > 8:
                    raise ValueError("in finally")
            return 0
        """,
        [(A, 0), (A, 5), (A, 9)],
    ),
    "bare_raise_in_finally": (
        """
        @jit
        def f(a, i):
            try:
                a[i] = 1
            finally:
                raise
        """,
        [(A, 9), (A, 0)],
    ),
    # as e
    "variable_is_deleted": (
        """
        @jit
        def f(a, i):
            try:
                a[i] = 1
            except IndexError as e:
                pass
            if i > 5:
                raise e
            return 0
        """,
        [(A, 0)],
    ),
    "variable_shadows": (
        """
        @jit
        def f(a, i):
            k = 0
            for j in range(3):
                try:
                    a[i + j] = 1
                except IndexError as e:
                    k += isinstance(e, LookupError) + 2 * isinstance(e, (KeyError, IndexError))
            return k
        """,
        [(A, 0), (A, 3)],
    ),
    "isinstance": (
        """
        @jit
        def f(k):
            try:
                if k == 0:
                    raise KeyError(1)
                if k == 1:
                    raise ZeroDivisionError
                raise RecursionError("x")
            except Exception as e:
                if isinstance(e, LookupError):
                    return 1
                if isinstance(e, (ValueError, ArithmeticError)):
                    return 2
                if isinstance(e, RuntimeError):
                    raise
            return 0
        """,
        [(k,) for k in range(3)],
    ),
    "kept_in_another_variable": (
        """
        @jit
        def f(a, i):
            try:
                a[i] = 1
            except IndexError as e:
                kept = e
            if i > 3:
                raise ValueError("late") from kept
            return 1
        """,
        [(A, 0), (A, 9)],
    ),
    # Called functions.
    "callee_raises": (
        """
        @jit
        def h(a, i):
            return a[i]
        @jit
        def g(a, i):
            return h(a, i) + 1
        @jit
        def f(a, i):
            try:
                return g(a, i)
            except IndexError:
                return -1
        """,
        [(A, 0), (A, 9)],
    ),
    "callee_raises_and_passes": (
        """
        @jit
        def h(a, i):
            return a[i]
        @jit
        def g(a, i):
            try:
                return h(a, i) + 1
            except KeyError:
                return 0
        @jit
        def f(a, i):
            try:
                return g(a, i)
            finally:
                a[0] += 1
        """,
        [(A, 0), (A, 9)],
    ),
    "wrapped_in_each_frame": (
        """
        @jit
        def h(a, i):
            try:
                return a[i]
            except IndexError as e:
                raise KeyError(i) from e
        @jit
        def g(a, i):
            try:
                return h(a, i)
            except KeyError as e:
                raise ValueError("g", i)
        @jit
        def f(a, i):
            try:
                return g(a, i)
            except ValueError as e:
                raise RuntimeError from e
        """,
        [(A, 0), (A, 9)],
    ),
    "results_of_a_callee_that_raised": (
        """
        @jit
        def g(a, i):
            return a[i], float(i), a
        @jit
        def f(a, i):
            x, y, b = 0, 0.0, a
            try:
                x, y, b = g(a, i)
                x, y, b = g(a, i + 2)
            except IndexError:
                y = -y
            return x, y, b.sum()
        """,
        [(A, 0), (A, 2), (A, 9)],
    ),
    "recursion": (
        """
        @jit
        def f(n):
            try:
                if n == 0:
                    raise ValueError("bottom")
                return f(n - 1) + 1
            except ValueError:
                if n % 3 == 2:
                    return 1000
                raise
        """,
        [(n,) for n in range(5)],
    ),
    "recursion_chain": (
        """
        @jit
        def f(n):
            if n == 0:
                raise ValueError(0)
            try:
                return f(n - 1)
            except ValueError:
                raise ValueError(n)
        """,
        [(0,), (4,)],
    ),
    "recursion_error": (
        """
        @jit
        def g(n):
            return g(n + 1) + 1
        @jit
        def f(n):
            try:
                return g(n)
            except RecursionError:
                return -1
        """,
        [(0,)],
    ),
    "recursion_error_as_runtime_error": (
        """
        @jit
        def g(n):
            return g(n + 1) + 1
        @jit
        def f(n):
            try:
                return g(n)
            except RuntimeError as e:
                raise ValueError("deep") from None
        """,
        [(0,)],
    ),
    # Kinds of exceptions of operations.
    "division": (
        """
        @jit
        def f(x, y):
            try:
                return x / y, x // y, x % y
            except ZeroDivisionError:
                return 0.0, y, x
        """,
        [(1, 2), (1.5, 0.0), (3, 0)],
    ),
    "value_errors": (
        """
        import math
        @jit
        def f(x):
            try:
                return math.sqrt(x)
            except ValueError:
                return -1.0
        """,
        [(4.0,), (-4.0,)],
    ),
    "shape_errors": (
        """
        @jit
        def f(a, b):
            try:
                a[:] = b
            except ValueError:
                return -1.0
            return a.sum()
        """,
        [(np.ones(3), np.ones(3)), (np.ones(3), np.ones(4))],
    ),
    "unpacking": (
        """
        @jit
        def f(a):
            try:
                x, y = a
            except ValueError:
                return -1
            return x * 10 + y
        """,
        [(A,), (A[:2],)],
    ),
    "library_functions": (
        """
        @jit
        def f(a):
            try:
                return a.max()
            except ValueError:
                return np.int64(-1)
        """,
        [(A,), (A[:0],)],
    ),
    "library_function_passes": (
        """
        @jit
        def f(a):
            try:
                return a.max()
            finally:
                a[:] = 0
        """,
        [(A,), (A[:0],)],
    ),
    "axis_error": (
        """
        @jit
        def f(a, i):
            try:
                return a[i].sum()
            except (IndexError, ValueError):
                return np.int64(-1)
        """,
        [(np.arange(6).reshape(2, 3), 1), (np.arange(6).reshape(2, 3), 4)],
    ),
    "float_overflow": (
        """
        @jit
        def f(x):
            try:
                return int(x)
            except (OverflowError, ValueError):
                return -1
        """,
        [(1.5,), (float("inf"),), (float("nan"),)],
    ),
    # Arrays and memory.
    "arrays_made_in_try": (
        """
        @jit
        def f(n, i):
            a = np.zeros(n)
            try:
                b = np.ones(n)
                c = np.cumsum(b)
                a = np.cumsum(c)
                a[i] = 5.0
                a = np.cumsum(a)
            except IndexError:
                return a
            return a
        """,
        [(4, 1), (4, 9)],
    ),
    "array_in_handler": (
        """
        @jit
        def f(n, i):
            try:
                b = np.arange(n)
                b[i] = 7
            except IndexError:
                b = np.zeros(n, dtype=np.int64)
            else:
                b = np.cumsum(b)
            finally:
                n = n + 1
            return b, n
        """,
        [(3, 1), (3, 5)],
    ),
    "array_escapes_by_return_through_finally": (
        """
        @jit
        def f(n):
            b = np.ones(n)
            try:
                return np.cumsum(b)
            finally:
                b[:] = 9
        """,
        [(3,)],
    ),
    "arrays_in_a_loop": (
        """
        @jit
        def f(n, k):
            total = 0.0
            for i in range(n):
                try:
                    t = np.ones(k)
                    t[i] = 3.0
                    total += t.sum()
                except IndexError:
                    total -= 1.0
                    t = np.zeros(2)
                total += t[0]
            return total
        """,
        [(3, 5), (9, 4)],
    ),
    "views_borrowed_or_owned": (
        """
        @jit
        def f(a, i):
            v = a[:2]
            try:
                v = np.cumsum(a[1:])
                v = v[i:]
                v[0] += 1
                v = a
            except IndexError:
                return v.sum(), v.size
            return v.sum(), v.size
        """,
        [(A, 0), (A, 3)],
    ),
    # Joins of types.
    "int_and_float": (
        """
        @jit
        def f(a, i):
            try:
                x = float(a[i])
            except IndexError:
                x = -1.0
            return x
        """,
        [(A, 0), (A, 9)],
    ),
    "none_or_value": (
        """
        @jit
        def f(a, i):
            x = None
            try:
                x = 1.5
                a[i] = 0
            except IndexError:
                pass
            if x is None:
                return 0.0
            return x
        """,
        [(A, 0), (A, 9)],
    ),
    "complex_values": (
        """
        @jit
        def f(i, a):
            z = 1j
            try:
                z = 2 + 1j
                z = z * a[i]
                z = z + 1
            except IndexError:
                return z
            return z
        """,
        [(0, np.ones(2)), (5, np.ones(2))],
    ),
    "dead_code_after": (
        """
        @jit
        def f(a, i):
            try:
                return a[i]
            except IndexError:
                raise
            else:
                return 3
            return 4
        """,
        [(A, 0), (A, 9)],
    ),
    "body_that_cannot_raise": (
        """
        @jit
        def f(a):
            try:
                x = 1
            except ValueError:
                x = 2
            finally:
                x += 10
            return x
        """,
        [(A,)],
    ),
    "only_pass": (
        """
        @jit
        def f(a):
            try:
                pass
            except ValueError:
                pass
            else:
                pass
            finally:
                pass
            return 1
        """,
        [(A,)],
    ),
    "always_raises": (
        """
        @jit
        def f(a):
            try:
                raise ValueError("always")
            except ValueError:
                pass
            finally:
                a[0] = 1
        """,
        [(A,)],
    ),
    "whole_function_raises": (
        """
        @jit
        def f(a):
            try:
                raise ValueError("always")
            finally:
                a[0] = 1
        """,
        [(A,)],
    ),
    "while_true_with_try": (
        """
        @jit
        def f(n):
            s = 0
            while True:
                try:
                    n -= 1
                    s += 12 // n
                except ZeroDivisionError:
                    return s
                finally:
                    s += 1000
        """,
        [(4,), (1,)],
    ),
    "conditions_in_try": (
        """
        @jit
        def f(a, i, j):
            try:
                if a[i] > 0 and a[j] > 0 or 10 // i > 3:
                    return 1
                return a[i] if i > j else a[j]
            except IndexError:
                return -1
            except ZeroDivisionError:
                return -2
        """,
        [(A, i, j) for i in (0, 1, 2, 9) for j in (1, 2, 9)],
    ),
    "checked_arithmetic": (
        """
        @jit
        def f(k, x, y):
            try:
                if k == 0:
                    return x + y
                if k == 1:
                    return x - y
                if k == 2:
                    return x * y
                return -x
            except OverflowError:
                return 1
        """,
        [(k, x, y) for k in range(4) for x in (3, -7, 2**31, 2**62) for y in (0, 1, -1, 5, -(2**30)) if k != 2 or abs(x * y) < 2**63],
    ),
    "negative_indices": (
        """
        @jit
        def f(a, i):
            try:
                return a[i], a[-i], a[i - 4]
            except IndexError:
                return -1, -1, -1
        """,
        [(A, i) for i in range(-6, 7)],
    ),
    "two_dimensions": (
        """
        @jit
        def f(a, i, j):
            try:
                a[i, j] = 1.5
                return a[i].sum()
            except IndexError:
                return -1.0
        """,
        [(np.zeros((2, 3)), i, j) for i in (-3, -1, 1, 2) for j in (-4, 0, 2, 3)],
    ),
    "try_after_try": (
        """
        @jit
        def f(a, i, j):
            x = 0
            try:
                x = a[i]
            except IndexError:
                x = -5
            try:
                x += a[j]
            except IndexError:
                x += -500
            return x
        """,
        [(A, 0, 0), (A, 9, 0), (A, 0, 9), (A, 9, 9)],
    ),
    "many_variables": (
        """
        @jit
        def f(a, n):
            p = q = r = s = t = 0
            u = 0.5
            try:
                p = a[n]
                q = a[n + 1]
                u = u * 2
                r = a[n + 2]
                s = a[n + 3]
                t = 1
            except IndexError:
                u += 100
            return p, q, r, s, t, u
        """,
        [(A, n) for n in range(-1, 5)],
    ),
    "defaults_and_keywords": (
        """
        @jit
        def g(a, i=9, *, j=0):
            return a[i] + a[j]
        @jit
        def f(a):
            s = 0
            try:
                s += g(a, 1, j=2)
                s += g(a)
            except IndexError:
                s += 50
            return s
        """,
        [(A,)],
    ),
    "same_line_names": (
        """
        @jit
        def f(a, i):
            try: return a[i]
            except IndexError: raise ValueError(1 - i) from None
        """,
        [(A, 0), (A, 9)],
    ),
    "multi_line_call": (
        """
        @jit
        def g(a,
              i):
            return a[
                i
            ]
        @jit
        def f(a, i):
            try:
                return g(
                    a,
                    i,
                )
            except KeyError:
                return 0
        """,
        [(A, 9)],
    ),
    "exception_in_except_expression_of_finally": (
        """
        @jit
        def f(a, i):
            s = 0
            for k in range(4):
                try:
                    try:
                        s += a[i + k]
                    finally:
                        s += 10
                        if k == 2:
                            a[k + 50] = 1
                except IndexError:
                    s += 1000
            return s
        """,
        [(A, 0), (A, 2), (A, 9)],
    ),
    "loop_else_with_try": (
        """
        @jit
        def f(a, n):
            try:
                for i in range(n):
                    if a[i] == 7:
                        break
                else:
                    return a[n + 5]
            except IndexError:
                return -1
            return i
        """,
        [(A, 2), (A, 4), (np.zeros(20, dtype=np.int64), 4)],
    ),
    "exception_out_of_two_loops": (
        """
        @jit
        def f(a, n):
            total = 0
            try:
                for i in range(n):
                    for j in range(n):
                        total += a[i * n + j]
            except IndexError:
                return i, j, total
            return n, n, total
        """,
        [(A, 2), (A, 3)],
    ),
    "global_constants_in_handlers": (
        """
        LIMIT = 3
        @jit
        def f(a, i):
            try:
                if i > LIMIT:
                    raise ValueError("limit", LIMIT)
                return a[i]
            except ValueError:
                return LIMIT
        """,
        [(A, 0), (A, 9)],
    ),
    "class_with_init": (
        """
        class Located(Exception):
            def __init__(self, row, column):
                super().__init__(row, column)
                self.row = row
        @jit
        def f(a, i):
            try:
                return a[i]
            except IndexError:
                raise Located(i, 2.5) from None
        """,
        [(A, 0), (A, 9)],
    ),
    "stop_iteration": (
        """
        @jit
        def f(n):
            try:
                if n:
                    raise StopIteration
            except StopIteration:
                return 1
            return 0
        """,
        [(0,), (1,)],
    ),
    "system_exit": (
        """
        @jit
        def f(n):
            try:
                if n:
                    raise SystemExit(3)
            except Exception:
                return 1
            return 0
        """,
        [(0,), (1,)],
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name):
    text, calls = PROGRAMS[name]
    compare(text, *calls)


UNBOUND = {
    "after": (
        """
        @jit
        def f(a, i):
            try:
                x = a[i] + 1
            except IndexError:
                pass
            return x
        """,
        (A, 9),
        "x",
    ),
    "handler": (
        """
        @jit
        def f(a, i):
            try:
                x = a[i]
            except IndexError:
                return x
            return x
        """,
        (A, 9),
        "x",
    ),
    "as": (
        """
        @jit
        def f(a, i):
            e = 1
            try:
                a[i] = 0
            except IndexError as e:
                pass
            return e + 1
        """,
        (A, 9),
        "e",
    ),
    "caught": (
        """
        @jit
        def f(a, i):
            try:
                y = x
                x = 1
            except NameError as error:
                raise
        """,
        (A, 9),
        "x",
    ),
}


@pytest.mark.parametrize("case", UNBOUND)
def test_unbound_variables(case):
    text, call, name = UNBOUND[case]
    for decorator in (jit, lambda func: func):
        func, _ = execute(text, decorator)
        with pytest.raises(UnboundLocalError, match=f"local variable '{name}'"):
            func(*call)


@pytest.mark.skipif(IDENTITY, reason="about a deviation")
def test_integers_beyond_64_bits():
    func, _ = execute(
        """
        @jit
        def f(k, x, y):
            try:
                if k == 0:
                    return x + y
                if k == 1:
                    return x - y
                if k == 2:
                    return x * y
                if k == 3:
                    return -x
                return abs(x)
            except OverflowError:
                return 77
        """,
        jit,
    )
    top = 2**63 - 1
    rows = [
        (0, top, 1),
        (0, -top, -2),
        (1, -top, 2),
        (1, top, -1),
        (2, top, 2),
        (2, -top - 1, -1),
        (2, 2**32, 2**31),
        (3, -top - 1, 0),
        (4, -top - 1, 0),
    ]
    for row in rows:
        assert func(*row) == 77, row
    assert func(0, top - 1, 1) == top
    assert func(1, -top, 1) == -top - 1
    assert func(2, 2**32, -(2**31)) == -(2**63)


REFUSED = {
    "CB0210": "try:\n        n = 1\n    except* ValueError:\n        n = 2",
    "CB0211": "with n:\n        n = 2",
    "CB0218": "raise",
    "CB0407": "try:\n        n //= 0\n    except ZeroDivisionError as e:\n        raise ValueError from ValueError",
    "CB0408": "raise ValueError([n, n])",
    "CB0303": "try:\n        n //= 0\n    except ZeroDivisionError as e:\n        n = e + 1",
    "CB0407 nested": "try:\n        n //= 0\n    except (ZeroDivisionError, (KeyError, ValueError)):\n        n = 2",
    "CB0403": "try:\n        n //= 0\n    except ZeroDivisionError as e:\n        n = e.errno",
    "CB0301": "try:\n        n //= 0\n    except ZeroDivisionError as e:\n        n = e",
}


@pytest.mark.skipif(IDENTITY, reason="about refusals")
@pytest.mark.parametrize("code", REFUSED)
def test_refusals(code):
    func, _ = execute(f"@jit\ndef f(n):\n    {REFUSED[code]}\n    return n", jit)
    with pytest.raises(CompileError) as error:
        func(3)
    assert error.value.code == code.split()[0], str(error.value)


@pytest.mark.skipif(IDENTITY, reason="about refusals")
def test_finally_that_multiplies():
    body = "a[0] = 1"
    for _ in range(7):
        body = f"try:\n{textwrap.indent(body, '    ')}\nfinally:\n{textwrap.indent(body, '    ')}"
    text = "@jit\ndef f(a):\n" + textwrap.indent(body, "    ")
    func, _ = execute(text, jit)
    with pytest.raises(CompileError) as error:
        func(np.zeros(1))
    assert error.value.code == "CB0219"


def context_program(decorator):
    return execute(
        """
        @jit
        def f(a, i, j):
            try:
                return a[i]
            except IndexError:
                return a[j]
        """,
        decorator,
    )


@pytest.mark.parametrize("j", [0, 8])
def test_context_of_the_caller(j):
    """What Python handles when it calls compiled code is the first one's context."""
    seen = []
    for decorator in (jit, lambda func: func):
        func, filename = context_program(decorator)
        try:
            raise RuntimeError("outer")
        except RuntimeError:
            try:
                seen.append(func(A, 9, j))
            except IndexError as error:
                seen.append(chain(error, filename))
    assert seen[0] == seen[1]


def test_attributes_of_the_users_class():
    func, _ = execute(PROGRAMS["class_with_init"][0], jit)
    with pytest.raises(Exception) as caught:
        func(A, 9)
    assert caught.value.row == 9


def test_text_of_format_exception():
    """The whole report is the same, but for the marks below the lines."""
    text = PROGRAMS["wrapped_in_each_frame"][0]

    def report(decorator):
        func, filename = execute(text, decorator)
        try:
            func(A, 9)
        except RuntimeError as error:
            lines = "".join(traceback.format_exception(error)).splitlines()
            return [line.replace(filename, "<file>") for line in lines if set(line.strip()) - set("^~")]

    assert report(jit) == report(lambda func: func)


@pytest.mark.skipif(IDENTITY, reason="about memory")
def test_memory_of_a_loop_that_catches():
    """Records and arrays of each turn are gone when the next begins."""
    import resource

    func, _ = execute(
        """
        class Mine(Exception): pass
        @jit
        def g(i):
            raise KeyError(i)
        @jit
        def f(n, k):
            bad = 0
            for i in range(n):
                try:
                    t = np.zeros(k)
                    u = np.cumsum(t)
                    try:
                        u[k + i] = 1.0
                    except IndexError as e:
                        try:
                            g(i)
                        except KeyError:
                            raise Mine("again", i) from e
                    finally:
                        bad += 1
                except Mine as e:
                    bad += isinstance(e, Exception)
            return bad
        """,
        jit,
    )
    from cumbia import _cumbia

    assert func(10, 1000) == 20
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert func(300_000, 1000) == 600_000
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 50_000, "kilobytes"
    assert _cumbia.live_allocations() == 0


@pytest.mark.skipif(IDENTITY, reason="about memory")
@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_is_left(name):
    from cumbia import _cumbia

    text, calls = PROGRAMS[name]
    func, filename = execute(text, jit)
    results = [outcome(func, call, filename) for call in calls]
    del results
    assert _cumbia.live_allocations() == 0


def test_threads():
    func, filename = execute(PROGRAMS["wrapped_in_each_frame"][0], jit)
    expected = [outcome(func, (A, i), filename)[1] for i in range(8)]
    failures = []

    def work():
        for _ in range(200):
            for i in range(8):
                if outcome(func, (A, i), filename)[1] != expected[i]:
                    failures.append(i)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def interrupted(text, expected):
    """Runs a program that would not end, with Ctrl-C after a moment."""
    func, _ = execute(text, jit)
    func(0)  # compiled
    timer = threading.Timer(0.3, lambda: signal.raise_signal(signal.SIGINT))
    # A shell's background process ignores Ctrl-C, and the program would not end.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer.start()
    start = time.monotonic()
    try:
        if expected is None:
            with pytest.raises(KeyboardInterrupt):
                func(1)
        else:
            assert func(1) == expected
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - start < 30


INTERRUPTS = {
    "passes": (
        """
        @jit
        def f(n):
            k = 0
            try:
                while n:
                    k += 1
                    k &= 1023
            except Exception:
                return -1
            return k
        """,
        None,
    ),
    "caught": (
        """
        @jit
        def f(n):
            k = 0
            try:
                while n:
                    k += 1
                    k &= 1023
            except KeyboardInterrupt:
                return -1
            return k
        """,
        -1,
    ),
    "caught_by_bare": (
        """
        @jit
        def g(n):
            k = 0
            while n:
                k += 1
                k &= 1023
            return k
        @jit
        def f(n):
            try:
                return g(n)
            except:
                return -2
        """,
        -2,
    ),
    "finally": (
        """
        @jit
        def f(n):
            k = 0
            try:
                while n:
                    k += 1
                    k &= 1023
            finally:
                k = 5
            return k
        """,
        None,
    ),
    "raised_again": (
        """
        @jit
        def f(n):
            k = 0
            try:
                while n:
                    k += 1
                    k &= 1023
            except BaseException as e:
                raise e
            return k
        """,
        None,
    ),
}


@pytest.mark.skipif(IDENTITY, reason="CPython would not come back")
@pytest.mark.parametrize("name", INTERRUPTS)
def test_interrupts(name):
    interrupted(*INTERRUPTS[name])


@pytest.mark.skipif(IDENTITY, reason="about memory")
def test_memory_errors():
    func, _ = execute(
        """
        @jit
        def f(n):
            try:
                a = np.empty(n)
                return a.size
            except MemoryError:
                return -1
        """,
        jit,
    )
    assert func(10) == 10
    assert func(2**57) == -1
