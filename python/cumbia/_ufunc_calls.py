"""Calls of our ufuncs in compiled code: which function stands for one.

NumPy itself says which loop the operands' types lead to (`resolve_dtypes`). For that loop
a function over the operands is written, with a nest of loops over the shape that they are
broadcast to, or for numbers just a call; it is compiled with its caller, and so inlined.
Not here: ``out=``, ``where=`` and other keywords, and the methods, which are refused.

A number's type doesn't say whether it is Python's, which gives way to the dtypes of others,
or NumPy's, unless it is a constant. Where that would lead to different loops, the call is
refused.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from cumbia._type_kinds import Literal
from cumbia.types import Array, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["implementation"]

_WEAK = {"int64": int, "float64": float, "complex128": complex}


def implementation(
    made: Any, function: Any, source: Callable[..., Any], operands: tuple[Any, ...]
) -> Any:
    """The function that stands for a call of the ufunc `made` of `function`.

    `source` gives the dtypes of a function's results for dtypes of its arguments, with the
    names of Python's types where they are Python's.
    """
    if len(operands) != made.nin:
        raise TypeError(
            f"{made.__name__}() takes {made.nin} arguments in compiled code, not {len(operands)}"
        )
    loop = _loop(made, operands)
    ranks = [one.ndim if isinstance(one, Array) else None for one in operands]
    text = _text(made, loop, ranks, source(function, loop[: made.nin]))
    file = f"<cumbia loop of {made.__name__}>"
    import numpy

    names = {"function": function, "np": numpy, "__name__": function.__module__}
    exec(compile(text, file, "exec"), names)
    from cumbia import _source

    written = names["call"]
    written.__dict__[_source.SNAPSHOT] = _source.capture(written, source=text)
    return written


def _loop(made: Any, operands: tuple[Any, ...]) -> list[str]:
    """The dtypes of the loop that NumPy takes."""
    choices = [_choices(made, one) for one in operands]
    outputs = (None,) * made.nout
    found = {
        tuple(dtype.name for dtype in made.resolve_dtypes((*given, *outputs)))
        for given in itertools.product(*choices)
    }
    if len(found) > 1:
        shown = ", ".join(map(repr, operands))
        raise TypeError(
            f"{made.__name__}({shown}) has different loops for numbers of Python and of NumPy, "
            "which are not told apart here; give each number the dtype of the others, as "
            "np.float32(x) does"
        )
    return list(found.pop())


def _choices(made: Any, one: Any) -> list[Any]:
    import numpy

    if isinstance(one, Array):
        return [numpy.dtype(one.dtype.name)]
    if isinstance(one, Literal):
        value = one.literal_value
        if type(value) in (int, float, complex):
            return [type(value)]
        one = one.type
    if not isinstance(one, Scalar):
        raise TypeError(f"{made.__name__}() takes numbers and arrays in compiled code, not {one!r}")
    dtype = numpy.dtype(one.name)
    weak = _WEAK.get(one.name)
    return [dtype] if weak is None else [dtype, weak]


def _text(
    made: Any, loop: list[str], ranks: list[int | None], results: list[str]
) -> str:
    """The text of a call for operands of these ranks, None for numbers."""
    inputs, outputs = loop[: made.nin], loop[made.nin :]
    rank = max((rank or 0 for rank in ranks), default=0)
    args = [f"x{at}" for at in range(made.nin)]
    lines = [f"def call({', '.join(args)}):"]
    if rank == 0:
        given = [
            f"np.{_class(dtype)}({arg}{'' if one is None else '[()]'})"
            for dtype, arg, one in zip(inputs, args, ranks)
        ]
        if results == outputs:
            return "\n".join([*lines, f"    return function({', '.join(given)})", ""])
        lines += [f"    y{at} = np.empty(1, np.{_class(one)})" for at, one in enumerate(outputs)]
        stores = ", ".join(f"y{at}[0]" for at in range(made.nout))
        lines += [f"    {stores} = function({', '.join(given)})", f"    return {stores}", ""]
        return "\n".join(lines)
    arrays = [arg for arg, one in zip(args, ranks) if one is not None]
    if len(arrays) == 1:
        lines.append(f"    shape = {arrays[0]}.shape")
    else:
        shown = " ".join("()" if one is None else f"{{{arg}.shape}}" for arg, one in zip(args, ranks))
        lines += [
            "    try:",
            f"        shape = np.broadcast_shapes({', '.join(f'{arg}.shape' for arg in arrays)})",
            "    except ValueError:",
            f"        shown = f'{shown} '.replace(', ', ',')",
            "        raise ValueError('operands could not be broadcast together with shapes ' + shown) from None",
        ]
    for dtype, arg, one in zip(inputs, args, ranks):
        if one is None:
            lines.append(f"    v{arg} = np.{_class(dtype)}({arg})")
        elif len(arrays) == 1:
            lines.append(f"    v{arg} = {arg}")
        else:
            lines.append(f"    v{arg} = np.broadcast_to({arg}, shape)")
    lines += [f"    y{at} = np.empty(shape, np.{_class(one)})" for at, one in enumerate(outputs)]
    places = [f"i{axis}" for axis in range(rank)]
    for axis, place in enumerate(places):
        lines.append(f"{'    ' * (axis + 1)}for {place} in range(shape[{axis}]):")
    where = f"[{', '.join(places)}]"
    given = [
        f"v{arg}" if one is None else f"np.{_class(dtype)}(v{arg}{where})"
        for dtype, arg, one in zip(inputs, args, ranks)
    ]
    stores = ", ".join(f"y{at}{where}" for at in range(made.nout))
    lines.append(f"{'    ' * (rank + 1)}{stores} = function({', '.join(given)})")
    lines += [f"    return {', '.join(f'y{at}' for at in range(made.nout))}", ""]
    return "\n".join(lines)


def _class(dtype: str) -> str:
    """The name of a dtype's class in NumPy."""
    return "bool_" if dtype == "bool" else dtype
