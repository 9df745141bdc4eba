"""The second look at whole-array arithmetic of compiled code.

Flags of the processor have told that something may have happened that NumPy warns of. Here
NumPy does the same once more, operation by operation over the arrays of compiled code, each
as a line of the user's function: so texts, places, filters, registries and ``np.errstate`` are
those of the NumPy that is there. Results are thrown away. Not here: when that happens, and
what is written down for it (``compiler/frontend/src/infer/watching.rs``).
"""

import functools
import struct

import numpy as np

from cumbia._warnings import line_of_code, said

#: Kinds of errors by the bits of the flags.
_KINDS = {"divide": 1, "over": 2, "under": 4, "invalid": 8}


class _Memory:
    """Memory of compiled code as an array."""

    def __init__(self, dtype, address, shape, strides):
        self.__array_interface__ = {
            "version": 3,
            "typestr": dtype.str,
            "data": (address, True),
            "shape": shape,
            "strides": strides,
        }


def _signed(slot):
    return slot - (1 << 64) if slot >> 63 else slot


def _real(dtype, slot):
    """A number from the low bytes of its slot."""
    return np.frombuffer(struct.pack("<Q", slot)[: dtype.itemsize], dtype)[0]


def _operand(code, slots):
    """The next operand: ``A`` and dimensions and dtype, ``N`` and dtype, or a Python number."""
    if code[0] == "A":
        dtype, ndim = np.dtype(code[2:]), int(code[1])
        next(slots)
        address = next(slots)
        shape = tuple(_signed(next(slots)) for _ in range(ndim))
        strides = tuple(_signed(next(slots)) for _ in range(ndim))
        if 0 in shape or not address:
            return np.empty(shape, dtype)
        return np.asarray(_Memory(dtype, address, shape, strides))
    if code[0] == "N":
        dtype = np.dtype(code[1:])
        if dtype.kind == "c":
            part = np.dtype(f"f{dtype.itemsize // 2}")
            real, imaginary = _real(part, next(slots)), _real(part, next(slots))
            return np.array([real, imaginary], part).view(dtype)[0]
        if dtype.kind == "b":
            return np.bool_(next(slots) & 1)
        return _real(dtype, next(slots))
    if code == "i":
        return _signed(next(slots))
    if code == "b":
        return bool(next(slots) & 1)
    value = struct.unpack("<d", struct.pack("<Q", next(slots)))[0]
    if code == "c":
        return complex(value, struct.unpack("<d", struct.pack("<Q", next(slots)))[0])
    return value


@functools.lru_cache(maxsize=256)
def _parsed(text):
    codes, *lines = text.split("\n")
    steps = []
    for line in lines:
        number, result, expression, dropped = line.split("\t")
        steps.append((int(number), result, expression, dropped.split()))
    return codes.split(), steps


def look(text, slots, filename, globals_, modes, flags, function):
    """Does again what a text says.

    Parameters
    ----------
    text : str
        The codes of the operands, then a line for each operation: its line in the file, the
        name of the result, an expression of ``x0``, ``x1``, ... and earlier results, the
        results that aren't needed any more. An expression that starts with ``!`` is an
        operation by its dtype and name whose operands are lost: what the flags say about it
        that the others don't explain has happened there. One that starts with ``?`` names what
        was written to and the operands: where they overlap, they are lost, and its result is
        what is done instead of all the rest.
    slots : list of int
        The operands.
    filename : str
        The file of the function.
    globals_ : dict
        Its globals.
    modes : int
        What ``np.errstate`` says in the function.
    flags : int
        What has happened: 1 divide, 2 over, 4 under, 8 invalid.
    function : object
        The function, whose closure has some of the ufuncs that the operations call.
    """
    codes, steps = _parsed(text)
    names = {**_closure(function), "np": np}
    rest = iter(slots)
    for position, code in enumerate(codes):
        operand = names[f"x{position}"] = _operand(code, rest)
        if code[0] == "A" and not operand.size:
            # Nothing has been computed; reductions of nothing have notes of their own.
            return
    if steps[0][2].startswith("?"):
        written, *read = (names[name] for name in steps[0][2][1:].split())
        if any(np.may_share_memory(written, array) for array in read):
            steps = [(line, "", instead, []) for line, instead, _, _ in steps[:1]]
        else:
            steps = steps[1:]
    lost = [expression for _, _, expression, _ in steps if expression.startswith("!")]
    with said(modes):
        for line, result, expression, dropped in steps:
            if lost and not expression.startswith("!"):
                flags &= ~_happens(expression, names, result)
            if expression.startswith("!"):
                expression = _sample(expression, flags, names)
            if expression:
                names[result] = eval(line_of_code(expression, filename, line), globals_, names)
            for name in dropped:
                names.pop(name, None)


def _closure(function):
    """The variables of enclosing functions that have values."""
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        try:
            found[name] = cell.cell_contents
        except ValueError:
            continue
    return found


def _happens(expression, names, result):
    """The flags of one operation."""
    found = []
    with np.errstate(all="call", call=lambda kind, _: found.append(kind)):
        eval(expression, {}, dict(names))
    known = {"divide by zero": 1, "overflow": 2, "underflow": 4, "invalid value": 8}
    return sum({known[kind] for kind in found})


#: Operands by operation and kind of error, as functions of the largest and the smallest
#: normal number, of integers the lowest.
_SAMPLES = {
    ("add", 2): lambda big, tiny: (big, big),
    ("add", 8): lambda big, tiny: (np.inf, -np.inf),
    ("subtract", 2): lambda big, tiny: (big, -big),
    ("subtract", 8): lambda big, tiny: (np.inf, np.inf),
    ("multiply", 2): lambda big, tiny: (big, big),
    ("multiply", 4): lambda big, tiny: (tiny, tiny),
    ("multiply", 8): lambda big, tiny: (np.inf, 0.0),
    ("divide", 1): lambda big, tiny: (1.0, 0.0),
    ("divide", 2): lambda big, tiny: (big, tiny),
    ("divide", 4): lambda big, tiny: (tiny, big),
    ("divide", 8): lambda big, tiny: (0.0, 0.0),
    ("sqrt", 8): lambda big, tiny: (-1.0,),
    ("square", 2): lambda big, tiny: (big,),
    ("square", 4): lambda big, tiny: (tiny,),
    ("floor_divide", 1): lambda big, tiny: (1, 0),
    ("floor_divide", 2): lambda big, tiny: (tiny, -1),
    ("remainder", 1): lambda big, tiny: (1, 0),
    ("fmod", 1): lambda big, tiny: (1, 0),
    ("reciprocal", 1): lambda big, tiny: (0.0,),
    ("reciprocal", 2): lambda big, tiny: (tiny / 16,),
    ("reciprocal", 4): lambda big, tiny: (big,),
}


def _sample(expression, flags, names):
    """An operation of the same kinds of errors as an expression; empty where there are none."""
    dtype, name = expression[1:].split()
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        big, tiny = np.iinfo(dtype).max, np.iinfo(dtype).min
    else:
        big, tiny = np.finfo(dtype).max, np.finfo(dtype).tiny
    columns = [
        _SAMPLES[name, bit](big, tiny)
        for bit in _KINDS.values()
        if flags & bit and (name, bit) in _SAMPLES
    ]
    if not columns:
        return ""
    operands = np.array(columns, dtype).T
    for position, operand in enumerate(operands):
        names[f"s{position}"] = operand
    return f"np.{name}({', '.join(f's{i}' for i in range(len(operands)))})"
