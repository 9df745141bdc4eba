"""The differential harness: one function, run by CPython and by cumbia.

`check(func, *args)` runs the undecorated function and the compiled one on separate deep
copies of the arguments and compares everything that a caller could see: value, exact
type, dtype, bits (the sign of zero, nan), shape, strides, order of dicts and sets,
which memory and which containers results share with arguments, exception class and text,
the lines of the traceback, and the arguments afterwards. A difference is one
AssertionError with the source and both outcomes.

Assumed: functions are deterministic, and their arguments are numbers, text, None, NumPy
arrays, and tuples, lists, dicts, sets and instances of classes of them; other objects are passed
to both runs as they are. The sign and payload of a nan are not compared: the hardware
chooses among those of its operands, and Python shows neither. Warnings of NumPy are
silenced in both runs.

Where compiled code is documented to differ, a test names the row of `DEVIATIONS`; a row
accepts one particular difference and nothing else. Rows correspond to the table in
`docs/semantics.md`, which `test_harness.py` holds to.

With `CUMBIA_TESTS_IDENTITY=1` in the environment `jit` does nothing: CPython is compared
with itself, which proves the tests themselves.
"""

from __future__ import annotations

import array
import collections
import copy
import enum
import functools
import inspect
import itertools
import linecache
import os
import struct
import sys
import textwrap
import traceback
import types
import warnings
from typing import Any, NamedTuple

import numpy as np

# Of a class that a `class` statement made, among others.
HEAP_TYPE = 1 << 9

IDENTITY = bool(os.environ.get("CUMBIA_TESTS_IDENTITY"))

if IDENTITY:

    def jit(func=None, **_options):
        """A stand-in that compiles nothing."""
        return func if func is not None else (lambda func: func)

    class CompileError(Exception):
        """Never raised by the stand-in."""
else:
    from cumbia import CompileError, jit

__all__ = [
    "Cases",
    "CompileError",
    "DEVIATIONS",
    "Deviation",
    "IDENTITY",
    "Outcome",
    "check",
    "copy_arguments",
    "define",
    "differences",
    "jit",
    "native",
    "refused",
    "run",
    "shared_objects",
    "undecorated",
]

# Of arrays the memory is compared, which may be shared by more than one object.
MUTABLE = (list, dict, set, bytearray, collections.deque, array.array)


def check(func, /, *args, _deviation=None, **kwargs) -> Outcome:
    """Compare the undecorated and the compiled function on copies of the arguments.

    Parameters
    ----------
    func : function or dispatcher
        What to run; a plain function is compiled with `jit`.
    *args, **kwargs
        Its arguments.
    _deviation : str or tuple of str, optional
        Rows of `DEVIATIONS` that may explain a difference.

    Returns
    -------
    Outcome
        That of the compiled function.
    """
    __tracebackhide__ = True
    plain, files = undecorated(func)
    compiled = native(func)
    reference = run(plain, *copy_arguments(args, kwargs), files=files)
    got = run(compiled, *copy_arguments(args, kwargs), files=files)
    problems = differences(reference, got)
    if not problems:
        return got
    names = (_deviation,) if isinstance(_deviation, str) else _deviation or ()
    if any(DEVIATIONS[name].accepts(reference, got) for name in names):
        return got
    raise AssertionError(report(plain, args, kwargs, problems, reference, got))


def refused(func, /, *args, _code, _raises=None, **kwargs) -> CompileError:
    """Check that compiling is refused with a code, and give the error.

    Parameters
    ----------
    func : function or dispatcher
        What to call.
    *args, **kwargs
        Its arguments.
    _code : str
        The code of the first diagnostic.
    _raises : type, optional
        What the undecorated function raises for the same arguments.
    """
    __tracebackhide__ = True
    plain, files = undecorated(func)
    if _raises is not None:
        reference = run(plain, *copy_arguments(args, kwargs), files=files)
        if type(reference.error) is not _raises:
            raise AssertionError(f"the undecorated function gives {reference}")
    if IDENTITY:
        return CompileError()
    got = run(native(func), *copy_arguments(args, kwargs), files=files)
    if not isinstance(got.error, CompileError) or got.error.code != _code:
        raise AssertionError(f"not refused with {_code}:\n{source_of(plain)}\ngives {got}")
    return got.error


