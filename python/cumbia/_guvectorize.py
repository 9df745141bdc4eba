"""``guvectorize``: NumPy's generalized ufuncs of compiled functions over arrays.

A layout such as ``"(m,n),(n)->(m)"`` says which axes of its arguments a function sees. The
function writes its results into its last arguments. What a layout means besides the
function's own view (broadcasting over the other axes, ``axis=``, ``axes=``, ``keepdims=``,
sizes that must agree) is NumPy's business.

A loop is a function over arrays with one more axis in front::

    def loop(x0, x1, y0):
        for i in range(len(y0)):
            function(x0[i], x1[i], y0[i])

What ``()`` stands for is a number among the inputs, unless the signature has an array
there, and an array of one element among the outputs.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

from cumbia import _dynamic, _options, _pickle, _signature, _vectorize
from cumbia.types import Array, NoneType, Scalar, Signature

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy

__all__ = ["guvectorize"]

# An axis of one element that NumPy doesn't have.
_ONE = -1
# Operands of so many elements in all, at least, are worth several threads.
_MANY = 1024


def guvectorize(
    ftylist: str | Signature | tuple[Any, ...] | Sequence[str | Signature | tuple[Any, ...]],
    layout: str | None = None,
    **options: Any,
) -> Callable[[Callable[..., Any]], Any]:
    """Make a NumPy generalized ufunc of a function of arrays.

    Parameters
    ----------
    ftylist : str, Signature, tuple of Type, or list
        The types of the arguments, outputs last, such as
        ``"void(float64[:], float64[:], float64[:])"``. There is a loop for each. The layout
        itself, where there are none.
    layout : str
        The core dimensions, such as ``"(m,n),(n,p)->(m,p)"``. An argument has as many axes
        as are named; ``()`` is a number among the inputs, unless its type is an array of one
        axis, and an array of one element among the outputs. A dimension that may be missing
        (``(n?,k)``) is then an axis of one element.
    identity : 0, 1, "reorderable", None or another number, optional
        As for ``vectorize``.
    target : "cpu", "parallel" or "cuda"
        ``"parallel"`` runs the function for several positions at once, on several threads.
        ``"cuda"`` gives an object whose calls are launches of a kernel, with a thread for each
        position; it needs signatures.
    **options
        Those of ``jit``.

    Returns
    -------
    decorator
        It gives a `numpy.ufunc` whose outputs needn't be passed; without signatures an object
        that makes one for the dtypes of the operands, outputs among them, which it is called
        with.

    Raises
    ------
    ValueError
        For a layout that is none.
    TypeError
        For types that don't fit the layout.

    Examples
    --------
    >>> from cumbia import guvectorize
    >>> @guvectorize(["(float64[:], float64, float64[:])"], "(n),()->(n)")
    ... def shifted(x, by, out):
    ...     for i in range(len(x)):
    ...         out[i] = x[i] + by
    >>> shifted([[1.0, 2.0], [3.0, 4.0]], [10.0, 20.0])  # doctest: +SKIP
    array([[11., 12.],
           [23., 24.]])
    """
    how = _vectorize._How(
        _vectorize._identity(options.pop("identity", None)),
        _vectorize._target(options.pop("target", "cpu"), "guvectorize"),
        options,
    )
    _options.resolve(options)
    if how.target == "cuda" and (not ftylist or isinstance(ftylist, str) and "->" in ftylist):
        raise TypeError("guvectorize(target='cuda') takes signatures and a layout")
    if isinstance(layout, str) and _has_no_outputs(layout) and (not ftylist or how.target == "cuda"):
        raise TypeError(
            f"the layout {layout!r} has no output: guvectorize() takes it with signatures, and not for a device"
        )
    if layout is None and isinstance(ftylist, str) and "->" in ftylist:
        return functools.partial(_dynamic.make, layout=_layout(ftylist), how=how)
    if layout is None and isinstance(ftylist, str) and _has_no_outputs(ftylist):
        raise TypeError(
            f"guvectorize() takes signatures and a layout, but is given {ftylist!r} alone: a layout "
            "without outputs needs signatures, @guvectorize(['(float64[:], float64)'], '(n),()')"
        )
    if layout is None or callable(ftylist) and not isinstance(ftylist, Signature):
        raise TypeError(
            "guvectorize() takes signatures and a layout: "
            "@guvectorize(['(float64[:], float64[:])'], '(n)->(n)'), or a layout alone"
        )
    if isinstance(ftylist, tuple) and not all(isinstance(one, (Scalar, Array)) for one in ftylist):
        ftylist = list(ftylist)
    given = _signature.parse_all(ftylist) if ftylist else []
    if not given:
        return functools.partial(_dynamic.make, layout=_layout(layout), how=how)
    return functools.partial(_make, given=given, layout=_layout(layout), how=how)


_GROUP = r"\((?:\w+\??(?:,\w+\??)*)?\)"


def _has_no_outputs(layout: str) -> bool:
    import re

    return re.fullmatch(rf"{_GROUP}(,{_GROUP})*(->)?", re.sub(r"\s", "", layout)) is not None


class _Layout(NamedTuple):
    """A layout as NumPy reads it, and the dimensions' numbers in the order of their names."""

    text: str
    cores: list[list[int]]
    inputs: int

    @property
    def shown(self) -> str:
        """The text as it is written, where there are no outputs."""
        return self.text.removesuffix("->")


