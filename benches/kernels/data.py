"""Real data, read from files that PyPI packages ship.

The packages are only located, not imported, so that their own dependencies need not
be there. Nothing is downloaded.
"""

from __future__ import annotations

import gzip
import importlib.util
from pathlib import Path

import numpy as np


class DataMissing(RuntimeError):
    """A package that ships data is not installed."""


def package_file(package: str, *parts: str) -> Path:
    """Return the path of a file inside an installed package, without importing it.

    Raises
    ------
    DataMissing
        When the package or the file is not there.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise DataMissing(f"package {package!r} is not installed; `make demo` installs it")
    path = Path(spec.submodule_search_locations[0], *parts)
    if not path.is_file():
        raise DataMissing(f"package {package!r} has no file {'/'.join(parts)}")
    return path


def photograph() -> np.ndarray:
    """Return a colour photograph of 427 by 640 pixels, ``uint8``, from scikit-learn."""
    from PIL import Image

    path = package_file("sklearn", "datasets", "images", "china.jpg")
    with Image.open(path) as image:
        return np.ascontiguousarray(np.asarray(image.convert("RGB")))


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return 1797 scanned digits as rows of 64 grey values, and what each shows."""
    path = package_file("sklearn", "datasets", "data", "digits.csv.gz")
    with gzip.open(path, "rt") as table:
        rows = np.loadtxt(table, delimiter=",")
    return np.ascontiguousarray(rows[:, :-1]), rows[:, -1].astype(np.int64)


def licence_words(name: str) -> list[str]:
    """Return the words of a licence text (``gpl2``, ``gpl3``, ...) from lice2."""
    path = package_file("lice2", "templates", f"template-{name}.txt")
    return path.read_text(encoding="utf-8").split()
