"""`{example} NAME` shows `docs/examples/NAME.py`: what its docstring says below its
title, its picture, its text."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


class Example(SphinxDirective):
    """One example."""

    required_arguments: ClassVar[int] = 1

    def run(self) -> list[nodes.Node]:
        """Write its section."""
        name = self.arguments[0]
        path = EXAMPLES / f"{name}.py"
        self.env.note_dependency(str(path))
        title, _, said = (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n")
        text = [said, ""]
        if (EXAMPLES / f"{name}.png").exists():
            text += [f"![{title}](/examples/{name}.png)", ""]
        text += [
            f"`python docs/examples/{name}.py`", "", "<details><summary>The program</summary>", "",
            f"```{{literalinclude}} /examples/{name}.py", ":language: python", "```", "", "</details>", "",
        ]  # fmt: skip
        return self.parse_text_to_nodes("\n".join(text))


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx."""
    app.add_directive("example", Example)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