def _layout(text: Any) -> _Layout:
    import re

    if not isinstance(text, str):
        raise TypeError(f"a layout is a string such as '(m,n),(n)->(m)', not {text!r}")
    plain = re.sub(r"\s", "", text)
    group = _GROUP
    if _has_no_outputs(plain):
        plain = plain.removesuffix("->") + "->"
        _check_dimensions(plain, text)
    elif not re.fullmatch(rf"{group}(,{group})*->{group}(,{group})*", plain):
        raise ValueError(
            f"malformed layout {text!r}: it is written as '(m,n),(n)->(m)', with '()' for numbers"
        )
    before, after = plain.split("->")
    numbers: dict[str, int] = {}
    cores = [
        # One that may be missing is then an axis of one element.
        [numbers.setdefault(name.rstrip("?"), len(numbers)) for name in inner.split(",") if name]
        for inner in re.findall(r"\(([^)]*)\)", plain)
    ]
    if len(re.findall(r"\(", after)) + len(re.findall(r"\(", before)) > 32:
        raise ValueError(f"the layout {text!r} has more than 32 arguments")
    known = {name for name in re.findall(r"\w+", before)}
    for name in re.findall(r"\w+", after):
        if name not in known and not name.isdecimal():
            raise ValueError(
                f"the dimension {name!r} of the layout {text!r} is none of an input, so its size "
                "isn't known"
            )
    return _Layout(plain, cores, before.count("("))


def _check_dimensions(plain: str, text: str) -> None:
    """Refuse dimensions of a layout without outputs, which NumPy doesn't see."""
    import re

    for name in re.findall(r"\w+\??", plain):
        if name.endswith("?"):
            raise ValueError(
                f"the dimension {name!r} of the layout {text!r} may be missing, which a layout "
                "without outputs can't say"
            )
        if not name.isidentifier() and not (name.isdecimal() and int(name)):
            raise ValueError(
                f"the dimension {name!r} of the layout {text!r} is no name and no size above zero"
            )


def _make(
    func: Any,
    given: list[Signature],
    layout: _Layout,
    how: _vectorize._How,
) -> Any:
    function = _vectorize._compiled(func, how.options, "guvectorize")
    if isinstance(function, type(_make)) and not layout.text.endswith("->"):
        return _undecorated(function, layout, given)
    name = function.__name__
    count = len(_vectorize._parameters(function, "guvectorize"))
    if count != len(layout.cores):
        raise TypeError(
            f"the layout {layout.shown} has {len(layout.cores)} arguments, but {name}() has {count}"
        )
    loops, shapes = [], []
    for one in given:
        dtypes, cores = _loop_of(one, layout, name)
        loops.append(dtypes)
        shapes.append(cores)
    if any(cores != shapes[0] for cores in shapes):
        raise TypeError(
            f"the signatures of {name}() take a number for one argument of '()' and an array for "
            "the same in another; make two functions"
        )
    if layout.text.endswith("->"):
        from cumbia._without_outputs import WithoutOutputs

        loop = _Maker(function, layout.inputs, count, how)(0, False)
        sizes = {number: int(text) for text, number in _names(layout.text).items() if text.isdecimal()}
        made = WithoutOutputs(
            function, loop, layout.shown, layout.cores, loops, shapes[0], sizes,
            (_make, (function, given, layout, how)),
        )
        # Which refuses it: its function alone would be another one.
        return _vectorize._callable_in_compiled_code(made, function)
    from cumbia._cumbia import _ufunc

    made = _ufunc(
        name, function.__doc__, layout.text, layout.inputs, how.identity, shapes[0],
        _Maker(function, layout.inputs, count, how), None, loops, how.parallel,
    )
    if how.target == "cuda":
        from cumbia.cuda import _ufuncs

        return _ufuncs.DeviceGUFunc(made, function, layout, shapes[0])
    _pickle.remember(made, _make, (function, given, layout, how))
    return _vectorize._callable_in_compiled_code(_vectorize._dressed(made, function), function)


