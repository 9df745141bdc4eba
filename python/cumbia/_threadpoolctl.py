"""``threadpoolctl`` limits the threads of parallel loops too.

That package finds libraries by the names of their files among those that are loaded, with a
controller for each kind; other packages may register theirs. This one is registered when both
packages are imported, in whatever order: at once, or by a finder on ``sys.meta_path`` that waits
for ``threadpoolctl`` and finds nothing itself (its base classes would cost what all of cumbia
does to import). Limits are those of `cumbia.set_num_threads`, of
the thread that sets them; one above the number of threads that there are is that number.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

__all__ = ["await_threadpoolctl"]

_NAME = "threadpoolctl"


def await_threadpoolctl() -> None:
    """Register the controller, now or when the package is imported."""
    if _NAME in sys.modules:
        _register(sys.modules[_NAME])
    else:
        sys.meta_path.insert(0, _Finder())


class _Finder:
    """Has the loader of ``threadpoolctl`` register the controller, once."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname != _NAME:
            return None
        from importlib.util import find_spec

        if self in sys.meta_path:
            sys.meta_path.remove(self)
        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader:
    """A loader, and the registration behind it."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        # What follows is the module's as if nobody had been here.
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        _register(module)


def _register(module: ModuleType) -> None:
    """Give it the controller; versions without registration are left alone."""
    if not (hasattr(module, "register") and hasattr(module, "LibController")):
        return
    # Only what is loaded is found.
    from cumbia import _cumbia

    class CumbiaController(module.LibController):  # type: ignore[name-defined, misc]
        """The threads of cumbia's parallel loops and ufuncs."""

        user_api = "cumbia"
        internal_api = "cumbia"
        filename_prefixes = ("_cumbia",)
        check_symbols = ("PyInit__cumbia",)

        def get_num_threads(self) -> int:
            return _cumbia._threads()

        def set_num_threads(self, num_threads: int) -> None:
            _cumbia._set_threads(min(num_threads, _cumbia._most_threads()))

        def get_version(self) -> str:
            import cumbia

            return cumbia.__version__

    module.register(CumbiaController)
