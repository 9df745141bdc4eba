"""Functions of `guvectorize` whose layout has no outputs, as ``"(n),(k)"``.

What such a function gives it stores into its arguments. NumPy would hand them to a ufunc's loop
without saying which may be stored into, and copies of those that it converts or spreads, so
this is no ufunc: it goes over the positions itself and passes each array as any function
compiled by `jit` gets it. An array that is read-only, converted, made of a list or spread over
several positions is read-only in the function, so storing into one raises as NumPy's arrays do. So
the signature with the arrays' own dtypes is chosen, if there is one, before others that they could
be converted to. Python's numbers are weak, as for ufuncs.

Not done: `axis=`, `axes=`, `out=` and the other keywords of ufuncs, methods of ufuncs, dimensions
that may be missing, and calls in compiled code.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from cumbia import _pickle

__all__ = ["WithoutOutputs"]


class WithoutOutputs:
    """Calls a function for each position of its arguments' outer axes.

    Parameters
    ----------
    function : Dispatcher or function
        What is called with one position's arrays and numbers.
    loop : callable
        The same for all positions of one outer axis.
    text : str
        The layout.
    cores : list of list of int
        The dimensions of each argument, by number.
    loops : list of list of str
        The dtypes of the arguments, of each signature.
    shapes : list of list of int
        As `cores`, as the function sees them: an argument of ``()`` may be an array of one element.
    sizes : dict of int to int
        The sizes of the dimensions that the layout has as numbers.
    made_of : tuple
        What makes it again.
    """

    def __init__(
        self,
        function: Any,
        loop: Callable[..., Any],
        text: str,
        cores: Any,
        loops: Any,
        shapes: Any,
        sizes: dict[int, int],
        made_of: tuple[Any, Any],
    ) -> None:
        functools.update_wrapper(self, getattr(function, "py_func", function))
        self.signature = text
        self.nin, self.nout, self.nargs = len(cores), 0, len(cores)
        self.types = loops
        self._function, self._loop = function, loop
        self._cores, self._shapes = cores, shapes
        self._sizes, self._made_of = sizes, made_of

    @property
    def py_func(self) -> Any:
        """The function for one position. A property: so this is no instance of an ordinary class."""
        return self.__wrapped__  # type: ignore[attr-defined]

    def __reduce__(self) -> Any:
        if _pickle._importable(self, self.__module__, self.__qualname__):
            return self.__qualname__
        return self._made_of

    def __call__(self, *args: Any, **keywords: Any) -> tuple[()]:
        """Call it; the result is what NumPy gives for no outputs."""
        import numpy

        name = self.__name__
        if keywords:
            raise TypeError(
                f"{name}() takes no keyword arguments, but {next(iter(keywords))!r} is given: a function "
                "of guvectorize without outputs stores into its arguments"
            )
        if len(args) != self.nin:
            raise TypeError(f"{name}() takes {self.nin} positional arguments but {len(args)} were given")
        arrays = self._converted(args)
        sizes = dict(self._sizes)
        for at, (one, core) in enumerate(zip(arrays, self._cores)):
            if one.ndim < len(core):
                raise ValueError(
                    f"{name}: Input operand {at} does not have enough dimensions "
                    f"(has {one.ndim}, gufunc core with signature {self.signature} requires {len(core)})"
                )
            for axis, number in enumerate(core, one.ndim - len(core)):
                if sizes.setdefault(number, one.shape[axis]) != one.shape[axis]:
                    raise ValueError(
                        f"{name}: Input operand {at} has a mismatch in its core dimension "
                        f"{axis - one.ndim + len(core)}, with gufunc signature {self.signature} "
                        f"(size {one.shape[axis]} is different from {sizes[number]})"
                    )
        outer = numpy.broadcast_shapes(
            *(one.shape[: one.ndim - len(core)] for one, core in zip(arrays, self._cores))
        )
        spread = []
        for one, core, shape in zip(arrays, self._cores, self._shapes):
            whole = outer + one.shape[one.ndim - len(core) :]
            one = one if one.shape == whole else numpy.broadcast_to(one, whole)
            spread.append(one if core or not shape else one[..., None])
        if not outer:
            self._function(*(one if one.ndim else one[()] for one in spread))
        elif len(outer) == 1:
            self._loop(*spread)
        else:
            for place in numpy.ndindex(*outer[:-1]):
                self._loop(*(one[place] for one in spread))
        return ()

    def _converted(self, args: tuple[Any, ...]) -> list[Any]:
        import numpy

        for at, one in enumerate(args):
            if isinstance(one, numpy.ma.MaskedArray):
                raise TypeError(
                    f"argument {at} of {self.__name__}(): a masked array, whose mask would be "
                    "ignored; pass x.filled(value) or x.data"
                )
        arrays = [numpy.asarray(one) for one in args]
        weak = [type(one) if type(one) in (int, float, complex) else None for one in args]
        # Python's numbers alone have the dtypes that NumPy gives them, if a signature has these.
        found = self._signature_for(arrays, [None] * len(args)) if all(weak) else None
        found = found or self._signature_for(arrays, weak)
        if found is None:
            raise TypeError(
                f"ufunc {self.__name__!r} not supported for the input types, and the inputs could not be "
                "safely coerced to any supported types according to the casting rule ''safe''"
            )
        # What the caller doesn't see again once it is an array.
        copied = list, tuple, int, float, complex, numpy.generic
        return [
            _as(numpy.asarray(given, dtype) if number else one, dtype, isinstance(given, copied))
            for given, one, number, dtype in zip(args, arrays, weak, found)
        ]

    def _signature_for(self, arrays: list[Any], weak: list[Any]) -> Any:
        """The dtypes of the first signature that fits without converting, else of the first that fits."""
        for fits in (lambda have, dtype: have == dtype, _can_cast):
            for dtypes in self.types:
                if all(
                    _takes(dtype, number) if number else fits(one.dtype, dtype)
                    for one, dtype, number in zip(arrays, dtypes, weak)
                ):
                    return dtypes
        return None

    def __repr__(self) -> str:
        return f"<function {self.__name__} of guvectorize, {self.signature}>"


def _can_cast(have: Any, dtype: str) -> bool:
    import numpy

    return numpy.can_cast(have, dtype)


def _takes(dtype: str, number: type) -> bool:
    """Whether a number of Python's becomes one of this dtype, as NumPy 2 has it."""
    import numpy

    kinds = {int: "iufc", float: "fc", complex: "c"}
    return numpy.dtype(dtype).kind in kinds[number]


def _as(one: Any, dtype: str, copied: bool) -> Any:
    if one.dtype == dtype and not copied:
        return one
    made = one if one.dtype == dtype else one.astype(dtype)
    made.flags.writeable = False
    return made