def _loop_of(
    signature: Signature, layout: _Layout, name: str
) -> tuple[list[str], list[list[int]]]:
    """The dtypes of a signature's loop, and each operand's dimensions as the function sees it."""
    if signature.returns is not None and not isinstance(signature.returns, NoneType):
        raise TypeError(
            f"the signature {signature} of {name}() has a result; a function of guvectorize() "
            "writes into its last arguments"
        )
    if len(signature.args) != len(layout.cores):
        raise TypeError(
            f"the signature {signature} has {len(signature.args)} arguments, the layout "
            f"{layout.shown} has {len(layout.cores)}"
        )
    dtypes, cores = [], []
    for at, (one, core) in enumerate(zip(signature.args, layout.cores)):
        output = at >= layout.inputs
        if isinstance(one, Array):
            axes = one.ndim
            if not isinstance(one.dtype, Scalar):
                raise TypeError(
                    f"argument {at + 1} of {signature} of {name}() is an array of {one.dtype}; "
                    "guvectorize() takes arrays of numbers"
                )
            dtypes.append(_vectorize._dtype(one.dtype, signature, name))
        else:
            axes = 0
            dtypes.append(_vectorize._dtype(one, signature, name))
        wanted = len(core) if core else (1 if output or axes else 0)
        if axes != wanted:
            what = "output" if output else "input"
            hint = "; an output is an array, of one element for '()'" if output else ""
            raise TypeError(
                f"argument {at + 1} of {signature} has {axes} axes, the {what} in the layout "
                f"{layout.shown} has {wanted}{hint}"
            )
        cores.append(core or [_ONE] * axes)
    return dtypes, cores


class _Maker:
    """Gives the dispatcher of a generalized ufunc's loop."""

    def __init__(self, function: Any, inputs: int, count: int, how: _vectorize._How) -> None:
        self.function = function
        self.names = [f"x{at}" for at in range(inputs)] + [f"y{at}" for at in range(count - inputs)]
        self.how = how
        self.made: dict[bool, Any] = {}

    def __call__(self, same: int, reduces: bool) -> Any:
        parallel = self.how.parallel and not same & _vectorize.ORDERED
        if parallel not in self.made:
            turn = f"function({', '.join(f'{name}[i]' for name in self.names)})"
            over = self.names[-1]
            few = f"len({over}) < 2 or {' + '.join(f'{one}.size' for one in self.names)} < {_MANY}"
            turns = _vectorize._turns(turn, parallel, few, over)
            text = f"def loop({', '.join(self.names)}):\n{turns}"
            self.made[parallel] = _vectorize._loop(
                text, self.function, self.how.options, parallel
            )
        return self.made[parallel]


def _undecorated(function: Any, layout: _Layout, given: list[Signature]) -> Any:
    """What `CUMBIA_DISABLE_JIT` leaves: the function called by NumPy for each position."""
    import numpy

    dtypes, shapes = _loop_of(given[0], layout, function.__name__)
    names = {number: name for name, number in _names(layout.text).items()}

    @functools.wraps(function)
    def called(*args: Any) -> Any:
        inputs = [numpy.asarray(one) for one in args[: layout.inputs]]
        sizes: dict[str, int] = {}
        for one, core in zip(inputs, layout.cores):
            for axis, number in enumerate(core):
                sizes[names[number]] = one.shape[one.ndim - len(core) + axis]
        outer = numpy.broadcast_shapes(
            *(one.shape[: one.ndim - len(core)] for one, core in zip(inputs, layout.cores))
        )
        spread = [
            numpy.broadcast_to(one, outer + one.shape[one.ndim - len(core):])
            for one, core in zip(inputs, layout.cores)
        ]
        outs = [
            numpy.empty(
                outer + tuple(
                    int(names[number]) if names[number].isdecimal() else sizes[names[number]]
                    for number in core
                ),
                dtype,
            )
            for core, dtype in zip(layout.cores[layout.inputs:], dtypes[layout.inputs:])
        ]
        for place in numpy.ndindex(*outer):
            items = [
                one[place] if core or not shape else one[(*place, None)]
                for one, core, shape in zip(spread + outs, layout.cores, shapes)
            ]
            function(*items)
        return outs[0] if len(outs) == 1 else tuple(outs)

    return called


def _names(text: str) -> dict[str, int]:
    import re

    numbers: dict[str, int] = {}
    for name in re.findall(r"\w+", text):
        numbers.setdefault(name, len(numbers))
    return numbers
