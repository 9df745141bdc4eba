"""Where Numba has its exception classes and types: `cumbia.core.errors` and `types`."""

from cumbia import types as types
