"""``cuda.jit``: kernels and device functions, their specializations and what was made of them.

A kernel is compiled once for each tuple of argument types; a specialization makes assembly for
each architecture and each set of facts about a launch that it is asked for, and keeps it. Who
runs it is `_launchers`' business.
"""

from __future__ import annotations

import functools
import operator
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

from cumbia import _decorator, _signature
from cumbia.cuda import _extensions, _launchers, _linkable, _toolkit
from cumbia.cuda._errors import CudaSupportError, KernelLaunchError
from cumbia.cuda._streams import Stream
from cumbia.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable

    from cumbia._cumbia import Kernel as CompiledKernel

__all__ = [
    "DeviceFunction",
    "Kernel",
    "Specialization",
    "jit",
]

# The limits of all devices.
MOST_THREADS = 1024
# Which of a kernel's resources is the number of threads.
MAX_THREADS = 4
MOST_BLOCK = (1024, 1024, 64)
MOST_GRID = (2**31 - 1, 65535, 65535)
# Configurations that a kernel keeps.
MOST_CONFIGURED = 256

# Options that Numba's `cuda.jit` has and that change nothing here: why.
_TAKEN = ("inline", "forceinline", "cache", "fastmath")


class Site(NamedTuple):
    """Where an exception starts or passes, by its number in an error record."""

    function: str
    filename: str
    internal: bool
    line: int
    column: int
    exception: str | None
    message: str


class Code(NamedTuple):
    """A kernel's assembly for an architecture."""

    ptx: str
    name: str
    sites: tuple[Site, ...]


class Specialization:
    """A kernel for one tuple of argument types.

    Attributes
    ----------
    kernel : Kernel
        Whose it is.
    types : tuple of str
        The types of the arguments.
    """

    def __init__(self, kernel: Kernel, compiled: CompiledKernel) -> None:
        self.kernel = kernel
        self.compiled = compiled
        self.types = tuple(compiled.types())
        self._codes: dict[tuple[tuple[str, int], ...], Code] = {}
        # What launchers keep, by their names.
        self.launched: dict[str, Any] = {}

    def parameters(self) -> list[tuple[Any, ...]]:
        """What the kernel takes, in order.

        Returns
        -------
        list of tuple
            ``("data", array)``, ``("extent", array, axis)``, ``("stride", array, axis)`` or
            ``("scalar", type)``. Behind all of them comes the address of the error record, then
            that of 8 bytes of the launch's own, 0 at first, if the kernel is `cooperative`.
        """
        return self.compiled.parameters()

    def code(self, sm: int, *, apart: bool = False) -> Code:
        """Give the assembly for an architecture.

        Parameters
        ----------
        sm : int
            The architecture: 80 is sm_80.
        apart : bool
            Whether the arrays of the launch share no element, unless none of them is written,
            and each begins at a multiple of 16 bytes.
        """
        options = dict(self.options(), sm=sm, apart=int(apart))
        key = tuple(sorted(options.items()))
        if key not in self._codes:
            ptx, name, sites = self.compiled.ptx(options)
            self._codes[key] = Code(ptx, name, tuple(Site(*site) for site in sites))
        return self._codes[key]

    def linked(self, sm: int) -> list[tuple[str, str, bytes]]:
        """What it is linked with, for an architecture: kind, name and bytes of other code."""
        given = list(self.kernel._link)
        for key in self.compiled.linked():
            given += _linkable.DECLARED[key]
        return _linkable.inputs(given, sm)

    @property
    def cooperative(self) -> bool:
        """Whether it asks for its whole grid, so that all blocks are there at once."""
        return self.compiled.is_whole

    def max_cooperative_grid_blocks(self, blockdim: Any, dynsmemsize: int = 0) -> int:
        """Give how many blocks of these sizes there are at once: most if it is `cooperative`."""
        x, y, z = _extents("blockdim", blockdim, MOST_BLOCK)
        shared = operator.index(dynsmemsize)
        if shared < 0:
            raise ValueError(f"dynsmemsize is a number of bytes, not {shared}")
        return _launchers.current().most_at_once(self, x * y * z, shared)

    def options(self) -> dict[str, int]:
        """The limits that its code is made for."""
        return self.kernel._limits

    def llvm(self, sm: int, *, apart: bool = False) -> str:
        """Give LLVM's IR after its passes, as text."""
        return self.compiled.llvm(dict(self.options(), sm=sm, apart=int(apart)), True)

    def ir(self) -> str:
        """Give cumbia's IR as text."""
        return self.compiled.ir()

    def holds(self) -> bool:
        """Whether all names still mean what they did."""
        return self.compiled.holds()


