"""``jit(target="cuda")``: parallel loops of ordinary functions on a device.

The compiler makes a kernel of each loop over ``prange`` that can be one, besides the code for the
processor. When compiled code comes to such a loop it hands over what the loop takes
(`Loops.run`): here what its arrays need is brought to the device, and the kernel is launched. What
it wrote is brought back when compiled code tells that it is about to touch it (`host_uses`), or
when the call is over. A call of a function is a `Session`, which knows what of the host's memory
has a copy on the device (`_offload_memory`).

Which loops are kernels is known when the function is compiled; nothing is decided here by sizes.
A loop that is none runs on the processor's threads, in the same blocks, and the report says why.
"""

from __future__ import annotations

import threading
import warnings
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cumbia.cuda import _launchers
from cumbia.cuda._arrays import DeviceNDArray, as_cuda_array
from cumbia.cuda._kernels import Specialization
from cumbia.cuda._offload_memory import Mirror, Spans
from cumbia.errors import CumbiaPerformanceWarning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cumbia._cumbia import Kernel as CompiledKernel

__all__ = ["Loop", "Loops", "Session", "clear_traceback", "host_uses", "lent", "resident"]

# Threads of a block.
THREADS = 256
# Machine values that a loop's kernel takes before what the loop itself takes.
COUNTS = 3
MOST_BLOCKS = 2**31 - 1
# Arrays of the call itself that stay on the device.
MOST_OWN = 32
# Behind all addresses.
EVERYWHERE = 1 << 64


class ArrayAt(NamedTuple):
    """An array among what a loop's kernel takes."""

    name: str
    # The slot of its address; extents and strides follow.
    slot: int
    ndim: int
    # Bytes of an element.
    size: int
    # Whether the kernel may write it.
    writes: bool
    # How it is overwritten wholly before anything is read, for each axis; None if it isn't.
    axes: list[tuple[str, int]] | None = None
    # Whether nobody has written it on the host: None, or whether it is made as zeros.
    fresh: bool | None = None


class _Limits:
    """What stands for the kernel that a specialization is of."""

    _limits = {"max_threads": THREADS, "min_blocks": 0, "max_registers": 0}
    _link = ()

    def __init__(self, function: Any, line: int) -> None:
        self.py_func = function.py_func
        self.line = line

    def __repr__(self) -> str:
        return f"<loop of line {self.line} in {self.py_func.__qualname__}>"


class Loop:
    """A loop over ``prange`` of a function for a device.

    Attributes
    ----------
    function, filename, line, column, text
        Where it is, and how what it goes over is written.
    captured : list of tuple
        Names and types of what it takes from the function around it.
    results : int
        Machine values that a block of its turns gives.
    in_blocks : bool
        Whether its turns run in the blocks that the loop has on the processor too, because their
        results are put together; otherwise each turn is a thread.
    why : str
        Why it is no kernel; empty if it is one.
    arrays : list of ArrayAt
        Its arrays.
    raises, shows : bool
        Whether a turn may raise, and whether what one does shows elsewhere than in arrays.
    launches, bytes_in, bytes_out : int
        How often it was launched, and how much was copied for it.
    """

    def __init__(
        self,
        owner: Any,
        place: tuple[str, str, int, int, str],
        captured: list[tuple[str, str]],
        gives: tuple[int, bool],
        kernel: CompiledKernel | None,
        why: str,
        arrays: list[tuple[Any, ...]],
        known: tuple[
            list[tuple[int, list[tuple[str, int]]]], list[tuple[int, bool]], tuple[bool, bool]
        ],
    ) -> None:
        self.function, self.filename, self.line, self.column, self.text = place
        self.captured, self.why = captured, why
        self.results, self.in_blocks = gives
        overwritten, fresh, (self.raises, self.shows) = dict(known[0]), dict(known[1]), known[2]
        self.arrays = [
            ArrayAt(*one)._replace(axes=overwritten.get(one[1]), fresh=fresh.get(one[1]))
            for one in arrays
        ]
        self.specialization: Any = None
        if kernel is not None:
            self.specialization = Specialization(_Limits(owner, self.line), kernel)  # type: ignore[arg-type]
        self.launches = self.bytes_in = self.bytes_out = self.on_processor = 0


