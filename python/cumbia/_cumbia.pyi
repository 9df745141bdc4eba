"""The native module: the dispatcher, as type checkers see it."""

from collections.abc import Callable, Sequence
from inspect import Signature
from types import CellType, CodeType, GenericAlias
from typing import Any, Concatenate, Generic, Literal, ParamSpec, TextIO, TypeVar, final, overload

from cumbia._events import Stats
from cumbia._explain import Explanation
from cumbia._parallel_diagnostics import HtmlText
from cumbia.cuda._offload import Loops
from cumbia.cuda._offload_report import OffloadReport

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
S = TypeVar("S")

@final
class Dispatcher(Generic[P, R]):
    """A compiled function, called as the Python function is."""

    __name__: str
    __qualname__: str
    __module__: str
    __doc__: str | None
    __wrapped__: Callable[P, R]

    def __new__(
        cls,
        func: Callable[P, R],
        source: tuple[
            str, str, int, str, str, str, int | None, int | None, int
        ],
        options: dict[str, Any],
        signatures: Sequence[str],
        /,
    ) -> Dispatcher[P, R]: ...
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...
    @property
    def py_func(self) -> Callable[P, R]:
        """The function as Python runs it."""
    def __class_getitem__(cls, item: Any, /) -> GenericAlias: ...
    def __copy__(self) -> Dispatcher[P, R]: ...
    def __deepcopy__(self, memo: dict[int, Any], /) -> Dispatcher[P, R]: ...
    __code__: CodeType
    __defaults__: tuple[Any, ...] | None
    __kwdefaults__: dict[str, Any] | None
    __closure__: tuple[CellType, ...] | None
    __globals__: dict[str, Any]
    __signature__: Signature
    @overload
    def __get__(self, instance: None, owner: type, /) -> Dispatcher[P, R]: ...
    @overload
    def __get__(
        self: Dispatcher[Concatenate[S, Q], R], instance: S, owner: type | None = None, /
    ) -> Callable[Q, R]: ...
    @property
    def signatures(self) -> list[str]:
        """The types it is compiled for, as text."""
    @property
    def nopython_signatures(self) -> list[str]:
        """As `signatures`: there is no other mode."""
    @property
    def overloads(self) -> dict[str, dict[str, Any]]:
        """By signature: its tier, and the seconds of each stage of compiling it."""
    @property
    def stats(self) -> Stats:
        """Counts of calls and compilations, and the time of each stage in seconds."""
    @property
    def options(self) -> dict[str, Any]:
        """The options it was decorated with."""
    def compile(self, signature: object, /) -> None:
        """Compile for the types of a signature."""
    def recompile(self) -> None:
        """Compile everything anew that it is compiled for."""
    def disable_compile(self, flag: bool = True) -> None:
        """Take no other argument types than those it is compiled for; with False all again."""
    @property
    def tier(self) -> Literal["fast", "best"] | None:
        """Which tier its code is of; None before it is compiled."""
    def inspect_ir(self, signature: object = None, tier: Literal["fast", "best"] = "fast") -> Any:
        """The IR as a tier compiles it: a text for one signature, or a dict of all."""
    def inspect_llvm(self, signature: object = None) -> Any:
        """LLVM's IR after its passes: a text for one signature, or a dict of all."""
    def inspect_asm(self, signature: object = None, tier: Literal["fast", "best"] | None = None) -> Any:
        """The assembly of a tier: a text for one signature, or a dict of all."""
    def inspect_types(
        self,
        file: TextIO | None = None,
        pretty: bool = False,
        style: str = "default",
        *,
        signature: object = None,
    ) -> None:
        """Print the source with the types of its variables and expressions."""
    def _annotations(
        self, signature: object, /
    ) -> list[tuple[str, list[tuple[int, int, str, bool, str]]]]: ...
    def parallel_diagnostics(
        self,
        signature: object = None,
        level: int = 1,
        *,
        format: Literal["text", "html"] = "text",
    ) -> HtmlText | None:
        """Print which loops run on several threads, what is fused, and what is serial and why."""
    def offload_report(self, signature: object = None) -> OffloadReport:
        """Which loops over prange are kernels on a device, and why others aren't."""
    def _offload_report(self, signature: object, /) -> list[tuple[str, Loops | None]]: ...
    def _parallel_report(self, signature: object, /) -> list[tuple[str, list[tuple[Any, ...]]]]: ...
    def explain(self, signature: object = None) -> Explanation:
        """What became of each loop."""
    def wait(self, timeout: float | None = None) -> bool:
        """Have it compiled by the optimizing compiler, and wait until it is done."""
