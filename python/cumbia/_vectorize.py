"""``vectorize`` and ``guvectorize``: NumPy's ufuncs of compiled functions.

Here is what a ufunc's parts mean and which are refused: signatures, the dtypes of loops,
identities, the text of a loop. The objects are real ones of `numpy.ufunc`, which the native
module makes; so broadcasting, casting and the methods are NumPy's and not here.

A loop is a function such as ::

    def f(x0, x1, y0):
        for i in range(len(y0)):
            y0[i] = function(x0[i], x1[i])

compiled by ``jit`` for arrays of the loop's dtypes. So the function gets NumPy's numbers,
as from elements of arrays, and its results are converted as by an assignment to an element.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from cumbia import _decorator, _options, _pickle, _signature
from cumbia.types import Array, Scalar, Signature, Weak

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy

__all__ = ["vectorize"]

# NumPy's numbers of kinds of identities.
_ONE, _ZERO, _MINUS_ONE, _NONE, _REORDERABLE, _VALUE = 1, 0, 2, -1, -2, -3

# The dtype in which a result of Python's own numbers is kept.
_OF_PYTHON = {
    "pybool": "bool", "pyint": "int64", "pyfloat": "float64", "pycomplex": "complex128",
}

_TARGETS = ("cpu", "parallel", "cuda")


@overload
def vectorize(ftylist_or_function: Callable[..., Any], **options: Any) -> numpy.ufunc: ...


@overload
def vectorize(
    ftylist_or_function: str | Signature | tuple[Any, ...] | Sequence[str | Signature | tuple[Any, ...]] = (),
    **options: Any,
) -> Callable[[Callable[..., Any]], numpy.ufunc]: ...


def vectorize(ftylist_or_function: Any = (), **options: Any) -> Any:
    """Make a NumPy ufunc of a function of numbers.

    Used as ``@vectorize``, ``@vectorize(signatures, options)`` or
    ``vectorize(function, options)``. With signatures there is a loop for each, compiled at
    once, and NumPy's rules choose among them and convert. Without signatures a loop is
    compiled for each list of dtypes that the ufunc meets.

    Parameters
    ----------
    ftylist_or_function : function, str, Signature, tuple of Type, or list, optional
        The function itself, or signatures such as ``"float64(float64, float64)"``. Their
        types are those of elements: of NumPy's numbers.
    identity : 0, 1, "reorderable", None or another number, optional
        What a reduction begins with. ``"reorderable"`` has none, but lets several axes be
        reduced at once.
    target : "cpu", "parallel" or "cuda"
        ``"parallel"`` runs loops of many elements on several threads; the results are the
        same for any number of them. Reductions have an order and stay on one. ``"cuda"``
        gives no `numpy.ufunc` but an object whose calls are launches of a kernel
        (`cumbia.cuda`).
    **options
        Those of ``jit``.

    Returns
    -------
    numpy.ufunc or decorator
        With the methods ``reduce``, ``accumulate``, ``reduceat``, ``outer`` and ``at`` if it
        has two arguments and one result. A function that gives a tuple makes a ufunc of
        several outputs.

    Raises
    ------
    TypeError
        For something that is no Python function, for signatures that don't fit, and for
        functions whose results aren't numbers.

    Examples
    --------
    >>> from cumbia import vectorize
    >>> @vectorize
    ... def above(x, y):
    ...     return x - y if x > y else y - y
    >>> above([[1.0], [4.0]], [2.0, 3.0])  # doctest: +SKIP
    array([[0., 0.],
           [2., 1.]])
    """
    how = _How(
        _identity(options.pop("identity", None)),
        _target(options.pop("target", "cpu"), "vectorize"),
        options,
    )
    _options.resolve(options)
    if callable(ftylist_or_function) and not isinstance(ftylist_or_function, Signature):
        return _make(ftylist_or_function, [], how)
    return functools.partial(_make, given=_signatures(ftylist_or_function), how=how)


class _How(NamedTuple):
    """What a ufunc is made with besides its function and signatures."""

    identity: tuple[int, Any]
    target: str
    options: dict[str, Any]

    @property
    def parallel(self) -> bool:
        """Whether loops run on several threads."""
        return self.target == "parallel"


def _signatures(given: Any) -> list[Signature]:
    if isinstance(given, (tuple, list)):
        if not given:
            return []
        if isinstance(given, tuple) and not all(isinstance(one, Scalar) for one in given):
            given = list(given)
    return _signature.parse_all(given)


def _target(target: Any, decorator: str) -> str:
    """Where loops run, as `target=` says."""
    if target not in _TARGETS:
        raise ValueError(
            f"{decorator}() has no target {target!r}; there are 'cpu', 'parallel' and 'cuda'"
        )
    return target


def _identity(identity: Any) -> tuple[int, Any]:
    if identity is None:
        return _NONE, None
    if isinstance(identity, str):
        if identity == "reorderable":
            return _REORDERABLE, None
        raise ValueError(f"identity is a number, 'reorderable' or None, not {identity!r}")
    if type(identity) is int and identity in (0, 1, -1):
        return {0: _ZERO, 1: _ONE, -1: _MINUS_ONE}[identity], None
    if not isinstance(identity, (int, float, complex)):
        raise TypeError(f"identity is a number, 'reorderable' or None, not {identity!r}")
    return _VALUE, identity


def _make(func: Any, given: list[Signature], how: _How) -> Any:
    function = _compiled(func, how.options, "vectorize")
    if isinstance(function, type(_make)):
        return _undecorated(function)
    names = _parameters(function, "vectorize")
    name, count = function.__name__, len(names)
    loops = [_loop_of(function, one, count) for one in given]
    if loops:
        outputs = len(loops[0]) - count
        if any(len(loop) - count != outputs for loop in loops):
            raise TypeError(f"the signatures of {name}() have different numbers of results")
        resolver = None
    else:
        outputs = _count_outputs(function.py_func)
        resolver = functools.partial(_resolve, function, count, outputs, {})
    from cumbia._cumbia import _ufunc

    made = _ufunc(
        name, function.__doc__, None, count, how.identity,
        [[]] * (count + outputs),
        _Maker(function, count, outputs, how), resolver, loops, how.parallel,
    )
    if how.target == "cuda":
        from cumbia.cuda import _ufuncs

        return _ufuncs.DeviceUFunc(made, function, how.identity)
    _pickle.remember(made, _make, (function, given, how))
    return _callable_in_compiled_code(_dressed(made, function), function)


def _callable_in_compiled_code(made: Any, function: Any) -> Any:
    """Let compiled code call a ufunc, where NumPy lets something be set."""
    from cumbia import extending

    def stands_for(ufunc: Any, *operands: Any, out: Any = None) -> Any:
        from cumbia import _ufunc_calls

        if ufunc.signature:
            raise TypeError(f"{ufunc.__name__}() is a generalized ufunc, which only Python calls")
        return _ufunc_calls.implementation(ufunc, function, _raw_results, operands, out)

    def method_stands_for(ufunc: Any, method: str, *operands: Any, **named: Any) -> Any:
        from cumbia import _ufunc_methods

        return _ufunc_methods.implementation(
            ufunc, function, _raw_results, method, operands, named
        )

    known: dict[tuple[str, ...], Any] = {}

    def elements(ufunc: Any, operands: list[Any]) -> Any:
        from cumbia import _ufunc_calls

        return _ufunc_calls.elements(ufunc, function, operands, known)

    # Generalized ones have no elements.
    of_elements = elements if not made.signature and made.nout == 1 else None
    try:
        extending._carry(made, stands_for, method_stands_for, of_elements)
    except (AttributeError, TypeError):
        pass
    return made


def _raw_results(function: Any, inputs: list[str]) -> list[str]:
    from cumbia._cumbia import _result_types

    return _result_types(function, inputs)[1]


def _compiled(func: Any, options: dict[str, Any], decorator: str) -> Any:
    """The dispatcher of a function; the function itself where nothing is compiled."""
    try:
        return _decorator.jit(func, **options)
    except TypeError as error:
        raise TypeError(str(error).replace("jit()", f"{decorator}()")) from None


def _undecorated(function: Any) -> Any:
    """What `CUMBIA_DISABLE_JIT` leaves: NumPy's own way of calling it for each element."""
    import numpy

    return numpy.vectorize(function)


