"""Asking free-threaded Python for its GIL: see ``python/src/free_threading.rs``."""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import ExtensionFileLoader

_NAME = "cumbia._needs_gil"


def take() -> bool:
    """Have Python take the GIL for the rest of the process, with a warning that names ``_NAME``.

    Returns
    -------
    bool
        Whether it has the GIL now; not where that was forbidden.
    """
    from cumbia import _cumbia

    # The module is in the extension's own file, and says that it needs the GIL.
    loader = ExtensionFileLoader(_NAME, str(_cumbia.__file__))
    spec = importlib.util.spec_from_file_location(_NAME, loader.path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return sys._is_gil_enabled()
