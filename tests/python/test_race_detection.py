"""`race="detect"`: what is found, what is said of it, and what is let be."""

import threading
import warnings

import cumbia as cb
import cumbia._cumbia as native
import numpy as np
import pytest
from cumbia import jit, prange
from cumbia import prange as p
from cumbia.errors import CumbiaError, RaceError

WATCHED = {"parallel": True, "race": "detect", "cache": False}


@pytest.fixture(autouse=True)
def no_warnings_of_races():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def race_of(func, *args, **options):
    """The race that a call raises."""
    with pytest.raises(RaceError) as caught:
        jit(**WATCHED, **options)(func)(*args)
    return caught.value


def place(func, below):
    return func.__code__.co_firstlineno + below


def previous(a):
    for i in prange(1, a.shape[0]):
        left = a[i - 1]
        a[i] = left + 1


@pytest.mark.parametrize("tier", ["fast", "best"])
def test_the_report_names_turns_lines_and_element(tier):
    error = race_of(previous, np.zeros(5), tier=tier)
    line, second = place(previous, 3), place(previous, 2)
    assert str(error) == (
        f"a race of this loop over prange: turn i = 1 writes a[1] (line {line}), "
        f"turn i = 2 reads it (line {second})"
    )
    assert (error.array, error.index, error.turns) == ("a", "1", (1, 2))
    assert error.places == (line, second)
    assert isinstance(error, CumbiaError) and isinstance(error, RuntimeError)
    assert error.__traceback__.tb_next.tb_lineno == second


def test_the_report_is_the_same_every_time_and_nothing_stays_behind():
    compiled = jit(**WATCHED)(previous)
    live = native.live_allocations()
    texts = set()
    for _ in range(5):
        with pytest.raises(RaceError) as caught:
            compiled(np.zeros(300))
        texts.add(str(caught.value))
    assert len(texts) == 1
    compiled(np.zeros(2))
    assert native.live_allocations() == live


def stepped(a):
    for k in prange(20, 0, -3):
        a[k // 10] = k


def test_turns_are_values_of_the_variable():
    error = race_of(stepped, np.zeros(4))
    assert error.turns == (17, 14) and error.index == "1"


def rows(M):
    for i in prange(1, M.shape[0]):
        M[i, :] = M[i - 1, :] + 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: np.zeros((4, 3)),
        lambda: np.asfortranarray(np.zeros((4, 3))),
        lambda: np.zeros((8, 6))[::-2, ::-2],
        lambda: np.zeros((4, 3), dtype=np.int8),
        lambda: np.zeros((4, 3), dtype=complex),
        lambda: np.zeros((4, 3), dtype=bool),
    ],
)
def test_elements_of_whole_array_operations_are_found(make):
    error = race_of(rows, make())
    assert (error.array, error.index, error.turns) == ("M", "1, 0", (1, 2))
    # Where the user wrote it, not in the library.
    assert error.places == (place(rows, 2), place(rows, 2))


def two_names(a, b):
    for i in prange(len(a) - 1):
        a[i + 1] = b[i]


def test_arrays_that_share_memory():
    a = np.zeros(6)
    jit(**WATCHED)(two_names)(a, np.zeros(6))
    error = race_of(two_names, a, a)
    assert "which is also" in str(error)
    # One element on, in the same turn: no race.
    jit(**WATCHED)(two_names)(a[:-1], a[1:])
    assert race_of(two_names, a[1:], a[:-1]).turns == (0, 2)


def overlapping_types(a, b):
    for i in prange(4):
        a[i] = b[2 * i + 2]


def test_accesses_of_other_widths_meet():
    a = np.zeros(8, dtype=np.int64)
    # Turn 0 reads half of what turn 1 writes.
    assert race_of(overlapping_types, a, a.view(np.int32)).turns == (0, 1)
    jit(**WATCHED)(overlapping_types)(a, np.zeros(16, dtype=np.int32))


def private(a, out):
    for i in prange(len(a)):
        t = np.zeros(64)
        t[0] = a[i]
        t[1] = t[0] + 1
        out[i] = t.sum()


def test_memory_of_a_turn_is_its_own():
    out = np.zeros(50)
    jit(**WATCHED)(private)(np.arange(50.0), out)
    assert np.array_equal(out, 2 * np.arange(50) + 1)


def swallowed(a):
    for i in prange(1, len(a)):
        try:
            a[i] = a[i - 1]
        except Exception:
            a[i] = 5.0


def finally_done(a, b):
    for i in prange(1, len(a)):
        try:
            a[i] = a[i - 1]
        finally:
            b[i] = 1


def around(a):
    try:
        for i in prange(1, len(a)):
            a[i] = a[i - 1]
    except ValueError:
        return 1
    return 2