class Configured:
    """A kernel with the shape of a launch: what ``kernel[grid, block]`` gives."""

    __slots__ = (
        "_extensions", "_launch", "_launcher", "_plain", "block", "grid", "kernel", "shared", "stream",
    )

    def __init__(
        self,
        kernel: Kernel,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        stream: Any,
        shared: int,
    ) -> None:
        self.kernel, self.grid, self.block = kernel, grid, block
        self.stream, self.shared = stream, shared
        # The kernel's own list, which a program may add to, and the same launch without it.
        self._extensions: Any = kernel.extensions
        self._plain: Configured | None = None
        # What launches, if the launcher has it, and whose it is.
        self._launch: Any = None
        self._launcher: Any = None

    def __call__(self, *args: Any) -> None:
        if self._extensions:
            _extensions.launch(self, args)
            return
        launcher = _launchers.current()
        if self._launcher is not launcher:
            self._prepare(launcher)
        if self._launch is not None:
            self._launch(*args)
            return
        specialization = self.kernel._for(launcher.types(args), launcher.inside(args))
        compiled = specialization.launched.get(launcher.name)
        if compiled is None:
            compiled = specialization.launched[launcher.name] = launcher.compile(specialization)
        launcher.launch(compiled, self.grid, self.block, self.stream, self.shared, args)

    def access_report(self, *args: Any) -> Any:
        """Run the launch emulated, and tell how its warps access memory.

        Parameters
        ----------
        *args
            As for the launch itself.

        Returns
        -------
        AccessReport
            By lines: sectors of global memory and turns at the banks of shared memory, and how
            many times the least that is. As text it is a table.
        """
        launcher = _launchers.current()
        if launcher.name != "emulate":
            raise CudaSupportError(
                "only emulated kernels tell of their accesses: set CUMBIA_CUDA=emulate"
            )
        specialization = self.kernel._for(launcher.types(args), launcher.inside(args))
        return launcher.report(specialization, self.grid, self.block, self.shared, args)

    def _prepare(self, launcher: Any) -> None:
        stated = (self.kernel, self.grid, self.block, self.stream, self.shared)
        self._launch = launcher.configured(*stated)
        self._launcher = launcher

    def bind(self, *args: Any) -> Any:
        """Give the launch with these arguments, which are read now and kept.

        Called without arguments it launches, with less to do than a call with them. Arrays are
        on the device; numbers are those of now.
        """
        launcher = _launchers.current()
        if self._launcher is not launcher:
            self._prepare(launcher)
        if self._launch is None:
            return functools.partial(self, *args)
        return self._launch.bind(*args)

    # By Numba's names.

    @property
    def griddim(self) -> tuple[int, int, int]:
        """Blocks along each axis."""
        return self.grid

    @property
    def blockdim(self) -> tuple[int, int, int]:
        """Threads of a block along each axis."""
        return self.block

    @property
    def sharedmem(self) -> int:
        """Bytes of shared memory that the launch gives."""
        return self.shared

    def __reduce__(self) -> Any:
        return Configured, (self.kernel, self.grid, self.block, self.stream, self.shared)

    def __repr__(self) -> str:
        return f"<{self.kernel!r} with grid {self.grid} and block {self.block}>"


