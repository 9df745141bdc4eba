"""Benchmarks of cumbia beside plain Python, Numba and C.

Run as modules from the repository root (``python -m benches.demo``). Nothing here is
part of the installed package, and nothing here decides whether a test passes by a time:
results are checked, times are only reported.

A first call compiles: what an earlier process has kept on disk isn't used, unless a
benchmark is about that.
"""

import os

os.environ.setdefault("CUMBIA_CACHE", "0")
