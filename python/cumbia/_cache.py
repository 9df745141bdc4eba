"""What `cumbia cache` does: what is kept on disk, and moving it between machines.

An archive is a tar file of the cache's files as they lie there. Each holds a digest of its
name and content, so that an archive is checked file by file when it is imported, and again
when code is used. A file says what it depends on, so importing another machine's code is
harmless: it is never asked for. Whoever writes an archive decides what code runs where it is
imported, as with any program. Not here: finding code (``python/src/cache``) and which
directories are trusted (``runtime/store``).
"""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path
from typing import Any

__all__ = ["clear", "export", "files", "import_", "report", "verify"]

_NAME = re.compile(r"[0-9a-f]{64}\.(log|code|best)")
_LARGEST = 64 << 20


def report() -> dict[str, Any]:
    """Tell where the cache is and what is in it.

    Returns
    -------
    dict
        Names and values as ``cumbia info`` shows them.
    """
    from cumbia import _cumbia

    facts = _cumbia._cache_report()
    state = "used" if facts["used"] else "not used"
    if facts["why"]:
        state += f": {facts['why']}"
    return {
        "state": state,
        "directory": facts["directory"],
        "files": facts["files"],
        "bytes": facts["bytes"],
        "most bytes": facts["most"],
        "layers": facts["layers"] or None,
    }


def clear() -> int:
    """Remove all files of the cache.

    Returns
    -------
    int
        How many there were.
    """
    from cumbia import _cumbia

    return sum(
        _cumbia._cache_remove(name) for name, _ in _cumbia._cache_files() if _NAME.fullmatch(name)
    )


def files() -> list[tuple[str, str, int]]:
    """List the files of the cache.

    Returns
    -------
    list of tuple
        Name, kind (``index``, ``tier 1`` or ``tier 2``) and bytes, by name.
    """
    from cumbia import _cumbia

    kinds = {"log": "index", "code": "tier 1", "best": "tier 2"}
    return [
        (name, kinds[name.rpartition(".")[2]], size)
        for name, size in sorted(_cumbia._cache_files())
        if _NAME.fullmatch(name)
    ]


def verify(remove: bool = False) -> tuple[int, list[str]]:
    """Hold each file against its digest.

    Parameters
    ----------
    remove : bool, optional
        Whether to remove those that are damaged, which are never used anyway.

    Returns
    -------
    whole : int
        How many are whole.
    damaged : list of str
        Names of the others.
    """
    from cumbia import _cumbia

    whole, damaged = 0, []
    directory = Path(_cumbia._cache_report()["directory"] or ".")
    for name, _, _ in files():
        try:
            content = (directory / name).read_bytes()
        except FileNotFoundError:
            # Another process has removed it.
            continue
        if _cumbia._cache_is_whole(name, content):
            whole += 1
        else:
            damaged.append(name)
            if remove:
                _cumbia._cache_remove(name)
    return whole, damaged


def export(archive: str | Path) -> int:
    """Write the files of the cache into an archive.

    Parameters
    ----------
    archive : str or Path
        The tar file to write.

    Returns
    -------
    int
        How many files it has.
    """
    from cumbia import _cumbia

    count = 0
    with tarfile.open(archive, "w") as out:
        for name, _ in sorted(_cumbia._cache_files()):
            content = _cumbia._cache_read(name) if _NAME.fullmatch(name) else None
            if content is None:
                continue
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o600
            out.addfile(member, io.BytesIO(content))
            count += 1
    return count


def import_(archive: str | Path, to: str | Path | None = None) -> tuple[int, int]:
    """Put the files of an archive into the cache, or into a directory.

    Parameters
    ----------
    archive : str or Path
        What `export` wrote.
    to : str or Path, optional
        A directory that ``CUMBIA_CACHE_LAYERS`` will name; the user's own cache if not given.

    Returns
    -------
    tuple of int
        How many files were taken, and how many were refused: damaged, or no files of a cache.
    """
    from cumbia import _cumbia

    if to is not None:
        to = Path(to)
        to.mkdir(mode=0o755, parents=True, exist_ok=True)
    taken = refused = 0
    with tarfile.open(archive, "r:") as members:
        for member in members:
            whole = member.isreg() and _NAME.fullmatch(member.name) and member.size <= _LARGEST
            stream = members.extractfile(member) if whole else None
            content = bytes(stream.read()) if stream is not None else b""
            if whole and _cumbia._cache_write(member.name, content, to):
                taken += 1
                if to is not None:
                    (to / member.name).chmod(0o644)
            else:
                refused += 1
    if to is not None:
        # Others read a layer.
        to.chmod(0o755)
    return taken, refused