def _parameters(function: Any, decorator: str) -> list[str]:
    code = function.py_func.__code__
    name = function.__name__
    if code.co_flags & 0x0C:
        raise TypeError(f"{decorator}() needs a fixed number of arguments; {name}() has * or **")
    if code.co_kwonlyargcount:
        raise TypeError(f"a ufunc has no keyword arguments of its own, but {name}() has")
    if not code.co_argcount:
        raise TypeError(f"{decorator}() needs a function with arguments; {name}() has none")
    return list(code.co_varnames[: code.co_argcount])


def _loop_of(function: Any, signature: Signature, count: int) -> list[str]:
    """The dtypes of a signature's loop, inputs first."""
    name = function.__name__
    if len(signature.args) != count:
        raise TypeError(
            f"the signature {signature} has {len(signature.args)} arguments, but {name}() "
            f"has {count}"
        )
    inputs = [_dtype(one, signature, name) for one in signature.args]
    results = _results(function, inputs)
    if signature.returns is None:
        return inputs + results
    declared = getattr(signature.returns, "items", [signature.returns])
    declared = [_dtype(one, signature, name) for one in declared]
    if len(declared) != len(results):
        raise TypeError(
            f"{name}() gives {len(results)} results for the signature {signature}, which "
            f"declares {len(declared)}"
        )
    if any("complex" in has and "complex" not in wants for has, wants in zip(results, declared)):
        raise TypeError(
            f"{name}() gives {', '.join(results)} for the signature {signature}: a complex number "
            "isn't converted to a real one; return its .real"
        )
    return inputs + declared


