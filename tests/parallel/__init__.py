"""Random loops over `prange`, compared with Python's: see `python -m tests.parallel --help`."""
