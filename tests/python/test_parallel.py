"""Loops over `prange` on several threads: the same as without, for every number of threads.

Loops are compiled with and without `parallel=True` and run as Python too. The number of
threads is that of the module, not of the machine: a result must not depend on either.
"""

import os

os.environ.setdefault("CUMBIA_NUM_THREADS", "7")

import subprocess
import sys
import textwrap
import threading
import traceback

import cumbia
import numpy as np
import pytest
from cumbia import jit, prange

THREADS = [n for n in (1, 2, 3, 7) if n <= cumbia.get_num_threads()]


@pytest.fixture(autouse=True)
def _threads_as_before():
    before = cumbia.get_num_threads()
    yield
    cumbia.set_num_threads(before)


def copies(args):
    return [a.copy() if isinstance(a, np.ndarray) else a for a in args]


def outcome(func, args):
    """What a call gives or raises, and what it leaves in its arguments."""
    args = copies(args)
    try:
        result = func(*args)
    except Exception as error:
        lines = [entry.lineno for entry in traceback.extract_tb(error.__traceback__)[1:]]
        result = (type(error), error.args, lines)
    return result, args


def same(a, b):
    if isinstance(a, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
    if isinstance(a, (float, np.floating)) and type(a) is type(b):
        return (a != a and b != b) or np.asarray(a).tobytes() == np.asarray(b).tobytes()
    return a == b


def check(func, *args, exact=True, arguments=True, **options):
    """`func` gives with every number of threads what Python gives."""
    compiled = jit(parallel=True, **options)(func)
    wanted, left = outcome(func, args)
    given = []
    for threads in THREADS:
        cumbia.set_num_threads(threads)
        result, kept = outcome(compiled, args)
        if exact:
            assert same(result, wanted), (threads, result, wanted)
        if arguments:
            assert all(same(a, b) for a, b in zip(kept, left, strict=True)), threads
        given.append(result)
    assert all(same(result, given[0]) for result in given), given
    return given[0]


def refused(func, *args, code):
    compiled = jit(parallel=True)(func)
    with pytest.raises(cumbia.CompileError) as caught:
        compiled(*args)
    assert code in str(caught.value), str(caught.value)
    return str(caught.value)


def scaled(a, b, k):
    for i in prange(a.shape[0]):
        b[i] = a[i] * k


def neighbours(a, b):
    for i in prange(1, a.shape[0] - 1):
        b[i] = a[i - 1] + a[i + 1]


def stepped(a, start, stop, step):
    for i in prange(start, stop, step):
        a[i] = i
    return a


def rows(a, out):
    for i in prange(a.shape[0]):
        s = 0.0
        for j in range(a.shape[1]):
            if a[i, j] < 0:
                continue
            s += a[i, j]
        out[i] = s


@pytest.mark.parametrize("size", [0, 1, 2, 5, 127, 128, 129, 1000, 5000])
def test_arrays_are_written(size):
    rng = np.random.default_rng(size)
    a = rng.normal(size=size)
    check(scaled, a, np.zeros(size), 2.5)
    check(scaled, a.astype(np.float32), np.zeros(size, np.float32), 2.5)
    check(scaled, a[::-1], np.zeros(2 * size)[::2], 3)
    check(neighbours, a, np.zeros(size))
    check(rows, rng.normal(size=(size, 7)), np.zeros(size))


@pytest.mark.parametrize(
    "bounds", [(0, 50, 1), (50, 0, -1), (0, 50, 7), (49, -1, -3), (5, 5, 1), (9, 3, 1), (-5, 20, 2)]
)
def test_ranges(bounds):
    check(stepped, np.zeros(60), *bounds)


@pytest.mark.parametrize("schedule", ["static", "dynamic", "guided"])
@pytest.mark.parametrize("chunk", [None, 1, 13, 10_000])
def test_schedules(schedule, chunk):
    a = np.random.default_rng(0).normal(size=3000)
    check(scaled, a, np.zeros(3000), 2.5, schedule=schedule, chunk=chunk)
    check(count_and_sum, (a * 100).astype(np.int64), schedule=schedule, chunk=chunk)


def count_and_sum(a):
    count = 0
    total = 5
    less = -3
    for i in prange(a.shape[0]):
        if a[i] % 3 == 0:
            count += 1
        total += a[i]
        less -= a[i] * 2
    return count, total, less


def bits(a):
    both = -1
    some = 0
    odd = 12
    for i in prange(a.shape[0]):
        both &= a[i] | 1
        some |= a[i]
        odd = odd ^ a[i]
    return both, some, odd


def extremes(a):
    least = 1000
    most = a[0]
    other = 7
    for i in prange(a.shape[0]):
        least = min(least, a[i])
        most = max(most, a[i])
        other = max(a[i], other)
    return least, most, other


def truths(a):
    every = True
    some = False
    for i in prange(a.shape[0]):
        every = every and a[i] > -1000
        some = some or a[i] == 3
    return every, some


def products(a):
    p = 3
    for i in prange(a.shape[0]):
        p *= a[i]
    return p


@pytest.mark.parametrize("size", [1, 2, 130, 1000])
@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8, np.uint64])
def test_reductions_of_integers_are_exact(size, dtype):
    a = np.random.default_rng(size).integers(0, 100, size).astype(dtype)
    with np.errstate(over="ignore"):
        check(count_and_sum, a) if dtype is np.int64 else None
        check(bits, a) if np.dtype(dtype).kind == "i" else None
        check(truths, a)
        check(products, a[:9])
    if dtype is np.int64:
        check(extremes, a)


