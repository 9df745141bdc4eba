"""The native module: the dispatcher, as type checkers see it."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, Literal, ParamSpec, TypeVar

from cumbia._explain import Explanation

P = ParamSpec("P")
R = TypeVar("R")

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
    @property
    def tier(self) -> Literal["fast", "best"] | None:
        """Which tier its code is of; None before it is compiled."""
    def inspect_ir(self, signature: object = None, tier: Literal["fast", "best"] | None = None, /) -> Any:
        """The IR as a tier compiles it: a text for one signature, or a dict of all."""
    def inspect_llvm(self, signature: object = None, /) -> Any:
        """LLVM's IR after its passes: a text for one signature, or a dict of all."""
    def inspect_asm(self, signature: object = None, tier: Literal["fast", "best"] | None = None, /) -> Any:
        """The assembly of a tier: a text for one signature, or a dict of all."""
    def explain(self, signature: object = None, /) -> Explanation:
        """What became of each loop."""
    def wait(self, timeout: float | None = None, /) -> bool:
        """Have it compiled by the optimizing compiler, and wait until it is done."""
def typeof_(value: object, /) -> str: ...