class Outcome(NamedTuple):
    """What a call did."""

    value: Any
    error: BaseException | None
    lines: tuple
    arguments: tuple
    shown: tuple = ()
    """The frames of the traceback as Python prints them, carets included."""

    def __str__(self) -> str:
        if self.error is None:
            return f"{shown(self.value)}"
        at = ", ".join(f"{name}:{line}" for name, line in self.lines)
        return f"{type(self.error).__name__}: {self.error} [{at}]"


def run(func, args, kwargs, *, files=frozenset()) -> Outcome:
    """Call a function and keep everything that can be seen of it."""
    value, error, lines, printed = None, None, (), ()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            value = func(*args, **kwargs)
        except (Exception, KeyboardInterrupt) as caught:
            error = caught
            frames = traceback.extract_tb(caught.__traceback__)
            frames = [f for f in frames if f.filename in files]
            lines = tuple((f.name, f.lineno) for f in frames)
            printed = tuple(traceback.format_list(frames))
            # The frames keep the arguments alive.
            traceback.clear_frames(caught.__traceback__)
    return Outcome(value, error, lines, (*args, *kwargs.values()), printed)


class Deviation(NamedTuple):
    """A documented difference: its row in the docs, and what it accepts."""

    row: str
    accepts: Any


def _overflow(reference, got) -> bool:
    big = reference.error is None or isinstance(reference.error, (OverflowError, MemoryError))
    return big and type(got.error) is OverflowError


def _joined(reference, got) -> bool:
    """Equal numbers of different types, in tuples too."""

    def equal(a, b):
        if isinstance(a, tuple) and isinstance(b, tuple):
            return len(a) == len(b) and all(map(equal, a, b))
        number = (bool, int, float, complex, np.generic)
        if not (isinstance(a, number) and isinstance(b, number)):
            return not value_differences(a, b, "")
        # As the compiled code converts: an int beyond 2**53 is rounded.
        a = type(b)(a) if not isinstance(a, complex) else a
        return bool(a == b) or bool(a != a and b != b)

    return reference.error is None and got.error is None and equal(reference.value, got.value)


def _hinted(kind, error):
    """A ValueError in place of a number of another kind, or of an error in making it."""

    def accepts(reference, got):
        other = type(reference.value) is kind or type(reference.error) is error
        return other and type(got.error) is ValueError

    return accepts


def _whole_view(reference, got) -> bool:
    """Arguments themselves in place of views of all of them; nothing else."""
    if reference.error is not None or got.error is not None:
        return False
    rest = value_differences(reference.value, got.value, "")
    rest += argument_differences(reference, got)
    if rest or memory_map(reference) != memory_map(got):
        return False
    if shared_objects(reference) != shared_objects(got):
        return False
    return all(
        any(other is a for a in got.arguments)
        for _, one, other in _pairs(reference.value, got.value)
        if isinstance(one, np.ndarray) and any(one is a for a in reference.arguments)
    )


def _last_digits(reference, got) -> bool:
    return got.error is None and _nearly_equal(reference.value, got.value)


def _nearly_equal(a, b) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(_nearly_equal, a, b))
    if not isinstance(a, (float, complex, np.inexact, np.ndarray)):
        return False
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    with np.errstate(all="ignore"):
        close = abs(a - b) <= 4 * np.spacing(abs(a))
    return bool(np.all((a == b) | close | (np.isnan(a) & np.isnan(b))))


