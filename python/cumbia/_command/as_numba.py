"""`import numba` gives cumbia: for scripts that were written for Numba.

What both have under one name is cumbia's, but for `jit`: types of numbers that a program declares,
in signatures and `locals=`, convert here, and a signature that names types which cumbia's can't is
left out. What Numba has and cumbia hasn't is an ImportError or AttributeError that names what to
write instead, where there is something. Only the process that asks for it is changed, and only if
`numba` wasn't imported before.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from cumbia import _options, _signature, extending
from cumbia._command import _intrinsics, _jitclass

__all__ = ["install", "stands_for"]

# Which of cumbia's modules stands for which of Numba's.
MODULES = {
    "numba.config": "config",
    "numba.core": "core",
    "numba.core.cgutils": "core.cgutils",
    "numba.core.config": "config",
    "numba.core.errors": "cumbia.core.errors",
    "numba.core.types": "cumbia.types",
    "numba.cuda": "cumbia.cuda",
    "numba.cuda.bf16": "cumbia.cuda.bf16",
    "numba.cuda.cg": "cumbia.cuda.cg",
    "numba.cuda.cudadrv": "cudadrv",
    "numba.cuda.cudadrv.devices": "cudadrv.devices",
    "numba.cuda.cudadrv.driver": "cudadrv.driver",
    "numba.cuda.cudadrv.error": "cudadrv.error",
    "numba.cuda.fp16": "cumbia.cuda.fp16",
    "numba.cuda.libdevice": "cumbia.cuda.libdevice",
    "numba.cuda.random": "cumbia.cuda.random",
    "numba.cuda.types": "cumbia.types",
    "numba.errors": "cumbia.errors",
    "numba.experimental": "experimental",
    "numba.experimental.structref": "cumbia._structref",
    "numba.extending": "extending",
    "numba.np": "np",
    "numba.np.linalg": "np.linalg",
    "numba.np.numpy_support": "np.numpy_support",
    "numba.np.ufunc": "np.ufunc",
    "numba.np.ufunc.dufunc": "np.ufunc.dufunc",
    "numba.np.ufunc.gufunc": "np.ufunc.gufunc",
    "numba.typed": "cumbia.typed",
    "numba.typed.typeddict": "typed.typeddict",
    "numba.typed.typedlist": "typed.typedlist",
    "numba.types": "cumbia.types",
}

# Those above that are no module of cumbia's: made of what they have.
MADE: dict[str, Callable[[], dict[str, Any]]] = {
    "config": lambda: _settings(),
    "core": dict,
    "core.cgutils": lambda: {**_intrinsics.known_in_cgutils(), "__getattr__": _no_cgutils},
    "cudadrv": dict,
    "cudadrv.devices": lambda: _of_cuda("gpus", "get_context"),
    "cudadrv.driver": lambda: _of_cuda("CudaAPIError"),
    "cudadrv.error": lambda: _of_cuda("CudaSupportError"),
    "experimental": lambda: {"jitclass": _jitclass.jitclass, "structref": import_module("cumbia._structref")},
    "extending": lambda: {**vars(import_module("cumbia.extending")), "intrinsic": _intrinsic},
    "np": dict,
    "np.linalg": lambda: {"_BLAS": internal(_NO_INTERNALS), "_LAPACK": internal(_NO_INTERNALS)},
    "np.numpy_support": lambda: {"as_dtype": _as_dtype, "from_dtype": import_module("cumbia").from_dtype},
    "np.ufunc": dict,
    "np.ufunc.dufunc": lambda: {"DUFunc": import_module("numpy").ufunc},
    "np.ufunc.gufunc": lambda: {"GUFunc": import_module("numpy").ufunc},
    "typed.typeddict": lambda: {"Dict": import_module("cumbia.typed").Dict},
    "typed.typedlist": lambda: {"List": import_module("cumbia.typed").List},
}

PACKAGES = (
    "numba", "numba.core", "numba.cuda", "numba.cuda.cudadrv", "numba.experimental", "numba.np", "numba.np.ufunc", "numba.typed",
)  # fmt: skip

INSTEAD = {
    "numba.pycc": "compiled code is kept on disk by itself: leave it away",
    "jitclass": "it is numba.experimental.jitclass",
    "deferred_type": "objects that refer to their own class aren't compiled: keep positions in arrays or lists instead",
    "generated_jit": "functions are compiled for the types they get: write one with isinstance()",
}

_NO_OBJECT_MODE = "there is no object mode: call Python outside of the function"
_NO_INTRINSICS = "an @intrinsic writes code for Numba's compiler: write it in Python, or call C"

_NO_INTERNALS = "this is of the inside of Numba's compiler: call the functions of np.linalg"

# Of the Numba whose names these are.
VERSION = "0.61.0"


def _settings() -> dict[str, Any]:
    """What is in `numba.config`: compiled code may ask; what is set is kept, and has no effect."""
    from cumbia import _cumbia

    most = _cumbia._most_threads()
    return {
        "NUMBA_NUM_THREADS": most,
        "NUMBA_DEFAULT_NUM_THREADS": most,
        "THREADING_LAYER": "default",
        "THREADING_LAYER_PRIORITY": ["tbb", "omp", "workqueue"],
        "CACHE_DIR": os.environ.get("CUMBIA_CACHE_DIR", ""),
        "DISABLE_JIT": 0,
        "ENABLE_CUDASIM": int(os.environ.get("CUMBIA_CUDA") == "emulate"),
    }


class _Refused:
    """What stands for a name that programs may import and can't use: compiling it is refused.

    It is called by its class's name in the compiler's messages.
    """

    def __init__(self, why: str) -> None:
        self._why = why

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError(self._why)


class objmode(_Refused):
    """`numba.objmode`."""


class intrinsic(_Refused):
    """What `numba.extending.intrinsic` makes: a function of compiled code, where it is one of numbers."""

    def __init__(self, function: Any) -> None:
        super().__init__(f"{function.__name__}() is an intrinsic: it can be called in compiled code only")
        functools.update_wrapper(self, function)
        extending._carry(self, lambda _, *types: _intrinsics.of_types(function.__name__, function, types))


class internal(_Refused):
    """A part of Numba's own."""