def test_handlers_of_others_let_a_race_through():
    for func, args in [(swallowed, 1), (finally_done, 2), (around, 1)]:
        assert race_of(func, *[np.zeros(4) for _ in range(args)]).turns == (1, 2)


@jit
def put(values, k, value):
    values[k] = value


def calls(a):
    for i in prange(len(a)):
        put(a, i // 2, 1.0)


def test_accesses_of_called_functions():
    error = race_of(calls, np.zeros(6))
    assert error.places == (place(put.py_func, 2),) * 2 and error.turns == (0, 1)


@jit(parallel=True)
def fill(row, value):
    for j in prange(len(row)):
        row[j] = value


def fills_rows(M):
    for i in prange(M.shape[0]):
        fill(M[i], i)


def fills_one_row(M):
    for i in prange(M.shape[0]):
        fill(M[0], i)


def test_loops_in_called_functions_run_within_the_turn():
    M = np.zeros((4, 300))
    jit(**WATCHED)(fills_rows)(M)
    assert M[3, 299] == 3
    assert race_of(fills_one_row, M).index == "0, 0"


def sums(a, out):
    s = 0.0
    most = a[0]
    for i in prange(len(a)):
        s += a[i]
        most = max(most, a[i])
        last = i
        out[i] = s0(a[i])
    return s, most, last


@jit
def s0(v):
    return v + 1


def test_reductions_and_latest_values_are_as_without():
    a = np.linspace(0, 1, 1000)
    one = jit(**WATCHED)(sums)(a, np.zeros(1000))
    assert one == jit(parallel=True, cache=False)(sums)(a, np.zeros(1000))


def twice(a, b):
    for i in prange(len(a)):
        b[i] = a[i]
    for i in prange(1, len(a)):
        a[i] = b[i - 1]


def repeated(a, n):
    for _ in range(n):
        for i in prange(len(a)):
            a[i] += 1


def test_each_execution_of_a_loop_stands_alone():
    jit(**WATCHED)(twice)(np.zeros(9), np.zeros(9))
    a = np.zeros(9)
    jit(**WATCHED)(repeated)(a, 4)
    assert (a == 4).all()


def fails(a, k):
    for i in prange(len(a)):
        a[i] = 1 // (i - k)


def test_other_exceptions_pass_and_end_the_watch():
    compiled = jit(**WATCHED)(fails)
    with pytest.raises(ZeroDivisionError):
        compiled(np.zeros(9), 3)
    compiled(np.zeros(9), 100)


def test_threads_watch_their_own_loops():
    compiled = jit(**WATCHED)(rows)
    found = []

    def run(k):
        try:
            compiled(np.zeros((k + 1, 40)))
            found.append(k)
        except RaceError:
            found.append(-k)

    compiled(np.zeros((2, 40)))
    threads = [threading.Thread(target=run, args=(k,)) for k in [1, 5, 1, 6, 1]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [-6, -5, 1, 1, 1]


def tuple_of_arrays(two):
    for i in prange(1, 4):
        two[1][i] = two[1][i - 1]


def test_arrays_in_tuples_have_names():
    assert race_of(tuple_of_arrays, (np.zeros(4), np.zeros(4))).array == "two[1]"


def bulk(M):
    for i in prange(1, M.shape[0]):
        M[i] = M[i - 1] @ M


def test_products_read_their_operands():
    assert race_of(bulk, np.eye(4)).turns is not None


def by_alias(a):
    for i in p(1, len(a)):
        a[i] = a[i - 1]


def by_module(a):
    for i in cb.prange(1, len(a)):
        a[i] = a[i - 1]


def by_local(a):
    p = range
    for i in p(1, len(a)):
        a[i] = a[i - 1]


def test_prange_by_other_names_is_parallel():
    race_of(by_alias, np.zeros(5))
    race_of(by_module, np.zeros(5))
    # A range by that name isn't.
    jit(**WATCHED)(by_local)(np.zeros(5))


def test_options_that_need_parallel():
    for options in [{"race": "detect"}, {"schedule": "static"}, {"chunk": 4}]:
        [name] = options
        with pytest.raises(ValueError, match=f"'{name}' .*parallel=True"):
            jit(**options)(previous)
    with pytest.raises(ValueError, match="race"):
        jit(parallel=True, race="find")(previous)


@pytest.mark.parametrize("n", [1, 10, 130, 1000])
def test_turns_of_a_block_add_to_one_row_of_an_array_that_is_put_together(n):
    @jit(parallel=True, race="detect", cache=False)
    def counted(k, counts, sums):
        for i in prange(len(k)):
            counts[k[i]] += 1
            sums += k[i]

    k = np.arange(n) * 7 % 4
    counts, sums = np.zeros(4, np.int64), np.zeros(3)
    counted(k, counts, sums)
    assert counts.tolist() == np.bincount(k, minlength=4).tolist()
    assert sums.tolist() == [k.sum()] * 3
