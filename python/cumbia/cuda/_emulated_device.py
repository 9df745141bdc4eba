"""What the emulation tells of itself where a program asks for its device.

Programs choose a device, ask for its limits and divide their work by them before they launch;
under emulation they do so too. The limits are those that launches are checked against; what only
hardware has (clocks, caches, registers) is 0. How many blocks there are at once is a limit of
kernels that wait for their whole grid: that of a small device, the same on all machines.
"""

from __future__ import annotations

import os

__all__ = ["EmulatedDevice", "most_at_once"]

# Those of `cuda.compile_ptx` without a device.
COMPUTE_CAPABILITY = (7, 5)
WARP = 32
# What a device of that capability has: multiprocessors, and threads and blocks of each at once.
MULTIPROCESSORS, THREADS_AT_ONCE, BLOCKS_AT_ONCE = 40, 1024, 16


def most_at_once(threads: int, shared: int, most_shared: int) -> int:
    """How many blocks of so many threads, and bytes of shared memory, there are at once."""
    of_warps = -(-threads // WARP) * WARP
    of_each = min(THREADS_AT_ONCE // of_warps, BLOCKS_AT_ONCE)
    if shared:
        of_each = min(of_each, most_shared // shared)
    return MULTIPROCESSORS * of_each


class EmulatedDevice:
    """Stands where a launcher of devices has the driver's device."""

    def __init__(self, most_shared: int) -> None:
        from cumbia.cuda._kernels import MOST_BLOCK, MOST_GRID, MOST_THREADS

        major, minor = COMPUTE_CAPABILITY
        # By the driver's numbers (`CUdevice_attribute`).
        self._attributes = {
            1: MOST_THREADS, 2: MOST_BLOCK[0], 3: MOST_BLOCK[1], 4: MOST_BLOCK[2],
            5: MOST_GRID[0], 6: MOST_GRID[1], 7: MOST_GRID[2], 8: most_shared, 9: 1 << 16,
            10: WARP, 16: min(os.cpu_count() or 1, MULTIPROCESSORS), 18: 1, 19: 1, 39: THREADS_AT_ONCE, 41: 1,
            75: major, 76: minor, 81: most_shared, 83: 1, 97: most_shared,
        }  # fmt: skip

    def attribute(self, number: int) -> int:
        """A limit, by the driver's number of it."""
        return self._attributes.get(number, 0)

    @staticmethod
    def memory() -> tuple[int, int]:
        """Bytes that are free, and all: of the host's memory."""
        page = os.sysconf("SC_PAGE_SIZE")
        return os.sysconf("SC_AVPHYS_PAGES") * page, os.sysconf("SC_PHYS_PAGES") * page

    def close(self) -> None:
        """Nothing is to be destroyed."""
