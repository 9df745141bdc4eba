"""Where Numba has its exception classes: `cumbia.core.errors`. Nothing else is here."""
