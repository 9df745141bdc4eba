"""For all tests: see `tests`. What belongs to the whole process is put back after each."""

import linecache
import sys

import pytest

import tests  # noqa: F401


@pytest.fixture(autouse=True)
def process_as_found():
    """Put back ``__main__``, and lines that no file has and that others have put into `linecache`."""
    main, before = sys.modules["__main__"], dict(linecache.cache)
    yield
    sys.modules["__main__"] = main
    for name in before.keys() - linecache.cache.keys():
        entry = before[name]
        if len(entry) == 4 and entry[1] is None:
            linecache.cache[name] = entry