class _Finder(MetaPathFinder, Loader):
    """Finds `numba` and what is below it, and nothing else."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != "numba" and not name.startswith("numba."):
            return None
        if name != "numba" and name not in MODULES:
            below = name.split(".")[1]
            instead = INSTEAD.get(f"numba.{below}") or INSTEAD.get(below)
            if instead:
                # `from numba import cuda` asks for it, and would keep a ModuleNotFoundError to itself.
                raise ImportError(f"cumbia has no {name} in Numba's place: {instead}", name=name)
            raise ModuleNotFoundError(f"no module {name!r} with cumbia in Numba's place", name=name)
        return ModuleSpec(name, self, is_package=name in PACKAGES)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return _numba() if spec.name == "numba" else _module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing: it is there already."""


def install() -> None:
    """Have `import numba` give cumbia from here on.

    Raises
    ------
    RuntimeError
        If Numba itself was imported before.
    """
    there = sys.modules.get("numba")
    if there is not None:
        if getattr(there, "__cumbia__", False):
            return
        raise RuntimeError("numba is imported already: ask for cumbia in its place before that")
    sys.meta_path.insert(0, _Finder())


def stands_for(name: str, otherwise: Any) -> Any:
    """Give what `import` of one of Numba's modules would give, installing nothing.

    Parameters
    ----------
    name : str
        ``numba`` or one below it.
    otherwise : object
        The result for what isn't there.

    Returns
    -------
    object
    """
    if name == "numba":
        made = _numba()
        # Who asks looks for `jit` itself.
        made.jit = made.njit = import_module("cumbia").jit  # type: ignore[attr-defined]
        return made
    return _module(name) if name in MODULES else otherwise


def _numba() -> ModuleType:
    import cumbia

    made = ModuleType("numba", "cumbia, by Numba's names.")
    made.__cumbia__ = True  # type: ignore[attr-defined]
    made.__path__ = []
    made.__version__ = f"{VERSION}+cumbia.{cumbia.__version__}"  # type: ignore[attr-defined]
    made.version_info = tuple(int(part) for part in VERSION.split("."))  # type: ignore[attr-defined]
    for name in cumbia.__all__:
        if not name.startswith("_"):
            setattr(made, name, getattr(cumbia, name))
    made.jit = _with_fewer_signatures(cumbia.jit)  # type: ignore[attr-defined]
    made.njit = made.jit  # type: ignore[attr-defined]
    made.objmode = made.objmode_context = objmode(_NO_OBJECT_MODE)  # type: ignore[attr-defined]
    made.optional = cumbia.types.optional  # type: ignore[attr-defined]

    def get(name: str) -> Any:
        if f"numba.{name}" in MODULES:
            return _module(f"numba.{name}")
        hint = INSTEAD.get(name) or INSTEAD.get(f"numba.{name}")
        instead = f": {hint}" if hint else ""
        raise AttributeError(f"cumbia has no {name!r} in Numba's place{instead}", name=name, obj=made)

    made.__getattr__ = get  # type: ignore[method-assign]
    return made


