"""``stencil``: a function of an element's neighbors, for each element of an array.

The kernel is compiled as it stands. It gets objects of `cumbia._relative` for its arrays, whose
items are those around a place, in loops such as ::

    for i0 in prange(1, x0.shape[0] - 1):
        y[i0] = kernel(At1(x0, i0), x1)

written here for the numbers of axes at hand and compiled by ``jit``, or with the function that
calls the stencil. What the kernel reads is found in `cumbia._stencil_kernel`.
"""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

from cumbia import _decorator, _options, _relative, _source, _stencil_kernel
from cumbia._errors import UnsupportedError
from cumbia.types import Array

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["StencilFunc", "stencil"]

_MODES = {
    "constant": 0, "nearest": _relative.NEAREST, "reflect": _relative.REFLECT,
    "wrap": _relative.WRAP,
}


def stencil(func_or_mode: Any = "constant", **options: Any) -> Any:
    """Make a function of arrays of a function of neighbors.

    Used as ``@stencil``, ``@stencil(options)``, ``@stencil("nearest", options)`` or
    ``stencil(function, options)``.

    Parameters
    ----------
    func_or_mode : function or {'constant', 'nearest', 'reflect', 'wrap'}, optional
        The kernel, or what stands for elements beyond the edges. With ``'constant'`` the
        result has `cval` wherever the kernel would look beyond an edge; the others are those
        of `scipy.ndimage`.
    mode : str, optional
        The same, where the function comes first.
    cval : number, optional
        0 if it isn't given. With ``out=``, elements near the edges stay as they are then.
    neighborhood : tuple of (int, int), optional
        For each axis the lowest and highest index that the kernel uses; needed where these
        are no constants.
    standard_indexing : str or sequence of str, optional
        Names of the parameters that are arrays indexed as usual.
    **options
        Those of ``jit``.

    Returns
    -------
    StencilFunc or decorator
        Called with arrays for the kernel's parameters, and numbers; it gives an array of the
        first one's shape. ``out=`` is the array to write to. Compiled code can call it, too.

    Raises
    ------
    UnsupportedError
        For kernels whose indices aren't known.
    ValueError, TypeError
        For options that don't fit.

    Examples
    --------
    >>> import numpy as np
    >>> from cumbia import stencil
    >>> @stencil
    ... def mean(a):
    ...     return (a[-1] + a[0] + a[1]) / 3
    >>> mean(np.array([3.0, 0.0, 3.0, 6.0]))  # doctest: +SKIP
    array([0., 2., 3., 0.])
    """
    own = {
        name: options.pop(name)
        for name in ("mode", "cval", "neighborhood", "standard_indexing")
        if name in options
    }
    if isinstance(func_or_mode, str):
        own.setdefault("mode", func_or_mode)
    if own.setdefault("mode", "constant") not in _MODES:
        raise ValueError(f"a stencil's mode is one of {', '.join(_MODES)}, not {own['mode']!r}")
    _options.resolve(options)
    if isinstance(func_or_mode, str):
        return functools.partial(StencilFunc, own=own, options=options)
    return StencilFunc(func_or_mode, own=own, options=options)