def _dtype(one: Any, signature: Signature, name: str) -> str:
    if isinstance(one, Scalar):
        if one.name in ("float16", "bfloat16"):
            raise TypeError(
                f"the signature {signature} of {name}() has {one.name}: half precision is for kernels "
                "of devices (cumbia.cuda.jit); use float32"
            )
        return one.name
    if isinstance(one, Weak):
        return _OF_PYTHON[one.name]
    what = "an array; guvectorize() is for functions of arrays" if isinstance(one, Array) else one
    raise TypeError(f"a ufunc's signature is of numbers; {signature} has {what}")


def _results(function: Any, inputs: list[str]) -> list[str]:
    """The dtypes of a function's results for elements of these dtypes."""
    from cumbia._cumbia import _result_types

    _, types = _result_types(function, inputs)
    found = []
    for one in types:
        dtype = _OF_PYTHON.get(one, one)
        if dtype not in _DTYPES:
            raise TypeError(
                f"a ufunc's function gives a number or a tuple of numbers, but "
                f"{function.__name__}({', '.join(inputs)}) gives {one}"
            )
        found.append(dtype)
    return found


_DTYPES = frozenset(
    ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
     "float32", "float64", "complex64", "complex128")
)


def _count_outputs(func: Any) -> int:
    """How many results a function has, as its code says: a tuple's display is several."""
    import dis

    counts: set[int] = set()
    before: Any = None
    for one in dis.get_instructions(func):
        if one.opname == "RETURN_CONST" or (before and one.opname == "RETURN_VALUE"):
            made: Any = one if one.opname == "RETURN_CONST" else before
            if made.opname == "BUILD_TUPLE":
                counts.add(made.arg)
            else:
                counts.add(len(made.argval) if isinstance(made.argval, tuple) else 1)
        before = one
    return counts.pop() if len(counts) == 1 else 1


# So many elements at least are worth several threads.
_MANY = 4096
# A bit among those of inputs that stay the same: the order of the positions matters.
ORDERED = 1 << 29


class _Maker:
    """Gives the dispatchers of a ufunc's loops, by which inputs stay the same."""

    def __init__(self, function: Any, inputs: int, outputs: int, how: _How) -> None:
        self.function = function
        self.inputs = inputs
        self.outputs = outputs
        self.how = how
        self.made: dict[tuple[int, bool], Any] = {}

    def text(self, same: int, reduces: bool) -> str:
        """The text of a loop."""
        if reduces:
            return (
                "def loop(x1, y0):\n"
                "    total = y0[0]\n"
                "    for i in range(len(x1)):\n"
                "        total = function(total, x1[i])\n"
                "    y0[0] = total\n"
            )
        args = [f"x{at}" for at in range(self.inputs)]
        outs = [f"y{at}" for at in range(self.outputs)]
        items = [one if same >> at & 1 else f"{one}[i]" for at, one in enumerate(args)]
        stores = ", ".join(f"{one}[i]" for one in outs)
        turn = f"{stores} = function({', '.join(items)})"
        parallel = self.how.parallel and not same & ORDERED
        return f"def loop({', '.join(args + outs)}):\n" + _turns(
            turn, parallel, f"len(y0) < {_MANY}"
        )

    def reduces(self, dtypes: list[str]) -> bool:
        """Whether a reduction of these dtypes can keep its value in a variable."""
        from cumbia._cumbia import _result_types

        return _result_types(self.function, dtypes[:2]) == (False, [dtypes[0]])

    def __call__(self, same: int, reduces: bool) -> Any:
        key = same, reduces
        if key not in self.made:
            parallel = self.how.parallel and not reduces and not same & ORDERED
            text = self.text(same, reduces)
            self.made[key] = _loop(text, self.function, self.how.options, parallel)
        return self.made[key]


