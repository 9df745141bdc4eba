"""Functions of `guvectorize` whose layout has no outputs, as ``"(n),(k)"``.

What such a function gives it stores into its arguments. NumPy would hand them to a ufunc's loop
without saying which may be stored into, and copies of those that it converts or spreads, so
this is no ufunc: it goes over the positions itself and passes each array as any function
compiled by `jit` gets it. An array that is read-only, converted or spread over several positions
is read-only in the function, so storing into one raises as NumPy's arrays do.

Not done: `axis=`, `axes=`, `out=` and the other keywords of ufuncs, methods of ufuncs, and calls in
compiled code.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

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
    """

    def __init__(
        self, function: Any, loop: Callable[..., Any], text: str, cores: Any, loops: Any, shapes: Any
    ) -> None:
        self.py_func = getattr(function, "py_func", function)
        functools.update_wrapper(self, self.py_func)
        self.signature = text
        self.nin, self.nout, self.nargs = len(cores), 0, len(cores)
        self.types = loops
        self._function, self._loop = function, loop
        self._cores, self._shapes = cores, shapes

    def __call__(self, *args: Any) -> tuple[()]:
        """Call it; the result is what NumPy gives for no outputs."""
        import numpy

        name = self.__name__
        if len(args) != self.nin:
            raise TypeError(f"{name}() takes {self.nin} positional arguments but {len(args)} were given")
        arrays = self._converted([numpy.asarray(one) for one in args])
        sizes: dict[int, int] = {}
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

    def _converted(self, arrays: list[Any]) -> list[Any]:
        import numpy

        for dtypes in self.types:
            if all(numpy.can_cast(one.dtype, dtype) for one, dtype in zip(arrays, dtypes)):
                return [_as(one, dtype) for one, dtype in zip(arrays, dtypes)]
        raise TypeError(
            f"ufunc {self.__name__!r} not supported for the input types, and the inputs could not be safely "
            "coerced to any supported types according to the casting rule ''safe''"
        )

    def __repr__(self) -> str:
        return f"<function {self.__name__} of guvectorize, {self.signature}>"


def _as(one: Any, dtype: str) -> Any:
    if one.dtype == dtype:
        return one
    made = one.astype(dtype)
    made.flags.writeable = False
    return made