class StencilFunc:
    """A stencil; see `stencil`.

    Attributes
    ----------
    py_func : function
        The kernel.
    neighborhood : tuple of (int, int) or None
        For each axis the lowest and highest index, where they were given.
    """

    def __init__(self, func: Any, *, own: dict[str, Any], options: dict[str, Any]) -> None:
        if _decorator._is_dispatcher(func):
            func = func.py_func
        try:
            self._kernel = _decorator.jit(func, **options)
        except TypeError as error:
            raise TypeError(str(error).replace("jit()", "stencil()")) from None
        functools.update_wrapper(self, func)
        self._options = options
        self._mode: str = own["mode"]
        self._cval = own.get("cval")
        if self._cval is not None and not isinstance(self._cval, (int, float, complex)):
            import numpy

            if not isinstance(self._cval, numpy.generic):
                raise TypeError(f"cval is a number, not {self._cval!r}")
        code = func.__code__
        if code.co_flags & 0x0C or code.co_kwonlyargcount or not code.co_argcount:
            raise TypeError(f"a stencil kernel has plain parameters; {func.__name__}() has others")
        self._names = code.co_varnames[: code.co_argcount]
        self._standard = _standard(own.get("standard_indexing", ()), self._names)
        self.neighborhood = _neighborhood(own.get("neighborhood"))
        self._reaches = _stencil_kernel.read(func, self._standard)
        self._made: dict[Any, Any] = {}
        if self.neighborhood is None and all(
            reach.bounds is None and reach.unknown is None for reach in self._reaches.values()
        ):
            raise ValueError(
                f"Stencil kernel with no accesses to relatively indexed arrays: {func.__name__}() "
                "indexes none of its parameters"
            )
        for name, reach in self._reaches.items():
            self._check_reach(name, reach)
        from cumbia import extending

        extending._carry(self, _implementation)

    def _check_reach(self, name: str, reach: _stencil_kernel.Reach) -> None:
        if reach.slices is not None and self._mode != "constant":
            raise reach.slices
        if self.neighborhood is None or reach.bounds is None:
            return
        if len(reach.bounds) != len(self.neighborhood):
            raise ValueError(
                f"{len(self.neighborhood)} dimensional neighborhood specified for '{name}', which "
                f"is indexed with {len(reach.bounds)} indices"
            )
        for axis, ((low, high), (least, most)) in enumerate(zip(self.neighborhood, reach.bounds)):
            if least < low or most > high:
                raise ValueError(
                    f"'{name}' is indexed from {least} to {most} along axis {axis}, beyond the "
                    f"neighborhood ({low}, {high})"
                )

    @property
    def py_func(self) -> Callable[..., Any]:
        """The kernel."""
        return self.__wrapped__

    def __call__(self, *args: Any, out: Any = None, **named: Any) -> Any:
        import numpy

        if named:
            bound = inspect.signature(self.py_func).bind(*args, **named)
            args = bound.args
        shown = [arg.ndim if isinstance(arg, numpy.ndarray) else None for arg in args]
        if out is not None and not isinstance(out, numpy.ndarray):
            raise TypeError(f"out is an array, not {out!r}")
        if self._kernel is self.py_func:
            # `CUMBIA_DISABLE_JIT`.
            return self._function(shown, out is not None)(*args, *([] if out is None else [out]))
        key = (tuple(shown), out is not None)
        made = self._made.get(key)
        if made is None:
            written = self._function(*key)
            options = {**self._options, "source": written.__dict__[_source.SNAPSHOT].text}
            if options.get("cache") is None:
                # As for the kernel, whose file says whether it is kept.
                options["cache"] = not self.py_func.__code__.co_filename.startswith("<")
            made = self._made[key] = _decorator.jit(written, **options)
        return made(*args) if out is None else made(*args, out)

    def __reduce__(self) -> str:
        # By its name in its module, as functions are pickled.
        return self.__qualname__

    def __repr__(self) -> str:
        return f"<stencil {self.__qualname__!r}>"

    def _function(self, ranks: Any, has_out: bool) -> Any:
        """The function that stands for a call with arrays of these numbers of axes, None for
        numbers."""
        name = self.__name__
        count = len(self._names)
        if len(ranks) != count:
            raise TypeError(f"the stencil {name}() takes {count} arguments, not {len(ranks)}")
        if ranks[0] is None:
            raise TypeError(f"The first argument of the stencil {name}() must be an array")
        bounds = self._bounds(ranks)
        text = _text(self, ranks, bounds, has_out)
        file = f"<cumbia loop of {name}>"
        import numpy

        from cumbia import prange

        axes = ranks[0]
        names = {
            "kernel": self._kernel,
            "At": _relative.at(axes),
            "Edge": _relative.edge(axes),
            "np": numpy,
            "prange": prange,
            "cval": 0 if self._cval is None else self._cval,
            "__name__": self.py_func.__module__,
        }
        exec(compile(text, file, "exec"), names)
        written = names["apply"]
        written.__dict__[_source.SNAPSHOT] = _source.capture(written, source=text)
        return written

    def _bounds(self, ranks: Any) -> list[tuple[int, int]]:
        """The lowest and highest index along each axis."""
        axes = ranks[0]
        if axes == 0 or axes > _relative.MOST_AXES:
            raise TypeError(
                f"a stencil's array has 1 to {_relative.MOST_AXES} axes, not {axes}"
            )
        if self.neighborhood is not None and len(self.neighborhood) != axes:
            raise ValueError(
                f"{len(self.neighborhood)} dimensional neighborhood specified for {axes} "
                "dimensional input array"
            )
        bounds = [(0, 0)] * axes
        for name, rank in zip(self._names, ranks):
            if rank is None or name in self._standard:
                continue
            if rank != axes:
                raise ValueError(
                    f"'{name}' has {rank} axes, but the first array of the stencil has {axes}: "
                    "name it in standard_indexing= if it is indexed as usual"
                )
            reach = self._reaches[name]
            if reach.unknown is not None and self.neighborhood is None:
                raise reach.unknown
            if reach.bounds is None:
                continue
            if len(reach.bounds) != axes:
                raise ValueError(
                    f"'{name}' has {axes} axes and is indexed with {len(reach.bounds)} indices"
                )
            bounds = [
                (min(a, c), max(b, d)) for (a, b), (c, d) in zip(bounds, reach.bounds)
            ]
        if self.neighborhood is None:
            return bounds
        return [(min(low, 0), max(high, 0)) for low, high in self.neighborhood]


