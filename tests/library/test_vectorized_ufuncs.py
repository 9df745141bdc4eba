"""Ufuncs of ``cumbia.vectorize``: against the function on each element, and NumPy's own ufuncs."""

import gc
import os
import pickle
import subprocess
import sys
import threading
import traceback
import weakref

import cumbia
import numpy as np
import pytest
from cumbia import CompileError, float32, float64, int64, jit, vectorize
from cumbia._cumbia import live_allocations

from tests.library.arrays import DTYPES, FEW_DTYPES, filled, layouts


def elementwise(function, *operands, dtypes=None):
    """What the undecorated function gives for each element, as NumPy's numbers."""
    arrays = np.broadcast_arrays(*operands)
    results = [function(*items) for items in zip(*(a.ravel() for a in arrays))]
    if not isinstance(results[0], tuple):
        results = [(one,) for one in results]
    columns = []
    for at, column in enumerate(zip(*results)):
        dtype = dtypes[at] if dtypes else np.asarray(column[0]).dtype
        made = np.empty(len(column), dtype)
        for i, item in enumerate(column):
            made[i] = item
        columns.append(made.reshape(arrays[0].shape))
    return columns[0] if len(columns) == 1 else tuple(columns)


def same(got, expected):
    if isinstance(expected, tuple):
        assert type(got) is tuple and len(got) == len(expected)
        for one, other in zip(got, expected):
            same(one, other)
        return
    assert got.dtype == expected.dtype and np.shape(got) == np.shape(expected)
    assert np.asarray(got).tobytes() == np.asarray(expected).tobytes()


def plus(x, y):
    return x + y


def twice_and_more(x):
    return x * 2 + x


def larger(x, y):
    return x > y


def both(x, y):
    return x + y, x == y


def branches(x, y):
    if x > y:
        return x - y
    total = x - x
    for _ in range(3):
        total += y
    return total


@vectorize(["float64(float64, float64)", float32(float32, float32), (int64, int64)], identity=0)
def add(x, y):
    """The sum of two numbers."""
    return x + y


@vectorize
def dynamic(x, y):
    return x + y


@vectorize
def divided(x, y):
    return int(x) // int(y)


def test_what_it_is():
    for one in (add, dynamic):
        assert type(one) is np.ufunc
        assert (one.nin, one.nout, one.nargs, one.signature) == (2, 1, 3, None)
        assert one.__module__ == __name__
    assert (add.__name__, add.__qualname__) == ("add", "add")
    assert "The sum of two numbers." in add.__doc__
    assert (add.types, add.identity) == (["dd->d", "ff->f", "ll->l"], 0)
    assert add.py_func(1, 2) == add.__wrapped__(1, 2) == 3
    assert dynamic.identity is None


@pytest.mark.parametrize("function", [plus, larger, both])
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_and_layout(function, dtype):
    if function is larger and dtype.startswith("complex"):
        pytest.skip("complex numbers have no order")
    made = vectorize(function)
    for a in layouts((3, 4), dtype):
        for b in layouts((4,), dtype):
            with np.errstate(over="ignore"):
                same(made(a, b), elementwise(function, a, b))
    same(made(filled((), dtype), filled((), dtype)), elementwise(function, *[filled((), dtype)] * 2))


def test_statements_and_loops_inside():
    made = vectorize(branches)
    for dtype in ("int32", "float32", "float64"):
        for a in layouts((2, 3, 4), dtype):
            same(made(a, a[:1]), elementwise(branches, a, a[:1]))


@pytest.mark.parametrize("tier", ["fast", "best"])
def test_tiers_give_the_same(tier):
    made = vectorize(branches, tier=tier)
    a, b = filled((1000,), "float64"), filled((1000,), "float64")[::-1]
    for left, right in ((a, b), (a, a), (a[::2], b[::-2]), (a, 0.5), (0.5, b)):
        same(made(left, right), elementwise(branches, left, np.float64(right)))