def float_sum(a):
    s = 0.0
    for i in prange(a.shape[0]):
        s += a[i]
    return s


def float_extremes(a):
    m = a[0]
    k = a[0]
    for i in prange(a.shape[0]):
        m = min(m, a[i])
        k = max(k, a[i])
    return m, k


def quotient(a):
    q = 1e10
    p = 1.0
    for i in prange(a.shape[0]):
        q /= a[i]
        p *= a[i]
    return q, p


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_reductions_of_floats(dtype):
    a = np.random.default_rng(1).normal(size=3001).astype(dtype)
    s = check(float_sum, a, exact=False)
    assert type(s) is dtype
    assert np.isclose(s, a.sum(dtype=np.float64), rtol=1e-3)
    # The order of the blocks is part of what is promised.
    if dtype is np.float64:
        blocks = 128
        each, more = divmod(a.size, blocks)
        whole, at = 0.0, 0
        for block in range(blocks):
            end = at + each + (block < more)
            part = -0.0
            for value in a[at:end]:
                part += value
            whole += part
            at = end
        assert s == whole
    check(float_extremes, a)
    a[5] = np.nan
    check(float_extremes, a)
    a[0] = np.nan
    check(float_extremes, a)
    small = 1 + np.abs(a[10:200]) / 100
    q, p = check(quotient, small, exact=False)
    wanted = quotient(small)
    assert np.isclose(q, wanted[0], rtol=1e-2) and np.isclose(p, wanted[1], rtol=1e-2)


def test_zeros_keep_their_sign():
    def zeros(a):
        s = -0.0
        for i in prange(a.shape[0]):
            s += a[i]
        return s

    assert np.signbit(check(zeros, np.full(500, -0.0)))


def latest(n):
    t = -1
    for i in prange(n):
        t = i * 2
        if i % 7 == 3:
            u = i
            for k in range(i % 3):
                u += k
    return i, t, u


def latest_of_some(n, wanted):
    found = -1
    for i in prange(n):
        if i % 50 == wanted:
            found = i
    return found


def test_variables_after_the_loop():
    check(latest, 500)
    check(latest, 11)
    # Nothing gives them a value.
    check(latest, 0)
    check(latest, 2)
    for wanted in (0, 49, 70):
        check(latest_of_some, 1000, wanted)


