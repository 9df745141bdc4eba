"""``engine=cumbia.jit`` in ``DataFrame.apply`` and ``Series.map`` of pandas 3.

pandas hands data, function and decorator to an executor that it finds in the decorator's
``__pandas_udf__``, as `pandas.api.executors.BaseExecutionEngine` describes. The function is
compiled, and a loop around it with it, so that a whole column is one call. What the function
gets is what it gets without an engine: Python's numbers in ``map``, rows and columns as
arrays with ``raw=True``, and else something like a Series (`_pandas_rows.py`). The dtype of
what comes back is the one that pandas gives to such results.

Where a loop can't be compiled, because elements are texts or dates or results are no
numbers, ``map`` lets pandas call the compiled function for each element. Nothing is ever
left to the function in Python.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from cumbia import _decorator, _pandas_rows, _source
from cumbia.errors import CumbiaError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Engine"]

# Kinds of dtypes that loops take, with the sizes of their elements.
ITEMS = {"b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (4, 8), "c": (8, 16)}


class Engine:
    """Runs functions for pandas; the interface of `pandas.api.executors.BaseExecutionEngine`."""

    @staticmethod
    def map(
        data: Any, func: Any, args: tuple, kwargs: dict[str, Any],
        decorator: Callable[..., Any] | None, skip_na: bool,
    ) -> Any:
        """Call a function for each element."""
        import numpy

        function = _function(func, decorator)
        action = "ignore" if skip_na else None
        called = functools.partial(function, *args, **kwargs)
        values = _numbers(data)
        if values is not None and skip_na and values.dtype.kind in "fc":
            values = None if (values != values).any() else values
        found = None
        if values is not None and len(values):
            found = _looped(function, "map", values, args, kwargs)
        if found is None:
            # Each element is a call of its own, by pandas.
            return data.map(called, na_action=action)
        results, first = found
        if isinstance(data.dtype, numpy.dtype):
            return results
        # Which dtype of its own an extension array has for such objects, it says itself.
        boxed = iter(list(results) if isinstance(first, numpy.generic) else results.tolist())
        return data.map(lambda _: next(boxed), na_action=action)

    @staticmethod
    def apply(
        data: Any, func: Any, args: tuple, kwargs: dict[str, Any],
        decorator: Callable[..., Any], axis: Any,
    ) -> Any:
        """Call a function for each column or row."""
        import numpy

        axis = {"index": 0, "rows": 0, "columns": 1}.get(axis, axis)
        function = _function(func, decorator)
        if not isinstance(data, numpy.ndarray):
            return _pandas_rows.apply(data, function, args, kwargs, axis)
        rows = data.T if axis == 0 else data
        found = _looped(function, "rows", rows, args, kwargs)
        if found is None:
            return numpy.apply_along_axis(function, axis, data, *args, **kwargs)
        results, _ = found
        return results.T if axis == 0 and results.ndim == 2 else results


def _function(func: Any, decorator: Callable[..., Any] | None) -> Any:
    """The compiled function."""
    if _decorator._is_dispatcher(func):
        return func
    if not hasattr(func, "__code__"):
        raise TypeError(
            f"engine=cumbia.jit takes a function written in Python, not {func!r}; leave engine= "
            "out for this one"
        )
    return _compiled(func, decorator or _decorator.jit)


@functools.lru_cache(maxsize=128)
def _compiled(func: Any, decorator: Callable[..., Any]) -> Any:
    return decorator(func)


def _numbers(data: Any) -> Any:
    """The elements of a Series as an array of numbers that loops take, or None."""
    import numpy

    values = data.array
    if getattr(values.dtype, "name", "") == "category" or values.isna().any() and not isinstance(
        data.dtype, numpy.dtype
    ):
        return None
    found = values.to_numpy()
    kind = ITEMS.get(found.dtype.kind, ())
    known = found.dtype.itemsize in kind and found.dtype.isnative
    return found if known and type(found).__name__ == "ndarray" else None


def _looped(
    function: Any, kind: str, values: Any, args: tuple, kwargs: dict[str, Any]
) -> Any:
    """The results for all elements or rows and the first one itself, or None where they aren't
    numbers.

    The first call's result says what the others are: types don't depend on values.
    """
    import numpy

    first = function(values[0].item() if kind == "map" else values[0], *args, **kwargs)
    if isinstance(first, (bool, int, float, complex, numpy.number, numpy.bool)):
        shape, dtype = (), numpy.asarray(first).dtype
    elif kind == "rows" and isinstance(first, numpy.ndarray) and first.ndim == 1:
        shape, dtype = first.shape, first.dtype
    else:
        return None
    out = numpy.empty((len(values), *shape), dtype)
    out[0] = first
    if len(values) > 1:
        try:
            loop(function, kind, len(args), tuple(kwargs))(values, out, *args, *kwargs.values())
        except CumbiaError:
            # The result may be None as well.
            if kind == "map":
                return None
            raise
    return out, first


_TEXTS = {
    "map": "function(values[i].item(){more})",
    "rows": "function(values[i]{more})",
}


@functools.lru_cache(maxsize=128)
def loop(function: Any, kind: str, count: int, names: tuple[str, ...]) -> Any:
    """The dispatcher of the loop around a function, from the second element on."""
    extra = [f"a{at}" for at in range(count)]
    more = "".join(f", {one}" for one in extra) + "".join(f", {one}={one}" for one in names)
    parameters = ", ".join(["values", "out", *extra, *names])
    text = (
        f"def loop({parameters}):\n"
        f"    for i in range(1, len(values)):\n"
        f"        out[i] = {_TEXTS[kind].format(more=more)}\n"
    )
    return compiled_texts(text, function, {"function": function}, ("loop",))[0]


def compiled_texts(
    text: str, function: Any, names: dict[str, Any], wanted: tuple[str, ...]
) -> tuple[Any, ...]:
    """The dispatchers of functions of a text about a function."""
    file = f"<cumbia loop of {function.__name__}>"
    scope = {**names, "__name__": function.__module__}
    exec(compile(text, file, "exec"), scope)
    for one in [one for one in scope.values() if isinstance(one, type)]:
        # Methods of classes that the text has.
        for method in vars(one).values():
            method = getattr(method, "fget", method)
            if hasattr(method, "__code__") and method.__code__.co_filename == file:
                method.__dict__[_source.SNAPSHOT] = _source.capture(method, source=text)
    cache = not function.py_func.__code__.co_filename.startswith("<")
    return tuple(_decorator.jit(scope[one], source=text, cache=cache) for one in wanted)
