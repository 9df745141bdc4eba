"""Elementary functions of whole arrays, and in a loop, beside NumPy, Numba and C.

C is gcc's ``-O3 -march=native``, strict and with ``-ffast-math``: the latter takes vector
forms of libmvec, which are up to 4 units in the last place from the value. Each result is
checked against NumPy's before anything is timed. cumbia's is the second tier's code, waited
for. Times are for one element of an array that stays in the cache, written into the same
place; the ratios say how far ahead cumbia's array form is.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import linecache
import math
import os
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benches import engines, report, timing
from benches.kernels import peers

SOURCE = Path(__file__).resolve().parent / "elementary.c"
ENGINES = ("numpy", "cumbia", "loop", "numba", "c", "libmvec")
PEERS = ("numpy", "numba", "libmvec")
#: Elements, and calls for one measurement.
SIZE, CALLS = 4096, 20

#: Of each function: where its arguments are drawn.
FUNCTIONS: dict[str, tuple[tuple[float, float], ...]] = {
    "exp": ((-20, 20),),
    "exp2": ((-20, 20),),
    "expm1": ((-5, 5),),
    "log": ((0, 100),),
    "log2": ((0, 100),),
    "log10": ((0, 100),),
    "log1p": ((-0.5, 10),),
    "sin": ((-10, 10),),
    "cos": ((-10, 10),),
    "tan": ((-10, 10),),
    "arcsin": ((-1, 1),),
    "arccos": ((-1, 1),),
    "arctan": ((-5, 5),),
    "sinh": ((-5, 5),),
    "cosh": ((-5, 5),),
    "tanh": ((-4, 4),),
    "arcsinh": ((-5, 5),),
    "arccosh": ((1, 10),),
    "arctanh": ((-1, 1),),
    "cbrt": ((-5, 5),),
    "hypot": ((-5, 5), (-5, 5)),
    "arctan2": ((-5, 5), (-5, 5)),
    "power": ((0, 5), (-5, 5)),
    "erf": ((-3, 3),),
    "erfc": ((-3, 6),),
    "gamma": ((-10, 30),),
    "gammaln": ((0, 50),),
}

#: Functions of scipy.special; of Numba it is `math`'s that is measured.
SPECIAL = ("erf", "erfc", "gamma", "gammaln")
#: What `math` calls them.
IN_MATH = {"gammaln": "lgamma"}


def library_function(name: str) -> Callable[..., Any]:
    """NumPy's function, or SciPy's."""
    if name in SPECIAL:
        from scipy import special

        return getattr(special, name)
    return getattr(np, name)


def expected(name: str, columns: list[Any]) -> Any:
    """What results are checked against: SciPy's erfc is off by more than others far out."""
    if name in SPECIAL:
        return np.vectorize(getattr(math, IN_MATH.get(name, name)))(*columns)
    return getattr(np, name)(*columns)


def define(name: str, arity: int, loop: bool, module: str = "np") -> Callable[..., Any]:
    """What a user would write, with a source that can be found."""
    parameters = "a, b"[: 3 * arity - 2]
    if loop:
        call = ", ".join(f"{p}[i]" for p in "ab"[:arity])
        text = (
            f"def f({parameters}, out):\n"
            f"    for i in range(len(out)):\n        out[i] = {module}.{name}({call})\n"
        )
    else:
        text = f"def f({parameters}, out):\n    out[:] = {module}.{name}({parameters})\n"
    place = f"<benches of {module}.{name}, {loop}>"
    linecache.cache[place] = (len(text), None, text.splitlines(True), place)
    namespace: dict[str, Any] = {"np": np, "math": math}
    if module == "special":
        from scipy import special

        namespace["special"] = special
    exec(compile(text, place, "exec"), namespace)
    return namespace["f"]