# CPython changed these texts between versions; compiled code has those of 3.11.
_TEXTS = {
    "float modulo by zero": "float modulo",
    "integer division or modulo by zero": "division by zero",
    "integer modulo by zero": "division by zero",
    "float division by zero": "division by zero",
    "float modulo": "division by zero",
    "float floor division by zero": "division by zero",
    "zero to a negative power": "0.0 cannot be raised to a negative power",
}


def _text(reference, got) -> bool:
    if reference.error is None or type(reference.error) is not type(got.error):
        return False
    texts = [str(reference.error), str(got.error)]
    for _ in _TEXTS:
        texts = [_TEXTS.get(text, text) for text in texts]
    return texts[0] == texts[1] and reference.lines == got.lines


def _unsigned(reference, got) -> bool:
    """A Python float beyond 64 bits, stored into an unsigned array."""
    errors = [reference.error, got.error]
    beyond = "out of bounds for uint" in str(got.error) and "too large to convert" in str(reference.error)
    return all(type(error) is OverflowError for error in errors) and beyond and reference.lines == got.lines


DEVIATIONS = {
    "big-int": Deviation("a Python integer beyond 64 bits", _overflow),
    "joined-number": Deviation(
        "a variable or result that is an int on one path and a float on another", _joined
    ),
    "mixed-choice": Deviation("`max(3, 2.0)`", _joined),
    "range-beyond-64-bits": Deviation("`range` over a distance beyond 64 bits", _overflow),
    "complex-power": Deviation("`(-8.0) ** (1/3)`", _hinted(complex, OverflowError)),
    "negative-exponent": Deviation(
        "`2 ** n` with a negative `n`", _hinted(float, ZeroDivisionError)
    ),
    "whole-view": Deviation("`return a[:]` of an argument `a`", _whole_view),
    "last-digits": Deviation("elementary functions of NumPy", _last_digits),
    "quotient-of-deltas": Deviation("`a // b` and `divmod(a, b)` of two `timedelta64`", _joined),
    "exception-text": Deviation("text of exceptions", _text),
    "float-into-unsigned": Deviation(
        "text of OverflowError when a Python float beyond 64 bits is stored", _unsigned
    ),
}


def differences(reference: Outcome, got: Outcome) -> list[str]:
    """What differs between two outcomes, as sentences."""
    problems = []
    if (reference.error is None) != (got.error is None):
        problems.append("one raises, the other returns")
    elif reference.error is not None:
        problems += error_differences(reference, got)
    else:
        problems += value_differences(reference.value, got.value, "result")
        problems += sharing_differences(reference, got)
    return problems + argument_differences(reference, got)


def argument_differences(reference: Outcome, got: Outcome) -> list[str]:
    """What differs between the arguments after the calls."""
    return [
        text
        for place, (a, b) in enumerate(zip(reference.arguments, got.arguments))
        for text in value_differences(a, b, f"argument {place} afterwards")
    ]


def error_differences(reference: Outcome, got: Outcome) -> list[str]:
    """What differs between two exceptions."""
    a, b = reference.error, got.error
    if type(a) is not type(b):
        return ["the exceptions are of different classes"]
    if isinstance(a, RecursionError):
        # Where the stack ends is each implementation's own business.
        return []
    problems = []
    if str(a) != str(b) and not (sys.version_info >= (3, 12) and _text(reference, got)):
        problems.append("the exceptions have different texts")
    # A math error of C has its number as an argument of its own, and prints it.
    elif not isinstance(a, OverflowError):
        problems += value_differences(a.args, b.args, "the exception's arguments")
    lines = [one.lines for one in (reference, got)]
    if isinstance(a, UnboundLocalError) and sys.version_info < (3, 12):
        # CPython 3.11 names the line before, once it has joined the read of a variable
        # with the assignment in front of it.
        lines = [(one[:-1], [name for name, _ in one[-1:]]) for one in lines]
    if lines[0] != lines[1]:
        problems.append("the tracebacks name different lines")
    elif reference.lines == got.lines and reference.shown != got.shown:
        one, other = next(pair for pair in zip(reference.shown, got.shown) if pair[0] != pair[1])
        problems.append(f"the tracebacks mark different places:\n{one}became\n{other}")
    return problems


