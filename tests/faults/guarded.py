"""Arrays whose memory ends, or begins, at a page that nobody may touch.

Compiled code that reads or writes one element beyond such an array ends the process, where
beside ordinary memory it would go unnoticed. The memory lives as long as the arrays in it.
"""

from __future__ import annotations

import ctypes
import mmap

import numpy as np

__all__ = ["guarded"]

PAGE = mmap.PAGESIZE
_NO_ACCESS = 0
_libc = ctypes.CDLL(None, use_errno=True)
_libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


def guarded(array: np.ndarray, at_end: bool) -> np.ndarray:
    """Copy an array into memory between two pages without access.

    Parameters
    ----------
    array : ndarray
        Of any shape and dtype; the copy has C order.
    at_end : bool
        Whether its last byte is the one before the page behind it. Otherwise its first byte
        is the one behind the page before it.

    Returns
    -------
    ndarray
        The copy, writable.

    Raises
    ------
    OSError
        If the system refuses the memory.
    """
    inside = -(-max(array.nbytes, 1) // PAGE) * PAGE
    memory = mmap.mmap(-1, inside + 2 * PAGE)
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    for page in (start, start + PAGE + inside):
        if _libc.mprotect(page, PAGE, _NO_ACCESS):
            raise OSError(ctypes.get_errno(), "mprotect")
    offset = PAGE + (inside - array.nbytes if at_end else 0)
    copy = np.ndarray(array.shape, array.dtype, memory, offset)
    copy[...] = array
    return copy