class ForAll:
    """A launch with at least one thread for each of so many elements."""

    def __init__(self, kernel: Kernel, ntasks: int, tpb: int, stream: Any, sharedmem: int) -> None:
        if ntasks < 0:
            raise ValueError(f"Can't create ForAll with negative task count: {ntasks}")
        self.kernel, self.ntasks, self.tpb = kernel, ntasks, tpb
        self.stream, self.sharedmem = stream, sharedmem

    def __call__(self, *args: Any) -> None:
        if self.ntasks == 0:
            return
        threads = self.tpb or 256
        blocks = -(-self.ntasks // threads)
        self.kernel[blocks, threads, self.stream, self.sharedmem](*args)


def _flat(configuration: Any) -> list[Any]:
    """The numbers of a configuration; what isn't hashed by its value is no number."""
    flat = []
    for item in configuration:
        flat.extend(item if type(item) is tuple else (item,))
    return flat


def _extents(what: str, given: Any, limits: tuple[int, int, int]) -> tuple[int, int, int]:
    """A grid or block as three numbers, within the limits of devices."""
    items = tuple(given) if isinstance(given, (tuple, list)) else (given,)
    shown = list(items)
    if not 1 <= len(items) <= 3:
        raise ValueError(f"{what} must be a sequence of 1, 2 or 3 integers, got {shown}")
    try:
        numbers = tuple(operator.index(item) for item in items)
    except TypeError:
        raise TypeError(f"{what} must be a sequence of integers, got {shown}") from None
    numbers += (1,) * (3 - len(numbers))
    for axis, (number, limit) in enumerate(zip(numbers, limits)):
        if not 1 <= number <= limit:
            raise KernelLaunchError(
                f"{what} has {number} along axis {axis}; from 1 to {limit} are possible"
            )
    return numbers  # type: ignore[return-value]


class Kernel:
    """A function whose threads run on a device: what ``@cuda.jit`` gives.

    ``kernel[grid, block, stream, shared](*args)`` launches it; the last two may be left out.
    """

    def __init__(
        self,
        func: FunctionType,
        signatures: list[Any],
        options: dict[str, Any],
        limits: dict[str, int],
        link: tuple[_linkable.LinkableCode, ...] = (),
        extensions: tuple[Any, ...] = (),
    ) -> None:
        self._start(_decorator.jit(func, **options), limits, link, extensions)
        for signature in signatures:
            self._compile(signature)
        self._closed = bool(signatures)

    def _start(
        self,
        dispatcher: Any,
        limits: dict[str, int],
        link: tuple[_linkable.LinkableCode, ...] = (),
        extensions: tuple[Any, ...] = (),
    ) -> None:
        func = self.py_func = dispatcher.py_func
        self._limits, self._dispatcher, self._link = limits, dispatcher, link
        self.extensions: list[Any] = list(extensions)
        self._specializations: dict[tuple[str, ...], Specialization] = {}
        # What was asked for by subscripts: most programs have few.
        self._configured: dict[Any, Configured] = {}
        # What `specialize` gave.
        self._specialized: dict[tuple[str, ...], Kernel] = {}
        self._closed = False
        functools.update_wrapper(self, func)

    def __repr__(self) -> str:
        return f"<cuda.jit of {self.py_func.__qualname__}>"

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        raise ValueError(
            f"{self.py_func.__name__}() is a kernel, and its launch configuration was not specified: "
            f"write {self.py_func.__name__}[blocks, threads](...)"
        )

    def __getitem__(self, configuration: Any) -> Configured:
        # Equal numbers of other types are equal keys.
        try:
            key = configuration, type(configuration[0]), type(configuration[1])
            return self._configured[key]
        except (KeyError, TypeError, IndexError):
            made = self._configure(configuration)
        if all(type(item) in (int, Stream) for item in _flat(configuration)):
            if len(self._configured) >= MOST_CONFIGURED:
                self._configured.clear()
            self._configured[key] = made
        return made

    def _configure(self, configuration: Any) -> Configured:
        if not isinstance(configuration, tuple) or not 2 <= len(configuration) <= 4:
            raise ValueError(
                "a launch takes at least blocks and threads: kernel[grid, block], "
                "kernel[grid, block, stream] or kernel[grid, block, stream, shared]"
            )
        grid, block, stream, shared = (*configuration, 0, 0)[:4]
        grid = _extents("griddim", grid, MOST_GRID)
        block = _extents("blockdim", block, MOST_BLOCK)
        threads = block[0] * block[1] * block[2]
        most = self._limits.get("max_threads") or MOST_THREADS
        if threads > most:
            raise KernelLaunchError(
                f"a block of {block[0]} x {block[1]} x {block[2]} has {threads} threads; "
                f"at most {most} are possible"
            )
        shared = operator.index(shared)
        if shared < 0:
            raise KernelLaunchError(f"a launch can't give {shared} bytes of shared memory")
        return Configured(self, grid, block, stream, shared)

    def bind(self, grid: Any, block: Any, *args: Any, stream: Any = 0, shared: int = 0) -> Any:
        """Give a launch whose arguments are read now: as ``kernel[grid, block].bind(*args)``."""
        return self[grid, block, stream, shared].bind(*args)

    def forall(self, ntasks: int, tpb: int = 0, stream: Any = 0, sharedmem: int = 0) -> ForAll:
        """Give a launch with a thread for each of `ntasks` elements.

        Parameters
        ----------
        ntasks : int
            How many elements.
        tpb : int
            Threads of a block; 0 leaves the choice.
        stream : object
            As for a launch.
        sharedmem : int
            Bytes of shared memory that the launch gives.
        """
        return ForAll(self, ntasks, tpb, stream, sharedmem)

    def compile(self, signature: Any) -> Specialization:
        """Compile for the types of a signature."""
        return self._compile(signature)

    def _compile(self, signature: Any) -> Specialization:
        (one,) = _signature.parse_all(signature)
        return self._compile_text(one.canonical())

    def _compile_text(self, types: str) -> Specialization:
        """Compile for the compiler's text of a signature."""
        from cumbia._cumbia import _kernel

        return self._kept(_kernel(self._dispatcher, types))

    def _kept(self, compiled: CompiledKernel) -> Specialization:
        made = Specialization(self, compiled)
        self._specializations[made.types] = made
        return made

    def _for(self, types: tuple[str, ...], args: tuple[Any, ...]) -> Specialization:
        """The specialization for arguments of these types."""
        found = self._specializations.get(types)
        if found is not None and found.holds():
            return found
        if self._closed and found is None:
            return self._nearest(types, args)
        from cumbia._cumbia import _kernel

        return self._kept(_kernel(self._dispatcher, args))

    def _nearest(self, types: tuple[str, ...], args: tuple[Any, ...]) -> Specialization:
        """The specialization for whose signature these arguments are converted."""
        from cumbia._cumbia import _nearest_kernel

        given = list(self._specializations.values())
        at = _nearest_kernel(args, [one.compiled for one in given])
        if at is None:
            known = "".join(f"\n    ({', '.join(one.types)})" for one in given)
            raise TypeError(
                f"no signature of the kernel {self.py_func.__name__}() takes "
                f"({', '.join(types)}). It was compiled for:{known}"
            )
        if given[at].holds():
            return given[at]
        return self._compile_text(f"({', '.join(given[at].types)})")

    def specialize(self, *args: Any) -> Kernel:
        """Compile for these arguments or types, and give a kernel that takes no other types.

        Parameters
        ----------
        *args
            Arguments as of a launch, or their types.
        """
        from cumbia._cumbia import _kernel_types
        from cumbia.cuda._driver import _inside

        if self._closed:
            name = self.py_func.__name__
            raise RuntimeError(f"Dispatcher already specialized: {name}() takes given types only")
        if args and all(isinstance(arg, Type) for arg in args):
            types = tuple(arg.canonical() for arg in args)
            made = self._specializations.get(types)
            if made is None or not made.holds():
                made = self._compile_text(f"({', '.join(types)})")
        else:
            # No device is needed.
            inside = tuple(map(_inside, args))
            made = self._for(tuple(_kernel_types(inside)), inside)
        only = self._specialized.get(made.types)
        if only is None or only._specializations[made.types] is not made:
            only = Kernel.__new__(Kernel)
            only.__dict__.update(self.__dict__)
            only._specializations, only._closed = {made.types: made}, True
            only._configured, only._specialized = {}, {}
            self._specialized[made.types] = only
        return only

    @property
    def specialized(self) -> bool:
        """Whether it takes no types but those that it is compiled for."""
        return self._closed

    @property
    def specializations(self) -> dict[tuple[str, ...], Kernel]:
        """What `specialize` has given, by the types of the arguments."""
        return _ByTypes(self._specialized)

    def __reduce__(self) -> Any:
        # Without signatures it is compiled anew for what it is launched with.
        given = self._specializations if self._closed else ()
        compiled = [f"({', '.join(types)})" for types in given]
        started = (self._dispatcher, self._limits, self._link, tuple(self.extensions))
        return _kernel_of, (started, compiled, self._closed)

    @property
    def overloads(self) -> dict[tuple[str, ...], Specialization]:
        """The specializations, by the types of their arguments."""
        return _ByTypes(self._specializations)

    @property
    def signatures(self) -> list[tuple[str, ...]]:
        """The types that it is compiled for."""
        return list(self._specializations)

    @property
    def stats(self) -> Any:
        """How often code for it came from the cache, and how often not: as a dispatcher's."""
        return self._dispatcher.stats

    def _each(self, signature: Any, text: Callable[[Specialization], str]) -> Any:
        if signature is None:
            return _ByTypes({types: text(one) for types, one in self._specializations.items()})
        if isinstance(signature, tuple) and signature in self._specializations:
            return text(self._specializations[signature])
        return text(self._compile(signature))

    def inspect_asm(self, signature: Any = None, *, cc: Any = None) -> Any:
        """Give the assembly (PTX) of a signature, or of all by their types."""
        sm = _architecture(cc)
        return self._each(signature, lambda one: one.code(sm, apart=True).ptx)

    def inspect_llvm(self, signature: Any = None, *, cc: Any = None) -> Any:
        """Give LLVM's IR of a signature, or of all by their types."""
        sm = _architecture(cc)
        return self._each(signature, lambda one: one.llvm(sm, apart=True))

    def inspect_sass(self, signature: Any = None, *, cc: Any = None) -> Any:
        """Give the device's own instructions of a signature, or of all by their types.

        NVIDIA's ``ptxas`` and ``nvdisasm`` make them, which have to be installed; no device is
        asked. Lines of the source stand between them if the kernel has ``lineinfo=True``.
        """
        return self._each(signature, lambda one: _toolkit.disassemble(self._cubin(one, cc)))

    def inspect_sass_cfg(self, signature: Any = None, *, cc: Any = None) -> Any:
        """Give the graph of the blocks of `inspect_sass`, in the language of Graphviz."""
        return self._each(
            signature, lambda one: _toolkit.disassemble(self._cubin(one, cc), flow=True)
        )

    def inspect_lto_ptx(self, signature: Any = None) -> Any:
        """Refused: there is no optimization at link time, since kernels are compiled as a whole."""
        raise CudaSupportError(
            "there is no assembly of link-time optimization: a kernel is compiled with all that "
            "it calls, and inspect_asm() gives that"
        )

    def _cubin(self, one: Specialization, cc: Any) -> bytes:
        sm = _architecture(cc)
        code = one.code(sm, apart=True)
        return _toolkit.assemble(
            code.ptx, sm, one.options(), "inspect_sass()", one.linked(sm)
        )[0]

    def _assembled(self, one: Specialization, which: int) -> int:
        """What the assembler says that a specialization takes, for want of a device."""
        if which == MAX_THREADS:
            return one.options().get("max_threads") or MOST_THREADS
        sm = _architecture(None)
        code = one.code(sm, apart=True)
        _, said = _toolkit.assemble(
            code.ptx, sm, one.options(), "without a device this", one.linked(sm)
        )
        return _toolkit.resources(said, code.name)[which]

    def _resources(self, signature: Any, which: int) -> Any:
        """What a specialization takes of the device, or all by their types.

        Without a device it is the assembler that says it, for the lowest architecture.
        """
        launcher = _launchers.current() if _launchers.is_available() else None
        if hasattr(launcher, "loaded"):
            found = self._each(signature, lambda one: launcher.loaded(one).resources()[which])
        else:
            found = self._each(signature, lambda one: self._assembled(one, which))
        # One that takes given types alone has one answer.
        if signature is None and self._closed and len(found) == 1:
            (found,) = found.values()
        return found

    def get_regs_per_thread(self, signature: Any = None) -> Any:
        """Give how many registers a thread has on the device, of a signature or of all."""
        return self._resources(signature, 0)

    def get_shared_mem_per_block(self, signature: Any = None) -> Any:
        """Give how many bytes of shared memory a block has, without what launches give."""
        return self._resources(signature, 1)

    def get_local_mem_per_thread(self, signature: Any = None) -> Any:
        """Give how many bytes of local memory a thread has."""
        return self._resources(signature, 2)

    def get_const_mem_size(self, signature: Any = None) -> Any:
        """Give how many bytes of constants it has."""
        return self._resources(signature, 3)

    def get_max_threads_per_block(self, signature: Any = None) -> Any:
        """Give how many threads a block has at most on the device."""
        return self._resources(signature, 4)

    def inspect_types(self, file: Any = None) -> None:
        """Print for each specialization the types of its arguments and its IR."""
        for types, one in self._specializations.items():
            print(f"{self.py_func.__qualname__} ({', '.join(types)})", file=file)
            print("-" * 80, file=file)
            print(one.ir(), file=file)


class _ByTypes(dict[tuple[str, ...], Any]):
    """What is kept by types as texts; types of `cumbia.types` find it too."""

    def __missing__(self, key: Any) -> Any:
        texts = tuple(one.canonical() if isinstance(one, Type) else one for one in key)
        if texts in self:
            return self[texts]
        raise KeyError(key)


def _kernel_of(started: tuple[Any, ...], compiled: list[str], closed: bool) -> Kernel:
    """A kernel that was pickled: its specializations are compiled anew."""
    made = Kernel.__new__(Kernel)
    made._start(*started)
    for types in compiled:
        made._compile_text(types)
    made._closed = closed
    return made


def _device_function_of(dispatcher: Any) -> DeviceFunction:
    """A device function that was pickled."""
    made = DeviceFunction.__new__(DeviceFunction)
    made._start(dispatcher)
    return made


class DeviceFunction:
    """A function that kernels call: what ``@cuda.jit(device=True)`` gives."""

    def __init__(self, func: FunctionType, options: dict[str, Any]) -> None:
        self._start(_decorator.jit(func, **options))

    def _start(self, dispatcher: Any) -> None:
        self.py_func: Any = dispatcher.py_func
        self._dispatcher = dispatcher
        functools.update_wrapper(self, self.py_func)

    def __reduce__(self) -> Any:
        return _device_function_of, (self._dispatcher,)

    def __getitem__(self, configuration: Any) -> Any:
        raise RuntimeError(
            "Cannot compile a device function as a kernel: "
            f"{self.py_func.__name__}() isn't launched, kernels call it"
        )

    def inspect_sass(self, signature: Any = None) -> Any:
        """Refused: a device function has no code of its own."""
        raise RuntimeError("Cannot inspect SASS of a device function: it is part of its kernels")

    def __repr__(self) -> str:
        return f"<cuda.jit(device=True) of {self.py_func.__qualname__}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            f"{self.py_func.__name__}() is a device function: only kernels call it; decorate it "
            "with cumbia.jit to have it for the host too"
        )