def test_nothing_and_one_element():
    for shape in ((0,), (3, 0), (0, 4), (1,), (1, 1)):
        for one in (add, dynamic):
            same(one(np.ones(shape), np.ones(shape)), np.ones(shape) + np.ones(shape))
    assert add.reduce([]) == 0.0
    with pytest.raises(ValueError, match="no identity"):
        dynamic.reduce([])


def test_operands_that_stay_the_same():
    a = filled((50,), "float64")
    for one in (add, dynamic):
        same(one(a, 2.5), a + 2.5)
        same(one(2.5, a), 2.5 + a)
        same(one(np.broadcast_to(a[:1], (50,)), np.broadcast_to(a[1:2], (50,))), np.full(50, a[0] + a[1]))
        same(one(a[:, None], a[None, :]), a[:, None] + a[None, :])


@pytest.mark.parametrize("dtype", ["int64", "float32", "float64"])
@pytest.mark.parametrize("made", [add, dynamic])
def test_methods_give_what_those_of_np_add_give(made, dtype):
    for a in layouts((5, 6), dtype):
        # Sums of small integers are exact in any order.
        a = np.asarray(np.round(a * 10), dtype)
        for axis in (0, 1, -1):
            same(made.reduce(a, axis=axis), np.add.reduce(a, axis=axis))
            same(made.accumulate(a, axis=axis), np.add.accumulate(a, axis=axis))
            same(made.reduceat(a, [0, 3, 1], axis=axis), np.add.reduceat(a, [0, 3, 1], axis=axis))
        same(made.reduce(a, keepdims=True, initial=5), np.add.reduce(a, keepdims=True, initial=5))
        same(made.outer(a[0], a[1]), np.add.outer(a[0], a[1]))
        changed, expected = a.copy(), a.copy()
        made.at(changed, ([0, 0, 2], [1, 1, 3]), 2)
        np.add.at(expected, ([0, 0, 2], [1, 1, 3]), 2)
        same(changed, expected)
    same(add.reduce(a, axis=(0, 1)), np.add.reduce(a, axis=(0, 1)))


def test_reductions_go_from_the_left():
    minus = vectorize(lambda x, y: x - y / 3)
    a = filled((1000,), "float64")
    expected = a[0]
    for item in a[1:]:
        expected = expected - item / 3
    assert minus.reduce(a) == expected
    assert minus.reduce(a[::-1][::-1]) == expected
    assert minus.accumulate(a)[-1] == expected


def test_reductions_that_convert_at_each_step():
    # float64 results go into an int64 loop one by one.
    half = vectorize(["int64(int64, int64)"])(lambda x, y: (x + y) / 2)
    a = np.arange(1, 20)
    expected = a[0]
    for item in a[1:]:
        expected = np.int64((expected + item) / 2)
    assert half.reduce(a) == expected
    assert half(3, 4) == 3


def test_keywords():
    a, b = np.arange(6.0), np.arange(6.0)[::-1]
    out = np.full(6, -1.0)
    assert add(a, b, out=out, where=a > 2) is out
    assert out.tolist() == [-1, -1, -1, 5, 5, 5]
    assert add(a, b, dtype=np.float32).dtype == np.float32
    assert dynamic(a, b, dtype=np.float32).dtype == np.float32
    assert dynamic(a, b, signature="ff->f").dtype == np.float32
    assert add(a, b, out=np.empty(6, np.float32), casting="same_kind").dtype == np.float32
    with pytest.raises(TypeError, match="same_kind"):
        add(a, b, out=np.empty(6, np.int64))
    with pytest.raises(TypeError, match="No loop"):
        vectorize(larger)(a, b, dtype=np.float32)
    with pytest.raises(ValueError, match="could not be broadcast"):
        add(np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match="read-only"):
        out.flags.writeable = False
        add(a, b, out=out)