def library(relaxed: bool) -> ctypes.CDLL:
    """The loops in C."""
    compiler = peers.command("gcc")
    flags = [*peers.FLAGS, *(peers.RELAXED_FLAGS["gcc"] if relaxed else ())]
    key = hashlib.sha256(SOURCE.read_bytes() + repr(flags).encode()).hexdigest()[:16]
    target = Path(os.environ.get("CARGO_TARGET_DIR") or engines.ROOT / "target") / "bench-c"
    built = target / f"elementary-{key}.so"
    if not built.exists():
        target.mkdir(parents=True, exist_ok=True)
        # In two steps: see benches/kernels/peers.py.
        unfinished = built.with_suffix(f".{os.getpid()}.o")
        subprocess.run([compiler, *flags, "-c", "-o", unfinished, SOURCE], check=True)
        subprocess.run([compiler, "-shared", "-o", built, unfinished, "-lmvec", "-lm"], check=True)
        unfinished.unlink()
    return ctypes.CDLL(str(built))


def in_c(relaxed: bool, name: str, columns: list[Any], out: Any) -> Callable[[], Any]:
    function = getattr(library(relaxed), f"{name}_{out.dtype.name}")
    places = [ctypes.c_void_p(x.ctypes.data) for x in (columns[0], columns[-1], out)]
    size = ctypes.c_int64(out.size)
    # The default argument keeps the arrays alive that `function` has addresses of.
    return lambda _alive=(*columns, out): function(*places, size)


def runner(engine: str, name: str, columns: list[Any], out: Any) -> Callable[[], Any]:
    """A closure that fills `out`."""
    if engine in ("c", "libmvec"):
        return in_c(engine == "libmvec", name, columns, out)
    if engine == "numpy":
        function = library_function(name)
        return lambda: function(*columns, out=out)
    if engine == "numba":
        module = "math" if name in SPECIAL else "np"
        text = define(IN_MATH.get(name, name), len(columns), name in SPECIAL, module)
        compiled = engines.jit("numba")(text)
    else:
        import cumbia

        compiled = cumbia.jit(tier="best")(
            define(name, len(columns), engine == "loop", "special" if name in SPECIAL else "np")
        )
    return lambda: compiled(*columns, out)


def repeated(run: Callable[[], Any]) -> Callable[[], None]:
    def several() -> None:
        for _ in range(CALLS):
            run()

    return several


def measure(arguments: argparse.Namespace) -> tuple[list[report.Row], list[str]]:
    """Time every function on every engine, in turns."""
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(21)
    problems: list[str] = []
    rows: list[report.Row] = []
    lines = []
    notes = set()
    for name, draws in FUNCTIONS.items():
        if arguments.names and name not in arguments.names:
            continue
        for dtype in (np.float64, np.float32):
            columns = [rng.uniform(*draw, SIZE).astype(dtype) for draw in draws]
            want = expected(name, columns)
            runs: dict[str, Callable[[], Any]] = {}
            for engine in ENGINES:
                out = np.zeros(SIZE, dtype)
                try:
                    run = runner(engine, name, columns, out)
                    run()
                except Exception as error:
                    notes.add(f"{engine}: {type(error).__name__}: {str(error).splitlines()[:1]}")
                    continue
                # SciPy's erfc has errors of hundreds of units far out, and the logarithm of gamma zeros.
                units = 1e4 if engine == "numpy" and name in SPECIAL else 16
                least = units * np.finfo(dtype).eps if name == "gammaln" else 0
                if not np.allclose(out, want, units * np.finfo(dtype).eps, least):
                    problems.append(f"{name} of {dtype.__name__} on {engine} gave another result")
                runs[engine] = repeated(run)
            stats = timing.interleaved(runs, arguments.budget, most=400)
            least = {e: s.least / (CALLS * SIZE) for e, s in stats.items()}
            rows.append({"case": f"{name}, {dtype.__name__}", "seconds_per_element": least})
            lines.append(
                [f"{name}, {dtype.__name__}"]
                + [report.duration(least.get(engine)) for engine in ENGINES]
                + [report.ratio(least.get(peer), least.get("cumbia")) for peer in PEERS]
            )
    header = ["function", "NumPy", "cumbia", "in a loop", "Numba", "C", "libmvec"]
    header += ["vs NumPy", "vs Numba", "vs libmvec"]
    print(report.table("Seconds for an element, least of the repeats", header, lines))
    for note in sorted(notes):
        print(f"not measured: {note}")
    return rows, problems


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's options."""
    parser.add_argument("names", nargs="*", help="functions; all without")
    parser.add_argument("--budget", type=float, default=0.05, help="seconds for each closure")


if __name__ == "__main__":
    raise SystemExit(report.run_cli("elementary", __doc__, measure, options))
