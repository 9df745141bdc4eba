"""Library bodies: what functions with fixed types make of what they are given.

`cumbia.cuda.libdevice` and `cumbia.cuda.fp16` convert their operands as C does, but for complex
numbers, of which a part would be lost.
"""


def real(x, dtype):
    if prim.is_number(x) and prim.kind(prim.dtype(x)) != "c":
        return prim.cast(x, dtype)
    else:
        prim.error("a real number is taken here, not {}", x)
