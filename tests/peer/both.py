"""What stands in the place of `numba.jit` while Numba's tests run.

A decorated function is run by Python and by cumbia, each on its own copies of the arguments,
and what differs is written down; the test goes on with what Python gave, so that whether it
passes says nothing. Signatures and options of Numba's are left out: with them Python's result
is no measure.

Compared are value, type, dtype, shape, exception, its text, and the arguments afterwards.
"""

import copy
import random
import types
from typing import Any, NamedTuple

import numpy as np

from cumbia import CompileError, jit
from tests.library.sweep import compare
from tests.python.harness import copy_arguments, has_attributes

# Options with which Numba means something else than Python does.
OTHER = {"error_model", "forceobj"}
# Calls of one function with arguments of one kind.
MOST_CALLS = 40
# Elementary functions are within some units in the last place of NumPy's.
RTOL = 1e-12
# Items of a generator that are looked at.
MOST_ITEMS = 1000


class Outcome(NamedTuple):
    """What a call came to."""

    kind: str
    function: str
    arguments: str
    text: str


outcomes: list[Outcome] = []


class Both:
    """A function that is run by Python and by cumbia."""

    def __init__(self, function: types.FunctionType):
        self.py_func = self.__wrapped__ = function
        self.__name__, self.__doc__ = function.__name__, function.__doc__
        self.__module__ = function.__module__
        self.compiled: Any = None
        self.calls: dict[str, int] = {}

    def compile(self):
        """cumbia's dispatcher; other functions of this kind become theirs."""
        if self.compiled is None:
            waiting = []
            self._start(waiting)
            # Globals may go round in circles, and are filled in behind.
            while waiting:
                function, names = waiting.pop()
                names.update({name: _compiled(value, waiting) for name, value in function.__globals__.items()})
        return self.compiled

    def _start(self, waiting):
        f = self.py_func
        cells = tuple(_cell(cell, waiting) for cell in f.__closure__ or ()) or None
        new = types.FunctionType(f.__code__, {}, f.__name__, f.__defaults__, cells)
        new.__kwdefaults__, new.__module__, new.__qualname__ = f.__kwdefaults__, f.__module__, f.__qualname__
        self.compiled = jit(new)
        waiting.append((f, new.__globals__))

    def __call__(self, *args, **kwargs):
        if not self.py_func.__module__.startswith("numba.tests."):
            # Of Numba's own inside.
            return self.py_func(*args, **kwargs)
        kind = ", ".join(map(_kind, [*args, *kwargs.values()]))
        self.calls[kind] = self.calls.get(kind, 0) + 1
        if self.calls[kind] > MOST_CALLS:
            return self.py_func(*args, **kwargs)
        try:
            (own, named), compiled = copy_arguments(args, kwargs), self.compile()
            own = tuple(copy.deepcopy(x) if isinstance(x, np.random.Generator) else x for x in own)
        except RecursionError:
            return self.py_func(*args, **kwargs)
        except (Exception, CompileError) as error:
            self._note("refused", kind, error)
            return self.py_func(*args, **kwargs)
        state = random.getstate(), np.random.get_state()
        want = _run(self.py_func, args, kwargs)
        after = random.getstate(), np.random.get_state()
        random.setstate(state[0])
        np.random.set_state(state[1])
        got = _run(compiled, tuple(map(_compiled, own)), {k: _compiled(v) for k, v in named.items()})
        random.setstate(after[0])
        np.random.set_state(after[1])
        if isinstance(got, CompileError) or isinstance(got, TypeError) and str(got).startswith("argument '"):
            self._note("refused", kind, got)
        else:
            different = _difference(want, got) or _difference([*args, *kwargs.values()], [*own, *named.values()])
            shown = f"{_short(args)}: {different}" if different else ""
            self._note("different" if different else "same", kind, shown)
        if isinstance(want, BaseException):
            raise want
        return iter(want.items) if isinstance(want, Items) else want

    def _note(self, kind, arguments, text):
        function = self.py_func
        place = f"{function.__module__}:{function.__code__.co_firstlineno} {function.__qualname__}"
        outcomes.append(Outcome(kind, place, arguments, str(text).strip()))

    def __get__(self, instance, owner=None):
        return self if instance is None else types.MethodType(self, instance)

    def __getattr__(self, name):
        raise AttributeError(name)


class Items(NamedTuple):
    """What a generator gave, and what it raised."""

    items: list
    error: BaseException | None


def stand_in(*args, **options):
    """`numba.jit`, `numba.njit` with all the forms of their arguments."""
    plain = args and isinstance(args[0], types.FunctionType)
    if OTHER & set(options):
        import numba.core.decorators as real

        return real.jit(*args, **options)
    return Both(args[0]) if plain else lambda f: Both(f.py_func if isinstance(f, Both) else f)


def _compiled(value, waiting=None):
    if not isinstance(value, Both):
        return value
    if waiting is None:
        return value.compile()
    if value.compiled is None:
        try:
            value._start(waiting)
        except Exception:
            # Its source can't be had; who calls it is refused.
            return value
    return value.compiled


def _cell(cell, waiting):
    try:
        content = cell.cell_contents
    except ValueError:
        return cell
    return types.CellType(_compiled(content, waiting)) if isinstance(content, Both) else cell


def _run(function, args, kwargs):
    try:
        result = function(*args, **kwargs)
        if not isinstance(result, types.GeneratorType) and type(result).__name__ != "generator":
            return result
        items = []
        try:
            for item in result:
                items.append(item)
                if len(items) == MOST_ITEMS:
                    break
        except Exception as error:
            return Items(items, error)
        return Items(items, None)
    except (Exception, CompileError) as error:
        return error


def _difference(want, got):
    if isinstance(want, BaseException) or isinstance(got, BaseException):
        deep = isinstance(want, RecursionError) and isinstance(got, RecursionError)
        if not deep and (type(want) is not type(got) or str(want) != str(got)):
            return f"{_short(want)} became {_short(got)}"
        return None
    try:
        if isinstance(want, Items) and isinstance(got, Items):
            return compare(_plain(want.items), _plain(got.items), RTOL) or _difference(want.error, got.error)
        if isinstance(want, np.ndarray) and isinstance(got, np.ndarray) and want.dtype != got.dtype:
            return f"{want.dtype} became {got.dtype}"
        return compare(_plain(want), _plain(got), RTOL)
    except Exception as error:
        return f"not compared: {_short(error)}"


def _plain(value):
    """Containers and objects as lists of what they hold."""
    if type(value) in (tuple, list):
        return type(value)(map(_plain, value))
    if isinstance(value, tuple):
        return [type(value).__name__, *map(_plain, value)]
    if type(value) is dict:
        return ["dict", *map(_plain, value.items())]
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "mM":
        # Where NaT is itself.
        return [str(value.dtype), np.asarray(value).view(np.int64)]
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    if has_attributes(value):
        return [type(value).__name__, *map(_plain, vars(value).items())]
    return value


def _kind(value):
    if isinstance(value, np.ndarray):
        order = "C" * value.flags.c_contiguous or "F" * value.flags.f_contiguous or "A"
        return f"{value.dtype}[{value.ndim}{order}]"
    if isinstance(value, tuple | list):
        return f"{type(value).__name__}({', '.join(map(_kind, value[:4]))})"
    return type(value).__name__


def _short(value):
    return repr(value).replace("\n", " ")[:160]