class Loops:
    """The loops of one specialization of a function, by their numbers."""

    def __init__(
        self, owner: Any, rows: list[tuple[Any, ...]], facts: tuple[bool, bool, bool]
    ) -> None:
        # Whether it uses elements outside of them, has generators, gives what may be an array.
        self.touches, self.waits, self.gives = facts
        self.owner = owner
        self.loops = [Loop(owner, *row) for row in rows]
        # What was copied back when calls were over, and when compiled code was about to touch it.
        self.bytes_home = self.bytes_used = 0
        for loop in self.loops:
            if loop.why:
                warnings.warn_explicit(
                    f"a loop over prange of {loop.function}() stays on the processor: {loop.why}",
                    CumbiaPerformanceWarning,
                    loop.filename,
                    loop.line,
                )

    def begin(self, addresses: Sequence[int] = ()) -> Session:
        """Begin a call of the function, with arrays at these addresses."""
        noted, _LOCAL.lent = _LOCAL.lent, []
        # Some may be of a call that didn't come about.
        lent = [(low, high) for low, high in noted if any(low <= at < high for at in addresses)]
        launcher = _launchers.current()
        if lent and (why := self._only_host()):
            raise TypeError(
                f"{self.owner.__qualname__}() takes an array on the device, and {why}: bring it to "
                "the host with copy_to_host() before"
            )
        session = Session(launcher, lent, self)
        _LOCAL.sessions.append(session)
        session.tell()
        return session

    def _only_host(self) -> str:
        """Why no array of the device can be taken; empty if there is no reason."""
        if self.touches or not self.loops:
            return "uses elements of arrays outside of its loops over prange"
        if self.gives:
            return "returns what may be an array"
        for loop in self.loops:
            if loop.why:
                return f"its loop of line {loop.line} stays on the processor: {loop.why}"
        return ""

    def run(
        self, number: int, given: Sequence[int], turns: int, blocks: int, results: int
    ) -> tuple[bool, list[int], list[int]]:
        """Run a loop on the device.

        Parameters
        ----------
        number : int
            Which one.
        given : sequence of int
            What its body takes behind its bounds, as machine values.
        turns, blocks : int
            How many turns, and blocks of turns that give results.
        results : int
            Where the results of the blocks lie.

        Returns
        -------
        tuple
            Whether it was done there, and owners of memory of the host: those that are to keep it
            from now on, and those that need not any more.
        """
        loop = self.loops[number]
        sessions = _LOCAL.sessions
        if not sessions:
            # Called by C: the loop is all that is known of the call.
            session = self.begin()
            session.bring_back_always()
            try:
                return session.run(loop, given, turns, blocks, results)
            finally:
                session.end()
        return sessions[-1].run(loop, given, turns, blocks, results)