def jit(
    func_or_sig: Any = None,
    *,
    device: bool = False,
    launch_bounds: int | tuple[int, ...] | None = None,
    max_registers: int | None = None,
    boundscheck: bool | None = None,
    debug: bool = False,
    lineinfo: bool = False,
    opt: bool | None = None,
    link: Any = None,
    extensions: Any = None,
    **options: Any,
) -> Any:
    """Compile a function for a device: a kernel, or with ``device=True`` one that kernels call.

    Parameters
    ----------
    func_or_sig : function, signature or list of signatures, optional
        The function itself, or what to compile it for at once; it takes no other types then.
    device : bool
        Whether it is a function that kernels call, which may return something.
    launch_bounds : int or tuple of int, optional
        Most threads of a block, and how many blocks a multiprocessor is to have at once.
    max_registers : int, optional
        Most registers of a thread.
    boundscheck : bool
        Whether indices of arrays are checked, as they are by default; an index out of range is
        an IndexError after the launch.
    debug : bool
        Whether the code has what ``cuda-gdb`` asks for: places in the source, nothing optimized
        unless ``opt=True``.
    lineinfo : bool
        Whether optimized code names the lines that it comes from, for profilers.
    opt : bool, optional
        Whether LLVM and the driver's assembler optimize; by default they do unless `debug`.
        cumbia's own passes run in any case.
    **options
        ``fastmath`` as for `cumbia.jit`; ``inline``, ``forceinline`` and ``cache`` are taken and
        change nothing. Others are refused.
    link : list of path or LinkableCode, optional
        Other code that a kernel is linked with: files of assembly, cubins, fatbins, objects,
        archives and CUDA C, by their extensions, or ``cuda.PTXSource`` and its sisters.
    extensions : list of object, optional
        Objects whose ``prepare_args(ty, value, stream=, retr=)`` sees each argument before a
        launch and gives type and value in its place, the last one first; functions that it
        adds to ``retr`` are called behind the launch.

    Returns
    -------
    Kernel, DeviceFunction or decorator
    """
    if link and device:
        raise ValueError(
            "link keyword invalid for device function: say it where the kernel is, or in "
            "cuda.declare_device"
        )
    linked, extended = _linkable.codes(link), tuple(extensions or ())
    for name in options:
        if name not in _TAKEN:
            raise TypeError(f"cuda.jit() has no option {name!r}; it has: device, launch_bounds, "
                            "max_registers, boundscheck, debug, lineinfo, opt, link, extensions, "
                            f"{', '.join(sorted(_TAKEN))}")
    passed: dict[str, Any] = {"boundscheck": boundscheck is not False, "cache": False}
    if "fastmath" in options:
        passed["fastmath"] = options["fastmath"]
    limits = _limits(launch_bounds, max_registers)
    limits["line_info"] = 2 if debug else int(bool(lineinfo))
    limits["unoptimized"] = int(not (opt if opt is not None else not debug))
    signatures: list[Any] = []

    def decorate(func: Any) -> Any:
        if isinstance(func, (Kernel, DeviceFunction)):
            func = func.py_func
        func = getattr(func, "py_func", func)
        if not isinstance(func, FunctionType):
            raise TypeError(f"cuda.jit() takes a Python function or signatures, not {func!r}")
        if device:
            return DeviceFunction(func, passed)
        return Kernel(func, signatures, passed, limits, linked, extended)

    if func_or_sig is None:
        return decorate
    if _signature.is_signature(func_or_sig):
        signatures = list(_signature.parse_all(func_or_sig))
        return decorate
    return decorate(func_or_sig)


