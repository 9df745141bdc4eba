"""The programs of the kernels benchmark, a file for each theme, C beside them in ``c``."""
