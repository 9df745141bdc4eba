"""Calls of C's functions by their addresses: what `cumbia/_foreign.py` writes functions with.

An address is that of an array, of its attribute `ctypes`, or a number.
"""


@implements("cumbia._foreign.call_int")
def call_int(address, how, i0, i1, i2, i3, i4, i5, f0, f1, f2, f3, f4, f5, f6, f7):
    return prim.foreign_int(address, how, i0, i1, i2, i3, i4, i5, f0, f1, f2, f3, f4, f5, f6, f7)


@implements("cumbia._foreign.call_float")
def call_float(address, how, i0, i1, i2, i3, i4, i5, f0, f1, f2, f3, f4, f5, f6, f7):
    return prim.foreign_float(address, how, i0, i1, i2, i3, i4, i5, f0, f1, f2, f3, f4, f5, f6, f7)


@implements("cumbia._foreign.pointer")
def pointer(x):
    if prim.is_array_memory(x):
        return prim.address_of(x)
    elif prim.is_none(x):
        return 0
    elif prim.is_integer(x):
        return int(x)
    else:
        prim.error("a pointer of C is `array.ctypes`, `array.ctypes.data`, None or an address, not {}", x)


@implements("cumbia._foreign.buffer")
def buffer(array):
    if not prim.is_array(array):
        prim.error("ffi.from_buffer() takes an array in compiled code, not {}", array)
    # What stands for other code in the emulation of kernels takes elements of it.
    if prim.on_device():
        return array
    if not array.flags.c_contiguous:
        raise ValueError("ndarray is not C-contiguous")
    return array.ctypes


@implements("cumbia._foreign.refused")
def refused(message):
    prim.error(message, 0)


def data(x):
    return prim.address_of(x)
