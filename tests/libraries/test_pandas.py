"""``engine=cumbia.jit`` of pandas against ``engine=None``: values, dtypes, names, exceptions."""

import numpy as np
import pandas as pd
import pytest

import cumbia
from cumbia import jit

# Functions of one number. What is divided by zero, and what kind of number is meant, shows
# in the results.


def square(x):
    return x * x


def halved(x):
    return x / 2


def positive(x):
    return x > 0


def single(x):
    return np.float32(x)


def small(x):
    return np.int8(3)


def unsigned(x):
    return np.uint64(7)


def root(x):
    return (x * x + 1j) * 0.5


def steps(x, n=1, scale=2.0):
    total = 0.0
    for i in range(n):
        total += x * scale
    return total


def inverse(x):
    return 1 / x


NUMBERS = {
    "float64": pd.Series([1.5, -2.0, 3.25, 1e300], index=list("abcd"), name="x"),
    "float32": pd.Series(np.array([1.5, -2.0, 0.1], "float32")),
    "int64": pd.Series([1, -2, 3, 2**30]),
    "int8": pd.Series(np.array([100, -100, 3], "int8")),
    "uint16": pd.Series(np.array([1, 60000], "uint16")),
    "bool": pd.Series([True, False]),
    "complex128": pd.Series([1 + 2j, -3.5j]),
    "Int64": pd.Series([1, 2, 3], dtype="Int64"),
    "Float32": pd.Series([1.5, 2.5], dtype="Float32"),
    "boolean": pd.Series([True, False], dtype="boolean"),
    "int64[pyarrow]": pd.Series([1, 2, 3], dtype="int64[pyarrow]"),
    "one": pd.Series([2.0]),
    "none": pd.Series([], dtype="float64"),
    "category": pd.Series([1.0, 2.0, 1.0]).astype("category"),
}


def same(compiled, plain):
    if isinstance(plain, pd.DataFrame):
        pd.testing.assert_frame_equal(compiled, plain, check_exact=True)
    else:
        pd.testing.assert_series_equal(compiled, plain, check_exact=True)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("function", [square, halved, positive, single, small, unsigned, root])
def test_map(function, name):
    series = NUMBERS[name]
    if function in (positive, single) and name == "complex128":
        pytest.skip("complex numbers have no order")
    if function is root and name == "int64[pyarrow]":
        pytest.skip("Arrow has no complex numbers")
    same(series.map(function, engine=jit), series.map(function))


def test_map_with_keywords():
    series = NUMBERS["float64"]
    same(series.map(steps, n=3, engine=jit), series.map(steps, n=3))
    same(series.map(steps, scale=0.1, n=2, engine=jit), series.map(steps, scale=0.1, n=2))


def test_elements_are_numbers_of_python():
    zeros = pd.Series([1.0, 0.0])
    with pytest.raises(ZeroDivisionError):
        zeros.map(inverse)
    with pytest.raises(ZeroDivisionError) as caught:
        zeros.map(inverse, engine=jit)
    assert [frame.name for frame in caught.traceback][-1] == "inverse"
    large = pd.Series(np.array([100, 100], "int8"))
    assert list(large.map(square, engine=jit)) == [10000, 10000]


@pytest.mark.parametrize("function", [square, positive, steps])
def test_missing_numbers(function):
    for series in (
        pd.Series([1.0, np.nan, 3.0]),
        pd.Series([np.nan, 2.0]),
        pd.Series([1, None, 3], dtype="Int64"),
        pd.Series([1.5, None], dtype="Float64"),
        pd.Series([1.5, None], dtype="double[pyarrow]"),
    ):
        same(series.map(function, na_action="ignore", engine=jit), series.map(function, na_action="ignore"))
    floats = pd.Series([1.0, np.nan])
    same(floats.map(square, engine=jit), floats.map(square))
    with pytest.raises(TypeError, match=r"argument 'x' of square\(\)"):
        pd.Series([1, None], dtype="Int64").map(square, engine=jit)


