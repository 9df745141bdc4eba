"""Scripts that commands read or run: as `python script.py` does, with its functions noted."""

from __future__ import annotations

import ast
import io
import os
import sys
import tokenize
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from cumbia._command.terminal import Failure

__all__ = ["Ran", "chosen", "parse", "read", "run", "run_module"]


class Ran(NamedTuple):
    """A script that ran.

    Attributes
    ----------
    namespace : dict
        Its globals.
    functions : list of Dispatcher
        What it compiles, in the order of decoration.
    status : int
        What Python would exit with.
    """

    namespace: dict[str, Any]
    functions: list[Any]
    status: int


def read(path: str) -> str:
    """Read a script as Python does.

    Parameters
    ----------
    path : str
        The file.

    Returns
    -------
    str
        Its text.

    Raises
    ------
    Failure
        If it can't be read.
    """
    try:
        raw = Path(path).read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        return io.TextIOWrapper(io.BytesIO(raw), encoding, newline=None).read()
    except OSError as error:
        raise Failure(f"can't read {path}: {error.strerror or error}") from None
    except (SyntaxError, UnicodeDecodeError) as error:
        raise Failure(f"can't read {path}: {error}") from None


def parse(path: str, text: str | None = None) -> ast.Module:
    """Parse a script.

    Parameters
    ----------
    path : str
        The file.
    text : str, optional
        Its text, if it was read.

    Returns
    -------
    ast.Module

    Raises
    ------
    Failure
        If it can't be read or isn't Python.
    """
    text = read(path) if text is None else text
    try:
        return ast.parse(text, path)
    except SyntaxError as error:
        shown = "".join(traceback.format_exception_only(error)).rstrip()
        raise Failure(f"{path} can't be parsed:\n{shown}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise Failure(f"{path} can't be parsed: {error}") from None


def run(path: str, arguments: list[str], name: str = "__main__", quiet: bool = False) -> Ran:
    """Run a script.

    Parameters
    ----------
    path : str
        The file.
    arguments : list of str
        What follows in `sys.argv`.
    name : str, optional
        Its `__name__`.
    quiet : bool, optional
        Whether what it prints goes to standard error, since standard output is the command's.

    Returns
    -------
    Ran
        Its end; a traceback of its own mistakes is on standard error by then.

    Raises
    ------
    Failure
        If it can't be read or parsed.
    """
    from cumbia import _decorator

    text = read(path)
    tree = parse(path, text)
    code = compile(tree, path, "exec", dont_inherit=True)
    module = ModuleType(name)
    module.__file__ = path
    module.__builtins__ = __builtins__  # type: ignore[attr-defined]
    functions: list[Any] = []
    saved = sys.argv, sys.path[0], sys.modules.get(name), sys.stdout
    sys.argv = [path, *arguments]
    sys.path[0] = os.path.dirname(os.path.abspath(path))
    sys.modules[name] = module
    if quiet:
        sys.stdout = sys.stderr
    _decorator.LISTENERS.append(functions.append)
    status = 0
    try:
        exec(code, module.__dict__)
    except SystemExit as leaving:
        status = _status(leaving)
    except Exception as error:
        _show(error, path)
        status = 1
    finally:
        _decorator.LISTENERS.remove(functions.append)
        sys.stdout.flush()
        sys.argv, sys.path[0], before, sys.stdout = saved
        if before is not None and name != "__main__":
            sys.modules[name] = before
    return Ran(module.__dict__, functions, status)


def run_module(name: str, arguments: list[str]) -> Ran:
    """Run a module as `python -m` does.

    Parameters
    ----------
    name : str
        The module, or a package with a `__main__`.
    arguments : list of str
        What follows in `sys.argv`.

    Returns
    -------
    Ran
        Its end, as `run` gives it; the namespace is empty if it left by an exception.

    Raises
    ------
    Failure
        If there is no such module.
    """
    import runpy

    from cumbia import _decorator

    functions: list[Any] = []
    saved = sys.argv, sys.path[0]
    # `runpy` puts the file's name in place of the first.
    sys.argv = ["-m", *arguments]
    sys.path[0] = os.getcwd()
    _decorator.LISTENERS.append(functions.append)
    status, namespace = 0, {}
    try:
        namespace = runpy.run_module(name, run_name="__main__", alter_sys=True)
    except SystemExit as leaving:
        status = _status(leaving)
    except Exception as error:
        if _not_begun(error):
            raise Failure(f"can't run the module {name}: {error}") from None
        _show(error, None)
        status = 1
    finally:
        _decorator.LISTENERS.remove(functions.append)
        sys.stdout.flush()
        sys.argv, sys.path[0] = saved
    return Ran(namespace, functions, status)


def chosen(ran: Ran, path: str, name: str | None) -> list[Any]:
    """Choose among the functions of a script.

    Parameters
    ----------
    ran : Ran
        The script.
    path : str
        Its file: functions of what it imports are left out.
    name : str or None
        The name of one; all if not given.

    Returns
    -------
    list of Dispatcher

    Raises
    ------
    Failure
        If there is none.
    """
    own = [one for one in ran.functions if one.py_func.__code__.co_filename == path and hasattr(one, "explain")]
    if name is None:
        if not own:
            raise Failure(f"{path} has no function that cumbia compiles: decorate one with @jit", 1)
        return own
    found = [one for one in own if name in (one.__name__, one.__qualname__)]
    if not found:
        from difflib import get_close_matches

        names = [one.__qualname__ for one in own]
        near = get_close_matches(name, names, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; it has: {', '.join(names) or 'none'}"
        raise Failure(f"{path} compiles no function {name}{hint}")
    return found


def _status(leaving: SystemExit) -> int:
    if leaving.code is None:
        return 0
    if isinstance(leaving.code, int):
        return leaving.code
    print(leaving.code, file=sys.stderr)
    return 1


def _not_begun(error: BaseException) -> bool:
    """Whether it is `runpy` that found nothing to run."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return isinstance(error, ImportError) and trace is not None and _of_runpy(trace.tb_frame.f_code.co_filename)


def _of_runpy(file: str) -> bool:
    return file == "<frozen runpy>" or os.path.basename(file) == "runpy.py"


def _show(error: BaseException, path: str | None) -> None:
    """Print a traceback that begins in the script, or behind `runpy` where there is none."""
    trace = error.__traceback__
    if path is None:
        while trace is not None and (
            trace.tb_frame.f_code.co_filename == __file__ or _of_runpy(trace.tb_frame.f_code.co_filename)
        ):
            trace = trace.tb_next
    while path is not None and trace is not None and trace.tb_frame.f_code.co_filename != path:
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace or error.__traceback__)
