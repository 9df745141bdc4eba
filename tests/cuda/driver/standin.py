"""The stand-in for the driver: building it, loading it, and running what is launched.

A launch arrives as a kernel's assembly and the bytes of its parameters. Where each parameter
lies is read from the assembly. Of them arrays are made over the memory that the addresses lead
to, and the emulation runs the kernel on these. An exception of a thread is written to the error
record as a device would, so that the launcher finds it there.
"""

from __future__ import annotations

import builtins
import ctypes
import functools
import os
import re
import shutil
import struct
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import numpy as np
from cumbia.cuda import _kernels, _offload

__all__ = ["StandIn", "build", "parameters_of"]

ROOT = Path(__file__).resolve().parents[3]
RUNNER = ctypes.CFUNCTYPE(
    ctypes.c_uint32, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t,
    ctypes.POINTER(ctypes.c_uint32), ctypes.POINTER(ctypes.c_uint32), ctypes.c_uint32,
)
ILLEGAL_ADDRESS, LAUNCH_FAILED = 700, 719


@functools.cache
def build() -> str | None:
    """Build the stand-in; its path, or None where there is no cargo."""
    if given := os.environ.get("CUMBIA_TEST_STANDIN"):
        return given
    if shutil.which("cargo") is None:
        return None
    done = subprocess.run(
        ["cargo", "build", "--release", "--locked", "-q", "-p", "cumbia-cuda-standin"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env=dict(os.environ, PYO3_PYTHON=sys.executable),
    )
    assert done.returncode == 0, done.stderr
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    name = {"darwin": "libcuda_standin.dylib", "win32": "cuda_standin.dll"}
    return os.fspath(target / "release" / name.get(sys.platform, "libcuda_standin.so"))


def parameters_of(ptx: str) -> list[tuple[int, int]]:
    """Where the parameters of the kernel lie and how many bytes each has, by its assembly."""
    header = re.search(r"\.visible \.entry \w+\(\n(.*?)\n\)", ptx, re.DOTALL)
    assert header is not None, ptx
    places, end = [], 0
    for row in header.group(1).splitlines():
        bits = re.search(r"\.param \.[usbf](\d+)", row)
        assert bits is not None, row
        size = int(bits.group(1)) // 8
        at = -(-end // size) * size
        places.append((at, size))
        end = at + size
    return places


class StandIn:
    """The loaded stand-in, and the kernels that it runs."""

    def __init__(self, path: str) -> None:
        self.library = ctypes.CDLL(path)
        self.library.standin_fail.argtypes = (ctypes.c_char_p, ctypes.c_uint32, ctypes.c_uint32)
        self.library.standin_calls.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
        self.library.standin_calls.restype = ctypes.c_size_t
        self.runner = RUNNER(self.run)
        self.library.standin_runner(self.runner)
        # By their assembly.
        self.kernels: dict[str, tuple[Any, Any]] = {}
        self.emulated: dict[int, Any] = {}
        # Launches: names, grids, blocks and parameters.
        self.launched: list[tuple[str, tuple[int, ...], tuple[int, ...], bytes]] = []
        self.trouble: list[str] = []

    def note(self, specialization: Any, code: Any) -> None:
        """Remember whose assembly it is."""
        self.kernels[code.ptx] = (specialization, code)

    def fail(self, function: str, status: int, skip: int = 0) -> None:
        """Let a function of the driver fail, after so many calls; status 0 ends it."""
        self.library.standin_fail(function.encode(), status, skip)

    def calls(self) -> list[str]:
        """The calls of the driver since this was asked last."""
        size = self.library.standin_calls(None, 0)
        buffer = ctypes.create_string_buffer(size + 1)
        self.library.standin_calls(buffer, size)
        return buffer.raw[:size].decode().splitlines()

    def left(self) -> tuple[int, int]:
        """How much work nobody waited for, and places of memory that are taken."""
        work, places = ctypes.c_size_t(), ctypes.c_size_t()
        self.library.standin_left(ctypes.byref(work), ctypes.byref(places))
        return work.value, places.value

    def run(self, name: Any, ptx: Any, packed: Any, size: Any, grid: Any, block: Any, shared: Any):
        """Run a kernel; gives the status of the context."""
        try:
            text = ctypes.string_at(ptx).decode()
            blocks, threads = tuple(grid[:3]), tuple(block[:3])
            data = ctypes.string_at(packed, size)
            self.launched.append((name.decode(), blocks, threads, data))
            specialization, code = self.kernels[text]
            assert code.name == name.decode()
            by_slots = isinstance(specialization.kernel, _offload._Limits)
            unpacked = self.slots if by_slots else self.unpacked
            args, record = unpacked(specialization, text, data)
            emulated = self.emulated.get(id(specialization))
            if emulated is None:
                from cumbia._cumbia import _emulated

                emulated = _emulated(specialization.compiled, False)
                self.emulated[id(specialization)] = emulated
            try:
                if by_slots:
                    from cumbia._cumbia import _emulate_slots

                    _emulate_slots(emulated, blocks, threads, args)
                else:
                    emulated.launch(blocks, threads, shared, args)
            except Exception as error:
                return self.raised(error, code, record)
        except BaseException:
            self.trouble.append(traceback.format_exc())
            return LAUNCH_FAILED
        return 0

    def unpacked(self, specialization: Any, text: str, data: bytes) -> tuple[tuple[Any, ...], int]:
        """Arguments, and the record's address, from packed parameters."""
        places = parameters_of(text)
        assert len(data) == places[-1][0] + 8
        raw = [data[at : at + size] for at, size in places]
        values = iter(raw)
        args = tuple(_argument(iter_types, values) for iter_types in specialization.types)
        record, *words = (int.from_bytes(one, "little") for one in values)
        assert len(words) == specialization.cooperative
        for address in words:
            # The launch's own, and clear; a grid leaves something else there.
            count = ctypes.c_uint64.from_address(address)
            assert count.value == 0
            count.value = 0x80000000
        return args, record

    def slots(self, specialization: Any, text: str, data: bytes) -> tuple[list[int], int]:
        """The machine values that the kernel of a loop takes, and the record's address."""
        places = parameters_of(text)
        assert len(data) == places[-1][0] + 8
        raw = [int.from_bytes(data[at : at + size], "little") for at, size in places]
        made: list[int] = []
        for (kind, *_), value in zip(specialization.parameters(), raw):
            # The owner isn't passed.
            made += [0, value] if kind == "data" else [value]
        return made, raw[-1]

    def raised(self, error: Exception, code: Any, record: int) -> int:
        """Write an exception of a thread into the record, as a device does."""
        state = ctypes.c_uint32.from_address(record)
        if state.value != 0:
            return 0
        kind = type(error).__name__
        last = error.__traceback__
        lines = []
        while last is not None:
            lines.append(last.tb_lineno)
            last = last.tb_next
        for number, site in enumerate(code.sites):
            # A class of the user's has a number there.
            named = site.exception and site.exception.rpartition(".")[2]
            own = named and not hasattr(builtins, named)
            if named and (named == kind or own) and site.line == lines[-1]:
                found = _arguments(site.message, str(error))
                if found is not None:
                    break
        else:
            raise LookupError(f"no site for {error!r} at lines {lines}") from error
        calls = [number for number, site in enumerate(code.sites)
                 if site.exception is None and site.line in lines]
        place = re.search(r"thread \((\d+), (\d+), (\d+)\) of block \((\d+), (\d+), (\d+)\)",
                          "".join(error.__notes__))
        assert place is not None
        x, y, z, bx, by, bz = map(int, place.groups())
        head = struct.pack("<I", number)
        values = struct.pack("<8q", *(found + [0] * 8)[:8])[: 8 * MOST_ARGUMENTS]
        tail = struct.pack("<6II", bx, by, bz, x, y, z, min(len(calls), 1))
        trace = struct.pack("<32I", *(calls[:1] + [0] * 32)[:32])
        ctypes.memmove(record + 4, head + values + tail + trace, 4 + len(values) + 28 + 128)
        state.value = 2
        return 0


# Message arguments of an error record (`cumbia_abi::MAX_RAISE_ARGS`).
MOST_ARGUMENTS = 8


def _arguments(message: str, said: str) -> list[int] | None:
    """The numbers of a message, by its template; None if it is another one's."""
    pattern = re.escape(message)
    numbers = [int(n) for n in re.findall(r"\\\{(\d+)\\\}", pattern)]
    pattern = re.sub(r"\\\{\d+\\\}", r"(-?\\d+)", pattern)
    found = re.fullmatch(pattern, said)
    if found is None:
        return None
    values = [0] * (max(numbers, default=-1) + 1)
    for number, value in zip(numbers, found.groups()):
        values[number] = int(value)
    return values


_PLAIN = {"pyint": "<i8", "pyfloat": "<f8", "pybool": "?", "pycomplex": "<c16"}


def _argument(spelled: str, values: Any) -> Any:
    """An argument of a type, from the next parameters."""
    spelled = spelled.strip()
    if spelled.startswith("tuple("):
        return tuple(_argument(one, values) for one in _split(spelled[6:-1]))
    if spelled.startswith("array("):
        name, ndim, _, *rest = _split(spelled[6:-1])
        count = int(ndim)
        address = int.from_bytes(next(values), "little")
        shape = [int.from_bytes(next(values), "little", signed=True) for _ in range(count)]
        strides = [int.from_bytes(next(values), "little", signed=True) for _ in range(count)]
        made = _array_at(address, _dtype(name.strip()), shape, strides)
        made.flags.writeable = not rest
        return made
    if spelled.startswith("void("):
        dtype = _dtype(spelled)
        address = int.from_bytes(next(values), "little")
        return _array_at(address, dtype, [1], [dtype.itemsize])[0]
    dtype = np.dtype(_PLAIN.get(spelled, spelled))
    raw = b"".join(next(values) for _ in range(2 if dtype.kind == "c" else 1))
    assert len(raw) == dtype.itemsize, spelled
    one = np.frombuffer(raw, dtype)[0]
    return one.item() if spelled in _PLAIN else one


def _dtype(spelled: str) -> np.dtype:
    """A dtype as types spell it; of records without gaps."""
    inside = spelled.removeprefix("void(").rstrip(")")
    if not inside.startswith("{"):
        return np.dtype(spelled)
    fields = [field.split(":", 1) for field in _split(inside[1:-1])]
    return np.dtype([(name.strip(), _dtype(of.strip())) for name, of in fields])


def _split(inner: str) -> list[str]:
    parts, depth, last = [], 0, ""
    for letter in inner:
        depth += letter in "([{" or -(letter in ")]}")
        if letter == "," and depth == 0:
            parts.append(last)
            last = ""
        else:
            last += letter
    return [part for part in [*parts, last] if part.strip()]


def _array_at(address: int, dtype: Any, shape: list[int], strides: list[int]) -> np.ndarray:
    """An array over memory, by its geometry."""
    if 0 in shape:
        return np.empty(shape, dtype)
    reach = [(n - 1) * step for n, step in zip(shape, strides)]
    first = sum(step for step in reach if step < 0)
    size = sum(map(abs, reach)) + dtype.itemsize
    memory = (ctypes.c_ubyte * size).from_address(address + first)
    return np.ndarray(shape, dtype, memory, -first, strides)


def hooked(standin: StandIn, monkeypatch: Any) -> None:
    """Let the stand-in know of all assembly that is made."""
    plain = _kernels.Specialization.options

    def options(self: Any) -> Any:
        found = plain(self)
        for apart in (0, 1):
            for sm in (80,):
                code = self.__dict__.setdefault("_standin", {})
                if (sm, apart) not in code:
                    ptx, name, sites = self.compiled.ptx(dict(found, sm=sm, apart=apart))
                    made = _kernels.Code(ptx, name, tuple(_kernels.Site(*s) for s in sites))
                    code[sm, apart] = made
                    standin.note(self, made)
        return found

    monkeypatch.setattr(_kernels.Specialization, "options", options)


def install(path: str) -> StandIn:
    """Let the stand-in run kernels of this process, from now on."""

    class Plainly:
        setattr = staticmethod(setattr)

    made = StandIn(path)
    hooked(made, Plainly)
    return made
