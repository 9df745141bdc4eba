"""``f.offload_report()``: which loops of a function are kernels, and what was copied for them.

The compiler and `_offload` tell; here it becomes text and plain data. Nothing is found out here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cumbia._cumbia import Dispatcher
    from cumbia.cuda._offload import Loop

__all__ = ["OffloadReport", "offload_report"]


class OffloadReport:
    """What became of a function's loops over ``prange``; as text it is a list of them.

    Attributes
    ----------
    function : str
        Its qualified name.
    signatures : dict
        For each signature that it is compiled for a dict: ``arrays_stay``, whether arrays stay on
        the device from loop to loop, ``bytes_used`` and ``bytes_home``, how many bytes were brought
        back for the function itself and at the end of calls, and ``loops``, a list of dicts.
    """

    def __init__(self, function: str, signatures: dict[str, dict[str, Any]]) -> None:
        self.function: str = function
        self.signatures: dict[str, dict[str, Any]] = signatures

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {"function": self.function, "signatures": self.signatures}

    def to_json(self) -> str:
        """Give it as JSON."""
        return json.dumps(self.to_dict())

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        lines = []
        for spelled, of in self.signatures.items():
            lines.append(f"{self.function} {spelled}")
            if not of["loops"]:
                lines.append("  no loop for a device: all of it runs on the processor")
                continue
            lines.append(
                "  arrays stay on the device until a call is over"
                if of["arrays_stay"]
                else "  a generator may go on in another call: arrays are copied for each loop"
            )
            for loop in of["loops"]:
                lines += _text(loop)
            if of["bytes_used"]:
                lines.append(f"  {of['bytes_used']} bytes brought back where they are used between loops")
            if of["arrays_stay"]:
                lines.append(f"  {of['bytes_home']} bytes brought back at the end of calls")
        return "\n".join(lines)


def _text(loop: dict[str, Any]) -> list[str]:
    lines = [f"  line {loop['line']}, {loop['over']}, in {loop['function']}()"]
    if not loop["kernel"]:
        lines.append(f"    on the processor: {loop['why']}")
        return lines
    threads = "a block of turns" if loop["in_blocks"] else "a turn"
    lines.append(f"    kernel, {threads} for each thread")
    lines += [f"    {what} {', '.join(loop[what])}" for what in ("reads", "writes") if loop[what]]
    if loop["overwrites"]:
        lines.append(f"    overwrites {', '.join(loop['overwrites'])} where it goes over all of it")
    if loop["made_there"]:
        lines.append(f"    {', '.join(loop['made_there'])}: made there, never written on the host")
    if loop["scalars"]:
        lines.append(f"    takes {', '.join(loop['scalars'])}")
    lines.append(
        f"    {loop['launches']} launches, {loop['bytes_in']} bytes to the device, "
        f"{loop['bytes_out']} back"
    )
    if loop["on_processor"]:
        lines.append(f"    {loop['on_processor']} times on the processor")
    return lines


def _row(loop: Loop) -> dict[str, Any]:
    shown = [one for one in loop.arrays if not one.name.startswith("<")]
    arrays = {one.name for one in loop.arrays}
    scalars = [
        f"{name}: {spelled}"
        for name, spelled in loop.captured
        if name not in arrays and not name.startswith("<") and f"{name}[0]" not in arrays
    ]
    return {
        "function": loop.function,
        "filename": loop.filename,
        "line": loop.line,
        "column": loop.column,
        "over": loop.text,
        "kernel": loop.specialization is not None,
        "why": loop.why,
        "in_blocks": loop.in_blocks,
        "reads": [one.name for one in shown if not one.writes],
        "writes": [one.name for one in shown if one.writes],
        "overwrites": [one.name for one in shown if one.writes and one.axes],
        "made_there": [one.name for one in shown if one.fresh is not None],
        "scalars": scalars,
        "launches": loop.launches,
        "bytes_in": loop.bytes_in,
        "bytes_out": loop.bytes_out,
        "on_processor": loop.on_processor,
    }


def offload_report(dispatcher: Dispatcher[..., Any], signature: object = None) -> OffloadReport:
    """Tell which loops of a function are kernels on a device, and why others aren't.

    Parameters
    ----------
    dispatcher : Dispatcher
        The function.
    signature : optional
        One of `signatures`; all of them if left out.

    Raises
    ------
    ValueError
        Where nothing has been compiled, or the function isn't for a device.
    """
    found = dispatcher._offload_report(signature)
    if not found:
        raise ValueError(
            f"{dispatcher.__qualname__}() isn't compiled yet: call it first, or compile() a signature"
        )
    signatures = {}
    for spelled, loops in found:
        if loops is None:
            raise ValueError(
                f"{dispatcher.__qualname__}() has no loop for a device: compile it with "
                "jit(target='cuda')"
            )
        rows = [_row(loop) for loop in loops.loops]
        signatures[spelled] = {
            "arrays_stay": not loops.waits,
            "bytes_used": loops.bytes_used,
            "bytes_home": loops.bytes_home,
            "loops": rows,
        }
    return OffloadReport(dispatcher.__qualname__, signatures)
