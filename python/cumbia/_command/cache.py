"""`cumbia cache`: the compiled code on disk."""

from __future__ import annotations

import tarfile
from typing import Any

from cumbia._command.terminal import Failure, Help, print_json, say, table

__all__ = ["add", "run"]


def add(commands: Any) -> None:
    """Describe the command."""
    made = commands.add_parser(
        "cache", help="the compiled code on disk: ls, clear, verify, export, import, dir", formatter_class=Help,
        description="Look after the compiled code that is kept on disk.",
        epilog="examples:\n  cumbia cache ls\n  cumbia cache verify\n  cumbia cache export code.tar\n"
        "  cumbia cache import code.tar --to layer\n  du -h $(cumbia cache dir)",
    )  # fmt: skip
    made.set_defaults(run=run)
    actions = made.add_subparsers(dest="action", required=True, metavar="action")

    def action(name: str, told: str) -> Any:
        one = actions.add_parser(name, help=told, description=told[0].upper() + told[1:] + ".")
        one.add_argument("--json", action="store_true", help="print what was done as JSON")
        return one

    action("info", "where it is and how much there is")
    action("dir", "print where it is")
    action("ls", "list its files: name, kind, bytes")
    action("clear", "remove all of it")
    verify = action("verify", "read each file and hold it against its digest")
    verify.add_argument("--remove", action="store_true", help="remove what is damaged")
    export = action("export", "write it into an archive")
    export.add_argument("file", help="the archive")
    take = action("import", "take what an archive has")
    take.add_argument("file", help="the archive")
    take.add_argument("--to", metavar="DIRECTORY", help="into this directory, for CUMBIA_CACHE_LAYERS")


def run(options: Any) -> int:
    """Carry it out."""
    try:
        facts, text, status = _ACTIONS[options.action](options)
    except (OSError, tarfile.TarError) as error:
        raise Failure(f"cache {options.action}: {error}", 1) from None
    if options.json:
        print_json(facts)
    elif text:
        print(text)
    return status


def _info(_: Any) -> tuple[Any, str, int]:
    from cumbia import _cache

    facts = _cache.report()
    lines = [
        f"{name + ':':12} {' '.join(value) if isinstance(value, list) else value}"
        for name, value in facts.items()
        if value is not None
    ]
    return facts, "\n".join(lines), 0


def _dir(_: Any) -> tuple[Any, str, int]:
    from cumbia import _cache

    facts = _cache.report()
    where = facts["directory"]
    if where is None:
        raise Failure(f"there is no cache: it is {facts['state']}", 1)
    return {"directory": str(where)}, str(where), 0


def _ls(_: Any) -> tuple[Any, str, int]:
    from cumbia import _cache

    rows = _cache.files()
    heading = ("name", "kind", "bytes")
    text = table([heading, *((name, kind, str(size)) for name, kind, size in rows)], right=(2,)) if rows else ""
    return [dict(zip(heading, row, strict=True)) for row in rows], text, 0


def _clear(_: Any) -> tuple[Any, str, int]:
    from cumbia import _cache

    count = _cache.clear()
    left = len(_cache.files())
    if left:
        say(f"cache clear: {left} files can't be removed: no permission")
    return {"removed": count, "left": left}, f"{count} files removed", 1 if left else 0


def _verify(options: Any) -> tuple[Any, str, int]:
    from cumbia import _cache

    whole, damaged = _cache.verify(options.remove)
    for name in damaged:
        say(f"cache verify: damaged{', removed' if options.remove else ''}: {name}")
    facts = {"whole": whole, "damaged": damaged, "removed": bool(options.remove and damaged)}
    return facts, f"{whole} files are whole, {len(damaged)} damaged", 1 if damaged else 0


def _export(options: Any) -> tuple[Any, str, int]:
    from cumbia import _cache

    count = _cache.export(options.file)
    return {"files": count, "archive": options.file}, f"{count} files written to {options.file}", 0


def _import(options: Any) -> tuple[Any, str, int]:
    from cumbia import _cache

    taken, refused = _cache.import_(options.file, options.to)
    return {"taken": taken, "refused": refused}, f"{taken} files taken, {refused} refused", 1 if refused else 0


_ACTIONS = {
    "info": _info, "dir": _dir, "ls": _ls, "clear": _clear, "verify": _verify, "export": _export, "import": _import,
}  # fmt: skip
