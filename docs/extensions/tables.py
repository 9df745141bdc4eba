"""Directives for tables that are one with the code: options of `jit`, environment variables.

The rows are those that the package itself goes by, so that a page can't say something else.
"""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from sphinx.util.docutils import SphinxDirective


class Table(SphinxDirective):
    """A table in Markdown that is parsed in the directive's place."""

    def rows(self) -> list[tuple[str, ...]]:
        """The head and the rows."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Parse it."""
        head, *rows = self.rows()
        lines = [head, ("---",) * len(head), *rows]
        text = "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)
        return self.parse_text_to_nodes(text)


class Options(Table):
    """The options of `jit`."""

    def rows(self) -> list[tuple[str, ...]]:
        """From `cumbia._options`."""
        from cumbia._options import OPTIONS

        found: list[tuple[str, ...]] = [("option", "default", "values", "")]
        for one in OPTIONS.values():
            default = "no flag" if one.default == frozenset() else f"`{one.default!r}`"
            meaning = " ".join(one.meaning.split())
            for value, why in one.refused.items():
                meaning += f" `{value}` is refused: {why}."
            found.append((f"`{one.name}`", default, one.choices().replace("'", "`"), meaning))
        return found


class Settings(Table):
    """Environment variables; with the word `testing` those that only tests need."""

    optional_arguments: ClassVar[int] = 1

    def rows(self) -> list[tuple[str, ...]]:
        """From the list that `cumbia info` goes by."""
        from cumbia._info import SETTINGS

        testing = self.arguments == ["testing"]
        found: list[tuple[str, ...]] = [("variable", "default", "")]
        found += [(f"`{one.name}`", one.default, one.meaning) for one in SETTINGS if one.testing == testing]
        return found


class Commands(Table):
    """The commands of the command line."""

    def rows(self) -> list[tuple[str, ...]]:
        """From the parser itself."""
        import argparse

        from cumbia._command import parser

        made = parser()
        (commands,) = (one for one in made._actions if isinstance(one, argparse._SubParsersAction))
        return [("command", ""), *((f"`cumbia {one.dest}`", one.help or "") for one in commands._choices_actions)]


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx."""
    app.add_directive("cumbia-options", Options)
    app.add_directive("cumbia-settings", Settings)
    app.add_directive("cumbia-commands", Commands)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
