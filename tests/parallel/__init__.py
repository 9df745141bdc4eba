"""Random loops over `prange`, compared with the same without threads: see `python -m tests.parallel --help`."""
