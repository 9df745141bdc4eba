"""The launcher of devices: kernels run by the NVIDIA driver.

Launches of numbers and arrays on the device don't come here: `_cumbia.Launch` has them packed
and queued. Here is what is done once for each kernel, what arguments need that are elsewhere,
and how elements are copied that don't lie one behind the other.
"""

from __future__ import annotations

import contextlib
import ctypes
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from cumbia.cuda import _launchers
from cumbia.cuda._arrays import DeviceNDArray, MappedNDArray, _Passed, as_cuda_array
from cumbia.cuda._dlpack import CUDA, from_dlpack
from cumbia.cuda._streams import handle_of
from cumbia.errors import CumbiaPerformanceWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cumbia.cuda._kernels import Kernel, Specialization

__all__ = ["Driver"]


class Driver:
    """Runs kernels on a device, and has its memory and its streams."""

    name = "driver"
    # Whether somebody was told that arrays of the host are copied.
    _told = False

    def __init__(self, ordinal: int) -> None:
        from cumbia._cumbia import Gpu

        self.ordinal = ordinal
        self.gpu = Gpu(ordinal)
        facts = self.gpu.facts()
        (self.device_name, self.uuid, self.compute_capability, self.multiprocessors,
         self.most_threads, self.shared, self.shared_on_request, self.registers,
         self.memory_bytes, self.is_pooled, self.pci) = facts
        gpu = self.gpu
        # The driver's functions, by handles.
        self.stream, self.drop_stream = gpu.stream, gpu.drop_stream
        self.wait_for, self.is_over, self.synchronize = gpu.wait_for, gpu.is_over, gpu.synchronize
        self.call_after, self.meet_foreign = gpu.call_after, gpu.meet_foreign
        self.event, self.drop_event = gpu.event, gpu.drop_event
        self.record, self.has_come = gpu.record, gpu.has_come
        self.wait_for_event, self.let_wait = gpu.wait_for_event, gpu.let_wait
        self.elapsed, self.profile = gpu.elapsed, gpu.profile
        self.capture, self.captured = gpu.capture, gpu.captured

    def describe(self) -> str:
        """Name, architecture and memory in a line."""
        major, minor = self.compute_capability
        return (
            f"{self.ordinal}: {self.device_name}, compute capability {major}.{minor}, "
            f"{self.multiprocessors} multiprocessors, {self.memory_bytes >> 20} MiB"
        )

    # Compiling and launching.

    @property
    def architecture(self) -> int:
        """The architecture that kernels are compiled for."""
        from cumbia.cuda._kernels import _architecture

        return _architecture(self.compute_capability)

    def types(self, args: tuple[Any, ...]) -> tuple[str, ...]:
        """The types of arguments as text."""
        from cumbia._cumbia import _kernel_types

        return tuple(_kernel_types(self.inside(args)))

    def inside(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments as those of a call: arrays of the device as arrays."""
        return tuple(map(_inside, args))

    def loaded(self, specialization: Specialization, apart: bool = True) -> Any:
        """A specialization's code, loaded."""
        from cumbia._cumbia import LoadedKernel

        key = f"{self.ordinal} {apart} {id(self.gpu)}"
        found = specialization.launched.get(key)
        if found is None:
            options = dict(specialization.options(), sm=self.architecture, apart=int(apart))
            others = specialization.linked(self.architecture)
            found = LoadedKernel(self.gpu, specialization.compiled, options, others)
            specialization.launched[key] = found
        return found

    def configured(
        self,
        kernel: Kernel,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        stream: Any,
        shared: int,
    ) -> Callable[..., None]:
        """What launches a kernel with arguments."""
        from cumbia._cumbia import Launch, _kernel_types

        sm = self.architecture

        def compile(inside: tuple[Any, ...]) -> tuple[Any, dict[str, int], list[Any]]:
            made = kernel._for(tuple(_kernel_types(inside)), inside)
            return made.compiled, dict(made.options(), sm=sm), made.linked(sm)

        at = handle_of(stream)
        return Launch(self.gpu, grid, block, at, shared, compile, self._elsewhere)

    def _elsewhere(self, launch: Any, args: tuple[Any, ...]) -> None:
        """Launch with arguments that aren't on the device, or that another library has there."""
        stream = launch.stream
        copies = _Copies(self, stream)
        passed = tuple(copies.passed(arg) for arg in args)
        if copies.hosts and self.gpu.is_capturing:
            raise ValueError(
                "a launch that is captured takes arrays on the device: bring others there with "
                "cuda.to_device before"
            )
        if copies.hosts and not Driver._told:
            Driver._told = True
            warnings.warn(
                "a kernel is launched with arrays of the host: they are copied to the device "
                "and back for each launch; cuda.to_device() brings them there once. This is "
                "said once",
                CumbiaPerformanceWarning,
                stacklevel=3,
            )
        launch.plainly(*copies.begin(passed))
        if copies.hosts:
            copies.end()
            self.wait_for(stream)

    def most_at_once(self, specialization: Specialization, threads: int, shared: int) -> int:
        """How many blocks of a kernel the device has at once, whichever code is launched."""
        codes = [self.loaded(specialization, apart) for apart in (True, False)]
        return min(code.most_at_once(threads, shared) for code in codes)

    def compile(self, specialization: Specialization) -> Any:
        """Not asked: `configured` launches."""
        raise NotImplementedError

    launch = compile

    # Memory.

    def allocate(self, size: int, kind: str = "device", **options: bool) -> Any:
        """Memory of so many bytes, as a buffer at the device's addresses."""
        return self.gpu.allocate(size, kind, **options)

    def host_side(self, memory: Any) -> Any:
        """The same memory at the host's addresses."""
        return memory.side(True)

    def fix(self, array: np.ndarray, mapped: bool) -> int:
        """Keep the memory of an array of the host where it is; its address on the device."""
        first, size = _span(array)
        return self.gpu.fix(first, size, mapped) + (_address(array) - first if mapped else 0)

    def unfix(self, array: np.ndarray) -> None:
        """End `fix`."""
        self.gpu.synchronize()
        self.gpu.unfix(_span(array)[0])

    def copy_in(self, to: np.ndarray, source: np.ndarray, stream: int) -> None:
        """Copy elements from the host to the device."""
        if not to.size:
            return
        source = np.broadcast_to(np.asarray(source, to.dtype), to.shape)
        to, source = _in_order(to, source)
        if not source.flags.c_contiguous:
            source = np.ascontiguousarray(source)
        host, size = _address(source), to.itemsize
        for at, offset, width, rows, pitch in _runs(to):
            if rows == 1:
                self.gpu.copy_in(at, host + offset * size, width, stream)
            else:
                self.gpu.copy_rows(
                    (at, pitch, True), (host + offset * size, width, False), (width, rows), stream
                )

    def copy_out(self, to: np.ndarray, source: np.ndarray, stream: int) -> None:
        """Copy elements from the device to the host."""
        if not to.size:
            return
        source, ordered = _in_order(source, to)
        direct = ordered.flags.c_contiguous
        host = ordered if direct else np.empty(source.shape, source.dtype)
        first, size = _address(host), source.itemsize
        for at, offset, width, rows, pitch in _runs(source):
            if rows == 1:
                self.gpu.copy_out(first + offset * size, at, width, stream)
            else:
                self.gpu.copy_rows(
                    (first + offset * size, width, False), (at, pitch, True), (width, rows), stream
                )
        if not direct:
            self.wait_for(stream)
            ordered[...] = host
        elif stream == 0:
            self.wait_for(stream)

    def copy_within(self, to: np.ndarray, source: np.ndarray, stream: int) -> None:
        """Copy elements between arrays on the device."""
        if not to.size:
            return
        ordered_to, ordered = _in_order(to, source)
        if ordered_to.flags.c_contiguous and ordered.flags.c_contiguous:
            self.gpu.copy_within(_address(ordered_to), _address(ordered), to.nbytes, stream)
            return
        # By way of the host: elements that lie apart on both sides are seldom copied.
        host = np.empty(to.shape, to.dtype)
        self.copy_out(host, source, stream)
        self.copy_in(to, host, stream)

    def fill(self, to: np.ndarray, byte: int, stream: int = 0) -> None:
        """Set all bytes of elements that lie one behind the other."""
        self.gpu.fill(_address(to), byte, to.nbytes, stream)


def _inside(arg: Any) -> Any:
    """The value whose type a kernel is compiled for."""
    if isinstance(arg, _Passed):
        arg = arg.array
    if isinstance(arg, tuple) and type(arg) is tuple:
        return tuple(map(_inside, arg))
    return arg._array if isinstance(arg, DeviceNDArray) else arg


def _address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def _span(array: np.ndarray) -> tuple[int, int]:
    """The first byte of an array's elements, and how many there are up to its last."""
    first = last = _address(array)
    for extent, step in zip(array.shape, array.strides):
        if step < 0:
            first += (extent - 1) * step
        else:
            last += (extent - 1) * step
    return first, last + array.itemsize - first


def _in_order(leads: np.ndarray, follows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two arrays of one shape with the axes as the first has them in memory, ascending."""
    flip = tuple(slice(None, None, -1 if step < 0 else 1) for step in leads.strides)
    # With an ellipsis, so that an array without axes stays one.
    leads, follows = leads[(*flip, ...)], follows[(*flip, ...)]
    axes = sorted(range(leads.ndim), key=lambda axis: -leads.strides[axis])
    return leads.transpose(axes), follows.transpose(axes)


def _runs(array: np.ndarray) -> Iterator[tuple[int, int, int, int, int]]:
    """How to copy an array with axes in order, and one of the same shape without gaps.

    Yields an address, how many elements are before it, bytes of a row, rows, and bytes from
    row to row.
    """
    # Neighbouring axes without a gap between them are one.
    axes: list[list[int]] = []
    for extent, step in zip(array.shape, array.strides):
        if extent == 1:
            continue
        if axes and axes[-1][1] == extent * step:
            axes[-1] = [axes[-1][0] * extent, step]
        else:
            axes.append([extent, step])
    width, count = array.itemsize, 1
    if axes and axes[-1][1] == array.itemsize:
        count = axes.pop()[0]
        width = count * array.itemsize
    rows, pitch = 1, width
    if axes and width <= axes[-1][1] < 2**31:
        rows, pitch = axes.pop()
    first, step = _address(array), count * rows
    for number, place in enumerate(np.ndindex(*(extent for extent, _ in axes))):
        offset = sum(index * stride for index, (_, stride) in zip(place, axes))
        yield first + offset, number * step, width, rows, pitch


class _Copies:
    """Arrays of the host for one launch: brought to the device, and back.

    Arrays that share memory share it on the device too: a kernel that writes one of them sees
    it in the others.
    """

    def __init__(self, launcher: Driver, stream: int) -> None:
        self.launcher, self.stream = launcher, stream
        # Arrays of the host, and whether they are brought there and back.
        self.hosts: list[tuple[np.ndarray, bool, bool]] = []
        self.back: list[Callable[[], None]] = []

    def passed(self, arg: Any) -> Any:
        """An argument with what is already on the device as such, and notes for the rest."""
        to_device = from_device = True
        if isinstance(arg, _Passed):
            to_device, from_device, arg = arg.to_device, arg.from_device, arg.array
        if isinstance(arg, DeviceNDArray):
            return arg
        if isinstance(arg, MappedNDArray) and (there := arg.on_device()) is not None:
            return there
        if isinstance(arg, np.ndarray):
            if type(arg) is not np.ndarray and not isinstance(arg, (MappedNDArray, np.recarray)):
                return arg
            self.hosts.append((arg, to_device, from_device and arg.flags.writeable))
            return _Host(len(self.hosts) - 1)
        if isinstance(arg, np.void):
            self.hosts.append((_bytes_of(arg), True, arg.flags.writeable))
            return _Host(len(self.hosts) - 1, record=True)
        if type(arg) is tuple:
            return tuple(map(self.passed, arg))
        if hasattr(arg, "__cuda_array_interface__"):
            return as_cuda_array(arg)
        if hasattr(arg, "__dlpack_device__") and arg.__dlpack_device__()[0] == CUDA:
            return from_dlpack(arg, stream=self.stream)
        return arg

    def begin(self, passed: tuple[Any, ...]) -> tuple[Any, ...]:
        """Bring the arrays there, and give the arguments."""
        made: dict[int, DeviceNDArray] = {}
        for group in self._groups():
            whole = len(group) > 1
            made.update(self._together(group) if whole else self._alone(group[0]))

        def final(arg: Any) -> Any:
            if isinstance(arg, _Host):
                there = made[arg.number]
                # An element of a structured array is where the array has it.
                return there._array[0] if arg.record else there
            return tuple(map(final, arg)) if type(arg) is tuple else arg

        return tuple(map(final, passed))

    def _groups(self) -> list[list[int]]:
        """The arrays by the memory that they share."""
        spans = sorted((*_span(host), number) for number, (host, _, _) in enumerate(self.hosts)
                       if host.size)
        groups: list[list[int]] = []
        end = -1
        for first, size, number in spans:
            if first < end:
                groups[-1].append(number)
            else:
                groups.append([number])
            end = max(end, first + size)
        groups += [[number] for number, (host, _, _) in enumerate(self.hosts) if not host.size]
        return groups

    def _alone(self, number: int) -> dict[int, DeviceNDArray]:
        host, to_device, from_device = self.hosts[number]
        host = host.view(np.ndarray)
        launcher = self.launcher
        memory = launcher.allocate(host.nbytes)
        # Without gaps, in the order that it has.
        steps = _without_gaps(host)
        there = np.ndarray(host.shape, host.dtype, memory, 0, steps)
        if to_device:
            launcher.copy_in(there, host, self.stream)
        if from_device:
            self.back.append(lambda: launcher.copy_out(host, there, self.stream))
        there.flags.writeable = host.flags.writeable
        return {number: DeviceNDArray(there, launcher.ordinal)}

    def _together(self, group: list[int]) -> dict[int, DeviceNDArray]:
        launcher = self.launcher
        spans = [_span(self.hosts[number][0]) for number in group]
        first = min(start for start, _ in spans)
        size = max(start + count for start, count in spans) - first
        # From a multiple of 64, as the host has it.
        lead = first % 64
        memory = launcher.allocate(size + lead)
        there = np.ndarray((size,), np.uint8, memory, lead)
        here = np.frombuffer((ctypes.c_ubyte * size).from_address(first), np.uint8)
        launcher.copy_in(there, here, self.stream)
        made, writes = {}, []
        for number in group:
            host, _, from_device = self.hosts[number]
            offset = _address(host) - first
            view = np.ndarray(host.shape, host.dtype, memory, lead + offset, host.strides)
            view.flags.writeable = host.flags.writeable
            made[number] = DeviceNDArray(view, launcher.ordinal)
            if from_device:
                writes.append((host, offset))

        def back() -> None:
            whole = np.empty(size, np.uint8)
            launcher.copy_out(whole, there, self.stream)
            for host, offset in writes:
                host[...] = np.ndarray(host.shape, host.dtype, whole, offset, host.strides)

        if writes:
            self.back.append(back)
        return made

    def end(self) -> None:
        """Bring the arrays back: all of them, also when a thread has raised."""
        with contextlib.ExitStack() as stack:
            for back in reversed(self.back):
                stack.callback(back)


class _Host:
    """The place of an array of the host among a launch's arguments, or of a record."""

    def __init__(self, number: int, record: bool = False) -> None:
        self.number, self.record = number, record


def _bytes_of(record: np.void) -> np.ndarray:
    """The memory of a record as an array with one element."""
    # A buffer of a record is for reading, whatever the record is.
    first = _address(np.frombuffer(record, np.uint8))
    memory = (ctypes.c_ubyte * record.dtype.itemsize).from_address(first)
    made = np.ndarray((1,), record.dtype, memory)
    made.flags.writeable = record.flags.writeable
    return made


def _without_gaps(array: np.ndarray) -> tuple[int, ...]:
    """Strides of an array without gaps, with the axes in the order that it has them."""
    if array.flags.c_contiguous or array.flags.f_contiguous:
        return array.strides
    steps, size = [0] * array.ndim, array.itemsize
    for axis in sorted(range(array.ndim), key=lambda axis: abs(array.strides[axis])):
        steps[axis] = size
        size *= array.shape[axis]
    return tuple(steps)


_launchers.register("driver", Driver)