def value_differences(a, b, path: str) -> list[str]:
    """What differs between two values, as sentences that start with `path`."""
    if type(a) is not type(b):
        return [f"{path}: {type(a).__name__} became {type(b).__name__}"]
    if isinstance(a, (tuple, list)):
        if len(a) != len(b):
            return [f"{path}: {len(a)} items became {len(b)}"]
        return [
            text
            for place, (x, y) in enumerate(zip(a, b))
            for text in value_differences(x, y, f"{path}[{place}]")
        ]
    if type(a) in (set, frozenset):
        return value_differences(list(a), list(b), f"{path} in order")
    if type(a) is dict:
        problems = value_differences(list(a), list(b), f"{path} keys")
        if problems:
            return problems
        return [
            text
            for (key, x), y in zip(a.items(), b.values())
            for text in value_differences(x, y, f"{path}[{key!r}]")
        ]
    if has_attributes(a):
        return value_differences(attributes(a), attributes(b), f"{path}.__dict__")
    if isinstance(a, np.ndarray):
        return array_differences(a, b, path)
    if type(a) is np.random.Generator:
        bits = (a.bit_generator, b.bit_generator)
        return value_differences(bits[0].state, bits[1].state, f"{path} state")
    if isinstance(a, (float, complex, np.generic)):
        same = _bits(a) == _bits(b)
    else:
        same = a == b
    return [] if same else [f"{path}: {a!r} became {b!r}"]


def array_differences(a: np.ndarray, b: np.ndarray, path: str) -> list[str]:
    """What differs between two arrays: everything but addresses."""
    if a.dtype != b.dtype:
        return [f"{path}: dtype {a.dtype} became {b.dtype}"]
    if a.shape != b.shape:
        return [f"{path}: shape {a.shape} became {b.shape}"]
    problems = []
    if a.flags.writeable != b.flags.writeable:
        problems.append(f"{path}: writeable {a.flags.writeable} became {b.flags.writeable}")
    # Strides along axes of one item, or of no items at all, mean nothing.
    if a.size and any(n > 1 and s != t for n, s, t in zip(a.shape, a.strides, b.strides)):
        problems.append(f"{path}: strides {a.strides} became {b.strides}")
    x, y = _bits(a), _bits(b)
    if x != y:
        at = next(i for i, (p, q) in enumerate(zip(a.flat, b.flat)) if _bits(p) != _bits(q))
        index = tuple(int(i) for i in np.unravel_index(at, a.shape))
        problems.append(f"{path}{list(index)}: {a[index]!r} became {b[index]!r}")
    return problems


def _bits(value) -> bytes:
    """The bytes of a number or array, with one nan for all nans."""
    if type(value) is float:
        return b"nan" if value != value else struct.pack("d", value)
    if type(value) is complex:
        return _bits(value.real) + b"," + _bits(value.imag)
    if isinstance(value, (np.void, np.ndarray)) and value.dtype.names:
        # Bytes between fields mean nothing.
        return b",".join(_bits(value[name]) for name in value.dtype.names)
    array = np.array(value, order="C", copy=True)
    if array.dtype.kind in "fc" and array.size:
        flat = array.reshape(-1).view(array.real.dtype)
        flat[flat != flat] = np.nan
    return array.tobytes()


def sharing_differences(reference: Outcome, got: Outcome) -> list[str]:
    """Whether results lie where they should: in an argument, in one another, or apart."""
    problems = []
    a, b = memory_map(reference), memory_map(got)
    if a != b:
        problems.append(f"the memory of the results: {a} became {b}")
    for path, one, other in _pairs(reference.value, got.value):
        identity = [
            [value is argument for argument in outcome.arguments]
            for value, outcome in ((one, reference), (other, got))
        ]
        if isinstance(one, np.ndarray) and identity[0] != identity[1]:
            problems.append(f"result{path}: argument itself: {identity[0]} became {identity[1]}")
    a, b = shared_objects(reference), shared_objects(got)
    if a != b:
        problems.append(f"which objects are the same: {a} became {b}")
    return problems