class Session:
    """A call of a function whose loops run on a device.

    Copies stay on the device until the call is over. What a loop has written is brought back when
    the function is about to use it. Where that isn't told, as a generator may go on in another
    call, what a loop has written is brought back behind it.
    """

    def __init__(self, launcher: Any, lent: list[tuple[int, int]], of: Loops | None) -> None:
        self.launcher, self.of = launcher, of
        self.stays = of is None or not of.waits
        # Addresses of the device that arguments have.
        self.lent = lent
        self.mirrors: list[Mirror] = [
            mirror for mirror in _LOCAL.residents if mirror.launcher is launcher
        ]
        self.free: list[int] = []
        # Memory that may have been written on the host, whatever the text says.
        self.written = Spans()
        if not self.stays:
            self.bring_back_always()

    def bring_back_always(self) -> None:
        """Have nothing on the device but while a loop runs."""
        self.stays = False
        # Of what is resident.
        self.home()
        self.written.add(0, EVERYWHERE)

    def tell(self) -> None:
        """Let compiled code know of which memory it has to tell."""
        from cumbia._cumbia import _device_has

        _device_has(
            [
                (first, end, newer)
                for mirror in self.mirrors
                for newer, spans in ((True, mirror.newer), (False, mirror.there))
                for first, end in spans
            ]
        )

    def run(
        self, loop: Loop, given: Sequence[int], turns: int, blocks: int, results: int
    ) -> tuple[bool, list[int], list[int]]:
        """As `Loops.run`."""
        keep: list[int] = []
        self.free = []
        count = blocks if loop.in_blocks else turns
        done = loop.specialization is not None and count <= MOST_BLOCKS * THREADS
        try:
            if done:
                slots = [count, turns // count, turns % count, *given]
                done = self._run(loop, slots, (turns, count, results), keep)
        except BaseException:
            # Whoever owns memory doesn't keep it for the device.
            self.home()
            self.mirrors = [mirror for mirror in self.mirrors if mirror.is_resident]
            self.written.add(0, EVERYWHERE)
            raise
        else:
            if not done:
                self._stays_on_host(loop)
        finally:
            self.tell()
        return done, keep, self.free

    def _stays_on_host(self, loop: Loop) -> None:
        """Have the host's memory ready for a loop that runs on the processor."""
        if self.lent:
            raise TypeError(
                f"{loop.function}() takes arrays on the device, and its loop of line "
                f"{loop.line} runs on the processor: elements of an array don't lie where a "
                "device could read them"
            )
        loop.on_processor += 1
        loop.bytes_out += self.home()
        self.written.add(0, EVERYWHERE)

    def _run(
        self, loop: Loop, slots: list[int], how: tuple[int, int, int], keep: list[int]
    ) -> bool:
        from cumbia._cumbia import _slots_apart

        turns, blocks, results = how
        over = slots[COUNTS], slots[COUNTS + 2], turns
        whole = {at.slot for at in loop.arrays if at.axes and _is_covered(slots, at, over)}
        spans = [(at, *_span(slots, at)) for at in loop.arrays]
        spans = [row for row in spans if row[2] > row[1] and not self._is_there(*row[1:])]
        self._drop_dead()
        mirrors = self._mirrors([row[1:] for row in spans])
        for (at, *_), mirror in zip(spans, mirrors):
            slots[at.slot] += mirror.address - mirror.first
            owner = slots[at.slot - 1]
            if self.stays and owner and owner not in mirror.owners:
                mirror.owners.append(owner)
                keep.append(owner)
        for at in loop.arrays:
            # Nobody counts on the device.
            slots[at.slot - 1] = 0
        out = None
        if loop.results:
            out = Mirror(self.launcher, results, results + 8 * blocks * loop.results)
            slots += [0, out.address, blocks * loop.results, 8]
        try:
            apart = _slots_apart(loop.specialization.compiled, slots)
        except ValueError:
            # Elements that don't lie where a device could read them.
            return False
        used = [(*row, mirror) for row, mirror in zip(spans, mirrors)]
        later = self._overwritten(loop, used, whole)
        for at, first, end, mirror in used:
            if at.slot in later:
                continue
            if at.fresh is not None and not self.written.within(first, end):
                mirror.have(first, end, at.fresh)
            loop.bytes_in += mirror.bring(first, end)
        for at, first, end, mirror in used:
            if at.writes and at.slot not in later:
                mirror.wrote(first, end)
        loop.launches += 1
        try:
            self._launch(loop, slots, blocks, apart)
        except Exception:
            if not later:
                raise
            # The other elements have to be there after all. What the kernel reads is as it was.
            for at, first, end, mirror in used:
                if at.slot in later:
                    loop.bytes_in += mirror.bring(first, end)
                    mirror.wrote(first, end)
            self._launch(loop, slots, blocks, apart)
        finally:
            if not self.stays:
                loop.bytes_out += self.home()
        for at, first, end, mirror in used:
            if at.slot in later:
                mirror.wrote(first, end)
        if not self.stays:
            loop.bytes_out += self.home()
        if out is not None:
            out.wrote(out.first, out.end)
            loop.bytes_out += out.home()
        return True

    @staticmethod
    def _overwritten(
        loop: Loop, used: list[tuple[ArrayAt, int, int, Mirror]], whole: set[int]
    ) -> set[int]:
        """Which arrays, by their slots, need not be brought since the loop overwrites them.

        Where a turn may raise, the other elements are to stay. Then the loop is run again with
        all of them, so it mustn't have changed anything that it reads.
        """
        found = set()
        for at, first, end, _ in used:
            others = (row for row in used if row[0].slot != at.slot)
            if at.slot in whole and not any(row[1] < end and first < row[2] for row in others):
                found.add(at.slot)
        repeats = not loop.shows and all(at.slot in found for at in loop.arrays if at.writes)
        return found if repeats or not loop.raises else set()

    def _launch(self, loop: Loop, slots: list[int], blocks: int, apart: bool) -> None:
        from cumbia._cumbia import _emulate_slots, _launch_slots

        specialization, launcher = loop.specialization, self.launcher
        grid, block = (-(-blocks // THREADS), 1, 1), (THREADS, 1, 1)
        if launcher.name == "emulate":
            compiled = specialization.launched.get(launcher.name)
            if compiled is None:
                compiled = launcher.compile(specialization)
                specialization.launched[launcher.name] = compiled
            _emulate_slots(compiled, grid, block, slots)
            return
        loaded = launcher.loaded(specialization, apart)
        _launch_slots(launcher.gpu, loaded, grid, block, slots)
        # The function goes on when its loop is over, or not at all.
        launcher.synchronize()

    def uses(self, first: int, end: int, writes: bool) -> None:
        """Have the host's memory between two addresses up to date, which may change."""
        copied = 0
        for mirror in self.mirrors:
            one, behind = max(first, mirror.first), min(end, mirror.end)
            if one < behind:
                copied += mirror.home(one, behind, forget=writes)
                if writes:
                    self.written.add(one, behind)
        if self.of is not None:
            self.of.bytes_used += copied
        self.tell()

    def home(self) -> int:
        """Have all memory of the host up to date, which may change; how many bytes were copied."""
        return sum(mirror.home(forget=True) for mirror in self.mirrors)

    def _is_there(self, first: int, end: int) -> bool:
        """Whether an array is one that the caller has on the device."""
        return any(one <= first and end <= behind for one, behind in self.lent)

    def _mirrors(self, spans: list[tuple[int, int]]) -> list[Mirror]:
        """What the device has for parts of the host's memory."""
        merged: list[list[int]] = []
        for first, end in sorted(spans):
            if merged and first < merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], end)
            else:
                merged.append([first, end])
        for first, end in merged:
            self._mirror(first, end)
        made = [self._mirror(first, end) for first, end in spans]
        own = [mirror for mirror in self.mirrors if mirror.owners and mirror not in made]
        if len(own) > MOST_OWN:
            # A function may make a new array in each turn of a loop around its loops.
            for mirror in own:
                mirror.home()
                self.written.add(mirror.first, mirror.end)
                self._drop(mirror)
        return made

    def _drop(self, mirror: Mirror) -> None:
        self.free += mirror.owners
        self.mirrors.remove(mirror)

    def _drop_dead(self) -> None:
        """Drop the copies of memory of the call's that nobody has any more."""
        for mirror in [mirror for mirror in self.mirrors if _is_dead(mirror)]:
            self._drop(mirror)

    def _mirror(self, first: int, end: int) -> Mirror:
        meets = [one for one in self.mirrors if one.first < end and first < one.end]
        if len(meets) == 1 and meets[0].first <= first and end <= meets[0].end:
            return meets[0]
        # One for all that has a part in it.
        low = min([first, *(one.first for one in meets)])
        high = max([end, *(one.end for one in meets)])
        made = Mirror(self.launcher, low, high)
        for one in meets:
            if one.is_resident:
                one.home()
            made.take(one)
            self.mirrors.remove(one)
            if one in _LOCAL.residents:
                _LOCAL.residents.remove(one)
        self.mirrors.append(made)
        return made

    def end(self) -> None:
        """End the call: the host's memory is as the function left it."""
        sessions = _LOCAL.sessions
        sessions.remove(self)
        kept = [mirror for mirror in self.mirrors if not mirror.is_resident]
        try:
            copied = sum(mirror.home() for mirror in kept if not _is_dead(mirror))
        finally:
            self.mirrors = []
            (sessions[-1] if sessions else self).tell()
        if self.of is not None:
            self.of.bytes_home += copied


def _is_dead(mirror: Mirror) -> bool:
    """Whether a mirror's memory is kept for it alone."""
    from cumbia._cumbia import _owners_counts

    return bool(mirror.owners) and all(count == 1 for count in _owners_counts(mirror.owners))


def _is_covered(slots: Sequence[int], at: ArrayAt, over: tuple[int, int, int]) -> bool:
    """Whether the loops that overwrite an array go over all of it, which leaves no gaps."""
    extents = [slots[at.slot + 1 + axis] for axis in range(at.ndim)]
    first, end = _span(slots, at)
    if end - first != at.size * int(np.prod(extents)):
        return False
    begin, step, turns = _signed(over[0]), _signed(over[1]), over[2]
    for (kind, number), extent in zip(at.axes or (), extents):
        if kind == "turns":
            forth = step == 1 and begin == 0
            back = step == -1 and begin == extent - 1
            if turns != extent or not (forth or back):
                return False
        elif kind != "all" and extent != (number if kind == "number" else slots[number]):
            return False
    return True


def _signed(word: int) -> int:
    return word - ((word >> 63) << 64)


def host_uses(first: int, end: int, writes: bool) -> None:
    """Compiled code is about to touch the host's memory between two addresses."""
    if _LOCAL.sessions:
        _LOCAL.sessions[-1].uses(first, end, writes)


def _span(slots: Sequence[int], at: ArrayAt) -> tuple[int, int]:
    """The first byte of an array's elements and the one behind the last."""
    first = last = slots[at.slot]
    for axis in range(at.ndim):
        extent, step = slots[at.slot + 1 + axis], slots[at.slot + 1 + at.ndim + axis]
        if extent == 0:
            return 0, 0
        step -= (step >> 63) << 64
        if step < 0:
            first += (extent - 1) * step
        else:
            last += (extent - 1) * step
    return first, last + at.size


class _Local(threading.local):
    def __init__(self) -> None:
        # Calls on their way, the innermost last.
        self.sessions: list[Session] = []
        # What `resident` keeps.
        self.residents: list[Mirror] = []
        # Arrays on the device that a call was given which has not begun yet: their addresses.
        self.lent: list[tuple[int, int]] = []


_LOCAL = _Local()


def lent(value: Any) -> Any:
    """What compiled code reads for an array on the device; None for other objects.

    It is an array at the device's addresses, of which the function uses shape and strides.
    """
    if not isinstance(value, DeviceNDArray):
        if isinstance(value, np.ndarray) or not hasattr(value, "__cuda_array_interface__"):
            return None
        value = as_cuda_array(value)
    own, ordinal = value._launcher.ordinal, _launchers.current().ordinal
    if own != ordinal:
        raise ValueError(f"an array on device {own} for loops on device {ordinal}")
    if value.size:
        _LOCAL.lent.append(np.lib.array_utils.byte_bounds(value._array))
    return value._array


class _Resident:
    """What `resident` gives."""

    def __init__(self, arrays: tuple[np.ndarray, ...]) -> None:
        for array in arrays:
            if not isinstance(array, np.ndarray) or array.dtype.hasobject:
                raise TypeError(f"cuda.resident() takes arrays of the host, not {array!r}")
        self.arrays = arrays
        self.mirrors: list[Mirror] = []

    def __enter__(self) -> None:
        launcher = _launchers.current()
        # What already is resident, or a part of another of these, has one copy.
        session = Session(launcher, [], None)
        spans = [np.lib.array_utils.byte_bounds(array) for array in self.arrays if array.size]
        before = list(session.mirrors)
        for mirror in dict.fromkeys(session._mirrors(spans)):
            if mirror not in before:
                mirror.is_resident = True
                self.mirrors.append(mirror)
                _LOCAL.residents.append(mirror)

    def __exit__(self, *_: object) -> None:
        residents, failed = _LOCAL.residents, None
        for mirror in self.mirrors:
            if mirror in residents:
                residents.remove(mirror)
            try:
                mirror.home()
            except Exception as error:
                failed = failed or error
        self.mirrors = []
        if failed is not None:
            raise failed


def resident(*arrays: np.ndarray) -> Any:
    """Keep copies of arrays of the host on the device from call to call while the block runs.

    Parameters
    ----------
    *arrays : ndarray
        Arrays that functions of ``jit(target="cuda")`` are called with. What loops write stays on
        the device, and is in the arrays themselves when the block is over; until then their
        elements may be older, and what the program writes into them isn't seen by loops.

    Examples
    --------
    >>> with cuda.resident(a, b):  # doctest: +SKIP
    ...     for _ in range(100):
    ...         step(a, b)
    """
    return _Resident(arrays)


def clear_traceback(error: BaseException) -> None:
    """Leave out of a traceback how a loop came here: the turn's place stands for the loop's."""
    places = []
    place = error.__traceback__
    while place is not None:
        places.append(place)
        place = place.tb_next
    inside = [at for at, one in enumerate(places) if one.tb_frame.f_code.co_filename == __file__]
    if not inside or inside[-1] == len(places) - 1:
        return
    kept = places[: max(inside[0] - 1, 0)] + places[inside[-1] + 1 :]
    rest = None
    for one in reversed(kept):
        rest = TracebackType(rest, one.tb_frame, one.tb_lasti, one.tb_lineno)
    error.__traceback__ = rest