def test_texts_and_objects():
    def length(x):
        return len(x)

    def upper(x):
        return x.upper() + "!"

    for series in (pd.Series(["a", "bcd"]), pd.Series(["a", "bcd"], dtype=object)):
        same(series.map(length, engine=jit), series.map(length))
        same(series.map(upper, engine=jit), series.map(upper))
    mixed = pd.Series([1, 2.5], dtype=object)
    same(mixed.map(square, engine=jit), mixed.map(square))
    with pytest.raises(TypeError, match="argument 'x'"):
        pd.Series(pd.to_datetime(["2024-01-01"])).map(square, engine=jit)


def test_results_that_are_no_numbers():
    def named(x):
        return "big" if x > 2 else "small"

    def maybe(x):
        if x > 2:
            return None
        return x

    series = pd.Series([1.0, 3.0, 2.0])
    same(series.map(named, engine=jit), series.map(named))
    same(series.map(maybe, engine=jit), series.map(maybe))


def test_each_element_is_one_call(capfd):
    def shown(x):
        print(x)
        return x

    pd.Series([1, 2, 3]).map(shown, engine=jit)
    assert capfd.readouterr().out.split() == ["1", "2", "3"]


def total(a):
    s = 0.0
    for x in a:
        s += x
    return s


def longest(a):
    return a.max() - a.min()


def running(a, start=0.0):
    out = np.empty(len(a))
    for i in range(len(a)):
        start += a[i]
        out[i] = start
    return out


def count(a):
    return len(a)


def first_two(a):
    return a[:2] * 2


FRAMES = {
    "floats": pd.DataFrame({"a": [1.5, 2.5, 3.5], "b": [0.1, -0.2, 0.3]}, index=list("xyz")),
    "ints": pd.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6], "c": [7, 8, 9]}),
    "mixed": pd.DataFrame({"a": [1, 2], "b": [0.5, np.nan]}),
    "single": pd.DataFrame(np.array([[1, 2], [3, 4]], "float32"), columns=["a", "b"]),
    "row": pd.DataFrame([[1.0, 2.0]], columns=["a", "b"]),
    "bools": pd.DataFrame({"a": [True, False], "b": [True, True]}),
}


@pytest.mark.parametrize("axis", [0, 1, "index", "columns"])
@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("function", [total, longest, running, count])
def test_apply_of_arrays(function, name, axis):
    frame = FRAMES[name]
    if function is longest and name == "bools":
        pytest.skip("truth values aren't subtracted")
    same(
        frame.apply(function, axis=axis, raw=True, engine=jit),
        frame.apply(function, axis=axis, raw=True),
    )


def test_apply_of_arrays_with_arguments():
    frame = FRAMES["floats"]
    for given in ({"args": (2.0,)}, {"start": -1.0}):
        same(frame.apply(running, raw=True, engine=jit, **given), frame.apply(running, raw=True, **given))


def test_apply_refuses_objects():
    frame = pd.DataFrame({"a": [1.0], "b": ["x"]})
    with pytest.raises(TypeError, match="argument 'a' of total.*object"):
        frame.apply(total, raw=True, engine=jit)


def by_label(row):
    return row["a"] * 2 + row["b"]


def by_attribute(row):
    return row.a > row.b


def by_position(row):
    return row.iloc[0] - row.iloc[-1]


def by_loop(row):
    s = 0.0
    for x in row:
        s += x
    return s + len(row)


def sums(row):
    return row.sum()


def means(row):
    return row.mean()


def extremes(row):
    return row.max() - row.min()


def through_values(row):
    return row.values[0] + row.values[-1]


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("function", [by_label, by_attribute, by_position, by_loop, sums, means, through_values])
def test_apply_of_rows(function, name):
    frame = FRAMES[name]
    if function is by_position and name == "bools":
        pytest.skip("truth values aren't subtracted")
    same(frame.apply(function, axis=1, engine=jit), frame.apply(function, axis=1))


@pytest.mark.parametrize("name", [name for name in FRAMES if name != "bools"])
@pytest.mark.parametrize("function", [by_position, by_loop, sums, means, extremes, count])
@pytest.mark.parametrize("axis", [0, 1])
def test_apply_of_columns(function, name, axis):
    frame = FRAMES[name]
    same(frame.apply(function, axis=axis, engine=jit), frame.apply(function, axis=axis))


