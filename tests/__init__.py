"""Tests compile: what an earlier run has kept on disk would change what they see.

Tests of the cache turn it on for themselves.
"""

import os

os.environ.setdefault("CUMBIA_CACHE", "0")
