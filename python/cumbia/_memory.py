"""Arrays over memory that Python has an address of: what ``carray`` and ``farray`` give in
plain Python.

Nobody knows how much memory there is behind an address; what is asked for is believed.
"""

from __future__ import annotations

from typing import Any

__all__ = ["array_at"]


def array_at(ptr: Any, shape: Any, dtype: Any, order: str) -> Any:
    """An array over the memory that a pointer of ctypes, or an address, leads to."""
    import ctypes

    import numpy

    known = getattr(type(ptr), "_type_", None)
    if isinstance(ptr, int) and not isinstance(ptr, bool):
        address, known = ptr, None
    elif isinstance(ptr, ctypes.c_void_p):
        address, known = ptr.value or 0, None
    elif isinstance(ptr, (ctypes._Pointer, ctypes.Array)):
        address = ctypes.cast(ptr, ctypes.c_void_p).value or 0
    else:
        raise TypeError(f"carray() and farray() take a pointer of ctypes, not {ptr!r}")
    wanted = None if dtype is None else numpy.dtype(getattr(dtype, "name", dtype))
    if known is None:
        if wanted is None:
            raise TypeError("carray() and farray() need a dtype for a void pointer")
        found = wanted
    else:
        found = numpy.dtype(known)
        if wanted is not None and wanted != found:
            raise TypeError(f"the pointer is one to {found}, not to {wanted}")
    sizes = shape if isinstance(shape, tuple) else (shape,)
    count = 1
    for size in sizes:
        if size < 0:
            raise ValueError("negative dimensions are not allowed")
        count *= size
    memory = (ctypes.c_char * (count * found.itemsize)).from_address(address)
    return numpy.ndarray(sizes, found, memory, order=order)
