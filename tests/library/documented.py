"""The functions that the installed NumPy documents, by namespace, for the counts of
`docs/supported.md`.

`python -m tests.library.documented` writes `tests/runner/tests/documented.txt`. Counted are
public callables that aren't classes of dtypes or exceptions, `test` and what speaks to a
person; of polynomials the functions. Names that another namespace has, too, count in both.
"""

import inspect
from pathlib import Path

import numpy as np
import numpy.lib.stride_tricks

PATH = Path(__file__).parents[1] / "runner" / "tests" / "documented.txt"
SERIES = ["polynomial", "chebyshev", "legendre", "hermite", "hermite_e", "laguerre"]
MODULES = {
    "numpy": np,
    "numpy.linalg": np.linalg,
    "numpy.fft": np.fft,
    "numpy.random": np.random,
    "numpy.strings": np.strings,
    "numpy.lib.stride_tricks": numpy.lib.stride_tricks,
    **{f"numpy.polynomial.{name}": getattr(np.polynomial, name) for name in SERIES},
}
# Made by the class, or of another kind.
APART = {"test", "get_include", "info", "show_config", "show_runtime", "kernel_version"}


def functions(module):
    """Public functions of a module, ufuncs and objects like `np.r_` among them."""
    for name in sorted(dir(module)):
        found = getattr(module, name)
        public = not name.startswith("_") and name not in APART
        function = callable(found) and not inspect.isclass(found) and not inspect.ismodule(found)
        if public and function:
            yield name


def methods(cls):
    """Public methods of a class."""
    return [name for name in sorted(dir(cls)) if not name.startswith("_") and callable(getattr(cls, name))]


def text():
    """The lines of the file."""
    lines = [f"# NumPy {np.__version__}"]
    lines += [f"{name}: {' '.join(functions(module))}" for name, module in MODULES.items()]
    lines.append(f"ndarray: {' '.join(methods(np.ndarray))}")
    lines.append(f"Generator: {' '.join(methods(np.random.Generator))}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PATH.write_text(text())
