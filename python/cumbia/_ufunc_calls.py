"""Calls of our ufuncs in compiled code: which function stands for one.

NumPy itself says which loop the operands' types lead to (`resolve_dtypes`). For that loop
a function over the operands is written, with a nest of loops over the shape that they are
broadcast to, or for numbers just a call; it is compiled with its caller, and so inlined.
With ``out=`` the results are computed before the first is stored, as NumPy does it for
operands that overlap. Not here: ``where=`` and other keywords, which are refused, and the
methods (`_ufunc_methods.py`).

Where the ufunc's function has no effects, which its compiled code says (`driver/src/calm.rs`),
a call with arrays is an elementwise operation like NumPy's own: then a function of one element
stands for it, which is fused with the expression around (`frontend/src/infer/ufuncs.rs`).

A number's type doesn't say whether it is Python's, which gives way to the dtypes of others,
or NumPy's, unless it is a constant. Where that would lead to different loops, the call is
refused.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from cumbia._type_kinds import Literal
from cumbia.types import Array, NoneType, Scalar, Tuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["elements", "implementation"]

_WEAK = {"int64": int, "float64": float, "complex128": complex}


def implementation(
    made: Any, function: Any, source: Callable[..., Any], operands: tuple[Any, ...], out: Any
) -> Any:
    """The function that stands for a call of the ufunc `made` of `function`.

    `source` gives the dtypes of a function's results for dtypes of its arguments, with the
    names of Python's types where they are Python's. `out` is the type of ``out=``, or None.
    """
    given = operands[: made.nin]
    outs = _outputs(made, operands[made.nin :], out)
    if len(given) != made.nin or len(operands) > made.nargs:
        raise TypeError(
            f"{made.__name__}() takes from {made.nin} to {made.nargs} arguments in compiled code, "
            f"not {len(operands)}"
        )
    loop = _loop(made, given)
    for one, dtype in zip(outs, loop[made.nin :]):
        _check_output(made, one, dtype)
    ranks = [one.ndim if isinstance(one, Array) else None for one in given]
    text = _text(made, loop, ranks, source(function, loop[: made.nin]))
    if outs:
        text = _into(made, text, ranks, outs, isinstance(out, Tuple), out is None)
    return written(made, function, text, "call", *(["values"] if outs else []))


def elements(
    made: Any, function: Any, operands: list[Any], known: dict[tuple[str, ...], Any]
) -> Any:
    """What computes an element for such operands, its dtype and whether that is cheap.

    None where it may raise, in the function or in a conversion, or has other effects. `known`
    has what was made before, by loop: one function for all who call it.
    """
    from cumbia._cumbia import _calm, _result_types

    if len(operands) != made.nin:
        return None
    *inputs, output = _loop(made, tuple(operands))
    if not all(_converts(one, dtype) for one, dtype in zip(operands, inputs)):
        return None
    several, results = _result_types(function, inputs)
    if several or not _stores(results[0], output):
        return None
    cheap = _calm(function, inputs)
    if cheap is None:
        return None
    loop = (*inputs, output, results[0])
    if loop not in known:
        args = [f"x{at}" for at in range(made.nin)]
        given = ", ".join(f"np.{_class(dtype)}({arg})" for dtype, arg in zip(inputs, args))
        value = f"function({given})"
        if results[0] != output:
            value = f"np.{_class(output)}({value})"
        text = f"def element({', '.join(args)}):\n    return {value}\n"
        known[loop] = written(made, function, text, "element")
    return known[loop], output, cheap


def _converts(one: Any, dtype: str) -> bool:
    """Whether an operand is converted to a loop's dtype without an exception."""
    import numpy

    if isinstance(one, Array):
        return True
    wanted = numpy.dtype(dtype)
    if isinstance(one, Literal):
        if type(one.literal_value) is int and wanted.kind in "iu":
            info = numpy.iinfo(wanted)
            return bool(info.min <= one.literal_value <= info.max)
        return True
    # It may be an integer of Python.
    return one.name != "int64" or dtype == "int64" or wanted.kind in "fc"


def _stores(result: str, dtype: str) -> bool:
    """Whether a function's result is stored in a loop's dtype without an exception."""
    import numpy

    from cumbia._vectorize import _OF_PYTHON

    if result.startswith("py"):
        return _OF_PYTHON.get(result) == dtype
    kinds = numpy.dtype(result).kind + numpy.dtype(dtype).kind
    return kinds in ("ff", "cc") or numpy.can_cast(result, dtype, "safe")


def written(
    made: Any, function: Any, text: str, name: str, *others: str, **known: Any
) -> Any:
    """The function of a name that a text defines, which knows the ufunc's function and more."""
    import numpy

    from cumbia import _source

    names = {"function": function, "np": numpy, "__name__": function.__module__, **known}
    exec(compile(text, f"<cumbia loop of {made.__name__}>", "exec"), names)
    for one in (name, *others):
        names[one].__dict__[_source.SNAPSHOT] = _source.capture(names[one], source=text)
    return names[name]


def _outputs(made: Any, operands: tuple[Any, ...], out: Any) -> list[Any]:
    """The types of the outputs that are given."""
    if out is None or isinstance(out, NoneType):
        outs = list(operands)
    elif operands:
        raise TypeError(f"{made.__name__}() has outputs among its arguments and out= as well")
    else:
        outs = list(out.items) if isinstance(out, Tuple) else [out]
    if outs and (len(outs) != made.nout or not all(isinstance(one, Array) for one in outs)):
        raise TypeError(
            f"{made.__name__}() takes all of its {made.nout} outputs in compiled code, as arrays, "
            "or none"
        )
    return outs


def _check_output(made: Any, out: Any, dtype: str) -> None:
    import numpy

    if not numpy.can_cast(dtype, out.dtype.name, "same_kind"):
        raise TypeError(
            f"Cannot cast ufunc '{made.__name__}' output from dtype('{dtype}') to "
            f"dtype('{out.dtype.name}') with casting rule 'same_kind'"
        )


def _into(
    made: Any, text: str, ranks: list[int | None], outs: list[Any], packed: bool, positional: bool
) -> str:
    """The text of a call that stores into outputs what `text` computes."""
    args = [f"x{at}" for at in range(made.nin)]
    names = [f"o{at}" for at in range(made.nout)]
    last = names if positional else ["out"]
    lines = [
        text.replace("def call(", "def values(", 1),
        f"def call({', '.join(args + last)}):",
    ]
    if not positional:
        lines.append(f"    {', '.join(names)}{',' if packed else ''} = out")
    # Operands may be spread over the axes of the outputs.
    arrays = [arg for arg, one in zip(args, ranks) if one is not None]
    shapes = ", ".join([f"{arg}.shape" for arg in arrays] + [f"{name}.shape" for name in names])
    lines += [
        f"    shape = np.broadcast_shapes({shapes})",
        *(
            f"    if {name}.shape != shape:\n"
            f"        raise ValueError('non-broadcastable output operand with shape ' + "
            f"f'{{{name}.shape}} '.replace(', ', ',') + \"doesn't match the broadcast shape \" + "
            f"f'{{shape}}'.replace(', ', ','))"
            for name in names
        ),
    ]
    found = [f"r{at}" for at in range(made.nout)]
    lines.append(f"    {', '.join(found)} = values({', '.join(args)})")
    lines += [f"    {name}[...] = {one}" for name, one in zip(names, found)]
    lines += [f"    return {', '.join(names)}", ""]
    return "\n".join(lines)


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