@functools.cache
def _module(name: str) -> ModuleType:
    stands = MODULES[name]
    if stands not in MADE:
        found = import_module(stands)
        for below in MODULES:
            # `from numba.typed import typedlist` asks the module, which has another name.
            if below.rpartition(".")[0] == name and MODULES[below] in MADE:
                setattr(found, below.rpartition(".")[2], _module(below))
        return found
    if stands == "config" and name != "numba.config":
        return _module("numba.config")
    made = ModuleType(name, "cumbia, by Numba's names.")
    made.__getattr__ = functools.partial(_below, name)  # type: ignore[method-assign]
    made.__dict__.update(MADE[stands]())
    return made


def _below(name: str, attribute: str) -> ModuleType:
    """Give a module of a package that was imported by its own name."""
    if f"{name}.{attribute}" in MODULES:
        return _module(f"{name}.{attribute}")
    raise AttributeError(f"cumbia has no {name}.{attribute} in Numba's place", name=attribute)


def _of_cuda(*names: str) -> dict[str, Any]:
    """Give what `cumbia.cuda` has of a part of Numba's inside."""
    cuda = import_module("cumbia.cuda")
    return {name: getattr(cuda, name) for name in names if hasattr(cuda, name)}


def _as_dtype(one: Any) -> Any:
    """Give NumPy's dtype for a type of numbers or records."""
    import numpy

    from cumbia.types import Record, Scalar

    if isinstance(one, Record):
        return one.dtype
    if isinstance(one, Scalar):
        return numpy.dtype(one.name)
    raise TypeError(f"there is no dtype for {one!r}")


def _with_fewer_signatures(jit: Any) -> Any:
    """Give `jit` for signatures as Numba's programs have them."""

    @functools.wraps(jit)
    def instead(signature_or_function: Any = None, **options: Any) -> Any:
        given = options.pop("signature", signature_or_function)
        given_locals = options.pop("locals", None) or {}
        _options.resolve({"locals": given_locals})
        declared = _declared_variables(given_locals)
        if declared:
            options["locals"] = declared
        if not _signature.is_signature(given):
            return jit(given, **options)
        fewer = _fewer(given)
        given = _signature.parse_all(given)

        def decorate(function: Any) -> Any:
            own = {**options, "locals": _options.Declared({**_declared_by(given, function), **declared})}
            if fewer is None:
                return jit(None, **own)(function)
            return _at_once_or_when_called(jit, fewer, own, function)

        return decorate

    return instead


def _declared_variables(given: Any) -> Any:
    """What `locals=` declares of numbers; other types are what is stored anyway."""
    types = {name: _signature.parse_type(one) if isinstance(one, str) else one for name, one in given.items()}
    return _options.Declared({name: one.name for name, one in types.items() if _converts(one)})


def _converts(one: Any) -> bool:
    """Whether a declared type is one of numbers that values are converted to."""
    from cumbia.types import Scalar

    return isinstance(one, Scalar) and one.name not in ("float16", "bfloat16")


def _declared_by(signatures: list[Any], function: Any) -> dict[str, str]:
    """What signatures declare of the result, and one alone of parameters.

    Numba compiles for these alone, so callers' numbers are converted.
    """
    found = {}
    results = {one.returns for one in signatures}
    if len(results) == 1 and _converts(signatures[0].returns):
        found["return"] = signatures[0].returns.name
    code = getattr(function, "__code__", None)
    if len(signatures) == 1 and code is not None:
        for name, one in zip(code.co_varnames[: code.co_argcount], signatures[0].args):
            if _converts(one):
                found[f"arg.{name}"] = one.name
    return found


def _at_once_or_when_called(jit: Any, signatures: list[Any], options: dict[str, Any], function: Any) -> Any:
    """Compile a function for its signatures, or for its calls if it is refused for these.

    What is refused is then refused where it is called, so that the module around it can be imported.
    """
    from cumbia import CompileError

    try:
        return jit(signatures, **options)(function)
    except CompileError:
        return jit(None, **options)(function)


def _fewer(given: Any) -> Any:
    """Give signatures of arguments alone; None where one names what cumbia's signatures can't."""
    from cumbia._type_kinds import Literal, Opaque, _Of
    from cumbia.types import Signature, Tuple, Type

    def nameable(one: Type) -> bool:
        if isinstance(one, Tuple):
            return all(map(nameable, one.items))
        return not isinstance(one, (Literal, Opaque, _Of))

    found = [Signature(None, one.args) for one in _signature.parse_all(given)]
    return found if found and all(nameable(arg) for one in found for arg in one.args) else None


def _intrinsic(*given: Any, **_: Any) -> Any:
    """`numba.extending.intrinsic`, with and without options."""
    return intrinsic(given[0]) if given and callable(given[0]) else intrinsic


def _no_cgutils(name: str) -> Any:
    raise AttributeError(f"cumbia has no numba.core.cgutils.{name} in Numba's place: {_NO_INTRINSICS}", name=name)