def of_text(func: FunctionType, text: str) -> Kernel:
    """The kernel of a function that was made of this text, which lies in no file."""
    options = {"boundscheck": True, "cache": False, "source": text}
    return Kernel(func, [], options, _limits(None, None))


def _limits(launch_bounds: Any, max_registers: Any) -> dict[str, int]:
    bounds = launch_bounds if isinstance(launch_bounds, tuple) else (launch_bounds or 0,)
    if not 1 <= len(bounds) <= 2:
        raise ValueError(f"launch_bounds has one or two numbers, not {launch_bounds!r}")
    threads, blocks = (*(operator.index(bound) for bound in bounds), 0)[:2]
    if blocks < 0 or not 0 <= threads <= MOST_THREADS or launch_bounds is not None and not threads:
        raise ValueError(f"a block has 1 to at most {MOST_THREADS} threads, not {launch_bounds!r}")
    registers = operator.index(max_registers or 0)
    if not 0 <= registers <= 255:
        raise ValueError(f"a thread has at most 255 registers, not {registers}")
    return {"max_threads": threads, "min_blocks": blocks, "max_registers": registers}


def _architecture(cc: Any) -> int:
    """The architecture of a compute capability: ``(8, 0)``, ``80``, ``"sm_80"`` or nothing."""
    from cumbia._cumbia import _architectures

    known = _architectures()
    if cc is None:
        return known[0]
    if isinstance(cc, str):
        digits = cc.removeprefix("sm_").replace(".", "")
        sm = int(digits) if digits.isdecimal() else 0
    elif isinstance(cc, tuple):
        major, minor = cc
        sm = 10 * operator.index(major) + operator.index(minor)
    else:
        sm = operator.index(cc)
    below = [one for one in known if one <= sm]
    if not below:
        names = ", ".join(f"sm_{one}" for one in known)
        raise ValueError(f"there is no code for compute capability {cc!r}; there is for {names}")
    return below[-1]
