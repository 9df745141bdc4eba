"""Rows and columns of a DataFrame as compiled functions see them: like a Series.

Without ``raw=True`` pandas gives a function a Series for each row or column. Compiled code
has an instance of a class that is written here for the labels at hand: elements by label
(``row["a"]``, ``row.a``) and position (``row.iloc[0]``), length, iteration, ``values``, and
``sum``, ``mean``, ``min`` and ``max``, which skip what is missing. All else of a Series isn't
there, which compiling says. As in pandas, the elements of a row have
the one dtype that all columns go into.

Refused are dtypes that aren't numbers, missing values of nullable dtypes, and functions
whose results aren't numbers.
"""

from __future__ import annotations

import functools
import keyword
from typing import Any

__all__ = ["apply"]

# Most labels that are told apart.
_MOST = 200

_COMMON = '''
class Places:
    def __init__(self, values):
        self.values = values

    def __getitem__(self, i):
        if not isinstance(i, (int, np.integer)):
            raise TypeError("rows and columns in compiled code are indexed by integers")
        return self.values[i]

class Row:
    def __init__(self, values):
        self.values = values

    def __len__(self):
        return len(self.values)

    def __iter__(self):
        for x in self.values:
            yield x.item()

    @property
    def size(self):
        return len(self.values)

    @property
    def iloc(self):
        return Places(self.values)
'''

# What is missing is skipped, and the steps are those of pandas.core.nanops.
_FLOATS = '''
    def sum(self):
        return np.where(np.isnan(self.values), ZERO, self.values).sum()

    def mean(self):
        missing = np.isnan(self.values)
        count = len(self.values) - missing.sum()
        if count == 0:
            return DTYPE(np.nan)
        return np.where(missing, ZERO, self.values).sum() / DTYPE(count)

    def min(self):
        missing = np.isnan(self.values)
        if missing.sum() == len(self.values):
            return DTYPE(np.nan)
        return np.where(missing, INF, self.values).min()

    def max(self):
        missing = np.isnan(self.values)
        if missing.sum() == len(self.values):
            return DTYPE(np.nan)
        return np.where(missing, -INF, self.values).max()
'''

_OTHERS = '''
    def sum(self):
        return self.values.sum()

    def mean(self):
        return self.values.sum(dtype=np.float64) / np.float64(len(self.values))

    def min(self):
        return self.values.min()

    def max(self):
        return self.values.max()
'''

_LOOP = '''
def loop(values, out{parameters}):
    for i in range(1, len(values)):
        out[i] = function(Row(values[i]){more})

def once(values{parameters}):
    return function(Row(values){more})
'''


def apply(data: Any, function: Any, args: tuple, kwargs: dict[str, Any], axis: int) -> Any:
    """The Series of a function's results for each column (axis 0) or row (axis 1)."""
    import numpy

    given = (*args, *kwargs.values())
    if axis == 0:
        ranged = _is_plain_range(data.index)
        results = []
        for at in range(data.shape[1]):
            values = _column(data, at)
            once, _ = _made(
                function, (), ranged, values.dtype.str, len(args), tuple(kwargs)
            )
            results.append(_number(once(values, *given), function))
        found = data._constructor_sliced(dict(enumerate(results)))
        found.index = data.columns
        return found
    values = _rows(data)
    labels = tuple(data.columns)
    if len(labels) > _MOST:
        raise TypeError(
            f"a row of {len(labels)} elements has too many labels for engine=cumbia.jit; "
            "pass raw=True, with which the function gets arrays"
        )
    once, loop = _made(
        function, _known(labels), False, values.dtype.str, len(args), tuple(kwargs)
    )
    first = _number(once(values[0], *given), function)
    out = numpy.empty(len(values), numpy.asarray(first).dtype)
    out[0] = first
    if len(values) > 1:
        loop(values, out, *given)
    like = data._constructor_sliced({0: first}).dtype
    return data._constructor_sliced(out.astype(like, copy=False), index=data.index)


def _is_plain_range(index: Any) -> bool:
    import pandas

    return isinstance(index, pandas.RangeIndex) and index.start == 0 and index.step == 1


def _column(data: Any, at: int) -> Any:
    from cumbia import _pandas

    column = data.iloc[:, at]
    values = _pandas._numbers(column)
    if values is None:
        raise _refused(f"column {data.columns[at]!r} of the DataFrame is of dtype {column.dtype}")
    return values


def _rows(data: Any) -> Any:
    from cumbia import _pandas

    values = data.to_numpy()
    dtypes = set(data.dtypes)
    if values.dtype == object and len(dtypes) == 1 and not data.isna().any(axis=None):
        # One of the nullable dtypes.
        values = data.to_numpy(getattr(dtypes.pop(), "numpy_dtype", object))
    if values.dtype.itemsize not in _pandas.ITEMS.get(values.dtype.kind, ()):
        raise _refused(f"rows of the DataFrame are of dtype {values.dtype}")
    return values


def _refused(what: str) -> TypeError:
    return TypeError(
        f"engine=cumbia.jit takes numbers, but {what}; select columns of numbers, fill what is "
        "missing, or leave engine= out"
    )


def _number(result: Any, function: Any) -> Any:
    import numpy

    if isinstance(result, (bool, int, float, complex, numpy.number, numpy.bool)):
        return result
    raise TypeError(
        f"{function.__name__}() gives {type(result).__name__}; with engine=cumbia.jit the function "
        "of apply() gives a number, or an array with raw=True"
    )


def _known(labels: tuple) -> tuple[tuple[int, Any], ...]:
    """Labels that are found by their value, with their positions."""
    return tuple(
        (at, label) for at, label in enumerate(labels)
        if type(label) in (str, int) and labels.count(label) == 1
    )


@functools.lru_cache(maxsize=128)
def _made(
    function: Any,
    labels: tuple[tuple[int, Any], ...],
    ranged: bool,
    dtype: str,
    count: int,
    names: tuple[str, ...],
) -> tuple[Any, Any]:
    """The dispatchers of one call and of a loop of calls."""
    import numpy
    import pandas

    from cumbia import _pandas

    kind = numpy.dtype(dtype)
    text = _COMMON + (_FLOATS if kind.kind == "f" else _OTHERS)
    if labels:
        text += "\n    def __getitem__(self, label):\n"
        for at, label in labels:
            text += f"        if label == {label!r}:\n            return self.values[{at}]\n"
        text += "        raise KeyError(label)\n"
    elif ranged:
        text += (
            "\n    def __getitem__(self, label):\n"
            "        if label < 0 or label >= len(self.values):\n"
            "            raise KeyError(label)\n"
            "        return self.values[label]\n"
        )
    for at, label in labels:
        if (
            isinstance(label, str) and label.isidentifier() and not keyword.iskeyword(label)
            and not hasattr(pandas.Series, label) and not label.startswith("__")
        ):
            text += f"\n    @property\n    def {label}(self):\n        return self.values[{at}]\n"
    extra = [f"a{at}" for at in range(count)]
    more = "".join(f", {one}" for one in extra) + "".join(f", {one}={one}" for one in names)
    parameters = "".join(f", {one}" for one in (*extra, *names))
    text += _LOOP.format(parameters=parameters, more=more)
    scope = {"function": function, "np": numpy}
    if kind.kind == "f":
        scope |= {"DTYPE": kind.type, "ZERO": kind.type(0), "INF": kind.type(numpy.inf)}
    return _pandas.compiled_texts(text, function, scope, ("once", "loop"))
