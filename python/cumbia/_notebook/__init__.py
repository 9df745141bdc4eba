"""cumbia in IPython and Jupyter: `%load_ext cumbia`, `%%cumbia`, `%cumbia`, rich display.

`cells` turns a `%%cumbia` cell into one whose functions are jitted, `magics` has the magics and
their options, `display` and `errors` show dispatchers and errors, `progress` the line that
stands there while somebody waits. Nothing here is imported outside of IPython, and nothing
changes what code does, but for the functions of a `%%cumbia` cell.
"""

from __future__ import annotations

from typing import Any

__all__ = ["load", "unload"]


def load(shell: Any) -> None:
    """Load the extension into a shell.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    """
    from cumbia._notebook import cells, display, errors, magics, progress

    magics.register(shell)
    cells.register(shell)
    display.register(shell)
    errors.register(shell)
    progress.register(shell)


def unload(shell: Any) -> None:
    """Take the extension out of a shell: what it did there is undone, display left out.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    """
    from cumbia._notebook import cells, errors, magics, progress

    progress.unregister(shell)
    errors.unregister(shell)
    cells.unregister(shell)
    magics.unregister(shell)
