"""Other code that is linked with kernels: what a program gives, as what a linker takes.

Code is read once, when a kernel or a function is declared. CUDA C becomes assembly for an
architecture when a kernel is linked for it, by NVIDIA's compiler (`_nvrtc`). Nothing is linked
here: the driver does it when a kernel is loaded, and `_toolkit` where somebody asks for
instructions.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cumbia.cuda._errors import CudaSupportError, LinkerError

__all__ = [
    "Archive",
    "CUSource",
    "Cubin",
    "DECLARED",
    "Fatbin",
    "LTOIR",
    "LinkableCode",
    "Object",
    "PTXSource",
    "codes",
    "digest",
    "inputs",
    "of_inputs",
]


class LinkableCode:
    """Code that is linked with kernels; its subclasses say what it is.

    Parameters
    ----------
    data : bytes, str or file
        The code, or an open file of it.
    name : str, optional
        What the linker calls it when it complains.
    setup_callback, teardown_callback : None
        Not taken: what is loaded isn't a module of a program's.
    """

    kind: str = ""
    default_name: str = "<code>"

    def __init__(
        self,
        data: Any,
        name: str | None = None,
        setup_callback: Any = None,
        teardown_callback: Any = None,
    ) -> None:
        if not self.kind:
            raise TypeError("LinkableCode is what PTXSource, CUSource, Cubin and others have in common")
        if setup_callback is not None or teardown_callback is not None:
            raise NotImplementedError(
                "callbacks of linked code are not called: kernels are loaded by cumbia alone"
            )
        read = getattr(data, "read", None)
        data = read() if read is not None else data
        if isinstance(data, str):
            data = data.encode()
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"{type(self).__name__} takes bytes, a text or an open file, not {data!r}")
        self.data: bytes = bytes(data)
        self.name: str = name or self.default_name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} of {len(self.data)} bytes>"

    def input(self, sm: int) -> tuple[str, str, bytes]:
        """What a linker takes for an architecture: kind, name and bytes."""
        return self.kind, self.name, self.data


class PTXSource(LinkableCode):
    """Assembly as text."""

    kind: str = "ptx"
    default_name: str = "<unnamed-ptx>"


class Cubin(LinkableCode):
    """Code of one architecture."""

    kind: str = "cubin"
    default_name: str = "<unnamed-cubin>"


class Fatbin(LinkableCode):
    """Code of several architectures."""

    kind: str = "fatbin"
    default_name: str = "<unnamed-fatbin>"


class Object(LinkableCode):
    """An object file with code for devices in it."""

    kind: str = "object"
    default_name: str = "<unnamed-object>"


class Archive(LinkableCode):
    """A library of object files."""

    kind: str = "archive"
    default_name: str = "<unnamed-archive>"


class CUSource(LinkableCode):
    """CUDA C or C++, which NVIDIA's NVRTC compiles when a kernel is linked."""

    kind: str = "cu"
    default_name: str = "<unnamed-cu>"

    def input(self, sm: int) -> tuple[str, str, bytes]:
        """Assembly for an architecture, made once."""
        from cumbia.cuda import _nvrtc

        made: dict[int, bytes] = self.__dict__.setdefault("_made", {})
        if sm not in made:
            made[sm] = _nvrtc.compile(self.data, self.name, sm)
        return "ptx", self.name, made[sm]

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_made"}


class LTOIR(LinkableCode):
    """Refused: code for optimization at link time, which takes NVIDIA's nvJitLink."""

    kind: str = "ltoir"
    default_name: str = "<unnamed-ltoir>"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise CudaSupportError(
            "LTOIR isn't linked: that takes NVIDIA's nvJitLink, and kernels are linked by the "
            "driver; give the code as PTXSource, Cubin, Fatbin or CUSource"
        )


_BY_EXTENSION: dict[str, type[LinkableCode]] = {
    "ptx": PTXSource,
    "cubin": Cubin,
    "fatbin": Fatbin,
    "a": Archive,
    "lib": Archive,
    "o": Object,
    "obj": Object,
    "cu": CUSource,
    "ltoir": LTOIR,
}

# What declared functions are linked with, by the keys in the compiler's names for them.
DECLARED: dict[str, tuple[LinkableCode, ...]] = {}


def codes(link: Any) -> tuple[LinkableCode, ...]:
    """Give what a program names in ``link=``: paths and code, one or several of them."""
    if link is None:
        return ()
    if isinstance(link, (str, os.PathLike, LinkableCode)):
        link = [link]
    if not isinstance(link, Iterable) or not all(isinstance(one, (str, os.PathLike, LinkableCode)) for one in link):
        raise TypeError(f"link is a path or code, or a list of them, not {link!r}")
    return tuple(one if isinstance(one, LinkableCode) else _of_file(one) for one in link)


def _of_file(path: Any) -> LinkableCode:
    path = Path(os.fspath(path))
    extension = path.suffix[1:].lower()
    if not extension:
        raise RuntimeError(f"Don't know how to link file with no extension: {path}")
    if extension not in _BY_EXTENSION:
        raise RuntimeError(
            f"Don't know how to link file with extension {path.suffix}; known are "
            f".{', .'.join(_BY_EXTENSION)}"
        )
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise LinkerError(f"{path} not found") from None
    return _BY_EXTENSION[extension](data, path.name)


def digest(parts: Iterable[bytes]) -> str:
    """A short text by which contents are told apart."""
    made = hashlib.sha256()
    for part in parts:
        made.update(len(part).to_bytes(8, "little") + part)
    return made.hexdigest()[:16]


def inputs(given: Iterable[LinkableCode], sm: int) -> list[tuple[str, str, bytes]]:
    """Give what a linker takes, each once."""
    return list(dict.fromkeys(one.input(sm) for one in given))


def of_inputs(given: Iterable[tuple[str, str, bytes]]) -> list[LinkableCode]:
    """Give the code of what `inputs` has given."""
    kinds = {one.kind: one for one in _BY_EXTENSION.values()}
    return [kinds[kind](data, name) for kind, name, data in given]