def test_out_overlaps_operands():
    for shifted in (lambda a: (a[:-1], a[1:]), lambda a: (a[1:], a[:-1]), lambda a: (a, a), lambda a: (a, a[::-1])):
        for one in (add, dynamic):
            mine, numpys = np.arange(40.0), np.arange(40.0)
            one(shifted(mine)[0], 1.0, out=shifted(mine)[1])
            np.add(shifted(numpys)[0], 1.0, out=shifted(numpys)[1])
            same(mine, numpys)


def test_signatures_choose_as_numpy_does():
    for a, b in (
        (1, 2), (1.5, 2), (np.float32(1.5), 2), (np.int8(1), np.int8(2)), (True, np.float32(1)),
        (np.arange(3, dtype=np.uint8), 1.5), (np.arange(3), np.float32(1)),
    ):
        # The loops are tried in their order, as those of any ufunc.
        ordered = vectorize(["i8(i8,i8)", "f4(f4,f4)", "f8(f8,f8)"])(plus)
        kind = np.result_type(*(np.asarray(x).dtype for x in (a, b))).kind
        got = ordered(a, b)
        assert np.array_equal(got, np.add(a, b)) and (kind != "f" or got.dtype.kind == "f")
    for wrong in ("text", None, np.array(["a"]), 1j, np.datetime64("2020-01-01")):
        with pytest.raises(TypeError, match="not supported for the input types"):
            add(wrong, 1.0)
    with pytest.raises(TypeError):
        add(1.0)


def test_results_are_converted_as_signatures_say():
    made = vectorize([float32(float64), "complex128(complex128)", "int8(int64)", "boolean(int32)"])(lambda x: x * 2)
    assert made.types == ["d->f", "D->D", "l->b", "i->?"]
    assert made(0.1) == np.float32(0.2) and made(np.int64(60)) == np.int8(120)
    with pytest.raises(OverflowError, match="out of bounds for int8"):
        made(np.int64(100))
    assert made(np.int32(3)) is np.True_ and made(1j) == 2j


def test_python_numbers_are_weak():
    assert dynamic(np.float32(1), 2.5).dtype == np.float32
    assert dynamic(np.ones(3, np.int8), 2).dtype == np.int8
    assert dynamic(np.ones(3, np.int8), 2.5).dtype == np.float64
    assert dynamic(np.ones(3, np.float32), 2j).dtype == np.complex64
    assert dynamic(True, 2).dtype == np.int64
    with pytest.raises(OverflowError, match="out of bounds for int8"):
        dynamic(np.ones(3, np.int8), 300)


def test_loops_do_not_depend_on_what_was_met_before():
    for first in (np.ones(2), np.ones(2, np.float32), np.ones(2, np.complex128), np.ones(2, bool)):
        made = vectorize(twice_and_more)
        made(first)
        for dtype in FEW_DTYPES:
            a = filled((4,), dtype)
            with np.errstate(over="ignore"):
                same(made(a), elementwise(twice_and_more, a))


def test_dtypes_that_are_not_compiled():
    for wrong in (np.ones(2, np.float16), np.ones(2, np.longdouble), np.array(["a"]), np.array([None])):
        with pytest.raises(TypeError, match="is not compiled for arrays of"):
            dynamic(wrong, 1)
    with pytest.raises(TypeError):
        dynamic(np.array(["2020-01-01"], "M8[D]"), np.array(["2020-01-01"], "M8[D]"))


def test_several_results():
    made = vectorize(lambda x, y: (x + y, x > y, 1.5))
    assert (made.nin, made.nout) == (2, 3)
    a = np.arange(5)
    total, above, constant = made(a, a[::-1])
    same(total, a + a[::-1])
    same(above, a > a[::-1])
    same(constant, np.full(5, 1.5))
    out = np.empty(5, np.int64), None, None
    assert made(a, 1, out=out)[0] is out[0]
    explicit = vectorize(["Tuple((f4, i8))(f8)"])(lambda x: (x, 3))
    assert explicit.types == ["d->fl"]