def test_what_is_missing_is_skipped():
    frame = pd.DataFrame({"a": [1.0, np.nan, np.nan], "b": [2.0, np.nan, 4.0]})
    for function in (sums, means, extremes):
        for axis in (0, 1):
            same(frame.apply(function, axis=axis, engine=jit), frame.apply(function, axis=axis))


def test_labels():
    frame = pd.DataFrame({"sum": [1.0, 2.0], "two words": [3.0, 4.0], 7: [5.0, 6.0]})

    def label(row):
        return row["sum"] + row["two words"] + row[7]

    def missing(row):
        return row["none"]

    same(frame.apply(label, axis=1, engine=jit), frame.apply(label, axis=1))
    with pytest.raises(KeyError, match="none"):
        frame.apply(missing, axis=1, engine=jit)
    columns = pd.DataFrame({"a": [1.0, 2.0]})

    def second(column):
        return column[1]

    def last(column):
        return column[-1]

    same(columns.apply(second, engine=jit), columns.apply(second))
    with pytest.raises(KeyError):
        columns.apply(last)
    with pytest.raises(KeyError):
        columns.apply(last, engine=jit)


def test_rows_with_arguments():
    def weighted(row, w, power=1):
        return (row["a"] * w + row["b"]) ** power

    frame = FRAMES["floats"]
    same(
        frame.apply(weighted, axis=1, args=(3.0,), power=2, engine=jit),
        frame.apply(weighted, axis=1, args=(3.0,), power=2),
    )


def test_nullable_rows():
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]}, dtype="Int64")
    for function in (total, by_label, sums, count):
        same(frame.apply(function, axis=1, engine=jit), frame.apply(function, axis=1))
    for function in (total, sums, count):
        same(frame.apply(function, engine=jit), frame.apply(function))
    frame.iloc[0, 0] = pd.NA
    with pytest.raises(TypeError, match="takes numbers, but rows of the DataFrame are of dtype object"):
        frame.apply(total, axis=1, engine=jit)
    with pytest.raises(TypeError, match="column 'a' of the DataFrame is of dtype Int64"):
        frame.apply(total, engine=jit)


def test_what_rows_dont_have_is_refused():
    frame = FRAMES["floats"]
    with pytest.raises(AttributeError, match="'Row' object has no attribute 'median'"):
        frame.apply(lambda row: row.median(), axis=1, engine=jit)
    with pytest.raises(TypeError, match="gives tuple"):
        frame.apply(lambda row: (row["a"], row["b"]), axis=1, engine=jit)
    with pytest.raises(TypeError, match="indexed by integers"):
        frame.apply(lambda row: row.iloc[:2].sum(), axis=1, engine=jit)
    with pytest.raises(TypeError, match="takes a function written in Python, not 'sum'"):
        frame.apply("sum", engine=jit)


def test_decorators_with_options():
    series = NUMBERS["float64"]
    same(series.map(square, engine=jit(fastmath=True)), series.map(square))
    same(series.map(jit(square), engine=jit), series.map(square))
    same(series.map(square, engine=cumbia.njit), series.map(square))


def test_a_function_is_compiled_once():
    def f(x):
        return x + 1

    engine = jit(cache=False)
    series = NUMBERS["float64"]
    from cumbia import _pandas

    series.map(f, engine=engine)
    function = _pandas._function(f, engine)
    before = function.stats["compiles"], _pandas.loop(function, "map", 0, ()).stats["compiles"]
    for _ in range(3):
        series.map(f, engine=engine)
    assert _pandas._function(f, engine) is function
    assert (function.stats["compiles"], _pandas.loop(function, "map", 0, ()).stats["compiles"]) == before


def test_windows_and_groups_take_compiled_functions():
    # pandas has engines of its own there; a compiled function is one to call.
    series = pd.Series(np.arange(10.0))
    fast = jit(total)
    same(series.rolling(3).apply(fast, raw=True), series.rolling(3).apply(total, raw=True))
    same(series.expanding().apply(fast, raw=True), series.expanding().apply(total, raw=True))
    frame = pd.DataFrame({"k": list("aabbb"), "v": np.arange(5.0)})
    groups = frame.groupby("k")["v"]
    same(groups.agg(lambda v: fast(v.to_numpy())), groups.agg(lambda v: total(v.to_numpy())))
    with pytest.raises(TypeError, match=r"pass x.to_numpy\(\)"):
        fast(series)
