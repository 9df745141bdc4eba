"""``guvectorize`` with a layout alone: a generalized ufunc for each list of dtypes that is met.

A function that writes its results says nothing of their dtypes, so outputs have to be
passed, and a ufunc's loops are chosen by its inputs alone. So this is no `numpy.ufunc` but
an object that has one for the dtypes of all operands, makes it when they are met for the
first time, and leaves the call to it: broadcasting, ``axis=``, ``axes=``, ``keepdims=``,
``where=`` and ``casting=`` are NumPy's as ever.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from cumbia import _pickle, _signature, _vectorize

if TYPE_CHECKING:
    import numpy

    from cumbia._guvectorize import _Layout

__all__ = ["GeneralizedUfunc", "make"]


def make(func: Any, layout: _Layout, how: _vectorize._How) -> GeneralizedUfunc:
    """The object for a function."""
    function = _vectorize._compiled(func, how.options, "guvectorize")
    if isinstance(function, type(make)):
        raise TypeError(
            "guvectorize() without signatures needs the compiler, which CUMBIA_DISABLE_JIT "
            "switches off"
        )
    count = len(_vectorize._parameters(function, "guvectorize"))
    if count != len(layout.cores):
        raise TypeError(
            f"the layout {layout.text} has {len(layout.cores)} arguments, but "
            f"{function.__name__}() has {count}"
        )
    return GeneralizedUfunc(function, layout, how)


class GeneralizedUfunc:
    """What ``guvectorize`` without signatures gives: called with inputs and outputs.

    Attributes
    ----------
    nin, nout, nargs : int
        Numbers of inputs, of outputs, and of both.
    signature : str
        The layout.
    """

    def __init__(self, function: Any, layout: _Layout, how: _vectorize._How) -> None:
        functools.update_wrapper(self, function.py_func)
        self.nin = layout.inputs
        self.nargs = len(layout.cores)
        self.nout = self.nargs - self.nin
        self.signature = layout.text
        self._function, self._layout, self._how = function, layout, how
        self._made: dict[tuple[str, ...], Any] = {}
        # Which refuses it: its kernel alone would be another function.
        _vectorize._callable_in_compiled_code(self, function)

    def __repr__(self) -> str:
        return f"<cumbia generalized ufunc {self.__name__!r}>"

    @property
    def py_func(self) -> Any:
        """The kernel."""
        return self.__wrapped__

    def __reduce__(self) -> Any:
        if _pickle._importable(self, self.__module__, self.__qualname__):
            return self.__qualname__
        return make, (self._function, self._layout, self._how)

    @property
    def types(self) -> list[str]:
        """The types of the loops that there are, as of a `numpy.ufunc`."""
        return [one.types[0] for one in self._made.values()]

    @property
    def ntypes(self) -> int:
        """How many loops there are."""
        return len(self._made)

    def ufunc(self, *dtypes: Any) -> numpy.ufunc:
        """The `numpy.ufunc` for dtypes of all operands, outputs last."""
        import numpy

        return self._for(tuple(numpy.dtype(one) for one in dtypes))

    def __call__(self, *operands: Any, out: Any = None, **keywords: Any) -> Any:
        """Call the ufunc for these operands; outputs come last, or in ``out``."""
        import numpy

        given = list(operands)
        if out is not None:
            if len(given) != self.nin:
                raise TypeError(
                    f"{self.__name__}() takes {self.nin} operands beside out=, not {len(given)}"
                )
            given += out if isinstance(out, tuple) else (out,)
        if len(given) != self.nargs or any(one is None for one in given):
            raise TypeError(
                f"{self.__name__}() takes {self.nin} inputs and {self.nout} outputs, but "
                f"{len(given)} are given: without signatures, only the outputs say of which dtypes "
                "they are"
            )
        given = [one if hasattr(one, "dtype") else numpy.asarray(one) for one in given]
        found = self._for(tuple(one.dtype for one in given))
        outputs = tuple(given[self.nin :])
        return found(*given[: self.nin], out=outputs, **keywords)

    def _for(self, dtypes: tuple[Any, ...]) -> Any:
        from cumbia import _guvectorize

        names = tuple(_vectorize._known_dtype(one, self.__name__) for one in dtypes)
        if names not in self._made:
            types = [
                self._type(name, core, at >= self.nin)
                for at, (name, core) in enumerate(zip(names, self._layout.cores))
            ]
            given = _signature.parse_all(f"void({', '.join(types)})")
            self._made[names] = _guvectorize._make(self._function, given, self._layout, self._how)
        return self._made[names]

    @staticmethod
    def _type(name: str, core: list[int], output: bool) -> str:
        axes = len(core) or int(output)
        name = {"bool": "boolean"}.get(name, name)
        return f"{name}[{', '.join(':' * axes)}]" if axes else name