def shared_objects(outcome: Outcome) -> list[tuple[str, str]]:
    """Paths at which a mutable object appears again, with the path of its first place."""
    first: dict[int, str] = {}
    again = []

    def walk(value: Any, path: str) -> None:
        if isinstance(value, MUTABLE):
            if id(value) in first:
                again.append((path, first[id(value)]))
                return
            first[id(value)] = path
        if isinstance(value, (list, tuple, collections.deque)):
            for place, item in enumerate(value):
                walk(item, f"{path}[{place}]")
        elif isinstance(value, dict):
            for key, item in value.items():
                walk(item, f"{path}[{key!r}]")
        elif has_attributes(value):
            # A frozen one is a value: an equal one may come back, with the same fields.
            params = getattr(type(value), "__dataclass_params__", None)
            if params is None or not params.frozen:
                if id(value) in first:
                    again.append((path, first[id(value)]))
                    return
                first[id(value)] = path
            walk(tuple(attributes(value).values()), path)

    for place, argument in enumerate(outcome.arguments):
        walk(argument, f"argument {place}")
    walk(outcome.value, "result")
    return again


def has_attributes(value: Any) -> bool:
    """Whether a value is an instance of a class that was written in Python, all bases included."""
    bases = type(value).__mro__[:-1]
    # A partial object is a function here.
    others = (type, enum.Enum, functools.partial)
    if isinstance(value, others) or not bases or hasattr(value, "py_func"):
        return False
    return all(base.__flags__ & HEAP_TYPE and isinstance(base, type) for base in bases) and bool(
        {"__dict__", "__slots__"} & set(bases[-1].__dict__)
    )


def attributes(value: Any) -> dict[str, Any]:
    """The attributes of an instance itself, those in slots included."""
    slots = [
        name
        for base in type(value).__mro__
        for name, found in vars(base).items()
        if isinstance(found, types.MemberDescriptorType) and hasattr(value, name)
    ]
    return getattr(value, "__dict__", {}) | {name: getattr(value, name) for name in slots}


def memory_map(outcome: Outcome) -> list:
    """For each array in the result: the first array that it overlaps, and the offset."""
    known = [a for _, a, _ in _pairs(outcome.arguments, outcome.arguments)]
    known = [a for a in known if isinstance(a, np.ndarray)]
    found = []
    for _, array, _ in _pairs(outcome.value, outcome.value):
        if not isinstance(array, np.ndarray):
            continue
        place = None
        for number, other in enumerate(known):
            if np.may_share_memory(array, other):
                place = number, _address(array) - _address(other)
                break
        found.append(place)
        known.append(array)
    return found


def _address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def _pairs(a, b, path=""):
    if isinstance(a, (tuple, list)) and type(a) is type(b):
        for place, (x, y) in enumerate(zip(a, b)):
            yield from _pairs(x, y, f"{path}[{place}]")
    elif isinstance(a, dict) and isinstance(b, dict):
        for (key, x), y in zip(a.items(), b.values()):
            yield from _pairs(x, y, f"{path}[{key!r}]")
    elif has_attributes(a) and has_attributes(b):
        yield from _pairs(attributes(a), attributes(b), path)
    else:
        yield path, a, b