def raising(x):
    if x == 3:
        raise ValueError("three")
    return 10 // int(x)


@pytest.mark.parametrize(
    "operand",
    [0, np.zeros(1), np.arange(5)[::-1], np.zeros(20000), np.zeros((200, 200))[:, ::2], np.zeros(3, np.int32)],
    ids=str,
)
def test_exceptions_keep_their_traceback(operand):
    made = vectorize(raising)
    before = live_allocations()
    with pytest.raises((ZeroDivisionError, ValueError)) as caught:
        made(operand)
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert [frame.name for frame in frames[1:]] == ["raising"]
    assert frames[-1].filename == __file__
    assert live_allocations() == before


def test_exceptions_in_methods():
    a = np.array([3, 0, 1])
    for call in (
        lambda: divided.reduce(a), lambda: divided.accumulate(a), lambda: divided.outer(a, a),
        lambda: divided.reduceat(a, [0, 2]), lambda: divided.at(a.copy(), [0], 0),
        lambda: divided(a, a, where=a < 1, out=a.copy()),
    ):
        with pytest.raises(ZeroDivisionError, match="integer division or modulo by zero"):
            call()
    assert divided(a, a, out=np.zeros(3, np.int64), where=a > 0).tolist() == [1, 0, 1]


def test_no_warnings_as_in_other_compiled_code():
    made = vectorize(["f8(f8, f8)"])(lambda x, y: x / y)
    with np.errstate(all="raise"):
        assert made(1.0, 0.0) == np.inf
        assert made(np.ones(3), np.zeros(3)).tolist() == [np.inf] * 3
        with pytest.raises(FloatingPointError):
            np.divide(1.0, 0.0)


def test_changes_of_the_program_are_seen():
    names = {}
    exec("k = 1\ndef f(x):\n    return x + k\n", names)
    made = vectorize(names["f"], source="def f(x):\n    return x + k\n")
    assert made(np.arange(3)).tolist() == [1, 2, 3]
    names["k"] = 10
    assert made(np.arange(3)).tolist() == [10, 11, 12]


def test_jitted_functions_and_closures():
    k = 3
    inner = jit(lambda x: x * k)
    made = vectorize(lambda x: inner(x) + 1)
    assert made(np.arange(4)).tolist() == [1, 4, 7, 10]
    assert vectorize(jit(twice_and_more))(2) == 6


def test_pickles_by_name():
    assert pickle.loads(pickle.dumps(add)) is add
    assert pickle.loads(pickle.dumps(dynamic)) is dynamic


class Wrapped:
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return ufunc, method, len(inputs), sorted(kwargs)


def test_operands_with_a_protocol_of_their_own():
    assert add(Wrapped(), 1) == (add, "__call__", 2, [])
    assert dynamic.reduce(Wrapped(), axis=0) == (dynamic, "reduce", 1, ["axis"])
    masked = np.ma.masked_array([1.0, 2.0, 3.0], [False, True, False])
    assert add(masked, 1.0).tolist() == [2.0, None, 4.0]


def test_threads():
    made = vectorize(branches)
    a, b = filled((300, 40), "float64")[:, ::2], filled((20,), "float64")
    expected = elementwise(branches, a, b)
    failed = []

    def work(at):
        try:
            for _ in range(20):
                same(made(a, b), expected)
                same(made(a.astype(np.float32), 1)[0], elementwise(branches, a[0].astype(np.float32), np.float32(1)))
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=work, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


def test_is_freed():
    made = vectorize(lambda x: x + 1)
    made(np.arange(3))
    made(np.arange(3.0)[::-1])
    function = weakref.ref(made.py_func)
    del made
    gc.collect()
    assert function() is None