def two_loops(a, b):
    s = 0
    for i in prange(a.shape[0]):
        t = a[i] + 1
        b[i] = t
        s += t
    for j in prange(b.shape[0]):
        t = b[j] * 2
        a[j] = t
        s += t
    return s


def nested(a):
    s = 0
    for i in prange(a.shape[0]):
        for j in prange(a.shape[1]):
            s += a[i, j]
            a[i, j] = i - j
    return s


@jit(parallel=True)
def inner_loop(a):
    s = 0
    for i in prange(a.shape[0]):
        s += a[i]
    return s


def calls_parallel(a, out):
    for i in prange(a.shape[0]):
        out[i] = inner_loop(a[i])


def in_a_loop(a, times):
    for k in range(times):
        for i in prange(a.shape[0]):
            a[i] = a[i] * 3 % 17 + k
    return a


def test_several_loops():
    a = np.arange(400)
    check(two_loops, a, np.zeros(400, np.int64))
    check(nested, a.reshape(20, 20).copy())
    check(in_a_loop, a, 30)

    def plain(a, out):
        for i in range(a.shape[0]):
            out[i] = a[i].sum()

    square = a.reshape(20, 20)
    out = np.zeros(20, np.int64)
    wanted = out.copy()
    plain(square, wanted)
    jit(parallel=True)(calls_parallel)(square, out)
    assert same(out, wanted)


def temporaries(a, out, k):
    shift = a * 2.0
    for i in prange(a.shape[0]):
        both = shift if i % 2 else a
        part = both[i:] * k
        name = "even" if i % 2 == 0 else "odd"
        out[i] = part.sum() + len(name) + shift[i]
    return shift


def test_arrays_are_counted_by_all_threads():
    before = cumbia._cumbia.live_allocations()
    rng = np.random.default_rng(3)
    for _ in range(5):
        check(temporaries, rng.normal(size=300), np.zeros(300), 2.0)
    assert cumbia._cumbia.live_allocations() == before


def raises_at(a, places):
    for i in prange(a.shape[0]):
        a[i] += 1
        if places[i] == 1:
            raise ValueError("bad turn", i)
        if places[i] == 2:
            a[i + a.shape[0]] = 0


def divides(a, b, out):
    for i in prange(a.shape[0]):
        out[i] = int(a[i]) // int(b[i])


@pytest.mark.parametrize("first", [0, 1, 499, 500, 998, 999])
def test_the_first_exception_leaves(first):
    before = cumbia._cumbia.live_allocations()
    places = np.zeros(1000, np.int64)
    places[first:] = 1
    check(raises_at, np.zeros(1000), places, arguments=False)
    places[first] = 2
    check(raises_at, np.zeros(1000), places, arguments=False)
    b = np.ones(1000, np.int64)
    b[first] = 0
    check(divides, np.arange(1000), b, np.zeros(1000, np.int64), arguments=False)
    assert cumbia._cumbia.live_allocations() == before


def catches(a):
    seen = 0
    try:
        for i in prange(a.shape[0]):
            if a[i] > 5:
                raise ValueError(f"over {i}")
    except ValueError as error:
        seen = len(str(error))
    caught = 0
    for i in prange(a.shape[0]):
        try:
            if a[i] > 5:
                raise KeyError(i)
        except KeyError:
            caught += 1
        finally:
            caught += 2
    return seen, caught


def test_handlers_inside_and_outside():
    check(catches, np.arange(300) % 70)
    check(catches, np.zeros(300))


def test_texts_in_exceptions():
    def texts(n):
        for i in prange(n):
            if i >= 700:
                raise ValueError(f"turn {i} of {n}")

    before = cumbia._cumbia.live_allocations()
    check(texts, 1000)
    assert cumbia._cumbia.live_allocations() == before