def _standard(given: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    found = (given,) if isinstance(given, str) else tuple(given)
    for name in found:
        if name not in names:
            raise ValueError(
                f"Standard indexing requested for an array name not present in the stencil "
                f"kernel definition: {name!r}"
            )
    if names[0] in found:
        raise ValueError(
            "The first argument to a stencil kernel must use relative indexing, not standard "
            "indexing."
        )
    return found


def _neighborhood(given: Any) -> tuple[tuple[int, int], ...] | None:
    if given is None:
        return None
    found = []
    try:
        for low, high in given:
            if type(low) is not int or type(high) is not int or low > high:
                raise TypeError
            found.append((low, high))
    except (TypeError, ValueError):
        raise TypeError(
            f"neighborhood is a pair of ints for each axis, as ((-1, 1), (0, 2)), not {given!r}"
        ) from None
    return tuple(found)


def _text(made: StencilFunc, ranks: Any, bounds: list[tuple[int, int]], has_out: bool) -> str:
    axes = ranks[0]
    params = [f"x{at}" for at in range(len(ranks))]
    places = [f"i{axis}" for axis in range(axes)]
    relative = [
        rank is not None and name not in made._standard
        for name, rank in zip(made._names, ranks)
    ]

    def call(where: list[str], near_edge: bool = False) -> str:
        mode = [str(_MODES[made._mode])] if near_edge else []
        given = [
            f"{'Edge' if near_edge else 'At'}({', '.join([param, *mode, *where])})" if is_relative
            else param
            for param, is_relative in zip(params, relative)
        ]
        return f"kernel({', '.join(given)})"

    lines = [f"def apply({', '.join([*params, *(['out'] if has_out else [])])}):"]
    lines.append("    shape = x0.shape")
    sizes = [f"shape[{axis}]" for axis in range(axes)]
    for param, is_relative in zip(params[1:], relative[1:]):
        if is_relative:
            smaller = " or ".join(f"{param}.shape[{axis}] < {sizes[axis]}" for axis in range(axes))
            lines += [
                f"    if {smaller}:",
                "        raise ValueError('Secondary stencil array has some dimension smaller the same "
                "dimension in the first stencil input.')",
            ]
    if has_out:
        lines += [
            "    if out.shape != shape:",
            "        raise ValueError('the out= of a stencil has the shape of the first array')",
            "    y = out",
        ]
    elif made._kernel is made.py_func:
        # Nothing is compiled: the first place says it, where there is one.
        first = [str(-low if made._mode == "constant" else 0) for low, _ in bounds]
        exists = " and ".join(
            f"{size} > {high - low if made._mode == 'constant' else 0}"
            for size, (low, high) in zip(sizes, bounds)
        )
        lines += [
            f"    results = [{call(first, made._mode != 'constant')}] if {exists} else []",
            "    y = np.empty(shape, np.array(results).dtype)",
        ]
    else:
        lines += [
            # Its elements' type is that of results; there never are any.
            "    results = []",
            f"    if {sizes[0]} < 0:",
            f"        results.append({call(['0'] * axes)})",
            "    y = np.empty(shape, np.array(results).dtype)",
        ]
    if made._mode == "constant":
        lines += _constant_edges(made, bounds, sizes, has_out)
        for axis, (low, high) in enumerate(bounds):
            pad = "    " * (axis + 1)
            stop = f"{sizes[axis]} - {high}" if high > 0 else sizes[axis]
            loop = "prange" if axis == 0 else "range"
            lines.append(f"{pad}for {places[axis]} in {loop}({-low}, {stop}):")
        lines.append(f"{'    ' * (axes + 1)}y[{', '.join(places)}] = {call(places)}")
    else:
        lines += _with_edges(bounds, sizes, places, call)
    lines += ["    return y", ""]
    return "\n".join(lines)


def _constant_edges(
    made: StencilFunc, bounds: list[tuple[int, int]], sizes: list[str], has_out: bool
) -> list[str]:
    if has_out and made._cval is None:
        return []
    lines = []
    if made._cval is not None and not isinstance(made._cval, (bool, int)):
        kinds = "iub" if isinstance(made._cval, float) else "iubf"
        lines += [
            f"    if y.dtype.kind in '{kinds}':",
            "        raise ValueError('cval type does not match stencil return type.')",
        ]
    for axis, (low, high) in enumerate(bounds):
        before = [":"] * axis
        after = [":"] * (len(bounds) - axis - 1)
        if low < 0:
            strip = [*before, f":min({-low}, {sizes[axis]})", *after]
            lines.append(f"    y[{', '.join(strip)}] = cval")
        if high > 0:
            strip = [*before, f"max({sizes[axis]} - {high}, 0):", *after]
            lines.append(f"    y[{', '.join(strip)}] = cval")
    return lines


def _with_edges(
    bounds: list[tuple[int, int]], sizes: list[str], places: list[str], call: Any
) -> list[str]:
    """Loops over all places; those near an edge, of any axis, have their own."""
    last = len(bounds) - 1
    lines = []
    pad = "    "
    for axis, (low, high) in enumerate(bounds[:-1]):
        loop = "prange" if axis == 0 else "range"
        lines.append(f"{pad}for {places[axis]} in {loop}({sizes[axis]}):")
        pad += "    "
    low, high = bounds[last]
    inside = [
        f"{-low} <= {place} < {size} - {high}"
        for (low, high), place, size in zip(bounds[:-1], places, sizes)
    ]
    target = f"y[{', '.join(places)}]"
    size = sizes[last]
    lines += [
        f"{pad}first, behind = min({-low}, {size}), max({size} - {high}, min({-low}, {size}))",
    ]
    if inside:
        lines += [f"{pad}if not ({' and '.join(inside)}):", f"{pad}    first = behind = {size}"]
    loop = "prange" if last == 0 else "range"
    for start, stop, near_edge in (
        ("0", "first", True), ("first", "behind", False), ("behind", size, True)
    ):
        lines += [
            f"{pad}for {places[last]} in {loop}({start}, {stop}):",
            f"{pad}    {target} = {call(places, near_edge)}",
        ]
    return lines


def _implementation(made: StencilFunc, *operands: Any, out: Any = None) -> Any:
    """The function that stands for a call in compiled code, by the types of the arguments."""
    ranks = [one.ndim if isinstance(one, Array) else None for one in operands]
    key = ("compiled", tuple(ranks), out is not None)
    if key not in made._made:
        try:
            made._made[key] = made._function(ranks, out is not None)
        except UnsupportedError as error:
            raise TypeError(error.message) from None
    return made._made[key]