def _turns(turn: str, parallel: bool, few: str, over: str = "y0") -> str:
    """A loop over all positions: on several threads unless there are few."""
    if not parallel:
        return f"    for i in range(len({over})):\n        {turn}\n"
    return (
        f"    if {few}:\n"
        f"        for i in range(len({over})):\n            {turn}\n"
        f"    else:\n"
        f"        for i in prange(len({over})):\n            {turn}\n"
    )


def _loop(text: str, function: Any, options: dict[str, Any], parallel: bool) -> Any:
    """The dispatcher of a loop's text. The native module knows the file's name."""
    from cumbia import prange

    file = f"<cumbia loop of {function.__name__}>"
    names = {"function": function, "prange": prange, "__name__": function.__module__}
    exec(compile(text, file, "exec"), names)
    options = {**options, "source": text}
    if parallel:
        options["parallel"] = True
    if options.get("cache") is None:
        # As for the function itself, whose file says whether it is kept.
        options["cache"] = not function.py_func.__code__.co_filename.startswith("<")
    return _decorator.jit(names["loop"], **options)


def _resolve(
    function: Any,
    inputs: int,
    outputs: int,
    known: dict[tuple[str, ...], list[str]],
    operands: tuple,
    wanted: tuple | None,
) -> list[str]:
    """The dtypes of the loop for operands that a ufunc without signatures meets.

    An operand is a dtype, one of Python's classes of numbers for a number of Python's, or
    None for an output that isn't given. `wanted` is what ``dtype=`` and ``signature=`` say.
    """
    import numpy

    name = function.__name__
    asked = [_asked(one) for one in wanted] if wanted is not None else [None] * len(operands)
    strong = [
        dtype or one
        for dtype, one in zip(asked[:inputs], operands)
        if dtype is not None or not isinstance(one, type)
    ]
    chosen = []
    for dtype, one in zip(asked[:inputs], operands):
        if dtype is None:
            dtype = numpy.result_type(*strong, one(0)) if isinstance(one, type) else one
        chosen.append(_known_dtype(dtype, name))
    results = _known_results(function, known, chosen, outputs)
    mismatch = [
        dtype for dtype, result in zip(asked[inputs:], results)
        if dtype is not None and dtype.name != result
    ]
    if mismatch and not all(asked[:inputs]):
        # `dtype=` asks for the loop that has this dtype throughout; in a reduction it says
        # those of the first operand and of the result.
        chosen = [_known_dtype(dtype or mismatch[0], name) for dtype in asked[:inputs]]
        results = _known_results(function, known, chosen, outputs)
        mismatch = [
            dtype for dtype, result in zip(asked[inputs:], results)
            if dtype is not None and dtype.name != result
        ]
    if mismatch:
        raise TypeError(
            f"No loop matching the specified signature and casting was found for ufunc {name}"
        )
    return chosen + results


def _asked(one: Any) -> Any:
    import numpy

    return None if one is None else numpy.dtype(one)


def _known_dtype(dtype: Any, name: str) -> str:
    if dtype.name not in _DTYPES:
        raise TypeError(
            f"ufunc {name!r} is not compiled for arrays of {dtype}; it takes bool, integers, "
            "float32, float64 and complex numbers"
        )
    return dtype.name


def _known_results(
    function: Any, known: dict[tuple[str, ...], list[str]], inputs: list[str], outputs: int
) -> list[str]:
    key = tuple(inputs)
    if key not in known:
        results = _results(function, inputs)
        if len(results) != outputs:
            raise TypeError(
                f"{function.__name__}({', '.join(inputs)}) gives {len(results)} results; its text "
                f"was taken to give {outputs}: give vectorize() signatures"
            )
        known[key] = results
    return known[key]


def _dressed(made: Any, function: Any) -> Any:
    """What programs ask of a decorated function, where NumPy lets it be set."""
    for name, value in (
        ("__module__", function.__module__),
        ("__qualname__", function.__qualname__),
        ("__wrapped__", function.py_func),
        ("py_func", function.py_func),
    ):
        try:
            setattr(made, name, value)
        except (AttributeError, TypeError):
            pass
    return made