def test_what_is_refused():
    a = np.zeros(10)

    def carried(a):
        last = 0.0
        for i in prange(a.shape[0]):
            a[i] = last
            last = a[i] + 1

    text = refused(carried, a, code="CB0252")
    assert "'last'" in text and "earlier turn" in text

    def sometimes(a):
        for i in prange(a.shape[0]):
            if i % 2:
                t = 1
            a[i] = t

    refused(sometimes, a, code="CB0252")

    def stops(a):
        for i in prange(a.shape[0]):
            if a[i] > 3:
                break

    refused(stops, a, code="CB0245")

    def returns(a):
        for i in prange(a.shape[0]):
            if a[i] > 3:
                return i
        return 0

    refused(returns, a, code="CB0246")

    def floor(a):
        s = 100
        for i in prange(a.shape[0]):
            s //= 2
        return s

    refused(floor, a, code="CB0251")

    def reversed_difference(a):
        s = 1.0
        for i in prange(a.shape[0]):
            s = a[i] - s
        return s

    refused(reversed_difference, a, code="CB0251")

    def appends(a):
        found = [1]
        for i in prange(a.shape[0]):
            found.append(i)
        return found

    assert "'found'" in refused(appends, a, code="CB0253")

    def array_after(a):
        for i in prange(a.shape[0]):
            t = a[:i]
        return t

    refused(array_after, a, code="CB0254")

    def array_sum(a):
        s = np.zeros(3)
        for i in prange(a.shape[0]):
            s += a[i]
        return s

    check(array_sum, a)

    def new_array(a):
        s = np.zeros(3)
        for i in prange(a.shape[0]):
            s = s + a[i]
        return s

    refused(new_array, a, code="CB0255")

    def rounded(a):
        s = np.zeros(3, np.int64)
        for i in prange(a.shape[0]):
            s[i % 3] += a[i]
        return s

    assert "round" in refused(rounded, a, code="CB0255")

    def unstarted(a):
        for i in prange(a.shape[0]):
            s += a[i]  # noqa: F821
        return s  # noqa: F821

    refused(unstarted, a, code="CB0252")

    def reversed_minimum(a):
        m = 5.0
        for i in prange(a.shape[0]):
            m = min(a[i], m)
        return m

    refused(reversed_minimum, a, code="CB0255")


def test_handlers_don_t_see_what_a_loop_has_left():
    def counts(a):
        done = 0
        try:
            for i in prange(a.shape[0]):
                a[i] = 1 // int(a[i])
                done += 1
        except ZeroDivisionError:
            return -done
        return done

    refused(counts, np.ones(10), code="CB0250")

    def ends(a):
        i = -1
        try:
            for i in prange(a.shape[0]):
                a[i] = 1 // int(a[i])
        finally:
            a[0] = i

    refused(ends, np.ones(10), code="CB0250")

    def returns_after(a):
        done = 5
        try:
            for i in prange(a.shape[0]):
                a[i] = 1 // int(a[i])
                done += 1
        except ZeroDivisionError:
            return -1
        return done

    check(returns_after, np.ones(300))
    check(returns_after, np.zeros(300), arguments=False)


KNOWN = [1, 2, 3]


def test_global_containers_are_refused():
    def reads(a):
        for i in prange(a.shape[0]):
            a[i] = KNOWN[i % 3]

    refused(reads, np.zeros(10), code="CB0253")


def test_another_prange():
    def loop(a):
        for i in other.prange(a.shape[0]):
            a[i] = 1

    class other:  # noqa: N801
        @staticmethod
        def prange(n):
            return np.arange(n)

    refused(loop, np.zeros(3), code="CB0256")


def test_what_belongs_to_the_caller_runs_there(capfd):
    def draws(rng, a):
        for i in prange(a.shape[0]):
            a[i] = rng.random()

    compiled = jit(parallel=True)(draws)
    given, wanted = np.zeros(100), np.zeros(100)
    compiled(np.random.default_rng(5), given)
    draws(np.random.default_rng(5), wanted)
    assert same(given, wanted)

    def prints(n):
        for i in prange(n):
            print(i)

    jit(parallel=True)(prints)(300)
    assert capfd.readouterr().out.split() == [str(i) for i in range(300)]