def copy_arguments(args: tuple, kwargs: dict) -> tuple[tuple, dict]:
    """Deep copies with the same strides, flags and overlaps; one object stays one."""
    copied: dict[int, Any] = {}

    def deep(value):
        if id(value) in copied:
            return copied[id(value)]
        if isinstance(value, tuple):
            items = map(deep, value)
            return tuple(items) if type(value) is tuple else tuple.__new__(type(value), items)
        if isinstance(value, np.ndarray):
            copied[id(value)] = new = _copy_array(value, copied)
            new.flags.writeable = value.flags.writeable
        elif isinstance(value, np.void):
            copied[id(value)] = new = value.copy()
        elif type(value) is list:
            # Known before its items, one of which it may be.
            copied[id(value)] = new = []
            new.extend(map(deep, value))
        elif type(value) is dict:
            copied[id(value)] = new = {}
            new.update((key, deep(item)) for key, item in value.items())
        elif type(value) is set:
            # Elements are hashable, and so never change. All copies of a set have one order.
            copied[id(value)] = new = value.copy()
        elif isinstance(value, (bytearray, array.array)):
            copied[id(value)] = new = value[:]
        elif type(value) is memoryview and isinstance(value.obj, (bytearray, array.array)):
            copied[id(value)] = new = memoryview(deep(value.obj))
        elif has_attributes(value):
            copied[id(value)] = new = copy.copy(value)
            for name, item in attributes(value).items():
                object.__setattr__(new, name, deep(item))
        else:
            new = value
        return new

    return tuple(map(deep, args)), {name: deep(value) for name, value in kwargs.items()}


def _copy_array(array: np.ndarray, copied: dict[int, Any]) -> np.ndarray:
    root = array
    while isinstance(root.base, np.ndarray):
        root = root.base
    if root is array and (array.flags.c_contiguous or array.flags.f_contiguous):
        if array.dtype.hasobject or type(array) is not np.ndarray:
            return array.copy(order="K")
        return np.copy(array, order="K")
    if root.dtype.hasobject or not array.dtype.isnative or type(array) is not np.ndarray:
        return array.copy()
    if not array.size:
        return np.empty(array.shape, array.dtype)
    low, high = np.lib.array_utils.byte_bounds(root)
    key = "root", id(root)
    if key not in copied:
        memory = np.lib.stride_tricks.as_strided(_bytes_at(root, low), (high - low,), (1,))
        # Some room in front keeps addresses as aligned as they were.
        room = np.empty(high - low + 64, np.uint8)
        skip = (low - _address(room)) % 64
        room[skip : skip + high - low] = memory
        copied[key] = room[skip : skip + high - low]
    return np.ndarray(
        array.shape, array.dtype, copied[key], _address(array) - low, array.strides
    )


def _bytes_at(root: np.ndarray, low: int) -> np.ndarray:
    class Memory:
        __array_interface__ = {
            "version": 3,
            "data": (low, False),
            "shape": (1,),
            "typestr": "|u1",
        }
        keep = root

    return np.asarray(Memory())


_compiled: dict[int, tuple[Any, Any]] = {}


def native(func):
    """The compiled form of a function, made once."""
    if IDENTITY or hasattr(func, "py_func"):
        return func
    if id(func) not in _compiled:
        _compiled[id(func)] = func, jit(func)
        if len(_compiled) > 300:
            del _compiled[next(iter(_compiled))]
    return _compiled[id(func)][1]


def undecorated(func) -> tuple[Any, frozenset]:
    """The function as Python runs it, with all that it calls undecorated too.

    Also the files that the functions are in, by which their frames are known.
    """
    made: dict[int, Any] = {}
    scopes: dict[int, dict] = {}
    files = set()

    def plain(value):
        inner = getattr(value, "py_func", value)
        if not isinstance(inner, types.FunctionType):
            return value
        if id(inner) in made:
            return made[id(inner)]
        files.add(inner.__code__.co_filename)
        scope = scopes.get(id(inner.__globals__))
        if scope is None:
            scope = scopes[id(inner.__globals__)] = dict(inner.__globals__)
        cells = tuple(types.CellType() for _ in inner.__closure__ or ())
        new = types.FunctionType(
            inner.__code__, scope, inner.__name__, inner.__defaults__, cells or None
        )
        new.__kwdefaults__ = inner.__kwdefaults__
        new.__qualname__ = inner.__qualname__
        made[id(inner)] = new
        for name in _names(inner.__code__):
            if hasattr(scope.get(name), "py_func"):
                scope[name] = plain(scope[name])
        for cell, old in zip(cells, inner.__closure__ or ()):
            try:
                content = old.cell_contents
            except ValueError:
                continue
            cell.cell_contents = plain(content) if hasattr(content, "py_func") else content
        return new

    return plain(func), frozenset(files)


