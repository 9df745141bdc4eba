"""`heapq` and `bisect` in compiled code: results, and the lists afterwards."""

import bisect
import heapq
import itertools
import random

import numpy as np
import pytest

from cumbia import CompileError, jit
from tests.library.calls import check_calls, function
from tests.python.harness import define

MODULES = {"heapq": heapq, "bisect": bisect}


def sorted_lists():
    numbers = random.Random(1)
    yield from ([], [3], [3, 3], [1, 2, 3, 4])
    for n in (5, 8, 17):
        yield sorted(numbers.randrange(10) for _ in range(n))


BISECT = ["bisect", "bisect_left", "bisect_right"]


@pytest.mark.parametrize("name", BISECT)
def test_bisect_of_arrays_and_tuples(name):
    arrays = [np.array(v, d) for v in sorted_lists() for d in ("int64", "float32")]
    check_calls(f"bisect.{name}(a, b)", itertools.product(arrays, (-1, 0, 3, 3.5, 99)))
    check_calls(f"bisect.{name}(a, b)", itertools.product([tuple(v) for v in sorted_lists() if v], (0, 3, 99)))
    # Not sorted, and nan: the same steps.
    check_calls(f"bisect.{name}(a, b)", itertools.product([np.array([3.0, np.nan, 1.0, 2.0])], (1.5, np.nan)))


@pytest.mark.parametrize("name", BISECT)
def test_bounds_of_bisect(name):
    a = np.array([1, 2, 2, 3, 5, 8, 8, 9])
    check_calls(f"bisect.{name}(a, b, c, d)", itertools.product([a], (2, 8), (0, 2, 5), (0, 3, 8)))
    check_calls(f"bisect.{name}(a, b, lo=c)", itertools.product([a], (2, 8), (0, 3, 8, 20, -1)))
    check_calls(f"bisect.{name}(a, b, hi=c)", itertools.product([a], (2, 8), (0, 3, 8)))
    check_calls(f"bisect.{name}(a, b, 1, None)", [(a, 3)])


def test_bounds_beyond_the_end():
    check_calls("bisect.bisect(a, b, 0, c)", [(np.array([1, 2, 3]), 9, 7), (np.array([]), 1, 1)])


@pytest.mark.parametrize("name", [*BISECT, "insort", "insort_left", "insort_right"])
def test_bisect_of_lists(name):
    if name.startswith("insort"):
        result = f"bisect.{name}(a, b)\na"
    else:
        result = f"bisect.{name}(a, b)"
    calls = itertools.product([np.array(v, int) for v in sorted_lists()], (-1, 3, 5, 99))
    check_calls(f"a = [int(x) for x in a]\n{result}", calls)


def test_heap_of_a_random_program():
    """Pushes, pops and replacements in random order; the list after each step."""
    f = define(
        """
        def f(values, steps):
            heap = [values[0]]
            trace = 0.0
            for i in range(len(steps)):
                what = steps[i]
                x = values[i]
                if what == 0:
                    heapq.heappush(heap, x)
                elif what == 1 and len(heap) > 1:
                    trace = trace * 0.5 + heapq.heappop(heap)
                elif what == 2:
                    trace = trace * 0.5 + heapq.heapreplace(heap, x)
                else:
                    trace = trace * 0.5 + heapq.heappushpop(heap, x)
                for k in range(len(heap)):
                    trace += heap[k] * (k + 1)
            return trace, heap
        """,
        **MODULES,
    )
    from tests.python.harness import check

    numbers = random.Random(3)
    for n in (1, 5, 40, 200):
        steps = np.array([numbers.choice([0, 0, 1, 2, 3]) for _ in range(n)])
        check(f, np.array([numbers.randrange(8) / 2 for _ in range(n)]), steps)
        check(f, np.array([numbers.randrange(8) for _ in range(n)]), steps)


def test_heapify_and_empty_heaps():
    numbers = random.Random(4)
    lists = [[numbers.randrange(20) for _ in range(n)] for n in (0, 1, 2, 3, 10, 31, 3000)]
    arrays = [(np.array(v, int),) for v in lists]
    made = "a = [int(x) for x in a]\n"
    check_calls(made + "heapq.heapify(a)\na", arrays)
    # Two pops of an empty list raise.
    check_calls(made + "heapq.heapify(a)\nheapq.heappop(a), heapq.heappop(a), a", arrays)
    for text in ("heapq.heappop(a)", "heapq.heapreplace(a, 3)", "heapq.heappushpop(a, 3)"):
        check_calls(f"{made}x = {text}\nx, a", arrays)


def test_largest_and_smallest():
    numbers = random.Random(5)
    arrays = [np.array([numbers.randrange(9) for _ in range(n)], int) for n in (0, 1, 2, 10, 40)]
    made = "a = [int(x) for x in a]\n"
    for name in ("nlargest", "nsmallest"):
        check_calls(f"{made}heapq.{name}(b, a)", itertools.product(arrays, (-1, 0, 1, 3, 99)))


@pytest.mark.parametrize("n", [2.2, 5.0, np.float64(2), -0.5])
def test_how_many_is_an_integer(n):
    for name in ("nlargest", "nsmallest"):
        with pytest.raises(CompileError, match="cannot be interpreted as an integer"):
            jit(function(f"heapq.{name}(a, b)", 2))(n, [1, 2, 3])
    check_calls("heapq.nlargest(a, b)", [(True, [1, 2]), (np.int8(2), [3, 1, 2])])