def test_numbers_of_threads():
    most = cumbia.get_num_threads()
    for wrong in (0, -1, most + 1):
        with pytest.raises(ValueError, match=f"from 1 to {most}"):
            cumbia.set_num_threads(wrong)

    @jit(parallel=True)
    def numbers(out):
        for i in prange(out.shape[0]):
            out[i] = cumbia.get_thread_id()
        return cumbia.get_num_threads()

    for threads in THREADS:
        cumbia.set_num_threads(threads)
        out = np.full(5000, -1)
        assert numbers(out) == threads
        assert out.min() >= 0 and out.max() < threads
    assert cumbia.get_thread_id() == 0
    # A number belongs to a thread.
    seen = []
    cumbia.set_num_threads(1)
    thread = threading.Thread(target=lambda: seen.append(cumbia.get_num_threads()))
    thread.start()
    thread.join()
    assert seen == [most] and cumbia.get_num_threads() == 1


def test_several_threads_at_once():
    compiled = jit(parallel=True)(two_loops)
    wanted, left = outcome(two_loops, [np.arange(5000), np.zeros(5000, np.int64)])
    failed = []

    def work():
        for _ in range(20):
            args = [np.arange(5000), np.zeros(5000, np.int64)]
            result, kept = outcome(compiled, args)
            if not (same(result, wanted) and same(kept[0], left[0])):
                failed.append(result)

    threads = [threading.Thread(target=work) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not failed


def test_without_the_option_it_is_range():
    a = np.zeros(10)

    @jit
    def carried(a):
        last = 0
        for i in prange(a.shape[0]):
            a[i] = last
            last = i
        return last

    assert carried(a) == 9 and a[9] == 8
    assert list(prange(2, 9, 3)) == [2, 5, 8]


@pytest.mark.parametrize("text", ["0", "-3", "many", "100000"])
def test_a_wrong_environment(text):
    program = """
        import numpy as np, cumbia
        from cumbia import jit, prange
        @jit(parallel=True, source='''
        def f(a):
            for i in prange(a.shape[0]):
                a[i] = 1
        ''')
        def f(a):
            for i in prange(a.shape[0]):
                a[i] = 1
        for call in (cumbia.get_num_threads, lambda: f(np.zeros(100))):
            try:
                call()
            except ValueError as error:
                assert "CUMBIA_NUM_THREADS" in str(error), error
            else:
                raise SystemExit("no error")
    """
    environment = {**os.environ, "CUMBIA_NUM_THREADS": text}
    code = textwrap.dedent(program)
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_interpreter_agrees():
    program = """
        import sys
        sys.path.insert(0, sys.argv[1])
        import test_parallel as t, numpy as np
        a = np.random.default_rng(2).integers(0, 100, 300)
        t.check(t.count_and_sum, a)
        t.check(t.latest, 300)
        t.check(t.raises_at, np.zeros(300), (np.arange(300) == 200) * 1, arguments=False)
        print(repr(t.jit(parallel=True)(t.float_sum)(a / 7)))
    """
    results = set()
    for interpreted in ("", "1"):
        environment = {**os.environ, "CUMBIA_INTERPRET": interpreted}
        code = textwrap.dedent(program)
        run = subprocess.run(
            [sys.executable, "-c", code, os.path.dirname(__file__)],
            env=environment, capture_output=True, text=True, check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        results.add(run.stdout)
    assert len(results) == 1


def text_of_error(a):
    error = 1.0
    for i in prange(a.size):
        try:
            a[i] = 1 / int(a[i])
        except ZeroDivisionError as error:
            a[i] = len(str(error))
    return error


def errors_in_turns(a):
    for i in prange(a.size):
        try:
            a[i] = 1 / int(a[i])
        except ZeroDivisionError as error:
            a[i] = len(str(error))
    return a


def test_the_name_of_a_handler_is_unbound_behind_it():
    refused(text_of_error, np.ones(10), code="CB0248")
    check(errors_in_turns, np.arange(10) % 3.0)
