"""Extensions of kernels: objects that see each argument before a launch (``extensions=``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cumbia.cuda._kernels import Configured

__all__ = ["launch"]


def launch(configured: Configured, args: tuple[Any, ...]) -> None:
    """Launch with what a kernel's extensions make of the arguments.

    The last extension comes first, as Numba has it. What they add to ``retr`` is called when
    the launch was made.

    Parameters
    ----------
    configured : Configured
        What is launched.
    args : tuple
        The arguments as the program gives them.
    """
    back: list[Any] = []
    prepared = []
    for arg in args:
        ty = _type_of(arg)
        for extension in reversed(configured.kernel.extensions):
            ty, arg = extension.prepare_args(ty, arg, stream=configured.stream, retr=back)
        prepared.append(arg)
    _plain(configured)(*prepared)
    for one in back:
        one()


def _plain(configured: Configured) -> Configured:
    """The same launch, whose arguments no extension sees."""
    if configured._plain is None:
        of = (configured.kernel, configured.grid, configured.block, configured.stream)
        configured._plain = type(configured)(*of, configured.shared)
        configured._plain._extensions = ()
    return configured._plain


def _type_of(arg: Any) -> Any:
    """The type as `cumbia.types` has it; None for what only an extension makes an argument of."""
    from cumbia.cuda import _launchers

    launcher = _launchers.current()
    try:
        launcher.types((arg,))
    except TypeError:
        return None
    return _described(launcher.inside((arg,))[0])


def _described(value: Any) -> Any:
    """The type of an argument; None where `cumbia.types` has none for it."""
    import numpy as np

    from cumbia import types

    if type(value) is tuple:
        items = [_described(item) for item in value]
        return None if None in items else types.Tuple(items)
    if isinstance(value, (np.ndarray, np.generic)):
        try:
            element = types.from_dtype(value.dtype)
        except TypeError:
            return None
        if not isinstance(value, np.ndarray):
            return element
        flags = value.flags
        layout = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "A"
        return types.Array(element, value.ndim, layout, readonly=not flags.writeable)
    return {
        bool: types.pybool, int: types.pyint, float: types.pyfloat, complex: types.pycomplex,
        str: types.unicode_type, type(None): types.none,
    }.get(type(value))  # fmt: skip