def _names(code: types.CodeType):
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


_count = itertools.count()


def define(text: str, name: str | None = None, **scope) -> Any:
    """The function in a text, with its source where Python looks for it.

    For functions that pytest would rewrite (those with `assert`), that can't stand in a
    module, or that are generated. The last function of the text unless named.
    """
    text = textwrap.dedent(text).strip("\n") + "\n"
    filename = f"<test {next(_count)}>"
    linecache.cache[filename] = len(text), None, text.splitlines(True), filename
    namespace = {"np": np, "jit": jit, "__name__": "test_text", **scope}
    module = compile(text, filename, "exec", dont_inherit=True)
    exec(module, namespace)
    if name is None:
        # Not by `ast`: under Python 3.11 its constructor raises SystemError where threads
        # switch in it (python/cpython#106905), and tests define functions in threads.
        defs = [c for c in module.co_consts if isinstance(c, types.CodeType) and c.co_flags & inspect.CO_OPTIMIZED]
        name = [c.co_name for c in defs if c.co_name.isidentifier()][-1]
    return namespace[name]


class Cases:
    """Functions with the arguments to check them with, as a decorator.

    `@case((1, 2), (3, 4))` registers two calls; `params()` gives them to pytest.
    """

    def __init__(self) -> None:
        self.rows: list[tuple] = []

    def __call__(self, *calls: tuple, deviation=None):
        def register(func):
            for place, call in enumerate(calls):
                name = getattr(func, "__name__", "function")
                self.rows.append((f"{name}-{place}", func, call, deviation))
            return func

        return register

    def params(self) -> dict:
        """Keyword arguments for `pytest.mark.parametrize`."""
        return {
            "argnames": ("func", "call", "deviation"),
            "argvalues": [row[1:] for row in self.rows],
            "ids": [row[0] for row in self.rows],
        }


def source_of(func) -> str:
    """The text of a function, or its name."""
    try:
        return textwrap.dedent(inspect.getsource(func)).rstrip()
    except (OSError, TypeError):
        return repr(func)


def shown(value, limit: int = 600) -> str:
    """A value with its type, for reports."""
    if isinstance(value, np.ndarray):
        text = (
            f"array {value.dtype} shape={value.shape} strides={value.strides}"
            f"{'' if value.flags.writeable else ' readonly'} {value.tolist()}"
        )
    elif isinstance(value, tuple):
        text = "(" + ", ".join(shown(item, limit) for item in value) + ("," if len(value) == 1 else "") + ")"
    else:
        text = f"{value!r} ({type(value).__name__})"
    return text if len(text) <= limit else text[:limit] + " ..."


def report(func, args, kwargs, problems, reference, got) -> str:
    """The text of a failure."""
    lines = ["compiled code differs from CPython:"]
    lines += [f"  - {text}" for text in problems]
    lines += ["", source_of(func), "", "called with:"]
    lines += [f"  {shown(value)}" for value in args]
    lines += [f"  {name}={shown(value)}" for name, value in kwargs.items()]
    for name, outcome in (("CPython", reference), ("cumbia", got)):
        lines += [f"{name}:", f"  {outcome}"]
        lines += [f"  argument {i} afterwards: {shown(a)}" for i, a in enumerate(outcome.arguments)
                  if isinstance(a, np.ndarray)]
    return "\n".join(lines)
