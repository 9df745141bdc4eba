"""Notebooks run by a real kernel: `run` takes cells and gives their outputs."""

import asyncio
import re
from dataclasses import dataclass, field

import nbformat.v4
from nbclient import NotebookClient

_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Outcome:
    """What a cell gave."""

    # What it printed.
    text: str = ""
    # Its displays and its value: bundles by MIME type.
    shown: list[dict[str, str]] = field(default_factory=list)
    # Name of the exception and traceback without colours.
    error: str | None = None
    traceback: str = ""

    @property
    def html(self) -> str:
        return "".join(one.get("text/html", "") for one in self.shown)

    @property
    def plain(self) -> str:
        return "\n".join(one.get("text/plain", "") for one in self.shown)


class _Client(NotebookClient):
    """Interrupts a cell that says INTERRUPT when it runs."""

    messages: list = []

    def process_message(self, msg, cell, cell_index):
        self.messages.append((cell_index, msg["header"]["msg_type"], msg["content"]))
        if msg["header"]["msg_type"] == "stream" and "INTERRUPT" in msg["content"]["text"]:
            asyncio.ensure_future(self._stop())
        return super().process_message(msg, cell, cell_index)

    async def _stop(self):
        # The kernel is to be inside of the compiled loop by then; it runs until it is stopped.
        await asyncio.sleep(0.5)
        await asyncio.ensure_future(self.km.interrupt_kernel())


def run(*cells, messages=None):
    """Run cells in a kernel of their own.

    Returns
    -------
    list of Outcome
        One for each cell.
    """
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])
    client = _Client(notebook, allow_errors=True, timeout=120, kernel_name="python3")
    client.messages = [] if messages is None else messages
    client.execute()
    return [_outcome(cell) for cell in notebook.cells]


def _outcome(cell):
    found = Outcome()
    for one in cell.outputs:
        match one.output_type:
            case "stream":
                found.text += one.text
            case "error":
                found.error = one.ename
                found.traceback = _ESCAPES.sub("", "\n".join(one.traceback))
            case _:
                found.shown.append(dict(one.data))
    return found