def typeof_(value: object, /) -> str: ...
def _threads() -> int: ...
def _most_threads() -> int: ...
def _set_threads(count: int, /) -> None: ...
def _result_types(function: Dispatcher[..., Any], types: list[str], /) -> tuple[bool, list[str]]: ...
def _calm(function: Dispatcher[..., Any], types: list[str], /) -> bool | None: ...
def _callback(
    dispatcher: Dispatcher[..., Any], shown: object, params: list[str], result: str | None, /
) -> int: ...
def _ufunc(
    name: str,
    doc: str | None,
    layout: str | None,
    inputs: int,
    identity: tuple[int, Any],
    cores: list[list[int]],
    maker: Callable[[int, bool], Dispatcher[..., Any]],
    resolver: Callable[[tuple[Any, ...], tuple[Any, ...] | None], list[str]] | None,
    loops: list[list[str]],
    /,
) -> Any: ...

# What the package's own modules and tests call.
class Kernel:
    """A kernel compiled for argument types."""

    def __getattr__(self, name: str, /) -> Any: ...

# Of `cumbia.cuda`, over NVIDIA's driver.
class Gpu:
    """A device with its context."""

    def __init__(self, ordinal: int, /) -> None: ...
    def __getattr__(self, name: str, /) -> Any: ...

class DeviceMemory:
    """Bytes on a device, or of the host where a device reaches them."""

    def __getattr__(self, name: str, /) -> Any: ...

class DeviceArray:
    """An array on a device, by a NumPy array over its addresses."""

    def __init__(self, array: Any, device: int = -1) -> None: ...
    def __getattr__(self, name: str, /) -> Any: ...

class LoadedKernel:
    """A kernel whose code is on a device."""

    def __init__(
        self, gpu: Gpu, kernel: Kernel, options: dict[str, Any],
        others: list[tuple[str, str, bytes]] = ..., /,
    ) -> None: ...
    def __getattr__(self, name: str, /) -> Any: ...

class Launch:
    """A kernel with the shape of a launch."""

    def __init__(self, *args: Any) -> None: ...
    def __call__(self, *args: Any) -> None: ...
    def __getattr__(self, name: str, /) -> Any: ...

class BoundLaunch:
    """A launch whose arguments are packed already."""

    def __call__(self) -> None: ...

class CapturedGraph:
    """Launches that were captured, launched as one."""

    def launch(self, stream: int, /) -> None: ...

def _driver(path: str | None = None) -> Any: ...

class generator:
    """A generator whose body is compiled."""

    def __iter__(self) -> generator: ...
    def __next__(self) -> Any: ...
    def send(self, value: Any, /) -> Any: ...
    def throw(self, *args: Any) -> Any: ...
    def close(self) -> Any: ...

version: str

def _architectures() -> list[Any]: ...
def _arrow_parts(schema: object, array: object) -> Any: ...
def _cache_files(path: str | None = None) -> Any: ...
def _cache_is_whole(name: str, file: bytes) -> bool: ...
def _cache_read(name: str, path: str | None = None) -> bytes | None: ...
def _cache_remove(name: str, path: str | None = None) -> Any: ...
def _cache_report() -> dict[str, Any]: ...
def _cache_write(name: str, file: bytes, path: str | None = None) -> bool: ...
def _call_helper(name: str, *args: Any) -> Any: ...
def _codes() -> list[Any]: ...
def _emulate_slots(
    kernel: Any, grid: tuple[int, int, int], block: tuple[int, int, int], slots: list[int]
) -> None: ...
def _emulated(kernel: Kernel, is_watched: bool) -> Any: ...
def _events() -> list[Any]: ...
def _launch_slots(
    gpu: Gpu,
    loaded: LoadedKernel,
    grid: tuple[int, int, int],
    block: tuple[int, int, int],
    slots: list[int],
) -> None: ...
def _slots_apart(kernel: Kernel, slots: list[int]) -> bool: ...
def _device_has(copies: list[tuple[int, int, bool]]) -> None: ...
def _owners_counts(owners: list[int]) -> list[int]: ...
def _from_ir(dispatcher: Dispatcher[..., Any], text: str, entry: str, signature: str) -> None: ...
def _struct_dtype(object: Any) -> int | None: ...
def _kernel(object: Dispatcher[..., Any], given: Any) -> Kernel: ...
def _nearest_kernel(args: tuple[Any, ...], kernels: list[Kernel]) -> int | None: ...
def _kernel_types(args: Any) -> Any: ...
def _shut_down() -> None: ...
def _tiers() -> tuple[str, bool, str]: ...
def compile_times(dispatcher: Dispatcher[..., Any]) -> dict[str, float]: ...
def live_allocations() -> int: ...