def test_identities():
    times = lambda x, y: x * y  # noqa: E731
    for identity, shown in ((0, 0), (1, 1), (-1, -1), (None, None), ("reorderable", None), (2.5, 2.5)):
        assert vectorize(["f8(f8,f8)"], identity=identity)(times).identity == shown
    a = np.ones((2, 3))
    assert vectorize(["f8(f8,f8)"], identity="reorderable")(times).reduce(a, axis=None) == 1
    with pytest.raises(ValueError, match="not reorderable"):
        vectorize(["f8(f8,f8)"])(times).reduce(a, axis=None)
    with pytest.raises(ValueError, match="'reorderable' or None, not 'one'"):
        vectorize(identity="one")
    with pytest.raises(TypeError, match="'reorderable' or None, not \\[1\\]"):
        vectorize(identity=[1])


def keyword_only(x, *, y=1):
    return x


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: vectorize(target="gpu"), ValueError, "no target 'gpu'"),
        (lambda: vectorize(no_such_option=1), TypeError, "no_such_option"),
        (lambda: vectorize(5), TypeError, "not 5"),
        (lambda: vectorize(len), TypeError, r"vectorize\(\) compiles functions written in Python"),
        (lambda: vectorize(lambda: 1), TypeError, "has none"),
        (lambda: vectorize(lambda *x: 1), TypeError, "fixed number"),
        (lambda: vectorize(keyword_only), TypeError, "keyword"),
        (lambda: vectorize(["f8(f8)"])(plus), TypeError, "has 1 arguments, but plus"),
        (lambda: vectorize(["f8(f8[:], f8)"])(plus), TypeError, "guvectorize"),
        (lambda: vectorize(["f8(f8, f8)", "(f8, f8)"])(both), TypeError, "gives 2 results"),
        (lambda: vectorize(["f8(c16, c16)"])(plus), TypeError, "return its .real"),
        (lambda: vectorize(["void(f8, f8)"])(plus), TypeError, "a signature is of numbers|of numbers"),
        (lambda: vectorize(["f8(f8)"])(lambda x: "text"), TypeError, "gives str"),
        (lambda: vectorize(["f8(f8)"])(lambda x: [x]), TypeError, "gives list"),
        (lambda: vectorize(["f8(f8)"])(lambda x: x.no_such), Exception, "no_such"),
        (lambda: vectorize("flaot64(float64)"), ValueError, "did you mean 'float64'"),
    ],
)
def test_refused(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_refused_when_first_called():
    with pytest.raises(TypeError, match="gives None"):
        vectorize(lambda x: None)(1.0)
    with pytest.raises(CompileError):
        vectorize(lambda x: eval("x"))(1.0)


def test_without_compiling():
    program = (
        "import numpy as np\nfrom cumbia import vectorize\n"
        "@vectorize(['f8(f8)'])\ndef f(x):\n    return x + 1\n"
        "assert f(np.arange(3.0)).tolist() == [1, 2, 3]\n"
        "import sys\nassert 'cumbia._cumbia' not in sys.modules\n"
    )
    environment = {**os.environ, "CUMBIA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)


def test_importing_loads_nothing():
    program = "import cumbia, sys; assert 'numpy' not in sys.modules and 'cumbia._vectorize' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)
    assert cumbia.vectorize is vectorize


@pytest.mark.parametrize("dtype", ["bool", "int32", "int64", "float32", "float64", "complex128"])
def test_result_types_beside_numbas(dtype):
    numba = pytest.importorskip("numba")
    # Numba takes the first that fits, NumPy an exact one before: in this order they are the same.
    signatures = ["int64(int64, int64)", "float32(float32, float32)", "float64(float64, float64)"]
    theirs = numba.vectorize(signatures)(plus)
    mine = vectorize(signatures)(plus)
    a = filled((4,), dtype)
    for operands in ((a, a), (a, 2), (a[0], a[1]), (a, a.astype("float32") if dtype != "complex128" else 1.5)):
        try:
            expected = theirs(*operands)
        except TypeError:
            with pytest.raises(TypeError):
                mine(*operands)
            continue
        same(mine(*operands), expected)
