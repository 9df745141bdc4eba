"""Assembly without a device: ``cuda.compile_ptx`` and its sisters."""

from __future__ import annotations

from typing import Any

from cumbia.cuda import _launchers, _linkable
from cumbia.cuda._errors import CudaSupportError
from cumbia.cuda._kernels import Kernel, _architecture, jit

__all__ = [
    "compile",
    "compile_all",
    "compile_for_current_device",
    "compile_ptx",
    "compile_ptx_for_current_device",
]


def compile_ptx(
    pyfunc: Any, sig: Any, *, cc: Any = None, device: bool = False, apart: bool = False, **options: Any
) -> tuple[str, Any]:
    """Compile a kernel to assembly, without a device.

    Parameters
    ----------
    pyfunc : function or Kernel
        The kernel.
    sig : signature
        The types of its arguments.
    cc : tuple of int, int or str, optional
        The compute capability, such as ``(8, 0)``; the lowest that there is by default. Later
        devices run the code of earlier ones.
    device : bool
        Not taken: device functions have no code of their own.
    apart : bool
        Whether the arrays of all launches share no element, unless none of them is written, and
        each begins at a multiple of 16 bytes: the code is faster then.
    **options
        As for `jit`.

    Returns
    -------
    tuple
        The assembly, and None: what a kernel returns.

    Notes
    -----
    The kernel takes what `Specialization.parameters` says, and behind all the address of an
    error record or 0, with which an exception of a thread stops the launch.
    Behind that a kernel that asks for its whole grid (``cuda.cg.this_grid()``) takes the address
    of 8 bytes of global memory that are 0 and no other launch's; it is launched cooperatively.
    """
    if device:
        raise NotImplementedError(
            "a device function has no code of its own: it is compiled with the kernels that call it"
        )
    kernel = pyfunc if isinstance(pyfunc, Kernel) and not options else jit(pyfunc, **options)
    if not isinstance(kernel, Kernel):
        raise TypeError(f"compile_ptx() takes a kernel, not {pyfunc!r}")
    return kernel.compile(sig).code(_architecture(cc), apart=apart).ptx, None


def compile(
    pyfunc: Any, sig: Any, *, cc: Any = None, output: str = "ptx", **options: Any
) -> tuple[str, Any]:
    """As `compile_ptx`; `output` is what to give, and only ``"ptx"`` is there."""
    if output != "ptx":
        raise NotImplementedError(f"compile() gives 'ptx', not {output!r}")
    return compile_ptx(pyfunc, sig, cc=cc, **options)


def compile_ptx_for_current_device(pyfunc: Any, sig: Any, **options: Any) -> tuple[str, Any]:
    """As `compile_ptx`, for the device that kernels run on."""
    launcher = _launchers.current()
    cc = getattr(launcher, "compute_capability", None)
    if cc is None:
        raise CudaSupportError(f"{launcher.name!r} has no compute capability")
    return compile_ptx(pyfunc, sig, cc=cc, **options)


compile_for_current_device = compile_ptx_for_current_device


def compile_all(pyfunc: Any, sig: Any, *, cc: Any = None, **options: Any) -> tuple[list[Any], Any]:
    """As `compile`, with all that the code is linked with.

    Returns
    -------
    tuple
        A list of the assembly and the `LinkableCode` of other code, CUDA C as assembly; and
        None.
    """
    kernel = pyfunc if isinstance(pyfunc, Kernel) and not options else jit(pyfunc, **options)
    if not isinstance(kernel, Kernel):
        raise TypeError(f"compile_all() takes a kernel, not {pyfunc!r}")
    sm = _architecture(cc)
    made = kernel.compile(sig)
    return [made.code(sm).ptx, *_linkable.of_inputs(made.linked(sm))], None
