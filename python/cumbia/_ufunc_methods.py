"""Methods of our ufuncs in compiled code: which function stands for one.

As `_ufunc_calls.py` for calls: NumPy says which loop serves the operands' dtypes, for that loop
a function is written, and it is compiled with its caller. Elements are combined in NumPy's
order. Axes and ``keepdims=`` are constants, since the result's number of axes follows from
them. Not here, and refused: ``dtype=``, ``out=``, ``where=``, several axes at once (whose order
NumPy chooses), `at` and `reduceat` with other than one axis of positions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cumbia import _ufunc_calls
from cumbia._type_kinds import Literal
from cumbia._ufunc_calls import _class, written
from cumbia.types import Array, NoneType, Scalar, Tuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["METHODS", "implementation"]

#: The parameters of each method, as NumPy has them.
METHODS = {
    "reduce": ("array", "axis", "dtype", "out", "keepdims", "initial", "where"),
    "accumulate": ("array", "axis", "dtype", "out"),
    "reduceat": ("array", "indices", "axis", "dtype", "out"),
    "outer": ("A", "B"),
    "at": ("a", "indices", "b"),
}
_NEEDED = {"reduceat": 2, "outer": 2, "at": 2}


def implementation(
    made: Any,
    function: Any,
    source: Callable[..., Any],
    method: str,
    operands: tuple[Any, ...],
    named: dict[str, Any],
) -> Any:
    """The function that stands for a call of a method of the ufunc `made` of `function`."""
    shown = f"{made.__name__}.{method}()"
    if made.signature:
        raise TypeError(f"{made.__name__} is a generalized ufunc, which has no {method}()")
    parameters = METHODS[method]
    if len(operands) > len(parameters):
        raise TypeError(f"{shown} takes at most {len(parameters)} arguments, not {len(operands)}")
    given = dict(zip(parameters, operands))
    for name, ty in named.items():
        if name not in parameters or name in given:
            raise TypeError(f"{shown} has no keyword argument {name!r}, or has it twice")
        given[name] = ty
    missing = [name for name in parameters[: _NEEDED.get(method, 1)] if name not in given]
    if missing:
        raise TypeError(f"{shown} needs {', '.join(missing)}")
    inputs = 2 if method != "at" else made.nin
    if made.nout != 1 or made.nin != inputs or made.nin not in (1, 2):
        raise TypeError(f"{shown} is only supported for functions of two operands with one result")
    for name in ("dtype", "out", "where"):
        ty = given.pop(name, None)
        if ty is not None and not isinstance(ty, NoneType) and not _is(ty, True):
            raise TypeError(f"{shown} doesn't take {name}= in compiled code")
    # What isn't used is a parameter all the same.
    head = ", ".join(name if at < len(operands) else f"{name}=None" for at, name in enumerate(parameters))
    one = _Method(made, function, source, shown, given)
    body = getattr(one, method)()
    text = "\n".join([f"def call({head}):", *(f"    {line}" for line in body), ""])
    return written(made, function, text, "call", **one.known)


class _Method:
    """What the text of a method is made of."""

    def __init__(
        self, made: Any, function: Any, source: Any, shown: str, given: dict[str, Any]
    ) -> None:
        self.made, self.function, self.source = made, function, source
        self.shown, self.given = shown, given
        # What the text calls by name.
        self.known: dict[str, Any] = {}

    def reduce(self) -> list[str]:
        array = self.array("array")
        keep = self.constant("keepdims", False)
        axis = self.axis(array)
        total, element, exact = self.loop(array)
        initial = self.given.get("initial")
        none = initial is None or isinstance(initial, NoneType)
        if not none and not isinstance(initial, (Scalar, Literal)):
            raise TypeError(f"{self.shown} takes a number for initial=, not {initial!r}")
        identity = self.made.identity
        begin = None
        if not none:
            begin = f"np.{total}(initial)"
        elif identity is not None and not isinstance(initial, NoneType):
            begin = f"np.{total}({identity!r})"
        first = 1 if begin is None else 0
        lines = [*self.line("array", array, axis), "n = v.shape[0]"]
        if begin is None:
            lines += [
                "if n == 0:",
                "    raise ValueError('zero-size array to reduction operation "
                f"{self.made.__name__} which has no identity')",
            ]
        rest = array.ndim - 1
        if rest == 0:
            lines.append(f"t = {begin or f'np.{total}(v[0])'}")
            lines += self.combine("t", "t", "v[i]", total, element, exact, f"range({first}, n)")
            return [*lines, f"y = np.empty(1, np.{total})", "y[0] = t", "return y"] if keep else [*lines, "return t"]
        lines += [
            f"y = np.empty(v.shape[1:], np.{total})",
            f"y[...] = {begin or 'v[0]'}",
            *self.over("n", first, rest, lambda p: self.store(f"y[{p}]", f"y[{p}]", f"v[i, {p}]", total, element)),
        ]
        if not keep:
            return [*lines, "return y"]
        return [*lines, f"return y[{', '.join([':'] * axis + ['None', '...'])}]"]

    def accumulate(self) -> list[str]:
        array = self.array("array")
        axis = self.axis(array)
        total, element, _ = self.loop(array, alike=True)
        rest = array.ndim - 1
        lines = [
            *self.line("array", array, axis),
            f"y = np.empty(array.shape, np.{total})",
            f"w = {_moved('y', array.ndim, axis)}",
            "n = v.shape[0]",
            "if n > 0:",
            "    w[0] = v[0]",
        ]
        if rest == 0:
            body = self.store("w[i]", "w[i - 1]", "v[i]", total, element)
            lines += ["for i in range(1, n):", f"    {body}"]
        else:
            each = lambda p: self.store(f"w[i, {p}]", f"w[i - 1, {p}]", f"v[i, {p}]", total, element)  # noqa: E731
            lines += self.over("n", 1, rest, each)
        return [*lines, "return y"]

    def reduceat(self) -> list[str]:
        array, where = self.array("array"), self.positions()
        axis = self.axis(array)
        total, element, _ = self.loop(array, alike=True)
        rest = array.ndim - 1
        shape = ", ".join("m" if at == axis else f"array.shape[{at}]" for at in range(array.ndim))
        lines = [
            *self.line("array", array, axis),
            "n, m = v.shape[0], len(indices)",
            "for k in range(m):",
            "    if indices[k] < 0 or indices[k] >= n:",
            f"        raise IndexError(f'index {{indices[k]}} out-of-bounds in {self.made.__name__}.reduceat [0, {{n}})')",
            f"y = np.empty(({shape},), np.{total})",
            f"w = {_moved('y', array.ndim, axis)}",
            "for k in range(m):",
            "    begin = int(indices[k])",
            "    end = int(indices[k + 1]) if k + 1 < m else n",
            "    w[k] = v[begin]",
        ]
        assert where.ndim == 1
        if rest == 0:
            body = self.store("w[k]", "w[k]", "v[i]", total, element)
            return [*lines, "    for i in range(begin + 1, end):", f"        {body}", "return y"]
        each = lambda p: self.store(f"w[k, {p}]", f"w[k, {p}]", f"v[i, {p}]", total, element)  # noqa: E731
        inner = self.over("end", "begin + 1", rest, each)
        return [*lines, *(f"    {line}" for line in inner), "return y"]

    def outer(self) -> list[str]:
        first, second = self.given["A"], self.given["B"]
        for one in (first, second):
            if not isinstance(one, (Array, Scalar, Literal)):
                raise TypeError(f"{self.shown} takes numbers and arrays in compiled code, not {one!r}")
        axes = second.ndim if isinstance(second, Array) else 0
        spread = f"A[{', '.join(['...'] + ['None'] * axes)}]" if isinstance(first, Array) and axes else "A"
        numbers = [None if isinstance(one, Array) else _class(_number(one)) for one in (first, second)]
        # NumPy makes arrays of numbers.
        left = spread if numbers[0] is None else f"np.full((), A, np.{numbers[0]})"
        right = "B" if numbers[1] is None else f"np.full((), B, np.{numbers[1]})"
        # Not the ufunc itself, which so holds what holds it.
        types = [
            Array(one.dtype, one.ndim + more, "A") if isinstance(one, Array)
            else Array(one.type if isinstance(one, Literal) else one, 0, "C")
            for one, more in ((first, axes), (second, 0))
        ]
        self.known["each"] = _ufunc_calls.implementation(
            self.made, self.function, self.source, tuple(types), None
        )
        return [f"return each({left}, {right})"]

    def at(self) -> list[str]:
        array, where = self.array("a"), self.positions()
        value = self.given.get("b")
        if array.ndim != 1:
            raise TypeError(f"{self.shown} needs an array of one axis in compiled code")
        if (value is None or isinstance(value, NoneType)) == (self.made.nin == 2):
            raise ValueError("second operand needed for ufunc" if self.made.nin == 2 else "second operand provided when ufunc is unary")
        import numpy

        dtypes: list[Any] = [numpy.dtype(array.dtype.name)]
        spread = isinstance(value, Array)
        if self.made.nin == 2:
            if isinstance(value, Array) and value.ndim > 1:
                raise TypeError(f"{self.shown} needs values of one axis in compiled code")
            if not isinstance(value, (Array, Scalar, Literal)):
                raise TypeError(f"{self.shown} takes numbers and arrays in compiled code, not {value!r}")
            # NumPy makes an array of it.
            dtypes.append(numpy.dtype(value.dtype.name if isinstance(value, Array) else _number(value)))
        loop = self.made.resolve_dtypes((*dtypes, None))
        if not numpy.can_cast(loop[-1], dtypes[0], "same_kind"):
            raise TypeError(
                f"Cannot cast ufunc '{self.made.__name__}' output from {loop[-1]!r} to {dtypes[0]!r} "
                "with casting rule 'same_kind'"
            )
        assert where.ndim == 1
        lines = ["where = indices.copy()", "for k in range(len(where)):", "    a[where[k]]"]
        given = [f"np.{_class(loop[0].name)}(a[where[k]])"]
        if self.made.nin == 2:
            lines.append("values = b.copy()" if spread else f"value = np.{_class(loop[1].name)}(b)")
            if spread and value.ndim == 1:
                lines += [
                    "if len(values) != len(where) and len(values) != 1:",
                    "    raise ValueError('array is not broadcastable to correct shape')",
                    "step = 0 if len(values) == 1 else 1",
                ]
                given.append(f"np.{_class(loop[1].name)}(values[k * step])")
            else:
                given.append(f"np.{_class(loop[1].name)}(values[()])" if spread else "value")
        lines += [f"out = np.empty(1, np.{_class(loop[-1].name)})"]
        lines += ["for k in range(len(where)):", f"    out[0] = function({', '.join(given)})"]
        # What NumPy casts is no assignment of a Python number.
        return [*lines, "    a[where[k]] = out.astype(a.dtype)[0]" if loop[-1] != dtypes[0] else "    a[where[k]] = out[0]"]

    # Parts of them.

    def array(self, name: str) -> Array:
        """The type of an argument that is an array with an axis."""
        one = self.given[name]
        if not isinstance(one, Array) or one.ndim == 0:
            raise TypeError(f"{self.shown} takes arrays with an axis in compiled code, not {one!r}")
        return one

    def positions(self) -> Array:
        """The type of the array of positions."""
        one = self.given["indices"]
        if not isinstance(one, Array) or one.ndim != 1 or one.dtype.name not in _POSITIONS:
            raise TypeError(
                f"{self.shown} takes an array of integers with one axis as indices in compiled code, not {one!r}"
            )
        return one

    def constant(self, name: str, default: Any) -> Any:
        one = self.given.get(name)
        if one is None:
            return default
        if isinstance(one, NoneType):
            return None
        if isinstance(one, Literal):
            return one.literal_value
        if isinstance(one, Tuple):
            return ()
        raise TypeError(f"{self.shown} takes a constant for {name}= in compiled code, not {one!r}")

    def axis(self, array: Array) -> int:
        axis = self.constant("axis", 0)
        if axis is None and array.ndim == 1:
            axis = 0
        if type(axis) is not int:
            raise TypeError(f"{self.shown} takes one axis at a time in compiled code")
        if not -array.ndim <= axis < array.ndim:
            raise TypeError(f"axis {axis} is out of bounds for array of dimension {array.ndim}")
        return axis % array.ndim

    def loop(self, array: Array, alike: bool = False) -> tuple[str, str, bool]:
        """The dtypes of what is combined: the total, an element; whether results are exactly that.

        NumPy's `accumulate` and `reduceat` take loops alone whose dtypes are all `alike`.
        """
        import numpy

        dtype = numpy.dtype(array.dtype.name)
        loop = self.made.resolve_dtypes((None, dtype, None), reduction=True)
        total, element, result = (one.name for one in loop)
        if alike and not total == element == result:
            shown = self.shown.removesuffix("()")
            raise TypeError(
                f"the resolved dtypes are not compatible with {shown}. Resolved {loop!r}"
            )
        if total != result:
            raise TypeError(f"{self.shown} changes the dtype of what it combines")
        return _class(total), _class(element), self.source(self.function, [total, element]) == [total]

    def line(self, name: str, array: Array, axis: int) -> list[str]:
        return [f"v = {_moved(name, array.ndim, axis)}"]

    def store(self, into: str, left: str, right: str, total: str, element: str) -> str:
        return f"{into} = function(np.{total}({left}), np.{element}({right}))"

    def combine(
        self, into: str, left: str, right: str, total: str, element: str, exact: bool, over: str
    ) -> list[str]:
        call = f"function({left}, np.{element}({right}))"
        if exact:
            return [f"for i in {over}:", f"    {into} = {call}"]
        # Stored as results are.
        return [
            f"one = np.empty(1, np.{total})",
            f"for i in {over}:",
            f"    one[0] = {call}",
            f"    {into} = one[0]",
        ]

    def over(self, behind: str, first: Any, rest: int, store: Any) -> list[str]:
        """Loops along the axis, and within it over the others."""
        places = [f"i{axis}" for axis in range(rest)]
        lines = [f"for i in range({first}, {behind}):"]
        for depth, place in enumerate(places):
            lines.append(f"{'    ' * (depth + 1)}for {place} in range(v.shape[{depth + 1}]):")
        return [*lines, "    " * (rest + 1) + store(", ".join(places))]


_POSITIONS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32")


def _moved(name: str, ndim: int, axis: int) -> str:
    """The text of an array with one axis in front."""
    if axis == 0:
        return name
    order = [axis, *(at for at in range(ndim) if at != axis)]
    return f"{name}.transpose({', '.join(map(str, order))})"


def _number(ty: Any) -> str:
    """The dtype of an array of a number."""
    name: str = (ty.type if isinstance(ty, Literal) else ty).name
    return name


def _is(ty: Any, value: Any) -> bool:
    return isinstance(ty, Literal) and ty.literal_value is value
