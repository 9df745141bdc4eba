"""What the emulation tells of itself where a program asks for its device.

Programs choose a device, ask for its limits and divide their work by them before they launch;
under emulation they do so too. The limits are those that launches are checked against; what only
hardware has (clocks, caches, registers) is 0.
"""

from __future__ import annotations

import os

__all__ = ["EmulatedDevice"]

# Those of `cuda.compile_ptx` without a device.
COMPUTE_CAPABILITY = (7, 5)
WARP = 32


class EmulatedDevice:
    """Stands where a launcher of devices has the driver's device."""

    def __init__(self, most_shared: int) -> None:
        from cumbia.cuda._kernels import MOST_BLOCK, MOST_GRID, MOST_THREADS

        major, minor = COMPUTE_CAPABILITY
        # By the driver's numbers (`CUdevice_attribute`).
        self._attributes = {
            1: MOST_THREADS, 2: MOST_BLOCK[0], 3: MOST_BLOCK[1], 4: MOST_BLOCK[2],
            5: MOST_GRID[0], 6: MOST_GRID[1], 7: MOST_GRID[2], 8: most_shared, 9: 1 << 16,
            10: WARP, 16: os.cpu_count() or 1, 18: 1, 19: 1, 39: MOST_THREADS, 41: 1,
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
